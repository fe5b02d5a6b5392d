internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// The loops over the tiles of a nest, after its configuration.
struct TileLoops {
  let kernel: KernelBuilder
  let nest: LoopNest
  let configuration: KernelConfiguration
  let unit: VectorUnit
  /// The size of each dimension.
  let sizes: [Bound]

  /// Finds the sizes of all dimensions. Requires: the tensors of the nest are in the builder's memory.
  init(_ kernel: KernelBuilder, _ nest: LoopNest, _ configuration: KernelConfiguration, _ unit: VectorUnit) {
    (self.kernel, self.nest, self.configuration, self.unit) = (kernel, nest, configuration, unit)
    sizes = nest.dimensions.indices.map { Self.size(of: $0, nest, kernel) }
  }

  var b: Builder { kernel.b }
  var context: Context { kernel.context }
  var width: Int { kernel.width }

  /// The size of dimension `d`.
  private static func size(of d: Int, _ nest: LoopNest, _ kernel: KernelBuilder) -> Bound {
    if let size = nest.dimensions[d].size { return .constant(size) }
    for (i, op) in nest.ops.enumerated() {
      for (operand, map) in zip(op.operation.operands, op.maps) {
        for (axis, expression) in map.results.enumerated() {
          guard let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d else { continue }
          if let reference = kernel.memory[operand] { return reference.shape[axis] }
          if let empty = operand.definingOperation, empty.name == "tensor.empty" {
            return .value(kernel.scalarValues[empty.operand(operand.type.dynamicPosition(of: axis))]!)
          }
        }
      }
      for (result, map) in zip(op.operation.results, op.outputMaps) {
        guard let reference = kernel.memory[result] else { continue }
        for (axis, expression) in map.results.enumerated() {
          if let loop = expression.asDimension, nest.dimensionOfLoop[i][loop] == d { return reference.shape[axis] }
        }
      }
    }
    fatalError("compiler bug: no operand has the size of dimension \(d) of \(kernel.source.function.symbolName ?? "?")")
  }

  /// Emits the loop over this workgroup's share of the tiles of the dimensions `order`. `body` gets the first
  /// index of each in a tile, and which of the tiles on one panel it is.
  func emitShare(of order: [Int], _ body: ([Int: LaneIndex], PanelTile?) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let counts = order.map { d -> Bound in kernel.ceilDivide(sizes[d], configuration.tile[d, default: 1]) }
    var total = Bound.constant(1)
    for count in counts { total = kernel.multiply(total, count) }
    let siblings = kernel.source.sequence.siblings
    let share = kernel.share(of: kernel.multiply(total, .constant(1 + siblings.count)))
    _ = try kernel.loop(share.first, share.last, step: 1) { linear, _ throws(Diagnostic) in
      var number = linear.base(b)
      let own = (kernel.memory, kernel.scalarValues)
      defer { (kernel.memory, kernel.scalarValues) = own }
      if !siblings.isEmpty {
        kernel.chooseSibling(b.binary("arith.divui", number, total.value(b)))
        number = b.binary("arith.remui", number, total.value(b))
      }
      let (starts, panel) = tileStarts(number, order, counts)
      try body(starts, panel)
      return []
    }
  }

