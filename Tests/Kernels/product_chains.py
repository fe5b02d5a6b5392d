"""Matrix products with what is usually fused with them, and products of products."""
import math

import numpy as np

from contractions import body, product, wide
from program import Program, random, rng_of

GELU = """
%c = arith.constant 0.5 : f32
%s = arith.constant 0.70710678118654752 : f32
%o = arith.constant 1.0 : f32
%p = arith.mulf %a, %s : f32
%q = math.erf %p : f32
%r = arith.addf %q, %o : f32
%t = arith.mulf %a, %c : f32
%u = arith.mulf %t, %r : f32
yield %u"""


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf, otypes=[np.float64])(x / math.sqrt(2)))


def epilogues():
    for constant in (False, True):
        for m, n, k in ((17, 33, 31), (None, 64, 64), (1, 100, 20), (None, 7, 16), (33, 1, 20), (24, 128, 385)):
            p = Program(f"bias_gelu_residual_{'constant' if constant else 'given'}_{m or 'n'}x{n}x{k}")
            rng = rng_of(p.name)
            weight, bias = random(rng, (k, n), "f32"), random(rng, (n,), "f32")
            lhs, residual = p.arg([m, k]), p.arg([m, n])
            w, v = (p.constant(weight), p.constant(bias)) if constant else (p.arg([k, n]), p.arg([n]))
            r = p.named("matmul", [lhs, w], p.fill([lhs.dims[0], n], 0))
            r = p.elementwise([r, v], "%p = arith.addf %a, %b : f32\nyield %p", maps=["d0, d1", "d1"])
            r = p.elementwise([r], GELU)
            p.ret(p.elementwise([r, residual], "%p = arith.addf %a, %b : f32\nyield %p"))
            for rows in (0, 1, 17, 40) if m is None else (m,):
                a, e = random(rng, (rows, k), "f32"), random(rng, (rows, n), "f32")
                p.case([a, e] + ([] if constant else [weight, bias]), [(gelu(wide(a) @ wide(weight) + bias) + e).astype(np.float32)])
            yield p
    p = Program("epilogue_row_bias_relu_scale_and_products")
    m, n, k = 18, 33, 20
    lhs, rhs, rows, scale = p.arg([m, k]), p.arg([k, n]), p.arg([m]), p.arg([])
    r = p.named("matmul", [lhs, rhs], p.fill([m, n], 0))
    s = p.elementwise(
        [r, rows, scale],
        "%z = arith.constant 0.0 : f32\n%p = arith.addf %a, %b : f32\n%q = arith.maximumf %p, %z : f32\n%t = arith.mulf %q, %c : f32\nyield %t",
        maps=["d0, d1", "d0", ""])
    t = p.elementwise([r, s], "%p = arith.subf %a, %b : f32\nyield %p")
    p.ret(r, s, t)
    rng = rng_of(p.name)
    a, b, v, f = (random(rng, s, "f32") for s in ((m, k), (k, n), (m,), ()))
    x = wide(a) @ wide(b)
    y = np.maximum(x + v[:, None], 0) * f
    p.case([a, b, v, f], [x.astype(np.float32), y.astype(np.float32), (x - y).astype(np.float32)])
    yield p


def chains():
    p = Program("mlp")
    rng = rng_of(p.name)
    weights_ = [random(rng, s, "f32") for s in ((20, 64), (64, 33), (33, 10))]
    value = p.arg([None, 20])
    for w in weights_:
        value = p.named("matmul", [value, p.constant(w)], p.fill([value.dims[0], w.shape[1]], 0))
        value = p.elementwise([value], "%z = arith.constant 0.0 : f32\n%q = arith.maximumf %a, %z : f32\nyield %q")
    p.ret(value)
    for rows in (0, 1, 5, 33):
        a = random(rng, (rows, 20), "f32")
        x = wide(a)
        for w in weights_:
            x = np.maximum(x @ w, 0)
        p.case([a], [x.astype(np.float32)], tolerance=1e-4)
    yield p
    for n in (None, 17, 64):
        p = Program(f"attention_{n or 'n'}")
        q, k, v = (p.arg([2, n, 16]) for _ in range(3))
        rows, columns = q.dims[1], k.dims[1]
        s = p.generic([q, k], [p.fill([2, rows, columns], 0)], ["d0, d1, d3", "d0, d2, d3", "d0, d1, d2"], "pppr", body("f32"))
        top = p.generic([s], [p.fill([2, rows], -np.inf)], ["d0, d1, d2", "d0, d1"], "ppr", "%p = arith.maximumf %a, %x : f32\nyield %p")
        e = p.elementwise([s, top], "%p = arith.subf %a, %b : f32\n%q = math.exp %p : f32\nyield %q", maps=["d0, d1, d2", "d0, d1"])
        total = p.generic([e], [p.fill([2, rows], 0)], ["d0, d1, d2", "d0, d1"], "ppr", "%p = arith.addf %a, %x : f32\nyield %p")
        w = p.elementwise([e, total], "%p = arith.divf %a, %b : f32\nyield %p", maps=["d0, d1, d2", "d0, d1"])
        p.ret(p.named("batch_matmul", [w, v], p.fill([2, rows, 16], 0)))
        rng = rng_of(p.name)
        for size in (1, 17, 65) if n is None else (n,):
            arrays = [random(rng, (2, size, 16), "f32") for _ in range(3)]
            x = wide(arrays[0]) @ wide(arrays[1]).transpose(0, 2, 1)
            x = np.exp(x - x.max(-1, keepdims=True))
            p.case(arrays, [(x / x.sum(-1, keepdims=True) @ arrays[2]).astype(np.float32)])
        yield p
    p = Program("square_and_gram")
    x = p.arg([20, 20])
    square = p.named("matmul", [x, x], p.fill([20, 20], 0))
    gram = p.generic([x, x], [p.fill([20, 20], 0)], ["d0, d2", "d1, d2", "d0, d1"], "ppr", body("f32"))
    diagonal = p.generic([x], [p.empty([20])], ["d0, d0", "d0"], "p", "yield %a")
    trace = p.generic([x], [p.fill([], 0)], ["d0, d0", ""], "r", "%p = arith.addf %a, %x : f32\nyield %p")
    p.ret(square, gram, diagonal, trace)
    a = random(rng_of(p.name), (20, 20), "f32")
    p.case([a], [product(a, a), product(a, a.T), np.diag(a), np.trace(wide(a)).astype(np.float32)])
    yield p
    p = Program("gram_of_transposed")
    x = p.arg([4, 5])
    t = p.generic([x], [p.empty([5, 4])], ["d1, d0", "d0, d1"], "pp", "yield %a")
    p.ret(p.generic([t, t], [p.fill([5, 5], 0)], ["d0, d2", "d1, d2", "d0, d1"], "ppr", body("f32")))
    a = random(rng_of(p.name), (4, 5), "f32")
    p.case([a], [product(a.T, a)])
    yield p
    p = Program("accumulate_in_place")
    lhs, rhs, acc = p.arg([17, 20]), p.arg([20, 33]), p.arg([17, 33])
    one = p.named("matmul", [lhs, rhs], acc)
    two = p.named("matmul", [lhs, rhs], one)
    p.ret(two, one, acc)
    rng = rng_of(p.name)
    a, b, c = random(rng, (17, 20), "f32"), random(rng, (20, 33), "f32"), random(rng, (17, 33), "f32")
    p.case([a, b, c], [product(a, b, product(a, b, c)), product(a, b, c), c])
    yield p


def programs():
    for family in (epilogues, chains):
        yield from family()
