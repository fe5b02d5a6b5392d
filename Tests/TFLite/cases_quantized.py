"""Cases of quantized operators: bytes with one scale or one for each channel, and integers of 16 bits."""

import numpy as np

from case import Case, Tensor


def bytes_of(seed, *shape, low=-127, high=127):
    return np.random.default_rng(seed).integers(low, high + 1, shape)


def layer_cases():
    for kind in ("i8", "u8"):
        signed = kind == "i8"
        for channelwise in (True, False):
            if channelwise and not signed:
                continue
            label = f"{kind}-{'channels' if channelwise else 'tensor'}"
            scale = np.linspace(0.00511, 0.01973, 7).tolist() if channelwise else 0.01171
            zero = 0 if signed else 120
            low, high = (-127, 127) if signed else (0, 255)
            x = Tensor(kind, (2, 11, 9, 5), scale=0.02137, zero=-5 if signed else 110)
            bias_scale = (np.array(scale) * 0.02137).tolist() if channelwise else 0.01171 * 0.02137
            for activation in (0, 1, 3):
                for stride in (1, 2):
                    yield Case(
                        f"CONV_2D-{label}-{activation}-s{stride}", "CONV_2D",
                        [x, Tensor(kind, values=bytes_of(1, 7, 3, 3, 5, low=low, high=high), scale=scale, zero=zero),
                         Tensor("i32", values=bytes_of(2, 7, low=-2000, high=2000), scale=bias_scale)],
                        [Tensor(kind, scale=0.03179, zero=3 if signed else 128)],
                        ("Conv2DOptions", {"stride_w": stride, "stride_h": stride, "fused_activation_function": activation}), version=3)
            scale = np.linspace(0.00511, 0.01973, 5).tolist() if channelwise else 0.01171
            bias_scale = (np.array(scale) * 0.02137).tolist() if channelwise else 0.01171 * 0.02137
            for padding in (0, 1):
                yield Case(
                    f"DEPTHWISE_CONV_2D-{label}-{padding}", "DEPTHWISE_CONV_2D",
                    [x, Tensor(kind, values=bytes_of(3, 1, 3, 3, 5, low=low, high=high), scale=scale, zero=zero, dimension=3),
                     Tensor("i32", values=bytes_of(4, 5, low=-2000, high=2000), scale=bias_scale)],
                    [Tensor(kind, scale=0.02137, zero=3 if signed else 128)],
                    ("DepthwiseConv2DOptions", {"padding": padding, "stride_w": 1, "stride_h": 1, "depth_multiplier": 1, "fused_activation_function": 3}), version=3,
                    steps=0 if signed else 0.005)
            scale = np.linspace(0.00511, 0.01973, 6).tolist() if channelwise else 0.01171
            bias_scale = (np.array(scale) * 0.02137).tolist() if channelwise else 0.01171 * 0.02137
            yield Case(
                f"FULLY_CONNECTED-{label}", "FULLY_CONNECTED",
                [Tensor(kind, (4, 19), scale=0.02137, zero=-5 if signed else 110), Tensor(kind, values=bytes_of(5, 6, 19, low=low, high=high), scale=scale, zero=zero),
                 Tensor("i32", values=bytes_of(6, 6, low=-2000, high=2000), scale=bias_scale)],
                [Tensor(kind, scale=0.02137, zero=3 if signed else 128)], ("FullyConnectedOptions", {}), version=4)


def binary_cases():
    for kind in ("i8", "u8"):
        for name, table in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions")):
            for activation in (0, 1):
                yield Case(
                    f"{name}-{kind}-{activation}", name, [Tensor(kind, (3, 7, 5), scale=0.02137, zero=4), Tensor(kind, (3, 7, 5), scale=0.05113, zero=9)],
                    [Tensor(kind, (3, 7, 5), scale=0.06271, zero=7)], (table, {"fused_activation_function": activation}), version=2, steps=0.02)
    for name, table in (("EQUAL", "EqualOptions"), ("LESS", "LessOptions"), ("GREATER_EQUAL", "GreaterEqualOptions")):
        yield Case(
            f"{name}-i8", name, [Tensor("i8", (3, 70), scale=0.02137, zero=4), Tensor("i8", (3, 70), scale=0.02137, zero=4)], [Tensor("bool", (3, 70))], (table,), version=2)
    for name in ("MAXIMUM", "MINIMUM"):
        yield Case(
            f"{name}-i8", name, [Tensor("i8", (3, 70), scale=0.02137, zero=4), Tensor("i8", (3, 70), scale=0.02137, zero=4)],
            [Tensor("i8", (3, 70), scale=0.02137, zero=4)], ("MaximumMinimumOptions",), version=2)


