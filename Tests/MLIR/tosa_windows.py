"""Convolutions, pools and matrix products of the dialect tosa."""
import numpy as np

from program import NUMPY, is_float, is_integer, rng
from tosa_ops import simple


def conv(x, k, b, stride, dilation, pad, xz=0, kz=0, depthwise=False):
    """numpy's convolution: NHWC and OHWI, or HWCM where it is depthwise."""
    x = np.pad(x.astype(np.float64) - xz, ((0, 0), (pad[0], pad[1]), (pad[2], pad[3]), (0, 0)))
    k = k.astype(np.float64) - kz
    kh, kw = (k.shape[0], k.shape[1]) if depthwise else (k.shape[1], k.shape[2])
    oh = (x.shape[1] - (kh - 1) * dilation[0] - 1) // stride[0] + 1
    ow = (x.shape[2] - (kw - 1) * dilation[1] - 1) // stride[1] + 1
    out = np.zeros((x.shape[0], oh, ow, k.shape[2] * k.shape[3] if depthwise else k.shape[0]))
    for i in range(oh):
        for j in range(ow):
            w = x[:, i * stride[0]:i * stride[0] + (kh - 1) * dilation[0] + 1:dilation[0], j * stride[1]:j * stride[1] + (kw - 1) * dilation[1] + 1:dilation[1]]
            out[:, i, j] = (np.einsum("nhwc,hwcm->ncm", w, k).reshape(x.shape[0], -1) if depthwise else np.einsum("nhwc,ohwc->no", w, k)) + b
    return out


