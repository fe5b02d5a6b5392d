"""Cases whose axes, bounds, steps or sizes are inputs of the model: only the run knows them."""

import numpy as np

from case import Case, const


def i64(*values):
    return np.array(values, np.int64)


def reductions():
    kinds = ["Sum", "Mean", "Prod", "Max", "Min", "SumSquare", "L1", "L2", "LogSum", "LogSumExp"]
    for kind in kinds:
        low = 0.1 if kind == "LogSum" else -2
        yield Case(f"computed-Reduce{kind}", f"Reduce{kind}", [("f32", (3, -4, 5), low, 2), i64(1)], {"keepdims": 0}, opset=18)
    x = ("f32", (2, 3, -4, 5))
    for axes in ([0], [-1], [2, 0], [1, 3], [3, 1, 0], [0, 1, 2, 3]):
        for keeps in (0, 1):
            yield Case(f"computed-ReduceMean-{axes}-{keeps}".replace(" ", ""), "ReduceMean", [x, i64(*axes)], {"keepdims": keeps}, opset=18)
    yield Case("computed-ReduceSum-i64", "ReduceSum", [("i64", (3, -37)), i64(1)])
    yield Case("computed-ReduceMax-f16", "ReduceMax", [("f16", (3, 37)), i64(0)], opset=18)
    for kind in ("SumSquare", "L1", "L2", "LogSum", "LogSumExp", "Sum"):
        yield Case(f"computed-Reduce{kind}-nothing", f"Reduce{kind}", [("f32", (3, 5), 0.1, 2), const([])], {"noop_with_empty_axes": 1}, opset=20)


def shapes():
    x = ("f32", (2, 1, -5, 1))
    yield Case("computed-Squeeze-one", "Squeeze", [x, i64(-1)])
    yield Case("computed-Squeeze-two", "Squeeze", [x, i64(3, 1)])
    yield Case("computed-Squeeze-all", "Squeeze", [("f32", (1, 1)), i64(0, -1)])
    for axes in ([0], [-1], [1, 3], [-1, 0, 2]):
        yield Case(f"computed-Unsqueeze-{axes}".replace(" ", ""), "Unsqueeze", [("f32", (3, -4)), i64(*axes)])
    for bounds in ((0, 20, 3), (20, 0, -3), (5, 5, 1), (7, 3, 2)):
        yield Case(f"computed-Range-{bounds}".replace(" ", ""), "Range", [np.array(number, np.int64) for number in bounds])
    for bounds in ((0.5, 7.25, 0.5), (3, -4, -1.5), (1, 1, 2)):
        yield Case(f"computed-Range-float-{bounds}".replace(" ", ""), "Range", [np.array(number, np.float32) for number in bounds])
    yield Case("computed-OneHot", "OneHot", [("i64", (3, 4), 0, 6), np.array(7, np.float32), ("f32", (2,))])


def slices():
    x = ("f32", (4, -9, 7))
    parts = {
        "ahead": ([1], [8], [1], [2]), "back": ([8], [-10], [1], [-3]), "two": ([1, 0], [3, 100], [0, -1], [1, 2]),
        "far": ([-100], [100], [2], [3]), "none": ([3], [3], [1], [1]), "all-back": ([-1, -1], [-100, -100], [2, 0], [-1, -2]),
        "huge-step": ([1], [9], [1], [2**40]),
    }
    for name, numbers in parts.items():
        yield Case(f"computed-Slice-{name}", "Slice", [x, *(i64(*part) for part in numbers)])
    yield Case("computed-Slice-steps", "Slice", [x, const([8]), const([0]), const([1]), i64(-2)])
    yield Case("computed-Slice-axes", "Slice", [x, const([1]), const([3]), i64(-2)])
    for mode in ("constant", "reflect", "edge"):
        yield Case(f"computed-Pad-{mode}", "Pad", [x, i64(1, 0, 2, 3), None, i64(2, -2)], {"mode": mode}, opset=19)
    for axis in (0, 1, -1):
        for flags in ({}, {"exclusive": 1}, {"reverse": 1}):
            name = "-".join(["computed-CumSum", str(axis), *flags])
            yield Case(name, "CumSum", [x, np.array(axis, np.int64)], flags)


def forms():
    """Forms beside those of the other files."""
    for dtype in ("f32", "f16", "f64"):
        yield Case(f"Mod-sign-{dtype}", "Mod", [(dtype, (3, 37), -9, 9), (dtype, (37,), -4, 4)], {"fmod": 1})
    for dtype in ("u8", "u32"):
        for direction in ("LEFT", "RIGHT"):
            yield Case(f"BitShift-{dtype}-{direction}", "BitShift", [(dtype, (3, 37), 0, 200), (dtype, (37,), 0, 7)], {"direction": direction})
    x, one = ("f32", (2, 5, 3, 7)), ("f32", (5,), 0.5, 2)
    yield Case("BatchNormalization-training", "BatchNormalization", [x, one, one, one, one], {"training_mode": 1, "momentum": 0.7}, outputs=3, opset=15)
    yield Case("Dropout-ratio-0", "Dropout", [x, const(0.0, "f32"), np.array(True)], {}, opset=13)


computed = (reductions, shapes, slices, forms)
