"""Reductions over all axes by all combiners, and the chains of reductions that models have."""
import itertools

import numpy as np

from program import NUMPY, SIZES, Program, is_float, random, rng_of


def wide(x):
    return x.astype(np.float64 if x.dtype.kind == "f" else np.int64)


# MLIR operation, its neutral element, numpy's operation
FLOAT = {
    "addf": (0, np.add), "mulf": (1, np.multiply), "maximumf": (-np.inf, np.maximum), "minimumf": (np.inf, np.minimum),
    "maxnumf": (-np.inf, np.fmax), "minnumf": (np.inf, np.fmin),
}
INTEGER = {
    "addi": (0, np.add), "muli": (1, np.multiply), "andi": (-1, np.bitwise_and), "ori": (0, np.bitwise_or), "xori": (0, np.bitwise_xor),
    "maxsi": (None, np.maximum), "minsi": (None, np.minimum),
}


def reduction(name, shape, axes, op, dtype, cases, start=None, named=False):
    p = Program(name)
    neutral, function = (FLOAT if is_float(dtype) else INTEGER)[op]
    if neutral is None:
        info = np.iinfo(NUMPY[dtype])
        neutral = info.min if op == "maxsi" else info.max
    if dtype == "i1":
        neutral = bool(neutral)
    start = neutral if start is None else start
    x = p.arg(shape, dtype)
    kept = [a for a in range(len(shape)) if a not in axes]
    out = p.fill([x.dims[a] for a in kept], start, dtype)
    if named:
        p.ret(p.op(f"linalg.reduce {{ arith.{op} }} ins({x} : {x.type}) outs({out} : {out.type}) dimensions = {list(axes)}", out.dims, dtype))
    else:
        every, some = (", ".join(f"d{a}" for a in list_) for list_ in (range(len(shape)), kept))
        kinds = "".join("r" if a in axes else "p" for a in range(len(shape)))
        p.ret(p.generic([x], [out], [every, some], kinds, f"%p = arith.{op} %a, %x : {dtype}\nyield %p"))
    rng = rng_of(name)
    for case in cases:
        data = random(rng, case, dtype)
        if is_float(dtype) and op == "mulf":
            data = np.where(data < 0, -1, 1).astype(NUMPY[dtype]) * (1 + np.abs(data) / 64).astype(NUMPY[dtype]) if dtype in ("f32", "f64") else data
        initial = np.array(start, np.float64 if is_float(dtype) else NUMPY[dtype])
        source = data.astype(np.float64) if is_float(dtype) else data
        with np.errstate(all="ignore"):
            e = function.reduce(source, axis=tuple(axes), initial=initial, dtype=source.dtype if op not in ("addi", "muli") else NUMPY[dtype])
        p.case([data], [e.astype(NUMPY[dtype])], tolerance=1e-3 if op == "mulf" and dtype == "f32" else None)
    return p


def plain():
    for count in (1, 2, 3):
        for axes in itertools.combinations(range(3), count):
            label = "".join(map(str, axes))
            cases = [(s, 5, 17) for s in SIZES] + [(3, s, 20) for s in SIZES] + [(4, 6, s) for s in SIZES]
            yield reduction(f"sum_dynamic_{label}", (None, None, None), axes, "addf", "f32", cases)
            for shape in ((2, 3, 100), (17, 33, 5), (1, 64, 64), (7, 1, 31), (5, 385, 1), (65, 2, 3), (0, 4, 5), (4, 0, 16)):
                yield reduction(f"sum_{label}_" + "x".join(map(str, shape)), shape, axes, "addf", "f32", [shape])
            yield reduction(f"named_{label}", (4, None, 33), axes, "maximumf", "f32", [(4, n, 33) for n in (0, 1, 16, 17)], named=True)
            for op in FLOAT:
                yield reduction(f"{op}_{label}", (3, 17, 33), axes, op, "f32", [(3, 17, 33)], start=0.5)
    for op in FLOAT:
        for dtype in ("f32", "f64", "f16", "bf16"):
            yield reduction(f"{op}_{dtype}_rows", (None, None), [1], op, dtype, [(3, n) for n in (0, 1, 7, 16, 33, 100)])
        yield reduction(f"{op}_columns", (None, 20), [0], op, "f32", [(n, 20) for n in (0, 1, 7, 16, 33, 100)])
    for op in INTEGER:
        for dtype in ("i1", "i8", "i16", "i32", "i64"):
            if dtype == "i1" and op in ("maxsi", "minsi", "muli", "addi"):
                continue
            yield reduction(f"{op}_{dtype}_rows", (None, None), [1], op, dtype, [(3, n) for n in (0, 1, 7, 16, 33, 100)])
            yield reduction(f"{op}_{dtype}_columns", (33, 20), [0], op, dtype, [(33, 20)])
    for n in SIZES + [1000003]:
        yield reduction(f"sum_all_{n}", (n,), [0], "addf", "f64", [(n,)])