def unary_cases():
    for kind in ("i8", "u8"):
        low = -128 if kind == "i8" else 0
        x = Tensor(kind, (3, 256), scale=0.05113, zero=low + 128)
        yield Case(f"LOGISTIC-{kind}", "LOGISTIC", [x], [Tensor(kind, (3, 256), scale=1 / 256, zero=low)], version=2, steps=0.02)
        yield Case(f"TANH-{kind}", "TANH", [x], [Tensor(kind, (3, 256), scale=1 / 128, zero=low + 128)], version=2, steps=0.02)
        yield Case(f"SOFTMAX-{kind}", "SOFTMAX", [x], [Tensor(kind, (3, 256), scale=1 / 256, zero=low)], ("SoftmaxOptions", {"beta": 1.0}), version=2, steps=0.05)
        yield Case(f"HARD_SWISH-{kind}", "HARD_SWISH", [x], [Tensor(kind, (3, 256), scale=0.03179, zero=low + 20)], ("HardSwishOptions",), steps=0.1)
        yield Case(f"LEAKY_RELU-{kind}", "LEAKY_RELU", [x], [Tensor(kind, (3, 256), scale=0.04037, zero=low + 40)], ("LeakyReluOptions", {"alpha": 0.1}), version=2, steps=0.15)
        yield Case(f"RELU-{kind}", "RELU", [x], [Tensor(kind, (3, 256), scale=0.03179, zero=low)], version=2, steps=0.02)
        yield Case(f"RELU6-{kind}", "RELU6", [x], [Tensor(kind, (3, 256), scale=0.03179, zero=low)], version=2, steps=0.02)
    yield Case("ABS-i8", "ABS", [Tensor("i8", (3, 256), scale=0.05113, zero=3)], [Tensor("i8", (3, 256), scale=0.04037, zero=-9)], ("AbsOptions",), version=2, steps=0.02)
    yield Case("RSQRT-i8", "RSQRT", [Tensor("i8", (3, 256), scale=0.05113, zero=-128)], [Tensor("i8", (3, 256), scale=0.02137, zero=-128)], version=2, steps=0.02, expected=None)
    yield Case("PRELU-i8", "PRELU", [Tensor("i8", (1, 3, 5, 7), scale=0.05113, zero=3), Tensor("i8", (1, 1, 7), scale=0.01, zero=2)], [Tensor("i8", (1, 3, 5, 7), scale=0.05113, zero=-3)], steps=0.02)
    yield Case("GELU-i8", "GELU", [Tensor("i8", (3, 256), scale=0.05113, zero=3)], [Tensor("i8", (3, 256), scale=0.04037, zero=-100)], ("GeluOptions", {"approximate": False}), steps=0.02)


