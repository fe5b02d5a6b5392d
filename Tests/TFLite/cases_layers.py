"""Cases of products, convolutions, pools, resizing and reductions."""

import numpy as np

from case import Case, Tensor


def numbers(seed, *shape):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def convolution_cases():
    for padding in (0, 1):
        for stride, dilation, kernel in ((1, 1, 3), (2, 1, 3), (2, 1, 2), (1, 2, 3), (1, 1, 1), (3, 1, 5)):
            if stride > 1 and dilation > 1:
                continue
            fields = {
                "padding": padding, "stride_w": stride, "stride_h": stride, "dilation_w_factor": dilation, "dilation_h_factor": dilation,
            }
            label = f"{'VALID' if padding else 'SAME'}-s{stride}d{dilation}k{kernel}"
            x = Tensor("f32", (2, 11, 9, 5))
            yield Case(
                f"CONV_2D-{label}", "CONV_2D", [x, Tensor("f32", values=numbers(1, 7, kernel, kernel, 5)), Tensor("f32", values=numbers(2, 7))],
                [Tensor("f32")], ("Conv2DOptions", fields), tolerance=5e-5)
            for multiplier in (1, 3):
                yield Case(
                    f"DEPTHWISE_CONV_2D-{label}-m{multiplier}", "DEPTHWISE_CONV_2D",
                    [x, Tensor("f32", values=numbers(3, 1, kernel, kernel, 5 * multiplier)), Tensor("f32", values=numbers(4, 5 * multiplier))],
                    [Tensor("f32")], ("DepthwiseConv2DOptions", {**fields, "depth_multiplier": multiplier}), tolerance=5e-5)
            if kernel >= stride and dilation == 1:
                # The reference needs its sizes: those of a convolution whose result is the input.
                sizes = [5 * stride, 4 * stride] if padding == 0 else [4 * stride + kernel, 3 * stride + kernel]
                yield Case(
                    f"TRANSPOSE_CONV-{label}", "TRANSPOSE_CONV",
                    [Tensor("i32", values=[1, *sizes, 6]), Tensor("f32", values=numbers(5, 6, kernel, kernel, 3)), Tensor("f32", (1, 5, 4, 3)),
                     Tensor("f32", values=numbers(6, 6))],
                    [Tensor("f32")], ("TransposeConvOptions", {"padding": padding, "stride_w": stride, "stride_h": stride}), version=3, tolerance=5e-5)
    for activation in range(1, 4):
        yield Case(
            f"CONV_2D-activation{activation}", "CONV_2D", [Tensor("f32", (1, 6, 7, 4), high=6), Tensor("f32", values=numbers(1, 8, 3, 3, 4)), Tensor("f32", values=numbers(2, 8))],
            [Tensor("f32")], ("Conv2DOptions", {"stride_w": 1, "stride_h": 1, "fused_activation_function": activation}), tolerance=5e-5)
    yield Case(
        "CONV_2D-groups", "CONV_2D", [Tensor("f32", (1, 6, 7, 6)), Tensor("f32", values=numbers(1, 9, 3, 3, 2)), Tensor("f32", values=numbers(2, 9))],
        [Tensor("f32")], ("Conv2DOptions", {"stride_w": 1, "stride_h": 1}), version=6, tolerance=5e-5)
    yield Case(
        "CONV_2D-open", "CONV_2D", [Tensor("f32", (3, 8, 8, 4), open=(0,)), Tensor("f32", values=numbers(1, 9, 3, 3, 4)), Tensor("f32", values=numbers(2, 9))],
        [Tensor("f32")], ("Conv2DOptions", {"stride_w": 2, "stride_h": 2}), tolerance=5e-5)
    for padding in (0, 1):
        yield Case(
            f"CONV_3D-{padding}", "CONV_3D", [Tensor("f32", (1, 5, 6, 7, 3)), Tensor("f32", values=numbers(1, 2, 3, 3, 3, 4)), Tensor("f32", values=numbers(2, 4))],
            [Tensor("f32")], ("Conv3DOptions", {"padding": padding, "stride_d": 1, "stride_w": 2, "stride_h": 1}), tolerance=5e-5)


    for padding in (0, 1):
        sizes = [1, 4, 6, 8, 2] if padding == 0 else [1, 4, 7, 9, 2]
        yield Case(
            f"CONV_3D_TRANSPOSE-{padding}", "CONV_3D_TRANSPOSE",
            [Tensor("i32", values=sizes), Tensor("f32", values=numbers(1, 1 if padding else 2, 3, 3, 2, 4)), Tensor("f32", (1, 4, 3, 4, 4)), Tensor("f32", values=numbers(2, 2))],
            [Tensor("f32")], ("Conv3DOptions", {"padding": padding, "stride_d": 1, "stride_w": 2, "stride_h": 2}), tolerance=5e-5)


