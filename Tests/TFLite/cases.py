"""Cases for `run.py`: operators over types, versions, options and odd sizes."""

from case import Case, Tensor
from cases_custom import custom_cases
from cases_layers import layer_cases
from cases_movement import movement_cases
from cases_quantized import quantized_cases
from cases_sequences import sequence_cases
from cases_stablehlo import stablehlo_cases

# Functions of one operand: the table of their options, and the numbers that they are tried on.
UNARY = {
    "ABS": ("AbsOptions", -3, 3), "NEG": ("NegOptions", -3, 3), "CEIL": ("", -3, 3), "FLOOR": ("", -3, 3), "ROUND": ("", -3, 3),
    "SQRT": ("", 0, 9), "RSQRT": ("", 0.1, 9), "EXP": ("ExpOptions", -4, 4), "LOG": ("", 0.1, 9), "SIN": ("", -7, 7), "COS": ("CosOptions", -7, 7),
    "SQUARE": ("SquareOptions", -3, 3), "ZEROS_LIKE": ("ZerosLikeOptions", -3, 3), "RELU": ("", -3, 3), "RELU6": ("", -3, 9),
    "RELU_N1_TO_1": ("", -3, 3), "RELU_0_TO_1": ("", -3, 3), "TANH": ("", -4, 4), "LOGISTIC": ("", -6, 6), "ELU": ("", -3, 3), "SIGN": ("SignOptions", -3, 3),
    "HARD_SWISH": ("HardSwishOptions", -5, 5),
}
BINARY = {
    "ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions", "FLOOR_DIV": "FloorDivOptions",
    "FLOOR_MOD": "FloorModOptions", "MAXIMUM": "MaximumMinimumOptions", "MINIMUM": "MaximumMinimumOptions", "POW": "PowOptions",
    "SQUARED_DIFFERENCE": "SquaredDifferenceOptions", "ATAN2": "ATan2Options",
}
COMPARISONS = {
    "EQUAL": "EqualOptions", "NOT_EQUAL": "NotEqualOptions", "LESS": "LessOptions", "LESS_EQUAL": "LessEqualOptions",
    "GREATER": "GreaterOptions", "GREATER_EQUAL": "GreaterEqualOptions",
}


def elementwise_cases():
    """Functions of one and two operands, broadcast, with fused activations."""
    for name, (table, low, high) in UNARY.items():
        options = (table,) if table else ()
        x = Tensor("f32", (3, 37), low=low, high=high)
        yield Case(f"{name}-f32", name, [x], [Tensor("f32", (3, 37))], options, tolerance=2e-5)
        x = Tensor("f32", (2, 5, 3), low=low, high=high, open=(0,))
        yield Case(f"{name}-open", name, [x], [Tensor("f32", (2, 5, 3), open=(0,))], options, tolerance=2e-5)
    yield Case("ABS-i32", "ABS", [Tensor("i32", (17,), low=-9, high=9)], [Tensor("i32", (17,))], ("AbsOptions",), version=5)
    for kind in ("i32", "i64"):
        yield Case(f"NEG-{kind}", "NEG", [Tensor(kind, (17,), low=-9, high=9)], [Tensor(kind, (17,))], ("NegOptions",))
    for name, table in BINARY.items():
        low = 0.5 if name in ("DIV", "FLOOR_DIV", "FLOOR_MOD", "POW") else -3
        for label, a, b in (("same", (3, 7, 5), (3, 7, 5)), ("row", (3, 7, 5), (5,)), ("scalar", (4, 9), ()), ("both", (4, 1, 3), (1, 5, 1))):
            if name == "ATAN2" and label != "same":
                continue
            shape = [max(x, y) for x, y in zip([1] * (len(b) - len(a)) + list(a), [1] * (len(a) - len(b)) + list(b))]
            yield Case(
                f"{name}-f32-{label}", name, [Tensor("f32", a, low=low if name == "POW" else -3), Tensor("f32", b, low=low)],
                [Tensor("f32", tuple(shape))], (table,), tolerance=3e-5)
        if name not in ("ATAN2",):
            small = {"low": 0, "high": 3} if name == "POW" else {"low": -9, "high": 9}
            divisor = {"low": 1, "high": 4} if name in ("DIV", "FLOOR_DIV", "FLOOR_MOD") else small
            version = 2 if name in ("FLOOR_DIV", "FLOOR_MOD", "DIV", "SQUARED_DIFFERENCE") else 1
            yield Case(
                f"{name}-i32", name, [Tensor("i32", (4, 9), **small), Tensor("i32", (4, 9), **divisor)], [Tensor("i32", (4, 9))], (table,),
                version=version)
    for name in ("ADD", "SUB", "MUL", "DIV"):
        for activation in range(1, 4):
            yield Case(
                f"{name}-activation{activation}", name, [Tensor("f32", (3, 11), low=-9, high=9), Tensor("f32", (3, 11), low=1)],
                [Tensor("f32", (3, 11))], (BINARY[name], {"fused_activation_function": activation}))
    for name, table in COMPARISONS.items():
        for kind in ("f32", "i32", "i64"):
            yield Case(
                f"{name}-{kind}", name, [Tensor(kind, (5, 13), low=-2, high=2), Tensor(kind, (13,), low=-2, high=2)],
                [Tensor("bool", (5, 13))], (table,))
    for name in ("LOGICAL_AND", "LOGICAL_OR"):
        table = "".join(part.capitalize() for part in name.split("_")) + "Options"
        yield Case(name, name, [Tensor("bool", (3, 7)), Tensor("bool", (3, 7))], [Tensor("bool", (3, 7))], (table,))
    yield Case("LOGICAL_NOT", "LOGICAL_NOT", [Tensor("bool", (3, 7))], [Tensor("bool", (3, 7))], ("LogicalNotOptions",))
    for kind in ("i32", "u8", "i8", "i16"):
        yield Case(
            f"BITWISE_XOR-{kind}", "BITWISE_XOR", [Tensor(kind, (3, 7), low=0, high=99), Tensor(kind, (3, 7), low=0, high=99)], [Tensor(kind, (3, 7))],
            ("BitwiseXorOptions",))
        yield Case(
            f"RIGHT_SHIFT-{kind}", "RIGHT_SHIFT", [Tensor(kind, (3, 7), low=0, high=99), Tensor(kind, (3, 7), low=0, high=5)], [Tensor(kind, (3, 7))],
            ("RightShiftOptions",))
    yield Case("ADD_N", "ADD_N", [Tensor("f32", (4, 5)) for _ in range(3)], [Tensor("f32", (4, 5))], ("AddNOptions",))
    for shape in ((4, 5), (4,)):
        yield Case(
            f"SELECT-{len(shape)}", "SELECT", [Tensor("bool", shape), Tensor("f32", (4, 5)), Tensor("f32", (4, 5))], [Tensor("f32", (4, 5))],
            ("SelectOptions",))
    yield Case(
        "SELECT_V2", "SELECT_V2", [Tensor("bool", (4, 1)), Tensor("f32", (4, 5)), Tensor("f32", (5,))], [Tensor("f32", (4, 5))], ("SelectV2Options",))
    for source, target in (("f32", "i32"), ("i32", "f32"), ("f32", "u8"), ("bool", "f32"), ("i64", "i32"), ("f32", "bool"), ("i8", "f32"), ("f16", "f32"), ("f32", "i64")):
        yield Case(
            f"CAST-{source}-{target}", "CAST", [Tensor(source, (3, 9), low=0, high=99)], [Tensor(target, (3, 9))], ("CastOptions",), version=4)
    yield Case("DEQUANTIZE-f16", "DEQUANTIZE", [Tensor("f16", (3, 9))], [Tensor("f32", (3, 9))], ("DequantizeOptions",), version=3)
    for bits in (8, 4):
        yield Case(
            f"FAKE_QUANT-{bits}", "FAKE_QUANT", [Tensor("f32", (5, 21), low=-4, high=7)], [Tensor("f32", (5, 21))],
            ("FakeQuantOptions", {"min": -2.5, "max": 5.0, "num_bits": bits}))


