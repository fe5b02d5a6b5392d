import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Operators of StableHLO inside of a model, as converters from PyTorch and JAX write them: those on each element, and those that move.
extension OperatorTable {
  static let stableHLO: [OperatorRow] = [
    .init(
      "STABLEHLO_ADD", binary(host: { $0.add($1, $2) }) { s, a, b in s.type == .bool ? s.builder.binary("arith.ori", a, b) : s.add(a, b) }),
    .init("STABLEHLO_SUBTRACT", binary(of: .number, host: { $0.subtract($1, $2) }) { $0.subtract($1, $2) }),
    .init(
      "STABLEHLO_MULTIPLY",
      binary(host: { $0.multiply($1, $2) }) { s, a, b in s.type == .bool ? s.builder.binary("arith.andi", a, b) : s.multiply(a, b) }),
    .init("STABLEHLO_DIVIDE", binary(of: .number, host: { $0.truncatingDivide($1, $2) }) { $0.divide($1, $2) }),
    .init("STABLEHLO_REMAINDER", binary(of: .number) { $0.remainder($1, $2) }),
    .init("STABLEHLO_POWER", binary(of: .number) { $0.power($1, $2) }),
    .init("STABLEHLO_MAXIMUM", binary(host: { $0.maximum($1, $2) }) { $0.maximum($1, $2) }),
    .init("STABLEHLO_MINIMUM", binary(host: { $0.minimum($1, $2) }) { $0.minimum($1, $2) }),
    .init("STABLEHLO_AND", bitwise { $0.builder.binary("arith.andi", $1, $2) }),
    .init("STABLEHLO_OR", bitwise { $0.builder.binary("arith.ori", $1, $2) }),
    .init("STABLEHLO_ABS", unary(of: .number) { $0.absolute($1) }),
    .init("STABLEHLO_NEGATE", unary(of: .number) { $0.negate($1) }),
    .init("STABLEHLO_COSINE", unaryFloat("math.cos")),
    .init("STABLEHLO_EXPONENTIAL", unaryFloat("math.exp")),
    .init("STABLEHLO_FLOOR", unaryFloat("math.floor")),
    .init("STABLEHLO_LOG", unaryFloat("math.log")),
    .init("STABLEHLO_TANH", unaryFloat("math.tanh")),
    .init("STABLEHLO_CBRT", unaryFloat("math.cbrt")),
    .init("STABLEHLO_LOGISTIC", unaryFloat { $0.sigmoid($1) }),
    .init("STABLEHLO_RSQRT", unaryFloat { $0.divide($0.constant(1), $0.call("math.sqrt", $1)) }),
    .init("STABLEHLO_SELECT", quantized: .moved, select(byRow: false)),
    .init("STABLEHLO_CLAMP", lowerClamp),
    .init("STABLEHLO_CONVERT", quantized: .moved, lowerCast),
    .init("STABLEHLO_RESHAPE", quantized: .moved, lowerDeclaredReshape),
    .init("STABLEHLO_TRANSPOSE", options: "StablehloTransposeOptions", quantized: .moved, lowerPermutation),
    .init("STABLEHLO_CONCATENATE", options: "StablehloConcatenateOptions", quantized: .movedIfAlike, lowerConcatenate),
    .init("STABLEHLO_BROADCAST_IN_DIM", options: "StablehloBroadcastInDimOptions", quantized: .moved, lowerBroadcastInDim),
    .init("STABLEHLO_SLICE", options: "StablehloSliceOptions", quantized: .moved, lowerBoundedSlice),
    .init("STABLEHLO_IOTA", options: "StablehloIotaOptions", lowerIota),
  ]
}

/// An operator on the bits of integers and booleans.
private func bitwise(_ body: @escaping @Sendable (Scalars, Value, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    if x.elementType != .bool { try node.require(x, .integer) }
    return try binary(body)(node)
  }
}

extension Node {
  /// The sizes of the result, as the file declares them.
  fileprivate func declaredShape() throws(Diagnostic) -> [IndexExpression] {
    guard let output = outputRecord(0) else { throw .missingOutput(self, 0) }
    guard !(output.signature ?? output.shape).contains(where: { $0 < 0 }) else {
      throw .unsupportedForm(self, "has a result whose sizes only the run knows")
    }
    return try sizes(output.shape.map { IndexExpression($0) })
  }
}

