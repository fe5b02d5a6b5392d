import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `GATHER`: the parts of `x` along an axis that the indices name, each batch from its own part.
let lowerGather: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), places = try node.input(1), graph = node.graph
  let axis = try node.axis(node.integer("axis"), rank: x.rank), given = try node.integer("batch_dims")
  let batches = given < 0 ? given + places.rank : given
  if batches == 0 { return [try node.gather(x, places, axis: axis)] }
  guard batches > 0, batches <= min(axis, places.rank) else {
    throw .invalidAttribute(node, "batch_dims", "\(given)", expected: "at most the axis \(axis)")
  }
  try node.requireIndices(places)
  for i in 0..<batches where graph.unify(x.shape[i], places.shape[i], "the sizes of batch dimension \(i)") == nil {
    throw .shapesDisagree(node, x, places, "the sizes of batch dimension \(i) differ")
  }
  let inner = places.rank - batches
  let shape = Array(x.shape[..<axis]) + places.shape[batches...] + x.shape[(axis + 1)...]
  let loops: [Int?] = (0..<batches).map { $0 } + (0..<inner).map { axis + $0 }
  let size = graph.index(x.shape[axis]), source = graph.value(x)
  return [
    graph.map([Operand(places, loops)], shape: shape, x.elementType) { b, e in
      let position = shape.indices.map(b.position)
      return b.element(source, position[..<axis] + [b.readIndex(e[0], places.elementType, size: size)] + position[(axis + inner)...])
    }
  ]
}

/// `EMBEDDING_LOOKUP`: the rows of input 1 that input 0 names.
let lowerEmbeddingLookup: Lowering = { node throws(Diagnostic) in
  let places = try node.input(0, ranks: 1...1), table = try node.input(1, ranks: 2...GraphTensor.rankLimit)
  return [try node.gather(table, places, axis: 0)]
}

/// `GATHER_ND`
let lowerGatherND: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), places = try node.input(1, ranks: 1...GraphTensor.rankLimit)
  try node.requireIndices(places)
  let outer = places.rank - 1, graph = node.graph
  guard let depth = places.shape[outer].known, depth <= x.rank else {
    throw .shapesDisagree(node, x, places, "the last dimension of the indices must be the number of axes that they index")
  }
  let shape = Array(places.shape.dropLast()) + x.shape[depth...]
  let sizes = (0..<depth).map { graph.index(x.shape[$0]) }, source = graph.value(x), list = graph.value(places)
  return [
    graph.generate(shape, x.elementType) { b, position in
      let read = (0..<depth).map { i in
        b.readIndex(b.element(list, position[..<outer] + [b.index(i)]), places.elementType, size: sizes[i])
      }
      return b.element(source, read + position[outer...])
    }
  ]
}

/// `SCATTER_ND`: zeros of the shape of input 2, to which the updates are added.
let lowerScatterND: Lowering = { node throws(Diagnostic) in
  let places = try node.input(0, ranks: 1...GraphTensor.rankLimit), updates = try node.input(1), shape = try node.sizes(node.hostInput(2))
  try node.require(places, .integer)
  guard let depth = places.shape[places.rank - 1].known, depth <= shape.count else {
    throw .shapesDisagree(node, places, updates, "the last dimension of the indices must be the number of axes that they index")
  }
  try node.requireShape(updates, places.shape.dropLast() + shape.dropFirst(depth))
  let graph = node.graph, outer = Array(places.shape.dropLast()).product
  let numbers = node.rowNumbers(graph.reshape(places, to: [outer, IndexExpression(depth)]), Array(shape.prefix(depth)))
  let zeros = graph.expandZero(shape, updates.elementType)
  return [
    graph.scatter(zeros, numbers, graph.reshape(updates, to: [outer] + shape.dropFirst(depth)), batches: 0, columns: depth) { b, old, new in
      let s = Scalars(b, updates.elementType)
      return s.type == .bool ? b.binary("arith.ori", old, new) : s.add(old, new)
    }
  ]
}

extension Node {
  /// The row-major numbers of the places that the rows of `places` [count, depth] name among `sizes`.
  fileprivate func rowNumbers(_ places: GraphTensor, _ sizes: [IndexExpression]) -> GraphTensor {
    let list = graph.value(places), bounds = sizes.map(graph.index), type = places.elementType
    return graph.generate([places.shape[0]], .i64) { b, position in
      graph.rowNumber(
        b,
        bounds.indices.map { i in
          let element = Scalars(b, .i64).convert(b.element(list, [position[0], b.index(i)]), from: type)
          return (b.asIndex(element), bounds[i])
        })
    }
  }
}

