"""Cases of losses and of steps of optimizers."""

import numpy as np

from case import NUMPY, Case


def losses():
    for reduction in ("none", "sum", "mean"):
        for shape in ((5, 7), (3, 4, 6), (2, 5, 3, 4)):
            target = ("i64", (shape[0],) + shape[2:], 0, shape[1] - 1)
            weight = ("f32", (shape[1],), 0.1, 1)
            for op in ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"):
                name = f"{op}-{len(shape)}-{reduction}"
                yield Case(name, op, [("f32", shape), target], {"reduction": reduction}, opset=13)
                yield Case(f"{name}-weighted", op, [("f32", shape), target, weight], {"reduction": reduction}, opset=13)
                yield Case(f"{name}-ignored", op, [("f32", shape), target, weight], {"reduction": reduction, "ignore_index": 1}, opset=13)
    x, target = ("f32", (-5, 7, -3)), ("i64", (-5, -3), 0, 6)
    yield Case("NegativeLogLikelihoodLoss-dynamic", "NegativeLogLikelihoodLoss", [x, target], opset=13)
    yield Case("SoftmaxCrossEntropyLoss-dynamic", "SoftmaxCrossEntropyLoss", [x, target, ("f32", (7,), 0.1, 1)], outputs=2, opset=13)
    outside = np.array([0, -100, 3, 2, -100])
    for op in ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"):
        yield Case(f"{op}-outside", op, [("f32", (5, 4)), outside], {"ignore_index": -100}, opset=13)
    yield Case("SoftmaxCrossEntropyLoss-i32", "SoftmaxCrossEntropyLoss", [("f32", (5, 4)), ("i32", (5,), 0, 3)], outputs=2, opset=13)
    yield Case("SoftmaxCrossEntropyLoss-f16", "SoftmaxCrossEntropyLoss", [("f16", (5, 4)), ("i64", (5,), 0, 3)], opset=13, tolerance=2e-3, reference="onnx")


def optimizers():
    # The evaluator computes later steps in f64 whatever the type is.
    for step, dtype in ((0, "f32"), (3, "f64")):
        start = [np.array(0.1, NUMPY[dtype]), np.array(step)]
        x, positive = (dtype, (3, 5)), (dtype, (3, 5), 0, 2)
        for op, states in (("Adagrad", [positive]), ("Momentum", [x]), ("Adam", [x, positive])):
            attributes = {"norm_coefficient": 0.01} | {"Adagrad": {"decay_factor": 0.1, "epsilon": 1e-5}, "Momentum": {"alpha": 0.9, "beta": 0.8, "mode": "nesterov"},
                                                       "Adam": {"alpha": 0.8, "beta": 0.95, "epsilon": 1e-5, "norm_coefficient_post": 0.02}}[op]
            yield Case(f"{op}-{step}", f"ai.onnx.preview.training::{op}", start + [x, x] + states, attributes, outputs=1 + len(states), reference="onnx")
    two = [("f32", (3,)), ("f32", (2, 4))]
    yield Case("Momentum-two", "ai.onnx.preview.training::Momentum", [np.array(0.1, np.float32), np.array(1)] + two * 3,
               {"alpha": 0.9, "beta": 0.8, "norm_coefficient": 0.0, "mode": "standard"}, outputs=4, reference="onnx")


training = (losses, optimizers)
