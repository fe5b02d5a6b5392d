import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Quantized operators of com.microsoft that quantizers emit: what they are between DequantizeLinear and QuantizeLinear.

extension Node {
  /// This node with other inputs, for the lowering of another operator.
  func with(inputs: [GraphTensor?]) -> Node {
    Node(graph: graph, walker: walker, proto: proto, opset: opset, label: label, inputs: inputs)
  }

  /// Input `i`, of which the scale and the zero point are the next inputs, as floats.
  fileprivate func dequantizedInput(_ i: Int) throws(Diagnostic) -> GraphTensor {
    let x = try input(i), scale = try input(i + 1), zero = optionalInput(i + 2)
    for tensor in [scale, zero].compactMap({ $0 }) where tensor.knownCount != 1 { throw .unsupportedForm(self, "quantizes by channel") }
    return try lowerDequantizeLinear(with(inputs: [x, scale, zero]))[0]
  }

  /// `x` quantized by the scale and the zero point in inputs `i` and `i + 1`, to `type` if there is no zero point.
  fileprivate func quantized(_ x: GraphTensor, by i: Int, _ type: ElementType) throws(Diagnostic) -> GraphTensor {
    let zero = optionalInput(i + 1) ?? GraphTensor(type, [], host: [.zero])
    for tensor in [try input(i), zero] where tensor.knownCount != 1 { throw .unsupportedForm(self, "quantizes by channel") }
    return try lowerQuantizeLinear(with(inputs: [x, input(i), zero]))[0]
  }

  /// `x` with its channels in dimension 1, if they are in the last one; `false`: back.
  fileprivate func channelsFirst(_ x: GraphTensor, _ isFirst: Bool = true) -> GraphTensor {
    guard flag("channels_last") else { return x }
    let spatial = Array(1..<x.rank - 1)
    return transpose(x, isFirst ? [0, x.rank - 1] + spatial : [0] + spatial.map { $0 + 1 } + [1])
  }
}

/// A row whose first input is quantized, and whose result is.
func quantizedFunction(_ body: @escaping @Sendable (Node, GraphTensor) throws(Diagnostic) -> GraphTensor) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.dequantizedInput(0)
    return [try node.quantized(body(node, x), by: 3, node.input(0).elementType)]
  }
}

/// `QLinearSigmoid`
let lowerQLinearSigmoid = quantizedFunction { node, x in node.mapElements(x, x.elementType) { $0.sigmoid($1) } }

/// `QLinearLeakyRelu`
let lowerQLinearLeakyRelu = quantizedFunction { node, x throws(Diagnostic) in try lowerLeakyRelu(node.with(inputs: [x]))[0] }

/// `QLinearSoftmax`, by the rules of the operator set that the attribute `opset` names.
let lowerQLinearSoftmax = quantizedFunction { node, x throws(Diagnostic) in
  if x.rank == 0 { throw .wrongRank(node, x, expected: 1...GraphTensor.rankLimit) }
  let isOld = node.integer("opset", default: 13) < 13
  let axis = try node.axis(node.integer("axis", default: isOld ? 1 : -1), rank: x.rank)
  return node.softmax(x, axes: isOld ? Array(axis..<x.rank) : [axis])
}

/// `QLinearGlobalAveragePool`
let lowerQLinearGlobalAveragePool = quantizedFunction { node, x throws(Diagnostic) in
  guard x.rank >= 3 else { throw .wrongRank(node, x, expected: 3...GraphTensor.rankLimit) }
  return node.channelsFirst(try lowerGlobalAveragePool(node.with(inputs: [node.channelsFirst(x)]))[0], false)
}

/// `QLinearAveragePool`
let lowerQLinearAveragePool = quantizedFunction { node, x throws(Diagnostic) in
  guard x.rank >= 3 else { throw .wrongRank(node, x, expected: 3...GraphTensor.rankLimit) }
  return node.channelsFirst(try lowerAveragePool(node.with(inputs: [node.channelsFirst(x)]))[0], false)
}

/// `QLinearConcat`: the scale and zero point of the result, then those of each operand behind it.
let lowerQLinearConcat: Lowering = { node throws(Diagnostic) in
  guard node.inputs.count >= 5, (node.inputs.count - 2) % 3 == 0 else {
    throw .unsupportedForm(node, "does not have a scale and a zero point for each operand")
  }
  var parts: [GraphTensor] = []
  for i in stride(from: 2, to: node.inputs.count, by: 3) {
    let x = try node.input(i)
    parts.append(try node.quantized(node.dequantizedInput(i), by: 0, x.elementType))
    parts[parts.count - 1].name = x.name
  }
  return [try node.concatenation(parts, try node.axis(node.integer("axis", default: 0), rank: parts[0].rank))]
}