/// `SPARSE_TO_DENSE`: a tensor of input 3, with the values of input 2 in the places of input 0.
let lowerSparseToDense: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0, ranks: 0...2), shape = try node.sizes(node.hostInput(1)), graph = node.graph
  let values = try node.input(2, ranks: 0...1), filler = try node.input(3)
  try node.require(given, .integer)
  try node.requireSameType([values, filler])
  // One place, one index for each place, or a row for each.
  let places =
    given.rank == 2 ? given : graph.reshape(given, to: given.rank == 0 ? [.one, .one] : [given.shape[0], .one])
  guard places.shape[1].known == shape.count, filler.knownCount == 1 else {
    throw .wrongShape(node, given, "\(shape.count) numbers for each place")
  }
  let updates = node.expand(values, to: [places.shape[0]])
  let start = node.expand(graph.reshape(filler, to: []), to: shape)
  return [graph.scatter(start, node.rowNumbers(places, shape), updates, batches: 0, columns: shape.count) { _, _, new in new }]
}

/// `ONE_HOT`: input 2 where the index is the place along the new axis, else input 3.
let lowerOneHot: Lowering = { node throws(Diagnostic) in
  let places = try node.input(0), depth = try node.sizes(node.flatHostInput(1)), on = try node.input(2), off = try node.input(3)
  let graph = node.graph
  try node.requireIndices(places)
  try node.requireSameType([on, off])
  guard depth.count == 1, on.knownCount == 1, off.knownCount == 1 else { throw .unsupportedForm(node, "has no one depth and two values") }
  let given = try node.integer("axis"), axis = given == -1 ? places.rank : try node.axis(given, rank: places.rank + 1)
  var shape = places.shape
  shape.insert(depth[0], at: axis)
  let loops: [Int?] = shape.indices.filter { $0 != axis }.map { $0 }
  let scalars = [on, off].map { Operand(graph.reshape($0, to: []), []) }
  return [
    graph.map([Operand(places, loops)] + scalars, shape: shape, on.elementType) { b, e in
      let index = Scalars(b, .i64).convert(e[0], from: places.elementType)
      return b.select(b.compare(.equal, index, b.i64(b.position(axis))), e[1], e[2])
    }
  ]
}

/// `WHERE` of one operand: the places of its true elements, [count, rank].
let lowerWhere: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), graph = node.graph
  let flat = graph.reshape(x, to: [x.shape.product])
  let mask = x.elementType == .bool ? flat : graph.convert(flat, to: .bool)
  let places = try graph.truePositions(mask), list = graph.value(places), sizes = x.shape.map(graph.index)
  return [
    graph.generate([places.shape[0], IndexExpression(x.rank)], .i64) { b, position in
      var rest = b.asIndex(b.element(list, [position[0]])), result = b.constant64(0)
      for axis in sizes.indices.reversed() {
        let own = axis == 0 ? rest : b.binary("arith.remsi", rest, sizes[axis])
        result = b.select(b.compare(.equal, position[1], b.index(axis)), b.i64(own), result)
        if axis > 0 { rest = b.binary("arith.divsi", rest, sizes[axis]) }
      }
      return result
    }
  ]
}

/// `UNSORTED_SEGMENT_SUM` and its like: rows that have one number become one.
func unsortedSegments(_ kind: ReductionKind, initial: @escaping @Sendable (GraphBuilder, Builder, ElementType) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), numbers = try node.input(1, ranks: 1...x.rank), graph = node.graph
    let count = try node.sizes(node.flatHostInput(2))
    guard count.count == 1 else { throw .wrongShape(node, try node.input(2), "one number") }
    try node.require(numbers, .integer)
    try node.requireShape(numbers, Array(x.shape.prefix(numbers.rank)))
    let rest = Array(x.shape.dropFirst(numbers.rank)), rows = numbers.shape.product, type = x.elementType
    let target = [count[0]] + rest
    let start = GraphTensor(type, target, value: graph.builder.fill(initial(graph, graph.builder, type), graph.empty(type, target)))
    let flat = graph.convert(graph.reshape(numbers, to: [rows]), to: .i64)
    return [
      graph.scatter(start, flat, graph.reshape(x, to: [rows] + rest), batches: 0, columns: 1) { b, old, new in
        kind.combine(Scalars(b, type), old, new)
      }
    ]
  }
}

