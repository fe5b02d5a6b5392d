"""Cases of operators that choose, order and scatter elements."""

import numpy as np
from onnx import TensorProto, helper

from case import Case, Constant, const

indexed = ()
