#!/usr/bin/env python3
"""Writes the programs in Tests/StableHLO/samples: what JAX makes of small functions, with inputs and JAX's results as constants. Some stand in
Tests/StableHLO/artifacts too, as exports and portable artifacts with inputs and results beside them.

usage: make_samples.py [NAME ...]     needs jax and flatbuffers; the files are committed, so tests do not need it
"""
import pathlib
import sys

import jax
import jax.export
import jax.numpy as jnp
import ml_dtypes
import numpy as np
from jax import lax

FOLDER = pathlib.Path(__file__).parent / "samples"
ARTIFACTS = pathlib.Path(__file__).parent / "artifacts"
EXPORTED = ("attention", "lstm_scan", "branches", "sorting", "scatter", "integer_edges", "fourier", "functions")
jax.config.update("jax_platforms", "cpu")

NAMES = {
    "float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16", "bool": "i1", "int8": "i8", "int16": "i16", "int32": "i32",
    "int64": "i64", "uint8": "ui8", "uint16": "ui16", "uint32": "ui32", "uint64": "ui64", "complex64": "complex<f32>",
}


def typed(array):
    return f"tensor<{''.join(f'{n}x' for n in array.shape)}{NAMES[array.dtype.name]}>"


def constant(array):
    if array.dtype == bool:
        text = str(array.tolist()).lower()
        return f"stablehlo.constant dense<{text}> : {typed(array)}"
    if array.size == 0:
        return f"stablehlo.constant dense<> : {typed(array)}"
    return f'stablehlo.constant dense<"0x{np.ascontiguousarray(array).tobytes().hex().upper()}"> : {typed(array)}'


def sample(function, inputs):
    """The text of a module whose main checks `function` of `inputs`."""
    inputs = [np.asarray(x) for x in inputs]
    results = [np.asarray(x) for x in jax.tree.leaves(jax.jit(function)(*inputs))]
    text = jax.jit(function, keep_unused=True).lower(*inputs).as_text()
    lines = text.splitlines()
    body = "\n".join(lines[1:-1]).replace("func.func public @main(", "func.func private @tested(", 1)
    types = ", ".join(map(typed, results))
    main = ["  func.func public @main() {"]
    main += [f"    %in{i} = {constant(x)}" for i, x in enumerate(inputs)]
    call = f"call @tested({', '.join(f'%in{i}' for i in range(len(inputs)))}) : ({', '.join(map(typed, inputs))}) -> ({types})"
    main.append(f"    %made:{len(results)} = {call}")
    for i, x in enumerate(results):
        main.append(f"    %expected{i} = {constant(x)}")
        kind = "expect_close" if x.dtype.kind in "fcV" else "expect_eq"
        main.append(f"    stablehlo.custom_call @check.{kind}(%made#{i}, %expected{i}) {{has_side_effect = true}} : ({typed(x)}, {typed(x)}) -> ()")
    main += ["    return", "  }"]
    return "\n".join([lines[0], *main, body, "}", ""])


def export(name, function, inputs):
    """Writes the function as an export or, every other one, as the artifact in it, with its inputs and results."""
    inputs = [np.asarray(x) for x in inputs]
    exported = jax.export.export(jax.jit(function))(*inputs)
    if EXPORTED.index(name) % 2:
        (ARTIFACTS / f"{name}.mlirbc").write_bytes(exported.mlir_module_serialized)
    else:
        (ARTIFACTS / f"{name}.jaxexport").write_bytes(exported.serialize())
    for kind, arrays in (("in", inputs), ("out", jax.tree.leaves(jax.jit(function)(*inputs)))):
        for i, array in enumerate(arrays):
            np.save(ARTIFACTS / f"{name}.{kind}{i}.npy", np.asarray(array))


def normal(*shape, seed=0, kind=np.float32):
    return (np.random.default_rng(seed).standard_normal(shape)).astype(kind)


def whole(*shape, seed=0, low=-50, high=50, kind=np.int32):
    return np.random.default_rng(seed).integers(low, high, shape).astype(kind)


def convolution(dimensions, x, k, **options):
    return lambda a, b: lax.conv_general_dilated(a, b, dimension_numbers=dimensions, **options), (x, k)


