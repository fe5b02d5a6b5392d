"""Cases of the domain ai.onnx.ml."""

import numpy as np

from case import Case, const
from cases_trees import tensor, trees


def linear():
    x = ("f32", (-9, 3))
    weights = {"coefficients": [0.5, -1.0, 2.0, 1.5, 0.25, -0.75], "intercepts": [0.1, -0.2]}
    yield Case("LinearRegressor", "ai.onnx.ml::LinearRegressor", [x], {"coefficients": [0.5, -1.0, 2.0], "intercepts": [0.3]})
    yield Case("LinearRegressor-two", "ai.onnx.ml::LinearRegressor", [x], weights | {"targets": 2})
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        attributes = {"coefficients": [0.5, -1.0, 2.0, 1.5, 0.25, -0.75, 1, 1, -1.5], "intercepts": [0.1, -0.2, 0.3], "classlabels_ints": [7, 3, 5], "post_transform": transform}
        yield Case(f"LinearClassifier-{transform}", "ai.onnx.ml::LinearClassifier", [x], attributes, outputs=2)
    # No score is greater than NaN, and NaN than none.
    holes = np.array([[1, 2, 3], [np.nan, 1, 1], [1, np.inf, 2], [-np.inf, np.inf, 0], [np.nan, np.nan, np.nan]], np.float32)
    for transform in ("NONE", "LOGISTIC"):
        attributes = {"coefficients": [0.5, -1.0, 2.0, 0, 0, 1, 1, 1, -1.5], "intercepts": [0.1, -0.2, 0.3], "classlabels_ints": [7, 3, 5], "post_transform": transform}
        yield Case(f"LinearClassifier-nan-{transform}", "ai.onnx.ml::LinearClassifier", [holes], attributes, outputs=2)
    yield Case("Scaler", "ai.onnx.ml::Scaler", [x], {"offset": [0.5, 1.0, -2.0], "scale": [2.0, 3.0, 0.5]})
    yield Case("Scaler-i64", "ai.onnx.ml::Scaler", [("i64", (9, 3))], {"offset": [0.5], "scale": [2.0]})
    for norm in ("MAX", "L1", "L2"):
        yield Case(f"Normalizer-{norm}", "ai.onnx.ml::Normalizer", [("f32", (9, 3), 0.1, 3)], {"norm": norm})
    yield Case("Binarizer", "ai.onnx.ml::Binarizer", [x], {"threshold": 0.3})


def features():
    yield Case("ArrayFeatureExtractor", "ai.onnx.ml::ArrayFeatureExtractor", [("f32", (-5, 7)), np.array([[0, 6, 3]])])
    yield Case("ArrayFeatureExtractor-3", "ai.onnx.ml::ArrayFeatureExtractor", [("i64", (2, 5, 7)), const([[2, 2]])])
    yield Case("ArrayFeatureExtractor-row", "ai.onnx.ml::ArrayFeatureExtractor", [("f32", (7,)), const([4, 1])])
    parts = [("f32", (-9, 3)), ("f32", (-9, 1)), ("f32", (-9, 2))]
    yield Case("FeatureVectorizer", "ai.onnx.ml::FeatureVectorizer", parts, {"inputdimensions": [3, 1, 2]})
    yield Case("FeatureVectorizer-i64", "ai.onnx.ml::FeatureVectorizer", [("i64", (9, 3)), ("i64", (9, 2))], {"inputdimensions": [3, 2]})
    x = np.array([[1, np.nan, 3], [np.nan, 5, 6], [7, 8, 2]], np.float32)
    yield Case("Imputer", "ai.onnx.ml::Imputer", [x], {"imputed_value_floats": [10.0, 20.0, 30.0], "replaced_value_float": float("nan")})
    yield Case("Imputer-one", "ai.onnx.ml::Imputer", [x], {"imputed_value_floats": [7.5], "replaced_value_float": 3.0})
    yield Case("Imputer-i64", "ai.onnx.ml::Imputer", [("i64", (-9, 2), 0, 3)], {"imputed_value_int64s": [10, 20], "replaced_value_int64": 2})
    yield Case("OneHotEncoder", "ai.onnx.ml::OneHotEncoder", [("i64", (-9, 2), 0, 4)], {"cats_int64s": [3, 0, 2]})
    yield Case("OneHotEncoder-f32", "ai.onnx.ml::OneHotEncoder", [np.array([1, 0, 2, 1], np.float32)], {"cats_int64s": [0, 1, 2], "zeros": 0})
    keys, values = {"keys_int64s": [3, 0, 7]}, {"values_floats": [0.5, 1.5, -2.0]}
    yield Case("LabelEncoder", "ai.onnx.ml::LabelEncoder", [("i64", (-9, 3), 0, 8)], keys | values | {"default_float": 9.5})
    yield Case("LabelEncoder-default", "ai.onnx.ml::LabelEncoder", [("i64", (17,), 0, 8)], keys | {"values_int64s": [5, 6, 8]})
    yield Case("LabelEncoder-nan", "ai.onnx.ml::LabelEncoder", [np.array([1, np.nan, 2.5, 7], np.float32)],
               {"keys_floats": [float("nan"), 2.5, 1.0], "values_floats": [1.0, 2.0, 3.0]}, ml=4)
    yield Case("LabelEncoder-tensors", "ai.onnx.ml::LabelEncoder", [("i64", (3, 5), 0, 4)],
               {"keys_tensor": tensor([1, 3, 4], "i64"), "values_tensor": tensor([10, 30, 40], "f32"), "default_tensor": tensor([-7], "f32")}, ml=4)


