import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The function that an operator applies to its results, as `fused_activation_function` numbers it.
enum Activation: Int {
  case none, relu, reluOfUnit, relu6, tanh, signBit

  /// The function of an element.
  func apply(_ s: Scalars, _ x: Value) -> Value {
    switch self {
    case .none: x
    case .relu: s.maximum(x, s.constant(0))
    case .reluOfUnit: s.minimum(s.maximum(x, s.constant(-1)), s.constant(1))
    case .relu6: s.minimum(s.maximum(x, s.constant(0)), s.constant(6))
    case .tanh: s.call("math.tanh", x)
    case .signBit: s.select(s.compare(.less, x, s.constant(0)), s.constant(1), s.constant(0))
    }
  }
}

extension Node {
  /// The function that is applied to the results.
  func activation() throws(Diagnostic) -> Activation {
    let number = try integer("fused_activation_function")
    guard let activation = Activation(rawValue: number) else {
      throw .invalidAttribute(self, "fused_activation_function", "\(number)", expected: "0 to 5")
    }
    return activation
  }

  /// `x` with the function applied.
  func activated(_ x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let activation = try activation()
    return activation == .none ? x : mapElements(x, x.elementType, activation.apply)
  }
}

/// A function of two elements on the host.
typealias HostBinary = @Sendable (IndexTable, IndexExpression, IndexExpression) -> IndexExpression?

/// An operator on the elements of two tensors, of one class if it is given; `activates`: its options name a function of the results.
func binary(
  of operands: OperandClass? = nil, host: HostBinary? = nil, result: ElementType? = nil, activates: Bool = false,
  _ body: @escaping @Sendable (Scalars, Value, Value) -> Value
) -> Lowering {
  { node throws(Diagnostic) in
    let a = try node.input(0), b = try node.input(1)
    try node.requireSameType([a, b])
    if let operands { try node.require(a, operands) }
    let type = a.elementType
    let activation = activates ? try node.activation() : .none
    if let host, activation == .none, let folded = try node.foldOnHost([a, b], result ?? type, { host(node.indices, $0[0], $0[1]) }) {
      return [folded]
    }
    return [
      try node.graph.elementwise([a, b], result ?? type) { builder, e in
        let s = Scalars(builder, type)
        return activation.apply(s, body(s, e[0], e[1]))
      }
    ]
  }
}

/// An operator on each element, of one class if it is given.
func unary(
  of operands: OperandClass? = nil, host: (@Sendable (IndexTable, IndexExpression) -> IndexExpression?)? = nil,
  _ body: @escaping @Sendable (Scalars, Value) -> Value
)
  -> Lowering
{
  { node throws(Diagnostic) in
    let x = try node.input(0), type = x.elementType
    if let operands { try node.require(x, operands) }
    if let host, let folded = try node.foldOnHost([x], type, { host(node.indices, $0[0]) }) { return [folded] }
    return [node.mapElements(x, type, body)]
  }
}

/// An operator on each element of floats, which `make` gets from the node; narrow floats are computed in f32.
func floatFunction(_ make: @escaping @Sendable (Node) throws(Diagnostic) -> (Scalars, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0), type = x.elementType
    try node.require(x, .float)
    let body = try make(node)
    return [
      node.graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { builder, e in
        Scalars(builder, type).inWideFloat(e) { body($0, $1[0]) }
      }
    ]
  }
}

/// The same for a function that is always the same.
func unaryFloat(_ body: @escaping @Sendable (Scalars, Value) -> Value) -> Lowering { floatFunction { _ in body } }

/// The same for an operation of the math dialect.
func unaryFloat(_ name: String) -> Lowering { unaryFloat { $0.call(name, $1) } }

extension Scalars {
  /// The quotient rounded down; 0 for a divisor of 0 of integers.
  func floorDivide(_ a: Value, _ b: Value) -> Value {
    let quotient = divide(a, b)
    if type.isFloat { return call("math.floor", quotient) }
    if type.isUnsigned { return quotient }
    let rest = subtract(a, multiply(quotient, b)), zero = constant(0)
    let isInexact = compare(.equal, rest, zero)
    let signsDiffer = compare(.less, builder.binary("arith.xori", rest, b), zero)
    return select(isInexact, quotient, select(signsDiffer, subtract(quotient, constant(1)), quotient))
  }

  /// The remainder with the sign of the divisor.
  func floorRemainder(_ a: Value, _ b: Value) -> Value {
    let rest = remainder(a, b), zero = constant(0)
    if type.isUnsigned { return rest }
    let isZero = compare(.equal, rest, zero)
    let signsDiffer =
      type.isFloat
      ? builder.binary("arith.xori", compare(.less, rest, zero), compare(.less, b, zero))
      : compare(.less, builder.binary("arith.xori", rest, b), zero)
    return select(isZero, rest, select(signsDiffer, add(rest, b), rest))
  }

