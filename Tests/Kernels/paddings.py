"""Tensors that get a border: who computes them writes them into the larger tensor, and fills what is around."""
import numpy as np

from contractions import body, wide
from convolutions import convolve
from program import NUMPY, Program, Value, is_float, random, rng_of


def pad(p, x, low, high, number=0):
    """`x` with a border of `number`."""
    dims = []
    for d, l, h in zip(x.dims, low, high):
        if isinstance(d, str) and l + h:
            name = p.fresh()
            p.line(f"{name} = arith.addi {d}, {p.index(l + h)} : index")
            d = name
        elif not isinstance(d, str):
            d += l + h
        dims.append(d)
    value = p.scalar(number, x.dtype)
    loops = ", ".join(f"%i{k}: index" for k in range(len(low)))
    return p.op(
        f"tensor.pad {x} low{list(low)} high{list(high)} {{\n  ^bb0({loops}):\n    tensor.yield {value} : {x.dtype}\n  }} : {x.type} to %r", dims, x.dtype)


def padded(array, low, high, number=0):
    return np.pad(array, list(zip(low, high)), constant_values=number)


def twice(p, x):
    """`x + x`."""
    return p.elementwise([x], f"%q = arith.add{'f' if is_float(x.dtype) else 'i'} %a, %a : {x.dtype}\nyield %q")


def sorted_rows():
    """A sort writes no border: its order is padded by a kernel of its own."""
    for count in (40, 300):
        p = Program(f"border_sorted_{count}")
        keys, name = p.arg([5, count], "i32"), p.fresh()
        order, memory = (p.empty([5, n], "i64") for n in (count, 2 * count))
        maps = ", ".join(f"affine_map<(r, i, w) -> ({axes})>" for axes in ("r, i", "r, i", "r, w"))
        iterators = ", ".join(f"#linalg.iterator_type<{kind}>" for kind in ("parallel", "reduction", "reduction"))
        p.line(
            f'{name}:2 = "rows.sort"({keys}, {order}, {memory}) {{indexing_maps = [{maps}], iterator_types = [{iterators}], '
            f"operandSegmentSizes = array<i32: 1, 2>}} : ({keys.type}, {order.type}, {memory.type}) -> ({order.type}, {memory.type})")
        p.ret(pad(p, Value(f"{name}#0", order.dims, "i64"), (1, 2), (0, 3), -1))
        x = rng_of(p.name).integers(0, 99, (5, count)).astype(np.int32)
        p.case([x], [padded(np.argsort(x, axis=1, kind="stable"), (1, 2), (0, 3), -1)])
        yield p


BORDERS = {
    "rows": ((3, 5, 17), (0, 1, 0), (0, 1, 0)), "columns": ((3, 5, 17), (0, 0, 2), (0, 0, 3)), "all": ((3, 5, 17), (1, 2, 3), (3, 2, 1)),
    "before": ((7, 33), (1, 1), (0, 0)), "behind": ((7, 33), (0, 0), (1, 1)), "image": ((1, 13, 13, 40), (0, 1, 1, 0), (0, 1, 1, 0)),
    "images": ((2, 7, 9, 16), (0, 1, 2, 0), (0, 2, 1, 0)), "large": ((1, 62, 62, 32), (0, 1, 1, 0), (0, 1, 1, 0)), "line": ((64,), (5,), (6,)),
    "batch": ((5, 3, 64), (2, 0, 0), (1, 0, 0)), "thin": ((4, 1, 9), (0, 1, 0), (0, 1, 0)), "wide": ((2, 3), (40, 0), (0, 50)),
}
# Readers of the tensor: the padding alone; others without the border; another padding; a padding of the padding with the same or with another value.
READERS = ("alone", "watched", "two", "same", "other")


def elementwise():
    for name, (shape, low, high) in BORDERS.items():
        for dtype in ("f32", "i8") + (("f16", "bf16", "f64", "i1", "i64") if name in ("all", "image") else ()):
            for dynamic in (False, True):
                for readers in READERS if dtype == "f32" else READERS[:2]:
                    p = Program(f"border_{name}_{dtype}_{readers}{'_dynamic' if dynamic else ''}")
                    x = p.arg([None if dynamic else s for s in shape], dtype)
                    y = x if dtype == "i1" else twice(p, x)
                    if dtype == "i1":
                        one = p.scalar(1, "i1")
                        y = p.elementwise([x], f"%q = arith.xori %a, {one} : i1\nyield %q")
                    number = 1 if dtype == "i1" else 7
                    z = pad(p, y, low, high, number)
                    more, results = [], [z]
                    if readers == "watched":
                        results.append(y)
                    if readers == "two":
                        results.append(pad(p, y, high, low, 3))
                    if readers in ("same", "other"):
                        results = [pad(p, z, high, high, number if readers == "same" else 2)]
                    p.ret(*results)
                    for case in [shape] + ([(1,) * len(shape), (0,) * len(shape), tuple(s + 15 for s in shape)] if dynamic else []):
                        data = random(rng_of(p.name), case, dtype)
                        e = ~data if dtype == "i1" else (data + data).astype(NUMPY[dtype])
                        first = padded(e, low, high, number)
                        if readers == "watched":
                            more = [e]
                        if readers == "two":
                            more = [padded(e, high, low, 3)]
                        if readers in ("same", "other"):
                            first = padded(first, high, high, number if readers == "same" else 2)
                        p.case([data], [first] + more)
                    yield p


