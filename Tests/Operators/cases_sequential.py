"""Cases of operators with nested graphs, and of recurrent ones."""

import numpy as np
from onnx import helper

from case import TYPES, Case, const


def graph(nodes, inputs, outputs, initializers=()):
    """Returns a nested graph: nodes as ("Op", inputs, outputs[, attributes]), inputs as (name, type, shape), outputs as names."""
    made = [helper.make_node(op, names.split(), results.split(), **(rest[0] if rest else {})) for op, names, results, *rest in nodes]
    infos = [helper.make_tensor_value_info(name, TYPES[dtype], shape) for name, dtype, shape in inputs]
    return helper.make_graph(made, "body", infos, [helper.make_empty_tensor_value_info(name) for name in outputs], initializers)


def number(name, value, dtype=np.int64):
    """Returns an initializer."""
    from onnx import numpy_helper
    return numpy_helper.from_array(np.array(value, dtype), name)


def conditions():
    x = ("f32", (3, 5))
    for flag in (True, False):
        same = {"then_branch": graph([("Add", "x0 x0", "a")], [], ["a"]), "else_branch": graph([("Neg", "x0", "b"), ("Exp", "b", "c")], [], ["c"])}
        yield Case(f"If-{flag}", "If", [x, np.array(flag)], same, captured=1)
        shapes = {"then_branch": graph([("Concat", "x0 x0", "a", {"axis": 0})], [], ["a"]), "else_branch": graph([("Identity", "x0", "b")], [], ["b"])}
        yield Case(f"If-shapes-{flag}", "If", [x, np.array(flag)], shapes, captured=1)
        yield Case(f"If-dynamic-{flag}", "If", [("f32", (-3, -5)), np.array([flag])], shapes, captured=1)
        inner = graph([("ReduceSum", "x0", "s", {"keepdims": 0}), ("Greater", "s zero", "g"), ("If", "g", "r", same)], [], ["r"], [number("zero", 0, np.float32)])
        nested = {"then_branch": inner, "else_branch": graph([("Sub", "x0 x0", "d")], [], ["d"])}
        yield Case(f"If-nested-{flag}", "If", [x, np.array(flag)], nested, captured=1)
        ints = {"then_branch": graph([("Shape", "x0", "a")], [], ["a"]), "else_branch": graph([("Identity", "two", "b")], [], ["b"], [number("two", [2, 2])])}
        yield Case(f"If-ints-{flag}", "If", [("f32", (-3, 5)), np.array(flag)], ints, captured=1)


