"""What the driver for processors must not make silently wrong, as tests for run.py. Needs a Vulkan device: ./dev setup vulkan installs one."""
import json

# Rows are summed whose length only the call knows.
SUM = """
func.func @main(%x: tensor<?x?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %r = linalg.reduce { arith.addf } ins(%x : tensor<?x?xf32>) outs(%f : tensor<?xf32>) dimensions = [1]
  return %r : tensor<?xf32>
}
"""


def tests(run, folder, check):
    """A loop that a driver leaves before its end is an error, or it is not left."""
    devices = [d for d in json.loads(run("devices", "--json")[0])["devices"] if d["name"].startswith("vulkan://")]
    check("a Vulkan device (./dev setup vulkan)", devices)
    if not devices:
        return
    leaves = devices[0]["driver"] == "llvmpipe"
    (folder / "sum.mlir").write_text(SUM)
    run("compile", folder / "sum.mlir", "-o", folder / "sum.tsm", "--target=vulkan")
    for length in (0, 1, 100, 60000):
        out, _ = run("run", folder / "sum.tsm", f"--input=2x{length}xf32=1", "--json")
        check(f"a sum of {length}", json.loads(out)["outputs"][0]["data"] == [length, length], out)
    for length in (70000, 300000):
        out, err = run("run", folder / "sum.tsm", f"--input=2x{length}xf32=1", "--json", code=1 if leaves else 0)
        is_right = not leaves and json.loads(out)["outputs"][0]["data"] == [length, length]
        check(f"a sum of {length}", is_right or "makes more turns of a loop than the driver" in err, out + err)
