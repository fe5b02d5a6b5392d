"""The dialect complex: in bodies, with floats or complex numbers in and out, and on numbers of the host program."""
import numpy as np

from program import NUMPY, Program, rng, tensor, values

SHAPE = (7,)


def expression(result, lines, inputs, expected, op, form, tolerance=None, where="body"):
    """A program whose body, of inputs %a, %b, ..., makes %q of type `result`."""
    kinds = [k for k, _ in inputs]
    names = [f"%{chr(97 + i)}" for i in range(len(kinds))]
    arrays = [x for _, x in inputs]
    if where == "number":
        text = (f"func.func @f({', '.join(f'%t{i}: {tensor([], k)}' for i, k in enumerate(kinds))}) -> {tensor([], result)} {{\n"
                + "".join(f"  {n} = tensor.extract %t{i}[] : {tensor([], k)}\n" for i, (n, k) in enumerate(zip(names, kinds)))
                + "".join(f"  {line}\n" for line in lines) + f"  %r = tensor.from_elements %q : {tensor([], result)}\n  return %r : {tensor([], result)}\n}}\n")
        return Program(op, f"{form} number", text, [np.asarray(x[0]) for x in arrays], [np.asarray(expected[0])], tolerance)
    shape = [None] if where == "dynamic" else SHAPE
    types, out = [tensor(shape, k) for k in kinds], tensor(shape, result)
    given = ", ".join(f"%t{i}: {t}" for i, t in enumerate(types))
    text = (f"func.func @f({given}, %o: {out}) -> {out} {{\n"
            f"  %r = linalg.generic {{indexing_maps = [{', '.join(['affine_map<(i) -> (i)>'] * (len(kinds) + 1))}], iterator_types = [\"parallel\"]}} "
            f"ins({', '.join(f'%t{i}' for i in range(len(types)))} : {', '.join(types)}) outs(%o : {out}) {{\n"
            f"  ^bb0({', '.join(f'{n}: {k}' for n, k in zip(names, kinds))}, %x: {result}):\n" + "".join(f"    {line}\n" for line in lines)
            + f"    linalg.yield %q : {result}\n  }} -> {out}\n  return %r : {out}\n}}\n")
    return Program(op, form + (" dynamic" if where == "dynamic" else ""), text, arrays + [np.zeros(SHAPE, NUMPY[result])], [expected], tolerance)


UNARY = {"abs": np.abs, "neg": np.negative, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "rsqrt": lambda z: 1 / np.sqrt(z), "sin": np.sin,
         "cos": np.cos, "tan": np.tan, "tanh": np.tanh, "conj": np.conj, "sign": lambda z: z / np.abs(z), "angle": np.angle, "re": np.real, "im": np.imag}
REAL = ("abs", "angle", "re", "im")
BINARY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
          "atan2": lambda y, x: -1j * np.log((x + 1j * y) / np.sqrt(x * x + y * y))}


