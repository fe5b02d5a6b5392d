"""The operations of linalg without a fixed body, those that move elements into another layout, and winograd's transformations."""
import numpy as np

from program import NUMPY, Program, is_float, rng, tensor, values


def function(arguments, lines, results):
    """A function; arguments and results are (name, type)."""
    given = ", ".join(f"{n}: {t}" for n, t in arguments)
    types = ", ".join(t for _, t in results)
    return f"func.func @f({given}) -> ({types}) {{\n" + "".join(f"  {line}\n" for line in lines) + f"  return {', '.join(n for n, _ in results)} : {types}\n}}\n"


def maps_and_reductions():
    for t, add in (("f32", "arith.addf"), ("f16", "arith.addf"), ("bf16", "arith.addf"), ("i32", "arith.addi"), ("i8", "arith.addi"), ("f64", "arith.addf")):
        for dynamic in (False, True):
            shape = (3, 4)
            k, note = tensor([None] * 2 if dynamic else shape, t), " dynamic" if dynamic else ""
            r = rng("map", t)
            x = r.integers(-5, 6, shape).astype(NUMPY[t])
            y = r.integers(-5, 6, shape).astype(NUMPY[t])
            yield Program("linalg.map", t + note, function([("%a", k), ("%b", k), ("%o", k)], [
                f"%r = linalg.map {{ {add} }} ins(%a, %b : {k}, {k}) outs(%o : {k})"], [("%r", k)]), [x, y, y], [(x + y).astype(NUMPY[t])])
            yield Program("linalg.map", f"{t}, a region" + note, function([("%a", k), ("%o", k)], [
                f"%r = linalg.map ins(%a : {k}) outs(%o : {k}) (%e: {t}, %i: {t}) {{ %s = {add} %e, %e : {t} linalg.yield %s : {t} }}"], [("%r", k)]),
                [x, y], [(x + x).astype(NUMPY[t])])
            row = tensor([None] if dynamic else [3], t)
            start = r.integers(-5, 6, 3).astype(NUMPY[t])
            want = (x.astype(np.float64).sum(1) + start.astype(np.float64)).astype(NUMPY[t])
            yield Program("linalg.reduce", t + note, function([("%a", k), ("%o", row)], [
                f"%r = linalg.reduce {{ {add} }} ins(%a : {k}) outs(%o : {row}) dimensions = [1]"], [("%r", row)]), [x, start], [want])
            scalar = tensor([], t)
            yield Program("linalg.reduce", f"{t}, all dimensions" + note, function([("%a", k), ("%o", scalar)], [
                f"%r = linalg.reduce {{ {add} }} ins(%a : {k}) outs(%o : {scalar}) dimensions = [0, 1]"], [("%r", scalar)]), [x, start[0]],
                [np.asarray(x.astype(np.float64).sum() + float(start[0])).astype(NUMPY[t])])
            turned = tensor([None] * 2 if dynamic else (4, 3), t)
            yield Program("linalg.transpose", t + note, function([("%a", k), ("%o", turned)], [
                f"%r = linalg.transpose ins(%a : {k}) outs(%o : {turned}) permutation = [1, 0]"], [("%r", turned)]), [x, x.T.copy()], [x.T])
            wide = tensor([None] * 3 if dynamic else (3, 2, 4), t)
            yield Program("linalg.broadcast", t + note, function([("%a", k), ("%o", wide)], [
                f"%r = linalg.broadcast ins(%a : {k}) outs(%o : {wide}) dimensions = [1]"], [("%r", wide)]),
                [x, np.zeros((3, 2, 4), NUMPY[t])], [np.broadcast_to(x[:, None], (3, 2, 4))])
            if is_float(t):
                for axis in (0, 1):
                    e = np.exp(x.astype(np.float64) - x.astype(np.float64).max(axis, keepdims=True))
                    yield Program("linalg.softmax", f"{t}, dimension {axis}" + note, function([("%a", k), ("%o", k)], [
                        f"%r = linalg.softmax dimension({axis}) ins(%a : {k}) outs(%o : {k}) -> {k}"], [("%r", k)]), [x, y],
                        [(e / e.sum(axis, keepdims=True)).astype(NUMPY[t])], {"f16": 2e-3, "bf16": 2e-2}.get(t))
    # Two results, and the largest with its place.
    x = values(rng("argmax"), (3, 5), "f32")
    for dynamic in (False, True):
        k, f, i = (tensor([None] * n if dynamic else s, t) for n, s, t in ((2, (3, 5), "f32"), (1, (3,), "f32"), (1, (3,), "index")))
        yield Program("linalg.generic", "two results, index of the largest" + (" dynamic" if dynamic else ""), function([("%a", k), ("%o", f), ("%p", i)], [
            "%m:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], "
            f"iterator_types = [\"parallel\", \"reduction\"]}} ins(%a : {k}) outs(%o, %p : {f}, {i}) {{",
            "^bb0(%e: f32, %v: f32, %w: index):", "%j = linalg.index 1 : index", "%c = arith.cmpf ogt, %e, %v : f32",
            "%s = arith.select %c, %e, %v : f32", "%t = arith.select %c, %j, %w : index", "linalg.yield %s, %t : f32, index", f"}} -> ({f}, {i})"],
            [("%m#0", f), ("%m#1", i)]), [x, np.full(3, -9, np.float32), np.zeros(3, np.int64)], [x.max(1), x.argmax(1)])
        k = tensor([None, None] if dynamic else (4, 6), "index")
        i, j = np.indices((4, 6))
        yield Program("linalg.index", "of both loops" + (" dynamic" if dynamic else ""), function([("%o", k)], [
            "%r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = [\"parallel\", \"parallel\"]} "
            f"outs(%o : {k}) {{", "^bb0(%v: index):", "%i = linalg.index 0 : index", "%j = linalg.index 1 : index", "%c = arith.constant 10 : index",
            "%m = arith.muli %i, %c : index", "%s = arith.addi %m, %j : index", "linalg.yield %s : index", f"}} -> {k}"], [("%r", k)]),
            [np.zeros((4, 6), np.int64)], [i * 10 + j])
        out = tensor([None, None] if dynamic else (4, 6), "i32")
        yield Program("linalg.index", "cast to i32" + (" dynamic" if dynamic else ""), function([("%o", out)], [
            "%r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = [\"parallel\", \"parallel\"]} "
            f"outs(%o : {out}) {{", "^bb0(%v: i32):", "%i = linalg.index 0 : index", "%j = linalg.index 1 : index", "%m = arith.muli %i, %j : index",
            "%s = arith.index_cast %m : index to i32", "linalg.yield %s : i32", f"}} -> {out}"], [("%r", out)]),
            [np.zeros((4, 6), np.int32)], [(i * j).astype(np.int32)])


