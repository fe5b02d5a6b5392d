"""The operations of arith and math: on whole tensors, in the body of a linalg.generic, and on numbers of the host program."""
import math

import numpy as np

from program import BITS, NUMPY, Program, bounds, numbers, rng, tensor, values, wrap

INTEGERS = ["i1", "i4", "i8", "i16", "i32", "i64", "index"]
FLOATS = ["f16", "bf16", "f32", "f64"]
SHAPE = (3, 7)


def program(op, form, types, results, line, inputs, expected, where, tolerance=None):
    """A program of one line, in which %a, %b, %c are the operands and %r, %s the results; 'T0', 'R0' ... are their types there."""
    letters = ["%a", "%b", "%c"][:len(types)]
    names = ["%r", "%s"][:len(results)]

    def spelled(kinds, kinds_out):
        text = line
        for i, t in enumerate(kinds):
            text = text.replace(f"T{i}", t)
        for i, t in enumerate(kinds_out):
            text = text.replace(f"R{i}", t)
        return text

    shape = [None] * 2 if where == "dynamic" else SHAPE
    whole, whole_out = [tensor(shape, t) for t in types], [tensor(shape, t) for t in results]
    returned = ", ".join(whole_out)
    if where in ("static", "dynamic"):
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(letters, whole))
        text = f"func.func @f({arguments}) -> ({returned}) {{\n  {spelled(whole, whole_out)}\n  return {', '.join(names)} : {returned}\n}}\n"
    elif where == "body":
        arguments = ", ".join(f"%t{i}: {t}" for i, t in enumerate(whole))
        maps = ", ".join(["affine_map<(i, j) -> (i, j)>"] * (len(types) + len(results)))
        empties = "\n".join(f"  %e{i} = tensor.empty() : {t}" for i, t in enumerate(whole_out))
        outs = ", ".join(f"%e{i}" for i in range(len(results)))
        block = ", ".join([f"{n}: {t}" for n, t in zip(letters, types)] + [f"%o{i}: {t}" for i, t in enumerate(results)])
        count = "" if len(results) == 1 else f":{len(results)}"
        given = "%g" if len(results) == 1 else "%g#0, %g#1"
        kinds = returned if len(results) == 1 else f"({returned})"
        text = (f"func.func @f({arguments}) -> ({returned}) {{\n{empties}\n"
                f"  %g{count} = linalg.generic {{indexing_maps = [{maps}], iterator_types = [\"parallel\", \"parallel\"]}} "
                f"ins({', '.join(f'%t{i}' for i in range(len(types)))} : {', '.join(whole)}) outs({outs} : {returned}) {{\n"
                f"  ^bb0({block}):\n    {spelled(types, results)}\n    linalg.yield {', '.join(names)} : {', '.join(results)}\n  }} -> {kinds}\n"
                f"  return {given} : {returned}\n}}\n")
    else:
        arguments = ", ".join(f"%t{i}: {tensor([], t)}" for i, t in enumerate(types))
        outs = ", ".join(tensor([], t) for t in results)
        reads = "\n".join(f"  {n} = tensor.extract %t{i}[] : {tensor([], t)}" for i, (n, t) in enumerate(zip(letters, types)))
        writes = "\n".join(f"  %w{i} = tensor.from_elements {n} : {tensor([], t)}" for i, (n, t) in enumerate(zip(names, results)))
        text = (f"func.func @f({arguments}) -> ({outs}) {{\n{reads}\n  {spelled(types, results)}\n{writes}\n"
                f"  return {', '.join(f'%w{i}' for i in range(len(results)))} : {outs}\n}}\n")
        inputs, expected = [x[0, 0] for x in inputs], [x[0, 0] for x in expected]
    return Program(op, form, text, list(inputs), [np.asarray(e) for e in expected], tolerance)


def places(types, main):
    """(types, where) for each type on static tensors, and for the main ones everywhere."""
    for t in types:
        yield t, "static"
    for t in main:
        for where in ("dynamic", "body", "number"):
            if t in types:
                yield t, where


def form(types, where):
    """What the table says of the form."""
    return types if where == "static" else f"{types} {where}"


# -- integers

def divided(f):
    return lambda x, y: x if y == 0 else f(x, y)


