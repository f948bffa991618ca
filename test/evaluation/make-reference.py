"""Draws cases for the measures of src/evaluation and writes what scikit-learn says of them to scikit-learn.json.

Run: /usr/bin/python3 test/evaluation/make-reference.py   (scikit-learn 1.2.1, NumPy 1.24.2)

A case: measure (the name of the function of bp-net), title, actual, given (what is compared with it), options, value.
NaN and infinities are strings. Where scikit-learn lacks a measure, `combine` below says what it is made of.
"""
import json
import math
import os
import warnings

import numpy as np
import scipy
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize

warnings.filterwarnings("ignore")
cases = []


def plain(value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def add(measure, title, actual, given, options, value):
    options = {key: one for key, one in options.items() if one is not None}
    cases.append(
        {
            "measure": measure,
            "title": title,
            "actual": plain(actual),
            "given": plain(given),
            "options": plain(options),
            "value": plain(value),
        }
    )


def rounded(values):
    """Inputs of few digits keep the file small; they are read back to the same bits."""
    return np.round(values, 4)


def draw_weights(rng, n, kind):
    if kind == "none":
        return None
    if kind == "zeros":
        weights = rng.integers(0, 3, n).astype(float)
        weights[0] = 1
        return weights
    return rounded(rng.uniform(0, 3, n))


# ---- labels ---------------------------------------------------------------------------------------------------------

REPORT_KEYS = {"precision": "precision", "recall": "recall", "f1-score": "f1", "support": "support"}


def scores(entry):
    return {REPORT_KEYS[key]: value for key, value in entry.items()}


def add_labels(title, actual, predicted, classes=None, weights=None):
    options = {"classes": classes, "sampleWeights": weights}
    present = sorted(set(actual) | set(predicted))
    names = present if classes is None else list(classes)
    matrix = metrics.confusion_matrix(actual, predicted, labels=classes, sample_weight=weights)
    add("confusionMatrix", title, actual, predicted, options, {"classes": names, "counts": matrix})
    arguments = {"labels": classes, "sample_weight": weights}
    report = metrics.classification_report(actual, predicted, output_dict=True, **arguments)
    accuracy = metrics.accuracy_score(actual, predicted, sample_weight=weights)
    text = metrics.classification_report(actual, predicted, **arguments)
    value = {
        "classes": [{"label": name, **scores(report[str(name)])} for name in names],
        "accuracy": accuracy,
        "macroAverage": scores(report["macro avg"]),
        "weightedAverage": scores(report["weighted avg"]),
        # with classes that do not occur scikit-learn prints a micro average where bp-net prints the accuracy, the same number;
        # where nothing is right it prints supports as 1.0 (an array of floats by accident), and weighted ones in all digits
        "text": text if weights is None and set(names) == set(present) and accuracy > 0 else None,
    }
    add("classificationReport", title, actual, predicted, options, value)
    add("accuracyScore", title, actual, predicted, {"sampleWeights": weights}, accuracy)


NAMES = [
    ["no", "yes"],
    ["apple", "Banana", "cherry"],
    ["a", "b", "c", "d"],
    ["north", "south", "east", "west", "é"],
]
for k in range(2, 6):
    for seed, kind in enumerate(["none", "real", "zeros"]):
        rng = np.random.default_rng(100 * k + seed)
        n = 24
        actual = rng.integers(0, k, n)
        predicted = np.where(rng.uniform(size=n) < 0.6, actual, rng.integers(0, k, n))
        weights = draw_weights(rng, n, kind)
        add_labels(f"{k} classes of numbers, weights: {kind}", actual.tolist(), predicted.tolist(), None, weights)
        names = NAMES[k - 2]
        a, p = [names[i] for i in actual], [names[i] for i in predicted]
        add_labels(f"{k} classes of strings, weights: {kind}", a, p, None, weights)
        order = names[::-1] + ["never"]
        add_labels(f"{k} classes in a given order with an absent one, weights: {kind}", a, p, order, weights)
add_labels("a single class", ["a"] * 4, ["a"] * 4)
add_labels("a single class, others given", ["a"] * 4, ["a"] * 4, ["a", "b", "c"])
add_labels("a single actual class", ["a"] * 5, ["a", "b", "b", "c", "a"])
add_labels("a single predicted class", ["a", "b", "b", "c", "a"], ["a"] * 5)
add_labels("nothing right", ["a", "b", "c"], ["b", "c", "a"])
add_labels("numbers by value", [10, 9, -1, 10, 2], [9, 9, -1, 10, 10])
add_labels("eighths, which round to even", [0] * 8 + [1] * 8, [0] * 5 + [1] * 3 + [1] * 7 + [0])
add_labels("one row", [1], [0])


# ---- probabilities and scores ---------------------------------------------------------------------------------------


def combine(actual, table, classes, average, weights, measure):
    """One-vs-rest over columns, as scikit-learn's _average_binary_score on label_binarize."""
    binary = label_binarize(actual, classes=classes)
    if average == "macro":
        return np.mean([measure(binary[:, k], table[:, k], sample_weight=weights) for k in range(len(classes))])
    supports = binary.sum(axis=0) if weights is None else (binary * np.reshape(weights, (-1, 1))).sum(axis=0)
    values = [measure(binary[:, k], table[:, k], sample_weight=weights) if s > 0 else 0 for k, s in enumerate(supports)]
    return np.average(values, weights=supports)


def add_ranking(title, actual, given, positive, options, weights):
    """Measures of one class against the rest; `given` are its scores."""
    options = {**options, "sampleWeights": weights}
    truth = np.array([label == positive for label in actual]).astype(int)
    if 0 < truth.sum() < len(truth):
        false, true, thresholds = metrics.roc_curve(truth, given, pos_label=1, sample_weight=weights)
        value = {"falsePositiveRate": false, "truePositiveRate": true, "thresholds": thresholds}
        add("rocCurve", title, actual, given, options, value)
        add("rocAuc", title, actual, given, options, metrics.roc_auc_score(truth, given, sample_weight=weights))
    precision, recall, thresholds = metrics.precision_recall_curve(truth, given, pos_label=1, sample_weight=weights)
    value = {"precision": precision, "recall": recall, "thresholds": thresholds}
    add("precisionRecallCurve", title, actual, given, options, value)
    value = metrics.average_precision_score(truth, given, sample_weight=weights)
    add("averagePrecision", title, actual, given, options, value)


def add_calibration(title, actual, given, positive, options, numbers=(None, 3, 10)):
    truth = np.array([label == positive for label in actual]).astype(int)
    for strategy in ["uniform", "quantile"]:
        for bins in numbers:
            number = 5 if bins is None else bins
            observed, predicted = calibration_curve(truth, given, pos_label=1, n_bins=number, strategy=strategy)
            # scikit-learn keeps the counts to itself: the same rule of bins
            inner = np.linspace(0, 1, number + 1)
            edges = inner if strategy == "uniform" else np.percentile(given, inner * 100)
            counts = np.bincount(np.searchsorted(edges[1:-1], given))
            value = {"predicted": predicted, "observed": observed, "counts": counts[counts != 0]}
            own = {**options, "bins": bins, "strategy": None if strategy == "uniform" and bins is None else strategy}
            add("calibrationCurve", f"{title}, {strategy} bins: {number}", actual, given, own, value)


def add_binary_probabilities(title, actual, given, classes, options, weights):
    weighted = {**options, "sampleWeights": weights}
    value = metrics.log_loss(actual, given, labels=classes, sample_weight=weights)
    add("logLoss", title, actual, given, weighted, value)
    truth = np.array([label == classes[1] for label in actual]).astype(int)
    add("brierScore", title, actual, given, weighted, np.average((truth - given) ** 2, weights=weights))
    if 0 < truth.sum() < len(truth):
        assert np.isclose(metrics.brier_score_loss(truth, given, sample_weight=weights), cases[-1]["value"], rtol=1e-15)


for seed in range(9):
    rng = np.random.default_rng(1000 + seed)
    n = [20, 31, 40][seed % 3]
    kind = ["none", "real", "zeros"][seed // 3]
    weights = draw_weights(rng, n, kind)
    actual = rng.integers(0, 2, n).tolist()
    actual[:2] = [0, 1]
    digits = [4, 1, 2][seed % 3]  # one digit: many ties, and rows at the edges of bins
    given = np.round(np.clip(0.35 * np.array(actual) + rng.uniform(0, 0.65, n), 0, 1), digits)
    names = [["no", "yes"], [False, True], [0, 1], [-1, 1]][seed % 4]
    labels = [names[i] for i in actual]
    title = f"two classes, {digits} digits, weights: {kind}"
    add_ranking(title, labels, given, names[1], {}, weights)
    add_ranking(f"{title}, the first is positive", labels, given, names[0], {"positive": names[0]}, weights)
    add_binary_probabilities(title, labels, given, names, {}, weights)
    if kind == "none":
        add_calibration(title, labels, given, names[1], {})
        add_calibration(f"{title}, the first is positive", labels, given, names[0], {"positive": names[0]})

extremes = np.array([0.0, 1.0, 0.0, 1.0, 1e-17, 1 - 2**-53, 0.5])
labels = [0, 1, 1, 0, 1, 0, 1]
add_ranking("probabilities of 0 and 1", labels, extremes, 1, {}, None)
add_binary_probabilities("probabilities of 0 and 1", labels, extremes, [0, 1], {}, None)
add_calibration("probabilities of 0 and 1", labels, extremes, 1, {})
add_ranking("all scores equal", labels, np.full(7, 0.25), 1, {}, None)
add_calibration("all probabilities equal", labels, np.full(7, 0.2), 1, {})
edges = np.array([0.2, 0.4, 0.6, 0.8, 3 * 0.2, 0.30000000000000004, 0.1, 0.3, 0.7, 1.0, 0.0])
add_calibration("probabilities at edges", [0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0], edges, 1, {})
add_ranking("scores that are no probabilities", labels, np.array([-1e3, 1e3, 7.5, -7.5, 1e-300, 0.0, -0.0]), 1, {}, None)
add_ranking("scores that part the classes", [0, 0, 1, 1], np.array([0.1, 0.2, 0.3, 0.4]), 1, {}, None)
add_ranking("scores that part them the wrong way", [1, 1, 0, 0], np.array([0.1, 0.2, 0.3, 0.4]), 1, {}, None)
# found by search: the order of sums among equal scores decides whether a point is dropped ...
rng = np.random.default_rng(27)
truth = rng.integers(0, 2, 12)
truth[:2] = [0, 1]
given = rng.integers(0, 4, 12) / 4
weights = rng.integers(1, 4, 12) / 10
add_ranking("a point that hangs on the last bit", truth.tolist(), given, 1, {}, weights)
# ... and the form of the interpolation whether a probability is at the edge of its bin or beyond
for seed, bins in [(648, 6), (1206, 3)]:
    rng = np.random.default_rng(seed)
    given = np.round(rng.uniform(size=int(rng.integers(5, 40))), 2)
    truth = (np.arange(len(given)) % 2).tolist()
    add_calibration("quantiles that hang on the last bit", truth, given, 1, {}, [bins])
fold = {"classes": ["no", "yes"]}
given = np.array([0.25, 0.75, 0.5])
for only in fold["classes"]:
    add_ranking(f"only {only}", [only] * 3, given, "yes", fold, None)
    add_binary_probabilities(f"only {only}", [only] * 3, given, fold["classes"], fold, None)
    add_calibration(f"only {only}", [only] * 3, given, "yes", fold)

for k in range(2, 6):
    for seed, kind in enumerate(["none", "real", "zeros"]):
        rng = np.random.default_rng(2000 + 100 * k + seed)
        n = 20
        weights = draw_weights(rng, n, kind)
        actual = np.concatenate([np.arange(k), rng.integers(0, k, n - k)])
        if weights is not None:
            weights[:k] = 1  # every class has weight
        logits = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[actual]
        # in sixteenths, so that rows sum to 1 in short decimals and ties are many
        table = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        if seed != 1:
            table = np.floor(table * 16) / 16
            table[:, 0] += 1 - table.sum(axis=1)
        names = sorted(NAMES[k - 2])
        labels = [names[i] for i in actual]
        title = f"{k} classes, weights: {kind}"
        options = {"sampleWeights": weights}
        add("logLoss", title, labels, table, options, metrics.log_loss(labels, table, sample_weight=weights))
        squares = (table - np.eye(k)[actual]) ** 2
        rows = squares[:, 1] if k == 2 else squares.sum(axis=1)
        add("brierScore", title, labels, table, options, np.average(rows, weights=weights))
        reverse = {**options, "classes": names[::-1]}
        turned = np.ascontiguousarray(table[:, ::-1])
        if seed == 0:
            value = metrics.log_loss(labels, table, sample_weight=weights)
            add("logLoss", f"{title}, columns in a given order", labels, turned, reverse, value)
        if k == 2:
            value = metrics.roc_auc_score(labels, table[:, 1], sample_weight=weights)
            add("rocAuc", title, labels, table, options, value)
            continue
        for average in ["macro", "weighted"]:
            own = {**options, "average": average}
            value = metrics.roc_auc_score(labels, table, multi_class="ovr", average=average, sample_weight=weights)
            add("rocAuc", f"{title}, {average}", labels, table, own, value)
            if average == "macro" and seed == 0:
                own = {**reverse, "average": average}
                add("rocAuc", f"{title}, columns in a given order", labels, turned, own, value)
            value = combine(labels, table, names, average, weights, metrics.average_precision_score)
            own = {**options, "average": None if average == "macro" else average}
            add("averagePrecision", f"{title}, {average}", labels, table, own, value)
        add_title = f"{title}, one class of a table"
        binary = (actual == 1).astype(int)
        false, true, thresholds = metrics.roc_curve(binary, table[:, 1], sample_weight=weights)
        value = {"falsePositiveRate": false, "truePositiveRate": true, "thresholds": thresholds}
        add("rocCurve", add_title, labels, table, {**options, "positive": names[1]}, value)

three = np.array([[0, 0, 1.0], [1.0, 0, 0], [0.25, 0.75, 0], [0.5, 0.5, 0]])
given = {"classes": ["a", "b", "c"]}
add("logLoss", "probabilities of 0 and 1", ["a", "a", "b", "c"], three, {}, metrics.log_loss(["a", "a", "b", "c"], three))
value = metrics.log_loss(["a"] * 4, three, labels=["a", "b", "c"])
add("logLoss", "a single class of three", ["a"] * 4, three, given, value)
float32 = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], dtype=np.float32).astype(float)
add("logLoss", "rows of float32", ["a", "c"], float32, given, metrics.log_loss(["a", "c"], float32, labels=["a", "b", "c"]))
value = combine(["a", "a", "b", "b"], three, ["a", "b", "c"], "macro", None, metrics.average_precision_score)
add("averagePrecision", "a class without rows", ["a", "a", "b", "b"], three, given, value)
value = combine(["a", "a", "b", "b"], three, ["a", "b", "c"], "weighted", None, metrics.average_precision_score)
own = {**given, "average": "weighted"}
add("averagePrecision", "a class without rows, weighted", ["a", "a", "b", "b"], three, own, value)


