internal import TesseraDialects
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

extension KernelSource {
  /// The configuration of each nest: that of a nest alone, but with the same tiles of the outer dimensions in all of them.
  func chooseConfigurations(unit: VectorUnit) -> [KernelConfiguration] {
    if let last = parts[0].ops.last, last.worksOnRows {
      if let scatter = ScatterOp(last.operation) { return [configuration(of: scatter, unit: unit)] }
      if let recurrence = RecurrenceOp(last.operation) { return [configuration(of: recurrence, unit: unit)] }
      if let forest = ForestOp(last.operation) { return [configuration(of: forest, unit: unit)] }
      if let scan = ScanOp(last.operation) { return [configuration(of: scan, unit: unit)] }
      guard let select = SelectOp(last.operation), let bits = select.keys.type.element.bitWidth else {
        return [KernelConfiguration(lane: nil, width: 1, order: parts[0].sharedDimensions)]
      }
      let lane = parts[0].dimensionOfLoop[parts[0].ops.count - 1][1]
      return [KernelConfiguration(lane: lane, width: unit.lanes(ofByteCount: bits / 8), order: parts[0].sharedDimensions)]
    }
    var list = parts.indices.map { KernelHeuristic(parts[$0], results: results(of: $0), unit: unit).choose() }
    guard parts.count > 1 else { return list }
    // Each register tile of rows passes all panels.
    for p in list.indices {
      if list[p].prefetch == .nextPanel { list[p].prefetch = .near }
      list[p].unpack = nil
    }
    let tile = chooseOuterTile(list, unit)
    for p in parts.indices { for (o, numbers) in sequence.outer.enumerated() { list[p].tile[numbers[p]] = tile[o] } }
    return list
  }

  /// Vectors of columns, no wider than there are columns; of rows where there is one column, which serve to copy it. Complex elements are one
  /// at a time.
  private func configuration(of scatter: ScatterOp, unit: VectorUnit) -> KernelConfiguration {
    let columns = scatter.result.type.shape[2], element = scatter.result.type.element
    let loops = parts[0].dimensionOfLoop[0]
    guard let lane = loops[3] ?? loops[1], !element.isComplex else {
      return KernelConfiguration(lane: nil, width: 1, order: parts[0].sharedDimensions)
    }
    var width = unit.lanes(ofByteCount: element.storedByteCount)
    while columns != Type.dynamic, columns > 1, width > 2, width / 2 >= columns { width /= 2 }
    return KernelConfiguration(lane: lane, width: width, order: parts[0].sharedDimensions)
  }

  /// Vectors of columns; elements one after the other where there is one column, and of complex numbers.
  private func configuration(of scan: ScanOp, unit: VectorUnit) -> KernelConfiguration {
    let element = scan.input.type.element, order = parts[0].sharedDimensions
    guard let lane = parts[0].dimensionOfLoop[0][2], !element.isComplex else {
      return KernelConfiguration(lane: nil, width: 1, order: order)
    }
    var configuration = KernelConfiguration(lane: lane, width: unit.lanes(ofByteCount: element.storedByteCount), order: order)
    configuration.unroll[lane] = RowScanner.scannedVectors
    configuration.tile[lane] = RowScanner.scannedVectors * configuration.width
    return configuration
  }

  /// Vectors of products: as many as half of the registers hold sums of, for one sequence; for several at a time, two for each.
  private func configuration(of recurrence: RecurrenceOp, unit: VectorUnit) -> KernelConfiguration {
    let order = parts[0].sharedDimensions, width = unit.lanes(ofByteCount: recurrence.input.type.element.storedByteCount)
    guard let lane = parts[0].dimensionOfLoop[0][4] else { return KernelConfiguration(lane: nil, width: 1, order: order) }
    var configuration = KernelConfiguration(lane: lane, width: width, order: order)
    if let batch = order.first, !recurrence.form.hasLengths { configuration.tile[batch] = RecurrenceEmitter.sequencesAtOnce }
    configuration.unroll[lane] = unit.registerCount / (configuration.tile.isEmpty ? 2 : 2 * RecurrenceEmitter.sequencesAtOnce)
    return configuration
  }

  /// As many rows at a time as make it worth to fetch the nodes of a tree, if these do not stay in a cache, and as have their features there;
  /// vectors of weights, where a leaf has some for all targets.
  private func configuration(of forest: ForestOp, unit: VectorUnit) -> KernelConfiguration {
    let element = forest.features.type.element.storedByteCount, shape = forest.features.type.shape, loops = parts[0].dimensionOfLoop[0]
    var configuration = KernelConfiguration(lane: nil, width: 1, order: parts[0].sharedDimensions)
    if let rows = loops[1] {
      let isLarge = 2 * element * forest.records.type.shape[0] > ForestEmitter.cacheByteCount
      let width = shape[1] == Type.dynamic ? 1 : max(shape[1], 1)
      let fitting = ForestEmitter.cacheByteCount / (element * width)
      let blocks = isLarge ? min(max(fitting / ForestEmitter.walksAtOnce, 4), 32) : 4
      configuration.tile[rows] = blocks * ForestEmitter.walksAtOnce
    }
    if forest.form.leaves == .rows, let lane = loops[2] {
      let targets = forest.result.type.shape[2]
      configuration.lane = lane
      configuration.width = unit.lanes(ofByteCount: element)
      while configuration.width > 2, configuration.width / 2 >= targets { configuration.width /= 2 }
    }
    return configuration
  }

  /// Some register tiles of rows at a time: as many as the scratch memory of a third of a second-level cache holds, up to four, as long as
  /// threads get enough tiles.
  private func chooseOuterTile(_ configurations: [KernelConfiguration], _ unit: VectorUnit) -> [Int] {
    var tile = [Int](repeating: 1, count: sequence.outer.count)
    // The rows: what the first nest has several of in registers.
    guard let rows = sequence.outer.firstIndex(where: { configurations[0].unroll[$0[0], default: 1] > 1 }) else { return tile }
    let dimension = sequence.outer[rows][0]
    let step = configurations[0].step(dimension)
    let others = sequence.outer.indices.reduce(1) { $0 * ($1 == rows ? 1 : parts[0].dimensions[sequence.outer[$1][0]].size ?? 1) }
    let size = parts[0].dimensions[dimension].size ?? UnknownSize.dimension
    tile[rows] = step
    for count in 2...4 {
      var larger = tile
      larger[rows] = step * count
      guard SequenceScratch.usualByteCount(sequence, tile: larger) <= unit.l2ByteCount / 3, others * (size / larger[rows]) >= 8 else {
        break
      }
      tile = larger
    }
    return tile
  }
}
