"""The operations of linalg that have names: contractions, convolutions, pooling, and element by element."""
import itertools

import numpy as np

import elementwise
from program import NUMPY, Program, is_float, is_integer, rng, tensor, values

# Sizes of loops; 's' and 'd' are strides and dilations.
SIZES = {"m": 3, "n": 5, "k": 4, "b": 2, "oh": 2, "ow": 3, "od": 2, "kh": 2, "kw": 3, "kd": 2, "c": 3, "f": 4, "g": 2,
         "m0": 2, "n0": 3, "k0": 2, "q": 2}
STRIDE, DILATION = {"h": 2, "w": 1, "d": 2}, {"h": 1, "w": 2, "d": 1}


def indices(operand):
    """'b oh*kh c' is the dimensions of an operand: a loop, or 'o + k' of a window, written 'oh*kh'."""
    return [word.split("*") for word in operand.split()]


def extent(word):
    if len(word) == 1:
        return SIZES[word[0]]
    axis = word[0][-1]
    return (SIZES[word[0]] - 1) * STRIDE[axis] + (SIZES[word[1]] - 1) * DILATION[axis] + 1


def evaluate(operands, arrays, start, combine):
    """Combines the elements of the inputs at all points of the loops into a copy of `start`."""
    spec = [indices(o) for o in operands]
    loops = list(dict.fromkeys(loop for words in spec for word in words for loop in word))
    result = np.array(start, object if start.dtype.kind in "iub" else np.float64)

    def at(words, point):
        return tuple(point[w[0]] if len(w) == 1 else point[w[0]] * STRIDE[w[0][-1]] + point[w[1]] * DILATION[w[0][-1]] for w in words)

    wide = [np.asarray(a, object if a.dtype.kind in "iu" else np.float64) for a in arrays]
    for numbers in itertools.product(*(range(SIZES[loop]) for loop in loops)):
        point = dict(zip(loops, numbers))
        place = at(spec[-1], point)
        result[place] = combine(result[place], *(a[at(words, point)] for a, words in zip(wide, spec) if words is not None))
    return result


def call(op, operands, kinds, attributes, dynamic, extra=(), forms=None, tolerance=None, combine=None, note="", shapeless=()):
    """A program of one named operation; the last operand is the output. `shapeless` are those that only give sizes."""
    shapes = [[extent(w) for w in indices(o)] for o in operands]
    types = [tensor([None] * len(s) if dynamic else s, k) for s, k in zip(shapes, kinds)]
    r = rng(op, *kinds)
    arrays = [small(r, s, k) for s, k in zip(shapes, kinds)]
    names = [f"%a{i}" for i in range(len(types))]
    scalars = "".join(f", %z{i}" for i in range(len(extra)))
    scalar_types = "".join(", i32" for _ in extra)
    constants = "".join(f"  %z{i} = arith.constant {z} : i32\n" for i, z in enumerate(extra))
    text = (f"func.func @f({', '.join(f'{n}: {t}' for n, t in zip(names, types))}) -> {types[-1]} {{\n{constants}"
            f"  %r = linalg.{op} {attributes} ins({', '.join(names[:-1])}{scalars} : {', '.join(types[:-1])}{scalar_types}) "
            f"outs({names[-1]} : {types[-1]}) -> {types[-1]}\n  return %r : {types[-1]}\n}}\n")
    result = evaluate(operands, arrays[:-1], arrays[-1], combine)
    kind = kinds[-1]
    want = result.astype(np.int64).astype(NUMPY[kind]) if is_integer(kind) else result.astype(np.float64).astype(NUMPY[kind])
    label = " x ".join(dict.fromkeys(kinds)) + (" dynamic" if dynamic else "") + note
    return Program(f"linalg.{op}", label, text, arrays, [want], tolerance)


def small(r, shape, kind):
    """Small numbers: sums of products fit, and are exact in f16."""
    if kind == "i1":
        return r.random(shape) < 0.5
    if is_integer(kind):
        return r.integers(-5, 6, shape).astype(NUMPY[kind])
    return r.integers(-2, 3, shape).astype(NUMPY[kind])


