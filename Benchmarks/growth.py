#!/usr/bin/env python3
"""Compiles and runs graphs of growing size and prints how the time of each phase, of loading and of a call, and the memory grow with the number of nodes.

  growth.py [--tessera PROGRAM] [--sizes 1000,4000] [SHAPE ...]

A phase that grows with the model takes four times as long for four times the nodes; the last column of each phase is the exponent between the
smallest and the largest size (1: linear, 2: quadratic), left out where the time is too short to say. SHAPE is one of those listed by --list.
"""
import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from math import log

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """A graph that grows node by node, of one dynamic input 'x' of n x 16 unless it makes others."""

    def __init__(self):
        self.nodes, self.constants, self.outputs, self.inputs = [], [], [], ["x"]
        self.rows = {}  # the symbol of an input's first size, where it is not 'n'
        self.random = np.random.default_rng(0)

    def weight(self, *shape):
        name = f"w{len(self.constants)}"
        array = self.random.standard_normal(shape).astype(np.float32) * 0.1
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def constant(self, number):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(number, np.float32), name))
        return name

    def branch(self, condition, x, depth):
        """Adds `depth` Ifs, each in the branch of the one before, of a softmax or a sigmoid of 'x'."""
        outer, self.nodes = self.nodes, []
        start = len(outer) * 100 + depth

        def leaf(operator, source):
            name = f"b{start}_{operator}_{source}"
            self.nodes.append(helper.make_node(operator, [source], [name]))
            return name

        def graph(result):
            nodes, self.nodes = self.nodes, []
            return helper.make_graph(nodes, "branch", [], [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["n", 16])])

        result = leaf("Softmax", x)
        for level in range(depth):
            then, otherwise = graph(result), graph(leaf("Sigmoid", x))
            result = f"b{start}_if{level}"
            self.nodes.append(helper.make_node("If", [condition], [result], then_branch=then, else_branch=otherwise))
        self.nodes = outer + self.nodes
        return result

    def integers(self, *values):
        name = f"i{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values), name))
        return name

    def input(self, rows="n"):
        name = f"x{len(self.inputs)}"
        self.inputs.append(name)
        self.rows[name] = rows
        return name

    def add(self, operator, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=f"n{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def save(self, path):
        inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [self.rows.get(name, "n"), 16]) for name in self.inputs]
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "growth", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
        model.ir_version = 10
        onnx.save(model, path)