/// `STABLEHLO_CLAMP`: input 1, at least input 0 and at most input 2.
private let lowerClamp: Lowering = { node throws(Diagnostic) in
  let least = try node.input(0), x = try node.input(1), greatest = try node.input(2)
  try node.requireSameType([x, least, greatest])
  return [
    try node.graph.elementwise([x, least, greatest], x.elementType) { builder, e in
      let s = Scalars(builder, x.elementType)
      return s.minimum(s.maximum(e[0], e[1]), e[2])
    }
  ]
}

/// `STABLEHLO_RESHAPE`: to the shape that the result is declared to have.
private let lowerDeclaredReshape: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), shape = try node.declaredShape()
  guard node.graph.unify(x.shape.product, shape.product, "the number of elements of '\(node.label)'") != nil else {
    throw .wrongShape(node, x, "as many elements as the result has")
  }
  return [node.graph.reshape(x, to: shape)]
}

/// `STABLEHLO_TRANSPOSE`
private let lowerPermutation: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), order = try node.integers("permutation") ?? []
  guard order.sorted() == Array(0..<x.rank) else {
    throw .invalidAttribute(node, "permutation", "\(order)", expected: "each of \(x.rank) dimensions once")
  }
  return [node.transpose(x, order)]
}

/// `STABLEHLO_CONCATENATE`
private let lowerConcatenate: Lowering = { node throws(Diagnostic) in
  let tensors = node.inputs.compactMap { $0 }, first = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  return [try node.concatenation(tensors, try node.axis(node.integer("dimension"), rank: first.rank))]
}

/// `STABLEHLO_BROADCAST_IN_DIM`: to the declared shape, of which each dimension of the operand is one that the options name.
private let lowerBroadcastInDim: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), axes = try node.integers("broadcast_dimensions") ?? [], shape = try node.declaredShape()
  guard axes.count == x.rank, zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }), axes.allSatisfy(shape.indices.contains) else {
    throw .unsupportedForm(node, "names the dimensions \(axes) of a result of rank \(shape.count)")
  }
  let wide = node.graph.reshape(x, to: shape.indices.map { place in axes.firstIndex(of: place).map { x.shape[$0] } ?? .one })
  guard node.graph.canBroadcast(wide, to: shape) else { throw .wrongShape(node, x, "a shape that can be broadcast to that of the result") }
  return [node.expand(wide, to: shape)]
}

/// `STABLEHLO_SLICE`
private let lowerBoundedSlice: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), starts = try node.integers("start_indices") ?? [], limits = try node.integers("limit_indices") ?? []
  let strides = try node.integers("strides") ?? []
  guard [starts, limits, strides].allSatisfy({ $0.count == x.rank }) else { throw .unsupportedForm(node, "has bounds of another rank") }
  var shape: [IndexExpression] = []
  for axis in x.shape.indices {
    let size = x.shape[axis].known ?? Int.max
    guard starts[axis] >= 0, limits[axis] >= starts[axis], limits[axis] <= size, strides[axis] >= 1, strides[axis] <= Windows.limit else {
      throw .wrongShape(node, x, "bounds inside of dimension \(axis)")
    }
    shape.append(IndexExpression((limits[axis] - starts[axis] + strides[axis] - 1) / strides[axis]))
  }
  guard x.shape.known != nil else { throw .unsupportedForm(node, "slices a tensor whose sizes only the run knows") }
  return [node.slice(x, starts.map { IndexExpression($0) }, strides, shape)]
}

/// `STABLEHLO_IOTA`: the place along a dimension.
private let lowerIota: Lowering = { node throws(Diagnostic) in
  let shape = try node.declaredShape(), axis = try node.axis(node.integer("iota_dimension"), rank: shape.count),
    type = try node.outputType(0)
  return [
    node.graph.generate(shape, type) { b, position in Scalars(b, type).convert(b.i64(position[axis]), from: .i64) }
  ]
}
