import Diagnostics
import MLIR

/// `Pad`: constant, reflect, edge, wrap; negative amounts cut off.
let lowerPad: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let amounts: [IndexExpression]
  if node.opset < 11 { amounts = (node.integers("pads") ?? []).map { IndexExpression($0) } } else { amounts = try node.hostInput(1) }
  let count = node.isComputed(3) ? try node.hostInput(3).count : node.optionalInput(3) == nil ? x.rank : try node.knownIntegers(3).count
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
  let shape = x.shape.indices.map { node.indices.add(x.shape[$0], begins[$0] + ends[$0]) }
  for case let known? in shape.map(\.known) where known < 0 { throw .impossibleShape(node, "\(shape.map { $0.known ?? -1 })") }
  if shape == x.shape, begins.allSatisfy({ $0 == .zero }) { return [x] }
  let mode = node.string("mode", default: "constant")
  switch mode {
  case "constant":
    var filler = Tensor(x.elementType, [])
    if let given = node.optionalInput(2) {
      try node.requireSameType([x, given])
      guard given.knownCount == 1 else { throw .wrongShape(node, given, "one element") }
      filler = node.importer.reshape(given, to: [])
    }
    let number = node.optionalInput(2) == nil ? node.float("value", default: 0) : filler.knownScalar
    let value = number == nil ? node.importer.value(filler) : nil
    return [
      node.importer.pad(x, begins: begins, shape: shape) { builder in
        if let value { return builder.element(value, []) }
        return builder.scalar(number ?? 0, x.elementType.type(builder.context))
      }
    ]
  case "reflect", "edge", "wrap":
    let moved = x.shape.indices.filter { begins[$0] != .zero || shape[$0] != x.shape[$0] }
    let starts = begins.map(node.importer.index), sizes = x.shape.map(node.importer.index)
    return [
      node.move(x, to: shape) { builder, position in
        var read = position
        for axis in moved {
          read[axis] = mirror(builder, builder.binary("arith.subi", position[axis], starts[axis]), sizes[axis], mode)
        }
        return read
      }
    ]
  default: throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "constant, reflect, edge or wrap")
  }
}

/// The index within 0 ..< size that `index` stands for under a padding mode.
private func mirror(_ b: Builder, _ index: Value, _ size: Value, _ mode: String) -> Value {
  let zero = b.index(0), last = b.minus(size, b.index(1))
  func clamp(_ value: Value) -> Value { b.binary("arith.minsi", b.binary("arith.maxsi", value, zero), last) }
  switch mode {
  case "edge": return clamp(index)
  case "wrap":
    let below = b.select(b.compare(.less, index, zero), b.plus(index, size), index)
    return clamp(b.select(b.compare(.less, last, below), b.minus(below, size), below))
  default:
    let low = b.select(b.compare(.less, index, zero), b.minus(zero, index), index)
    return clamp(b.select(b.compare(.less, last, low), b.minus(b.plus(last, last), low), low))
  }
}
