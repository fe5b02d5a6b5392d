import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension TensorRecord {
  /// How the elements stand for real numbers; `nil` if they are numbers themselves.
  var rule: QuantizationRecord? {
    switch type {
    case .element(.i8), .element(.u8), .element(.i16), .packed: quantization
    default: nil
    }
  }
}

extension QuantizationRecord {
  /// `true` iff `other` gives the same numbers, by one scale for all elements.
  func isSame(as other: QuantizationRecord) -> Bool {
    scales == other.scales && scales.count == 1 && (zeros.first ?? 0) == (other.zeros.first ?? 0)
  }
}

extension Node {
  /// The rule of input `i`; `nil` if its elements are numbers themselves, or it is left out.
  func rule(_ i: Int) -> QuantizationRecord? { i < record.inputs.count && record.inputs[i] >= 0 ? inputRecord(i).rule : nil }

  /// The results, where operands are quantized as the row says.
  func lowered() throws(Diagnostic) -> [GraphTensor] {
    let isQuantized = record.inputs.indices.contains { rule($0) != nil } || record.outputs.contains { walker.tensors[$0].rule != nil }
    guard isQuantized, row.quantized == .real || row.quantized == .movedIfAlike && !isAlike else { return try row.lower(self) }
    var real = self
    for i in inputs.indices { if let tensor = inputs[i], rule(i) != nil { real.inputs[i] = try self.real(tensor, inputRecord(i)) } }
    var results: [GraphTensor] = []
    for (i, result) in try row.lower(real).enumerated() { results.append(try quantizedResult(result, i)) }
    return results
  }

  /// `true` iff all quantized operands and results have one rule.
  private var isAlike: Bool {
    let rules = record.inputs.indices.map(rule) + record.outputs.map { walker.tensors[$0].rule }
    guard let first = rules[0] else { return false }
    return rules.allSatisfy { $0?.isSame(as: first) ?? false }
  }

  /// Result `i`, of floats, as the elements that the file says stand for them.
  func quantizedResult(_ x: GraphTensor, _ i: Int = 0) throws(Diagnostic) -> GraphTensor {
    guard let output = outputRecord(i), output.rule != nil, x.elementType.isFloat else { return x }
    return try quantized(x, output)
  }

  // MARK: to and from real numbers

  /// The scale of each element of `rule`, as a tensor, and its loop over `x`.
  private func operand(_ numbers: [Float], _ rule: QuantizationRecord, _ x: GraphTensor) throws(Diagnostic) -> Operand {
    if numbers.count == 1 { return Operand(table(numbers, []), []) }
    return Operand(table(numbers, [numbers.count]), [try channelAxis(rule, x)])
  }

  /// The dimension of `x` that has a scale for each element.
  private func channelAxis(_ rule: QuantizationRecord, _ x: GraphTensor) throws(Diagnostic) -> Int {
    guard x.shape.indices.contains(rule.dimension), x.shape[rule.dimension].known == rule.scales.count else {
      throw .wrongShape(self, x, "\(rule.scales.count) elements in dimension \(rule.dimension), for as many scales")
    }
    return rule.dimension
  }

  /// The zero points of a rule for elements of `type`; `nil` if all are 0.
  func zeroPoints(_ rule: QuantizationRecord, _ type: ElementType) throws(Diagnostic) -> GraphTensor? {
    if rule.zeros.allSatisfy({ $0 == 0 }) { return nil }
    let bounds = type.integerBounds
    guard rule.zeros.count == 1 || rule.zeros.count == rule.scales.count,
      rule.zeros.allSatisfy({ $0 >= bounds.least && $0 <= bounds.greatest })
    else { throw diagnostic(.invalidInput, "takes zero points that do not fit the type \(type.name)") }
    if rule.zeros.count == 1 { return GraphTensor(type, [], host: [IndexExpression(rule.zeros[0])]) }
    let bytes = rule.zeros.flatMap { zero in withUnsafeBytes(of: zero.littleEndian) { Array($0.prefix(type.byteCount)) } }
    return GraphTensor(name: label + "/zeros", type, [IndexExpression(rule.zeros.count)], constant: .owned(bytes))
  }

  /// The real numbers, as f32, that the elements of `x` stand for.
  func real(_ x: GraphTensor, _ record: TensorRecord) throws(Diagnostic) -> GraphTensor {
    guard let rule = record.quantization else { return graph.convert(x, to: .f32) }
    let zeros = try zeroPoints(rule, x.elementType)
    var operands = [try operand(rule.scales, rule, x)]
    if let zeros { operands.append(Operand(zeros, zeros.rank == 0 ? [] : [try channelAxis(rule, x)])) }
    let quantized = Quantized(
      source: x, scale: operands[0].tensor, zeroPoint: zeros, axis: rule.scales.count == 1 ? nil : rule.dimension)
    return graph.dequantize(quantized, operands, .f32)
  }

  /// Input `i` as real numbers, if it is quantized.
  func realInput(_ i: Int) throws(Diagnostic) -> GraphTensor {
    let x = try input(i)
    return x.elementType.isFloat ? x : try real(x, inputRecord(i))
  }

  /// `x`, of floats, as the elements that `record` says stand for them.
  func quantized(_ x: GraphTensor, _ record: TensorRecord) throws(Diagnostic) -> GraphTensor {
    guard let rule = record.rule, let type = record.type.element else { return x }
    guard rule.scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw diagnostic(.invalidInput, "gives '\(record.name)' with a scale that is not above 0")
    }
    let inverses = rule.scales.map { 1 / $0 }
    var operands = [Operand(x, x.shape.indices.map { $0 }), try operand(inverses, rule, x)]
    let zeros = try zeroPoints(rule, type)
    if let zeros { operands.append(Operand(zeros, zeros.rank == 0 ? [] : [try channelAxis(rule, x)])) }
    return graph.map(operands, shape: x.shape, type) { builder, e in
      let s = Scalars(builder, .f32)
      let steps = s.multiply(s.convert(e[0], from: x.elementType), e[1])
      return s.quantized(steps, zeroPoint: e.count == 3 ? e[2] : nil, type)
    }
  }
}
