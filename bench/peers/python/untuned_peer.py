"""scikit-learn's networks on a table as they are without tuning, beside the table and its folds (../../estimators.ts).

Each call of open() writes one file of JSON: the table, the folds, and of each fold the score and the seconds of fit.
"""

import json
import time
from pathlib import Path

import numpy as np
import sklearn
import tabular_sets
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 5


def open(task, options):
    X, y, is_classification = tabular_sets.load(task["dataSet"])
    seed = task["seed"]
    splitter = (StratifiedKFold if is_classification else KFold)(FOLDS, shuffle=True, random_state=seed)
    splits = list(splitter.split(X, y))
    peers = {name: evaluate(make, X, y, splits) for name, make in models(is_classification, seed).items()}
    found = {
        "kind": "classification" if is_classification else "regression",
        "rows": X.tolist(),
        "targets": y.tolist(),
        "folds": [test.tolist() for _, test in splits],
        "peers": peers,
    }
    Path(task["path"]).write_text(json.dumps(found, allow_nan=False))
    return {"scikit-learn": sklearn.__version__, "NumPy": np.__version__}, None


def models(is_classification, seed):
    """What makes a new one, by what is done with the target."""
    settings = {"hidden_layer_sizes": (32,), "max_iter": 200, "random_state": seed}
    if is_classification:
        return {"classes": lambda: make_pipeline(StandardScaler(), MLPClassifier(**settings))}

    def plain():
        return make_pipeline(StandardScaler(), MLPRegressor(**settings))

    return {
        "target as it is": plain,
        "target standardised": lambda: TransformedTargetRegressor(plain(), transformer=StandardScaler()),
    }


def evaluate(make, X, y, splits):
    """The score of each fold (accuracy, or R²), and the seconds of fit alone."""
    scores, seconds = [], []
    for train, test in splits:
        model = make()
        inputs, targets = X[train], y[train]
        start = time.perf_counter()
        model.fit(inputs, targets)
        seconds.append(time.perf_counter() - start)
        scores.append(float(model.score(X[test], y[test])))
    return {"scores": scores, "fitSeconds": seconds}
