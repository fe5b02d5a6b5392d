#!/usr/bin/env python3
"""How fast a server's health route answers, without and beside inference: Examples/Server under the load of `wrk`, on this machine.

  server.py [--rounds N] [--seconds S] [--clients N] [--tessera PROGRAM] [--server PROGRAM]

  --rounds N         turns of both measurements, one after the other (3)
  --seconds S        how long each takes (5)
  --clients N        connections that ask for inference (4)
  --tessera PROGRAM  compiles the model (bin/tessera)
  --server PROGRAM   the server (built from Examples/Server in build/server)

The model takes about 4 ms. The health route is asked over one connection, one request after the other. Prints p50, p90 and p99 of each round,
and the medians' ratio; a busy machine shows in the rounds.
"""
import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Package"))
from server import Server  # noqa: E402

LAYERS, ROWS, WIDTH = 4, 256, 512
UNITS = {"us": 1, "ms": 1000, "s": 1_000_000}


def model():
    """A stack of products that a row of numbers goes through, many times over."""
    row, rows, weights = f"tensor<1x{WIDTH}xf32>", f"tensor<{ROWS}x{WIDTH}xf32>", f"tensor<{WIDTH}x{WIDTH}xf32>"
    lines = [
        f"func.func @main(%x: {row}) -> {rows} {{", "  %zero = arith.constant 0.0 : f32", f"  %w = arith.constant dense<0.001> : {weights}",
        f"  %e = tensor.empty() : {rows}", f"  %v = tensor.collapse_shape %x [[0, 1]] : {row} into tensor<{WIDTH}xf32>",
        f"  %y0 = linalg.broadcast ins(%v : tensor<{WIDTH}xf32>) outs(%e : {rows}) dimensions = [0]",
        f"  %f = linalg.fill ins(%zero : f32) outs(%e : {rows}) -> {rows}"]
    for layer in range(LAYERS):
        lines.append(f"  %y{layer + 1} = linalg.matmul ins(%y{layer}, %w : {rows}, {weights}) outs(%f : {rows}) -> {rows}")
    return "\n".join([*lines, f"  return %y{LAYERS} : {rows}", "}", ""])


def microseconds(report, percent):
    """A percentile of the latencies that `wrk` printed."""
    number, unit = re.search(rf"^ +{percent}% +([0-9.]+)(us|ms|s)$", report, re.M).groups()
    return float(number) * UNITS[unit]


def wrk(url, seconds, connections, script=None):
    """Starts `wrk` with one thread."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *(["-s", str(script)] if script else []), url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process):
    """What `wrk` printed, once it is done. Errors: requests that failed."""
    report = process.communicate()[0]
    if process.returncode or "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(f"error: requests failed\n{report}")
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--tessera", type=Path, default=ROOT / "bin/tessera")
    parser.add_argument("--server", type=Path)
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("error: there is no wrk on the PATH: `./dev setup server` installs it")
    if not arguments.server:
        build = ["swift", "build", "-c", "release", "--package-path", ROOT / "Examples/Server", "--scratch-path", ROOT / "build/server"]
        subprocess.run([str(part) for part in build], check=True)
        arguments.server = ROOT / "build/server/release/server"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.mlir").write_text(model())
        subprocess.run([arguments.tessera, "compile", folder / "model.mlir", "-o", folder / "model.tsm"], check=True)
        np.full((1, WIDTH), 1, np.float32).tofile(folder / "body")
        (folder / "post.lua").write_text(f'wrk.method = "POST"\nwrk.body = io.open("{folder}/body", "rb"):read("*a")\n')
        alone, beside = [], []
        print(f"{'p50':>10} {'p90':>10} {'p99':>10}  us", flush=True)
        with Server(arguments.server, folder / "model.tsm") as server:
            for _ in range(arguments.rounds):
                quiet = finished(wrk(server.url("health"), arguments.seconds, 1))
                load = wrk(server.url("infer"), arguments.seconds + 1, arguments.clients, folder / "post.lua")
                busy = finished(wrk(server.url("health"), arguments.seconds, 1))
                calls = finished(load)
                for title, report, kept in (("alone", quiet, alone), ("beside inference", busy, beside)):
                    kept.append([microseconds(report, percent) for percent in (50, 90, 99)])
                    print(" ".join(f"{value:10.0f}" for value in kept[-1]), f" {title}")
                print(" ".join(f"{microseconds(calls, percent):10.0f}" for percent in (50, 90, 99)), " inference", flush=True)
        ratio = statistics.median(row[2] for row in beside) / statistics.median(row[2] for row in alone)
        print(f"p99 of the health route beside inference: {ratio:.2f} of that alone")


if __name__ == "__main__":
    main()
