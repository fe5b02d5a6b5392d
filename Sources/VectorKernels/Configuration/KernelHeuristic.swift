internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// Chooses a configuration for a nest: a pure function of the nest and the CPU.
struct KernelHeuristic {
  let nest: LoopNest
  let accesses: [Access]
  let unit: VectorUnit
  let width: Int

  init(_ nest: LoopNest, results: [Value], unit: VectorUnit) {
    self.nest = nest
    self.unit = unit
    accesses = nest.accesses(results: results)
    // Lanes for four-byte elements; for eight-byte ones where the whole kernel has such.
    let wide = results.allSatisfy { ($0.type.element.bitWidth ?? 64) == 64 }
    width = unit.lanes(ofByteCount: wide ? 8 : 4)
  }

  func choose() -> KernelConfiguration {
    let shared = nest.sharedDimensions
    guard let lane = bestLane() else {
      var scalar = KernelConfiguration(lane: nil, width: 1, order: shared)
      fillTiles(&scalar, elements: 1024)
      return scalar
    }
    var configuration = KernelConfiguration(lane: lane, width: width, order: shared)
    if contraction != nil && nest.dimensions[lane].isShared {
      chooseContraction(&configuration)
    } else if nest.dimensions[lane].isShared {
      let vectors = sizeOrLarge(lane) / width
      configuration.unroll[lane] = max(1, min(nest.hasInnerLoops ? 4 : heaviness > 40 ? 2 : 4, vectors))
      chooseTransposition(&configuration)
      fillTiles(&configuration, elements: nest.hasInnerLoops ? width * 4 : 4096)
    } else {
      configuration.unroll[lane] = max(1, min(4, sizeOrLarge(lane) / width))
      if contraction != nil { chooseDotProducts(&configuration) } else { configuration.prefetch = rowsAhead(lane).map { .ahead($0) } }
      if configuration.unpack == nil { fillTiles(&configuration, elements: max(1, 8192 / max(1, sizeOrLarge(lane)))) }
    }
    return configuration
  }

  /// The number of the operation that uses its inputs again and again (a matrix product or a convolution), if there is one.
  var contraction: Int? { nest.ops.firstIndex(where: \.reusesInputs) }

  /// The size of a dimension; a large number where it is dynamic, 1 where it is 0: tiles and ratios need something to divide by.
  func sizeOrLarge(_ d: Int) -> Int { max(1, nest.dimensions[d].size ?? UnknownSize.dimension) }

  /// Operations in the bodies, as a rough measure of the work for an element. Mathematical functions count as many.
  private var heaviness: Int {
    nest.ops.reduce(0) { sum, op in sum + op.operation.descendants.reduce(0) { $0 + ($1.name.hasPrefix("math.") ? 16 : 1) } }
  }

  // MARK: lanes

  /// The dimension along which vectors cost least; `nil` if none can be used.
  private func bestLane() -> Int? {
    if nest.ops.contains(where: \.computesElementByElement) { return nil }
    if let column = packedColumns { return column }
    let candidates = nest.dimensions.indices.filter(canBeLane)
    return candidates.min { cost($0) < cost($1) }
  }

  /// The dimension of the columns of a contraction of packed bytes, which have no other use than to stand in the lanes.
  private var packedColumns: Int? {
    for (i, op) in nest.ops.enumerated() {
      if let product = ByteProduct(op), let d = nest.dimensionOfLoop[i][product.column], nest.dimensions[d].isShared { return d }
    }
    return nil
  }

  /// `true` iff the lanes may run along `d`: a shared dimension, or an inner one of all operations that have inner loops, reduced by known combiners.
  private func canBeLane(_ d: Int) -> Bool {
    if nest.dimensions[d].isShared { return true }
    return nest.ops.indices.allSatisfy { i in
      let inner = nest.innerDimensions(of: i)
      return inner.isEmpty || (inner.contains(d) && (!nest.ops[i].hasReduction || mayReorder(nest.ops[i])))
    }
  }