def truncated(x, y):
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


UNSIGNED = {"divui", "ceildivui", "remui", "maxui", "minui", "shrui"}
INTEGER_BINARY = {
    "addi": lambda x, y: x + y, "subi": lambda x, y: x - y, "muli": lambda x, y: x * y,
    "divui": lambda x, y: x // y, "divsi": truncated, "ceildivui": lambda x, y: -(-x // y), "ceildivsi": lambda x, y: -(-x // y),
    "floordivsi": lambda x, y: x // y, "remui": lambda x, y: x % y, "remsi": lambda x, y: x - truncated(x, y) * y,
    "andi": lambda x, y: x & y, "ori": lambda x, y: x | y, "xori": lambda x, y: x ^ y, "maxsi": max, "maxui": max, "minsi": min, "minui": min,
    "shli": lambda x, y: x << y, "shrsi": lambda x, y: x >> y, "shrui": lambda x, y: x >> y,
}


def integer_binary():
    for name, f in INTEGER_BINARY.items():
        signed = name not in UNSIGNED
        for t, where in places(INTEGERS, ["i8", "i32", "i64"]):
            r = rng(name, t)
            x, y = values(r, SHAPE, t), values(r, SHAPE, t)
            a, b = numbers(x, t, signed), numbers(y, t, signed)
            if "div" in name or "rem" in name:
                # Division by zero, and a quotient without a representation, have no defined result.
                bad = np.vectorize(lambda p, q: q == 0 or (signed and q == -1 and p == bounds(t)[0]), otypes=[bool])(a, b)
                if t == "i1":
                    y = np.ones(SHAPE, np.bool_)
                    x = np.zeros(SHAPE, np.bool_) if signed else x
                else:
                    y = np.where(bad, np.array(3, y.dtype), y)
                a, b = numbers(x, t, signed), numbers(y, t, signed)
            if name.startswith("sh"):
                y = (numbers(y, t, False) % BITS[t]).astype(np.int64).astype(NUMPY[t])
                b = numbers(y, t, False)
            want = wrap(np.frompyfunc(f, 2, 1)(a, b), t)
            yield program(f"arith.{name}", form(t, where), [t, t], [t], f"%r = arith.{name} %a, %b : T0", [x, y], [want], where)


def extended():
    for name, signed in (("mulsi_extended", True), ("mului_extended", False), ("addui_extended", False)):
        for t, where in places(["i4", "i8", "i16", "i32", "i64", "index"] if name != "addui_extended" else INTEGERS, ["i8", "i32", "i64"]):
            if t == "i4" and where == "number":
                continue
            r = rng(name, t)
            x, y = values(r, SHAPE, t), values(r, SHAPE, t)
            a, b = numbers(x, t, signed), numbers(y, t, signed)
            if name == "addui_extended":
                total = a + b
                high = np.frompyfunc(lambda v: v >> BITS[t], 1, 1)(total).astype(bool)
                results, kinds, line = [wrap(total, t), high], [t, "i1"], "%r, %s = arith.addui_extended %a, %b : T0, R1"
            else:
                product = a * b
                high = np.frompyfunc(lambda v: v >> BITS[t], 1, 1)(product)
                results, kinds, line = [wrap(product, t), wrap(high, t)], [t, t], f"%r, %s = arith.{name} %a, %b : T0"
            yield program(f"arith.{name}", form(t, where), [t, t], kinds, line, [x, y], results, where)


COMPARE = {"eq": lambda x, y: x == y, "ne": lambda x, y: x != y, "slt": lambda x, y: x < y, "sle": lambda x, y: x <= y, "sgt": lambda x, y: x > y,
           "sge": lambda x, y: x >= y, "ult": lambda x, y: x < y, "ule": lambda x, y: x <= y, "ugt": lambda x, y: x > y, "uge": lambda x, y: x >= y}


