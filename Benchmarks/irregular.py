#!/usr/bin/env python3
"""Irregular models, Tessera beside ONNX Runtime, in turns on one thread: scatters, what loops collect, recurrent layers, Concat, shared weights.

usage: irregular.py [--tessera bin/tessera] [--turns N] [NAME ...]

NAME takes the models whose names contain it. A line has the least time of a call of both in milliseconds, their ratio, and the sizes of module and model.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(0)


def floats(*shape):
    return RNG.uniform(-0.1, 0.1, shape).astype(np.float32)


def model(nodes, feeds, outputs, constants=()):
    """Returns a model and its inputs."""
    inputs = [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype), v.shape) for k, v in feeds.items()]
    graph = helper.make_graph(
        nodes, "g", inputs, [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(constants).items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8), feeds


def scatter(rows, updates, columns, reduction):
    feeds = dict(x=floats(rows, columns), i=RNG.integers(0, rows, updates), u=floats(updates, columns))
    nodes = [helper.make_node("Unsqueeze", ["i", "one"], ["j"]), helper.make_node("Shape", ["u"], ["s"]), helper.make_node("Expand", ["j", "s"], ["e"]),
             helper.make_node("ScatterElements", ["x", "e", "u"], ["y"], axis=0, reduction=reduction)]
    return model(nodes, feeds, ["y"], dict(one=np.array([1])))


def loop(steps, size):
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Add", ["v", "x"], ["w"]), helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Identity", ["w"], ["o"])], "body",
        [value("i", TensorProto.INT64, []), value("c", TensorProto.BOOL, []), value("v", TensorProto.FLOAT, [size])],
        [value("d", TensorProto.BOOL, []), value("w", TensorProto.FLOAT, [size]), value("o", TensorProto.FLOAT, [size])])
    return model([helper.make_node("Loop", ["n", "", "x"], ["z", "y"], body=body)], dict(x=floats(size)), ["y"], dict(n=np.array(steps)))


def recurrent(operator, time, batch, hidden, **attributes):
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[operator]
    weights = dict(w=floats(1, gates * hidden, hidden), r=floats(1, gates * hidden, hidden), b=floats(1, 2 * gates * hidden))
    node = helper.make_node(operator, ["x", "w", "r", "b"], ["y"], hidden_size=hidden, **attributes)
    return model([node], dict(x=floats(time, batch, hidden)), ["y"], weights)


def concat(axis, *shapes):
    feeds = {f"x{k}": floats(*shape) for k, shape in enumerate(shapes)}
    return model([helper.make_node("Concat", list(feeds), ["y"], axis=axis)], feeds, ["y"])


def shared(layers, size):
    nodes = []
    for i in range(layers):
        nodes += [helper.make_node("MatMul", [f"x{i}", "w"], [f"m{i}"]), helper.make_node("Relu", [f"m{i}"], [f"x{i + 1}"])]
    return model(nodes, dict(x0=floats(16, size)), [f"x{layers}"], dict(w=floats(size, size)))


MODELS = {
    "scatter add, 120 rows to 60": lambda: scatter(60, 120, 128, "add"),
    "scatter add, 30,000 rows to 2,000": lambda: scatter(2000, 30000, 128, "add"),
    "scatter, 30,000 rows to 2,000": lambda: scatter(2000, 30000, 128, "none"),
    "loop that collects 16,000 x 64": lambda: loop(16000, 64),
    "LSTM, 100 steps, hidden 64": lambda: recurrent("LSTM", 100, 1, 64),
    "LSTM, 100 steps, hidden 128": lambda: recurrent("LSTM", 100, 1, 128),
    "LSTM, 100 steps, 8 sequences, hidden 128": lambda: recurrent("LSTM", 100, 8, 128),
    "LSTM, 50 steps, 16 sequences, hidden 512": lambda: recurrent("LSTM", 50, 16, 512),
    "GRU, 100 steps, hidden 128": lambda: recurrent("GRU", 100, 1, 128, linear_before_reset=1),
    "RNN, 100 steps, hidden 64": lambda: recurrent("RNN", 100, 1, 64),
    "Concat, 8 x 25,000 and 8 x 64": lambda: concat(1, (8, 25000), (8, 64)),
    "Concat, 200,000 and 64": lambda: concat(0, (200000,), (64,)),
    "8 layers of one weight, 1024 x 1024": lambda: shared(8, 1024),
}


def measure(tessera, proto, feeds, turns, folder):
    """Returns the least milliseconds of a call of Tessera and of ONNX Runtime, and the megabytes of module and model."""
    source, module = folder / "model.onnx", folder / "model.tsm"
    onnx.save(proto, source)
    subprocess.run([tessera, "compile", source, "-o", module], check=True, capture_output=True)
    arguments = []
    for name, array in feeds.items():
        np.save(folder / f"{name}.npy", array)
        arguments.append(f"--input={name}=@{folder / name}.npy")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    session.run(None, feeds)
    ours = theirs = float("inf")
    for _ in range(turns):
        run = subprocess.run([tessera, "bench", module, "--threads", "1", "--json", *arguments], check=True, capture_output=True)
        ours = min(ours, json.loads(run.stdout)["min_ns"] / 1e6)
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            start = time.perf_counter()
            session.run(None, feeds)
            theirs = min(theirs, (time.perf_counter() - start) * 1e3)
    return ours, theirs, module.stat().st_size / 1e6, source.stat().st_size / 1e6


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    for name, make in MODELS.items():
        if arguments.names and not any(part in name for part in arguments.names):
            continue
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs, module, source = measure(arguments.tessera, *make(), arguments.turns, Path(folder))
        print(f"{name:42} {ours:9.4f} {theirs:9.4f} {ours / theirs:6.2f}   {module:6.2f} {source:6.2f} MB", flush=True)


if __name__ == "__main__":
    main()
