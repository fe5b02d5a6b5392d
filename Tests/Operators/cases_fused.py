"""Cases of the operators of com.microsoft that fuse layers with what follows them, and of weights with scales for blocks."""

import numpy as np

from case import Case, const

MS = "com.microsoft::"


def layers():
    x, w = ("f32", (2, 4, 9, 11)), ("f32", (6, 2, 3, 3))
    pads = {"group": 2, "pads": [1, 1, 1, 1]}
    for name, parameters in (("Relu", None), ("Sigmoid", None), ("Tanh", None), ("LeakyRelu", [0.3]), ("Clip", [-0.5, 0.7]), ("HardSigmoid", [0.3, 0.4])):
        attributes = {"activation": name} | ({"activation_params": parameters} if parameters else {})
        yield Case(f"FusedConv-{name}", MS + "FusedConv", [x, w, ("f32", (6,))], attributes | pads)
    yield Case("FusedConv-sum", MS + "FusedConv", [x, w, ("f32", (6,)), ("f32", (2, 6, 9, 11))], {"activation": "Relu"} | pads)
    yield Case("FusedConv-dynamic", MS + "FusedConv", [("f32", (-2, 4, -9, -11)), w, None, ("f32", (-2, 6, -9, -11))], {"activation": "Relu"} | pads)
    for name, parameters in (("Relu", {}), ("LeakyRelu", {"activation_alpha": 0.3}), ("Elu", {"activation_alpha": 0.7}), ("Softplus", {}), ("Softsign", {}), ("Sigmoid", {}),
                             ("HardSigmoid", {"activation_alpha": 0.3, "activation_beta": 0.4}), ("Tanh", {})):
        yield Case(f"FusedGemm-{name}", MS + "FusedGemm", [("f32", (5, 7)), ("f32", (3, 7)), ("f32", (3,))], {"activation": name, "transB": 1, "alpha": 0.5, "beta": 2.0} | parameters)
    yield Case("FusedGemm-dynamic", MS + "FusedGemm", [("f32", (-5, 7)), ("f32", (7, -3))], {"activation": "Relu"})
    for a, b in ((1, 0), (0, 1), (1, 1)):
        for ta, tb in ((0, 0), (1, 1)):
            rows, columns = (3, 2, 5), (2, 5, 4)
            first = [rows, (2, 3, 5)][1 - a] if not ta else ((5, 2, 3) if a else (2, 5, 3))
            second = ((5, 2, 4) if b else columns) if not tb else ((4, 2, 5) if b else (2, 4, 5))
            yield Case(f"FusedMatMul-batch-{a}{b}{ta}{tb}", MS + "FusedMatMul", [("f32", first), ("f32", second)],
                       {"transBatchA": a, "transBatchB": b, "transA": ta, "transB": tb, "alpha": 0.5})
    yield Case("TransposeMatMul", MS + "TransposeMatMul", [("f32", (2, 5, 3)), ("f32", (2, 5, 4))], {"transA": 1})
    yield Case("NhwcMaxPool", MS + "NhwcMaxPool", [("u8", (2, 9, 11, 3), 0, 255)], {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 1, 1]})
    yield Case("NhwcMaxPool-dynamic", MS + "NhwcMaxPool", [("i8", (-2, -9, -11, 3), -128, 127)], {"kernel_shape": [3, 3]})
    scales = [const(0.02, "f32"), const(120, "u8"), ("u8", (6, 2, 3, 3), 0, 255), const(0.01, "f32"), const(9, "u8"), const(0.2, "f32"), const(100, "u8")]
    yield Case("QLinearConv-microsoft", MS + "QLinearConv", [("u8", (2, 4, 9, 11), 0, 255)] + scales, pads)
    yield Case("QLinearConv-microsoft-last", MS + "QLinearConv", [("u8", (-2, 9, 11, 4), 0, 255)] + scales, pads | {"channels_last": 1})
    for upper in (0, 1):
        yield Case(f"Trilu-microsoft-{upper}", MS + "Trilu", [("f32", (2, 5, 7)), np.array(1)], {"upper": upper})
    yield Case("GatherND-microsoft", MS + "GatherND", [("f32", (4, 5, 3)), ("i64", (2, 6, 2), 0, 3)])
    yield Case("GridSample-microsoft", MS + "GridSample", [("f32", (2, 3, 5, 7)), ("f32", (2, 4, 6, 2), -1.2, 1.2)], {"align_corners": 1, "padding_mode": "border"})


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def erf(x):
    import math
    return np.vectorize(math.erf)(x)


