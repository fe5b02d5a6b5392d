import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The axes that input `i` names, checked, or all of them where it names none.
  fileprivate func reducedAxes(_ i: Int, rank: Int) throws(Diagnostic) -> [Int] {
    let given = try knownIntegers(i)
    var axes: Set<Int> = []
    for axis in given { axes.insert(try self.axis(axis, rank: rank)) }
    return axes.sorted()
  }

  /// `shape` without `axes`, or with 1 in their places.
  fileprivate func reducedShape(_ shape: [IndexExpression], _ axes: [Int], keeps: Bool) -> [IndexExpression] {
    shape.indices.filter { keeps || !axes.contains($0) }.map { axes.contains($0) ? .one : shape[$0] }
  }
}

/// `SUM` and its like: along the axes of input 1.
func reduction(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0), axes = try node.reducedAxes(1, rank: x.rank), keeps = try node.flag("keep_dims")
    let shape = node.reducedShape(x.shape, axes, keeps: keeps)
    if let host = x.host, let combine = kind.onHost, axes.count == x.rank {
      let total = host.reduce(IndexExpression(Int(kind.initial))) { combine(node.indices, $0, $1) }
      if let total = total.wrapped(to: x.elementType) { return [GraphTensor(x.elementType, shape, host: [total])] }
    }
    if axes.isEmpty { return [x] }
    return [node.graph.reshape(node.graph.reduce(x, axes, kind), to: shape)]
  }
}

/// `REDUCE_ANY`, `REDUCE_ALL`
func booleanReduction(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    try node.require(try node.input(0), .boolean)
    return try reduction(kind)(node)
  }
}

/// `ARG_MAX`, `ARG_MIN`: the first place of the extreme along the axis that input 1 names.
func extremeIndex(maximum: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), axis = try node.axis(node.knownInteger(1), rank: x.rank)
    guard x.shape[axis] != .zero else { throw .wrongShape(node, x, "an element in axis \(axis), for the index of the extreme one") }
    node.graph.requireElements(x.shape[axis], "axis \(axis) of '\(x.name)'")
    return [node.graph.convert(node.graph.extremeIndex(x, axis, maximum: maximum), to: try node.outputType(0))]
  }
}

/// `CUMSUM`: along the axis that input 1 names.
let lowerCumsum: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), axis = try node.axis(node.knownInteger(1), rank: x.rank)
  return [node.cumulation(x, axis, .sum, isExclusive: try node.flag("exclusive"), isReversed: try node.flag("reverse"))]
}

/// `TOPK_V2`: the greatest elements of each row, and their places.
let lowerTopK: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), graph = node.graph
  let wanted = try node.hostInput(1)
  guard wanted.count == 1 else { throw .wrongShape(node, try node.input(1), "one element") }
  let count = wanted[0], n = x.shape[x.rank - 1], outer = Array(x.shape.dropLast())
  if let k = count.known, let n = n.known, k < 0 || k > n { throw .invalidAttribute(node, "k", "\(k)", expected: "0 to \(n)") }
  if count.known == nil || n.known == nil {
    graph.requireHere(graph.compare(.greaterOrEqual, graph.index(count), graph.builder.index(0)), "k must not be negative")
    graph.requireHere(graph.compare(.lessOrEqual, graph.index(count), graph.index(n)), "k must be at most the size of a row")
  }
  let rows = graph.reshape(x, to: [outer.product, n])
  let places = try graph.firstPositions(count, of: rows, descending: true)
  let values = graph.gatherColumns(rows, places), shape = outer + [count]
  return [graph.reshape(values, to: shape), graph.convert(graph.reshape(places, to: shape), to: try node.outputType(1))]
}
