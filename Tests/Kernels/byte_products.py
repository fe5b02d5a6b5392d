"""Products of bytes that are added up in 32 bits: all signs, packed and computed operands, odd sizes."""
import numpy as np

from program import Program, rng_of

KINDS = {"s": (np.int8, "extsi"), "u": (np.uint8, "extui")}


def body(first, second):
    return (f"%p = arith.{KINDS[first][1]} %a : i8 to i32\n%q = arith.{KINDS[second][1]} %b : i8 to i32\n"
            "%r = arith.muli %p, %q : i32\n%s = arith.addi %x, %r : i32\nyield %s")


def draw(rng, shape, kind):
    """Random bytes of all values, the extreme ones more often: they are what saturates."""
    values = rng.integers(0, 256, shape).astype(np.uint8).view(KINDS[kind][0])
    ends = np.array([np.iinfo(KINDS[kind][0]).min, np.iinfo(KINDS[kind][0]).max], KINDS[kind][0])
    return np.where(rng.random(shape) < 0.3, rng.choice(ends, shape), values)


def product(text, a, b):
    return np.einsum(text, a.astype(np.int64), b.astype(np.int64)).astype(np.int32)


def matmuls():
    """A constant on the right, which is packed at compile time, or both computed."""
    sizes = [(12, 32, 64), (1, 1, 1), (1, 64, 33), (13, 16, 4), (17, 33, 31), (25, 100, 3), (384, 40, 130), (None, 48, 20), (None, 17, 7)]
    for first in "us":
        for second in "us":
            for m, n, k in sizes:
                for constant in (True, False):
                    p = Program(f"bytes_{first}{second}_{m or 'n'}x{n}x{k}_{'constant' if constant else 'computed'}")
                    rng = rng_of(p.name)
                    b = draw(rng, (k, n), second)
                    lhs = p.arg([m, k], "i8")
                    rhs = p.constant(b.view(np.int8), "i8") if constant else p.arg([k, n], "i8")
                    out = p.fill([lhs.dims[0], n], 0, "i32")
                    p.ret(p.generic([lhs, rhs], [out], ["d0, d2", "d2, d1", "d0, d1"], "ppr", body(first, second)))
                    for rows in (m,) if m else (0, 1, 11, 30):
                        a = draw(rng, (rows, k), first)
                        p.case([a.view(np.int8)] + ([] if constant else [b.view(np.int8)]), [product("mk,kn->mn", a, b)])
                    yield p


def operands():
    """Batches, transposed operands, and reductions of unknown length."""
    forms = {
        "batch": ("bmk,bkn->bmn", ["d0, d1, d3", "d0, d3, d2", "d0, d1, d2"], "pppr"),
        "heads": ("bmk,bnk->bmn", ["d0, d1, d3", "d0, d2, d3", "d0, d1, d2"], "pppr"),
        "transposed": ("km,kn->mn", ["d2, d0", "d2, d1", "d0, d1"], "ppr"),
        "two": ("mkl,kln->mn", ["d0, d2, d3", "d2, d3, d1", "d0, d1"], "pprr"),
    }
    extents = {"b": 3, "m": 19, "n": 37, "k": 27, "l": 6}
    for name, (text, maps, iterators) in forms.items():
        for first, second in ("us", "uu", "ss"):
            for dynamic in (False, True):
                p = Program(f"bytes_{name}_{first}{second}_{'dynamic' if dynamic else 'static'}")
                rng = rng_of(p.name)
                left, right = text.split("->")[0].split(",")
                arrays = [draw(rng, [extents[c] for c in axes], kind) for axes, kind in ((left, first), (right, second))]
                values = [p.arg([None if dynamic else extents[c] for c in axes], "i8") for axes in (left, right)]
                sizes = {c: d for axes, value in zip((left, right), values) for c, d in zip(axes, value.dims)}
                out = p.fill([sizes[c] for c in text.split("->")[1]], 0, "i32")
                p.ret(p.generic(values, [out], maps, iterators, body(first, second)))
                p.case([a.view(np.int8) for a in arrays], [product(text, *arrays)])
                yield p


def convolutions():
    """Channels innermost, as the compiler lays them out; few channels leave a rest of the reduction."""
    maps = ["d0, d1 * 2 + d4, d2 + d5, d6", "d4, d5, d6, d3", "d0, d1, d2, d3"]
    for channels in (3, 8, 33):
        for first, second in ("us", "uu", "ss", "su"):
            p = Program(f"bytes_convolution_{channels}_{first}{second}")
            rng = rng_of(p.name)
            x, w = draw(rng, (2, 11, 9, channels), first), draw(rng, (3, 3, channels, 35), second)
            image, filters = p.arg(x.shape, "i8"), p.constant(w.view(np.int8), "i8")
            p.ret(p.generic([image, filters], [p.fill([2, 5, 7, 35], 0, "i32")], maps, "pppprrr", body(first, second)))
            windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::2]
            p.case([x.view(np.int8)], [product("nyxcij,ijcf->nyxf", windows, w)])
            yield p


def epilogues():
    """What makes bytes of the sums in the same kernel, and floats of those bytes."""
    quantize = ("%c = arith.constant 0.0117 : f32\n%lo = arith.constant -128.0 : f32\n%hi = arith.constant 127.0 : f32\n"
                "%f = arith.sitofp %a : i32 to f32\n%g = arith.mulf %f, %c : f32\n%h = math.roundeven %g : f32\n"
                "%i = arith.maximumf %h, %lo : f32\n%j = arith.minimumf %i, %hi : f32\n%k = arith.fptosi %j : f32 to i8\nyield %k")
    widen = "%f = arith.sitofp %a : i8 to f32\n%c = arith.constant 0.5 : f32\n%g = arith.mulf %f, %c : f32\nyield %g"
    for m, n, k in ((17, 33, 31), (24, 64, 64), (None, 48, 20)):
        p = Program(f"bytes_epilogue_{m or 'n'}x{n}x{k}")
        rng = rng_of(p.name)
        b = draw(rng, (k, n), "s")
        lhs = p.arg([m, k], "i8")
        sums = p.generic([lhs, p.constant(b, "i8")], [p.fill([lhs.dims[0], n], 0, "i32")], ["d0, d2", "d2, d1", "d0, d1"], "ppr", body("u", "s"))
        narrow = p.elementwise([sums], quantize, "i8")
        p.ret(narrow, p.elementwise([narrow], widen, "f32"))
        for rows in (m,) if m else (1, 20):
            a = draw(rng, (rows, k), "u")
            scaled = product("mk,kn->mn", a, b).astype(np.float32) * np.float32(0.0117)
            expected = np.clip(np.round(scaled), -128, 127).astype(np.int8)
            p.case([a.view(np.int8)], [expected, expected * np.float32(0.5)])
        yield p


def programs():
    for family in (matmuls, operands, convolutions, epilogues):
        yield from family()
