"""The operations of the dialect tensor."""
import numpy as np

from linalg_other import function
from program import NUMPY, Program, rng, tensor, values

TYPES = ["f32", "i8", "bf16", "i1", "index", "f16", "i64", "f64"]


def slices():
    x = {t: values(rng("slice", t), (5, 8), t) for t in TYPES}
    for t in TYPES:
        k = tensor((5, 8), t)
        yield Program("tensor.extract_slice", t, function([("%a", k)], [
            f"%r = tensor.extract_slice %a[1, 2] [3, 2] [1, 3] : {k} to {tensor((3, 2), t)}"], [("%r", tensor((3, 2), t))]), [x[t]], [x[t][1:4, 2:8:3]])
        s = values(rng("insert", t), (3, 2), t)
        want = x[t].copy()
        want[1:4, 2:8:3] = s
        yield Program("tensor.insert_slice", t, function([("%a", k), ("%s", tensor((3, 2), t))], [
            f"%r = tensor.insert_slice %s into %a[1, 2] [3, 2] [1, 3] : {tensor((3, 2), t)} into {k}"], [("%r", k)]), [x[t], s], [want])
    k, d = tensor((None, None), "f32"), tensor((None, None), "f32")
    numbers = [("%p", "tensor<index>"), ("%n", "tensor<index>")]
    read = ["%o = tensor.extract %p[] : tensor<index>", "%m = tensor.extract %n[] : tensor<index>"]
    a = x["f32"]
    yield Program("tensor.extract_slice", "f32, dynamic offsets and sizes", function([("%a", k)] + numbers, read + [
        f"%r = tensor.extract_slice %a[%o, 1] [%m, 4] [2, 1] : {k} to tensor<?x4xf32>"], [("%r", "tensor<?x4xf32>")]), [a, np.int64(1), np.int64(2)], [a[1:5:2, 1:5]])
    yield Program("tensor.extract_slice", "f32, ranks dropped", function([("%a", k)] + numbers, read + [
        f"%r = tensor.extract_slice %a[%o, 0] [1, %m] [1, 1] : {k} to tensor<?xf32>"], [("%r", "tensor<?xf32>")]), [a, np.int64(3), np.int64(5)], [a[3, :5]])
    yield Program("tensor.extract_slice", "f32, beyond the end", function([("%a", k)] + numbers, read + [
        f"%r = tensor.extract_slice %a[%o, 0] [%m, 2] [1, 1] : {k} to tensor<?x2xf32>"], [("%r", "tensor<?x2xf32>")]), [a, np.int64(4), np.int64(3)],
        [np.zeros((3, 2), np.float32)], error="must lie inside")
    row = values(rng("row"), (8,), "f32")
    want = a.copy()
    want[3] = row
    yield Program("tensor.insert_slice", "f32, ranks added", function([("%a", tensor((5, 8), "f32")), ("%s", "tensor<8xf32>"), numbers[0]], read[:1] + [
        "%r = tensor.insert_slice %s into %a[%o, 0] [1, 8] [1, 1] : tensor<8xf32> into tensor<5x8xf32>"], [("%r", "tensor<5x8xf32>")]),
        [a, row, np.int64(3)], [want])
    want = a.copy()
    want[1:3, 2:4] = a[:2, :2]
    yield Program("tensor.insert_slice", "f32 dynamic", function([("%a", k), ("%s", "tensor<?x2xf32>")] + numbers, read + [
        f"%r = tensor.insert_slice %s into %a[%o, 2] [%m, 2] [1, 1] : tensor<?x2xf32> into {d}"], [("%r", d)]), [a, a[:2, :2].copy(), np.int64(1), np.int64(2)], [want])


