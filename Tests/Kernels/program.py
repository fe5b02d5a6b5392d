"""Programs to test: MLIR text built by Python functions, with inputs and what numpy says of them.

An element type is named as in MLIR ('f32', 'bf16', 'i1', ...). Arrays hold values: bf16 as float32, all others as the
numpy type of the same kind. Sizes of a tensor are numbers, or SSA names of index values where the type has '?'.
"""
import zlib
from dataclasses import dataclass, field

import numpy as np

NUMPY = {
    "f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": np.float32, "i1": np.bool_, "i8": np.int8,
    "i16": np.int16, "i32": np.int32, "i64": np.int64, "index": np.int64,
}
# The smallest and the usual sizes, and those around the widths of vectors and register tiles.
SIZES = [0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 100, 385]
# |actual - expected| <= t + t |expected|: sums of hundreds of numbers in [-1, 1], functions to a few units in the last place.
TOLERANCE = {"f64": 1e-11, "f32": 3e-5, "f16": 1e-2, "bf16": 8e-2}


def to_bf16(array):
    """Rounds float32 to bf16, to nearest even, and returns its bytes as 'V2'."""
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    return np.where(np.isnan(np.asarray(array, np.float32)), np.uint16(0x7FC0), rounded).astype(np.uint16).view("V2")


