import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

import enum TesseraModuleFormat.KernelFailure

/// What becomes of an element and its updates.
private enum ScatterKind: String {
  case none, add, mul, max, min

  /// The kind that `node`, which scatters into `x`, has.
  init(_ node: Node, _ x: GraphTensor) throws(Diagnostic) {
    let name = node.string("reduction", default: "none")
    guard let kind = ScatterKind(rawValue: name) else {
      throw .invalidAttribute(node, "reduction", "'\(name)'", expected: "none, add, mul, max or min")
    }
    if kind != .none, x.elementType == .string || x.elementType.isSmall {
      throw .wrongType(node, x, expected: "a type with arithmetic, for reduction '\(name)'")
    }
    self = kind
  }

  /// What an element becomes of itself and of an update's. The sum of booleans is whether one holds, their product whether both do.
  func combine(_ s: Scalars, _ old: Value, _ new: Value) -> Value {
    switch self {
    case .none: new
    case .add where s.type == .bool, .max where s.type == .bool: s.builder.binary("arith.ori", old, new)
    case .mul where s.type == .bool, .min where s.type == .bool: s.builder.binary("arith.andi", old, new)
    case .add: s.add(old, new)
    case .mul: s.multiply(old, new)
    case .max: s.maximum(old, new)
    case .min: s.minimum(old, new)
    }
  }
}

extension Node {
  fileprivate func scatterElements() throws(Diagnostic) -> GraphTensor {
    let x = try input(0, ranks: 1...GraphTensor.rankLimit), places = try input(1, ranks: x.rank...x.rank)
    let updates = try input(2, ranks: x.rank...x.rank)
    try requireSameType([x, updates])
    try require(places, .integer)
    try requireShape(updates, places.shape)
    let axis = try axis(integer("axis", default: 0), rank: x.rank)
    let kind = try ScatterKind(self, x)
    /// Whether lines of updates are lines of `x` in the dimensions `range`.
    func match(_ range: Range<Int>) -> Bool { range.allSatisfy { places.shape[$0] == x.shape[$0] } }
    // Batches are lines that updates stay in. Where the dimensions behind the axis share one index, they are rows that move as wholes.
    let batches = match(0..<axis) ? axis : 0
    let source = graph.spread(places)
    let isWhole = match(axis + 1..<x.rank) && source.map { $0.loops.allSatisfy { ($0 ?? 0) <= axis } } ?? false
    let rows = isWhole ? axis + 1 : x.rank
    let loops = Array(0..<rows)
    let operand: Operand = isWhole ? source! : Operand(places, places.shape.indices.map { $0 })
    let numbers = graph.map([operand], shape: Array(places.shape.prefix(rows)), .i64) { b, e in
      let position = loops.dropFirst(batches).map { ($0 == axis ? nil : b.position($0), graph.index(x.shape[$0])) }
      return graph.rowNumber(b, position.map { ($0.0 ?? b.readIndex(e[0], places.elementType, size: $0.1), $0.1) })
    }
    return graph.scatter(x, numbers, updates, batches: batches, columns: rows) { b, old, new in
      kind.combine(Scalars(b, x.elementType), old, new)
    }
  }

  fileprivate func scatterND() throws(Diagnostic) -> GraphTensor {
    let x = try input(0, ranks: 1...GraphTensor.rankLimit), given = try input(1, ranks: 1...GraphTensor.rankLimit), updates = try input(2)
    try requireSameType([x, updates])
    // The rank of the updates tells for how many axes the indices are.
    let places = settled(given, axis: given.rank - 1, to: given.rank - 1 + x.rank - updates.rank) ?? given
    guard let depth = places.shape[places.rank - 1].known, (0...x.rank).contains(depth), updates.rank == places.rank - 1 + x.rank - depth
    else {
      throw .shapesDisagree(self, x, places, "the last dimension of the indices must be the number of axes that they index")
    }
    try require(places, .integer)
    try requireShape(updates, places.shape.dropLast() + x.shape.dropFirst(depth))
    let kind = try ScatterKind(self, x)
    let outer = Array(places.shape.dropLast()).product
    let list = graph.value(graph.reshape(places, to: [outer, IndexExpression(depth)]))
    let numbers = graph.generate([outer], .i64) { b, position in
      graph.rowNumber(
        b,
        (0..<depth).map { i in
          let size = graph.index(x.shape[i])
          return (b.readIndex(b.element(list, position + [b.index(i)]), places.elementType, size: size), size)
        })
    }
    return graph.scatter(x, numbers, updates, batches: 0, columns: depth) { b, old, new in
      kind.combine(Scalars(b, x.elementType), old, new)
    }
  }
}

/// `ScatterElements`, `Scatter`
let lowerScatterElements: Lowering = { node throws(Diagnostic) in [try node.scatterElements()] }

/// `ScatterND`
let lowerScatterND: Lowering = { node throws(Diagnostic) in [try node.scatterND()] }

/// `ReverseSequence`
let lowerReverseSequence: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit), lengths = try node.input(1, ranks: 1...1)
  let time = try node.axis(node.integer("time_axis", default: 0), rank: x.rank)
  let batch = try node.axis(node.integer("batch_axis", default: 1), rank: x.rank)
  try node.requireShape(lengths, [x.shape[batch]])
  let source = node.graph.value(x), steps = node.graph.index(x.shape[time])
  let checked = try node.checked(lengths, .length, from: .zero, below: x.shape[time] + 1)
  return [
    node.graph.map([Operand(checked, [batch])], shape: x.shape, x.elementType) { b, e in
      var position = x.shape.indices.map(b.position)
      // A length beyond the sequence must not become a read beyond the tensor.
      let length = b.binary("arith.minsi", b.asIndex(e[0]), steps)
      let back = b.minus(b.minus(length, position[time]), b.index(1))
      position[time] = b.select(b.compare(.less, position[time], length), back, position[time])
      return b.element(source, position)
    }
  ]
}
