"""Draws problems with one positive minimum and writes what SciPy's minimisers reach from the same start to scipy.json.

Run: /usr/bin/python3 test/solvers/make-reference.py   (SciPy 1.10.1, NumPy 1.24.2)

A problem is a network (layers: inputs, then units and activation of each), a loss, rows, weights of rows, l2, and a start: W_1,
b_1, W_2, b_2, … in one list, row by row. For lbfgs: scipy.optimize.minimize(method='L-BFGS-B') with its own tolerances;
an evaluation is E with its gradient. For levenbergMarquardt: scipy.optimize.least_squares, methods 'lm' and 'trf' with their
own tolerances, of which that with fewer evaluations counts; an evaluation is that of the residuals, Jacobians are
counted beside. `value` is E where SciPy stopped, `minimum` where it stops with tolerances as small as they go.

That there is one minimum is tried by L-BFGS-B from 60 starts of several sizes, with a small push where it stops: each must reach
E to 1e-7. (Of the narrow layer's weights, infinitely many give the same outputs and the same E; they count as one.)

Beside them, `unscaled`: convex problems whose columns lie far from 0 or are of very different sizes. Their minimum is that of the
same rows with each column at mean 0 and variance 1, where L-BFGS-B and least_squares with tolerances as small as they go find
it: without l2 both have the same. `value` is again what SciPy reaches from the start, on the columns as they are.
"""
import json
import os

import numpy as np
import scipy
from scipy.optimize import least_squares, minimize


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


# value, and the derivative carried back: (g, z, a) → ∂/∂z
FORMS = {
    "identity": (lambda z: z, lambda g, z, a: g),
    "sigmoid": (sigmoid, lambda g, z, a: g * a * (1 - a)),
    "tanh": (np.tanh, lambda g, z, a: g * (1 - a * a)),
    "softplus": (lambda z: np.logaddexp(0, z), lambda g, z, a: g * sigmoid(z)),
    "softmax": (softmax, lambda g, z, a: a * (g - (g * a).sum(axis=1, keepdims=True))),
}


class Problem:
    def __init__(self, title, layers, loss, inputs, targets, start, l2=0.0, weights=None):
        self.title, self.layers, self.loss, self.l2 = title, layers, loss, l2
        self.X, self.T, self.start, self.weights = inputs, targets, start, weights
        w = np.ones(len(inputs)) if weights is None else np.array(weights)
        self.w = w * len(w) / w.sum()  # with mean 1
        self.shapes = []
        below = layers[0]
        for units, _ in layers[1:]:
            self.shapes += [(below, units), (1, units)]
            below = units
        self.size = sum(a * b for a, b in self.shapes)
        self.penalised = np.concatenate([np.full(a * b, float(a > 1 or k % 2 == 0)) for k, (a, b) in enumerate(self.shapes)])
        for k, (a, b) in enumerate(self.shapes):
            if k % 2 == 1:  # biases are not
                at = sum(c * d for c, d in self.shapes[:k])
                self.penalised[at : at + a * b] = 0

    def forward(self, x):
        at, a, self.passed = 0, self.X, []
        for k, (units, f) in enumerate(self.layers[1:]):
            shape = self.shapes[2 * k]
            W = x[at : at + shape[0] * shape[1]].reshape(shape)
            at += W.size
            b = x[at : at + units]
            at += units
            z = a @ W + b
            below, a = a, FORMS[f][0](z)
            self.passed.append((f, W, below, z, a))
        return a

    def carry(self, loss):
        """From ∂E_row/∂z of the output, row by row, the derivatives of each row by all parameters: rows × size."""
        parts = []
        for k in reversed(range(len(self.passed))):
            f, W, below, z, a = self.passed[k]
            parts = [np.einsum("ia,ij->iaj", below, loss).reshape(len(loss), -1), loss] + parts
            if k > 0:
                g, _, _, zb, ab = loss @ W.T, *self.passed[k - 1][1:3], *self.passed[k - 1][3:]
                loss = FORMS[self.passed[k - 1][0]][1](g, zb, ab)
        return np.hstack(parts)

    def value(self, x):
        a = self.forward(x)
        z = self.passed[-1][3]
        m = len(self.X)
        if self.loss == "squaredError":
            rows, loss = 0.5 * ((a - self.T) ** 2).sum(axis=1), FORMS[self.layers[-1][1]][1](a - self.T, z, a)
        elif self.loss == "binaryCrossEntropy":
            rows, loss = (np.logaddexp(0, z) - z * self.T).sum(axis=1), a - self.T
        else:
            top = z.max(axis=1, keepdims=True)
            logs = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
            rows, loss = -(self.T * logs).sum(axis=1), a * self.T.sum(axis=1, keepdims=True) - self.T
        gradient = self.carry(loss * self.w[:, None] / m).sum(axis=0) + self.l2 * self.penalised * x
        return (self.w * rows).sum() / m + 0.5 * self.l2 * (self.penalised * x * x).sum(), gradient

    def residuals(self, x):
        r = (self.forward(x) - self.T) * np.sqrt(self.w / len(self.X))[:, None]
        return np.concatenate([r.T.ravel(), np.sqrt(self.l2) * (self.penalised * x)[self.penalised > 0]])

    def jacobian(self, x):
        a = self.forward(x)
        z, f = self.passed[-1][3], self.layers[-1][1]
        blocks = []
        for k in range(a.shape[1]):
            chosen = np.zeros_like(a)
            chosen[:, k] = 1
            blocks.append(self.carry(FORMS[f][1](chosen, z, a)) * np.sqrt(self.w / len(self.X))[:, None])
        return np.vstack(blocks + [np.sqrt(self.l2) * np.eye(self.size)[self.penalised > 0]])


