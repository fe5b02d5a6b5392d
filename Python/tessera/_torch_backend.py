"""`torch.compile(backend="tessera")`: graphs of torch as modules, compiled at the first call with each set of sizes."""
import torch

from ._compiler import from_torch
from ._errors import Error


class _Bound(torch.nn.Module):
    """A graph some of whose arguments are known: parameters become weights of the module, which are packed when it is compiled."""

    def __init__(self, graph, known):
        super().__init__()
        self.graph = graph
        self.order = []
        for index, argument in enumerate(known):
            if isinstance(argument, torch.Tensor):
                self.register_buffer(f"known{index}", argument.detach())
                self.order.append((True, f"known{index}"))
            else:
                self.order.append((argument is not None, argument))

    def forward(self, *given):
        given = iter(given)
        arguments = []
        for is_known, argument in self.order:
            if not is_known:
                arguments.append(next(given))
            else:
                arguments.append(getattr(self, argument) if isinstance(argument, str) else argument)
        return self.graph(*arguments)


def backend(graph, example_inputs, **options):
    """A backend of torch.compile. Only for inference: calls with gradients are an error.

    Parameters are constants of what is compiled; one that is changed since compiles it anew.
    """
    modules = {}

    def call(*arguments):
        tensors = [argument for argument in arguments if isinstance(argument, torch.Tensor)]
        if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors):
            raise Error("UNIMPLEMENTED", "gradients", "the backend 'tessera' computes no gradients: call within torch.no_grad() or torch.inference_mode()")
        is_weight = [isinstance(argument, torch.nn.Parameter) for argument in arguments]
        key = tuple(
            (argument.data_ptr(), argument._version) if weight else (tuple(argument.shape), argument.dtype)
            if isinstance(argument, torch.Tensor) else argument for argument, weight in zip(arguments, is_weight))
        given = [argument for argument, weight in zip(arguments, is_weight) if isinstance(argument, torch.Tensor) and not weight]
        if key not in modules:
            known = [None if isinstance(argument, torch.Tensor) and not weight else argument for argument, weight in zip(arguments, is_weight)]
            modules[key] = from_torch(_Bound(graph, known), tuple(given), **options)
        results = modules[key](*given) if given else modules[key]()
        return list(results) if isinstance(results, tuple) else [results]

    return call
