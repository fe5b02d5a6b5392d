"""The files that the documents' commands speak of."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def make_samples(folder, tessera, text):
    """Makes the files that a document's text speaks of in a folder that looks like the top of the repository.

    `model.onnx` and `model.tsm` are the digit classifier; `case0` holds inputs of it and what ONNX Runtime says; `model.mlir` and
    `file.mlir` a matrix product; `rules.packing` the rules that the document shows; `softsign.onnx` and `model.tflite` one operator.
    """
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    for entry in ROOT.iterdir():
        if entry.name not in (".git", ".build", "bin", "docs"):
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "docs", folder / "docs")  # what a command writes there must not come into the tree
    (folder / "bin").mkdir()
    for program in ("tessera", "tessera-compile"):
        (folder / "bin" / program).symlink_to((tessera.parent / program).resolve())
    digits = ROOT / "Examples/Digits/digits.onnx"
    (folder / "model.onnx").write_bytes(digits.read_bytes())
    subprocess.run([tessera, "compile", digits, "-o", folder / "model.tsm"], check=True)
    (folder / "case0").mkdir()
    samples = np.load(ROOT / "Examples/Digits/samples.npy")
    np.save(folder / "case0/in0.npy", samples)
    session = onnxruntime.InferenceSession(digits, providers=["CPUExecutionProvider"])
    np.save(folder / "case0/ref0.npy", session.run(None, {session.get_inputs()[0].name: samples})[0])
    for name in ("model.mlir", "file.mlir"):
        shutil.copy(ROOT / "Tests/Tools/product.mlir", folder / name)
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 37]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Softsign", ["x"], ["y"])], "softsign", infos[:1], infos[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), folder / "softsign.onnx")
    # By itself: its modules are called as those of other tests.
    write = "from case import model; from cases import all_cases; import sys; open(sys.argv[1], 'wb').write(model(next(iter(all_cases())))[0])"
    subprocess.run([sys.executable, "-c", write, folder / "model.tflite"], cwd=ROOT / "Tests/TFLite", check=True)
    rules = re.search(r"(?:^    [^\n]*=>[^\n]*\n|^    #[^\n]*\n)+", text, re.M)
    if rules:
        (folder / "rules.packing").write_text(rules[0])
