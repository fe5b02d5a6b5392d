import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Slice`: bounds are inputs from opset 10, attributes before.
let lowerSlice: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let bounds = try SliceBounds(node, rank: x.rank)
  let indices = node.indices
  var shape = x.shape
  var origins = [IndexExpression](repeating: .zero, count: x.rank), steps = [IndexExpression](repeating: .one, count: x.rank)
  for (axis, bound) in bounds.dimensions.enumerated() {
    guard let bound else { continue }
    steps[axis] = bound.step
    (origins[axis], shape[axis]) = node.extent(x.shape[axis], bound)
    // Only the run knows which dimensions are cut: the others stay.
    origins[axis] = indices.select(bound.isCut, origins[axis], .zero)
    shape[axis] = indices.select(bound.isCut, shape[axis], x.shape[axis])
    steps[axis] = indices.select(bound.isCut, steps[axis], .one)
  }
  return [node.slice(x, origins, steps, shape)]
}

/// What a slice takes of each dimension.
private struct SliceBounds {
  /// The bounds of one dimension.
  struct Bound {
    let start, end, step: IndexExpression
    /// Not 0 where the dimension is one of the axes.
    let isCut: IndexExpression
  }

  /// `nil` for dimensions that stay whole.
  private(set) var dimensions: [Bound?]

  /// The bounds that the node gives for a tensor of rank `rank`.
  init(_ node: Node, rank: Int) throws(Diagnostic) {
    let starts, ends, steps: [IndexExpression]
    if node.opset < 10 {
      starts = (node.integers("starts") ?? []).map { IndexExpression($0) }
      ends = (node.integers("ends") ?? []).map { IndexExpression($0) }
      steps = starts.map { _ in .one }
    } else if [1, 2, 3, 4].contains(where: { node.optionalInput($0).map(node.isOpenList) ?? false }) {
      self = try SliceBounds(node, ofOpenLists: rank)
      return
    } else {
      (starts, ends) = (try node.hostInput(1), try node.hostInput(2))
      steps = node.optionalInput(4) == nil ? starts.map { _ in .one } : try node.hostInput(4)
    }
    let isComputed = node.isComputed(3)
    let count = isComputed ? try node.hostInput(3).count : try node.axesArgument(3)?.count ?? starts.count
    guard starts.count == ends.count, count == starts.count, steps.count == starts.count else {
      throw .invalidAttribute(node, "starts, ends, axes and steps", "lists of different lengths", expected: "one number an axis")
    }
    let limited = try steps.map { (step) throws(Diagnostic) in try Self.limited(step, node) }
    dimensions = Array(repeating: nil, count: rank)
    if isComputed {
      let axes = try RunTimeAxes(node, 3, rank: rank)
      let zeros = dimensions.map { _ in IndexExpression.zero }, ones = dimensions.map { _ in IndexExpression.one }
      let chosen = [(starts, zeros), (ends, zeros), (limited, ones)].map { axes.choose($0.0, else: $0.1, node.indices) }
      for i in 0..<rank { dimensions[i] = Bound(start: chosen[0][i], end: chosen[1][i], step: chosen[2][i], isCut: axes.flags[i]) }
      return
    }
    for (i, axis) in (try node.axesArgument(3) ?? Array(starts.indices)).enumerated() {
      dimensions[try node.axis(axis, rank: rank)] = Bound(start: starts[i], end: ends[i], step: limited[i], isCut: .one)
    }
  }

  /// The bounds that lists of a length that only the run knows give.
  private init(_ node: Node, ofOpenLists rank: Int) throws(Diagnostic) {
    let (lists, count) = try node.hostLists([(1, .zero), (2, .zero), (3, IndexExpression(rank)), (4, .one)], upTo: rank)
    guard let starts = lists[0], let ends = lists[1] else { throw .missingInput(node, 1) }
    let steps = try (lists[3] ?? starts.map { _ in .one }).map { (step) throws(Diagnostic) in try Self.limited(step, node) }
    dimensions = Array(repeating: nil, count: rank)
    guard lists[2] == nil else {
      let axes = try RunTimeAxes(node, 3, rank: rank)
      let zeros = dimensions.map { _ in IndexExpression.zero }, ones = dimensions.map { _ in IndexExpression.one }
      let chosen = [(starts, zeros), (ends, zeros), (steps, ones)].map { axes.choose($0.0, else: $0.1, node.indices) }
      for i in 0..<rank { dimensions[i] = Bound(start: chosen[0][i], end: chosen[1][i], step: chosen[2][i], isCut: axes.flags[i]) }
      return
    }
    for i in starts.indices {
      dimensions[i] = Bound(start: starts[i], end: ends[i], step: steps[i], isCut: node.indices.less(IndexExpression(i), count))
    }
  }

  /// A step that is not 0, within 32 bits: no size is larger.
  private static func limited(_ step: IndexExpression, _ node: Node) throws(Diagnostic) -> IndexExpression {
    let limit = Int(Int32.max) - 1
    if let known = step.known {
      guard known != 0 else { throw .invalidAttribute(node, "steps", "0", expected: "numbers other than 0") }
      return IndexExpression(min(max(known, -limit), limit))
    }
    node.graph.require(
      node.graph.compare(.notEqual, node.graph.index(step), node.graph.index(.zero)), "the steps of '\(node.label)' must not be 0")
    return node.indices.minimum(node.indices.maximum(step, IndexExpression(-limit)), IndexExpression(limit))
  }
}

extension Node {
  /// The first index and the count of a slice of a dimension of `size`.
  fileprivate func extent(_ size: IndexExpression, _ bound: SliceBounds.Bound) -> (start: IndexExpression, count: IndexExpression) {
    if let step = bound.step.known { return step > 0 ? forward(size, bound) : backward(size, bound) }
    let isBackward = indices.less(bound.step, .zero)
    let (ahead, back) = (forward(size, bound), backward(size, bound))
    return (indices.select(isBackward, back.start, ahead.start), indices.select(isBackward, back.count, ahead.count))
  }

  /// A bound that counts from the end if it is negative.
  private func wrap(_ bound: IndexExpression, _ size: IndexExpression) -> IndexExpression {
    if let known = bound.known { return known < 0 && known > Int.min / 2 ? size + known : bound }
    return indices.select(indices.less(bound, .zero), bound + size, bound)
  }

  /// `bound` within `low` ... `high`; `high` where that is less.
  private func clamp(_ bound: IndexExpression, _ low: IndexExpression, _ high: IndexExpression) -> IndexExpression {
    // Whatever `low` is: the last element of an empty dimension is none.
    if bound == high { return high }
    if let known = bound.known, known < -Int(Int32.max) { return indices.minimum(low, high) }
    return indices.minimum(indices.maximum(bound, low), high)
  }

  private func count(_ distance: IndexExpression, _ step: IndexExpression) -> IndexExpression {
    indices.maximum(.zero, indices.floorDivide(distance + step - 1, step))
  }

  private func forward(_ size: IndexExpression, _ bound: SliceBounds.Bound) -> (start: IndexExpression, count: IndexExpression) {
    let first = clamp(wrap(bound.start, size), .zero, size)
    if let known = size.known, bound.isCut == .one, indices.isOrdered(.zero, notAbove: bound.end), indices.assume(bound.end, atMost: known)
    {
      return (first, count(bound.end - first, bound.step))
    }
    return (first, count(clamp(wrap(bound.end, size), .zero, size) - first, bound.step))
  }

  private func backward(_ size: IndexExpression, _ bound: SliceBounds.Bound) -> (start: IndexExpression, count: IndexExpression) {
    indices.withoutAssumptions {
      // A start before the first element is the first element: the standard and ONNX Runtime, unlike numpy.
      let first = clamp(wrap(bound.start, size), .zero, size - 1)
      let last = clamp(wrap(bound.end, size), IndexExpression(-1), size - 1)
      return (first, count(first - last, -bound.step))
    }
  }
}