def convolutions():
    def points(a, b, x, y):
        return [f'%p = "tosa.const"() {{values = dense<{x}> : tensor<1x{a}>}} : () -> tensor<1x{a}>', f'%q = "tosa.const"() {{values = dense<{y}> : tensor<1x{b}>}} : () -> tensor<1x{b}>']
    for a, w, c, acc in (("f32", "f32", "f32", "f32"), ("f16", "f16", "f16", "f32"), ("f16", "f16", "f16", "f16"), ("bf16", "bf16", "bf16", "f32"), ("i8", "i8", "i32", "i32"), ("i8", "i4", "i32", "i32"), ("i16", "i8", "i48", "i48")):
        r = rng("tosa conv", a, w)
        x, k = r.integers(-3, 4, (1, 6, 7, 3)).astype(NUMPY[a]), r.integers(-3, 4, (4, 3, 2, 3)).astype(NUMPY[w])
        bias = r.integers(-9, 9, (4,)).astype(np.int64 if c == "i48" else NUMPY[c])
        xz, kz = (3, 0) if a == "i8" else (0, 0)
        zx, zk = (str(xz), str(kz)) if is_integer(a) else ("0.0", "0.0")
        out_type = np.int64 if c == "i48" else NUMPY[c]
        for note, stride, dilation, pad in (("", (1, 1), (1, 1), (0, 0, 0, 0)), (" with strides, dilations and borders", (2, 1), (1, 2), (1, 0, 1, 2))):
            want = conv(x, k, bias.astype(np.float64), stride, dilation, pad, xz, kz)
            extra = points(a, w, zx, zk)
            attributes = f"acc_type = {acc}, pad = array<i64: {', '.join(map(str, pad))}>, stride = array<i64: {stride[0]}, {stride[1]}>, dilation = array<i64: {dilation[0]}, {dilation[1]}>"
            # A border must divide: sizes that do not are refused by the verifier.
            h = 6 + pad[0] + pad[1] - 1 - 2 * dilation[0]
            if h % stride[0]:
                pad = (pad[0], pad[1] + 1, pad[2], pad[3])
                want = conv(x, k, bias.astype(np.float64), stride, dilation, pad, xz, kz)
                attributes = attributes.replace("pad = array<i64: 1, 0,", "pad = array<i64: 1, 1,")
            yield simple("conv2d", f"tosa.conv2d %a, %b, %c, %p, %q {{{attributes}}} : (T0, T1, T2, tensor<1x{a}>, tensor<1x{w}>) -> R", [a, w, c], c, [x, k, bias], want.astype(out_type),
                         f"{a} x {w}, sums in {acc}{note}", 2e-2 if acc in ("f16",) or c in ("bf16",) else None, extra=extra)
            if acc == "f16" or (note and a != "f32" and a != "i8"):
                continue
            kd = r.integers(-3, 4, (3, 2, 3, 2)).astype(NUMPY[w])
            bd = r.integers(-9, 9, (6,)).astype(out_type)
            want = conv(x, kd, bd.astype(np.float64), stride, dilation, pad, xz, kz, True)
            yield simple("depthwise_conv2d", f"tosa.depthwise_conv2d %a, %b, %c, %p, %q {{{attributes}}} : (T0, T1, T2, tensor<1x{a}>, tensor<1x{w}>) -> R", [a, w, c], c, [x, kd, bd], want.astype(out_type),
                         f"{a} x {w}, sums in {acc}{note}", 2e-2 if c == "bf16" else None, extra=extra)
    r = rng("tosa conv3d")
    for a, c in (("f32", "f32"), ("i8", "i32")):
        x, k = r.integers(-3, 4, (1, 3, 4, 5, 2)).astype(NUMPY[a]), r.integers(-3, 4, (3, 2, 2, 3, 2)).astype(NUMPY[a])
        bias = r.integers(-9, 9, (3,)).astype(NUMPY[c])
        z = "0.0" if a == "f32" else "2"
        want = np.zeros((1, 2, 3, 3, 3))
        for i, j, l in np.ndindex(2, 3, 3):
            want[:, i, j, l] = np.einsum("ndhwc,odhwc->no", x[:, i:i + 2, j:j + 2, l:l + 3].astype(float) - float(z), k.astype(float)) + bias
        yield simple("conv3d", f"tosa.conv3d %a, %b, %c, %p, %q {{acc_type = {c}, pad = array<i64: 0, 0, 0, 0, 0, 0>, stride = array<i64: 1, 1, 1>, dilation = array<i64: 1, 1, 1>}} : (T0, T1, T2, tensor<1x{a}>, tensor<1x{a}>) -> R",
                     [a, a, c], c, [x, k, bias], want.astype(NUMPY[c]), f"{a}", extra=points(a, a, z, z.replace("2", "0")))
        x, k = r.integers(-3, 4, (1, 3, 4, 2)).astype(NUMPY[a]), r.integers(-3, 4, (3, 2, 3, 2)).astype(NUMPY[a])
        want = np.zeros((1, 2 * 2 + 2, 3 * 1 + 3, 3))
        for i, j in np.ndindex(3, 4):
            want[0, i * 2:i * 2 + 2, j:j + 3] += np.einsum("c,ohwc->hwo", x[0, i, j].astype(float) - float(z), k.astype(float))
        yield simple("transpose_conv2d", f"tosa.transpose_conv2d %a, %b, %c, %p, %q {{acc_type = {c}, out_pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 1>}} : (T0, T1, T2, tensor<1x{a}>, tensor<1x{a}>) -> R",
                     [a, a, c], c, [x, k, bias], (want + bias).astype(NUMPY[c]), f"{a}", extra=points(a, a, z, z.replace("2", "0")))
    for a, c in (("f32", "f32"), ("f16", "f16"), ("f16", "f32"), ("bf16", "f32"), ("i8", "i32"), ("i16", "i48")):
        x, y = r.integers(-4, 5, (2, 3, 4)).astype(NUMPY[a]), r.integers(-4, 5, (2, 4, 5)).astype(NUMPY[a])
        xz, yz = (3, -2) if a == "i8" else (0, 0)
        want = np.matmul(x.astype(float) - xz, y.astype(float) - yz).astype(np.int64 if c == "i48" else NUMPY[c])
        extra = points(a, a, str(xz) if is_integer(a) else "0.0", str(yz) if is_integer(a) else "0.0")
        yield simple("matmul", f"tosa.matmul %a, %b, %p, %q : (T0, T1, tensor<1x{a}>, tensor<1x{a}>) -> R", [a, a], c, [x, y], want, f"{a} to {c}", extra=extra)
    for a in ("f32", "f16", "bf16", "i8", "i16"):
        x = r.integers(-9, 10, (1, 5, 6, 2)).astype(NUMPY[a])
        p = np.stack([np.stack([x[:, i * 2:i * 2 + 3, j:j + 2].astype(float) for j in range(5)], 1) for i in range(2)], 1)
        yield simple("max_pool2d", "tosa.max_pool2d %a {kernel = array<i64: 3, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 1>} : (T0) -> R", [a], a, [x], p.max((3, 4)).astype(NUMPY[a]), a)
        z = "0.0" if is_float(a) else "0"
        mean = p.mean((3, 4))
        if is_integer(a):
            # The standard's reciprocal of 6: a multiplier of 31 bits, a little too large.
            k = 3
            multiplier = (((1 << 30) + 1) << k) // 6
            mean = np.floor((p.sum((3, 4)) * multiplier + 2.0 ** (29 + k)) / 2.0 ** (30 + k))
        acc = "f32" if is_float(a) else "i32"
        yield simple("avg_pool2d", f"tosa.avg_pool2d %a, %p, %q {{acc_type = {acc}, kernel = array<i64: 3, 2>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 2, 1>}} : (T0, tensor<1x{a}>, tensor<1x{a}>) -> R",
                     [a], a, [x], mean.astype(NUMPY[a]), a, extra=points(a, a, z, z))


def programs():
    yield from convolutions()
