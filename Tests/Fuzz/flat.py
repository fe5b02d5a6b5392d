#!/usr/bin/env python3
"""Damaged TFLite models: every one must give a module or a diagnostic; never a trap, a hang, a bug of ours, or more than 2 GB.

  flat.py [ARGUMENT ...]

  --count N           mutants (1000)
  --seed N            which series of mutants (1)
  --first N           the number of the first mutant (0)
  --compile-every N   compile every Nth whole (20)
  --failures FOLDER   where what fails is written (build/fuzz)
  --driver PROGRAM    the process that imports and compiles (.build/release/tessera-fuzz-driver)
  --polite            run at the lowest priority

Mutant number i of a seed is always the same. The models that are damaged are the cases of Tests/TFLite. A mutant that is read at all is one in which
numbers changed: those of sizes, tensors, types, options, scales and elements. What fails is written to the folder of failures; a fixed one belongs
into Tests/Fuzz/corpus. The last line is 'N passed, N failed'.
"""
import argparse
import collections
import random
import struct
import sys
import time
from pathlib import Path

from driver import Driver, is_failure

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/TFLite"))
from case import model  # noqa: E402
from cases import all_cases  # noqa: E402

NUMBERS = [0, 1, 2, 3, 7, 127, 128, 255, 256, 65535, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, (1 << 32) - 2]


def mutant(data, others, generator):
    """A damaged copy of a model."""
    data = bytearray(data)
    for _ in range(generator.choice([1, 1, 1, 2, 3, 8])):
        place = generator.randrange(len(data))
        word = min(place & ~3, len(data) - 4)
        kind = generator.randrange(8)
        if kind == 0:
            data[place] ^= 1 << generator.randrange(8)
        elif kind == 1:
            data[place] = generator.randrange(256)
        elif kind == 2:
            struct.pack_into("<I", data, word, generator.choice(NUMBERS))
        elif kind == 3:
            struct.pack_into("<I", data, word, (struct.unpack_from("<I", data, word)[0] + generator.choice([-8, -4, -1, 1, 4, 8])) & 0xFFFFFFFF)
        elif kind == 4:
            struct.pack_into("<f", data, word, generator.choice([0.0, -1.0, float("inf"), float("nan"), 1e-30, 1e30]))
        elif kind == 5:
            # A part of another place: an offset that leads elsewhere, other options, other sizes.
            source, length = generator.randrange(len(data)), generator.choice([1, 2, 4, 8, 16])
            data[place : place + length] = data[source : source + min(length, len(data) - place)]
        elif kind == 6:
            small = [i for i in range(max(0, place - 64), min(len(data), place + 64)) if 0 < data[i] < 16]
            if small:
                data[generator.choice(small)] = generator.randrange(16)
        elif generator.randrange(6) == 0:
            del data[place:]
            if len(data) < 8:
                return bytes(generator.choice(others))
    return bytes(data)


def fuzz(driver, options):
    """Runs mutants; returns how many passed and failed."""
    driver.path = driver.path.with_suffix(".tflite")
    models = [model(case)[0] for case in all_cases()]
    answers, kinds, begun = collections.Counter(), collections.Counter(), time.monotonic()
    for number in range(options.first, options.first + options.count):
        generator = random.Random(f"tflite-{options.seed}-{number}")
        data = mutant(generator.choice(models), models, generator)
        for command in ["load"] + (["compile"] if number % options.compile_every == 0 else []):
            answer = driver.ask(command, data)
            answers[answer.split()[0]] += 1
            if not is_failure(answer):
                continue
            kinds[answer[:160]] += 1
            if kinds[answer[:160]] <= 20:
                options.failures.mkdir(parents=True, exist_ok=True)
                path = options.failures / f"{command}-{options.seed}-{number}.tflite"
                path.write_bytes(data)
                print(f"{path}: {answer}", flush=True)
            break
    failed = sum(kinds.values())
    print(f"{options.count} mutants in {time.monotonic() - begun:.0f} s: {dict(answers)}")
    return options.count - failed, failed


def main():
    parser = argparse.ArgumentParser(add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-h", "--help", action="version", version=__doc__)
    parser.add_argument("--driver", default=ROOT / ".build/release/tessera-fuzz-driver", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", default=0, type=int)
    parser.add_argument("--compile-every", default=20, type=int)
    parser.add_argument("--failures", default=ROOT / "build/fuzz", type=Path)
    parser.add_argument("--polite", action="store_true")
    options = parser.parse_args()
    driver = Driver(options.driver, options.polite)
    try:
        passed, failed = fuzz(driver, options)
    finally:
        driver.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
