"""Scripts/bisect-rewrites on a compiler with a bug, as tests for run.py."""
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "Scripts/bisect-rewrites"
# Two products and what follows them: encodings, packings and fusions are rewrites.
MODEL = """
func.func @main(%x: tensor<8x16xf32>, %w: tensor<16x16xf32>) -> tensor<8x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32>
  %p = linalg.matmul ins(%x, %w : tensor<8x16xf32>, tensor<16x16xf32>) outs(%f : tensor<8x16xf32>) -> tensor<8x16xf32> loc("first")
  %q = linalg.matmul ins(%p, %w : tensor<8x16xf32>, tensor<16x16xf32>) outs(%f : tensor<8x16xf32>) -> tensor<8x16xf32> loc("second")
  %r = linalg.abs ins(%q : tensor<8x16xf32>) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32> loc("third")
  return %r : tensor<8x16xf32>
}
"""
# A compiler whose rewrite number PLANTED is wrong: with it, it compiles a model that has another function in the place of the last one.
COMPILER = """#!{python}
import subprocess, sys
words = sys.argv[1:]
limits = [int(word.split("=")[1]) for word in words if word.startswith("--rewrites=")]
if words[0] == "compile" and (not limits or limits[0] >= {planted}):
    words[1] = {broken!r}
sys.exit(subprocess.run([{tessera!r}, *words]).returncode)
"""


def tests(run, folder, check):
    """The number that was planted is found, with the step, the operation and the operator of that rewrite."""
    model, broken = folder / "bisect.mlir", folder / "broken.mlir"
    model.write_text(MODEL)
    broken.write_text(MODEL.replace("linalg.abs", "linalg.exp"))
    inputs = ["--input=random:1", "--input=random:2"]
    for planted in (1, 3):
        _, said = run("compile", model, f"--rewrites={planted}", "-o", folder / "bisect.tsm")
        note = next(line for line in said.splitlines() if f"rewrite {planted} of " in line).split("note: ")[1]
        compiler = folder / f"compiler{planted}"
        compiler.write_text(COMPILER.format(python=sys.executable, planted=planted, broken=str(broken), tessera=str(run.tessera.resolve())))
        compiler.chmod(0o755)
        found = subprocess.run([SCRIPT, "--tessera", compiler, model, *inputs], capture_output=True, text=True)
        check(f"rewrite {planted} is guilty", found.returncode == 0 and found.stdout.splitlines()[-1] == note, found.stdout + found.stderr)
    found = subprocess.run([SCRIPT, "--tessera", run.tessera, model, *inputs], capture_output=True, text=True)
    check("no rewrite is guilty", found.returncode == 1 and "are right with all" in found.stdout, found.stdout + found.stderr)
    _, err = run("compile", model, "--rewrites=100000", "-o", folder / "bisect.tsm")
    check("a limit beyond all rewrites is told", "flag '--rewrites=100000' has no effect" in err, err)
