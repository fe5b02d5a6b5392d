"""Cases of tree ensembles: comparisons, missing values, hostile numbers, shapes of trees, and what leaves have."""

import numpy as np
from onnx import numpy_helper

from case import NUMPY, Case

MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
HOSTILE = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 1e-45, -1e-45, 3.4028235e38]


def tensor(values, dtype):
    return numpy_helper.from_array(np.array(values, NUMPY[dtype]))


def grow(rng, leaves, kind="random"):
    """Returns the children of the nodes of a tree, of which -1 - k is leaf k: of one that grew at random, or of a path that turns at random."""
    inner = max(leaves - 1, 0)
    children, ends = np.zeros((inner, 2), int), [(-1, 0)]
    for i in range(inner):
        parent, side = ends.pop(rng.integers(len(ends)) if kind == "random" else -1)
        if parent >= 0:
            children[parent, side] = i
        sides = [(i, 0), (i, 1)]
        ends += sides if rng.integers(2) else sides[::-1]
    for k, (parent, side) in enumerate(ends):
        if parent >= 0:
            children[parent, side] = -1 - k
    return children


def forest(rng, trees, classifier=False, targets=1, full=True, features=3, values=None, modes=("BRANCH_LEQ",), missing=False, low=-1.0):
    """Returns the attributes of an ensemble of trees that are given by the children of their nodes."""
    prefix = "class" if classifier else "target"
    lists = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree, children in enumerate(trees):
        inner = len(children)
        for node in range(2 * inner + 1):
            is_leaf = node >= inner
            yes, no = (0, 0) if is_leaf else (inner - 1 - c if c < 0 else c for c in children[node])
            threshold = float(np.float32(rng.choice(values) if values is not None else rng.uniform(-1, 1)))
            row = (tree, node, int(rng.integers(0, features)), threshold, "LEAF" if is_leaf else str(rng.choice(modes)), int(yes), int(no))
            for name, value in zip(lists, row):
                lists[name].append(value)
            for target in (range(targets) if full else [int(rng.integers(targets))]) if is_leaf else ():
                for name, value in zip(leaves, (tree, node, target, float(rng.uniform(low, 1)) / len(trees))):
                    leaves[name].append(value)
    if missing:
        lists["missing_value_tracks_true"] = [int(bit) for bit in rng.integers(0, 2, len(lists["treeids"]))]
    return {f"nodes_{name}": values for name, values in lists.items()} | {f"{prefix}_{name}": values for name, values in leaves.items()}


def complete(rng, count, depth):
    inner = 2**depth - 1
    below = 2 * np.arange(inner)[:, None] + [1, 2]
    return [np.where(below < inner, below, inner - 1 - below)] * count


def hostile(rng, rows, dtype="f32"):
    numbers = [number for number in HOSTILE + [2.0, -2.0] if dtype != "f16" or not 1e5 < abs(number) < 1e39]
    return rng.choice(numbers, (rows, 3)).astype(NUMPY[dtype])


REGRESSOR, CLASSIFIER, ENSEMBLE = "ai.onnx.ml::TreeEnsembleRegressor", "ai.onnx.ml::TreeEnsembleClassifier", "ai.onnx.ml::TreeEnsemble"


