"""Products of one tensor with several others: what becomes one kernel that computes them one after the other, and what must not."""
import numpy as np

from attention import PRODUCT
from program import Program, random, rng_of

# Rows, the reduction, columns, and how many products.
SHAPES = [
    (1, 1, 1, 2), (1, 64, 65, 3), (2, 7, 33, 4), (8, 100, 48, 3), (17, 31, 15, 2), (64, 64, 64, 3), (100, 33, 97, 3), (128, 385, 32, 2),
]
ADD = "%q = arith.addf %a, %b : f32\nyield %q"


def product(p, x, w, bias=None, start=0):
    """Rows of `x` by `w`, added to `start`, with a bias for each column."""
    result = p.generic([x, w], [p.fill([x.dims[0], w.dims[1]], start)], ["d0, d2", "d2, d1", "d0, d1"], "ppr", PRODUCT)
    return result if bias is None else p.elementwise([result, bias], ADD, maps=["d0, d1", "d1"])


def plain():
    for rows, depth, columns, count in SHAPES:
        for kind in ("", "dynamic", "constant"):
            p = Program("_".join(filter(None, ["siblings", kind, f"{rows}x{depth}x{columns}x{count}"])))
            rng = rng_of(p.name)
            x = p.arg([None if kind == "dynamic" else rows, depth])
            w, b = random(rng, (count, depth, columns), "f32"), random(rng, (count, columns), "f32")
            if kind == "constant":
                weights, biases = [p.constant(v) for v in w], [p.constant(v) for v in b]
            else:
                weights, biases = [p.arg([depth, columns]) for _ in w], [p.arg([columns]) for _ in b]
            p.ret(*[product(p, x, *operands) for operands in zip(weights, biases)])
            for actual in (rows, 1, 2 * rows + 3) if kind == "dynamic" else (rows,):
                xs = random(rng, (actual, depth), "f32")
                p.case([xs] if kind == "constant" else [xs, *w, *b], [xs @ w[i] + b[i] for i in range(count)])
            yield p


def unlike():
    """Products that differ in something, or that need each other."""
    rows, depth, columns = 20, 36, 40
    for kind in ("bias", "sizes", "scaled", "kept", "same_bias", "chained", "summed", "starts"):
        p = Program(f"siblings_{kind}")
        rng = rng_of(p.name)
        inputs = []

        def arg(*shape):
            inputs.append(random(rng, shape, "f32"))
            return p.arg(shape), inputs[-1]

        def scaled(value, number):
            return p.elementwise([value], f"%c = arith.constant {number} : f32\n%q = arith.mulf %a, %c : f32\nyield %q")

        (x, xs), (v, vs), (w, ws) = arg(rows, depth), arg(depth, columns), arg(depth, 24 if kind == "sizes" else columns)
        first, second = xs @ vs, xs @ ws
        if kind == "bias":
            b, bs = arg(columns)
            p.ret(product(p, x, v, b), product(p, x, w))
            expected = [first + bs, second]
        elif kind == "sizes":
            p.ret(product(p, x, v), product(p, x, w))
            expected = [first, second]
        elif kind == "scaled":
            p.ret(scaled(product(p, x, v), 2.0), scaled(product(p, x, w), 0.5))
            expected = [first * 2, second / 2]
        elif kind == "kept":
            # The first product is returned as it is, too.
            b, bs = arg(columns)
            kept = product(p, x, v)
            p.ret(kept, p.elementwise([kept, b], ADD, maps=["d0, d1", "d1"]), product(p, x, w, b))
            expected = [first, first + bs, second + bs]
        elif kind == "same_bias":
            # Of three products two have one bias: their operands are not at equal distances.
            (u, us), (b, bs), (c, cs) = arg(depth, columns), arg(columns), arg(columns)
            p.ret(product(p, x, v, b), product(p, x, w, b), product(p, x, u, c))
            expected = [first + bs, second + bs, xs @ us + cs]
        elif kind == "starts":
            p.ret(product(p, x, v), product(p, x, w, start=1))
            expected = [first, second + 1]
        elif kind == "chained":
            u, us = arg(columns, columns)
            one = product(p, x, v)
            p.ret(one, product(p, one, u), product(p, x, w))
            expected = [first, first @ us, second]
        else:
            p.ret(p.elementwise([product(p, x, v), product(p, x, w)], ADD))
            expected = [first + second]
        p.case(inputs, expected)
        yield p


def integers():
    """Products of bytes."""
    rows, depth, columns = 33, 64, 48
    p = Program("siblings_bytes")
    rng = rng_of(p.name)
    x = p.arg([rows, depth], "i8")
    weights = [p.arg([depth, columns], "i8") for _ in range(3)]
    body = "%s = arith.extsi %a : i8 to i32\n%t = arith.extsi %b : i8 to i32\n%p = arith.muli %s, %t : i32\n" \
        "%q = arith.addi %x, %p : i32\nyield %q"
    p.ret(*[p.generic([x, w], [p.fill([rows, columns], 0, "i32")], ["d0, d2", "d2, d1", "d0, d1"], "ppr", body) for w in weights])
    xs = rng.integers(-128, 128, (rows, depth)).astype(np.int8)
    ws = [rng.integers(-128, 128, (depth, columns)).astype(np.int8) for _ in weights]
    p.case([xs, *ws], [xs.astype(np.int32) @ w.astype(np.int32) for w in ws])
    yield p


def programs():
    yield from plain()
    yield from unlike()
    yield from integers()
