"""The table of operator cases: one line a case, in the family's function. `run.py` runs them."""

import numpy as np
from onnx import TensorProto, helper

from case import TYPES, Case, Constant, const
from cases_computed import computed
from cases_contributed import contributed
from cases_fused import fused
from cases_graphs import graphs
from cases_images import images
from cases_indexed import indexed
from cases_ml import learned
from cases_movement import movement
from cases_newest import newest
from cases_open import open_sizes, opened
from cases_quantized import quantized
from cases_sequential import sequential
from cases_signals import signals
from cases_strings import strings
from cases_training import training
from cases_variants import variants


def elementwise():
    for op in ("Add", "Sub", "Mul", "Div"):
        yield Case(op, op, [("f32", (3, 5, 7)), ("f32", (3, 5, 7), 1, 2)])
        yield Case(f"{op}-broadcast", op, [("f32", (3, 1, 7)), ("f32", (5, 1), 1, 2)])
        yield Case(f"{op}-dynamic", op, [("f32", (-3, -5)), ("f32", (-3, -5), 1, 2)])
        yield Case(f"{op}-i32", op, [("i32", (17,), -90, 90), ("i32", (17,), 1, 9)])
        yield Case(f"{op}-f64", op, [("f64", (17,)), ("f64", (17,), 1, 2)], tolerance=1e-12)
        yield Case(f"{op}-f16", op, [("f16", (17,)), ("f16", (17,), 1, 2)], tolerance=2e-3)
    # Rows of a few elements, that are collapsed with the dimensions before them where all operands are contiguous.
    for last in (1, 3, 10):
        yield Case(f"Tanh-rows-{last}", "Tanh", [("f32", (-7, 13, last))])
        yield Case(f"Mul-rows-{last}", "Mul", [("f32", (-7, -13, last)), ("f32", (-7, -13, last))])
        yield Case(f"Add-rows-{last}-bias", "Add", [("f32", (7, -13, last)), ("f32", (last,))])
        yield Case(f"Add-rows-{last}-channels", "Add", [("f32", (-3, 5, 7, last)), ("f32", (5, 1, 1))])
    yield Case("Where-rows", "Where", [("bool", (-7, 1, 13, 5)), ("f32", (-7, 1, 13, 5)), ("f32", (7, 1, 13, 5))])
    yield Case("Cast-rows", "Cast", [("f32", (-9, -2, 3), -50, 50)], {"to": TYPES["i8"]})
    yield Case("Add-may-be-one", "Add", [("f32", (-1, 5)), ("f32", (-3, 5))])
    yield Case("Add-scalar", "Add", [("f32", (3, 5)), const(2.5, "f32")])
    yield Case("Div-u8", "Div", [("u8", (9,), 0, 255), ("u8", (9,), 1, 9)])
    for op in ("Max", "Min", "Sum", "Mean"):
        yield Case(op, op, [("f32", (3, 5)), ("f32", (5,)), ("f32", (3, 1))])
    yield Case("Max-i64", "Max", [("i64", (9,)), ("i64", (9,))])
    yield Case("Mod-i64", "Mod", [("i64", (30,)), const(np.resize([3, -4, 5, -7], 30))])
    yield Case("Mod-fmod", "Mod", [("f32", (30,)), ("f32", (30,), 1, 2)], {"fmod": 1})
    for exponent in (2.0, 0.5, 3.0, -1.0, 1.7):
        yield Case(f"Pow-{exponent}", "Pow", [("f32", (3, 5), 0.5, 3), const(exponent, "f32")])
    yield Case("Pow-tensor", "Pow", [("f32", (3, 5), 0.5, 3), ("f32", (3, 5))])
    yield Case("Pow-i32", "Pow", [("i32", (9,)), ("i32", (9,), 0, 3)])
    for op in ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"):
        yield Case(f"{op}-f32", op, [("f32", (3, 5)), ("f32", (5,))])
        yield Case(f"{op}-i64", op, [("i64", (3, 50)), ("i64", (50,))])
    yield Case("Less-u8", "Less", [("u8", (50,), 0, 255), ("u8", (50,), 0, 255)])
    for op in ("And", "Or", "Xor"):
        yield Case(op, op, [("bool", (3, 5)), ("bool", (5,))])
    yield Case("Not", "Not", [("bool", (17,))])
    for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
        yield Case(op, op, [("i32", (17,)), ("i32", (17,))])
    yield Case("BitwiseNot", "BitwiseNot", [("u8", (17,))])
    yield Case("BitShift-left", "BitShift", [("u8", (17,)), ("u8", (17,))], {"direction": "LEFT"})
    yield Case("BitShift-right", "BitShift", [("u32", (17,)), ("u32", (17,))], {"direction": "RIGHT"})
    yield Case("Where", "Where", [("bool", (3, 1)), ("f32", (1, 5)), ("f32", (3, 5))])
    yield Case("Clip", "Clip", [("f32", (17,)), const(-1, "f32"), const(0.5, "f32")])
    yield Case("Clip-min", "Clip", [("f32", (17,)), const(-1, "f32")])
    yield Case("Clip-max", "Clip", [("f32", (17,)), None, const(0.5, "f32")])
    yield Case("Clip-old", "Clip", [("f32", (17,))], {"min": -1.0, "max": 0.5}, opset=10)
    yield Case("Clip-i8", "Clip", [("i8", (17,)), const(-3, "i8"), const(3, "i8")])
    yield Case("IsNaN", "IsNaN", [np.array([1, np.nan, np.inf, -np.inf], np.float32)])
    yield Case("IsInf", "IsInf", [np.array([1, np.nan, np.inf, -np.inf], np.float32)])
    yield Case("IsInf-negative", "IsInf", [np.array([1, np.nan, np.inf, -np.inf], np.float32)], {"detect_positive": 0})
    casts = [("f32", "i32"), ("f32", "i8"), ("f32", "bool"), ("f32", "f16"), ("f32", "f64"), ("f16", "f32"), ("i64", "f32"), ("i64", "bool"),
             ("i64", "i32"), ("i32", "u8"), ("u8", "f32"), ("u8", "i64"), ("i8", "i64"), ("bool", "f32"), ("bool", "i64"), ("f64", "i64")]
    for source, target in casts:
        yield Case(f"Cast-{source}-{target}", "Cast", [(source, (3, 31))], {"to": TYPES[target]}, tolerance=1e-3 if target == "f16" else 1e-6)
    yield Case("Sign-i32", "Sign", [("i32", (17,))])
    yield Case("Abs-i32", "Abs", [("i32", (17,))])
    yield Case("Neg-i64", "Neg", [("i64", (17,))])