def comparisons(rng):
    for mode in MODES + (MODES,):
        name = mode if isinstance(mode, str) else "mixed"
        for missing in (False, True):
            trees = [grow(rng, 9) for _ in range(20)]
            attributes = forest(rng, trees, values=HOSTILE[1:], modes=[mode] if name == mode else mode, missing=missing) | {"n_targets": 1}
            yield Case(f"TreeEnsembleRegressor-{name}{'-missing' * missing}", REGRESSOR, [hostile(rng, 41)], attributes)
            paths = [grow(rng, 200, "path") for _ in range(3)]
            attributes = forest(rng, paths, values=HOSTILE[1:], modes=[mode] if name == mode else mode, missing=missing) | {"n_targets": 1}
            yield Case(f"TreeEnsembleRegressor-path-{name}{'-missing' * missing}", REGRESSOR, [hostile(rng, 41)], attributes)
    # NaN is a threshold that nothing passes, but what is not equal to it.
    attributes = forest(rng, [grow(rng, 9) for _ in range(20)], values=[np.nan, 0.5], modes=MODES, missing=True) | {"n_targets": 1}
    yield Case("TreeEnsembleRegressor-nan", REGRESSOR, [hostile(rng, 41)], attributes)
    for dtype in ("f64", "f16"):
        lists = ensemble(rng, dtype, 9, 3, 2) | {"nodes_modes": tensor(rng.integers(0, 6, 63), "u8"), "nodes_splits": tensor(rng.choice([0, 1, -1, np.inf], 63), dtype)}
        lists["nodes_missing_value_tracks_true"] = [int(bit) for bit in rng.integers(0, 2, 63)]
        yield Case(f"TreeEnsemble-hostile-{dtype}", ENSEMBLE, [hostile(rng, 41, dtype)], lists, ml=5, reference="onnxruntime" if dtype == "f64" else "onnx", tolerance=1e-2 if dtype == "f16" else 1e-5)


def types(rng):
    trees = [grow(rng, 12) for _ in range(7)]
    for dtype in ("f64", "i64", "i32"):
        x = rng.integers(-3, 4, (33, 3)).astype(NUMPY[dtype]) if dtype[0] == "i" else 0.1 * rng.integers(-3, 4, (33, 3))
        attributes = forest(rng, trees, values=[0.1, 0.2, -0.3, 1, 2, -1], modes=MODES[:4]) | {"n_targets": 1}
        if dtype == "f64":
            yield Case(f"TreeEnsembleRegressor-{dtype}", REGRESSOR, [x], attributes)
        yield Case(f"TreeEnsembleClassifier-{dtype}", CLASSIFIER, [x], forest(rng, trees, True, 3) | {"classlabels_strings": ["a", "b", "c"]}, outputs=2)
    attributes = forest(rng, trees, values=[0.1, 0.2]) | {"n_targets": 1, "base_values_as_tensor": tensor([0.1], "f64")}
    for name in ("nodes_values", "target_weights"):
        attributes[f"{name}_as_tensor"] = tensor(np.array(attributes.pop(name)) + 1e-12, "f64")
    yield Case("TreeEnsembleRegressor-f64-tensors", REGRESSOR, [0.1 * rng.integers(0, 4, (33, 3)) + rng.choice([0, 1e-12, 2e-12], (33, 3))], attributes)


def shapes(rng):
    for rows in (0, 1, 7, 16, 33):
        for name, trees in (("random", [grow(rng, 40) for _ in range(35)]), ("path", [grow(rng, 300, "path") for _ in range(5)]), ("one", [grow(rng, 30)])):
            x = ("f32", (-rows, 3), -1, 1)
            yield Case(f"TreeEnsembleRegressor-{name}-{rows}", REGRESSOR, [x], forest(rng, trees) | {"n_targets": 1})
            yield Case(f"TreeEnsembleClassifier-{name}-{rows}", CLASSIFIER, [x], forest(rng, trees, True, 5) | {"classlabels_int64s": [3, 1, 4, 15, 9]}, outputs=2)
    yield Case("TreeEnsembleRegressor-leaves", REGRESSOR, [("f32", (-9, 3))], forest(rng, [grow(rng, 1) for _ in range(3)]) | {"n_targets": 1})
    yield Case("TreeEnsembleRegressor-open-width", REGRESSOR, [("f32", (-19, -3), -1, 1)], forest(rng, [grow(rng, 9) for _ in range(5)]) | {"n_targets": 1})
    # So many steps that trees are shared as pieces; so many features that links have no room in 32 bits.
    for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
        attributes = forest(rng, [grow(rng, 3000, "path") for _ in range(12)], targets=3, full=False) | {"n_targets": 3, "aggregate_function": aggregate}
        yield Case(f"TreeEnsembleRegressor-pieces-{aggregate}", REGRESSOR, [("f32", (-37, 3), -1, 1)], attributes)
    wide = forest(rng, [grow(rng, 500) for _ in range(3)], features=1 << 20, modes=MODES[:4], missing=True) | {"n_targets": 1}
    yield Case("TreeEnsembleRegressor-wide", REGRESSOR, [("f32", (3, 1 << 20), -1, 1)], wide)


