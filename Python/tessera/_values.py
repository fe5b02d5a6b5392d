"""Tensors and lists: NumPy arrays, torch tensors and Python's own values as values of the library, and back."""
import ctypes
import sys
from ctypes import c_char_p, c_int64, c_size_t, c_void_p
from typing import Any, Optional, Tuple

import numpy as np

from . import _dlpack
from ._errors import Error
from ._library import Handle, Input, TensorInfo, lib

# The types by their numbers in tessera.h, by the names of NumPy and ml_dtypes.
NAMES = {
    0: "bool", 1: "int8", 2: "int16", 3: "int32", 4: "int64", 5: "uint8", 6: "uint16", 7: "uint32", 8: "uint64", 9: "float16", 10: "bfloat16",
    11: "float32", 12: "float64", 13: "float8_e4m3fn", 14: "float8_e5m2", 15: "complex64", 16: "complex128", 17: "float8_e4m3fnuz",
    18: "float8_e5m2fnuz", 19: "float8_e8m0fnu", 20: "float4_e2m1fn", 21: "int4", 22: "uint4", 23: "int2", 24: "uint2", 26: "float8_e4m3",
    27: "float8_e3m4", 28: "float8_e4m3b11fnuz", 29: "float6_e2m3fn", 30: "float6_e3m2fn",
}
NUMBERS = {name: number for number, name in NAMES.items()}
STRING = 25
_numbers_by_dtype = {}


def dtype_of(number: int) -> np.dtype:
    """Returns NumPy's type. Errors: it is one of ml_dtypes, which is not installed."""
    if number == STRING:
        return np.dtype(object)
    name = NAMES[number]
    try:
        return np.dtype(name)
    except TypeError:
        pass
    try:
        import ml_dtypes
    except ImportError:
        raise Error("FAILED_PRECONDITION", "noNumPyType", f"NumPy has no type '{name}': install ml_dtypes, or pass torch tensors") from None
    return np.dtype(getattr(ml_dtypes, name))


def _number(dtype: np.dtype) -> Optional[int]:
    """Returns the number of a type of NumPy's; None if there is none."""
    try:
        return _numbers_by_dtype[dtype]
    except KeyError:
        number = NUMBERS.get(dtype.name) if dtype.isnative else None
        _numbers_by_dtype[dtype] = number
        return number


def _is_string(dtype: np.dtype) -> bool:
    return dtype.kind in "USOT"


class Tensor:
    """A tensor of the library: what calls of `Function.raw` give. Others read it by DLPack and NumPy's array interface, without a copy."""

    __slots__ = ("_handle", "_info")

    def __init__(self, handle: Handle):
        self._handle = handle
        self._info = TensorInfo(struct_size=ctypes.sizeof(TensorInfo))
        lib.tessera_tensor_describe(handle.value, ctypes.byref(self._info))

    @property
    def shape(self) -> Tuple[int, ...]:
        """The extents, outermost first."""
        return tuple(self._info.extents[: self._info.rank])

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements as NumPy has it."""
        return dtype_of(self._info.type)

    @property
    def __array_interface__(self):
        info = self._info
        name = NAMES[info.type]
        try:
            text = np.dtype(name).str
        except TypeError:
            text = f"|V{info.byte_count // max(1, int(np.prod(self.shape)))}"
        return {"version": 3, "shape": self.shape, "typestr": text, "data": (info.data, not info.is_exclusive)}

    def numpy(self) -> np.ndarray:
        """Returns the elements: in the tensor's memory where nothing else reads that, else a copy. Strings are objects."""
        if self._info.type == STRING:
            return self._strings()
        dtype = self.dtype
        if not self._info.byte_count:
            return np.empty(self.shape, dtype)
        array = np.asarray(self)
        if array.dtype != dtype:
            array = array.view(dtype)
        return array if self._info.is_exclusive else array.copy()

    def _strings(self) -> np.ndarray:
        shape = self.shape
        result = np.empty(shape, object)
        flat = result.reshape(-1)
        text, length = c_void_p(), c_size_t()
        for index in range(flat.size):
            lib.tessera_tensor_string(self._handle.value, index, ctypes.byref(text), ctypes.byref(length))
            flat[index] = ctypes.string_at(text, length.value).decode()
        return flat.reshape(shape)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        if copy or dl_device not in (None, self.__dlpack_device__()):
            raise BufferError("a tensor of tessera is in the memory of the host, and is shared without a copy")
        versioned = max_version is not None and max_version[0] >= 1
        return _dlpack.capsule_of(self._handle.value, _dlpack.VERSIONED if versioned else _dlpack.UNVERSIONED)

    def __dlpack_device__(self):
        return (1, 0)

    def __repr__(self):
        return f"<tessera.Tensor {'x'.join([*map(str, self.shape), lib.tessera_type_name(self._info.type).decode()])}>"


