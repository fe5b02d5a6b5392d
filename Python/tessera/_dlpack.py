"""Capsules of DLPack: tensors of other libraries, without a copy."""
import ctypes
from ctypes import c_char_p, c_int, c_void_p, py_object

from ._library import Handle, lib

_api = ctypes.pythonapi
_api.PyCapsule_New.restype = py_object
_api.PyCapsule_New.argtypes = [c_void_p, c_char_p, c_void_p]
_api.PyCapsule_SetName.argtypes = [py_object, c_char_p]
_api.PyCapsule_IsValid.restype = c_int
_api.PyCapsule_IsValid.argtypes = [py_object, c_char_p]
_api.PyCapsule_GetPointer.restype = c_void_p
_api.PyCapsule_GetPointer.argtypes = [py_object, c_char_p]
# A capsule that is being destroyed is no object to count references to: its destructor has it as an address.
_is_valid = ctypes.PYFUNCTYPE(c_int, c_void_p, c_char_p)(("PyCapsule_IsValid", _api))
_pointer = ctypes.PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", _api))

# The names of capsules live as long as this module, as capsules keep no copy.
VERSIONED, UNVERSIONED = b"dltensor_versioned", b"dltensor"
_USED = {VERSIONED: b"used_dltensor_versioned", UNVERSIONED: b"used_dltensor"}
_take = {VERSIONED: lib.tessera_tensor_from_dlpack, UNVERSIONED: lib.tessera_tensor_from_dlpack_unversioned}
_give = {VERSIONED: lib.tessera_tensor_to_dlpack, UNVERSIONED: lib.tessera_tensor_to_dlpack_unversioned}


def value_of(array):
    """Returns the handle of a value that shares the memory of an array of another library, which has `__dlpack__`."""
    try:
        capsule = array.__dlpack__(max_version=(1, 0))
    except TypeError:
        capsule = array.__dlpack__()
    name = VERSIONED if _api.PyCapsule_IsValid(capsule, VERSIONED) else UNVERSIONED
    handle = Handle("value", _take[name], _api.PyCapsule_GetPointer(capsule, name))
    _api.PyCapsule_SetName(capsule, _USED[name])
    return handle


@ctypes.PYFUNCTYPE(None, c_void_p)
def _destroy(capsule):
    """Deletes the tensor of a capsule that nobody took."""
    for name, place in ((VERSIONED, 16), (UNVERSIONED, 56)):
        if _is_valid(capsule, name):
            tensor = _pointer(capsule, name)
            deleter = c_void_p.from_address(tensor + place).value
            ctypes.CFUNCTYPE(None, c_void_p)(deleter)(tensor)


def capsule_of(value, name):
    """Returns a capsule that shares the memory of a value's tensor."""
    managed = c_void_p()
    _give[name](value, ctypes.byref(managed))
    return _api.PyCapsule_New(managed, name, ctypes.cast(_destroy, c_void_p))
