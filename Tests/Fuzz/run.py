#!/usr/bin/env python3
"""Damaged ONNX models: every one must give a module or a diagnostic; never a trap, a hang, a bug of ours, or more than 2 GB.

  run.py [ARGUMENT ...]       fuzz, and keep what fails
  run.py --replay             the corpus, and a few fresh mutants

  --count N           mutants (1000; 300 with --replay)
  --seed N            which series of mutants (1)
  --first N           the number of the first mutant (0)
  --compile-every N   compile every Nth whole (20)
  --failures FOLDER   where what fails is written (build/fuzz)
  --driver PROGRAM    the process that imports and compiles (.build/release/fuzz-driver)
  --polite            run at the lowest priority

Mutant number i of a seed is always the same. The models that are damaged are the operator cases of Tests/Operators and, where they are
exported, the small models of build/models. All are imported, every Nth is compiled whole. What fails is made smaller and written to the
folder of failures; a fixed one belongs into Tests/Fuzz/corpus. The last line is 'N passed, N failed'.
"""
import argparse
import collections
import random
import re
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


def fuzz(driver, options):
    """Runs mutants; returns how many passed and failed."""
    answers, kinds, begun = collections.Counter(), {}, time.monotonic()
    for number, data in mutants(options.seed, options.first, options.count):
        commands = ["import"] + (["compile"] if number % options.compile_every == 0 else [])
        for command in commands:
            answer = driver.ask(command, data)
            answers[answer.split()[0]] += 1
            if not is_failure(answer):
                continue
            kind = kind_of(answer)
            kinds.setdefault(kind, []).append(number)
            # a death does not say what it died of
            if len(kinds[kind]) <= (20 if kind.startswith("died") else 1):
                path = options.failures / f"{command}-{options.seed}-{number}.onnx"
                options.failures.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                print(f"{path}: {answer}", flush=True)
                path.write_bytes(smaller(driver, command, data))
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
    for path in sorted((HERE / "corpus").glob("*.onnx")):
        for command in ("import", "compile"):
            answer = driver.ask(command, path.read_bytes())
            if is_failure(answer):
                print(f"{path.name}, {command}: {answer}")
            failed += is_failure(answer)
            passed += not is_failure(answer)
    more = fuzz(driver, options)
    return passed + more[0], failed + more[1]


def main():
    parser = argparse.ArgumentParser(add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-h", "--help", action="version", version=__doc__)  # `./dev fuzz --help` shows the same, without Python
    parser.add_argument("--driver", default=ROOT / ".build/release/fuzz-driver", type=Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", default=0, type=int)
    parser.add_argument("--compile-every", default=20, type=int)
    parser.add_argument("--failures", default=ROOT / "build/fuzz", type=Path)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--polite", action="store_true")
    options = parser.parse_args()
    options.count = options.count or (300 if options.replay else 1000)
    driver = Driver(options.driver, options.polite)
    try:
        passed, failed = (replay if options.replay else fuzz)(driver, options)
    finally:
        driver.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
