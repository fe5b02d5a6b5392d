#!/usr/bin/env python3
"""Compiles small programs with Tessera, runs them over many shapes, and compares every output with numpy's.

  run.py [--only TEXT,...] [--tessera PROGRAM] [--target cpu=x86-64-v3] [--packing-spec FILE] [--seed N] [--keep FOLDER] [-v]

Many functions go into one file for each compile; what does not compile in company is compiled by itself, to tell whose
fault it is. Every case runs with 1 and with 3 threads, which must both be right. An output is right where shape and type
are the same and |a - e| <= t + t |e|, with t = 1e-11 (f64), 3e-5 (f32), 1e-2 (f16), 8e-2 (bf16) unless a program has
its own; NaN equals NaN; integers and booleans must be the same. Programs that are marked as pending are listed with the
reason, and not counted. The last line is 'N passed, N failed'; each case (one
set of inputs, one number of threads) counts as one, and so does each program that must be refused.
"""
import argparse
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import attention
import byte_products
import contractions
import convolutions
import elementwise
import limits
import movement
import packings
import paddings
import product_chains
import random_programs
import reductions
import selections
import siblings
import signatures
import tosa
from program import NUMPY, TOLERANCE, from_bf16, is_float, stored

ROOT = Path(__file__).resolve().parents[2]
BATCH = 24  # functions in a file: enough to hide the start of the compiler, few enough to halve the work of a failure


