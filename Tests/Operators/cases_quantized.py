"""Cases of quantized operators."""

import numpy as np

from case import Case, Constant, const


def products():
    for a, b in (("u8", "u8"), ("u8", "i8"), ("i8", "i8")):
        low, high = {"u8": (0, 255), "i8": (-128, 127)}[a], {"u8": (0, 255), "i8": (-128, 127)}[b]
        x, w = (a, (5, 17), *low), (b, (17, 7), *high)
        yield Case(f"MatMulInteger-{a}-{b}", "MatMulInteger", [x, w, const(7, a), const(3, b)])
        yield Case(f"QLinearMatMul-{a}-{b}", "QLinearMatMul",
                   [x, const(0.02, "f32"), const(7, a), w, const(0.03, "f32"), const(3, b), const(0.9, "f32"), const(5, a)])
    yield Case("MatMulInteger-plain", "MatMulInteger", [("u8", (2, 5, 17), 0, 255), ("u8", (2, 17, 7), 0, 255)])
    yield Case("MatMulInteger-columns", "MatMulInteger", [("u8", (-5, 17), 0, 255), ("i8", (17, 7), -128, 127), const(9, "u8"), const(range(7), "i8")])
    image, filters = ("u8", (2, 3, 9, 11), 0, 255), ("u8", (5, 3, 3, 3), 0, 255)
    yield Case("ConvInteger", "ConvInteger", [image, filters, const(7, "u8"), const(3, "u8")], {"pads": [1, 1, 1, 1]})
    yield Case("ConvInteger-strided", "ConvInteger", [image, filters], {"strides": [2, 2]})
    scales = [const(0.02, "f32"), const(120, "u8")]
    yield Case("QLinearConv", "QLinearConv", [image] + scales + [("i8", (5, 3, 3, 3), -128, 127), const([0.01, 0.02, 0.03, 0.02, 0.01], "f32"), const([0] * 5, "i8"),
               const(0.5, "f32"), const(100, "u8"), ("i32", (5,), -900, 900)], {"pads": [1, 1, 1, 1]})
    yield Case("QLinearConv-group", "QLinearConv", [("u8", (1, 4, 9, 9), 0, 255)] + scales + [("u8", (4, 1, 3, 3), 0, 255), const(0.01, "f32"), const(9, "u8"),
               const(0.2, "f32"), const(100, "u8")], {"group": 4})
    yield Case("DynamicQuantizeLinear", "DynamicQuantizeLinear", [("f32", (3, 37), -3, 7)], outputs=3)
    yield Case("DynamicQuantizeLinear-positive", "DynamicQuantizeLinear", [("f32", (-3, -37), 1, 7)], outputs=3)
    for op in ("QLinearAdd", "QLinearMul"):
        yield Case(op, f"com.microsoft::{op}", [("u8", (3, 37), 0, 255), const(0.02, "f32"), const(100, "u8"), ("u8", (37,), 0, 255), const(0.03, "f32"), const(90, "u8"),
                   const(0.05, "f32"), const(110, "u8")])
    yield Case("MatMulIntegerToFloat", "com.microsoft::MatMulIntegerToFloat",
               [("u8", (5, 17), 0, 255), ("u8", (17, 7), 0, 255), const(0.02, "f32"), const(0.03, "f32"), const(7, "u8"), const(3, "u8"), ("f32", (7,))])
    yield Case("DequantizeLinear-blocks", "DequantizeLinear", [("i8", (3, 12, 5)), ("f32", (3, 4, 5), 0.1, 1), ("i8", (3, 4, 5))], {"axis": 1, "block_size": 3}, opset=21)
    yield Case("QuantizeLinear-blocks", "QuantizeLinear", [("f32", (12, 5), -9, 9), ("f32", (3, 5), 0.1, 1), ("u8", (3, 5))], {"axis": 0, "block_size": 4}, opset=21)


def tensor(shape, scale, zero, dtype="u8"):
    """A quantized input with its scale and zero point."""
    low, high = {"u8": (0, 255), "i8": (-128, 127)}[dtype]
    return [(dtype, shape, low, high), const(scale, "f32"), const(zero, dtype)]


def wrapped():
    """Operators of com.microsoft that work on quantized tensors."""
    result = [const(0.05, "f32"), const(110, "u8")]
    gemm = tensor((5, 17), 0.02, 120) + tensor((17, 20), 0.03, 0, "i8")
    yield Case("QGemm", "com.microsoft::QGemm", gemm + [("i32", (20,), -900, 900)] + result)
    yield Case("QGemm-float", "com.microsoft::QGemm", gemm + [("i32", (20,), -900, 900)], tolerance=1e-4)
    yield Case("QGemm-transposed", "com.microsoft::QGemm", tensor((5, 17), 0.02, 120) + tensor((20, 17), 0.03, 7) + [None] + result, {"transB": 1, "alpha": 0.5})
    columns = [("i8", (17, 20), -128, 127), const(np.linspace(0.01, 0.03, 20), "f32"), const([0] * 20, "i8")]
    yield Case("QGemm-columns", "com.microsoft::QGemm", tensor((5, 17), 0.02, 120) + columns + [None] + result)
    yield Case("QLinearConcat", "com.microsoft::QLinearConcat", result + tensor((3, 5), 0.02, 100) + tensor((3, 7), 0.06, 90), {"axis": 1})
    yield Case("QLinearSoftmax", "com.microsoft::QLinearSoftmax", tensor((3, 37), 0.02, 100) + [const(1 / 255, "f32"), const(0, "u8")], {"axis": 1, "opset": 13}, steps=1)
    yield Case("QLinearSigmoid", "com.microsoft::QLinearSigmoid", tensor((3, 37), 0.02, 100) + [const(1 / 255, "f32"), const(0, "u8")])
    yield Case("QLinearLeakyRelu", "com.microsoft::QLinearLeakyRelu", tensor((3, 37), 0.02, 100) + result, {"alpha": 0.1})
    yield Case("QLinearGlobalAveragePool", "com.microsoft::QLinearGlobalAveragePool", tensor((2, 3, 7, 5), 0.02, 100) + [const(0.015, "f32"), const(90, "u8")])
    yield Case("QLinearAveragePool", "com.microsoft::QLinearAveragePool", tensor((2, 3, 7, 5), 0.02, 100) + [const(0.015, "f32"), const(90, "u8")],
               {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]})


quantized = (products, wrapped)
