#!/usr/bin/env python3
"""Damaged StableHLO programs, text and artifacts: each must give a module or a diagnostic; never a trap, a hang, a bug of ours, or more than 2 GB.

usage: fuzz.py [--count N] [--seed N] [--first N] [--compile-every N] [--driver PROGRAM] [--failures FOLDER] [--polite]

What is damaged are the programs in `samples` and `artifacts`; files in `corpus`, which failed once, come first. All are imported, every Nth is compiled whole.
Mutant number i of a seed is always the same. The last line is 'N passed, N failed'.
"""
import argparse
import collections
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests/Fuzz"))
import mlir_mutations  # noqa: E402
import testdata  # noqa: E402
from driver import Driver, is_failure  # noqa: E402

mlir_mutations.NAME = re.compile(r"(?<![\w%@#!.])(?:stablehlo|chlo|func)\.[a-z_0-9]+")


def originals():
    """Texts that return what they check, the same without the elements of constants, and artifacts."""
    texts = [case.text for path in sorted((HERE / "samples").glob("*.mlir")) for case in testdata.cases(path)]
    short = [re.sub(r'dense<"0x[0-9A-F]*">', "dense<1>", text) for text in texts]
    artifacts = [path.read_bytes() for path in sorted((HERE / "artifacts").glob("*")) if path.suffix in (".mlirbc", ".jaxexport")]
    return short, texts, artifacts


def mutants(options):
    short, texts, artifacts = originals()
    names = sorted({name for text in texts for name in mlir_mutations.NAME.findall(text)})
    for number in range(options.first, options.first + options.count):
        generator = random.Random(f"stablehlo-{options.seed}-{number}")
        kind = generator.random()
        pool = artifacts if kind < 0.35 else texts if kind < 0.45 else short
        yield number, mlir_mutations.mutant(generator.choice(pool), generator, names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--compile-every", type=int, default=20)
    parser.add_argument("--driver", default=ROOT / ".build/release/tessera-fuzz-driver", type=pathlib.Path)
    parser.add_argument("--failures", default=ROOT / "build/fuzz", type=pathlib.Path)
    parser.add_argument("--polite", action="store_true")
    options = parser.parse_args()
    driver = Driver(options.driver, options.polite)
    driver.path = driver.path.with_suffix(".mlirbc")
    passed, failed, answers = 0, 0, collections.Counter()

    def ask(name, data, commands):
        nonlocal passed, failed
        for command in commands:
            answer = driver.ask(command, data)
            answers[answer.split()[0]] += 1
            if is_failure(answer):
                failed += 1
                options.failures.mkdir(parents=True, exist_ok=True)
                path = options.failures / f"stablehlo-{name}"
                path.write_bytes(data)
                print(f"{path}: {command}: {answer[:400]}", flush=True)
                return
        passed += 1

    try:
        for path in sorted((HERE / "corpus").glob("*")):
            ask(path.name, path.read_bytes(), ["load", "compile"])
        for number, data in mutants(options):
            ask(f"{options.seed}-{number}", data, ["load"] + (["compile"] if number % options.compile_every == 0 else []))
    finally:
        driver.stop()
    print(dict(answers))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
