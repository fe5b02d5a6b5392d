"""Cases of operators of the newest operator sets; ONNX Runtime has few of them."""

import numpy as np
from onnx import TensorProto, helper

from case import TYPES, Case, const


def state_space():
    def inputs(batch, time, queries, heads, key, value, rule, decays=None, rates=None, past=False):
        yield from (("f32", (batch, time, queries * key)), ("f32", (batch, time, heads * key), -0.5, 0.5), ("f32", (batch, time, heads * value)))
        yield ("f32", (batch, heads, key, value)) if past else None
        yield ("f32", (batch, time, decays or heads), -1, 0) if rule.startswith("gated") else None
        yield ("f32", (batch, time, rates or heads), 0, 1) if rule.endswith("delta") else None

    for rule in ("linear", "gated", "delta", "gated_delta"):
        for name, (b, t, q, h, k, v) in {"steps": (2, 9, 3, 3, 5, 7), "one": (3, 1, 4, 2, 8, 6), "groups": (1, 6, 6, 2, 4, 5)}.items():
            attributes = {"update_rule": rule, "q_num_heads": q, "kv_num_heads": h}
            for past in (False, True):
                yield Case(f"LinearAttention-{rule}-{name}-{past}", "LinearAttention", list(inputs(b, t, q, h, k, v, rule, past=past)), attributes,
                           outputs=2, opset=27, tolerance=1e-4, reference="onnx")
    attributes = {"update_rule": "gated_delta", "q_num_heads": 2, "kv_num_heads": 2, "scale": 0.3}
    yield Case("LinearAttention-keys", "LinearAttention", list(inputs(2, 5, 2, 2, 4, 3, "gated_delta", decays=8, rates=1)), attributes, outputs=2, opset=27,
               tolerance=1e-4, reference="onnx")
    for time in (32, 75, -40):
        yield Case(f"LinearAttention-blocks-{time}", "LinearAttention", list(inputs(1, time, 2, 2, 4, 3, "gated_delta")), attributes, outputs=2, opset=27,
                   tolerance=1e-4, reference="onnx")
    yield Case("LinearAttention-dynamic", "LinearAttention", list(inputs(-2, -11, 2, 2, 4, 3, "gated_delta", past=True)), attributes, outputs=2, opset=27,
               tolerance=1e-4, reference="onnx")
    for size in (1, 2, 4):
        for activation in ("none", "silu"):
            x = [("f32", (2, 6, 9)), ("f32", (6, 1, size))]
            yield Case(f"CausalConvWithState-{size}-{activation}", "CausalConvWithState", x, {"activation": activation}, outputs=2, opset=27, reference="onnx")
            more = x + [("f32", (6,)), ("f32", (2, 6, size - 1))]
            yield Case(f"CausalConvWithState-{size}-{activation}-past", "CausalConvWithState", more, {"activation": activation}, outputs=2, opset=27, reference="onnx")
    yield Case("CausalConvWithState-short", "CausalConvWithState", [("f32", (2, 3, 1)), ("f32", (3, 1, 4)), None, ("f32", (2, 3, 3))], outputs=2, opset=27, reference="onnx")
    yield Case("CausalConvWithState-dynamic", "CausalConvWithState", [("f32", (-2, 3, -8)), ("f32", (3, 1, 4)), ("f32", (3,)), ("f32", (-2, 3, 3))], outputs=2, opset=27,
               reference="onnx")


def graph(op, constant):
    """Returns a modifier of scores or probabilities: one operator with a constant."""
    value = helper.make_tensor("c", TensorProto.FLOAT, [], [constant])
    nodes = [helper.make_node("Constant", [], ["c"], value=value), helper.make_node(op, ["s", "c"], ["t"])]
    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "st"]
    return helper.make_graph(nodes, op, info[:1], info[1:])


def attention():
    for name, heads, keys, sizes in (("plain", 3, 3, (8, 8)), ("groups", 6, 2, (8, 5))):
        operands = [("f32", (2, heads, 5, sizes[0])), ("f32", (2, keys, 7, sizes[0])), ("f32", (2, keys, 7, sizes[1]))]
        for kind, attributes in {"none": {}, "scale": {"scale": 0.2}, "score": {"score_mod": graph("Mul", 0.5)}, "prob": {"prob_mod": graph("Add", 0.25)}}.items():
            yield Case(f"FlexAttention-{name}-{kind}", "ai.onnx.preview::FlexAttention", operands, attributes, opset=26, reference="onnx")
    yield Case("FlexAttention-dynamic", "ai.onnx.preview::FlexAttention", [("f32", (-2, 4, -5, 8)), ("f32", (-2, 2, -7, 8)), ("f32", (-2, 2, -7, 8))],
               {"score_mod": graph("Mul", 0.5)}, opset=26, reference="onnx")
    places = np.array([1, 5, 0])
    for mode in ("linear", "circular"):
        shapes = [("f32", (3, 2, 8, 5)), ("f32", (3, 2, 3, 5))]
        yield Case(f"TensorScatter-{mode}", "TensorScatter", shapes + [places], {"mode": mode}, opset=24, reference="onnx")
        yield Case(f"TensorScatter-{mode}-plain", "TensorScatter", shapes, {"mode": mode}, opset=24, reference="onnx")
    yield Case("TensorScatter-round", "TensorScatter", [("f32", (3, 2, 8, 5)), ("f32", (3, 2, 3, 5)), np.array([7, 13, 6])], {"mode": "circular"}, opset=24, reference="onnx")
    yield Case("TensorScatter-axis", "TensorScatter", [("f16", (-3, 8, 5)), ("f16", (-3, 3, 5)), places], {"axis": 1}, opset=24, reference="onnx")


def elementwise():
    for alpha in (1.0, 1.7):
        for dtype, tolerance in (("f32", 1e-5), ("f16", 2e-3)):
            yield Case(f"SwiGLU-{dtype}-{alpha}", "SwiGLU", [(dtype, (-3, 17)), (dtype, (-3, 17))], {"alpha": alpha}, opset=28, tolerance=tolerance, reference="onnx")
    for source, target in (("f32", "i32"), ("i32", "f32"), ("f64", "i64"), ("i64", "f64"), ("f16", "u16"), ("u16", "f16"), ("i8", "u8"), ("bool", "u8"), ("u32", "f32")):
        yield Case(f"BitCast-{source}-{target}", "BitCast", [(source, (-3, 17), 0, 1) if source == "bool" else (source, (-3, 17), 1, 99)], {"to": TYPES[target]}, opset=26, reference="onnx")
    for axis in (0, 1, -1):
        for exclusive in (0, 1):
            for reverse in (0, 1):
                attributes = {"exclusive": exclusive, "reverse": reverse}
                yield Case(f"CumProd-{axis}-{exclusive}-{reverse}", "CumProd", [("f32", (5, 7, 3), -1.5, 1.5), const(axis)], attributes, opset=26, reference="onnx")
    yield Case("CumProd-computed", "CumProd", [("f32", (-5, 7), -1.5, 1.5), np.array(1)], opset=26, reference="onnx")
    yield Case("CumSum-computed", "CumSum", [("f32", (-5, 7, 3)), np.array(-2)])
    yield Case("CumProd-i32", "CumProd", [("i32", (5, 7), -3, 3), const(0)], opset=26, reference="onnx")


newest = (state_space, attention, elementwise)
