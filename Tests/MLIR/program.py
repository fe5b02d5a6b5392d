"""Programs of one operation: MLIR text, inputs, and what numpy says of them.

An element type is named as in MLIR ('f32', 'bf16', 'i4', 'f8E4M3FN', 'complex<f32>', ...).
"""
import zlib
from dataclasses import dataclass, field

import ml_dtypes
import numpy as np

NUMPY = {
    "i1": np.bool_, "i2": ml_dtypes.int2, "i4": ml_dtypes.int4, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "index": np.int64,
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64,
    "f8E4M3FN": ml_dtypes.float8_e4m3fn, "f8E5M2": ml_dtypes.float8_e5m2, "f8E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
    "f8E5M2FNUZ": ml_dtypes.float8_e5m2fnuz, "f8E8M0FNU": ml_dtypes.float8_e8m0fnu, "f4E2M1FN": ml_dtypes.float4_e2m1fn,
    "f6E2M3FN": ml_dtypes.float6_e2m3fn, "f6E3M2FN": ml_dtypes.float6_e3m2fn, "f8E4M3": ml_dtypes.float8_e4m3,
    "f8E3M4": ml_dtypes.float8_e3m4, "f8E4M3B11FNUZ": ml_dtypes.float8_e4m3b11fnuz,
    "complex<f32>": np.complex64, "complex<f64>": np.complex128,
}
BITS = {"i1": 1, "i2": 2, "i4": 4, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "index": 64}
# |actual - expected| <= t + t |expected|: functions to a few units in the last place.
TOLERANCE = {"f64": 1e-12, "f32": 4e-6, "f16": 2e-3, "bf16": 1e-2, "complex<f32>": 2e-5, "complex<f64>": 1e-11}


@dataclass
class Program:
    """One function, which is written as '@f'."""

    op: str  # the operation, as in 'arith.addi'
    form: str  # what the table says of it: a type, or another form
    text: str
    inputs: list = field(default_factory=list)
    expected: list = field(default_factory=list)
    tolerance: float = None
    refusal: str = None  # a part of the message, where the compiler must refuse
    error: str = None  # a part of the error that the call must end with
    name: str = ""


def is_float(dtype):
    return dtype.startswith(("f", "bf"))


def is_integer(dtype):
    return dtype in BITS


def rng(*words):
    """A generator of random numbers that only depends on words."""
    return np.random.default_rng(zlib.crc32(" ".join(map(str, words)).encode()))


def tensor(shape, dtype):
    """The type of a tensor; `None` is a dynamic size."""
    return "tensor<" + "".join(f"{'?' if d is None else d}x" for d in shape) + dtype + ">"


def bounds(dtype):
    """The least and the largest signed number."""
    bits = BITS[dtype]
    return -(1 << bits - 1), (1 << bits - 1) - 1


def wrap(values, dtype):
    """Python's integers as numbers of the type, with wrapping around."""
    bits = BITS[dtype]
    if bits == 1:
        return np.array([bool(int(v) & 1) for v in np.ravel(np.asarray(values, object))], np.bool_).reshape(np.shape(values))
    def one(v):
        v = int(v) & ((1 << bits) - 1)
        return v - (1 << bits) if v >> bits - 1 else v
    flat = [one(v) for v in np.ravel(np.asarray(values, object))]
    return np.array(flat, np.int64).astype(NUMPY[dtype]).reshape(np.shape(values))


def numbers(array, dtype, signed=True):
    """An array of the type as Python's integers; a true i1 is -1 where it is signed."""
    if dtype == "i1":
        return np.array([(-1 if signed else 1) if v else 0 for v in array.ravel()], object).reshape(array.shape)
    flat = [int(v) for v in array.ravel()]
    if not signed:
        flat = [v & ((1 << BITS[dtype]) - 1) for v in flat]
    return np.array(flat, object).reshape(array.shape)


def values(r, shape, dtype, low=-4.0, high=4.0):
    """Random values; integers are all over the type, with its bounds among them."""
    count = int(np.prod(shape))
    if dtype == "i1":
        return r.random(shape) < 0.5
    if is_integer(dtype):
        least, largest = bounds(dtype)
        special = [least, largest, 0, 1, -1, 2]
        flat = [int(v) for v in r.integers(least, largest, count, endpoint=True)]
        for i in range(0, count, 3):
            flat[i] = special[(i // 3) % len(special)]
        return np.array(flat, np.int64).astype(NUMPY[dtype]).reshape(shape)
    if dtype.startswith("complex"):
        return (r.uniform(low, high, shape) + 1j * r.uniform(low, high, shape)).astype(NUMPY[dtype])
    return r.uniform(low, high, shape).astype(NUMPY[dtype])