def pads():
    for t in ("f32", "i8", "bf16", "i1", "index", "f16"):
        x = values(rng("pad", t), (3, 4), t)
        v = {"i1": "true", "index": "7", "i8": "7"}.get(t, "7.0")
        c = f"%c = arith.constant {v}" + ("" if t == "i1" else f" : {t}")
        k, o = tensor((3, 4), t), tensor((6, 6), t)
        body = f"{{ ^bb0(%i: index, %j: index): tensor.yield %c : {t} }}"
        yield Program("tensor.pad", t, function([("%a", k)], [c, f"%r = tensor.pad %a low[1, 2] high[2, 0] {body} : {k} to {o}"], [("%r", o)]), [x],
                      [np.pad(x, ((1, 2), (2, 0)), constant_values=NUMPY[t](7) if t != "i1" else True)])
    x = values(rng("pad2"), (3, 4), "f32")
    d = "tensor<?x?xf32>"
    numbers = ["%l = tensor.extract %p[] : tensor<index>", "%h = tensor.extract %q[] : tensor<index>", "%c = arith.constant 7.0 : f32"]
    yield Program("tensor.pad", "f32, dynamic widths", function([("%a", d), ("%p", "tensor<index>"), ("%q", "tensor<index>")], numbers + [
        f"%r = tensor.pad %a low[%l, 0] high[1, %h] {{ ^bb0(%i: index, %j: index): tensor.yield %c : f32 }} : {d} to {d}"], [("%r", d)]),
        [x, np.int64(2), np.int64(3)], [np.pad(x, ((2, 1), (0, 3)), constant_values=7)])
    # A border that depends on the place.
    i, j = np.indices((6, 6))
    want = (i * 10 + j).astype(np.float32)
    want[1:4, 2:6] = x
    yield Program("tensor.pad", "f32, a border by the place", function([("%a", "tensor<3x4xf32>")], [
        "%r = tensor.pad %a low[1, 2] high[2, 0] {", "^bb0(%i: index, %j: index):", "%t = arith.constant 10 : index", "%m = arith.muli %i, %t : index",
        "%s = arith.addi %m, %j : index", "%n = arith.index_cast %s : index to i32", "%f = arith.sitofp %n : i32 to f32", "tensor.yield %f : f32",
        "} : tensor<3x4xf32> to tensor<6x6xf32>"], [("%r", "tensor<6x6xf32>")]), [x], [want])
    yield Program("tensor.pad", "f32, a border by a number of an input", function([("%a", "tensor<3x4xf32>"), ("%v", "tensor<f32>")], [
        "%c = tensor.extract %v[] : tensor<f32>", "%r = tensor.pad %a low[1, 2] high[2, 0] {", "^bb0(%i: index, %j: index):", "tensor.yield %c : f32",
        "} : tensor<3x4xf32> to tensor<6x6xf32>"], [("%r", "tensor<6x6xf32>")]), [x, np.float32(2.5)], [np.pad(x, ((1, 2), (2, 0)), constant_values=2.5)])
    yield Program("tensor.pad", "f32, nofold of no width", function([("%a", "tensor<3x4xf32>")], [
        "%c = arith.constant 7.0 : f32", "%r = tensor.pad %a nofold low[0, 0] high[0, 0] { ^bb0(%i: index, %j: index): tensor.yield %c : f32 } : tensor<3x4xf32> to tensor<3x4xf32>"],
        [("%r", "tensor<3x4xf32>")]), [x], [x])


