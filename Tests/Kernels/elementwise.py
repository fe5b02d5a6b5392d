"""Operations element by element: functions, types, broadcasts, indices, several results, odd signatures."""
import itertools
import math

import numpy as np

from program import NUMPY, SIZES, Program, is_float, random, rng_of

erf = np.vectorize(math.erf, otypes=[np.float64])

# operation of math: (numpy's, low, high) over the range in which it is tested
UNARY = {
    "exp": (np.exp, -80, 80), "exp2": (np.exp2, -100, 100), "expm1": (np.expm1, -2, 5), "log": (np.log, 1e-6, 1e6),
    "log2": (np.log2, 1e-6, 1e6), "log10": (np.log10, 1e-6, 1e6), "log1p": (np.log1p, -0.9, 100), "sqrt": (np.sqrt, 0, 1e6),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 1e-6, 1e6), "cbrt": (np.cbrt, -1e3, 1e3), "sin": (np.sin, -100, 100), "cos": (np.cos, -100, 100),
    "tan": (np.tan, -1.5, 1.5), "asin": (np.arcsin, -1, 1), "acos": (np.arccos, -1, 1), "atan": (np.arctan, -50, 50),
    "sinh": (np.sinh, -10, 10), "cosh": (np.cosh, -10, 10), "tanh": (np.tanh, -10, 10), "asinh": (np.arcsinh, -50, 50),
    "acosh": (np.arccosh, 1, 50), "atanh": (np.arctanh, -0.99, 0.99), "erf": (erf, -4, 4), "absf": (np.abs, -5, 5),
    "ceil": (np.ceil, -5, 5), "floor": (np.floor, -5, 5), "round": (lambda x: np.trunc(x + np.copysign(0.5, x)), -5, 5),
    "roundeven": (np.round, -5, 5), "trunc": (np.trunc, -5, 5),
}
FLOAT_BINARY = {
    "arith.addf": np.add, "arith.subf": np.subtract, "arith.mulf": np.multiply, "arith.divf": np.divide, "arith.maximumf": np.maximum,
    "arith.minimumf": np.minimum, "arith.maxnumf": np.fmax, "arith.minnumf": np.fmin, "arith.remf": np.fmod, "math.powf": np.power,
    "math.atan2": np.arctan2, "math.copysign": np.copysign,
}
INTEGER_BINARY = {
    "addi": np.add, "subi": np.subtract, "muli": np.multiply, "andi": np.bitwise_and, "ori": np.bitwise_or, "xori": np.bitwise_xor,
    "maxsi": np.maximum, "minsi": np.minimum, "divsi": lambda a, b: np.trunc(a / b).astype(a.dtype), "remsi": np.fmod,
    "floordivsi": np.floor_divide, "shli": np.left_shift, "shrsi": np.right_shift,
    "divui": lambda a, b: (unsigned(a) // unsigned(b)).astype(a.dtype), "remui": lambda a, b: (unsigned(a) % unsigned(b)).astype(a.dtype),
    "maxui": lambda a, b: np.maximum(unsigned(a), unsigned(b)).astype(a.dtype), "shrui": lambda a, b: (unsigned(a) >> unsigned(b)).astype(a.dtype),
    "ceildivsi": lambda a, b: -((-a) // b),
}


def unsigned(x):
    return x.view(np.dtype(f"u{x.dtype.itemsize}"))


def functions():
    for name, (function, low, high) in UNARY.items():
        for dtype in ("f32", "f64", "f16"):
            if dtype == "f16" and (name not in ("exp", "tanh", "erf", "sqrt", "absf", "floor", "log", "rsqrt")):
                continue
            p = Program(f"{name}_{dtype}")
            x = p.arg([None], dtype)
            p.ret(p.elementwise([x], f"%p = math.{name} %a : {dtype}\nyield %p"))
            for n in (0, 1, 15, 64, 100):
                top = min(high, 8) if dtype == "f16" else high
                data = rng_of(p.name + str(n)).uniform(max(low, -8) if dtype == "f16" else low, top, n).astype(NUMPY[dtype])
                with np.errstate(all="ignore"):
                    p.case([data], [function(data.astype(np.float64)).astype(NUMPY[dtype])])
            yield p
    for name, function in FLOAT_BINARY.items():
        for dtype in ("f32", "f64", "f16", "bf16"):
            if dtype in ("f16", "bf16") and name.startswith("math"):
                continue
            p = Program(f"{name.replace('.', '_')}_{dtype}")
            x, y = p.arg([None, 20], dtype), p.arg([None, 20], dtype)
            p.ret(p.elementwise([x, y], f"%p = {name} %a, %b : {dtype}\nyield %p"))
            for n in (0, 1, 17):
                rng = rng_of(p.name + str(n))
                a, b = random(rng, (n, 20), dtype, positive="pow" in name), random(rng, (n, 20), dtype)
                if name == "arith.remf":
                    a, b = a * 5, np.where(np.abs(b) < 0.3, NUMPY[dtype](1), b)
                with np.errstate(all="ignore"):
                    p.case([a, b], [function(a.astype(np.float64), b.astype(np.float64)).astype(NUMPY[dtype])])
            yield p
    for name, function in INTEGER_BINARY.items():
        for dtype in ("i8", "i16", "i32", "i64"):
            p = Program(f"{name}_{dtype}_elements")
            x, y = p.arg([None], dtype), p.arg([None], dtype)
            p.ret(p.elementwise([x, y], f"%p = arith.{name} %a, %b : {dtype}\nyield %p"))
            for n in (1, 17, 64):
                rng = rng_of(p.name + str(n))
                a, b = rng.integers(-100, 100, n).astype(NUMPY[dtype]), rng.integers(-100, 100, n).astype(NUMPY[dtype])
                if name.startswith("sh"):
                    b = np.abs(b) % 7
                b = np.where(b == 0, NUMPY[dtype](3), b) if "div" in name or "rem" in name else b
                p.case([a, b.astype(a.dtype)], [function(a, b.astype(a.dtype)).astype(NUMPY[dtype])])
            yield p
    for dtype, kind, predicates in (
        ("f32", "cmpf", {"oeq": np.equal, "olt": np.less, "oge": np.greater_equal, "une": np.not_equal}),
        ("i32", "cmpi", {"eq": np.equal, "slt": np.less, "sge": np.greater_equal, "ult": lambda a, b: unsigned(a) < unsigned(b)}),
        ("i8", "cmpi", {"ne": np.not_equal, "ugt": lambda a, b: unsigned(a) > unsigned(b)}),
        ("f64", "cmpf", {"ogt": np.greater, "ole": np.less_equal}),
    ):
        for predicate, function in predicates.items():
            p = Program(f"{kind}_{predicate}_{dtype}")
            x, y = p.arg([None], dtype), p.arg([None], dtype)
            c = p.elementwise([x, y], f"%p = arith.{kind} {predicate}, %a, %b : {dtype}\nyield %p", "i1")
            p.ret(c, p.elementwise([c, x, y], f"%p = arith.select %a, %b, %c : {dtype}\nyield %p", dtype))
            for n in (0, 1, 17, 65):
                rng = rng_of(p.name)
                a, b = rng.integers(-3, 4, n).astype(NUMPY[dtype]), rng.integers(-3, 4, n).astype(NUMPY[dtype])
                p.case([a, b], [function(a, b), np.where(function(a, b), a, b)])
            yield p
    p = Program("special_values")
    x = p.arg([None])
    p.ret(*[p.elementwise([x], f"%p = {op} : f32\nyield %p") for op in (
        "math.exp %a", "math.log %a", "math.sqrt %a", "math.tanh %a", "arith.negf %a", "arith.maximumf %a, %a", "math.erf %a")])
    data = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-40, 3e38, -3e38, 1] * 3, np.float32)
    with np.errstate(all="ignore"):
        wide = data.astype(np.float64)
        p.case([data], [f(wide).astype(np.float32) for f in (np.exp, np.log, np.sqrt, np.tanh, np.negative, lambda v: v, erf)])
    yield p


