"""LiteRT as the reference: what its default runtime (with XNNPACK) gives for a model."""

import contextlib
import os

import numpy as np

with contextlib.redirect_stderr(None):
    from ai_edge_litert import interpreter as litert


@contextlib.contextmanager
def quiet():
    """Drops what the runtime prints to the error stream."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


class Reference:
    """A model that is loaded; `kind` is `default`, or `reference` for the kernels that are not optimized."""

    def __init__(self, model, kind="default"):
        kinds = {"default": litert.OpResolverType.BUILTIN, "reference": litert.OpResolverType.BUILTIN_REF}
        with quiet():
            self.interpreter = litert.Interpreter(
                **({"model_content": model} if isinstance(model, bytes) else {"model_path": str(model)}),
                experimental_op_resolver_type=kinds[kind], num_threads=1)

    def inputs(self):
        """Shape (-1 for sizes that differ between calls) and type of each input."""
        return [(list(detail["shape_signature"]), detail["dtype"]) for detail in self.interpreter.get_input_details()]

    def run(self, arrays):
        """The outputs for `arrays`."""
        with quiet():
            details = self.interpreter.get_input_details()
            for detail, array in zip(details, arrays):
                if list(detail["shape"]) != list(array.shape):
                    self.interpreter.resize_tensor_input(detail["index"], array.shape)
            self.interpreter.allocate_tensors()
            for detail, array in zip(details, arrays):
                self.interpreter.set_tensor(detail["index"], array)
            self.interpreter.invoke()
            return [np.array(self.interpreter.get_tensor(detail["index"])) for detail in self.interpreter.get_output_details()]
