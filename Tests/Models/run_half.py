#!/usr/bin/env python3
"""Converts exported models to f16 with ONNX Runtime's tool, compiles and runs them with Tessera, and compares with the results in f32.

  run_half.py [FOLDER] [--only TEXT,...] [--tessera PROGRAM]

FOLDER is what export.py wrote, with the models of one size (default build/models/small); of those, the ones of the older exporter are
taken, static and dynamic. Weights, inputs and outputs become f16, but for the operators that the tool leaves in f32 (Resize among
them). An output is right where shape and type are the same and |a - e| <= 2e-2 + 2e-2 |e| for every element, with ONNX Runtime's results for
the model in f32: it is further from them itself in f16 (T5), and has no recurrent layers in f16. The last line is 'N passed, N failed';
each set of inputs counts as one.
"""
import argparse
import json
import logging
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

from run_models import ROOT, Failed, run, run_case

TOLERANCE = 2e-2
# Which boxes it chooses hangs on the last bits of the scores.
LEFT_OUT = "detector"


def halve(case, folder):
    """Writes the arrays of `case` to `folder`: floats as f16, all others as they are."""
    for path in case.glob("*.npy"):
        array = np.load(path)
        np.save(folder / path.name, array.astype(np.float16) if array.dtype == np.float32 else array)


def try_model(tessera, model, folder):
    """Converts, compiles and runs a model; returns how many cases passed and failed, and lines about them. `folder` is for it alone."""
    logging.disable(logging.WARNING)
    folder.mkdir()
    meta, passed, failed, lines = json.loads((model / "meta.json").read_text()), 0, 0, []
    path, module = folder / "model.onnx", folder / "model.tsm"
    onnx.save(convert_float_to_float16(onnx.load(model / "model.onnx")), path)
    try:
        run([tessera, "compile", path, "-o", module], timeout=600)
    except Failed as failure:
        return 0, len(meta["cases"]), [f"{model.name}: FAILED: {failure}"]
    for index in range(len(meta["cases"])):
        try:
            halve(model / f"case{index}", folder)
            _, error = run_case(tessera, module, folder, meta, folder, TOLERANCE)
            passed += 1
            lines.append(f"{model.name} case {index}: {error:.1e}")
        except Failed as failure:
            failed += 1
            lines.append(f"{model.name} case {index}: FAILED: {failure}")
    return passed, failed, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=ROOT / "build/models/small", type=Path)
    parser.add_argument("--only", default="", help="run models whose names have one of these parts, as 'resnet,vit'")
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    options = parser.parse_args()
    wanted = options.only.split(",")
    models = [m.parent for m in sorted(options.folder.glob("*-opset17-*/meta.json"))
              if any(part in m.parent.name for part in wanted) and not m.parent.name.startswith(LEFT_OUT)]
    if not models:
        parser.error(f"no such models in '{options.folder}': `./dev models` exports them")
    passed = failed = 0
    # processes, since the conversion is Python's work
    with tempfile.TemporaryDirectory() as temporary, ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn")) as pool:
        folders = [Path(temporary) / model.name for model in models]
        for more in pool.map(try_model, repeat(options.tessera), models, folders):
            passed, failed = passed + more[0], failed + more[1]
            print(*more[2], sep="\n", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    raise SystemExit(main())
