"""Cases of quantized operators."""

import numpy as np
from onnx import helper

from case import Case, const


def products():
    for a, b in (("u8", "u8"), ("u8", "i8"), ("i8", "i8")):
        low, high = {"u8": (0, 255), "i8": (-128, 127)}[a], {"u8": (0, 255), "i8": (-128, 127)}[b]
        x, w = (a, (5, 17), *low), (b, (17, 7), *high)
        yield Case(f"MatMulInteger-{a}-{b}", "MatMulInteger", [x, w, const(7, a), const(3, b)])
        yield Case(f"QLinearMatMul-{a}-{b}", "QLinearMatMul",
                   [x, const(0.02, "f32"), const(7, a), w, const(0.03, "f32"), const(3, b), const(0.9, "f32"), const(5, a)])
    yield Case("MatMulInteger-plain", "MatMulInteger", [("u8", (2, 5, 17), 0, 255), ("u8", (2, 17, 7), 0, 255)])
    yield Case("MatMulInteger-columns", "MatMulInteger", [("u8", (-5, 17), 0, 255), ("i8", (17, 7), -128, 127), const(9, "u8"), const(range(7), "i8")])
    # Scales of columns that batches have in common, where the other operand has no batches; scales along the only dimension of a vector.
    for name, x, w, axis in (("batches", (5, 17), (3, 17, 7), 2), ("batches-alone", (1, 5, 17), (3, 17, 7), 2), ("vector", (5, 17), (17,), 0)):
        count = w[axis]
        scales = np.linspace(0.01, 0.05, count).astype(np.float32)
        yield Case(f"MatMul-dequantized-{name}", "", [("u8", x, 0, 255), const(0.02, "f32"), const(7, "u8"), ("i8", w, -128, 127),
                   const(scales, "f32"), const([0] * count, "i8")], tolerance=1e-4, reference="onnx",  # ONNX Runtime fuses them, and fails
                   nodes=[helper.make_node("DequantizeLinear", ["x0", "x1", "x2"], ["a"]),
                          helper.make_node("DequantizeLinear", ["x3", "x4", "x5"], ["b"], axis=axis), helper.make_node("MatMul", ["a", "b"], ["y0"])])
    image, filters = ("u8", (2, 3, 9, 11), 0, 255), ("u8", (5, 3, 3, 3), 0, 255)
    yield Case("ConvInteger", "ConvInteger", [image, filters, const(7, "u8"), const(3, "u8")], {"pads": [1, 1, 1, 1]})
    yield Case("ConvInteger-strided", "ConvInteger", [image, filters], {"strides": [2, 2]})
    scales = [const(0.02, "f32"), const(120, "u8")]
    yield Case("QLinearConv", "QLinearConv", [image] + scales + [("i8", (5, 3, 3, 3), -128, 127), const([0.01, 0.02, 0.03, 0.02, 0.01], "f32"), const([0] * 5, "i8"),
               const(0.5, "f32"), const(100, "u8"), ("i32", (5,), -900, 900)], {"pads": [1, 1, 1, 1]})
    yield Case("QLinearConv-group", "QLinearConv", [("u8", (1, 4, 9, 9), 0, 255)] + scales + [("u8", (4, 1, 3, 3), 0, 255), const(0.01, "f32"), const(9, "u8"),
               const(0.2, "f32"), const(100, "u8")], {"group": 4})
    yield Case("DynamicQuantizeLinear-large", "DynamicQuantizeLinear", [("f32", (2, 60, 200), -3, 5)], outputs=3)
    yield Case("DynamicQuantizeLinear-large-dynamic", "DynamicQuantizeLinear", [("f32", (-2, -60, 200), 3, 5)], outputs=3)
    yield Case("DynamicQuantizeLinear", "DynamicQuantizeLinear", [("f32", (3, 37), -3, 7)], outputs=3)
    yield Case("DynamicQuantizeLinear-positive", "DynamicQuantizeLinear", [("f32", (-3, -37), 1, 7)], outputs=3)
    for op in ("QLinearAdd", "QLinearMul"):
        yield Case(op, f"com.microsoft::{op}", [("u8", (3, 37), 0, 255), const(0.02, "f32"), const(100, "u8"), ("u8", (37,), 0, 255), const(0.03, "f32"), const(90, "u8"),
                   const(0.05, "f32"), const(110, "u8")])
    yield Case("MatMulIntegerToFloat", "com.microsoft::MatMulIntegerToFloat",
               [("u8", (5, 17), 0, 255), ("u8", (17, 7), 0, 255), const(0.02, "f32"), const(0.03, "f32"), const(7, "u8"), const(3, "u8"), ("f32", (7,))])
    yield Case("DequantizeLinear-blocks", "DequantizeLinear", [("i8", (3, 12, 5)), ("f32", (3, 4, 5), 0.1, 1), ("i8", (3, 4, 5))], {"axis": 1, "block_size": 3}, opset=21)
    yield Case("QuantizeLinear-blocks", "QuantizeLinear", [("f32", (12, 5), -9, 9), ("f32", (3, 5), 0.1, 1), ("u8", (3, 5))], {"axis": 0, "block_size": 4}, opset=21)


