#!/usr/bin/env python3
"""Damaged models, ONNX or MLIR: every one must give a module or a diagnostic; never a trap, a hang, a bug of ours, or more than 2 GB.

  run.py [ARGUMENT ...]       fuzz, and keep what fails
  run.py --replay             the corpus, and a few fresh mutants of each format

  --mlir              MLIR, text and bytecode, instead of ONNX
  --count N           mutants (1000; 300 of ONNX and 150 of MLIR with --replay)
  --seed N            which series of mutants (1)
  --first N           the number of the first mutant (0)
  --compile-every N   compile every Nth whole (20)
  --failures FOLDER   where what fails is written (build/fuzz)
  --driver PROGRAM    the process that imports and compiles (.build/release/tessera-fuzz-driver)
  --polite            run at the lowest priority

Mutant number i of a seed is always the same. The models that are damaged are the operator cases of Tests/Operators and, where they are
exported, the small models of build/models; of MLIR the programs of Tests/MLIR. All are imported, every Nth is compiled whole. What fails is made smaller and written to the
folder of failures; a fixed one belongs into Tests/Fuzz/corpus. The last line is 'N passed, N failed'.
"""
import argparse
import collections
import random
import re
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import onnx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests/Operators"))
from case import model as case_model  # noqa: E402
from cases import all_cases  # noqa: E402
from driver import Driver, is_failure  # noqa: E402
from mutations import mutant  # noqa: E402
import mlir_mutations  # noqa: E402

LARGE = 300_000  # bytes: a model above this takes longer to write than to import
WHOLE_MODELS = 0.1  # of the mutants


def originals():
    """Returns the models to damage: those of one operator, and whole ones."""
    single = [case_model(case, np.random.default_rng(zlib.crc32(case.name.encode())))[0] for case in all_cases()]
    paths = [ROOT / "Examples/Digits/digits.onnx", *sorted((ROOT / "build/models/small").glob("*/model.onnx"))]
    return single, [onnx.load(path) for path in paths if path.exists() and path.stat().st_size < LARGE]


def mutants(seed, first, count):
    """Yields the numbers and bytes of mutants."""
    single, whole = originals()
    for number in range(first, first + count):
        generator = random.Random(f"{seed}-{number}")
        pool = whole if whole and generator.random() < WHOLE_MODELS else single
        yield number, mutant(generator.choice(pool), generator)


