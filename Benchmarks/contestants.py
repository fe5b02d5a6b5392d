"""Who plays: Tessera and its peers, as the driver sees them.

A contestant has a `version`, the `error` of what it computed, a `note`, `turn(milliseconds)`, which returns the time of each call
in nanoseconds, the `process` that waits for turns if there is one, and `close()`.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from iree import Iree
from peer_worker import PEERS, error_of
from quiet import processors, run

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / "build/peers"
OWN_ENVIRONMENT = ("openvino", "iree", "litert")  # ./dev bench installs Benchmarks/peers/NAME.txt for these
NAMES = (*PEERS, "iree")


def python_of(peer):
    """Returns the Python of a peer's environment; throws where it is not installed."""
    if peer not in OWN_ENVIRONMENT:
        return Path(sys.executable)
    python = ENVIRONMENTS / peer / "bin/python"
    if not python.exists():
        raise RuntimeError(f"not installed: `./dev bench --peers {peer}` does it")
    return python


def checked_outputs(folder, count, case):
    """Returns the error of the outputs that a program wrote as out0.npy ..."""
    return error_of([np.load(folder / f"out{i}.npy") for i in range(count)], case)


class Tessera:
    """The program: each turn starts `tessera bench` anew, which loads, warms up and times itself."""

    process, note = None, ""

    def __init__(self, program, module, workload, threads):
        self.threads = processors(threads)
        self.command = [program, "bench", module, "--threads", threads, "--inputs", workload.case, "--json", "--time-ms"]
        with tempfile.TemporaryDirectory() as folder:
            told = json.loads(run([*self.command, 1, "--outputs", folder], self.threads).text)
            self.version = told["version"]
            self.error = checked_outputs(Path(folder), len(workload.meta["outputs"]), workload.case)

    def turn(self, milliseconds):
        return json.loads(run([*self.command, milliseconds], self.threads).text)["ns"]

    def close(self):
        pass


class Peer:
    """A library: a process of `peer_worker.py` that holds the loaded workload and takes turns."""

    note = ""

    def __init__(self, peer, workload, threads, cache):
        self.log = tempfile.TemporaryFile("w+", errors="replace")
        chosen = ",".join(map(str, processors(threads)))
        settings = dict(OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), TORCHINDUCTOR_CACHE_DIR=str(cache / "inductor"),
                        HF_HUB_OFFLINE="1", ONEDNN_DEFAULT_FPMATH_MODE="STRICT")
        command = [python_of(peer), ROOT / "Benchmarks/peer_worker.py", peer, workload.folder, threads, chosen, cache]
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **settings})
        try:
            told = self.answer()
        except BaseException:
            self.close()
            raise
        self.version, self.error = told["version"], told["error"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise RuntimeError(f"its process ended: {' '.join(self.log.read().split())[-300:]}")
        told = json.loads(line)
        if "failed" in told:
            raise RuntimeError(told["failed"])
        return told

    def turn(self, milliseconds):
        self.process.stdin.write(f"{milliseconds}\n")
        self.process.stdin.flush()
        return self.answer()["ns"]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


def open_peer(peer, workload, threads, cache):
    """Returns a peer that is ready to play; throws what is in its way."""
    if peer != "iree":
        return Peer(peer, workload, threads, cache)
    return Iree(python_of("iree").parent, workload, threads, cache / "iree", checked_outputs)
