internal import TesseraLoopNests
internal import TesseraMLIR

/// What of a configuration has to do with caches: which tiles share what is read, and what is fetched before it is read.
extension KernelHeuristic {
  /// Tiles of rows that share what they read of the columns, at least, where the rows are many times the second-level cache. Measured on
  /// 2048 x 2048 x 2048 and 512 x 2048 x 8192: 100 and 88 ms without blocks, 78 and 79 with 6 tiles, 79 and 78 with 12, although these rows
  /// no longer fit the second-level cache. Cutting the reduction too, with a copy of the rows, gained nothing: 82 on the first.
  private static let smallestBlock = 6

  /// How many tiles of rows all columns pass before the next ones: what fits half of a second-level cache, but not too few. `nil` where it does
  /// not pay: without blocks the rows are read again for each tile of columns, with blocks the columns for each block.
  func chooseBlock(_ c: KernelConfiguration) -> Int? {
    guard let lane = c.lane, let place = c.order.firstIndex(of: lane) else { return nil }
    let (rowsRead, columnsRead) = contractedBytes(lane)
    guard let rows = rowsRead, let columns = columnsRead else { return nil }
    let batches = tileCount(c.order[..<place], c), columnTiles = tileCount(c.order[place...place], c)
    let rowTiles = tileCount(c.order[(place + 1)...], c)
    let cache = unit.l2ByteCount / 2
    let rowBytes = rows / batches
    guard rowBytes > cache else { return nil }
    let areFar = rowBytes > 4 * unit.l2ByteCount
    let fitting = max(areFar ? Self.smallestBlock : 1, share(cache, rowTiles, of: rowBytes))
    let blocks = (rowTiles + fitting - 1) / fitting
    // Rows that are near cost half as much to read again as columns, which often come from memory.
    let again = Double(columns / batches) * Double(blocks) * (areFar ? 1 : 2)
    guard blocks > 1, again < Double(rowBytes) * Double(columnTiles) else { return nil }
    // Blocks of the same size.
    return (rowTiles + blocks - 1) / blocks
  }

  /// Packed operands are fetched early: by panels where several tiles read each, else a piece ahead. Two panels must not drive out of the
  /// second-level cache what stays there meanwhile: then 2048 x 2048 x 2048 took 84 ms instead of 80.
  func choosePrefetch(_ c: KernelConfiguration) -> KernelConfiguration.Prefetch? {
    guard let contraction, nest.ops[contraction].maps.contains(where: \.isPacked), let lane = c.lane,
      let place = c.order.firstIndex(of: lane)
    else { return nil }
    let panels = nest.ops[contraction].inputs.indices.lazy.compactMap { Panels(nest, op: contraction, operand: $0, c) }.first
    guard let panels, c.canFetchPanels(nest), let rowBytes = contractedBytes(lane).rows else { return .near }
    let tiles = tileCount(c.order[(place + 1)...], c), batches = tileCount(c.order[..<place], c), sharing = c.block ?? tiles
    let stays = share(rowBytes / batches, sharing, of: tiles)
    guard sharing >= Self.panelTiles, stays > unit.l2ByteCount || stays + 2 * panels.byteCount <= unit.l2ByteCount else { return .near }
    return .nextPanel
  }

  /// How many tiles must share a panel, at least, for them to fetch the next one: a tile alone would fetch all of it.
  private static let panelTiles = 4

  /// The distance to the next row, where a pass over the row computes long enough to fetch it meanwhile: the passes that only read it would wait
  /// for it. Measured on a softmax of 1024 x 1024: 0.8 of the time; nothing where rows are so short that the processor looks ahead far enough.
  func rowsAhead(_ lane: Int) -> Int? {
    guard let size = nest.dimensions[lane].size, size <= Self.fetchedRows.upperBound else { return nil }
    let rows = accesses.filter { !$0.isStore && $0.kinds[lane] == .contiguous && nest.ops[$0.op].callsMath }
    guard let bytes = rows.map({ size * $0.element.storedByteCount }).max() else { return nil }
    return Self.fetchedRows.contains(bytes) ? bytes : nil
  }

  /// Sizes of rows in bytes that are worth to be fetched ahead: too long for the processor's own look-ahead, short enough for a first-level cache.
  private static let fetchedRows = 2 << 10...16 << 10

  /// The sizes of the operands of the contraction that do not move along the lanes, and of those that do; `nil` where a size is not known.
  private func contractedBytes(_ lane: Int) -> (rows: Int?, columns: Int?) {
    guard let contraction else { return (nil, nil) }
    let op = nest.ops[contraction]
    func usesLane(_ k: Int) -> Bool {
      nest.dimensionOfLoop[contraction].enumerated().contains { loop, d in
        d == lane && op.maps[k].results.contains { $0.uses(dimension: loop) }
      }
    }
    func bytes(_ k: Int) -> Int? {
      let type = op.operation.operand(k).type
      return type.hasStaticShape ? type.shape.reduce(1, *) * type.element.storedByteCount : nil
    }
    let tensors = op.inputs.indices.filter { op.operation.operand($0).type.isTensor }
    return (tensors.first { !usesLane($0) }.flatMap(bytes), tensors.first(where: usesLane).flatMap(bytes))
  }

  /// `a * part / whole`; the product may be larger than an `Int`.
  private func share(_ a: Int, _ part: Int, of whole: Int) -> Int { Int(Double(a) * Double(part) / Double(whole)) }

  /// How many tiles `dimensions` have.
  private func tileCount(_ dimensions: ArraySlice<Int>, _ c: KernelConfiguration) -> Int {
    dimensions.reduce(1) { count, d in count * ((sizeOrLarge(d) + c.tile[d, default: 1] - 1) / c.tile[d, default: 1]) }
  }
}