def loops():
    i, c = ("i", "i64", []), ("c", "bool", [])
    add = graph([("Add", "v x0", "w"), ("Identity", "c", "d"), ("Mul", "w w", "s")], [i, c, ("v", "f32", [3, 5])], ["d", "w", "s"])
    x = ("f32", (3, 5))
    yield Case("Loop-for", "Loop", [x, const(4), None, x], {"body": add}, captured=1, outputs=2)
    yield Case("Loop-count", "Loop", [x, np.array(3), np.array(True), x], {"body": add}, captured=1, outputs=2)
    yield Case("Loop-none", "Loop", [x, np.array(0), None, x], {"body": graph([("Add", "v x0", "w"), ("Identity", "c", "d")], [i, c, ("v", "f32", [3, 5])], ["d", "w"])}, captured=1)
    stop = graph([("Add", "v x0", "w"), ("ReduceMax", "w", "m", {"keepdims": 0}), ("Less", "m limit", "d"), ("Identity", "i", "n")],
                 [i, c, ("v", "f32", [3, 5])], ["d", "w", "n"], [number("limit", 9, np.float32)])
    yield Case("Loop-while", "Loop", [("f32", (3, 5), 0.5, 1), None, np.array(True), x], {"body": stop}, captured=1, outputs=2)
    yield Case("Loop-both", "Loop", [("f32", (3, 5), 0.5, 1), const(5), np.array(True), x], {"body": stop}, captured=1, outputs=2)
    grow = graph([("Concat", "v x0", "w", {"axis": 0}), ("Identity", "c", "d")], [i, c, ("v", "f32", ["n", 5])], ["d", "w"])
    yield Case("Loop-grow", "Loop", [("f32", (1, 5)), np.array(3), None, x], {"body": grow}, captured=1)
    count = graph([("Add", "v i", "w"), ("Identity", "c", "d"), ("Gather", "x0 i", "s", {"axis": 0})], [i, c, ("v", "i64", [])], ["d", "w", "s"])
    yield Case("Loop-integers", "Loop", [("f32", (-4, 5)), np.array(4), None, np.array(10)], {"body": count}, captured=1, outputs=2)
    # A row of what is carried changes each turn: in place, unless somebody still has what it was.
    numbers = [number("place", [1, 1]), number("row", [[9, 8, 7, 6, 5]], np.float32)]
    for reduction in ("none", "add"):
        change = [("Reshape", "i place", "p"), ("ScatterND", "v p row", "w", {"reduction": reduction}), ("Identity", "c", "d")]
        v, u = ("v", "f32", ["n", 5]), ("u", "f32", ["n", 5])
        yield Case(f"Loop-changes-{reduction}", "Loop", [np.array(3), None, ("f32", (-4, 5))], {"body": graph(change, [i, c, v], ["d", "w"], numbers)})
        yield Case(f"Loop-changes-{reduction}-before", "Loop", [np.array(3), None, ("f32", (-4, 5))],
                   {"body": graph([*change, ("Identity", "v", "s")], [i, c, v], ["d", "w", "s"], numbers)}, outputs=2)
        yield Case(f"Loop-changes-{reduction}-after", "Loop", [np.array(3), None, ("f32", (-4, 5))],
                   {"body": graph([*change, ("Identity", "w", "s")], [i, c, v], ["d", "w", "s"], numbers)}, outputs=2)
        yield Case(f"Loop-changes-{reduction}-two", "Loop", [np.array(3), None, ("f32", (-4, 5)), ("f32", (-4, 5))],
                   {"body": graph(change, [i, c, v, u], ["d", "u", "w"], numbers)}, outputs=2)
        branches = {"then_branch": graph(change[:2], [], ["w"], numbers), "else_branch": graph([("Identity", "v", "x")], [], ["x"])}
        yield Case(f"Loop-changes-{reduction}-in-branch", "Loop", [np.array(4), None, ("f32", (-4, 5))],
                   {"body": graph([("Less", "i two", "l"), ("If", "l", "w", branches), ("Identity", "c", "d")], [i, c, v], ["d", "w"], [number("two", 2)])})
    ranges = graph([("Add", "i one", "n"), ("Range", "zero n one", "s"), ("ReduceSum", "s", "t", {"keepdims": 0}), ("Add", "v t", "w"), ("Identity", "c", "d")],
                   [i, c, ("v", "i64", [])], ["d", "w"], [number("zero", 0), number("one", 1)])
    yield Case("Loop-ranges", "Loop", [np.array(5), None, np.array(10)], {"body": ranges})
    inner = graph([("Add", "a x0", "b"), ("Identity", "e", "f")], [("j", "i64", []), ("e", "bool", []), ("a", "f32", [3, 5])], ["f", "b"])
    outer = graph([("Loop", "i  v", "w", {"body": inner}), ("Identity", "c", "d")], [i, c, ("v", "f32", [3, 5])], ["d", "w"])
    outer.node[0].input[:] = ["i", "", "v"]
    yield Case("Loop-nested", "Loop", [x, np.array(4), None, x], {"body": outer}, captured=1)


