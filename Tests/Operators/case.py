"""What a case is, and how it becomes a model.

A case is a graph of one node, or of those in `nodes`. Shapes are odd on purpose; a negative size -n in an input's shape is a dynamic dimension that has size n when it runs.
"""

from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto, helper, numpy_helper

TYPES = {
    "f32": TensorProto.FLOAT, "f64": TensorProto.DOUBLE, "f16": TensorProto.FLOAT16, "i64": TensorProto.INT64, "i32": TensorProto.INT32,
    "i16": TensorProto.INT16, "i8": TensorProto.INT8, "u8": TensorProto.UINT8, "u16": TensorProto.UINT16, "u32": TensorProto.UINT32,
    "u64": TensorProto.UINT64, "bool": TensorProto.BOOL, "i4": TensorProto.INT4, "u4": TensorProto.UINT4,
    "f8E4M3FN": TensorProto.FLOAT8E4M3FN, "f8E5M2": TensorProto.FLOAT8E5M2, "f8E4M3FNUZ": TensorProto.FLOAT8E4M3FNUZ,
    "f8E5M2FNUZ": TensorProto.FLOAT8E5M2FNUZ, "string": TensorProto.STRING,
}
DOMAINS = {"com.microsoft": 1, "ai.onnx.preview": 1, "ai.onnx.preview.training": 1}
NUMPY = {name: helper.tensor_dtype_to_np_dtype(number) for name, number in TYPES.items()}


@dataclass
class Case:
    """One node with its inputs: `("f32", shape)` random, an array (an input), `const(array)` (an initializer), or None (left out)."""

    name: str
    op: str
    inputs: list
    attributes: dict = field(default_factory=dict)
    opset: int = 20
    outputs: int = 1
    tolerance: float = 1e-5
    # How many inputs, the first ones, are inputs of the model only, for a nested graph to use.
    captured: int = 0
    # What the results are compared with: "onnxruntime", or "onnx" for the evaluator of the onnx package where ONNX Runtime lacks an operator.
    reference: str = "onnxruntime"
    # The version of ai.onnx.ml.
    ml: int = 3
    # Nodes in place of the one, from "x0", "x1" ... to "y0", "y1" ..., and the functions that they call, of the domain "local".
    nodes: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    # Whether each size of an input is a symbol of its own, so that the compiler knows none.
    is_open: bool = False
    # The shapes that the model declares of its outputs, by number.
    declared: dict = field(default_factory=dict)
    # The results, where neither reference has them: the standard leaves them open, or the reference is wrong.
    expected: list = None


@dataclass
class Constant:
    array: np.ndarray


@dataclass
class Sparse:
    """An initializer of which the model has what is not 0, with its places in row-major order or as positions."""

    array: np.ndarray
    is_linear: bool = True

    def proto(self, name):
        places = np.argwhere(self.array) if not self.is_linear else np.flatnonzero(self.array)
        return helper.make_sparse_tensor(numpy_helper.from_array(self.array[self.array != 0], name),
                                         numpy_helper.from_array(places.astype(np.int64), name + ".places"), self.array.shape)


def const(values, dtype="i64"):
    return Constant(np.array(values, dtype=NUMPY[dtype]))


def values(spec, rng):
    """Returns random values for ("type", shape[, low, high])."""
    dtype, shape, *bounds = spec
    if bounds and isinstance(bounds[0], np.ndarray):
        return bounds[0]
    shape = [abs(size) for size in shape]
    low, high = bounds or (-2, 2)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype[0] == "f":
        return rng.uniform(low, high, shape).astype(NUMPY[dtype])
    if not bounds:
        low, high = (0, 9) if dtype[0] == "u" else (-9, 9)
    return rng.integers(low, high, shape, endpoint=True).astype(NUMPY[dtype])


def model(case, rng, is_open=False):
    """Returns the model of a case and the arrays of its inputs; if it is open, each size of an input is a symbol of its own."""
    names, infos, initializers, sparse, arrays = [], [], [], [], []
    for i, item in enumerate(case.inputs):
        name = f"x{i}"
        if item is None:
            names.append("")
            continue
        names.append(name)
        if isinstance(item, Constant):
            initializers.append(numpy_helper.from_array(item.array, name))
            continue
        if isinstance(item, Sparse):
            sparse.append(item.proto(name))
            continue
        array, shape = (item, item.shape) if isinstance(item, np.ndarray) else (values(item, rng), item[1])
        dims = [f"{name}.{axis}" if is_open or case.is_open else f"n{-size}" if size < 0 else size for axis, size in enumerate(shape)]
        infos.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), dims))
        arrays.append(array)
    outputs = [f"y{i}" for i in range(case.outputs)]
    domain, _, op = case.op.rpartition("::")
    nodes = case.nodes or [helper.make_node(op, names[case.captured:], outputs, name=case.name, domain=domain, **case.attributes)]
    results = [helper.make_tensor_value_info(name, TYPES["f32"], case.declared[i]) if i in case.declared
               else helper.make_empty_tensor_value_info(name) for i, name in enumerate(outputs)]
    graph = helper.make_graph(nodes, case.name, infos, results, initializers, sparse_initializer=sparse)
    opsets = [helper.make_opsetid("", case.opset)] + ([helper.make_opsetid(domain, DOMAINS.get(domain, case.ml))] if domain else [])
    opsets += [helper.make_opsetid("local", 1)] if case.functions else []
    version = 8 if case.opset < 21 and not case.functions else 10
    return helper.make_model(graph, opset_imports=opsets, ir_version=version, functions=case.functions), arrays
