#!/usr/bin/env python3
"""Writes exports of JAX whose sizes only the run knows, with inputs and JAX's results beside them, into Tests/StableHLO/artifacts.

usage: make_open_samples.py     needs jax and flatbuffers; the files are committed, so tests do not need it
"""
import jax
import jax.export
import jax.numpy as jnp
import numpy as np
from jax import lax

from make_samples import ARTIFACTS, normal

jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")  # no path of the machine stands in them

KERNEL = normal(3, 3, 3, 4, seed=1)
# By name: a function, the sizes of its argument, and an argument.
PROGRAMS = {
    "open_convolution": (
        lambda x: lax.conv_general_dilated(x, KERNEL, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")), "b, h, w, 3", normal(2, 9, 8, 3)),
    "open_pooling": (
        lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 3, 2, 1), (1, 2, 2, 1), "SAME"), "b, h, w, 2", normal(1, 7, 6, 2)),
    # Constants that stand around the comparison.
    "open_sorting": (lambda x: (jnp.sort(x, 1), jnp.argsort(x, 0)), "n, m", np.float32([[2, np.nan, -0.0], [0.0, -1, np.inf], [np.nan, 2, 1], [2, 5, 3]])),
    "open_padding": (lambda x: jnp.pad(x, ((1, 2), (0, x.shape[0]))), "n, 3", normal(4, 3)),
    "open_singular_values": (lambda x: jnp.linalg.svd(x)[1], "b, 4, 3", normal(5, 4, 3)),
}


def main():
    for name, (function, sizes, x) in PROGRAMS.items():
        spec = jax.ShapeDtypeStruct(jax.export.symbolic_shape(sizes), x.dtype)
        (ARTIFACTS / f"{name}.jaxexport").write_bytes(jax.export.export(jax.jit(function))(spec).serialize())
        np.save(ARTIFACTS / f"{name}.in0.npy", x)
        for i, array in enumerate(jax.tree.leaves(jax.jit(function)(x))):
            np.save(ARTIFACTS / f"{name}.out{i}.npy", np.asarray(array))


if __name__ == "__main__":
    main()
