"""Cases of layers that go through sequences, and of control flow."""

import numpy as np

from case import Case, Tensor


def numbers(seed, *shape):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, shape).astype(np.float32)


def weights(seed, *shape):
    return Tensor("f32", values=numbers(seed, *shape))


def memory_cell(seed, size, units, outputs=None, coupled=False, peephole=False, projection=False):
    """The weights and biases of one direction."""
    outputs = outputs or units
    first = [None if coupled and i == 0 else weights(seed + i, units, size) for i in range(4)]
    second = [None if coupled and i == 0 else weights(seed + 10 + i, units, outputs) for i in range(4)]
    third = [weights(seed + 20 + i, units) if peephole and not (coupled and i == 0) else None for i in range(3)]
    biases = [None if coupled and i == 0 else weights(seed + 30 + i, units) for i in range(4)]
    last = [weights(seed + 40, outputs, units), weights(seed + 41, outputs)] if projection else [None, None]
    return first + second + third + biases + last


def state(*shape):
    return Tensor("f32", shape, variable=True)


def recurrent_cases():
    for major in (False, True):
        shape = (5, 2, 6) if major else (2, 5, 6)
        for label, form in (
            ("plain", {}), ("coupled", {"coupled": True}), ("peephole", {"peephole": True}), ("projection", {"projection": True, "outputs": 3}),
        ):
            outputs = form.get("outputs", 4)
            yield Case(
                f"UNIDIRECTIONAL_SEQUENCE_LSTM-{label}-{major}", "UNIDIRECTIONAL_SEQUENCE_LSTM",
                [Tensor("f32", shape), *memory_cell(1, 6, 4, **form), state(2, outputs), state(2, 4)], [Tensor("f32", shape[:2] + (outputs,))],
                ("UnidirectionalSequenceLSTMOptions", {"fused_activation_function": 4, "time_major": major}), tolerance=2e-5)
        yield Case(
            f"UNIDIRECTIONAL_SEQUENCE_LSTM-normalized-{major}", "UNIDIRECTIONAL_SEQUENCE_LSTM",
            [Tensor("f32", shape), *memory_cell(1, 6, 4), state(2, 4), state(2, 4), *(weights(70 + i, 4) for i in range(4))],
            [Tensor("f32", shape[:2] + (4,))],
            ("UnidirectionalSequenceLSTMOptions", {"fused_activation_function": 4, "time_major": major, "cell_clip": 0.3}), tolerance=2e-5)
        yield Case(
            f"UNIDIRECTIONAL_SEQUENCE_RNN-{major}", "UNIDIRECTIONAL_SEQUENCE_RNN",
            [Tensor("f32", shape), weights(1, 4, 6), weights(2, 4, 4), weights(3, 4), state(2, 4)], [Tensor("f32", shape[:2] + (4,))],
            ("SequenceRNNOptions", {"fused_activation_function": 4, "time_major": major}), tolerance=2e-5)
        # LiteRT leaves parts of merged results empty where the batch comes first.
        for merges in (False, True) if major else (False,):
            width = 8 if merges else 4
            results = [Tensor("f32", shape[:2] + (width,))] + ([] if merges else [Tensor("f32", shape[:2] + (4,))])
            yield Case(
                f"BIDIRECTIONAL_SEQUENCE_LSTM-{major}-{merges}", "BIDIRECTIONAL_SEQUENCE_LSTM",
                [Tensor("f32", shape), *memory_cell(1, 6, 4), *memory_cell(51, 6, 4), *(state(2, 4) for _ in range(4)), *([None] * 9)], results,
                ("BidirectionalSequenceLSTMOptions", {"fused_activation_function": 4, "time_major": major, "merge_outputs": merges}), tolerance=2e-5)
            rnn = [part for seed in (1, 11) for part in (weights(seed, 4, 6), weights(seed + 1, 4, 4), weights(seed + 2, 4), state(2, 4))]
            yield Case(
                f"BIDIRECTIONAL_SEQUENCE_RNN-{major}-{merges}", "BIDIRECTIONAL_SEQUENCE_RNN", [Tensor("f32", shape), *rnn, *([None] * 3)], results,
                ("BidirectionalSequenceRNNOptions", {"fused_activation_function": 4, "time_major": major, "merge_outputs": merges}), tolerance=2e-5)
    yield Case(
        "RNN", "RNN", [Tensor("f32", (2, 6)), weights(1, 4, 6), weights(2, 4, 4), weights(3, 4), state(2, 4)], [Tensor("f32", (2, 4))],
        ("RNNOptions", {"fused_activation_function": 1}), tolerance=2e-5)
    yield Case(
        "LSTM", "LSTM", [Tensor("f32", (2, 6)), *memory_cell(1, 6, 4), state(2, 4), state(2, 4)], [Tensor("f32", (2, 4))],
        ("LSTMOptions", {"fused_activation_function": 4, "kernel_type": 0}), tolerance=2e-5)
    for rank in (1, 2):
        yield Case(
            f"SVDF-{rank}", "SVDF", [Tensor("f32", (2, 6)), weights(1, 4 * rank, 6), weights(2, 4 * rank, 5), weights(3, 4), state(2, 20 * rank)],
            [Tensor("f32", (2, 4))], ("SVDFOptions", {"rank": rank, "fused_activation_function": 1}), tolerance=2e-5)


