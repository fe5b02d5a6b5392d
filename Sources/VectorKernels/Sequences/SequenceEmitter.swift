internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Emits nests that run one after the other on each tile of the outer dimensions. What they hand on is in scratch memory, for one tile.
///
///     for each tile of (batch, head, rows):  scores[rows, keys] = ...;  softmax of scores;  result[rows, columns] = ...
struct SequenceEmitter: TileEmitter {
  /// The loops of the first nest, whose tiles are those of all.
  let loops: TileLoops
  /// The configuration of each nest.
  let configurations: [KernelConfiguration]

  private var sequence: NestSequence { kernel.source.sequence }

  func emit() throws(Diagnostic) {
    let scratch = scratch
    let outer = configuration.order.compactMap { d in sequence.outer.firstIndex { $0[0] == d } }
    let tile = sequence.outer.map { configuration.tile[$0[0], default: 1] }
    try loops.emitShare(of: outer.map { sequence.outer[$0][0] }) { starts, _ throws(Diagnostic) in
      try emitParts(outer[...], starts, .init(repeating: nil, count: outer.count), tile: tile, scratch: scratch)
    }
  }

  /// Fixes the ranges of the outer dimensions `remaining`, then emits all parts in them.
  private func emitParts(
    _ remaining: ArraySlice<Int>, _ starts: [Int: LaneIndex], _ ranges: [IndexRange?], tile: [Int], scratch: Value
  ) throws(Diagnostic) {
    guard let o = remaining.first else { return try emitParts(ranges.compactMap { $0 }, tile: tile, scratch: scratch) }
    let d = sequence.outer[o][0]
    try loops.withLength(d, starts[d]!) { length throws(Diagnostic) in
      var ranges = ranges
      ranges[o] = IndexRange(start: starts[d]!, length: length)
      try emitParts(remaining.dropFirst(), starts, ranges, tile: tile, scratch: scratch)
    }
  }

  /// Emits all parts, one after the other, in the given ranges of the outer dimensions.
  private func emitParts(_ outer: [IndexRange], tile: [Int], scratch: Value) throws(Diagnostic) {
    let begun = kernel.memory
    defer { kernel.memory = begun }
    var byteOffset = Bound.constant(0)
    for (p, configuration) in configurations.enumerated() {
      let part = TileLoops(
        KernelBuilder(kernel, vectorWidth: configuration.vectorWidth), kernel.source.parts[p], configuration, loops.unit)
      // What this part hands on.
      for value in sequence.carried where value.writer == p {
        let sizes = value.dimensions.enumerated().map { axis, d in
          value.outer[axis].map { .constant(tile[$0]) } ?? d.map { part.sizes[$0] } ?? Bound.constant(1)
        }
        let reference = MemoryReference(
          pointer: kernel.offset(scratch, byteOffset, .i8(context)), element: value.value.type.element,
          shape: value.dimensions.map { d in d.map { part.sizes[$0] } ?? .constant(1) },
          part: (value.outer.map { $0.map { outer[$0].start } ?? .constant(0) }, sizes))
        let (byteCount, dimension) = SequenceScratch.byteCount(of: value, sequence, tile: tile)
        byteOffset = kernel.add(
          byteOffset, cacheLines(dimension.map { kernel.multiply(part.sizes[$0], .constant(byteCount)) } ?? .constant(byteCount)))
        kernel.memory[value.value] = reference
        part.kernel.memory[value.value] = reference
      }
      let ranges = Dictionary(uniqueKeysWithValues: zip(sequence.outer, outer).map { ($0[p], $1) })
      try NestEmitter(part, ranges: ranges).emitInRanges()
    }
  }

  /// `SequenceScratch.distance` of a size that may be known at run time only.
  private func cacheLines(_ byteCount: Bound) -> Bound {
    switch byteCount {
    case .constant(let count): .constant(SequenceScratch.distance(count))
    case .value(let count):
      .value(b.binary("arith.andi", b.binary("arith.addi", count, b.index(SequenceScratch.spare)), b.index(-64)))
    }
  }
}
