"""Calls that must be refused with a message, and those beside them that must not: what reached beyond an operand once, or gave numbers of nothing.

A row is a name, an operator, inputs (an array, whose sizes become dynamic; a pair of an array and its sizes, None where dynamic; None), attributes
with "opset", "version" (of another domain) and "outputs", and what the message says, or the first element of the result.
"""

import numpy as np
from onnx import numpy_helper

F = np.float32


def one(*shape):
    return np.ones(shape, F)


def integers(*values, dtype=np.int64):
    return np.array(values, dtype)


def zeros(*shape, dtype=np.int64):
    return np.zeros(shape, dtype)


def last(array):
    """The array with a last size that is known."""
    return array, [None] * (array.ndim - 1) + [array.shape[-1]]


def whole(array):
    """The array with sizes that are known."""
    return array, list(array.shape)


def grouped(length):
    """A GroupQueryAttention with four keys in its cache, whose last key is at `length`."""
    sequences = [last(one(1, 1, 16)), last(one(1, 1, 8)), last(one(1, 1, 8))]
    caches = [(one(1, 1, 4, 8), [None, 1, None, 8])] * 2
    return sequences + caches + [integers(length, dtype=np.int32), np.array(length + 1, np.int32)]


def grid(value):
    return [one(1, 1, 4, 4), last(np.array([[[[value, 0.0]]]], F))]


def tree(yes=(1, 3), no=(2, 4), feature=1, nodes=(0, 1, 2, 3, 4), leaf=4):
    """A tree of two nodes and three leaves, number 7, and what `changes` make of it."""
    lists = {"treeids": [7] * 5, "nodeids": nodes, "featureids": [0, feature, 0, 0, 0], "values": [0.5] * 5, "modes": ["BRANCH_LEQ"] * 2 + ["LEAF"] * 3,
             "truenodeids": [*yes, 0, 0, 0], "falsenodeids": [*no, 0, 0, 0]}
    leaves = {"treeids": [7] * 3, "nodeids": [2, 3, leaf], "ids": [0] * 3, "weights": [1.0, 2.0, 3.0]}
    return {f"nodes_{name}": values for name, values in lists.items()} | {f"target_{name}": values for name, values in leaves.items()} | {"n_targets": 1}


def listed(yes=(1, 1), no=(0, 2), leafs=(0, 1), roots=(0,), mode=0):
    """The tree in the lists of a TreeEnsemble."""
    def tensor(values, dtype):
        return numpy_helper.from_array(np.array(values, dtype))
    return {"version": 5, "nodes_featureids": [0, 1], "nodes_splits": tensor([0.5, 0.5], F), "nodes_modes": tensor([0, mode], np.uint8), "nodes_truenodeids": yes,
            "nodes_trueleafs": leafs, "nodes_falsenodeids": no, "nodes_falseleafs": [1, 1], "tree_roots": roots, "leaf_targetids": [0] * 3, "n_targets": 1,
            "leaf_weights": tensor([1, 2, 3], F)}


TREES, TREE = "ai.onnx.ml::TreeEnsembleRegressor", "ai.onnx.ml::TreeEnsemble"
GROUPED = {"num_heads": 2, "kv_num_heads": 1, "outputs": 3}
BIG = 300000