CONTRACTIONS = {
    "matmul": ("m k", "k n", "m n"), "batch_matmul": ("b m k", "b k n", "b m n"), "batch_reduce_matmul": ("b m k", "b k n", "m n"),
    "mmt4d": ("m k m0 k0", "n k n0 k0", "m n m0 n0"), "batch_mmt4d": ("b m k m0 k0", "b n k n0 k0", "b m n m0 n0"),
    "matvec": ("m n", "n", "m"), "vecmat": ("m", "m n", "n"), "batch_matvec": ("b m k", "b k", "b m"), "batch_vecmat": ("b k", "b k n", "b n"),
    "dot": ("m", "m", ""),
}
CONVOLUTIONS = {
    "conv_1d": ("ow*kw", "kw", "ow"), "conv_2d": ("oh*kh ow*kw", "kh kw", "oh ow"), "conv_3d": ("od*kd oh*kh ow*kw", "kd kh kw", "od oh ow"),
    "conv_1d_nwc_wcf": ("b ow*kw c", "kw c f", "b ow f"), "conv_1d_ncw_fcw": ("b c ow*kw", "f c kw", "b f ow"),
    "conv_2d_nhwc_hwcf": ("b oh*kh ow*kw c", "kh kw c f", "b oh ow f"), "conv_2d_nhwc_fhwc": ("b oh*kh ow*kw c", "f kh kw c", "b oh ow f"),
    "conv_2d_nchw_fchw": ("b c oh*kh ow*kw", "f c kh kw", "b f oh ow"),
    "conv_2d_ngchw_fgchw": ("b g c oh*kh ow*kw", "f g c kh kw", "b g f oh ow"),
    "conv_2d_ngchw_gfchw": ("b g c oh*kh ow*kw", "g f c kh kw", "b g f oh ow"),
    "conv_2d_nhwgc_gfhwc": ("b oh*kh ow*kw g c", "g f kh kw c", "b oh ow g f"),
    "conv_3d_ndhwc_dhwcf": ("b od*kd oh*kh ow*kw c", "kd kh kw c f", "b od oh ow f"),
    "conv_3d_ncdhw_fcdhw": ("b c od*kd oh*kh ow*kw", "f c kd kh kw", "b f od oh ow"),
    "depthwise_conv_1d_nwc_wc": ("b ow*kw c", "kw c", "b ow c"), "depthwise_conv_1d_ncw_cw": ("b c ow*kw", "c kw", "b c ow"),
    "depthwise_conv_1d_nwc_wcm": ("b ow*kw c", "kw c q", "b ow c q"),
    "depthwise_conv_2d_nhwc_hwc": ("b oh*kh ow*kw c", "kh kw c", "b oh ow c"), "depthwise_conv_2d_nchw_chw": ("b c oh*kh ow*kw", "c kh kw", "b c oh ow"),
    "depthwise_conv_2d_nhwc_hwcm": ("b oh*kh ow*kw c", "kh kw c q", "b oh ow c q"),
    "depthwise_conv_3d_ndhwc_dhwc": ("b od*kd oh*kh ow*kw c", "kd kh kw c", "b od oh ow c"),
    "depthwise_conv_3d_ncdhw_cdhw": ("b c od*kd oh*kh ow*kw", "c kd kh kw", "b c od oh ow"),
    "depthwise_conv_3d_ndhwc_dhwcm": ("b od*kd oh*kh ow*kw c", "kd kh kw c q", "b od oh ow c q"),
}
QUANTIZED = {
    "quantized_matmul": ("m k", "k n", "m n"), "quantized_batch_matmul": ("b m k", "b k n", "b m n"),
    "conv_2d_nhwc_hwcf_q": CONVOLUTIONS["conv_2d_nhwc_hwcf"], "conv_2d_nhwc_fhwc_q": CONVOLUTIONS["conv_2d_nhwc_fhwc"],
    "conv_2d_nchw_fchw_q": CONVOLUTIONS["conv_2d_nchw_fchw"], "conv_2d_nhwgc_gfhwc_q": CONVOLUTIONS["conv_2d_nhwgc_gfhwc"],
    "conv_2d_ngchw_gfchw_q": CONVOLUTIONS["conv_2d_ngchw_gfchw"], "conv_3d_ndhwc_dhwcf_q": CONVOLUTIONS["conv_3d_ndhwc_dhwcf"],
    "depthwise_conv_2d_nhwc_hwc_q": CONVOLUTIONS["depthwise_conv_2d_nhwc_hwc"],
    "depthwise_conv_2d_nhwc_hwcm_q": CONVOLUTIONS["depthwise_conv_2d_nhwc_hwcm"],
}
POOLS = {
    "nhwc": ("b oh*kh ow*kw c", "kh kw", "b oh ow c"), "nchw": ("b c oh*kh ow*kw", "kh kw", "b c oh ow"), "nwc": ("b ow*kw c", "kw", "b ow c"),
    "ncw": ("b c ow*kw", "kw", "b c ow"), "ndhwc": ("b od*kd oh*kh ow*kw c", "kd kh kw", "b od oh ow c"),
}


