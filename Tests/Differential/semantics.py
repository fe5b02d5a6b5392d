"""What operations of arith and math on scalars compute, as MLIR says it.

An integer is a Python number of 0 up to 2^width, an index has 64 bits, a float is a NumPy scalar. What MLIR leaves undefined raises `Undefined`: a
division by zero or one that overflows, a shift by the width or more, a float that does not fit the integer, the sign of NaN. Programs that do so are not tested.
"""
import math
import operator
import struct

import ml_dtypes
import numpy as np

WIDTHS = {"i1": 1, "i4": 4, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "index": 64}
FLOATS = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64}


class Undefined(Exception):
    """The program does what MLIR does not define."""


def width(type):
    return WIDTHS[type]


def bytes_of(type):
    return np.dtype(FLOATS[type]).itemsize


def wrap(number, type):
    return number & ((1 << width(type)) - 1)


def signed(number, type):
    return number - (1 << width(type)) if number >> (width(type) - 1) else number


def quotient(a, b, type, rounding, is_signed=True):
    """Divides, rounded as `rounding` does it."""
    x, y = (signed(a, type), signed(b, type)) if is_signed else (a, b)
    if y == 0 or is_signed and y == -1 and x == -(1 << (width(type) - 1)):
        raise Undefined
    return wrap(rounding(x, y), type)


def toward_zero(x, y):
    return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)


def remainder(a, b, type, is_signed=True):
    x, y = (signed(a, type), signed(b, type)) if is_signed else (a, b)
    if y == 0 or is_signed and y == -1 and x == -(1 << (width(type) - 1)):
        raise Undefined
    return wrap(x - toward_zero(x, y) * y, type)


def shifted(a, b, type, shift):
    if b >= width(type):
        raise Undefined
    return wrap(shift(a, b), type)


def on_signed(choose):
    return lambda a, b, t: choose(a, b, key=lambda x: signed(x, t))