def makers():
    for t in TYPES + ["i4", "complex<f32>"]:
        r = rng("make", t)
        a = values(r, (2, 3), t)
        k = tensor([], t)
        names = [f"%e{i}" for i in range(6)]
        reads = [f"{n} = tensor.extract %t{i}[] : {k}" for i, n in enumerate(names)]
        o = tensor((2, 3), t)
        yield Program("tensor.from_elements", t, function([(f"%t{i}", k) for i in range(6)], reads + [f"%r = tensor.from_elements {', '.join(names)} : {o}"],
                      [("%r", o)]), [np.asarray(v) for v in a.ravel()], [a])
        yield Program("tensor.splat", t, function([("%t0", k)], reads[:1] + [f"%r = tensor.splat %e0 : {o}"], [("%r", o)]), [np.asarray(a[0, 1])], [np.full((2, 3), a[0, 1])])
        yield Program("tensor.extract", t, function([("%a", o)], ["%i = arith.constant 1 : index", "%j = arith.constant 2 : index",
                      f"%e = tensor.extract %a[%i, %j] : {o}", f"%r = tensor.from_elements %e : {k}"], [("%r", k)]), [a], [np.asarray(a[1, 2])])
        want = a.copy()
        want[1, 2] = a[0, 0]
        yield Program("tensor.insert", t, function([("%a", o), ("%t0", k)], reads[:1] + ["%i = arith.constant 1 : index", "%j = arith.constant 2 : index",
                      f"%r = tensor.insert %e0 into %a[%i, %j] : {o}"], [("%r", o)]), [a, np.asarray(a[0, 0])], [want])
        d = tensor((None, None), t)
        yield Program("tensor.insert", f"{t} dynamic", function([("%a", d), ("%t0", k), ("%p", "tensor<index>")], reads[:1] + [
                      "%i = tensor.extract %p[] : tensor<index>", "%j = arith.constant 2 : index", f"%r = tensor.insert %e0 into %a[%i, %j] : {d}"], [("%r", d)]),
                      [a, np.asarray(a[0, 0]), np.int64(1)], [want])
        yield Program("tensor.splat", f"{t} dynamic", function([("%t0", k), ("%p", "tensor<index>")], reads[:1] + [
                      "%n = tensor.extract %p[] : tensor<index>", f"%r = tensor.splat %e0[%n] : {tensor((None, 3), t)}"], [("%r", tensor((None, 3), t))]),
                      [np.asarray(a[0, 1]), np.int64(2)], [np.full((2, 3), a[0, 1])])
    a = values(rng("beyond"), (2, 3), "f32")
    yield Program("tensor.insert", "f32, beyond the end", function([("%a", "tensor<?x3xf32>"), ("%p", "tensor<index>")], [
        "%i = tensor.extract %p[] : tensor<index>", "%z = arith.constant 0 : index", "%e = arith.constant 1.0 : f32",
        "%r = tensor.insert %e into %a[%i, %z] : tensor<?x3xf32>"], [("%r", "tensor<?x3xf32>")]), [a, np.int64(2)], [a], error="inside")
    yield Program("tensor.extract", "f32, beyond the end", function([("%a", "tensor<?x3xf32>"), ("%p", "tensor<index>")], [
        "%i = tensor.extract %p[] : tensor<index>", "%z = arith.constant 0 : index", "%e = tensor.extract %a[%i, %z] : tensor<?x3xf32>",
        "%r = tensor.from_elements %e : tensor<f32>"], [("%r", "tensor<f32>")]), [a, np.int64(1 << 40)], [a[0, 0]], error="")
    i, j = np.indices((3, 4))
    for note, o, sizes in (("static", "tensor<3x4xi64>", ""), ("dynamic", "tensor<?x4xi64>", "%n")):
        yield Program("tensor.generate", f"i64 {note}", function([("%p", "tensor<index>")], ["%n = tensor.extract %p[] : tensor<index>",
            f"%r = tensor.generate {sizes} {{", "^bb0(%i: index, %j: index):", "%t = arith.constant 10 : index", "%m = arith.muli %i, %t : index",
            "%s = arith.addi %m, %j : index", "%v = arith.index_cast %s : index to i64", "tensor.yield %v : i64", f"}} : {o}"], [("%r", o)]), [np.int64(3)],
            [(i * 10 + j).astype(np.int64)])
    yield Program("tensor.generate", "f32, reads a tensor", function([("%a", "tensor<3x4xf32>")], ["%r = tensor.generate {", "^bb0(%i: index, %j: index):",
        "%v = tensor.extract %a[%j, %i] : tensor<3x4xf32>", "tensor.yield %v : f32", "} : tensor<4x3xf32>"], [("%r", "tensor<4x3xf32>")]),
        [i.astype(np.float32)], [i.T.astype(np.float32)])


