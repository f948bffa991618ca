"""PyTorch, on the processor: a plain training loop, and prediction."""

import blas
import material
import numpy as np
import torch
from torch import nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


def open(task, options):
    torch.set_num_threads(int(options["threads"]))
    begin = predict(task) if task["kind"] == "predict" else train(task)
    return {"PyTorch": torch.__version__, **blas.describe()}, begin


def model_of(task, with_output):
    """The layers; softmax is left to the loss, as PyTorch has it."""
    parameters, modules = material.parameters_of(task), []
    for l, (W, b) in enumerate(parameters):
        linear = nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T))
            linear.bias.copy_(torch.from_numpy(b[0]))
        modules.append(linear)
        last = l == len(parameters) - 1
        name = task["output"] if last else task["hidden"]
        if name != "softmax":
            modules.append(ACTIVATIONS[name]())
        elif with_output:
            modules.append(nn.Softmax(dim=1))
    return nn.Sequential(*modules)


def optimizer_of(model, optimizer):
    make = torch.optim.Adam if optimizer["name"] == "adam" else torch.optim.SGD
    return make(model.parameters(), lr=optimizer["learningRate"])


def train(task):
    inputs = torch.from_numpy(material.inputs_of(task))
    squared = task["loss"] == "squaredError"
    targets = torch.from_numpy(material.targets_of(task) if squared else material.labels_of(task).astype(np.int64))
    cross_entropy = nn.CrossEntropyLoss()
    batch = task["batch"]

    def loss_of(a, t):
        return 0.5 * ((a - t) ** 2).sum() / len(t) if squared else cross_entropy(a, t)

    def begin(amount, shuffle):
        model = model_of(task, with_output=False)
        optimizer = optimizer_of(model, task["optimizer"])
        rows = min(amount, len(inputs))

        def epoch():
            total = 0.0
            order = torch.randperm(rows) if shuffle else torch.arange(rows)
            for chosen in order.split(batch):
                x, t = inputs[chosen], targets[chosen]
                optimizer.zero_grad(set_to_none=True)
                loss = loss_of(model(x), t)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(chosen)
            return total

        return lambda: sum(epoch() for _ in range(amount // rows)) / amount

    return begin


def predict(task):
    inputs, model = torch.from_numpy(material.inputs_of(task)), model_of(task, with_output=True)

    def begin(calls, shuffle):
        def work():
            with torch.inference_mode():
                for _ in range(calls):
                    outputs = model(inputs)
            return outputs.mean().item()

        return work

    return begin
