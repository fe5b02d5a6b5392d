"""The devices of this machine."""
import ctypes
from typing import List, NamedTuple

from ._library import DeviceInfo, lib


class Device(NamedTuple):
    """A device. `name` is what `tessera.load(..., device=name)` takes; `missing` is what it lacks to run modules, or empty."""

    name: str
    architecture: str
    model: str
    missing: str


def devices() -> List[Device]:
    """Returns the devices of this machine."""
    count = ctypes.c_size_t()
    lib.tessera_device_count(ctypes.byref(count))
    result = []
    for index in range(count.value):
        info = DeviceInfo(struct_size=ctypes.sizeof(DeviceInfo))
        lib.tessera_device_describe(index, ctypes.byref(info))
        result.append(Device(info.name.decode(), info.architecture.decode(), info.model.decode(), info.missing.decode()))
    return result
