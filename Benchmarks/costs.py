"""What a model costs besides the time of a call: compile time, bytes of the module, memory of a run, the start of the program."""
import json
import statistics
import subprocess
import time

from quiet import processors, run

MARGIN = 50e6  # bytes that a run may take beyond its weights and twice its arena


def compile_twice(options, workload, module, cache):
    """Compiles with a cache of kernels that is empty first and full the second time; returns what it took."""
    command = [options.tessera, "compile", workload.folder / "model.onnx", "-o", module, f"--cache-dir={cache}"]
    first, second = run(command).seconds, run(command).seconds
    return dict(compile_seconds=first, recompile_seconds=second, module_bytes=module.stat().st_size)


def memory(options, workload, module, folder):
    """Returns the peak memory of a run with the most threads, and its bound where the arena is known before a run."""
    threads = max(options.threads)
    inputs = [f"--input=@{workload.case}/in{i}.npy" for i in range(len(workload.meta["inputs"]))]
    outputs = [f"--output=@{folder}/run{i}.npy" for i in range(len(workload.meta["outputs"]))]
    peak = run([options.tessera, "run", module, *inputs, *outputs], processors(threads)).peak_bytes
    # what the compiler counted, as the module keeps it: "1024", or "1024 + dynamic" where sizes are known at run time only
    told = json.loads(run([options.tessera, "dump", module, "--json"]).text)["statistics"].get("transient bytes", "")
    arena, weights = int(told) if told.isdigit() else None, workload.meta["weight_bytes"]
    return dict(peak_bytes=peak, arena_bytes=arena, weight_bytes=weights, bound_bytes=None if arena is None else weights + 2 * arena + MARGIN)


def startup_ms(options, folder, times=20):
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
