"""Models of strings and lists, for tests of the C interface and of Python."""
import onnx
from onnx import TensorProto, helper


def strings():
    """`main`: x, y -> z; the strings of x and y put together."""
    node = helper.make_node("StringConcat", ["x", "y"], ["z"])
    values = [helper.make_tensor_value_info(name, TensorProto.STRING, ["n"]) for name in "xyz"]
    graph = helper.make_graph([node], "strings", values[:2], values[2:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def lists():
    """`main`: s -> y, t; the tensors of a sequence one after the other, and a sequence of that twice."""
    nodes = [
        helper.make_node("ConcatFromSequence", ["s"], ["y"], axis=0),
        helper.make_node("SequenceConstruct", ["y", "y"], ["t"]),
    ]
    graph = helper.make_graph(
        nodes, "lists", [helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["m"]), helper.make_tensor_sequence_value_info("t", TensorProto.FLOAT, ["m"])])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def save(folder):
    """Writes them as strings.onnx and lists.onnx."""
    onnx.save(strings(), str(folder / "strings.onnx"))
    onnx.save(lists(), str(folder / "lists.onnx"))
