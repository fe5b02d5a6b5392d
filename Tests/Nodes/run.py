#!/usr/bin/env python3
"""Runs the onnx package's backend node tests through `tessera compile` and `tessera run`.

  run.py [ARGUMENT ...] [NAME ...]

  --sample            run a fixed part of the tests, for CI
  -j N, --jobs N      tests at a time (one a processor)
  --json FILE         write name, operator, domain, status, detail and seconds of each test to this file
  --write FILE        write docs/operators.md to this file, after a run of all tests
  --compile=FLAG      a flag for the compiler; may stand several times
  --keep FOLDER       keep the models and arrays here
  --tessera PROGRAM   the program; tessera-compile stands beside it (bin/tessera)

NAME takes the tests whose names contain it. A test passes where every output has the expected type and shape, and values within the package's tolerances.
Tests that are known not to pass stand with their reasons in expectations.txt; the run fails where another does not pass, and where one of them does.
The last line is 'N passed, N failed': as expected, and not.
"""

import argparse
import collections
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check import check
from document import document
from expectations import known_failures, reason
from suite import all_tests

ROOT = Path(__file__).resolve().parents[2]


def summarize(results, groups):
    """Prints how many tests pass, of all and of those with plain tensors, why the others do not, and what compiles slowly."""
    for title, chosen in (("all tests", results), ("plain tensors", [(test, result) for test, result in results if test.is_plain])):
        print(f"{title}: {sum(result.status == 'passed' for _, result in chosen)} of {len(chosen)} pass")
    reasons = collections.Counter(reason(test.name, groups) or "not known" for test, result in results if result.status != "passed")
    for why, count in reasons.most_common():
        print(f"  {count:4} {why}")
    slow = sorted(((result.seconds, test.name) for test, result in results), reverse=True)[:5]
    print("slowest to compile: " + ", ".join(f"{name} {seconds:.2f} s" for seconds, name in slow))


def main():
    parser = argparse.ArgumentParser(add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-h", "--help", action="version", version=__doc__)  # `./dev nodes --help` shows the same, without Python
    parser.add_argument("--tessera", default=ROOT / "bin" / "tessera")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--compile", action="append", default=[])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if arguments.write and (arguments.sample or arguments.names or arguments.compile):
        parser.error("--write needs a run of all tests, without flags for the compiler")
    tests = [test for test in all_tests(ROOT / "build") if test.is_sampled or not arguments.sample]
    tests = [test for test in tests if not arguments.names or any(name in test.name for name in arguments.names)]
    groups = known_failures()
    results = []
    failed = 0
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(arguments.jobs) as pool:
        folder = arguments.keep or Path(temporary)
        for test, result in zip(tests, pool.map(lambda test: check(test, arguments.tessera, folder / test.name, arguments.compile), tests)):
            results.append((test, result))
            known = reason(test.name, groups)
            if result.status == "passed" and known:
                failed += 1
                print(f"FAIL {test.name} passes, but is listed in expectations.txt: {known}", flush=True)
            elif result.status != "passed" and not known:
                failed += 1
                print(f"FAIL {test.name}: {result.status}: {result.detail}", flush=True)
    summarize(results, groups)
    if arguments.json:
        rows = {
            test.name: {"operator": test.operator, "domain": test.domain, "plain": test.is_plain, **vars(result)} for test, result in results
        }
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    if arguments.write:
        arguments.write.write_text(document(arguments.tessera, results, groups))
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
