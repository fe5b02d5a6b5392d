"""Operations that move elements: transposition, padding, slices, concatenation, gathering, reshapes."""
import itertools

import numpy as np

from program import NUMPY, SIZES, Program, random, rng_of


def transpositions():
    sizes = (3, 5, 17, 2, 4)
    for rank in range(2, 6):
        for permutation in itertools.permutations(range(rank)):
            if rank >= 4 and sum(permutation[i] * (i + 3) for i in range(rank)) % (3 if rank == 4 else 17):
                continue
            for dynamic in (False, True):
                p = Program("transpose_" + "".join(map(str, permutation)) + ("_dynamic" if dynamic else ""))
                x = p.arg([None if dynamic else s for s in sizes[:rank]])
                out = p.empty([x.dims[a] for a in permutation])
                p.ret(p.op(f"linalg.transpose ins({x} : {x.type}) outs({out} : {out.type}) permutation = {list(permutation)}", out.dims))
                for shape in [sizes[:rank]] + ([(1,) * rank, (0,) * rank, tuple(reversed(sizes[:rank]))] if dynamic else []):
                    data = random(rng_of(p.name), shape, "f32")
                    p.case([data], [data.transpose(permutation)])
                yield p
    p = Program("transpose_sizes")
    x = p.arg([None, None])
    out = p.empty([x.dims[1], x.dims[0]])
    p.ret(p.op(f"linalg.transpose ins({x} : {x.type}) outs({out} : {out.type}) permutation = [1, 0]", out.dims))
    for s, o in itertools.product(SIZES, (1, 16, 33)):
        data = random(rng_of(p.name), (s, o), "f32")
        p.case([data], [data.T])
    yield p
    for m, n in itertools.product((1, 7, 16, 17, 64, 100), (1, 15, 16, 33, 64)):
        for dtype in ("f32", "i8", "f64") if (m, n) in ((17, 33), (64, 64), (16, 16)) else ("f32",):
            p = Program(f"transpose_{m}x{n}_{dtype}")
            x = p.arg([m, n], dtype)
            t = p.generic([x], [p.empty([n, m], dtype)], ["d1, d0", "d0, d1"], "pp", "yield %a")
            kind = "f" if "f" in dtype else "i"
            p.ret(t, p.elementwise([t], f"%s = arith.add{kind} %a, %a : {dtype}\nyield %s"))
            data = random(rng_of(p.name), (m, n), dtype)
            p.case([data], [data.T, (data + data).T])
            yield p


def pads():
    for shape, low, high, dtype in (
        ((5, 17), (1, 2), (2, 3), "f32"), ((5, 17), (0, 1), (0, 0), "f32"), ((3, 1), (0, 16), (0, 15), "f32"), ((2, 3, 4, 5), (0, 1, 1, 0), (0, 2, 1, 0), "f32"),
        ((17,), (3,), (0,), "i8"), ((17, 2), (0, 0), (5, 5), "i64"), ((0, 4), (2, 0), (1, 0), "f32"), ((4, 9), (1, 1), (1, 1), "i1"),
    ):
        for dynamic in (False, True):
            p = Program("pad_" + "x".join(map(str, shape)) + f"_{dtype}{'_dynamic' if dynamic else ''}_{low[-1]}")
            x = p.arg([None if dynamic else s for s in shape], dtype)
            fill = p.scalar(1 if dtype == "i1" else 7, dtype)
            dims = []
            for d, l, h in zip(x.dims, low, high):
                if isinstance(d, str):
                    name = p.fresh()
                    p.line(f"{name} = arith.addi {d}, {p.index(l + h)} : index")
                    d = name
                else:
                    d += l + h
                dims.append(d)
            arguments = ", ".join(f"%i{k}: index" for k in range(len(shape)))
            p.ret(p.op(f"tensor.pad {x} low{list(low)} high{list(high)} {{\n  ^bb0({arguments}):\n    tensor.yield {fill} : {dtype}\n  }} : {x.type} to %r", dims, dtype))
            for case in [shape] + ([(1,) * len(shape), (0,) * len(shape), tuple(s + 15 for s in shape)] if dynamic else []):
                data = random(rng_of(p.name), case, dtype)
                p.case([data], [np.pad(data, list(zip(low, high)), constant_values=True if dtype == "i1" else 7)])
            yield p
    p = Program("pad_index_value")
    x = p.arg([3, 4])
    p.ret(p.op(
        f"tensor.pad {x} low[1, 0] high[0, 13] {{\n  ^bb0(%i: index, %j: index):\n    %s = arith.addi %i, %j : index\n    %t = arith.index_cast %s : index to i32\n"
        f"    %f = arith.sitofp %t : i32 to f32\n    tensor.yield %f : f32\n  }} : {x.type} to %r", [4, 17]))
    data = random(rng_of(p.name), (3, 4), "f32")
    e = np.add.outer(np.arange(4), np.arange(17)).astype(np.float32)
    e[1:, :4] = data
    p.case([data], [e])
    yield p
    # Padding between operations on both sides.
    p = Program("pad_fused")
    x = p.arg([None, 20])
    y = p.elementwise([x], "%q = arith.mulf %a, %a : f32\nyield %q")
    zero = p.scalar(0)
    y = p.op(f"tensor.pad {y} low[0, 3] high[0, 2] {{\n  ^bb0(%i: index, %j: index):\n    tensor.yield {zero} : f32\n  }} : {y.type} to %r", [y.dims[0], 25])
    s = p.generic([y], [p.fill([y.dims[0]], 0)], ["d0, d1", "d0"], "pr", "%p = arith.addf %a, %x : f32\nyield %p")
    p.ret(p.elementwise([y], "%q = arith.negf %a : f32\nyield %q"), s)
    for n in (0, 1, 17):
        data = random(rng_of(p.name), (n, 20), "f32")
        e = np.pad(data * data, [(0, 0), (3, 2)])
        p.case([data], [-e, e.astype(np.float64).sum(1).astype(np.float32)])
    yield p


