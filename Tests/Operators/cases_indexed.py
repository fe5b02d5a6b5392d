"""Cases of operators that choose, order and scatter elements."""

import numpy as np

from case import NUMPY, Case, const
from cases_sequential import graph


def ordering():
    x = ("f32", (3, 5, 17))
    for axis in (0, 1, -1):
        yield Case(f"TopK-{axis}", "TopK", [x, const([2])], {"axis": axis}, outputs=2)
    yield Case("TopK-least", "TopK", [x, const([4])], {"largest": 0}, outputs=2)
    yield Case("TopK-ties", "TopK", [("i32", (3, 50), 0, 5), const([9])], outputs=2)
    yield Case("TopK-long", "TopK", [("f32", (2, 5000)), const([9])], outputs=2)
    yield Case("TopK-all-of-long", "TopK", [("i32", (2, 300), 0, 99), const([300])], {"largest": 0}, outputs=2)
    yield Case("TopK-long-dynamic", "TopK", [("f16", (-2, -700)), np.array([300])], outputs=2)
    yield Case("TopK-few-dynamic", "TopK", [("u8", (-2, -700), 0, 255), const([11])], outputs=2)
    yield Case("TopK-i64", "TopK", [("i64", (3, 50)), const([50])], outputs=2)
    yield Case("TopK-computed", "TopK", [("f32", (-3, -17)), np.array([4])], outputs=2)
    special = np.tile(np.array([0.0, -0.0, np.inf, -np.inf, 1, -1, 1e-45, -3], np.float32), (2, 40))
    unknown = np.random.default_rng(1).permutation(np.append(np.arange(400, dtype=np.float32) - 200, np.nan))[None]
    for largest in (0, 1):
        yield Case(f"TopK-sorted-special-{largest}", "TopK", [special, const([310])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-sorted-nan-{largest}", "TopK", [unknown, const([401])], {"largest": largest}, outputs=2, reference="onnx")
        yield Case(f"TopK-sorted-i64-{largest}", "TopK", [("i64", (-3, -301), -(1 << 63), (1 << 63) - 1), const([301])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-sorted-i64-narrow-{largest}", "TopK", [("i64", (3, 1 << 12), 7, 300), const([4000])], {"largest": largest}, outputs=2)
    for dtype in ("f16", "f64", "i8", "u8", "i32", "u32", "u64"):
        yield Case(f"TopK-sorted-{dtype}", "TopK", [(dtype, (3, 257)), const([256])], outputs=2, reference="onnx")
    yield Case("TopK-sorted-columns", "TopK", [("f32", (2, 400, 3)), const([399])], {"axis": 1}, outputs=2)
    yield Case("TopK-sorted-large", "TopK", [("i32", (1, 70001), -(1 << 31), (1 << 31) - 1), const([70001])], outputs=2)
    yield Case("TopK-sorted-same", "TopK", [np.full((2, 500), 3, np.float32), const([500])], outputs=2)
    yield Case("TopK-sorted-empty", "TopK", [np.zeros((0, 500), np.float32), const([300])], outputs=2)
    for largest in (0, 1):
        for dtype in ("f32", "f16", "f64", "i8", "u8", "i32", "i64"):
            spec = (dtype, (3, 333)) + ((0, 99) if dtype[0] in "iu" else ())
            yield Case(f"TopK-few-{dtype}-{largest}", "TopK", [spec, const([13])], {"largest": largest}, outputs=2)
        for dtype in ("u32", "u64"):
            different = np.random.default_rng(2).permutation(np.iinfo(NUMPY[dtype]).max // np.arange(1, 1000, dtype=NUMPY[dtype]))[None]
            yield Case(f"TopK-few-{dtype}-{largest}", "TopK", [different, const([13])], {"largest": largest}, outputs=2, reference="onnx")
        yield Case(f"TopK-few-special-{largest}", "TopK", [special, const([70])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-few-nan-{largest}", "TopK", [unknown, const([128])], {"largest": largest}, outputs=2, reference="onnx")
        yield Case(f"TopK-few-same-{largest}", "TopK", [np.zeros((2, 5000), np.int32), const([9])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-few-in-pieces-{largest}", "TopK", [("f32", (2, 3 << 16)), const([50])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-few-in-same-pieces-{largest}", "TopK", [np.zeros((1, 1 << 16), np.int32), const([9])], {"largest": largest}, outputs=2)
        yield Case(f"TopK-few-in-order-{largest}", "TopK", [np.arange(9999, dtype=np.int64)[None], const([100])], {"largest": largest}, outputs=2)
    yield Case("TopK-few-of-dynamic", "TopK", [("f32", (-4, -129)), const([128])], outputs=2)
    yield Case("TopK-all-of-dynamic", "TopK", [("f32", (-4, -20)), const([20])], outputs=2)
    yield Case("TopK-none-of-dynamic", "TopK", [("f32", (-4, -20)), const([0])], outputs=2, reference="onnx")
    yield Case("TopK-computed-few", "TopK", [("i64", (-3, -1000), 0, 99), np.array([10])], outputs=2)
    yield Case("TopK-few-columns", "TopK", [("f32", (2, -400, 3)), const([7])], {"axis": 1}, outputs=2)
    yield Case("TopK-few-of-many", "TopK", [("f32", (1, 100003)), const([50])], outputs=2)
    yield Case("TopK-few-empty", "TopK", [np.zeros((0, 500), np.float32), const([3])], outputs=2)
    yield Case("TopK-old", "TopK", [x], {"k": 3}, opset=9, outputs=2)
    for name, shape in (("vector", (17,)), ("matrix", (5, 7)), ("large", (3, 400, 5)), ("dynamic", (-3, -50))):
        yield Case(f"NonZero-{name}", "NonZero", [("i32", shape, 0, 1)])
    yield Case("NonZero-bool", "NonZero", [("bool", (3, 5))])
    yield Case("NonZero-f32", "NonZero", [np.array([0.0, 1.5, -0.0, np.nan, 2], np.float32)])
    yield Case("NonZero-none", "NonZero", [np.zeros((3, 5), np.float32)])
    yield Case("NonZero-long", "NonZero", [("i32", (-20011,), 0, 3)])
    yield Case("Compress", "Compress", [x, np.array([True, False, True, True, False])], {"axis": 1})
    yield Case("Compress-flat", "Compress", [x, np.array([True, False, True, True, False])])
    yield Case("Compress-short", "Compress", [("f32", (-3, 5)), np.array([True, False, True])], {"axis": 1})
    for order in (0, 1):
        yield Case(f"Unique-{order}", "Unique", [("i64", (50,), 0, 9)], {"sorted": order}, outputs=4)
        yield Case(f"Unique-f32-{order}", "Unique", [np.array([3, 1, 2, 1, 3, 0], np.float32)], {"sorted": order}, outputs=4)
        yield Case(f"Unique-rows-{order}", "Unique", [("f32", (9, 2), 0, 1)], {"axis": 0, "sorted": order}, outputs=4)
        yield Case(f"Unique-ties-{order}", "Unique", [np.array([[1, 0, 1, 0], [2, 3, 2, 0], [1, 0, 1, 0]], np.int64)], {"axis": order, "sorted": order}, outputs=4)
        yield Case(f"Unique-long-{order}", "Unique", [("i64", (700,), 0, 99)], {"sorted": order}, outputs=4)
        yield Case(f"Unique-long-rows-{order}", "Unique", [("i64", (300, 3), 0, 3)], {"axis": 0, "sorted": order}, outputs=4)
    yield Case("Unique-dynamic", "Unique", [("i64", (-5, -7), 0, 9)], outputs=4)


def scattering():
    x = ("f32", (3, 5, 7))
    places = np.random.default_rng(3).permuted(np.tile(np.arange(5), (3, 7, 1)), axis=2).transpose(0, 2, 1)[:, :3].copy()
    yield Case("ScatterElements", "ScatterElements", [x, places, ("f32", (3, 3, 7))], {"axis": 1})
    yield Case("ScatterElements-partial", "ScatterElements", [x, places[:2, :, :4].copy() - 5, ("f32", (2, 3, 4))], {"axis": 1})
    for kind in ("add", "mul", "max", "min"):
        yield Case(f"ScatterElements-{kind}", "ScatterElements", [x, ("i64", (3, 4, 7), -5, 4), ("f32", (3, 4, 7))], {"axis": 1, "reduction": kind}, opset=18)
        yield Case(f"ScatterND-{kind}", "ScatterND", [x, ("i64", (6, 2), 0, 2), ("f32", (6, 7))], {"reduction": kind}, opset=18)
    yield Case("ScatterElements-dynamic", "ScatterElements", [("f32", (-3, -5)), np.array([[1, 0, 2, 1, 0]]), ("f32", (1, 5))], {"axis": 0})
    yield Case("Scatter", "Scatter", [("f32", (3, 5)), np.array([[1, 0, 2, 1, 0]]), ("f32", (1, 5))], {"axis": 0}, opset=10)
    yield Case("ScatterND", "ScatterND", [x, np.array([[2], [0]]), ("f32", (2, 5, 7))])
    yield Case("ScatterND-elements", "ScatterND", [x, np.array([[[2, 1, 0], [0, -1, 3]]]), ("f32", (1, 2))])
    yield Case("ScatterND-i64", "ScatterND", [("i64", (9,)), np.array([[2], [7], [0]]), ("i64", (3,))])
    yield Case("ScatterND-vector", "ScatterND", [("f32", (9,)), np.array([[2], [7], [0]]), ("f32", (3,))])
    yield Case("ScatterND-vector-100", "ScatterND", [("f32", (100,)), np.array([[2], [7], [0]]), ("f32", (3,))])
    yield Case("ReverseSequence", "ReverseSequence", [("f32", (5, 3, 2)), np.array([2, 5, 1])])
    yield Case("ReverseSequence-batch", "ReverseSequence", [("f32", (-3, 5)), np.array([2, 5, 1])], {"time_axis": 1, "batch_axis": 0})


def detection():
    rng = np.random.default_rng(5)
    corners = rng.uniform(0, 5, (2, 30, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(1, 4, (2, 30, 2))], axis=2).astype(np.float32)
    scores = rng.uniform(0, 1, (2, 3, 30)).astype(np.float32)
    limits = [const([4]), const([0.5], "f32"), const([0.3], "f32")]
    yield Case("NonMaxSuppression", "NonMaxSuppression", [boxes, scores] + limits)
    yield Case("NonMaxSuppression-all", "NonMaxSuppression", [boxes, scores, const([100]), const([0.2], "f32")])
    yield Case("NonMaxSuppression-centre", "NonMaxSuppression", [boxes, scores, np.array([3]), np.array([0.4], np.float32), np.array([0.5], np.float32)], {"center_point_box": 1})


def long_scattering():
    """Scatters whose cost shows: many rows and updates, repeated ones among them, indices that an operator before it repeats over a row."""
    rng = np.random.default_rng(0)
    for columns, dynamic in ((1, False), (3, True), (16, False), (65, True), (1100, False)):
        n, e = (1500, 5000) if columns < 100 else (30, 70)
        shape = lambda rows: ("f32", (-rows if dynamic else rows, columns))
        places = rng.integers(-n, n, (e, 1))
        spread = graph([("Shape", "x2", "s"), ("Expand", "x1 s", "i"), ("ScatterElements", "x0 i x2", "y", {"axis": 0, "reduction": "add"})], [], ["y"])
        both = {"then_branch": spread, "else_branch": graph([("Neg", "x0", "z")], [], ["z"])}
        places = ("i64", (-e, 1), -n, n - 1) if dynamic else places
        yield Case(f"ScatterElements-spread-{columns}", "If", [shape(n), places, shape(e), np.array(True)], both, captured=3, opset=18, tolerance=1e-4)
        yield Case(f"ScatterND-rows-{columns}", "ScatterND", [shape(n), ("i64", (e, 1), -n, n - 1), shape(e)], {"reduction": "max"}, opset=18)
        yield Case(f"ScatterND-last-{columns}", "ScatterND", [shape(n), ("i64", (e, 1), 0, n - 1), shape(e)])
    middle = graph([("Shape", "x2", "s"), ("Expand", "x1 s", "i"), ("ScatterElements", "x0 i x2", "y", {"axis": 1, "reduction": "mul"})], [], ["y"])
    other = graph([("Neg", "x0", "z")], [], ["z"])
    for places in (("i64", (1, 9, 1, 1), -5, 4), ("i64", (3, 9, 1, 1), -5, 4), ("i64", (3, 9, 1, 7), -5, 4)):
        name = "x".join(str(size) for size in places[1])
        inputs = [("f32", (3, 5, 4, 7)), places, ("f32", (3, 9, 4, 7)), np.array(True)]
        yield Case(f"ScatterElements-spread-{name}", "If", inputs, {"then_branch": middle, "else_branch": other}, captured=3, opset=18, tolerance=1e-4)
    for dtype in ("f16", "f64", "i32", "u8", "i64", "bool"):
        yield Case(f"ScatterElements-{dtype}", "ScatterElements", [(dtype, (-40, 6)), ("i64", (-90, 6), -40, 39), (dtype, (-90, 6))], opset=18)
        if dtype != "bool":
            yield Case(f"ScatterND-max-{dtype}", "ScatterND", [(dtype, (40, 33)), ("i64", (90, 1), -40, 39), (dtype, (90, 33))], {"reduction": "max"}, opset=18, reference="onnx" if dtype == "f16" else "onnxruntime")
    texts = np.array([f"text {i}" for i in range(24)], dtype=object)
    yield Case("ScatterElements-string", "ScatterElements", [texts[:12].reshape(4, 3), ("i64", (4, 3), -4, 3), texts[12:].reshape(4, 3)])
    for kind in ("add", "mul"):
        yield Case(f"ScatterElements-bool-{kind}", "ScatterElements", [("bool", (9, 6)), ("i64", (20, 6), 0, 8), ("bool", (20, 6))], {"reduction": kind}, opset=18)
    onto_zeros = graph([("Shape", "x0", "s"), ("ConstantOfShape", "s", "z"), ("ScatterND", "z x1 x2", "y", {"reduction": "add"})], [], ["y"])
    for n in (40, -40):
        inputs = [("f32", (n, 20)), ("i64", (90, 1), 0, 39), ("f32", (90, 20)), np.array(True)]
        yield Case(f"ScatterND-onto-zeros{n}", "If", inputs, {"then_branch": onto_zeros, "else_branch": other}, captured=3, opset=18)
    zeros = const(np.zeros((9, 20)), "f32")
    yield Case("ScatterND-constants", "ScatterND", [zeros, ("i64", (30, 1), 0, 8), const(np.ones((30, 20)), "f32")], {"reduction": "add"}, opset=18)
    yield Case("ScatterND-one-place", "ScatterND", [const(np.zeros(900), "f32"), const(np.full((30, 1), 7)), ("f32", (30,))], {"reduction": "add"}, opset=18)
    yield Case("ScatterElements-i32-indices", "ScatterElements", [("f32", (4, 6)), ("i32", (4, 3), -6, 5), ("f32", (4, 3))], {"axis": 1})
    yield Case("ScatterElements-none", "ScatterElements", [("f32", (4, 6)), np.zeros((0, 6), np.int64), np.zeros((0, 6), np.float32)])
    yield Case("ScatterND-none", "ScatterND", [("f32", (-4, 6)), np.zeros((0, 1), np.int64), np.zeros((0, 6), np.float32)])
    yield Case("ScatterND-empty", "ScatterND", [("f32", (4, 0)), np.array([[1], [3]]), np.zeros((2, 0), np.float32)])
    yield Case("ScatterND-whole", "ScatterND", [("f32", (4, 6)), np.zeros((1, 0), np.int64), ("f32", (1, 4, 6))], {"reduction": "add"}, opset=18, reference="onnx")


indexed = (ordering, scattering, long_scattering, detection)
