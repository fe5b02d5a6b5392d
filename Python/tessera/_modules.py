"""Modules, and calls of their functions."""
import asyncio
import ctypes
import itertools
import os
from ctypes import c_char_p, c_size_t, c_void_p
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from . import _library, _short_calls, _values
from ._errors import Error
from ._library import Completion, Handle, Input, Output, lib


class ValueInfo(NamedTuple):
    """An input or output of a function.

    shape: the extents; a name where the size is known at run time, the same name being the same size. None in lists whose tensors have any rank.
    containers: "sequence" or "optional", the outermost first; empty for a tensor.
    """

    name: str
    type_text: str
    type: int
    shape: Optional[Tuple[Union[int, str], ...]]
    containers: Tuple[str, ...]
    has_default: bool

    @property
    def dtype(self):
        """NumPy's type of the elements."""
        return _values.dtype_of(self.type)

    @property
    def element(self) -> "ValueInfo":
        """What is in the outermost container."""
        return self._replace(containers=self.containers[1:])


def _value_info(function, handle, index) -> ValueInfo:
    info = _library.ValueInfo(struct_size=ctypes.sizeof(_library.ValueInfo))
    function(handle, index, ctypes.byref(info))
    shape = None
    if info.rank >= 0:
        shape = tuple(info.extents[axis] if info.extents[axis] >= 0 else info.symbols[axis].decode() for axis in range(info.rank))
    containers = tuple(("optional", "sequence")[info.containers[i]] for i in range(info.container_count))
    return ValueInfo(info.name.decode(), info.type_text.decode(), info.type, shape, containers, bool(info.has_default))


class Function:
    """A function of a module, called with arrays in order or by name."""

    def __init__(self, module: "Module", handle: Handle):
        self._module, self._handle = module, handle
        info = _library.FunctionInfo(struct_size=ctypes.sizeof(_library.FunctionInfo))
        lib.tessera_function_describe(handle.value, ctypes.byref(info))
        self.name: str = info.name.decode()
        self.signature: str = info.signature.decode()
        self.inputs: List[ValueInfo] = [_value_info(lib.tessera_function_input, handle.value, i) for i in range(info.input_count)]
        self.outputs: List[ValueInfo] = [_value_info(lib.tessera_function_output, handle.value, i) for i in range(info.output_count)]
        self._short = _short_calls.ShortCalls.of(self.inputs, self.outputs)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Calls the function: one output is returned as it is, several as a tuple. Other Python threads run meanwhile.

        Inputs are NumPy arrays, torch tensors or others with DLPack, or Python's numbers and lists, which get the type of the signature. Outputs
        are torch tensors where an input is one, else NumPy arrays, which may be written to.
        """
        if self._short is not None and not named:
            outputs = self._short.call(self._module._session.value, self._handle.value, inputs)
            if outputs is not None:
                return _one_or_all(outputs)
        inputs = self._ordered(inputs, named)
        as_torch = any(map(_values.is_torch, inputs))
        return _one_or_all([_values.result(handle, as_torch) for handle in self._call(inputs)])

    def raw(self, *inputs: Any, **named: Any) -> Tuple[_values.Tensor, ...]:
        """Calls the function; returns `tessera.Tensor`s, for whoever reads them by DLPack. Errors: an output is a list."""
        return tuple(_values.Tensor(handle) for handle in self._call(self._ordered(inputs, named)))

    async def call_async(self, *inputs: Any, **named: Any) -> Any:
        """Calls the function on a thread of the device. A task that is cancelled ends the call. NumPy's arrays are copied first."""
        inputs = self._ordered(inputs, named)
        as_torch = any(map(_values.is_torch, inputs))
        handles = [_values.value(item, info) for item, info in itertools.zip_longest(inputs, self.inputs[: len(inputs)])]
        waiting = _Waiting(asyncio.get_running_loop())
        place = c_void_p()
        values = (c_void_p * len(handles))(*(handle.value for handle in handles))
        try:
            lib.tessera_session_start(
                self._module._session.value, self._handle.value, values, len(handles), _complete, waiting.number, ctypes.byref(place))
        except Error:
            waiting.forget()
            raise
        call = Handle.of("call", place.value)
        try:
            outputs = await waiting.future
        except asyncio.CancelledError:
            lib.tessera_call_cancel(call.value)
            raise
        return _one_or_all([_values.result(handle, as_torch) for handle in outputs])

    def _ordered(self, inputs: Sequence[Any], named: Dict[str, Any]) -> Sequence[Any]:
        """Returns inputs in the order of the signature."""
        if not named:
            return inputs
        names = [info.name for info in self.inputs]
        ordered = list(inputs)
        for name in named:
            if name not in names or names.index(name) < len(inputs):
                problem = "has no input" if name not in names else "is given twice its input"
                raise Error("INVALID_ARGUMENT", "unknownInput", f"function '{self.name}' {problem} '{name}'\n  signature: {self.signature}")
        for name in names[len(inputs) :]:
            if name not in named:
                if all(later not in named for later in names[names.index(name) :]):
                    break
                raise Error("INVALID_ARGUMENT", "wrongInput", f"function '{self.name}', input '{name}': it is missing\n  signature: {self.signature}")
            ordered.append(named[name])
        return ordered

    def _call(self, inputs: Sequence[Any]) -> List[Handle]:
        """Calls the function; returns the values of its outputs."""
        keep: list = []
        places = (Input * len(inputs))()
        for index, item in enumerate(inputs):
            info = self.inputs[index] if index < len(self.inputs) else None
            _values.fill(places[index], _values.prepared(item, info), keep)
        outputs = (Output * len(self.outputs))()
        lib.tessera_session_call(self._module._session.value, self._handle.value, places, len(inputs), outputs, len(self.outputs))
        return [Handle.of("value", output.value) for output in outputs]

    def __repr__(self):
        return f"<tessera.Function {self.signature}>"


