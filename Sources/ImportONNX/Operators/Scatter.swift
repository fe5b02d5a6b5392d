import Diagnostics
import MLIR

// Scattering as gathering: each element of the result looks for the updates that hit it, among those that can. Elements * updates steps.

/// What becomes of an element and its updates.
private enum ScatterKind: String {
  case none, add, mul, max, min

  init(_ node: Node) throws(Diagnostic) {
    let name = node.string("reduction", default: "none")
    guard let kind = ScatterKind(rawValue: name) else {
      throw .invalidAttribute(node, "reduction", "'\(name)'", expected: "none, add, mul, max or min")
    }
    self = kind
  }

  var initial: Double { self == .mul ? 1 : self == .max ? -.infinity : self == .min ? .infinity : 0 }

  func combine(_ s: Scalars, _ a: Value, _ b: Value) -> Value {
    switch self {
    case .none, .add: s.add(a, b)
    case .mul: s.multiply(a, b)
    case .max: s.maximum(a, b)
    case .min: s.minimum(a, b)
    }
  }
}

extension Node {
  /// `x` with updates: loops are those of `x` and then `updates`, of which `hits` says which ones reach an element; `read` gives an update's value.
  ///
  /// Without a reduction the last update that hits counts, which is found as the greatest number.
  private func scatter(
    _ x: Tensor, _ kind: ScatterKind, updates: [IndexExpression], source: Value, operands: [Operand],
    hits: (Builder, [Value], [Value]) -> Value, read: (Builder, _ position: [Value], _ update: [Value]) -> [Value]
  ) -> Tensor {
    let rank = x.rank
    let loops = rank + updates.count
    let extents = [Operand(importer.extent(x.shape), (0..<rank).map { $0 }), Operand(importer.extent(updates), (rank..<loops).map { $0 })]
    let all: [Int?] = (0..<rank).map { $0 }
    let sizes = updates.map(importer.index)
    let type = x.elementType
    if kind == .none {
      let last = importer.reduce(operands + extents, loops: loops, output: Array(0..<rank), shape: x.shape, .i64, initial: -1) {
        b, e, best in
        let update = (rank..<loops).map(b.position)
        let number = zip(update, sizes).dropFirst().reduce(update[0]) { b.plus(b.times($0, $1.1), $1.0) }
        let isHit = hits(b, (0..<rank).map(b.position), e)
        return b.binary("arith.maxsi", best, b.select(isHit, b.i64(number), b.constant64(-1)))
      }
      return importer.map([Operand(x, all), Operand(last, all)], shape: x.shape, type) { b, e in
        let isHit = b.compare(.greaterOrEqual, e[1], b.constant64(0))
        let position = (0..<rank).map(b.position)
        return b.conditional(isHit, type: source.type.element) { b in
          var number = b.asIndex(e[1])
          var update: [Value] = []
          for (i, size) in sizes.enumerated().reversed() {
            update.insert(i == 0 ? number : b.binary("arith.remsi", number, size), at: 0)
            number = b.binary("arith.divsi", number, size)
          }
          return b.element(source, read(b, position, update))
        } else: { _ in
          e[0]
        }
      }
    }
    let total = importer.reduce(operands + extents, loops: loops, output: Array(0..<rank), shape: x.shape, type, initial: kind.initial) {
      b, e, sum in
      let s = Scalars(b, type)
      let position = (0..<rank).map(b.position)
      let neutral = importer.limit(b, kind.initial, type)
      let number = (rank..<loops).map(b.position)
      let update = b.conditional(hits(b, position, e), type: neutral.type) { b in
        b.element(source, read(b, position, number))
      } else: { _ in
        neutral
      }
      return kind.combine(s, sum, update)
    }
    return importer.map([Operand(x, all), Operand(total, all)], shape: x.shape, type) { b, e in kind.combine(Scalars(b, type), e[0], e[1]) }
  }

  /// Whether the index `element` of integer type `type` is `position`, counted from the end if negative.
  private func isAt(_ b: Builder, _ element: Value, _ type: ElementType, _ position: Value, size: Value) -> Value {
    let index = b.value(type.isUnsigned ? "arith.index_castui" : "arith.index_cast", [element], type: .index(b.context))
    let wrapped = b.select(b.compare(.less, index, b.index(0)), b.plus(index, size), index)
    return b.compare(.equal, wrapped, position)
  }

