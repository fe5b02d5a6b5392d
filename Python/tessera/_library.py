"""libtessera as ctypes sees it: the structures and functions of tessera.h."""
import ctypes
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from pathlib import Path

from ._errors import Error

ABI_VERSION = 1


class DeviceInfo(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("name", c_char_p), ("architecture", c_char_p), ("model", c_char_p), ("missing", c_char_p)]


class FunctionInfo(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("name", c_char_p), ("signature", c_char_p), ("input_count", c_size_t), ("output_count", c_size_t)]


class ValueInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("name", c_char_p), ("type_text", c_char_p), ("type", c_int32), ("has_default", c_int32), ("rank", c_int32),
        ("extents", POINTER(c_int64)), ("symbols", POINTER(c_char_p)), ("container_count", c_size_t), ("containers", POINTER(c_int32)),
    ]


class TensorInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("type", c_int32), ("is_exclusive", c_int32), ("rank", c_size_t), ("extents", POINTER(c_int64)),
        ("data", c_void_p), ("byte_count", c_size_t),
    ]


class Input(ctypes.Structure):
    _fields_ = [
        ("value", c_void_p), ("type", c_int32), ("reserved", c_int32), ("rank", c_size_t), ("extents", POINTER(c_int64)), ("data", c_void_p),
        ("byte_count", c_size_t),
    ]


class Output(ctypes.Structure):
    _fields_ = [
        ("value", c_void_p), ("data", c_void_p), ("byte_count", c_size_t), ("extents", POINTER(c_int64)), ("extent_capacity", c_size_t),
        ("rank", c_size_t),
    ]


Completion = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p, POINTER(c_void_p), c_size_t)

lib = ctypes.CDLL(str(Path(__file__).parent / "lib" / "libtessera.so.1"))


def _check(code, *_):
    """Raises the error of a function that returned one."""
    if code:
        raise Error(lib.tessera_code_name(code).decode(), lib.tessera_error_id().decode(), lib.tessera_error_message().decode())
    return code


def _declare(name, *arguments):
    """Declares a function that returns a code."""
    function = getattr(lib, name)
    function.argtypes = arguments
    function.restype = c_int32
    function.errcheck = _check


for _name, _result, _arguments in [
    ("tessera_version", c_char_p, []), ("tessera_module_format_version", c_uint32, []), ("tessera_code_name", c_char_p, [c_int32]),
    ("tessera_error_message", c_char_p, []), ("tessera_error_id", c_char_p, []), ("tessera_type_name", c_char_p, [c_int32]),
]:
    getattr(lib, _name).argtypes = _arguments
    getattr(lib, _name).restype = _result

_handle = POINTER(c_void_p)
_shape = [c_size_t, POINTER(c_int64)]
_declare("tessera_check_abi", c_uint32)
_declare("tessera_device_count", POINTER(c_size_t))
_declare("tessera_device_describe", c_size_t, POINTER(DeviceInfo))
_declare("tessera_device_create", c_char_p, c_size_t, _handle)
_declare("tessera_module_load", c_char_p, _handle)
_declare("tessera_module_load_bytes", c_char_p, c_size_t, _handle)
_declare("tessera_module_device_count", c_void_p, POINTER(c_size_t))
_declare("tessera_module_device_kind", c_void_p, c_size_t, POINTER(c_char_p))
_declare("tessera_module_function_count", c_void_p, POINTER(c_size_t))
_declare("tessera_module_function_at", c_void_p, c_size_t, _handle)
_declare("tessera_module_function", c_void_p, c_char_p, _handle)
_declare("tessera_function_describe", c_void_p, POINTER(FunctionInfo))
_declare("tessera_function_input", c_void_p, c_size_t, POINTER(ValueInfo))
_declare("tessera_function_output", c_void_p, c_size_t, POINTER(ValueInfo))
_declare("tessera_tensor_create", c_int32, *_shape, c_void_p, c_size_t, _handle)
_declare("tessera_tensor_create_strings", *_shape, POINTER(c_char_p), POINTER(c_size_t), c_size_t, _handle)
_declare("tessera_tensor_describe", c_void_p, POINTER(TensorInfo))
_declare("tessera_tensor_string", c_void_p, c_size_t, POINTER(c_void_p), POINTER(c_size_t))
_declare("tessera_list_create", POINTER(c_void_p), c_size_t, _handle)
_declare("tessera_list_count", c_void_p, POINTER(c_size_t))
_declare("tessera_list_element", c_void_p, c_size_t, _handle)
_declare("tessera_value_is_list", c_void_p, POINTER(c_int32))
_declare("tessera_tensor_from_dlpack", c_void_p, _handle)
_declare("tessera_tensor_from_dlpack_unversioned", c_void_p, _handle)
_declare("tessera_tensor_to_dlpack", c_void_p, _handle)
_declare("tessera_tensor_to_dlpack_unversioned", c_void_p, _handle)
_declare("tessera_session_create", c_void_p, POINTER(c_void_p), c_size_t, _handle)
_declare("tessera_session_interrupt", c_void_p)
_declare("tessera_session_call", c_void_p, c_void_p, POINTER(Input), c_size_t, POINTER(Output), c_size_t)
_declare("tessera_session_start", c_void_p, c_void_p, POINTER(c_void_p), c_size_t, Completion, c_void_p, _handle)
_declare("tessera_call_cancel", c_void_p)
for _kind in ("device", "module", "function", "session", "value", "call"):
    _declare(f"tessera_{_kind}_release", c_void_p)

lib.tessera_check_abi(ABI_VERSION)
VERSION = lib.tessera_version().decode()


class Handle:
    """A handle, released with the last reference to it."""

    __slots__ = ("value", "_release")

    def __init__(self, kind, function, *arguments):
        """Calls `function` with `arguments` and room for a handle, of a kind."""
        self.value = None
        self._release = getattr(lib, f"tessera_{kind}_release")
        place = c_void_p()
        function(*arguments, ctypes.byref(place))
        self.value = place.value

    @classmethod
    def of(cls, kind, value):
        """A handle that was given."""
        handle = cls.__new__(cls)
        handle.value, handle._release = value, getattr(lib, f"tessera_{kind}_release")
        return handle

    def close(self):
        """Releases it now. What it is given to then says that it was released."""
        release, self._release = self._release, None
        if release is not None and self.value is not None:
            release(self.value)

    def __del__(self):
        if getattr(self, "_release", None) is not None:
            self.close()
