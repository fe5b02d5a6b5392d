#!/usr/bin/env python3
"""Quantizes exported models with ONNX Runtime's tools, compiles and runs them with Tessera, and compares with ONNX Runtime.

  run_quantized.py [FOLDER] [--only TEXT,...] [--tessera PROGRAM] [--keep FOLDER]

FOLDER is what export.py wrote, with the models of one size (default build/models/small). Every model is quantized in all
forms: pairs of QuantizeLinear and DequantizeLinear around each operator (`qdq`), also with signed activations and a scale
for each channel (`channels`) or with unsigned weights (`unsigned`), quantized operators (`operators`), and ranges found at
run time (`dynamic`). The ranges come from random inputs of a fixed seed.

An output is right where no element is further from ONNX Runtime's than one quantization step of the output, plus what
ONNX Runtime's own results differ with and without its optimizations: where those round differently, a step in one layer
becomes steps in later ones. The last line is 'N passed, N failed'.
"""
import argparse
import logging
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from run_models import ROOT, Failed, run

MODELS = ["resnet18-opset17-static", "mobilenet-v2-opset17-static", "mobilebert-opset17-static", "mobilebert-opset17-dynamic", "bert-opset17-static"]
STATIC = {
    "qdq": dict(quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8),
    "channels": dict(quant_format=QuantFormat.QDQ, activation_type=QuantType.QInt8, weight_type=QuantType.QInt8, per_channel=True),
    "unsigned": dict(quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QUInt8),
    "operators": dict(quant_format=QuantFormat.QOperator, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8),
}


class Samples(CalibrationDataReader):
    """Some sets of inputs."""

    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def session(path, optimized=True):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def feeds_of(case, names):
    """The inputs of an exported case, and others like them: floats with noise, integers in another order."""
    arrays = {name: np.load(case / f"in{i}.npy") for i, name in enumerate(names)}
    rng = np.random.default_rng(0)
    feeds = [arrays]
    for _ in range(2):
        feeds.append({name: (a + 0.3 * rng.standard_normal(a.shape).astype(a.dtype)) if a.dtype.kind == "f" else a[..., ::-1].copy()
                      for name, a in arrays.items()})
    return feeds


def quantize(source, target, form, feeds):
    """Writes the model at `source` in a quantized form."""
    if form == "dynamic":
        quantize_dynamic(source, target, weight_type=QuantType.QInt8)
    else:
        quantize_static(source, target, Samples(feeds), **STATIC[form])


def check(path, feeds, tessera, folder):
    """Compares Tessera's outputs with ONNX Runtime's; returns the largest error in steps, or throws `Failed`."""
    reference = session(path)
    names = [info.name for info in reference.get_inputs()]
    expected = reference.run(None, feeds[0])
    plain = session(path, optimized=False).run(None, feeds[0])
    for i, name in enumerate(names):
        np.save(folder / f"in{i}.npy", feeds[0][name])
    outputs = [folder / f"out{i}.npy" for i in range(len(expected))]
    run([tessera, "compile", path, "-o", folder / "model.tsm"], timeout=600)
    run([tessera, "run", folder / "model.tsm", *(f"--input={name}=@{folder}/in{i}.npy" for i, name in enumerate(names)),
         *(f"--output=@{output}" for output in outputs)], timeout=120)
    worst = 0.0
    for info, output, wanted, other in zip(reference.get_outputs(), outputs, expected, plain):
        actual = np.load(output).astype(np.float64)
        values = np.unique(wanted)
        step = max((values[-1] - values[0]) / 255, np.diff(values).min() if values.size > 1 else 0)
        error = np.abs(actual - wanted).max()
        bound = step * 1.01 + np.abs(other.astype(np.float64) - wanted).max()
        worst = max(worst, error / step if step else 0)
        if not error <= bound:
            raise Failed(f"output '{info.name}' is off by up to {error:.3g}, more than {bound:.3g}; a step is {step:.3g}")
    return worst


def try_model(model, forms, source, folder, tessera):
    """Quantizes a model in some forms, and compares each; returns how many passed and failed, and lines about them. `folder` is for it alone."""
    logging.disable(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    prepared, passed, lines = folder / f"{model}.onnx", 0, []
    quant_pre_process(source / "model.onnx", prepared, skip_symbolic_shape=True)
    feeds = feeds_of(source / "case0", [info.name for info in session(prepared).get_inputs()])
    for form in forms:
        name = f"{model}-{form}"
        path = folder / f"{name}.onnx"
        try:
            quantize(prepared, path, form, feeds)
            lines.append(f"{name}: {check(path, feeds, tessera, folder):.2f} steps")
            passed += 1
        except Failed as failure:
            lines.append(f"{name}: FAILED: {failure}")
    return passed, len(forms) - passed, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=ROOT / "build/models/small", type=Path)
    parser.add_argument("--only", default="", help="run models and forms whose names have one of these parts, as 'resnet,dynamic'")
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the quantized models, kept")
    options = parser.parse_args()
    parts = [part for part in options.only.split(",") if part]
    work = {model: [form for form in [*STATIC, "dynamic"] if not parts or any(part in f"{model}-{form}" for part in parts)] for model in MODELS}
    models = [model for model in MODELS if work[model]]
    passed = failed = 0
    # processes, since quantizing is Python's work
    with tempfile.TemporaryDirectory() as temporary, ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn")) as pool:
        folder = options.keep or Path(temporary)
        for more in pool.map(try_model, models, [work[model] for model in models], [options.folder / model for model in models],
                             [folder / model for model in models], repeat(options.tessera)):
            passed, failed = passed + more[0], failed + more[1]
            print(*more[2], sep="\n", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    raise SystemExit(main())
