#!/usr/bin/env python3
"""Compiles programs of one operation of MLIR's tensor dialects, runs them, and compares with numpy.

  run.py [--sample] [--only TEXT,...] [--write docs/mlir.md] [--tessera PROGRAM] [--keep FOLDER] [-v]

Many functions go into one file for each compile; what does not compile in company is compiled by itself, to tell whose fault it is. Integers must be
the same; floats |a - e| <= t + t |e|, with t of their type (program.py) or of the program; NaN equals NaN. A program that must be refused has to end with exit
code 3, and a message that names the operation. `--sample` takes every eighth program. `--write` writes the table of what works. The last line is
'N passed, N failed'.
"""
import argparse
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import families
from document import document
from program import TOLERANCE

ROOT = Path(__file__).resolve().parents[2]
BATCH = 32  # functions in a file: enough to hide the start of the compiler, few enough to halve the work of a failure
SAMPLE = 8
# The resources of a program, of which a file may have one block only.
RESOURCE = re.compile(r"\{-# dialect_resources: \{ builtin: \{ (.*?) \} \} #-\}\n")


def execute(command, timeout=120):
    """Runs a command: returns its exit code and what it said on standard error."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=timeout)
    except subprocess.TimeoutExpired:
        return "timeout", f"took more than {timeout} s"
    return result.returncode, (result.stderr or result.stdout).strip()


def named(program):
    """The text with the function's own name, that of its globals and of what it calls too."""
    text = program.text.replace("r_NAME", f"r_{program.name}")
    return re.sub(r"@([gh])\b", rf"@{program.name}_\1", text.replace("@f(", f"@{program.name}("))


class Session:
    """The compiler, a folder, and the number of files so far."""

    def __init__(self, tessera, folder):
        self.tessera, self.folder, self.count = tessera, folder, 0

    def compile(self, programs):
        """Compiles programs into one module; returns its path, the exit code and the message."""
        self.count += 1
        path = self.folder / f"batch{self.count}.mlir"
        text = "\n".join(named(p) for p in programs)
        resources = RESOURCE.findall(text)
        text = RESOURCE.sub("", text)
        if resources:
            text += "{-# dialect_resources: { builtin: {\n" + ",\n".join(resources) + "\n} } #-}\n"
        path.write_text(text)
        code, said = execute([self.tessera, "compile", path, "-o", path.with_suffix(".tsm")])
        return path.with_suffix(".tsm"), code, said

    def outcomes(self, programs):
        """The outcome of each program: `None` for right, else what is wrong."""
        found = {}
        if len(programs) == 1:
            module, code, said = self.compile(programs)
            found[programs[0].name] = self.one(module, code, said, programs[0])
            return found
        module, code, _ = self.compile(programs)
        if code == 0:
            with ThreadPoolExecutor(2) as pool:
                for p, outcome in zip(programs, pool.map(lambda p: self.one(module, 0, "", p), programs)):
                    found[p.name] = outcome
            return found
        half = (len(programs) + 1) // 2
        return {**self.outcomes(programs[:half]), **self.outcomes(programs[half:])}

    def one(self, module, code, said, program):
        """The outcome of a program that was compiled with this exit code and message."""
        if program.refusal is not None:
            if code == 3 and program.refusal in said:
                return None
            return f"exit code {code} instead of a refusal that says '{program.refusal}': {said[:400]}"
        if code != 0:
            return f"exit code {code}: {said[:500]}"
        return self.call(module, program)

    def call(self, module, program):
        """Calls a program's function; returns what is wrong, or `None`."""
        folder = self.folder / program.name
        folder.mkdir(exist_ok=True)
        command = [self.tessera, "run", module, f"--function={program.name}"]
        for i, array in enumerate(program.inputs):
            np.save(folder / f"in{i}.npy", np.ascontiguousarray(array).reshape(np.shape(array)))
            command.append(f"--input=@{folder}/in{i}.npy")
        command += [f"--output=@{folder}/out{i}.npy" for i in range(len(program.expected))]
        code, said = execute(command)
        if program.error is not None:
            return None if code == 1 and program.error in said else f"exit code {code} and '{said[:300]}' instead of the error '{program.error}'"
        if code != 0:
            return f"exit code {code}: {said[:500]}"
        for i, expected in enumerate(program.expected):
            problem = wrong(np.load(folder / f"out{i}.npy"), np.asarray(expected), program.tolerance)
            if problem:
                return f"output {i} {problem}"
        return None


def wrong(actual, expected, tolerance):
    """What is wrong with an output, or `None`."""
    if actual.dtype.kind == "V" and actual.dtype.itemsize == expected.dtype.itemsize:
        actual = actual.view(expected.dtype)
    if actual.shape != expected.shape or actual.dtype.itemsize != expected.dtype.itemsize:
        return f"is {actual.dtype}{list(actual.shape)} instead of {expected.dtype}{list(expected.shape)}"
    if expected.dtype.kind in "biu" or expected.dtype.name.startswith(("int", "uint")):
        a, e = actual.astype(np.int64), expected.astype(np.int64)
        bad = a != e
    else:
        kind = np.complex128 if expected.dtype.kind == "c" else np.float64
        a, e = actual.astype(kind), expected.astype(kind)
        name = {"float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16", "complex64": "complex<f32>", "complex128": "complex<f64>"}
        t = tolerance if tolerance is not None else TOLERANCE.get(name.get(expected.dtype.name), 0)
        with np.errstate(all="ignore"):
            bad = ~((a == e) | (np.isnan(a) & np.isnan(e)) | (np.abs(a - e) <= t + t * np.abs(e)))
    if not bad.any():
        return None
    i = int(np.flatnonzero(np.atleast_1d(bad))[0])
    return f"differs in {int(bad.sum())} of {bad.size}, first at {i}: {a.ravel()[i]} instead of {e.ravel()[i]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("-v", action="store_true", help="print every program")
    options = parser.parse_args()
    begun = time.monotonic()
    programs = families.programs()
    parts = [t for t in options.only.split(",") if t]
    chosen = [p for p in programs if not parts or any(t in f"{p.op} {p.form}" or t == p.name for t in parts)]
    if options.sample:
        chosen = chosen[::SAMPLE]
    passed, outcomes = 0, {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        session = Session(options.tessera, folder)
        companions = [p for p in chosen if p.refusal is None]
        alone = [[p] for p in chosen if p.refusal is not None]
        for batch in [companions[i:i + BATCH] for i in range(0, len(companions), BATCH)] + alone:
            found = session.outcomes(batch)
            for p in batch:
                outcome = outcomes[p.name] = found[p.name]
                passed += outcome is None
                if outcome or options.v:
                    print(f"{'FAILED' if outcome else 'ok    '} {p.op} [{p.form}] {p.name}: {outcome or ''}", flush=True)
    if options.write:
        options.write.write_text(document(programs, outcomes))
    count = len(chosen)
    if not parts:
        # Programs that a sample leaves out are as the page says; those that ran must not have changed it.
        count += 1
        page = ROOT / "docs/mlir.md"
        assumed = {p.name: outcomes.get(p.name) for p in programs}
        if page.read_text() == document(programs, assumed):
            passed += 1
        else:
            print("FAILED docs/mlir.md is not what a run says: Tests/MLIR/run.py --write docs/mlir.md")
    print(f"{time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {count - passed} failed")
    sys.exit(passed != count)


if __name__ == "__main__":
    main()