def scans():
    body = graph([("Add", "s a", "t"), ("Mul", "t x0", "y")], [("s", "f32", [5]), ("a", "f32", [5])], ["t", "y"])
    inputs = [("f32", (5,)), ("f32", (5,)), ("f32", (7, 5))]
    yield Case("Scan", "Scan", inputs, {"body": body, "num_scan_inputs": 1}, captured=1, outputs=2)
    yield Case("Scan-dynamic", "Scan", [("f32", (5,)), ("f32", (5,)), ("f32", (-7, 5))], {"body": body, "num_scan_inputs": 1}, captured=1, outputs=2)
    yield Case("Scan-reverse", "Scan", inputs, {"body": body, "num_scan_inputs": 1, "scan_input_directions": [1], "scan_output_directions": [1]}, captured=1, outputs=2)
    yield Case("Scan-axes", "Scan", [("f32", (5,)), ("f32", (5,)), ("f32", (5, 7))],
               {"body": body, "num_scan_inputs": 1, "scan_input_axes": [1], "scan_output_axes": [-1]}, captured=1, outputs=2)
    two = graph([("Add", "a b", "y")], [("a", "f32", [5]), ("b", "f32", [5])], ["y"])
    yield Case("Scan-two", "Scan", [("f32", (7, 5)), ("f32", (5, 7))], {"body": two, "num_scan_inputs": 2, "scan_input_axes": [0, 1]})


def sequences():
    x = ("f32", (4, 6))
    chains = {
        "at": [("SequenceConstruct", "x0 x1", "q"), ("SequenceInsert", "q x0 zero", "r"), ("SequenceAt", "r last", "y")],
        "erase": [("SequenceConstruct", "x0 x1 x0", "q"), ("SequenceErase", "q zero", "r"), ("SequenceAt", "r zero", "y")],
        "length": [("SequenceEmpty", "", "q"), ("SequenceInsert", "q x0", "r"), ("SequenceLength", "r", "y")],
        "concat": [("SequenceConstruct", "x0 x1", "q"), ("ConcatFromSequence", "q", "y", {"axis": 1})],
        "stack": [("SequenceConstruct", "x0 x1", "q"), ("ConcatFromSequence", "q", "y", {"axis": -1, "new_axis": 1})],
        "split": [("SplitToSequence", "x0 sizes", "q", {"axis": 1}), ("SequenceAt", "q last", "y")],
        "split-each": [("SplitToSequence", "x0", "q", {"axis": 0, "keepdims": 0}), ("SequenceAt", "q last", "y")],
        "optional": [("Optional", "x0", "q"), ("OptionalHasElement", "q", "h"), ("OptionalGetElement", "q", "z"), ("Where", "h z x1", "y")],
    }
    for name, nodes in chains.items():
        body = graph(nodes, [], ["y"], [number("zero", 0), number("last", -1), number("sizes", [2, 4])])
        yield Case(f"Sequence-{name}", "If", [x, x, const(True, "bool")], {"then_branch": body, "else_branch": body}, captured=2, opset=18)
    # Lists of the running program: x2 is a number that only it knows.
    chains = {
        "at": [("SequenceConstruct", "x0 x1", "q"), ("SequenceAt", "q x2", "y")],
        "insert": [("SequenceConstruct", "x0 x1", "q"), ("SequenceInsert", "q x0 x2", "r"), ("SequenceAt", "r last", "y")],
        "erase": [("SequenceConstruct", "x0 x1 x0", "q"), ("SequenceErase", "q x2", "r"), ("SequenceAt", "r x2", "y")],
        "split": [("SplitToSequence", "x0 x2", "q"), ("ConcatFromSequence", "q", "y", {"axis": 0})],
        "stack": [("SplitToSequence", "x0 x2", "q"), ("ConcatFromSequence", "q", "y", {"axis": 1, "new_axis": 1})],
        "length": [("SplitToSequence", "x0 x2", "q"), ("SequenceErase", "q", "r"), ("SequenceLength", "r", "y")],
    }
    for name, nodes in chains.items():
        body = graph(nodes, [], ["y"], [number("last", -1)])
        yield Case(f"Sequence-computed-{name}", "If", [x, x, np.array(1), const(True, "bool")], {"then_branch": body, "else_branch": body}, captured=3, opset=18)