def plain(function):
    """Calls without strides and dilations, which some convolutions have not."""
    own = dict(STRIDE), dict(DILATION)
    STRIDE.update(dict.fromkeys(STRIDE, 1)), DILATION.update(dict.fromkeys(DILATION, 1))
    try:
        return list(function())
    finally:
        STRIDE.update(own[0]), DILATION.update(own[1])


def windows(operands):
    """The attributes of strides and dilations."""
    axes = [w[0][-1] for w in indices(operands[0]) if len(w) == 2]
    if not axes:
        return ""
    n = f"tensor<{len(axes)}xi64>"
    return (f"{{strides = dense<[{', '.join(str(STRIDE[a]) for a in axes)}]> : {n}, "
            f"dilations = dense<[{', '.join(str(DILATION[a]) for a in axes)}]> : {n}}}")


def multiply(total, x, y):
    return total + x * y


KINDS = [("f32",) * 3, ("f16", "f16", "f32"), ("i8", "i8", "i32"), ("f64",) * 3, ("bf16", "bf16", "f32"), ("i32",) * 3]


PLAIN = ("conv_1d", "conv_2d", "conv_3d")


def plain_convolutions():
    for op in PLAIN:
        for kinds in KINDS[:3]:
            yield call(op, CONVOLUTIONS[op], kinds, "", False, combine=multiply)
        yield call(op, CONVOLUTIONS[op], KINDS[0], "", True, combine=multiply)


def contractions():
    for op, operands in {**CONTRACTIONS, **CONVOLUTIONS}.items():
        if op in PLAIN:
            continue
        attributes = windows(operands)
        main = op in ("matmul", "batch_matmul", "conv_2d_nhwc_hwcf", "mmt4d")
        for kinds in KINDS if main else KINDS[:3]:
            yield call(op, operands, kinds, attributes, False, combine=multiply)
        yield call(op, operands, KINDS[0], attributes, True, combine=multiply)
        if main:
            yield call(op, operands, ("f16",) * 3, attributes, False, combine=multiply)
            yield call(op, operands, ("bf16",) * 3, attributes, False, combine=multiply)
            yield call(op, operands, ("i4", "i4", "i32"), attributes, False, combine=multiply)
    for op in ("matmul", "batch_matmul"):
        a, b, c = CONTRACTIONS[op]
        loops = ["b", "m", "n", "k"] if "batch" in op else ["m", "n", "k"]

        def spelled(o):
            return f"affine_map<({', '.join(loops)}) -> ({', '.join(o.split())})>"
        for note, x, y in ((" transposed a", " ".join(a.split()[:-2] + ["k", "m"]), b), (" transposed b", a, " ".join(b.split()[:-2] + ["n", "k"])),
                           (" broadcast", "k", b) if op == "matmul" else (" broadcast", "m k", b)):
            yield call(op, (x, y, c), KINDS[0], f"indexing_maps = [{spelled(x)}, {spelled(y)}, {spelled(c)}]", False, combine=multiply, note=note)
    for op in ("matmul", "conv_1d_nwc_wcf"):
        operands = {**CONTRACTIONS, **CONVOLUTIONS}[op]
        if op == "matmul":
            def unsigned(total, x, y):
                return total + (x & 255) * (y & 255)
            yield call(op, operands, ("i8", "i8", "i32"), "{cast = #linalg.type_fn<cast_unsigned>}", False, combine=unsigned, note=" unsigned")
    for op, operands in QUANTIZED.items():
        for dynamic in (False, True):
            yield call(op, operands, ("i8", "i8", "i32"), windows(operands), dynamic, extra=(3, -2),
                       combine=lambda total, x, y: total + (x - 3) * (y + 2))


