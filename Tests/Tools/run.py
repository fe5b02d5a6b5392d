#!/usr/bin/env python3
"""Tries the tools around kernels from the shell: dumped dispatches, benches of models, the roof, configurations, the cache, checks.

  run.py [--tessera PROGRAM]

No time is compared with another: this machine may be busy. The last line is 'N passed, N failed'.
"""
import argparse
import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import bisect_rewrites
import command_line
import comparing
import constant_inputs
import files
import profiling
import verify
import vulkan

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "Tests/Tools/product.mlir"
INPUTS = ["--input=random:1", "--input=random:2"]
# The sizes of the operands are equal in the model, and have names of their own.
SUM = """
func.func @main(%x: tensor<?xf32> {tessera.shape = ["n"]}, %y: tensor<?xf32> {tessera.shape = ["m"]}) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %s = linalg.add ins(%x, %y : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %s : tensor<?xf32>
}
"""
# Two dispatches, the first with a size that only a scalar says: rows of the table are taken where the indices say, and summed.
DYNAMIC = """
func.func @main(%t: tensor<?x24xf32> {tessera.shape = ["rows", "24"]}, %i: tensor<?xi64> {tessera.shape = ["n"]}) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %i, %c0 : tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?x24xf32>
  %g = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], iterator_types = ["parallel", "parallel"]}
    ins(%i : tensor<?xi64>) outs(%e : tensor<?x24xf32>) {
  ^bb0(%a: i64, %b: f32):
    %c = linalg.index 1 : index
    %r = arith.index_cast %a : i64 to index
    %x = tensor.extract %t[%r, %c] : tensor<?x24xf32>
    %s = math.sqrt %x : f32
    linalg.yield %s : f32
  } -> tensor<?x24xf32>
  %es = tensor.empty() : tensor<24xf32>
  %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<24xf32>) -> tensor<24xf32>
  %columns = linalg.generic {indexing_maps = [affine_map<(c, r) -> (r, c)>, affine_map<(c, r) -> (c)>], iterator_types = ["parallel", "reduction"]}
    ins(%g : tensor<?x24xf32>) outs(%fs : tensor<24xf32>) {
  ^bb0(%a: f32, %b: f32):
    %m = arith.addf %a, %b : f32
    linalg.yield %m : f32
  } -> tensor<24xf32>
  %er = tensor.empty(%n) : tensor<?xf32>
  %fr = linalg.fill ins(%zero : f32) outs(%er : tensor<?xf32>) -> tensor<?xf32>
  %rows = linalg.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (r)>],
                          iterator_types = ["parallel", "reduction"]}
    ins(%g, %columns : tensor<?x24xf32>, tensor<24xf32>) outs(%fr : tensor<?xf32>) {
  ^bb0(%a: f32, %w: f32, %b: f32):
    %p = arith.mulf %a, %w : f32
    %m = arith.addf %p, %b : f32
    linalg.yield %m : f32
  } -> tensor<?xf32>
  return %rows : tensor<?xf32>
}
"""
passed = failed = 0


def check(title, holds, more=""):
    """Counts one fact."""
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {title}: {str(more)[:800]}")