def movement_cases():
    rule = {"scale": 0.05113, "zero": 3}
    x = Tensor("i8", (2, 6, 4, 8), **rule)

    def case(name, inputs, options, shape=(), rule=rule, version=2, steps=0.0):
        return Case(f"{name}-i8", name, inputs, [Tensor("i8", shape, **rule)], options, version, steps=steps)

    yield case("RESHAPE", [x, Tensor("i32", values=[12, 32])], ("ReshapeOptions", {"new_shape": [12, 32]}), version=1)
    yield case("TRANSPOSE", [x, Tensor("i32", values=[0, 3, 1, 2])], ("TransposeOptions",))
    yield case("PAD", [x, Tensor("i32", values=[[0, 0], [1, 2], [0, 3], [0, 0]])], ("PadOptions",))
    yield case("SLICE", [x, Tensor("i32", values=[0, 1, 0, 2]), Tensor("i32", values=[2, 3, 2, 5])], ("SliceOptions",))
    yield case("STRIDED_SLICE", [x, *(Tensor("i32", values=v) for v in ([0, 1, 0, 2], [2, 6, 4, 8], [1, 2, 1, 3]))], ("StridedSliceOptions",))
    yield case("CONCATENATION", [x, x], ("ConcatenationOptions", {"axis": 3}))
    yield Case(
        "CONCATENATION-u8-scales", "CONCATENATION", [Tensor("u8", (2, 3), scale=0.05113, zero=3), Tensor("u8", (2, 3), scale=0.02137, zero=100)],
        [Tensor("u8", scale=0.05113, zero=3)], ("ConcatenationOptions", {"axis": 1}), version=2, steps=0.02)
    yield case("GATHER", [x, Tensor("i32", (3,), low=0, high=5)], ("GatherOptions", {"axis": 1}))
    yield case("MAX_POOL_2D", [x], ("Pool2DOptions", {"stride_w": 2, "stride_h": 2, "filter_width": 3, "filter_height": 3}))
    yield case("AVERAGE_POOL_2D", [x], ("Pool2DOptions", {"stride_w": 2, "stride_h": 2, "filter_width": 3, "filter_height": 3}), steps=0.1)
    yield case("MEAN", [x, Tensor("i32", values=[1, 2])], ("ReducerOptions", {"keep_dims": True}), rule={"scale": 0.02137, "zero": -4}, steps=0.05)
    yield case("SUM", [x, Tensor("i32", values=[1, 2])], ("ReducerOptions", {"keep_dims": True}), rule={"scale": 0.2137, "zero": -4}, steps=0.05)
    yield case("REDUCE_MAX", [x, Tensor("i32", values=[1, 2])], ("ReducerOptions", {"keep_dims": True}))
    yield Case("ARG_MAX-i8", "ARG_MAX", [x, Tensor("i32", values=-1)], [Tensor("i32")], ("ArgMaxOptions", {"output_type": 2}), 2)
    yield case("RESIZE_NEAREST_NEIGHBOR", [x, Tensor("i32", values=[9, 7])], ("ResizeNearestNeighborOptions", {"half_pixel_centers": True}))
    yield case("RESIZE_BILINEAR", [x, Tensor("i32", values=[9, 7])], ("ResizeBilinearOptions", {"half_pixel_centers": True}), steps=0.15)
    yield case("SPLIT", [Tensor("i32", values=3), x], ("SplitOptions", {"num_splits": 1}))
    yield case("DEPTH_TO_SPACE", [x], ("DepthToSpaceOptions", {"block_size": 2}), version=1)
    yield case("SPACE_TO_BATCH_ND", [x, Tensor("i32", values=[3, 2]), Tensor("i32", values=[[1, 2], [0, 2]])], ("SpaceToBatchNDOptions",))
    yield Case(
        "TRANSPOSE_CONV-i8", "TRANSPOSE_CONV",
        [Tensor("i32", values=[1, 8, 6, 6]), Tensor("i8", values=bytes_of(5, 6, 3, 3, 3), scale=np.linspace(0.005, 0.02, 6).tolist()), Tensor("i8", (1, 4, 3, 3), scale=0.02137, zero=5),
         Tensor("i32", values=bytes_of(6, 6, low=-900, high=900), scale=(np.linspace(0.005, 0.02, 6) * 0.02137).tolist())],
        [Tensor("i8", scale=0.02137, zero=-4)], ("TransposeConvOptions", {"stride_w": 2, "stride_h": 2}), version=3, steps=0.02)
    yield Case("BATCH_MATMUL-i8", "BATCH_MATMUL", [Tensor("i8", (2, 5, 9), scale=0.02137, zero=3), Tensor("i8", (2, 9, 4), scale=0.03179, zero=-2)], [Tensor("i8", scale=0.03179, zero=1)], ("BatchMatMulOptions",), version=2, steps=0.02)


