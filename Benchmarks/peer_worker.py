#!/usr/bin/env python3
"""A peer in a process of its own: loads a workload, checks what it computes, and then takes a turn for each line that it reads.

  peer_worker.py PEER FOLDER THREADS PROCESSORS CACHE

A line of the standard input is a number of milliseconds; the answer is the time of each call in nanoseconds. The first answer
tells the peer's version and error, or why it cannot play. Runs in the peer's own environment, with numpy and nothing else of ours.
"""
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

TURN_LIMIT = 20000  # calls: enough for a steady median


class OnnxRuntime:
    def __init__(self, folder, meta, threads, cache):
        import onnxruntime

        self.version = onnxruntime.__version__
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        feeds = {i["name"]: array for i, array in zip(meta["inputs"], inputs_of(folder, meta))}
        binding = session.io_binding()
        for name, array in feeds.items():
            binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
        self.results = session.run(None, feeds)
        for output, array in zip(session.get_outputs(), self.results):
            # results go where they went before: a call that is measured allocates nothing in Python
            binding.bind_ortvalue_output(output.name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
        self.call = lambda: session.run_with_iobinding(binding)

    def outputs(self):
        return self.results


class OpenVINO:
    def __init__(self, folder, meta, threads, cache):
        import openvino

        self.version = openvino.__version__.split("-")[0]
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(str(folder / "model.onnx")), "CPU", {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        self.request = compiled.create_infer_request()
        for description, array in zip(meta["inputs"], inputs_of(folder, meta)):
            self.request.set_tensor(description["name"], openvino.Tensor(array))
        self.count = len(meta["outputs"])

    def call(self):
        self.request.start_async()  # without the dictionary of results that `infer` makes
        self.request.wait()

    def outputs(self):
        return [self.request.get_output_tensor(i).data for i in range(self.count)]


class Torch:
    """Torch as people run it: eager."""

    def __init__(self, folder, meta, threads, cache):
        import torch
        from torch_modules import torch_inputs, torch_module

        self.version = torch.__version__
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        module, self.inputs = torch_module(folder, meta), torch_inputs(folder, meta)
        if self.inputs[0].dim() == 4 and "kernel" not in meta:  # pictures: its fastest layout
            module = module.to(memory_format=torch.channels_last)
            self.inputs[0] = self.inputs[0].to(memory_format=torch.channels_last)
        self.module = self.prepared(module)

    def prepared(self, module):
        return module

    def call(self):
        self.module(*self.inputs)

    def outputs(self):
        results = self.module(*self.inputs)
        return [result.numpy() for result in (results if isinstance(results, tuple) else (results,))]


class TorchCompile(Torch):
    """Torch's compiler, with weights as constants."""

    def prepared(self, module):
        import torch
        import torch._inductor.config

        torch._inductor.config.freezing = True
        module = torch.compile(module, dynamic=False)
        module(*self.inputs)
        torch.compiler.set_stance(skip_guard_eval_unsafe=True)  # its checks before every call would drown small kernels
        return module


class LiteRT:
    """LiteRT with XNNPACK, where its converter takes the torch module."""

    def __init__(self, folder, meta, threads, cache):
        from importlib.metadata import version

        from ai_edge_litert.interpreter import Interpreter

        self.version = version("ai-edge-litert")
        model = cache / "litert" / f"{folder.name}.tflite"
        if not model.exists():
            self.convert(folder, meta, model)
        self.interpreter = Interpreter(str(model), num_threads=threads)
        self.interpreter.allocate_tensors()
        signature = self.interpreter.get_signature_runner()
        # args_0, args_1 ... and output_0, output_1 ... in the module's order
        number = lambda name: int(name.rsplit("_", 1)[-1])
        given = signature.get_input_details()
        for name, array in zip(sorted(given, key=number), inputs_of(folder, meta)):
            self.interpreter.set_tensor(given[name]["index"], array.astype(given[name]["dtype"]))  # the converter narrows integers
        made = signature.get_output_details()
        self.places = [made[name]["index"] for name in sorted(made, key=number)]
        self.call = self.interpreter.invoke

    @staticmethod
    def convert(folder, meta, model):
        import litert_torch
        from torch_modules import torch_inputs, torch_module

        if meta.get("shapes") == "dynamic":
            raise RuntimeError("not converted: its sizes vary")
        model.parent.mkdir(parents=True, exist_ok=True)
        litert_torch.convert(torch_module(folder, meta), tuple(torch_inputs(folder, meta))).export(str(model))

    def outputs(self):
        return [self.interpreter.get_tensor(place) for place in self.places]


PEERS = {"onnxruntime": OnnxRuntime, "openvino": OpenVINO, "torch": Torch, "torch-compile": TorchCompile, "litert": LiteRT}


def inputs_of(folder, meta):
    """Returns the inputs of the workload's case."""
    return [np.load(folder / f"case0/in{i}.npy") for i in range(len(meta["inputs"]))]


def error_of(outputs, case):
    """Returns the largest error of all outputs, as a part of the largest magnitude in the right output or of 1 where that is less."""
    worst = 0.0
    for index, actual in enumerate(outputs):
        expected = np.load(case / f"ref{index}.npy")
        if actual.shape != expected.shape or not np.isfinite(actual).all():
            return float("inf")
        if expected.size:
            wide = expected.astype(np.float64)
            worst = max(worst, float(np.abs(actual - wide).max() / max(1.0, np.abs(wide).max())))
    return worst


def serve(peer, folder, threads, processors, cache):
    """Answers the lines of the standard input."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not come between the answers
    os.sched_setaffinity(0, processors)
    try:
        player = PEERS[peer](folder, json.loads((folder / "meta.json").read_text()), threads, cache)
        for _ in range(3):
            player.call()
        answers.write(json.dumps(dict(version=player.version, error=error_of(player.outputs(), folder / "case0"))) + "\n")
    except Exception as error:  # whatever a peer throws is its result
        answers.write(json.dumps(dict(failed=f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")) + "\n")
        return

    def timed():
        begun = time.perf_counter_ns()
        player.call()
        return time.perf_counter_ns() - begun

    for line in sys.stdin:
        duration = float(line) * 1e6
        one = timed()  # finds the caches full of another's data
        for _ in range(min(20, int(duration / 10 / one))):
            player.call()
        end, times = time.perf_counter_ns() + duration, []
        while len(times) < 3 or (time.perf_counter_ns() < end and len(times) < TURN_LIMIT):
            times.append(timed())
        answers.write(json.dumps(dict(ns=times)) + "\n")


if __name__ == "__main__":
    peer, folder, threads, processors, cache = sys.argv[1:]
    serve(peer, Path(folder), int(threads), [int(p) for p in processors.split(",")], Path(cache))
