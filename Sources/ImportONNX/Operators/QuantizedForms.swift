import Diagnostics
import MLIR

// Operators of com.microsoft on quantized tensors: the operators on floats, between dequantization and quantization.

extension Node {
  /// Input `x` dequantized by the inputs `scale` and `zero`, which hold one number each.
  fileprivate func dequantized(_ x: Int, _ scale: Int, _ zero: Int) throws(Diagnostic) -> Tensor {
    let source = try input(x), scale = try single(scale)
    guard source.elementType == .i8 || source.elementType == .u8 else { throw .wrongType(self, source, expected: "i8 or u8") }
    guard scale.elementType == .f32 else { throw .wrongType(self, scale, expected: "f32") }
    let zeroPoint = optionalInput(zero) == nil ? nil : try single(zero)
    if let zeroPoint { try requireSameType([source, zeroPoint]) }
    return importer.dequantize(
      Quantized(source: source, scale: scale, zeroPoint: zeroPoint, axis: nil),
      [scale, zeroPoint].compactMap { $0 }.map { Operand(importer.reshape($0, to: []), []) }, .f32)
  }

  /// `x` quantized by the inputs `scale` and `zero` to the type of the zero point, or to `type` without one.
  fileprivate func quantized(_ x: Tensor, _ scale: Int, _ zero: Int, _ type: ElementType) throws(Diagnostic) -> Tensor {
    let zeroPoint = optionalInput(zero) == nil ? nil : try single(zero)
    return try quantize(x, single(scale), zeroPoint, zeroPoint?.elementType ?? type)
  }

  /// Input `i`, of one element.
  private func single(_ i: Int) throws(Diagnostic) -> Tensor {
    let tensor = try input(i)
    guard tensor.knownCount == 1 else { throw .wrongShape(self, tensor, "one element") }
    return importer.reshape(tensor, to: [])
  }

  /// The results of operator `name` of the default domain in version `version` on `inputs`, with the attributes of this node.
  fileprivate func lowered(as name: String, version: Int, _ inputs: [Tensor?]) throws(Diagnostic) -> [Tensor] {
    var float = proto
    (float.operation, float.domain) = (name, "")
    guard let row = OperatorTable.row(float, version) else { throw .unsupportedForm(self, "is \(name) of operator set \(version)") }
    return try row.lower(Node(importer: importer, walker: walker, proto: float, opset: version, label: label, inputs: inputs))
  }
}

/// An operator of one quantized tensor: x, its scale and zero point, the scale and zero point of the result.
func quantizedForm(of name: String) -> Lowering {
  { node throws(Diagnostic) in
    if node.flag("channels_last") { throw .unsupportedForm(node, "has its channels last") }
    let x = try node.dequantized(0, 1, 2)
    // The attributes are those of versions before axes became inputs.
    let version = node.integer("opset", default: 13)
    return [try node.quantized(node.lowered(as: name, version: version, [x])[0], 3, 4, node.input(0).elementType)]
  }
}

/// `QLinearConcat`: the scale and zero point of the result, then three inputs for each tensor.
let lowerQLinearConcat: Lowering = { node throws(Diagnostic) in
  guard node.inputs.count >= 5, (node.inputs.count - 2) % 3 == 0 else { throw .missingInput(node, node.inputs.count) }
  var tensors: [Tensor?] = []
  for i in stride(from: 2, to: node.inputs.count, by: 3) { tensors.append(try node.dequantized(i, i + 1, i + 2)) }
  return [try node.quantized(node.lowered(as: "Concat", version: 13, tensors)[0], 0, 1, node.input(2).elementType)]
}

/// `QLinearWhere`: the condition, two quantized tensors, the scale and zero point of the result.
let lowerQLinearWhere: Lowering = { node throws(Diagnostic) in
  let choice = try node.lowered(as: "Where", version: 13, [node.input(0), node.dequantized(1, 2, 3), node.dequantized(4, 5, 6)])[0]
  return [try node.quantized(choice, 7, 8, node.input(1).elementType)]
}

/// `QGemm`: alpha * (A' * B' + C), where C is of the scale of the products; as floats without a scale of the result.
let lowerQGemm: Lowering = { node throws(Diagnostic) in
  let sums = try node.integerGemm()
  let first = try node.input(1), second = try node.input(4)
  var operands = [Operand(sums, [0, 1]), try node.perChannel(first, sums, axis: 0), try node.perChannel(second, sums, axis: 1)]
  if let c = node.optionalInput(6) {
    guard c.elementType == .i32, node.importer.canBroadcast(c, to: sums.shape) else {
      throw .wrongType(node, c, expected: "i32 of a shape that broadcasts")
    }
    operands.append(node.importer.broadcastOperand(c, to: sums.shape))
  }
  let alpha = node.float("alpha", default: 1)
  let result = node.importer.map(operands, shape: sums.shape, .f32) { builder, e in
    let s = Scalars(builder, .f32)
    let sum = e.count == 4 ? Scalars(builder, .i32).add(e[0], e[3]) : e[0]
    let scale = s.multiply(e[1], e[2])
    return s.multiply(s.convert(sum, from: .i32), alpha == 1 ? scale : s.multiply(scale, s.constant(alpha)))
  }
  return [node.optionalInput(7) == nil ? result : try node.quantized(result, 7, 8, node.input(0).elementType)]
}
