import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `TopK`
let lowerTopK: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let k = node.opset < 10 ? IndexExpression(node.integer("k", default: 0)) : try node.hostNumber(1) ?? .zero
  let size = x.shape[axis]
  let graph = node.graph
  if let known = k.known, known < 0 || known > size.known ?? .max {
    throw .invalidAttribute(node, "k", "\(known)", expected: "0 to the size of the axis")
  }
  if k.known == nil || size.known == nil {
    // Unsigned, so that a negative number is too large.
    graph.require(
      graph.compare(.unsignedLessOrEqual, graph.index(k), graph.index(size)),
      "'\(node.label)' must take 0 to as many elements as there are")
  }
  // The axis last, all others as one.
  let others = x.shape.indices.filter { $0 != axis }
  let moved = node.transpose(x, others + [axis])
  let outer = others.map { x.shape[$0] }
  let rows = graph.reshape(moved, to: [outer.product, size])
  let order = try graph.firstPositions(k, of: rows, descending: node.integer("largest", default: 1) != 0)
  return [graph.gatherColumns(rows, order), order].map { result in
    var inverse = Array(others.indices)
    inverse.insert(others.count, at: axis)
    return node.transpose(graph.reshape(result, to: outer + [k]), inverse)
  }
}

/// `NonZero`: [rank, count]
let lowerNonZero: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let graph = node.graph
  let mask = graph.convert(graph.reshape(x, to: [x.shape.product]), to: .bool)
  let places = try graph.truePositions(mask)
  if x.rank == 0 { return [graph.reshape(places, to: [.zero, places.shape[0]])] }
  let sizes = x.shape.map(graph.index), source = graph.value(places)
  // Row r of the result: the coordinate along dimension r.
  let rows = x.shape.indices.map { axis -> GraphTensor in
    let row = graph.generate(places.shape, .i64) { b, p in
      var place = b.asIndex(b.element(source, [p[0]]))
      for later in sizes.indices.reversed() where later > axis { place = b.binary("arith.divsi", place, sizes[later]) }
      if axis > 0 { place = b.binary("arith.remsi", place, sizes[axis]) }
      return b.i64(place)
    }
    return graph.reshape(row, to: [.one] + places.shape)
  }
  return [node.concatenate(rows, 0, [IndexExpression(x.rank), places.shape[0]])]
}

/// `Compress`: the slices for which the condition holds.
let lowerCompress: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0), condition = try node.input(1, ranks: 1...1)
  guard condition.elementType == .bool else { throw .wrongType(node, condition, expected: "bool") }
  let graph = node.graph
  let isFlat = node.integer("axis") == nil
  let x = isFlat ? graph.reshape(given, to: [given.shape.product]) : given
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  return [graph.gather(x, try graph.truePositions(condition), axis: axis)]
}

