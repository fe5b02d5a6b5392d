"""Cases of models that do not tell sizes: dimensions, lengths of lists, ranks; and of arithmetic that the standard leaves open."""

from dataclasses import replace

import numpy as np
from onnx import helper

from case import Case, const, values


def array(*spec, seed=0):
    return values(spec, np.random.default_rng(seed))


def layers():
    """Parameters whose sizes are not those of the input as far as the model tells."""
    x = ("f32", (-2, -6, -4, -5))
    for mode in ("DCR", "CRD"):
        yield Case(f"DepthToSpace-open-{mode}", "DepthToSpace", [("f32", (-1, -8, -3, -5))], {"blocksize": 2, "mode": mode})
    yield Case("SpaceToDepth-open", "SpaceToDepth", [("f32", (-1, -3, -4, -6))], {"blocksize": 2})
    yield Case("GroupNormalization-open", "GroupNormalization", [x, ("f32", (6,)), ("f32", (-6,))], {"num_groups": 3}, opset=21)
    yield Case("GroupNormalization-open-scale", "GroupNormalization", [x, ("f32", (-6,)), ("f32", (-6,))], {"num_groups": 2}, opset=21)
    for shape in ((-4,), (4,), (-2, -4), (-2, -1), (-1,), ()):
        yield Case(f"Gemm-open-{len(shape)}-{'-'.join(map(str, shape))}", "Gemm", [("f32", (-2, -3)), ("f32", (-3, -4)), ("f32", shape)],
                   {"alpha": 0.5, "beta": 2.0})
    for axis, shape in ((-1, (-5,)), (-1, (5,)), (1, (-4, -5))):
        yield Case(f"LayerNormalization-open-{shape}", "LayerNormalization", [("f32", (-2, -4, -5)), ("f32", shape), ("f32", shape)], {"axis": axis})
    yield Case("RMSNormalization-open", "RMSNormalization", [("f32", (-2, -5)), ("f32", (-5,))], opset=23, reference="onnx")
    for kernel, extra in ((3, {}), (1, {}), (3, {"strides": [2, 2]}), (3, {"auto_pad": "SAME_UPPER"})):
        yield Case(f"Conv-open-{kernel}-{len(extra)}{sorted(extra)}", "Conv", [("f32", (-1, -2, -7, -6)), ("f32", (-3, -2, -kernel, -kernel)), ("f32", (-3,))],
                   {"kernel_shape": [kernel, kernel], **extra})
    yield Case("Conv-open-group", "Conv", [("f32", (-1, -4, -7)), ("f32", (-6, -2, -3))], {"kernel_shape": [3], "group": 2})
    yield Case("ConvTranspose-open", "ConvTranspose", [("f32", (-1, -4, -5)), ("f32", (-4, -3, -3))], {"kernel_shape": [3], "strides": [2]})
    yield Case("ConvTranspose-open-interleaved", "ConvTranspose", [("f32", (-1, -4, -5)), ("f32", (-4, -3, -2))], {"kernel_shape": [2], "strides": [2]})
    yield Case("ConvInteger-open", "ConvInteger", [("u8", (-1, -2, -7)), ("u8", (-3, -2, -3))], {"kernel_shape": [3]})
    yield Case("LSTM-open", "LSTM", [("f32", (-3, -2, -4)), ("f32", (-1, -20, -4)), ("f32", (-1, -20, -5)), ("f32", (-1, -40))], {"hidden_size": 5}, outputs=3)
    yield Case("GRU-open", "GRU", [("f32", (-3, -2, -4)), ("f32", (-2, -15, -4)), ("f32", (-2, -15, -5))],
               {"hidden_size": 5, "direction": "bidirectional"}, outputs=2)
    yield Case("GridSample-open", "GridSample", [("f32", (-1, -2, -4, -5)), ("f32", (-1, -3, -3, -2), -1, 1)])
    yield Case("DequantizeLinear-open-blocks", "DequantizeLinear", [("i8", (-4, -6)), ("f32", (-2, -6), 0.1, 1)], {"axis": 0, "block_size": 2}, opset=21)
    yield Case("GatherND-open", "GatherND", [("f32", (-3, -4, -5)), (np.array([[0, 1], [2, 3]]))], declared={0: [2, "n"]})