def slices():
    for shape, offsets, sizes, strides in (
        ((20, 40), (3, 5), (10, 17), (1, 1)), ((20, 40), (0, 0), (20, 20), (1, 2)), ((20, 40), (1, 2), (7, 12), (2, 3)), ((5, 6, 33), (2, 0, 1), (1, 6, 32), (1, 1, 1)),
        ((40,), (39,), (1,), (1,)), ((4, 9), (1, 3), (0, 4), (1, 1)), ((3, 4, 5, 6), (0, 1, 2, 3), (3, 2, 3, 3), (1, 2, 1, 1)),
    ):
        label = "x".join(map(str, shape)) + "_" + "x".join(map(str, strides)) + f"_{offsets[-1]}"
        where = tuple(slice(o, o + (n - 1) * s + 1 if n else o, s) for o, n, s in zip(offsets, sizes, strides))
        for dynamic in (False, True):
            p = Program(f"extract_slice_{label}{'_dynamic' if dynamic else ''}")
            x = p.arg([None if dynamic else s for s in shape])
            o, n = list(offsets), list(sizes)
            if dynamic:  # offsets and sizes that come from an input
                scalars = p.arg([2], "i64")
                for k in range(2):
                    element, position = p.fresh(), p.fresh()
                    p.line(f"{element} = tensor.extract {scalars}[{p.index(k)}] : {scalars.type}")
                    p.line(f"{position} = arith.index_cast {element} : i64 to index")
                    (o if k == 0 else n)[-1] = position
            text = f"tensor.extract_slice {x}[{p.list(o)}] [{p.list(n)}] {list(strides)} : {x.type} to %r"
            r = p.op(text, n)
            p.ret(r, p.elementwise([r], "%q = arith.addf %a, %a : f32\nyield %q"))
            data = random(rng_of(p.name), shape, "f32")
            extra = [np.array([offsets[-1], sizes[-1]])] if dynamic else []
            p.case([data] + extra, [data[where], data[where] * 2])
            yield p
            p = Program(f"insert_slice_{label}{'_dynamic' if dynamic else ''}")
            y = p.arg([None if dynamic else s for s in shape])
            x = p.arg([None if dynamic else s for s in sizes])
            r = p.op(f"tensor.insert_slice {x} into {y}[{p.list(offsets)}] [{p.list(x.dims)}] {list(strides)} : {x.type} into %r", y.dims)
            p.ret(r, y)
            small, big = random(rng_of(p.name), sizes, "f32"), random(rng_of(p.name + "y"), shape, "f32")
            e = big.copy()
            e[where] = small
            p.case([big, small], [e, big])
            yield p
    p = Program("slice_rank_reduced")
    x = p.arg([4, None, 33])
    a = p.op(f"tensor.extract_slice {x}[2, 0, 0] [1, {x.dims[1]}, 33] [1, 1, 1] : {x.type} to %r", [x.dims[1], 33])
    b = p.op(f"tensor.extract_slice {x}[0, 1, 5] [4, 1, 1] [1, 1, 1] : {x.type} to %r", [4])
    p.ret(a, b)
    for n in (2, 17):
        data = random(rng_of(p.name), (4, n, 33), "f32")
        p.case([data], [data[2], data[:, 1, 5]])
    yield p


