"""The node tests of the onnx package: which there are, what each is about, and the fixed sample that CI runs."""

import pickle
import re
import warnings
import zlib
from dataclasses import dataclass

import onnx
from onnx import TensorProto
from onnx.backend.test.case.node import collect_testcases

# One test of this many is in the sample.
SAMPLE = 5
PLAIN = {
    TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BOOL, TensorProto.INT8, TensorProto.INT16, TensorProto.INT32,
    TensorProto.INT64, TensorProto.UINT8, TensorProto.UINT16, TensorProto.UINT32, TensorProto.UINT64,
}


@dataclass
class NodeTest:
    """A model, inputs with the outputs that are expected, and the operator that the test is about."""

    name: str
    operator: str
    domain: str
    case: object

    @property
    def is_plain(self):
        """Whether all inputs and outputs are tensors of the common element types."""
        graph = self.case.model.graph
        return all(info.type.HasField("tensor_type") and info.type.tensor_type.elem_type in PLAIN for info in [*graph.input, *graph.output])

    @property
    def is_sampled(self):
        """Whether the test is in the sample: its name alone decides, so that the others stay when tests are added."""
        return zlib.crc32(self.name.encode()) % SAMPLE == 0


def base_name(name):
    """Returns the test whose operator an `_expanded` test has as the nodes of its function."""
    return re.sub(r"_expanded(_ver\d+)?$", "", name)


def collected(folder):
    """Returns the package's cases by name. To make them takes long, so they are kept in `folder`."""
    path = folder / f"onnx-{onnx.__version__}-nodes.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some references overflow on purpose
        cases = {case.name: case for case in collect_testcases(None)}
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(pickle.dumps(cases))
    temporary.replace(path)
    return cases


def all_tests(folder):
    """Returns the tests, in the order of the package."""
    cases = collected(folder)
    tests = []
    for name, case in cases.items():
        about = cases.get(base_name(name), case).model.graph.node[0]
        tests.append(NodeTest(name, about.op_type, about.domain or "ai.onnx", case))
    return tests
