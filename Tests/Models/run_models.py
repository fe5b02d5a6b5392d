#!/usr/bin/env python3
"""Compiles and runs exported models with Tessera, and compares every output with ONNX Runtime's.

  run_models.py [FOLDER] [--only TEXT,...] [--compile=FLAG ...] [--tessera PROGRAM]

FOLDER is what export.py wrote, with the models of one size (default build/models/small). An output is right where shape
and type are the same and |a - e| <= 1e-4 + 1e-4 |e| for every element, with NaN equal to NaN; integers and booleans must
be the same. `packs.json` beside this file says how many operands a model may pack, and how many results it may unpack, at each call; more is a
failure of its own, but with flags for the compiler: `--compile=--device=a=cpu --compile=--device=b=portable --compile=--place=random:7`.
The last line is 'N passed, N failed'; each set of inputs counts as one, and so does each budget.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4  # what the first issue asks for; ONNX Runtime itself is about 1e-6 off torch on these models


class Failed(Exception):
    """A command that did not end well."""


def run(command, timeout):
    """Runs a command, and returns the seconds that it took and what it printed."""
    begun = time.monotonic()
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"{command[1]} took more than {timeout} s") from None
    if result.returncode:
        said = (result.stderr or result.stdout).strip()
        end = f"signal {-result.returncode}" if result.returncode < 0 else f"exit code {result.returncode}"
        raise Failed(f"{command[1]} ended with {end}: {said[:600]}")
    return time.monotonic() - begun, result.stdout


def difference(actual, expected, tolerance=TOLERANCE):
    """Returns the largest error, and what is wrong or `None`; `tolerance` is absolute, plus relative."""
    if actual.shape != expected.shape or actual.dtype != expected.dtype:
        return float("nan"), f"is {actual.dtype}{list(actual.shape)} instead of {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind not in "fc":
        wrong = int((actual != expected).sum())
        return float(wrong), f"differs in {wrong} of {expected.size} elements" if wrong else None
    if not expected.size:
        return 0.0, None
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    error = np.where(same, 0.0, np.abs(actual.astype(np.float64) - expected))
    wrong = int((~(same | (error <= tolerance + tolerance * np.abs(expected.astype(np.float64))))).sum())
    return float(np.max(error)), f"is off by up to {np.max(error):.1e} in {wrong} of {expected.size} elements" if wrong else None


def run_case(tessera, module, case, meta, folder, tolerance=TOLERANCE):
    """Runs a module on one set of inputs; returns seconds and the largest error, or throws `Failed`."""
    outputs = [folder / f"out{i}.npy" for i in range(len(meta["outputs"]))]
    for output in outputs:
        output.unlink(missing_ok=True)
    inputs = [f"--input=@{case}/in{i}.npy" for i in range(len(meta["inputs"]))]
    seconds, _ = run([tessera, "run", module, *inputs, *(f"--output=@{output}" for output in outputs)], timeout=120)
    worst = 0.0
    for index, output in enumerate(outputs):
        if not output.exists():
            raise Failed(f"run wrote no {output.name}")
        error, wrong = difference(np.load(output), np.load(case / f"ref{index}.npy"), tolerance)
        worst = max(worst, error)
        if wrong:
            raise Failed(f"output '{meta['outputs'][index]['name']}' {wrong}")
    return seconds, worst


BUDGETS = json.loads((Path(__file__).resolve().parent / "packs.json").read_text())


def statistics(text):
    """The figures that `tessera compile --statistics` prints."""
    return {name: value for name, _, value in (line.partition(": ") for line in text.splitlines())}


def over_budget(model, figures):
    """What is too much in a model's statistics, or `None`; models that have no budget of their own have the budget '*'."""
    limits = next((b for name, b in BUDGETS.items() if model.startswith(name)), BUDGETS["*"])
    found = {kind: int(figures.get(f"{kind} left at run time", -1)) for kind in limits}
    # A figure that is missing is no figure within the budget.
    wrong = [f"{count} {kind} left at run time, at most {limits[kind]} allowed" for kind, count in found.items() if not 0 <= count <= limits[kind]]
    return ", ".join(wrong) or None


def try_model(tessera, model, folder, flags):
    """Compiles a model and runs its cases; returns how many passed and failed, and lines about them. `folder` is for this model's files alone."""
    folder.mkdir()
    meta, module, passed, failed, lines = json.loads((model / "meta.json").read_text()), folder / "model.tsm", 0, 0, []
    try:
        seconds, said = run([tessera, "compile", model / "model.onnx", "-o", module, "--statistics", *flags], timeout=600)
        if not module.exists():
            raise Failed("compile wrote no module")
    except Failed as failure:
        return 0, len(meta["cases"]), [f"{model.name:32} FAILED  {failure}"]
    if not flags:
        excess = over_budget(model.name, statistics(said))
        passed, failed = passed + (not excess), failed + bool(excess)
        if excess:
            lines.append(f"{model.name:32} FAILED  {excess}")
    for index, sizes in enumerate(meta["cases"]):
        compiled = f"{seconds:6.1f} s" if index == 0 else ""
        label = f"{model.name:32} {' '.join(f'{k}={v}' for k, v in sizes.items()):32} {compiled:>8}"
        try:
            taken, error = run_case(tessera, module, model / f"case{index}", meta, folder)
            passed += 1
            lines.append(f"{label} {taken:6.2f} s  {error:.1e}")
        except Failed as failure:
            failed += 1
            lines.append(f"{label} FAILED  {failure}")
    module.unlink()
    return passed, failed, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=ROOT / "build/models/small", type=Path)
    parser.add_argument("--only", default="", help="run models whose names have one of these parts, as 'bert,vit-dynamo'")
    parser.add_argument("--compile", action="append", default=[], metavar="FLAG", help="a flag for the compiler")
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    options = parser.parse_args()
    wanted = options.only.split(",")
    models = [m.parent for m in sorted(options.folder.glob("*/meta.json")) if any(part in m.parent.name for part in wanted)]
    if not models:
        parser.error(f"no models in '{options.folder}': `./dev models` exports them")

    passed = failed = 0
    print(f"{'model':32} {'sizes':32} {'compile':>8} {'run':>8}  max error")
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for more in pool.map(lambda model: try_model(options.tessera, model, Path(temporary) / model.name, options.compile), models):
            passed, failed = passed + more[0], failed + more[1]
            print(*more[2], sep="\n", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