def casts():
    floats, integers = ("f16", "bf16", "f32", "f64"), ("i8", "i16", "i32", "i64")
    rank = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64, "i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64}
    pairs = []
    for a, b in itertools.permutations(floats, 2):
        if rank[a] != rank[b]:
            pairs.append((a, b, "extf" if rank[b] > rank[a] else "truncf"))
    for a, b in itertools.permutations(integers, 2):
        pairs.append((a, b, "extsi" if rank[b] > rank[a] else "trunci"))
        if rank[b] > rank[a]:
            pairs.append((a, b, "extui"))
    for a, b in itertools.product(integers, floats):
        pairs += [(a, b, "sitofp"), (a, b, "uitofp"), (b, a, "fptosi")]
    pairs += [("i1", b, "extui") for b in integers] + [("i1", "f32", "uitofp"), ("i32", "i1", "trunci"), ("i32", "f32", "bitcast"), ("f32", "i32", "bitcast")]
    for a, b, op in pairs:
        p = Program(f"{op}_{a}_{b}")
        x = p.arg([None, 19], a)
        p.ret(p.elementwise([x], f"%p = arith.{op} %a : {a} to {b}\nyield %p", b))
        for n in (0, 1, 7):
            rng = rng_of(p.name)
            data = rng.integers(-100, 100, (n, 19)).astype(NUMPY[a]) if a != "i1" else rng.random((n, 19)) < 0.5
            if op == "bitcast":
                e = data.view(NUMPY[b])
            elif op == "trunci" and b == "i1":
                e = (data & 1).astype(np.bool_)
            elif op in ("extui", "uitofp") and a != "i1":
                with np.errstate(over="ignore"):
                    e = unsigned(data).astype(NUMPY[b])
            else:
                e = data.astype(NUMPY[b])
            p.case([data], [e], tolerance=1e-2 if b == "bf16" else None)
        yield p
    for dtype in ("i32", "i64"):
        p = Program(f"index_cast_{dtype}")
        x = p.arg([None], dtype)
        p.ret(p.elementwise(
            [x], f"%i = arith.index_cast %a : {dtype} to index\n%l = linalg.index 0 : index\n%s = arith.addi %i, %l : index\n"
            f"%j = arith.index_cast %s : index to {dtype}\nyield %j"))
        for n in (0, 1, 37):
            data = rng_of(p.name).integers(-99, 99, n).astype(NUMPY[dtype])
            p.case([data], [data + np.arange(n).astype(NUMPY[dtype])])
        yield p


