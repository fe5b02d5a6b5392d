"""What random programs are made of: operations as text that Python can evaluate, regions, tensors, and types as text."""
import re

import numpy as np
import semantics as s

INTEGERS = ["i1", "i4", "i8", "i16", "i32", "i64", "index"]
SCALARS = INTEGERS + ["f16", "bf16", "f32", "f64"]
ELEMENTS = ["i1", "i4", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64"]
LIMIT = 20_000  # operations that an evaluation may take


class Step:
    """An operation: `text` is a line in which {0}, {1} ... are operands, and `compute` gives the values of the results."""

    def __init__(self, text, operands, types, compute, regions=()):
        self.text, self.operands, self.types, self.compute, self.regions = text, operands, types, compute, regions
        self.results = []


class Region:
    """Steps with arguments before them and what they yield."""

    def __init__(self, arguments):
        self.arguments, self.steps, self.yields = arguments, [], []

    def run(self, values, environment, budget):
        inner = dict(environment)
        inner.update(zip(self.arguments, values))
        execute(self.steps, inner, budget)
        return [inner[y] for y in self.yields]


def execute(steps, environment, budget):
    """Runs steps; their results join the environment."""
    for step in steps:
        budget[0] -= 1
        if budget[0] < 0:
            raise s.Undefined
        operands = [environment[o] for o in step.operands]
        results = step.compute(operands, environment, budget) if step.regions else step.compute(operands)
        environment.update(zip(step.results, results))


class Tensor:
    """Elements in row-major order."""

    def __init__(self, shape, elements):
        self.shape, self.elements = tuple(shape), list(elements)

    def array(self):
        array = np.empty(self.shape, object)
        array[...] = np.array(self.elements + [None], object)[:-1].reshape(self.shape) if self.shape else self.elements[0]
        return array


def tensor_of(array, shape=None):
    return Tensor(array.shape if shape is None else shape, list(np.asarray(array, object).reshape(-1)))


def tensor_type(shape, element):
    """The type as text; `None` is a size that is not known."""
    return "tensor<" + "".join(f"{'?' if n is None else n}x" for n in shape) + element + ">"


def text_of(steps, types):
    """Steps as MLIR text."""
    lines = []
    for step in steps:
        regions = {}
        for i, region in enumerate(step.regions):
            inner = text_of(region.steps, types)
            listed = ", ".join(types[y] for y in region.yields)
            branch = re.search(rf"{{r{i}:([^}}]*)}}", step.text)
            if branch:
                regions[f"r{i}"] = inner + f"{branch[1]}({', '.join(region.yields)} : {listed})\n"
                continue
            regions[f"r{i}"] = inner + f"scf.yield {', '.join(region.yields)} : {listed}\n"
            rest = region.yields[1:]
            regions[f"c{i}"] = inner + f"scf.condition({region.yields[0] if region.yields else ''}) {', '.join(rest)} : {', '.join(types[y] for y in rest)}\n"
        text = re.sub(r"{(r\d):[^}]*}", r"{\1}", step.text).format(*step.operands, **regions)
        if step.results:
            # results of one operation with several are named apart
            text = (f"{step.results[0]} = " if len(step.results) == 1 else f"{', '.join(step.results)} = ") + text
        lines.append(text + "\n")
    return "".join(lines)
