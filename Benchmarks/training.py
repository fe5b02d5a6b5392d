#!/usr/bin/env python3
"""Training steps of JAX, Tessera beside jax.jit: the loss of each step, and the time of one, in turns.

usage: build/peers/jax/bin/python Benchmarks/training.py [--tessera bin/tessera] [--steps 100] [--turns 20] [--threads 1,2] [STEP ...]

STEP is bert (2 layers of 128 over 8 x 64 tokens) or cnn (two convolutions over 16 pictures): the loss, its gradients, and Adam. Each step of ours is a
`tessera run` of its own, which reads the state that the one before wrote. A line has the losses, their greatest relative difference (more than 1e-3 ends
with 1), and the least and the median time of a step of both in milliseconds, with the ratio of the least. `./dev setup jax` installs JAX.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TOLERANCE = 1e-3
WIDTH, HEADS, LAYERS, WORDS, BATCH, LENGTH = 128, 4, 2, 1000, 8, 64


def normal(random, *shape, scale=1.0):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def bert(jax, random):
    """A transformer that learns which word another stands for."""
    jnp = jax.numpy

    def dense(rows, columns):
        return normal(random, rows, columns, scale=rows ** -0.5)

    def layer():
        zeros, ones = np.zeros(WIDTH, np.float32), np.ones(WIDTH, np.float32)
        return {
            "qkv": dense(WIDTH, 3 * WIDTH), "out": dense(WIDTH, WIDTH), "up": dense(WIDTH, 4 * WIDTH), "up_bias": np.zeros(4 * WIDTH, np.float32),
            "down": dense(4 * WIDTH, WIDTH), "down_bias": zeros, "scale1": ones, "bias1": zeros, "scale2": ones, "bias2": zeros,
        }

    weights = {"words": dense(WORDS, WIDTH), "places": dense(LENGTH, WIDTH), "layers": [layer() for _ in range(LAYERS)], "logits": dense(WIDTH, WORDS)}

    def normalized(x, scale, bias):
        centered = x - x.mean(-1, keepdims=True)
        return centered * jax.lax.rsqrt((centered ** 2).mean(-1, keepdims=True) + 1e-5) * scale + bias

    def loss(weights, words, wanted):
        x = weights["words"][words] + weights["places"]
        for w in weights["layers"]:
            q, k, v = jnp.moveaxis((normalized(x, w["scale1"], w["bias1"]) @ w["qkv"]).reshape(BATCH, LENGTH, 3, HEADS, WIDTH // HEADS), 2, 0)
            scores = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) * (WIDTH // HEADS) ** -0.5)
            x = x + jnp.einsum("bhqk,bkhd->bqhd", scores, v).reshape(BATCH, LENGTH, WIDTH) @ w["out"]
            inner = jax.nn.gelu(normalized(x, w["scale2"], w["bias2"]) @ w["up"] + w["up_bias"])
            x = x + inner @ w["down"] + w["down_bias"]
        logits = jax.nn.log_softmax(x @ weights["logits"])
        return -jnp.take_along_axis(logits, wanted[..., None], -1).mean()

    words = random.integers(0, WORDS, (BATCH, LENGTH)).astype(np.int32)
    return loss, weights, (words, ((words * 7 + 3) % WORDS).astype(np.int32))


def cnn(jax, random):
    """Two convolutions, a pooling and a classifier."""
    jnp = jax.numpy
    weights = {"first": normal(random, 3, 3, 3, 16, scale=0.2), "second": normal(random, 3, 3, 16, 32, scale=0.08),
               "logits": normal(random, 32, 10, scale=0.2), "bias": np.zeros(10, np.float32)}

    def convolution(x, w, stride):
        return jax.nn.relu(jax.lax.conv_general_dilated(x, w, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")))

    def loss(weights, pictures, classes):
        x = convolution(pictures, weights["first"], 1)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        x = convolution(x, weights["second"], 2).mean((1, 2))
        return -jnp.take_along_axis(jax.nn.log_softmax(x @ weights["logits"] + weights["bias"]), classes[:, None], 1).mean()

    return loss, weights, (normal(random, 16, 32, 32, 3), random.integers(0, 10, 16).astype(np.int32))


def adam(jax, loss):
    """A step: the state and the data to the next state and the loss."""
    jnp, tree = jax.numpy, jax.tree

    def step(weights, means, squares, count, *data):
        value, gradients = jax.value_and_grad(loss)(weights, *data)
        count = count + 1
        means = tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
        squares = tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, gradients)

        def moved(weight, mean, square):
            return weight - 1e-3 * (mean / (1 - 0.9 ** count)) / (jnp.sqrt(square / (1 - 0.999 ** count)) + 1e-8)

        return tree.map(moved, weights, means, squares), means, squares, count, value

    return step


def tessera(options, *words):
    done = subprocess.run([options.tessera, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


def losses(options, jax, step, state, data, folder):
    """The losses of all steps, ours and JAX's, from the same state. The module stays in the folder."""
    (folder / "step.mlir").write_text(jax.jit(step).lower(*state, *data).as_text())
    tessera(options, "compile", folder / "step.mlir", "-o", folder / "step.tsm")
    leaves = [np.asarray(x) for x in jax.tree.leaves(state)]
    files = [[folder / f"{side}{i}.npy" for i in range(len(leaves))] for side in "ab"]
    for file, array in zip(files[0], leaves):
        np.save(file, array)
    given = [folder / f"data{i}.npy" for i in range(len(data))]
    for file, array in zip(given, data):
        np.save(file, array)
    compiled, ours, theirs = jax.jit(step), [], []
    for i in range(options.steps):
        before, after = files[i % 2], files[1 - i % 2]
        inputs = [f"--input=@{file}" for file in before + given]
        tessera(options, "run", folder / "step.tsm", *inputs, *[f"--output=@{file}" for file in after], f"--output=@{folder}/loss.npy")
        *state, value = compiled(*state, *data)
        ours.append(float(np.load(folder / "loss.npy")))
        theirs.append(float(value))
    return ours, theirs