/// `DynamicQuantizeMatMul`: floats, quantized by their range, times bytes, plus a bias.
let lowerDynamicQuantizeMatMul: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  guard x.elementType == .f32 else { throw .wrongType(node, x, expected: "f32") }
  let quantized = try lowerDynamicQuantizeLinear(node.with(inputs: [x]))
  let inputs = [
    quantized[0], try node.input(1), quantized[1], try node.input(2), quantized[2], node.optionalInput(3), node.optionalInput(4),
  ]
  return try lowerMatMulIntegerToFloat(node.with(inputs: inputs))
}

/// `QGemm`: alpha * A' * B' + C of bytes, where C has the scale of the products; quantized if the result has a scale.
let lowerQGemm: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0, ranks: 2...2), b = try node.input(3, ranks: 2...2)
  let first = node.flag("transA") ? node.transpose(a, [1, 0]) : a, second = node.flag("transB") ? node.transpose(b, [1, 0]) : b
  (first.name, second.name) = (a.name, b.name)
  let product = try lowerMatMulInteger(node.with(inputs: [first, second, node.optionalInput(2), node.optionalInput(5)]))[0]
  product.name = node.label
  var sums = product
  if let bias = node.optionalInput(6) {
    guard bias.elementType == .i32 else { throw .wrongType(node, bias, expected: "i32") }
    let sum = node.graph.elementwise([product, bias], onto: product.shape, .i32) { Scalars($0, .i32).add($1[0], $1[1]) }
    guard let sum else {
      throw .shapesDisagree(node, product, bias, "C must broadcast to the product")
    }
    sums = sum
  }
  let alpha = node.float("alpha", default: 1)
  let scales = [try node.input(1), try node.input(4)]
  let operands = [Operand(sums, [0, 1]), try node.perChannel(scales[0], sums, axis: 0), try node.perChannel(scales[1], sums, axis: 1)]
  let result = node.graph.map(operands, shape: sums.shape, .f32) { builder, e in
    let s = Scalars(builder, .f32)
    let factor = s.multiply(s.constant(alpha), s.multiply(e[1], e[2]))
    return s.multiply(s.convert(e[0], from: .i32), factor)
  }
  return node.optionalInput(7) == nil ? [result] : [try node.quantized(result, by: 7, a.elementType)]
}

/// `QLinearWhere`: of two quantized tensors, in the scale of the result.
let lowerQLinearWhere: Lowering = { node throws(Diagnostic) in
  let condition = try node.input(0), x = try node.input(1), y = try node.input(4)
  try node.requireSameType([x, y] + [3, 6, 8].compactMap { node.optionalInput($0) })
  let parts = [
    try node.quantized(node.dequantizedInput(1), by: 7, x.elementType), try node.quantized(node.dequantizedInput(4), by: 7, x.elementType),
  ]
  for (part, given) in zip(parts, [x, y]) { part.name = given.name }
  return [try node.graph.elementwise([condition] + parts, x.elementType) { $0.select($1[0], $1[1], $1[2]) }]
}

/// `QLinearReduceMean`
let lowerQLinearReduceMean = quantizedFunction { node, x throws(Diagnostic) in
  let axes = try node.axes(node.integers("axes") ?? [], rank: x.rank)
  let mean = node.graph.mean(x, axes.isEmpty ? Array(0..<x.rank) : axes, .f32)
  guard node.integer("keepdims", default: 1) != 0 else { return mean }
  return node.graph.reshape(mean, to: x.shape.indices.map { axes.isEmpty || axes.contains($0) ? .one : x.shape[$0] })
}

/// `QEmbedLayerNormalization`: EmbedLayerNormalization of quantized tables.
let lowerQEmbedLayerNormalization: Lowering = { node throws(Diagnostic) in
  var inputs = node.inputs + Array(repeating: nil, count: max(0, 18 - node.inputs.count))
  // The scales and zero points of the inputs 2 to 6 are the inputs 8 to 12 and 13 to 17.
  for i in 2...6 where inputs[i] != nil {
    let name = inputs[i]?.name ?? ""
    for other in [i + 6, i + 11] {
      if let tensor = inputs[other], tensor.knownCount != 1 { throw .unsupportedForm(node, "quantizes by channel") }
    }
    inputs[i] = try lowerDequantizeLinear(node.with(inputs: [inputs[i], inputs[i + 6], inputs[i + 11]]))[0]
    inputs[i]?.name = name
  }
  return Array(try lowerEmbedLayerNormalization(node.with(inputs: Array(inputs[..<8])))[..<2])
}
