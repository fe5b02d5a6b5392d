"""Conversions between types, choices and constants of the dialect arith."""
import numpy as np

from elementwise import FLOATS, INTEGERS, SHAPE, form, places, program, special
from program import BITS, NUMPY, Program, is_float, is_integer, numbers, rng, tensor, values, wrap


def conversions():
    widths = ["i1", "i4", "i8", "i16", "i32", "i64"]
    for i, narrow in enumerate(widths):
        for wide in widths[i + 1:]:
            main = [("i8", "i32"), ("i32", "i64"), ("i1", "i32")]
            for where in ("static", "dynamic", "body", "number"):
                if where != "static" and (narrow, wide) not in main:
                    continue
                x, y = values(rng(narrow, wide), SHAPE, narrow), values(rng(wide, narrow), SHAPE, wide)
                for name, signed in (("extsi", True), ("extui", False)):
                    yield program(f"arith.{name}", form(f"{narrow} to {wide}", where), [narrow], [wide], f"%r = arith.{name} %a : T0 to R0", [x],
                                  [wrap(numbers(x, narrow, signed), wide)], where)
                yield program("arith.trunci", form(f"{wide} to {narrow}", where), [wide], [narrow], "%r = arith.trunci %a : T0 to R0", [y],
                              [wrap(numbers(y, wide), narrow)], where)
    for t in ("i1", "i8", "i32", "i64"):
        for where in ("static", "dynamic", "body", "number"):
            x, y = values(rng(t, "cast"), SHAPE, t), values(rng(t, "back"), SHAPE, "index")
            for name, signed in (("index_cast", True), ("index_castui", False)):
                yield program(f"arith.{name}", form(f"{t} to index", where), [t], ["index"], f"%r = arith.{name} %a : T0 to R0", [x],
                              [wrap(numbers(x, t, signed), "index")], where)
                yield program(f"arith.{name}", form(f"index to {t}", where), ["index"], [t], f"%r = arith.{name} %a : T0 to R0", [y],
                              [wrap(numbers(y, "index"), t)], where)
    for t in ("i1", "i4", "i8", "i16", "i32", "i64"):
        for f in FLOATS:
            for where in ("static", "dynamic", "body", "number"):
                if where != "static" and (t, f) not in [("i32", "f32"), ("i8", "f16"), ("i64", "f64"), ("i1", "f32"), ("i32", "bf16")]:
                    continue
                x = values(rng(t, f), SHAPE, t)
                for name, signed in (("sitofp", True), ("uitofp", False)):
                    n = numbers(x, t, signed)
                    if f == "f16":
                        x2 = np.where(np.array(np.abs(n) > 60000, bool), np.array(1, x.dtype), x)
                    else:
                        x2 = x
                    n = numbers(x2, t, signed)
                    want = np.array([rounded_float(v, f) for v in n.ravel()]).astype(NUMPY[f]).reshape(SHAPE)
                    yield program(f"arith.{name}", form(f"{t} to {f}", where), [t], [f], f"%r = arith.{name} %a : T0 to R0", [x2], [want], where, 0)
                for name, signed in (("fptosi", True), ("fptoui", False)):
                    if t == "i1":
                        y = np.where(values(rng(t, 3), SHAPE, "i1"), -1.0 if signed else 1.0, 0.25).astype(NUMPY[f])
                    else:
                        limit = min(2.0 ** (BITS[t] - 1) - 1, 200.0 if f == "bf16" else 30000.0)
                        y = rng(t, f, 4).uniform(-limit if signed else 0, limit, SHAPE).astype(NUMPY[f])
                        y.ravel()[0] = 0.75
                    want = wrap(np.frompyfunc(int, 1, 1)(np.trunc(y.astype(np.float64))), t)
                    yield program(f"arith.{name}", form(f"{f} to {t}", where), [f], [t], f"%r = arith.{name} %a : T0 to R0", [y], [want], where)
    order = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64}
    for narrow in FLOATS:
        for wide in FLOATS:
            if order[narrow] >= order[wide]:
                continue
            for where in ("static", "dynamic", "body", "number"):
                x = special(values(rng(narrow, wide, 5), SHAPE, narrow))
                yield program("arith.extf", form(f"{narrow} to {wide}", where), [narrow], [wide], "%r = arith.extf %a : T0 to R0", [x],
                              [x.astype(NUMPY[wide])], where, 0)
                y = special(values(rng(narrow, wide, 6), SHAPE, wide))
                yield program("arith.truncf", form(f"{wide} to {narrow}", where), [wide], [narrow], "%r = arith.truncf %a : T0 to R0", [y],
                              [y.astype(NUMPY[narrow])], where, 0)
    for a, b in (("f32", "i32"), ("i32", "f32"), ("f16", "i16"), ("i16", "f16"), ("bf16", "i16"), ("i16", "bf16"), ("f64", "i64"), ("i64", "f64"),
                 ("f16", "bf16")):
        for where in ("static", "dynamic", "body", "number"):
            x = values(rng(a, b, 7), SHAPE, a) if is_float(a) else values(rng(b, 8), SHAPE, b).view(NUMPY[a])
            yield program("arith.bitcast", form(f"{a} to {b}", where), [a], [b], "%r = arith.bitcast %a : T0 to R0", [x], [x.view(NUMPY[b])], where, 0)


