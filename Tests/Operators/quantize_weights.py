#!/usr/bin/env python3
"""Products whose f32 weights `--quantize-weights` gives fewer bits, against numpy, which rounds the same weights by itself.

usage: quantize_weights.py [--tessera bin/tessera]

The last line is 'N passed, N failed'; each model and each refused text counts as one. Weights behind a DequantizeLinear stay small too.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(0)


def rounded(weights, bits, block):
    """The weights, depth x columns, as blocks along the depth have them: a block's largest weight is its lowest number."""
    half = 1 << (bits - 1)
    blocks = weights.T.reshape(weights.shape[1], -1, block)
    at = np.abs(blocks).argmax(2)
    scale = (np.take_along_axis(blocks, at[:, :, None], 2) / np.float32(-half)).astype(np.float32)
    numbers = np.clip(np.rint(np.divide(blocks, scale, out=np.zeros_like(blocks), where=scale != 0)), -half, half - 1)
    return (numbers * scale).reshape(weights.shape[1], -1).T


def model(nodes, inputs, constants, rank):
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * rank)
    graph = helper.make_graph(nodes, "m", given, [result], [numpy_helper.from_array(array, name) for name, array in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def cases():
    """Yields names, flags, models, inputs, the result in numpy, and how many products must be quantized."""
    for bits, block, depth, columns in ((4, 32, 64, 5), (4, 16, 48, 33), (4, 128, 256, 100), (8, 32, 96, 17), (8, 64, 64, 1), (4, 32, 3200, 40)):
        flag = f"int{bits},block={block}"
        w = RNG.standard_normal((depth, columns)).astype(np.float32)
        w[:block, 0] = 0  # a block of zeros
        v = rounded(w, bits, block)
        product = helper.make_node("MatMul", ["x", "w"], ["y"])
        for shape, given in ((["n", depth], (3, depth)), ([2, "n", depth], (2, 4, depth)), ([1, depth], (1, depth)), (["n", depth], (0, depth)),
                             (["n", depth], (77, depth)), ([2, 9, depth], (2, 9, depth))):
            x = RNG.standard_normal(given).astype(np.float32)
            yield f"{flag}-{depth}x{columns}-{len(shape)}-{given}", flag, model([product], {"x": shape}, {"w": w}, len(shape)), [x], x @ v, 1
        x, bias = RNG.standard_normal((7, depth)).astype(np.float32), RNG.standard_normal(columns).astype(np.float32)
        node = helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=1)
        constants = {"w": np.ascontiguousarray(w.T), "b": bias}
        yield f"{flag}-gemm-{depth}x{columns}", flag, model([node], {"x": [7, depth]}, constants, 2), [x], x @ v + bias, 1
    w = RNG.standard_normal((64, 64)).astype(np.float32)
    twice = [helper.make_node("MatMul", ["x", "w"], ["t"]), helper.make_node("MatMul", ["t", "w"], ["y"])]
    x, v = RNG.standard_normal((3, 64)).astype(np.float32), rounded(w, 4, 32)
    yield "shared", "int4", model(twice, {"x": [3, 64]}, {"w": w}, 2), [x], (x @ v) @ v, 2
    # What stays as it is.
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    odd = RNG.standard_normal((40, 8)).astype(np.float32)
    x = RNG.standard_normal((3, 40)).astype(np.float32)
    yield "part-of-a-block", "int4", model([product], {"x": [3, 40]}, {"w": odd}, 2), [x], x @ odd, 0
    wild = w.copy()
    wild[3, 3] = np.inf
    x = np.abs(RNG.standard_normal((3, 64))).astype(np.float32)
    yield "infinite", "int4", model([product], {"x": [3, 64]}, {"w": wild}, 2), [x], x @ wild, 0
    left = helper.make_node("MatMul", ["w", "x"], ["y"])
    x = RNG.standard_normal((64, 9)).astype(np.float32)
    yield "on-the-left", "int4", model([left], {"x": [64, 9]}, {"w": w}, 2), [x], rounded(w.T.copy(), 4, 32).T @ x, 1
    x, other = RNG.standard_normal((3, 64)).astype(np.float32), RNG.standard_normal((64, 6)).astype(np.float32)
    yield "no-constant", "int4", model([product], {"x": [3, 64], "w": [64, 6]}, {}, 2), [x, other], x @ other, 0


def problem(tessera, folder, flag, graph, given, expected, count):
    """Returns what is wrong, or an empty string."""
    onnx.save(graph, folder / "m.onnx")
    for i, array in enumerate(given):
        np.save(folder / f"in{i}.npy", array)
    compiled = subprocess.run([tessera, "compile", folder / "m.onnx", "-o", folder / "m.tsm", f"--quantize-weights={flag}", "--explain=quantization"],
                              capture_output=True, text=True)
    if compiled.returncode:
        return f"compile ended with {compiled.returncode}: {compiled.stderr.strip()}"
    listed = len([line for line in compiled.stdout.splitlines() if line.endswith("%")])
    if listed != count or ("has no effect" in compiled.stderr) != (count == 0):
        return f"{listed} products instead of {count}, and on standard error: {compiled.stderr.strip()}"
    words = [tessera, "run", folder / "m.tsm", *(f"--input=@{folder}/in{i}.npy" for i in range(len(given))), f"--output=@{folder}/y.npy"]
    ran = subprocess.run(words, capture_output=True, text=True)
    if ran.returncode:
        return f"run ended with {ran.returncode}: {ran.stderr.strip()}"
    actual = np.load(folder / "y.npy")
    if actual.shape != expected.shape:
        return f"{actual.shape} instead of {expected.shape}"
    bad = ~np.isclose(actual, expected, rtol=1e-4, atol=1e-4, equal_nan=True)
    return f"{bad.sum()} of {bad.size} elements differ: {actual[bad][0]} instead of {expected[bad][0]}" if bad.any() else ""


def dequantized(tessera, folder):
    """Returns what is wrong with weights of 4 bits behind a DequantizeLinear, or an empty string: as large as their bits, in the module and beside it."""
    depth, columns, block = 512, 640, 32
    numbers = RNG.integers(-8, 8, (depth, columns)).astype(ml_dtypes.int4)
    scales = RNG.uniform(0.01, 0.1, (depth // block, columns)).astype(np.float32)
    x = RNG.standard_normal((9, depth)).astype(np.float32)
    nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["d"], axis=0, block_size=block), helper.make_node("MatMul", ["x", "d"], ["y"])]
    graph = model(nodes, {"x": ["n", depth]}, {"w": numbers, "s": scales}, 2)
    graph.opset_import[0].version, graph.ir_version = 21, 10
    onnx.save(graph, folder / "m.onnx")
    np.save(folder / "x.npy", x)
    for words in (("compile", folder / "m.onnx", "-o", folder / "m.tsm"), ("run", folder / "m.tsm", f"--input=@{folder}/x.npy", f"--output=@{folder}/y.npy")):
        done = subprocess.run([tessera, *words], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip()
    packed, actual = depth * columns // 2 + scales.nbytes, (folder / "m.tsm").stat().st_size
    if actual > 1.3 * packed:
        return f"a module of {actual} bytes for weights of {packed}"
    expected = x @ (numbers.astype(np.float32) * np.repeat(scales, block, 0))
    return "" if np.allclose(np.load(folder / "y.npy"), expected, rtol=1e-4, atol=1e-3) else "the product is wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=str(Path(__file__).parents[2] / "bin" / "tessera"))
    tessera = parser.parse_args().tessera
    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, *rest in cases():
            wrong = problem(tessera, folder, *rest)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong:
                print(f"FAIL {name}: {wrong}")
        wrong = dequantized(tessera, folder)
        passed, failed = passed + (not wrong), failed + bool(wrong)
        if wrong:
            print(f"FAIL dequantized: {wrong}")
        for text in ("int5", "int4,block=33", "int4,block=8", "int4,", "int4,block=32,x", ""):
            words = [tessera, "compile", folder / "m.onnx", "-o", folder / "m.tsm", f"--quantize-weights={text}"]
            refused = subprocess.run(words, capture_output=True, text=True)
            isRight = refused.returncode == 2 and ("is no format of weights" in refused.stderr or not text)
            passed, failed = passed + isRight, failed + (not isRight)
            if not isRight:
                print(f"FAIL '{text}': {refused.returncode}: {refused.stderr.strip()}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
