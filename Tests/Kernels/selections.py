"""The least elements of rows: `rows.select`, with keys that are read or made in the same kernel."""
import numpy as np

from program import NUMPY, Program, Value, rng_of

MAPS = ", ".join(f"affine_map<(r, i, w) -> ({axes})>" for axes in ("r, i", "r, w"))
ITERATORS = ", ".join(f"#linalg.iterator_type<{kind}>" for kind in ("parallel", "reduction", "reduction"))
# Rows, columns, wanted: around the sizes of vectors, blocks of them, groups of columns, and the candidates that are sorted at a time.
SHAPES = [
    (1, 2, 1), (3, 5, 4), (1, 17, 3), (2, 31, 16), (5, 63, 10), (1, 64, 10), (3, 65, 64), (2, 127, 100), (1, 129, 128), (4, 200, 7),
    (3, 255, 50), (2, 256, 65), (2, 1000, 5), (65, 300, 10), (1, 5003, 50), (2, 4096, 128), (1, 20011, 1),
]


def selected(p, keys, count):
    """The positions of the `count` least elements of each row."""
    name, order = p.fresh(), p.empty([keys.dims[0], count], "i64")
    p.line(
        f'{name} = "rows.select"({keys}, {order}) {{indexing_maps = [{MAPS}], iterator_types = [{ITERATORS}], '
        f"operandSegmentSizes = array<i32: 1, 1>}} : ({keys.type}, {order.type}) -> {order.type}")
    return Value(name, order.dims, "i64")


def kinds(rng, shape, dtype):
    """Rows of all kinds: many and few different elements, in order and the other way around, all the same, with the greatest and the least."""
    limits = np.iinfo(NUMPY[dtype])
    x = rng.integers(limits.min, limits.max, shape, NUMPY[dtype], endpoint=True)
    few = rng.integers(0, 4, shape).astype(NUMPY[dtype])
    # What is small stands in the same columns of each block.
    periodic = np.where(np.arange(shape[1]) % 64 < 2, rng.integers(-9, 0, shape), 5).astype(NUMPY[dtype])
    extremes = rng.choice(np.array([limits.min, limits.max], NUMPY[dtype]), shape)
    same = [np.full(shape, number, NUMPY[dtype]) for number in (limits.min, 0, limits.max)]
    return [x, few, np.sort(x), np.sort(x)[:, ::-1].copy(), periodic, extremes, *same]


def programs():
    for r, n, k in SHAPES:
        for dtype in ("i32", "i64"):
            for kind in ("read", "made", "shared"):
                for dynamic in (False, True):
                    p = Program(f"select_{r}x{n}_{k}_{dtype}_{kind}{'_dynamic' if dynamic else ''}")
                    cases = kinds(rng_of(p.name), (r, n), dtype)
                    # Several rows are of all kinds at once.
                    cases = cases[:2] if r == 1 else [np.concatenate(cases)]
                    x = p.arg([None if dynamic and r > 1 else len(cases[0]), None if dynamic else n], dtype)
                    minus = p.scalar(-1, dtype)
                    keys = x if kind == "read" else p.elementwise([x], f"%q = arith.xori %a, {minus} : {dtype}\nyield %q")
                    p.ret(selected(p, keys, k), *([keys] if kind == "shared" else []))
                    for values in cases:
                        made = values if kind == "read" else ~values
                        order = np.argsort(made, axis=1, kind="stable")[:, :k]
                        p.case([values], [order] + ([made] if kind == "shared" else []))
                    yield p
