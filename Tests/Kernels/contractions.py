"""Matrix products in all their forms, with what is usually fused with them."""

import numpy as np

from program import NUMPY, SIZES, Program, is_float, random, rng_of

def body(dtype):
    kind = "f" if is_float(dtype) else "i"
    return f"%p = arith.mul{kind} %a, %b : {dtype}\n%q = arith.add{kind} %x, %p : {dtype}\nyield %q"


def wide(array):
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


def product(a, b, acc=None, dtype="f32"):
    result = wide(a) @ wide(b)
    return (result if acc is None else result + wide(acc)).astype(NUMPY[dtype])


def roles(others):
    """Shapes (m, n, k) in which each role takes every size once."""
    m, n, k = others
    return [(s, n, k) for s in SIZES] + [(m, s, k) for s in SIZES] + [(m, n, s) for s in SIZES]


def matmuls():
    p = Program("matmul_dynamic")
    lhs, rhs, acc = p.arg([None, None]), p.arg([None, None]), p.arg([None, None])
    p.ret(p.named("matmul", [lhs, rhs], acc))
    rng = rng_of(p.name)
    for m, n, k in roles((17, 33, 20)):
        a, b, c = random(rng, (m, k), "f32"), random(rng, (k, n), "f32"), random(rng, (m, n), "f32")
        p.case([a, b, c], [product(a, b, c)])
    p.case([np.zeros((3, 4)), np.zeros((5, 3)), np.zeros((3, 3))], error="must be as large as")
    p.case([np.zeros((3, 4)), np.zeros((4, 3)), np.zeros((2, 3))], error="must be as large as")
    yield p
    for m, n, k in sorted(set(roles((17, 33, 20)) + [(1, 1, 1), (1, 385, 64), (64, 1, 64), (100, 100, 100), (384, 128, 128)])):
        p = Program(f"matmul_{m}x{n}x{k}")
        lhs, rhs = p.arg([m, k]), p.arg([k, n])
        p.ret(p.named("matmul", [lhs, rhs], p.fill([m, n], 0)))
        rng = rng_of(p.name)
        a, b = random(rng, (m, k), "f32"), random(rng, (k, n), "f32")
        p.case([a, b], [product(a, b)])
        yield p
    # Rows that fill the second-level cache several times, so that they are passed in blocks, the last of which is smaller.
    for m, n, k, batch in ((1501, 97, 384, ()), (1501, 70, 384, (2,)), (700, 200, 1030, ()), (1100, 96, 1030, ())):
        p = Program("matmul_blocks_" + "x".join(map(str, (*batch, m, n, k))))
        rng = rng_of(p.name)
        b = random(rng, (*batch, k, n), "f32")
        lhs, rhs = p.arg([*batch, m, k]), p.constant(b)
        p.ret(p.named("batch_matmul" if batch else "matmul", [lhs, rhs], p.fill([*batch, m, n], 0)))
        a = random(rng, (*batch, m, k), "f32")
        p.case([a], [product(a, b)])
        yield p
    for mask in range(1, 7):  # which of m, n, k are dynamic
        m, n, k = [None if mask >> i & 1 else s for i, s in enumerate((33, 65, 31))]
        p = Program(f"matmul_mixed_{mask}")
        lhs, rhs = p.arg([m, k]), p.arg([k, n])
        p.ret(p.named("matmul", [lhs, rhs], p.fill([lhs.dims[0], rhs.dims[1]], 0)))
        rng = rng_of(p.name)
        for size in (0, 1, 7, 16, 63, 100):
            am, an, ak = m or size, n or size, k or size
            am, an, ak = [size if d is None else d for d in (m, n, k)]
            a, b = random(rng, (am, ak), "f32"), random(rng, (ak, an), "f32")
            p.case([a, b], [product(a, b)])
        yield p
    for dtype in ("f64", "f16", "bf16", "i8", "i16", "i32", "i64"):
        for form, shape in (("static", (17, 33, 31)), ("dynamic", (None, None, None)), ("rows", (None, 64, 16))):
            p = Program(f"matmul_{dtype}_{form}")
            m, n, k = shape
            lhs, rhs = p.arg([m, k], dtype), p.arg([k, n], dtype)
            p.ret(p.named("matmul", [lhs, rhs], p.fill([lhs.dims[0], rhs.dims[1]], 0, dtype)))
            rng = rng_of(p.name)
            for size in (1, 17, 65) if None in shape else (1,):
                am, an, ak = [size if d is None else d for d in shape]
                a, b = random(rng, (am, ak), dtype), random(rng, (ak, an), dtype)
                p.case([a, b], [product(a, b, dtype=dtype)])
            yield p
    for given, made in (("i8", "i32"), ("f16", "f32"), ("bf16", "f32"), ("i16", "i64"), ("f32", "f64")):
        for m, n, k in ((17, 33, 31), (None, 64, 100)):
            p = Program(f"matmul_{given}_{made}_{'dynamic' if m is None else m}")
            lhs, rhs = p.arg([m, k], given), p.arg([k, n], given)
            p.ret(p.named("matmul", [lhs, rhs], p.fill([lhs.dims[0], n], 0, made)))
            rng = rng_of(p.name)
            for rows in (1, 16, 37) if m is None else (m,):
                a, b = random(rng, (rows, k), given), random(rng, (k, n), given)
                p.case([a, b], [product(a, b, dtype=made)])
            yield p
    p = Program("matmul_quantized")
    lhs, rhs = p.arg([None, 33], "i8"), p.arg([33, 20], "i8")
    zero = p.scalar(3, "i32"), p.scalar(-2, "i32")
    out = p.fill([lhs.dims[0], 20], 0, "i32")
    p.ret(p.op(
        f"linalg.quantized_matmul ins({lhs}, {rhs}, {zero[0]}, {zero[1]} : {lhs.type}, {rhs.type}, i32, i32) outs({out} : {out.type}) -> %r",
        out.dims, "i32"))
    rng = rng_of(p.name)
    for rows in (1, 19):
        a, b = rng.integers(-128, 128, (rows, 33)).astype(np.int8), rng.integers(-128, 128, (33, 20)).astype(np.int8)
        p.case([a, b], [product(a.astype(np.int32) - 3, b.astype(np.int32) + 2, dtype="i32")])
    yield p


