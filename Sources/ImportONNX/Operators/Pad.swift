import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Pad`: constant, reflect, edge, wrap; negative amounts cut off.
let lowerPad: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let amounts: [IndexExpression]
  let count = node.isComputed(3) ? try node.hostInput(3).count : node.optionalInput(3) == nil ? x.rank : try node.knownIntegers(3).count
  if node.opset < 11 {
    amounts = (node.integers("pads") ?? []).map { IndexExpression($0) }
  } else {
    amounts = try node.hostInput(1, count: 2 * count)
  }
  guard amounts.count == 2 * count else {
    throw .invalidAttribute(node, "pads", "a list of \(amounts.count)", expected: "a list of \(2 * count)")
  }
  var begins = [IndexExpression](repeating: .zero, count: x.rank), ends = begins
  if node.isComputed(3) {
    let axes = try RunTimeAxes(node, 3, rank: x.rank)
    begins = axes.choose(Array(amounts.prefix(count)), else: begins, node.indices)
    ends = axes.choose(Array(amounts.suffix(count)), else: ends, node.indices)
  } else {
    let axes = node.optionalInput(3) == nil ? Array(0..<x.rank) : try node.knownIntegers(3)
    for (i, item) in axes.enumerated() {
      let axis = try node.axis(item, rank: x.rank)
      (begins[axis], ends[axis]) = (amounts[i], amounts[i + count])
    }
  }
  let shape = x.shape.indices.map { x.shape[$0] + begins[$0] + ends[$0] }
  for case let known? in shape.map(\.known) where known < 0 { throw .impossibleShape(node, "\(shape.map { $0.known ?? -1 })") }
  if shape == x.shape, begins.allSatisfy({ $0 == .zero }) { return [x] }
  let mode = node.string("mode", default: "constant")
  if let mirroring = MirroredBorder.Mode(rawValue: mode) {
    return [try node.padded(x, begins: begins, ends: ends, shape: shape, mirroring)]
  }
  guard mode == "constant" else { throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "constant, reflect, edge or wrap") }
  var filler = GraphTensor(x.elementType, [])
  if let given = node.optionalInput(2) {
    try node.requireSameType([x, given])
    guard given.knownCount == 1 else { throw .wrongShape(node, given, "one element") }
    filler = node.graph.reshape(given, to: [])
  }
  let number = node.optionalInput(2) == nil ? node.float("value", default: 0) : filler.knownScalar
  let value = number == nil ? node.graph.value(filler) : nil
  return [
    node.graph.pad(x, begins: begins, shape: shape) { builder in
      if let value { return builder.element(value, []) }
      return builder.scalar(number ?? 0, x.elementType.type(builder.context))
    }
  ]
}
