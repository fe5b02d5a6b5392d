"""Operations of TOSA, through the upstream lowerings."""
import numpy as np

from program import Program, random, rng_of


def one(name, shapes, text, out, reference, dtype="f32", made=None, tolerance=None):
    p = Program("tosa_" + name)
    xs = [p.arg(s, dtype) for s in shapes]
    types = ", ".join(x.type for x in xs)
    p.ret(p.op(text.format(*xs, types=types), out, made or dtype))
    arrays = [random(rng_of(name + str(i)), s, dtype) for i, s in enumerate(shapes)]
    e = reference(*[a.astype(np.float64) if dtype == "f32" else a for a in arrays])
    p.case(arrays, [np.asarray(e).astype(np.float32 if (made or dtype) == "f32" else e.dtype)], tolerance=tolerance)
    return p


def programs():
    shape = [3, 17]
    for op, function in (
        ("exp", np.exp), ("tanh", np.tanh), ("sigmoid", lambda x: 1 / (1 + np.exp(-x))), ("abs", np.abs), ("floor", np.floor), ("ceil", np.ceil),
        ("sin", np.sin), ("cos", np.cos),
    ):
        yield one(op, [shape], f"tosa.{op} {{0}} : ({{types}}) -> %r", shape, function)
    for op, function in (("add", np.add), ("sub", np.subtract), ("maximum", np.maximum), ("minimum", np.minimum)):
        yield one(op, [shape, shape], f"tosa.{op} {{0}}, {{1}} : ({{types}}) -> %r", shape, function)
        yield one(op + "_broadcast", [shape, [1, 17]], f"tosa.{op} {{0}}, {{1}} : ({{types}}) -> %r", shape, function)
    for op, function in (("sum", np.sum), ("max", np.max), ("min", np.min), ("product", np.prod)):
        for axis in (0, 1):
            out = [1 if a == axis else s for a, s in enumerate(shape)]
            yield one(f"reduce_{op}_{axis}", [shape], f"tosa.reduce_{op} {{0}} {{{{axis = {axis} : i32}}}} : ({{types}}) -> %r", out,
                      lambda x, f=function, a=axis: f(x, axis=a, keepdims=True))
    yield one("transpose", [[2, 3, 5]], "tosa.transpose {0} {{perms = array<i32: 2, 0, 1>}} : ({types}) -> %r", [5, 2, 3], lambda x: x.transpose(2, 0, 1))
    yield one("concat", [[2, 3], [2, 5]], "tosa.concat {0}, {1} {{axis = 1 : i32}} : ({types}) -> %r", [2, 8], lambda x, y: np.concatenate([x, y], 1))
    yield one("reverse", [[3, 17]], "tosa.reverse {0} {{axis = 1 : i32}} : ({types}) -> %r", [3, 17], lambda x: x[:, ::-1])
    yield one("clamp", [shape], "tosa.clamp {0} {{min_val = -0.5 : f32, max_val = 0.25 : f32}} : ({types}) -> %r", shape, lambda x: np.clip(x, -0.5, 0.25))
    yield one("argmax", [[3, 17]], "tosa.argmax {0} {{axis = 1 : i32}} : ({types}) -> %r", [3], lambda x: x.argmax(1).astype(np.int32), made="i32")
    p = Program("tosa_matmul")
    a, b = p.arg([2, 7, 20]), p.arg([2, 20, 33])
    p.line('%zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>')
    p.ret(p.op(f"tosa.matmul {a}, {b}, %zp, %zp : ({a.type}, {b.type}, tensor<1xf32>, tensor<1xf32>) -> %r", [2, 7, 33]))
    x, y = random(rng_of("tm"), (2, 7, 20), "f32"), random(rng_of("tn"), (2, 20, 33), "f32")
    p.case([x, y], [(x.astype(np.float64) @ y).astype(np.float32)])
    yield p
    p = Program("tosa_conv2d")
    a, w, c = p.arg([1, 6, 7, 5]), p.arg([18, 3, 3, 5]), p.arg([18])
    p.line('%zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>')
    p.ret(p.op(
        f"tosa.conv2d {a}, {w}, {c}, %zp, %zp {{acc_type = f32, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>}} : "
        f"({a.type}, {w.type}, {c.type}, tensor<1xf32>, tensor<1xf32>) -> %r", [1, 6, 7, 18]))
    from convolutions import convolve
    x, k, v = (random(rng_of(f"tc{i}"), s, "f32") for i, s in enumerate(((1, 6, 7, 5), (18, 3, 3, 5), (18,))))
    e = convolve(np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]), k, "nyxc", "fyxc", "nyxf", [1, 1], [1, 1], "yx") + v
    p.case([x, k, v], [e.astype(np.float32)])
    yield p
    p = Program("tosa_pools")
    a = p.arg([1, 8, 9, 17])
    p.line('%zp = "tosa.const"() {values = dense<0.0> : tensor<1xf32>} : () -> tensor<1xf32>')
    form = "kernel = array<i64: 2, 3>, stride = array<i64: 2, 3>, pad = array<i64: 0, 0, 0, 0>"
    p.ret(
        p.op(f"tosa.max_pool2d {a} {{{form}}} : ({a.type}) -> %r", [1, 4, 3, 17]),
        p.op(f"tosa.avg_pool2d {a}, %zp, %zp {{{form}, acc_type = f32}} : ({a.type}, tensor<1xf32>, tensor<1xf32>) -> %r", [1, 4, 3, 17]))
    x = random(rng_of("tp"), (1, 8, 9, 17), "f32")
    tiles = x.reshape(1, 4, 2, 3, 3, 17).astype(np.float64)
    p.case([x], [tiles.max((2, 4)).astype(np.float32), tiles.mean((2, 4)).astype(np.float32)])
    yield p
    p = Program("tosa_select_and_compare")
    a, b = p.arg(shape), p.arg(shape)
    c = p.op(f"tosa.greater {a}, {b} : ({a.type}, {b.type}) -> %r", shape, "i1")
    p.ret(p.op(f"tosa.select {c}, {a}, {b} : ({c.type}, {a.type}, {b.type}) -> %r", shape))
    x, y = random(rng_of("t1"), shape, "f32"), random(rng_of("t2"), shape, "f32")
    p.case([x, y], [np.maximum(x, y)])
    yield p
    p = Program("tosa_gather")
    a, i = p.arg([2, 9, 17]), p.arg([2, 5], "i32")
    p.ret(p.op(f"tosa.gather {a}, {i} : ({a.type}, {i.type}) -> %r", [2, 5, 17]))
    x, k = random(rng_of("tg"), (2, 9, 17), "f32"), rng_of("ti").integers(0, 9, (2, 5)).astype(np.int32)
    p.case([x, k], [np.stack([x[n][k[n]] for n in range(2)])])
    yield p
    p = Program("tosa_fft")
    a, b = p.arg([1, 4, 8]), p.arg([1, 4, 8])
    kinds = f"({a.type}, {b.type}) -> ({a.type}, {a.type})"
    p.line(f"%f:2 = tosa.fft2d {a}, {b} {{inverse = false}} : {kinds}")
    a.name, b.name = "%f#0", "%f#1"
    p.ret(a, b)
    x, y = random(rng_of("fft"), (1, 4, 8), "f32"), random(rng_of("fft2"), (1, 4, 8), "f32")
    z = np.fft.fft2(x + 1j * y)
    p.case([x, y], [z.real.astype(np.float32), z.imag.astype(np.float32)], tolerance=1e-4)
    yield p
