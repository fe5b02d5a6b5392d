"""What a test model is, and what several of them are made with."""
from dataclasses import dataclass, field
from typing import Callable

import torch
from torch import nn


@dataclass
class Model:
    """A module with what is needed to export it and to run it."""

    module: nn.Module
    inputs: Callable[..., dict]  # sizes by name, as in `sizes` -> tensors by input name, in the module's order
    sizes: dict  # the sizes of the static form, as `dict(batch=1, sequence=13)`
    others: list  # more sizes, for the form whose dimensions vary
    dynamic: dict  # input name -> {dimension: name of its size}
    outputs: list = field(default_factory=lambda: ["output"])

    def __post_init__(self):
        # the older exporter puts every part of a module into the mode of the outermost one when it is done
        self.module.eval()


def load_torchvision():
    """Imports torchvision beside a CPU build of torch.

    PyPI's torchvision is built for the CUDA torch. Beside the CPU one its C++ operators do not load, and the import fails
    for want of the names of two of them. One of them is needed here, and written below.
    """
    if not hasattr(load_torchvision, "library"):
        load_torchvision.library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            try:
                load_torchvision.library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            except RuntimeError:  # this torchvision brings its operators
                pass
    import torchvision

    if not torchvision.extension._has_ops() and not hasattr(load_torchvision, "suppresses"):
        load_torchvision.library.impl("nms", suppressed, "CPU")
        torch.library.register_fake("torchvision::nms", lambda boxes, scores, threshold: boxes.new_empty(
            torch.library.get_ctx().new_dynamic_size(), dtype=torch.long))
        load_torchvision.suppresses = True
    return torchvision


def suppressed(boxes, scores, threshold):
    """Returns the boxes that non-maximum suppression leaves, the best first."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    rest, kept = scores.argsort(descending=True), []
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        low, high = torch.maximum(boxes[best, :2], boxes[rest, :2]), torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        common = (high - low).clamp(min=0).prod(dim=1)
        rest = rest[common / (area[best] + area[rest] - common) <= threshold]
    return torch.stack(kept) if kept else torch.empty(0, dtype=torch.long)


def load_transformers():
    """Imports transformers, which imports torchvision."""
    load_torchvision()
    import transformers

    return transformers


def generator(seed):
    """Returns a source of random numbers with a fixed seed."""
    return torch.Generator().manual_seed(seed)


def stir(module, seed=7):
    """Moves vectors of parameters and statistics away from 0 and 1, so that a forgotten bias or scale shows."""
    g = generator(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn(parameter.shape, generator=g))
        for child in module.modules():
            if isinstance(child, nn.BatchNorm2d):
                child.running_mean.copy_(0.1 * torch.randn(child.num_features, generator=g))
                child.running_var.copy_(1 + 0.2 * torch.rand(child.num_features, generator=g))
    return module.eval()


class Call(nn.Module):
    """Calls a module of transformers with positional arguments, and returns one of its results."""

    def __init__(self, module, names, result):
        super().__init__()
        self.module, self.names, self.result = module, names, result

    def forward(self, *arguments):
        return getattr(self.module(**dict(zip(self.names, arguments)), return_dict=True), self.result)


def images(module, channels, height, width, batches=(2, 3), result=None):
    """Returns a model over a batch of pictures."""

    def inputs(batch):
        return {"image": torch.randn(batch, channels, height, width, generator=generator(batch))}

    return Model(
        stir(module if result is None else Call(module, ["pixel_values"], result)), inputs, dict(batch=1),
        [dict(batch=b) for b in batches], {"image": {0: "batch"}}, ["logits"])