/// `SEGMENT_SUM`: as many rows as the last number of a sorted list says.
let lowerSegmentSum: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), numbers = try node.input(1, ranks: 1...1), graph = node.graph
  try node.require(numbers, .integer)
  try node.requireShape(numbers, [x.shape[0]])
  let count: IndexExpression
  if let known = numbers.host?.known {
    count = IndexExpression((known.last ?? -1) + 1)
  } else {
    graph.requireElements(numbers.shape[0], "the segments of '\(node.label)'")
    let last = graph.builder.element(graph.value(numbers), [graph.index(numbers.shape[0] - 1)])
    count = node.indices.opaque(graph.builder.asIndex(last)) + 1
  }
  let start = graph.expandZero(try node.sizes([count]) + x.shape.dropFirst(), x.elementType)
  return [
    graph.scatter(start, graph.convert(numbers, to: .i64), x, batches: 0, columns: 1) { b, old, new in
      Scalars(b, x.elementType).add(old, new)
    }
  ]
}

/// `MATRIX_DIAG`: rows as the diagonals of matrices of zeros.
let lowerMatrixDiag: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit - 1), last = x.rank - 1
  let shape = x.shape + [x.shape[last]]
  return [
    node.graph.map([Operand(x, x.shape.indices.map { $0 })], shape: shape, x.elementType) { b, e in
      b.select(b.compare(.equal, b.position(last), b.position(last + 1)), e[0], Scalars(b, x.elementType).constant(0))
    }
  ]
}

/// `MATRIX_SET_DIAG`: matrices with other diagonals.
let lowerMatrixSetDiag: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit), diagonal = try node.input(1, ranks: x.rank - 1...x.rank - 1)
  try node.requireSameType([x, diagonal])
  let rows = x.rank - 2, graph = node.graph
  try node.requireShape(diagonal, x.shape.prefix(rows) + [node.indices.minimum(x.shape[rows], x.shape[rows + 1])])
  let source = graph.value(diagonal), all: [Int?] = x.shape.indices.map { $0 }
  return [
    graph.map([Operand(x, all)], shape: x.shape, x.elementType) { b, e in
      let position = x.shape.indices.map(b.position)
      return b.conditional(b.compare(.equal, position[rows], position[rows + 1]), type: source.type.element) {
        $0.element(source, position.prefix(rows + 1))
      } else: { _ in
        e[0]
      }
    }
  ]
}

/// `BUCKETIZE`: how many of the boundaries are not above each element.
let lowerBucketize: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), boundaries = try node.options.floats("boundaries") ?? [], graph = node.graph
  guard boundaries.count <= Windows.limit, zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 <= $1 }) else {
    throw .invalidAttribute(node, "boundaries", "a list of \(boundaries.count)", expected: "numbers in order")
  }
  if boundaries.isEmpty { return [graph.expandZero(x.shape, .i32)] }
  let table = node.table(boundaries, [boundaries.count]), all: [Int?] = x.shape.indices.map { $0 }
  return [
    graph.reduce(
      [Operand(x, all), Operand(table, [x.rank])], loops: x.rank + 1, output: Array(0..<x.rank), shape: x.shape, .i32, initial: 0
    ) { b, e, sum in
      let wide = Scalars(b, x.elementType == .f32 ? .f32 : .f64)
      let isPassed = wide.compare(.greaterOrEqual, wide.convert(e[0], from: x.elementType), wide.convert(e[1], from: .f32))
      return b.plus(sum, Scalars(b, .i32).convert(isPassed, from: .bool))
    }
  ]
}

/// `UNIQUE`: the elements of a list without repetition, in the order in which they first stand, and for each element where it is among them.
let lowerUnique: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...1), graph = node.graph, count = x.shape[0], type = x.elementType
  // For each element, the first that is equal.
  let first = graph.reduce([Operand(x, [0]), Operand(x, [1])], loops: 2, output: [0], shape: [count], .i64, initial: .infinity) {
    b, e, least in
    let isEqual = Scalars(b, type).compare(.equal, e[0], e[1])
    return b.binary("arith.minsi", least, b.select(isEqual, b.i64(b.position(1)), b.i64(b.position(0))))
  }
  let isFirst = graph.map([Operand(first, [0])], shape: [count], .bool) { b, e in b.compare(.equal, e[0], b.i64(b.position(0))) }
  let places = try graph.truePositions(isFirst), numbers = graph.value(graph.runningCounts(graph.convert(isFirst, to: .i64)))
  let result = try node.outputType(1)
  let indices = graph.map([Operand(first, [0])], shape: [count], result) { b, e in
    Scalars(b, result).convert(b.minus(b.element(numbers, [b.asIndex(e[0])]), b.constant64(1)), from: .i64)
  }
  return [graph.gather(x, places, axis: 0), indices]
}
