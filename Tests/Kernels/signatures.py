"""What kernels take and give: ranks, many inputs and outputs, types of all widths, indices, conditions, named operations."""
import itertools

import numpy as np

from elementwise import erf
from program import NUMPY, SIZES, Program, random, rng_of


def signatures():
    add = "%p = arith.addf %a, %b : f32\nyield %p"
    rng = rng_of("signatures")
    for rank in range(0, 9):
        p = Program(f"rank_{rank}")
        shape = [3, 2, 1, 4, 2, 1, 2, 5][:rank]
        x, y = p.arg([None if i % 2 else s for i, s in enumerate(shape)]), p.arg(shape)
        p.ret(p.elementwise([x, y], add), p.elementwise([y, x], "%p = arith.subf %a, %b : f32\nyield %p"))
        a, b = random(rng, shape, "f32"), random(rng, shape, "f32")
        p.case([a, b], [a + b, b - a])
        yield p
    p = Program("inputs_64")
    arguments = [p.arg([33]) for _ in range(64)]
    names = [f"%{chr(97 + i)}" if i < 20 else f"%a{i}" for i in range(64)]
    text = "\n".join(f"%s{i} = arith.addf {'%s' + str(i - 1) if i > 1 else names[0]}, {names[i]} : f32" for i in range(1, 64))
    p.ret(p.elementwise(arguments, text + "\nyield %s63"))
    arrays = [random(rng, (33,), "f32") for _ in range(64)]
    p.case(arrays, [sum(arrays)])
    yield p
    p = Program("sum_of_64")
    arguments = [p.arg([33]) for _ in range(64)]
    total = arguments[0]
    for argument in arguments[1:]:
        total = p.elementwise([total, argument], add)
    p.ret(total)
    p.case(arrays, [sum(arrays)])
    yield p
    p = Program("chain_of_100")
    x = p.arg([None])
    value = x
    for i in range(100):
        value = p.elementwise([value], f"%c = arith.constant {0.5 + i / 200} : f32\n%p = arith.mulf %a, %c : f32\n%q = arith.addf %p, %c : f32\nyield %q")
    p.ret(value)
    for n in (1, 40):
        data = random(rng, n, "f32")
        e = data.astype(np.float64)
        for i in range(100):
            e = e * (0.5 + i / 200) + (0.5 + i / 200)
        p.case([data], [e.astype(np.float32)])
    yield p
    p = Program("outputs_of_all_kinds")
    x, y = p.arg([4, None]), p.arg([4, None])
    s = p.elementwise([x, y], add)
    c = p.constant(np.arange(7, dtype=np.int64), "i64")
    f = p.fill([3], 2.5)
    p.ret(x, s, s, y, c, f, x)
    for n in (0, 1, 17):
        a, b = random(rng, (4, n), "f32"), random(rng, (4, n), "f32")
        p.case([a, b], [a, a + b, a + b, b, np.arange(7), np.full(3, 2.5, np.float32), a])
    yield p
    p = Program("no_computation")
    x = p.arg([2, 3], "i8")
    p.ret(x)
    data = random(rng, (2, 3), "i8")
    p.case([data], [data])
    yield p
    p = Program("no_inputs")
    p.ret(p.fill([5, 3], 7, "i32"), p.constant(np.array([[1.5, 2.5]], np.float32)), p.constant(np.array(3.25), "f64"))
    p.case([], [np.full((5, 3), 7, np.int32), np.array([[1.5, 2.5]], np.float32), np.array(3.25)])
    yield p
    for dtype in NUMPY:
        if dtype == "index":
            continue
        p = Program(f"copy_{dtype}")
        x = p.arg([None, None], dtype)
        t = p.generic([x], [p.empty([x.dims[1], x.dims[0]], dtype)], ["d1, d0", "d0, d1"], "pp", "yield %a")
        p.ret(t, p.named("copy", [x], p.empty(x.dims, dtype)))
        for shape in ((0, 3), (1, 1), (17, 33), (3, 100)):
            data = random(rng, shape, dtype)
            p.case([data], [data.T, data])
        yield p
    p = Program("several_results")
    x, y = p.arg([None, 20]), p.arg([20])
    outs = [p.empty(x.dims), p.empty([20, x.dims[0]]), p.empty(x.dims, "i1"), p.empty(x.dims, "i64")]
    p.ret(*p.generic(
        [x, y], outs, ["d0, d1", "d1", "d0, d1", "d1, d0", "d0, d1", "d0, d1"], "pp",
        "%s = arith.addf %a, %b : f32\n%m = arith.mulf %a, %b : f32\n%l = arith.cmpf olt, %a, %b : f32\n%i = linalg.index 1 : index\n"
        "%j = arith.index_cast %i : index to i64\nyield %s, %m, %l, %j"))
    for n in (0, 1, 18):
        a, b = random(rng, (n, 20), "f32"), random(rng, 20, "f32")
        p.case([a, b], [a + b, (a * b).T, a < b, np.broadcast_to(np.arange(20), (n, 20))])
    yield p
    p = Program("reads_its_output")
    x, y = p.arg([17, 20]), p.arg([17, 20])
    r = p.generic([x], [y], ["d0, d1", "d0, d1"], "pp", "%s = arith.subf %x, %a : f32\nyield %s")
    p.ret(p.elementwise([r, y], "%p = arith.mulf %a, %b : f32\nyield %p"), r)
    a, b = random(rng, (17, 20), "f32"), random(rng, (17, 20), "f32")
    p.case([a, b], [(b - a) * b, b - a])
    yield p
    for m, n in ((1, 1), (7, 33), (None, None), (None, 64)):
        p = Program(f"index_{m or 'n'}x{n or 'n'}")
        x = p.arg([m, n], "i64")
        p.ret(p.elementwise(
            [x], "%c = arith.constant 10 : index\n%i = linalg.index 0 : index\n%j = linalg.index 1 : index\n%p = arith.muli %i, %c : index\n%q = arith.addi %p, %j : index\n"
            "%r = arith.index_cast %q : index to i64\n%s = arith.addi %r, %a : i64\nyield %s"),
            p.elementwise([x], "%c = arith.constant 3 : index\n%j = linalg.index 1 : index\n%p = arith.remui %j, %c : index\n%q = arith.divui %j, %c : index\n"
                          "%s = arith.muli %p, %q : index\n%t = arith.index_cast %s : index to i64\nyield %t"))
        for size in (0, 1, 20) if m is None else (0,):
            shape = (size if m is None else m, size + 1 if n is None else n)
            data = random(rng, shape, "i64")
            i, j = np.indices(shape)
            p.case([data], [data + i * 10 + j, (j % 3) * (j // 3)])
        yield p
    for op, function in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("div", np.divide), ("max", np.maximum), ("min", np.minimum)):
        p = Program(f"linalg_{op}")
        x, y = p.arg([None, 17]), p.arg([None, 17])
        p.ret(p.named(op, [x, y], p.empty(x.dims)))
        for n in (0, 1, 5):
            a, b = random(rng, (n, 17), "f32"), random(rng, (n, 17), "f32", positive=True)
            p.case([a, b], [function(a, b)])
        yield p
    p = Program("linalg_unary")
    x = p.arg([None, 17])
    p.ret(*[p.named(op, [x], p.empty(x.dims)) for op in ("exp", "log", "abs", "ceil", "floor", "negf", "sqrt", "rsqrt", "tanh", "erf", "square", "reciprocal")])
    data = random(rng, (3, 17), "f32", positive=True)
    wide = data.astype(np.float64)
    p.case([data], [f(wide).astype(np.float32) for f in (
        np.exp, np.log, np.abs, np.ceil, np.floor, np.negative, np.sqrt, lambda v: 1 / np.sqrt(v), np.tanh, erf, np.square, np.reciprocal)])
    yield p
    p = Program("named_broadcast_map")
    x = p.arg([None])
    out = p.empty([x.dims[0], 5])
    spread = p.op(f"linalg.broadcast ins({x} : {x.type}) outs({out} : {out.type}) dimensions = [1]", out.dims)
    p.ret(spread, p.op(f"linalg.map {{ math.exp }} ins({spread} : {spread.type}) outs({out} : {out.type})", out.dims))
    for n in (0, 1, 20):
        data = random(rng, n, "f32")
        e = np.broadcast_to(data[:, None], (n, 5))
        p.case([data], [e, np.exp(e)])
    yield p
    # Conditions in bodies: the same for all lanes, and one for each.
    p = Program("conditions")
    x, flag = p.arg([None, 33]), p.arg([], "i1")
    both = p.elementwise(
        [x, flag], "%z = arith.constant 0.0 : f32\n%c = arith.cmpf olt, %a, %z : f32\n"
        "%r = scf.if %c -> (f32) {\n%n = arith.negf %a : f32\nscf.yield %n : f32\n} else {\n%e = math.exp %a : f32\nscf.yield %e : f32\n}\n"
        "%s = scf.if %b -> (f32) {\nscf.yield %r : f32\n} else {\nscf.yield %z : f32\n}\nyield %s", maps=["d0, d1", ""])
    p.ret(both)
    for n, f in itertools.product((0, 1, 5), (False, True)):
        data = random(rng, (n, 33), "f32")
        p.case([data, np.array(f)], [np.where(data < 0, -data, np.exp(data)) * np.float32(f)])
    yield p
    for n in SIZES:
        p = Program(f"add_{n}")
        x, y = p.arg([n]), p.arg([n])
        p.ret(p.elementwise([x, y], add))
        a, b = random(rng, n, "f32"), random(rng, n, "f32")
        p.case([a, b], [a + b])
        yield p
    for given, made in itertools.product(("f64", "i8", "i64", "f16"), ("f32", "i1", "f64")):
        # Lanes of different widths in one kernel.
        p = Program(f"widths_{given}_{made}")
        x, y = p.arg([None, None], given), p.arg([None], "f32")
        convert = {"f64": "%u = arith.truncf %a : f64 to f32", "f16": "%u = arith.extf %a : f16 to f32"}.get(given, f"%u = arith.sitofp %a : {given} to f32")
        finish = {"f32": "yield %s", "i1": "%t = arith.cmpf ogt, %s, %u : f32\nyield %t", "f64": "%t = arith.extf %s : f32 to f64\nyield %t"}[made]
        p.ret(p.elementwise([x, y], f"{convert}\n%s = arith.addf %u, %b : f32\n{finish}", made, maps=["d0, d1", "d1"]))
        for shape in ((0, 3), (1, 1), (3, 40), (17, 16)):
            a, b = random(rng, shape, given), random(rng, shape[1], "f32")
            u = a.astype(np.float32)
            p.case([a, b], [u + b > u if made == "i1" else (u + b).astype(NUMPY[made])])
        yield p


def programs():
    yield from signatures()
