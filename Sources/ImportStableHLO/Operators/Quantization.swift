import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Operations on quantized tensors compute with the floats that they stand for; what only moves elements moves what is stored.
struct QuantizedForm {
  private let node: StableHLONode
  /// The quantized types of the operands and results; `nil` for others.
  private let operands: [QuantizedElement?]
  private let results: [QuantizedElement?]

  /// `nil` if no operand and no result is quantized, or if elements are moved only.
  init?(_ node: StableHLONode, _ types: [TensorType]) {
    func quantized(_ type: TensorType) -> QuantizedElement? { if case .quantized(let element) = type.element { element } else { nil } }
    self.node = node
    operands = types.map(quantized)
    results = node.results.map(quantized)
    let found = (operands + results).compactMap { $0 }
    guard let first = found.first, !Self.moving.contains(node.operation) || found.contains(where: { $0 != first || $0.axis != nil }) else {
      return nil
    }
    if ["constant", "bitcast_convert"].contains(node.operation) || OperatorTable.structural[node.source.name] != nil { return nil }
  }

  /// Operations that move elements, whatever they are.
  private static let moving: Set<String> = [
    "broadcast_in_dim", "reshape", "transpose", "slice", "dynamic_slice", "dynamic_update_slice", "concatenate", "pad", "reverse", "gather",
    "select",
    "return", "dynamic_reshape", "dynamic_broadcast_in_dim", "optimization_barrier",
  ]

  /// What `lowering` gives for floats, quantized as the model says.
  func run(_ lowering: (StableHLONode) throws(Diagnostic) -> [ProgramValue]) throws(Diagnostic) -> [ProgramValue] {
    var floats: [GraphTensor] = []
    for (tensor, type) in zip(node.operands, operands) {
      floats.append(try type.map { (type) throws(Diagnostic) in try dequantized(tensor, type) } ?? tensor)
    }
    let types = zip(node.results, results).map { declared, type in
      type.map { TensorType(sizes: declared.sizes, element: .plain($0.expressed)) } ?? declared
    }
    let inner = StableHLONode(walker: node.walker, source: node.source, label: node.label, operands: floats, results: types)
    var made = try lowering(inner)
    for i in made.indices where i < results.count {
      guard let type = results[i], case .tensor(let tensor) = made[i] else { continue }
      made[i] = .tensor(try quantized(tensor, type))
    }
    return made
  }

  /// The scales and zero points of `x` as operands of a map over it.
  private func parameters(_ x: GraphTensor, _ type: QuantizedElement) throws(Diagnostic) -> [Operand] {
    let wide = type.expressed.accumulator
    guard type.scales.allSatisfy({ $0.isFinite && $0 > 0 }), type.zeroPoints.count == type.scales.count else { throw unfit(type) }
    guard let axis = type.axis else {
      guard type.scales.count == 1 else { throw unfit(type) }
      return [
        Operand(node.table(type.scales, [], wide), []), Operand(node.table(type.zeroPoints.map(Double.init), [], wide), []),
      ]
    }
    guard axis >= 0, axis < x.rank, x.shape[axis].known.map({ $0 == type.scales.count }) ?? true else { throw unfit(type) }
    return [type.scales, type.zeroPoints.map(Double.init)].map { Operand(node.table($0, [type.scales.count], wide), [axis]) }
  }

  private func unfit(_ type: QuantizedElement) -> Diagnostic {
    node.diagnostic(.invalidInput, id: "quantizedType", "has a tensor of \(type.text), whose scales or zero points do not fit it")
  }

  /// (number - zero point) * scale
  private func dequantized(_ x: GraphTensor, _ type: QuantizedElement) throws(Diagnostic) -> GraphTensor {
    let wide = type.expressed.accumulator, all: [Int?] = x.shape.indices.map { $0 }
    return node.graph.map([Operand(x, all)] + (try parameters(x, type)), shape: x.shape, type.expressed) { b, e in
      let s = Scalars(b, wide)
      let value = s.multiply(s.subtract(s.convert(e[0], from: x.elementType), e[2]), e[1])
      return Scalars(b, type.expressed).convert(value, from: wide)
    }
  }

  /// The nearest number, halves to even, within the bounds.
  private func quantized(_ x: GraphTensor, _ type: QuantizedElement) throws(Diagnostic) -> GraphTensor {
    let wide = type.expressed.accumulator, all: [Int?] = x.shape.indices.map { $0 }
    return node.graph.map([Operand(x, all)] + (try parameters(x, type)), shape: x.shape, type.storage) { b, e in
      let s = Scalars(b, wide)
      let ratio = s.call("math.roundeven", s.divide(s.convert(e[0], from: x.elementType), e[1]))
      let shifted = s.add(ratio, e[2])
      let clamped = s.minimum(s.maximum(shifted, s.constant(Double(type.least))), s.constant(Double(type.greatest)))
      return Scalars(b, type.storage).convert(clamped, from: wide)
    }
  }
}