  /// `a` to the power `b`, of floats in their type and of integers by multiplying.
  func power(_ a: Value, _ b: Value) -> Value {
    type.isFloat ? builder.binary("math.powf", a, b) : builder.binary("math.ipowi", a, b)
  }

  /// -1, 0 or 1.
  func sign(_ x: Value) -> Value {
    let zero = constant(0)
    let notNegative = select(compare(.greater, x, zero), constant(1), type.isFloat ? x : zero)
    return type.isUnsigned ? notNegative : select(compare(.less, x, zero), constant(-1), notNegative)
  }

  func absolute(_ x: Value) -> Value { type.isFloat ? call("math.absf", x) : type.isUnsigned ? x : call("math.absi", x) }
}

/// `ADD_N`
let lowerAddN: Lowering = { node throws(Diagnostic) in
  let first = try node.input(0), tensors = node.inputs.compactMap { $0 }
  try node.requireSameType(tensors)
  return [
    try node.graph.elementwise(tensors, first.elementType) { builder, e in
      let s = Scalars(builder, first.elementType)
      return e.dropFirst().reduce(e[0], s.add)
    }
  ]
}

/// `SELECT`, whose condition may be one number for each row, and `SELECT_V2`, which broadcasts.
func select(byRow: Bool) -> Lowering {
  { node throws(Diagnostic) in
    var condition = try node.input(0)
    let a = try node.input(1), b = try node.input(2)
    try node.require(condition, .boolean)
    try node.requireSameType([a, b])
    if byRow, condition.rank == 1, a.rank > 1 {
      condition = node.graph.reshape(condition, to: condition.shape + Array(repeating: .one, count: a.rank - 1))
    }
    if let folded = try node.foldOnHost([condition, a, b], a.elementType, { node.indices.select($0[0], $0[1], $0[2]) }) { return [folded] }
    return [try node.graph.elementwise([condition, a, b], a.elementType) { builder, e in builder.select(e[0], e[1], e[2]) }]
  }
}

/// `CAST`
let lowerCast: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), type = try node.outputType(0)
  // Of a complex number, the real part is left.
  if node.isComplex(0) { return [node.graph.convert(node.element(.zero, of: x, axis: x.rank - 1), to: type)] }
  if x.elementType == type { return [x] }
  let bounds = type.integerBounds
  let folded = try node.foldOnHost([x], type) { operands in
    if type == .bool { return node.indices.subtract(.one, node.indices.equal(operands[0], .zero)) }
    guard let known = operands[0].known else { return type == .i64 || type == .i32 ? operands[0] : nil }
    return known >= bounds.least && known <= bounds.greatest && type != .u64 ? operands[0] : nil
  }
  return [folded ?? node.graph.convert(x, to: type)]
}

/// `RIGHT_SHIFT`: by amounts within the width, the sign fills in from the left.
let lowerRightShift: Lowering = binary(of: .integer) { s, x, amount in
  let last = s.constant(Double(s.type.byteCount * 8 - 1))
  let bounded = s.select(s.builder.compare(.unsignedLess, amount, last), amount, last)
  return s.builder.binary(s.type.isUnsigned ? "arith.shrui" : "arith.shrsi", x, bounded)
}

/// `FAKE_QUANT`: rounded to one of the numbers that so many bits have between two bounds, which are moved so that 0 is one of them.
let lowerFakeQuant: Lowering = floatFunction { node throws(Diagnostic) in
  let bits = try node.integer("num_bits"), isNarrow = try node.flag("narrow_range")
  let low = Float(try node.float("min")), high = Float(try node.float("max"))
  guard (2...16).contains(bits), low <= 0, high >= 0, low < high else {
    throw .invalidAttribute(node, "min, max and num_bits", "\(low), \(high) and \(bits)", expected: "bounds about 0, and 2 to 16")
  }
  let least: Float = isNarrow ? 1 : 0, greatest = Float(1 << bits - 1)
  let scale = (high - low) / (greatest - least)
  let zero = min(max((least - low / scale).rounded(), least), greatest)
  let (bottom, top) = ((least - zero) * scale, (greatest - zero) * scale)
  return { s, x in
    let clamped = s.minimum(s.maximum(x, s.constant(Double(bottom))), s.constant(Double(top)))
    let steps = s.divide(s.subtract(clamped, s.constant(Double(bottom))), s.constant(Double(scale)))
    return s.add(s.multiply(s.call("math.floor", s.add(steps, s.constant(0.5))), s.constant(Double(scale))), s.constant(Double(bottom)))
  }
}

/// `BITCAST`: the same bits as another type of the same width.
let lowerBitcast: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), type = try node.outputType(0)
  guard x.elementType.byteCount == type.byteCount, x.elementType != .bool, type != .bool else {
    throw .unsupportedForm(node, "changes \(x.elementType.name) to \(type.name), of another width")
  }
  return [
    node.graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { builder, e in
      x.elementType.isFloat == type.isFloat && !type.isFloat
        ? e[0] : builder.value("arith.bitcast", [e[0]], type: type.type(builder.context))
    }
  ]
}