def recurrent():
    for op, gates, states in (("RNN", 1, 1), ("GRU", 3, 1), ("LSTM", 4, 2)):
        def layer(directions=1, time=6, batch=2, inputs=3, hidden=5, biased=True, lengths=None, initial=False, peephole=False, dtype="f32"):
            spec = [(dtype, (time, batch, inputs)), (dtype, (directions, gates * hidden, inputs), -0.7, 0.7), (dtype, (directions, gates * hidden, hidden), -0.7, 0.7)]
            spec.append((dtype, (directions, 2 * gates * hidden), -0.5, 0.5) if biased else None)
            spec.append(None if lengths is None else np.array(lengths, np.int32))
            spec += [(dtype, (directions, abs(batch), hidden)) if initial else None for _ in range(states)]
            if op == "LSTM" and peephole:
                spec.append((dtype, (directions, 3 * hidden), -0.7, 0.7))
            while spec[-1] is None:
                spec.pop()
            return spec

        outputs = 1 + states
        for direction, count in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
            attributes = {"hidden_size": 5, "direction": direction}
            yield Case(f"{op}-{direction}", op, layer(count), attributes, outputs=outputs)
            yield Case(f"{op}-{direction}-all", op, layer(count, batch=3, lengths=[6, 2, 4], initial=True, peephole=True), attributes, outputs=outputs)
        yield Case(f"{op}-plain", op, layer(biased=False), {"hidden_size": 5}, outputs=outputs)
        yield Case(f"{op}-one", op, layer(time=1, batch=1), {"hidden_size": 5}, outputs=outputs)
        yield Case(f"{op}-dynamic", op, layer(time=-7, batch=-3), {"hidden_size": 5}, outputs=outputs)
        yield Case(f"{op}-wide", op, layer(hidden=33, inputs=17, initial=True), {"hidden_size": 33}, outputs=outputs)
        yield Case(f"{op}-clip", op, layer(peephole=True), {"hidden_size": 5, "clip": 0.3}, outputs=outputs)
        names = {"RNN": ["Relu"], "GRU": ["HardSigmoid", "Softsign"], "LSTM": ["HardSigmoid", "Softsign", "Relu"]}[op]
        yield Case(f"{op}-activations", op, layer(), {"hidden_size": 5, "activations": names}, outputs=outputs)
        names = {"RNN": ["Affine"], "GRU": ["HardSigmoid", "ScaledTanh"], "LSTM": ["HardSigmoid", "ScaledTanh", "LeakyRelu"]}[op]
        numbers = {"activation_alpha": [0.3, 0.6, 0.1][: len(names)], "activation_beta": [0.4, 0.7][: len(names)]}
        yield Case(f"{op}-numbers", op, layer(), {"hidden_size": 5, "activations": names} | numbers, outputs=outputs)
        if op == "GRU":
            for direction, count in (("forward", 1), ("bidirectional", 2)):
                attributes = {"hidden_size": 5, "direction": direction, "linear_before_reset": 1}
                yield Case(f"GRU-linear-{direction}", op, layer(count, initial=True), attributes, outputs=2)
        if op == "LSTM":
            yield Case("LSTM-coupled", op, layer(), {"hidden_size": 5, "input_forget": 1}, outputs=3)
        yield Case(f"{op}-long", op, layer(time=100), {"hidden_size": 5}, outputs=outputs)
        # Steps in one kernel: several sequences at a time, and what is left of them; one column; many. Weights that are known.
        for batch, hidden in ((1, 64), (4, 17), (9, 1), (-9, 40), (5, 128)):
            tied = [item if i not in (1, 2) else const(np.random.default_rng(i).uniform(-0.3, 0.3, item[1]), "f32") for i, item in enumerate(layer(batch=batch, hidden=hidden))]
            yield Case(f"{op}-batch{batch}-{hidden}", op, tied, {"hidden_size": hidden}, outputs=outputs, tolerance=1e-4)
        # Steps in a loop: the weights of one are too many for a thread.
        for direction, count in (("forward", 1), ("bidirectional", 2)):
            for lengths in (None, [2, 6, 4]):
                large = layer(count, batch=3, hidden=530, lengths=lengths, initial=True)
                large[2] = const(np.random.default_rng(2).uniform(-0.05, 0.05, large[2][1]), "f32")
                attributes = {"hidden_size": 530, "direction": direction}
                yield Case(f"{op}-large-{direction}-{bool(lengths)}", op, large, attributes, outputs=outputs, tolerance=1e-4)


sequential = (conditions, loops, scans, sequences, recurrent)
