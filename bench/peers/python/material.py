"""The numbers of a task, as ../../material.ts reads them."""

import numpy as np


def read_bytes(place, count):
    return np.fromfile(place["path"], dtype=np.uint8, count=count, offset=place["offset"])


def inputs_of(task):
    data, columns = task["data"], task["layers"][0]
    table = (np.arange(256) * data["factor"] + data["shift"]).astype(task["dtype"])
    return table[read_bytes(data["inputs"], data["rows"] * columns)].reshape(-1, columns)


def labels_of(task):
    return read_bytes(task["data"]["labels"], task["data"]["rows"])


def targets_of(task):
    data, columns, labels = task["data"], task["layers"][-1], labels_of(task)
    targets = np.full((len(labels), columns), data["off"], dtype=task["dtype"])
    if columns == 1:
        targets[labels == 1] = data["on"]
    else:
        targets[np.arange(len(labels)), labels] = data["on"]
    return targets


def parameters_of(task):
    """[(W, b), …], fresh copies."""
    numbers, layers, at, found = np.fromfile(task["parameters"]), task["layers"], 0, []
    for rows, columns in zip(layers, layers[1:]):
        W = numbers[at : at + rows * columns].reshape(rows, columns)
        b = numbers[at + rows * columns : at + (rows + 1) * columns].reshape(1, columns)
        found.append((W.astype(task["dtype"]), b.astype(task["dtype"])))
        at += (rows + 1) * columns
    return found


def factors_of(task):
    m, n, k = task["m"], task["n"], task["k"]
    numbers = np.fromfile(task["numbers"], dtype=np.float32)
    return numbers[: m * k].reshape(m, k).copy(), numbers[m * k : m * k + k * n].reshape(k, n).copy()