def from_bf16(array):
    """The float32 values of bytes in 'V2'."""
    return (np.ascontiguousarray(array).view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def stored(array, dtype):
    """The array as a .npy file has it."""
    if dtype == "bf16":
        return to_bf16(array).reshape(np.shape(array))
    return np.ascontiguousarray(array, NUMPY[dtype]).reshape(np.shape(array))


def is_float(dtype):
    return "f" in dtype


def rng_of(name):
    """A generator of random numbers that only depends on a name."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def random(rng, shape, dtype, exact=False, positive=False):
    """Random values: in [-1, 1] for floats (-1, 0 or 1 where `exact`, so that sums have no rounding), small integers else."""
    if dtype == "i1":
        return rng.random(shape) < 0.5
    if not is_float(dtype):
        return rng.integers(0 if positive else -9, 10, shape).astype(NUMPY[dtype])
    if exact or dtype in ("f16", "bf16"):
        values = rng.integers(-1, 2, shape).astype(NUMPY[dtype])
        return np.abs(values) + 1 if positive else values
    values = rng.uniform(-1, 1, shape).astype(NUMPY[dtype])
    return np.abs(values) + NUMPY[dtype](0.1) if positive else values


@dataclass
class Value:
    """An SSA value of tensor type."""

    name: str
    dims: list  # numbers or SSA names
    dtype: str

    @property
    def type(self):
        return "tensor<" + "".join(f"{d if isinstance(d, int) else '?'}x" for d in self.dims) + self.dtype + ">"

    def __str__(self):
        return self.name


@dataclass
class Case:
    """Inputs, and the outputs that numpy computes or a part of the error that the call must end with."""

    inputs: list
    expected: list = None
    error: str = None
    tolerance: float = None


@dataclass
class Program:
    """One function."""

    name: str
    lines: list = field(default_factory=list)
    globals: list = field(default_factory=list)
    resources: list = field(default_factory=list)
    arguments: list = field(default_factory=list)
    results: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    pending: str = None  # why the program may fail for now
    unsupported: str = None  # a part of the diagnostic, where the compiler must refuse
    count: int = 0

    def fresh(self, prefix="v"):
        self.count += 1
        return f"%{prefix}{self.count}"

    def line(self, text):
        self.lines.append("  " + text)

    # -- values
    def arg(self, shape, dtype="f32"):
        """An argument; `None` is a dynamic size."""
        value = Value(f"%arg{len(self.arguments)}", list(shape), dtype)
        self.arguments.append((value.name, Value("", list(shape), dtype).type, dtype))
        for axis, size in enumerate(shape):
            if size is None:
                value.dims[axis] = self.dim(value.name, self.arguments[-1][1], axis)
        return value

    def index(self, number):
        name = self.fresh("c")
        self.line(f"{name} = arith.constant {number} : index")
        return name

    def dim(self, name, type, axis):
        result = self.fresh("d")
        self.line(f"{result} = tensor.dim {name}, {self.index(axis)} : {type}")
        return result

    def constant(self, array, dtype="f32"):
        """A constant with the bytes of `array`."""
        value = Value(self.fresh(), list(array.shape), dtype)
        self.line(f"{value} = arith.constant {self.dense(array, dtype)} : {value.type}")
        return value

    @staticmethod
    def dense(array, dtype):
        if array.size == 0:
            return "dense<>"
        if array.size == 1:
            return f"dense<{Program.number(array.reshape(-1)[0], dtype)}>"
        if dtype == "i1":
            return "dense<" + str(array.tolist()).lower() + ">"
        return 'dense<"0x' + stored(array, dtype).tobytes().hex().upper() + '">'

    @staticmethod
    def number(value, dtype):
        if dtype == "i1":
            return "true" if value else "false"
        if not is_float(dtype):
            return str(int(value))
        if np.isinf(value) or np.isnan(value):
            bits = {"f32": (np.float32, np.uint32, 8), "f64": (np.float64, np.uint64, 16), "f16": (np.float16, np.uint16, 4)}
            if dtype == "bf16":
                return "0x7F80" if value > 0 else "0xFF80" if value < 0 else "0x7FC0"
            kind, unsigned, digits = bits[dtype]
            return f"0x{int(np.array(value, kind).view(unsigned)):0{digits}X}"
        return f"{float(value):.17e}"

    def resource(self, array, dtype="f32"):
        """A constant in a resource of the module."""
        value = Value(self.fresh(), list(array.shape), dtype)
        key = f"r_{self.name}_{self.count}"
        self.resources.append(f'{key}: "0x40000000{stored(array, dtype).tobytes().hex().upper()}"')
        self.line(f"{value} = arith.constant dense_resource<{key}> : {value.type}")
        return value

    def global_constant(self, array, dtype="f32"):
        """A global with a value."""
        value = Value(self.fresh(), list(array.shape), dtype)
        symbol = f"g_{self.name}_{self.count}"
        self.globals.append(f"ml_program.global private @{symbol}({self.dense(array, dtype)} : {value.type}) : {value.type}")
        self.line(f"{value} = ml_program.global_load_const @{symbol} : {value.type}")
        return value

    def empty(self, dims, dtype="f32"):
        value = Value(self.fresh(), list(dims), dtype)
        self.line(f"{value} = tensor.empty({', '.join(d for d in dims if isinstance(d, str))}) : {value.type}")
        return value

    def scalar(self, number, dtype="f32"):
        name = self.fresh("s")
        self.line(f"{name} = arith.constant {self.number(number, dtype)}" + ("" if dtype == "i1" else f" : {dtype}"))
        return name

    def fill(self, dims, number, dtype="f32"):
        empty, scalar = self.empty(dims, dtype), self.scalar(number, dtype)
        value = Value(self.fresh(), list(dims), dtype)
        self.line(f"{value} = linalg.fill ins({scalar} : {dtype}) outs({empty} : {value.type}) -> {value.type}")
        return value

    def named(self, op, inputs, out, attributes=""):
        """A named operation of linalg with one output."""
        value = Value(self.fresh(), list(out.dims), out.dtype)
        self.line(
            f"{value} = linalg.{op}{' ' + attributes if attributes else ''} ins({self.list(inputs)} : {self.types(inputs)}) "
            f"outs({out} : {out.type}) -> {out.type}")
        return value

    def op(self, text, dims, dtype="f32"):
        """Any operation of one result; '%r' in the text has the result's type."""
        value = Value(self.fresh(), list(dims), dtype)
        self.line(f"{value} = {text.replace('%r', value.type)}")
        return value

    @staticmethod
    def list(values):
        return ", ".join(str(v) for v in values)

    @staticmethod
    def types(values):
        return ", ".join(v.type for v in values)

    def generic(self, inputs, outputs, maps, iterators, body, attributes=""):
        """A linalg.generic with further attributes. Maps are texts like 'd0, d1', iterators a text like 'ppr'; body arguments are %a, %b, ... then %x, %y, %z."""
        loops = ", ".join(f"d{i}" for i in range(len(iterators)))
        full = ", ".join(f"affine_map<({loops}) -> ({m})>" for m in maps)
        kinds = ", ".join('"parallel"' if k == "p" else '"reduction"' for k in iterators)
        names = [f"%{chr(97 + i)}" if i < 20 else f"%a{i}" for i in range(len(inputs))] + [f"%{n}" for n in "xyzw"[: len(outputs)]]
        arguments = ", ".join(f"{n}: {v.dtype}" for n, v in zip(names, list(inputs) + list(outputs)))
        results = [Value(self.fresh(), list(o.dims), o.dtype) for o in outputs]
        base = self.fresh("g")
        ins = f"ins({self.list(inputs)} : {self.types(inputs)}) " if inputs else ""
        signature = self.types(outputs) if len(outputs) == 1 else f"({self.types(outputs)})"
        target = base if len(outputs) == 1 else f"{base}:{len(outputs)}"
        self.line(
            f"{target} = linalg.generic {{indexing_maps = [{full}], iterator_types = [{kinds}]{', ' if attributes else ''}{attributes}}} {ins}"
            f"outs({self.list(outputs)} : {self.types(outputs)}) {{")
        self.line(f"^bb0({arguments}):")
        kinds = ", ".join(o.dtype for o in outputs)
        for text in body.strip().split("\n"):
            text = text.strip()
            self.line("  " + (f"linalg.yield {text[6:]} : {kinds}" if text.startswith("yield ") else text))
        self.line(f"}} -> {signature}")
        for i, result in enumerate(results):
            result.name = base if len(outputs) == 1 else f"{base}#{i}"
        return results[0] if len(results) == 1 else results

    def elementwise(self, inputs, body, dtype=None, dims=None, maps=None):
        """A generic over the first input's dimensions (or `dims`); maps by default are identities."""
        dims = dims if dims is not None else inputs[0].dims
        identity = ", ".join(f"d{i}" for i in range(len(dims)))
        out = self.empty(dims, dtype or inputs[0].dtype)
        return self.generic(inputs, [out], list(maps or [identity] * len(inputs)) + [identity], "p" * len(dims), body)

    def ret(self, *values):
        self.results = list(values)
        return self

    def case(self, inputs, expected=None, error=None, tolerance=None):
        self.cases.append(Case(list(inputs), expected if expected is None else [np.asarray(e) for e in expected], error, tolerance))

    @property
    def text(self):
        arguments = ", ".join(f"{name}: {type}" for name, type, _ in self.arguments)
        types = self.types(self.results)
        body = "\n".join(self.lines)
        returned = f"  return {self.list(self.results)} : {types}" if self.results else "  return"
        return "\n".join(self.globals) + f"\nfunc.func @{self.name}({arguments}) -> ({types}) {{\n{body}\n{returned}\n}}\n"