# -- pack and unpack

def packed(x, tiles, inner, outer, fill):
    """numpy's linalg.pack."""
    widths = [(0, 0)] * x.ndim
    for d, tile in zip(inner, tiles):
        widths[d] = (0, -x.shape[d] % tile)
    padded = np.pad(x, widths, constant_values=fill)
    shape, places = [], {}
    for d in range(x.ndim):
        shape.append(padded.shape[d] // (tiles[inner.index(d)] if d in inner else 1))
        if d in inner:
            places[d] = len(shape)
            shape.append(tiles[inner.index(d)])
    axes, position = [], 0
    for d in range(x.ndim):
        axes.append(position)
        position += 2 if d in inner else 1
    order = [axes[d] for d in (outer or range(x.ndim))] + [axes[d] + 1 for d in inner]
    return padded.reshape(shape).transpose(order)


PACKS = [  # shape, inner dims, tiles, outer permutation
    ((4, 6), [0, 1], [2, 3], None), ((4, 6), [1, 0], [3, 2], None), ((4, 6), [0, 1], [2, 3], [1, 0]), ((6,), [0], [2], None),
    ((2, 4, 6), [1], [2], None), ((2, 4, 6), [2, 0], [3, 2], [2, 0, 1]), ((5, 7), [0, 1], [2, 3], None), ((5, 7), [1, 0], [4, 2], [1, 0]),
    ((3, 7, 2), [1], [4], [1, 2, 0]),
]


def packs():
    for shape, inner, tiles, outer in PACKS:
        pads = any(shape[d] % t for d, t in zip(inner, tiles))
        for t in ("f32", "i8", "bf16"):
            x = values(rng("pack", shape, t), shape, t)
            fill = 7.0 if is_float(t) else 7
            want = packed(x, tiles, inner, outer, NUMPY[t](fill))
            for form in ("static", "dynamic", "dynamic tiles"):
                if form != "static" and t != "f32":
                    continue
                source = tensor(shape if form == "static" else [None] * len(shape), t)
                target = tensor(want.shape if form == "static" else [None] * x.ndim + (list(tiles) if form == "dynamic" else [None] * len(tiles)), t)
                arguments, lines, sizes = [("%a", source), ("%o", target)], [], ", ".join(map(str, tiles))
                if form == "dynamic tiles":
                    names = [f"%t{i}" for i in range(len(tiles))]
                    lines += [f"{n} = tensor.dim %o, %d{i} : {target}" for i, n in enumerate(names)]
                    lines = [f"%d{i} = arith.constant {x.ndim + i} : index" for i in range(len(tiles))] + lines
                    sizes = ", ".join(names)
                pad = ""
                if pads:
                    lines.append(f"%p = arith.constant {fill} : {t}")
                    pad = f"padding_value(%p : {t}) "
                perm = f"outer_dims_perm = {outer} " if outer else ""
                lines.append(f"%r = linalg.pack %a {pad}{perm}inner_dims_pos = {inner} inner_tiles = [{sizes}] into %o : {source} -> {target}")
                note = f"{t}{' with padding' if pads else ''}{' permuted' if outer else ''}{'' if form == 'static' else ' ' + form}"
                yield Program("linalg.pack", note, function(arguments, lines, [("%r", target)]), [x, np.zeros(want.shape, want.dtype)], [want])
                lines = [line for line in lines if "padding_value" not in line and "linalg.pack" not in line and "%p =" not in line]
                if form == "dynamic tiles":
                    lines = [line.replace("%o", "%a") for line in lines]
                text = function([("%a", target), ("%o", source)], lines + [
                    f"%r = linalg.unpack %a {perm}inner_dims_pos = {inner} inner_tiles = [{sizes}] into %o : {target} -> {source}"], [("%r", source)])
                yield Program("linalg.unpack", note, text, [want, np.zeros(shape, x.dtype)], [x])


# -- winograd

def winograd():
    for m, r in ((2, 3), (4, 3), (2, 5)):
        alpha = m + r - 1
        n, c, f, th, tw = 2, 2, 3, 2, 3
        h, w = th * m + r - 1, tw * m + r - 1
        x, k = values(rng("winograd"), (n, h, w, c), "f32"), values(rng("filter"), (f, r, r, c), "f32")
        kt, it = f"tensor<{f}x{r}x{r}x{c}xf32>", f"tensor<{n}x{h}x{w}x{c}xf32>"
        fk, fi = f"tensor<{alpha}x{alpha}x{c}x{f}xf32>", f"tensor<{alpha}x{alpha}x{th}x{tw}x{n}x{c}xf32>"
        fo, out = f"tensor<{alpha}x{alpha}x{th}x{tw}x{n}x{f}xf32>", f"tensor<{n}x{h - r + 1}x{w - r + 1}x{f}xf32>"
        fmr = f"fmr(F_{m}_{r})"
        lines = [
            f"%e0 = tensor.empty() : {fk}", f"%e1 = tensor.empty() : {fi}",
            f"%k = linalg.winograd_filter_transform {fmr} ins(%w : {kt}) outs(%e0 : {fk}) -> {fk}",
            f"%i = linalg.winograd_input_transform {fmr} ins(%x : {it}) outs(%e1 : {fi}) -> {fi}",
            f"%fl = tensor.collapse_shape %k [[0, 1], [2], [3]] : {fk} into tensor<{alpha * alpha}x{c}x{f}xf32>",
            f"%il = tensor.collapse_shape %i [[0, 1], [2, 3, 4], [5]] : {fi} into tensor<{alpha * alpha}x{th * tw * n}x{c}xf32>",
            "%z = arith.constant 0.0 : f32", f"%e2 = tensor.empty() : tensor<{alpha * alpha}x{th * tw * n}x{f}xf32>",
            f"%s = linalg.fill ins(%z : f32) outs(%e2 : tensor<{alpha * alpha}x{th * tw * n}x{f}xf32>) -> tensor<{alpha * alpha}x{th * tw * n}x{f}xf32>",
            f"%p = linalg.batch_matmul ins(%il, %fl : tensor<{alpha * alpha}x{th * tw * n}x{c}xf32>, tensor<{alpha * alpha}x{c}x{f}xf32>) "
            f"outs(%s : tensor<{alpha * alpha}x{th * tw * n}x{f}xf32>) -> tensor<{alpha * alpha}x{th * tw * n}x{f}xf32>",
            f"%q = tensor.expand_shape %p [[0, 1], [2, 3, 4], [5]] output_shape [{alpha}, {alpha}, {th}, {tw}, {n}, {f}] : "
            f"tensor<{alpha * alpha}x{th * tw * n}x{f}xf32> into {fo}",
            f"%r = linalg.winograd_output_transform {fmr} ins(%q : {fo}) outs(%o : {out}) -> {out}",
        ]
        o = values(rng("output"), (n, h - r + 1, w - r + 1, f), "f32")
        want = o.astype(float)  # a convolution is added to what the output holds
        for a, b in np.ndindex(h - r + 1, w - r + 1):
            want[:, a, b] += np.einsum("nijc,fijc->nf", x[:, a:a + r, b:b + r].astype(float), k.astype(float))
        for op in ("filter", "input", "output"):
            yield Program(f"linalg.winograd_{op}_transform", f"F_{m}_{r} f32", function([("%x", it), ("%w", kt), ("%o", out)], lines, [("%r", out)]),
                          [x, k, o], [want.astype(np.float32)], 1e-4)
        # along one axis
        k1, x1, o1 = k[:, :, :1], x[:, :, :tw], o[:, :, :tw]
        kt, it, out = f"tensor<{f}x{r}x1x{c}xf32>", f"tensor<{n}x{h}x{tw}x{c}xf32>", f"tensor<{n}x{h - r + 1}x{tw}x{f}xf32>"
        fk, fi, fo = f"tensor<{alpha}x1x{c}x{f}xf32>", f"tensor<{alpha}x1x{th}x{tw}x{n}x{c}xf32>", f"tensor<{alpha}x1x{th}x{tw}x{n}x{f}xf32>"
        maps = ["affine_map<(i, j, t, s, n, f, c) -> (i, j, t, s, n, c)>", "affine_map<(i, j, t, s, n, f, c) -> (i, j, c, f)>", "affine_map<(i, j, t, s, n, f, c) -> (i, j, t, s, n, f)>"]
        iterators = ", ".join(['"parallel"'] * 6 + ['"reduction"'])
        lines = [
            f"%e0 = tensor.empty() : {fk}", f"%e1 = tensor.empty() : {fi}", f"%e2 = tensor.empty() : {fo}", "%z = arith.constant 0.0 : f32",
            f"%k = linalg.winograd_filter_transform {fmr} ins(%w : {kt}) outs(%e0 : {fk}) -> {fk}",
            f"%i = linalg.winograd_input_transform {fmr} ins(%x : {it}) outs(%e1 : {fi}) -> {fi}",
            f"%s = linalg.fill ins(%z : f32) outs(%e2 : {fo}) -> {fo}",
            f"%q = linalg.generic {{indexing_maps = [{', '.join(maps)}], iterator_types = [{iterators}]}} "
            f"ins(%i, %k : {fi}, {fk}) outs(%s : {fo}) {{\n^bb0(%a: f32, %b: f32, %d: f32):\n%p = arith.mulf %a, %b : f32\n%t = arith.addf %p, %d : f32\n"
            f"linalg.yield %t : f32\n}} -> {fo}",
            f"%r = linalg.winograd_output_transform {fmr} ins(%q : {fo}) outs(%o : {out}) -> {out}",
        ]
        want = o1.astype(float)
        for a in range(h - r + 1):
            want[:, a] += np.einsum("niwc,fiwc->nwf", x1[:, a:a + r].astype(float), np.broadcast_to(k1, (f, r, tw, c)).astype(float))
        yield Program("linalg.winograd_output_transform", f"F_{m}_{r} f32, one axis", function([("%x", it), ("%w", kt), ("%o", out)], lines, [("%r", out)]),
                      [x1, k1, o1], [want.astype(np.float32)], 1e-4)


def programs():
    yield from maps_and_reductions()
    yield from packs()
    yield from winograd()
