#!/usr/bin/env python3
"""Tessera and ONNX Runtime in turns, in one run on one machine, with a Markdown table and JSON as the result.

  compare.py --models FOLDER [--only TEXT,...] [--threads 1,2] [--rounds 7] [--turn-ms 250] [--out FILE]
             [--digits MODULE --samples FILE] [--tessera PROGRAM] [--polite]

How it measures: both load a model once per thread count (ONNX Runtime in a process of its own that waits for its turns,
Tessera by `tessera bench`, which loads anew), and take short turns, round after round, each first in every second round, so
that drift and noise fall on both alike. Both are pinned to the same processors, as many as there are threads. A turn begins
with calls that are not counted, and its figure is the median call. A turn during which others used more than a tenth of a
processor is taken again, at most twice, and the quietest counts. `ratio` is the median of Tessera's turns over the median of
ONNX Runtime's; `best` compares the best turns. Where the kernel lets us, the session gets priority over others while it is
measured; --polite leaves that out.

Memory is the peak of `tessera run` on the same inputs, against the bound: weights + twice the arena + 50 MB. `error` is the
largest |ours - ONNX Runtime's|; results are right where it is at most 1e-4 + 1e-4 |ONNX Runtime's| everywhere. Start-up is the
time from spawning `tessera run` of the digit model until it has ended, its first result written.
"""
import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
ABSOLUTE = RELATIVE = 1e-4  # as in Tests/Models/run_models.py
MEGABYTE = 1e6
MARGIN = 50 * MEGABYTE  # what a run may take beyond its weights and twice its arena
STARTUP_LIMIT_MS = 50
COMPILE_LIMITS = {"mobilebert": 20}  # seconds
RATIO_LIMITS = {"mobilebert": 1.3, "bert": 1.3, "gpt2": 1.3, "resnet50": 2.5, "mobilenet-v2": 2.5}  # times ONNX Runtime's


