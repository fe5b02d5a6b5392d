import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// `scale` or `zeroPoint` as an operand over the loops of `x`: one number, one for each element of `axis`, or one for each block along it.
  fileprivate func quantizationOperand(_ tensor: GraphTensor, _ x: GraphTensor) throws(Diagnostic) -> Operand {
    if tensor.rank == 0 || tensor.knownCount == 1 { return Operand(graph.reshape(tensor, to: []), []) }
    let axis = try axis(integer("axis", default: 1), rank: x.rank)
    if tensor.rank == x.rank, x.rank > 1 { return try blockOperand(tensor, x, axis) }
    if tensor.rank == 1, tensor.knownCount == nil, tensor.shape[0] != x.shape[axis] {
      // One number or one for each element of the axis: only the run knows.
      let column = graph.reshape(tensor, to: tensor.shape + Array(repeating: .one, count: x.rank - axis - 1))
      column.name = tensor.name
      return graph.broadcastOperand(column, to: x.shape)
    }
    guard tensor.rank == 1,
      graph.unify(tensor.shape[0], x.shape[axis], "the size of '\(tensor.name)' and that of the quantized axis") != nil
    else {
      throw .shapesDisagree(self, x, tensor, "expected one element for each of the quantized axis")
    }
    return Operand(tensor, [axis])
  }

  /// One element for each block of `block_size` along `axis`, repeated.
  private func blockOperand(_ tensor: GraphTensor, _ x: GraphTensor, _ axis: Int) throws(Diagnostic) -> Operand {
    let size = integer("block_size", default: 0)
    guard size > 0, size <= Windows.limit else { throw .invalidAttribute(self, "block_size", "\(size)", expected: "a positive number") }
    let fits = x.shape.indices.allSatisfy { other in
      other == axis
        ? graph.unify(tensor.shape[axis], indices.ceilDivide(x.shape[axis], by: size), "the blocks of '\(tensor.name)'") != nil
        : graph.unify(tensor.shape[other], x.shape[other], "the sizes of '\(tensor.name)' and '\(x.name)'") != nil
    }
    guard fits else { throw .shapesDisagree(self, x, tensor, "expected one element for each block of \(size)") }
    let repeated = move(tensor, to: x.shape) { builder, position in
      var read = position
      read[axis] = builder.binary("arith.divui", position[axis], builder.index(size))
      return read
    }
    return Operand(repeated, x.shape.indices.map { $0 })
  }
}

extension Node {
  /// What a `DequantizeLinear` makes of a constant matrix of integers with a scale for each block; `nil` of all others.
  fileprivate func constantBlocks(_ x: GraphTensor, _ scale: GraphTensor, _ zero: GraphTensor?) throws(Diagnostic) -> BlockQuantized? {
    let type = x.elementType, isInteger = type == .i8 || type == .u8 || type.packing > 1 && type.smallFloat == nil
    guard isInteger, x.rank == 2, scale.rank == 2, scale.knownCount != 1, zero.map({ $0.shape == scale.shape }) ?? true,
      [x, scale, zero].allSatisfy({ $0.map { $0.constant != nil || $0.host?.known != nil } ?? true })
    else { return nil }
    let axis = try axis(integer("axis", default: 1), rank: 2)
    return BlockQuantized(source: x, scales: scale, zeros: zero, axis: axis, size: integer("block_size", default: 0))
  }
}