def lists():
    """Lists of integers of unknown length."""
    x = ("f32", (-2, -3, -4))

    def open_list(*numbers):
        return ("i64", (-len(numbers),), np.array(numbers, np.int64))

    yield Case("TopK-open", "TopK", [("f32", (-2, -5)), open_list(3)], outputs=2)
    yield Case("Tile-open", "Tile", [x, open_list(1, 2, 3)])
    yield Case("Pad-open", "Pad", [x, open_list(0, 1, 0, 2, 0, 1)])
    yield Case("Slice-open", "Slice", [x, open_list(1), open_list(2)])
    yield Case("Slice-open-two", "Slice", [x, open_list(0, 1), open_list(1, 3)])
    yield Case("Slice-open-axes", "Slice", [x, open_list(1, -3), open_list(2, 9), open_list(1, -1)])
    yield Case("Slice-open-steps", "Slice", [x, open_list(-1, 0), open_list(-9, 9), open_list(2, 0), open_list(-1, 2)])
    yield Case("Slice-open-fixed-axes", "Slice", [x, open_list(1), open_list(3), const([2])])
    for op in ("ReduceSum", "ReduceMax", "ReduceMean"):
        yield Case(f"{op}-open-axes", op, [x, open_list(1)], opset=18)
        yield Case(f"{op}-open-two-axes", op, [x, open_list(-1, 0)], opset=18)
    yield Case("Reshape-open", "Reshape", [x, open_list(4, -1)], declared={0: ["a", "b"]})
    yield Case("Expand-open", "Expand", [("f32", (-3, -1)), open_list(2, 3, 4)], declared={0: ["a", "b", "c"]})
    yield Case("ConstantOfShape-open", "ConstantOfShape", [open_list(2, 3)], declared={0: ["a", "b"]})
    yield Case("Split-open", "Split", [("f32", (-7, -2)), open_list(3, 4)], outputs=2)
    yield Case("If-open-flag", "", [("f32", (-3,)), np.array([True])], nodes=[
        helper.make_node("If", ["x1"], ["y0"], then_branch=helper.make_graph([helper.make_node("Neg", ["x0"], ["a"])], "t", [], [helper.make_empty_tensor_value_info("a")]),
                         else_branch=helper.make_graph([helper.make_node("Relu", ["x0"], ["b"])], "e", [], [helper.make_empty_tensor_value_info("b")]))])


def division():
    """Integers divided by zero and what does not fit: folded when compiled, computed on the host, and computed by a kernel."""
    for dtype in (np.int64, np.int32, np.int8, np.uint8, np.uint64):
        info = np.iinfo(dtype)
        a = np.array([5, info.min, info.min, 0, 7, info.max, 9], dtype)
        b = np.array([0, 0, 2, 0, 3, 5, 2] if info.min == 0 else [0, 0, -1, 0, -3, -1, 2], dtype)
        wide = a.astype(object), b.astype(object)
        quotient = [0 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) for x, y in zip(*wide)]
        remainder = [0 if y == 0 else x % y for x, y in zip(*wide)]
        truncated = [0 if y == 0 else x - abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) * y for x, y in zip(*wide)]
        for op, attributes, result in (("Div", {}, quotient), ("Mod", {}, remainder), ("Mod", {"fmod": 1}, truncated)):
            wanted = [np.array([int(x) & (2 ** info.bits - 1) for x in result], np.uint64).astype(np.dtype(f"u{info.bits // 8}")).view(dtype)]
            name = f"{op}{'-fmod' if attributes else ''}-zero-{np.dtype(dtype).name}"
            yield Case(name, op, [a, b], attributes, expected=wanted)
            yield Case(f"{name}-folded", "", [np.zeros(1, np.float32), const(a, np_type(dtype)), const(b, np_type(dtype))], expected=wanted,
                       nodes=[helper.make_node(op, ["x1", "x2"], ["y0"], **attributes)])
    # Of sizes, which the host computes: 7 by the size less what it is less.
    for less, op, wanted in ((2, "Div", 0), (2, "Mod", 0), (3, "Div", 7), (3, "Mod", 0), (5, "Div", 2), (5, "Mod", -1)):
        yield Case(f"{op}-of-sizes-{less}", "", [("f32", (-2, 3)), const([-7]), const([less])], expected=[np.array([wanted])],
                   nodes=[helper.make_node("Shape", ["x0"], ["s"], end=1), helper.make_node("Sub", ["s", "x2"], ["z"]),
                          helper.make_node(op, ["x1", "z"], ["y0"])])
    big = const([200, 100], "u8")
    yield Case("Add-wraps-folded", "", [np.zeros(1, np.float32), big, big], expected=[np.array([144, 200], np.uint8)], nodes=[helper.make_node("Add", ["x1", "x2"], ["y0"])])
    yield Case("Less-wrapped-folded", "", [np.zeros(1, np.float32), big, big], expected=[np.array([True, False])],
               nodes=[helper.make_node("Add", ["x1", "x2"], ["s"]), helper.make_node("Less", ["s", "x1"], ["y0"])])


