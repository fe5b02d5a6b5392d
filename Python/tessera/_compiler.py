"""Models as modules: files, bytes, and functions of torch and JAX."""
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Union

from . import _programs
from ._errors import Error
from ._modules import Module, load


def compile(
    model: Any, *, target: Optional[str] = None, output: Union[None, str, "os.PathLike[str]"] = None,
    options: Union[None, Sequence[str], Dict[str, Any]] = None, device: Union[None, str, Sequence[str]] = None, threads: Optional[int] = None,
) -> Module:
    """Compiles a model, and loads the module. Needs the package tessera-compiler, or TESSERA_COMPILE.

    model: the path of a file (ONNX, TFLite, StableHLO, MLIR), its bytes, text of MLIR (a string of several lines), or an `onnx.ModelProto`.
    target: as `tessera compile --target` has it; this machine unless given. output: where the module is kept; nowhere unless given.
    options: other flags of `tessera compile`: a list such as ["--strict-math"], or a dict such as {"dim": "batch=1", "strict_math": True}.
    device, threads: as for `load`.
    """
    with tempfile.TemporaryDirectory(prefix="tessera-") as folder:
        source = _source(model, Path(folder))
        module = os.fspath(output) if output is not None else os.path.join(folder, "module.tsm")
        arguments = ["compile", source, "-o", module, "--error-format=json", *_flags(options)]
        if target is not None:
            arguments.append(f"--target={target}")
        _run(arguments)
        return load(module, device=device, threads=threads)


def _source(model: Any, folder: Path) -> str:
    """Returns the path of a model's file."""
    if hasattr(model, "SerializeToString"):
        model = model.SerializeToString()
    if isinstance(model, str) and "\n" in model:
        model = model.encode()
    if isinstance(model, (bytes, bytearray, memoryview)):
        path = folder / "model"
        path.write_bytes(model)
        return str(path)
    try:
        return os.fsdecode(model)
    except TypeError:
        raise Error("INVALID_ARGUMENT", "unknownModel", f"a model is a path, bytes, text or an onnx.ModelProto, not {type(model).__name__}") from None


def _flags(options: Union[None, Sequence[str], Dict[str, Any]]):
    """Returns the flags of the command line."""
    if options is None:
        return []
    if not isinstance(options, dict):
        return list(options)
    flags = []
    for name, setting in options.items():
        flag = "--" + name.replace("_", "-")
        for value in setting if isinstance(setting, (list, tuple)) else [setting]:
            if value is True:
                flags.append(flag)
            elif value is not False and value is not None:
                flags.append(f"{flag}={value}")
    return flags


def _run(arguments: Sequence[str]) -> None:
    """Runs the compiler. Errors: what it prints."""
    command, environment = _programs.compiler()
    try:
        done = subprocess.run([*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Error("UNAVAILABLE", "compilerStart", f"cannot start the compiler '{command[0]}': {error.strerror}") from None
    if done.returncode == 0:
        return
    printed = done.stderr.decode(errors="replace")
    for line in printed.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict) and message.get("severity") in ("error", "compiler bug"):
            parts = [message["message"]]
            parts += [f"  at: {message['location']}"] if "location" in message else []
            parts += [f"  note: {note}" for note in message.get("notes", [])]
            parts += [f"  help: {message['help']}"] if "help" in message else []
            raise Error(message.get("status", "INVALID_ARGUMENT"), message.get("id", "commandLine"), "\n".join(parts))
    raise Error("INTERNAL", "compilerFailed", f"the compiler ended with {done.returncode}: {printed.strip()[-2000:]}")


def from_torch(module: Any, example: Any, *, dynamic_shapes: Any = None, dynamo: Optional[bool] = None, **options: Any) -> Module:
    """Exports a `torch.nn.Module` by ONNX, and compiles it. Needs the package onnx, and onnxscript for `dynamo`.

    example: an input, or a tuple of inputs. dynamic_shapes: as for `torch.onnx.export(..., dynamo=True)`. dynamo: the newer exporter, which is
    used where onnxscript is there; False is the older one. options: as for `compile`.
    """
    import torch

    if dynamo is None:
        try:
            import onnxscript  # noqa: F401

            dynamo = True
        except ImportError:
            dynamo = False
    if dynamic_shapes is not None and not dynamo:
        raise Error("FAILED_PRECONDITION", "noOnnxscript", "dynamic_shapes need the newer exporter: install onnxscript")
    arguments = example if isinstance(example, tuple) else (example,)
    with tempfile.TemporaryDirectory(prefix="tessera-") as folder:
        path = os.path.join(folder, "model.onnx")
        more = {"dynamic_shapes": dynamic_shapes} if dynamic_shapes is not None else {}
        if isinstance(module, torch.nn.Module):
            was_training = module.training
            module.eval()
        try:
            with torch.no_grad():
                torch.onnx.export(module, arguments, path, dynamo=dynamo, **({"verbose": False} if dynamo else {}), **more)
        finally:
            if isinstance(module, torch.nn.Module):
                module.train(was_training)
        return compile(path, **options)


def from_jax(function: Any, *shapes: Any, **options: Any) -> Module:
    """Lowers a function of JAX to StableHLO, and compiles it.

    shapes: an example, an array or `jax.ShapeDtypeStruct`, of each argument. options: as for `compile`.
    """
    import jax

    if not hasattr(function, "lower"):
        function = jax.jit(function)
    return compile(function.lower(*shapes).as_text(), **options)
