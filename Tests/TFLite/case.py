"""Models of one operator, written with the packages `flatbuffers` and `tflite`."""

import dataclasses

import flatbuffers
import numpy as np
import tflite

TYPES = {
    "f32": ("FLOAT32", np.float32), "f16": ("FLOAT16", np.float16), "i8": ("INT8", np.int8), "u8": ("UINT8", np.uint8),
    "i16": ("INT16", np.int16), "i32": ("INT32", np.int32), "i64": ("INT64", np.int64), "bool": ("BOOL", np.bool_), "u32": ("UINT32", np.uint32),
    "f64": ("FLOAT64", np.float64), "i4": ("INT4", np.int8), "c64": ("COMPLEX64", np.complex64),
}


@dataclasses.dataclass
class Tensor:
    """A tensor of a model: an input with numbers from `low` to `high`, a constant of `values`, or a result.

    `scale` and `zero` are one number or a list with one for each element of `dimension`; sizes that are `open` differ between calls.
    """

    type: str
    shape: tuple = ()
    values: object = None
    low: float = -3
    high: float = 3
    scale: object = None
    zero: object = 0
    dimension: int = 0
    open: tuple = ()
    # It is a state, which begins with zeros.
    variable: bool = False

    def array(self, generator):
        """The elements of an input."""
        kind = TYPES[self.type][1]
        if self.type == "bool":
            return generator.integers(0, 2, self.shape).astype(kind)
        if np.issubdtype(kind, np.floating):
            return generator.uniform(self.low, self.high, self.shape).astype(kind)
        if self.scale is not None:
            bounds = np.iinfo(kind)
            return generator.integers(bounds.min, bounds.max + 1, self.shape).astype(kind)
        return generator.integers(int(self.low), int(self.high) + 1, self.shape).astype(kind)


@dataclasses.dataclass
class Case:
    """An operator on tensors; an input that is `None` is left out. An element may differ by `tolerance`, absolute plus relative."""

    name: str
    operator: str
    inputs: list
    outputs: list
    options: tuple = ()
    version: int = 1
    tolerance: float = 1e-5
    # Elements of quantized results that may differ, by one step.
    steps: float = 0.0
    # What LiteRT does not run, or does otherwise, has expected outputs, from the inputs.
    expected: object = None
    kind: str = "default"
    # Operators behind the first one: name, inputs, outputs, options.
    more: tuple = ()
    # Subgraphs behind the first one: inputs, operators as above, outputs.
    graphs: tuple = ()

    @property
    def results(self):
        """The tensors that the model gives."""
        return self.more[-1][2] if self.more else self.outputs


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def vector(builder, values, prepend, width):
    builder.StartVector(width, len(values), width)
    for value in reversed(values):
        prepend(value)
    return builder.EndVector()


def integers(builder, values):
    return vector(builder, [int(value) for value in values], builder.PrependInt32, 4)


def options(builder, table, fields):
    """Writes a table of options; lists are vectors of integers, of 64 bits in those of StableHLO, or of floats."""
    made = {}
    for name, value in fields.items():
        if isinstance(value, (list, tuple)):
            if any(isinstance(item, float) for item in value):
                made[name] = vector(builder, list(value), builder.PrependFloat32, 4)
            elif table.startswith("Stablehlo"):
                made[name] = vector(builder, list(value), builder.PrependInt64, 8)
            else:
                made[name] = integers(builder, value)
        else:
            made[name] = value
    getattr(tflite, f"{table}Start")(builder)
    for name, value in made.items():
        getattr(tflite, f"{table}Add{camel(name)}")(builder, value)
    return getattr(tflite, f"{table}End")(builder)


def packed(array):
    """The bytes of numbers of 4 bits, two a byte, the first in the low half."""
    flat = array.reshape(-1).astype(np.uint8) & 15
    flat = np.append(flat, 0) if len(flat) % 2 else flat
    return (flat[0::2] | flat[1::2] << 4).tobytes()


