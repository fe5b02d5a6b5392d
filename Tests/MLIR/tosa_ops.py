"""The dialect tosa: what models have of it, in floats, integers and quantized, with control flow and variables."""
import numpy as np

from elementwise import erf, truncated
from linalg_other import function
from program import NUMPY, Program, is_float, is_integer, numbers, rng, tensor, values, wrap

S = (2, 3, 4)


def simple(op, line, kinds, result, arrays, want, form, tolerance=None, shapes=None, out=None, extra=()):
    """One operation of tensors %a, %b, ...; 'T0', ... and 'R' are the types."""
    types = [tensor(s, k) for s, k in zip(shapes or [a.shape for a in arrays], kinds)]
    o = tensor(out or want.shape, result)
    for i, t in enumerate(types):
        line = line.replace(f"T{i}", t)
    names = [f"%{chr(97 + i)}" for i in range(len(types))]
    return Program(f"tosa.{op}", form, function(list(zip(names, types)), [*extra, f"%r = {line.replace('-> R', f'-> {o}')}"], [("%r", o)]), list(arrays), [want], tolerance)


UNARY = {"abs": np.abs, "ceil": np.ceil, "cos": np.cos, "erf": erf, "exp": np.exp, "floor": np.floor, "log": np.log, "reciprocal": lambda x: 1 / x, "rsqrt": lambda x: 1 / np.sqrt(x),
         "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "sin": np.sin, "tanh": np.tanh}
BINARY = {"add": np.add, "sub": np.subtract, "maximum": np.maximum, "minimum": np.minimum, "pow": np.power}


def elementwise():
    for name, f in UNARY.items():
        for t in ("f32", "f16", "bf16"):
            x = values(rng("tosa", name, t), S, t, 0.2, 3)
            want = f(x.astype(np.float64)).astype(NUMPY[t])
            yield simple(name, f"tosa.{name} %a : (T0) -> R", [t], t, [x], want, t)
            if t == "f32":
                yield simple(name, f"tosa.{name} %a : (T0) -> R", [t], t, [x], want, f"{t} dynamic", shapes=[(None, 3, 4)], out=(None, 3, 4))
    for name, f in BINARY.items():
        for t in ("f32", "f16", "bf16", "i32"):
            if t == "i32" and name == "pow":
                continue
            r = rng("tosa", name, t)
            x, y = ((r.integers(-9, 9, S).astype(np.int32), r.integers(-9, 9, (1, 3, 1)).astype(np.int32)) if t == "i32" else (values(r, S, t, 0.2, 3), values(r, (1, 3, 1), t, 0.2, 3)))
            want = f(x.astype(np.float64), y.astype(np.float64)).astype(NUMPY[t])
            yield simple(name, f"tosa.{name} %a, %b : (T0, T1) -> R", [t, t], t, [x, y], want, f"{t} broadcast")
            if t == "f32":
                yield simple(name, f"tosa.{name} %a, %b : (T0, T1) -> R", [t, t], t, [x, y], want, f"{t} broadcast dynamic", shapes=[(None, 3, 4), (1, 3, 1)], out=(None, 3, 4))
    r = rng("tosa int")
    x, y = r.integers(-100, 100, S).astype(np.int32), r.integers(1, 9, S).astype(np.int32)
    for t in ("i8", "i16", "i32"):
        p, q = x.astype(NUMPY[t]), y.astype(NUMPY[t])
        for name, f in (("bitwise_and", np.bitwise_and), ("bitwise_or", np.bitwise_or), ("bitwise_xor", np.bitwise_xor)):
            yield simple(name, f"tosa.{name} %a, %b : (T0, T1) -> R", [t, t], t, [p, q], f(p, q), t)
        yield simple("bitwise_not", "tosa.bitwise_not %a : (T0) -> R", [t], t, [p], ~p, t)
        s = np.minimum(q, 7)
        yield simple("logical_left_shift", "tosa.logical_left_shift %a, %b : (T0, T1) -> R", [t, t], t, [p, s], wrap(numbers(p, t) * 2 ** numbers(s, t), t), t)
        yield simple("logical_right_shift", "tosa.logical_right_shift %a, %b : (T0, T1) -> R", [t, t], t, [p, s], wrap(numbers(p, t, False) // 2 ** numbers(s, t), t), t)
        for rounds in (False, True):
            n = numbers(p, t)
            shifted = n // 2 ** numbers(s, t) + (np.frompyfunc(lambda a, b: (a >> (b - 1)) & 1 if b else 0, 2, 1)(n, numbers(s, t)) if rounds else 0)
            yield simple("arithmetic_right_shift", f"tosa.arithmetic_right_shift %a, %b {{round = {str(rounds).lower()}}} : (T0, T1) -> R", [t, t], t, [p, s], wrap(shifted, t), f"{t}{' rounded' if rounds else ''}")
        yield simple("abs", "tosa.abs %a : (T0) -> R", [t], t, [p], np.abs(p), t) if t == "i32" else simple("bitwise_not", "tosa.bitwise_not %a : (T0) -> R", [t], t, [q], ~q, f"{t} of small numbers")
    yield simple("clz", "tosa.clz %a : (T0) -> R", ["i32"], "i32", [x], np.array([32 - (int(v) & 0xFFFFFFFF).bit_length() for v in x.ravel()], np.int32).reshape(S), "i32")
    yield simple("intdiv", "tosa.intdiv %a, %b : (T0, T1) -> R", ["i32", "i32"], "i32", [x, y], wrap(np.frompyfunc(truncated, 2, 1)(numbers(x, "i32"), numbers(y, "i32")), "i32"), "i32")
    for name, f in (("equal", np.equal), ("greater", np.greater), ("greater_equal", np.greater_equal)):
        for t in ("f32", "f16", "bf16", "i32"):
            p, q = (x.astype(NUMPY[t]), (x % 3 * 20).astype(NUMPY[t]))
            yield simple(name, f"tosa.{name} %a, %b : (T0, T1) -> R", [t, t], "i1", [p, q], f(p, q), t)
    c, d = r.random(S) < 0.5, r.random(S) < 0.5
    for name, f in (("logical_and", np.logical_and), ("logical_or", np.logical_or), ("logical_xor", np.logical_xor)):
        yield simple(name, f"tosa.{name} %a, %b : (T0, T1) -> R", ["i1", "i1"], "i1", [c, d], f(c, d), "i1")
    yield simple("logical_not", "tosa.logical_not %a : (T0) -> R", ["i1"], "i1", [c], ~c, "i1")
    for t in ("f32", "i8", "i32", "bf16", "i1"):
        p, q = values(rng("sel", t), S, t), values(rng("sel2", t), S, t)
        yield simple("select", "tosa.select %a, %b, %c : (T0, T1, T2) -> R", ["i1", t, t], t, [c, p, q], np.where(c, p, q), t)
    shift = ['%z = "tosa.const"() {values = dense<0> : tensor<1xi8>} : () -> tensor<1xi8>']
    for t in ("f32", "f16", "bf16", "i32"):
        p, q = (x.astype(NUMPY[t]), y.astype(NUMPY[t]))
        yield simple("mul", "tosa.mul %a, %b, %z : (T0, T1, tensor<1xi8>) -> R", [t, t], t, [p, q], (p.astype(np.float64) * q.astype(np.float64)).astype(NUMPY[t]), t, extra=shift)
    for t in ("i8", "i16"):
        p, q = x.astype(NUMPY[t]), y.astype(NUMPY[t])
        yield simple("mul", "tosa.mul %a, %b, %z : (T0, T1, tensor<1xi8>) -> R", [t, t], "i32", [p, q], p.astype(np.int32) * q, f"{t} to i32", extra=shift)
    big = r.integers(-2 ** 30, 2 ** 30, S).astype(np.int32)
    yield simple("mul", "tosa.mul %a, %b, %z : (T0, T1, tensor<1xi8>) -> R", ["i32", "i32"], "i32", [big, y],
                 wrap(np.frompyfunc(lambda a, b: (a * b + (1 << 4)) >> 5, 2, 1)(numbers(big, "i32"), numbers(y, "i32")), "i32"), "i32, shifted",
                 extra=['%z = "tosa.const"() {values = dense<5> : tensor<1xi8>} : () -> tensor<1xi8>'])
    zero = lambda t: f'%z = "tosa.const"() {{values = dense<0{".0" if is_float(t) else ""}> : tensor<1x{t}>}} : () -> tensor<1x{t}>'
    for t in ("f32", "f16", "bf16", "i32", "i8", "i16"):
        p = np.clip(x, -100, 100).astype(NUMPY[t])
        lines = [zero(t), zero(t).replace("%z", "%y")]
        yield simple("negate", f"tosa.negate %a, %z, %y : (T0, tensor<1x{t}>, tensor<1x{t}>) -> R", [t], t, [p], -p, t, extra=lines)
        low, high = ("-2.0 : " + t, "5.0 : " + t) if is_float(t) else (f"-20 : {t}", f"50 : {t}")
        if t != "i32":
            yield simple("clamp", f"tosa.clamp %a {{min_val = {low}, max_val = {high}}} : (T0) -> R", [t], t, [p], np.clip(p, *( (NUMPY[t](-2), NUMPY[t](5)) if is_float(t) else (-20, 50))).astype(NUMPY[t]), t)
    t8 = rng("table").integers(-128, 128, 256).astype(np.int8)
    p = x.astype(np.int8)
    yield simple("table", "tosa.table %a, %b : (T0, T1) -> R", ["i8", "i8"], "i8", [p, t8], t8[p.astype(int) + 128], "i8")
    t16 = rng("table16").integers(-2 ** 15, 2 ** 15, 513).astype(np.int16)
    p = rng("p16").integers(-2 ** 15, 2 ** 15, S).astype(np.int16)
    i, fr = (p.astype(int) >> 7) + 256, p.astype(int) & 127
    yield simple("table", "tosa.table %a, %b : (T0, T1) -> R", ["i16", "i16"], "i32", [p, t16], ((t16[i].astype(int) << 7) + (t16[i + 1].astype(int) - t16[i]) * fr).astype(np.int32), "i16")


def casts():
    for a in ("i8", "i16", "i32", "f32", "f16", "bf16", "i1"):
        for b in ("i8", "i16", "i32", "f32", "f16", "bf16", "i1"):
            if a == b or {a, b} == {"f16", "bf16"}:
                continue
            if is_float(a):
                x = np.array([0.4, 0.5, 1.5, 2.5, -0.5, -1.5, -100.25, 90.0, 1e4, -3e4, 0.0, 7.75]).astype(NUMPY[a])
            else:
                x = values(rng("cast", a, b), (12,), a)
                if b == "f16":
                    x = np.where(np.array(np.abs(numbers(x, a)) > 60000, bool), np.array(1, x.dtype), x)
            wide = x.astype(np.float64) if is_float(a) else numbers(x, a, a != "i1").astype(object)
            if b == "i1":
                want = np.array([bool(v != 0) for v in x.astype(np.float64)])
            elif is_integer(b) and is_float(a):
                bits = {"i8": 8, "i16": 16, "i32": 32}[b]
                want = np.clip(np.rint(wide), -2.0 ** (bits - 1), 2.0 ** (bits - 1) - 1).astype(np.int64).astype(NUMPY[b])
            elif is_integer(b):
                want = wrap(wide, b)
            else:
                want = np.array([float(v) for v in wide]).astype(NUMPY[b])
            yield simple("cast", "tosa.cast %a : (T0) -> R", [a], b, [x], want, f"{a} to {b}")


def moved_constants():
    """A constant that is moved is a constant that folds of arithmetic would see."""
    c = np.array([[True, False, True]])
    shape = lambda name, sizes: f"{name} = tosa.const_shape {{values = dense<{sizes}> : tensor<{len(sizes)}xindex>}} : () -> !tosa.shape<{len(sizes)}>"
    moves = {
        "reshape": ("tosa.reshape %c, %s : (tensor<1x3xi1>, !tosa.shape<2>)", c.reshape(3, 1), [shape("%s", [3, 1])]),
        "transpose": ("tosa.transpose %c {perms = array<i32: 1, 0>} : (tensor<1x3xi1>)", c.T, []),
        "reverse": ("tosa.reverse %c {axis = 1 : i32} : (tensor<1x3xi1>)", c[:, ::-1], []),
        "concat": ("tosa.concat %c, %c {axis = 0 : i32} : (tensor<1x3xi1>, tensor<1x3xi1>)", np.concatenate([c, c]), []),
        "tile": ("tosa.tile %c, %s : (tensor<1x3xi1>, !tosa.shape<2>)", np.tile(c, (2, 1)), [shape("%s", [2, 1])]),
        "slice": ("tosa.slice %c, %s, %n : (tensor<1x3xi1>, !tosa.shape<2>, !tosa.shape<2>)", c[:, :1], [shape("%s", [0, 0]), shape("%n", [1, 1])]),
        "identity": ("tosa.identity %c : (tensor<1x3xi1>)", c, []),
    }
    for name, (line, moved, extra) in moves.items():
        k = tensor(moved.shape, "i1")
        yield Program("tosa.cast", f"i1 to f32, of a constant after {name}", function([], ['%c = "tosa.const"() {values = dense<[[true, false, true]]> : tensor<1x3xi1>} : () -> tensor<1x3xi1>', *extra,
            f"%m = {line} -> {k}", f"%r = tosa.cast %m : ({k}) -> {tensor(moved.shape, 'f32')}"], [("%r", tensor(moved.shape, "f32"))]), [], [moved.astype(np.float32)])


def movement():
    for t in ("f32", "i8", "bf16", "i1", "f16", "i32", "i16"):
        x = values(rng("move", t), S, t)
        yield simple("concat", "tosa.concat %a, %b {axis = 1 : i32} : (T0, T1) -> R", [t, t], t, [x, x], np.concatenate([x, x], 1), t)
        yield simple("reverse", "tosa.reverse %a {axis = 2 : i32} : (T0) -> R", [t], t, [x], x[..., ::-1], t)
        yield simple("transpose", "tosa.transpose %a {perms = array<i32: 2, 0, 1>} : (T0) -> R", [t], t, [x], x.transpose(2, 0, 1), t)
        yield simple("reshape", "tosa.reshape %a, %s : (T0, !tosa.shape<2>) -> R", [t], t, [x], x.reshape(4, 6), t, extra=["%s = tosa.const_shape {values = dense<[4, 6]> : tensor<2xindex>} : () -> !tosa.shape<2>"])
        yield simple("tile", "tosa.tile %a, %s : (T0, !tosa.shape<3>) -> R", [t], t, [x], np.tile(x, (2, 1, 3)), t, extra=["%s = tosa.const_shape {values = dense<[2, 1, 3]> : tensor<3xindex>} : () -> !tosa.shape<3>"])
        yield simple("slice", "tosa.slice %a, %s, %n : (T0, !tosa.shape<3>, !tosa.shape<3>) -> R", [t], t, [x], x[0:2, 1:3, 1:3], t, extra=[
            "%s = tosa.const_shape {values = dense<[0, 1, 1]> : tensor<3xindex>} : () -> !tosa.shape<3>", "%n = tosa.const_shape {values = dense<[2, 2, 2]> : tensor<3xindex>} : () -> !tosa.shape<3>"])
        c = {"i1": "true"}.get(t, "1.0" if is_float(t) else "1")
        yield simple("pad", f"tosa.pad %a, %s, %p : (T0, !tosa.shape<6>, tensor<1x{t}>) -> R", [t], t, [x], np.pad(x, ((0, 1), (1, 1), (2, 0)), constant_values=NUMPY[t](1)), t, extra=[
            "%s = tosa.const_shape {values = dense<[0, 1, 1, 1, 2, 0]> : tensor<6xindex>} : () -> !tosa.shape<6>", f'%p = "tosa.const"() {{values = dense<{c}> : tensor<1x{t}>}} : () -> tensor<1x{t}>'])
        yield simple("identity", "tosa.identity %a : (T0) -> R", [t], t, [x], x, t)
        if t != "i1":
            v, k = values(rng("gather", t), (2, 5, 3), t), np.array([[4, 0, 1], [2, 2, 3]], np.int32)
            yield simple("gather", "tosa.gather %a, %b : (T0, T1) -> R", [t, "i32"], t, [v, k], np.stack([v[n][k[n]] for n in range(2)]), t)
            u, w = values(rng("scatter", t), (2, 2, 3), t), v.copy()
            k2 = np.array([[4, 0], [2, 3]], np.int32)
            for n in range(2):
                w[n][k2[n]] = u[n]
            yield simple("scatter", "tosa.scatter %a, %b, %c : (T0, T1, T2) -> R", [t, "i32", t], t, [v, k2, u], w, t)


def reductions():
    for t in ("f32", "f16", "bf16", "i32"):
        x = rng("red", t).integers(-4, 5, S).astype(NUMPY[t])
        for name, f in (("sum", np.sum), ("max", np.max), ("min", np.min), ("product", np.prod)):
            if name == "product" and t == "i32":
                continue
            yield simple(f"reduce_{name}", f"tosa.reduce_{name} %a {{axis = 1 : i32}} : (T0) -> R", [t], t, [x], f(x.astype(np.float64), 1, keepdims=True).astype(NUMPY[t]), t)
            if t == "f32":
                yield simple(f"reduce_{name}", f"tosa.reduce_{name} %a {{axis = 1 : i32}} : (T0) -> R", [t], t, [x], f(x.astype(np.float64), 1, keepdims=True).astype(NUMPY[t]), f"{t} dynamic",
                             shapes=[(None, None, 4)], out=(None, 1, 4))
    x = rng("bool").random(S) < 0.5
    for name, f in (("all", np.all), ("any", np.any)):
        yield simple(f"reduce_{name}", f"tosa.reduce_{name} %a {{axis = 2 : i32}} : (T0) -> R", ["i1"], "i1", [x], f(x, 2, keepdims=True), "i1")
    for t in ("f32", "f16", "bf16", "i8", "i16"):
        x = values(rng("argmax", t), S, t)
        yield simple("argmax", "tosa.argmax %a {axis = 1 : i32} : (T0) -> R", [t], "i32", [x], np.argmax(x.astype(np.float64), 1).astype(np.int32), t)


def rescale(v, multiplier, shift, in_zp, out_zp, low, high, double):
    """The scaling of the standard, with 32-bit multipliers."""
    out = np.zeros(v.shape, np.int64)
    for i, n in enumerate(v.ravel()):
        n = int(n) - in_zp
        rounding = 1 << shift - 1
        if double and shift > 31:
            rounding += (1 << 30) if n >= 0 else -(1 << 30)
        out.ravel()[i] = min(max((n * multiplier + rounding >> shift) + out_zp, low), high)
    return out


def rescales():
    for a, b in (("i32", "i8"), ("i8", "i8"), ("i8", "i32"), ("i16", "i8"), ("i32", "i16"), ("i8", "i16"), ("i48", "i16")):
        r = rng("rescale", a, b)
        x = (r.integers(-2 ** 20, 2 ** 20, (3, 5)) if a in ("i32", "i48") else r.integers(-100, 100, (3, 5))).astype(np.int64 if a == "i48" else NUMPY[a])
        wide = a != "i48"
        multiplier, shift = (1342177280, 45 if a in ("i32", "i48") else 31) if wide else (20480, 32)
        if b == "i32":
            shift = 24
        in_zp = 7 if a == "i8" else 0
        out_zp = -5 if b == "i8" else 0
        bits = {"i8": 8, "i16": 16, "i32": 32}[b]
        for mode in ("SINGLE_ROUND", "DOUBLE_ROUND"):
            if mode == "DOUBLE_ROUND" and not wide:
                continue
            want = rescale(x, multiplier, shift, in_zp, out_zp, -2 ** (bits - 1), 2 ** (bits - 1) - 1, mode == "DOUBLE_ROUND").astype(NUMPY[b])
            m = "i32" if wide else "i16"
            extra = [f'%m = "tosa.const"() {{values = dense<{multiplier}> : tensor<1x{m}>}} : () -> tensor<1x{m}>', f'%s = "tosa.const"() {{values = dense<{shift}> : tensor<1xi8>}} : () -> tensor<1xi8>',
                     f'%p = "tosa.const"() {{values = dense<{in_zp}> : tensor<1x{a}>}} : () -> tensor<1x{a}>', f'%q = "tosa.const"() {{values = dense<{out_zp}> : tensor<1x{b}>}} : () -> tensor<1x{b}>']
            yield simple("rescale", f"tosa.rescale %a, %m, %s, %p, %q {{scale32 = {str(wide).lower()}, rounding_mode = {mode}, per_channel = false, input_unsigned = false, output_unsigned = false}} : "
                         f"(T0, tensor<1x{m}>, tensor<1xi8>, tensor<1x{a}>, tensor<1x{b}>) -> R", [a], b, [x], want, f"{a} to {b}, {mode}", extra=extra)
    r = rng("rescale channels")
    x = r.integers(-2 ** 20, 2 ** 20, (3, 4)).astype(np.int32)
    m, s = [1342177280, 1073741824, 2000000000, 1500000000], [44, 43, 45, 46]
    want = np.stack([rescale(x[:, i], m[i], s[i], 0, 3, -128, 127, False) for i in range(4)], 1).astype(np.int8)
    extra = [f'%m = "tosa.const"() {{values = dense<{m}> : tensor<4xi32>}} : () -> tensor<4xi32>', f'%s = "tosa.const"() {{values = dense<{s}> : tensor<4xi8>}} : () -> tensor<4xi8>',
             '%p = "tosa.const"() {values = dense<0> : tensor<1xi32>} : () -> tensor<1xi32>', '%q = "tosa.const"() {values = dense<3> : tensor<1xi8>} : () -> tensor<1xi8>']
    yield simple("rescale", "tosa.rescale %a, %m, %s, %p, %q {scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = true, input_unsigned = false, output_unsigned = false} : "
                 "(T0, tensor<4xi32>, tensor<4xi8>, tensor<1xi32>, tensor<1xi8>) -> R", ["i32"], "i8", [x], want, "i32 to i8, per channel", extra=extra)


def resizes():
    for a, b in (("f32", "f32"), ("i8", "i8"), ("f16", "f16"), ("bf16", "bf16"), ("i8", "i32")):
        x = rng("resize", a).integers(-20, 20, (1, 2, 3, 2)).astype(NUMPY[a])
        mode = "BILINEAR" if is_float(a) or b == "i32" else "NEAREST_NEIGHBOR"
        extra = ["%s = tosa.const_shape {values = dense<[4, 2, 4, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>", "%o = tosa.const_shape {values = dense<[0, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>",
                 "%e = tosa.const_shape {values = dense<[0, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>"]
        want = np.zeros((1, 3, 5, 2))
        for i, j in np.ndindex(3, 5):
            y, v, dy, dx = i * 2 // 4, j * 2 // 4, i * 2 % 4 / 4, j * 2 % 4 / 4
            y1, v1 = min(y + 1, 1), min(v + 1, 2)
            xf = x.astype(float)
            if mode == "BILINEAR":
                want[0, i, j] = (xf[0, y, v] * (1 - dy) * (1 - dx) + xf[0, y, v1] * (1 - dy) * dx + xf[0, y1, v] * dy * (1 - dx) + xf[0, y1, v1] * dy * dx) * (16 if b == "i32" else 1)
            else:
                want[0, i, j] = xf[0, y1 if dy >= 0.5 else y, v1 if dx >= 0.5 else v]
        yield simple("resize", f"tosa.resize %a, %s, %o, %e {{mode = {mode}}} : (T0, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> R", [a], b, [x], want.astype(NUMPY[b]), f"{a} to {b} {mode}", extra=extra)


def flow():
    x = values(rng("flow"), (4,), "f32")
    k = "tensor<4xf32>"
    for flag in (True, False):
        yield Program("tosa.cond_if", str(flag).lower(), function([("%a", k), ("%c", "tensor<i1>")], [f"%r = tosa.cond_if %c : tensor<i1> -> {k} {{", f"  %s = tosa.add %a, %a : ({k}, {k}) -> {k}",
            f"  tosa.yield %s : {k}", "} else {", f"  %t = tosa.exp %a : ({k}) -> {k}", f"  tosa.yield %t : {k}", "}"], [("%r", k)]), [x, np.array(flag)], [x * 2 if flag else np.exp(x)])
    yield Program("tosa.while_loop", "a count and a tensor", function([("%a", k), ("%n", "tensor<i32>")], ['%z = "tosa.const"() {values = dense<0> : tensor<i32>} : () -> tensor<i32>',
        '%o = "tosa.const"() {values = dense<1> : tensor<i32>} : () -> tensor<i32>', f"%w:2 = tosa.while_loop (%i = %z, %v = %a) : (tensor<i32>, {k}) -> (tensor<i32>, {k}) {{",
        "  %c = tosa.greater %n, %i : (tensor<i32>, tensor<i32>) -> tensor<i1>", "  tosa.yield %c : tensor<i1>", "} do {", f"^bb0(%j: tensor<i32>, %u: {k}):",
        "  %h = tosa.add %j, %o : (tensor<i32>, tensor<i32>) -> tensor<i32>", f"  %s = tosa.add %u, %a : ({k}, {k}) -> {k}", f"  tosa.yield %h, %s : tensor<i32>, {k}", "}"], [("%w#1", k)]),
        [x, np.int32(3)], [x * 4])
    yield Program("tosa.variable", "read and written", "tosa.variable @g = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>\n" + function([("%a", k)], [f"%v = tosa.variable_read @g : {k}",
        f"%r = tosa.add %a, %v : ({k}, {k}) -> {k}", f"tosa.variable_write @g, %r : {k}"], [("%r", k)]), refusal="variable")
    yield Program("tosa.custom", "any", function([("%a", k)], [f'%r = tosa.custom %a {{domain_name = "x", implementation_attrs = "", operator_name = "y"}} : ({k}) -> {k}'], [("%r", k)]), refusal="tosa.custom")
    z = rng("fft").standard_normal((1, 4, 8)).astype(np.float32)
    f = np.fft.rfft2(z).astype(np.complex64)
    o = "tensor<1x4x5xf32>"
    yield Program("tosa.rfft2d", "f32", function([("%a", "tensor<1x4x8xf32>")], [f"%r:2 = tosa.rfft2d %a : (tensor<1x4x8xf32>) -> ({o}, {o})"], [("%r#0", o), ("%r#1", o)]), [z], [f.real, f.imag], 1e-4)
    g = np.fft.fft2(z).astype(np.complex64)
    o = "tensor<1x4x8xf32>"
    yield Program("tosa.fft2d", "f32", function([("%a", o)], [f"%r:2 = tosa.fft2d %a, %a {{inverse = false}} : ({o}, {o}) -> ({o}, {o})"], [("%r#0", o), ("%r#1", o)]), [z],
                  [(g * (1 + 1j)).real, (g * (1 + 1j)).imag], 1e-4)
    # A small model: a dynamic batch, a layer, a choice.
    yield Program("tosa.const", "i8 and f32", function([("%a", k)], [f'%w = "tosa.const"() {{values = dense<[1.0, 2.0, 3.0, 4.0]> : {k}}} : () -> {k}', f"%r = tosa.add %a, %w : ({k}, {k}) -> {k}"], [("%r", k)]), [x],
                  [x + np.arange(1, 5, dtype=np.float32)])


def programs():
    yield from elementwise()
    yield from casts()
    yield from moved_constants()
    yield from movement()
    yield from reductions()
    yield from rescales()
    yield from resizes()
    yield from flow()