def concats():
    for t in TYPES:
        a, b = values(rng("concat", t), (2, 3), t), values(rng("concat2", t), (2, 2), t)
        for d in (False, True):
            x, y, o = (tensor((None, None) if d else s, t) for s in ((2, 3), (2, 2), (2, 5)))
            yield Program("tensor.concat", t + (" dynamic" if d else ""), function([("%a", x), ("%b", y)], [
                f"%r = tensor.concat dim(1) %a, %b : ({x}, {y}) -> {o}"], [("%r", o)]), [a, b], [np.concatenate([a, b], 1)])


def shapes():
    for t in TYPES + ["i4", "complex<f32>"]:
        a = values(rng("shape", t), (2, 3, 4), t)
        k = tensor((2, 3, 4), t)
        o, e = tensor((6, 4), t), tensor((2, 3, 2, 2), t)
        yield Program("tensor.collapse_shape", t, function([("%a", k)], [f"%r = tensor.collapse_shape %a [[0, 1], [2]] : {k} into {o}"], [("%r", o)]), [a], [a.reshape(6, 4)])
        yield Program("tensor.expand_shape", t, function([("%a", k)], [
            f"%r = tensor.expand_shape %a [[0], [1], [2, 3]] output_shape [2, 3, 2, 2] : {k} into {e}"], [("%r", e)]), [a], [a.reshape(2, 3, 2, 2)])
        yield Program("tensor.reshape", t, function([("%a", k), ("%s", "tensor<2xindex>")], [f"%r = tensor.reshape %a(%s) : ({k}, tensor<2xindex>) -> {tensor((None, None), t)}"],
                      [("%r", tensor((None, None), t))]), [a, np.array([4, 6])], [a.reshape(4, 6)])
        yield Program("tensor.cast", t, function([("%a", k)], [f"%r = tensor.cast %a : {k} to {tensor((2, None, 4), t)}"], [("%r", tensor((2, None, 4), t))]), [a], [a])
        d = tensor((None,) * 3, t)
        yield Program("tensor.cast", f"{t}, to known sizes", function([("%a", d)], [f"%r = tensor.cast %a : {d} to {k}"], [("%r", k)]), [a], [a])
    a = values(rng("shape"), (2, 3, 4), "f32")
    d = tensor((None,) * 3, "f32")
    yield Program("tensor.cast", "f32, to sizes that it has not", function([("%a", d)], [f"%r = tensor.cast %a : {d} to tensor<2x3x5xf32>"], [("%r", "tensor<2x3x5xf32>")]), [a], [a],
                  error="")
    yield Program("tensor.collapse_shape", "f32 dynamic", function([("%a", d)], [f"%r = tensor.collapse_shape %a [[0, 1], [2]] : {d} into tensor<?x?xf32>"],
                  [("%r", "tensor<?x?xf32>")]), [a], [a.reshape(6, 4)])
    yield Program("tensor.expand_shape", "f32 dynamic", function([("%a", d), ("%p", "tensor<index>")], ["%n = tensor.extract %p[] : tensor<index>", "%z = arith.constant 0 : index",
                  "%o = arith.constant 1 : index", f"%x = tensor.dim %a, %z : {d}", f"%y = tensor.dim %a, %o : {d}",
                  f"%r = tensor.expand_shape %a [[0], [1], [2, 3]] output_shape [%x, %y, %n, 2] : {d} into tensor<?x?x?x2xf32>"], [("%r", "tensor<?x?x?x2xf32>")]),
                  [a, np.int64(2)], [a.reshape(2, 3, 2, 2)])
    yield Program("tensor.expand_shape", "f32, sizes that do not fit", function([("%a", d), ("%p", "tensor<index>")], ["%n = tensor.extract %p[] : tensor<index>", "%z = arith.constant 0 : index",
                  "%o = arith.constant 1 : index", f"%x = tensor.dim %a, %z : {d}", f"%y = tensor.dim %a, %o : {d}",
                  f"%r = tensor.expand_shape %a [[0], [1], [2, 3]] output_shape [%x, %y, %n, 2] : {d} into tensor<?x?x?x2xf32>"], [("%r", "tensor<?x?x?x2xf32>")]),
                  [a, np.int64(3)], [a.reshape(2, 3, 2, 2)], error="")
    yield Program("tensor.reshape", "f32, elements that do not fit", function([("%a", d), ("%s", "tensor<2xindex>")], [
                  f"%r = tensor.reshape %a(%s) : ({d}, tensor<2xindex>) -> tensor<?x?xf32>"], [("%r", "tensor<?x?xf32>")]), [a, np.array([4, 7])], [a], error="")
    yield Program("tensor.reshape", "f32 dynamic, i32 sizes", function([("%a", d), ("%s", "tensor<2xi32>")], [
                  f"%r = tensor.reshape %a(%s) : ({d}, tensor<2xi32>) -> tensor<?x?xf32>"], [("%r", "tensor<?x?xf32>")]), [a, np.array([4, 6], np.int32)], [a.reshape(4, 6)])
    for s, t in (("i32", "ui32"), ("f32", "i32"), ("i8", "ui8"), ("i16", "f16")):
        if s[0] == "f" or t[0] == "f":
            continue
        b = values(rng("bitcast", s), (2, 3), s)
        x, y = tensor((2, 3), s), tensor((2, 3), t)
        yield Program("tensor.bitcast", f"{s} to {t}", function([("%a", x)], [f"%r = tensor.bitcast %a : {x} to {y}"], [("%r", y)]), [b], [b.view("u" + str(b.dtype))])
    yield Program("tensor.dim", "static and dynamic", function([("%a", "tensor<?x3x?xf32>"), ("%p", "tensor<index>")], ["%i = tensor.extract %p[] : tensor<index>",
                  "%z = arith.constant 0 : index", "%d = tensor.dim %a, %z : tensor<?x3x?xf32>", "%e = tensor.dim %a, %i : tensor<?x3x?xf32>",
                  "%r = tensor.from_elements %d, %e : tensor<2xindex>"], [("%r", "tensor<2xindex>")]), [a, np.int64(2)], [np.array([2, 4])])
    yield Program("tensor.rank", "ranked", function([("%a", d)], [f"%n = tensor.rank %a : {d}", "%r = tensor.from_elements %n : tensor<index>"], [("%r", "tensor<index>")]), [a], [np.array(3)])
    yield Program("tensor.empty", "dynamic", function([("%p", "tensor<index>")], ["%n = tensor.extract %p[] : tensor<index>", "%e = tensor.empty(%n) : tensor<?x3xf32>",
                  "%c = arith.constant 2.0 : f32", "%r = linalg.fill ins(%c : f32) outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>"], [("%r", "tensor<?x3xf32>")]), [np.int64(4)], [np.full((4, 3), 2, np.float32)])