class Writer:
    """A model under construction: tensors and operators of one subgraph."""

    def __init__(self):
        self.builder = flatbuffers.Builder(1 << 12)
        self.buffers, self.codes, self.graphs = [b""], [], []
        self.begin()

    def begin(self):
        """Begins a subgraph."""
        self.tensors, self.operators, self.places = [], [], {}

    def tensor(self, tensor, name):
        """Adds a tensor, and returns its number; -1 for none."""
        if tensor is None:
            return -1
        if id(tensor) in self.places:
            return self.places[id(tensor)]
        data, shape = b"", list(tensor.shape)
        if tensor.values is not None:
            array = np.asarray(tensor.values, TYPES[tensor.type][1])
            data, shape = packed(array) if tensor.type == "i4" else array.tobytes(), list(array.shape)
        # Buffer 0 is empty: what has no elements in the file shares it.
        place = len(self.buffers) if data else 0
        self.buffers += [data] if data else []
        builder = self.builder
        text, sizes = builder.CreateString(name), integers(builder, shape)
        signature = integers(builder, [-1 if axis in tensor.open else size for axis, size in enumerate(shape)]) if tensor.open else None
        rule = None
        if tensor.scale is not None:
            scales = np.atleast_1d(tensor.scale).tolist()
            zeros = np.broadcast_to(np.atleast_1d(tensor.zero), len(scales)).tolist()
            first = vector(builder, scales, builder.PrependFloat32, 4)
            second = vector(builder, [int(zero) for zero in zeros], builder.PrependInt64, 8)
            tflite.QuantizationParametersStart(builder)
            tflite.QuantizationParametersAddScale(builder, first)
            tflite.QuantizationParametersAddZeroPoint(builder, second)
            tflite.QuantizationParametersAddQuantizedDimension(builder, tensor.dimension)
            rule = tflite.QuantizationParametersEnd(builder)
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, sizes)
        tflite.TensorAddType(builder, getattr(tflite.TensorType, TYPES[tensor.type][0]))
        tflite.TensorAddBuffer(builder, place)
        tflite.TensorAddName(builder, text)
        if signature is not None:
            tflite.TensorAddShapeSignature(builder, signature)
        tflite.TensorAddIsVariable(builder, tensor.variable)
        if rule is not None:
            tflite.TensorAddQuantization(builder, rule)
        self.tensors.append(tflite.TensorEnd(builder))
        self.places[id(tensor)] = len(self.tensors) - 1
        return len(self.tensors) - 1

    def operator(self, kind, inputs, outputs, table=(), version=1, custom=b""):
        """Adds an operator on tensors of these numbers; `CUSTOM:name` is a custom one, whose options are bytes."""
        builder = self.builder
        number = getattr(tflite.BuiltinOperator, "CUSTOM" if kind.startswith("CUSTOM:") else kind)
        name = builder.CreateString(kind[7:]) if kind.startswith("CUSTOM:") else None
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, min(number, 127))
        tflite.OperatorCodeAddBuiltinCode(builder, number)
        tflite.OperatorCodeAddVersion(builder, version)
        if name is not None:
            tflite.OperatorCodeAddCustomCode(builder, name)
        self.codes.append(tflite.OperatorCodeEnd(builder))
        written = options(builder, table[0], table[1] if len(table) > 1 else {}) if table else None
        more = builder.CreateByteVector(custom) if custom else None
        first, second = integers(builder, inputs), integers(builder, outputs)
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, len(self.codes) - 1)
        tflite.OperatorAddInputs(builder, first)
        tflite.OperatorAddOutputs(builder, second)
        if written is not None and hasattr(tflite.BuiltinOptions2, table[0]):
            tflite.OperatorAddBuiltinOptions2Type(builder, getattr(tflite.BuiltinOptions2, table[0]))
            tflite.OperatorAddBuiltinOptions2(builder, written)
        elif written is not None:
            tflite.OperatorAddBuiltinOptionsType(builder, getattr(tflite.BuiltinOptions, table[0]))
            tflite.OperatorAddBuiltinOptions(builder, written)
        if more is not None:
            tflite.OperatorAddCustomOptions(builder, more)
        self.operators.append(tflite.OperatorEnd(builder))

    def offsets(self, values):
        return vector(self.builder, values, self.builder.PrependUOffsetTRelative, 4)

    def end(self, inputs, outputs):
        """Ends a subgraph, whose inputs and outputs have these numbers."""
        builder = self.builder
        parts = [self.offsets(self.tensors), integers(builder, inputs), integers(builder, outputs), self.offsets(self.operators)]
        tflite.SubGraphStart(builder)
        for add, part in zip(("Tensors", "Inputs", "Outputs", "Operators"), parts):
            getattr(tflite, f"SubGraphAdd{add}")(builder, part)
        self.graphs.append(tflite.SubGraphEnd(builder))

    def finish(self):
        """The bytes of the model."""
        builder = self.builder
        made = []
        for data in self.buffers:
            content = None
            if data:
                # The runtime wants constants at multiples of 16.
                builder.StartVector(1, len(data), 16)
                builder.head = builder.head - len(data)
                builder.Bytes[builder.head : builder.head + len(data)] = data
                content = builder.EndVector()
            tflite.BufferStart(builder)
            if content is not None:
                tflite.BufferAddData(builder, content)
            made.append(tflite.BufferEnd(builder))
        parts = [self.offsets(self.codes), self.offsets(self.graphs), self.offsets(made)]
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, 3)
        for add, part in zip(("OperatorCodes", "Subgraphs", "Buffers"), parts):
            getattr(tflite, f"ModelAdd{add}")(builder, part)
        builder.Finish(tflite.ModelEnd(builder), b"TFL3")
        return bytes(builder.Output())


def model(case, shapes=None):
    """The bytes of the model of a case, and its inputs that are no constants; `shapes` are those of the results, if they are known."""
    writer = Writer()
    for tensor, shape in zip(case.results, shapes or []):
        tensor.shape = shape
    inputs = [writer.tensor(tensor, f"in{i}") for i, tensor in enumerate(case.inputs)]
    outputs = [writer.tensor(tensor, f"out{i}") for i, tensor in enumerate(case.outputs)]
    custom = case.options if isinstance(case.options, bytes) else b""
    writer.operator(case.operator, inputs, outputs, () if custom else case.options, case.version, custom)
    outputs = written(writer, case.more) or outputs
    given = [tensor for tensor in case.inputs if tensor is not None and tensor.values is None and not tensor.variable]
    distinct = [tensor for i, tensor in enumerate(given) if all(tensor is not other for other in given[:i])]
    writer.end([writer.places[id(tensor)] for tensor in distinct], outputs)
    for first, operators, second in case.graphs:
        writer.begin()
        numbers = [writer.tensor(tensor, f"arg{i}") for i, tensor in enumerate(first)]
        written(writer, operators)
        writer.end(numbers, [writer.places[id(tensor)] for tensor in second])
    return writer.finish(), distinct


def written(writer, operators):
    """Writes operators; the numbers of the last one's outputs."""
    outputs = []
    for kind, first, second, table in operators:
        inputs = [writer.tensor(tensor, f"{kind}_in{i}") for i, tensor in enumerate(first)]
        outputs = [writer.tensor(tensor, f"{kind}_out{i}") for i, tensor in enumerate(second)]
        writer.operator(kind, inputs, outputs, table)
    return outputs
