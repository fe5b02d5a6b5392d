#!/usr/bin/env python3
"""Compiles and runs the TFLite models of `cases.py` with tessera, and compares with LiteRT's default runtime.

usage: run.py [--tessera bin/tessera] [--every N] [--jobs N] [--keep DIR] [--compile=FLAG ...] [NAME ...]

NAME takes the cases whose names contain it; --every N takes each Nth (a fast sample). Floats may differ by the case's tolerance, absolute
plus relative to LiteRT's value; of quantized results as many as the case says by one step; all others must be equal. The last line is
'N passed, N failed'.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from case import model
from cases import all_cases
from litert import Reference


def difference(case, tensor, expected, actual):
    """Returns what is wrong with `actual`, or an empty string."""
    expected = np.asarray(expected)
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return f"{actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind == "f":
        close = np.isclose(actual.astype(np.float64), expected.astype(np.float64), rtol=case.tolerance, atol=case.tolerance, equal_nan=True)
        allowed = 0
    elif tensor.scale is not None:
        far = np.abs(actual.astype(np.int64) - expected.astype(np.int64))
        close = far == 0
        allowed = int(np.ceil(case.steps * close.size)) if far.max(initial=0) <= 1 else 0
    else:
        close, allowed = actual == expected, 0
    if (~close).sum() <= allowed:
        return ""
    at = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"{(~close).sum()} of {close.size} elements differ, first at {list(at)}: {actual[at]}, expected {expected[at]}"


def execute(command):
    """Runs a command, and returns what is wrong with that, or an empty string."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return f"{command[1]} took longer than 120 s"
    if result.returncode != 0:
        return f"{command[1]} ended with {result.returncode}: {' / '.join((result.stdout + result.stderr).split(chr(10))[:4])}"
    return ""


def shapes_of_results(content, arrays):
    """The shapes that LiteRT finds out; its plain kernels lack a few operators."""
    try:
        return [array.shape for array in Reference(content, "reference").run(arrays)]
    except ValueError:
        return [array.shape for array in Reference(content).run(arrays)]


def check(case, tessera, folder, flags):
    """Returns what went wrong with a case, or an empty string."""
    folder = folder / re.sub(r"[^A-Za-z0-9.-]+", "_", case.name)
    (folder / "out").mkdir(parents=True, exist_ok=True)
    content, inputs = model(case)
    generator = np.random.default_rng(zlib.crc32(case.name.encode()))
    arrays = [tensor.array(generator) for tensor in inputs]
    for i, array in enumerate(arrays):
        np.save(folder / f"in{i}.npy", array)
    if case.expected is not None:
        expected = case.expected(*arrays)
    else:
        try:
            # XNNPACK takes only operators whose results have the right shapes in the file, which its kernels find out first.
            content, _ = model(case, shapes_of_results(content, arrays))
            expected = Reference(content, case.kind).run(arrays)
        except (RuntimeError, ValueError) as error:
            return f"LiteRT: {str(error)[-160:]}"
    (folder / "model.tflite").write_bytes(content)
    problem = execute([tessera, "compile", folder / "model.tflite", "-o", folder / "model.tsm", *flags])
    inputs = [f"--inputs={folder}"] if arrays else []
    problem = problem or execute([tessera, "run", folder / "model.tsm", *inputs, f"--outputs={folder / 'out'}", "--threads=1"])
    if problem:
        return problem
    problems = []
    for i, (tensor, array) in enumerate(zip(case.results, expected)):
        problem = difference(case, tensor, array, np.load(folder / "out" / f"out{i}.npy"))
        if problem:
            problems.append(f"output {i}: {problem}")
    return "; ".join(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=str(pathlib.Path(__file__).parents[2] / "bin" / "tessera"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", help="a folder for the models and arrays, kept")
    parser.add_argument("--compile", action="append", default=[], metavar="FLAG", help="a flag for the compiler")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    cases = [case for case in all_cases() if not arguments.names or any(name in case.name for name in arguments.names)][:: arguments.every]
    failed = 0
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(arguments.jobs) as pool:
        folder = pathlib.Path(arguments.keep or temporary)
        for case, problem in zip(cases, pool.map(lambda case: check(case, arguments.tessera, folder, arguments.compile), cases)):
            if problem:
                failed += 1
                print(f"FAIL {case.name}: {problem}", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
