import Diagnostics
import Graphs
import MLIR

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
  switch mode {
  case "constant":
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
  case "reflect", "edge", "wrap":
    var borders: [MirroredBorder] = []
    for axis in x.shape.indices where begins[axis] != .zero || shape[axis] != x.shape[axis] {
      borders.append(try MirroredBorder(node, x, axis, begins[axis], ends[axis], mode))
    }
    return [
      node.move(x, to: shape) { builder, position in
        var read = position
        for border in borders { read[border.axis] = border.source(of: position[border.axis], builder) }
        return read
      }
    ]
  default: throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "constant, reflect, edge or wrap")
  }
}

/// What stands before and behind the elements of an axis, where it is made of them. Negative amounts cut elements off first.
private struct MirroredBorder {
  let axis: Int
  private let mode: String
  /// How wide the border before the elements is.
  private let before: Value
  /// The first element that is left, and how many are.
  private let first: Value
  private let count: Value
  /// `true` iff elements are cut off only.
  private let isEmpty: Bool
  /// `true` iff a border may have more elements than are left.
  private let repeats: Bool

  /// Creates the borders `begin` and `end` of axis `axis` of `x`. Errors: there is nothing to make them of, or a reflection of more than there is.
  init(_ node: Node, _ x: GraphTensor, _ axis: Int, _ begin: IndexExpression, _ end: IndexExpression, _ mode: String) throws(Diagnostic) {
    let graph = node.graph, indices = node.indices
    let borders = [begin, end].map { indices.maximum(.zero, $0) }, cuts = [begin, end].map { indices.maximum(.zero, -$0) }
    let left = x.shape[axis] - cuts[0] - cuts[1]
    /// Requires that at least `least` elements are left.
    func require(_ least: IndexExpression) throws(Diagnostic) {
      let spare = left - least
      if indices.isAtLeast(0, spare) { return }
      if spare.known != nil { throw .narrowerThanBorder(node, x, axis) }
      graph.require(
        graph.compare(.greaterOrEqual, graph.index(spare), graph.index(.zero)), "'\(node.label)' pads too few elements")
    }
    isEmpty = borders.allSatisfy { $0 == .zero }
    if !isEmpty { try require(.one) }
    if mode == "reflect" { for border in borders where border != .zero { try require(border + 1) } }
    self.axis = axis
    self.mode = mode
    before = graph.index(borders[0])
    first = graph.index(cuts[0])
    count = graph.index(left)
    repeats = !borders.allSatisfy { indices.isAtLeast(0, left - $0) }
  }

  /// The index of the element that stands at `position`.
  func source(of position: Value, _ b: Builder) -> Value {
    if isEmpty { return b.plus(position, first) }
    let index = b.minus(position, before), zero = b.index(0), last = b.minus(count, b.index(1))
    func clamp(_ value: Value) -> Value { b.binary("arith.minsi", b.binary("arith.maxsi", value, zero), last) }
    switch mode {
    case "edge": return b.plus(clamp(index), first)
    case "wrap" where repeats:
      let rest = b.binary("arith.remsi", index, count)
      return b.plus(b.select(b.compare(.less, rest, zero), b.plus(rest, count), rest), first)
    case "wrap":
      let below = b.select(b.compare(.less, index, zero), b.plus(index, count), index)
      return b.plus(clamp(b.select(b.compare(.less, last, below), b.minus(below, count), below)), first)
    default:
      let low = b.select(b.compare(.less, index, zero), b.minus(zero, index), index)
      return b.plus(clamp(b.select(b.compare(.less, last, low), b.minus(b.plus(last, last), low), low)), first)
    }
  }
}

extension Diagnostic {
  /// A border that is made of the elements beside it, which are too few.
  fileprivate static func narrowerThanBorder(_ node: Node, _ x: GraphTensor, _ axis: Int) -> Diagnostic {
    node.diagnostic(
      .invalidInput, "pads '\(x.name)', which is \(x.description), with more elements than it has in axis \(axis) to make them of")
  }
}
