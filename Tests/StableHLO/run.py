#!/usr/bin/env python3
"""StableHLO programs, compiled and run: what they compute is what their files say.

  run.py FOLDER ...            StableHLO's own test data (stablehlo/testdata, stablehlo/tests/interpret, stablehlo/tests/math), or a sample of it
  run.py --programs FOLDER ... programs with inputs and results beside them: NAME.mlir (or .mlirbc, .jaxexport), NAME.in0.npy, NAME.out0.npy

The last line is 'N passed, N failed'. Needs NumPy, and ml_dtypes for types that NumPy lacks.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

import testdata

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 120
SUFFIXES = (".mlir", ".mlirbc", ".jaxexport")


def run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"took longer than {SECONDS} s"
    return None if done.returncode == 0 else f"[{done.returncode}] " + " | ".join(done.stderr.strip().splitlines()[:3])


def arrays(path):
    """The arrays of a file that holds one behind the other."""
    found = []
    with open(path, "rb") as file:
        while True:
            start = file.tell()
            if not file.read(1):
                return found
            file.seek(start)
            found.append(np.load(file))




def ulps(a, b):
    """The distance of floats in units of the last place; NaN is NaN, and infinities are what they are."""
    if np.iscomplexobj(a):
        part = np.float32 if a.dtype == np.complex64 else np.float64
        return np.maximum(ulps(a.real.astype(part), b.real.astype(part)), ulps(a.imag.astype(part), b.imag.astype(part)))
    kind = np.dtype(f"i{a.dtype.itemsize}")

    def ordered(x):
        bits = x.view(kind).astype(np.int64)
        return np.where(bits < 0, np.iinfo(kind).min - bits, bits)

    with np.errstate(over="ignore"):
        distance = np.abs(ordered(np.ascontiguousarray(a)).astype(np.float64) - ordered(np.ascontiguousarray(b)).astype(np.float64))
    return np.where(np.isnan(a) & np.isnan(b), 0, np.where(np.isnan(a) | np.isnan(b), np.inf, distance))


def difference(check, actual, expected, tolerance):
    """What is wrong, or `None`."""
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return f"{actual.dtype}{actual.shape} instead of {expected.dtype}{expected.shape}"
    if actual.dtype == np.dtype("V2"):  # bf16, which NumPy does not know: the upper half of an f32
        actual, expected = (np.frombuffer(x.tobytes(), np.uint16).astype(np.uint32) << 16 for x in (actual, expected))
        actual, expected, tolerance = actual.view(np.float32), expected.view(np.float32), 1e-2
    if actual.size == 0:
        return None
    exact = check.kind.endswith("expect_eq") or check.kind == "eq"
    if exact or actual.dtype.kind not in "fc":
        same = (actual == expected) | ((actual != actual) & (expected != expected))
        return None if same.all() else f"{(~same).sum()} of {same.size} elements differ"
    off = ulps(actual, expected)
    if "almost" in check.kind:
        tolerance = max(tolerance, 1e-4)
    # Of values much smaller than the largest one the last places are noise of a sum.
    with np.errstate(invalid="ignore", over="ignore"):
        finite = np.abs(expected[np.isfinite(expected)].astype(np.complex128 if actual.dtype.kind == "c" else np.float64))
        scale = finite.max() if finite.size else 0
        near = np.abs(actual.astype(np.complex128) - expected.astype(np.complex128)) <= tolerance * (np.abs(expected.astype(np.complex128)) + scale)
    good = (off <= check.ulps) | near
    return None if good.all() else f"{(~good).sum()} of {good.size} elements are off by up to {off.max():.0f} ulp"


# Other libraries' functions differ in their last places: as the tolerance of NumPy's tests, by the element and the largest one.
TOLERANCE = {2: 2e-3, 4: 2e-5, 8: 1e-10, 16: 1e-10}


def run_case(case, options, folder):
    model, module, output = (f"{folder}/{os.getpid()}-{id(case)}{suffix}" for suffix in (".mlir", ".tsm", ".npy"))
    pathlib.Path(model).write_text(case.text)
    try:
        error = run([options.tool, "compile", model, "-o", module])
        if error:
            return error
        outputs = [f"--output=@{output}"] + [f"--output=+{output}"] * (2 * len(case.checks) - 1)
        error = run([options.tool, "run", module, "--threads=1", *outputs])
        if error:
            return error
        results = arrays(output)
        for i, check in enumerate(case.checks):
            size = results[2 * i].dtype.itemsize // (2 if results[2 * i].dtype.kind == "c" else 1)
            wrong = difference(check, results[2 * i], results[2 * i + 1], TOLERANCE[size] if size in TOLERANCE else 0)
            if wrong:
                return f"check {i}: {wrong}"
        return None
    finally:
        for path in (model, module, output):
            if os.path.exists(path):
                os.remove(path)


def run_program(path, options, folder):
    module = f"{folder}/{path.name}.tsm"
    stem = str(path)[: -len("".join(path.suffixes))]
    error = run([options.tool, "compile", str(path), "-o", module])
    if error:
        return error

    def files(kind):
        found, i = [], 0
        while os.path.exists(f"{stem}.{kind}{i}.npy"):
            found.append(f"{stem}.{kind}{i}.npy")
            i += 1
        return found

    inputs = [f"--input=@{name}" for name in files("in")]
    outputs = [f"--expected_output=@{name}" for name in files("out")]
    error = run([options.tool, "run", module, "--threads=1", "--rtol=1e-3", "--atol=1e-4", *inputs, *outputs])
    os.remove(module)
    return error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--programs", action="store_true", help="the folders hold programs with inputs and results beside them")
    parser.add_argument("--tool", default=str(ROOT / "bin/tessera"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="a regular expression that names must have")
    parser.add_argument("--every", type=int, default=1, help="one of so many cases")
    parser.add_argument("--failures", type=pathlib.Path, help="where the names of what fails are written, with the reason")
    options = parser.parse_args()

    cases = []
    for folder in options.folders:
        paths = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES) if folder.is_dir() else [folder]
        for path in paths:
            if options.programs:
                cases.append((path.name, run_program, path))
            else:
                cases += [(case.name, run_case, case) for case in testdata.cases(path)]
    cases = [case for case in cases if re.search(options.only, case[0])][:: options.every]

    failures = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda case: (case[0], case[1](case[2], options, folder)), cases)
        for name, error in results:
            if error:
                failures.append((name, error))
                print(f"FAILED {name}: {error[:300]}", flush=True)
    if options.failures:
        options.failures.write_text("".join(f"{name}: {error}\n" for name, error in failures))
    reasons = collections.Counter(re.sub(r"[\d'].*", "", error.split(" | ")[-1])[:80] for _, error in failures)
    for reason, count in reasons.most_common(20):
        print(f"  {count} x {reason}")
    print(f"{len(cases) - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