def mlir_mutants(seed, first, count):
    """Yields the numbers and bytes of mutants of MLIR."""
    sys.path.insert(0, str(ROOT / "Tests/MLIR"))
    from families import programs
    from run import named
    everything = programs()
    names, texts = sorted({p.op for p in everything}), [named(p) for p in everything]
    encoded = bytecode(texts[::len(texts) // 12])
    for number in range(first, first + count):
        generator = random.Random(f"mlir-{seed}-{number}")
        pool = encoded if generator.random() < 0.25 else texts
        yield number, mlir_mutations.mutant(generator.choice(pool), generator, names)


def bytecode(texts):
    """Returns the programs as bytecode, as upstream's tool writes it."""
    command = ["/usr/lib/llvm-22/bin/mlir-opt", "--emit-bytecode", "--allow-unregistered-dialect"]
    results = [subprocess.run(command, input=text.encode(), capture_output=True) for text in texts]
    return [result.stdout for result in results if result.returncode == 0]


def kind_of(answer):
    """Returns what an answer has in common with others of the same cause."""
    return re.sub(r'loc\("[^"]*"\)|0x[0-9a-f]+|\d+', "N", answer)[:160]


def repeated_fields(message):
    """Yields all lists of parts in a message, the outer ones first."""
    for field, value in message.ListFields():
        parts = list(value) if field.is_repeated else [value]
        if field.is_repeated:
            yield value
        if field.message_type is not None:
            for part in parts:
                yield from repeated_fields(part)


def fewer_lines(driver, command, data):
    """Returns a text that fails in the same way, with as few lines as can be."""
    kind, lines = kind_of(driver.ask(command, data)), data.split(b"\n")
    for index in reversed(range(len(lines))):
        rest = lines[:index] + lines[index + 1:]
        if len(lines) < 400 and kind_of(driver.ask(command, b"\n".join(rest))) == kind:
            lines = rest
    return b"\n".join(lines)


def smaller(driver, command, data):
    """Returns a model that fails in the same way, with as few parts as can be."""
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception:  # damaged too much to be taken apart
        return data
    kind = kind_of(driver.ask(command, data))
    if kind_of(driver.ask(command, model.SerializeToString())) != kind or kind.startswith("hangs"):
        return data
    lists, at = len(list(repeated_fields(model))), 0
    while at < lists:
        parts = list(repeated_fields(model))[at]
        for index in reversed(range(len(parts))):
            before = model.SerializeToString()
            del parts[index]
            if kind_of(driver.ask(command, model.SerializeToString())) != kind:
                model.ParseFromString(before)
                parts = list(repeated_fields(model))[at]
        lists, at = len(list(repeated_fields(model))), at + 1
    return model.SerializeToString()


def reader_dies(driver):
    """`True` iff upstream's reader alone ends the process, which the compiler tells from a crash of its own by the same trial."""
    return subprocess.run([driver.program, "read-mlir", driver.path], capture_output=True, env={"SWIFT_BACKTRACE": "enable=no"}).returncode not in (0, 17)


def fuzz(driver, options, is_mlir):
    """Runs mutants; returns how many passed and failed."""
    driver.path = driver.path.with_suffix(".mlir" if is_mlir else ".onnx")
    load = "load" if is_mlir else "import"
    answers, kinds, begun = collections.Counter(), {}, time.monotonic()
    for number, data in (mlir_mutants if is_mlir else mutants)(options.seed, options.first, options.count):
        commands = [load] + (["compile"] if number % options.compile_every == 0 else [])
        for command in commands:
            answer = driver.ask(command, data)
            if is_mlir and answer.startswith("died") and reader_dies(driver):
                answer = "refused: upstream's reader dies of it"
            answers[answer.split()[0]] += 1
            if not is_failure(answer):
                continue
            kind = kind_of(answer)
            kinds.setdefault(kind, []).append(number)
            # a death does not say what it died of
            if len(kinds[kind]) <= (20 if kind.startswith("died") else 1):
                path = options.failures / f"{command}-{options.seed}-{number}{driver.path.suffix}"
                options.failures.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                print(f"{path}: {answer}", flush=True)
                path.write_bytes((fewer_lines if is_mlir else smaller)(driver, command, data))
            break
        if number % 5000 == 4999:
            print(f"{number + 1 - options.first} mutants in {time.monotonic() - begun:.0f} s: {dict(answers)}", flush=True)
    for kind, numbers in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"{len(numbers)} times, first in mutant {numbers[0]}: {kind}")
    failed = sum(map(len, kinds.values()))
    print(f"{options.count} mutants in {time.monotonic() - begun:.0f} s: {dict(answers)}")
    return options.count - failed, failed


def replay(driver, options):
    """Imports and compiles the corpus, and some fresh mutants; returns how many passed and failed."""
    passed = failed = 0
    for path in sorted((HERE / "corpus").glob("*.*")):
        driver.path = driver.path.with_suffix(path.suffix)
        for command in ("import" if path.suffix == ".onnx" else "load", "compile"):
            answer = driver.ask(command, path.read_bytes())
            if is_failure(answer):
                print(f"{path.name}, {command}: {answer}")
            failed += is_failure(answer)
            passed += not is_failure(answer)
    counts = [(300, False), (150, True)] if options.count is None else [(options.count, options.mlir)]
    for options.count, is_mlir in counts:
        more = fuzz(driver, options, is_mlir)
        passed, failed = passed + more[0], failed + more[1]
    return passed, failed


def main():
    parser = argparse.ArgumentParser(add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-h", "--help", action="version", version=__doc__)  # `./dev fuzz --help` shows the same, without Python
    parser.add_argument("--driver", default=ROOT / ".build/release/tessera-fuzz-driver", type=Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", default=0, type=int)
    parser.add_argument("--compile-every", default=20, type=int)
    parser.add_argument("--failures", default=ROOT / "build/fuzz", type=Path)
    parser.add_argument("--mlir", action="store_true")
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--polite", action="store_true")
    options = parser.parse_args()
    driver = Driver(options.driver, options.polite)
    try:
        if options.replay:
            passed, failed = replay(driver, options)
        else:
            options.count = options.count or 1000
            passed, failed = fuzz(driver, options, options.mlir)
    finally:
        driver.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
