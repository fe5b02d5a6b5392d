#!/usr/bin/env python3
"""Runs the models of all operators with hostile inputs: sizes that do not fit together, and elements that are no index, length or number.

usage: run.py [--tessera bin/tessera] [--every N] [--mutations N] [--seed N] [--jobs N] [--keep DIR] [NAME ...]

The cases of Tests/Operators and the node tests of the onnx package are the seeds: all their sizes become dynamic, each with a name of its own, and integer constants become inputs where
the operator takes computed ones. Kernels are compiled with --check-accesses. A call may give numbers or an error; a signal, an internal error, an
access beyond an operand, or no end within 60 seconds is a failure, and so is a compiler bug. Before that come the calls of refused.py, which say what
the message is. NAME takes the seeds whose names contain it. --keep writes the model and the inputs of each failure. A line each minute says how far it is;
the last line is 'N passed, N failed'.
"""

import argparse
import itertools
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "Operators"), str(HERE.parent / "Nodes")]
from case import model  # noqa: E402
from cases import all_cases  # noqa: E402
from refused import ROWS  # noqa: E402
from suite import all_tests  # noqa: E402

SECONDS = 60
BYTES = 4 << 30
NUMBERS = [np.nan, np.inf, -np.inf, 1e30, -1e30, 1e8, -0.0, 0.0, -1.0, 2.5]


# Which sizes are dynamic, by input, axis and rank: the first that the compiler takes.
FORMS = [
    lambda i, axis, rank: True, lambda i, axis, rank: axis < rank - 1, lambda i, axis, rank: axis == 0, lambda i, axis, rank: i == 0,
    lambda i, axis, rank: i == 0 and axis < rank - 1, lambda i, axis, rank: i == 0 and axis == 0, lambda i, axis, rank: False,
]


class Seed:
    """A model of one operator with inputs that it takes, made when they are asked for."""

    def __init__(self, name, make):
        self.name, self.make = name, make


def seeds():
    """Returns those of Tests/Operators, and those of the onnx package whose inputs are numbers."""
    found = [Seed(case.name, lambda rng, case=case: model(case, rng)) for case in all_cases()]
    for test in all_tests(HERE.parents[1] / "build"):
        inputs = test.case.data_sets[0][0] if test.case.data_sets else []
        if test.is_plain and "_expanded" not in test.name and len(inputs) == len(test.case.model.graph.input) and all(isinstance(x, np.ndarray) and x.dtype.kind in "iufb" for x in inputs):
            found.append(Seed(test.name, lambda rng, test=test, inputs=inputs: (test.case.model, inputs)))
    return found


def unfixed(proto, arrays, is_dynamic, moves_constants):
    """Returns the model with names for sizes of its inputs, and with its constants as inputs, and the arrays of these."""
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    arrays = list(arrays)
    if moves_constants:
        for initializer in list(copy.graph.initializer):
            array = numpy_helper.to_array(initializer)
            if array.dtype.kind not in "iuf" or array.size > 4096:
                continue
            copy.graph.initializer.remove(initializer)
            copy.graph.input.append(helper.make_tensor_value_info(initializer.name, initializer.data_type, array.shape))
            arrays.append(array)
    for i, info in enumerate(copy.graph.input):
        # A list of sizes or axes has a known length: it says the rank of the result.
        is_list = arrays[i].dtype.kind in "iu" and arrays[i].ndim <= 1 and arrays[i].size <= 8
        for axis, size in enumerate(info.type.tensor_type.shape.dim):
            if not is_list and is_dynamic(i, axis, arrays[i].ndim):
                size.dim_param = f"size_{i}_{axis}"
    return copy, arrays


def resized(array, axis, size):
    """Returns the array with another size along an axis: cut off, or repeated."""
    if array.shape[axis] == 0:
        shape = list(array.shape)
        shape[axis] = size
        return np.zeros(shape, array.dtype)
    return np.take(array, np.arange(size) % array.shape[axis], axis)


