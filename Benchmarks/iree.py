"""IREE as a contestant: its own programs compile and time it. Sets of flags are tried once per workload, and the fastest plays."""
import json
import statistics
import sys
import tempfile
from pathlib import Path

from quiet import processors, run

# Since data-tiling is not on by itself, and its forms win on different workloads.
FLAGS = {
    "plain": [],
    "data-tiling": ["--iree-opt-data-tiling"],
    "data-tiling in dispatch creation": ["--iree-dispatch-creation-data-tiling"],
    "data-tiling, microkernels": ["--iree-opt-data-tiling", "--iree-llvmcpu-enable-ukernels=all"],
}
TOLERANCE = 1e-4
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


class Iree:
    """Each turn starts iree-benchmark-module anew, which loads, warms up and times itself."""

    process = None

    def __init__(self, programs, workload, threads, cache, checked_outputs):
        self.programs, self.workload, self.threads = programs, workload, threads
        self.folder = cache / workload.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.version = run([programs / "python", "-c", "from importlib.metadata import version as v; print(v('iree-base-compiler'))"]).text.strip()
        self.source = self.imported()
        times, errors, failures = {}, {}, []
        for flags in FLAGS:
            try:
                self.compile(flags)
                errors[flags] = self.check(flags, checked_outputs)
                if errors[flags] <= TOLERANCE:
                    times[flags] = min(statistics.median(self.bench(flags, 100)) for _ in range(2))
            except RuntimeError as error:
                failures.append(f"{flags}: {error}")
        if not times:
            raise RuntimeError("; ".join(failures) or f"wrong with all flags: {errors}")
        self.flags = min(times, key=times.get)
        self.error, self.note, self.slow = errors[self.flags], self.flags, times[self.flags] / 1e6

    def imported(self):
        """Returns the workload as IREE reads it: shapes folded by ONNX Runtime, which IREE's importer leaves as arithmetic on tensors."""
        target, parameters = self.folder / "model.mlir", self.folder / "model.irpa"
        if not target.exists():
            folded = self.folder / "folded.onnx"
            run([sys.executable, __file__, self.workload.folder / "model.onnx", folded])  # a process of its own, for the memory that it takes
            part = self.folder / "part.mlir"  # an import that was interrupted must not pass for a whole one
            run([self.programs / "iree-import-onnx", folded, "-o", part, "--externalize-params", "--save-params-to", parameters])
            folded.unlink()
            part.rename(target)
        return target

    def module(self, flags):
        return self.folder / f"{list(FLAGS).index(flags)}.vmfb"

    def compile(self, flags):
        if not self.module(flags).exists():
            part = self.folder / "part.vmfb"
            run([self.programs / "iree-compile", self.source, "-o", part, "--iree-hal-target-device=local",
                 "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3",
                 "--iree-llvmcpu-stack-allocation-limit=131072", *FLAGS[flags]])  # its limit is too low for BERT's first normalization
            part.rename(self.module(flags))

    def arguments(self, flags):
        parameters = self.folder / "model.irpa"
        inputs = [f"--input=@{self.workload.case}/in{i}.npy" for i in range(len(self.workload.meta["inputs"]))]
        # the importer names the function after the graph; a module has one
        return [f"--module={self.module(flags)}", f"--function={self.function()}", "--device=local-task",
                f"--task_topology_group_count={self.threads}", *([f"--parameters=model={parameters}"] if parameters.exists() else []), *inputs]

    def function(self):
        with open(self.source) as text:
            line = next(line for line in text if "func.func @" in line)
        return line.split("@", 1)[1].split("(", 1)[0].strip('"')

    def check(self, flags, checked_outputs):
        with tempfile.TemporaryDirectory() as folder:
            count = len(self.workload.meta["outputs"])
            outputs = [f"--output=@{folder}/out{i}.npy" for i in range(count)]
            run([self.programs / "iree-run-module", *self.arguments(flags), *outputs], processors(self.threads))
            return checked_outputs(Path(folder), count, self.workload.case)

    def bench(self, flags, milliseconds, slow=False):
        # where one call overruns the turn, just that call
        how = ["--benchmark_min_time=1x"] if slow else [
            f"--benchmark_min_time={milliseconds / 3000:.3f}s", "--benchmark_min_warmup_time=0.05", "--benchmark_repetitions=3"]
        told = json.loads(run([self.programs / "iree-benchmark-module", *self.arguments(flags), *how, "--benchmark_format=json"], processors(self.threads)).text)
        return [b["real_time"] * NANOSECONDS[b["time_unit"]] for b in told["benchmarks"] if b["run_type"] == "iteration"]

    def turn(self, milliseconds):
        return self.bench(self.flags, milliseconds, slow=self.slow > milliseconds)

    def close(self):
        pass


def fold(source, target):
    """Writes a model with its constants folded, and without the operator sets that ONNX Runtime lists whether they are used or not."""
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = target
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    model = onnx.load(target)
    used = {node.domain for node in model.graph.node} | {""}
    kept = [o for o in model.opset_import if o.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    onnx.save(model, target)


if __name__ == "__main__":
    fold(sys.argv[1], sys.argv[2])
