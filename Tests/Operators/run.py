#!/usr/bin/env python3
"""Compiles and runs the cases of `cases.py` with tessera, and compares with ONNX Runtime, or with onnx's evaluator where that lacks the operator.

usage: run.py [--tessera bin/tessera] [--every N] [--jobs N] [--keep DIR] [--open] [--compile=FLAG ...] [--verify] [NAME ...]

NAME takes the cases whose names contain it; --every N takes each Nth (a fast sample); --open makes all sizes of the inputs unknown to the compiler,
and counts apart what it then refuses with a message; --compile gives the compiler a flag, such as
--compile=--device=a=cpu --compile=--device=b=cpu --compile=--place=random:7; of --compile=--target=cpu=any each variant is run
that this machine can; --verify lets 'tessera verify' compare with our own plain program instead. An element may differ by the case's tolerance,
absolute plus relative to ONNX Runtime's value; integers and booleans must be equal. The last line is 'N passed, N failed'.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import onnx.reference
import onnxruntime

from case import model
from cases import all_cases


def reference(case, path, graph, arrays):
    """Returns the outputs of ONNX Runtime, or of onnx's evaluator."""
    if case.expected is not None:
        return case.expected
    feeds = {info.name: array for info, array in zip(graph.input, arrays)}
    if case.reference == "onnx":
        return onnx.reference.ReferenceEvaluator(str(path)).run(None, feeds)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def difference(expected, actual, tolerance):
    """Returns what is wrong with `actual`, or an empty string."""
    expected = np.asarray(expected)
    if expected.dtype.kind in "OU" and actual.dtype.kind == "U" and actual.shape == expected.shape:
        return "" if (actual == expected.astype(str)).all() else f"{actual.tolist()}, expected {expected.tolist()}"
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return f"{actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}"
    bound = tolerance if expected.dtype.kind == "f" else 0
    close = np.isclose(actual.astype(np.float64), expected.astype(np.float64), rtol=bound, atol=bound, equal_nan=True)
    if close.all():
        return ""
    at = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"{(~close).sum()} of {close.size} elements differ, first at {list(at)}: {actual[at]}, expected {expected[at]}"


def verify(tessera, folder):
    """Returns what `tessera verify` finds wrong with the model in `folder`, or an empty string."""
    result = subprocess.run(
        [tessera, "verify", folder / "model.onnx", f"--inputs={folder}", "--threads=1"], capture_output=True, text=True, timeout=600)
    return f"verify ended with {result.returncode}: {' / '.join((result.stdout + result.stderr).splitlines()[:5])}" if result.returncode else ""


def check(case, tessera, folder, is_open, flags, verifies):
    """Returns what went wrong with a case, or an empty string."""
    folder = folder / re.sub(r"[^A-Za-z0-9.-]+", "_", case.name)
    (folder / "out").mkdir(parents=True, exist_ok=True)
    proto, arrays = model(case, np.random.default_rng(zlib.crc32(case.name.encode())), is_open)
    onnx.save(proto, folder / "model.onnx")
    for i, array in enumerate(arrays):
        np.save(folder / f"in{i}.npy", array.astype(str) if array.dtype == object else array)
    if verifies:
        return verify(tessera, folder)
    try:
        expected = reference(case, folder / "model.onnx", proto.graph, arrays)
    except Exception as error:  # its exceptions have no common base
        return f"{case.reference}: {str(error)[-160:]}"
    result, problem = execute([tessera, "compile", folder / "model.onnx", "-o", folder / "model.tsm", *flags])
    if result is not None and result.returncode == 3 and is_open:
        return f"refused: {' / '.join(result.stderr.split(chr(10))[:2])}"
    if problem:
        return problem
    problems = []
    for variant in variants(tessera, folder / "model.tsm", flags):
        command = [tessera, "run", folder / "model.tsm", f"--inputs={folder}", f"--outputs={folder / 'out'}", "--threads=1", *variant]
        result, problem = execute(command)
        if variant and result is not None and "does not fit this processor" in result.stderr:
            continue
        if problem:
            return problem
        for i, array in enumerate(expected):
            problem = difference(array, np.load(folder / "out" / f"out{i}.npy"), case.tolerance)
            if problem:
                problems.append(f"output {i}{''.join(variant).replace('--', ' of ')}: {problem}")
    return "; ".join(problems)


def execute(command):
    """Runs a command: what came of it, `None` if it took too long, and what is wrong with that, or an empty string."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None, f"{command[1]} took longer than 120 s"
    if result.returncode != 0:
        return result, f"{command[1]} ended with {result.returncode}: {' / '.join((result.stdout + result.stderr).split(chr(10))[:4])}"
    return result, ""


def variants(tessera, module, flags):
    """The flags that choose each variant of a module in turn; no flags for a module of one."""
    if not any(flag.startswith("--target=") for flag in flags):
        return [[]]
    dump = json.loads(subprocess.run([tessera, "dump", "--json", module], capture_output=True, text=True, check=True).stdout)
    return [[f"--variant={variant['name']}"] for variant in dump.get("variants", [])] or [[]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=str(pathlib.Path(__file__).parents[2] / "bin" / "tessera"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", help="a folder for the models and arrays, kept")
    parser.add_argument("--open", action="store_true", help="all sizes of the inputs are unknown when the model is compiled")
    parser.add_argument("--compile", action="append", default=[], metavar="FLAG", help="a flag for the compiler")
    parser.add_argument("--verify", action="store_true", help="compare with our own plain program")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    onnxruntime.set_default_logger_severity(4)
    cases = [case for case in all_cases() if not arguments.names or any(name in case.name for name in arguments.names)][:: arguments.every]
    failed = refused = 0
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(arguments.jobs) as pool:
        folder = pathlib.Path(arguments.keep or temporary)
        def problem_of(case):
            return check(case, arguments.tessera, folder, arguments.open, arguments.compile, arguments.verify)

        for case, problem in zip(cases, pool.map(problem_of, cases)):
            if problem.startswith("refused: "):
                refused += 1
                print(f"{case.name} is {problem}", flush=True)
            elif problem:
                failed += 1
                print(f"FAIL {case.name}: {problem}", flush=True)
    print(f"{len(cases) - failed - refused} passed, {failed} failed" + (f", {refused} refused" if arguments.open else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
