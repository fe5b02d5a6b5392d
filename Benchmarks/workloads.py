"""What is measured: kernels, made here as models of one operator, and the models that Tests/Models/export.py wrote.

Both are folders of the same form: model.onnx, meta.json, and case0 with inputs (in0.npy ...) and right outputs (ref0.npy ...).
"""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


@dataclass
class Workload:
    """A model with what is known of its work."""

    name: str
    kind: str  # "kernel" or "model"
    folder: Path
    meta: dict
    flops: int | None  # of products and sums in contractions; `None` where not known
    bytes: int  # that must be moved at least: weights, inputs and outputs, each once

    @property
    def case(self):
        return self.folder / "case0"


# ---------------------------------------------------------------- kernels
def matrices(seed, *shapes):
    """Returns random matrices."""
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape, dtype=np.float32) for shape in shapes]


def product(m, n, k, batch=(), constant=False):
    """Returns a matrix product of (m, k) and (k, n), whose right operand is a weight or an input."""
    a, b = matrices(m + n + k, (*batch, m, k), (*batch, k, n))
    exact = (a.astype(np.float64) @ b).astype(np.float32)
    inputs, weights = (dict(a=a), dict(b=b)) if constant else (dict(a=a, b=b), {})
    return dict(operator="MatMul", inputs=inputs, weights=weights, result=exact, flops=2 * exact.size * k)


def softmax(*shape):
    """Returns a softmax along the last axis."""
    (x,) = matrices(shape[-1], shape)
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True))
    return dict(operator="Softmax", inputs=dict(x=x), weights={}, result=(e / e.sum(-1, keepdims=True)).astype(np.float32), flops=0)


def layer_normalization(rows, columns):
    """Returns a normalization of rows with scale and bias."""
    x, scale, bias = matrices(rows, (rows, columns), (columns,), (columns,))
    wide = x.astype(np.float64)
    centred = wide - wide.mean(-1, keepdims=True)
    result = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * scale + bias
    return dict(operator="LayerNormalization", inputs=dict(x=x), weights=dict(scale=scale, bias=bias), result=result.astype(np.float32), flops=0)


def call():
    """Returns a ReLU of one element: what is left is the cost of a call."""
    one = np.ones(1, np.float32)
    return dict(operator="Relu", inputs=dict(x=one), weights={}, result=one, flops=0)


def kernels():
    """Returns the makers of all kernels by name. `w`: the right operand is a weight; `d`: both operands are inputs. Sizes are M x N x K."""
    found = {"call": call}
    for sizes in ((384, 128, 512), (384, 512, 128), (384, 128, 128), (384, 512, 384), (1024, 1024, 1024), (1, 4096, 4096), (4, 4096, 4096), (8, 4096, 4096)):
        found["matmul-w-" + "x".join(map(str, sizes))] = lambda sizes=sizes: product(*sizes, constant=True)
    for sizes in ((4, 384, 384, 32), (4, 384, 32, 384), (1024, 1024, 1024), (2048, 2048, 2048)):
        found["matmul-d-" + "x".join(map(str, sizes))] = lambda sizes=sizes: product(*sizes[-3:], batch=sizes[:-3])
    found["softmax-4x384x384"] = lambda: softmax(4, 384, 384)
    found["softmax-1024x1024"] = lambda: softmax(1024, 1024)
    found["layernorm-384x512"] = lambda: layer_normalization(384, 512)
    return found


def write_kernel(name, make, folder):
    """Writes a kernel as a folder like those of export.py."""
    kernel = make()
    inputs, weights, result = kernel["inputs"], kernel["weights"], kernel["result"]
    node = helper.make_node(kernel["operator"], [*inputs, *weights], ["y"])
    graph = helper.make_graph(
        [node], name, [helper.make_tensor_value_info(n, TensorProto.FLOAT, a.shape) for n, a in inputs.items()],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, result.shape)], [numpy_helper.from_array(a, n) for n, a in weights.items()])
    case = folder / "case0"
    case.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8), folder / "model.onnx")
    for index, array in enumerate(inputs.values()):
        np.save(case / f"in{index}.npy", array)
    np.save(case / "ref0.npy", result)
    described = [dict(name=n, shape=list(a.shape), dtype=str(a.dtype)) for n, a in inputs.items()]
    (case / "meta.json").write_text(json.dumps(dict(inputs=described, outputs=["y"])))
    meta = dict(kernel=kernel["operator"], inputs=described, outputs=[dict(name="y")], flops=kernel["flops"],
                weight_bytes=sum(a.nbytes for a in weights.values()), cases=[{}])
    (folder / "meta.json").write_text(json.dumps(meta))  # last: a folder that has it is whole


# ---------------------------------------------------------------- all
def array_bytes(case):
    """Returns the bytes of a case's inputs and outputs."""
    return sum(np.load(path, mmap_mode="r").nbytes for path in case.glob("*.npy"))


def workload(name, kind, folder):
    """Returns the workload of a folder."""
    meta = json.loads((folder / "meta.json").read_text())
    return Workload(name, kind, folder, meta, meta.get("flops"), meta.get("read_bytes", meta["weight_bytes"]) + array_bytes(folder / "case0"))


def all_workloads(kernel_root, model_root, kinds, parts):
    """Returns the workloads of some kinds whose names have one of the parts; kernels are made where they are missing."""
    found = []
    for name, make in kernels().items() if "kernels" in kinds else ():
        if any(part in name for part in parts):
            if not (kernel_root / name / "meta.json").exists():
                write_kernel(name, make, kernel_root / name)
            found.append(workload(name, "kernel", kernel_root / name))
    for path in sorted(model_root.glob("*/meta.json")) if "models" in kinds else ():
        if any(part in path.parent.name for part in parts):
            found.append(workload(path.parent.name, "model", path.parent))
    return found