def comparisons():
    for name, f in COMPARE.items():
        for t, where in places(["i1", "i4", "i8", "i64", "index"], ["i32", "i8"]):
            r = rng(name, t)
            x, y = values(r, SHAPE, t), values(r, SHAPE, t)
            y = np.where(r.random(SHAPE) < 0.3, x, y)
            want = np.frompyfunc(f, 2, 1)(numbers(x, t, name[0] != "u"), numbers(y, t, name[0] != "u")).astype(bool)
            yield program("arith.cmpi", form(f"{name} {t}", where), [t, t], ["i1"], f"%r = arith.cmpi {name}, %a, %b : T0", [x, y], [want], where)
    for name in ("false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"):
        for t, where in [(t, "static") for t in FLOATS] + [("f32", "body"), ("f32", "number"), ("f32", "dynamic")]:
            r = rng(name, t, 2)
            x, y = values(r, SHAPE, t), values(r, SHAPE, t)
            y = np.where(r.random(SHAPE) < 0.3, x, y)
            x.ravel()[[3, 5]], y.ravel()[[4, 5]] = np.nan, np.nan
            a, b = x.astype(np.float64), y.astype(np.float64)
            unordered = np.isnan(a) | np.isnan(b)
            core = {"eq": a == b, "gt": a > b, "ge": a >= b, "lt": a < b, "le": a <= b, "ne": a != b}
            want = {"false": np.zeros(SHAPE, bool), "true": np.ones(SHAPE, bool), "ord": ~unordered, "uno": unordered}.get(name)
            if want is None:
                want = core[name[1:]] | unordered if name[0] == "u" else core[name[1:]] & ~unordered
            yield program("arith.cmpf", form(f"{name} {t}", where), [t, t], ["i1"], f"%r = arith.cmpf {name}, %a, %b : T0", [x, y], [want], where)


def integer_unary():
    def bits_of(f):
        return lambda x, t: f(int(x) & ((1 << BITS[t]) - 1), BITS[t])

    table = {"absi": lambda x, t: abs(x), "ctlz": bits_of(lambda v, n: n - v.bit_length()),
             "cttz": bits_of(lambda v, n: n if v == 0 else (v & -v).bit_length() - 1), "ctpop": bits_of(lambda v, n: v.bit_count())}
    for name, f in table.items():
        for t, where in places(["i1", "i4", "i8", "i16", "i32", "i64", "index"], ["i8", "i32", "i64"]):
            x = values(rng(name, t), SHAPE, t)
            want = wrap(np.frompyfunc(lambda v: f(v, t), 1, 1)(numbers(x, t)), t)
            yield program(f"math.{name}", form(t, where), [t], [t], f"%r = math.{name} %a : T0", [x], [want], where)
    for t, where in places(["i8", "i32", "i64"], ["i32"]):
        r = rng("ipowi", t)
        x = r.integers(-3, 4, SHAPE).astype(NUMPY[t])
        y = r.integers(0, 6, SHAPE).astype(NUMPY[t])
        want = wrap(numbers(x, t) ** numbers(y, t), t)
        yield program("math.ipowi", form(t, where), [t, t], [t], "%r = math.ipowi %a, %b : T0", [x, y], [want], where)


# -- floats

def special(x, count=6):
    """Puts the numbers that are none among others."""
    flat = x.ravel()
    flat[:count] = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0][:count]
    return x


def minimum(x, y):
    return np.where(np.isnan(x) | np.isnan(y), np.nan, np.minimum(x, y))


FLOAT_BINARY = {
    "arith.addf": np.add, "arith.subf": np.subtract, "arith.mulf": np.multiply, "arith.divf": np.divide, "arith.remf": np.fmod,
    "arith.maximumf": np.maximum, "arith.minimumf": np.minimum, "arith.maxnumf": np.fmax, "arith.minnumf": np.fmin,
    "math.atan2": np.arctan2, "math.copysign": np.copysign, "math.powf": np.power,
}
erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def rounded(x):
    """To the nearest, halves away from zero."""
    return np.where(np.isfinite(x), np.copysign(np.floor(np.abs(x) + 0.5), x), x)