def mutated(arrays, proto, rng):
    """Returns the inputs of a call with one to three things wrong, and what they are."""
    arrays, what = list(arrays), []
    # A loop runs as often as it is told to.
    most = 1000 if any(node.op_type == "Loop" for node in proto.graph.node) else 2**63
    for _ in range(rng.integers(1, 4)):
        i = int(rng.integers(len(arrays)))
        array = arrays[i]
        dims = proto.graph.input[i].type.tensor_type.shape.dim
        axes = [axis for axis in range(array.ndim) if dims[axis].dim_param]
        if array.dtype.kind not in "iufb" or (axes and rng.integers(2)):
            if not axes:
                continue
            axis = int(rng.choice(axes))
            n = array.shape[axis]
            size = int(rng.choice([0, 1, max(n - 1, 0), n + 1, 2 * n, n + 257]))
            if array.size // max(n, 1) * size > 1 << 20:
                continue
            arrays[i] = resized(array, axis, size)
            what.append(f"input {i} axis {axis}: {n} -> {size}")
        elif array.size and array.dtype.kind != "b":
            array = array.copy()
            place = int(rng.integers(array.size))
            if array.dtype.kind == "f":
                value = rng.choice(NUMBERS)
            else:
                limits, n = np.iinfo(array.dtype), int(rng.choice([size for other in arrays for size in other.shape] or [1]))
                value = int(rng.choice(np.array([-1, 0, 1, n, n + 1, -n, -n - 1, -2**63, 2**63 - 1, -2**31, 2**31 - 1, 1 << 40], object)))
                value = min(max(value, limits.min), most, limits.max)
            with np.errstate(all="ignore"):
                array.reshape(-1)[place] = value
            arrays[i] = array
            what.append(f"input {i} element {place}: {value}")
    return arrays, "; ".join(what)


