"""Cases of StableHLO inside of TFLite, most of which LiteRT leaves to delegates: they are compared with NumPy."""

import numpy as np

from case import Case, Tensor

BINARY = {
    "ADD": np.add, "SUBTRACT": np.subtract, "MULTIPLY": np.multiply, "DIVIDE": np.divide, "MAXIMUM": np.maximum, "MINIMUM": np.minimum,
    "POWER": np.power, "REMAINDER": np.fmod,
}
UNARY = {
    "ABS": np.abs, "NEGATE": np.negative, "COSINE": np.cos, "EXPONENTIAL": np.exp, "FLOOR": np.floor, "LOG": np.log, "TANH": np.tanh, "CBRT": np.cbrt,
    "LOGISTIC": lambda x: 1 / (1 + np.exp(-x)), "RSQRT": lambda x: 1 / np.sqrt(x),
}


def stablehlo_cases():
    for name, function in BINARY.items():
        yield Case(
            f"STABLEHLO_{name}", f"STABLEHLO_{name}", [Tensor("f32", (3, 7), low=0.5), Tensor("f32", (3, 7), low=0.5)], [Tensor("f32", (3, 7))],
            tolerance=2e-5, expected=lambda a, b, function=function: [function(a, b)])
    for name, function in UNARY.items():
        yield Case(
            f"STABLEHLO_{name}", f"STABLEHLO_{name}", [Tensor("f32", (3, 7), low=0.5)], [Tensor("f32", (3, 7))], tolerance=2e-5,
            expected=lambda x, function=function: [function(x)])
    for name, function in (("AND", np.bitwise_and), ("OR", np.bitwise_or)):
        yield Case(
            f"STABLEHLO_{name}", f"STABLEHLO_{name}", [Tensor("i32", (3, 7), low=0, high=99), Tensor("i32", (3, 7), low=0, high=99)],
            [Tensor("i32", (3, 7))], expected=lambda a, b, function=function: [function(a, b)])
    x = Tensor("f32", (3, 7))
    yield Case(
        "STABLEHLO_CLAMP", "STABLEHLO_CLAMP", [Tensor("f32", values=-0.5), x, Tensor("f32", values=1.25)], [Tensor("f32", (3, 7))],
        expected=lambda x: [np.clip(x, np.float32(-0.5), np.float32(1.25))])
    yield Case(
        "STABLEHLO_SELECT", "STABLEHLO_SELECT", [Tensor("bool", (3, 7)), x, Tensor("f32", (3, 7))], [Tensor("f32", (3, 7))],
        expected=lambda c, a, b: [np.where(c, a, b)])
    yield Case("STABLEHLO_CONVERT", "STABLEHLO_CONVERT", [x], [Tensor("i32", (3, 7))], expected=lambda x: [x.astype(np.int32)])
    yield Case("STABLEHLO_RESHAPE", "STABLEHLO_RESHAPE", [x], [Tensor("f32", (7, 3))], expected=lambda x: [x.reshape(7, 3)])
    yield Case(
        "STABLEHLO_TRANSPOSE", "STABLEHLO_TRANSPOSE", [Tensor("f32", (2, 3, 4))], [Tensor("f32", (4, 2, 3))],
        ("StablehloTransposeOptions", {"permutation": [2, 0, 1]}), expected=lambda x: [x.transpose(2, 0, 1)])
    yield Case(
        "STABLEHLO_CONCATENATE", "STABLEHLO_CONCATENATE", [x, Tensor("f32", (3, 2))], [Tensor("f32", (3, 9))], ("StablehloConcatenateOptions", {"dimension": 1}),
        expected=lambda a, b: [np.concatenate([a, b], 1)])
    yield Case(
        "STABLEHLO_BROADCAST_IN_DIM", "STABLEHLO_BROADCAST_IN_DIM", [Tensor("f32", (3, 1))], [Tensor("f32", (2, 3, 5))],
        ("StablehloBroadcastInDimOptions", {"broadcast_dimensions": [1, 2]}), expected=lambda x: [np.broadcast_to(x, (2, 3, 5))])
    yield Case(
        "STABLEHLO_SLICE", "STABLEHLO_SLICE", [x], [Tensor("f32", (2, 2))],
        ("StablehloSliceOptions", {"start_indices": [1, 1], "limit_indices": [3, 6], "strides": [1, 3]}), expected=lambda x: [x[1:3, 1:6:3]])
    yield Case(
        "STABLEHLO_IOTA", "STABLEHLO_IOTA", [], [Tensor("i32", (3, 4))], ("StablehloIotaOptions", {"iota_dimension": 1}),
        expected=lambda: [np.broadcast_to(np.arange(4, dtype=np.int32), (3, 4))])