class Programs:
    def __init__(self, tessera, folder):
        self.tessera, self.folder = tessera, folder
        self.environment = {**os.environ, "TESSERA_CACHE_DIR": str(folder / "cache")}

    def start(self, *words):
        return subprocess.Popen(
            [str(word) for word in (self.tessera, *words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)

    def __call__(self, *words, code=0):
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        check(f"exit code of {' '.join(map(str, words))}", process.returncode == code, f"{process.returncode}: {err or out}")
        return out, err


def dispatches(run, folder, model):
    out, _ = run("compile", model, "-o", folder / "model.tsm", f"--dump-dispatches={folder}/dispatches", "--statistics")
    check("nothing is in a new cache", "kernels from the cache: 0" in out, out)
    files = sorted((folder / "dispatches").iterdir())
    check("one dispatch, one file", len(files) == 1, files)
    run("run", folder / "model.tsm", *INPUTS, f"--output=@{folder}/whole.npy")
    # The same kernel on the same numbers: the same bits.
    out, _ = run("run", files[0], *INPUTS, f"--expected-output=@{folder}/whole.npy", "--atol=0", "--rtol=0")
    check("a dispatch computes what it computes in the model", out == "outputs match\n", out)
    return files[0]


def recorded(run, folder):
    """Each dispatch of a run, alone and on what it was given there, gives what it gave there."""
    model, dumps = folder / "dynamic.mlir", folder / "recorded"
    model.write_text(DYNAMIC)
    inputs = ["--input=random:1", "--input=7xi64=0,3,1,1,2,4,0", "--dims=rows=5"]
    _, err = run("run", model, *inputs, f"--record-dispatches={dumps}", f"--output=@{folder}/rows.npy")
    files = sorted(dumps.glob("*.mlir"))
    check("all dispatches are recorded", f"recorded {len(files)} dispatches" in err and len(files) >= 2, err)
    for file in files:
        results = [f"--expected-output=@{path}" for path in sorted(file.with_suffix("").glob("out*.npy"))]
        out, _ = run("run", file, f"--inputs={file.with_suffix('')}", *results, "--atol=0", "--rtol=0")
        check(f"{file.name} gives what it gave", results and out == "outputs match\n", out)
    run("compile", model, "-o", folder / "dynamic.tsm")
    _, err = run("run", folder / "dynamic.tsm", *inputs, f"--record-dispatches={folder / 'dispatches'}", code=1)
    check("files of another model are refused", "has no file of the kernel" in err, err)


def sizes(run, folder):
    """A dispatch alone compares its sizes, as the model did around it."""
    model = folder / "sum.mlir"
    model.write_text(SUM)
    run("compile", model, "-o", folder / "sum.tsm", f"--dump-dispatches={folder}/sum")
    (file,) = (folder / "sum").glob("*.mlir")
    for path in (folder / "sum.tsm", file):
        run("run", path, "--input=5xf32=1", "--input=5xf32=2")
        _, err = run("run", path, "--input=5xf32=1", "--input=6xf32=2", code=1)
        check(f"{path.name} compares sizes", "must be" in err and "6 instead of 5" in err, err)


def archives(run, folder, model):
    """Inputs of an .npz file, by name or in order, are those of .npy files."""
    x, w = np.ones((32, 48), np.float32), np.arange(48 * 64, dtype=np.float32).reshape(48, 64)
    np.save(folder / "product.npy", x @ w)
    np.savez(folder / "named.npz", input1=w, input0=x)
    np.savez(folder / "ordered.npz", x, w)
    np.savez_compressed(folder / "compressed.npz", x, w)
    np.savez(folder / "other.npz", y=x)
    (folder / "cut.npz").write_bytes((folder / "named.npz").read_bytes()[:5000])
    for name in ("named", "ordered", "compressed"):
        out, _ = run("run", folder / "model.tsm", f"--inputs={folder}/{name}.npz", f"--expected-output=@{folder}/product.npy")
        check(f"inputs of {name}.npz", out == "outputs match\n", out)
    for name, code, said in (("other", 2, "has no input 'y'"), ("cut", 1, "no valid .npz file")):
        _, err = run("run", folder / "model.tsm", f"--inputs={folder}/{name}.npz", code=code)
        check(f"{name}.npz is refused", said in err, err)


def progress(run, folder, model):
    """On a terminal the compiler shows what it does, on one line; in a pipe nothing."""
    controller, terminal = pty.openpty()
    command = [run.tessera, "compile", model, "-o", folder / "model.tsm", "--no-cache"]
    process = subprocess.Popen([str(word) for word in command], stdout=terminal, stderr=terminal, env={**run.environment, "TERM": "xterm"})
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(controller, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    check("exit code on a terminal", process.wait(timeout=60) == 0, shown)
    check("progress is shown and wiped away", b"codegen" in shown and b"\r" in shown and b"\n" not in shown, shown)
    _, err = run("compile", model, "-o", folder / "model.tsm", "--no-cache")
    check("a pipe is quiet", err == "", err)


def bytecode(run, folder, model):
    """MLIR bytecode is the same model as its text."""
    run("compile", model, "-o", folder / "text.tsm")
    subprocess.run(["/usr/lib/llvm-22/bin/mlir-opt", "--emit-bytecode", model, "-o", folder / "model.mlirbc"], check=True)
    run("run", folder / "text.tsm", *INPUTS, f"--output=@{folder}/text.npy")
    out, _ = run("run", folder / "model.mlirbc", *INPUTS, f"--expected-output=@{folder}/text.npy", "--atol=0", "--rtol=0")
    check("bytecode computes what the text does", out == "outputs match\n", out)


def benches(run, dispatch):
    report = json.loads(run("bench", dispatch, "--json", "--time-ms=5", "--threads=1", "--per-dispatch", "--roof")[0])
    site = report["dispatches"][0]
    check("work of the dispatch", site["flops"] >= 2 * 32 * 48 * 64 and site["bytes"] == 4 * (32 * 48 + 48 * 64 + 32 * 64), site)
    check("share of the roof", 0 < site["roof_share"], site)
    roof = report["roof"]
    check("roof", roof["threads"] == 1 and roof["gflops"] > 1 and all(p["read"] > 0 and p["copy"] > 0 for p in roof["gbytes"]), roof)
    run("bench", dispatch, "--time-ms=5", "--target=cpu=x86-64-v2", "--strict-math")
    _, err = run("bench", dispatch.with_name("missing.mlir"), code=1)
    check("the compiler's error is shown once", err.count("error:") == 1, err)


def configurations(run, folder, dispatch):
    out, _ = run("bench", dispatch, "--try-configurations", "--json", "--time-ms=10", "--threads=1", f"--dump-kernels={folder}/kernels")
    ranked = json.loads(out)["configurations"]
    check("several configurations, the fastest first", len(ranked) > 5 and [c["ns"] for c in ranked] == sorted(c["ns"] for c in ranked), ranked)
    check("all compute the same", all(c["difference"] < 1e-4 for c in ranked), ranked)
    check("assembly of each", all((folder / f"kernels/{c['number']}.s").exists() for c in ranked))
    other = next(c["configuration"] for c in ranked if c["number"] != 0)
    again = folder / "again"
    run("compile", dispatch, "-o", folder / "again.tsm", f"--configuration={other}", f"--dump-dispatches={again}")
    check("a configuration can be given back", f"// configuration: {other}\n" in next(again.iterdir()).read_text(), other)
    _, err = run("bench", dispatch, "--configuration=lane=9 width=16 order=0,1", code=1)
    check("a configuration that cannot be", "no dimension 9" in err, err)


def cache(run, folder, model):
    both = [run.start("compile", model, "-o", folder / f"{i}.tsm", f"--cache-dir={folder}/shared") for i in range(4)]
    results = [(p.communicate(), p.returncode) for p in both]
    check("compilers share a cache", all(code == 0 for _, code in results), results)
    out, _ = run("compile", model, "-o", folder / "warm.tsm", f"--cache-dir={folder}/shared", "--statistics")
    check("what they left is used", "kernels from the cache: 1\n" in out, out)
    out, _ = run("compile", model, "-o", folder / "cold.tsm", "--no-cache", "--statistics")
    check("no cache, no figure", "cache" not in out, out)


def checks(run, folder):
    """What `tessera check` says of models, and that docs/operators.md has the operators that there are."""
    import onnx
    from onnx import TensorProto, helper

    def model(nodes, typed=()):
        infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in ("x", "y", *typed)]
        graph = helper.make_graph(nodes, "graph", infos[:1], infos[1:2], value_info=infos[2:])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), folder / "model.onnx")
        return folder / "model.onnx"

    out, _ = run("check", model([helper.make_node("Relu", ["x"], ["y"], name="r")]))
    check("a model that is supported", out.endswith("1 node of 1 operator; operator sets: ai.onnx 20\neverything is supported\n"), out)
    nodes = [helper.make_node("Wobble", ["x"], ["a"], name="w"), helper.make_node("Softmax", ["a"], ["b"], name="s", axis=5),
             helper.make_node("Relu", ["b"], ["y"], name="r")]
    out, _ = run("check", model(nodes), code=3)
    check("nodes behind an unknown one are not looked at", "node 'w': the operator is not supported\nnot checked, since the types of what they read are not known: 2 nodes\n" in out, out)
    out, _ = run("check", model(nodes, typed=["a"]), code=3)
    check("where the file has its type, they are", "invalid: Softmax (ai.onnx, opset 20), node 's'" in out and "2 problems: " in out, out)
    page = (ROOT / "docs/operators.md").read_text()
    rows = [line.split("\t") for line in run("check", "--operators")[0].splitlines()]
    missing = [name for _, name, since, _ in rows if f"| {name} | {since} |" not in page]
    check("operators that docs/operators.md lacks (./dev nodes --write docs/operators.md)", len(rows) > 100 and not missing, missing)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tessera", default=ROOT / "bin/tessera", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run = Programs(options.tessera, folder)
        model = folder / "model.mlir"
        shutil.copy(PRODUCT, model)
        dispatch = dispatches(run, folder, model)
        recorded(run, folder)
        sizes(run, folder)
        archives(run, folder, model)
        progress(run, folder, model)
        bytecode(run, folder, model)
        benches(run, dispatch)
        configurations(run, folder, dispatch)
        cache(run, folder, model)
        checks(run, folder)
        command_line.tests(run, folder, check, model)
        bisect_rewrites.tests(run, folder, check)
        constant_inputs.tests(run, folder, check)
        verify.tests(run, folder, check)
        profiling.tests(run, folder, check)
        comparing.tests(run, folder, check)
        vulkan.tests(run, folder, check)
        (folder / "files").mkdir()
        files.run(options.tessera, check, folder / "files")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