  fileprivate func scatterElements() throws(Diagnostic) -> Tensor {
    let x = try input(0, ranks: 1...GraphWalker.rankLimit), places = try input(1, ranks: x.rank...x.rank)
    let updates = try input(2, ranks: x.rank...x.rank)
    try requireSameType([x, updates])
    try require(places, .integer)
    let axis = try axis(integer("axis", default: 0), rank: x.rank)
    let kind = try ScatterKind(self)
    let bounds = places.shape.map(importer.index), size = importer.index(x.shape[axis])
    let indices = importer.value(places), source = importer.value(updates)
    func place(_ b: Builder, _ position: [Value], _ update: Value) -> [Value] {
      var place = position
      place[axis] = update
      return place
    }
    return scatter(x, kind, updates: [places.shape[axis]], source: source, operands: []) { b, position, _ in
      // Only updates in the same line can hit; there may be fewer lines of updates than of elements.
      var isInside = b.constant(.bool(true, b.context))
      for other in x.shape.indices where other != axis && places.shape[other] != x.shape[other] {
        isInside = b.and(isInside, b.compare(.less, position[other], bounds[other]))
      }
      let at = place(b, position, b.position(x.rank))
      return b.conditional(isInside, type: .i1(b.context)) { b in
        isAt(b, b.element(indices, at), places.elementType, position[axis], size: size)
      } else: {
        $0.constant(.bool(false, $0.context))
      }
    } read: { b, position, update in
      place(b, position, update[0])
    }
  }

  fileprivate func scatterND() throws(Diagnostic) -> Tensor {
    let x = try input(0, ranks: 1...GraphWalker.rankLimit), places = try input(1, ranks: 1...GraphWalker.rankLimit), updates = try input(2)
    try requireSameType([x, updates])
    guard let depth = places.shape[places.rank - 1].known, depth <= x.rank, updates.rank == places.rank - 1 + x.rank - depth else {
      throw .shapesDisagree(self, x, places, "the last dimension of the indices must be the number of axes that they index")
    }
    try require(places, .integer)
    try requireShape(updates, places.shape.dropLast() + x.shape.dropFirst(depth))
    let kind = try ScatterKind(self)
    // All updates in one dimension.
    let outer = Array(places.shape.dropLast()).product
    let flatPlaces = importer.reshape(places, to: [outer, IndexExpression(depth)])
    let flat = importer.reshape(updates, to: [outer] + x.shape.dropFirst(depth))
    let indices = importer.value(flatPlaces), source = importer.value(flat)
    let sizes = x.shape.map(importer.index)
    return scatter(x, kind, updates: [outer], source: source, operands: []) { b, position, _ in
      let update = b.position(x.rank)
      return (0..<depth).reduce(b.constant(.bool(true, b.context))) { hit, i in
        let element = b.element(indices, [update, b.index(i)])
        return b.and(hit, isAt(b, element, places.elementType, position[i], size: sizes[i]))
      }
    } read: { _, position, update in
      update + position.dropFirst(depth)
    }
  }
}

/// `ScatterElements`, `Scatter`
let lowerScatterElements: Lowering = { node throws(Diagnostic) in [try node.scatterElements()] }

/// `ScatterND`
let lowerScatterND: Lowering = { node throws(Diagnostic) in [try node.scatterND()] }

/// `ReverseSequence`
let lowerReverseSequence: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit), lengths = try node.input(1, ranks: 1...1)
  let time = try node.axis(node.integer("time_axis", default: 0), rank: x.rank)
  let batch = try node.axis(node.integer("batch_axis", default: 1), rank: x.rank)
  try node.require(lengths, .integer)
  try node.requireShape(lengths, [x.shape[batch]])
  let source = node.importer.value(x), steps = node.importer.index(x.shape[time])
  return [
    node.importer.map([Operand(lengths, [batch])], shape: x.shape, x.elementType) { b, e in
      var position = x.shape.indices.map(b.position)
      // A length beyond the sequence must not become a read beyond the tensor.
      let length = b.binary("arith.minsi", b.asIndex(e[0]), steps)
      let back = b.minus(b.minus(length, position[time]), b.index(1))
      position[time] = b.select(b.compare(.less, position[time], length), back, position[time])
      return b.element(source, position)
    }
  ]
}
