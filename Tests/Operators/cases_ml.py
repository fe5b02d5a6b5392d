"""Cases of the domain ai.onnx.ml."""

import numpy as np

from case import Case, const


def linear():
    x = ("f32", (-9, 3))
    weights = {"coefficients": [0.5, -1.0, 2.0, 1.5, 0.25, -0.75], "intercepts": [0.1, -0.2]}
    yield Case("LinearRegressor", "ai.onnx.ml::LinearRegressor", [x], {"coefficients": [0.5, -1.0, 2.0], "intercepts": [0.3]})
    yield Case("LinearRegressor-two", "ai.onnx.ml::LinearRegressor", [x], weights | {"targets": 2})
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        attributes = {"coefficients": [0.5, -1.0, 2.0, 1.5, 0.25, -0.75, 1, 1, -1.5], "intercepts": [0.1, -0.2, 0.3], "classlabels_ints": [7, 3, 5], "post_transform": transform}
        yield Case(f"LinearClassifier-{transform}", "ai.onnx.ml::LinearClassifier", [x], attributes, outputs=2)
    yield Case("Scaler", "ai.onnx.ml::Scaler", [x], {"offset": [0.5, 1.0, -2.0], "scale": [2.0, 3.0, 0.5]})
    yield Case("Scaler-i64", "ai.onnx.ml::Scaler", [("i64", (9, 3))], {"offset": [0.5], "scale": [2.0]})
    for norm in ("MAX", "L1", "L2"):
        yield Case(f"Normalizer-{norm}", "ai.onnx.ml::Normalizer", [("f32", (9, 3), 0.1, 3)], {"norm": norm})
    yield Case("Binarizer", "ai.onnx.ml::Binarizer", [x], {"threshold": 0.3})


def forest(rng, trees, depth, targets, classifier, positive=False):
    """Returns the attributes of an ensemble of complete trees."""
    prefix = "class" if classifier else "target"
    lists = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(trees):
        inner = 2**depth - 1
        for node in range(2 * inner + 1):
            is_leaf = node >= inner
            row = (tree, node, int(rng.integers(0, 3)), float(rng.uniform(-1, 1)), "LEAF" if is_leaf else "BRANCH_LEQ", 0 if is_leaf else 2 * node + 1, 0 if is_leaf else 2 * node + 2)
            for name, value in zip(lists, row):
                lists[name].append(value)
            if is_leaf:
                for target in range(targets):
                    for name, value in zip(leaves, (tree, node, target, float(rng.uniform(0 if positive else -1, 1 / trees)))):
                        leaves[name].append(value)
    return {f"nodes_{name}": values for name, values in lists.items()} | {f"{prefix}_{name}": values for name, values in leaves.items()}


def trees():
    x = ("f32", (-50, 3), -2, 2)
    rng = np.random.default_rng(9)
    for transform in ("NONE", "LOGISTIC"):
        yield Case(f"TreeEnsembleRegressor-{transform}", "ai.onnx.ml::TreeEnsembleRegressor", [x], forest(rng, 5, 3, 2, False) | {"n_targets": 2, "post_transform": transform, "base_values": [0.5, -0.5]})
    yield Case("TreeEnsembleRegressor-average", "ai.onnx.ml::TreeEnsembleRegressor", [x], forest(rng, 4, 2, 1, False) | {"n_targets": 1, "aggregate_function": "AVERAGE"})
    for transform in ("NONE", "SOFTMAX"):
        yield Case(f"TreeEnsembleClassifier-{transform}", "ai.onnx.ml::TreeEnsembleClassifier", [x], forest(rng, 5, 3, 3, True) | {"classlabels_int64s": [4, 2, 9], "post_transform": transform}, outputs=2)
    for positive in (False, True):
        for transform in ("NONE", "LOGISTIC"):
            yield Case(f"TreeEnsembleClassifier-binary-{positive}-{transform}", "ai.onnx.ml::TreeEnsembleClassifier", [x],
                       forest(rng, 5, 2, 1, True, positive) | {"classlabels_int64s": [0, 1], "post_transform": transform}, outputs=2)


learned = (linear, trees)