def argmax():
    for axis, dtype, index in itertools.product((0, 1), ("f32", "i32", "f64", "i8"), ("i64", "i32")):
        p = Program(f"argmax_{axis}_{dtype}_{index}")
        x = p.arg([None, None], dtype)
        low = -np.inf if is_float(dtype) else np.iinfo(NUMPY[dtype]).min
        kept = x.dims[1 - axis]
        compare = f"cmpf ogt" if is_float(dtype) else "cmpi sgt"
        p.ret(*p.generic(
            [x], [p.fill([kept], low, dtype), p.fill([kept], 0, index)], ["d0, d1", f"d{1 - axis}", f"d{1 - axis}"],
            "rp" if axis == 0 else "pr",
            f"%i = linalg.index {axis} : index\n%j = arith.index_cast %i : index to {index}\n%c = arith.{compare}, %a, %x : {dtype}\n"
            f"%v = arith.select %c, %a, %x : {dtype}\n%k = arith.select %c, %j, %y : {index}\nyield %v, %k").__iter__())
        p.lines = [line.replace(f": {dtype}, {dtype}", f": {dtype}, {index}") for line in p.lines]
        rng = rng_of(p.name)
        for shape in ((1, 1), (3, 17), (17, 3), (33, 64), (64, 33), (2, 385)):
            data = rng.integers(-20, 20, shape).astype(NUMPY[dtype])
            p.case([data], [data.max(axis), data.argmax(axis).astype(NUMPY[index])])
        yield p
    p = Program("mean_and_mean_of_squares")
    x = p.arg([None, 33])
    p.ret(*p.generic(
        [x], [p.fill([x.dims[0]], 0), p.fill([x.dims[0]], 0)], ["d0, d1", "d0", "d0"], "pr",
        "%s = arith.addf %a, %x : f32\n%q = arith.mulf %a, %a : f32\n%t = arith.addf %q, %y : f32\nyield %s, %t"))
    for rows in (0, 1, 18):
        data = random(rng_of(p.name), (rows, 33), "f32")
        p.case([data], [wide(data).sum(1).astype(np.float32), (wide(data) ** 2).sum(1).astype(np.float32)])
    yield p
    # A reduction that is no known combiner: the last element larger than the one before it.
    p = Program("unknown_combiner")
    x = p.arg([None, None])
    p.ret(p.generic(
        [x], [p.fill([x.dims[0]], 0)], ["d0, d1", "d0"], "pr",
        "%h = arith.constant 0.5 : f32\n%m = arith.mulf %x, %h : f32\n%s = arith.addf %a, %m : f32\nyield %s"))
    for shape in ((3, 17), (40, 5), (1, 64)):
        data = random(rng_of(p.name), shape, "f32")
        e = np.zeros(shape[0])
        for j in range(shape[1]):
            e = e * 0.5 + data[:, j]
        p.case([data], [e.astype(np.float32)])
    yield p


def row(p, x, axis, start, text):
    """A reduction of a matrix along one axis."""
    kept = x.dims[1 - axis]
    return p.generic([x], [p.fill([kept], start, x.dtype)], ["d0, d1", f"d{1 - axis}"], "rp" if axis == 0 else "pr", text)


