import Diagnostics
import MLIR

extension Node {
  /// `scale` or `zeroPoint` as an operand over the loops of `x`: one number, or one for each element of `axis`.
  fileprivate func quantizationOperand(_ tensor: Tensor, _ x: Tensor) throws(Diagnostic) -> Operand {
    if tensor.rank == 0 || tensor.knownCount == 1 { return Operand(importer.reshape(tensor, to: []), []) }
    guard tensor.rank == 1 else { throw .unsupportedForm(self, "quantizes in blocks") }
    let axis = try axis(integer("axis", default: 1), rank: x.rank)
    guard importer.unify(tensor.shape[0], x.shape[axis], "the size of '\(tensor.name)' and that of the quantized axis") != nil else {
      throw .shapesDisagree(self, x, tensor, "expected one element for each of the quantized axis")
    }
    return Operand(tensor, [axis])
  }
}

/// `DequantizeLinear`: (x - zero point) * scale
let lowerDequantizeLinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), scale = try node.input(1)
  guard scale.elementType.isFloat else { throw .wrongType(node, scale, expected: "a float") }
  let type = scale.elementType, wide = type.accumulator
  var operands = [Operand(x, x.shape.indices.map { $0 }), try node.quantizationOperand(scale, x)]
  if let zero = node.optionalInput(2) {
    try node.requireSameType([x, zero])
    operands.append(try node.quantizationOperand(zero, x))
  }
  return [
    node.importer.map(operands, shape: x.shape, type) { builder, e in
      let s = Scalars(builder, wide)
      var value = s.convert(e[0], from: x.elementType)
      if e.count == 3 { value = s.subtract(value, s.convert(e[2], from: x.elementType)) }
      return Scalars(builder, type).convert(s.multiply(value, s.convert(e[1], from: type)), from: wide)
    }
  ]
}

/// `QuantizeLinear`: round(x / scale) + zero point, to the nearest even, within the bounds of the type.
let lowerQuantizeLinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), scale = try node.input(1)
  guard x.elementType.isFloat, scale.elementType == x.elementType else { throw .wrongType(node, x, expected: "a float, as the scale") }
  let zero = node.optionalInput(2)
  let type = zero?.elementType ?? ElementType(rawValue: Int64(node.integer("output_dtype", default: 2))) ?? .u8
  guard type.isInteger, type.byteCount <= 2 else {
    throw .unsupportedForm(node, "quantizes to \(type.name)")
  }
  let wide = x.elementType.accumulator
  var operands = [Operand(x, x.shape.indices.map { $0 }), try node.quantizationOperand(scale, x)]
  if let zero { operands.append(try node.quantizationOperand(zero, x)) }
  let bounds = type.integerBounds
  return [
    node.importer.map(operands, shape: x.shape, type) { builder, e in
      let s = Scalars(builder, wide)
      let quotient = s.divide(s.convert(e[0], from: x.elementType), s.convert(e[1], from: x.elementType))
      var value = s.call("math.roundeven", quotient)
      if e.count == 3 { value = s.add(value, s.convert(e[2], from: type)) }
      let clamped = s.minimum(s.maximum(value, s.constant(Double(bounds.least))), s.constant(Double(bounds.greatest)))
      let whole = Scalars(builder, .i32).convert(clamped, from: wide)
      return Scalars(builder, type).convert(whole, from: .i32)
    }
  ]
}