def activation_cases():
    """Activations with parameters, and normalizations."""
    for approximate in (False, True):
        yield Case(
            f"GELU-{approximate}", "GELU", [Tensor("f32", (3, 37), low=-4, high=4)], [Tensor("f32", (3, 37))], ("GeluOptions", {"approximate": approximate}),
            tolerance=3e-5)
    yield Case("LEAKY_RELU", "LEAKY_RELU", [Tensor("f32", (3, 37))], [Tensor("f32", (3, 37))], ("LeakyReluOptions", {"alpha": 0.1}))
    for shape in ((1, 1, 7), (5, 3, 7), (7,)):
        yield Case(
            f"PRELU-{len(shape)}-{shape[0]}", "PRELU", [Tensor("f32", (2, 5, 3, 7)), Tensor("f32", shape, low=-1, high=1)],
            [Tensor("f32", (2, 5, 3, 7))])
    for beta in (1.0, 0.3):
        for shape in ((3, 37), (2, 3, 5, 7), (11,)):
            yield Case(
                f"SOFTMAX-{beta}-{len(shape)}", "SOFTMAX", [Tensor("f32", shape)], [Tensor("f32", shape)], ("SoftmaxOptions", {"beta": beta}))
    yield Case("LOG_SOFTMAX", "LOG_SOFTMAX", [Tensor("f32", (3, 37))], [Tensor("f32", (3, 37))], ("LogSoftmaxOptions",))
    yield Case("L2_NORMALIZATION", "L2_NORMALIZATION", [Tensor("f32", (3, 5, 7))], [Tensor("f32", (3, 5, 7))], ("L2NormOptions",))
    for radius in (1, 3):
        yield Case(
            f"LOCAL_RESPONSE_NORMALIZATION-{radius}", "LOCAL_RESPONSE_NORMALIZATION", [Tensor("f32", (1, 3, 5, 9))], [Tensor("f32", (1, 3, 5, 9))],
            ("LocalResponseNormalizationOptions", {"radius": radius, "bias": 1.5, "alpha": 0.2, "beta": 0.6}))


def all_cases():
    for family in (elementwise_cases, activation_cases, layer_cases, movement_cases, quantized_cases, custom_cases, sequence_cases, stablehlo_cases):
        yield from family()
