import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Gather`
let lowerGather: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  return [try node.gather(x, try node.input(1), axis: try node.axis(node.integer("axis", default: 0), rank: x.rank))]
}

/// `GatherElements`
let lowerGatherElements: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), places = try node.input(1, ranks: x.rank...x.rank)
  try node.requireIndices(places)
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  try node.requireReach(places, within: x, besides: axis)
  let size = node.graph.index(x.shape[axis])
  let source = node.graph.value(x)
  return [
    node.graph.map([Operand(places, places.shape.indices.map { $0 })], shape: places.shape, x.elementType) { builder, e in
      var position = places.shape.indices.map { builder.position($0) }
      position[axis] = builder.readIndex(e[0], places.elementType, size: size)
      return builder.element(source, position)
    }
  ]
}

/// `GatherND`
let lowerGatherND: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), given = try node.input(1, ranks: 1...GraphTensor.rankLimit)
  try node.requireIndices(given)
  let batch = node.integer("batch_dims", default: 0)
  guard (0..<given.rank).contains(batch) else {
    throw .invalidAttribute(node, "batch_dims", "\(batch)", expected: "a number of dimensions of the indices, less than \(given.rank)")
  }
  // The rank that the model declares of the result tells how many axes the indices are for.
  let rank = node.proto.outputs.first.flatMap(node.walker.declaredRank), last = given.rank - 1
  let places = rank.flatMap { node.settled(given, axis: last, to: last + x.rank - batch - $0) } ?? given
  if places.shape[last].known == nil { throw .openIndices(node, places) }
  guard let depth = places.shape[places.rank - 1].known, depth >= 1, batch + depth <= x.rank else {
    throw .shapesDisagree(node, x, places, "the last dimension of the indices must be the number of axes that they index")
  }
  for axis in 0..<batch
  where node.graph.unify(places.shape[axis], x.shape[axis], "the batches of '\(x.name)' and '\(places.name)'") == nil {
    throw .shapesDisagree(node, x, places, "the sizes of batch dimension \(axis) differ")
  }
  let outer = places.rank - 1
  let shape = Array(places.shape.dropLast()) + x.shape[(batch + depth)...]
  let sizes = (0..<depth).map { node.graph.index(x.shape[batch + $0]) }
  let source = node.graph.value(x), places2 = node.graph.value(places)
  return [
    node.graph.generate(shape, x.elementType) { builder, position in
      let read = (0..<depth).map { i in
        let element = builder.element(places2, position[..<outer] + [builder.index(i)])
        return builder.readIndex(element, places.elementType, size: sizes[i])
      }
      return builder.element(source, position[..<batch] + read + position[outer...])
    }
  ]
}

/// `OneHot`
let lowerOneHot: Lowering = { node throws(Diagnostic) in
  func list(_ i: Int, _ count: Int) throws(Diagnostic) -> GraphTensor {
    let x = try node.input(i)
    return x.rank == 1 && x.knownCount == nil ? node.settled(x, axis: 0, to: count) ?? x : x
  }
  let places = node.graph.convert(try node.input(0), to: .i64), values = try list(2, 2)
  let depth = try node.hostElements(try node.asInteger(try list(1, 1)))
  guard depth.count == 1, values.rank == 1, values.knownCount == 2 else { throw .unsupportedForm(node, "has no one depth and two values") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: places.rank + 1)
  var shape = places.shape
  shape.insert(depth[0], at: axis)
  let loops: [Int?] = shape.indices.filter { $0 != axis }.map { $0 }
  let size = node.graph.index(depth[0])
  let pair = node.graph.value(values)
  return [
    node.graph.map([Operand(places, loops)], shape: shape, values.elementType) { builder, e in
      let index = builder.value("arith.index_cast", [e[0]], type: .index(builder.context))
      let here = builder.position(axis)
      let isHere = builder.compare(.equal, index, here)
      let hit = builder.binary("arith.ori", isHere, builder.compare(.equal, builder.plus(index, size), here))
      func pick(_ i: Int) -> Value { builder.element(pair, [builder.index(i)]) }
      return builder.select(hit, pick(1), pick(0))
    }
  ]
}

extension Node {
  /// A number that may be a float, as an integer.
  fileprivate func asInteger(_ tensor: GraphTensor) throws(Diagnostic) -> GraphTensor {
    guard tensor.elementType.isFloat else { return tensor }
    guard let known = tensor.knownNumbers, tensor.knownCount == known.count, known.allSatisfy({ abs($0) < 0x1p53 }) else {
      return graph.convert(tensor, to: .i64)
    }
    return GraphTensor(.i64, tensor.shape, host: known.map { IndexExpression(Int($0)) })
  }
}

extension Diagnostic {
  fileprivate static func openIndices(_ node: Node, _ places: GraphTensor) -> Diagnostic {
    node.diagnostic(
      .unsupported,
      "takes indices from '\(places.name)', whose last size, the number of axes that they index, is not known: the rank of the result must be",
      help: "declare that size, or the shape of the result, with unnamed sizes where they are not known")
  }
}
