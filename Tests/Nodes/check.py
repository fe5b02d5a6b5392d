"""One node test: its model compiled, run on each set of inputs through files, and compared at the package's tolerances."""

import subprocess
import time
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, numpy_helper


@dataclass
class Result:
    """How a test went: `status` is 'passed', or the step that went wrong."""

    status: str
    detail: str = ""
    # What compilation took.
    seconds: float = 0.0


class Failed(Exception):
    """A step of a test that went wrong: its name, and why."""


def command(step, *words):
    """Runs a program to its end."""
    try:
        result = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace", timeout=60)
    except subprocess.TimeoutExpired:
        raise Failed(step, "took longer than 60 s") from None
    if result.returncode:
        said = " | ".join((result.stderr or result.stdout).strip().split("\n"))
        raise Failed(step, f"exit code {result.returncode}: {said[:400]}")


def array_of(value):
    """Returns a value of the package as an array."""
    if isinstance(value, TensorProto):
        value = numpy_helper.to_array(value)
    if isinstance(value, dict):
        raise Failed("files", "a map has no file form")
    array = np.asarray(value)
    if array.dtype == object:
        array = np.array([item.decode() if isinstance(item, bytes) else str(item) for item in array.flat], str).reshape(array.shape)
    return array


def containers(value_type):
    """Returns what a tensor of a type is wrapped in, the outermost first: 'optional' and 'sequence'."""
    if value_type.HasField("optional_type"):
        return ["optional"] + containers(value_type.optional_type.elem_type)
    if value_type.HasField("sequence_type"):
        return ["sequence"] + containers(value_type.sequence_type.elem_type)
    return []


def arrays_of(value):
    """Returns the arrays of a tensor, a sequence or an optional."""
    if value is None:
        return []
    return [array_of(item) for item in value] if isinstance(value, (list, tuple)) else [array_of(value)]


def argument(value, wrapped, path):
    """Returns the argument of `--input` for a value, whose arrays are written to one file."""
    with open(path, "wb") as file:
        for array in arrays_of(value):
            np.save(file, array)
    if not wrapped:
        return f"@{path}"
    if value is None:
        return "[]"
    inner = f"@{path}" if arrays_of(value) else ""
    return "[" * len(wrapped) + inner + "]" * len(wrapped)


def loaded(path):
    """Returns the arrays of a file."""
    arrays = []
    with open(path, "rb") as file:
        while file.peek(1):
            arrays.append(np.load(file))
    return arrays


def difference(actual, expected, rtol, atol):
    """Returns what is wrong with `actual`, or an empty string, by the rules of onnx.backend.test.runner."""
    # NumPy has no bfloat16 and no small floats of its own: files hold them as bytes.
    if actual.dtype.kind == "V" and actual.dtype.itemsize == expected.dtype.itemsize:
        actual = actual.view(expected.dtype)
    if actual.dtype.kind == expected.dtype.kind == "U" and actual.shape == expected.shape:
        return "" if (actual == expected).all() else f"{actual.tolist()} instead of {expected.tolist()}"[:400]
    if actual.dtype != expected.dtype or actual.shape != expected.shape:
        return f"{actual.dtype}{list(actual.shape)} instead of {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind == "V":
        if expected.dtype.name == "bfloat16":
            rtol = max(rtol, 2**-6)
        actual, expected = actual.astype(np.float32), expected.astype(np.float32)
    try:
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
    except AssertionError as error:
        return " | ".join(line.strip() for line in str(error).split("\n") if line.strip())[:400]
    return ""


def check(test, tessera, folder, flags):
    """Returns the `Result` of a test, compiled with `flags`; its files go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    model, module = folder / "model.onnx", folder / "model.tsm"
    model.write_bytes(test.case.model.SerializeToString())
    seconds = 0.0
    try:
        begun = time.monotonic()
        command("compile", tessera, "compile", model, "-o", module, "--no-cache", *flags)
        seconds = time.monotonic() - begun
        for inputs, outputs in test.case.data_sets:
            words = []
            for index, value in enumerate(inputs):
                wrapped = containers(test.case.model.graph.input[index].type)
                words.append(f"--input={argument(value, wrapped, folder / f'in{index}.npy')}")
            outputs = [arrays_of(value) for value in outputs]
            words += [f"--output=@{folder}/out{index}.npy" for index in range(len(outputs))]
            command("run", tessera, "run", module, "--threads=1", *words)
            for index, expected in enumerate(outputs):
                actual = loaded(folder / f"out{index}.npy")
                if len(actual) != len(expected):
                    raise Failed("wrong", f"output {index}: a list of {len(actual)} instead of {len(expected)}")
                for ours, theirs in zip(actual, expected):
                    wrong = difference(ours, theirs, test.case.rtol, test.case.atol)
                    if wrong:
                        raise Failed("wrong", f"output {index}: {wrong}")
    except Failed as failed:
        return Result(*failed.args, seconds)
    return Result("passed", "", seconds)