def address(array: np.ndarray) -> int:
    """Returns where a contiguous array begins."""
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    except (TypeError, ValueError, BufferError):  # it is read-only, empty, or of a type that buffers do not have: five times as long
        return array.__array_interface__["data"][0]


def _extents(shape):
    return (c_int64 * len(shape))(*shape)


def _string_value(array: np.ndarray) -> Handle:
    texts = []
    for item in array.reshape(-1).tolist():
        if not isinstance(item, (str, bytes)):
            raise Error("INVALID_ARGUMENT", "notStrings", f"an array of objects must hold strings, not {type(item).__name__}")
        texts.append(item.encode() if isinstance(item, str) else item)
    lengths = (c_size_t * len(texts))(*map(len, texts))
    return Handle(
        "value", lib.tessera_tensor_create_strings, array.ndim, _extents(array.shape), (c_char_p * len(texts))(*texts), lengths, len(texts))


def _number_of(array: np.ndarray) -> int:
    number = _number(array.dtype)
    if number is None:
        raise Error("INVALID_ARGUMENT", "unknownType", f"there are no tensors of NumPy's type '{array.dtype}'")
    return number


def value(item: Any, info) -> Handle:
    """Returns a value that keeps what it needs: a copy of NumPy's arrays, the memory of other libraries' tensors."""
    item = prepared(item, info)
    if isinstance(item, Handle):
        return item
    return Handle("value", lib.tessera_tensor_create, _number_of(item), item.ndim, _extents(item.shape), address(item), item.nbytes)


def prepared(item: Any, info):
    """Returns a contiguous array of numbers whose memory a call may read, or a value. `info` is the input of the signature; None if it has none."""
    if isinstance(item, Tensor):
        return item._handle
    if info is not None and info.containers:
        return _list(item, info)
    if not isinstance(item, np.ndarray):
        if hasattr(item, "__dlpack__") and not isinstance(item, np.generic):
            return _foreign(item)
        if isinstance(item, np.generic) or info is None:
            item = np.asarray(item)
        else:  # Python's own numbers and lists have no types: they get that of the signature
            try:
                item = np.asarray(item, info.dtype)
            except (TypeError, ValueError, OverflowError) as error:
                raise Error("INVALID_ARGUMENT", "wrongInput", f"input '{info.name}': {error}") from None
    if _is_string(item.dtype):
        return _string_value(item)
    return item if item.flags.c_contiguous else np.ascontiguousarray(item)


def _list(item: Any, info) -> Handle:
    """Returns a list of what is in a Python list; None is an empty one."""
    if info.containers[0] == "optional" and not isinstance(item, (list, tuple)):
        item = [] if item is None else [item]
    if not isinstance(item, (list, tuple)):
        return value(item, None)
    handles = [value(element, info.element) for element in item]
    return Handle("value", lib.tessera_list_create, (c_void_p * len(handles))(*(handle.value for handle in handles)), len(handles))


def _foreign(item: Any) -> Handle:
    """Returns a value in the memory of another library's tensor."""
    if type(item).__module__.partition(".")[0] == "torch":
        item = item.detach().contiguous()
    return _dlpack.value_of(item)


def fill(place: Input, item, keep: list):
    """Describes an input of a call; what must live as long is added to `keep`."""
    keep.append(item)
    if isinstance(item, Handle):
        place.value = item.value
        return
    extents = _extents(item.shape)
    keep.append(extents)
    place.type = _number_of(item)
    place.rank = item.ndim
    place.extents = extents
    place.data = address(item)
    place.byte_count = item.nbytes


def result(handle: Handle, as_torch: bool):
    """Returns an output as users get it."""
    is_list = ctypes.c_int32()
    lib.tessera_value_is_list(handle.value, ctypes.byref(is_list))
    if is_list.value:
        count = c_size_t()
        lib.tessera_list_count(handle.value, ctypes.byref(count))
        return [result(Handle("value", lib.tessera_list_element, handle.value, index), as_torch) for index in range(count.value)]
    tensor = Tensor(handle)
    if not as_torch or tensor._info.type == STRING:
        return tensor.numpy()
    import torch

    shared = torch.from_dlpack(tensor)
    return shared if tensor._info.is_exclusive else shared.clone()


def is_torch(item: Any) -> bool:
    """`True` iff it is a tensor of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(item, torch.Tensor)


def aligned(array) -> np.ndarray:
    """Returns a copy of an array in memory that calls read in place: it begins at a multiple of 64. (NumPy's own begins at a multiple of 16.)"""
    array = np.asarray(array)
    memory = np.empty(array.nbytes + 64, np.uint8)
    start = -memory.__array_interface__["data"][0] % 64
    copy = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
