"""Contractions whose operands are packed as an attribute says, with sizes that are no multiples of tiles, known and not known."""
import numpy as np

from contractions import body, wide
from paddings import pad
from program import NUMPY, Program, random, rng_of

MATRIX = ["d0, d2", "d2, d1", "d0, d1"]
LAYOUTS = {
    "panels": ["", "1,0 1:32"], "odd_panels": ["", "1,0 1:7"], "left": ["1,0 0:8", ""], "permuted": ["1,0", "1,0", "1,0"],
    "tiles": ["0,1 0:8 1:4", "1,0 1:16 0:4", "0,1 0:8 1:16"], "small_tiles": ["1,0 1:3 0:5", "0,1 0:3 1:6", "1,0 1:6 0:5"],
    # The result has tiles that the operands must get too; a sum is tiled in one operand only.
    "result": ["", "", "0,1 0:8 1:16"], "result_rows": ["", "", "1,0 0:4"], "one_sum": ["0,1 1:4", ""], "sums": ["0,1 1:4", "0,1 0:4"],
}
SIZES = [(17, 33, 20), (1, 19, 5), (16, 32, 8), (None, 40, 13), (9, None, 16), (None, None, None)]


def layout_text(layouts):
    return "tessera.layouts = [" + ", ".join(f'"{text}"' for text in layouts) + "]"


def product(name, sizes, layouts, dtype="f32", text=None, reference=None):
    """A matrix product with layouts; `text` is another body, and `reference` what it computes."""
    p = Program(name)
    m, n, k = sizes
    a = p.arg([m, k], dtype)
    b = p.arg([k, n], dtype)
    acc = p.fill([a.dims[0], b.dims[1]], 0, dtype)
    p.ret(p.generic([a, b], [acc], MATRIX, "ppr", text or body(dtype), layout_text(layouts)))
    rng = rng_of(name)
    for size in (0, 1, 7, 33) if None in sizes else (0,):
        r, c, d = (s if s is not None else size + i for i, s in enumerate(sizes))
        x, y = random(rng, (r, d), dtype), random(rng, (d, c), dtype)
        expected = reference(x, y) if reference else (wide(x) @ wide(y)).astype(NUMPY[dtype])
        p.case([x, y], [expected])
    return p


def products():
    for name, layouts in LAYOUTS.items():
        for sizes in SIZES:
            yield product(f"layout_{name}_" + "x".join(str(s or "n") for s in sizes), sizes, layouts)
        yield product(f"layout_{name}_i8", (17, 33, 21), layouts, "i8")
    # What pads a sum must not be seen where it is no sum of products.
    maximum = "%p = arith.mulf %a, %b : f32\n%q = arith.maximumf %x, %p : f32\nyield %q"
    shifted = "%c = arith.constant 3 : i32\n%s = arith.subi %a, %c : i32\n%p = arith.muli %s, %b : i32\n%q = arith.addi %x, %p : i32\nyield %q"
    for name in ("tiles", "small_tiles", "sums"):
        for k in (21, None):
            label = f"{name}_{k or 'n'}"
            # All products are negative: a zero would be the largest... but for the initial value, which is one.
            yield product(
                f"layout_maximum_{label}", (17, 33, k), LAYOUTS[name], text=maximum,
                reference=lambda x, y: np.maximum(0, (wide(x)[:, :, None] * wide(y)[None]).max(1, initial=-np.inf)).astype(np.float32))
            yield product(
                f"layout_shifted_{label}", (17, 33, k), LAYOUTS[name], "i32", shifted,
                reference=lambda x, y: ((wide(x) - 3) @ wide(y)).astype(np.int32))


