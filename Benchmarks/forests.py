#!/usr/bin/env python3
"""Forests of decision trees, Tessera beside ONNX Runtime, in turns: balanced and lopsided trees, few rows and many, one thread and two.

usage: forests.py [--tessera bin/tessera] [--turns N] [--threads N] [--rows N] [--small] [NAME ...]

NAME takes the forests whose names contain it; --rows takes one number of rows in place of 1, 8, 1,000 and 10,000, --threads one number of threads;
--small has a hundredth of the nodes and rows. A line has the least time of a call of both in milliseconds, their ratio, and the greatest difference;
the line of a forest has the seconds and the greatest memory of its compilation, and the sizes of module and model.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

RNG = np.random.default_rng(0)


def balanced(depth, features):
    """Returns a complete tree: features, thresholds, and the children of its nodes, of which -1 - k is leaf k."""
    inner = 2**depth - 1
    children = 2 * np.arange(inner)[:, None] + [1, 2]
    return RNG.integers(0, features, inner), RNG.uniform(-1, 1, inner), np.where(children < inner, children, inner - 1 - children)


def random(leaves, features):
    """Returns a tree that grew by splits of leaves chosen at random, at a random place of the box that a leaf stands for."""
    inner = leaves - 1
    feature, threshold, children = RNG.integers(0, features, inner), np.zeros(inner), np.zeros((inner, 2), np.int64)
    open_ = [(-1, 0, {})]
    for i in range(inner):
        j = RNG.integers(0, len(open_))
        parent, side, box = open_[j]
        if parent >= 0:
            children[parent, side] = i
        low, high = box.get(feature[i], (-1.0, 1.0))
        threshold[i] = RNG.uniform(low, high)
        open_[j] = (i, 0, box | {feature[i]: (low, threshold[i])})
        open_.append((i, 1, box | {feature[i]: (threshold[i], high)}))
    for k, (parent, side, _) in enumerate(open_):
        children[parent, side] = -1 - k
    return feature, threshold, children


def chain(depth, features):
    """Returns a tree of one path, which rows leave one after the other, to one side or the other."""
    feature, at = np.arange(depth) % features, np.arange(depth)
    falls = (at // features) % 2 == 0
    step = (at // features + 1) / (depth // features + 2)
    threshold = np.where(falls, 1 - step, step - 1)
    children = np.stack([at + 1, -1 - at], 1)
    children[-1, 0] = -1 - depth
    return feature, threshold, np.where(falls[:, None], children, children[:, ::-1])


def forest(trees, classes=1):
    """Returns the nodes of `trees` as the attributes of a TreeEnsembleRegressor, or of a TreeEnsembleClassifier with a weight for each class."""
    lists = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, (feature, threshold, children) in enumerate(trees):
        inner, count = len(feature), 2 * len(feature) + 1
        targets = np.where(children < 0, inner - 1 - children, children)
        pad = [0] * (count - inner)
        columns = ([number] * count, range(count), list(feature) + pad, list(threshold) + pad, ["BRANCH_LEQ"] * inner + ["LEAF"] * len(pad),
                   list(targets[:, 0]) + pad, list(targets[:, 1]) + pad)
        for values, column in zip(lists.values(), columns):
            values.extend(column)
        own = np.repeat(np.arange(inner, count), classes)
        for values, column in zip(leaves.values(), ([number] * len(own), own, np.tile(np.arange(classes), len(pad)), RNG.uniform(0, 1 / len(trees), len(own)))):
            values.extend(column)
    prefix = "target" if classes == 1 else "class"
    return {f"nodes_{name}": values for name, values in lists.items()} | {f"{prefix}_{name}": values for name, values in leaves.items()}


def model(make, count, features, classes):
    attributes = forest([make() for _ in range(count)], classes)
    attributes |= {"n_targets": 1} if classes == 1 else {"classlabels_int64s": list(range(classes))}
    outputs = ["scores"] if classes == 1 else ["labels", "scores"]
    node = helper.make_node("TreeEnsembleRegressor" if classes == 1 else "TreeEnsembleClassifier", ["x"], outputs, domain="ai.onnx.ml", **attributes)
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", features])], [helper.make_empty_tensor_value_info(name) for name in outputs])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)


# The trees, how many, of how many features and classes.
FORESTS = {
    "balanced, 100 trees of depth 6, 10 features": (lambda s: balanced(6, 10), 100, 10, 1),
    "balanced, 100 trees of depth 6, 10 classes": (lambda s: balanced(6, 10), 100, 10, 10),
    "balanced, 1,000 trees of depth 10, 50 features": (lambda s: balanced(10, 50), 1000, 50, 1),
    "random, 100 trees of 1,000 leaves, 200 features": (lambda s: random(1000 // s, 200), 100, 200, 1),
    "chains, 20 trees of depth 500": (lambda s: chain(500 // s, 10), 20, 10, 1),
    "chains, 20 trees of depth 5,000": (lambda s: chain(5000 // s, 10), 20, 10, 1),
    "5 million nodes, 500 trees of 5,000 leaves": (lambda s: random(5000 // s, 50), 500, 50, 1),
    "5 million nodes, 50 trees of 50,000 leaves": (lambda s: random(50000 // s, 50), 50, 50, 1),
}


# Runs a command, and prints the most memory that it had, in KiB: a process that starts others counts as large as this one before they run.
MEASURED = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"


def least(call, seconds=0.5):
    """Returns the least milliseconds of a call among those of some time."""
    best, end = float("inf"), time.perf_counter() + seconds
    while best == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, (time.perf_counter() - start) * 1e3)
    return best


def compare(arguments, name, make, count, features, classes, folder):
    scale = 100 if arguments.small else 1
    source, module = folder / "model.onnx", folder / "model.tsm"
    onnx.save(model(lambda: make(scale), max(1, count if scale == 1 else count // 5), features, classes), source)
    start = time.perf_counter()
    measured = subprocess.run([sys.executable, "-c", MEASURED, arguments.tessera, "compile", source, "-o", module], check=True, capture_output=True, text=True)
    seconds, memory = time.perf_counter() - start, int(measured.stdout) / 1e3
    print(f"{name}: compiled in {seconds:.1f} s, {memory:.0f} MB; module {module.stat().st_size / 1e6:.2f} MB, model {source.stat().st_size / 1e6:.2f} MB", flush=True)
    for threads in [arguments.threads] if arguments.threads else [1, 2]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        for rows in [arguments.rows] if arguments.rows else [1, 8, 1000, 10000]:
            x = RNG.uniform(-1, 1, (max(1, rows // scale), features)).astype(np.float32)
            np.save(folder / "x.npy", x)
            given = f"--input=x=@{folder / 'x.npy'}"
            expected = session.run(["scores"], {"x": x})[0]
            subprocess.run([arguments.tessera, "run", module, given, f"--output=scores=@{folder / 'y.npy'}"], check=True, capture_output=True)
            difference = np.abs(np.load(folder / "y.npy") - expected).max()
            ours = theirs = float("inf")
            for _ in range(arguments.turns):
                run = subprocess.run([arguments.tessera, "bench", module, "--threads", str(threads), "--json", given], check=True, capture_output=True)
                ours = min(ours, json.loads(run.stdout)["min_ns"] / 1e6)
                theirs = min(theirs, least(lambda: session.run(["scores"], {"x": x})))
            print(f"  {threads} threads {len(x):7} rows {ours:10.4f} {theirs:10.4f} {ours / theirs:6.2f}   {difference:.1e}", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    for name, (make, count, features, classes) in FORESTS.items():
        if arguments.names and not any(part in name for part in arguments.names):
            continue
        with tempfile.TemporaryDirectory() as folder:
            compare(arguments, name, make, count, features, classes, Path(folder))


if __name__ == "__main__":
    main()
