#!/usr/bin/env python3
"""The cost of a call of a one-element ReLU from C, Swift and Python, beside ONNX Runtime's from Python; one thread, in turns.

  calls.py [--tessera PROGRAM] [--library FOLDER] [--wheels FOLDER] [--turns N] [--count N]

  --tessera PROGRAM   compiles and benches (bin/tessera); the figure of Swift is that of `tessera bench`
  --library FOLDER    what `./dev library` makes (build/library)
  --wheels FOLDER     what `./dev wheel` makes (build/wheels)
  --turns N           how often each is measured in turn (7): the median of the medians is printed
  --count N           calls of each measurement (20000)
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]


def median(call, count):
    """The median of calls in nanoseconds."""
    times = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - begin)
    return statistics.median(times)


def onnx_runtime():
    """A session's run of the same model."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "relu", infos[:1], infos[1:])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    inputs = {"x": np.float32([-1])}
    return lambda: session.run(None, inputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("--library", default=ROOT / "build/library", type=lambda path: Path(path).resolve())
    parser.add_argument("--wheels", default=ROOT / "build/wheels", type=Path)
    parser.add_argument("--turns", default=7, type=int)
    parser.add_argument("--count", default=20000, type=int)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        module = folder / "functions.tsm"
        subprocess.run([arguments.tessera, "compile", ROOT / "Tests/Languages/functions.mlir", "-o", module], check=True)
        program = folder / "calls"
        subprocess.run([
            "clang", "-O2", "-std=c11", ROOT / "Benchmarks/calls.c", f"-I{arguments.library}/include", f"-L{arguments.library}/lib", "-ltessera",
            f"-Wl,-rpath,{arguments.library}/lib", "-o", program], check=True)
        [wheel] = arguments.wheels.glob("tessera-*.whl")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder / "package", wheel], check=True)
        sys.path.insert(0, str(folder / "package"))
        import tessera

        relu = tessera.load(module, threads=1)["relu"]
        x = tessera.aligned(np.float32([-1]))
        session = onnx_runtime()

        def swift():
            done = subprocess.run(
                [arguments.tessera, "bench", module, "--function=relu", "--threads=1", "--time-ms=300", "--json"], check=True, capture_output=True)
            return json.loads(done.stdout)["median_ns"]

        ways = {
            "C": lambda: float(subprocess.run([program, module, str(arguments.count)], check=True, capture_output=True).stdout),
            "Swift": swift,
            "Python": lambda: median(lambda: relu(x), arguments.count),
            "ONNX Runtime, Python": lambda: median(session, arguments.count),
        }
        times = {name: [] for name in ways}
        for _ in range(arguments.turns):
            for name, way in ways.items():
                times[name].append(way())
        for name, found in times.items():
            print(f"{name:22} {statistics.median(found) / 1000:7.2f} us")


if __name__ == "__main__":
    sys.exit(main())