def activations():
    wide, positive, unit = (-4, 4), (0.1, 4), (-0.9, 0.9)
    ranges = {
        "Relu": wide, "Sigmoid": wide, "Tanh": wide, "Erf": wide, "Exp": wide, "Log": positive, "Sqrt": positive, "Reciprocal": positive,
        "Neg": wide, "Abs": wide, "Ceil": wide, "Floor": wide, "Round": wide, "Sign": wide, "Sin": wide, "Cos": wide, "Tan": unit, "Asin": unit,
        "Acos": unit, "Atan": wide, "Sinh": wide, "Cosh": wide, "Asinh": wide, "Acosh": (1.1, 4), "Atanh": unit, "Softplus": wide,
        "Softsign": wide, "LeakyRelu": wide, "ThresholdedRelu": wide, "Elu": wide, "Selu": wide, "Celu": wide, "HardSigmoid": wide,
        "HardSwish": wide, "Mish": wide, "Shrink": wide, "Gelu": wide,
    }
    for op, (low, high) in ranges.items():
        yield Case(f"{op}-f32", op, [("f32", (3, 37), low, high)])
    for op in ("Sigmoid", "Tanh", "Exp", "Gelu"):
        yield Case(f"{op}-f16", op, [("f16", (3, 7))], tolerance=4e-3)
    yield Case("Round-half", "Round", [np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], np.float32)])
    yield Case("Gelu-tanh", "Gelu", [("f32", (3, 37))], {"approximate": "tanh"})
    yield Case("Gelu-microsoft", "com.microsoft::Gelu", [("f32", (3, 37))])
    yield Case("BiasGelu", "com.microsoft::BiasGelu", [("f32", (3, 37)), ("f32", (37,))])
    yield Case("FastGelu", "com.microsoft::FastGelu", [("f32", (3, 37)), ("f32", (37,))])
    yield Case("QuickGelu", "com.microsoft::QuickGelu", [("f32", (3, 37))])
    yield Case("LeakyRelu-alpha", "LeakyRelu", [("f32", (37,))], {"alpha": 0.3})
    yield Case("Celu-alpha", "Celu", [("f32", (37,))], {"alpha": 2.0})
    yield Case("PRelu", "PRelu", [("f32", (2, 3, 5)), ("f32", (3, 1))])