/// `Unique`, of elements or of slices along an axis: sorted, so that equal ones are neighbours.
let lowerUnique: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0)
  let graph = node.graph
  let axis = try node.integer("axis").map { (axis) throws(Diagnostic) in try node.axis(axis, rank: given.rank) }
  let x = axis == nil ? graph.reshape(given, to: [given.shape.product]) : given
  let along = axis ?? 0
  let count = x.shape[along]
  // [count, elements of a slice]
  let others = x.shape.indices.filter { $0 != along }
  let rows = graph.reshape(node.transpose(x, [along] + others), to: [count, others.map { x.shape[$0] }.product])
  let keys = rows.elementType == .string ? graph.rank(rows) : graph.sortingKeys(rows, descending: false)
  let order = try graph.slicePositions(keys)

  // The first of each run of equal slices is the one that occurs first, since sorting keeps the order of equals.
  let isFirst = graph.runStarts(keys, order)
  let starts = try graph.truePositions(isFirst)
  let unique = starts.shape[0]
  let running = graph.value(graph.runningCounts(graph.convert(isFirst, to: .i64)))
  let placeInOrder = try graph.inverse(order)
  var firsts = graph.gather(order, starts, axis: 0)
  var inverse = graph.map([Operand(placeInOrder, [0])], shape: [count], .i64) { b, e in
    b.minus(b.element(running, [b.asIndex(e[0])]), b.constant64(1))
  }
  let begin = graph.value(starts), end = graph.index(count), last = graph.index(unique - 1)
  var counts = graph.map([Operand(starts, [0])], shape: [unique], .i64) { b, e in
    let isLast = b.compare(.equal, b.position(0), last)
    let next = b.element(begin, [b.select(isLast, b.index(0), b.plus(b.position(0), b.index(1)))])
    return b.minus(b.select(isLast, b.i64(end), next), e[0])
  }
  if node.integer("sorted", default: 1) == 0 {
    let places = graph.column(try graph.firstPositions(unique, ofKeys: graph.row(firsts)))
    (firsts, counts) = (graph.gather(firsts, places, axis: 0), graph.gather(counts, places, axis: 0))
    inverse = graph.gather(try graph.inverse(places), inverse, axis: 0)
  }
  return [graph.gather(x, firsts, axis: along), firsts, inverse, counts]
}

extension GraphBuilder {
  /// The vector as a matrix of one row.
  fileprivate func row(_ vector: GraphTensor) -> GraphTensor { reshape(vector, to: [.one] + vector.shape) }

  /// The matrix of one row as a vector.
  fileprivate func column(_ matrix: GraphTensor) -> GraphTensor { reshape(matrix, to: [matrix.shape[1]]) }

  /// The inverse of the permutation `order`, an i64 vector.
  fileprivate func inverse(_ order: GraphTensor) throws(Diagnostic) -> GraphTensor {
    column(try firstPositions(order.shape[0], ofKeys: row(order)))
  }

  /// The i64 positions of the rows of `keys` [count, width] in order: sorted by the last column, then by the one before it, and so on.
  fileprivate func slicePositions(_ keys: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let count = keys.shape[0], width = keys.shape[1]
    if width == .one { return column(try firstPositions(count, ofKeys: reshape(keys, to: [.one, count]))) }
    let start = generate([count], .i64) { b, p in b.i64(p[0]) }
    return try loop(width, carrying: [start]) { (step, carried) throws(Diagnostic) in
      let source = value(keys), at = index(width - 1 - step)
      let own = map([Operand(carried[0], [1])], shape: [.one, count], keys.elementType) { b, e in b.element(source, [b.asIndex(e[0]), at]) }
      return [gather(carried[0], column(try firstPositions(count, ofKeys: own)), axis: 0)]
    }[0]
  }

  /// Which rows of `keys` [count, width], taken in `order`, differ from the one before.
  fileprivate func runStarts(_ keys: GraphTensor, _ order: GraphTensor) -> GraphTensor {
    let count = keys.shape[0]
    let source = value(keys), place = value(order), type = keys.elementType
    let differences = reduce(
      [Operand(order, [0]), Operand(extent([keys.shape[1]]), [1])], loops: 2, output: [0], shape: [count], .i64, initial: 0
    ) { b, e, total in
      let isStart = b.compare(.equal, b.position(0), b.index(0))
      let before = b.element(place, [b.select(isStart, b.index(0), b.minus(b.position(0), b.index(1)))])
      let own = b.element(source, [b.asIndex(e[0]), b.position(1)]), previous = b.element(source, [b.asIndex(before), b.position(1)])
      let isEqual = Scalars(b, type).compare(.equal, own, previous)
      return b.binary("arith.maxsi", total, b.select(isEqual, b.constant64(0), b.constant64(1)))
    }
    return map([Operand(differences, [0])], shape: [count], .bool) { b, e in
      b.binary("arith.ori", b.compare(.notEqual, e[0], b.constant64(0)), b.compare(.equal, b.position(0), b.index(0)))
    }
  }
}
