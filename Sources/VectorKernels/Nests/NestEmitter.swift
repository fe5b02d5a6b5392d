internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Emits one loop nest of a kernel: nested `scf` loops over vector code, after a configuration.
///
/// Operations are evaluated on demand, at a point of the nest: an elementwise producer is computed where it is read, in registers.
/// Reductions, and elementwise operations that only depend on the shared dimensions, are computed once for each point of the shared loops.
final class NestEmitter: TileEmitter {
  let loops: TileLoops
  /// The range of each dimension that a loop around this nest iterates.
  let ranges: [Int: IndexRange]

  /// What is already computed, by the scope in which it is known.
  private var computed: [Int: [MemoKey: [BodyValue]]] = [:]
  /// Operations whose values are kept in memory between stages, and those of them that are already there.
  var kept: [Int: MemoryReference] = [:]
  var stored: Set<Int> = []
  /// The stack memory of those that are kept there, for one register tile.
  var stackMemory: [Int: Value] = [:]
  /// Kept operations that the current stage stores.
  var pendingStores: Set<Int> = []
  /// The combiner of the reduction along the lanes that is being emitted.
  var partialCombiner: Combiner?
  /// What the rows of the current tile share, and its memory.
  var unpacked: (operand: UnpackedOperand, memory: MemoryReference)?
  /// Which of the tiles that read one panel this is, where that is known.
  var panelTile: PanelTile?

  init(_ loops: TileLoops, ranges: [Int: IndexRange] = [:]) {
    (self.loops, self.ranges) = (loops, ranges)
  }

  // MARK: memory of values

  /// A value at a place of the register tile.
  struct MemoKey: Hashable {
    var op: Int
    var operand: Int
    var place: [Int]
  }

  /// The values that were remembered in a scope that is open.
  func remembered(_ key: MemoKey) -> [BodyValue]? {
    for scope in kernel.openScopes.reversed() { if let found = computed[scope]?[key] { return found } }
    return nil
  }

  /// Remembers values while the current scope is open.
  func remember(_ values: [BodyValue], _ key: MemoKey) {
    computed[kernel.openScopes[kernel.openScopes.count - 1], default: [:]][key] = values
  }

  // MARK: tiles

  /// Emits the loop over this workgroup's share of the tiles.
  func emit() throws(Diagnostic) {
    chooseKeptOperations()
    try loops.emitShare(of: configuration.order) { starts, panel throws(Diagnostic) in
      panelTile = panel
      try emitTile(starts, remaining: configuration.order[...], RegisterTile())
    }
  }

  /// Emits all tiles in `ranges`.
  func emitInRanges() throws(Diagnostic) {
    chooseKeptOperations()
    try emitTiles(remaining: configuration.order[...], starts: [:])
  }

  /// Emits all tiles inside of `ranges`: those dimensions have loops outside, the others are passed whole.
  private func emitTiles(remaining: ArraySlice<Int>, starts: [Int: LaneIndex]) throws(Diagnostic) {
    guard let d = remaining.first else { return try emitTile(starts, remaining: configuration.order[...], RegisterTile()) }
    var starts = starts
    if let range = ranges[d] {
      starts[d] = range.start
      return try emitTiles(remaining: remaining.dropFirst(), starts: starts)
    }
    _ = try kernel.loop(.constant(0), sizes[d], step: configuration.tile[d, default: 1]) { i, _ throws(Diagnostic) in
      starts[d] = i
      try emitTiles(remaining: remaining.dropFirst(), starts: starts)
      return []
    }
  }

  /// Emits the loops over one tile, outermost dimension first, down to the register tile.
  private func emitTile(_ starts: [Int: LaneIndex], remaining: ArraySlice<Int>, _ tile: RegisterTile) throws(Diagnostic) {
    guard let d = remaining.first else { return try emitStages(tile) }
    let start = starts[d]!
    func emit(_ length: Bound) throws(Diagnostic) {
      try unpacking(d, length, tile) { () throws(Diagnostic) in
        try loops.split(d, length) { position, count throws(Diagnostic) in
          var inner = tile
          inner.index[d] = start.adding(position, b)
          if d == configuration.lane { inner.index[d]!.stride = 1 }
          inner.count[d] = count
          try emitTile(starts, remaining: remaining.dropFirst(), inner)
        }
      }
    }
    if let range = ranges[d] { return try emit(range.length) }
    guard configuration.unroll[d, default: 1] > 1 else { return try emit(loops.tileLength(d, start)) }
    try loops.withLength(d, start, emit)
  }
}

/// Some indices of a dimension.
struct IndexRange {
  var start: LaneIndex
  var length: Bound
}
