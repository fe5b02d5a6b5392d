import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// A result of the sizes `sizes`, which must be known.
  private func knownResult() throws(Diagnostic) -> [IndexExpression] {
    let sizes = try resultSizes()
    guard !sizes.contains(nil) else { throw .unsupportedForm(self, "has a result of unknown size") }
    return sizes.map { IndexExpression($0 ?? 0) }
  }

  func broadcastInDimensions() throws(Diagnostic) -> GraphTensor {
    try broadcast(try operand(0), "broadcast_dimensions", to: try knownResult())
  }

  /// `x` with its dimensions at those of `shape` that the attribute names; those of size 1 repeat.
  func broadcast(_ x: GraphTensor, _ attribute: String, to shape: [IndexExpression]) throws(Diagnostic) -> GraphTensor {
    let places = try dimensions(attribute, rank: shape.count)
    guard places.count == x.rank else { throw .invalidAttribute(self, attribute, "\(places)", expected: "\(x.rank) dimensions") }
    var loops: [Int?] = [], unsure = false
    for (axis, place) in places.enumerated() {
      let own = x.shape[axis]
      if own.known == 1, shape[place].known != 1 {
        loops.append(nil)
        continue
      }
      if own != shape[place] {
        if let own = own.known, let target = shape[place].known, own != target {
          throw .invalidAttribute(self, attribute, "\(places)", expected: "the size \(target) or 1 in dimension \(axis), found \(own)")
        }
        unsure = own.known == nil || unsure
      }
      loops.append(place)
    }
    if unsure {  // the run tells which sizes are 1
      var spread = shape.map { _ in IndexExpression.one }
      for (axis, place) in places.enumerated() { spread[place] = x.shape[axis] }
      let sorted = places.indices.sorted { places[$0] < places[$1] }
      return expand(graph.reshape(transpose(x, sorted), to: spread), to: shape)
    }
    let host = moveOnHost(x, to: shape) { position in loops.map { $0.map { position[$0] } ?? 0 } }
    if let host { return host }
    // Dimensions of size 1 that are only added move nothing.
    if loops.compactMap({ $0 }).count == x.rank, places == places.sorted(), shape.product == x.shape.product {
      return graph.reshape(x, to: shape)
    }
    return graph.map([Operand(x, loops)], shape: shape, x.elementType) { $1[0] }
  }

  /// New dimensions before those of the operand.
  func broadcastLeading() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let sizes = try integers("broadcast_sizes")
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.count + x.rank <= GraphTensor.rankLimit else {
      throw .invalidAttribute(self, "broadcast_sizes", "\(sizes)", expected: "sizes of a tensor")
    }
    return expand(x, to: sizes.map { IndexExpression($0) } + x.shape)
  }

  func reshape() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), shape = try knownResult()
    guard x.shape.product == shape.product || x.knownCount == nil else {
      throw .invalidAttribute(self, "the result", "\(try resultSizes().map { $0 ?? -1 })", expected: "\(x.knownCount ?? 0) elements")
    }
    if x.knownCount == nil {
      graph.requireHere(
        graph.compare(.equal, graph.index(x.shape.product), graph.index(shape.product)),
        "its operand and result must have equally many elements")
    }
    return graph.reshape(x, to: shape)
  }

  func transposeDimensions() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), order = try dimensions("permutation", rank: x.rank)
    guard order.count == x.rank else { throw .invalidAttribute(self, "permutation", "\(order)", expected: "\(x.rank) dimensions") }
    return transpose(x, order)
  }

  func reverse() throws(Diagnostic) -> GraphTensor {
    var x = try operand(0)
    for axis in try dimensions("dimensions", rank: x.rank) where x.shape[axis].known != 1 { x = flipped(x, axis: axis) }
    return x
  }

  func concatenateOperands() throws(Diagnostic) -> GraphTensor {
    let first = try operand(0)
    return try concatenation(operands, try dimension("dimension", rank: first.rank))
  }

  func staticSlice() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let limit = 0...Int(Int32.max)
    let starts = try integers("start_indices", count: x.rank, default: 0, in: limit)
    let limits = try integers("limit_indices", count: x.rank, default: 0, in: limit)
    let strides = try integers("strides", count: x.rank, default: 1, in: 1...Int(Int32.max))
    var shape: [IndexExpression] = []
    for axis in 0..<x.rank {
      guard starts[axis] <= limits[axis], limits[axis] <= x.shape[axis].known ?? .max else {
        throw .invalidAttribute(self, "limit_indices", "\(limits)", expected: "numbers from the starts to the sizes of \(x.description)")
      }
      if x.shape[axis].known == nil {
        graph.requireHere(
          graph.compare(.lessOrEqual, graph.builder.index(limits[axis]), graph.index(x.shape[axis])),
          "dimension \(axis) of its operand must have \(limits[axis]) elements")
      }
      shape.append(IndexExpression((limits[axis] - starts[axis] + strides[axis] - 1) / strides[axis]))
    }
    return slice(x, starts.map { IndexExpression($0) }, strides, shape)
  }

  // MARK: starts that the run knows

  /// A slice whose starts are operands: they are moved to where it fits.
  func dynamicSlice() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let sizes = try integers("slice_sizes", count: x.rank, default: 0, in: 0...Int(Int32.max))
    for axis in sizes.indices where sizes[axis] > x.shape[axis].known ?? .max {
      throw .invalidAttribute(self, "slice_sizes", "\(sizes)", expected: "at most the sizes of \(x.description)")
    }
    let shape = sizes.map { IndexExpression($0) }
    let starts = try startOperands(from: 1, count: x.rank)
    let bounds = shape.indices.map { x.shape[$0] - shape[$0] }
    if let origins = clampedOnHost(starts, bounds) { return slice(x, origins, x.shape.map { _ in 1 }, shape) }
    let places = Starts(self, starts, bounds)
    return move(x, to: shape) { b, position in zip(places.values(b), position).map { b.plus($1, $0) } }
  }

  /// The operand with the update at starts that are operands.
  func dynamicUpdateSlice() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), update = try operand(1)
    guard update.rank == x.rank, update.elementType == x.elementType else {
      throw .shapesDisagree(self, x, update, "expected equal ranks and types")
    }
    for axis in x.shape.indices {
      if let own = update.shape[axis].known, let size = x.shape[axis].known, own > size {
        throw .shapesDisagree(self, x, update, "the update is larger in dimension \(axis)")
      }
    }
    if x.shape == update.shape { return update }
    let bounds = x.shape.indices.map { x.shape[$0] - update.shape[$0] }
    let places = Starts(self, try startOperands(from: 2, count: x.rank), bounds)
    let moved = x.shape.indices.filter { update.shape[$0] != x.shape[$0] }
    if graph.isInRegion, let last = moved.last, isSmall(update, of: x) { return updateRows(x, update, places, last + 1) }
    let source = graph.value(update), sizes = update.shape.map(graph.index)
    return graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, x.elementType) { b, e in
      var isInside: Value?
      var read = x.shape.indices.map(b.position)
      let starts = places.values(b)
      for axis in moved {
        read[axis] = b.minus(read[axis], starts[axis])
        isInside = b.and(isInside, b.compare(.unsignedLess, read[axis], sizes[axis]))
      }
      return b.conditional(isInside, type: e[0].type) {
        $0.element(source, read)
      } else: { _ in
        e[0]
      }
    }
  }

  /// `true` iff the update is a small part of `x`: what loops carry shall not be copied in each turn.
  private func isSmall(_ update: GraphTensor, of x: GraphTensor) -> Bool {
    guard let part = update.knownCount, let whole = x.knownCount else { return true }
    return part.multipliedSaturated(by: 4) <= whole
  }

  /// The update written to the rows that it has: the dimensions from `columns` on are whole in both. Nothing else is touched where `x` is of no
  /// more use.
  private func updateRows(_ x: GraphTensor, _ update: GraphTensor, _ places: Starts, _ columns: Int) -> GraphTensor {
    let sizes = x.shape.prefix(columns).map(graph.index)
    let rows = graph.generate(Array(update.shape.prefix(columns)), .i64) { b, position in
      let starts = places.values(b)
      let indices = sizes.indices.map { b.plus(starts[$0], position[$0]) }
      return b.i64(zip(indices, sizes).reduce(b.index(0)) { b.plus(b.times($0, $1.1), $1.0) })
    }
    let count = rows.shape.product
    return graph.scatter(
      x, graph.reshape(rows, to: [count]), graph.reshape(update, to: [count] + x.shape[columns...]), batches: 0, columns: columns
    ) { _, _, new in new }
  }

  private func startOperands(from first: Int, count: Int) throws(Diagnostic) -> [GraphTensor] {
    guard operands.count == first + count else {
      throw diagnostic(.invalidInput, id: "startCount", "has \(operands.count - first) starts: expected \(count)")
    }
    let starts = Array(operands[first...])
    guard starts.allSatisfy({ $0.rank == 0 && $0.elementType.isInteger }) else {
      throw .operandTypes(self, expected: "integer scalars as starts")
    }
    return starts
  }

  /// The starts as sizes are known: moved to 0 ... bounds; `nil` if one is computed.
  private func clampedOnHost(_ starts: [GraphTensor], _ bounds: [IndexExpression]) -> [IndexExpression]? {
    var origins: [IndexExpression] = []
    for (start, bound) in zip(starts, bounds) {
      if bound == .zero {
        origins.append(.zero)
        continue
      }
      guard let element = start.host?.first else { return nil }
      origins.append(indices.minimum(indices.maximum(element, .zero), bound))
    }
    return origins
  }
}

