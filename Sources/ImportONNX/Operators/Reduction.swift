import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// A tensor with the dimensions that are reduced away, and the shape of the result.
struct ReducedTensor {
  let tensor: GraphTensor
  let axes: [Int]
  let shape: [IndexExpression]

  /// What the node reduces: the axes of input 1 or of the attribute; all if none are given. `nil`: nothing is reduced.
  init?(_ given: Node) throws(Diagnostic) {
    let x = try given.input(0)
    let keeps = given.integer("keepdims", default: 1) != 0
    // Kept dimensions do not tell how many there are.
    let node = keeps ? given : try given.settlingAxes(of: x)
    if node.isComputed(1) {
      var axes = try RunTimeAxes(node, 1, rank: node.input(0, ranks: 0...GraphTensor.rankLimit / 2).rank)
      guard keeps || !axes.isOpen else { throw .openNumberOfAxes(node) }
      axes.fill(whenEmpty: !node.flag("noop_with_empty_axes"), node.indices)
      tensor = axes.split(x, node)
      self.axes = Array(x.rank..<2 * x.rank)
      shape = keeps ? axes.kept(x.shape, node.indices) : axes.removed(from: x.shape, node.indices)
      return
    }
    let given = try node.axesArgument(1) ?? []
    if given.isEmpty, node.flag("noop_with_empty_axes") { return nil }
    let axes = given.isEmpty ? Array(0..<x.rank) : try node.axes(given, rank: x.rank)
    (tensor, self.axes) = (x, axes)
    shape = x.shape.indices.filter { keeps || !axes.contains($0) }.map { axes.contains($0) ? .one : x.shape[$0] }
  }
}

/// A row for `ReduceSum` and its like.
func reduction(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    if kind.needsFloat, !x.elementType.isFloat { throw .wrongType(node, x, expected: "a float") }
    let type = x.elementType.accumulator
    guard let reduced = try ReducedTensor(node) else { return [node.reducingNothing(x, kind, type)] }
    let axes = reduced.axes
    if let host = x.host, let combine = kind.onHost, reduced.tensor === x, axes.count == x.rank {
      let total = host.reduce(IndexExpression(Int(kind.initial))) { combine(node.graph.indices, $0, $1) }
      // Numbers here are signed and of 64 bits; those of the type wrap.
      let isUnlike = x.elementType == .u64 && host.contains { ($0.known ?? -1) < 0 }
      if !isUnlike, let total = total.wrapped(to: x.elementType) { return [GraphTensor(x.elementType, reduced.shape, host: [total])] }
    }
    let total = node.graph.reduce(reduced.tensor, axes, kind)
    return [node.graph.reshape(total, to: reduced.shape)]
  }
}

extension Node {
  /// What is left of a reduction over no axes: what becomes of each element, and of a total of one.
  fileprivate func reducingNothing(_ x: GraphTensor, _ kind: ReductionKind, _ type: ElementType) -> GraphTensor {
    if !kind.changesElements { return x }
    return graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, x.elementType) { builder, e in
      let s = Scalars(builder, type)
      let element = kind.element(s, s.convert(e[0], from: x.elementType))
      return Scalars(builder, x.elementType).convert(kind.finish.map { $0(s, element) } ?? element, from: type)
    }
  }
}

/// `ArgMax`, `ArgMin`: the extreme value first, then the least (or greatest) index at which it stands.
func extremeIndex(maximum: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
    guard x.shape[axis] != .zero else { throw .wrongShape(node, x, "an element in axis \(axis), for the index of the extreme one") }
    node.graph.requireElements(x.shape[axis], "axis \(axis) of '\(x.name)'")
    let result = node.graph.extremeIndex(x, axis, maximum: maximum, last: node.flag("select_last_index"))
    var shape = x.shape
    if node.integer("keepdims", default: 1) != 0 { shape[axis] = .one } else { shape.remove(at: axis) }
    return [node.graph.reshape(result, to: shape)]
  }
}

/// `ReduceLogSumExp`
let lowerReduceLogSumExp: Lowering = { node throws(Diagnostic) in
  // The logarithm of the exponential of one element is the element.
  guard let reduced = try ReducedTensor(node) else { return [try node.input(0)] }
  let (x, axes) = (reduced.tensor, reduced.axes)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let result = node.graph.logarithmOfSumOfExponentials(x, axes)
  return [node.graph.reshape(node.graph.convert(result, to: x.elementType), to: reduced.shape)]
}