def gathers():
    for t in ("f32", "i8", "bf16", "index"):
        a = values(rng("gather", t), (4, 5, 3), t)
        k = tensor((4, 5, 3), t)
        rows = np.array([[3], [0], [2]], np.int64)
        for it in ("index", "i32"):
            i = rows.astype(NUMPY[it])
            it_t = tensor((3, 1), it)
            o, reduced = tensor((3, 1, 5, 3), t), tensor((3, 5, 3), t)
            yield Program("tensor.gather", f"{t} by {it}", function([("%a", k), ("%i", it_t)], [
                f"%r = tensor.gather %a[%i] gather_dims([0]) : ({k}, {it_t}) -> {o}"], [("%r", o)]), [a, i], [a[rows[:, 0]][:, None]])
            yield Program("tensor.gather", f"{t} by {it}, ranks dropped", function([("%a", k), ("%i", it_t)], [
                f"%r = tensor.gather %a[%i] gather_dims([0]) unique : ({k}, {it_t}) -> {reduced}"], [("%r", reduced)]), [a, i], [a[rows[:, 0]]])
        two = np.array([[[3, 2], [0, 0]], [[1, 1], [2, 0]]], np.int64)
        o = tensor((2, 2, 5), t)
        yield Program("tensor.gather", f"{t}, two dimensions", function([("%a", k), ("%i", "tensor<2x2x2xindex>")], [
            f"%r = tensor.gather %a[%i] gather_dims([0, 2]) : ({k}, tensor<2x2x2xindex>) -> {o}"], [("%r", o)]), [a, two], [a[two[..., 0], :, two[..., 1]]])
        d = tensor((None,) * 3, t)
        yield Program("tensor.gather", f"{t} dynamic", function([("%a", d), ("%i", "tensor<?x1xindex>")], [
            f"%r = tensor.gather %a[%i] gather_dims([1]) : ({d}, tensor<?x1xindex>) -> {d}"], [("%r", d)]), [a, rows], [np.moveaxis(a[:, rows[:, 0]], 1, 0)])
        s = values(rng("scatter", t), (3, 1, 5, 3), t)
        want = a.copy()
        want[rows[:, 0]] = s[:, 0]
        source = tensor((3, 1, 5, 3), t)
        yield Program("tensor.scatter", t, function([("%s", source), ("%a", k), ("%i", "tensor<3x1xindex>")], [
            f"%r = tensor.scatter %s into %a[%i] scatter_dims([0]) unique : ({source}, {k}, tensor<3x1xindex>) -> {k}"], [("%r", k)]), [s, a, rows], [want])
        source = tensor((3, 5, 3), t)
        yield Program("tensor.scatter", f"{t}, ranks dropped", function([("%s", source), ("%a", k), ("%i", "tensor<3x1xi32>")], [
            f"%r = tensor.scatter %s into %a[%i] scatter_dims([0]) unique : ({source}, {k}, tensor<3x1xi32>) -> {k}"], [("%r", k)]),
            [s[:, 0], a, rows.astype(np.int32)], [want])
        want = a.copy()
        places = np.array([[3, 2], [0, 0]], np.int64)
        s2 = values(rng("scatter2", t), (2, 5), t)
        for (p, q), v in zip(places, s2):
            want[p, :, q] = v
        yield Program("tensor.scatter", f"{t}, two dimensions, dynamic", function([("%s", tensor((None, None), t)), ("%a", d), ("%i", "tensor<?x2xindex>")], [
            f"%r = tensor.scatter %s into %a[%i] scatter_dims([0, 2]) unique : ({tensor((None, None), t)}, {d}, tensor<?x2xindex>) -> {d}"], [("%r", d)]), [s2, a, places], [want])
    a = values(rng("gather3"), (4, 3), "f32")
    yield Program("tensor.gather", "f32, an index beyond the end", function([("%a", "tensor<4x3xf32>"), ("%i", "tensor<2x1xindex>")], [
        "%r = tensor.gather %a[%i] gather_dims([0]) : (tensor<4x3xf32>, tensor<2x1xindex>) -> tensor<2x3xf32>"], [("%r", "tensor<2x3xf32>")]),
        [a, np.array([[0], [4]])], [a[:2]], error="")
    yield Program("tensor.scatter", "f32, an index beyond the end", function([("%a", "tensor<4x3xf32>"), ("%s", "tensor<2x3xf32>"), ("%i", "tensor<2x1xindex>")], [
        "%r = tensor.scatter %s into %a[%i] scatter_dims([0]) unique : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<2x1xindex>) -> tensor<4x3xf32>"], [("%r", "tensor<4x3xf32>")]),
        [a, a[:2].copy(), np.array([[0], [4]])], [a], error="")


def programs():
    yield from slices()
    yield from pads()
    yield from makers()
    yield from concats()
    yield from shapes()
    yield from gathers()