/// Starts of slices that are read in kernels, moved to where the slices fit.
struct Starts {
  private let parts: [(tensor: Value?, element: ElementType, host: Value?, bound: Value)]

  init(_ node: StableHLONode, _ starts: [GraphTensor], _ bounds: [IndexExpression]) {
    parts = zip(starts, bounds).map { start, bound in
      if bound == .zero { return (nil, start.elementType, node.graph.index(.zero), node.graph.index(bound)) }
      if let host = start.host?.first {
        let place = node.indices.minimum(node.indices.maximum(host, .zero), bound)
        return (nil, start.elementType, node.graph.index(place), node.graph.index(bound))
      }
      return (node.graph.value(start), start.elementType, nil, node.graph.index(bound))
    }
  }

  /// The starts as index values in a body.
  func values(_ b: Builder) -> [Value] {
    parts.map { part in
      if let host = part.host { return host }
      guard let tensor = part.tensor else { return b.index(0) }
      let wide = Scalars(b, .i64).convert(b.element(tensor, []), from: part.element)
      return b.clampedIndex(wide, isUnsigned: part.element == .u64, bound: part.bound)
    }
  }
}

extension Builder {
  /// The i64 `number` as an index within 0 ... bound.
  func clampedIndex(_ number: Value, isUnsigned: Bool, bound: Value) -> Value {
    let index = asIndex(number)
    if isUnsigned { return binary("arith.minui", index, bound) }
    return binary("arith.minsi", binary("arith.maxsi", index, self.index(0)), bound)
  }
}
