#!/usr/bin/env python3
"""Random small programs of TOSA, compared with NumPy.

usage: tosa.py [--tessera bin/tessera] [--count N] [--seed N] [--jobs N] [--keep DIR]

Each program comes twice: with its numbers as constants, which folds can see, and as arguments. Integers stay small, so that they do not wrap; floats stay multiples of 1/64
that are small enough to be exact, in every order of a sum.
--keep writes the module of each failure. The last line is 'N passed, N failed'.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np

NUMPY = {"i1": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "f32": np.float32}
LIMIT = 1 << 20
FLOAT_LIMIT, FLOAT_UNIT = 1 << 16, 64
BATCH = 20


def tensor(array, dtype):
    return "tensor<" + "".join(f"{d}x" for d in array.shape) + dtype + ">"


def literal(array, dtype):
    def number(v):
        return str(bool(v)).lower() if dtype == "i1" else repr(float(v)) if dtype == "f32" else str(int(v))

    def nested(a):
        return number(a) if a.ndim == 0 else "[" + ", ".join(nested(x) for x in a) + "]"

    return f"dense<{nested(array)}>"


def is_exact(array, dtype):
    """Whether numbers are small enough, and floats no finer than they may be."""
    wide = np.asarray(array).astype(np.float64)
    if dtype in ("i1", "i8", "i16") or not wide.size:
        return True
    if dtype != "f32":
        return np.abs(wide).max() <= LIMIT
    return np.abs(wide).max() <= FLOAT_LIMIT and (wide * FLOAT_UNIT == np.rint(wide * FLOAT_UNIT)).all()


class Program:
    """A function under construction: its lines, and what its values are."""

    def __init__(self, seed, is_constant):
        self.random, self.is_constant = random.Random(seed), is_constant
        self.lines, self.arguments, self.values, self.count = [], [], [], 0

    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def constant(self, array, dtype, name=None):
        name = name or self.name()
        self.lines.append(f'{name} = "tosa.const"() {{values = {literal(array, dtype)} : {tensor(array, dtype)}}} : () -> {tensor(array, dtype)}')
        return name

    def shape(self, sizes):
        name, type_ = self.name(), f"!tosa.shape<{len(sizes)}>"
        self.lines.append(f"{name} = tosa.const_shape {{values = dense<{list(sizes)}> : tensor<{len(sizes)}xindex>}} : () -> {type_}")
        return name, type_

    def leaf(self, dtype=None, shape=None):
        dtype = dtype or self.random.choice(["i32", "i32", "f32", "f32", "i8", "i1", "i16"])
        shape = shape or self.random.choice([(3, 4), (3, 4), (2, 3, 4), (1, 4), (3, 1), (2, 1, 4), (1, 1, 1)])
        most = {"i1": 1, "i8": 100, "i16": 900}.get(dtype, 40)
        array = np.array([self.random.choice([0, 1, -1, most, self.random.randint(-most, most)]) for _ in range(int(np.prod(shape)))]).reshape(shape)
        if dtype == "f32" and self.random.random() < 0.6:
            array = array + np.array([self.random.choice([0, 0.25, 0.5, 0.5, 0.75, -0.125]) for _ in range(array.size)]).reshape(shape)
        array = (array > 0) if dtype == "i1" else array.astype(NUMPY[dtype])
        # The draws are the same whether the number is an argument or a constant.
        if self.is_constant:
            name = self.constant(array, dtype)
        else:
            name = self.name()
            self.arguments.append((name, array, dtype))
        return self.keep(name, array, dtype)

    def keep(self, name, array, dtype):
        self.values.append((name, array, dtype))
        return self.values[-1]

    def pick(self, *dtypes):
        found = [v for v in self.values if v[2] in dtypes]
        return self.random.choice(found) if found and self.random.random() < 0.85 else self.leaf(self.random.choice(dtypes))

    def emit(self, op, operands, array, dtype, attributes="", types=None):
        """Adds an operation, unless its numbers become too large."""
        array = np.asarray(array)
        if array.size > 400 or not is_exact(array, dtype):
            return None
        array = array.astype(NUMPY[dtype])
        name = self.name()
        types = types or [tensor(a, d) for _, a, d in operands]
        self.lines.append(f"{name} = {op} {', '.join(o[0] for o in operands)}{attributes} : ({', '.join(types)}) -> {tensor(array, dtype)}")
        return self.keep(name, array, dtype)

    # ---------------------------------------------------------------- operations
    def unary(self):
        x = self.pick("i32", "f32", "i8", "i1")
        a, t = x[1], x[2]
        if t == "i1":
            return self.emit("tosa.logical_not", [x], ~a, t)
        kind = self.random.choice({"i32": ["abs", "bitwise_not", "clz", "negate"], "i8": ["bitwise_not", "clamp"], "f32": ["abs", "floor", "ceil", "negate", "clamp"]}[t])
        if kind == "negate":
            zero = [(self.constant(np.zeros(1), t), np.zeros(1), t) for _ in range(2)]
            return self.emit("tosa.negate", [x, *zero], -a, t)
        if kind == "clamp":
            low = self.random.randint(-50, 10)
            high = low + self.random.randint(0, 40)
            spelled = [f"{float(v)} : f32" if t == "f32" else f"{v} : i8" for v in (low, high)]
            return self.emit("tosa.clamp", [x], np.clip(a, low, high), t, f" {{min_val = {spelled[0]}, max_val = {spelled[1]}}}")
        leading = np.array([32 - (int(v) & 0xFFFFFFFF).bit_length() for v in a.ravel()]).reshape(a.shape)
        return self.emit(f"tosa.{kind}", [x], {"clz": lambda _: leading, "abs": np.abs, "bitwise_not": np.invert, "floor": np.floor, "ceil": np.ceil}[kind](a), t)

    def pair(self, *dtypes):
        """Two values of one type and rank whose sizes can be broadcast."""
        x = self.pick(*dtypes)
        fits = [v for v in self.values if v[2] == x[2] and v[1].ndim == x[1].ndim and all(p == q or 1 in (p, q) for p, q in zip(v[1].shape, x[1].shape))]
        return x, self.random.choice(fits) if self.random.random() < 0.8 else self.leaf(x[2], tuple(self.random.choice([1, d]) for d in x[1].shape))

    def binary(self):
        x, y = self.pair("i32", "f32", "i1")
        a, b, t = x[1], y[1], x[2]
        if t == "i1":
            kind = self.random.choice(["and", "or", "xor"])
            return self.emit(f"tosa.logical_{kind}", [x, y], getattr(np, f"logical_{kind}")(a, b), t)
        kind = self.random.choice(["add", "sub", "maximum", "minimum", "mul", "equal", "greater", "greater_equal", *(["bitwise_and", "bitwise_or", "bitwise_xor", "intdiv"] if t == "i32" else [])])
        if kind in ("equal", "greater", "greater_equal"):
            return self.emit(f"tosa.{kind}", [x, y], getattr(np, kind)(a, b), "i1")
        if kind == "mul":
            shift = (self.constant(np.zeros(1), "i8"), np.zeros(1), "i8")
            return self.emit("tosa.mul", [x, y, shift], a.astype(float) * b, t)
        if kind == "intdiv":
            return None if (b == 0).any() else self.emit("tosa.intdiv", [x, y], np.trunc(a / b), t)
        wide = a.astype(np.float64 if t == "f32" else np.int64)
        return self.emit(f"tosa.{kind}", [x, y], wide + b if kind == "add" else wide - b if kind == "sub" else getattr(np, kind)(a, b), t)

    def shifted(self):
        x = self.pick("i32", "i8", "i16")
        y = self.leaf(x[2], x[1].shape)
        bits = {"i8": 8, "i16": 16, "i32": 32}[x[2]]
        mask = (self.constant(np.full(x[1].shape, 7), x[2]), np.full(x[1].shape, 7), x[2])
        amount = self.emit("tosa.bitwise_and", [y, mask], y[1] & 7, x[2])
        if self.random.random() < 0.5:
            return self.emit("tosa.arithmetic_right_shift", [x, amount], x[1].astype(int) >> amount[1].astype(int), x[2], " {round = false}")
        result = (x[1].astype(np.int64) << amount[1].astype(np.int64)) & ((1 << bits) - 1)
        return self.emit("tosa.logical_left_shift", [x, amount], np.where(result >> bits - 1, result - (1 << bits), result), x[2])

    def select(self):
        x, y = self.pair("i32", "f32", "i8")
        shape = np.broadcast_shapes(x[1].shape, y[1].shape)
        c = self.leaf("i1", tuple(self.random.choice([1, d]) for d in shape))
        return self.emit("tosa.select", [c, x, y], np.where(c[1], x[1], y[1]), x[2])

    def cast(self):
        x = self.pick("i32", "f32", "i8", "i16", "i1")
        to = self.random.choice([t for t in ("i32", "f32", "i8", "i16", "i1") if t != x[2]])
        wide = x[1].astype(np.float64)
        if to == "i1":
            return self.emit("tosa.cast", [x], wide != 0, to)
        if to != "f32":
            bits = {"i8": 8, "i16": 16, "i32": 32}[to]
            if x[2] == "f32":
                wide = np.clip(np.rint(wide), -(1 << bits - 1), (1 << bits - 1) - 1)
            else:
                wide = (wide.astype(np.int64) + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
        return self.emit("tosa.cast", [x], wide, to)

    def reduce(self):
        x = self.pick("i32", "f32", "i1")
        axis = self.random.randrange(x[1].ndim)
        kind = self.random.choice(["all", "any"] if x[2] == "i1" else ["sum", "max", "min"])
        wide = x[1] if x[2] == "i1" else x[1].astype(np.float64)
        if kind == "sum" and not is_exact(np.abs(wide).sum(axis), x[2]):
            return None
        return self.emit(f"tosa.reduce_{kind}", [x], getattr(np, kind)(wide, axis, keepdims=True), x[2], f" {{axis = {axis} : i32}}")

    def move(self):
        x = self.pick("i32", "f32", "i8", "i16", "i1")
        a, t = x[1], x[2]
        kind = self.random.choice(["reshape", "transpose", "reverse", "concat", "slice", "pad", "tile", "argmax", "table"])
        axis = self.random.randrange(a.ndim)
        if kind == "reverse":
            return self.emit("tosa.reverse", [x], np.flip(a, axis), t, f" {{axis = {axis} : i32}}")
        if kind == "transpose":
            order = self.random.sample(range(a.ndim), a.ndim)
            return self.emit("tosa.transpose", [x], a.transpose(order), t, f" {{perms = array<i32: {', '.join(map(str, order))}>}}")
        if kind == "concat":
            return self.emit("tosa.concat", [x, x], np.concatenate([a, a], axis), t, f" {{axis = {axis} : i32}}")
        if kind == "argmax":
            return self.emit("tosa.argmax", [x], np.argmax(a, axis), "i32", f" {{axis = {axis} : i32}}") if t in ("i8", "i16", "f32") and a.ndim > 1 else None
        if kind == "table":
            table = np.array([self.random.randint(-128, 127) for _ in range(256)], np.int8)
            return self.emit("tosa.table", [x, (self.constant(table, "i8"), table, "i8")], table[a.astype(int) + 128], "i8") if t == "i8" else None
        if kind == "reshape":
            sizes = self.random.choice([(a.size,), (1, a.size), (a.size, 1), a.shape[::-1], (1, *a.shape)])
            name, type_ = self.shape(sizes)
            return self.emit("tosa.reshape", [x, (name, None, None)], a.reshape(sizes), t, types=[tensor(a, t), type_])
        if kind == "tile":
            sizes = [self.random.choice([1, 1, 2, 3]) for _ in a.shape]
            name, type_ = self.shape(sizes)
            return self.emit("tosa.tile", [x, (name, None, None)], np.tile(a, sizes), t, types=[tensor(a, t), type_])
        if kind == "slice":
            first = [self.random.randrange(d) for d in a.shape]
            size = [self.random.randint(1, d - f) for d, f in zip(a.shape, first)]
            (p, pt), (q, qt) = self.shape(first), self.shape(size)
            return self.emit("tosa.slice", [x, (p, None, None), (q, None, None)], a[tuple(slice(f, f + s) for f, s in zip(first, size))], t, types=[tensor(a, t), pt, qt])
        pads = [self.random.choice([0, 0, 1, 2]) for _ in range(2 * a.ndim)]
        name, type_ = self.shape(pads)
        border = np.array([self.random.randint(0, 1)])
        padded = np.pad(a, list(zip(pads[::2], pads[1::2])), constant_values=NUMPY[t](border[0]))
        return self.emit("tosa.pad", [x, (name, None, None), (self.constant(border, t), border, t)], padded, t, types=[tensor(a, t), type_, f"tensor<1x{t}>"])

    def rescale(self):
        x = self.pick("i32", "i8")
        to = self.random.choice(["i8", "i16", "i32"])
        multiplier, shift = self.random.randrange(1 << 30, (1 << 31) - 1), self.random.randint(30, 45)
        zero = [self.random.randint(-20, 20) if x[2] == "i8" else 0, self.random.randint(-20, 20) if to == "i8" else 0]
        bits = {"i8": 8, "i16": 16, "i32": 32}[to]
        scaled = [((int(v) - zero[0]) * multiplier + (1 << shift - 1) >> shift) + zero[1] for v in x[1].ravel()]
        result = np.array([min(max(v, -(1 << bits - 1)), (1 << bits - 1) - 1) for v in scaled]).reshape(x[1].shape)
        extra = [(self.constant(np.array([v]), t), np.array([v]), t) for v, t in ((multiplier, "i32"), (shift, "i8"), (zero[0], x[2]), (zero[1], to))]
        return self.emit("tosa.rescale", [x, *extra], result, to, " {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false, input_unsigned = false, output_unsigned = false}")

    def branch(self):
        x, y = self.pair("i32", "f32")
        if x[1].shape != y[1].shape:
            return None
        kinds = [self.random.choice(["add", "sub", "maximum"]) for _ in range(2)]
        results = [{"add": np.add, "sub": np.subtract, "maximum": np.maximum}[k](x[1].astype(float), y[1]) for k in kinds]
        if not all(is_exact(r, x[2]) for r in results):
            return None
        condition, scalar, name, t = self.leaf("i1", (1,)), self.name(), self.name(), tensor(x[1], x[2])
        self.lines.append(f"{scalar}s = tosa.const_shape {{values = dense<> : tensor<0xindex>}} : () -> !tosa.shape<0>")
        self.lines.append(f"{scalar} = tosa.reshape {condition[0]}, {scalar}s : (tensor<1xi1>, !tosa.shape<0>) -> tensor<i1>")
        self.lines.append(f"{name} = tosa.cond_if {scalar} : tensor<i1> -> {t} {{")
        for number, kind in enumerate(kinds):
            self.lines += [f"  {name}r{number} = tosa.{kind} {x[0]}, {y[0]} : ({t}, {t}) -> {t}", f"  tosa.yield {name}r{number} : {t}", "} else {" if number == 0 else "}"]
        return self.keep(name, results[0 if condition[1][0] else 1].astype(NUMPY[x[2]]), x[2])

    def loop(self):
        """A tensor that changes for some turns, and how many these were."""
        x, y = self.pair("i32", "f32")
        if x[1].shape != y[1].shape:
            return None
        kind, turns = self.random.choice(["add", "sub", "maximum", "minimum"]), self.random.randint(0, 4)
        result = x[1].astype(np.float64)
        for _ in range(turns):
            result = {"add": np.add, "sub": np.subtract, "maximum": np.maximum, "minimum": np.minimum}[kind](result, y[1])
            if not is_exact(result, x[2]):
                return None
        n, t = self.name(), tensor(x[1], x[2])
        bound, zero, one = (self.constant(np.array(number), "i32") for number in (turns, 0, 1))
        if self.random.random() < 0.5:
            # What no fold sees.
            bound, self.arguments = f"{n}n", [*self.arguments, (f"{n}n", np.array(turns, np.int32), "i32")]
        self.lines += [
            f"{n}:2 = tosa.while_loop ({n}i = {zero}, {n}v = {x[0]}) : (tensor<i32>, {t}) -> (tensor<i32>, {t}) {{",
            f"  {n}c = tosa.greater {bound}, {n}i : (tensor<i32>, tensor<i32>) -> tensor<i1>", f"  tosa.yield {n}c : tensor<i1>", "} do {",
            f"^bb0({n}j: tensor<i32>, {n}u: {t}):", f"  {n}h = tosa.add {n}j, {one} : (tensor<i32>, tensor<i32>) -> tensor<i32>",
            f"  {n}w = tosa.{kind} {n}u, {y[0]} : ({t}, {t}) -> {t}", f"  tosa.yield {n}h, {n}w : tensor<i32>, {t}", "}"]
        name, type_ = self.shape((1,))
        self.emit("tosa.reshape", [(f"{n}#0", np.array(turns), "i32"), (name, None, None)], np.array([turns]), "i32", types=["tensor<i32>", type_])
        return self.keep(f"{n}#1", result.astype(NUMPY[x[2]]), x[2])

    def finish(self, name):
        kinds = [self.unary, self.binary, self.binary, self.shifted, self.select, self.cast, self.cast, self.reduce, self.move, self.move, self.move, self.rescale, self.branch, self.loop]
        for _ in range(self.random.randint(3, 9)):
            self.random.choice(kinds)()
        self.results = self.values[-1:] + [v for v in self.values[:-1] if v not in self.arguments and self.random.random() < 0.15]
        given = ", ".join(f"{n}: {tensor(a, t)}" for n, a, t in self.arguments)
        types = ", ".join(tensor(a, t) for _, a, t in self.results)
        body = "".join(f"  {line}\n" for line in self.lines)
        return f"func.func @{name}({given}) -> ({types}) {{\n{body}  return {', '.join(v[0] for v in self.results)} : {types}\n}}\n"


def check(tessera, folder, keep, seed, numbers):
    """Compiles the programs of some numbers as one module, and runs them; returns what is wrong, and of how many programs."""
    programs, text, found, failed = [], "", [], set()
    for number in numbers:
        for is_constant in (False, True):
            program = Program(f"{seed} {number}", is_constant)
            program.title = f"f{number}_{'constants' if is_constant else 'arguments'}"
            text += program.finish(program.title)
            programs.append(program)
    base = folder / f"m{numbers[0]}"
    base.mkdir()
    (base / "m.mlir").write_text(text)
    made = subprocess.run([tessera, "compile", "m.mlir"], cwd=base, capture_output=True, text=True)
    if made.returncode:
        found.append(f"{numbers[0]} to {numbers[-1]} do not compile: {made.stderr[:400]}")
        failed = {program.title for program in programs}
    for program in programs if not found else []:
        command = [tessera, "run", "m.tsm", f"--function={program.title}"]
        for i, (_, array, _) in enumerate(program.arguments):
            np.save(base / f"i{i}.npy", array)
            command.append(f"--input=@i{i}.npy")
        command += [f"--output=@o{i}.npy" for i in range(len(program.results))]
        ran = subprocess.run(command, cwd=base, capture_output=True, text=True)
        if ran.returncode:
            found.append(f"{program.title}: {ran.stderr[:300]}")
            failed.add(program.title)
        for i, (name, want, _) in enumerate(program.results if not ran.returncode else []):
            got = np.load(base / f"o{i}.npy")
            if got.shape != want.shape or got.dtype != want.dtype or (got != want).any():
                failed.add(program.title)
                found.append(f"{program.title}: result {name} is {got.ravel()[:8]} {got.shape} instead of {want.ravel()[:8]} {want.shape}")
    if found and keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{seed}-{numbers[0]}.mlir").write_text(text)
    return found, len(failed)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    tessera = str(pathlib.Path(options.tessera).resolve())
    batches, failed = [list(range(i, min(i + BATCH, options.count))) for i in range(0, options.count, BATCH)], 0
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(options.jobs) as pool:
        for found, count in pool.map(lambda numbers: check(tessera, pathlib.Path(temporary), options.keep, options.seed, numbers), batches):
            failed += count
            for line in found:
                print("FAIL", line.replace("\n", " / "), flush=True)
    print(f"{2 * options.count - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