def product_cases():
    for keep in (False, True):
        for shape in ((3, 7), (2, 3, 7), (1, 7)):
            yield Case(
                f"FULLY_CONNECTED-{keep}-{len(shape)}-{shape[0]}", "FULLY_CONNECTED", [Tensor("f32", shape), Tensor("f32", values=numbers(1, 5, 7)), Tensor("f32", values=numbers(2, 5))],
                [Tensor("f32")], ("FullyConnectedOptions", {"keep_num_dims": keep, "fused_activation_function": 1 if keep else 0}), tolerance=5e-5)
    yield Case(
        "FULLY_CONNECTED-rows", "FULLY_CONNECTED", [Tensor("f32", (2, 3, 14)), Tensor("f32", values=numbers(1, 5, 7)), None],
        [Tensor("f32")], ("FullyConnectedOptions", {}), tolerance=5e-5)
    yield Case(
        "FULLY_CONNECTED-computed", "FULLY_CONNECTED", [Tensor("f32", (3, 7)), Tensor("f32", (5, 7)), None],
        [Tensor("f32")], ("FullyConnectedOptions", {}), tolerance=5e-5)
    for x, y in ((False, False), (True, False), (False, True), (True, True)):
        a, b = (2, 3, 5, 4), (2, 3, 4, 6)
        a = a[:2] + (a[3], a[2]) if x else a
        b = b[:2] + (b[3], b[2]) if y else b
        yield Case(f"BATCH_MATMUL-{x}-{y}", "BATCH_MATMUL", [Tensor("f32", a), Tensor("f32", b)], [Tensor("f32")], ("BatchMatMulOptions", {"adj_x": x, "adj_y": y}), tolerance=5e-5)
    yield Case("BATCH_MATMUL-broadcast", "BATCH_MATMUL", [Tensor("f32", (2, 1, 5, 4)), Tensor("f32", (3, 4, 6))], [Tensor("f32")], ("BatchMatMulOptions", {}), tolerance=5e-5)


def pool_cases():
    for name in ("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"):
        for padding in (0, 1):
            for stride, width, height in ((1, 2, 3), (2, 3, 3), (2, 2, 2), (3, 4, 2)):
                fields = {"padding": padding, "stride_w": stride, "stride_h": stride, "filter_width": width, "filter_height": height}
                yield Case(f"{name}-{padding}-s{stride}w{width}h{height}", name, [Tensor("f32", (2, 9, 11, 5))], [Tensor("f32")], ("Pool2DOptions", fields))
        yield Case(
            f"{name}-open", name, [Tensor("f32", (3, 8, 8, 4), open=(0,))], [Tensor("f32")],
            ("Pool2DOptions", {"stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2, "fused_activation_function": 1}))


def resize_cases():
    for name, table in (("RESIZE_BILINEAR", "ResizeBilinearOptions"), ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")):
        for corners, centred in ((False, False), (True, False), (False, True)):
            for sizes in ((14, 10), (13, 5), (4, 3), (7, 5), (1, 1), (21, 15)):
                yield Case(
                    f"{name}-{'corners' if corners else 'centred' if centred else 'plain'}-{sizes[0]}x{sizes[1]}", name,
                    [Tensor("f32", (2, 7, 5, 3)), Tensor("i32", values=sizes)], [Tensor("f32")],
                    (table, {"align_corners": corners, "half_pixel_centers": centred}), version=3, tolerance=2e-5)


def reduction_cases():
    for name in ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN"):
        for axes in ((1,), (-1,), (1, 2), (0, 1, 2, 3), (0,)):
            for keep in (False, True):
                yield Case(
                    f"{name}-{'_'.join(map(str, axes))}-{keep}", name, [Tensor("f32", (3, 4, 5, 7), low=0.5, high=1.5), Tensor("i32", values=axes)], [Tensor("f32")],
                    ("ReducerOptions", {"keep_dims": keep}), tolerance=3e-5)
        if name != "MEAN":
            yield Case(f"{name}-i32", name, [Tensor("i32", (3, 4, 5), low=-3, high=3), Tensor("i32", values=[1])], [Tensor("i32")], ("ReducerOptions", {}))
    for name in ("REDUCE_ANY", "REDUCE_ALL"):
        yield Case(name, name, [Tensor("bool", (3, 4, 2)), Tensor("i32", values=[2])], [Tensor("bool")], ("ReducerOptions", {}))
    for name, table in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
        for kind, number in (("i32", 2), ("i64", 4)):
            for axis in (1, -1):
                yield Case(f"{name}-{kind}-{axis}", name, [Tensor("f32", (3, 9, 5)), Tensor("i32", values=axis)], [Tensor(kind)], (table, {"output_type": number}))
    for exclusive in (False, True):
        for reverse in (False, True):
            yield Case(
                f"CUMSUM-{exclusive}-{reverse}", "CUMSUM", [Tensor("f32", (3, 9, 5)), Tensor("i32", values=1)], [Tensor("f32", (3, 9, 5))],
                ("CumsumOptions", {"exclusive": exclusive, "reverse": reverse}))
    for count in (1, 4):
        yield Case(f"TOPK_V2-{count}", "TOPK_V2", [Tensor("f32", (3, 9)), Tensor("i32", values=count)], [Tensor("f32"), Tensor("i32")], ("TopKV2Options",))


def layer_cases():
    for family in (convolution_cases, product_cases, pool_cases, resize_cases, reduction_cases):
        yield from family()