def chains():
    """Products with elementwise operations between: packed forms meet, and others look on."""
    layouts = ["0,1 0:8 1:16", "1,0 1:16 0:16", "0,1 0:8 1:16"]
    for m, n, k, l in ((17, 45, 20, 33), (16, 32, 16, 16), (None, 45, 20, 33), (None, None, None, None)):
        for watched in (False, True):
            p = Program(f"layout_chain_{'x'.join(str(s or 'n') for s in (m, n, k, l))}{'_watched' if watched else ''}")
            x, w, v = p.arg([m, k]), p.arg([k, n]), p.arg([n, l])
            bias, residual = p.arg([n]), p.arg([m, n])
            y = p.generic([x, w], [p.fill([x.dims[0], w.dims[1]], 0)], MATRIX, "ppr", body("f32"), layout_text(layouts))
            # Behind the end of a tile this has infinities.
            e = p.elementwise(
                [y, bias], "%p = arith.addf %a, %b : f32\n%q = math.absf %p : f32\n%r = math.log %q : f32\nyield %r", maps=["d0, d1", "d1"])
            f = p.elementwise([e, residual], "%p = arith.addf %a, %b : f32\nyield %p")
            z = p.generic([f, v], [p.fill([x.dims[0], v.dims[1]], 0)], MATRIX, "ppr", body("f32"), layout_text(layouts))
            p.ret(*([z, f, y] if watched else [z]))
            rng = rng_of(p.name)
            for size in (0, 1, 7, 33) if None in (m, n, k, l) else (0,):
                r, c, d, o = (s if s is not None else size + i for i, s in enumerate((m, n, k, l)))
                arrays = [random(rng, s, "f32", positive=True) for s in ((r, d), (d, c), (c, o), (c,), (r, c))]
                first = wide(arrays[0]) @ wide(arrays[1])
                second = np.log(np.abs(first + arrays[3])) + arrays[4]
                outputs = [second @ wide(arrays[2]), second, first] if watched else [second @ wide(arrays[2])]
                p.case(arrays, [o.astype(np.float32) for o in outputs], tolerance=2e-4)
            yield p
    # The operand that is packed is computed element by element, from what lies anywhere.
    p = Program("layout_of_elementwise")
    x, w, b = p.arg([17, 21]), p.arg([33, 21]), p.arg([21])
    scaled = p.elementwise([w, b], "%p = arith.mulf %a, %b : f32\nyield %p", maps=["d0, d1", "d1"])
    p.ret(p.generic([x, scaled], [p.fill([17, 33], 0)], ["d0, d2", "d1, d2", "d0, d1"], "ppr", body("f32"), layout_text(["", "0,1 0:16"])))
    rng = rng_of(p.name)
    a, c, d = random(rng, (17, 21), "f32"), random(rng, (33, 21), "f32"), random(rng, (21,), "f32")
    p.case([a, c, d], [(wide(a) @ (wide(c) * d).T).astype(np.float32)])
    yield p


def expanded(p, x, groups, dims):
    return p.op(f"tensor.expand_shape {x} {groups} output_shape [{p.list(dims)}] : {x.type} into %r", dims)


def exponential(p, x, maps=None, dims=None):
    return p.elementwise([x], "%q = math.exp %a : f32\nyield %q", maps=maps, dims=dims)


def second(p, x, columns, layouts, contracted=1):
    """A product that sums over the last `contracted` dimensions of `x`."""
    v = p.arg([*x.dims[-contracted:], columns])
    rows = len(x.dims) - contracted
    own = [f"d{i}" for i in range(rows)]
    sums = [f"d{rows + 1 + i}" for i in range(contracted)]
    maps = [", ".join(own + sums), ", ".join([*sums, f"d{rows}"]), ", ".join([*own, f"d{rows}"])]
    out = p.fill([*x.dims[:rows], columns], 0)
    return p.generic([x, v], [out], maps, "p" * (rows + 1) + "r" * contracted, body("f32"), layout_text(layouts))


TILES, PANELS = "0,1 0:8 1:16", "1,0 1:16 0:16"
# name: (layout of the first result, what is between, layouts of the second product, numpy of what is between, dimensions that are summed)
MOVEMENTS = {
    "expand": (TILES, lambda p, x: expanded(p, x, "[[0], [1, 2]]", [x.dims[0], 3, 16]), ["0,1,2 0:8 2:16", "0,2,1 2:16 1:16", TILES],
               lambda y: y.reshape(len(y), 3, 16), 2),
    "expand_tiles": ("0,1 0:8 1:4", lambda p, x: expanded(p, exponential(p, x), "[[0], [1, 2]]", [x.dims[0], 3, 16]), ["0,1,2 0:8 2:4", "0,1,2 2:16 1:4", ""],
                     lambda y: np.exp(y).reshape(len(y), 3, 16), 2),
    "expand_uneven": ("0,1 0:8 1:7", lambda p, x: expanded(p, x, "[[0], [1, 2]]", [x.dims[0], 3, 16]), ["0,1,2 0:8 2:7", "0,1,2 1:7", ""],
                      lambda y: y.reshape(len(y), 3, 16), 2),
    "unit": ("0,1 0:8 1:7", lambda p, x: expanded(p, exponential(p, x), "[[0, 1], [2]]", [1, *x.dims]), ["0,1,2 1:8 2:7", "1,0 1:16 0:7", "0,1,2 1:8 2:16"],
             lambda y: np.exp(y)[None], 1),
    "transposed": ("1,0 1:16 0:8", lambda p, x: exponential(p, x, ["d1, d0"], x.dims[::-1]), ["0,1 0:16 1:8", "1,0 1:16 0:8", "0,1 0:16 1:16"],
                   lambda y: np.exp(y).T, 1),
    "transposition": ("1,0 1:16 0:8", lambda p, x: p.generic([x], [p.empty(x.dims[::-1])], ["d1, d0", "d0, d1"], "pp", "yield %a"), ["0,1 0:16 1:8", "1,0 1:16 0:8", ""],
                      lambda y: y.T, 1),
    "fill": (TILES, lambda p, x: p.elementwise([x, p.fill(x.dims, 3)], "%q = arith.addf %a, %b : f32\nyield %q"), [TILES, PANELS, TILES], lambda y: y + 3, 1),
    "condition": (
        TILES, lambda p, x: p.elementwise(
            [x, p.fill(x.dims, 1, "i1")], "%s = arith.addf %a, %a : f32\n%q = arith.select %b, %s, %a : f32\nyield %q"),
        [TILES, PANELS, TILES], lambda y: 2 * y, 1),
    "differs": (TILES, exponential, ["1,0 0:4 1:7", "1,0 0:7", ""], np.exp, 1),
    "differs_directly": (TILES, lambda p, x: x, ["1,0 1:7 0:4", "0,1 0:7", ""], lambda y: y, 1),
    "differs_then_expands": (TILES, lambda p, x: expanded(p, exponential(p, x), "[[0], [1, 2]]", [x.dims[0], 3, 16]), ["1,2,0 2:8", "0,1,2 1:8", TILES],
                             lambda y: np.exp(y).reshape(len(y), 3, 16), 2),
}


