import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// How the dimensions of indices and of what they point into belong together, for gather and scatter.
struct IndexDimensions {
  /// The dimension of the indices that holds the parts of one index; their rank if there is none.
  let vector: Int
  /// The dimension of the operand that each part is for.
  let targets: [Int]
  /// Dimensions of the operand and of the indices that run together.
  let operandBatches: [Int]
  let indexBatches: [Int]
  /// Dimensions of the operand that slices do not have.
  let collapsed: [Int]
  /// The other dimensions of the operand.
  let window: [Int]
  /// Dimensions of the indices that say which index it is.
  let outer: [Int]

  init(
    _ node: StableHLONode, _ operand: GraphTensor, _ starts: GraphTensor, targets: String, collapsed: String, operandBatches: String,
    indexBatches: String
  ) throws(Diagnostic) {
    let rank = operand.rank
    vector = node.integer("index_vector_dim", default: 0)
    guard vector >= 0, vector <= starts.rank else {
      throw .invalidAttribute(node, "index_vector_dim", "\(vector)", expected: "a dimension of the indices, or their rank")
    }
    guard starts.elementType.isInteger else { throw .wrongType(node, starts, expected: "integers") }
    self.targets = try node.dimensions(targets, rank: rank)
    self.collapsed = try node.dimensions(collapsed, rank: rank)
    self.operandBatches = try node.dimensions(operandBatches, rank: rank)
    self.indexBatches = try node.dimensions(indexBatches, rank: starts.rank)
    let without = self.collapsed + self.operandBatches
    let parts = vector == starts.rank ? 1 : starts.shape[vector].known
    guard self.operandBatches.count == self.indexBatches.count, !self.indexBatches.contains(vector), Set(without).count == without.count,
      parts == self.targets.count, !self.targets.contains(where: self.operandBatches.contains)
    else { throw .shapesDisagree(node, operand, starts, "the dimension numbers do not fit them") }
    window = (0..<rank).filter { !without.contains($0) }
    let vector = vector
    outer = (0..<starts.rank).filter { $0 != vector }
  }

  /// The index values of one index: part `i` is for `targets[i]`. `place` are the positions along `outer`.
  func parts(_ b: Builder, _ starts: Value, _ type: ElementType, at place: [Value]) -> [Value] {
    targets.indices.map { i in
      var position = place
      if outer.count < starts.type.rank { position.insert(b.index(i), at: vector) }
      return Scalars(b, .i64).convert(b.element(starts, position), from: type)
    }
  }

  /// The position along the dimension of the operand that runs with the indices' dimension `indexBatches[i]`.
  func batch(_ i: Int, at place: [Value]) -> Value? { outer.firstIndex(of: indexBatches[i]).map { place[$0] } }
}

extension StableHLONode {
  /// Slices of an operand at starts that a tensor holds, each moved to where it fits.
  func gather() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let sizes = try integers("slice_sizes", count: x.rank, default: 0, in: 0...Int(Int32.max))
    return try gather(sizes.map { IndexExpression($0) })
  }

  func gather(_ sizes: [IndexExpression]) throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), starts = try operand(1)
    let numbers = try IndexDimensions(
      self, x, starts, targets: "start_index_map", collapsed: "collapsed_slice_dims", operandBatches: "operand_batching_dims",
      indexBatches: "start_indices_batching_dims")
    let rank = numbers.outer.count + numbers.window.count
    let offsets = try dimensions("offset_dims", rank: rank)
    guard offsets.count == numbers.window.count, offsets == offsets.sorted() else {
      throw .invalidAttribute(self, "offset_dims", "\(offsets)", expected: "\(numbers.window.count) dimensions in order")
    }
    for axis in x.shape.indices {
      if let size = sizes[axis].known,
        size > x.shape[axis].known ?? .max
          || (!numbers.window.contains(axis) && size > 1)
      {
        throw .invalidAttribute(self, "slice_sizes", "\(size)", expected: "at most the size of dimension \(axis), 1 if it is collapsed")
      }
    }
    for (a, b) in zip(numbers.operandBatches, numbers.indexBatches) where graph.unify(x.shape[a], starts.shape[b], "batches") == nil {
      throw .shapesDisagree(self, x, starts, "their batching dimensions differ")
    }
    let batches = (0..<rank).filter { !offsets.contains($0) }
    var shape = [IndexExpression](repeating: .one, count: rank)
    for (place, axis) in zip(batches, numbers.outer) { shape[place] = starts.shape[axis] }
    for (place, axis) in zip(offsets, numbers.window) { shape[place] = sizes[axis] }
    let source = graph.value(x), indices = graph.value(starts), type = starts.elementType
    let bounds = numbers.targets.map { graph.index(x.shape[$0] - sizes[$0]) }
    return graph.generate(shape, x.elementType) { b, position in
      let place = batches.map { position[$0] }
      var read: [Value?] = x.shape.map { _ in nil }
      for (offset, axis) in zip(offsets, numbers.window) { read[axis] = position[offset] }
      for (i, axis) in numbers.operandBatches.enumerated() { read[axis] = numbers.batch(i, at: place) }
      for (i, part) in numbers.parts(b, indices, type, at: place).enumerated() {
        let start = b.clampedIndex(part, isUnsigned: type == .u64, bound: bounds[i]), axis = numbers.targets[i]
        read[axis] = read[axis].map { b.plus($0, start) } ?? start
      }
      return b.element(source, read.map { $0 ?? b.index(0) })
    }
  }

  /// Slices of one dimension, by indices whose first dimensions run with the operand's.
  func torchIndexSelect() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), places = try operand(1)
    let axis = try dimension("dim", rank: x.rank), batches = integer("batch_dims", default: 0)
    guard places.elementType.isInteger, batches >= 0, batches <= axis, batches <= places.rank else {
      throw .invalidAttribute(self, "batch_dims", "\(batches)", expected: "at most \(axis)")
    }
    let inner = places.shape.dropFirst(batches)
    let shape = Array(x.shape[..<axis]) + inner + x.shape[(axis + 1)...]
    let source = graph.value(x), indices = graph.value(places), bound = graph.index(x.shape[axis] - 1)
    return graph.generate(shape, x.elementType) { b, position in
      let own = Array(position[..<batches]) + position[axis..<axis + inner.count]
      let number = Scalars(b, .i64).convert(b.element(indices, own), from: places.elementType)
      let place = b.clampedIndex(number, isUnsigned: places.elementType == .u64, bound: bound)
      return b.element(source, Array(position[..<axis]) + [place] + position[(axis + inner.count)...])
    }
  }
}