def concatenations():
    for axis, parts in itertools.product((0, 1, 2), ((5, 17), (1, 1, 1), (16, 16), (33, 0, 7), (2,))):
        for dynamic in (False, True):
            for dtype in ("f32", "i8"):
                p = Program(f"concat_{axis}_{'x'.join(map(str, parts))}_{dtype}{'_dynamic' if dynamic else ''}")
                shapes = [[part if a == axis else s for a, s in enumerate((3, 4, 20))] for part in parts]
                xs = [p.arg([None if dynamic and a == axis else s for a, s in enumerate(shape)], dtype) for shape in shapes]
                dims = list(xs[0].dims)
                if dynamic:
                    for x in xs[1:]:
                        name = p.fresh()
                        p.line(f"{name} = arith.addi {dims[axis]}, {x.dims[axis]} : index")
                        dims[axis] = name
                else:
                    dims[axis] = sum(parts)
                p.ret(p.op(f"tensor.concat dim({axis}) {p.list(xs)} : ({p.types(xs)}) -> %r", dims, dtype))
                arrays = [random(rng_of(p.name + str(i)), s, dtype) for i, s in enumerate(shapes)]
                p.case(arrays, [np.concatenate(arrays, axis)])
                yield p


def gathers():
    for index, dtype in itertools.product(("i64", "i32"), ("f32", "i8", "f64")):
        p = Program(f"gather_rows_{index}_{dtype}")
        table, ids = p.arg([None, None], dtype), p.arg([None], index)
        p.ret(p.elementwise(
            [ids], f"%i = arith.index_cast %a : {index} to index\n%j = linalg.index 1 : index\n%e = tensor.extract {table}[%i, %j] : {table.type}\nyield %e",
            dtype, dims=[ids.dims[0], table.dims[1]], maps=["d0"]))
        rng = rng_of(p.name)
        for rows, columns, count in ((5, 33, 7), (1, 1, 1), (100, 16, 0), (3, 100, 17)):
            data, places = random(rng, (rows, columns), dtype), rng.integers(0, rows, count).astype(NUMPY[index])
            p.case([data, places], [data[places]])
        data = random(rng, (5, 33), dtype)
        for bad in (5, -1, 2**31 - 1, -(2**31)):
            p.case([data, np.array([0, bad, 1]).astype(NUMPY[index])], error="kernel '")
        yield p
    for n in (None, 17, 64):
        p = Program(f"gather_elements_{n or 'n'}")
        table, ids = p.arg([None]), p.arg([3, n], "i64")
        p.ret(p.elementwise(
            [ids], f"%i = arith.index_cast %a : i64 to index\n%e = tensor.extract {table}[%i] : {table.type}\n%f = arith.mulf %e, %e : f32\nyield %f", "f32"))
        rng = rng_of(p.name)
        for count in (0, 1, 20) if n is None else (n,):
            data, places = random(rng, 9, "f32"), rng.integers(0, 9, (3, count))
            p.case([data, places], [data[places] ** 2])
        if n:
            for where in (0, n - 1):
                places = np.zeros((3, n), np.int64)
                places[2, where] = 9
                p.case([random(rng, 9, "f32"), places], error="kernel '")
        yield p
    # Negative indices count from the end; what is out of range reads 0.
    p = Program("gather_wrapped_and_guarded")
    table, ids = p.arg([None, 20]), p.arg([None], "i64")
    size = table.dims[0]
    p.ret(
        p.elementwise(
            [ids], f"%z = arith.constant 0 : index\n%i = arith.index_cast %a : i64 to index\n%n = arith.cmpi slt, %i, %z : index\n%w = arith.addi %i, {size} : index\n"
            f"%k = arith.select %n, %w, %i : index\n%j = linalg.index 1 : index\n%e = tensor.extract {table}[%k, %j] : {table.type}\nyield %e",
            "f32", dims=[ids.dims[0], 20], maps=["d0"]))
    rng = rng_of(p.name)
    for count in (1, 18):
        data, places = random(rng, (6, 20), "f32"), rng.integers(-6, 6, count)
        p.case([data, places], [data[places]])
    p.case([random(rng, (6, 20), "f32"), np.array([-7])], error="kernel '")
    yield p
    p = Program("gather_guarded")
    table, ids = p.arg([None]), p.arg([None], "i64")
    p.ret(p.elementwise(
        [ids], f"%f = arith.constant -1.0 : f32\n%i = arith.index_cast %a : i64 to index\n%c = arith.cmpi ult, %i, {table.dims[0]} : index\n"
        f"%e = scf.if %c -> (f32) {{\n%q = tensor.extract {table}[%i] : {table.type}\nscf.yield %q : f32\n}} else {{\nscf.yield %f : f32\n}}\nyield %e", "f32"))
    for count in (1, 18, 65):
        data, places = random(rng, 7, "f32"), rng.integers(-20, 20, count)
        inside = (places >= 0) & (places < 7)
        p.case([data, places], [np.where(inside, data[np.where(inside, places, 0)], np.float32(-1))])
    yield p
    p = Program("reversed_and_shifted")
    x = p.arg([None])
    last = p.fresh()
    p.line(f"{last} = arith.subi {x.dims[0]}, {p.index(1)} : index")
    p.ret(p.elementwise([], f"%i = linalg.index 0 : index\n%j = arith.subi {last}, %i : index\n%e = tensor.extract {x}[%j] : {x.type}\nyield %e", "f32", dims=x.dims))
    for count in (0, 1, 17, 64):
        data = random(rng, count, "f32")
        p.case([data], [data[::-1]])
    yield p


