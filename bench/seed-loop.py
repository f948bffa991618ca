"""The lecture note's loop in NumPy, timed; prints one line of JSON.

    python3 seed-loop.py FILE DTYPE SAMPLES WARM_UP STEPS

FILE holds float64 numbers: SAMPLES rows of 784 inputs, as many rows of 10 targets, then W2, b2, W3, b3.
The two losses come before the two updates, as the note's formulas have it, and each step's loss is the squared error
that the rule descends; otherwise the lines are the note's.
"""

import json
import platform
import sys
import time

import numpy as np

RATE = 0.3


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class NeuralNetwork:
    def __init__(self, W2, b2, W3, b3):
        self.W2, self.b2, self.W3, self.b3 = W2, b2, W3, b3

    def train(self, A1, target):
        A2 = sigmoid(np.dot(A1, self.W2) + self.b2)
        A3 = sigmoid(np.dot(A2, self.W3) + self.b3)
        loss = 0.5 * np.sum((A3 - target) ** 2)

        loss_3 = (A3 - target) * A3 * (1 - A3)
        loss_2 = np.dot(loss_3, self.W3.T) * A2 * (1 - A2)

        self.W3 = self.W3 - RATE * np.dot(A2.T, loss_3)
        self.b3 = self.b3 - RATE * loss_3
        self.W2 = self.W2 - RATE * np.dot(A1.T, loss_2)
        self.b2 = self.b2 - RATE * loss_2
        return float(loss)


def read(path, dtype, samples):
    shapes = [(samples, 784), (samples, 10), (784, 100), (1, 100), (100, 10), (1, 10)]
    numbers = np.fromfile(path, dtype=np.float64).astype(dtype)
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    return [part.reshape(shape).copy() for part, shape in zip(np.split(numbers, ends[:-1]), shapes)]


def main(path, dtype, samples, warm_up, steps):
    inputs, targets, *parameters = read(path, dtype, samples)
    network = NeuralNetwork(*parameters)
    rows = [(inputs[k : k + 1], targets[k : k + 1]) for k in range(samples)]
    for step in range(warm_up):
        network.train(*rows[step % samples])
    total = 0.0
    start = time.perf_counter()
    for step in range(warm_up, warm_up + steps):
        total += network.train(*rows[step % samples])
    seconds = time.perf_counter() - start
    result = {"microseconds": 1e6 * seconds / steps, "meanLoss": total / steps}
    print(json.dumps({**result, "numpy": np.__version__, "python": platform.python_version()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