def machines():
    rng, x = np.random.default_rng(5), ("f32", (-9, 3))
    floats = lambda count: [float(value) for value in rng.uniform(-1, 1, count)]
    kernels = {"LINEAR": [0.0, 0.0, 0.0], "RBF": [0.4, 0.0, 3.0], "POLY": [0.4, 0.7, 3.0], "SIGMOID": [0.4, 0.1, 3.0]}
    for kernel, parameters in kernels.items():
        attributes = {"kernel_type": kernel, "kernel_params": parameters, "support_vectors": floats(15)}
        yield Case(f"SVMRegressor-{kernel}", "ai.onnx.ml::SVMRegressor", [x], attributes | {"coefficients": floats(5), "rho": [0.2], "n_supports": 5}, tolerance=1e-4)
        for classes, counts in ((2, [2, 3]), (3, [2, 1, 2])):
            more = {"vectors_per_class": counts, "coefficients": floats(5 * (classes - 1)), "rho": floats(classes * (classes - 1) // 2), "classlabels_ints": [4, 2, 9][:classes]}
            yield Case(f"SVMClassifier-{kernel}-{classes}", "ai.onnx.ml::SVMClassifier", [x], attributes | more, outputs=2, tolerance=1e-4)
            pairs = classes * (classes - 1) // 2
            more |= {"prob_a": [-value for value in floats(pairs)], "prob_b": floats(pairs)}
            yield Case(f"SVMClassifier-{kernel}-{classes}-probabilities", "ai.onnx.ml::SVMClassifier", [x], attributes | more, outputs=2, tolerance=1e-4)
    plain = {"kernel_type": "LINEAR", "kernel_params": kernels["LINEAR"]}
    yield Case("SVMRegressor-linear", "ai.onnx.ml::SVMRegressor", [x], {"coefficients": floats(3), "rho": [0.2], "n_supports": 0} | plain)
    yield Case("SVMRegressor-one-class", "ai.onnx.ml::SVMRegressor", [x], {"kernel_type": "RBF", "kernel_params": kernels["RBF"], "support_vectors": floats(15), "coefficients": floats(5),
                                                                        "rho": [-0.2], "n_supports": 5, "one_class": 1})
    yield Case("SVMClassifier-linear", "ai.onnx.ml::SVMClassifier", [x], {"coefficients": floats(9), "rho": [0.1], "classlabels_ints": [4, 2, 9], "post_transform": "LOGISTIC"} | plain, outputs=2)


learned = (linear, trees, features, machines)