def transposed():
    """Both operands in both orders, batches in all places, as generics."""
    forms = {
        "nt": ("d0, d2", "d1, d2", "d0, d1", "mk,nk->mn"), "tn": ("d2, d0", "d2, d1", "d0, d1", "km,kn->mn"),
        "tt": ("d2, d0", "d1, d2", "d0, d1", "km,nk->mn"), "out": ("d0, d2", "d2, d1", "d1, d0", "mk,kn->nm"),
        "ntout": ("d0, d2", "d1, d2", "d1, d0", "mk,nk->nm"),
    }
    for name, (a_map, b_map, c_map, text) in forms.items():
        for shape in ((17, 33, 31), (64, 64, 64), (1, 100, 33), (100, 1, 16), (None, None, None), (None, 48, 32)):
            yield einsum(f"einsum_{name}_" + "x".join(str(s or "n") for s in shape), text, [a_map, b_map, c_map], "ppr", dict(zip("mnk", shape)))
    batched = {
        "batch": (["d0, d1, d3", "d0, d3, d2", "d0, d1, d2"], "pppr", "bmk,bkn->bmn"),
        "batch_nt": (["d0, d1, d3", "d0, d2, d3", "d0, d1, d2"], "pppr", "bmk,bnk->bmn"),
        "broadcast_rhs": (["d0, d1, d3", "d3, d2", "d0, d1, d2"], "pppr", "bmk,kn->bmn"),
        "broadcast_lhs": (["d1, d3", "d0, d3, d2", "d0, d1, d2"], "pppr", "mk,bkn->bmn"),
        "heads": (["d1, d0, d3", "d2, d0, d3", "d0, d1, d2"], "pppr", "mbk,nbk->bmn"),
        "heads_out": (["d0, d1, d3", "d3, d0, d2", "d1, d0, d2"], "pppr", "bmk,kbn->mbn"),
        "outer": (["d0, d1", "d0, d2", "d0, d1, d2"], "ppp", "bm,bn->bmn"),
    }
    for name, (maps, iterators, text) in batched.items():
        for b, m, n, k in ((3, 17, 33, 20), (2, 1, 64, 64), (None, None, 32, 16), (None, None, None, None), (1, 7, 16, 5)):
            label = "x".join(str(s or "n") for s in (b, m, n, k))
            yield einsum(f"einsum_{name}_{label}", text, maps, iterators, dict(b=b, m=m, n=n, k=k))
    two = (["d0, d2, d3", "d2, d3, d1", "d0, d1"], "pprr", "mkl,kln->mn")
    for k in (None, 5):
        yield einsum(f"einsum_two_reductions_{k}", two[2], two[0], two[1], dict(m=17, n=33, k=k, l=7))
    yield einsum("einsum_three_operands", "mk,kn,n->mn", ["d0, d2", "d2, d1", "d1", "d0, d1"], "ppr", dict(m=9, n=20, k=33))
    yield einsum("einsum_bilinear", "bi,ijn,bj->bn", ["d0, d2", "d2, d3, d1", "d0, d3", "d0, d1"], "pprr", dict(b=4, n=18, i=5, j=17))
    for dtype in ("i32", "f64", "bf16"):
        yield einsum(f"einsum_nt_{dtype}", "mk,nk->mn", ["d0, d2", "d1, d2", "d0, d1"], "ppr", dict(m=17, n=19, k=33), dtype)
    for name, text, maps, iterators in (
        ("matvec", "mk,k->m", ["d0, d1", "d1", "d0"], "pr"), ("vecmat", "k,km->m", ["d1", "d1, d0", "d0"], "pr"),
        ("matvec_t", "km,k->m", ["d1, d0", "d1", "d0"], "pr"), ("dot", "k,k->", ["d0", "d0", ""], "r"),
    ):
        for m, k in ((17, 33), (None, None), (1, 100), (385, 1), (64, 64)):
            if name == "dot" and m == 385:
                continue
            yield einsum(f"einsum_{name}_{m or 'n'}x{k or 'n'}", text, maps, iterators, dict(m=m, k=k))


