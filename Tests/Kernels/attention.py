"""Products whose rows are normalized and multiplied again: what becomes one kernel of several nests, and what must not."""
import numpy as np

from program import Program, random, rng_of

PRODUCT = "%p = arith.mulf %a, %b : f32\n%q = arith.addf %x, %p : f32\nyield %q"
# Heads, rows, keys, and the sizes of a query and of a value.
SHAPES = [
    (1, 1, 1, 1, 1), (2, 1, 129, 32, 32), (1, 17, 33, 5, 7), (4, 48, 64, 32, 32), (3, 197, 197, 64, 64), (2, 25, 100, 16, 40),
    (5, 13, 7, 3, 2), (1, 64, 385, 64, 17), (12, 5, 16, 8, 8), (7, 12, 31, 33, 65),
]


def weights(scores):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def softmax(p, x):
    """Softmax along the last axis of a value of rank 3."""
    axes = ["d0, d1, d2", "d0, d1"]
    top = p.generic([x], [p.fill(x.dims[:2], -np.inf)], axes, "ppr", "%q = arith.maximumf %a, %x : f32\nyield %q")
    e = p.elementwise([x, top], "%p = arith.subf %a, %b : f32\n%q = math.exp %p : f32\nyield %q", maps=axes)
    total = p.generic([e], [p.fill(x.dims[:2], 0)], axes, "ppr", "%q = arith.addf %a, %x : f32\nyield %q")
    return p.elementwise([e, total], "%p = arith.divf %a, %b : f32\nyield %p", maps=axes)


def attention(p, q, k, v, mask=None, keys="d0, d2, d3", values="d0, d3, d2", heads_last=False):
    """Weighted sums of `v`. `keys` and `values` are the maps of these operands."""
    heads, rows = q.dims[:2]
    count = k.dims[1] if keys == "d0, d2, d3" else k.dims[2]
    columns = v.dims[2]
    scores = p.generic([q, k], [p.fill([heads, rows, count], 0)], ["d0, d1, d3", keys, "d0, d1, d2"], "pppr", PRODUCT)
    if mask is not None:
        scores = p.elementwise([scores, mask], "%p = arith.addf %a, %b : f32\nyield %p", maps=["d0, d1, d2", "d1, d2"])
    chosen = softmax(p, scores)
    result = p.generic([chosen, v], [p.fill([heads, rows, columns], 0)], ["d0, d1, d3", values, "d0, d1, d2"], "pppr", PRODUCT)
    if heads_last:
        out = p.empty([rows, heads, columns])
        result = p.generic([result], [out], ["d1, d0, d2", "d0, d1, d2"], "ppp", "yield %a")
    return scores, chosen, result


def reference(q, k, v, mask=None):
    scores = q.astype(np.float64) @ k.astype(np.float64).swapaxes(1, 2)
    if mask is not None:
        scores = scores + mask
    chosen = weights(scores)
    return scores, chosen, chosen @ v.astype(np.float64)


def data(rng, heads, rows, keys, size, columns):
    q, k, v = random(rng, (heads, rows, size), "f32"), random(rng, (heads, keys, size), "f32"), random(rng, (heads, keys, columns), "f32")
    return q, k, v, random(rng, (rows, keys), "f32") * 5


def plain():
    for heads, rows, keys, size, columns in SHAPES:
        p = Program(f"attention_{heads}x{rows}x{keys}x{size}x{columns}")
        q, k, v = p.arg([heads, rows, size]), p.arg([heads, size, keys]), p.arg([heads, keys, columns])
        mask = p.arg([rows, keys])
        p.ret(attention(p, q, k, v, mask, keys="d0, d3, d2", heads_last=True)[2])
        qs, ks, vs, ms = data(rng_of(p.name), heads, rows, keys, size, columns)
        p.case([qs, ks.swapaxes(1, 2), vs, ms], [reference(qs, ks, vs, ms)[2].swapaxes(0, 1).astype(np.float32)])
        yield p
        p = Program(f"attention_rows_{heads}x{rows}x{keys}x{size}x{columns}")
        q, k, v = p.arg([heads, rows, size]), p.arg([heads, keys, size]), p.arg([heads, keys, columns])
        p.ret(attention(p, q, k, v)[2])
        p.case([qs, ks, vs], [reference(qs, ks, vs)[2].astype(np.float32)])
        yield p


def dynamic():
    """Every size may be known at run time only; with dynamic keys the scratch memory grows from call to call."""
    for name, shape in {"heads": (None, 25, 40), "rows": (3, None, 40), "keys": (3, 25, None), "all": (None, None, None)}.items():
        p = Program(f"attention_dynamic_{name}")
        heads, rows, keys = shape
        q, k, v = p.arg([heads, rows, 16]), p.arg([heads, 16, keys]), p.arg([heads, keys, 24])
        p.ret(attention(p, q, k, v, keys="d0, d3, d2")[2])
        rng = rng_of(p.name)
        for size in (1, 2, 50, 13, 300):
            actual = [size if d is None else d for d in shape]
            qs, ks, vs, _ = data(rng, *actual, 16, 24)
            p.case([qs, ks.swapaxes(1, 2), vs], [reference(qs, ks, vs)[2].astype(np.float32)])
        yield p


def shared():
    """Others read the scores or the weights too, or the values depend on the weights."""
    heads, rows, keys, size = 2, 30, 30, 16
    for kind in ("scores", "weights", "reused", "twice"):
        p = Program(f"attention_shared_{kind}")
        q, k, v = p.arg([heads, rows, size]), p.arg([heads, size, keys]), p.arg([heads, keys, 24])
        scores, chosen, result = attention(p, q, k, v, keys="d0, d3, d2")
        qs, ks, vs, _ = data(rng_of(p.name), heads, rows, keys, size, 24)
        s, c, r = reference(qs, ks, vs)
        if kind == "scores":
            p.ret(result, scores)
            expected = [r, s]
        elif kind == "weights":
            p.ret(result, chosen)
            expected = [r, c]
        elif kind == "reused":
            # The weights, transposed: every row needs all of them.
            p.ret(p.generic([chosen, result], [p.fill([heads, rows, 24], 0)], ["d0, d3, d1", "d0, d3, d2", "d0, d1, d2"], "pppr", PRODUCT))
            expected = [c.swapaxes(1, 2) @ r]
        else:
            p.ret(p.generic([chosen, chosen], [p.fill([heads, rows, keys], 0)], ["d0, d1, d3", "d0, d3, d2", "d0, d1, d2"], "pppr", PRODUCT))
            expected = [c @ c]
        p.case([qs, ks.swapaxes(1, 2), vs], [e.astype(np.float32) for e in expected])
        yield p


def programs():
    yield from plain()
    yield from dynamic()
    yield from shared()