def transformer(count):
    """Layers of attention and two products, as a dynamic export has them: 17 nodes each."""
    g, x = Graph(), "x"
    split, join = g.integers(0, 2, 8), g.integers(0, 16)
    for _ in range(max(1, count // 17)):
        heads = [g.add("Transpose", g.add("Reshape", g.add("MatMul", x, g.weight(16, 16)), split), perm=p) for p in ([1, 0, 2], [1, 2, 0], [1, 0, 2])]
        scores = g.add("Softmax", g.add("MatMul", heads[0], heads[1]), axis=-1)
        mixed = g.add("Reshape", g.add("Transpose", g.add("MatMul", scores, heads[2]), perm=[1, 0, 2]), join)
        x = g.add("LayerNormalization", g.add("Add", x, g.add("MatMul", mixed, g.weight(16, 16))), g.weight(16), g.weight(16))
        x = g.add("Add", x, g.add("MatMul", g.add("Relu", g.add("MatMul", x, g.weight(16, 32))), g.weight(32, 16)))
    g.outputs = [x]
    return g


def deep(count):
    """A chain of elementwise operations and products."""
    g, x = Graph(), "x"
    for i in range(count):
        x = g.add("MatMul", x, g.weight(16, 16)) if i % 5 == 0 else g.add(("Sin", "Relu", "Tanh", "Neg")[i % 4], x)
    g.outputs = [x]
    return g


def wide(count):
    """Branches that all read the input, and a sum of them by pairs."""
    g = Graph()
    branches = [g.add("Tanh", g.add("MatMul", "x", g.weight(16, 16))) for _ in range(max(1, count // 3))]
    while len(branches) > 1:
        pairs = zip(branches[::2], branches[1::2])
        branches = [g.add("Add", a, b) for a, b in pairs] + branches[len(branches) & ~1:]
    g.outputs = branches
    return g


def hub(count):
    """A chain in which every step reads one constant and one tensor computed at the start."""
    g = Graph()
    shared, start = g.weight(16, 16), g.add("Sigmoid", "x")
    x = start
    for _ in range(max(1, count // 3)):
        x = g.add("Add", g.add("MatMul", x, shared), start)
        x = g.add("Softmax", x)
    g.outputs = [x]
    return g


def outputs(count):
    """Outputs by the thousand, each of two nodes."""
    g = Graph()
    g.outputs = [g.add("Exp", g.add("Mul", "x", g.weight(16))) for _ in range(max(1, count // 2))]
    return g


def shapes(count):
    """Reshapes by computed shapes, as exporters write them: Shape, Gather, Concat, Reshape."""
    g, x = Graph(), "x"
    for _ in range(max(1, count // 5)):
        size = g.add("Gather", g.add("Shape", x), g.integers(0), axis=0)
        x = g.add("Tanh", g.add("Reshape", x, g.add("Concat", size, g.integers(16), axis=0)))
    g.outputs = [x]
    return g


def joined(count):
    """One Concat of everything, and one Split of it."""
    g = Graph()
    n = max(1, count // 3)
    all_of = g.add("Concat", *[g.add("Sin", g.add("Mul", "x", g.weight(16))) for _ in range(n)], axis=1)
    parts = g.add("Split", all_of, outputs=n, axis=1, num_outputs=n) if n > 1 else [all_of]
    g.outputs = [g.add("Softmax", part) for part in parts]
    return g


def dense(count):
    """Layers that read the results of all layers before them, up to sixteen."""
    g, made = Graph(), ["x"]
    for _ in range(max(1, count // 3)):
        x = g.add("Concat", *made[-16:], axis=1) if len(made) > 1 else "x"
        made.append(g.add("Relu", g.add("MatMul", x, g.weight(16 * min(16, len(made)), 16))))
    g.outputs = made[-1:]
    return g


def inputs(count):
    """Inputs by the thousand, each of them read by two nodes."""
    g, x = Graph(), "x"
    for _ in range(max(1, count // 2)):
        x = g.add("Add", x, g.add("Softmax", g.input()))
    g.outputs = [x]
    return g


def symbols(count):
    """Inputs that each have a size of their own, joined by pairs."""
    g = Graph()
    parts = [g.add("Softmax", g.input(f"s{i}")) for i in range(max(2, count // 2))]
    while len(parts) > 1:
        parts = [g.add("Concat", a, b, axis=0) for a, b in zip(parts[::2], parts[1::2])] + parts[len(parts) & ~1:]
    g.outputs = parts
    return g


def branches(count):
    """Ifs, eight inside of each other: three nodes for each."""
    g, x = Graph(), "x"
    sign = g.add("Greater", g.add("ReduceSum", "x", keepdims=0), g.constant(0))
    for _ in range(max(1, count // 24)):
        x = g.branch(sign, x, 8)
    g.outputs = [x]
    return g


SHAPES = [transformer, deep, wide, hub, outputs, shapes, joined, dense, inputs, symbols, branches]


def compile_once(tessera, path, folder):
    """Returns the seconds of each phase and of the whole (processor time of the compiler), and its peak memory in MiB."""
    command = [tessera, "compile", path, "-o", f"{folder}/m.tsm", "--verbose", "--cache-dir", f"{folder}/cache"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.run(["/usr/bin/env", "time", "-f", "peak %M", *command] if os.path.exists("/usr/bin/time") else command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed: {process.stderr[-2000:]}")
    text = process.stdout + process.stderr
    phases = {name: float(value) for name, value in re.findall(r"seconds in ([a-z-]+): ([0-9.]+)", text)}
    phases["whole, processor time"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = re.search(r"peak (\d+)", text)
    if peak:
        phases["MiB"] = int(peak[1]) / 1024
    return phases


def run_once(tessera, folder):
    """Returns the seconds of processor time that loading takes with the first call, and a call after it."""

    def seconds(calls):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [tessera, "bench", f"{folder}/m.tsm", f"--calls={calls}", "--warmup-ms=0", "--threads=1"]
        process = subprocess.run(command, capture_output=True, text=True)
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed: {process.stderr[-2000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    first = min(seconds(1) for _ in range(3))
    return {"load and first call": first, "a call": max(0, min(seconds(21) for _ in range(3)) - first) / 20}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--sizes", default="640,2560,10240", help="numbers of nodes, ascending")
    parser.add_argument("--list", action="store_true", help="list the shapes")
    parser.add_argument("shapes", nargs="*", metavar="SHAPE")
    arguments = parser.parse_args()
    if arguments.list:
        for shape in SHAPES:
            print(f"{shape.__name__:12} {shape.__doc__}")
        return
    unknown = set(arguments.shapes) - {shape.__name__ for shape in SHAPES}
    if unknown:
        parser.error(f"there is no shape {', '.join(sorted(unknown))}; --list shows them")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    for shape in SHAPES:
        if arguments.shapes and shape.__name__ not in arguments.shapes:
            continue
        rows = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                shape(size).save(f"{folder}/m.onnx")
                rows.append({**compile_once(arguments.tessera, f"{folder}/m.onnx", folder), **run_once(arguments.tessera, folder)})
        print(f"\n{shape.__name__}: {shape.__doc__}\n{'seconds':24}" + "".join(f"{size:>10}" for size in sizes) + "  exponent")
        for name in rows[-1]:
            values = [row.get(name, 0) for row in rows]
            exponent = log(values[-1] / values[0]) / log(sizes[-1] / sizes[0]) if len(sizes) > 1 and values[0] >= 0.001 else None
            print(f"{name:24}" + "".join(f"{value:10.4f}" if value < 0.1 else f"{value:10.2f}" for value in values) + (f"  {exponent:8.2f}" if exponent is not None else ""), flush=True)


if __name__ == "__main__":
    main()
