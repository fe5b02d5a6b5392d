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


OPERATIONS = {"addf": np.add, "mulf": np.multiply, "subf": np.subtract, "maximumf": np.maximum}


def mutants():
    """Two products with elementwise operations behind them; those of the second differ from the first's in nothing, or in an operand."""
    rows, depth, columns = 9, 12, 33
    for number in range(60):
        rng = rng_of(f"siblings {number}")
        p = Program(f"siblings_mutant_{number}")
        inputs = [random(rng, (rows, depth), "f32"), *(random(rng, (depth, columns), "f32") for _ in range(2)),
                  *(random(rng, (rows, columns), "f32") for _ in range(3))]
        arguments = [p.arg(a.shape) for a in inputs]
        x, weights, outside = arguments[0], arguments[1:3], list(zip(arguments, inputs))[3:]
        plan = [(rng.choice(list(OPERATIONS)), *rng.integers(0, len(outside) + 1 + step, 2)) for step in range(rng.integers(1, 5))]
        returned, expected = [], []
        for k, w in enumerate(weights):
            steps = list(plan)
            if k and number % 3:
                # Another operand: one from outside for one that was computed, or the other way around.
                i = rng.integers(len(steps))
                steps[i] = (steps[i][0], steps[i][1], rng.integers(0, len(outside) + 1 + i))
            if number % 2:
                # What stands first is from outside, and another for each product.
                steps.append(("mulf", k, len(outside) + len(steps)))
            pool = [*outside, (product(p, x, w), inputs[0] @ inputs[1 + k])]
            for name, a, b in steps:
                value = p.elementwise([pool[a][0], pool[b][0]], f"%q = arith.{name} %a, %b : f32\nyield %q")
                pool.append((value, OPERATIONS[name](pool[a][1], pool[b][1])))
            chosen = pool[len(outside):] if number % 5 == 0 else [pool[len(outside)], pool[-1]] if number % 5 == 1 else pool[-1:]
            returned += [value for value, _ in chosen]
            expected += [array for _, array in chosen]
        p.ret(*returned)
        p.case(inputs, expected)
        yield p


def gates():
    """A number, or a tensor, from outside stands in the first where the second reads what it computes itself."""
    rows, depth, columns = 20, 36, 40
    for kind in ("tensor", "number"):
        p = Program(f"siblings_gate_{kind}")
        rng = rng_of(p.name)
        inputs = [random(rng, shape, "f32") for shape in ((rows, depth), (depth, columns), (depth, columns), (rows, columns))]
        x, v, w, h = (p.arg(a.shape) for a in inputs)
        first, second = inputs[0] @ inputs[1], inputs[0] @ inputs[2]
        if kind == "tensor":
            one, other, body = [product(p, x, v), h], [product(p, x, w)] * 2, "%q = arith.mulf %a, %b : f32\nyield %q"
            bodies, expected = [body, body], [first * inputs[3], second * second]
        else:
            zero = p.index(0)
            s = p.fresh("s")
            p.line(f"{s} = tensor.extract {h}[{zero}, {zero}] : {h.type}")
            one, other = [product(p, x, v)], [product(p, x, w)]
            bodies = [f"%q = arith.mulf %a, {s} : f32\nyield %q", "%q = arith.mulf %a, %a : f32\nyield %q"]
            expected = [first * inputs[3][0, 0], second * second]
        p.ret(*(p.elementwise(operands, body) for operands, body in zip((one, other), bodies)))
        p.case(inputs, expected)
        yield p


def fills():
    """Numbers that are known at run time only are added in the form of tensors."""
    for rows in (20, None):
        p = Program(f"siblings_fills_{rows}")
        rng = rng_of(p.name)
        depth, columns = 36, 40
        x, v, w, numbers = p.arg([rows, depth]), p.arg([depth, columns]), p.arg([depth, columns]), p.arg([2])
        results = []
        for k, factor in enumerate((v, w)):
            s = p.fresh("s")
            p.line(f"{s} = tensor.extract {numbers}[{p.index(k)}] : {numbers.type}")
            empty = p.empty([x.dims[0], columns])
            filled = p.op(f"linalg.fill ins({s} : f32) outs({empty} : {empty.type}) -> %r", empty.dims)
            results.append(p.elementwise([product(p, x, factor), filled], ADD))
        p.ret(*results)
        for actual in (rows or 7, rows or 20):
            inputs = [random(rng, shape, "f32") for shape in ((actual, depth), (depth, columns), (depth, columns), (2,))]
            p.case(inputs, [inputs[0] @ inputs[1] + inputs[3][0], inputs[0] @ inputs[2] + inputs[3][1]])
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
    yield from mutants()
    yield from gates()
    yield from fills()
    yield from integers()
