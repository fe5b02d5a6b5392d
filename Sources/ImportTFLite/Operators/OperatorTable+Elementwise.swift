import TesseraGraphs
import TesseraMLIR

/// Operators on each element, and activations.
extension OperatorTable {
  static let elementwise: [OperatorRow] = [
    .init("ADD", upTo: 5, options: "AddOptions", binary(of: .number, host: { $0.add($1, $2) }, activates: true) { $0.add($1, $2) }),
    .init(
      "SUB", upTo: 5, options: "SubOptions", binary(of: .number, host: { $0.subtract($1, $2) }, activates: true) { $0.subtract($1, $2) }),
    .init(
      "MUL", upTo: 7, options: "MulOptions", binary(of: .number, host: { $0.multiply($1, $2) }, activates: true) { $0.multiply($1, $2) }),
    .init(
      "DIV", upTo: 2, options: "DivOptions",
      binary(of: .number, host: { $0.truncatingDivide($1, $2) }, activates: true) { $0.divide($1, $2) }),
    .init(
      "FLOOR_DIV", upTo: 3, options: "FloorDivOptions", binary(of: .number, host: { $0.floorDivide($1, $2) }) { $0.floorDivide($1, $2) }),
    .init(
      "FLOOR_MOD", upTo: 2, options: "FloorModOptions",
      binary(of: .number, host: { $0.remainder($1, $2, truncating: false) }) { $0.floorRemainder($1, $2) }),
    .init("POW", options: "PowOptions", binary(of: .number) { $0.power($1, $2) }),
    .init("ATAN2", options: "ATan2Options", binary(of: .float) { $0.builder.binary("math.atan2", $1, $2) }),
    .init(
      "MAXIMUM", upTo: 4, options: "MaximumMinimumOptions", quantized: .movedIfAlike,
      binary(host: { $0.maximum($1, $2) }) { $0.maximum($1, $2) }),
    .init(
      "MINIMUM", upTo: 4, options: "MaximumMinimumOptions", quantized: .movedIfAlike,
      binary(host: { $0.minimum($1, $2) }) { $0.minimum($1, $2) }),
    .init(
      "SQUARED_DIFFERENCE", upTo: 2, options: "SquaredDifferenceOptions",
      binary(of: .number) { s, a, b in
        let difference = s.subtract(a, b)
        return s.multiply(difference, difference)
      }),
    .init("ADD_N", options: "AddNOptions", lowerAddN),
    .init("EQUAL", upTo: 4, options: "EqualOptions", binary(host: { $0.equal($1, $2) }, result: .bool) { $0.compare(.equal, $1, $2) }),
    .init(
      "NOT_EQUAL", upTo: 3, options: "NotEqualOptions",
      binary(host: { $0.subtract(.one, $0.equal($1, $2)) }, result: .bool) { s, a, b in
        s.builder.binary("arith.xori", s.compare(.equal, a, b), s.builder.constant(.bool(true, s.builder.context)))
      }),
    .init("LESS", upTo: 3, options: "LessOptions", binary(host: { $0.less($1, $2) }, result: .bool) { $0.compare(.less, $1, $2) }),
    .init(
      "LESS_EQUAL", upTo: 2, options: "LessEqualOptions",
      binary(host: { $0.subtract(.one, $0.less($2, $1)) }, result: .bool) { $0.compare(.lessOrEqual, $1, $2) }),
    .init("GREATER", upTo: 2, options: "GreaterOptions", binary(host: { $0.less($2, $1) }, result: .bool) { $0.compare(.greater, $1, $2) }),
    .init(
      "GREATER_EQUAL", upTo: 3, options: "GreaterEqualOptions",
      binary(host: { $0.subtract(.one, $0.less($1, $2)) }, result: .bool) { $0.compare(.greaterOrEqual, $1, $2) }),
    .init(
      "LOGICAL_AND", options: "LogicalAndOptions",
      binary(of: .boolean, host: { $0.multiply($1, $2) }) { $0.builder.binary("arith.andi", $1, $2) }),
    .init(
      "LOGICAL_OR", options: "LogicalOrOptions",
      binary(of: .boolean, host: { $0.maximum($1, $2) }) { $0.builder.binary("arith.ori", $1, $2) }),
    .init(
      "LOGICAL_NOT", options: "LogicalNotOptions",
      unary(of: .boolean, host: { $0.subtract(.one, $1) }) {
        $0.builder.binary("arith.xori", $1, $0.builder.constant(.bool(true, $0.builder.context)))
      }),
    .init("BITWISE_XOR", options: "BitwiseXorOptions", binary(of: .integer) { $0.builder.binary("arith.xori", $1, $2) }),
    .init("RIGHT_SHIFT", options: "RightShiftOptions", lowerRightShift),
    .init("SELECT", upTo: 4, options: "SelectOptions", quantized: .moved, select(byRow: true)),
    .init("SELECT_V2", upTo: 2, options: "SelectV2Options", quantized: .moved, select(byRow: false)),
    .init("CAST", upTo: 7, options: "CastOptions", quantized: .moved, complex: true, lowerCast),
    .init("NEG", upTo: 2, options: "NegOptions", unary(of: .number, host: { $0.subtract(.zero, $1) }) { $0.negate($1) }),
    .init("ABS", upTo: 5, options: "AbsOptions", unary(of: .number, host: { $0.maximum($1, -$1) }) { $0.absolute($1) }),
    .init("SIGN", upTo: 2, options: "SignOptions", unary(of: .number) { $0.sign($1) }),
    .init("SQUARE", options: "SquareOptions", unary(of: .number, host: { $0.multiply($1, $1) }) { $0.multiply($1, $1) }),
    .init("ZEROS_LIKE", options: "ZerosLikeOptions", unary(host: { _, _ in .zero }) { s, _ in s.constant(0) }),
    .init("CEIL", unaryFloat("math.ceil")),
    .init("FLOOR", unaryFloat("math.floor")),
    .init("ROUND", unaryFloat("math.roundeven")),
    .init("SQRT", unaryFloat("math.sqrt")),
    .init("RSQRT", upTo: 3, unaryFloat { $0.divide($0.constant(1), $0.call("math.sqrt", $1)) }),
    .init("EXP", upTo: 2, options: "ExpOptions", unaryFloat("math.exp")),
    .init("LOG", upTo: 2, unaryFloat("math.log")),
    .init("SIN", unaryFloat("math.sin")),
    .init("COS", options: "CosOptions", unaryFloat("math.cos")),
    .init("FAKE_QUANT", upTo: 2, options: "FakeQuantOptions", lowerFakeQuant),
  ]

