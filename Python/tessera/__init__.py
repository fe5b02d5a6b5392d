"""Tessera: compiled machine-learning models.

    import tessera

    model = tessera.load("digits.tsm")          # a module that `tessera compile` wrote
    model = tessera.compile("digits.onnx")      # or a model, compiled now (needs tessera-compiler)
    probabilities = model(images)               # NumPy arrays in, NumPy arrays out; torch tensors in, torch tensors out

Everything that fails raises `tessera.Error`, with the code, id and text that the command line and the C interface have.
"""
from ._compiler import compile, from_jax, from_torch
from ._devices import Device, devices
from ._errors import Error
from ._library import VERSION as __version__
from ._modules import Function, Module, ValueInfo, load
from ._values import Tensor, aligned

__all__ = [
    "Device", "Error", "Function", "Module", "Tensor", "ValueInfo", "__version__", "aligned", "compile", "devices", "from_jax", "from_torch", "load",
]
