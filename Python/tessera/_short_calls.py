"""Calls with small NumPy arrays in and out, where Python's own work would be the most of it."""
import ctypes
import struct

import numpy as np

from . import _values
from ._library import Output, lib

# Outputs of more bytes are read where the call wrote them, by the long way; copying fewer takes less time than that.
BYTE_LIMIT = 16384
# So many shapes are kept for C; arrays of further ones go the long way.
SHAPE_LIMIT = 1024
_input = struct.Struct("@QiiQQQQ")  # tessera_input
_call = ctypes.CFUNCTYPE(
    ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(Output), ctypes.c_size_t
)(("tessera_session_call", lib))
_call.errcheck = lib.tessera_session_call.errcheck


class ShortCalls:
    """How a function of arrays whose outputs have sizes that its inputs say is called."""

    @classmethod
    def of(cls, inputs, outputs):
        """Returns it; None where a value is a list or has strings, or an output has a size that no input says, or NumPy has no such type."""
        places = {}
        for index, info in enumerate(inputs):
            for axis, size in enumerate(info.shape or ()):
                if isinstance(size, str) and size != "?":
                    places.setdefault(size, (index, axis))
        try:
            for info in [*inputs, *outputs]:
                if info.containers or info.shape is None or info.dtype.hasobject:
                    return None
            shapes = [tuple(places[size] if isinstance(size, str) else size for size in info.shape) for info in outputs]
            return cls([info.dtype for info in inputs], [info.dtype for info in outputs], shapes)
        except (KeyError, _values.Error):
            return None

    def __init__(self, input_dtypes, output_dtypes, shapes):
        self.inputs = [(dtype, _values.NUMBERS[dtype.name]) for dtype in input_dtypes]
        self.outputs = list(zip(output_dtypes, shapes))
        self.places = Output * len(shapes)
        # Extents as C reads them, with their address; none is ever dropped, since other threads may be in a call with it.
        self.extents = {}

    def call(self, session, function, inputs):
        """Calls the function; returns its outputs. None where the inputs are for the long way: which checks them, too."""
        if len(inputs) != len(self.inputs):
            return None
        packed = b""
        for item, (dtype, number) in zip(inputs, self.inputs):
            if type(item) is not np.ndarray or item.dtype != dtype or not item.flags.c_contiguous:
                return None
            shape = item.shape
            extents = self.extents.get(shape)
            if extents is None:
                if len(self.extents) == SHAPE_LIMIT:
                    return None
                array = (ctypes.c_int64 * len(shape))(*shape)
                extents = self.extents.setdefault(shape, (ctypes.addressof(array), array))
            packed += _input.pack(0, number, 0, len(shape), extents[0], _values.address(item), item.nbytes)
        places = self.places()
        results = []
        for index, (dtype, shape) in enumerate(self.outputs):
            try:
                result = np.empty([size if type(size) is int else inputs[size[0]].shape[size[1]] for size in shape], dtype)
            except IndexError:  # an input of another rank
                return None
            if not 0 < result.nbytes <= BYTE_LIMIT:
                return None
            places[index].data = _values.address(result)
            places[index].byte_count = result.nbytes
            results.append(result)
        _call(session, function, packed, len(inputs), places, len(results))
        return results
