#!/usr/bin/env python3
"""Tessera and its peers in turns, in one run on one machine, beside the machine's roof; tables, JSON and a picture as the result.

  ./dev bench [ARGUMENT ...]

  --kinds KIND,...    what to measure: kernels, models, or both (kernels,models)
  --only TEXT,...     what has one of these parts in its name, as 'mobilebert,softmax'
  --peers NAME,...    of onnxruntime, openvino, litert, torch, torch-compile, iree (onnxruntime,openvino); 'all' is all of them
  --threads N,...     numbers of threads (1,2)
  --rounds N          turns of each contestant (7)
  --turn-ms T         milliseconds of a turn (200)
  --out FILE          the JSON; the picture goes beside it as .svg (build/bench.json)
  --show FILE         print the tables of an earlier run's JSON, make its picture anew, and measure nothing
  --polite            take no priority over other sessions of this machine

What ./dev passes: --models, --digits, --samples; --cache FOLDER holds what peers compile and convert, --tessera is the program.

How it measures: every contestant loads a workload once per thread count, in a process of its own (Tessera and IREE are programs
that load anew for each turn), and its outputs are compared with the right ones. Then all take short turns, round after round, in
an order that rotates, so that drift and noise fall on all alike. All are pinned to the same processors, as many as there are
threads. A turn begins with calls that are not counted, and its figure is the median call. A turn during which others used more
than a tenth of a processor is taken again, at most twice, and the quietest counts. `ours / best` is the median over the rounds of
Tessera's time over that of the peer with the best median. Where the kernel lets us, the session gets priority over others while
it is measured; --polite leaves that out.

The roof is measured before, between and after, and the highest counts: f32 multiply-adds in registers, and bytes moved by
footprint. A workload's share of it is the least time in which its products and sums, or its weights, inputs and outputs moved
once, can be done, over the time taken.

A contestant is wrong, and not ranked, where its largest error is over 1e-4 of the largest right magnitude (or of 1). Right for
kernels is what numpy computes in f64; for models, what ONNX Runtime computes.
"""
import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import roof
from contestants import NAMES, ROOT, Tessera, open_peer
from costs import compile_twice, memory, startup_ms
from picture import svg
from quiet import Priority, lead_session, quiet_turn
from report import markdown
from standing import OURS, standing
from workloads import all_workloads

WORKLOADS_A_ROOF = 8  # the roof is measured again after so many
DEFAULT_PEERS = "onnxruntime,openvino"


def take_turns(players, options):
    """Lets all take turns; adds the median call of each turn and what others used to each player's results."""
    order = list(players)
    for index in range(options.rounds):
        start = index % len(order)
        for name in order[start:] + order[:start]:
            player, told = players[name]
            if "failed" in told:
                continue
            try:
                median, others = quiet_turn(player, options.turn_ms)
                told["turns_ns"].append(median)
                told["others"].append(others)
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                told["failed"] = str(error)


def measure(workload, module, threads, options, versions):
    """Returns what each contestant did on some threads."""
    players, results = {}, {}
    openers = {OURS: lambda: Tessera(options.tessera, module, workload, threads)}
    openers.update({peer: lambda peer=peer: open_peer(peer, workload, threads, options.cache) for peer in options.peers})
    try:
        for name, opener in openers.items():
            results[name] = told = dict(turns_ns=[], others=[])
            try:
                player = opener()
                players[name] = player, told
                told.update(error=player.error, note=player.note)
                versions[name] = player.version
            except (RuntimeError, OSError, ValueError, KeyError) as error:
                told["failed"] = str(error)
        if players:
            take_turns(players, options)
    finally:
        for player, _ in players.values():
            player.close()
    return results


def row_of(workload, options, versions, folder):
    """Compiles and measures one workload; returns its row."""
    row = dict(workload=workload.name, kind=workload.kind, flops=workload.flops, bytes=workload.bytes, threads={})
    module = folder / "model.tsm"
    try:
        with Priority():
            row.update(compile_twice(options, workload, module, folder / "kernels" / workload.name))
        if workload.kind == "model":
            row.update(memory(options, workload, module, folder))
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        row["failed"] = str(error)
    for threads in options.threads:
        row["threads"][str(threads)] = measure(workload, module, threads, options, versions)
    module.unlink(missing_ok=True)
    return row


