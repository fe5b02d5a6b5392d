import Diagnostics
import Kernels
import LoopNests
import MLIR
import ModuleFormat

extension KernelEmitter {
  /// Emits nests that run one after the other on each tile of the outer dimensions. What they hand on is in scratch memory, for one tile.
  ///
  ///     for each tile of (batch, head, rows):  scores[rows, keys] = ...;  softmax of scores;  result[rows, columns] = ...
  func emitSequence(_ others: ArraySlice<KernelConfiguration>, workgroup: Value, scratch: Value) throws(Diagnostic) {
    let sequence = source.sequence
    let scratch = unit.checksAccesses ? offset(scratch, .constant(KernelFailure.accessRecordByteCount), .i8(context)) : scratch
    let outer = configuration.order.compactMap { d in sequence.outer.firstIndex { $0[0] == d } }
    let tile = sequence.outer.map { configuration.tile[$0[0], default: 1] }
    try emitShare(of: outer.map { sequence.outer[$0][0] }, workgroup: workgroup) { starts throws(Diagnostic) in
      try emitParts(others, outer[...], starts, .init(repeating: nil, count: outer.count), tile: tile, scratch: scratch)
    }
  }

  /// Fixes the ranges of the outer dimensions `remaining`, then emits all parts in them.
  private func emitParts(
    _ others: ArraySlice<KernelConfiguration>, _ remaining: ArraySlice<Int>, _ starts: [Int: LaneIndex], _ ranges: [IndexRange?],
    tile: [Int], scratch: Value
  ) throws(Diagnostic) {
    guard let o = remaining.first else { return try emitParts(others, ranges.compactMap { $0 }, tile: tile, scratch: scratch) }
    let d = source.sequence.outer[o][0]
    try withLength(d, starts[d]!) { length throws(Diagnostic) in
      var ranges = ranges
      ranges[o] = IndexRange(start: starts[d]!, length: length)
      try emitParts(others, remaining.dropFirst(), starts, ranges, tile: tile, scratch: scratch)
    }
  }

  /// Emits all parts, one after the other, in the given ranges of the outer dimensions.
  private func emitParts(_ others: ArraySlice<KernelConfiguration>, _ outer: [IndexRange], tile: [Int], scratch: Value) throws(Diagnostic) {
    let sequence = source.sequence
    let begun = memory
    defer { memory = begun }
    var byteOffset = Bound.constant(0)
    for (p, configuration) in ([configuration] + others).enumerated() {
      let emitter = p == 0 ? self : KernelEmitter(self, part: p, configuration)
      emitter.findSizes()
      // What this part hands on.
      for value in sequence.carried where value.writer == p {
        let element = value.value.type.element
        let sizes = value.dimensions.enumerated().map { axis, d in
          value.outer[axis].map { .constant(tile[$0]) } ?? d.map { emitter.sizes[$0] } ?? Bound.constant(1)
        }
        let reference = MemoryReference(
          pointer: emitter.offset(scratch, byteOffset, .i8(context)), element: element,
          shape: value.dimensions.map { d in d.map { emitter.sizes[$0] } ?? .constant(1) },
          part: (value.outer.map { $0.map { outer[$0].start } ?? .constant(0) }, sizes))
        let (byteCount, dimension) = SequenceScratch.byteCount(of: value, sequence, tile: tile)
        byteOffset = add(
          byteOffset, cacheLines(dimension.map { multiply(emitter.sizes[$0], .constant(byteCount)) } ?? .constant(byteCount)))
        memory[value.value] = reference
        emitter.memory[value.value] = reference
      }
      emitter.ranges = Dictionary(uniqueKeysWithValues: zip(sequence.outer, outer).map { ($0[p], $1) })
      emitter.chooseKeptOperations()
      try emitter.emitTiles()
    }
  }
}

extension KernelEmitter {
  /// The whole cache lines that `byteCount` bytes of a carried value take, and one more.
  private func cacheLines(_ byteCount: Bound) -> Bound {
    switch byteCount {
    case .constant(let count): .constant((count + SequenceScratch.spare) / 64 * 64)
    case .value(let count):
      .value(b.binary("arith.andi", b.binary("arith.addi", count, b.index(SequenceScratch.spare)), b.index(-64)))
    }
  }
}

/// How much scratch memory a sequence of nests needs.
enum SequenceScratch {
  /// What a carried value may take beyond its elements: the rest of a cache line, and one more, so that values do not lie at the same distance in
  /// all rows.
  static let spare = 127

  /// The bytes of the elements of a carried value for one tile: for each iteration of a dimension of its writer, if its size is not known.
  static func byteCount(of value: NestSequence.Carried, _ sequence: NestSequence, tile: [Int]) -> (byteCount: Int, dimension: Int?) {
    // `KernelSource` refuses values with several such dimensions.
    let (count, dimension) = sequence.elementCount(of: value, tile: tile)!
    return (count * value.value.type.element.storedByteCount, dimension)
  }

  /// The bytes of all carried values for one tile; sizes that are not known are taken for usual ones.
  static func usualByteCount(_ sequence: NestSequence, tile: [Int]) -> Int {
    sequence.carried.reduce(0) { sum, value in
      let (byteCount, dimension) = byteCount(of: value, sequence, tile: tile)
      return sum + byteCount * (dimension == nil ? 1 : NestSequence.usualSize)
    }
  }
}
