#!/usr/bin/env python3
"""A decoder of language models with random weights, Tessera beside ONNX Runtime, in turns: one token after many, or many at once; f32 and fewer bits.

usage: decoder.py [--tessera bin/tessera] [--turns N] [--threads 1,2] [--steps TOKENS:PAST,...] [--small] [FORM ...]

FORM is f32, or int4-N or int8-N with blocks of N weights, or int4-N-4, of which ONNX Runtime may compute products with rows of 8 bits
(f32, int4-32, int4-32-4). The model is what exporters write for onnxruntime-genai: 8 layers of 1024,
16 heads, 4 of keys, 32,000 tokens, 122 M weights; --small has 2 layers of 128 and 500 tokens. A step TOKENS:PAST is a call with so many new tokens after
so many in the cache (1:512 and 64:0). A line has the least and the median time of a call of both in milliseconds, the ratio of the least, and
the greatest difference of all outputs, divided by the largest number; more than 2e-4 (with rows of 8 bits 2e-2) ends with 1.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

DOMAIN = "com.microsoft"
TOLERANCE = 2e-4


@dataclass
class Shape:
    """The sizes of a decoder."""

    layers: int = 8
    width: int = 1024
    heads: int = 16
    shared: int = 4
    inner: int = 2816
    tokens: int = 32000

    @property
    def head(self):
        return self.width // self.heads


class Decoder:
    """Builds the graph, node by node."""

    def __init__(self, shape):
        self.shape, self.nodes, self.constants, self.inputs, self.outputs = shape, [], [], [], []
        self.random = np.random.default_rng(0)

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array, np.float32), name))
        return name

    def add(self, operator, inputs, outputs, domain="", **attributes):
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def product(self, x, name, rows, columns):
        weights = self.constant(f"{name}.weight", self.random.standard_normal((rows, columns)) / np.sqrt(rows))
        return self.add("MatMul", [x, weights], [name])

    def normalized(self, total, more, name):
        """The normalized sum of `total` and `more`, and the sum."""
        self.add("SkipSimplifiedLayerNormalization", [total, more, "gain"], [name, "", "", f"{name}.sum"], DOMAIN, epsilon=1e-5)
        return name, f"{name}.sum"

    def attention(self, x, i):
        s = self.shape
        parts = [self.product(x, f"{i}.{name}", s.width, size) for name, size in
                 (("query", s.width), ("key", s.shared * s.head), ("value", s.shared * s.head))]
        past, present = [f"{i}.past_{kind}" for kind in ("key", "value")], [f"{i}.present_{kind}" for kind in ("key", "value")]
        for names, infos, length in ((past, self.inputs, "past"), (present, self.outputs, "total")):
            infos += [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", s.shared, length, s.head]) for name in names]
        mixed = self.add("GroupQueryAttention", [*parts, *past, "last", "count", "cosines", "sines"], [f"{i}.mixed", *present], DOMAIN,
                         num_heads=s.heads, kv_num_heads=s.shared, do_rotary=1)
        return self.product(mixed, f"{i}.out", s.width, s.width)

    def model(self):
        s = self.shape
        angles = np.outer(np.arange(4096), 10000.0 ** (-np.arange(s.head // 2) / (s.head // 2)))
        self.constant("cosines", np.cos(angles)), self.constant("sines", np.sin(angles)), self.constant("gain", np.ones(s.width))
        total = self.add("Gather", [self.constant("table", self.random.standard_normal((s.tokens, s.width))), "ids"], ["embedded"])
        x = self.add("SimplifiedLayerNormalization", [total, "gain"], ["first"], axis=-1, epsilon=1e-5)
        for i in range(s.layers):
            x, total = self.normalized(total, self.attention(x, i), f"{i}.attended")
            gate, up = self.product(x, f"{i}.gate", s.width, s.inner), self.product(x, f"{i}.up", s.width, s.inner)
            swish = self.add("Mul", [gate, self.add("Sigmoid", [gate], [f"{i}.sigmoid"])], [f"{i}.swish"])
            down = self.product(self.add("Mul", [swish, up], [f"{i}.gated"]), f"{i}.down", s.inner, s.width)
            x, total = self.normalized(total, down, f"{i}.done")
        self.product(x, "logits", s.width, s.tokens)
        integers = [("ids", TensorProto.INT64, ["batch", "length"]), ("last", TensorProto.INT32, ["batch"]), ("count", TensorProto.INT32, [])]
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "length", s.tokens])
        graph = helper.make_graph(self.nodes, "decoder", [helper.make_tensor_value_info(*info) for info in integers] + self.inputs,
                                  [logits] + self.outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)], ir_version=8)


def quantized(model, form):
    """Returns the model with weights of a form's bits, by ONNX Runtime's own tool."""
    if form == "f32":
        return model
    from onnxruntime.quantization import matmul_nbits_quantizer as quantizer

    kind, size, level = (form + "-0").split("-")[:3]
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    config = quantizer.DefaultWeightOnlyQuantConfig(block_size=int(size), is_symmetric=True, bits=int(kind.removeprefix("int")),
                                                    accuracy_level=int(level))
    tool = quantizer.MatMulNBitsQuantizer(copy, algo_config=config)
    tool.process()
    return tool.model.model


def arrays(shape, tokens, past):
    """The inputs of a call, in order."""
    random = np.random.default_rng(1)
    caches = [(random.standard_normal((1, shape.shared, past, shape.head)) * 0.3).astype(np.float32) for _ in range(2 * shape.layers)]
    ids = random.integers(0, shape.tokens, (1, tokens))
    return [ids, np.array([past + tokens - 1], np.int32), np.array(past + tokens, np.int32), *caches]


class Contest:
    """A module and a session of ONNX Runtime for one model and one number of threads."""

    def __init__(self, tessera, folder, threads):
        self.tessera, self.folder, self.threads = tessera, folder, threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / "m.onnx"), options, providers=["CPUExecutionProvider"])

    def run(self, given, turns):
        """Returns the times of calls of both, in milliseconds, and the greatest difference."""
        for i, array in enumerate(given):
            np.save(self.folder / f"in{i}.npy", array)
        inputs = [f"--inputs={self.folder}"]
        outputs = self.folder / "out"
        self.command("run", *inputs, f"--outputs={outputs}")
        feeds = {info.name: array for info, array in zip(self.session.get_inputs(), given)}
        expected = self.session.run(None, feeds)
        worst = max(float(np.abs(np.load(outputs / f"out{i}.npy") - array).max() / np.abs(array).max()) for i, array in enumerate(expected))
        ours, theirs = [], []
        for _ in range(turns):
            said = self.command("bench", *inputs, "--time-ms=400", "--json")
            ours += [ns / 1e6 for ns in json.loads(said)["ns"]]
            until = time.perf_counter() + 0.4
            while time.perf_counter() < until:
                begun = time.perf_counter()
                self.session.run(None, feeds)
                theirs.append(1000 * (time.perf_counter() - begun))
        return ours, theirs, worst

    def command(self, *words):
        words = [self.tessera, words[0], self.folder / "m.tsm", f"--threads={self.threads}", *words[1:]]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default="bin/tessera")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--steps", default="1:512,64:0")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("forms", nargs="*", metavar="FORM", default=["f32", "int4-32", "int4-32-4"])
    options = parser.parse_args()
    shape = Shape(2, 128, 4, 2, 256, 500) if options.small else Shape()
    logging.disable(logging.INFO)
    plain, failed = Decoder(shape).model(), False
    print(f"{'form':10} {'new:past':>10} threads  {'Tessera':>16}  {'ONNX Runtime':>16}  ratio  difference")
    for form in options.forms:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            onnx.save(quantized(plain, form), folder / "m.onnx")
            subprocess.run([options.tessera, "compile", folder / "m.onnx", "-o", folder / "m.tsm"], check=True)
            for threads in map(int, options.threads.split(",")):
                contest = Contest(options.tessera, folder, threads)
                for step in options.steps.split(","):
                    ours, theirs, worst = contest.run(arrays(shape, *map(int, step.split(":"))), options.turns)
                    failed |= not worst <= (100 * TOLERANCE if form.endswith("-4") else TOLERANCE)
                    figures = "  ".join(f"{min(times):7.2f} {np.median(times):8.2f}" for times in (ours, theirs))
                    print(f"{form:10} {step:>10} {threads:7}  {figures}  {min(ours) / min(theirs):5.2f}  {worst:.1e}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