def einsum(name, text, maps, iterators, sizes, dtype="f32"):
    p = Program(name)
    ins, out = text.split("->")
    known = {}
    arguments = []
    for letters in ins.split(","):
        value = p.arg([sizes[c] for c in letters], dtype)
        known.update({c: d for c, d in zip(letters, value.dims) if c not in known or isinstance(d, int)})
        arguments.append(value)
    kind = "f" if is_float(dtype) else "i"
    text_body = f"%p0 = arith.mul{kind} %a, %b : {dtype}\n"
    last = "%p0"
    if len(arguments) == 3:
        text_body += f"%p1 = arith.mul{kind} %p0, %c : {dtype}\n"
        last = "%p1"
    text_body += f"%q = arith.add{kind} %x, {last} : {dtype}\nyield %q"
    p.ret(p.generic(arguments, [p.fill([known[c] for c in out], 0, dtype)], maps, iterators, text_body))
    rng = rng_of(name)
    dynamic = any(s is None for s in sizes.values())
    for size in (0, 1, 5, 16, 33) if dynamic else (1,):
        real = {c: size + i if s is None and size else s if s is not None else size for i, (c, s) in enumerate(sizes.items())}
        arrays = [random(rng, [real[c] for c in letters], dtype) for letters in ins.split(",")]
        p.case(arrays, [np.einsum(text, *[wide(a) for a in arrays]).astype(NUMPY[dtype])])
    return p