def limit():
    """Keeps a call that asks for too much memory from taking the machine's."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def problem(command, is_compiler=False):
    """Returns the exit code of a command, and what is wrong with how it ended, or an empty string."""
    try:
        result = subprocess.run(command, capture_output=True, timeout=SECONDS, preexec_fn=None if is_compiler else limit)
    except subprocess.TimeoutExpired:
        return None, f"no end within {SECONDS} s"
    text = (result.stdout + result.stderr).decode(errors="replace").strip()
    if result.returncode < 0 or result.returncode > 5:
        return result.returncode, f"ended with {result.returncode}: {text[:300]}"
    if "compiler bug" in text or "INTERNAL" in text or "touched memory" in text:
        return result.returncode, text[:300]
    # These are messages of the runtime about a program that should have checked its sizes itself.
    if re.search(r"a buffer of -|workgroups|binding \d+ of dispatch site", text):
        return result.returncode, text[:300]
    return result.returncode, ""


def check(case, options, folder):
    """Returns how many calls were made of a case, and the failures."""
    folder = folder / re.sub(r"[^A-Za-z0-9.-]+", "_", case.name)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([zlib.crc32(case.name.encode()), options.seed])
    proto, given = case.make(rng)
    failures = []
    for is_dynamic, moves_constants in itertools.product(FORMS, (True, False)):
        changed, arrays = unfixed(proto, given, is_dynamic, moves_constants)
        onnx.save(changed, folder / "model.onnx")
        compile_command = [options.tessera, "compile", folder / "model.onnx", "-o", folder / "model.tsm", "--check-accesses"]
        code, wrong = problem(compile_command, is_compiler=True)
        if wrong:
            return 1, [f"{case.name}: compile: {wrong}"]
        if code == 0:
            break
    else:
        return 0, []
    if not arrays:
        return 0, []
    calls = 0
    for number in range(options.mutations):
        inputs, what = mutated(arrays, changed, rng)
        if not what:
            continue
        calls += 1
        command = [options.tessera, "run", folder / "model.tsm", "--threads=1"]
        for i, array in enumerate(inputs):
            np.save(folder / f"in{i}.npy", array.astype(str) if array.dtype == object else array)
            command.append(f"--input=@{folder}/in{i}.npy")
        _, wrong = problem(command)
        if wrong:
            failures.append(f"{case.name}: {what}: {wrong}")
            if options.keep:
                kept = pathlib.Path(options.keep) / f"{folder.name}-{number}"
                kept.mkdir(parents=True, exist_ok=True)
                onnx.save(changed, kept / "model.onnx")
                for i, array in enumerate(inputs):
                    np.save(kept / f"in{i}.npy", array.astype(str) if array.dtype == object else array)
    return calls, failures


def refusal(row, options, folder):
    """Returns what is wrong with a row of `refused.py`, or an empty string."""
    name, op, operands, attributes, expected = row
    attributes = dict(attributes)
    opset, outputs, version = attributes.pop("opset", 20), attributes.pop("outputs", 1), attributes.pop("version", 1)
    folder = folder / re.sub(r"[^A-Za-z0-9]+", "_", name)
    folder.mkdir()
    domain, _, kind = op.rpartition("::")
    infos, names, command = [], [], [options.tessera, "run", folder / "model.onnx", "--check-accesses", f"--output=@{folder}/out.npy"]
    for i, operand in enumerate(operands):
        names.append("" if operand is None else f"x{i}")
        if operand is None:
            continue
        array, sizes = operand if isinstance(operand, tuple) else (operand, [None] * np.ndim(operand))
        shape = [size or f"size_{i}_{axis}" for axis, size in enumerate(sizes)]
        # Lists of numbers that the host reads have a known length.
        if not isinstance(operand, tuple) and (kind, i) in LISTS:
            shape = array.shape
        infos.append(helper.make_tensor_value_info(names[-1], helper.np_dtype_to_tensor_dtype(array.dtype), shape))
        np.save(folder / f"in{i}.npy", array)
        command.append(f"--input=@{folder}/in{i}.npy")
    results = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(kind, names, results, name=op, domain=domain, **attributes)
    graph = helper.make_graph([node], "refused", infos, [helper.make_empty_tensor_value_info(result) for result in results])
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, version)] if domain else [])
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), folder / "model.onnx")
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    text = " / ".join((result.stdout + result.stderr).strip().split("\n"))
    if isinstance(expected, float):
        if result.returncode != 0:
            return f"{name}: ended with {result.returncode}: {text}"
        first = np.load(folder / "out.npy").reshape(-1)[0]
        return "" if abs(first - expected) < 1e-3 else f"{name}: {first}, expected {expected}"
    if result.returncode not in (1, 3) or expected not in text:
        return f"{name}: ended with {result.returncode}: {text}, expected '{expected}'"
    return "" if f"'{op}'" in text else f"{name}: the message does not name the operator: {text}"


# Operands that say a shape, by operator and number.
LISTS = {("Tile", 1), ("Pad", 1), ("Resize", 2), ("Resize", 3), ("Expand", 1)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--mutations", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.tessera = str(pathlib.Path(options.tessera).resolve())
    cases = [case for case in seeds() if not options.names or any(name in case.name for name in options.names)]
    cases = cases[options.first::options.every]
    calls = failed = done = 0
    begun = said = time.monotonic()
    rows = [row for row in ROWS if not options.names or any(name in row[0] for name in options.names)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        for wrong in pool.map(lambda row: refusal(row, options, pathlib.Path(folder)), rows):
            calls += 1
            failed += bool(wrong)
            if wrong:
                print("FAIL", wrong, flush=True)
        for count, failures in pool.map(lambda case: check(case, options, pathlib.Path(folder)), cases):
            calls += count
            failed += len(failures)
            for failure in failures:
                print("FAIL", failure.replace("\n", " / "), flush=True)
            done += 1
            if time.monotonic() - said > 60:
                said = time.monotonic()
                print(f"{done} of {len(cases)} cases, {calls} calls in {said - begun:.0f} s", flush=True)
    print(f"{len(cases)} cases, {calls} calls in {time.monotonic() - begun:.0f} s")
    print(f"{calls - failed} passed, {failed} failed")
    return failed > 0 or calls == 0


if __name__ == "__main__":
    sys.exit(main())