def times(options, jax, step, state, data, folder):
    """The milliseconds of steps, ours and JAX's, in turns."""
    compiled, ours, theirs = jax.jit(step), [], []
    inputs = [f"--input=@{folder}/a{i}.npy" for i in range(len(jax.tree.leaves(state)))] + [f"--input=@{folder}/data{i}.npy" for i in range(len(data))]
    arrays = jax.tree.map(jax.numpy.asarray, (*state, *data))
    for _ in range(options.turns):
        report = json.loads(tessera(options, "bench", folder / "step.tsm", *inputs, "--calls=5", f"--threads={options.threads}", "--json"))
        ours.append((report["min_ns"] / 1e6, report["median_ns"] / 1e6))
        turn = []
        for _ in range(6):
            begin = time.perf_counter()
            jax.block_until_ready(compiled(*arrays))
            turn.append((time.perf_counter() - begin) * 1e3)
        theirs.append((min(turn[1:]), float(np.median(turn[1:]))))
    return [(min(t[0] for t in side), float(np.median([t[1] for t in side]))) for side in (ours, theirs)]


def measure(options):
    import jax

    jax.config.update("jax_platforms", "cpu")
    failed = False
    for name in options.names:
        loss, weights, data = {"bert": bert, "cnn": cnn}[name](jax, np.random.default_rng(0))
        zeros = jax.tree.map(np.zeros_like, weights)
        state, step = (weights, zeros, zeros, np.float32(0)), adam(jax, loss)
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = losses(options, jax, step, state, data, Path(folder))
            difference = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs))
            failed |= not difference <= TOLERANCE
            mine, other = times(options, jax, step, state, data, Path(folder))
        print(f"{name:5} {options.threads} threads  loss {ours[0]:.4f} to {ours[-1]:.6f}, {difference:.1e} from JAX's in {options.steps} steps   "
              f"ours {mine[0]:.2f} / {mine[1]:.2f} ms   JAX {other[0]:.2f} / {other[1]:.2f} ms   {mine[0] / other[0]:.2f}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=Path(__file__).resolve().parents[1] / "bin/tessera")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("names", nargs="*", metavar="STEP", choices=["bert", "cnn", []])
    options = parser.parse_args()
    options.names = options.names or ["bert", "cnn"]
    counts = options.threads.split(",")
    if len(counts) > 1:
        # JAX has as many threads as the processors that it may use when it starts.
        rest = ["--steps", str(options.steps), "--turns", str(options.turns), "--tessera", str(options.tessera), *options.names]
        sys.exit(max(subprocess.run([sys.executable, __file__, "--threads", count, *rest]).returncode for count in counts))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(counts[0])])
    sys.exit(1 if measure(options) else 0)


if __name__ == "__main__":
    main()