def random_start(problem, rng, size):
    return np.round(rng.normal(0, size, problem.size), 4)


def check_derivatives(problem, rng):
    x = rng.normal(0, 0.5, problem.size)
    h = 1e-6
    E, gradient = problem.value(x)
    steps = h * np.eye(problem.size)
    numerical = np.array([(problem.value(x + d)[0] - problem.value(x - d)[0]) / (2 * h) for d in steps])
    assert np.abs(numerical - gradient).max() < 1e-7 * max(1, np.abs(gradient).max()), problem.title
    if problem.loss == "squaredError":
        J = np.array([(problem.residuals(x + d) - problem.residuals(x - d)) / (2 * h) for d in steps]).T
        assert np.abs(J - problem.jacobian(x)).max() < 1e-7 * max(1, np.abs(J).max()), problem.title
        assert abs(0.5 * (problem.residuals(x) ** 2).sum() - E) < 1e-12 * max(1, E)


def by_lbfgs(problem, x):
    tight = {"ftol": 1e-16, "gtol": 1e-12, "maxiter": 20000, "maxfun": 20000}
    found = minimize(problem.value, x, jac=True, method="L-BFGS-B")
    exact = minimize(problem.value, found.x, jac=True, method="L-BFGS-B", options=tight)
    return {"value": found.fun, "minimum": exact.fun, "evaluations": found.nfev, "method": "L-BFGS-B"}


def by_least_squares(problem, x):
    runs = {
        method: least_squares(problem.residuals, x, problem.jacobian, method=method) for method in ("lm", "trf")
    }
    method, found = min(runs.items(), key=lambda item: item[1].nfev)
    exact = least_squares(problem.residuals, found.x, problem.jacobian, ftol=1e-15, xtol=1e-15, gtol=1e-15)
    return {
        "value": found.cost,
        "minimum": min(exact.cost, found.cost),
        "evaluations": int(found.nfev),
        "jacobians": int(found.njev),
        "method": method,
    }


def check_one_minimum(problem, rng):
    values = []
    for size in (0.1, 0.5, 2):
        for _ in range(20):
            found = minimize(problem.value, random_start(problem, rng, size), jac=True, method="L-BFGS-B")
            # a saddle, as where all weights are 0, is left by a small push; a minimum is not
            pushed = found.x + random_start(problem, rng, 0.05)
            values.append(by_lbfgs(problem, pushed)["minimum"])
    spread = (max(values) - min(values)) / min(values)
    assert min(values) > 1e-4 and spread < 1e-7, (problem.title, min(values), max(values))
    return min(values)


rng = np.random.default_rng(20231118)


def inputs(rows, columns, scales=1):
    return np.round(rng.normal(0, 1, (rows, columns)) * scales, 3)


def one_hot(labels, classes):
    return np.eye(classes)[labels]


def problems():
    X = inputs(60, 5)
    T = np.round(X @ rng.normal(0, 1, (5, 2)) + 0.5 * rng.normal(0, 1, (60, 2)), 3)
    linear = ("linear regression, 2 outputs", [5, (2, "identity")], "squaredError", X, T)

    X = inputs(80, 4, [1, 3, 0.3, 10])
    T = (sigmoid(X @ np.array([1, -0.5, 2, 0.1]) + rng.normal(0, 1, 80)) > 0.5).astype(float)[:, None]
    logistic = ("logistic regression, columns of several sizes", [4, (1, "sigmoid")], "binaryCrossEntropy", X, T, 0.01)

    labels = rng.integers(0, 3, 90)
    X = np.round(rng.normal(0, 1.2, (90, 4)) + np.array([[2, 0, 0, 1], [0, 2, 0, -1], [0, 0, 2, 0]])[labels], 3)
    classes = ("softmax, 3 classes", [4, (3, "softmax")], "categoricalCrossEntropy", X, one_hot(labels, 3), 0.001)

    # hidden layers that bend have several minima: units may die, or become alike
    X = inputs(60, 5, [1, 1, 1, 0.5, 2])
    T = np.round(X @ rng.normal(0, 1, (5, 2)) @ rng.normal(0, 1, (2, 3)) + 0.5 * rng.normal(0, 1, (60, 3)), 3)
    narrow = ("a narrow linear layer, 5-2-3", [5, (2, "identity"), (3, "identity")], "squaredError", X, T, 0.01)

    X = inputs(70, 6)
    T = (X @ rng.normal(0, 1, (6, 3)) + rng.normal(0, 1.5, (70, 3)) > 0).astype(float)
    weights = np.round(rng.uniform(0.1, 3, 70), 2)
    labels3 = ("3 labels a row, weighted rows", [6, (3, "sigmoid")], "binaryCrossEntropy", X, T, 0.003, weights)

    X = inputs(80, 3)
    T = np.round(sigmoid(X @ np.array([[1.5], [-2], [0.7]]) + 0.4) + 0.1 * rng.normal(0, 1, (80, 1)), 3)
    curve = ("a sigmoid curve", [3, (1, "sigmoid")], "squaredError", X, T, 0.001)

    X = inputs(60, 3)
    T = np.round(np.logaddexp(0, X @ rng.normal(0, 1, (3, 2))) + 0.3 * rng.normal(0, 1, (60, 2)), 3)
    weights = np.round(rng.uniform(0.1, 3, 60), 2)
    softplus = ("softplus, 2 outputs, weighted rows", [3, (2, "softplus")], "squaredError", X, T, 0, weights)

    X = inputs(80, 4)
    T = np.round(softmax(2 * X @ rng.normal(0, 1, (4, 3)) + 0.8 * rng.normal(0, 1, (80, 3))), 3)
    shares = ("shares by softmax, squared error", [4, (3, "softmax")], "squaredError", X, T, 0.01)

    return {
        "lbfgs": [linear, logistic, classes, narrow, labels3],
        "levenbergMarquardt": [linear, curve, narrow, softplus, shares],
    }