def pools():
    combine = {"sum": lambda t, x, k: t + x, "max": lambda t, x, k: max(t, x), "min": lambda t, x, k: min(t, x),
               "max_unsigned": lambda t, x, k: max(t, x, key=lambda v: v & 255), "min_unsigned": lambda t, x, k: min(t, x, key=lambda v: v & 255)}
    for kind in ("nhwc_sum", "nchw_sum", "nhwc_max", "nhwc_max_unsigned", "nchw_max", "nhwc_min", "nhwc_min_unsigned", "nwc_sum", "ncw_sum", "nwc_max",
                 "nwc_max_unsigned", "ncw_max", "nwc_min", "nwc_min_unsigned", "ndhwc_sum", "ndhwc_max", "ndhwc_min"):
        layout, how = kind.split("_", 1)
        operands = POOLS[layout]
        types = ["i8"] if "unsigned" in how else ["f32", "i8", "f16", "i32"]
        for t in types:
            yield call(f"pooling_{kind}", operands, (t, t, t), windows(operands), False, combine=combine[how])
        yield call(f"pooling_{kind}", operands, (types[0],) * 3, windows(operands), True, combine=combine[how])


def contract():
    """linalg.contract, with maps of any kind."""
    for note, loops, operands in (("matmul", "m n k", ("m k", "k n", "m n")), ("transposed", "m n k", ("k m", "n k", "n m")),
                                  ("batches reduced", "b m n k", ("b m k", "b k n", "m n")), ("broadcast", "b m n k", ("b m k", "k n", "b m n"))):
        def spelled(o):
            return f"affine_map<({', '.join(loops.split())}) -> ({', '.join(o.split())})>"
        for kinds in (KINDS[0], KINDS[2], KINDS[1]):
            for dynamic in (False, True):
                yield call("contract", operands, kinds, f"indexing_maps = [{', '.join(map(spelled, operands))}]", dynamic, combine=multiply, note=f" {note}")


UNARY = {"exp": np.exp, "log": np.log, "abs": np.abs, "ceil": np.ceil, "floor": np.floor, "negf": np.negative, "reciprocal": lambda x: 1 / x,
         "round": elementwise.rounded, "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x), "square": np.square, "tanh": np.tanh, "erf": elementwise.erf}
BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "max": np.maximum, "min": np.minimum, "powf": np.power}


