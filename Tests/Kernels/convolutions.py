"""Convolutions and poolings: layouts, strides, dilations, groups, padding, with what is usually fused with them."""
import itertools

import numpy as np

from program import NUMPY, Program, is_float, random, rng_of


def windows(x, kernel, strides, dilations, axes):
    """Views of `x` at each offset of the kernel: yields the offset and the view."""
    out = [(x.shape[a] - (k - 1) * d - 1) // s + 1 for a, k, s, d in zip(axes, kernel, strides, dilations)]
    for offset in itertools.product(*map(range, kernel)):
        view = [slice(None)] * x.ndim
        for a, o, n, s, d in zip(axes, offset, out, strides, dilations):
            view[a] = slice(o * d, o * d + (n - 1) * s + 1, s) if n > 0 else slice(0, 0)
        yield offset, x[tuple(view)]


def wide(x):
    return x.astype(np.float64 if x.dtype.kind == "f" else np.int64)


def convolve(x, w, x_layout, w_layout, out_layout, strides, dilations, spatial):
    """A convolution by one einsum for each offset of the kernel."""
    axes = [x_layout.index(c) for c in spatial]
    kernel_axes = [w_layout.index(c) for c in spatial]
    kernel = [w.shape[a] for a in kernel_axes]
    rest = "".join(c for c in w_layout if c not in spatial)
    total = 0
    for offset, view in windows(wide(x), kernel, strides, dilations, axes):
        place = tuple(offset[kernel_axes.index(a)] if a in kernel_axes else slice(None) for a in range(w.ndim))
        total = total + np.einsum(f"{x_layout},{rest}->{out_layout}", view, wide(w)[place])
    return total


# name: (layout of the input, of the kernel, of the output, spatial letters)
FORMS = {
    "conv_1d_nwc_wcf": ("nxc", "xcf", "nxf", "x"), "conv_1d_ncw_fcw": ("ncx", "fcx", "nfx", "x"),
    "conv_2d_nhwc_hwcf": ("nyxc", "yxcf", "nyxf", "yx"), "conv_2d_nhwc_fhwc": ("nyxc", "fyxc", "nyxf", "yx"),
    "conv_2d_nchw_fchw": ("ncyx", "fcyx", "nfyx", "yx"), "conv_3d_ndhwc_dhwcf": ("nzyxc", "zyxcf", "nzyxf", "zyx"),
    "conv_3d_ncdhw_fcdhw": ("nczyx", "fczyx", "nfzyx", "zyx"), "conv_2d_ngchw_fgchw": ("ngcyx", "fgcyx", "ngfyx", "yx"),
    "conv_2d_ngchw_gfchw": ("ngcyx", "gfcyx", "ngfyx", "yx"), "depthwise_conv_1d_nwc_wc": ("nxc", "xc", "nxc", "x"),
    "depthwise_conv_1d_ncw_cw": ("ncx", "cx", "ncx", "x"), "depthwise_conv_2d_nhwc_hwc": ("nyxc", "yxc", "nyxc", "yx"),
    "depthwise_conv_2d_nchw_chw": ("ncyx", "cyx", "ncyx", "yx"), "depthwise_conv_2d_nhwc_hwcm": ("nyxc", "yxcm", "nyxcm", "yx"),
    "depthwise_conv_3d_ndhwc_dhwc": ("nzyxc", "zyxc", "nzyxc", "zyx"),
}
EXTRA = {"conv_1d": ("x", "x", "x", "x"), "conv_2d": ("yx", "yx", "yx", "yx"), "conv_3d": ("zyx", "zyx", "zyx", "zyx")}


def convolution(name, op, sizes, strides, dilations, dtype="f32", constant=False, dynamic="", pad=0, batches=(None,), after=False):
    x_layout, w_layout, out_layout, spatial = FORMS.get(op) or EXTRA[op]
    p = Program(name)
    rng = rng_of(name)
    kernel = {"z": sizes.get("kz", 2), "y": sizes.get("ky", 3), "x": sizes.get("kx", 3)}
    w_shape = [kernel[c] if c in spatial else sizes[c] for c in w_layout]
    x_shape = [sizes[c] for c in x_layout]
    out_size = {c: (sizes[c] + 2 * pad - (kernel[c] - 1) * d - 1) // s + 1 for c, s, d in zip(spatial, strides, dilations)}
    given = p.arg([None if c in dynamic else s for c, s in zip(x_layout, x_shape)], dtype)
    x = given
    if pad:
        low = ", ".join(str(pad if c in spatial else 0) for c in x_layout)
        zero = p.scalar(0, dtype)
        dims = []
        for c, s, d in zip(x_layout, x_shape, given.dims):
            dims.append(d if c not in spatial else s + 2 * pad)
        body = ", ".join(f"%i{k}: index" for k in range(len(x_layout)))
        x = p.op(f"tensor.pad {given} low[{low}] high[{low}] {{\n  ^bb0({body}):\n    tensor.yield {zero} : {dtype}\n  }} : {given.type} to %r", dims, dtype)
    weight = random(rng, w_shape, dtype)
    w = p.constant(weight, dtype) if constant else p.arg(w_shape, dtype)
    known = {**{c: s for c, s in zip(w_layout, w_shape)}, **{c: d for c, d in zip(x_layout, x.dims)}, **out_size}
    if "y" in dynamic or "x" in dynamic:
        for c, s, d in zip(spatial, strides, dilations):
            if c in dynamic:
                have = p.fresh()
                p.line(f"{have} = arith.subi {x.dims[x_layout.index(c)]}, {p.index((kernel[c] - 1) * d + 1)} : index")
                steps, count = p.fresh(), p.fresh()
                p.line(f"{steps} = arith.divsi {have}, {p.index(s)} : index")
                p.line(f"{count} = arith.addi {steps}, {p.index(1)} : index")
                known[c] = count
    out_dims = [known[c] for c in out_layout]
    attributes = "" if op in EXTRA else (
        f"{{strides = dense<{list(strides)}> : tensor<{len(strides)}xi64>, dilations = dense<{list(dilations)}> : tensor<{len(strides)}xi64>}}")
    r = p.named(op, [x, w], p.fill(out_dims, 0, dtype), attributes)
    channel = out_layout.index("f") if "f" in out_layout else len(out_layout) - 1
    bias = random(rng, (w_shape[w_layout.index("f")],), dtype) if after else None
    if after:
        identity = ", ".join(f"d{i}" for i in range(len(out_layout)))
        r = p.elementwise(
            [r, p.constant(bias, dtype)], f"%z = arith.constant 0.0 : {dtype}\n%s = arith.addf %a, %b : {dtype}\n"
            f"%t = arith.maximumf %s, %z : {dtype}\nyield %t", maps=[identity, f"d{channel}"])
    p.ret(r)
    for size in batches:
        shape = [size if c in dynamic and size is not None else s for c, s in zip(x_layout, x_shape)]
        data = random(rng, shape, dtype)
        padded = np.pad(data, [(pad, pad) if c in spatial else (0, 0) for c in x_layout]) if pad else data
        e = convolve(padded, weight, x_layout, w_layout, out_layout, strides, dilations, spatial)
        if after:
            shape = [1] * e.ndim
            shape[channel] = -1
            e = np.maximum(e + bias.reshape(shape), 0)
        p.case([data] + ([] if constant else [weight]), [e.astype(NUMPY[dtype])])
    return p


def convolutions():
    base = dict(n=2, z=4, y=7, x=9, c=5, f=17, g=3, m=2)
    for op, (_, _, _, spatial) in FORMS.items():
        rank = len(spatial)
        yield convolution(op, op, base, [1] * rank, [1] * rank)
        yield convolution(op + "_constant", op, {**base, "c": 16, "f": 33}, [1] * rank, [1] * rank, constant=True)
        yield convolution(op + "_strided", op, {**base, "x": 20}, [2] * rank, [1] * rank, constant=True)
        yield convolution(op + "_dilated", op, {**base, "z": 5, "x": 40}, [1] * rank, [2] * rank)
        yield convolution(op + "_padded", op, {**base, "x": 16}, [1] * rank, [1] * rank, constant=True, pad=1)
        yield convolution(op + "_padded_dynamic", op, base, [1] * rank, [1] * rank, pad=1, dynamic="n", batches=(0, 1, 4))
        yield convolution(op + "_all", op, {**base, "x": 33, "c": 4}, [2] * rank, [2] + [1] * (rank - 1), pad=2)
    for op, (_, _, _, spatial) in EXTRA.items():
        yield convolution(op, op, {**base, "x": 35}, [1] * len(spatial), [1] * len(spatial))
    two = "conv_2d_nhwc_hwcf"
    for c, f, x in itertools.product((1, 3, 16, 65), (1, 2, 16, 31, 64), (3, 17)):
        yield convolution(f"channels_{c}_{f}_{x}", two, dict(n=1, y=4, x=x, c=c, f=f), [1, 1], [1, 1], constant=(c + f) % 2 == 0, pad=1)
    for c, f, x in itertools.product((1, 3, 16), (1, 17, 32), (5, 32)):
        yield convolution(f"channels_first_{c}_{f}_{x}", "conv_2d_nchw_fchw", dict(n=2, y=4, x=x, c=c, f=f), [1, 1], [1, 1], constant=True, pad=1)
    for c in (1, 2, 15, 16, 17, 33, 100):
        yield convolution(f"depthwise_{c}", "depthwise_conv_2d_nhwc_hwc", dict(n=2, y=5, x=6, c=c), [1, 1], [1, 1], constant=True, pad=1)
        yield convolution(f"depthwise_first_{c}", "depthwise_conv_2d_nchw_chw", dict(n=1, y=5, x=c + 2, c=3), [1, 1], [1, 1], constant=True, pad=1)
    for k in (1, 2, 5, 7):
        for s in (1, 2, 3):
            yield convolution(f"kernel_{k}_{s}", two, dict(n=1, y=9, x=19, c=3, f=16, ky=k, kx=k), [s, s], [1, 1], constant=True, pad=k // 2)
            yield convolution(f"kernel_first_{k}_{s}", "conv_2d_nchw_fchw", dict(n=1, y=9, x=19, c=3, f=16, ky=k, kx=k), [s, s], [1, 1], constant=True, pad=k // 2, after=True)
    # Few features, in each group too: positions stand in the lanes, several lines and strides of 1 to 5 in a register tile.
    first, grouped = "conv_2d_nchw_fchw", "conv_2d_ngchw_gfchw"
    for f, (ky, kx), x in itertools.product((1, 2, 3, 7), ((9, 12), (3, 20), (1, 31)), (33, 95)):
        sizes = dict(n=1, y=13, x=x, c=3, f=f, ky=ky, kx=kx)
        yield convolution(f"window_{f}_{ky}_{kx}_{x}", first, sizes, [1, 1], [1, 1], constant=True)
        yield convolution(f"window_dynamic_{f}_{ky}_{kx}_{x}", first, sizes, [1, 1], [1, 1], constant=True, dynamic="yx", batches=(31, 50, 103))
    for s, dtype in itertools.product((1, 2, 3, 4, 5), ("f32", "f64", "f16")):
        sizes = dict(n=2, y=11, x=70, c=4, f=3, g=5)
        yield convolution(f"window_stride_{s}_{dtype}", first, sizes, [1, s], [2, 1], dtype, constant=True)
        yield convolution(f"window_grouped_{s}_{dtype}", grouped, sizes, [s, s], [1, 2], dtype, constant=True, dynamic="n", batches=(0, 1, 3))
        yield convolution(f"window_strided_dynamic_{s}_{dtype}", first, sizes, [s, s], [1, 1], dtype, constant=True, dynamic="yx", batches=(11, 40, 67))
    # Lines of an unknown length under channels-last windows.
    yield convolution("window_lines", first, dict(n=1, y=8, x=11, c=40, f=33), [1, 1], [1, 1], constant=True, dynamic="yx", batches=(3, 4, 9, 13, 26), after=True)
    # Enough channels for minimal filtering: even and odd sizes, several images, with and without padding.
    for n, c, f, y, x, pad in ((1, 64, 64, 14, 14, 1), (2, 64, 96, 9, 13, 1), (1, 96, 64, 18, 7, 0), (1, 128, 65, 8, 33, 1), (3, 64, 128, 7, 7, 1)):
        sizes = dict(n=n, y=y, x=x, c=c, f=f)
        yield convolution(f"winograd_{n}_{c}_{f}_{y}_{x}", two, sizes, [1, 1], [1, 1], constant=True, pad=pad, after=True)
        yield convolution(f"winograd_first_{n}_{c}_{f}_{y}_{x}", "conv_2d_nchw_fchw", sizes, [1, 1], [1, 1], constant=True, pad=pad)
    yield convolution("bias_relu", two, dict(n=1, y=8, x=8, c=8, f=24), [1, 1], [1, 1], constant=True, pad=1, after=True)
    yield convolution("bias_relu_1x1", two, dict(n=1, y=8, x=8, c=8, f=24, ky=1, kx=1), [1, 1], [1, 1], constant=True, after=True)
    yield convolution("dynamic_width", two, dict(n=1, y=5, x=0, c=4, f=16), [1, 1], [1, 1], constant=True, dynamic="x", batches=(3, 4, 18, 35, 64))
    yield convolution("dynamic_width_strided", "conv_2d_nchw_fchw", dict(n=1, y=5, x=0, c=4, f=7), [1, 2], [1, 1], constant=True, dynamic="x", batches=(3, 4, 18, 35, 64))
    for dtype in ("f64", "f16", "bf16", "i8", "i32"):
        yield convolution(f"conv_{dtype}", two, dict(n=1, y=5, x=9, c=4, f=18), [1, 1], [1, 1], dtype)
    p = Program("conv_i8_i32")
    x, w = p.arg([1, 6, 9, 5], "i8"), p.arg([3, 3, 5, 18], "i8")
    p.ret(p.named("conv_2d_nhwc_hwcf", [x, w], p.fill([1, 4, 7, 18], 0, "i32")))
    rng = rng_of(p.name)
    a, b = rng.integers(-128, 128, (1, 6, 9, 5)).astype(np.int8), rng.integers(-128, 128, (3, 3, 5, 18)).astype(np.int8)
    p.case([a, b], [convolve(a, b, "nyxc", "yxcf", "nyxf", [1, 1], [1, 1], "yx").astype(np.int32)])
    yield p


POOLS = {
    "pooling_nhwc_sum": ("nyxc", "add", 0), "pooling_nchw_sum": ("ncyx", "add", 0), "pooling_nhwc_max": ("nyxc", "max", -np.inf),
    "pooling_nchw_max": ("ncyx", "max", -np.inf), "pooling_nhwc_min": ("nyxc", "min", np.inf), "pooling_nwc_sum": ("nxc", "add", 0),
    "pooling_ncw_sum": ("ncx", "add", 0), "pooling_nwc_max": ("nxc", "max", -np.inf), "pooling_ncw_max": ("ncx", "max", -np.inf),
    "pooling_ndhwc_sum": ("nzyxc", "add", 0), "pooling_ndhwc_max": ("nzyxc", "max", -np.inf), "pooling_ndhwc_min": ("nzyxc", "min", np.inf),
}


def pooling(name, op, sizes, kernel, stride, dilation, dtype="f32", dynamic="", batches=(None,), average=False):
    layout, combine, neutral = POOLS[op]
    p = Program(name)
    rng = rng_of(name)
    spatial = [c for c in layout if c in "zyx"]
    rank = len(spatial)
    x = p.arg([None if c in dynamic else sizes[c] for c in layout], dtype)
    if not is_float(dtype) and neutral:
        neutral = np.iinfo(NUMPY[dtype]).min if neutral < 0 else np.iinfo(NUMPY[dtype]).max
    dims = [(sizes[c] - (kernel - 1) * dilation - 1) // stride + 1 if c in spatial else d for c, d in zip(layout, x.dims)]
    window = p.empty([kernel] * rank, dtype)
    attributes = f"{{strides = dense<{stride}> : tensor<{rank}xi64>, dilations = dense<{dilation}> : tensor<{rank}xi64>}}"
    r = p.named(op, [x, window], p.fill(dims, neutral, dtype), attributes)
    if average:
        r = p.elementwise([r], f"%n = arith.constant {float(kernel**rank)} : {dtype}\n%q = arith.divf %a, %n : {dtype}\nyield %q")
    p.ret(r)
    for size in batches:
        data = random(rng, [size if c in dynamic else sizes[c] for c in layout], dtype)
        axes = [layout.index(c) for c in spatial]
        views = [v for _, v in windows(wide(data), [kernel] * rank, [stride] * rank, [dilation] * rank, axes)]
        e = {"add": sum, "max": lambda v: np.maximum.reduce(v), "min": lambda v: np.minimum.reduce(v)}[combine](views)
        p.case([data], [(e / kernel**rank if average else e).astype(NUMPY[dtype])])
    return p


def programs():
    yield from convolutions()
    for op in POOLS:
        yield pooling(op, op, dict(n=2, z=4, y=7, x=9, c=5), 2, 2, 1)
        yield pooling(op + "_wide", op, dict(n=1, z=5, y=8, x=40, c=33), 3, 1, 1)
        yield pooling(op + "_dilated", op, dict(n=1, z=7, y=8, x=20, c=16), 3, 2, 2, dynamic="n", batches=(0, 1, 3))
    yield pooling("average_nhwc", "pooling_nhwc_sum", dict(n=1, y=8, x=8, c=24), 2, 2, 1, average=True)
    yield pooling("average_nchw", "pooling_nchw_sum", dict(n=1, y=8, x=36, c=3), 3, 1, 1, average=True)
    for dtype in ("f64", "f16", "bf16", "i8", "i32"):
        yield pooling(f"pooling_max_{dtype}", "pooling_nhwc_max", dict(n=1, y=8, x=9, c=20), 3, 2, 1, dtype)