def nests():
    """What else than elementwise operations can compute a tensor that is padded."""
    for rows in (7, 40, None):
        # A product with its bias and activation.
        p = Program(f"border_product_{rows or 'n'}")
        x, w, bias = p.arg([rows, 20]), p.arg([20, 33]), p.arg([33])
        y = p.generic([x, w], [p.fill([x.dims[0], 33], 0)], ["d0, d2", "d2, d1", "d0, d1"], "ppr", body("f32"))
        y = p.elementwise([y, bias], "%q = arith.addf %a, %b : f32\nyield %q", maps=["d0, d1", "d1"])
        p.ret(pad(p, y, (1, 2), (2, 1), 5), y)
        rng = rng_of(p.name)
        for n in (0, 1, 50) if rows is None else (rows,):
            arrays = random(rng, (n, 20), "f32"), random(rng, (20, 33), "f32"), random(rng, (33,), "f32")
            e = (wide(arrays[0]) @ wide(arrays[1]) + arrays[2]).astype(np.float32)
            p.case(arrays, [padded(e, (1, 2), (2, 1), 5), e])
        yield p
        # A softmax: its rows are written before they are whole.
        p = Program(f"border_softmax_{rows or 'n'}")
        x = p.arg([rows, 37])
        low, zero = p.fill([x.dims[0]], -np.inf), p.fill([x.dims[0]], 0)
        m = p.generic([x], [low], ["d0, d1", "d0"], "pr", "%q = arith.maximumf %a, %x : f32\nyield %q")
        e = p.elementwise([x, m], "%p = arith.subf %a, %b : f32\n%q = math.exp %p : f32\nyield %q", maps=["d0, d1", "d0"])
        s = p.generic([e], [zero], ["d0, d1", "d0"], "pr", "%q = arith.addf %a, %x : f32\nyield %q")
        y = p.elementwise([e, s], "%q = arith.divf %a, %b : f32\nyield %q", maps=["d0, d1", "d0"])
        p.ret(pad(p, y, (2, 3), (0, 4)), y)
        for n in (0, 1, 50) if rows is None else (rows,):
            data = random(rng_of(p.name), (n, 37), "f32")
            exp = np.exp(wide(data) - data.max(1, initial=-np.inf, keepdims=True))
            e = (exp / exp.sum(1, keepdims=True)).astype(np.float32)
            p.case([data], [padded(e, (2, 3), (0, 4)), e])
        yield p
        # Sums of rows, and a transposition.
        p = Program(f"border_sums_{rows or 'n'}")
        x = p.arg([rows, 64])
        y = p.generic([x], [p.fill([x.dims[0]], 0)], ["d0, d1", "d0"], "pr", "%q = arith.addf %a, %x : f32\nyield %q")
        t = p.generic([x], [p.empty([64, x.dims[0]])], ["d1, d0", "d0, d1"], "pp", "yield %a")
        p.ret(pad(p, y, (3,), (1,)), pad(p, t, (1, 1), (0, 2), 4))
        for n in (0, 1, 50) if rows is None else (rows,):
            data = random(rng_of(p.name), (n, 64), "f32")
            p.case([data], [padded(wide(data).sum(1).astype(np.float32), (3,), (1,)), padded(data.T, (1, 1), (0, 2), 4)])
        yield p