def _one_or_all(outputs):
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


class _Waiting:
    """A task that waits for a call."""

    numbers = itertools.count(1)
    all: Dict[int, "_Waiting"] = {}

    def __init__(self, loop):
        self.loop, self.future = loop, loop.create_future()
        self.number = next(self.numbers)
        self.all[self.number] = self

    def forget(self):
        self.all.pop(self.number, None)

    def end(self, outputs, error):
        if self.future.done():
            return
        if error is None:
            self.future.set_result(outputs)
        else:
            self.future.set_exception(error)


@Completion
def _complete(number, code, message, id, outputs, count):
    """Ends a call, on a thread of the device."""
    waiting = _Waiting.all.pop(number, None)
    handles = [Handle.of("value", outputs[index]) for index in range(count)]
    error = Error(lib.tessera_code_name(code).decode(), id.decode(), message.decode()) if code else None
    if waiting is not None:
        try:
            waiting.loop.call_soon_threadsafe(waiting.end, handles, error)
        except RuntimeError:  # the loop is closed
            pass


class Module:
    """A compiled model on its devices. Any number of threads may call it at once."""

    def __init__(self, handle: Handle, device: Union[None, str, Sequence[str]], threads: Optional[int]):
        self._handle = handle
        devices = []
        if device is not None or threads is not None:
            for name in [device] if isinstance(device, str) else device or self._device_kinds():
                devices.append(Handle("device", lib.tessera_device_create, name.encode(), threads or 0))
        chosen = (c_void_p * len(devices))(*(item.value for item in devices))
        self._session = Handle("session", lib.tessera_session_create, handle.value, chosen, len(devices))
        count = c_size_t()
        lib.tessera_module_function_count(handle.value, ctypes.byref(count))
        every = [Function(self, Handle("function", lib.tessera_module_function_at, handle.value, i)) for i in range(count.value)]
        self.functions: Dict[str, Function] = {function.name: function for function in every}

    def _device_kinds(self) -> List[str]:
        count, kind = c_size_t(), c_char_p()
        lib.tessera_module_device_count(self._handle.value, ctypes.byref(count))
        kinds = []
        for index in range(count.value):
            lib.tessera_module_device_kind(self._handle.value, index, ctypes.byref(kind))
            kinds.append(kind.value.decode())
        return kinds

    def function(self, name: Optional[str] = None) -> Function:
        """Returns the function called `name`; None is the only one there is, or "main"."""
        if name in self.functions:
            return self.functions[name]
        handle = Handle("function", lib.tessera_module_function, self._handle.value, None if name is None else name.encode())
        return Function(self, handle)

    def __getitem__(self, name: str) -> Function:
        return self.function(name)

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Calls the only function, or "main"."""
        return self._main()(*inputs, **named)

    async def call_async(self, *inputs: Any, **named: Any) -> Any:
        """Calls the only function, or "main", on a thread of the device."""
        return await self._main().call_async(*inputs, **named)

    def _main(self) -> Function:
        if len(self.functions) == 1:
            return next(iter(self.functions.values()))
        return self.functions.get("main") or self.function()

    def interrupt(self) -> None:
        """Ends all calls that run now: they raise an `Error` with the code "CANCELLED"."""
        lib.tessera_session_interrupt(self._session.value)

    def close(self) -> None:
        """Releases the module now. Calls that run go on; later ones raise an `Error`."""
        self._session.close()
        self._handle.close()

    def __enter__(self) -> "Module":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self):
        return f"<tessera.Module {', '.join(function.signature for function in self.functions.values())}>"


def load(
    source: Union[str, bytes, "os.PathLike[str]"], *, device: Union[None, str, Sequence[str]] = None, threads: Optional[int] = None
) -> Module:
    """Loads a module from a file, or from bytes, on the devices that it is for.

    device: another one of the kind, such as "vulkan://1"; a list for modules of several. threads: how many threads of the host it computes on;
    as many as there are processors unless given. Modules that are given neither share a device.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        handle = Handle("module", lib.tessera_module_load_bytes, data, len(data))
    else:
        handle = Handle("module", lib.tessera_module_load, os.fsencode(source))
    return Module(handle, device, threads)