def conversion_cases():
    for kind in ("i8", "u8", "i16"):
        zero = 0 if kind == "i16" else 5
        yield Case(f"QUANTIZE-{kind}", "QUANTIZE", [Tensor("f32", (3, 37))], [Tensor(kind, (3, 37), scale=0.05113, zero=zero)], ("QuantizeOptions",), steps=0.01)
        yield Case(f"DEQUANTIZE-{kind}", "DEQUANTIZE", [Tensor(kind, (3, 37), scale=0.05113, zero=zero)], [Tensor("f32", (3, 37))], ("DequantizeOptions",), version=2)
    yield Case("QUANTIZE-i8-i8", "QUANTIZE", [Tensor("i8", (3, 137), scale=0.05113, zero=5)], [Tensor("i8", (3, 137), scale=0.06271, zero=-7)], ("QuantizeOptions",), version=2, steps=0.15)
    yield Case("QUANTIZE-u8-i8", "QUANTIZE", [Tensor("u8", (3, 137), scale=0.05113, zero=133)], [Tensor("i8", (3, 137), scale=0.05113, zero=5)], ("QuantizeOptions",), version=2)


def wide_cases():
    """Activations of 16 bits with weights of 8."""
    scale = np.linspace(0.00511, 0.01973, 7).tolist()
    x = Tensor("i16", (1, 9, 8, 5), scale=0.00021)
    bias = Tensor("i64", values=bytes_of(2, 7, low=-20000, high=20000), scale=(np.array(scale) * 0.00021).tolist())
    for activation in (0, 1, 3):
        yield Case(
            f"CONV_2D-i16-{activation}", "CONV_2D", [x, Tensor("i8", values=bytes_of(1, 7, 3, 3, 5), scale=scale), bias], [Tensor("i16", scale=0.00031)],
            ("Conv2DOptions", {"stride_w": 1, "stride_h": 1, "fused_activation_function": activation}), version=4)
    deep = np.linspace(0.00511, 0.01973, 5).tolist()
    yield Case(
        "DEPTHWISE_CONV_2D-i16", "DEPTHWISE_CONV_2D",
        [x, Tensor("i8", values=bytes_of(3, 1, 3, 3, 5), scale=deep, dimension=3),
         Tensor("i64", values=bytes_of(4, 5, low=-20000, high=20000), scale=(np.array(deep) * 0.00021).tolist())],
        [Tensor("i16", scale=0.00021)], ("DepthwiseConv2DOptions", {"stride_w": 1, "stride_h": 1, "depth_multiplier": 1}), version=5)
    yield Case(
        "FULLY_CONNECTED-i16", "FULLY_CONNECTED",
        [Tensor("i16", (4, 19), scale=0.00021), Tensor("i8", values=bytes_of(5, 6, 19), scale=0.01171), Tensor("i64", values=bytes_of(6, 6, low=-20000, high=20000), scale=0.01171 * 0.00021)],
        [Tensor("i16", scale=0.00021)], ("FullyConnectedOptions", {}), version=7)
    for name, table in (("ADD", "AddOptions"), ("MUL", "MulOptions"), ("SUB", "SubOptions")):
        yield Case(
            f"{name}-i16", name, [Tensor("i16", (3, 7, 5), scale=0.00021), Tensor("i16", (3, 7, 5), scale=0.00037)], [Tensor("i16", (3, 7, 5), scale=0.00061)],
            (table, {"pot_scale_int16": False} if name != "MUL" else {}), version=4 if name == "ADD" else 5, steps=0.1)


def hybrid_cases():
    """Weights of bytes with activations of floats: the weights are made floats here, which is more exact than the runtime's rows of bytes."""
    weights = bytes_of(7, 6, 19)
    yield Case(
        "FULLY_CONNECTED-hybrid", "FULLY_CONNECTED", [Tensor("f32", (4, 19)), Tensor("i8", values=weights, scale=0.01), Tensor("f32", values=np.zeros(6))], [Tensor("f32")],
        ("FullyConnectedOptions", {"asymmetric_quantize_inputs": True}), version=9, expected=lambda x: [x @ (weights.astype(np.float32) * np.float32(0.01)).T])
    narrow = bytes_of(8, 6, 19, low=-7, high=7)
    yield Case(
        "FULLY_CONNECTED-hybrid-i4", "FULLY_CONNECTED", [Tensor("f32", (4, 19)), Tensor("i4", values=narrow, scale=0.1), None], [Tensor("f32")],
        ("FullyConnectedOptions", {}), version=10, expected=lambda x: [x @ (narrow.astype(np.float32) * np.float32(0.1)).T])


def quantized_cases():
    for family in (layer_cases, binary_cases, unary_cases, movement_cases, conversion_cases, wide_cases, hybrid_cases):
        yield from family()