def chains(shape, axis, label, cases):
    other = f"d{1 - axis}"
    maps = ["d0, d1", other]
    # softmax and its logarithm
    p = Program(f"softmax_{label}")
    x = p.arg(shape)
    top = row(p, x, axis, -np.inf, "%p = arith.maximumf %a, %x : f32\nyield %p")
    e = p.elementwise([x, top], "%p = arith.subf %a, %b : f32\n%q = math.exp %p : f32\nyield %q", maps=maps)
    total = row(p, e, axis, 0, "%p = arith.addf %a, %x : f32\nyield %p")
    p.ret(p.elementwise([e, total], "%p = arith.divf %a, %b : f32\nyield %p", maps=maps))
    rng = rng_of(p.name)
    for case in cases:
        data = random(rng, case, "f32") * 5
        s = np.exp(wide(data) - wide(data).max(axis, keepdims=True)) if data.size else wide(data)
        p.case([data], [(s / s.sum(axis, keepdims=True)).astype(np.float32)])
    yield p
    p = Program(f"log_softmax_{label}")
    x = p.arg(shape)
    top = row(p, x, axis, -np.inf, "%p = arith.maximumf %a, %x : f32\nyield %p")
    c = p.elementwise([x, top], "%p = arith.subf %a, %b : f32\nyield %p", maps=maps)
    e = p.elementwise([c], "%q = math.exp %a : f32\nyield %q")
    total = row(p, e, axis, 0, "%p = arith.addf %a, %x : f32\nyield %p")
    log = p.elementwise([total], "%q = math.log %a : f32\nyield %q")
    p.ret(p.elementwise([c, log], "%p = arith.subf %a, %b : f32\nyield %p", maps=maps))
    for case in cases:
        data = random(rng, case, "f32") * 5
        s = wide(data) - wide(data).max(axis, keepdims=True) if data.size else wide(data)
        p.case([data], [(s - np.log(np.exp(s).sum(axis, keepdims=True))).astype(np.float32)])
    yield p
    # Normalizations, with the size of the axis as a number of the program.
    for kind in ("layer", "rms"):
        p = Program(f"{kind}_norm_{label}")
        x = p.arg(shape)
        length = x.dims[axis]
        scale, shift = p.arg([shape[axis]]), p.arg([shape[axis]])
        if isinstance(length, str):
            whole, size = p.fresh(), p.fresh()
            p.line(f"{whole} = arith.index_cast {length} : index to i64")
            p.line(f"{size} = arith.sitofp {whole} : i64 to f32")
        else:
            size = p.scalar(length)
        value = x
        if kind == "layer":
            total = row(p, x, axis, 0, "%p = arith.addf %a, %x : f32\nyield %p")
            mean = p.elementwise([total], f"%p = arith.divf %a, {size} : f32\nyield %p")
            value = p.elementwise([x, mean], "%p = arith.subf %a, %b : f32\nyield %p", maps=maps)
        squares = p.elementwise([value], "%p = arith.mulf %a, %a : f32\nyield %p")
        total = row(p, squares, axis, 0, "%p = arith.addf %a, %x : f32\nyield %p")
        factor = p.elementwise(
            [total], f"%e = arith.constant 1.0e-5 : f32\n%p = arith.divf %a, {size} : f32\n%q = arith.addf %p, %e : f32\n%r = math.rsqrt %q : f32\nyield %r")
        value = p.elementwise([value, factor], "%p = arith.mulf %a, %b : f32\nyield %p", maps=maps)
        p.ret(p.elementwise(
            [value, scale, shift], "%p = arith.mulf %a, %b : f32\n%q = arith.addf %p, %c : f32\nyield %q",
            maps=["d0, d1", f"d{axis}", f"d{axis}"]))
        for case in cases:
            data, g, b = random(rng, case, "f32"), random(rng, case[axis], "f32"), random(rng, case[axis], "f32")
            v = wide(data)
            with np.errstate(all="ignore"):
                if kind == "layer" and data.size:
                    v = v - v.mean(axis, keepdims=True)
                v = v / np.sqrt((v**2).mean(axis, keepdims=True) + 1e-5) if data.size else v
            form = (1, -1) if axis == 1 else (-1, 1)
            p.case([data, g, b], [(v * g.reshape(form) + b.reshape(form)).astype(np.float32)], tolerance=2e-4)
        yield p


def softmax():
    p = Program("softmax_named")
    x = p.arg([None, 33])
    out = p.empty(x.dims)
    p.ret(p.op(f"linalg.softmax dimension(1) ins({x} : {x.type}) outs({out} : {out.type}) -> %r", x.dims))
    for rows in (0, 1, 18):
        data = random(rng_of(p.name), (rows, 33), "f32")
        e = np.exp(wide(data))
        p.case([data], [(e / e.sum(1, keepdims=True)).astype(np.float32)])
    yield p


def programs():
    yield from softmax()
    yield from plain()
    yield from argmax()
    for axis in (0, 1):
        cases = [(s, 33) for s in SIZES if s] + [(18, s) for s in SIZES if s] + [(0, 5) if axis == 1 else (5, 0)]
        yield from chains((None, None), axis, f"dynamic_{axis}", cases)
        for shape in ((1, 1), (3, 7), (17, 16), (16, 17), (33, 64), (64, 33), (2, 385), (385, 2), (40, 1), (1, 40), (128, 512)):
            yield from chains(shape, axis, f"{shape[0]}x{shape[1]}_{axis}", [shape])
        yield from chains((None, 64), axis, f"nx64_{axis}", [(1, 64), (17, 64)])
        yield from chains((17, None), axis, f"17xn_{axis}", [(17, 1), (17, 40)])