def execute(command, timeout=120):
    """Runs a command: returns its exit code and what it said on standard error."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=timeout)
    except subprocess.TimeoutExpired:
        return "timeout", f"took more than {timeout} s"
    return result.returncode, (result.stderr or result.stdout).strip()


TARGET = []  # further words for the compiler


def compile_programs(tessera, programs, folder, number):
    """Compiles programs into one module; returns its path, or `None` and the reason."""
    path = folder / f"batch{number}.mlir"
    text = "".join(p.text for p in programs)
    resources = ",\n".join(r for p in programs for r in p.resources)
    if resources:
        text += "\n{-# dialect_resources: { builtin: {\n" + resources + "\n} } #-}\n"
    path.write_text(text)
    code, said = execute([tessera, "compile", path, "-o", path.with_suffix(".tsm"), *TARGET])
    if code == 0:
        return path.with_suffix(".tsm"), None
    if isinstance(code, int) and code < 0:
        fatal = [line for line in said.split("\n") if "Fatal error" in line or " in " in line and " at " in line]
        return None, f"signal {-code}: " + "; ".join(fatal[:4] or [said[:300]])
    return None, f"exit code {code}: {said[-600:]}"


def wrong(actual, expected, dtype, tolerance):
    """What is wrong with an output, or `None`."""
    if dtype == "bf16":
        actual = from_bf16(actual).reshape(actual.shape)
    kind = NUMPY[dtype]
    if actual.shape != expected.shape or actual.dtype != kind:
        return f"is {actual.dtype}{list(actual.shape)} instead of {np.dtype(kind)}{list(expected.shape)}"
    if not is_float(dtype):
        count = int((actual != expected).sum())
        return f"differs in {count} of {expected.size} elements" + first(actual, expected, actual != expected) if count else None
    t = TOLERANCE[dtype] if tolerance is None else tolerance
    with np.errstate(all="ignore"):
        a, e = actual.astype(np.float64), expected.astype(np.float64)
        bad = ~((a == e) | (np.isnan(a) & np.isnan(e)) | (np.abs(a - e) <= t + t * np.abs(e)))
    return f"is wrong in {int(bad.sum())} of {expected.size} elements" + first(a, e, bad) if bad.any() else None


def first(actual, expected, bad):
    """The first wrong element as text."""
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    return f", first at {list(place)}: {actual[place]} instead of {expected[place]}"


def run_case(tessera, module, program, case, number, threads, folder):
    """Runs one case; returns what is wrong or `None`."""
    place = folder / f"{program.name}.{number}.{threads}"
    inputs, outputs = place / "in", place / "out"
    inputs.mkdir(parents=True, exist_ok=True)
    for i, (array, (_, _, dtype)) in enumerate(zip(case.inputs, program.arguments)):
        np.save(inputs / f"in{i}.npy", stored(array, dtype))
    code, said = execute(
        [tessera, "run", module, f"--function={program.name}", "--inputs", inputs, "--outputs", outputs, "--threads", threads], 60)
    if case.error is not None:
        return None if code == 1 and case.error in said else f"exit code {code} and '{said[:300]}' instead of the error '{case.error}'"
    if code != 0:
        return f"exit code {code}: {said[:400]}"
    for i, (expected, result) in enumerate(zip(case.expected, program.results)):
        problem = wrong(np.load(outputs / f"out{i}.npy"), expected, result.dtype, case.tolerance)
        if problem:
            return f"output {i} {problem}"
    return None


def programs(only, seed):
    """All programs whose names have one of the texts."""
    families = [attention, byte_products, contractions, product_chains, convolutions, reductions, elementwise, signatures, movement, packings,
                paddings, selections, siblings, tosa, limits]
    everything = [p for family in families for p in family.programs()] + list(random_programs.programs(seed))
    names = [p.name for p in everything]
    assert len(set(names)) == len(names), f"names are used twice: {sorted({n for n in names if names.count(n) > 1})}"
    return [p for p in everything if not only or any(part in p.name for part in only)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--tessera", default=ROOT / "bin/tessera")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--target", help="as for tessera compile; the machine must have it")
    parser.add_argument("--packing-spec", help="as for tessera compile, with any packing: results must be the same")
    parser.add_argument("-v", action="store_true", help="print every case")
    options = parser.parse_args()
    if options.target:
        TARGET.append(f"--target={options.target}")
    if options.packing_spec:
        TARGET.append(f"--packing-spec={options.packing_spec}")
    begun = time.monotonic()
    selected = programs([t for t in options.only.split(",") if t], options.seed)
    compiler = Path(options.tessera).with_name("tessera-compile")
    passed, failures = 0, []
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(2) as pool:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if options.keep:
            for p in selected:
                (folder / f"{p.name}.mlir").write_text(p.text)
        for p in [p for p in selected if p.pending]:
            module, _ = compile_programs(compiler, [p], folder, p.name)
            works = module and all(run_case(options.tessera, module, p, c, n, 1, folder) is None for n, c in enumerate(p.cases))
            print(f"pending: {p.name}" + (" works now: take the mark away" if works else f": {p.pending}"))
        good = [p for p in selected if p.unsupported is None and not p.pending]
        batches = [good[i::max(1, -(-len(good) // BATCH))] for i in range(-(-len(good) // BATCH))]
        modules = {}
        alone = []
        for batch, (module, reason) in zip(batches, pool.map(lambda b: compile_programs(compiler, b[1], folder, b[0]), enumerate(batches))):
            if module:
                modules.update({p.name: module for p in batch})
            else:
                alone += batch
        compiled = pool.map(lambda p: compile_programs(compiler, [p], folder, p.name), alone)
        for program, (module, reason) in zip(alone, compiled):
            if module:
                modules[program.name] = module
            else:
                failures += [(program.name, f"does not compile: {reason}")] + [None] * (2 * len(program.cases) - 1)
        refused = [p for p in selected if p.unsupported is not None]
        for program, (module, reason) in zip(refused, pool.map(lambda p: compile_programs(compiler, [p], folder, p.name), refused)):
            if reason and reason.startswith("exit code 3") and program.unsupported in reason:
                passed += 1
            else:
                failures.append((program.name, f"{reason or 'compiles'} instead of exit code 3 and '{program.unsupported}'"))
        print(f"{len(selected)} programs compiled in {time.monotonic() - begun:.1f} s", flush=True)
        jobs = [(p, c, n, t) for p in good if p.name in modules for n, c in enumerate(p.cases) for t in (1, 3)]
        results = pool.map(lambda j: run_case(options.tessera, modules[j[0].name], j[0], j[1], j[2], j[3], folder), jobs)
        for (program, case, number, threads), problem in zip(jobs, results):
            shapes = " ".join("x".join(map(str, np.shape(i))) or "scalar" for i in case.inputs)
            title = f"{program.name}, case {number} ({shapes}), {threads} thread{'s' if threads > 1 else ''}"
            if problem:
                failures.append((title, problem))
            else:
                passed += 1
                if options.v:
                    print(f"passed: {title}")
    for failure in failures:
        if failure:
            print(f"FAILED: {failure[0]}: {failure[1]}")
    print(f"took {time.monotonic() - begun:.1f} s")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
