"""The torch module of a workload: what torch runs, and what LiteRT's converter reads."""
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent

OPERATORS = {
    "MatMul": torch.matmul,
    "Softmax": lambda x: torch.softmax(x, -1),
    "LayerNormalization": lambda x, scale, bias: torch.nn.functional.layer_norm(x, scale.shape, scale, bias),
    "Relu": torch.relu,
}


class Kernel(torch.nn.Module):
    """One operator, whose last operands are weights."""

    def __init__(self, operator, weights):
        super().__init__()
        self.operator = OPERATORS[operator]
        self.weights = torch.nn.ParameterList(torch.nn.Parameter(torch.from_numpy(w), requires_grad=False) for w in weights)

    def forward(self, *inputs):
        return self.operator(*inputs, *self.weights)


def torch_module(folder, meta):
    """Returns the module that the workload's ONNX file was exported from: the same seeds give the same weights."""
    if "kernel" in meta:
        import onnx
        from onnx import numpy_helper

        weights = [numpy_helper.to_array(w).copy() for w in onnx.load(folder / "model.onnx").graph.initializer]
        return Kernel(meta["kernel"], weights).eval()
    sys.path.insert(0, str(ROOT / "Tests/Models"))
    from architectures import ARCHITECTURES

    return ARCHITECTURES[meta["model"]](meta["size"] == "small", "sdpa").module


def torch_inputs(folder, meta):
    """Returns the inputs of the workload's case as tensors."""
    return [torch.from_numpy(np.load(folder / f"case0/in{i}.npy")) for i in range(len(meta["inputs"]))]