def programs():
    for f in ("f32", "f64"):
        c = f"complex<{f}>"
        for name, function in UNARY.items():
            z = values(rng(name, c), SHAPE, c, 0.2, 1.5)
            z[1], z[2] = -3 + 4j, 1 - 1j
            result = f if name in REAL else c
            want = function(z.astype(np.complex128)).astype(NUMPY[result])
            for where in ("body", "dynamic", "number"):
                if f == "f64" and where != "body":
                    continue
                yield expression(result, [f"%q = complex.{name} %a : {c}"], [(c, z)], want, f"complex.{name}", c, 1e-4 if f == "f32" else 1e-10, where)
            x, y = z.real.copy(), z.imag.copy()
            line = f"%w = complex.{name} %z : {c}"
            if result == f:
                lines, want2 = ["%z = complex.create %a, %b : " + c, line.replace("%w", "%q")], want
            else:
                lines, want2 = ["%z = complex.create %a, %b : " + c, line, f"%q = complex.im %w : {c}"], want.imag
            yield expression(f, lines, [(f, x), (f, y)], want2.astype(NUMPY[f]), f"complex.{name}", f"{c}, floats in and out", 1e-4 if f == "f32" else 1e-10)
        for name, function in BINARY.items():
            z, w = values(rng(name, c, 1), SHAPE, c, 0.2, 1.5), values(rng(name, c, 2), SHAPE, c, 0.2, 1.5)
            want = function(z.astype(np.complex128), w.astype(np.complex128)).astype(NUMPY[c])
            for where in ("body", "dynamic", "number"):
                if f == "f64" and where != "body":
                    continue
                yield expression(c, [f"%q = complex.{name} %a, %b : {c}"], [(c, z), (c, w)], want, f"complex.{name}", c, 1e-4 if f == "f32" else 1e-10, where)
        z, w = values(rng("eq", c), SHAPE, c), values(rng("ne", c), SHAPE, c)
        w[::2] = z[::2]
        for name, want in (("eq", z == w), ("neq", z != w)):
            for where in ("body", "number"):
                yield expression("i1", [f"%q = complex.{name} %a, %b : {c}"], [(c, z), (c, w)], want, f"complex.{name}", c, None, where)
        x, y = values(rng("create"), SHAPE, f), values(rng("create2"), SHAPE, f)
        for where in ("body", "number"):
            yield expression(c, [f"%q = complex.create %a, %b : {c}"], [(f, x), (f, y)], (x + 1j * y).astype(NUMPY[c]), "complex.create", c, None, where)
            yield expression(c, [f"%w = complex.constant [1.5 : {f}, -2.0 : {f}] : {c}", f"%q = complex.add %a, %w : {c}"], [(c, z)], (z + (1.5 - 2j)).astype(NUMPY[c]), "complex.constant", c, None, where)
        n = np.array([0, 1, 2, 3, 4, 5, 2], np.int32)
        yield expression(c, [f"%q = complex.powi %a, %b : {c}, i32"], [(c, z), ("i32", n)], (z.astype(np.complex128) ** n).astype(NUMPY[c]), "complex.powi", c, 2e-3 if f == "f32" else 1e-9)
    # What is not the same as its operand: upstream's folds take it for that.
    c = "complex<f64>"
    z, w = np.array([3 + 4j, 1 + 5j, 1 - 4j, 0.5 + 9j, 1 + 1j, 2 + 3.2j, 1j]), np.full(SHAPE, 1e17 + 1e17j)
    for where in ("body", "dynamic", "number"):
        yield expression(c, [f"%w = complex.exp %a : {c}", f"%q = complex.log %w : {c}"], [(c, z)], np.log(np.exp(z)), "complex.log", "log of exp", 1e-10, where)
        yield expression(c, [f"%w = complex.add %a, %b : {c}", f"%q = complex.sub %w, %b : {c}"], [(c, z), (c, w)], (z + w) - w, "complex.sub", "of a sum", None, where)
        yield expression(c, [f"%w = complex.sub %a, %b : {c}", f"%q = complex.add %w, %b : {c}"], [(c, z), (c, w)], (z - w) + w, "complex.add", "of a difference", None, where)
    z = values(rng("bits"), SHAPE, "complex<f32>")
    yield expression("i64", ["%q = complex.bitcast %a : complex<f32> to i64"], [("complex<f32>", z)], z.view(np.int64), "complex.bitcast", "complex<f32> to i64")
    # A sum, and a product of matrices.
    a, b = values(rng("cm"), (3, 4), "complex<f32>"), values(rng("cm2"), (4, 2), "complex<f32>")
    c = "complex<f32>"
    for d in (False, True):
        x, y, o = (tensor([None] * 2 if d else s, c) for s in ((3, 4), (4, 2), (3, 2)))
        yield Program("linalg.matmul", c + (" dynamic" if d else ""), f"func.func @f(%a: {x}, %b: {y}, %o: {o}) -> {o} {{\n  %r = linalg.matmul ins(%a, %b : {x}, {y}) outs(%o : {o}) -> {o}\n  return %r : {o}\n}}\n",
                      [a, b, np.zeros((3, 2), np.complex64)], [a @ b], 1e-5)
    k = tensor((3, 4), c)
    yield Program("arith.constant", c, f"func.func @f(%a: tensor<2x{c}>) -> tensor<2x{c}> {{\n  %w = arith.constant dense<[(1.0, 2.0), (3.0, -4.0)]> : tensor<2x{c}>\n  %r = linalg.add ins(%a, %w : tensor<2x{c}>, tensor<2x{c}>) outs(%a : tensor<2x{c}>) -> tensor<2x{c}>\n  return %r : tensor<2x{c}>\n}}\n",
                  [a[0, :2].copy()], [a[0, :2] + np.array([1 + 2j, 3 - 4j], np.complex64)])
    yield Program("arith.select", c, f"func.func @f(%p: tensor<3x4xi1>, %a: {k}, %b: {k}) -> {k} {{\n  %r = arith.select %p, %a, %b : tensor<3x4xi1>, {k}\n  return %r : {k}\n}}\n",
                  [a.real > 0, a, a * 2], [np.where(a.real > 0, a, a * 2)])
