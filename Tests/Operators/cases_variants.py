"""Cases of the rarer poolings, normalizations and matrix operators."""

import numpy as np

from case import TYPES, Case


def pooling():
    x = ("f32", (2, 3, 9, 11))
    kinds = {"plain": {"kernel_shape": [3, 2]}, "padded": {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]},
             "dilated": {"kernel_shape": [2, 2], "dilations": [2, 3]}, "columns": {"kernel_shape": [3, 3], "storage_order": 1}}
    for name, attributes in kinds.items():
        yield Case(f"MaxPool-indices-{name}", "MaxPool", [x], attributes, outputs=2)
    yield Case("MaxPool-indices-dynamic", "MaxPool", [("f32", (-2, 3, -9))], {"kernel_shape": [3], "strides": [2]}, outputs=2)
    for p in (1, 2, 3):
        yield Case(f"LpPool-{p}", "LpPool", [x], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "p": p}, opset=18)
        yield Case(f"GlobalLpPool-{p}", "GlobalLpPool", [x], {"p": p})
    yield Case("MaxUnpool", "MaxUnpool", [("f32", (1, 2, 2, 2)), np.array([[[[1, 3], [10, 12]], [[20, 22], [30, 28]]]])], {"kernel_shape": [2, 2], "strides": [2, 2]})
    for size in (1, 3, 5):
        yield Case(f"LRN-{size}", "LRN", [("f32", (2, 7, 5, 3))], {"size": size, "alpha": 0.3, "beta": 0.6, "bias": 1.5})
    yield Case("MeanVarianceNormalization", "MeanVarianceNormalization", [("f32", (2, 3, 5, 7))], tolerance=1e-4)


def matrices():
    yield Case("EyeLike", "EyeLike", [("f32", (3, 5))])
    yield Case("EyeLike-type", "EyeLike", [("i32", (-5, -3))], {"k": -1, "dtype": TYPES["f64"]})
    for axis in (0, 1, -1):
        yield Case(f"Hardmax-{axis}", "Hardmax", [("f32", (3, 5, 7))], {"axis": axis})
    yield Case("Hardmax-old", "Hardmax", [("f32", (3, 5, 7))], {"axis": 1}, opset=11)
    for shape in ((1, 1), (2, 2), (5, 5), (3, 4, 4), (-2, 6, 6)):
        yield Case(f"Det-{shape}".replace(" ", ""), "Det", [("f32", shape)], tolerance=1e-4)
    yield Case("Det-singular", "Det", [np.array([[1, 2, 3], [2, 4, 6], [0, 1, 1]], np.float32)])
    yield Case("Det-swap", "Det", [np.array([[0, 2, 3], [2, 0, 6], [0, 0, 1]], np.float32)])


    equations = {"ij,jk,kl->il": [(3, 5), (5, 7), (7, 4)], "ii->i": [(5, 5)], "ii->": [(5, 5)], "bii,bk->bk": [(2, 3, 3), (2, 4)], "i,i,i->i": [(5,)] * 3}
    for equation, operands in equations.items():
        yield Case(f"Einsum-{equation}", "Einsum", [("f32", shape) for shape in operands], {"equation": equation}, tolerance=1e-4)


def sampling():
    image, grid = ("f32", (2, 3, 5, 7)), ("f32", (2, 4, 6, 2), -1.4, 1.4)
    for padding in ("zeros", "border", "reflection"):
        for align in (0, 1):
            for mode in ("bilinear", "nearest"):
                yield Case(f"GridSample-{mode}-{padding}-{align}", "GridSample", [image, grid], {"mode": mode, "padding_mode": padding, "align_corners": align}, opset=16)
    yield Case("GridSample-dynamic", "GridSample", [("f32", (-2, 3, -5, -7)), ("f32", (-2, 4, -6, 2), -1.4, 1.4)], {"mode": "linear"})


def random():
    # Other numbers than ONNX Runtime's, so only what does not depend on chance.
    yield Case("RandomUniform", "RandomUniform", [], {"shape": [3, 5], "low": 2.0, "high": 2.0})
    yield Case("RandomNormal", "RandomNormal", [], {"shape": [3, 5], "mean": 2.0, "scale": 1e-30, "seed": 3.0})
    yield Case("RandomUniformLike", "RandomUniformLike", [("f32", (-3, 5))], {"low": 2.0, "high": 2.0})
    yield Case("RandomNormalLike", "RandomNormalLike", [("f32", (-3, 5))], {"mean": 2.0, "scale": 1e-30})
    # Bernoulli is missing: ONNX Runtime gives 1 where the probability is 0.


variants = (pooling, matrices, sampling, random)