def lstm(x, w, u, b):
    def step(state, row):
        h, c = state
        i, f, g, o = jnp.split(row @ w + h @ u + b, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((x.shape[1], u.shape[0]))
    return lax.scan(step, (zero, zero), x)


def attention(q, k, v):
    scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(q.shape[-1])
    return jnp.einsum("bhqk,bhkd->bhqd", jax.nn.softmax(scores, axis=-1), v)


def loss(p, x, y):
    h = jnp.tanh(x @ p["w1"] + p["b1"])
    return jnp.mean((h @ p["w2"] - y) ** 2)


def convolution_loss(k, x):
    y = lax.conv_general_dilated(x, k, (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    pooled = lax.reduce_window(jax.nn.relu(y), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return jnp.sum(pooled**2)


special = np.array([0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 0.5], np.float32)
edges = np.array([0, 1, -1, 2**31 - 1, -(2**31), 7, -7, 3], np.int32)
divisors = np.array([0, 0, -1, 0, -1, 2, 2, -2], np.int32)

SAMPLES = {
    "mlp": (lambda x, w, b: jax.nn.softmax(jax.nn.relu(x @ w + b)), (normal(4, 8), normal(8, 6, seed=1), normal(6, seed=2))),
    "attention": (attention, tuple(normal(2, 2, 5, 4, seed=i) for i in range(3))),
    "layer_norm": (lambda x: (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5), (normal(3, 16),)),
    "lstm_scan": (lstm, (normal(6, 2, 3), normal(3, 16, seed=1), normal(4, 16, seed=2), normal(16, seed=3))),
    "gradient": (
        jax.value_and_grad(loss),
        ({"w1": normal(4, 5), "b1": normal(5, seed=1), "w2": normal(5, 2, seed=2)}, normal(6, 4, seed=3), normal(6, 2, seed=4)),
    ),
    "convolution_gradient": (jax.grad(convolution_loss, (0, 1)), (normal(3, 3, 2, 4), normal(1, 12, 12, 2, seed=1))),
    "convolution_nhwc": convolution(("NHWC", "HWIO", "NHWC"), normal(2, 7, 6, 3), normal(3, 2, 3, 4, seed=1), window_strides=(2, 1), padding="SAME"),
    "convolution_dilated": convolution(
        ("NCHW", "OIHW", "NCHW"), normal(1, 2, 5, 5), normal(3, 2, 2, 2, seed=1), window_strides=(1, 2), padding=((2, -1), (1, 3)),
        lhs_dilation=(2, 1), rhs_dilation=(1, 2)),
    "convolution_groups": convolution(
        ("NHWC", "HWIO", "NHWC"), normal(1, 5, 5, 6), normal(3, 3, 2, 9, seed=1), window_strides=(1, 1), padding="VALID", feature_group_count=3),
    "convolution_batch_groups": convolution(
        ("NCHW", "OIHW", "NCHW"), normal(4, 3, 5, 5), normal(6, 3, 3, 3, seed=1), window_strides=(1, 1), padding="VALID", batch_group_count=2),
    "dot_batched": (lambda a, b: jnp.einsum("bij,jkb->bik", a, b), (normal(2, 3, 4), normal(4, 5, 2, seed=1))),
    "dot_int8": (
        lambda a, b: lax.dot(a, b, preferred_element_type=jnp.int32), (whole(3, 8, kind=np.int8), whole(8, 4, seed=1, kind=np.int8))),
    "dot_bf16": (lambda a, b: a @ b, (normal(3, 8, kind=ml_dtypes.bfloat16), normal(8, 4, seed=1, kind=ml_dtypes.bfloat16))),
    "float_edges": (lambda x, y: (jnp.sign(x), jnp.maximum(x, y), x < y, jnp.isfinite(x), lax.round(x)), (special, special[::-1].copy())),
    "integer_edges": (lambda a, b: (lax.div(a, b), lax.rem(a, b), a * b, lax.abs(a), lax.population_count(a), lax.clz(a)), (edges, divisors)),
    "shifts": (
        lambda a, n: (lax.shift_left(a, n), lax.shift_right_logical(a, n), lax.shift_right_arithmetic(a, n)),
        (edges, np.array([0, 1, 31, 32, 33, -1, 5, 31], np.int32)),
    ),
    "conversions": (
        lambda x: [lax.convert_element_type(x, t) for t in (jnp.int8, jnp.uint8, jnp.int32, jnp.bool_, jnp.bfloat16, jnp.float16)],
        (np.array([0, -1.5, 127.5, 300, -300, 1e10, -1e10, 0.1], np.float32),),
    ),
    "bits": (lambda x: (lax.bitcast_convert_type(x, jnp.uint32), lax.bitcast_convert_type(x, jnp.uint8), lax.reduce_precision(x, 5, 3)), (normal(5),)),
    "functions": (
        lambda x: [f(x) for f in (jnp.exp, jnp.log1p, jnp.tanh, jnp.sin, jnp.cbrt, lax.erf, jnp.arctan, lax.lgamma, lax.digamma, lax.erf_inv)],
        (np.linspace(0.05, 0.95, 12, dtype=np.float32),),
    ),
    "bessel": (lax.bessel_i1e, (np.array([-30, -8, -1, 0, 0.5, 3, 7.9, 8.1, 40], np.float32),)),
    "complex": (
        lambda a, b: (a * b, a / b, jnp.exp(a), jnp.abs(a), jnp.real(a), jnp.conj(b), a @ b.T),
        (normal(2, 3) + 1j * normal(2, 3, seed=1), normal(2, 3, seed=2) + 1j * normal(2, 3, seed=3)),
    ),
    "movement": (
        lambda x: (
            lax.rev(x, (1,)), lax.pad(x, 9.0, ((1, -1, 2), (0, 2, 0))), x[::2, 1:], jnp.concatenate([x, x], 1), jnp.transpose(x).reshape(2, -1),
            lax.broadcast_in_dim(x, (3, 2, 4), (0, 2)),
        ),
        (normal(3, 4),),
    ),
    "dynamic_slices": (
        lambda x, u, i: (lax.dynamic_slice(x, (i, i + 1), (2, 2)), lax.dynamic_update_slice(x, u, (i, -i))),
        (normal(5, 6), normal(2, 3, seed=1), np.int32(4)),
    ),
    "gather": (lambda x, i: (x[i], jnp.take(x, i, axis=1, mode="clip"), jnp.take_along_axis(x, i[:, None], 1)), (normal(4, 5), np.array([2, 0, 9, -1], np.int32))),
    "scatter": (
        lambda x, i, u: (x.at[i].add(u), x.at[:, i].set(u.T[:, :3] @ jnp.ones((3, 4))), x.at[i, i].max(u[:, 0]), x.at[i].multiply(u, mode="drop")),
        (normal(5, 5), np.array([1, 3, 1, 7], np.int32), normal(4, 5, seed=1)),
    ),
    "embedding_gradient": (jax.grad(lambda e, i: jnp.sum(e[i] ** 3)), (normal(7, 4), np.array([0, 3, 3, 6, 0], np.int32))),
    "reductions": (
        lambda x: (x.sum(), x.max(0), x.min(1), jnp.prod(x, 1), jnp.argmax(x, 1), jnp.argmin(x, 0), jnp.any(x > 1, 1), jnp.all(x > -9)),
        (normal(4, 6),),
    ),
    "windows": (
        lambda x: (
            lax.reduce_window(x, -jnp.inf, lax.max, (2, 3), (1, 2), ((0, 1), (1, 0))), lax.reduce_window(x, 0.0, lax.add, (2, 2), (1, 1), "SAME"),
            jnp.cumsum(x, 1), lax.cummax(x, 0), lax.cumlogsumexp(x, 1), lax.cumprod(x, 0, reverse=True),
        ),
        (normal(6, 20),),
    ),
    "pooling_gradient": (
        jax.grad(lambda x: jnp.sum(lax.reduce_window(x, -jnp.inf, lax.max, (3, 3), (2, 2), "SAME") ** 2)), (normal(7, 8),)),
    "sorting": (
        lambda x, k: (jnp.sort(x, 1), jnp.argsort(-x, 0), lax.top_k(x, 3), lax.sort((k, x), dimension=0, num_keys=2)),
        (normal(6, 7), whole(6, 7, low=0, high=3)),
    ),
    "sort_nan": (lambda x: jnp.sort(x), (special,)),
    "while": (
        lambda n: lax.while_loop(lambda s: s[0] > 1, lambda s: (jnp.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1), (n, 0)), (np.int32(27),)),
    "newton": (lambda x: lax.fori_loop(0, 20, lambda i, y: 0.5 * (y + x / y), x), (np.array([2.0, 9.0, 0.25], np.float32),)),
    "branches": (
        lambda i, x: (lax.cond(i > 1, lambda v: v + 1, lambda v: v * 2, x), lax.switch(i, [jnp.sin, jnp.cos, jnp.tanh], x)), (np.int32(2), normal(4))),
    "threefry": (
        lambda k: (jax.random.uniform(jax.random.wrap_key_data(k), (3, 4)), jax.random.normal(jax.random.wrap_key_data(k), (5,))),
        (np.array([1, 2], np.uint32),),
    ),
    "fourier": (
        lambda x, z: (jnp.fft.fft(z), jnp.fft.ifft(z, axis=0), jnp.fft.rfft(x), jnp.fft.irfft(z, 6), jnp.fft.fft2(z)),
        (normal(4, 6), (normal(4, 6) + 1j * normal(4, 6, seed=1)).astype(np.complex64)),
    ),
    "linear_algebra": (
        lambda a, b: [
            jnp.linalg.cholesky(a @ a.transpose(0, 2, 1) + 4 * jnp.eye(4)), jnp.linalg.inv(a), *jnp.linalg.qr(b), jnp.linalg.det(a),
            jax.scipy.linalg.solve_triangular(jnp.triu(a[0]), b[:4]),
        ],
        (normal(3, 4, 4), normal(5, 3, seed=1)),
    ),
    # Orders that are no one key's, of rows that are too long for each to be compared with all.
    "sort_by_comparison": (
        lambda a, b, c: [
            *lax.sort((a, b, jnp.broadcast_to(jnp.arange(a.shape[1]), a.shape)), dimension=1, num_keys=2), jnp.sort(c),
            jnp.unique(a[:, :40].T, axis=0, size=30),
        ],
        (
            whole(2, 131, low=0, high=6), np.where(whole(2, 131, seed=1) % 7 == 0, np.nan, whole(2, 131, seed=2, low=0, high=4)).astype(np.float32),
            (whole(70, seed=3, low=0, high=4) + 1j * whole(70, seed=4, low=0, high=4)).astype(np.complex64),
        ),
    ),
    # Vectors have no sign of their own: what they make is compared, and that they are orthogonal.
    "eigenvectors": (
        lambda a, c, nan: [
            x
            for m in (a, c, nan)
            for h in [m + m.conj().swapaxes(-1, -2)]
            for w, v in [jnp.linalg.eigh(h)]
            for x in (w, (v * w[..., None, :]) @ v.conj().swapaxes(-1, -2), v.conj().swapaxes(-1, -2) @ v)
        ],
        (
            normal(2, 5, 5), (normal(6, 6, seed=1) + 1j * normal(6, 6, seed=2)).astype(np.complex64),
            np.where(np.eye(3) == 1, np.nan, 1).astype(np.float32),
        ),
    ),
    "singular_values": (
        lambda *matrices: [
            x
            for m in matrices
            for full in (True, False)
            for u, s, v in [jnp.linalg.svd(m, full_matrices=full)]
            for k in [s.shape[-1]]
            for x in (s, (u[..., :k] * s[..., None, :]) @ v[..., :k, :], u.swapaxes(-1, -2) @ u, v @ v.swapaxes(-1, -2))
        ] + [jnp.linalg.svd(matrices[0], compute_uv=False), jnp.linalg.pinv(matrices[0])],
        (normal(2, 5, 3), normal(3, 7, seed=1), np.ones((4, 4), np.float32), np.zeros((3, 2), np.float32), (normal(4, 3, seed=2) * 1e-25).astype(np.float32)),
    ),
    # Draws by rejection: loops in loops, whose kernels become equal late.
    "distributions": (
        lambda k: [
            f(jax.random.wrap_key_data(k))
            for f in (
                lambda k: jax.random.gamma(k, 2.0, (5,)), lambda k: jax.random.truncated_normal(k, -1, 1, (4,)),
                lambda k: jax.random.choice(k, 10, (4,), replace=False), lambda k: jax.random.dirichlet(k, jnp.ones(3)),
                lambda k: jax.random.poisson(k, 3.0, (5,)),
            )
        ],
        (np.array([3, 4], np.uint32),),
    ),
    "random_bits": (
        lambda s: [
            x
            for shape in ((4, 8), (3, 5), (7,))
            for kind in (lax.RandomAlgorithm.RNG_DEFAULT, lax.RandomAlgorithm.RNG_THREE_FRY)
            for x in lax.rng_bit_generator(s, shape, dtype=np.uint32, algorithm=kind)
        ],
        (np.array([0x12345678, 0x9ABCDEF0, 0xFFFFFFFE, 0xFFFFFFFF], np.uint32),),
    ),
    "special_functions": (
        lambda x, n: (lax.zeta(x + 1.5, n), lax.polygamma(n, x), lax.nextafter(x, n), jax.scipy.special.i1e(x)),
        (np.linspace(0.3, 5, 8, dtype=np.float32), np.array([1, 2, 3, 1, 0, 2, 4, 1], np.float32)),
    ),
    "batch_norm": (
        lambda x, s, b: s * (x - x.mean((0, 1))) / jnp.sqrt(x.var((0, 1)) + 1e-3) + b, (normal(3, 4, 5), normal(5, seed=1), normal(5, seed=2))),
    "adam": (
        lambda p, g, m, v: (p - 1e-3 * (m * 0.9 + 0.1 * g) / (jnp.sqrt(0.999 * v + 0.001 * g * g) + 1e-8), 0.9 * m + 0.1 * g),
        tuple(np.abs(normal(4, 3, seed=i)) for i in range(4)),
    ),
}


def main():
    FOLDER.mkdir(exist_ok=True)
    ARTIFACTS.mkdir(exist_ok=True)
    for name, (function, inputs) in SAMPLES.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        leaves, tree = jax.tree.flatten(inputs)
        text = sample(lambda *flat: function(*jax.tree.unflatten(tree, flat)), leaves)
        (FOLDER / f"{name}.mlir").write_text(text)
        if name in EXPORTED:
            export(name, lambda *flat: function(*jax.tree.unflatten(tree, flat)), leaves)


if __name__ == "__main__":
    main()