def measure_roof(result, options):
    """Measures the roof, and keeps the highest."""
    for threads in options.threads:
        with Priority():
            found = roof.measure(options.tessera, threads)
        before = result["roof"].get(str(threads))
        result["roof"][str(threads)] = roof.higher(before, found) if before else found


def said_of(row, roofs):
    """Returns a line about a row."""
    parts = []
    for threads in row["threads"]:
        s = standing(row, threads, roofs)
        ratio = "not compared" if s.ratio is None else f"{s.ratio:.2f} of {s.best}"
        parts.append(f"{ratio} on {threads}")
    return f"{row['workload']}: {', '.join(parts)}"


def machine():
    """Returns the processor's name and how many there are."""
    name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{name[1] if name else 'unknown processor'}, {os.cpu_count()} processors"


def command_of(options, parser):
    """Returns the command that measures the same again: `./dev bench` with what differs from the defaults."""
    words = ["./dev bench"]
    for name in ("kinds", "only", "peers", "threads", "rounds", "turn_ms", "polite"):
        value, default = getattr(options, name), parser.get_default(name)
        if isinstance(default, str):
            default = default.split(",")
        if value != default:
            words.append(f"--{name.replace('_', '-')}" + ("" if value is True else " " + (",".join(map(str, value)) if isinstance(value, list) else str(value))))
    return " ".join(words)


def write(result, options):
    """Writes JSON and picture."""
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1))
    options.out.with_suffix(".svg").write_text(svg(result))


def arguments():
    """Returns the options and their parser."""

    def words(text):
        return text.split(",")

    parser = argparse.ArgumentParser(prog="./dev bench", add_help=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-h", "--help", action="version", version=__doc__)  # `./dev bench --help` shows the same, without Python
    parser.add_argument("--kinds", default="kernels,models", type=words)
    parser.add_argument("--only", default="", type=words)
    parser.add_argument("--peers", default=DEFAULT_PEERS, type=words)
    parser.add_argument("--threads", default=[1, 2], type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--rounds", default=7, type=int)
    parser.add_argument("--turn-ms", default=200, type=int)
    parser.add_argument("--out", default=ROOT / "build/bench.json", type=Path)
    parser.add_argument("--show", type=Path)
    parser.add_argument("--models", type=Path, default=ROOT / "build/models/full")
    parser.add_argument("--cache", type=Path, default=ROOT / "build/bench")
    parser.add_argument("--digits", type=Path)
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("--polite", action="store_true")
    options = parser.parse_args()
    options.peers = list(NAMES) if options.peers == ["all"] else options.peers
    for peer in options.peers:
        if peer not in NAMES:
            parser.error(f"there is no peer '{peer}'; there are {', '.join(NAMES)}")
    if max(options.threads) > len(os.sched_getaffinity(0)):
        parser.error(f"{max(options.threads)} threads on {len(os.sched_getaffinity(0))} processors measure nothing")
    return options, parser


def main():
    options, parser = arguments()
    if options.show:
        result, options.out = json.loads(options.show.read_text()), options.show
        write(result, options)
        print(markdown(result))
        return 0
    workloads = all_workloads(options.cache / "kernels", options.models, options.kinds, options.only)
    if not workloads:
        parser.error("nothing has such a name: `./dev models full` exports models")
    if not options.polite:
        lead_session()
    versions = {}
    result = dict(
        machine=machine(), when=time.strftime("%Y-%m-%d %H:%M"), rounds=options.rounds, turn_ms=options.turn_ms, peers=options.peers,
        command=command_of(options, parser), versions=versions, roof={}, rows=[])
    measure_roof(result, options)
    with tempfile.TemporaryDirectory() as temporary:
        for number, workload in enumerate(workloads, 1):
            row = row_of(workload, options, versions, Path(temporary))
            result["rows"].append(row)
            if number % WORKLOADS_A_ROOF == 0 or number == len(workloads):
                measure_roof(result, options)
            print(said_of(row, result["roof"]), file=sys.stderr, flush=True)
            write(result, options)
        if options.digits:
            with Priority():
                result["startup_ms"] = startup_ms(options, Path(temporary))
    write(result, options)
    print(markdown(result))
    print(f"\nIn {options.out} and {options.out.with_suffix('.svg')}")
    wrong = [row for row in result["rows"] if "failed" in row or any("failed" in t[OURS] or t[OURS]["error"] > 1e-4 for t in row["threads"].values())]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
