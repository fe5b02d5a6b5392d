#!/usr/bin/env python3
"""Random small programs, compiled and called, against an evaluator in Python that knows nothing of MLIR's rewrites.

  run.py [--count N] [--seed N] [--first N] [--placed] [--failures FOLDER] [--driver PROGRAM] [--polite]

Program number i of a seed is always the same. Each is called in three forms: with its numbers as arguments, as constants, which folds can see, and with
some as each; --placed places their operations on two devices at random. All three have to give what the evaluator gives, to the bit. A program that does what MLIR leaves undefined (see semantics.py) is left out.
What fails is made smaller and written to the folder of failures; a fixed one belongs into regressions.py, which is run first. The last line is
'N passed, N failed'.
"""
import argparse
import random
import re
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests/Fuzz"))
import regressions  # noqa: E402
import semantics as s  # noqa: E402
from driver import Driver  # noqa: E402
from evaluation import LIMIT, execute, tensor_type, text_of  # noqa: E402
from programs import Generator  # noqa: E402
from structures import functions_of  # noqa: E402
from tensors import TensorGenerator  # noqa: E402

FORMS = ("inputs", "constants", "mixed")


class Program:
    """Steps, numbers from outside, and the values that are asked for."""

    def __init__(self, leaves, steps, types, outputs):
        self.leaves, self.steps, self.types, self.outputs = leaves, steps, types, outputs

    def expected(self):
        """The values of the outputs, or None where the program is not defined."""
        environment = {name: value for name, _, value in self.leaves}
        try:
            with np.errstate(all="ignore"):
                execute(self.steps, environment, [LIMIT])
        except (s.Undefined, OverflowError):
            return None
        return environment

    def is_constant(self, form, number):
        return form == "constants" or form == "mixed" and number % 2 == 0

    def arguments(self, form):
        return [leaf for i, leaf in enumerate(self.leaves) if not self.is_constant(form, i)]

    def text(self):
        return "".join(functions_of(self.steps, self.types, text_of)) + "".join(self.function(form) for form in FORMS)

    def function(self, form):
        """One form as a function."""
        arguments = ", ".join(f"{name}_a: {tensor_type(*outer(t))}" for name, t, _ in self.arguments(form))
        lines = []
        for i, (name, t, value) in enumerate(self.leaves):
            shape, element = outer(t)
            if self.is_constant(form, i):
                lines.append(constant_leaf(name, t, value))
            elif isinstance(t, str) and t == "index":
                lines.append(f"{name}_i = tensor.extract {name}_a[] : tensor<i64>\n{name} = arith.index_cast {name}_i : i64 to index\n")
            elif isinstance(t, str):
                lines.append(f"{name} = tensor.extract {name}_a[] : {tensor_type(shape, element)}\n")
            else:
                lines.append(f"{name} = tensor.cast {name}_a : {tensor_type(shape, element)} to {tensor_type(*t)}\n" if t[0] != shape else "")
        body = text_of(self.steps, self.types)
        results, names = [], []
        for name in self.outputs:
            t = self.types[name]
            shape, element = outer(t)
            results.append(tensor_type(shape, element))
            if t == "index":
                body += f"{name}_i = arith.index_cast {name} : index to i64\n{name}_o = tensor.from_elements {name}_i : tensor<i64>\n"
            elif isinstance(t, str):
                body += f"{name}_o = tensor.from_elements {name} : tensor<{t}>\n"
            names.append(f"{name}_o" if isinstance(t, str) else name)
        text = "".join(lines) + body
        for i, (name, t, _) in enumerate(self.leaves):
            if not isinstance(t, str) and not self.is_constant(form, i) and t[0] == outer(t)[0]:
                text = re.sub(rf"{name}\b", f"{name}_a", text)
        return f"func.func @{form}({arguments}) -> ({', '.join(results)}) {{\n{text}return {', '.join(names)} : {', '.join(results)}\n}}\n"

    def calls(self):
        return "".join(f"{form} {' '.join(encoded(t, v) for _, t, v in self.arguments(form))}\n" for form in FORMS)


def outer(type):
    """The shape and element of the tensor that holds a value of a type."""
    return ((), "i64" if type == "index" else type) if isinstance(type, str) else type


def constant_leaf(name, type, value):
    if isinstance(type, str):
        return f"{name} = {s.constant(value, type)}\n"
    shape, element = type
    static = tensor_type(value.shape, element)
    text = ", ".join(s.attribute(e, element) for e in value.elements)
    nested = f"dense<{nest(value.shape, [s.attribute(e, element) for e in value.elements])}>" if text else "dense<>"
    if static == tensor_type(*type):
        return f"{name} = arith.constant {nested} : {static}\n"
    return f"{name}_c = arith.constant {nested} : {static}\n{name} = tensor.cast {name}_c : {static} to {tensor_type(*type)}\n"


def nest(shape, texts):
    if not shape:
        return texts[0]
    part = len(texts) // shape[0] if shape[0] else 0
    return "[" + ", ".join(nest(shape[1:], texts[i * part:(i + 1) * part]) for i in range(shape[0])) + "]"


def encoded(type, value):
    """A value as the driver reads it."""
    shape, element = outer(type)
    elements = [value] if isinstance(type, str) else value.elements
    sizes = () if isinstance(type, str) else value.shape
    name = "bool" if element == "i1" else element
    return f"{name}:{'x'.join(map(str, sizes))}:{b''.join(s.raw(e, element) for e in elements).hex()}"