def control_cases():
    def branch(operator, table, number):
        x, y = Tensor("f32", (3, 4)), Tensor("f32", (3, 4))
        return ((x,), ((operator, [x, Tensor("f32", values=number)], [y], (table,)),), (y,))

    branches = (branch("ADD", "AddOptions", 1.5), branch("MUL", "MulOptions", 2.5))
    fields = ("IfOptions", {"then_subgraph_index": 1, "else_subgraph_index": 2})
    yield Case("IF-computed", "IF", [Tensor("bool", ()), Tensor("f32", (3, 4))], [Tensor("f32", (3, 4))], fields, graphs=branches)
    for known in (False, True):
        yield Case(f"IF-{known}", "IF", [Tensor("bool", values=known), Tensor("f32", (3, 4))], [Tensor("f32", (3, 4))], fields, graphs=branches)
    # While i < 5: i, x = i + 1, x * 1.25; and the same as long as a sum is below a bound that only the run knows.
    for computed in (False, True):
        i, x, flag = Tensor("i32", ()), Tensor("f32", (3, 4)), Tensor("bool", ())
        next_i, next_x = Tensor("i32", ()), Tensor("f32", (3, 4))
        i2, x2, total = Tensor("i32", ()), Tensor("f32", (3, 4)), Tensor("f32", ())
        condition = (("LESS", [i, Tensor("i32", values=5)], [flag], ("LessOptions",)),)
        if computed:
            condition = (
                ("SUM", [x, Tensor("i32", values=[0, 1])], [total], ("ReducerOptions", {})), ("LESS", [total, Tensor("f32", values=90.0)], [flag], ("LessOptions",)),
            )
        body = (
            ("ADD", [i2, Tensor("i32", values=1)], [next_i], ("AddOptions",)), ("MUL", [x2, Tensor("f32", values=1.25)], [next_x], ("MulOptions",)),
        )
        yield Case(
            f"WHILE-{computed}", "WHILE", [Tensor("i32", values=0), Tensor("f32", (3, 4), low=0.5, high=2)], [Tensor("i32", ()), Tensor("f32", (3, 4))],
            ("WhileOptions", {"cond_subgraph_index": 1, "body_subgraph_index": 2}), graphs=(((i, x), condition, (flag,)), ((i2, x2), body, (next_i, next_x))),
            tolerance=3e-5)


def sequence_cases():
    for family in (recurrent_cases, control_cases):
        yield from family()
