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


def small_types():
    numbers = np.arange(-63, 64).reshape(1, 127)
    for dtype, values in (("i4", numbers % 16 - 8), ("u4", numbers % 16)):
        yield Case(f"DequantizeLinear-{dtype}", "DequantizeLinear", [const(values, dtype), const(0.3, "f32"), const(3, dtype)], opset=21)
        blocks = values[:, :120].reshape(5, 24)
        yield Case(f"DequantizeLinear-{dtype}-blocks", "DequantizeLinear",
                   [const(blocks, dtype), ("f32", (5, 3), 0.1, 1), const(blocks[:, ::8], dtype)], {"axis": 1, "block_size": 8}, opset=21)
        yield Case(f"Cast-{dtype}", "Cast", [const(values, dtype)], {"to": 1}, opset=21)
    for dtype in ("f8E4M3FN", "f8E5M2", "f8E4M3FNUZ", "f8E5M2FNUZ"):
        yield Case(f"Cast-{dtype}", "Cast", [const(numbers * 0.37, dtype)], {"to": 1}, opset=21)
        yield Case(f"DequantizeLinear-{dtype}", "DequantizeLinear", [const(numbers * 0.37, dtype), const(0.3, "f32")], opset=21)


quantized = (products, small_types)