def reshapes():
    p = Program("reshape_chain")
    x = p.arg([None, 4, 6])
    a = p.op(f"tensor.collapse_shape {x} [[0], [1, 2]] : {x.type} into %r", [x.dims[0], 24])
    b = p.elementwise([a], "%q = arith.addf %a, %a : f32\nyield %q")
    c = p.op(f"tensor.expand_shape {b} [[0], [1, 2, 3]] output_shape [{b.dims[0]}, 2, 3, 4] : {b.type} into %r", [b.dims[0], 2, 3, 4])
    t = p.generic([c], [p.empty([2, c.dims[0], 4, 3])], ["d1, d0, d3, d2", "d0, d1, d2, d3"], "pppp", "yield %a")
    whole = p.fresh()
    p.line(f"{whole} = arith.muli {c.dims[0]}, {p.index(24)} : index")
    d = p.op(f"tensor.collapse_shape {t} [[0, 1, 2, 3]] : {t.type} into %r", [whole])
    p.ret(d, c, a)
    for n in (0, 1, 5, 17):
        data = random(rng_of(p.name), (n, 4, 6), "f32")
        wide = (data * 2).reshape(n, 2, 3, 4)
        p.case([data], [wide.transpose(1, 0, 3, 2).reshape(-1), wide, data.reshape(n, 24)])
    yield p
    p = Program("reshape_scalars")
    x = p.arg([])
    a = p.op(f"tensor.expand_shape {x} [] output_shape [1, 1] : {x.type} into %r", [1, 1])
    b = p.op(f"tensor.collapse_shape {a} [] : {a.type} into %r", [])
    p.ret(a, p.elementwise([b], "%q = arith.addf %a, %a : f32\nyield %q"))
    p.case([np.float32(3)], [np.full((1, 1), 3, np.float32), np.float32(6)])
    yield p
    p = Program("merge_heads")
    x = p.arg([2, None, 3, 8])
    t = p.generic([x], [p.empty([2, 3, x.dims[1], 8])], ["d0, d2, d1, d3", "d0, d1, d2, d3"], "pppp", "yield %a")
    u = p.generic([t], [p.empty([2, x.dims[1], 3, 8])], ["d0, d2, d1, d3", "d0, d1, d2, d3"], "pppp", "%q = arith.negf %a : f32\nyield %q")
    p.ret(p.op(f"tensor.collapse_shape {u} [[0], [1], [2, 3]] : {u.type} into %r", [2, x.dims[1], 24]), t)
    for n in (0, 1, 17):
        data = random(rng_of(p.name), (2, n, 3, 8), "f32")
        p.case([data], [-data.reshape(2, n, 24), data.transpose(0, 2, 1, 3)])
    yield p
    # Host values: sizes, elements, tensors made of elements, splats and generated tensors.
    p = Program("made_of_elements")
    x = p.arg([None, 3], "i64")
    size, element = p.fresh(), p.fresh()
    p.line(f"{size} = arith.index_cast {x.dims[0]} : index to i64")
    p.line(f"{element} = tensor.extract {x}[{p.index(0)}, {p.index(1)}] : {x.type}")
    p.ret(p.op(f"tensor.from_elements {size}, {element} : %r", [2], "i64"))
    data = np.arange(12).reshape(4, 3)
    p.case([data], [np.array([4, 1])])
    yield p
    p = Program("splat_and_generate")
    x = p.arg([], "f32")
    element = p.fresh()
    p.line(f"{element} = tensor.extract {x}[] : {x.type}")
    a = p.op(f"tensor.splat {element} : %r", [3, 17])
    b = p.op("tensor.generate {\n  ^bb0(%i: index, %j: index):\n    %s = arith.muli %i, %j : index\n    %t = arith.index_cast %s : index to i64\n    tensor.yield %t : i64\n  } : %r", [3, 20], "i64")
    p.ret(a, b)
    p.case([np.float32(2.5)], [np.full((3, 17), 2.5, np.float32), np.outer(np.arange(3), np.arange(20))])
    yield p


def programs():
    for family in (transpositions, pads, slices, concatenations, gathers, reshapes):
        yield from family()