def fits(text, type, value):
    """Whether an output of the driver is the value."""
    name, sizes, data = text.split(":")
    shape, element = outer(type)
    wanted = [value] if isinstance(type, str) else value.elements
    if tuple(map(int, sizes.split("x"))) != (() if isinstance(type, str) else value.shape) if sizes else not isinstance(type, str) and value.shape != ():
        return False
    got = s.unpack(bytes.fromhex(data), element)
    return len(got) == len(wanted) and all(s.same(g, w, element) for g, w in zip(got, wanted))


def wrong(driver, program):
    """What is wrong with a program: an empty text if nothing."""
    values = program.expected()
    if values is None:
        return ""
    driver.path.with_name(driver.path.name + ".calls").write_text(program.calls())
    answer = driver.ask(driver.command, program.text().encode())
    if not answer.startswith("ok"):
        return answer
    for form, line in zip(FORMS, answer[3:].split("|")):
        if line.startswith("error"):
            return f"{form}: {line}"
        for name, text in zip(program.outputs, line.split(" ")):
            if not fits(text, program.types[name], values[name]):
                return f"differs in {form}: {name} is {text}, not {encoded(program.types[name], values[name])}"
    return ""


def made(seed, number, computes_tensors):
    """Program `number` of a seed."""
    generator = random.Random(f"{seed}-{number}")
    np.seterr(all="ignore")  # numbers beyond a type's are tried on purpose
    g = TensorGenerator(generator) if computes_tensors or number % 3 == 2 else Generator(generator)
    for _ in range(generator.randint(4, 14)):
        g.step()
    known = [name for step in g.steps for name in step.results if not step.text.startswith("tensor.empty") and not str(g.types[name]).startswith("complex")]
    return Program(g.leaves, g.steps, g.types, known[-12:])


def kind_of(text):
    return re.sub(r"%v\d+|0x[0-9a-f]+|[0-9a-f]{2,}|\d+", "N", text)[:100]


def needed(program):
    """The program without what its outputs do not need."""
    wanted, steps = set(program.outputs), []

    def reads(step):
        return set(step.operands) | {n for r in step.regions for inner in r.steps for n in reads(inner)} | {y for r in step.regions for y in r.yields}

    for step in reversed(program.steps):
        if wanted & set(step.results):
            wanted |= reads(step)
            steps.append(step)
    return Program([leaf for leaf in program.leaves if leaf[0] in wanted], steps[::-1], program.types, program.outputs)


def smaller(driver, program):
    """A program that is wrong in the same way, with one output if that is enough, and with values in place of what computes them."""
    kind = kind_of(wrong(driver, program))

    def keeps(candidate):
        return kind_of(wrong(driver, candidate))[:11] == kind[:11]

    for name in program.outputs:
        single = needed(Program(program.leaves, program.steps, program.types, [name]))
        if keeps(single):
            program = single
            break
    values = program.expected()
    for step in list(program.steps):
        is_no_leaf = step.text.startswith("tensor.empty") or any(str(program.types[n]).startswith("complex") for n in step.results)
        if step not in program.steps or set(step.results) & set(program.outputs) or is_no_leaf:
            continue
        rest = [other for other in program.steps if other is not step]
        leaves = program.leaves + [(n, program.types[n], values[n]) for n in step.results]
        candidate = needed(Program(leaves, rest, program.types, program.outputs))
        if keeps(candidate):
            program = candidate
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", default=ROOT / ".build/release/tessera-fuzz-driver", type=Path)
    parser.add_argument("--count", default=10_000, type=int)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", default=0, type=int, help="the number of the first program")
    parser.add_argument("--failures", default=ROOT / "build/differential", type=Path)
    parser.add_argument("--placed", action="store_true", help="operations are placed on two devices at random")
    parser.add_argument("--polite", action="store_true", help="at the lowest priority")
    options = parser.parse_args()
    driver, begun = Driver(options.driver, options.polite), time.monotonic()
    driver.path = driver.path.with_suffix(".mlir")
    driver.command = "place" if options.placed else "call"
    kinds, passed, undefined = {}, 0, 0
    try:
        failures = regressions.run(driver)
        passed += regressions.count() - len(failures)
        for text in failures:
            print(text)
            kinds.setdefault(text, []).append("a regression")
        for number in range(options.first, options.first + options.count):
            program = made(options.seed, number, options.placed)
            if program.expected() is None:
                undefined += 1
                continue
            said = wrong(driver, program)
            if not said:
                passed += 1
                continue
            kind = kind_of(said)
            kinds.setdefault(kind, []).append(number)
            if len(kinds[kind]) <= 3:
                options.failures.mkdir(parents=True, exist_ok=True)
                path = options.failures / f"{options.seed}-{number}.mlir"
                program = smaller(driver, program)
                path.write_text(f"// {wrong(driver, program)}\n{program.text()}\n// " + "\n// ".join(program.calls().split("\n")))
                print(f"{path}: {said[:300]}", flush=True)
    finally:
        driver.stop()
    for kind, numbers in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"{len(numbers)} times, first in program {numbers[0]}: {kind}")
    failed = sum(map(len, kinds.values()))
    print(f"{options.count} programs, {undefined} of them not defined, in {time.monotonic() - begun:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