# ---------------------------------------------------------------- ONNX Runtime, in a process of its own
def serve_onnxruntime(model, case, threads):
    """Loads a model, and runs it for as long as each line of the standard input says."""
    import onnxruntime

    os.sched_setaffinity(0, processors(threads))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the library prints must not come between the answers
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model / "model.onnx"), options, providers=["CPUExecutionProvider"])
    feeds = {i.name: np.load(case / f"in{n}.npy") for n, i in enumerate(session.get_inputs())}
    binding = session.io_binding()
    for name, array in feeds.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    for output, array in zip(session.get_outputs(), session.run(None, feeds)):
        # results go where they went before: a call that is measured allocates nothing in Python
        binding.bind_ortvalue_output(output.name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    answers.write(json.dumps(dict(version=onnxruntime.__version__)) + "\n")

    def call():
        begun = time.perf_counter_ns()
        session.run_with_iobinding(binding)
        return time.perf_counter_ns() - begun

    for line in sys.stdin:
        duration = float(line) * 1e6
        one = call()  # finds the caches full of the other's data
        for _ in range(min(20, int(duration / 10 / one))):
            call()
        end, times = time.perf_counter_ns() + duration, []
        while len(times) < 3 or (time.perf_counter_ns() < end and len(times) < 20000):
            times.append(call())
        answers.write(json.dumps(dict(ns=times)) + "\n")


class OnnxRuntime:
    """A process that holds a model and takes turns."""

    def __init__(self, model, case, threads):
        self.process = subprocess.Popen(
            [sys.executable, __file__, "serve-onnxruntime", model, case, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.answer()["version"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("ONNX Runtime's process ended")
        return json.loads(line)

    def turn(self, milliseconds):
        self.process.stdin.write(f"{milliseconds}\n")
        self.process.stdin.flush()
        return self.answer()["ns"]

    def seconds_used(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.kill()
        self.process.wait()


# ---------------------------------------------------------------- Tessera, a program
class Tessera:
    """The programs: each turn starts `tessera bench` anew, which loads, warms up and times itself."""

    def __init__(self, program, module, case, threads, outputs):
        self.version = None
        self.command = [program, "bench", module, "--threads", threads, "--inputs", case, "--outputs", outputs, "--json", "--time-ms"]
        self.threads = threads

    def turn(self, milliseconds):
        answer = json.loads(run([*self.command, milliseconds], processors(self.threads)).text)
        self.version = answer["version"]
        return answer["ns"]


class Ran:
    """What a command printed and took."""

    def __init__(self, text, seconds, peak_bytes):
        self.text, self.seconds, self.peak_bytes = text, seconds, peak_bytes


def run(command, on=None, timeout=900):
    """Runs a command, on some processors only where they are given, and throws what it says where it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        pin = (lambda: os.sched_setaffinity(0, on)) if on else None
        begun = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=errors, preexec_fn=pin)
        alarm = threading.Timer(timeout, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)  # gives the peak memory of this very process
        alarm.cancel()
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(f"{command[1]} ended with {process.returncode}: {(errors.read() or output.read()).strip()[:400]}")
        return Ran(output.read(), seconds, usage.ru_maxrss * 1024)


def processors(count):
    """Returns the processors that a measurement with some threads is pinned to."""
    return set(sorted(os.sched_getaffinity(0))[:count])


# ---------------------------------------------------------------- quiet turns
AUTOGROUP = Path("/proc/self/autogroup")


def set_priority(nice):
    """Sets what the whole session weighs against others, where the kernel groups processes by session; else does nothing."""
    try:
        AUTOGROUP.write_text(str(nice))
    except OSError:
        pass


def lead_session():
    """Goes on in a child that leads a session of its own, so that priority is ours alone and ends with us."""
    child = os.fork()
    if child:
        try:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        except KeyboardInterrupt:
            os.kill(child, 15)
            sys.exit(130)
    os.setsid()


def seconds_of_all():
    """Returns the processor seconds that everybody used since the machine started, those stolen by a hypervisor included."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def seconds_of_ours(runtime):
    """Returns the processor seconds that this process, its ended children and ONNX Runtime's process used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime + time.process_time() + runtime.seconds_used()


def quiet_turn(player, runtime, milliseconds, patience=2):
    """Returns a turn's median call in ns, and what share of a processor others used meanwhile: the quietest of a few."""
    best = None
    for _ in range(1 + patience):
        time.sleep(0.03)  # threads of the other that still spin go to sleep
        everybody, ours, begun = seconds_of_all(), seconds_of_ours(runtime), time.perf_counter()
        median = statistics.median(player.turn(milliseconds))
        others = (seconds_of_all() - everybody) - (seconds_of_ours(runtime) - ours)
        others = max(0.0, others / (time.perf_counter() - begun))
        if best is None or others < best[1]:
            best = median, others
        if others < 0.1:
            break
    return best


# ---------------------------------------------------------------- one model
def compare(model, options, folder):
    """Compiles and measures one model; returns its row."""
    meta = json.loads((model / "meta.json").read_text())
    case, module, outputs = model / "case0", folder / "model.tsm", folder / "outputs"
    outputs.mkdir(exist_ok=True)
    row = dict(model=model.name, architecture=meta["model"], sizes=meta["cases"][0], weight_bytes=meta["weight_bytes"], threads={})
    try:
        # into a cache of kernels that is empty first, and full the second time
        compile = [options.tessera, "compile", model / "model.onnx", "-o", module, f"--cache-dir={folder}/kernels/{model.name}"]
        row["compile_seconds"], row["recompile_seconds"] = run(compile).seconds, run(compile).seconds
        row["module_bytes"] = module.stat().st_size
        row.update(memory(options, module, case, meta, folder))
        for threads in options.threads:
            runtime = OnnxRuntime(model, case, threads)
            try:
                row["threads"][threads] = take_turns(Tessera(options.tessera, module, case, threads, outputs), runtime, options)
            finally:
                runtime.close()
            row["threads"][threads].update(errors(outputs, case, len(meta["outputs"])))
    except (RuntimeError, KeyError, ValueError, OSError) as error:
        row["failed"] = str(error)
    finally:
        module.unlink(missing_ok=True)
    return row


def memory(options, module, case, meta, folder):
    """Returns the peak memory of a run with the most threads, and its bound where the arena is known before a run."""
    threads = max(options.threads)
    inputs = [f"--input=@{case}/in{i}.npy" for i in range(len(meta["inputs"]))]
    outputs = [f"--output=@{folder}/run{i}.npy" for i in range(len(meta["outputs"]))]
    peak = run([options.tessera, "run", module, *inputs, *outputs], processors(threads)).peak_bytes
    # what the compiler counted, as the module keeps it: "1024", or "1024 + dynamic" where sizes are known at run time only
    told = json.loads(run([options.tessera, "dump", module, "--json"]).text)["statistics"].get("transient bytes", "")
    arena = int(told) if told.isdigit() else None
    return dict(peak_bytes=peak, arena_bytes=arena, bound_bytes=None if arena is None else meta["weight_bytes"] + 2 * arena + MARGIN)


def take_turns(ours, theirs, options):
    """Lets both take turns; returns the median call of each turn."""
    turns = {"tessera": [], "onnxruntime": []}
    loudest = 0.0
    for index in range(options.rounds):
        players = [("tessera", ours), ("onnxruntime", theirs)]
        for name, player in players if index % 2 == 0 else reversed(players):
            median, others = quiet_turn(player, theirs, options.turn_ms)
            turns[name].append(median)
            loudest = max(loudest, others)
    medians = {name: statistics.median(of) for name, of in turns.items()}
    return dict(
        turns_ns=turns, ms={name: value / 1e6 for name, value in medians.items()}, best_ms={name: min(of) / 1e6 for name, of in turns.items()},
        ratio=medians["tessera"] / medians["onnxruntime"], best_ratio=min(turns["tessera"]) / min(turns["onnxruntime"]),
        others=loudest, versions=dict(tessera=ours.version, onnxruntime=theirs.version))


def errors(outputs, case, count):
    """Returns the largest error of what `tessera bench` computed, and whether all of it is right."""
    worst, right = 0.0, True
    for index in range(count):
        actual, expected = np.load(outputs / f"out{index}.npy"), np.load(case / f"ref{index}.npy")
        if actual.shape != expected.shape or actual.dtype != expected.dtype:
            return dict(error=float("inf"), right=False)
        error = np.abs(actual.astype(np.float64) - expected)
        worst = max(worst, float(error.max(initial=0.0)))
        right &= bool((error <= ABSOLUTE + RELATIVE * np.abs(expected)).all())
    return dict(error=worst, right=right)


def startup(options, folder, times=20):
    """Returns the median milliseconds of `tessera run` of the digit model, from spawning it to its end."""
    command = [options.tessera, "run", options.digits, f"--input=@{options.samples}", f"--output=@{folder}/digits.npy"]
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        taken.append((time.perf_counter() - begun) * 1e3)
        if done.returncode:
            raise RuntimeError(f"run of the digit model ended with {done.returncode}: {done.stderr.strip()[:400]}")
    return statistics.median(taken)


# ---------------------------------------------------------------- results
def machine():
    """Returns the processor's name and how many there are."""
    name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{name[1] if name else 'unknown processor'}, {os.cpu_count()} processors"


def table(result):
    """Returns the result as Markdown."""

    def bounded(value, limit, text):
        return text if limit is None or value <= limit else f"**{text}** (limit {limit:.4g})"

    measured = [numbers["versions"] for row in result["rows"] for numbers in row["threads"].values()]
    versions = ", ".join(f"{name} {version}" for name, version in measured[0].items()) if measured else ""
    lines = [
        f"{result['machine']}; {result['when']}; {result['rounds']} rounds of {result['turn_ms']} ms; {versions}; `{result['command']}`", "",
        "Roof: " + "; ".join(
            f"{threads} thread{'' if threads == 1 else 's'} {r['gflops']:.0f} GFLOP/s, {max(r['gbytes'][-1]['read'], r['gbytes'][-1]['copy']):.0f} GB/s from memory"
            for threads, r in result["roof"].items()), "",
        "| model | threads | Tessera ms | ONNX Runtime ms | ratio | best | error | |", "|---|---:|---:|---:|---:|---:|---:|---|"]
    for row in result["rows"]:
        for threads, n in row["threads"].items():
            notes = ([] if n["right"] else ["**wrong**"]) + ([f"others took {n['others']:.0%} of a processor"] if n["others"] >= 0.1 else [])
            ratio = bounded(n["ratio"], RATIO_LIMITS.get(row["architecture"]), f"{n['ratio']:.2f}")
            lines.append(f"| {row['model']} | {threads} | {n['ms']['tessera']:.3f} | {n['ms']['onnxruntime']:.3f} | {ratio} | {n['best_ratio']:.2f} "
                         f"| {n['error']:.1e} | {', '.join(notes)} |")
        if "failed" in row:
            lines.append(f"| {row['model']} | | | | | | | failed: {' '.join(row['failed'].split())} |")
    lines += ["", "| model | compile s | again s | module MB | weights MB | arena MB | peak memory MB | bound MB |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for row in result["rows"]:
        if "peak_bytes" not in row:
            continue
        megabytes = {key: "?" if row[key] is None else f"{row[key] / MEGABYTE:.1f}" for key in row if key.endswith("_bytes")}
        bound = row["bound_bytes"] / MEGABYTE if row["bound_bytes"] else None
        lines.append(
            f"| {row['model']} | {bounded(row['compile_seconds'], COMPILE_LIMITS.get(row['architecture']), format(row['compile_seconds'], '.1f'))} "
            f"| {row['recompile_seconds']:.1f} "
            f"| {megabytes['module_bytes']} | {megabytes['weight_bytes']} | {megabytes['arena_bytes']} "
            f"| {bounded(row['peak_bytes'] / MEGABYTE, bound, megabytes['peak_bytes'])} | {megabytes['bound_bytes']} |")
    if result.get("startup_ms") is not None:
        lines += ["", f"Start of the runtime program to the end of a run of the digit model: "
                      f"{bounded(result['startup_ms'], STARTUP_LIMIT_MS, format(result['startup_ms'], '.1f'))} ms (median of 20)"]
    return "\n".join(lines)


def roof(options):
    """Returns what the machine can do at most, by number of threads: `gflops`, and `gbytes` by footprint."""
    return {t: json.loads(run([options.tessera, "bench", "--roof", "--json", "--threads", t], processors(t)).text) for t in options.threads}


def command_of(options, parser):
    """Returns the command that measures the same again: `./dev bench` with what differs from the defaults."""
    words = ["./dev bench"]
    for name in ("only", "threads", "rounds", "turn_ms", "polite"):
        value = getattr(options, name)
        if value != parser.get_default(name):
            text = "" if value is True else " " + (",".join(map(str, value)) if isinstance(value, list) else str(value))
            words.append(f"--{name.replace('_', '-')}{text}")
    return " ".join(words)


def main():
    if sys.argv[1:2] == ["serve-onnxruntime"]:
        return serve_onnxruntime(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=ROOT / "build/models/full", help="what export.py wrote for one size")
    parser.add_argument("--only", default="", help="measure models whose names have one of these parts, as 'mobilebert,resnet'")
    parser.add_argument("--threads", default=[1, 2], type=lambda text: [int(part) for part in text.split(",")])
    parser.add_argument("--rounds", default=7, type=int)
    parser.add_argument("--turn-ms", default=250, type=int)
    parser.add_argument("--out", default=ROOT / "build/bench.json", type=Path)
    parser.add_argument("--digits", type=Path, help="the compiled digit model, to measure the start-up with")
    parser.add_argument("--samples", type=Path, help="its inputs")
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    parser.add_argument("--polite", action="store_true", help="take no priority over other sessions of this machine")
    options = parser.parse_args()
    models = [m.parent for m in sorted(options.models.glob("*/meta.json")) if any(part in m.parent.name for part in options.only.split(","))]
    if not models:
        parser.error(f"no models in '{options.models}': `./dev models full` exports them")
    if max(options.threads) > len(os.sched_getaffinity(0)):
        parser.error(f"{max(options.threads)} threads on {len(os.sched_getaffinity(0))} processors measure nothing")

    if not options.polite and AUTOGROUP.exists():
        lead_session()
        set_priority(-19)
    result = dict(
        machine=machine(), when=time.strftime("%Y-%m-%d %H:%M"), rounds=options.rounds, turn_ms=options.turn_ms, threads=options.threads,
        command=command_of(options, parser), roof=roof(options), rows=[])
    with tempfile.TemporaryDirectory() as temporary:
        for model in models:
            row = compare(model, options, Path(temporary))
            result["rows"].append(row)
            ratios = ", ".join(f"{n['ratio']:.2f} on {threads}" for threads, n in row["threads"].items())
            print(f"{model.name}: {row.get('failed', ratios)}", file=sys.stderr, flush=True)
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(json.dumps(result, indent=1))
        if options.digits:
            try:
                result["startup_ms"] = startup(options, Path(temporary))
            except RuntimeError as error:
                result["startup_failed"] = str(error)
                print(f"start-up: {error}", file=sys.stderr)
    options.out.write_text(json.dumps(result, indent=1))
    print(table(result))
    wrong = [row for row in result["rows"] if "failed" in row or not all(n["right"] for n in row["threads"].values())]
    sys.exit(1 if wrong or "startup_failed" in result else 0)


if __name__ == "__main__":
    main()