# ---- numbers --------------------------------------------------------------------------------------------------------


def add_regression(title, actual, predicted, weights=None):
    options = {"sampleWeights": weights}
    arguments = {"sample_weight": weights}
    value = metrics.mean_absolute_error(actual, predicted, **arguments)
    add("meanAbsoluteError", title, actual, predicted, options, value)
    value = metrics.mean_squared_error(actual, predicted, **arguments)
    add("meanSquaredError", title, actual, predicted, options, value)
    value = metrics.mean_squared_error(actual, predicted, squared=False, **arguments)
    add("rootMeanSquaredError", title, actual, predicted, options, value)
    add("r2Score", title, actual, predicted, options, metrics.r2_score(actual, predicted, **arguments))


for columns in [0, 1, 3]:
    for seed, kind in enumerate(["none", "real", "zeros"]):
        rng = np.random.default_rng(3000 + 10 * columns + seed)
        shape = (15, columns) if columns else 15
        actual = rounded(rng.normal(size=shape) * 10)
        predicted = rounded(actual + rng.normal(size=shape))
        weights = draw_weights(rng, 15, kind)
        add_regression(f"{columns or 'flat'} outputs, weights: {kind}", actual, predicted, weights)
add_regression("constant targets", np.full(4, 2.0), np.array([1.0, 2, 3, 2]))
add_regression("constant targets, all right", np.full(4, 2.0), np.full(4, 2.0))
mixed = np.array([[2.0, 1], [2, 2], [2, 4]])
add_regression("a constant output beside another", mixed, mixed + 0.5)
add_regression("all right", mixed, mixed)
add_regression("constant but for a row of weight 0", np.array([2.0, 2, 5]), np.array([2.0, 3, 5]), np.array([1.0, 1, 0]))
add_regression("one row", np.array([2.0]), np.array([3.0]))
add_regression("one row of two outputs", np.array([[2.0, 1]]), np.array([[3.0, 1]]))
add_regression("large and small numbers", np.array([1e150, -1e150, 1e-150]), np.array([2e149, 1e149, 1.0]))