def broadcasts():
    maps = {"scalar": "", "row": "d1", "column": "d0", "size1": "0, d1", "size1b": "d0, 0", "one": "0, 0", "transposed": "d1, d0"}
    for (one, left), (two, right) in itertools.product(maps.items(), {**maps, "full": "d0, d1"}.items()):
        for m, n in ((17, 33), (None, None), (None, 16), (64, 1)):
            p = Program(f"broadcast_{one}_{two}_{m or 'n'}x{n or 'n'}")

            def form(text, m, n):
                return [{"d0": m, "d1": n, "0": 1}[t] for t in text.split(", ")] if text else []

            whole = p.arg([m, n])
            a, b = p.arg(form(left, m, n)), p.arg(form(right, m, n))
            p.ret(p.elementwise(
                [whole, a, b], "%p = arith.mulf %b, %c : f32\n%q = arith.subf %p, %a : f32\nyield %q", maps=["d0, d1", left, right]))
            rng = rng_of(p.name)
            for size in (0, 1, 17) if m is None else (0,):
                am, an = size if m is None else m, size + 3 if n is None else n

                def full(text, array):
                    if text == "d1, d0":
                        return array.T
                    return array.reshape(-1, 1) if text == "d0" else array

                arrays = [random(rng, s, "f32") for s in ((am, an), form(left, am, an), form(right, am, an))]
                e = full(left, arrays[1]) * full(right, arrays[2]) - arrays[0]
                p.case(arrays, [np.broadcast_to(e, (am, an))])
            yield p


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
    for family in (functions, casts, broadcasts, signatures):
        yield from family()