FLOAT_UNARY = {
    "arith.negf": np.negative, "math.absf": np.abs, "math.ceil": np.ceil, "math.floor": np.floor, "math.trunc": np.trunc,
    "math.round": rounded, "math.roundeven": np.rint, "math.sqrt": np.sqrt, "math.rsqrt": lambda x: 1 / np.sqrt(x),
    "math.exp": np.exp, "math.exp2": np.exp2, "math.expm1": np.expm1, "math.log": np.log, "math.log2": np.log2, "math.log10": np.log10,
    "math.log1p": np.log1p, "math.sin": np.sin, "math.cos": np.cos, "math.tan": np.tan, "math.sinh": np.sinh, "math.cosh": np.cosh,
    "math.tanh": np.tanh, "math.asin": np.arcsin, "math.acos": np.arccos, "math.atan": np.arctan, "math.asinh": np.arcsinh,
    "math.acosh": np.arccosh, "math.atanh": np.arctanh, "math.erf": erf, "math.erfc": erfc, "math.cbrt": np.cbrt,
}


def floats():
    with np.errstate(all="ignore"):
        for name, f in FLOAT_BINARY.items():
            for t, where in places(FLOATS, ["f16", "bf16", "f32", "f64"]):
                r = rng(name, t)
                x, y = special(values(r, SHAPE, t)), special(values(r, SHAPE, t)[::-1].copy())
                if name == "math.powf":
                    x = np.abs(x)
                want = f(x.astype(np.float64), y.astype(np.float64)).astype(NUMPY[t])
                if where == "number":
                    x, y, want = x[1:, 1:], y[1:, 1:], want[1:, 1:]
                yield program(name, form(t, where), [t, t], [t], f"%r = {name} %a, %b : T0", [x, y], [want], where)
        for name, f in FLOAT_UNARY.items():
            for t, where in places(FLOATS, ["f16", "bf16", "f32", "f64"]):
                x = special(values(rng(name, t), SHAPE, t))
                want = f(x.astype(np.float64)).astype(NUMPY[t])
                if where == "number":
                    x = values(rng(name, t, 2), SHAPE, t, 0.1, 0.9)
                    want = f(x.astype(np.float64)).astype(NUMPY[t])
                yield program(name, form(t, where), [t], [t], f"%r = {name} %a : T0", [x], [want], where)
        for t, where in places(FLOATS, FLOATS):
            r = rng("three", t)
            x, y, z = values(r, SHAPE, t), values(r, SHAPE, t), values(r, SHAPE, t)
            a, b, c = (v.astype(np.float64) for v in (x, y, z))
            yield program("math.fma", form(t, where), [t] * 3, [t], "%r = math.fma %a, %b, %c : T0", [x, y, z], [(a * b + c).astype(NUMPY[t])], where)
            low, high = np.minimum(y, z), np.maximum(y, z)
            want = np.clip(a, low.astype(np.float64), high.astype(np.float64)).astype(NUMPY[t])
            yield program("math.clampf", form(t, where), [t] * 3, [t], "%r = math.clampf %a to [%b, %c] : T0", [x, low, high], [want], where)
            yield program("math.sincos", form(t, where), [t], [t, t], "%r, %s = math.sincos %a : T0", [x],
                          [np.sin(a).astype(NUMPY[t]), np.cos(a).astype(NUMPY[t])], where)
            s = special(x.copy())
            s.ravel()[7] = np.finfo(np.float64).tiny if t == "f64" else 1e-40
            if t == "f64":
                s.ravel()[7] /= 4
            d = s.astype(np.float64)
            least = {"f16": 2.0 ** -14, "bf16": 2.0 ** -126, "f32": 2.0 ** -126, "f64": 2.0 ** -1022}[t]
            for name, want in (("isnan", np.isnan(d)), ("isinf", np.isinf(d)), ("isfinite", np.isfinite(d)),
                               ("isnormal", np.isfinite(d) & (np.abs(d) >= least))):
                yield program(f"math.{name}", form(t, where), [t], ["i1"], f"%r = math.{name} %a : T0", [s], [want], where)
            for e in ("i32", "i64", "i8"):
                if where != "static" and e != "i32":
                    continue
                n = r.integers(-5, 6, SHAPE).astype(NUMPY[e])
                base = np.where(np.abs(a) < 0.25, 0.5, a).astype(NUMPY[t])
                want = (base.astype(np.float64) ** n).astype(NUMPY[t])
                yield program("math.fpowi", form(f"{t}, {e}", where), [t, e], [t], "%r = math.fpowi %a, %b : T0, T1", [base, n], [want], where)


def programs():
    yield from integer_binary()
    yield from extended()
    yield from comparisons()
    yield from integer_unary()
    yield from floats()