  /// `true` iff the elements of the reduction `op` may be combined in another order than the program's.
  private func mayReorder(_ op: StructuredOp) -> Bool {
    guard let combiner = Combiner(op) else { return false }
    return !(unit.isStrict && ["arith.addf", "arith.mulf"].contains(combiner.name))
  }

  /// Rough cycles for an element if the lanes run along `d`.
  private func cost(_ d: Int) -> Double {
    var sum = 0.0
    for access in accesses {
      let inner = nest.innerDimensions(of: access.op)
      // A result of a reduction is stored once for all of its inner loop.
      let rare = access.isStore && !inner.isEmpty && nest.ops[access.op].hasReduction
      let weight = rare ? 0.1 : 1.0
      switch access.kinds[d] {
      case .invariant: sum += weight * (access.isStore ? 0.5 : 0.4)
      case .contiguous: sum += weight
      case .strided(let stride): sum += weight * min(Double(width), 2 * Double(stride))
      // Writing apart costs more than reading apart.
      case .scattered: sum += weight * Double(width) * (access.isStore ? 1.5 : 1)
      }
    }
    sum += 0.05 * Double(nest.ops.count)
    if !nest.dimensions[d].isShared { sum += Double(width) / Double(sizeOrLarge(d)) }
    let size = sizeOrLarge(d)
    let used = Double(size) / Double((size + width - 1) / width * width)
    return sum / used
  }

  /// Squares for operands that are scattered along the lanes but contiguous along another dimension.
  private func chooseTransposition(_ c: inout KernelConfiguration) {
    guard !nest.hasInnerLoops, let lane = c.lane else { return }
    let rows = nest.sharedDimensions.first { d in
      d != lane && sizeOrLarge(d) >= width
        && accesses.contains { !$0.isStore && $0.kinds[lane].isApart && $0.kinds[d] == .contiguous }
    }
    guard let rows, sizeOrLarge(lane) >= width else { return }
    c.transposed = rows
    c.unroll[lane] = 1
    c.unroll[rows] = width
    c.tile[rows] = width
    c.tile[lane] = width
  }

  // MARK: contractions

  /// Register tile of a contraction with lanes along a column of the result.
  private func chooseContraction(_ c: inout KernelConfiguration) {
    let lane = c.lane!
    let columns = sizeOrLarge(lane)
    let vectors = (columns + width - 1) / width
    // The rows: the shared dimension, innermost first, along which the operand in the lanes stays the same.
    let rows = nest.sharedDimensions.reversed().first { d in
      d != lane && sizeOrLarge(d) > 1
        && accesses.contains { $0.op == contraction && !$0.isStore && $0.kinds[lane].isInVectors && $0.kinds[d] == .invariant }
    }
    let tile = RegisterTileChoice(
      rows: rows.map { nest.dimensions[$0].size ?? UnknownSize.dimension } ?? 1,
      isFixed: rows.map { nest.dimensions[$0].size != nil } ?? true,
      vectors: vectors, registers: unit.registerCount, rowLimit: rows.map(rowLimit) ?? 16)
    c.unroll[lane] = tile.vectors
    c.tile[lane] = tile.vectors * width
    if let rows {
      c.unroll[rows] = tile.rows
      c.tile[rows] = tile.rows
      // Columns outermost: a panel of the operand in the lanes stays in the cache while all rows pass.
      c.order = [lane] + c.order.filter { $0 != lane && $0 != rows } + [rows]
      // Batches stay outermost.
      let batches = c.order.filter { d in
        d != lane && d != rows
          && accesses.contains { $0.op == contraction && !$0.isStore && $0.kinds[lane].isInVectors && $0.kinds[d] != .invariant }
      }
      c.order = batches + c.order.filter { !batches.contains($0) }
      c.block = chooseBlock(c)
    }
    chooseLines(&c, rows: rows)
    c.prefetch = choosePrefetch(c)
  }

