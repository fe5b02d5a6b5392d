import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Transpose`
let lowerTranspose: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let order = node.integers("perm") ?? Array((0..<x.rank).reversed())
  guard order.sorted() == Array(0..<x.rank) else {
    throw .invalidAttribute(node, "perm", "\(order)", expected: "each of the \(x.rank) axes once")
  }
  return [node.transpose(x, order)]
}

/// `Split`: sizes are an input from opset 13, an attribute before; else equal parts.
let lowerSplit: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  let size = x.shape[axis]
  var parts: [IndexExpression] = []
  if node.optionalInput(1) != nil {
    parts = try node.hostInput(1, count: node.outputCount)
  } else if let given = node.integers("split") {
    parts = given.map { IndexExpression($0) }
  }
  if parts.isEmpty {
    let count = node.integer("num_outputs", default: node.outputCount)
    guard count >= 1, count <= max(node.outputCount, 1) else {
      throw .invalidAttribute(node, "num_outputs", "\(count)", expected: "the number of outputs")
    }
    let part = node.indices.floorDivide(size + (count - 1), IndexExpression(count))
    parts = Array(repeating: part, count: count - 1)
    parts.append(size - part * (count - 1))
  }
  guard node.graph.unify(parts.reduce(.zero, +), size, "the sum of the parts of '\(node.label)' and the size that is split") != nil,
    parts.allSatisfy({ ($0.known ?? 0) >= 0 })
  else { throw .wrongShape(node, x, "sizes that sum up to the split ones, \(parts.map { $0.known ?? -1 })") }
  var results: [GraphTensor] = []
  var start = IndexExpression.zero
  for part in parts {
    var origins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
    origins[axis] = start
    shape[axis] = part
    results.append(node.slice(x, origins, x.shape.map { _ in 1 }, shape))
    start = start + part
  }
  return results
}

/// `Concat`: a chain of choices by position, or on the host a list.
let lowerConcat: Lowering = { node throws(Diagnostic) in
  var tensors: [GraphTensor] = []
  for i in 0..<max(node.inputs.count, 1) { tensors.append(try node.input(i)) }
  try node.requireSameType(tensors)
  let first = tensors[0]
  if first.rank == 0 { throw .wrongRank(node, first, expected: 1...GraphTensor.rankLimit) }
  return [try node.concatenation(tensors, try node.axis(node.integer("axis", default: 1), rank: first.rank))]
}

/// `Tile`
let lowerTile: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let repeats = try node.hostInput(1, count: x.rank)
  guard repeats.count == x.rank, repeats.allSatisfy({ ($0.known ?? 0) >= 0 }) else {
    throw .invalidAttribute(node, "repeats", "\(repeats.map { $0.known ?? -1 })", expected: "\(x.rank) numbers of at least 0")
  }
  for count in repeats where count.known == nil {
    node.graph.requireHere(
      node.graph.compare(.greaterOrEqual, node.graph.index(count), node.graph.index(.zero)),
      "the number of repeats must be at least 0")
  }
  let shape = zip(x.shape, repeats).map { $0 * $1 }
  // Each repeated dimension as (repeat, size): a broadcast and a reshape, without a remainder in the loop.
  var split: [IndexExpression] = []
  var loops: [Int?] = []
  for axis in x.shape.indices {
    if repeats[axis] != .one { split.append(repeats[axis]) }
    loops.append(split.count)
    split.append(x.shape[axis])
  }
  if let host = node.moveOnHost(x, to: shape, read: { position in position.indices.map { position[$0] % max(x.sizes[$0], 1) } }) {
    return [host]
  }
  let repeated = node.graph.map([Operand(x, loops)], shape: split, x.elementType) { $1[0] }
  return [node.graph.reshape(repeated, to: shape)]
}

/// `Trilu`
let lowerTrilu: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
  let offset = node.optionalInput(1) == nil ? [.zero] : try node.hostInput(1, count: 1)
  guard offset.count == 1 else { throw .notAShape(node, try node.input(1)) }
  let upper = node.integer("upper", default: 1) != 0
  // A diagonal beyond the corner is the corner's: farther ones must not make sums wrap.
  let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
  let shift = node.graph.index(node.indices.minimum(node.indices.maximum(offset[0], .zero - rows), columns))
  return [
    node.graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, x.elementType) { builder, e in
      let diagonal = builder.binary("arith.addi", builder.position(x.rank - 2), shift)
      let keeps = builder.compare(upper ? .greaterOrEqual : .lessOrEqual, builder.position(x.rank - 1), diagonal)
      let scalars = Scalars(builder, x.elementType)
      return scalars.select(keeps, e[0], scalars.constant(0))
    }
  ]
}

/// `DepthToSpace`, `SpaceToDepth`: a reshape, a transposition, a reshape.
func depthAndSpace(toSpace: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 4...4)
    let block = node.integer("blocksize", default: 0)
    guard block >= 1, block <= Windows.limit else {
      throw .invalidAttribute(node, "blocksize", "\(block)", expected: "a number of at least 1")
    }
    let b = IndexExpression(block)
    let mode = node.string("mode", default: "DCR")
    guard mode == "DCR" || mode == "CRD" else { throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "DCR or CRD") }
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    if toSpace {
      guard let depth = node.exactQuotient(c, by: block * block, "the channels of '\(x.name)'") else {
        throw .wrongShape(node, x, "channels that are a multiple of \(block) squared")
      }
      let columnsFirst = mode == "CRD"
      let split = node.graph.reshape(x, to: columnsFirst ? [n, depth, b, b, h, w] : [n, b, b, depth, h, w])
      let moved = node.transpose(split, columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
      return [node.graph.reshape(moved, to: [n, depth, h * b, w * b])]
    }
    guard let rows = node.exactQuotient(h, by: block, "the height of '\(x.name)'"),
      let columns = node.exactQuotient(w, by: block, "the width of '\(x.name)'")
    else {
      throw .wrongShape(node, x, "a height and width that are multiples of \(block)")
    }
    let split = node.graph.reshape(x, to: [n, c, rows, b, columns, b])
    let order = mode == "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
    return [node.graph.reshape(node.transpose(split, order), to: [n, c * b * b, rows, columns])]
  }
}
