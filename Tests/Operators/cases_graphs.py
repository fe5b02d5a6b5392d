"""Cases of several nodes: what a graph as a whole decides, and functions of the model."""

import numpy as np
from onnx import helper

from case import Case, Sparse, const
from cases_sequential import graph, number

node = helper.make_node


def squeezed(axis):
    """Nodes as PyTorch's exporter writes `squeeze(axis)` of a size that it does not know."""
    then = graph([("Squeeze", "x0 axis", "t")], [], ["t"], [number("axis", [axis])])
    other = graph([("Identity", "x0", "e")], [], ["e"])
    return [node("Shape", ["x0"], ["s"]), node("Gather", ["s", "x1"], ["d"], axis=0), node("Equal", ["d", "x2"], ["c"]),
            node("If", ["c"], ["y0"], name="if", then_branch=then, else_branch=other)]


def branch_ranks():
    axis, one = const(1), const(1)
    for name, shape in (("squeezed", (-2, -1, 5)), ("static", (-2, 1, 5))):
        yield Case(f"If-ranks-{name}", "", [("f32", shape), axis, one], nodes=squeezed(1))
    yield Case("If-ranks-kept", "", [("f32", (-2, 3, 5)), axis, one], nodes=squeezed(1), reference="onnx")  # ONNX Runtime looks at both branches
    yield Case("If-ranks-declared", "", [("f32", (-2, -3, 5)), axis, one], nodes=squeezed(1), declared={0: ["a", "b", 5]})
    yield Case("If-ranks-vector", "", [("f32", (-1,)), const(0), one], nodes=squeezed(0))
    # Of a size that is a result of the run, and within a loop and a branch.
    found = [node("NonZero", ["x0"], ["n"])] + squeezed(1)
    for made in found[1:]:
        made.input[:] = ["n" if name == "x0" else name for name in made.input]
    for attribute in found[-1].attribute:
        attribute.g.node[0].input[0] = "n"
    yield Case("If-ranks-computed", "", [np.array([0, 3, 0], np.float32), axis, one], nodes=found)
    inner = graph([("Shape", "x0", "s"), ("Gather", "s x1", "d", {"axis": 0}), ("Equal", "d x2", "g"),
                   ("If", "g", "r", {attribute.name: attribute.g for attribute in squeezed(1)[-1].attribute}),
                   ("Add", "v r", "w"), ("Identity", "k", "l")],
                  [("i", "i64", []), ("k", "bool", []), ("v", "f32", ["a", 5])], ["l", "w"])
    yield Case("Loop-ranks", "", [("f32", (-2, -1, 5)), axis, one, const(3), ("f32", (-2, 5))],
               nodes=[node("Loop", ["x3", "", "x4"], ["y0"], body=inner)])


def nested(depth):
    """A branch in a branch, `depth` deep, that all read the same flag."""
    body = graph([("Neg", "x0", "o0")], [], ["o0"])
    for level in range(1, depth + 1):
        other = graph([("Relu", "x0", f"e{level}")], [], [f"e{level}"])
        body = graph([("If", "x1", f"o{level}", {"then_branch": body, "else_branch": other})], [], [f"o{level}"])
    return [node("If", ["x1"], ["y0"], then_branch=body, else_branch=graph([("Relu", "x0", "e")], [], ["e"]))]


def nested_loops(depth, operator):
    """A loop in a loop, `depth` deep: each makes one turn, and the innermost adds what it was given."""
    nodes = [node("Add", ["v0", "x0"], ["w0"])]
    for level in range(depth):
        # Names are those of one scope: a level has its own.
        carried, state = (f"v{level}", "f32", [5]), [f"w{level}"]
        if operator == "Loop":
            body = graph([("Identity", f"k{level}", f"l{level}")], [(f"i{level}", "i64", []), (f"k{level}", "bool", []), carried], [f"l{level}"] + state)
        else:
            body = graph([], [carried, (f"e{level}", "f32", [5])], state)
        body.node.extend(nodes)
        given, made = ("x0", "y0") if level + 1 == depth else (f"v{level + 1}", f"w{level + 1}")
        inputs, attributes = (["x1", "", given], {}) if operator == "Loop" else ([given, "x1"], {"num_scan_inputs": 1})
        nodes = [node(operator, inputs, [made], name=f"level{level}", body=body, **attributes)]
    return nodes


def nesting():
    yield Case("Loop-deep", "", [("f32", (5,)), np.array(1)], nodes=nested_loops(20, "Loop"))
    yield Case("Scan-deep", "", [("f32", (5,)), ("f32", (1, 5))], nodes=nested_loops(20, "Scan"))
    for flag in (True, False):
        yield Case(f"If-deep-{flag}", "", [("f32", (-5,)), np.array(flag)], nodes=nested(24))


def folded_totals():
    # Totals of what is known wrap as integers do; ONNX Runtime takes them in floats.
    x = np.array([1, 2, 3])
    for name, op, type, numbers, total in (("sum-i32", "ReduceSum", "i32", [2**31 - 1, 1], -2**31), ("product-i64", "ReduceProd", "i64", [2**32, 2**32 + 1], 2**32)):
        yield Case(f"Folded-{name}", "", [const(numbers, type), x], expected=[x + total],
                   nodes=[node(op, ["x0"], ["t"], keepdims=0), node("Cast", ["t"], ["c"], to=7), node("Add", ["c", "x1"], ["y0"])])