  /// The most rows of a register tile: each has an address register where the distance from row to row is not known at compile time, and half of
  /// the registers hold other things.
  ///
  /// Measured on attention of MobileBERT with a number of keys that is not known: 745 us with 12 rows, 460 with 8 or 6.
  private func rowLimit(_ rows: Int) -> Int {
    guard let contraction else { return 16 }
    let op = nest.ops[contraction]
    let isApart = op.inputs.indices.contains { k in
      let shape = op.inputs[k].type.isTensor ? op.inputs[k].type.shape : []
      let axis = op.maps[k].results.firstIndex { expression in
        nest.dimensionOfLoop[contraction].enumerated().contains { $1 == rows && expression.uses(dimension: $0) }
      }
      return axis.map { shape.dropFirst($0 + 1).contains(Type.dynamic) } ?? false
    }
    return isApart ? unit.addressRegisterCount / 2 : 16
  }

  /// Rows of dot products side by side, where the lanes run along the reduction.
  private func chooseDotProducts(_ c: inout KernelConfiguration) {
    let lane = c.lane!
    c.unroll[lane] = 1
    // Measured on products of one row and 4-bit weights, 32000 x 1024: 7.3 ms without, 1.7 with 8 KiB.
    if contraction.map({ nest.ops[$0].inputs.contains { $0.type.isTensor && $0.type.element.bitWidth == 8 } }) == true {
      c.prefetch = .ahead(8 << 10)
    }
    var budget = unit.registerCount * 3 / 4
    for d in nest.sharedDimensions.reversed().prefix(2) {
      let size = sizeOrLarge(d)
      let count = max(1, min(size, 4, budget))
      c.unroll[d] = count
      c.tile[d] = count
      budget /= count
    }
    chooseUnpacking(&c)
  }

  /// Weights that many rows meet are taken out of their bytes once for all rows of a tile, which are as many as stay in half of a second-level cache.
  private func chooseUnpacking(_ c: inout KernelConfiguration) {
    guard let contraction else { return }
    let candidates = nest.sharedDimensions.filter { c.step($0) > 1 && sizeOrLarge($0) > c.step($0) }
    let operands = candidates.compactMap { UnpackedOperand(nest, op: contraction, rows: $0, lane: c.lane) }
    guard let operand = operands.max(by: { $0.unpacking.operations.count < $1.unpacking.operations.count }) else { return }
    let rows = operand.rows, columns = operand.columns.reduce(1) { $0 * c.step($1) }
    c.unpack = rows
    c.unroll[rows] = max(1, min(sizeOrLarge(rows), unit.registerCount * 3 / 4 / columns))
    c.order = c.order.filter { $0 != rows } + [rows]
    let rowBytes = operand.values.count * operand.innerCount * operand.element.storedByteCount
    let fitting = max(1, unit.l2ByteCount / 2 / rowBytes / c.step(rows)) * c.step(rows)
    c.tile[rows] = min(fitting, nest.dimensions[rows].size ?? fitting)
    for d in operand.columns { c.tile[d] = min(c.step(d) * Self.columnTiles, nest.dimensions[d].size ?? Int.max) }
  }

  /// Register tiles of columns in a tile of work: enough to make little of the way to it, few enough for all threads to have some.
  private static let columnTiles = 8

  /// Makes tiles of about `elements` iterations, from the innermost shared dimension outwards.
  private func fillTiles(_ c: inout KernelConfiguration, elements: Int) {
    var rest = max(1, elements)
    for d in c.order.reversed() {
      let step = c.step(d)
      let size = sizeOrLarge(d)
      let existing = c.tile[d, default: 1]
      let wanted = max(step, existing, min(size, rest))
      c.tile[d] = wanted >= size && nest.dimensions[d].size != nil ? size : (wanted + step - 1) / step * step
      rest /= max(1, wanted)
      if rest <= 1 { rest = 1 }
    }
  }
}