def others():
    """What ONNX Runtime has no kernels of for CPUs: compared with numpy."""
    rng = np.random.default_rng(5)

    def random(*shape):
        return rng.uniform(-2, 2, shape).astype(np.float32)

    x, bias, skip = random(2, 5, 8), random(8), random(2, 5, 8)
    yield Case("BiasAdd", MS + "BiasAdd", [x, bias, skip], expected=[x + bias + skip])
    half = (x + bias).astype(np.float64)
    yield Case("BiasSplitGelu", MS + "BiasSplitGelu", [x, bias],
               expected=[(half[..., :4] * half[..., 4:] * 0.5 * (1 + erf(half[..., 4:] / np.sqrt(2)))).astype(np.float32)])
    yield Case("BiasDropout", MS + "BiasDropout", [x, bias, skip], outputs=2, expected=[x + bias + skip, np.ones(x.shape, bool)])
    yield Case("BiasDropout-plain", MS + "BiasDropout", [x, bias, None, const(0.5, "f32"), const(False, "bool")], expected=[x + bias])
    powers = np.exp((x + bias).astype(np.float64))
    yield Case("BiasSoftmax", MS + "BiasSoftmax", [x, bias], {"axis": 2, "is_inner_broadcast": 0}, expected=[(powers / powers.sum(2, keepdims=True)).astype(np.float32)])
    yield Case("BiasSoftmax-flat", MS + "BiasSoftmax", [x, bias], {"axis": 1, "is_inner_broadcast": 0}, expected=[(powers / powers.sum((1, 2), keepdims=True)).astype(np.float32)])

    def normalized(x, gamma, beta, groups, activation, last):
        x = np.moveaxis(x, -1, 1) if last else x
        g = x.reshape(x.shape[0], groups, -1).astype(np.float64)
        y = ((g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + 1e-5)).reshape(x.shape)
        y = y * gamma[:, None, None] + beta[:, None, None]
        y = y * sigmoid(y) if activation else y
        return (np.moveaxis(y, 1, -1) if last else y).astype(np.float32)

    gamma, beta = random(6), random(6)
    for last in (0, 1):
        image = random(2, 5, 7, 6) if last else random(2, 6, 5, 7)
        for activation in (0, 1):
            attributes = {"groups": 3, "activation": activation, "channels_last": last}
            yield Case(f"GroupNorm-{last}{activation}", MS + "GroupNorm", [image, gamma, beta], attributes, expected=[normalized(image, gamma, beta, 3, activation, last)])
            for kind, other in (("image", random(*image.shape)), ("channels", random(2, 6)), ("ones", random(*((2, 1, 1, 6) if last else (2, 6, 1, 1))))):
                spread = other if other.ndim == 4 else other.reshape((2, 1, 1, 6) if last else (2, 6, 1, 1))
                each = random(6)
                total = image + spread + (each if last else each[:, None, None])
                yield Case(f"SkipGroupNorm-{last}{activation}-{kind}", MS + "SkipGroupNorm", [image, gamma, beta, other, each], attributes, outputs=2,
                           expected=[normalized(total, gamma, beta, 3, activation, last), total])
    image, filters = random(2, 6, 7, 3), random(4, 3, 3, 3)
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), (1, 2))
    conv = np.einsum("nhwcij,fcij->nhwf", windows, filters)
    yield Case("NhwcFusedConv", MS + "NhwcFusedConv", [image, filters, random(4) * 0, conv * 0 + 0.5], {"activation": "Relu"}, expected=[np.maximum(conv + 0.5, 0)])
    data = rng.integers(0, 256, (3, 5, 7)).astype(np.uint8)
    mean = ((data.astype(np.float64) - 100) * 0.02).mean(1, keepdims=True)
    yield Case("QLinearReduceMean", MS + "QLinearReduceMean", [data, const(0.02, "f32"), const(100, "u8"), const(0.01, "f32"), const(90, "u8")], {"axes": [1], "keepdims": 1},
               expected=[np.clip(np.rint(mean / 0.01) + 90, 0, 255).astype(np.uint8)])