ROWS = [
    ("batches of GatherND", "GatherND", [one(2, 3), last(zeros(BIG, 1))], {"batch_dims": 1}, "the batches of 'x0' and 'x1' must agree: 2 instead of 300000"),
    ("batches of GatherND, more data", "GatherND", [one(3, 3), last(zeros(2, 1))], {"batch_dims": 1}, "must agree: 3 instead of 2"),
    ("lines of GatherElements", "GatherElements", [one(2, 3), zeros(BIG, 3)], {"axis": 1}, "no larger than that of 'x0': 300000 is above 2"),
    ("updates of ScatterElements", "ScatterElements", [one(9, 3), zeros(9, 3), one(2, 3)], {"axis": 1}, "'x2' must agree"),
    ("an index of ScatterElements", "ScatterElements", [one(4), integers(4), one(1)], {}, "out of range"),
    ("an index of ScatterND", "ScatterND", [one(4, 2), last(integers(-5).reshape(1, 1)), one(1, 2)], {}, "out of range"),
    ("an index of MaxUnpool", "MaxUnpool", [one(1, 1, 2, 2), np.full((1, 1, 2, 2), 16)], {"kernel_shape": [2, 2], "strides": [2, 2]}, "out of range"),
    ("positions of RotaryEmbedding", "RotaryEmbedding", [last(one(1, 2, 9, 8)), last(one(1, 3, 4)), last(one(1, 3, 4))], {"opset": 23}, "is not below 3"),
    ("a length beyond the cache", "com.microsoft::GroupQueryAttention", grouped(6), GROUPED, "length that is out of range"),
    ("a negative length", "com.microsoft::GroupQueryAttention", grouped(-5), GROUPED, "'com.microsoft::GroupQueryAttention'"),
    ("a length that fits", "com.microsoft::GroupQueryAttention", grouped(4), GROUPED, 1.0),
    ("Tile beyond 64 bits", "Tile", [one(4), integers(2**62)], {}, "the size of dimension 0 of its result is impossible"),
    ("Tile less than never", "Tile", [one(0), integers(-1)], {}, "the number of repeats must be at least 0: -1 is below 0"),
    ("Pad beyond 64 bits", "Pad", [one(4), integers(2**63 - 1, 2**63 - 1)], {}, "the size of dimension 0 of its result is impossible"),
    ("Resize of nothing", "Resize", [one(1, 0), None, None, integers(1, 4)], {}, "before the first element of an operand: -1 is below 0"),
    ("Resize by no number", "Resize", [one(1, 4), None, np.array([1, np.nan], F)], {}, "its scales must be above 0"),
    ("Expand to what it is not", "Expand", [one(2, 3), integers(5, 3)], {}, "must agree: 2 instead of 5"),
    ("GridSample of other batches", "GridSample", [one(1, 1, 2, 2), last(np.zeros((3, 1, 1, 2), F))], {}, "must agree: 1 instead of 3"),
    ("GridSample at NaN", "GridSample", grid(np.nan), {}, 0.0),
    ("GridSample at infinity", "GridSample", grid(np.inf), {"mode": "cubic"}, 0.0),
    ("GridSample far beside the border", "GridSample", grid(1e8), {"mode": "cubic", "padding_mode": "border"}, 1.0),
    ("a length of ReverseSequence", "ReverseSequence", [one(4, 2), integers(5, 1)], {}, "length that is out of range"),
    ("a length of an LSTM", "LSTM", [one(2, 2, 3), whole(one(1, 16, 3)), whole(one(1, 16, 4)), None, integers(2, 9, dtype=np.int32)], {"hidden_size": 4},
     "length that is out of range"),
    ("ArgMax of nothing", "ArgMax", [one(0, 2)], {"axis": 0}, "must have an element: 0 is below 1"),
    ("a pool smaller than its window", "MaxPool", [one(1, 1, 1, 6)], {"kernel_shape": [2, 2]}, "spatial dimension 0 must hold its window: 1 is below 2"),
    ("a pool in its padding", "MaxPool", [one(1, 1, 1)], {"kernel_shape": [2], "dilations": [2], "pads": [1, 1]}, "a window without an element"),
    ("a pool of bytes in its padding", "MaxPool", [zeros(1, 1, 3, dtype=np.uint8)], {"kernel_shape": [2], "pads": [2, 0]},
     "lies in the padding as a whole"),
    ("a global pool of nothing", "GlobalAveragePool", [one(1, 2, 0, 3)], {}, "must have an element"),
    ("Conv smaller than its window", "Conv", [one(1, 1, 3), whole(one(4, 1, 5))], {}, "must hold its window: 3 is below 5"),
    ("RoiAlign with a corner at infinity", "RoiAlign", [one(1, 1, 4, 4), last(np.array([[0, 0, np.inf, 2]], F)), zeros(1)], {}, "too many samples"),
    ("other batches of scores than of boxes", "NonMaxSuppression", [one(1, 3, 4), one(2, 1, 3), whole(integers(2))], {}, "must agree: 2 instead of 1"),
    ("DeformConv at NaN", "DeformConv", [one(1, 1, 3, 3), whole(one(1, 1, 2, 2)), np.full((1, 8, 2, 2), np.nan, F)], {"opset": 19}, 0.0),
    ("TensorScatter behind the end", "TensorScatter", [np.zeros((1, 1, 4, 2), F), one(1, 1, 2, 2), integers(3)], {"opset": 24}, "out of range"),
    ("a tree", TREES, [one(3, 2)], tree(), 1.0),
    ("a tree that leads back", TREES, [one(3, 2)], tree(yes=(1, 0)), "has node 1 of tree 7, which leads back to node 0 of tree 7: a walk would never end"),
    ("a node that leads to itself", TREES, [one(3, 2)], tree(no=(2, 1)), "has node 1 of tree 7, which leads back to node 1 of tree 7"),
    ("a child that is not there", TREES, [one(3, 2)], tree(no=(9, 4)), "has node 0 of tree 7, which leads to node 9: the tree has no such node"),
    ("a node twice", TREES, [one(3, 2)], tree(nodes=(0, 1, 2, 3, 3)), "has two nodes of one number in a tree"),
    ("nodes far apart", TREES, [one(3, 2)], tree(nodes=(-2**63, 1, 2, 3, 2**63 - 1), no=(2, 2**63 - 1), leaf=3), 1.0),
    ("a weight of no node", TREES, [one(3, 2)], tree(leaf=9), "9 in tree 7: expected nodes of the trees"),
    ("a feature that is not there", TREES, [whole(one(3, 2))], tree(feature=2), "has node 1 of tree 7, which compares the feature 2: expected one of 2"),
    ("a negative feature", TREES, [one(3, 2)], tree(feature=-1), "has node 1 of tree 7, which compares the feature -1"),
    ("rows of too few features", TREES, [one(3, 2)], tree(feature=2), "a row must have more than 2 features"),
    ("no rows of too few features", TREES, [one(0, 0)], tree(), "a row must have more than 1 features"),
    ("trees", TREE, [one(3, 2)], listed(), 1.0),
    ("trees that lead back", TREE, [one(3, 2)], listed(yes=(1, 0), leafs=(0, 0)), "has node 1, which leads back to node 0"),
    ("a leaf that is not there", TREE, [one(3, 2)], listed(no=(0, 3)), "has node 1, which leads to leaf 3: there is none"),
    ("a root that is not there", TREE, [one(3, 2)], listed(roots=(2,)), "has tree_roots = 2: expected 0 to 1"),
    ("a node in two trees", TREE, [one(3, 2)], listed(roots=(0, 1)), "has node 1 in two trees"),
    ("a comparison that is none", TREE, [one(3, 2)], listed(mode=7), "has nodes_modes = 7"),
    ("a test for no members", TREE, [one(3, 2)], listed(mode=6), "expected a list for each test"),
    ("Gather of nothing", "Gather", [one(0, 3), integers(0)], {}, "out of range"),
]
