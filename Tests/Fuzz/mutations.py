"""Damage to ONNX models that knows their structure: wires, sizes, types, attributes, operators, weights, and at last raw bytes.

Everything is drawn from the generator that is given, so that the same seed gives the same mutant.
"""
import onnx
from onnx import AttributeProto, TensorProto

INTEGERS = (0, 1, -1, 2, -2, 3, 7, 8, 63, 64, 127, 128, 255, 256, 1000, 65536, -129, 2**31 - 1, -(2**31), 2**31, 2**32, 2**40, 2**62, 2**63 - 1, -(2**63))
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-45, 1e38, -1e38, float("inf"), float("-inf"), float("nan"))
STRINGS = (b"", b"x", b"linear", b"SAME_UPPER", b"NOTSET", b"VALID", b"reflect", b"constant", b"ij,jk->ik", b"i...->i", b"->", b"\xff\xfe", b"A" * 300)
# Operators that other operators' inputs may fit.
OPERATORS = (
    "Add", "MatMul", "Conv", "Gemm", "Softmax", "Reshape", "Transpose", "Gather", "Concat", "Slice", "ReduceSum", "Pad", "Where", "Expand", "Cast",
    "Shape", "ConstantOfShape", "Resize", "TopK", "Split", "Squeeze", "Unsqueeze", "ScatterND", "GatherND", "NonZero", "LayerNormalization", "Loop", "If",
    "Scan", "LSTM", "Einsum", "Tile", "Range", "MaxPool", "DepthToSpace", "QuantizeLinear", "Unique", "OneHot", "CumSum", "Compress", "GridSample", "Unknown")


def graphs_of(model):
    """Returns the graph and all graphs inside of its nodes."""
    found, left = [], [model.graph]
    while left:
        graph = left.pop()
        found.append(graph)
        for node in graph.node:
            for attribute in node.attribute:
                left += [attribute.g] if attribute.HasField("g") else []
                left += attribute.graphs
    return found


def nodes_of(model):
    return [node for graph in graphs_of(model) for node in graph.node]


def tensors_of(model):
    """Returns initializers and tensors in attributes."""
    found = [tensor for graph in graphs_of(model) for tensor in graph.initializer]
    return found + [attribute.t for node in nodes_of(model) for attribute in node.attribute if attribute.HasField("t")]


def names_of(model):
    """Returns all names of values."""
    names = {""}
    for graph in graphs_of(model):
        names.update(i.name for i in (*graph.input, *graph.initializer))
        names.update(name for node in graph.node for name in (*node.input, *node.output))
    return sorted(names)


# ---------------------------------------------------------------- one kind of damage each; False where the model has nothing of the kind
def wires(model, random):
    """Connects an input or output of a node to something else, adds one, or takes one away."""
    nodes = nodes_of(model)
    if not nodes:
        return False
    node = random.choice(nodes)
    names = node.input if random.random() < 0.8 or not node.output else node.output
    name = random.choice(names_of(model) + ["nowhere"])
    what = random.randrange(4)
    if what == 0 or not names:
        names.insert(random.randint(0, len(names)), name)
    elif what == 1:
        del names[random.randrange(len(names))]
    elif what == 2:
        names[random.randrange(len(names))] = name
    else:
        a, b = random.randrange(len(names)), random.randrange(len(names))
        names[a], names[b] = names[b], names[a]
    return True


def nodes(model, random):
    """Removes, repeats or moves a node, or gives it another operator or domain."""
    graph = random.choice(graphs_of(model))
    if not graph.node:
        return False
    at = random.randrange(len(graph.node))
    what = random.randrange(6)
    if what == 0:
        del graph.node[at]
    elif what == 1:
        graph.node.add().CopyFrom(graph.node[at])
    elif what == 2:
        moved = onnx.NodeProto()
        moved.CopyFrom(graph.node[at])
        del graph.node[at]
        graph.node.insert(random.randint(0, len(graph.node)), moved)
    elif what == 3:
        graph.node[at].domain = random.choice(("", "ai.onnx.ml", "com.microsoft", "nobody"))
    else:
        graph.node[at].op_type = random.choice(OPERATORS)
    return True