  static let activations: [OperatorRow] = [
    .init("RELU", upTo: 3, unary(of: .number, host: { $0.maximum($1, .zero) }) { Activation.relu.apply($0, $1) }),
    .init("RELU6", upTo: 3, unary(of: .number) { Activation.relu6.apply($0, $1) }),
    .init("RELU_N1_TO_1", upTo: 2, unary(of: .number) { Activation.reluOfUnit.apply($0, $1) }),
    .init("RELU_0_TO_1", upTo: 2, unary(of: .number) { s, x in s.minimum(s.maximum(x, s.constant(0)), s.constant(1)) }),
    .init("TANH", upTo: 3, unaryFloat("math.tanh")),
    .init("LOGISTIC", upTo: 3, unaryFloat { $0.sigmoid($1) }),
    .init("ELU", upTo: 2, unaryFloat { s, x in s.positive(x, else: s.call("math.expm1", x)) }),
    .init("HARD_SWISH", upTo: 2, options: "HardSwishOptions", unaryFloat { s, x in s.multiply(x, s.hardSigmoid(x, 1.0 / 6, 0.5)) }),
    .init("GELU", upTo: 2, options: "GeluOptions", lowerGelu),
    .init("LEAKY_RELU", upTo: 2, options: "LeakyReluOptions", lowerLeakyRelu),
    .init("PRELU", lowerPRelu),
    .init("SOFTMAX", upTo: 3, options: "SoftmaxOptions", lowerSoftmax),
    .init("LOG_SOFTMAX", upTo: 2, options: "LogSoftmaxOptions", lowerLogSoftmax),
    .init("L2_NORMALIZATION", upTo: 2, options: "L2NormOptions", lowerL2Normalization),
    .init("LOCAL_RESPONSE_NORMALIZATION", options: "LocalResponseNormalizationOptions", lowerLocalResponseNormalization),
  ]
}