def as_json(solver, problem, start, scipy_found):
    return {
        "solver": solver,
        "title": problem.title,
        "inputs": problem.X.tolist(),
        "targets": problem.T.tolist(),
        "layers": [problem.layers[0], *({"units": units, "activation": f} for units, f in problem.layers[1:])],
        "loss": problem.loss,
        "l2": problem.l2,
        **({} if problem.weights is None else {"sampleWeights": problem.weights.tolist()}),
        "start": start.tolist(),
        "scipy": scipy_found,
    }


reach = {"lbfgs": by_lbfgs, "levenbergMarquardt": by_least_squares}
written = []
for solver, list_of in problems().items():
    for title, layers, loss, X, T, *rest in list_of:
        l2, weights = (rest + [0, None][len(rest) :])[:2]
        problem = Problem(title, layers, loss, X, T, None, l2, weights)
        check_derivatives(problem, rng)
        lowest = check_one_minimum(problem, rng)
        start = random_start(problem, rng, 0.5)
        scipy_found = reach[solver](problem, start)
        assert abs(scipy_found["minimum"] - lowest) < 1e-7 * lowest, title
        print(f"{solver:20} {title:46} {scipy_found}")
        written.append(as_json(solver, problem, start, scipy_found))


def unscaled():
    k = np.arange(50)
    exact = (np.sin(k) + np.cos(3 * k))[:, None]
    z = rng.normal(0, 1, (60, 2))
    noisy = (z @ np.array([[1.0], [0.7]]) + 0.5 * rng.normal(0, 1, (60, 1))).round(3)
    labels = (noisy > 0).astype(float)
    linear, logistic = [2, (1, "identity")], [2, (1, "sigmoid")]
    far = np.stack([1e4 + np.sin(k), np.cos(3 * k)], 1)
    farther = np.stack([1e5 + np.sin(k), np.cos(3 * k)], 1)
    return {
        "lbfgs": [
            ("a column 1e4 from 0, exact", linear, "squaredError", far, exact),
            ("logistic, 60000 ± 20000 and ± 0.001", logistic, "binaryCrossEntropy", z * [2e4, 1e-3] + [6e4, 0], labels),
        ],
        "levenbergMarquardt": [
            ("a column 1e5 from 0, exact", linear, "squaredError", farther, exact),
            ("1.7e12 ± 1e10 and ± 0.001", linear, "squaredError", z * [1e10, 1e-3] + [1.7e12, 0], noisy),
        ],
    }


written_unscaled = []
for solver, list_of in unscaled().items():
    for title, layers, loss, X, T in list_of:
        scaled = Problem(title, layers, loss, (X - X.mean(axis=0)) / X.std(axis=0), T, None)
        check_derivatives(scaled, rng)
        problem = Problem(title, layers, loss, X, T, None)
        start = random_start(problem, rng, 0.01)
        best = reach[solver](scaled, random_start(scaled, rng, 0.01))["minimum"]
        scipy_found = {**reach[solver](problem, start), "minimum": best}
        print(f"{solver:20} {title:46} {scipy_found}")
        written_unscaled.append(as_json(solver, problem, start, scipy_found))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scipy.json"), "w") as file:
    head = f"made by test/solvers/make-reference.py with SciPy {scipy.__version__}, NumPy {np.__version__}"
    parts = [
        f'"{name}": [\n' + ",\n".join(json.dumps(one, ensure_ascii=False) for one in list_of) + "\n]"
        for name, list_of in (("problems", written), ("unscaled", written_unscaled))
    ]
    file.write(f'{{"made": {json.dumps(head)}, {", ".join(parts)}}}\n')
