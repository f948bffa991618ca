"""Small tables to learn from, as scikit-learn carries or makes them: a name, and what returns X (rows×columns) and y."""

import numpy as np
from sklearn import datasets


def made(**options):
    """Classes that make_classification draws; the default of n_informative is 2, of n_classes 2."""
    return lambda: datasets.make_classification(random_state=0, **options)


def linear_noise():
    random = np.random.RandomState(0)
    X, w = random.normal(size=(60, 10)), random.normal(size=10)
    return X, X @ w + random.normal(0, 2, 60)


def outliers():
    """A line with little noise; of 3 % of the rows, y is 20 times as large."""
    random = np.random.RandomState(0)
    X = random.normal(size=(300, 6))
    y = X @ random.normal(size=6) + random.normal(0, 0.1, 300)
    y[random.choice(300, 9, replace=False)] *= 20
    return X, y


def housing_like():
    """Skewed inputs, and a skewed target, as prices are."""
    random = np.random.RandomState(3)
    X, w = random.lognormal(0, 0.5, (800, 8)), random.normal(0, 0.4, 8)
    return X, np.exp(X @ w + np.sin(2 * X[:, 0]) + random.normal(0, 0.1, 800))


def sparse_counts():
    """Words of documents: how often a word comes depends on the class; most counts are 0."""
    random = np.random.RandomState(0)
    y = random.randint(0, 4, 1000)
    rates = random.gamma(0.5, 0.4, (1, 100)) * np.exp(random.normal(0, 0.5, (4, 100)))
    return random.poisson(rates[y]), y


def parity():
    """Whether the sum of 5 bits is odd, beside 8 columns of noise."""
    random = np.random.RandomState(0)
    bits = random.randint(0, 2, (800, 5))
    return np.hstack([bits, random.normal(size=(800, 8))]), bits.sum(axis=1) % 2


CLASSIFICATION = {
    "iris": lambda: datasets.load_iris(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "breast cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "moons": lambda: datasets.make_moons(400, noise=0.25, random_state=0),
    "hard": made(n_samples=300, n_features=30, n_informative=5, flip_y=0.1),
    "many classes": made(n_samples=800, n_features=20, n_informative=12, n_classes=12),
    "imbalanced": made(n_samples=600, n_features=10, weights=[0.95, 0.05]),
    "wide": made(n_samples=80, n_features=200, n_informative=10),
    "tiny": made(
        n_samples=30, n_features=4, n_informative=3, n_redundant=0, n_classes=3, n_clusters_per_class=1
    ),
    "big": made(n_samples=10000, n_features=30, n_informative=15, n_classes=7),
    "sparse counts": sparse_counts,
    "parity": parity,
}

REGRESSION = {
    "diabetes": lambda: datasets.load_diabetes(return_X_y=True),
    "friedman1": lambda: datasets.make_friedman1(300, noise=1, random_state=0),
    "linear with noise": linear_noise,
    "outliers": outliers,
    "housing-like": housing_like,
}


def load(name):
    """X (float64), y, and whether y are classes."""
    is_classification = name in CLASSIFICATION
    X, y = (CLASSIFICATION if is_classification else REGRESSION)[name]()
    return np.asarray(X, float), np.asarray(y, int if is_classification else float), is_classification