def contractions():
    for a, b in [((5, 7), (7, 3)), ((2, 5, 7), (7, 3)), ((2, 5, 7), (2, 7, 3)), ((2, 1, 5, 7), (3, 7, 4)), ((7,), (7, 3)), ((5, 7), (7,)), ((7,), (7,)),
                 ((1, 5, 7), (4, 7, 3)), ((-2, -5, 7), (7, 3)), ((-2, 3, -5, 7), (-2, 3, 7, -5)), ((-1, 5, 7), (-4, 7, 3)), ((1, 1, 1), (1, 1, 1))]:
        yield Case(f"MatMul-{a}x{b}".replace(" ", ""), "MatMul", [("f32", a), ("f32", b)])
    yield Case("MatMul-constant", "MatMul", [("f32", (33, 65)), Constant(np.random.default_rng(1).normal(size=(65, 37)).astype(np.float32))], tolerance=1e-4)
    wide = Constant(np.random.default_rng(2).normal(size=(128, 128)).astype(np.float32))
    yield Case("MatMul-constant-no-batch", "MatMul", [np.zeros((0, 384, 128), np.float32), wide])
    yield Case("MatMul-constant-no-rows", "MatMul", [np.zeros((2, 0, 128), np.float32), wide])
    yield Case("MatMul-i32", "MatMul", [("i32", (3, 5)), ("i32", (5, 7))])
    yield Case("MatMul-f64", "MatMul", [("f64", (3, 5)), ("f64", (5, 7))], tolerance=1e-12)
    for trans_a in (0, 1):
        for trans_b in (0, 1):
            shapes = [("f32", (7, 5) if trans_a else (5, 7)), ("f32", (3, 7) if trans_b else (7, 3)), ("f32", (3,))]
            yield Case(f"Gemm-{trans_a}{trans_b}", "Gemm", shapes, {"transA": trans_a, "transB": trans_b, "alpha": 0.5, "beta": 2.0})
    yield Case("Gemm-no-c", "Gemm", [("f32", (5, 7)), ("f32", (7, 3))])
    yield Case("Gemm-column", "Gemm", [("f32", (-5, 7)), ("f32", (7, 3)), ("f32", (1, 3))])
    equations = {"ij,jk->ik": ((3, 5), (5, 7)), "bij,bkj->bik": ((2, 3, 5), (2, 4, 5)), "...ij,...jk->...ik": ((2, 3, 5), (2, 5, 4)),
                 "bhid,bhjd->bhij": ((2, 3, 4, 5), (2, 3, 6, 5)), "ij,jk": ((3, 5), (5, 7)), "i,j->ij": ((3,), (5,))}
    for equation, (a, b) in equations.items():
        yield Case(f"Einsum-{equation}", "Einsum", [("f32", a), ("f32", b)], {"equation": equation})
    for sizes in ((1, 2), (5, 1)), ((5, 2), (1, 1)), ((-1, 2), (-5, 1)), ((-5, -2), (-1, -2)):
        a, b = sizes
        yield Case(f"Einsum-broadcast-{a}-{b}".replace(" ", ""), "Einsum", [("f32", (*a, 3, 4)), ("f32", (*b, 4, 2))], {"equation": "...ij,...jk->...ik"})
    yield Case("Einsum-sum", "Einsum", [("f32", (3, 5, 7))], {"equation": "ijk->ki"})
    yield Case("FusedMatMul", "com.microsoft::FusedMatMul", [("f32", (2, 5, 3)), ("f32", (2, 7, 5))], {"transA": 1, "transB": 1, "alpha": 0.5})
    kinds = {
        "plain": ((2, 3, 9, 11), (5, 3, 3, 3), {}),
        "padded": ((2, 3, 9, 11), (5, 3, 3, 3), {"pads": [1, 0, 2, 1]}),
        "strided": ((1, 3, 9, 11), (5, 3, 3, 3), {"strides": [2, 3], "pads": [1, 1, 1, 1]}),
        "dilated": ((1, 3, 13, 11), (5, 3, 3, 2), {"dilations": [2, 3]}),
        "grouped": ((2, 6, 7, 7), (4, 3, 3, 3), {"group": 2, "pads": [1, 1, 1, 1]}),
        "depthwise": ((2, 5, 9, 7), (5, 1, 3, 3), {"group": 5, "strides": [2, 1], "pads": [1, 1, 1, 1]}),
        "multiplier": ((1, 3, 7, 7), (6, 1, 3, 3), {"group": 3}),
        "pointwise": ((1, 7, 5, 5), (9, 7, 1, 1), {}),
        "same-upper": ((1, 3, 10, 11), (5, 3, 3, 4), {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
        "same-lower": ((1, 3, 10, 11), (5, 3, 3, 4), {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
        "1d": ((2, 3, 17), (5, 3, 4), {"strides": [2]}),
        "3d": ((1, 2, 5, 6, 7), (3, 2, 2, 3, 2), {"strides": [1, 2, 1]}),
        "dynamic": ((-2, 3, -9, -11), (5, 3, 3, 3), {"pads": [1, 1, 1, 1], "strides": [2, 2]}),
    }
    for name, (x, w, attributes) in kinds.items():
        yield Case(f"Conv-{name}", "Conv", [("f32", x), ("f32", w), ("f32", (w[0],))], attributes, tolerance=1e-4)
    yield Case("Conv-no-bias", "Conv", [("f32", (1, 3, 9, 9)), ("f32", (5, 3, 3, 3))], tolerance=1e-4)
    transposed = {
        "interleaved": ((1, 3, 5, 7), (3, 4, 2, 2), {"strides": [2, 2]}),
        "overlapping": ((1, 3, 5, 7), (3, 4, 3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
        "grouped": ((2, 4, 5, 5), (4, 3, 3, 3), {"group": 2}),
        "grouped-interleaved": ((2, 4, 5, 5), (4, 3, 2, 2), {"group": 2, "strides": [2, 2]}),
        "dilated": ((1, 2, 5, 5), (2, 3, 3, 3), {"dilations": [2, 2], "strides": [3, 2]}),
        "1d": ((1, 2, 7), (2, 3, 4), {"strides": [3], "pads": [1, 2]}),
        "output-shape": ((1, 2, 5, 5), (2, 3, 3, 3), {"strides": [2, 2], "output_shape": [10, 10]}),
        "dynamic": ((-2, 3, -5, -7), (3, 4, 3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    }
    for name, (x, w, attributes) in transposed.items():
        filters = w[1] * attributes.get("group", 1)
        yield Case(f"ConvTranspose-{name}", "ConvTranspose", [("f32", x), ("f32", w), ("f32", (filters,))], attributes, tolerance=1e-4)
    for op in ("MaxPool", "AveragePool"):
        yield Case(f"{op}-plain", op, [("f32", (2, 3, 9, 11))], {"kernel_shape": [3, 2]})
        yield Case(f"{op}-padded", op, [("f32", (2, 3, 9, 11))], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})
        yield Case(f"{op}-ceil", op, [("f32", (1, 2, 10, 11))], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1})
        yield Case(f"{op}-same", op, [("f32", (1, 2, 10, 11))], {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"})
        yield Case(f"{op}-1d", op, [("f32", (1, 2, 17))], {"kernel_shape": [4], "strides": [3]})
        yield Case(f"{op}-dynamic", op, [("f32", (-2, 3, -9, -11))], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})
    yield Case("MaxPool-dilated", "MaxPool", [("f32", (1, 2, 10, 11))], {"kernel_shape": [3, 2], "dilations": [2, 3]})
    yield Case("MaxPool-u8", "MaxPool", [("u8", (1, 2, 9, 9))], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]})
    yield Case("AveragePool-include", "AveragePool", [("f32", (1, 2, 9, 11))], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1})
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        yield Case(op, op, [("f32", (2, 3, 5, 7))])
        yield Case(f"{op}-dynamic", op, [("f32", (-2, 3, -5, -7))])


def normalizations():
    for op in ("Softmax", "LogSoftmax"):
        for axis in (-1, 0, 1):
            yield Case(f"{op}-{axis}", op, [("f32", (3, 5, 7), -9, 9)], {"axis": axis})
        yield Case(f"{op}-old", op, [("f32", (3, 5, 7))], {"axis": 1}, opset=11)
        yield Case(f"{op}-dynamic", op, [("f32", (-3, -5))])
    yield Case("Softmax-f16", "Softmax", [("f16", (3, 5))], tolerance=2e-3)
    yield Case("LayerNormalization", "LayerNormalization", [("f32", (3, 5, 37)), ("f32", (37,)), ("f32", (37,))])
    yield Case("LayerNormalization-axis", "LayerNormalization", [("f32", (3, 5, 7)), ("f32", (5, 7)), ("f32", (5, 7))], {"axis": 1, "epsilon": 0.1})
    yield Case("LayerNormalization-no-bias", "LayerNormalization", [("f32", (-3, -5, 37)), ("f32", (37,))])
    yield Case("LayerNormalization-mean", "LayerNormalization", [("f32", (3, 37)), ("f32", (37,)), ("f32", (37,))], outputs=3)
    channel = ("f32", (5,), 0.5, 1.5)
    yield Case("BatchNormalization", "BatchNormalization", [("f32", (2, 5, 7, 3)), channel, channel, channel, channel])
    yield Case("BatchNormalization-dynamic", "BatchNormalization", [("f32", (-2, 5, -7)), channel, channel, channel, channel], {"epsilon": 0.01})
    yield Case("InstanceNormalization", "InstanceNormalization", [("f32", (2, 5, 7, 3)), channel, channel])
    yield Case("GroupNormalization", "GroupNormalization", [("f32", (2, 6, 5, 3)), ("f32", (6,)), ("f32", (6,))], {"num_groups": 3}, opset=21)
    yield Case("LpNormalization-1", "LpNormalization", [("f32", (3, 5))], {"p": 1})
    yield Case("LpNormalization-2", "LpNormalization", [("f32", (3, 5))], {"axis": 0})
    wide = ("f32", (37,))
    yield Case("SkipLayerNormalization", "com.microsoft::SkipLayerNormalization", [("f32", (2, 3, 37)), ("f32", (2, 3, 37)), wide, wide, wide])
    attention = [("f32", (2, 4, 5, 8)), ("f32", (2, 4, 7, 8)), ("f32", (2, 4, 7, 6))]
    yield Case("Attention", "Attention", attention, opset=23)
    yield Case("Attention-mask", "Attention", attention + [("f32", (5, 7))], {"scale": 0.3}, opset=23)
    yield Case("Attention-bool-mask", "Attention", attention + [Constant(np.tril(np.ones((5, 7), bool), 1))], opset=23)
    yield Case("Attention-causal", "Attention", attention, {"is_causal": 1}, opset=23)
    grouped = [("f32", (2, 6, 5, 8)), ("f32", (2, 3, 7, 8)), ("f32", (2, 3, 7, 6))]
    yield Case("Attention-grouped", "Attention", grouped, opset=23)
    flat = [("f32", (2, 5, 24)), ("f32", (2, 7, 24)), ("f32", (2, 7, 24))]
    yield Case("Attention-flat", "Attention", flat, {"q_num_heads": 3, "kv_num_heads": 3}, opset=23)
    for name, inputs, heads in (("plain", attention, {}), ("grouped", grouped, {}), ("flat", flat, {"q_num_heads": 3, "kv_num_heads": 3})):
        half = [("f16", shape) for _, shape in inputs]
        yield Case(f"Attention-f16-{name}", "Attention", half, heads, opset=23, tolerance=4e-3)
        yield Case(f"Attention-f16-{name}-f64", "Attention", half, heads | {"softmax_precision": 11}, opset=23, tolerance=4e-3)


def reductions():
    ops = ("ReduceSum", "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp")
    for op in ops:
        x = ("f32", (3, 5, 7), 0.5, 1.5)
        yield Case(f"{op}-all", op, [x], tolerance=1e-4)
        yield Case(f"{op}-axes", op, [x, const([0, -1])], {"keepdims": 0})
        yield Case(f"{op}-keep", op, [("f32", (-3, 5, -7), 0.5, 1.5), const([1])])
        yield Case(f"{op}-old", op, [x] + ([const([1])] if op == "ReduceSum" else []), {} if op == "ReduceSum" else {"axes": [1]}, opset=13)
    yield Case("ReduceSum-noop", "ReduceSum", [("f32", (3, 5))], {"noop_with_empty_axes": 1})
    yield Case("ReduceSum-i64", "ReduceSum", [("i64", (3, 50)), const([1])])
    yield Case("ReduceMax-i32", "ReduceMax", [("i32", (3, 50)), const([1])])
    for op in ("ArgMax", "ArgMin"):
        yield Case(op, op, [("f32", (3, 5, 7))], {"axis": 1})
        yield Case(f"{op}-ties", op, [("i32", (3, 50), 0, 3)], {"axis": 1, "keepdims": 0})
        yield Case(f"{op}-last", op, [("i32", (3, 50), 0, 3)], {"axis": -1, "select_last_index": 1})
    yield Case("CumSum", "CumSum", [("f32", (3, 7)), const(1)])
    for shape, axis in (((1,), 0), ((0,), 0), ((3, 0, 5), 1), ((0, 4), 1), ((5, 1, 33), 1), ((2, 40, 65), 1), ((-2, -40, -130), 1), ((-3, -100), -1), ((300, -17), 0)):
        for dtype in ("f32", "f64", "i32", "i64"):
            for flags in ({}, {"exclusive": 1}, {"reverse": 1}, {"exclusive": 1, "reverse": 1}):
                name = "-".join(["CumSum", dtype, *map(str, shape), str(axis), *flags])
                yield Case(name, "CumSum", [(dtype, shape, -9, 9), const(axis)], flags)
    yield Case("CumSum-f16", "CumSum", [("f16", (-3, 70, 5)), const(1)], {"reverse": 1}, opset=14, reference="onnx", tolerance=3e-2)
    yield Case("CumSum-constant", "CumSum", [np.arange(12, dtype=np.float32).reshape(3, 4), const(0)])
    yield Case("CumSum-reverse", "CumSum", [("f32", (3, 7)), const(0)], {"reverse": 1, "exclusive": 1})


def shapes():
    x = ("f32", (3, 4, 7))
    yield Case("Shape", "Shape", [("f32", (-3, 4, -7))])
    yield Case("Shape-range", "Shape", [("f32", (-3, 4, -7))], {"start": -2, "end": 3})
    yield Case("Size", "Size", [("f32", (-3, 4))])
    yield Case("Reshape", "Reshape", [x, const([0, -1])])
    yield Case("Reshape-dynamic", "Reshape", [("f32", (-3, -4, 6)), const([0, 0, 2, 3])])
    yield Case("Reshape-open", "Reshape", [("f32", (-3, -4, 6)), const([-1, 6])])
    yield Case("Reshape-computed", "Reshape", [x, np.array([7, -1])])
    yield Case("Reshape-zero", "Reshape", [("f32", (0, 3)), const([3, 0])], {"allowzero": 1})
    yield Case("Reshape-scalar", "Reshape", [("f32", (1, 1)), const([], "i64")])
    for axis in (0, 1, -1, 3):
        yield Case(f"Flatten-{axis}", "Flatten", [x], {"axis": axis})
    yield Case("Squeeze", "Squeeze", [("f32", (1, 3, 1))])
    yield Case("Squeeze-axes", "Squeeze", [("f32", (1, 3, 1)), const([-1])])
    yield Case("Squeeze-old", "Squeeze", [("f32", (1, 3, 1))], {"axes": [0]}, opset=11)
    yield Case("Unsqueeze", "Unsqueeze", [("f32", (-3, 5)), const([0, -1])])
    yield Case("Unsqueeze-old", "Unsqueeze", [("f32", (3, 5))], {"axes": [1]}, opset=11)
    yield Case("ConstantOfShape", "ConstantOfShape", [np.array([3, 5])], {"value": helper.make_tensor("v", TensorProto.INT32, [1], [7])})
    yield Case("Range", "Range", [const(3), const(200), const(2)])
    yield Case("Range-down", "Range", [const(9), const(0), const(-2)])
    yield Case("Range-computed", "Range", [const(0), np.array(7), const(3)])
    yield Case("Range-f32", "Range", [const(0.5, "f32"), const(3.2, "f32"), const(0.3, "f32")])
    yield Case("OneHot", "OneHot", [("i64", (3, 4), -6, 6), const(6), const([0.5, 2], "f32")])
    yield Case("OneHot-axis", "OneHot", [("i64", (3, 4), 0, 5), const(6), const([0, 1])], {"axis": 1})
    yield Case("QuantizeLinear-u8", "QuantizeLinear", [("f32", (3, 37), -9, 9), const(0.05, "f32"), const(128, "u8")])
    yield Case("QuantizeLinear-i8-axis", "QuantizeLinear", [("f32", (2, 3, 5), -9, 9), const([0.05, 0.1, 0.2], "f32"), const([0, 3, -2], "i8")], {"axis": 1})
    yield Case("DequantizeLinear-u8", "DequantizeLinear", [("u8", (3, 37), 0, 255), const(0.05, "f32"), const(128, "u8")])
    yield Case("DequantizeLinear-i8-axis", "DequantizeLinear", [("i8", (2, 3, 5)), const([0.05, 0.1, 0.2], "f32"), const([0, 3, -2], "i8")], {"axis": 1})
    yield Case("DequantizeLinear-i32", "DequantizeLinear", [("i32", (3, 5)), const(0.05, "f32")])
    yield Case("Identity", "Identity", [x])
    yield Case("Dropout", "Dropout", [x])


def all_cases():
    """Returns every case, in order; names are unique."""
    families = (elementwise, activations, contractions, normalizations, reductions, movement, shapes)
    others = sequential + indexed + quantized + contributed + fused + variants + learned + signals + newest + images + training + computed + strings + graphs + open_sizes
    cases = [case for family in families + others for case in family()]
    return cases + opened(cases)
