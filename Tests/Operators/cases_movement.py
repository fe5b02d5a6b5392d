"""Operators that move elements: transpositions, slices, joins, gathers, borders, and images of other sizes."""
import numpy as np

from case import Case, const


def movement():
    x = ("f32", (3, 5, 7))
    yield Case("Transpose", "Transpose", [x])
    yield Case("Transpose-perm", "Transpose", [x], {"perm": [1, 0, 2]})
    yield Case("Transpose-dynamic", "Transpose", [("f32", (-3, 5, -7))], {"perm": [2, 0, 1]})
    slices = {
        "plain": ([1, 2], [3, 4], None, None), "negative": ([-2], [9223372036854775807], [1], None), "step": ([0], [7], [2], [3]),
        "reversed": ([-1], [-9223372036854775808], [2], [-1]), "reversed-step": ([6], [0], [-1], [-2]), "empty": ([4], [2], [1], None),
        "far": ([-100], [100], [0], None),
    }
    for name, (starts, ends, axes, steps) in slices.items():
        inputs = [const(starts), const(ends)] + [None if v is None else const(v) for v in (axes, steps)]
        yield Case(f"Slice-{name}", "Slice", [x] + inputs)
        yield Case(f"Slice-{name}-dynamic", "Slice", [("f32", (-3, -5, -7))] + inputs)
    # Backwards from before the first element: that element, unlike in numpy. Of nothing, nothing.
    for name, start, end in (("before", -10, -20), ("between", -10, 2), ("minimum", -(1 << 62), -(1 << 62)), ("after", 20, -20)):
        bounds = [const([start]), const([end]), const([1]), const([-2])]
        yield Case(f"Slice-backward-{name}", "Slice", [x, *bounds])
        yield Case(f"Slice-backward-{name}-dynamic", "Slice", [("f32", (-3, -5, -7)), *bounds])
        yield Case(f"Slice-backward-{name}-nothing", "Slice", [("f32", (3, 0, 7)), *bounds])
        yield Case(f"Slice-backward-{name}-nothing-open", "Slice", [np.ones((3, 0, 7), np.float32), *bounds], is_open=True)
    # Backwards to a positive end, of a first dimension that the compiler does not know.
    for size in (0, 1, 2, 7):
        for start, end in ((-1, 0), (-1, 1), (9, 3), (1, 1), (0, 2), (-3, -9)):
            bounds = [const([start]), const([end]), const([0]), const([-1])]
            array = np.arange(3 * size, dtype=np.float32).reshape(size, 3)
            yield Case(f"Slice-backward-first-{start}-{end}-{size}", "Slice", [array, *bounds], is_open=True)
    for name, end, step in (("all", -(1 << 62), -1), ("second", -(1 << 62), -2), ("itself", -1, -1)):
        for size in (0, 5):
            bounds = [const([-1]), const([end]), const([1]), const([step])]
            yield Case(f"Slice-from-last-{name}-{size}", "Slice", [np.ones((3, size, 7), np.float32), *bounds], is_open=True)
    yield Case("Slice-old", "Slice", [x], {"starts": [1, 0], "ends": [3, -1], "axes": [0, 2]}, opset=9)
    yield Case("Slice-computed", "Slice", [x, np.array([1]), np.array([-1]), const([2])])
    yield Case("Split-equal", "Split", [("f32", (6, 5))], {"num_outputs": 3}, outputs=3)
    yield Case("Split-uneven", "Split", [("f32", (7, 5))], {"num_outputs": 3}, outputs=3)
    yield Case("Split-sizes", "Split", [x, const([2, 5])], {"axis": -1}, outputs=2)
    yield Case("Split-old", "Split", [("f32", (6, 5))], {"split": [2, 4]}, opset=11, outputs=2)
    yield Case("Concat", "Concat", [x, ("f32", (3, 2, 7)), ("f32", (3, 1, 7))], {"axis": 1})
    yield Case("Concat-last", "Concat", [x, ("f32", (3, 5, 4))], {"axis": -1})
    yield Case("Concat-dynamic", "Concat", [("f32", (-3, 5)), ("f32", (-4, 5))], {"axis": 0})
    for sizes in ((2000, 64), (16, 16, 16), (1, 33, 0, 500), (-7, 1000, -40, 3, -64, 17, 5)):
        parts = [("f32", (3, size)) for size in sizes]
        yield Case(f"Concat-unequal-{len(sizes)}", "Concat", parts, {"axis": 1})
        yield Case(f"Concat-unequal-f16-{len(sizes)}", "Concat", [("f16", shape[::-1]) for _, shape in parts], {"axis": 0})
    yield Case("Concat-i8", "Concat", [("i8", (3, 5)), ("i8", (3, 2))], {"axis": 1})
    for axis in (0, 1, -1):
        yield Case(f"Gather-{axis}", "Gather", [x, np.array([[0, 2, -1], [1, -2, 0]])], {"axis": axis})
    yield Case("Gather-scalar", "Gather", [x, const(-1)], {"axis": 1})
    yield Case("Gather-constant", "Gather", [x, const([2, 0])], {"axis": 0})
    yield Case("Gather-i32", "Gather", [("i64", (9, 2)), ("i32", (-4,), 0, 8)])
    yield Case("GatherElements", "GatherElements", [x, ("i64", (3, 2, 7), -5, 4)], {"axis": 1})
    yield Case("GatherND", "GatherND", [x, ("i64", (4, 2), -3, 2)])
    yield Case("GatherND-batch", "GatherND", [x, ("i64", (3, 4, 1), -5, 4)], {"batch_dims": 1})
    for mode in ("constant", "reflect", "edge", "wrap"):
        yield Case(f"Pad-{mode}", "Pad", [x, const([1, 2, 0, 0, 1, 3])], {"mode": mode})
        yield Case(f"Pad-{mode}-dynamic", "Pad", [("f32", (-3, -5, 7)), const([1, 2, 0, 0, 1, 3])], {"mode": mode})
    for name, shape in (("", (3, 5)), ("-dynamic", (-3, -5))):
        yield Case(f"Pad-wrap-far{name}", "Pad", [("f32", shape), const([4, 11, 7, 0])], {"mode": "wrap"}, opset=19)
        for mode in ("reflect", "edge", "wrap"):
            yield Case(f"Pad-{mode}-cut{name}", "Pad", [("f32", shape), const([-1, 2, 1, -2])], {"mode": mode}, opset=19)
    yield Case("Pad-value", "Pad", [x, const([1, 0, 0, 0, 0, 2]), const(1.5, "f32")])
    yield Case("Pad-negative", "Pad", [x, const([0, -1, 0, 0, 2, -3])])
    yield Case("Pad-shifted", "Pad", [x, const([1, 0, -1, -1, 0, 1])])
    yield Case("Pad-shifted-dynamic", "Pad", [("f32", (-3, -5, 7)), const([0, 2, -1, 0, -2, 1])])
    yield Case("Pad-axes", "Pad", [x, const([1, 2]), None, const([-1])], opset=20)
    yield Case("Pad-old", "Pad", [x], {"pads": [1, 0, 0, 0, 2, 0], "value": 3.0}, opset=10)
    yield Case("Tile", "Tile", [x, const([2, 1, 3])])
    yield Case("Tile-dynamic", "Tile", [("f32", (-3, 5)), const([2, 3])])
    yield Case("Expand", "Expand", [("f32", (3, 1)), const([2, 1, 5])])
    yield Case("Expand-computed", "Expand", [("f32", (3, 1)), np.array([2, 3, 5])])
    for upper in (0, 1):
        yield Case(f"Trilu-{upper}", "Trilu", [x, const(1)], {"upper": upper})
    yield Case("DepthToSpace-DCR", "DepthToSpace", [("f32", (2, 12, 3, 5))], {"blocksize": 2})
    yield Case("DepthToSpace-CRD", "DepthToSpace", [("f32", (2, 12, 3, 5))], {"blocksize": 2, "mode": "CRD"})
    yield Case("SpaceToDepth", "SpaceToDepth", [("f32", (2, 3, 4, 6))], {"blocksize": 2})
    image = ("f32", (1, 2, 5, 7))
    for mode in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for nearest in ("round_prefer_floor", "floor", "ceil", "round_prefer_ceil"):
            attributes = {"mode": "nearest", "coordinate_transformation_mode": mode, "nearest_mode": nearest}
            yield Case(f"Resize-nearest-{mode}-{nearest}", "Resize", [image, None, const([1, 1, 2, 1.5], "f32")], attributes)
        attributes = {"mode": "linear", "coordinate_transformation_mode": mode}
        yield Case(f"Resize-linear-{mode}", "Resize", [image, None, None, const([1, 2, 8, 11])], attributes)
        yield Case(f"Resize-linear-{mode}-down", "Resize", [image, None, const([1, 1, 0.6, 0.5], "f32")], attributes)
    yield Case("Resize-dynamic", "Resize", [("f32", (-1, 2, -5, -7)), None, const([1, 1, 2, 2], "f32")],
               {"mode": "linear", "coordinate_transformation_mode": "half_pixel"})
    yield Case("Upsample", "Upsample", [image, const([1, 1, 2, 3], "f32")], opset=9)
