"""scikit-learn's MLPClassifier: its outputs are a softmax and its loss the cross-entropy, whatever the task says."""

import blas
import material
import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

HIDDEN = {"sigmoid": "logistic", "relu": "relu"}


def open(task, options):
    inputs, labels, parameters = material.inputs_of(task), material.labels_of(task), material.parameters_of(task)

    def begin(amount, shuffle):
        model = model_of(task, parameters, shuffle)
        x, t = inputs[:amount], labels[:amount]

        def work():
            model.partial_fit(x, t)  # one epoch in batches
            return model.loss_

        return work

    versions = {"scikit-learn": sklearn.__version__, "NumPy": np.__version__, **blas.describe()}
    return versions, begin


def model_of(task, parameters, shuffle):
    """A model that starts from these parameters. Its first call makes its own, so that is on no more than 10 rows."""
    model = MLPClassifier(
        hidden_layer_sizes=task["layers"][1:-1],
        activation=HIDDEN[task["hidden"]],
        solver=task["optimizer"]["name"],
        learning_rate_init=task["optimizer"]["learningRate"],
        batch_size=task["batch"],
        shuffle=shuffle,
        momentum=0,
        alpha=0,
    )
    classes = np.arange(task["layers"][-1], dtype=np.uint8)
    first = np.zeros((len(classes), task["layers"][0]), dtype=task["dtype"])
    model.partial_fit(first, classes, classes=classes)
    for (W, b), own_W, own_b in zip(parameters, model.coefs_, model.intercepts_):
        own_W[...], own_b[...] = W, b[0]
    restart(model)
    return model


def restart(model):
    """Adam's moments as they were before the first step."""
    optimizer = model._optimizer
    if hasattr(optimizer, "ms"):
        optimizer.t = 0
        for moment in (*optimizer.ms, *optimizer.vs):
            moment[...] = 0
