"""Operations element by element: functions, types, broadcasts, indices, several results, odd signatures."""
import itertools
import math

import numpy as np

from program import NUMPY, Program, random, rng_of

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


def half_casts():
    """All codes of f16, and all that is as near as can be to where its rounding changes; not a bit may differ."""
    codes = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = codes[np.isfinite(codes)].astype(np.float64)
    largest = 65520.0  # half a unit above the largest number: from here on infinity
    for wide in ("f32", "f64"):
        p = Program(f"half_every_code_{wide}")
        x = p.arg([None], "f16")
        p.ret(p.elementwise([x], f"%p = arith.extf %a : f16 to {wide}\nyield %p", wide))
        p.case([codes], [codes.astype(NUMPY[wide])], tolerance=0)
        yield p
        p = Program(f"half_every_tie_{wide}")
        x = p.arg([None], wide)
        p.ret(p.elementwise([x], f"%p = arith.truncf %a : {wide} to f16\nyield %p", "f16"))
        ordered = np.unique(finite)
        ties = np.concatenate([ordered, (ordered[1:] + ordered[:-1]) / 2, [largest, -largest, 1e5, -1e30, 1e-30, np.inf, -np.inf, np.nan, -0.0]])
        ties = ties.astype(NUMPY[wide])
        up, down = NUMPY[wide](np.inf), NUMPY[wide](-np.inf)
        data = np.concatenate([ties, np.nextafter(ties, up), np.nextafter(ties, down)])
        with np.errstate(over="ignore"):
            p.case([data], [data.astype(np.float16)], tolerance=0)
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
    yield from half_casts()
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


def programs():
    for family in (functions, casts, broadcasts):
        yield from family()