def weights():
    """Constant operands, which are packed and evaluated at compile time."""
    for n, k in ((1, 1), (7, 33), (16, 16), (17, 31), (33, 64), (64, 65), (100, 3), (128, 128), (385, 20)):
        for order in ("kn", "nk"):
            for rows in (None, 1, 24):
                p = Program(f"weight_{order}_{n}x{k}_{'dynamic' if rows is None else rows}")
                rng = rng_of(p.name)
                weight = random(rng, (k, n) if order == "kn" else (n, k), "f32")
                lhs = p.arg([rows, k])
                maps = ["d0, d2", "d2, d1" if order == "kn" else "d1, d2", "d0, d1"]
                p.ret(p.generic([lhs, p.constant(weight)], [p.fill([lhs.dims[0], n], 0)], maps, "ppr", body("f32")))
                for m in (0, 1, 3, 17, 65) if rows is None else (rows,):
                    a = random(rng, (m, k), "f32")
                    p.case([a], [product(a, weight if order == "kn" else weight.T)])
                yield p
    for name in ("resource", "global_constant"):
        p = Program(f"weight_{name}")
        rng = rng_of(p.name)
        weight, bias = random(rng, (31, 40), "f32"), random(rng, (40,), "f32")
        lhs = p.arg([None, 31])
        w, v = getattr(p, name)(weight), getattr(p, name)(bias)
        r = p.named("matmul", [lhs, w], p.fill([lhs.dims[0], 40], 0))
        p.ret(p.elementwise([r, v], "%p = arith.addf %a, %b : f32\nyield %p", maps=["d0, d1", "d1"]))
        for m in (1, 18):
            a = random(rng, (m, 31), "f32")
            p.case([a], [product(a, weight, bias)])
        yield p
    # The constant on the left, in batches, computed from another, used twice, with other types.
    p = Program("weight_left")
    rng = rng_of(p.name)
    weight = random(rng, (40, 31), "f32")
    rhs = p.arg([31, None])
    p.ret(p.named("matmul", [p.constant(weight), rhs], p.fill([40, rhs.dims[1]], 0)))
    for n in (1, 16, 37):
        b = random(rng, (31, n), "f32")
        p.case([b], [product(weight, b)])
    yield p
    p = Program("weight_batch")
    rng = rng_of(p.name)
    weight = random(rng, (3, 20, 37), "f32")
    lhs = p.arg([3, None, 20])
    p.ret(p.named("batch_matmul", [lhs, p.constant(weight)], p.fill([3, lhs.dims[1], 37], 0)))
    for m in (1, 18):
        a = random(rng, (3, m, 20), "f32")
        p.case([a], [product(a, weight)])
    yield p
    p = Program("weight_dequantized")
    rng = rng_of(p.name)
    weight, scale = rng.integers(-128, 128, (24, 37)).astype(np.int8), random(rng, (37,), "f32")
    lhs = p.arg([None, 24])
    w = p.elementwise(
        [p.constant(weight, "i8"), p.constant(scale)], "%f = arith.sitofp %a : i8 to f32\n%p = arith.mulf %f, %b : f32\nyield %p", "f32",
        maps=["d0, d1", "d1"])
    p.ret(p.named("matmul", [lhs, w], p.fill([lhs.dims[0], 37], 0)), w)
    for m in (1, 18):
        a = random(rng, (m, 24), "f32")
        real = weight.astype(np.float32) * scale
        p.case([a], [product(a, real), real], tolerance=1e-3)
    yield p
    p = Program("weight_twice")
    rng = rng_of(p.name)
    weight = random(rng, (37, 37), "f32")
    lhs, w = p.arg([None, 37]), p.constant(weight)
    one = p.named("matmul", [lhs, w], p.fill([lhs.dims[0], 37], 0))
    two = p.named("matmul", [one, w], p.fill([lhs.dims[0], 37], 0))
    t = p.generic([two, w], [p.fill([lhs.dims[0], 37], 0)], ["d0, d2", "d1, d2", "d0, d1"], "ppr", body("f32"))
    p.ret(one, two, t, w)
    for m in (1, 18):
        a = random(rng, (m, 37), "f32")
        x = wide(a) @ wide(weight)
        y = x @ wide(weight)
        p.case([a], [x.astype(np.float32), y.astype(np.float32), (y @ wide(weight).T).astype(np.float32), weight], tolerance=1e-4)
    yield p
    for dtype in ("f64", "f16", "bf16", "i8", "i32"):
        p = Program(f"weight_{dtype}")
        rng = rng_of(p.name)
        weight = random(rng, (31, 40), dtype)
        lhs = p.arg([None, 31], dtype)
        p.ret(p.named("matmul", [lhs, p.constant(weight, dtype)], p.fill([lhs.dims[0], 40], 0, dtype)))
        for m in (1, 18):
            a = random(rng, (m, 31), dtype)
            p.case([a], [product(a, weight, dtype=dtype)])
        yield p
    p = Program("weight_both")
    rng = rng_of(p.name)
    left, right = random(rng, (17, 31), "f32"), random(rng, (31, 40), "f32")
    p.ret(p.named("matmul", [p.constant(left), p.constant(right)], p.fill([17, 40], 0)))
    p.case([], [product(left, right)])
    yield p


def programs():
    for family in (matmuls, transposed, weights):
        yield from family()