def elementwise_named():
    shape = (3, 5)

    def build(op, kinds, arrays, want, dynamic, head=None, maps=""):
        types = [tensor([None, None] if dynamic else a.shape, k) for a, k in zip(arrays, kinds)]
        out = tensor([None, None] if dynamic else want.shape, kinds[-1])
        names = [f"%a{i}" for i in range(len(types))]
        text = (f"func.func @f({', '.join(f'{n}: {t}' for n, t in zip(names, types))}, %o: {out}) -> {out} {{\n"
                f"  %r = linalg.{head or op} {maps} ins({', '.join(names)} : {', '.join(types)}) outs(%o : {out}) -> {out}\n  return %r : {out}\n}}\n")
        return Program(f"linalg.{head.split()[0] if head else op}", f"{op + ' ' if head else ''}{' x '.join(dict.fromkeys(kinds))}{' dynamic' if dynamic else ''}", text,
                       list(arrays) + [np.zeros(want.shape, want.dtype)], [want])

    for op, f in UNARY.items():
        for t, dynamic in (("f32", False), ("f32", True), ("f16", False), ("bf16", False), ("f64", False)):
            x = values(rng(op, t), shape, t, 0.25, 4)
            want = f(x.astype(np.float64)).astype(NUMPY[t])
            yield build(op, [t, t], [x], want, dynamic)
            yield build(op, [t, t], [x], want, dynamic, head=f"elementwise kind=#linalg.elementwise_kind<{op}>")
    for op, f in BINARY.items():
        for t, dynamic in (("f32", False), ("f32", True), ("f16", False), ("bf16", False), ("f64", False)):
            r = rng(op, t)
            x, y = values(r, shape, t, 0.25, 4), values(r, shape, t, 0.25, 4)
            want = f(x.astype(np.float64), y.astype(np.float64)).astype(NUMPY[t])
            yield build(op, [t] * 3, [x, y], want, dynamic)
            kind = op + "_signed" if op in ("max", "min") else op
            yield build(op, [t] * 3, [x, y], want, dynamic, head=f"elementwise kind=#linalg.elementwise_kind<{kind}>")
    for op, f in (("add", lambda x, y: x + y), ("sub", lambda x, y: x - y), ("mul", lambda x, y: x * y), ("div", elementwise.truncated),
                  ("max", max), ("min", min), ("div_unsigned", lambda x, y: (x & 255) // (y & 255))):
        t = "i8" if op == "div_unsigned" else "i32"
        x, y = rng(op).integers(-9, 9, shape).astype(NUMPY[t]), rng(op, 2).integers(1, 9, shape).astype(NUMPY[t])
        want = np.frompyfunc(lambda a, b: f(int(a), int(b)), 2, 1)(x, y).astype(np.int64).astype(NUMPY[t])
        yield build(op, [t] * 3, [x, y], want, False)
        yield build(op, [t] * 3, [x, y], want, True)
    for t in ("f32", "i8", "bf16", "i1"):
        c, x, y = rng("select", t).random(shape) < 0.5, values(rng(t, 1), shape, t), values(rng(t, 2), shape, t)
        yield build("select", ["i1", t, t, t], [c, x, y], np.where(c, x, y), False)
        x = values(rng("copy", t), shape, t)
        yield build("copy", [t, t], [x], x, False)
        yield build("copy", [t, t], [x], x, True)
    # With maps: an operand that is transposed, and one that is broadcast.
    x, y = values(rng("maps"), (5, 3), "f32"), values(rng("maps2"), (5,), "f32")
    maps = "indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>]"
    yield build("add with maps", ["f32"] * 3, [x, y], x.T + y, False, head="elementwise kind=#linalg.elementwise_kind<add>", maps=maps)


def fills():
    for t in ("f32", "f16", "bf16", "f64", "i8", "i32", "i1", "index", "i4"):
        for dynamic in (False, True):
            k = tensor([None, 4] if dynamic else [3, 4], t)
            v = {"i1": "true", "index": "7"}.get(t, "2.5" if is_float(t) else "-3")
            number = {"true": True, "7": 7, "2.5": 2.5, "-3": -3}[v]
            suffix = "" if t == "i1" else f" : {t}"
            text = (f"func.func @f(%o: {k}) -> {k} {{\n  %c = arith.constant {v}{suffix}\n"
                    f"  %r = linalg.fill ins(%c : {t}) outs(%o : {k}) -> {k}\n  return %r : {k}\n}}\n")
            yield Program("linalg.fill", t + (" dynamic" if dynamic else ""), text, [np.zeros((3, 4), NUMPY[t])], [np.full((3, 4), number).astype(NUMPY[t])])


def random_fill():
    k = "tensor<4x6xf32>"
    text = (f"func.func @f(%o: {k}) -> {k} {{\n  %a = arith.constant -1.0 : f64\n  %b = arith.constant 3.0 : f64\n  %s = arith.constant 42 : i32\n"
            f"  %r = linalg.fill_rng_2d ins(%a, %b, %s : f64, f64, i32) outs(%o : {k}) -> {k}\n  return %r : {k}\n}}\n")
    want = np.zeros((4, 6))
    for i, j in np.ndindex(4, 6):
        # The definition of linalg.fill_rng_2d: two steps of a linear congruence from indices and seed.
        def step(value):
            return (value * 1103515245 + 12345 + 2 ** 31) % 2 ** 32 - 2 ** 31
        r = step(step(i + 42) + j)
        want[i, j] = (float(r) + float(2147483647.0)) * ((3.0 - -1.0) * 2.3283063999999999e-10) + -1.0
    yield Program("linalg.fill_rng_2d", "f32", text, [np.zeros((4, 6), np.float32)], [want.astype(np.float32)])


def programs():
    yield from contractions()
    yield from plain(plain_convolutions)
    yield from contract()
    yield from pools()
    yield from elementwise_named()
    yield from fills()
    yield from random_fill()