def np_type(dtype):
    name = np.dtype(dtype).name
    return name.replace("uint", "u").replace("int", "i")


def rounding():
    """Quotients of a quantization in the type of the scale, or in the one that `precision` names."""
    x, scale, zero = np.array([0.25, -0.25], np.float16), np.array(0.0999755859375, np.float16), np.array(0, np.int8)
    wide = [x.astype(np.float32), scale.astype(np.float32), zero]
    for opset in (21, 23):
        yield Case(f"QuantizeLinear-f16-{opset}", "QuantizeLinear", [x, scale, zero], opset=opset, expected=[np.array([2, -2], np.int8)])
    yield Case("QuantizeLinear-precision-f16", "QuantizeLinear", wide, {"precision": 10}, opset=23, expected=[np.array([2, -2], np.int8)])
    yield Case("QuantizeLinear-precision-f32", "QuantizeLinear", [x, scale, zero], {"precision": 1}, opset=23, expected=[np.array([3, -3], np.int8)])
    yield Case("QuantizeLinear-f16-folded", "", [np.zeros(1, np.float32), const(x, "f16"), const(scale, "f16"), const(zero, "i8")], opset=23,
               expected=[np.array([2, -2], np.int8)], nodes=[helper.make_node("QuantizeLinear", ["x1", "x2", "x3"], ["y0"])])


def squeezes():
    yield Case("Squeeze-all-open", "Squeeze", [("f32", (-3, 1, 1))])
    yield Case("Squeeze-all-declared", "Squeeze", [("f32", (-1, 1, -1, 4))], declared={0: [4]})
    yield Case("Squeeze-all-declared-for-another-call", "Squeeze", [("f32", (-3, 4))], declared={0: ["n"]})


def recurrent():
    rng = np.random.default_rng(0)
    for directions, name in ((1, "forward"), (2, "bidirectional")):
        weights = [rng.integers(-127, 128, (directions, size, 16)).astype(np.int8) for size in (6, 4)]
        bias = rng.normal(0, 0.1, (directions, 32)).astype(np.float32)
        for per in ((directions,), (directions, 16)):
            scales = [np.full(per, scale, np.float32) for scale in (0.01, 0.008)]
            zero = np.zeros(per, np.int8)
            inputs = [("f32", (-5, -2, 6)), const(weights[0], "i8"), const(weights[1], "i8"), const(bias, "f32"), None, None, None, None,
                      const(scales[0], "f32"), const(zero, "i8"), const(scales[1], "f32"), const(zero, "i8")]
            yield Case(f"DynamicQuantizeLSTM-{name}-{len(per)}", "com.microsoft::DynamicQuantizeLSTM", inputs, {"hidden_size": 4, "direction": name},
                       outputs=3, tolerance=5e-3)  # ONNX Runtime rounds states with another number of threads in other groups
    # So many states that the steps are a loop; zero points, in one for each direction and one for each gate; bytes without a sign.
    size = 264
    for name, kind in (("i8", np.int8), ("u8", np.uint8)):
        least = -127 if name == "i8" else 0
        weights = [rng.integers(least, least + 255, (2, rows, 4 * size)).astype(kind) for rows in (6, size)]
        for per in ((2,), (2, 4 * size)):
            scales = [rng.uniform(0.5, 1, per).astype(np.float32) * scale for scale in (0.01, 0.001)]
            # One zero point for all gates, and none of signed bytes, is what ONNX Runtime takes.
            zeros = [np.full(per, least + 127 if len(per) == 2 or name == "u8" else 3, kind) for _ in scales]
            inputs = [("f32", (-3, -2, 6)), const(weights[0], name), const(weights[1], name), None, None, None, None, None,
                      const(scales[0], "f32"), const(zeros[0], name), const(scales[1], "f32"), const(zeros[1], name)]
            yield Case(f"DynamicQuantizeLSTM-large-{name}-{len(per)}", "com.microsoft::DynamicQuantizeLSTM", inputs,
                       {"hidden_size": size, "direction": "bidirectional"}, outputs=3, tolerance=5e-3)


