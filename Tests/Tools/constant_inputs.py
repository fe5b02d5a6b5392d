"""--constant-input and programs of several functions, as tests for run.py."""
import json

import numpy as np

PROGRAM = """module @two {
  func.func public @double(%x: tensor<3xf32>) -> tensor<3xf32> {
    %0 = stablehlo.add %x, %x : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  func.func public @product(%x: tensor<2x3xf32> loc("x"), %w: tensor<3x2xf32> loc("w"), %n: tensor<i32> loc("n")) -> tensor<2x2xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
    %1 = stablehlo.convert %n : (tensor<i32>) -> tensor<f32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<2x2xf32>
    %3 = stablehlo.add %0, %2 : tensor<2x2xf32>
    return %3 : tensor<2x2xf32>
  }
}
"""


def onnx_model(path):
    import onnx
    from onnx import TensorProto, helper
    infos = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3]), helper.make_tensor_value_info("w", TensorProto.FLOAT, [3, "m"]),
             helper.make_tensor_value_info("axes", TensorProto.INT64, [1])]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("ReduceSum", ["p", "axes"], ["y"], keepdims=0)]
    graph = helper.make_graph(nodes, "g", infos, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def tests(run, folder, check):
    """Tensors of files in the place of inputs: they are right or refused."""
    program, module = folder / "two.mlir", folder / "two.tsm"
    program.write_text(PROGRAM)
    weights = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.save(folder / "weights.npy", weights)
    np.save(folder / "wide.npy", np.zeros((3, 3), np.float32))
    np.savez(folder / "weights.npz", w=weights, n=np.int32(7), other=np.zeros(1))
    np.savez(folder / "others.npz", other=np.zeros(1))
    run("compile", program, "-o", module)
    functions = json.loads(run("dump", module, "--json")[0])["functions"]
    check("every public function where none is 'main'", [f["name"] for f in functions] == ["double", "product"], functions)
    check("each can be called", "[2 4 6]" in run("run", module, "--function=double", "--input=3xf32=1,2,3")[0])

    def inputs(*flags):
        run("compile", program, "-o", module, *flags)
        return [i["name"] for i in json.loads(run("dump", module, "--json")[0])["functions"][1]["inputs"]]

    def result(model, *flags):
        return np.array(json.loads(run("run", model, *flags, "--json")[0])["outputs"][0]["data"], np.float32)

    x = f"--input=2x3xf32={','.join('123456')}"
    expected = np.arange(1, 7, dtype=np.float32).reshape(2, 3) @ weights + 7
    check("all of a file", inputs(f"--constant-input=@{folder}/weights.npz") == ["x"])
    check("computes the same", np.array_equal(result(module, "--function=product", x).reshape(2, 2), expected))
    check("one of a file of one", inputs(f"--constant-input=w=@{folder}/weights.npy") == ["x", "n"])
    check("one of a file of many", inputs(f"--constant-input=n=@{folder}/weights.npz") == ["x", "w"])
    onnx_model(folder / "w.onnx")
    np.save(folder / "axes.npy", np.array([1]))
    given = (f"--constant-input=w=@{folder}/weights.npy", f"--constant-input=axes=@{folder}/axes.npy")
    check("of ONNX, sizes that only the call knew", np.array_equal(result(folder / "w.onnx", *given, x), (expected - 7).sum(1)))
    for flag, said in (
        (f"w=@{folder}/wide.npy", "gives 'w' as 3x3xf32, but the model has 3x2xf32"),
        (f"n=@{folder}/weights.npy", "gives 'n' as 3x2xf32, but the model has i32"),
        (f"v=@{folder}/weights.npy", "names 'v', which is no input of the model"),
        (f"v=@{folder}/weights.npz", "the file has no tensor 'v'"),
        (f"@{folder}/weights.npy", "tensors of this file have no names"),
        (f"@{folder}/others.npz", "no tensor is called as an input is"),
        (f"w=@{folder}/absent.npy", "no such file"),
        ("w", "names no file"),
    ):
        _, err = run("compile", program, "-o", folder / "no.tsm", f"--constant-input={flag}", code=2)
        check(f"--constant-input={flag}", said in err, err)
    _, err = run("compile", program, "-o", folder / "no.tsm", *[f"--constant-input=w=@{folder}/weights.npy"] * 2, code=2)
    check("twice", "gives 'w' twice" in err, err)
    _, err = run("compile", folder / "model.mlir", "-o", folder / "no.tsm", f"--constant-input=w=@{folder}/weights.npy", code=2)
    check("MLIR has none", "is for models of ONNX, StableHLO and TFLite" in err, err)
    check("nothing is written", not (folder / "no.tsm").exists())