def functions():
    x, scales, result = ("u8", (-3, 5, 8, 9), 0, 255), [const(0.02, "f32"), const(120, "u8")], [const(0.01, "f32"), const(7, "u8")]
    yield Case("QLinearSigmoid", "com.microsoft::QLinearSigmoid", [x] + scales + [const(1 / 256, "f32"), const(0, "u8")])
    yield Case("QLinearSigmoid-i8", "com.microsoft::QLinearSigmoid", [("i8", (37,), -128, 127), const(0.05, "f32"), const(3, "i8"), const(1 / 256, "f32"), const(-128, "i8")])
    yield Case("QLinearLeakyRelu", "com.microsoft::QLinearLeakyRelu", [x] + scales + result, {"alpha": 0.1})
    yield Case("QLinearSoftmax", "com.microsoft::QLinearSoftmax", [("u8", (3, 17), 0, 255)] + scales + [const(1 / 256, "f32"), const(0, "u8")], {"axis": -1, "opset": 13})
    pooled = [const(0.021, "f32"), const(110, "u8")]
    yield Case("QLinearGlobalAveragePool", "com.microsoft::QLinearGlobalAveragePool", [x] + scales + pooled)
    yield Case("QLinearGlobalAveragePool-last", "com.microsoft::QLinearGlobalAveragePool", [x] + scales + pooled, {"channels_last": 1})
    attributes = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 1]}
    for include in (0, 1):
        yield Case(f"QLinearAveragePool-{include}", "com.microsoft::QLinearAveragePool", [x] + scales + pooled, attributes | {"count_include_pad": include})
    yield Case("QLinearAveragePool-last", "com.microsoft::QLinearAveragePool", [x] + scales + pooled, attributes | {"channels_last": 1})
    parts = [("u8", (2, 3, 5), 0, 255)] + scales + [("u8", (2, 4, 5), 0, 255), const(0.03, "f32"), const(100, "u8")]
    yield Case("QLinearConcat", "com.microsoft::QLinearConcat", [const(0.025, "f32"), const(99, "u8")] + parts, {"axis": 1})
    for kind in ("u8", "i8"):
        low, high = {"u8": (0, 255), "i8": (-128, 127)}[kind]
        yield Case(f"DynamicQuantizeMatMul-{kind}", "com.microsoft::DynamicQuantizeMatMul", [("f32", (-5, 17)), (kind, (17, 7), low, high), const(0.02, "f32"), const(5, kind), ("f32", (7,))],
                   tolerance=1e-4)
    yield Case("DynamicQuantizeMatMul-columns", "com.microsoft::DynamicQuantizeMatMul", [("f32", (2, 5, 17)), ("i8", (17, 7), -128, 127), ("f32", (7,), 0.01, 0.1)], tolerance=1e-4)
    for ta, tb in ((0, 0), (0, 1), (1, 0), (1, 1)):
        a, b = ("u8", (17, 5) if ta else (5, 17), 0, 255), ("u8", (7, 17) if tb else (17, 7), 0, 255)
        operands = [a, const(0.02, "f32"), const(7, "u8"), b, const(0.03, "f32"), const(3, "u8"), ("i32", (7,), -900, 900)]
        yield Case(f"QGemm-{ta}{tb}", "com.microsoft::QGemm", operands + [const(0.9, "f32"), const(5, "u8")], {"transA": ta, "transB": tb})
        yield Case(f"QGemm-{ta}{tb}-float", "com.microsoft::QGemm", operands, {"transA": ta, "transB": tb, "alpha": 0.5}, tolerance=1e-4)


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


def blocks_of_weights():
    """Constant matrices with a scale for each block, before a product: along the sums, and across them."""
    rng = np.random.default_rng(8)
    for kind, low, high in (("i4", -8, 7), ("u4", 0, 15), ("i8", -128, 127), ("u8", 0, 255)):
        for depth, columns, size in ((64, 5, 32), (48, 33, 16), (70, 8, 32), (32, 3, 2)):
            for form, axis, product in (("MatMul", 0, helper.make_node("MatMul", ["x0", "w"], ["y0"])), ("across", 1, helper.make_node("MatMul", ["x0", "w"], ["y0"])),
                                        ("Gemm", 1, helper.make_node("Gemm", ["x0", "w", "x4"], ["y0"], transB=1, alpha=0.5))):
                shape, blocks = [columns, depth] if form == "Gemm" else [depth, columns], None
                blocks = list(shape)
                blocks[axis] = -(-shape[axis] // size)
                numbers, zeros = (const(rng.integers(low, high + 1, sizes), kind) for sizes in (shape, blocks))
                scales = const(rng.uniform(0.01, 0.1, blocks).astype(np.float32), "f32")
                for x, zero in (((2, 9, depth), True), ((-13, depth), True), ((1, depth), False)):
                    if form == "Gemm":
                        x = (x[0], depth)
                    names = ["x1", "x2"] + (["x3"] if zero else [])
                    nodes = [helper.make_node("DequantizeLinear", names, ["w"], axis=axis, block_size=size), product]
                    # ONNX Runtime makes these a MatMulNBits that rounds the rows to bytes.
                    yield Case(f"blocks-{form}-{kind}-{depth}-{size}-{abs(x[0])}-{zero}", "", [("f32", x), numbers, scales, zeros, ("f32", (columns,))],
                               nodes=nodes, opset=21, tolerance=1e-4, reference="onnx")


def blocks_of_half_weights():
    """Those of f16 scales."""
    rng = np.random.default_rng(9)
    numbers, scales = const(rng.integers(-8, 8, (64, 6)), "i4"), const(rng.uniform(0.01, 0.1, (2, 6)), "f16")
    nodes = [helper.make_node("DequantizeLinear", ["x1", "x2"], ["w"], axis=0, block_size=32), helper.make_node("MatMul", ["x0", "w"], ["y0"])]
    yield Case("blocks-f16", "", [("f16", (-9, 64)), numbers, scales], nodes=nodes, opset=21, tolerance=3e-2, reference="onnx")


quantized = (products, functions, small_types, blocks_of_weights, blocks_of_half_weights)