def declared_ranks():
    """Axes of which the rank of the result tells how many there are, and scales of which the run tells whether they are one."""
    x, axes = ("f32", (2, 3, 5)), np.array([2, 0])
    yield Case("ReduceSum-told-axes", "ReduceSum", [x, axes], {"keepdims": 0}, is_open=True, declared={0: [None]})
    yield Case("ReduceMax-told-axes", "ReduceMax", [x, axes], {"keepdims": 0}, is_open=True, declared={0: [None]})
    yield Case("Squeeze-open-axes", "Squeeze", [("f32", (1, 3, 1)), axes], is_open=True, declared={0: [None]}, opset=21)
    yield Case("Unsqueeze-open-axes", "Unsqueeze", [x, np.array([0, -1])], is_open=True, declared={0: [None] * 5}, opset=21)
    for size in (1, 3):
        scale, zero = np.linspace(0.1, 0.3, size, dtype=np.float32), np.arange(size).astype(np.uint8)
        yield Case(f"DequantizeLinear-open-scale-{size}", "DequantizeLinear", [("u8", (2, 3, 5), 0, 255), scale, zero], {"axis": 1}, is_open=True)
        yield Case(f"QuantizeLinear-open-scale-{size}", "QuantizeLinear", [("f32", (2, 3, 5), -5, 20), scale, zero], {"axis": 1}, is_open=True)
    one = np.array([0.02], np.float32)
    yield Case("QLinearMatMul-open-scales", "QLinearMatMul", [("u8", (5, 17), 0, 255), one, np.array([7], np.uint8), ("u8", (17, 7), 0, 255), one, np.array([3], np.uint8),
                                                             np.array([0.9], np.float32), np.array([5], np.uint8)], is_open=True)


open_sizes = (layers, lists, division, rounding, squeezes, recurrent, declared_ranks)


# Cases that are tried once more without any size: one of each kind of operator that computes with sizes.
OPENED = """
Conv-same-lower Conv-grouped ConvTranspose-dynamic ConvInteger QLinearConv FusedConv-sum DeformConv-padded CausalConvWithState-2-none Attention-f16-plain Attention-f16-flat
MultiHeadAttention-bias MultiHeadAttention-past GroupQueryAttention-several-rotary-0 Attention-microsoft-lengths-1 Attention-microsoft-ranges-0 QAttention-past FlexAttention-plain-score
LinearAttention-gated-one-True LinearAttention-gated_delta-one-True RotaryEmbedding-0 RotaryEmbedding-heads-1 RotaryEmbedding-partial RotaryEmbedding-angles ScatterND-max-f64
ScatterND-constants ScatterND-onto-zeros-40 DFT-10-1 DFT-onesided-10 STFT-window-1 RoiAlign-max-0-half_pixel MaxRoiPool-0.5 Adam-0 Momentum-two Imputer Imputer-i64
QuantizeLinear-i8-axis DequantizeLinear-i8-axis CenterCropPad-both-dynamic Resize-crop-linear-inside-computed Resize-nearest-scales-computed NonMaxSuppression-centre computed-OneHot MatMulNBits-4-40-32-groups
""".split()


def opened(cases):
    """Returns the cases of that list, with each size of their inputs unknown to the compiler."""
    by_name = {case.name: case for case in cases}
    return [replace(by_name[name], name=name + "-sizeless", is_open=True) for name in OPENED]