def function(name, inputs, outputs, nodes, attributes=(), opset=17):
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("local", 1)]
    return helper.make_function("local", name, inputs, outputs, nodes, opsets, attributes)


def functions():
    clip = function("clip", ["x", "low", "high"], ["y"], [node("Clip", ["x", "low", "high"], ["y"])])
    outer = function("outer", ["x", "low", "high"], ["y"], [node("clip", ["x", "low", "high"], ["y"], domain="local")])
    for name, made in (("clip", [clip]), ("outer", [clip, outer])):
        for label, inputs in (("trailing", ["x0"]), ("middle", ["x0", "", "x1"]), ("first", ["x0", "x1"])):
            yield Case(f"Function-{name}-{label}", "", [("f32", (7,)), const(0.5, "f32")], functions=made,
                       nodes=[node(name, inputs, ["y0"], domain="local")])
    bias = function("gemm", ["a", "b", "c"], ["y"], [node("Gemm", ["a", "b", "c"], ["y"])])
    yield Case("Function-gemm", "", [("f32", (2, 3)), ("f32", (3, 4))], functions=[bias], nodes=[node("gemm", ["x0", "x1"], ["y0"], domain="local")])
    # An input that is left out and read in a branch, and an attribute of the call that a branch has.
    leaky = node("LeakyRelu", ["x"], ["a"])
    reference = leaky.attribute.add()
    reference.name, reference.ref_attr_name, reference.type = "alpha", "slope", 1
    branch = helper.make_graph([leaky], "then", [], [helper.make_empty_tensor_value_info("a")])
    other = helper.make_graph([node("Clip", ["x", "low"], ["b"])], "else", [], [helper.make_empty_tensor_value_info("b")])
    chooses = function("choose", ["x", "flag", "low"], ["y"], [node("If", ["flag"], ["y"], then_branch=branch, else_branch=other)], ["slope"])
    for flag in (True, False):
        yield Case(f"Function-branch-{flag}", "", [("f32", (7,)), np.array(flag)], functions=[chooses],
                   nodes=[node("choose", ["x0", "x1"], ["y0"], domain="local", slope=0.25)])


def repeated():
    i, c = ("i", "i64", []), ("c", "bool", [])
    squares = graph([("Mul", "x0 x0", "s"), ("Identity", "c", "d")], [i, c], ["d", "s"])
    steps = graph([("Identity", "c", "d"), ("Identity", "i", "s")], [i, c], ["d", "s"])
    for count in (0, 1, 3):
        if count:  # ONNX Runtime does not tell the shape of what no iteration made
            yield Case(f"Loop-stateless-{count}", "Loop", [("f32", (-2,)), np.array(count), None], {"body": squares}, captured=1)
        yield Case(f"Loop-steps-{count}", "Loop", [np.array(count), None], {"body": steps})
    yield Case("Loop-condition-only", "Loop", [None, np.array(False)], {"body": steps})


def names():
    """Names that are the same within a branch and outside of it, and outputs that old operator sets leave open."""
    then, other = graph([("Neg", "x0", "y0")], [], ["y0"]), graph([("Exp", "x0", "y0")], [], ["y0"])
    branch = node("If", ["x1"], ["y0"], then_branch=then, else_branch=other)
    for flag in (True, False):
        yield Case(f"If-named-as-its-result-{flag}", "", [("f32", (-2, 5)), np.array(flag)], nodes=[branch])
        then, other = graph([("Neg", "x0", "t")], [], ["t"]), graph([("Abs", "x0", "t")], [], ["t"])
        later = [node("If", ["x1"], ["r"], then_branch=then, else_branch=other), node("Exp", ["r"], ["t"]), node("Add", ["t", "r"], ["y0"])]
        yield Case(f"If-named-as-a-later-node-{flag}", "", [("f32", (-2, 5)), np.array(flag)], nodes=later)
    for opset in (7, 9, 10, 11, 12, 13):
        yield Case(f"Dropout-mask-{opset}", "Dropout", [("f32", (3, 5))], opset=opset, outputs=2)
    for opset in (7, 8, 9, 14):
        yield Case(f"BatchNormalization-{opset}", "BatchNormalization", [("f32", (-2, 3, 5)), ("f32", (3,)), ("f32", (3,)), ("f32", (3,)), ("f32", (3,), 0.1, 2)], opset=opset)


def sparse():
    array = np.zeros((3, 5), np.float32)
    array[0, 1], array[2, 4], array[1, 0] = 3, -2, 0.5
    for name, item in (("linear", Sparse(array)), ("positions", Sparse(array, False)), ("nothing", Sparse(array * 0)), ("i64", Sparse(array.astype(np.int64)))):
        dtype = "i64" if name == "i64" else "f32"
        yield Case(f"sparse-{name}", "Add", [(dtype, (-2, 3, 5)), item])
    constant = node("Constant", [], ["c"], sparse_value=Sparse(array).proto("c"))
    yield Case("sparse-Constant", "", [("f32", (3, 5))], nodes=[constant, node("Add", ["x0", "c"], ["y0"])])


graphs = (branch_ranks, nesting, folded_totals, functions, repeated, names, sparse)