def weights(rng):
    trees, x = [grow(rng, 20) for _ in range(9)], ("f32", (-35, 3), -1, 1)
    for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
        for targets, full in ((17, True), (17, False), (2, True)):
            attributes = forest(rng, trees, targets=targets, full=full) | {"n_targets": targets, "aggregate_function": aggregate}
            # ONNX Runtime leaves out the base where a row has no weight for a target.
            base = {"base_values": [0.5] * targets} if full else {}
            yield Case(f"TreeEnsembleRegressor-{aggregate}-{targets}-{full}", REGRESSOR, [x], attributes | base)
    # A tree for each class in turn, as of gradient boosting.
    boosted = forest(rng, trees, True) | {"classlabels_int64s": [0, 1, 2], "post_transform": "SOFTMAX"}
    boosted["class_ids"] = [tree % 3 for tree in boosted["class_treeids"]]
    yield Case("TreeEnsembleClassifier-boosted", CLASSIFIER, [x], boosted, outputs=2)
    zeros = boosted | {"post_transform": "SOFTMAX_ZERO"}
    zeros["class_weights"] = [weight * (place % 3 > 0) for place, weight in enumerate(boosted["class_weights"])]
    yield Case("TreeEnsembleClassifier-zeros", CLASSIFIER, [x], zeros, outputs=2)
    # Some leaves have no weight, some several for one target.
    lists = forest(rng, trees, targets=3)
    for name in ("treeids", "nodeids", "ids", "weights"):
        column = lists[f"target_{name}"]
        lists[f"target_{name}"] = column[1::2] + column[1::6]
    yield Case("TreeEnsembleRegressor-some", REGRESSOR, [x], lists | {"n_targets": 3})


def sets(rng):
    # Several comparisons lead to one node, as those that LightGBM's converter makes of a set.
    shared = {"nodes_treeids": [0] * 7, "nodes_nodeids": list(range(7)), "nodes_featureids": [0, 0, 0, 1, 0, 0, 0], "nodes_values": [1.0, 4.0, 2.0, 0.5, 0, 0, 0],
              "nodes_modes": ["BRANCH_EQ"] * 3 + ["BRANCH_LEQ"] + ["LEAF"] * 3, "nodes_truenodeids": [3, 3, 3, 4, 0, 0, 0], "nodes_falsenodeids": [1, 2, 6, 5, 0, 0, 0],
              "target_treeids": [0] * 3, "target_nodeids": [4, 5, 6], "target_ids": [0] * 3, "target_weights": [1.0, 2.0, 3.0], "n_targets": 1}
    x = rng.integers(0, 6, (40, 2)).astype(np.float32)
    yield Case("TreeEnsembleRegressor-shared", REGRESSOR, [x], shared)
    for count in (1, 3, 100):
        lists = {"n_targets": 1, "tree_roots": [0], "nodes_modes": tensor([6, 6], "u8"), "nodes_featureids": [0, 1], "nodes_splits": tensor([0, 0], "f32"),
                 "nodes_truenodeids": [1, 0], "nodes_trueleafs": [0, 1], "nodes_falsenodeids": [2, 1], "nodes_falseleafs": [1, 1], "leaf_targetids": [0] * 3,
                 "leaf_weights": tensor([10, 20, 30], "f32"), "membership_values": tensor([*range(count), np.nan, *range(0, 2 * count, 2), np.nan], "f32")}
        x = rng.integers(0, 2 * count + 2, (60, 2)).astype(np.float32)
        x[::7] = np.nan
        inside = [(a < count) & (b % 2 == 0) & (b < 2 * count) for a, b in x]
        expected = np.where(inside, 10, np.where(x[:, 0] < count, 20, 30)).astype(np.float32)[:, None]
        yield Case(f"TreeEnsemble-two-sets-{count}", ENSEMBLE, [x], lists, ml=5, expected=[expected])