def rounded_float(number, dtype):
    """An integer as the nearest float of the type, rounded once."""
    if dtype == "f64":
        return float(number)
    precision = {"f32": 24, "f16": 11, "bf16": 8}[dtype]
    magnitude, drop = abs(int(number)), max(0, abs(int(number)).bit_length() - precision)
    kept, rest = magnitude >> drop, magnitude & ((1 << drop) - 1)
    half = 1 << drop - 1 if drop else 0
    if drop and (rest > half or rest == half and kept & 1):
        kept += 1
    return float(kept << drop) * (-1 if number < 0 else 1)


def selections():
    for t, where in places(INTEGERS + FLOATS, ["i8", "i32", "f32", "bf16", "index", "i1"]):
        r = rng("select", t)
        c, x, y = r.random(SHAPE) < 0.5, values(r, SHAPE, t), values(r, SHAPE, t)
        yield program("arith.select", form(t, where), ["i1", t, t], [t], "%r = arith.select %a, %b, %c : " + ("T1" if where in ("body", "number") else "T0, T1"),
                      [c, x, y], [np.where(c, x, y)], where)
        if t != "i1" and where in ("static", "dynamic"):
            k = tensor([None] * 2 if where == "dynamic" else SHAPE, t)
            text = (f"func.func @f(%c: tensor<i1>, %a: {k}, %b: {k}) -> {k} {{\n  %p = tensor.extract %c[] : tensor<i1>\n"
                    f"  %r = arith.select %p, %a, %b : {k}\n  return %r : {k}\n}}\n")
            yield Program("arith.select", form(f"{t}, a number decides", where), text, [np.array(True), x, y], [x])


def constants():
    for t in INTEGERS + FLOATS:
        x = values(rng("constant", t), (4,), t)
        if is_float(t):
            x = np.array([1.5, -2.0, 0.25, 3.0]).astype(NUMPY[t])
        spelled = ", ".join(str(bool(v)).lower() if t == "i1" else str(int(v)) if is_integer(t) else repr(float(v)) for v in x)
        k = tensor((4,), t)
        yield Program("arith.constant", t, f"func.func @f() -> {k} {{\n  %r = arith.constant dense<[{spelled}]> : {k}\n  return %r : {k}\n}}\n", [], [x])
        one = spelled.split(",")[0]
        yield Program("arith.constant", f"{t} splat", f"func.func @f() -> {k} {{\n  %r = arith.constant dense<{one}> : {k}\n  return %r : {k}\n}}\n", [],
                      [np.full((4,), x[0])])


def programs():
    yield from conversions()
    yield from selections()
    yield from constants()