INTEGER_BINARY = {
    "arith.addi": lambda a, b, t: wrap(a + b, t),
    "arith.subi": lambda a, b, t: wrap(a - b, t),
    "arith.muli": lambda a, b, t: wrap(a * b, t),
    "arith.andi": lambda a, b, t: a & b,
    "arith.ori": lambda a, b, t: a | b,
    "arith.xori": lambda a, b, t: a ^ b,
    "arith.minsi": on_signed(min),
    "arith.maxsi": on_signed(max),
    "arith.minui": lambda a, b, t: min(a, b),
    "arith.maxui": lambda a, b, t: max(a, b),
}
FLAGGED = ("arith.addi", "arith.subi", "arith.muli")
SHIFTS = {
    "arith.shli": lambda a, b, t: shifted(a, b, t, operator.lshift),
    "arith.shrui": lambda a, b, t: shifted(a, b, t, operator.rshift),
    "arith.shrsi": lambda a, b, t: shifted(a, b, t, lambda x, n: signed(x, t) >> n),
}
DIVISIONS = {
    "arith.divsi": lambda a, b, t: quotient(a, b, t, toward_zero),
    "arith.divui": lambda a, b, t: quotient(a, b, t, operator.floordiv, False),
    "arith.floordivsi": lambda a, b, t: quotient(a, b, t, operator.floordiv),
    "arith.ceildivsi": lambda a, b, t: quotient(a, b, t, lambda x, y: -(-x // y)),
    "arith.ceildivui": lambda a, b, t: quotient(a, b, t, lambda x, y: -(-x // y), False),
    "arith.remsi": lambda a, b, t: remainder(a, b, t),
    "arith.remui": lambda a, b, t: remainder(a, b, t, False),
}
INTEGER_UNARY = {
    "math.absi": lambda a, t: wrap(abs(signed(a, t)), t),
    "math.ctlz": lambda a, t: width(t) - a.bit_length(),
    "math.cttz": lambda a, t: (a & -a).bit_length() - 1 if a else width(t),
    "math.ctpop": lambda a, t: a.bit_count(),
}
COMPARISONS = {
    "eq": lambda a, b, t: a == b, "ne": lambda a, b, t: a != b, "ult": lambda a, b, t: a < b, "ule": lambda a, b, t: a <= b,
    "ugt": lambda a, b, t: a > b, "uge": lambda a, b, t: a >= b, "slt": lambda a, b, t: signed(a, t) < signed(b, t),
    "sle": lambda a, b, t: signed(a, t) <= signed(b, t), "sgt": lambda a, b, t: signed(a, t) > signed(b, t),
    "sge": lambda a, b, t: signed(a, t) >= signed(b, t)}


def extended_product(a, b, type, is_signed):
    """The low and the high half of a product."""
    x, y = (signed(a, type), signed(b, type)) if is_signed else (a, b)
    return wrap(x * y, type), wrap(x * y >> width(type), type)


def minimum(a, b):
    if math.isnan(a) or math.isnan(b):
        return type(a)(math.nan)
    return b if b < a or a == b and math.copysign(1, b) < 0 else a


def maximum(a, b):
    return -minimum(-a, -b)


def number_of(a, b, choose):
    """The other operand where one is NaN."""
    return b if math.isnan(a) else a if math.isnan(b) else choose(a, b)


def with_sign(a, b):
    """The sign of NaN is nobody's business."""
    if math.isnan(b):
        raise Undefined
    return np.copysign(a, b)


FLOAT_BINARY = {
    "arith.addf": operator.add,
    "arith.subf": operator.sub,
    "arith.mulf": operator.mul,
    "arith.divf": operator.truediv,
    "arith.remf": np.fmod,
    "arith.minimumf": minimum,
    "arith.maximumf": maximum,
    "arith.minnumf": lambda a, b: number_of(a, b, minimum),
    "arith.maxnumf": lambda a, b: number_of(a, b, maximum),
    "math.copysign": lambda a, b: with_sign(a, b),
}
FLOAT_UNARY = {
    "arith.negf": operator.neg, "math.absf": abs, "math.floor": np.floor, "math.ceil": np.ceil, "math.trunc": np.trunc,
    "math.roundeven": np.rint, "math.sqrt": np.sqrt,
    "math.round": lambda a: a if not math.isfinite(a) or abs(a) >= 2**52 else type(a)(math.copysign(math.floor(abs(float(a)) + 0.5), a))}
ORDERED = {"eq": operator.eq, "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "ne": operator.ne}


def compare_floats(predicate, a, b):
    """`arith.cmpf`."""
    has_nan = math.isnan(a) or math.isnan(b)
    if predicate in ("false", "true", "ord", "uno"):
        return {"false": False, "true": True, "ord": not has_nan, "uno": has_nan}[predicate]
    return predicate[0] == "u" if has_nan else bool(ORDERED[predicate[1:]](a, b))


FLOAT_PREDICATES = ["false", "true", "ord", "uno"] + [k + p for k in "ou" for p in ORDERED]


def convert(name, value, source, target):
    """A conversion of one operand."""
    if name in ("arith.extui", "arith.trunci"):
        return wrap(value, target)
    if name == "arith.extsi":
        return wrap(signed(value, source), target)
    if name == "arith.index_cast":
        return wrap(signed(value, source), target)
    if name == "arith.index_castui":
        return wrap(value, target)
    if name == "arith.sitofp":
        return nearest(signed(value, source), target)
    if name == "arith.uitofp":
        return nearest(value, target)
    if name in ("arith.extf", "arith.truncf"):
        return FLOATS[target](value)
    if name in ("arith.fptosi", "arith.fptoui"):
        if not math.isfinite(value):
            raise Undefined
        whole, bits = int(value), width(target)
        low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if name == "arith.fptosi" else (0, 1 << bits)
        if not low <= whole < high:
            raise Undefined
        return wrap(whole, target)
    if name == "arith.bitcast":
        if source in FLOATS:
            return int.from_bytes(FLOATS[source](value).tobytes(), "little")
        return FLOATS[target](np.frombuffer(value.to_bytes(width(source) // 8, "little"), FLOATS[target])[0])
    raise KeyError(name)


def nearest(number, type):
    """An integer as the nearest float."""
    if type == "f64":
        return np.float64(number)  # Python rounds to nearest, ties to even
    # Twice rounded is not once rounded: what does not fit an f64 keeps a bit that says so.
    magnitude, sign = abs(number), -1 if number < 0 else 1
    shift = max(0, magnitude.bit_length() - 40)
    sticky = (magnitude >> shift) | (1 if magnitude & ((1 << shift) - 1) else 0)
    return np.float32(math.ldexp(sign * sticky, shift))


def attribute(value, type):
    """The number as MLIR spells it in a constant."""
    if type == "i1":
        return "true" if value else "false"
    if type in FLOATS:
        bits = int.from_bytes(FLOATS[type](value).tobytes(), "little")
        return f"0x{bits:0{2 * np.dtype(FLOATS[type]).itemsize}X}"
    return str(signed(value, type))


def constant(value, type):
    """The operation that makes the number."""
    return f"arith.constant {attribute(value, type)}" + ("" if type == "i1" else f" : {type}")


def raw(value, type):
    """The bytes of an element, as tensors hold it."""
    if type in FLOATS:
        return FLOATS[type](value).tobytes()
    if type == "i4":  # a byte each, with its sign
        return signed(value, type).to_bytes(1, "little", signed=True)
    return int(value).to_bytes(max(1, width(type) // 8), "little")


def unpack(data, type):
    """The elements that bytes hold."""
    if type in FLOATS:
        return list(np.frombuffer(data, FLOATS[type]))
    size = max(1, width(type) // 8)
    return [wrap(int.from_bytes(data[i:i + size], "little"), type) for i in range(0, len(data), size)]


def same(a, b, type):
    """Whether two elements are equal: NaN is NaN, whatever its bits; zeros have their sign."""
    if type in FLOATS:
        return math.isnan(a) and math.isnan(b) or struct.pack("d", a) == struct.pack("d", b)
    return a == b