def ensemble(rng, dtype, trees, depth, targets):
    """Returns the attributes of complete trees in the form of TreeEnsemble."""
    lists = {name: [] for name in ("featureids", "truenodeids", "trueleafs", "falsenodeids", "falseleafs")}
    inner, roots = 2**depth - 1, []
    for tree in range(trees):
        roots.append(tree * inner)
        for node in range(inner):
            isleaf = int(2 * node + 1 >= inner)
            left = 2 * node + 1 - inner + tree * (inner + 1) if isleaf else tree * inner + 2 * node + 1
            for name, value in zip(lists, (int(rng.integers(0, 3)), left, isleaf, left + 1, isleaf)):
                lists[name].append(value)
    count = trees * (inner + 1)
    return {f"nodes_{name}": values for name, values in lists.items()} | {
        "nodes_splits": tensor(rng.uniform(-1, 1, trees * inner), dtype), "nodes_modes": tensor(rng.integers(0, 4, trees * inner), "u8"), "tree_roots": roots,
        "leaf_weights": tensor(rng.uniform(-1, 1, count), dtype), "leaf_targetids": [int(i) for i in rng.integers(0, targets, count)], "n_targets": targets}


def plain(rng):
    x = ("f32", (-50, 3), -2, 2)
    for transform in ("NONE", "LOGISTIC"):
        yield Case(f"TreeEnsembleRegressor-{transform}", REGRESSOR, [x], forest(rng, complete(rng, 5, 3), targets=2) | {"n_targets": 2, "post_transform": transform, "base_values": [0.5, -0.5]})
    for transform in ("NONE", "SOFTMAX"):
        yield Case(f"TreeEnsembleClassifier-{transform}", CLASSIFIER, [x], forest(rng, complete(rng, 5, 3), True, 3) | {"classlabels_int64s": [4, 2, 9], "post_transform": transform}, outputs=2)
    for low in (-1, 0):
        for transform in ("NONE", "LOGISTIC"):
            attributes = forest(rng, complete(rng, 5, 2), True, low=low) | {"classlabels_int64s": [0, 1], "post_transform": transform}
            yield Case(f"TreeEnsembleClassifier-binary-{low}-{transform}", CLASSIFIER, [x], attributes, outputs=2)
            yield Case(f"TreeEnsembleClassifier-base-{low}-{transform}", CLASSIFIER, [x], attributes | {"base_values": [0.4]}, outputs=2)
    for dtype in ("f32", "f64"):
        for aggregate in range(4):
            yield Case(f"TreeEnsemble-{dtype}-{aggregate}", ENSEMBLE, [(dtype, (-50, 3), -2, 2)], ensemble(rng, dtype, 5, 3, 2) | {"aggregate_function": aggregate}, ml=5)
        members = {"nodes_modes": tensor([0, 6, 6], "u8"), "membership_values": tensor([1, 2, 5, np.nan, 3, np.nan], dtype)}
        tree = {"nodes_splits": tensor([2.5, 0, 0], dtype), "nodes_featureids": [0, 1, 2], "nodes_truenodeids": [1, 0, 2], "nodes_trueleafs": [0, 1, 1],
                "nodes_falsenodeids": [2, 1, 3], "nodes_falseleafs": [0, 1, 1], "leaf_targetids": [0, 1, 0, 1], "leaf_weights": tensor([1, 2, 3, 4], dtype), "tree_roots": [0], "n_targets": 2}
        yield Case(f"TreeEnsemble-members-{dtype}", ENSEMBLE, [rng.integers(0, 6, (40, 3)).astype(NUMPY[dtype])], tree | members, ml=5, reference="onnx")


def trees():
    rng = np.random.default_rng(9)
    for family in (plain, comparisons, types, shapes, weights, sets):
        yield from family(rng)