def blocks():
    for bits in (4, 8, 2):
        for k, size, n in ((48, 16, 5), (40, 32, 7), (16, 16, 1)):
            count = -(-k // size)
            packed = ("u8", (n, count, size * bits // 8), 0, 255)
            x, scales = ("f32", (2, 3, k)), ("f32", (n, count), 0.01, 0.1)
            zeros = ("u8", (n, -(-count * bits // 8)), 0, 255)
            attributes = {"K": k, "N": n, "bits": bits, "block_size": size}
            name = f"MatMulNBits-{bits}-{k}-{size}"
            def case(kind, inputs):
                return Case(f"{name}-{kind}", MS + "MatMulNBits", inputs, attributes, tolerance=1e-4)
            yield case("plain", [x, packed, scales])
            yield case("zeros", [x, packed, scales, zeros])
            yield case("rows", [("f32", (3, 13, k)), packed, scales, zeros])
            yield case("open-rows", [("f32", (-1, -70, k)), packed, scales])
            if bits < 8:  # ONNX Runtime has no such kernel
                yield case("floats", [x, packed, scales, ("f32", (n, count), 0, 9)])
            groups = np.random.default_rng(k).integers(0, count, k).astype(np.int32)
            if bits == 4:  # nor those
                yield case("groups", [x, packed, scales, None, groups])
            yield case("bias", [("f32", (-2, -3, k)), packed, scales, zeros, None, ("f32", (n,))])
    indices = np.array([[0, 3, 9], [-1, 2, 2]])
    for bits in (4, 8):
        table = ("u8", (10, 48 * bits // 8), 0, 255)
        yield Case(f"GatherBlockQuantized-u8-{bits}", MS + "GatherBlockQuantized", [table, indices, ("f32", (10, 3), 0.01, 1)], {"bits": bits, "block_size": 16, "quantize_axis": 1})
        zeros = ("u8", (10, -(-3 * bits // 8)), 0, 255)
        yield Case(f"GatherBlockQuantized-u8-{bits}-zeros", MS + "GatherBlockQuantized", [table, indices, ("f32", (10, 3), 0.01, 1), zeros],
                   {"bits": bits, "block_size": 16, "quantize_axis": 1})
    for kind, low, high in (("u4", 0, 15), ("i4", -8, 7)):
        table, zeros = const(np.arange(10 * 40).reshape(10, 40) % (high - low) + low, kind), const(np.arange(30).reshape(10, 3) % 7, kind)
        yield Case(f"GatherBlockQuantized-{kind}", MS + "GatherBlockQuantized", [table, indices, ("f32", (10, 3), 0.01, 1)], {"block_size": 16})
        yield Case(f"GatherBlockQuantized-{kind}-zeros", MS + "GatherBlockQuantized", [table, ("i32", (-4,), 0, 9), ("f32", (10, 3), 0.01, 1), zeros], {"block_size": 16})
        yield Case(f"GatherBlockQuantized-{kind}-last", MS + "GatherBlockQuantized", [table, indices, ("f32", (1, 40), 0.01, 1)], {"block_size": 16, "quantize_axis": 0, "gather_axis": 1})


def attention():
    scale, zero = const(0.02, "f32"), const(130, "u8")
    w, bias = ("i8", (12, 36), -128, 127), ("f32", (36,))
    masks = {"plain": None, "keys": np.array([[1, 1, 1, 0, 0], [1] * 5], np.int32), "lengths": np.array([3, 5], np.int32), "ranges": np.array([3, 5, 0, 2], np.int32),
             "full": (np.arange(50).reshape(2, 5, 5) % 3 > 0).astype(np.int32), "nothing": np.array([[0] * 5, [1] * 5], np.int32)}
    for kind, mask in masks.items():
        for causal in (0, 1):
            attributes = {"num_heads": 3, "unidirectional": causal}
            yield Case(f"QAttention-{kind}-{causal}", MS + "QAttention", [("u8", (2, 5, 12), 0, 255), w, bias, scale, const(0.01, "f32"), mask, zero, const(3, "i8")], attributes, tolerance=1e-4)
            if not (kind == "nothing" and causal):
                yield Case(f"Attention-microsoft-{kind}-{causal}", MS + "Attention", [("f32", (2, 5, 12)), ("f32", (12, 36), -0.5, 0.5), bias, mask], attributes, tolerance=1e-4)
    yield Case("QAttention-past", MS + "QAttention", [("u8", (2, 5, 12), 0, 255), w, bias, scale, const(0.01, "f32"), None, zero, const(3, "i8"), ("f32", (2, 2, 3, 4, 4))],
               {"num_heads": 3, "unidirectional": 1}, outputs=2, tolerance=1e-4)
    yield Case("QAttention-dynamic", MS + "QAttention", [("u8", (-2, -5, 12), 0, 255), w, bias, scale, const(0.01, "f32"), None, zero, const(3, "i8")], {"num_heads": 3}, tolerance=1e-4)
    ids, table, wide = ("i32", (2, 5), 0, 6), ("u8", (7, 24), 0, 255), ("u8", (24,), 0, 255)
    numbers = [const(v, "f32") for v in (0.02, 0.03, 0.025, 0.02, 0.01)] + [const(v, "u8") for v in (120, 130, 125, 100, 90)]
    for segments in (True, False):
        s = [("i32", (2, 5), 0, 1)] if segments else [None]
        yield Case(f"QEmbedLayerNormalization-{segments}", MS + "QEmbedLayerNormalization", [ids] + s + [table, table, ("u8", (2, 24), 0, 255) if segments else None, wide, wide, None] +
                   [n if segments or i not in (2, 7) else None for i, n in enumerate(numbers)], {"epsilon": 1e-5}, outputs=2, tolerance=1e-4)
    for kind, low, high in (("u8", 0, 255), ("i8", -128, 127)):
        x, y = (kind, (3, 7), low, high), (kind, (2, 3, 1), low, high)
        yield Case(f"QLinearWhere-{kind}", MS + "QLinearWhere", [("bool", (2, 1, 7)), x, const(0.02, "f32"), const(10, kind), y, const(0.03, "f32"), const(9, kind), const(0.025, "f32"), const(11, kind)])


fused = (layers, others, blocks, attention)