  /// The first indices of the tile with the number `linear`: the last dimension of `order` moves fastest, inside of a block if there are some.
  private func tileStarts(_ linear: Value, _ order: [Int], _ counts: [Bound]) -> (starts: [Int: LaneIndex], panel: PanelTile?) {
    var starts: [Int: LaneIndex] = [:]
    var rest = linear
    /// Takes the tiles `dimensions` (places in `order`) off `rest`; `isAll` says that nothing else is left in it.
    func take(_ dimensions: Range<Int>, isAll: Bool) {
      for k in dimensions.reversed() {
        let d = order[k]
        if counts[k].asConstant == 1 {
          starts[d] = .constant(0)
          continue
        }
        var position = rest
        if !isAll || !counts[dimensions.lowerBound..<k].allSatisfy({ $0.asConstant == 1 }) {
          position = b.binary("arith.remui", rest, counts[k].value(b))
          rest = b.binary("arith.divui", rest, counts[k].value(b))
        }
        starts[d] = LaneIndex(dynamic: position).multiplied(by: configuration.tile[d, default: 1], b)
      }
    }
    guard let lane = configuration.lane, let columns = order.firstIndex(of: lane) else {
      take(order.indices, isAll: true)
      return (starts, nil)
    }
    guard let block = configuration.block else {
      take(order.indices, isAll: true)
      if let count = counts[(columns + 1)...].reduce(Bound.constant(1), kernel.multiply).asConstant, count > 0 {
        return (starts, PanelTile(number: b.binary("arith.remui", linear, b.index(count)), count: count))
      }
      return (starts, nil)
    }
    // The number is ((batch * blocks + block) * columns + column) * tiles of the block + tile; the last block may have fewer tiles.
    let rows = counts[(columns + 1)...].reduce(Bound.constant(1), kernel.multiply).value(b)
    let columnCount = counts[columns].value(b)
    let batchSize = b.binary("arith.muli", rows, columnCount)
    let batch = b.binary("arith.divui", rest, batchSize)
    let inBatch = b.binary("arith.remui", rest, batchSize)
    let blockSize = b.binary("arith.muli", columnCount, b.index(block))
    let first = b.binary("arith.muli", b.binary("arith.divui", inBatch, blockSize), b.index(block))
    let inBlock = b.binary("arith.remui", inBatch, blockSize)
    let size = b.binary("arith.minui", b.index(block), b.binary("arith.subi", rows, first))
    starts[lane] = LaneIndex(dynamic: b.binary("arith.divui", inBlock, size)).multiplied(by: configuration.tile[lane, default: 1], b)
    let panel = PanelTile(number: b.binary("arith.remui", inBlock, size), count: block)
    rest = b.binary("arith.addi", first, panel.number)
    take(columns + 1..<order.count, isAll: true)
    rest = batch
    take(0..<columns, isAll: true)
    return (starts, panel)
  }

  /// The address of the row that a tile is. Requires: the rows are the first dimension, and one is a tile.
  func beginOfRow(_ rows: MemoryReference, _ starts: [Int: LaneIndex]) -> Value {
    guard let row = configuration.order.first.flatMap({ starts[$0] }) else { return rows.pointer }
    return kernel.offset(rows.pointer, .value(b.binary("arith.muli", row.base(b), rows.shape[1].value(b))), rows.element)
  }

  /// Emits `emit` for the tile of dimension `d` at `start`, with its length.
  ///
  /// A last tile of another length has code of its own: what remains is computed in one register tile too, not row after row.
  func withLength(_ d: Int, _ start: LaneIndex, _ emit: (Bound) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let whole = configuration.tile[d, default: 1]
    guard let size = sizes[d].asConstant, size > whole, size % whole != 0 else { return try emit(tileLength(d, start)) }
    let isLast = b.compare(.equal, start.base(b), b.index(size - size % whole))
    var regions: [Region] = []
    for length in [size % whole, whole] {
      let side = try kernel.region([]) { _ throws(Diagnostic) in
        try emit(.constant(length))
        b.create("scf.yield")
      }
      regions.append(side)
    }
    b.create("scf.if", [isLast], regions: regions)
  }

  /// How many iterations of dimension `d` the tile at `start` has.
  func tileLength(_ d: Int, _ start: LaneIndex) -> Bound {
    let tile = configuration.tile[d, default: 1]
    if let size = sizes[d].asConstant {
      if size % tile == 0 { return .constant(tile) }
      if size < tile { return .constant(size) }
    } else if tile == 1 {
      return .constant(1)
    }
    let rest = b.binary("arith.subi", sizes[d].value(b), start.base(b))
    return .value(b.binary("arith.minui", rest, b.index(tile)))
  }
}

/// A tile among those that read the same panel of a packed operand, one after the other.
struct PanelTile {
  var number: Value
  var count: Int
}