/// `DequantizeLinear`: (x - zero point) * scale
let lowerDequantizeLinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), scale = try node.input(1)
  guard scale.elementType.isFloat else { throw .wrongType(node, scale, expected: "a float") }
  let number = Int64(node.integer("output_dtype", default: 0))
  guard let type = number == 0 ? scale.elementType : ElementType(numeric: number), type.isFloat else {
    throw .invalidAttribute(node, "output_dtype", ElementType.onnxName(number), expected: "a float")
  }
  var operands = [try node.quantizationOperand(scale, x)]
  let zero = node.optionalInput(2)
  if let zero {
    try node.requireSameType([x, zero])
    operands.append(try node.quantizationOperand(zero, x))
  }
  let isWhole = operands.allSatisfy { $0.loops.isEmpty }
  // Scales of blocks are none of the rules that products know.
  var axis = scale.rank == 1 && !isWhole ? try node.axis(node.integer("axis", default: 1), rank: x.rank) : nil
  // Nor are those of which only the run knows whether they are one number.
  for tensor in [scale, zero] { if let along = axis, let tensor, tensor.knownCount == nil, tensor.shape != [x.shape[along]] { axis = nil } }
  let result = node.graph.dequantize(
    Quantized(source: x, scale: scale, zeroPoint: zero, axis: axis), operands, type)
  if axis == nil && !isWhole { result.quantized = nil }
  result.blockQuantized = try node.constantBlocks(x, scale, zero)
  return [result]
}

/// `QuantizeLinear`: round(x / scale) + zero point, to the nearest even, within the bounds of the type; small floats keep their fractions.
///
/// The quotient has the type of the scale, or the one that the attribute `precision` names, in every operator set: ONNX Runtime divides in f32
/// before operator set 23.
let lowerQuantizeLinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), scale = try node.input(1)
  guard x.elementType.isFloat || x.elementType == .i32 else { throw .wrongType(node, x, expected: "a float or i32") }
  let named = Int64(node.integer("precision", default: 0))
  guard let precision = named == 0 ? (scale.elementType.isFloat ? scale.elementType : .f32) : ElementType(numeric: named), precision.isFloat
  else {
    throw .invalidAttribute(node, "precision", ElementType.onnxName(named), expected: "a float")
  }
  let zero = node.optionalInput(2)
  let number = Int64(node.integer("output_dtype", default: 0))
  guard let type = zero?.elementType ?? (number == 0 ? .u8 : ElementType(numeric: number)) else {
    throw .unsupportedForm(node, "quantizes to \(ElementType.onnxName(number))")
  }
  guard type.isSmall ? type != .f8E8M0FNU : type.isInteger && type.byteCount <= 2 else {
    throw .unsupportedForm(node, "quantizes to \(type.name)")
  }
  // Only moved since it was dequantized by the same rule: the same bytes.
  if let known = x.quantized, known.source.elementType == type, known.hasRule(scale: scale, zeroPoint: zero) { return [known.source] }
  let narrowing = Narrowing(saturates: node.integer("saturate", default: 1) != 0)
  let wide = precision.accumulator
  var operands = [Operand(x, x.shape.indices.map { $0 }), try node.quantizationOperand(scale, x)]
  if let zero { operands.append(try node.quantizationOperand(zero, x)) }
  // A product instead of a quotient: the same but where the quotient is within an ulp of a half.
  let reciprocal =
    precision.isNarrowFloat
    ? nil
    : scale.knownScalar.map { 1 / $0 }.flatMap { $0.isFinite && abs($0) >= 0x1p-60 && abs($0) <= 0x1p60 ? $0 : nil }
  return [
    node.graph.map(operands, shape: x.shape, type) { builder, e in
      let s = Scalars(builder, wide)
      let value = s.convert(e[0], from: x.elementType)
      let factor = type.smallFloat == nil ? reciprocal : nil
      var quotient = factor.map { s.multiply(value, s.constant($0)) } ?? s.divide(value, s.convert(e[1], from: scale.elementType))
      if precision.isNarrowFloat { quotient = s.convert(Scalars(builder, precision).convert(quotient, from: wide), from: precision) }
      if type.smallFloat == nil { return s.quantized(quotient, zeroPoint: e.count == 3 ? e[2] : nil, type) }
      let shifted = e.count == 3 ? s.add(quotient, s.convert(e[2], from: type)) : quotient
      return Scalars(builder, type).convert(shifted, from: wide, narrowing: narrowing)
    }
  ]
}