def convolutions():
    """Layers: what one computes is the padded image of the next."""
    for size, channels, features, dtype, stride, dilation, groups, dynamic in (
        (12, 16, 33, "f32", 1, 1, 1, False), (13, 32, 64, "f32", 1, 1, 1, False), (15, 8, 16, "f32", 2, 1, 1, True), (14, 16, 24, "f32", 1, 2, 1, True),
        (11, 16, 16, "f32", 2, 2, 4, False), (9, 16, 17, "f16", 1, 1, 1, False), (10, 32, 32, "i8", 1, 1, 1, False), (10, 12, 12, "i32", 2, 1, 3, True),
        (56, 64, 64, "f32", 1, 1, 1, False),
    ):
        p = Program(f"border_layers_{size}x{channels}x{features}_{dtype}_{stride}_{dilation}_{groups}{'_dynamic' if dynamic else ''}")
        kind = "f" if is_float(dtype) else "i"
        edge = None if dynamic else size
        x, w, v = p.arg([1, edge, edge, channels], dtype), p.arg([channels, features], dtype), p.arg([3, 3, features // groups, features], dtype)
        b = p.arg([features], dtype)
        y = p.generic(
            [x, w], [p.fill([1, x.dims[1], x.dims[2], features], 0, dtype)], ["d0, d1, d2, d4", "d4, d3", "d0, d1, d2, d3"], "ppppr",
            f"%m = arith.mul{kind} %a, %b : {dtype}\n%s = arith.add{kind} %x, %m : {dtype}\nyield %s")
        y = p.elementwise([y, b], f"%q = arith.add{kind} %a, %b : {dtype}\nyield %q", maps=["d0, d1, d2, d3", "d3"])
        # The border of quantized numbers is their zero point.
        number = 3 if kind == "i" else 0
        around = dilation
        z = pad(p, y, (0, around, around, 0), (0, around, around, 0), number)
        outs = []
        for d in x.dims[1:3]:
            if isinstance(d, str):
                one, part, out = p.fresh(), p.fresh(), p.fresh()
                p.line(f"{one} = arith.subi {d}, {p.index(1)} : index")
                p.line(f"{part} = arith.divsi {one}, {p.index(stride)} : index")
                p.line(f"{out} = arith.addi {part}, {p.index(1)} : index")
                outs.append(out)
            else:
                outs.append((d - 1) // stride + 1)
        s, d = stride, dilation
        y_axis, x_axis = f"d1 * {s} + d4 * {d}", f"d2 * {s} + d5 * {d}"
        multiply = f"%m = arith.mul{kind} %a, %b : {dtype}\n%s = arith.add{kind} %x, %m : {dtype}\nyield %s"
        if groups == 1:
            r = p.generic(
                [z, v], [p.fill([1, *outs, features], 0, dtype)],
                [f"d0, {y_axis}, {x_axis}, d6", "d4, d5, d6, d3", "d0, d1, d2, d3"], "pppprrr", multiply)
        else:
            share = features // groups
            shape = [1, *z.dims[1:3], groups, share]
            e = p.op(f"tensor.expand_shape {z} [[0], [1], [2], [3, 4]] output_shape [{p.list(shape)}] : {z.type} into %r", shape, dtype)
            k = [3, 3, share, groups, share]
            g = p.op(f"tensor.expand_shape {v} [[0], [1], [2], [3, 4]] output_shape {k} : {v.type} into %r", k, dtype)
            maps = [f"d0, {y_axis.replace('d4', 'd5')}, {x_axis.replace('d5', 'd6')}, d3, d7", "d5, d6, d7, d3, d4", "d0, d1, d2, d3, d4"]
            r = p.generic([e, g], [p.fill([1, *outs, groups, share], 0, dtype)], maps, "ppppprrr", multiply)
        p.ret(r)
        rng = rng_of(p.name)
        for n in (1, 5, 18) if dynamic else (size,):
            arrays = [random(rng, t, dtype) for t in ((1, n, n, channels), (channels, features), (3, 3, features // groups, features), (features,))]
            first = (wide(arrays[0]) @ wide(arrays[1]) + arrays[3]).astype(NUMPY[dtype])
            image = padded(first, (0, around, around, 0), (0, around, around, 0), number)
            if groups == 1:
                e = convolve(image, arrays[2], "nyxc", "yxcf", "nyxf", [stride] * 2, [dilation] * 2, "yx")
            else:
                split = image.reshape(*image.shape[:3], groups, -1)
                kernel = arrays[2].reshape(3, 3, features // groups, groups, -1)
                e = np.stack(
                    [convolve(split[:, :, :, g], kernel[:, :, :, g], "nyxc", "yxcf", "nyxf", [stride] * 2, [dilation] * 2, "yx") for g in range(groups)], 3)
            p.case(arrays, [e.astype(NUMPY[dtype])], tolerance=3e-4 if dtype == "f32" else 5e-2 if dtype == "f16" else None)
        yield p


def programs():
    yield from elementwise()
    yield from sorted_rows()
    yield from nests()
    yield from convolutions()