def sizes(model, random):
    """Changes a dimension of an input, an output or a weight, or their number."""
    tensors = tensors_of(model)
    if tensors and random.random() < 0.4:
        dims = random.choice(tensors).dims
        if not dims or random.random() < 0.2:
            dims.append(random.choice(INTEGERS))
        elif random.random() < 0.2:
            dims.pop()
        else:
            dims[random.randrange(len(dims))] = random.choice(INTEGERS)
        return True
    infos = [info for graph in graphs_of(model) for info in (*graph.input, *graph.output, *graph.value_info)]
    if not infos:
        return False
    info = random.choice(infos)
    if random.random() < 0.1:
        info.type.Clear() if random.random() < 0.5 else info.type.tensor_type.ClearField("shape")
        return True
    dims = info.type.tensor_type.shape.dim
    if not dims or random.random() < 0.2:
        dims.add().dim_value = random.choice(INTEGERS)
    elif random.random() < 0.2:
        dims.pop()
    else:
        dim = random.choice(dims)
        what = random.randrange(4)
        if what == 0:
            dim.dim_param = random.choice(("n", "m", "", "2", "?"))
        elif what == 1:
            dim.Clear()
        else:
            dim.dim_value = random.choice(INTEGERS[:12] if what == 2 else INTEGERS)
    return True


def types(model, random):
    """Changes an element type."""
    infos = [info.type.tensor_type for graph in graphs_of(model) for info in (*graph.input, *graph.output)]
    tensors = tensors_of(model)
    if tensors and random.random() < 0.4:
        random.choice(tensors).data_type = random.randint(0, 30)
    elif infos:
        random.choice(infos).elem_type = random.randint(0, 30)
    else:
        return False
    return True


def attributes(model, random):
    """Changes, removes, repeats or renames an attribute."""
    nodes = [node for node in nodes_of(model) if node.attribute]
    if not nodes:
        return False
    node = random.choice(nodes)
    at = random.randrange(len(node.attribute))
    attribute = node.attribute[at]
    what = random.randrange(10)
    if what == 0:
        del node.attribute[at]
    elif what == 1:
        node.attribute.add().CopyFrom(attribute)
    elif what == 2:
        attribute.name = random.choice(("axis", "axes", "to", "pads", "kernel_shape", "body", "x", ""))
    elif what == 3:
        attribute.type = random.randint(0, 14)
    elif attribute.type == AttributeProto.INT:
        attribute.i = random.choice(INTEGERS)
    elif attribute.type == AttributeProto.FLOAT:
        attribute.f = random.choice(FLOATS)
    elif attribute.type == AttributeProto.STRING:
        attribute.s = random.choice(STRINGS)
    elif attribute.type in (AttributeProto.INTS, AttributeProto.FLOATS, AttributeProto.STRINGS):
        values, choices = {AttributeProto.INTS: (attribute.ints, INTEGERS), AttributeProto.FLOATS: (attribute.floats, FLOATS),
                           AttributeProto.STRINGS: (attribute.strings, STRINGS)}[attribute.type]
        if not values or what == 4:
            values.append(random.choice(choices))
        elif what == 5:
            values.pop()
        else:
            values[random.randrange(len(values))] = random.choice(choices)
    return True