def movements():
    """Products with something between that moves elements, or where the packed forms differ."""
    for name, (layout, move, layouts, reference, contracted) in MOVEMENTS.items():
        for rows in (16, 17, None):
            for watched in (False, True):
                p = Program(f"layout_moved_{name}_{rows or 'n'}{'_watched' if watched else ''}")
                x, w = p.arg([rows, 20]), p.arg([20, 48])
                y = p.generic([x, w], [p.fill([x.dims[0], 48], 0)], MATRIX, "ppr", body("f32"), layout_text(["", "", layout]))
                e = move(p, y)
                z = second(p, e, 33, layouts, contracted)
                p.ret(*([z, e, y] if watched else [z]))
                rng = rng_of(p.name)
                for n in (0, 1, 7, 33) if rows is None else (rows,):
                    a, b = random(rng, (n, 20), "f32"), random(rng, (20, 48), "f32")
                    first = wide(a) @ wide(b)
                    between = reference(first)
                    c = random(rng, (*between.shape[len(between.shape) - contracted:], 33), "f32") / 16
                    last = np.tensordot(between, wide(c), contracted)
                    outputs = [last, between, first] if watched else [last]
                    p.case([a, b, c], [o.astype(np.float32) for o in outputs], tolerance=1e-3)
                yield p
    # Paddings: along a dimension without tiles, and along one with.
    for axis in (0, 1):
        for rows in (17, None):
            for watched in (False, True):
                p = Program(f"layout_moved_pad_{axis}_{rows or 'n'}{'_watched' if watched else ''}")
                x, w = p.arg([rows, 20]), p.arg([20, 45])
                y = p.generic([x, w], [p.fill([x.dims[0], 45], 0)], MATRIX, "ppr", body("f32"), layout_text(["", "", "0,1 1:16"]))
                low, high = ((2, 0), (3, 0)) if axis == 0 else ((0, 2), (0, 3))
                e = pad(p, exponential(p, y), low, high, 5)
                z = second(p, e, 33, ["0,1 1:16", "1,0 0:16", ""])
                p.ret(*([z, e] if watched else [z]))
                rng = rng_of(p.name)
                for n in (0, 1, 7, 33) if rows is None else (rows,):
                    a, b = random(rng, (n, 20), "f32"), random(rng, (20, 45), "f32")
                    between = np.pad(np.exp(wide(a) @ wide(b)), list(zip(low, high)), constant_values=5)
                    c = random(rng, (between.shape[1], 33), "f32") / 16
                    p.case([a, b, c], [o.astype(np.float32) for o in [between @ wide(c), between][:1 + watched]], tolerance=1e-3)
                yield p
    # Dimensions that are joined.
    for batches, rows, tile in ((3, 16, 8), (None, 16, 8), (3, 12, 8), (1, 13, 8), (3, None, 4)):
        p = Program(f"layout_moved_collapse_{batches or 'n'}x{rows or 'n'}")
        x, w = p.arg([batches, rows, 20]), p.arg([20, 45])
        y = p.generic(
            [x, w], [p.fill([*x.dims[:2], 45], 0)], ["d0, d1, d3", "d3, d2", "d0, d1, d2"], "pppr", body("f32"),
            layout_text(["", "", f"0,1,2 1:{tile} 2:16"]))
        e = exponential(p, y)
        joined = batches * rows if batches and rows else None
        if joined is None:
            joined = p.fresh()
            p.line(f"{joined} = arith.muli {', '.join(d if isinstance(d, str) else p.index(d) for d in x.dims[:2])} : index")
        e = p.op(f"tensor.collapse_shape {e} [[0, 1], [2]] : {e.type} into %r", [joined, 45])
        p.ret(second(p, e, 33, [f"0,1 0:{tile} 1:16", PANELS, f"0,1 0:{tile} 1:16"]))
        rng = rng_of(p.name)
        for n in (0, 1, 7, 12) if None in (batches, rows) else (0,):
            a, b, c = random(rng, (n if batches is None else batches, n if rows is None else rows, 20), "f32"), random(rng, (20, 45), "f32"), random(rng, (45, 33), "f32") / 16
            p.case([a, b, c], [(np.exp(wide(a) @ wide(b)).reshape(-1, 45) @ wide(c)).astype(np.float32)], tolerance=1e-3)
        yield p


def programs():
    yield from products()
    yield from chains()
    yield from movements()