# ---- several labels a row -------------------------------------------------------------------------------------------


def add_multi_label(title, actual, predicted, weights=None, names=None):
    options = {"sampleWeights": weights}
    arguments = {"sample_weight": weights}
    add("hammingLoss", title, actual, predicted, options, metrics.hamming_loss(actual, predicted, **arguments))
    add("subsetAccuracy", title, actual, predicted, options, metrics.accuracy_score(actual, predicted, **arguments))
    report = metrics.classification_report(actual, predicted, output_dict=True, target_names=names, **arguments)
    text = metrics.classification_report(actual, predicted, target_names=names, **arguments)
    labels = list(range(actual.shape[1])) if names is None else names
    value = {
        "labels": [{"label": label, **scores(report[str(label)])} for label in labels],
        "microAverage": scores(report["micro avg"]),
        "macroAverage": scores(report["macro avg"]),
        "weightedAverage": scores(report["weighted avg"]),
        "samplesAverage": scores(report["samples avg"]),
        "text": text if weights is None else None,
    }
    add("multiLabelReport", title, actual, predicted, {**options, "labels": names}, value)


for k in range(2, 6):
    for seed, kind in enumerate(["none", "real", "zeros"]):
        rng = np.random.default_rng(4000 + 10 * k + seed)
        actual = rng.integers(0, 2, (14, k))
        predicted = np.where(rng.uniform(size=(14, k)) < 0.7, actual, 1 - actual)
        actual[3] = predicted[3] = predicted[4] = 0  # rows without labels
        names = None if seed == 0 else [f"label number {i}" for i in range(k)]
        add_multi_label(f"{k} labels, weights: {kind}", actual, predicted, draw_weights(rng, 14, kind), names)
blank = np.zeros((3, 2), dtype=int)
add_multi_label("no labels at all", blank, blank)
add_multi_label("labels predicted where there are none", blank, np.array([[0, 1], [1, 1], [0, 0]]))
add_multi_label("no labels predicted", np.array([[0, 1], [1, 1], [0, 0]]), blank)
add_multi_label("a label that never occurs", np.array([[0, 1], [0, 1], [0, 0]]), np.array([[0, 1], [0, 0], [1, 0]]))


versions = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}"
head = {
    "made": f"by test/evaluation/make-reference.py with {versions}",
    "cases": "measure(actual, given, options) is value; NaN and infinities are strings",
}
lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scikit-learn.json")
with open(path, "w", encoding="utf-8") as file:
    file.write(json.dumps(head, ensure_ascii=False, indent=2)[:-2] + ',\n  "references": [\n' + lines + "\n]}\n")
print(len(cases), "cases,", os.path.getsize(path), "bytes")