def missing_attribute(model, random):
    """Gives a node an attribute that its operator may know."""
    nodes = nodes_of(model)
    if not nodes:
        return False
    attribute = random.choice(nodes).attribute.add()
    attribute.name = random.choice(
        ("axis", "axes", "keepdims", "to", "pads", "strides", "dilations", "kernel_shape", "group", "perm", "mode", "allowzero", "transA", "num_outputs",
         "block_size", "hidden_size", "direction", "layout", "epsilon", "alpha", "batch_dims", "ceil_mode", "num_heads", "reverse", "exclusive", "k"))
    what = random.randrange(3)
    if what == 0:
        attribute.type, attribute.i = AttributeProto.INT, random.choice(INTEGERS)
    elif what == 1:
        attribute.type = AttributeProto.INTS
        attribute.ints.extend(random.choice(INTEGERS) for _ in range(random.randrange(5)))
    else:
        attribute.type, attribute.s = AttributeProto.STRING, random.choice(STRINGS)
    return True


def weights(model, random):
    """Changes what a constant holds: values that are sizes or positions, too few or too many bytes, another place."""
    tensors = tensors_of(model)
    if not tensors:
        return False
    tensor = random.choice(tensors)
    what = random.randrange(8)
    if what == 0:
        tensor.raw_data = tensor.raw_data[: random.randint(0, len(tensor.raw_data))]
    elif what == 1:
        tensor.raw_data += bytes(random.randrange(256) for _ in range(random.randint(1, 16)))
    elif what == 2:
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = random.choice((("location", "../../etc/passwd"), ("location", ""), ("offset", "-1"), ("length", "99999999999")))
    elif what == 3:
        tensor.int64_data.append(random.choice(INTEGERS))
    elif tensor.data_type == TensorProto.INT64 and len(tensor.raw_data) >= 8:
        data = bytearray(tensor.raw_data)
        at = random.randrange(len(data) // 8) * 8
        data[at : at + 8] = random.choice(INTEGERS).to_bytes(8, "little", signed=True)
        tensor.raw_data = bytes(data)
    elif tensor.raw_data:
        data = bytearray(tensor.raw_data)
        data[random.randrange(len(data))] = random.choice((0, 0x7F, 0x80, 0xFF))
        tensor.raw_data = bytes(data)
    return True


def graph_sides(model, random):
    """Repeats, renames or removes an input, output or initializer of a graph, or changes an operator set's version."""
    if random.random() < 0.2 and model.opset_import:
        random.choice(model.opset_import).version = random.choice((0, 1, 6, 7, 9, 11, 13, 17, 18, 21, 23, 26, 99, -1, 2**40))
        return True
    graph = random.choice(graphs_of(model))
    items = random.choice((graph.input, graph.output, graph.initializer))
    if not items:
        return False
    at = random.randrange(len(items))
    what = random.randrange(3)
    if what == 0:
        del items[at]
    elif what == 1:
        items.add().CopyFrom(items[at])
    else:
        items[at].name = random.choice(names_of(model))
    return True


def raw(data, random):
    """Flips, cuts, inserts and repeats bytes of the file."""
    data = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        what = random.randrange(6)
        if what == 0:
            del data[at:]
        elif what == 1:
            del data[at : at + random.randint(1, 16)]
        elif what == 2:
            data[at:at] = bytes(random.choice((0, 1, 0x7F, 0x80, 0xFF)) for _ in range(random.randint(1, 10)))
        elif what == 3:
            data[at:at] = data[at : at + random.randint(1, 64)]
        elif at < len(data):
            data[at] ^= 1 << random.randrange(8)
    return bytes(data)


STRUCTURE = (wires, wires, nodes, sizes, sizes, types, attributes, attributes, attributes, missing_attribute, weights, weights, graph_sides)


def mutant(model, random):
    """Returns the bytes of a damaged copy of a model: one to four kinds of damage, and raw bytes in every eighth."""
    damaged = onnx.ModelProto()
    damaged.CopyFrom(model)
    for _ in range(random.randint(1, 4)):
        for _ in range(5):  # a kind that the model has something of
            try:
                if random.choice(STRUCTURE)(damaged, random):
                    break
            except (ValueError, TypeError):  # what protobuf itself cannot hold
                pass
    data = damaged.SerializeToString(deterministic=True)
    return raw(data, random) if random.random() < 0.125 else data
