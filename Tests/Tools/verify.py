"""`tessera verify` on models that are compiled right, and with a compiler that gets one operator wrong, as tests for run.py."""
import json
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# A compiler that compiles another model where it is to optimize; or, with other words in the place of --plain, always.
COMPILER = """#!{python}
import os, sys
words = sys.argv[1:]
if "--plain" not in words and words[1].endswith("/chain.onnx"):
    words[1] = {broken!r}
os.execv({compiler!r}, [{compiler!r}, *words])
"""
NODES = [
    ("first", "Relu", ["x"], ["a"]), ("left", "MatMul", ["a", "w"], ["b"]), ("right", "Add", ["a", "one"], ["c"]),
    ("scaled", "Mul", ["c", "half"], ["d"]), ("joined", "Add", ["b", "d"], ["e"]), ("last", "Tanh", ["e"], ["y"]),
]


def chain(path, half=0.5):
    """Writes two ways through a graph that meet."""
    rng = np.random.default_rng(1)
    constants = {"w": rng.standard_normal((16, 16)).astype(np.float32), "one": np.float32(1), "half": np.float32(half)}
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, outputs, name) for name, kind, inputs, outputs in NODES], "chain",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 16])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 16])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def tests(run, folder, check):
    """What agrees says so; what differs is named, and ends with 4."""
    model, broken = folder / "chain.onnx", folder / "broken.onnx"
    chain(model)
    chain(broken, half=0.75)
    out, err = run("verify", model, "--dims=n=5")
    check("all operators agree", "all 6 operators agree" in out and "random numbers" in err, out + err)
    report = json.loads(run("verify", model, "--input=5x16xf32=random:3", "--json")[0])
    check("the report", report["agrees"] and report["compared"] == 6 and report["difference"] is None, report)

    # The program starts the compiler that stands beside it.
    programs = folder / "planted"
    programs.mkdir()
    tessera = run.tessera.resolve()
    shutil.copy(tessera, programs / "tessera")
    (programs / "tessera-compile").write_text(
        COMPILER.format(python=sys.executable, broken=str(broken), compiler=str(tessera.with_name("tessera-compile"))))
    (programs / "tessera-compile").chmod(0o755)
    planted = type(run)(programs / "tessera", folder)
    out, _ = planted("verify", model, "--dims=n=5", code=4)
    check("the wrong operator is named", "Mul 'scaled' differs first, operator 4 of 6" in out and "value 'd': 5x16xf32" in out, out)
    found = json.loads(planted("verify", model, "--dims=n=5", "--json", code=4)[0])["difference"]
    value = found["value"]
    check("its figures", found["operator"] == "scaled" and value["mismatches"] == 80 and abs(value["largest_relative_error"]["size"] - 0.5) < 1e-5, found)
    planted("verify", model, "--dims=n=5", "--atol=10")

    python = f"--python={sys.executable}"
    out, _ = run("verify", model, "--dims=n=5", "--reference=onnxruntime", python)
    check("it agrees with ONNX Runtime", "all 6 operators agree" in out and "compared with ONNX Runtime 1." in out, out)
    # What both of our programs have wrong, the other runtime tells.
    text = (programs / "tessera-compile").read_text()
    (programs / "tessera-compile").write_text(text.replace("--plain", "--never"))
    check("both programs agree on what is wrong", "all 6 operators agree" in planted("verify", model, "--dims=n=5")[0])
    out, _ = planted("verify", model, "--dims=n=5", "--reference=onnxruntime", python, code=4)
    check("ONNX Runtime does not", "Mul 'scaled' differs first, operator 4 of 6" in out and "80 of 80 elements differ" in out, out)
    found = json.loads(planted("verify", model, "--dims=n=5", "--reference=onnxruntime", python, "--json", code=4)[0])
    check("the reference is told", found["reference"].startswith("ONNX Runtime 1.") and found["difference"]["operator"] == "scaled", found)
    _, err = run("verify", model, "--reference=onnxruntime", "--python=/bin/false", code=1)
    check("no Python, no reference", "'/bin/false' did not start the worker of ONNX Runtime" in err, err)
    _, err = run("verify", model, "--reference=onnxruntime", f"--python={folder}/no/python", code=1)
    check("a Python that is not there", "no such file" in err, err)
    _, err = run("verify", model, python, code=2)
    check("a Python for nothing", "--reference" in err, err)

    run("compile", model, "-o", folder / "chain.tsm")
    _, err = run("verify", folder / "chain.tsm", code=2)
    check("a module is refused", "is a module" in err, err)
    _, err = run("verify", model, "--input=5x17xf32=1", code=1)
    check("wrong inputs are told", "'x'" in err, err)
    run("compile", model, "--add-output=d", "-o", folder / "inner.tsm")
    out, _ = run("run", folder / "inner.tsm", "--input=2x16xf32=1")
    check("an inner value is an output", out.count("2x16xf32") == 2 and "\nd: 2x16xf32" in out, out)
    _, err = run("compile", model, "--add-output=nothing", "-o", folder / "inner.tsm", code=2)
    check("a value that is not there is refused", "no value 'nothing'" in err, err)
