import Diagnostics
import MLIR

extension KernelEmitter {
  /// Emits the loop over this workgroup's share of the tiles.
  func emitTiles(workgroup: Value) throws(Diagnostic) {
    try emitShare(of: configuration.order, workgroup: workgroup) { starts throws(Diagnostic) in
      try emitTile(starts, remaining: configuration.order[...], RegisterTile())
    }
  }

  /// Emits the loop over this workgroup's share of the tiles of the dimensions `order`. `body` gets the first index of each in a tile.
  func emitShare(of order: [Int], workgroup: Value, _ body: ([Int: LaneIndex]) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let counts = order.map { d -> Bound in ceilDivide(sizes[d], configuration.tile[d, default: 1]) }
    var total = Bound.constant(1)
    for count in counts { total = multiply(total, count) }
    let siblings = source.sequence.siblings
    let share = share(of: multiply(total, .constant(1 + siblings.count)), workgroup)
    _ = try loop(share.first, share.last, step: 1) { linear, _ throws(Diagnostic) in
      var number = linear.base(b)
      let own = (memory, scalarValues)
      defer { (memory, scalarValues) = own }
      if !siblings.isEmpty {
        chooseSibling(b.binary("arith.divui", number, total.value(b)))
        number = b.binary("arith.remui", number, total.value(b))
      }
      let starts = tileStarts(number, order, counts)
      try body(starts)
      panelTile = nil
      return []
    }
  }

  /// What this workgroup has to do of `total` pieces of work: those from `first` up to `last`.
  func share(of total: Bound, _ workgroup: Value) -> (first: Bound, last: Bound) {
    let i32 = Type.i32(context), index = Type.index(context)
    let id = b.value("arith.index_castui", [b.value("llvm.load", [workgroup], type: i32)], type: index)
    let count = b.value("arith.index_castui", [b.value("llvm.load", [offset(workgroup, .constant(1), i32)], type: i32)], type: index)
    let all = total.value(b)
    let first = b.binary("arith.divui", b.binary("arith.muli", all, id), count)
    let next = b.binary("arith.addi", id, b.index(1))
    let last = b.binary("arith.divui", b.binary("arith.muli", all, next), count)
    return (.value(first), .value(last))
  }

  /// The first indices of the tile with the number `linear`: the last dimension of `order` moves fastest, inside of a block if there are some.
  private func tileStarts(_ linear: Value, _ order: [Int], _ counts: [Bound]) -> [Int: LaneIndex] {
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
      return starts
    }
    guard let block = configuration.block else {
      take(order.indices, isAll: true)
      if let count = counts[(columns + 1)...].reduce(Bound.constant(1), multiply).asConstant, count > 0 {
        panelTile = PanelTile(number: b.binary("arith.remui", linear, b.index(count)), count: count)
      }
      return starts
    }
    // The number is ((batch * blocks + block) * columns + column) * tiles of the block + tile; the last block may have fewer tiles.
    let rows = counts[(columns + 1)...].reduce(Bound.constant(1), multiply).value(b)
    let columnCount = counts[columns].value(b)
    let batchSize = b.binary("arith.muli", rows, columnCount)
    let batch = b.binary("arith.divui", rest, batchSize)
    let inBatch = b.binary("arith.remui", rest, batchSize)
    let blockSize = b.binary("arith.muli", columnCount, b.index(block))
    let first = b.binary("arith.muli", b.binary("arith.divui", inBatch, blockSize), b.index(block))
    let inBlock = b.binary("arith.remui", inBatch, blockSize)
    let size = b.binary("arith.minui", b.index(block), b.binary("arith.subi", rows, first))
    starts[lane] = LaneIndex(dynamic: b.binary("arith.divui", inBlock, size)).multiplied(by: configuration.tile[lane, default: 1], b)
    panelTile = PanelTile(number: b.binary("arith.remui", inBlock, size), count: block)
    rest = b.binary("arith.addi", first, panelTile!.number)
    take(columns + 1..<order.count, isAll: true)
    rest = batch
    take(0..<columns, isAll: true)
    return starts
  }

  /// Emits all tiles inside of `ranges`: those dimensions have loops outside, the others are passed whole.
  func emitTiles(remaining: ArraySlice<Int>? = nil, starts: [Int: LaneIndex] = [:]) throws(Diagnostic) {
    let remaining = remaining ?? configuration.order[...]
    guard let d = remaining.first else { return try emitTile(starts, remaining: configuration.order[...], RegisterTile()) }
    var starts = starts
    if let range = ranges[d] {
      starts[d] = range.start
      return try emitTiles(remaining: remaining.dropFirst(), starts: starts)
    }
    _ = try loop(.constant(0), sizes[d], step: configuration.tile[d, default: 1]) { i, _ throws(Diagnostic) in
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
      try split(d, length) { position, count throws(Diagnostic) in
        var inner = tile
        inner.index[d] = start.adding(position, b)
        if d == configuration.lane { inner.index[d]!.stride = 1 }
        inner.count[d] = count
        try emitTile(starts, remaining: remaining.dropFirst(), inner)
      }
    }
    if let range = ranges[d] { return try emit(range.length) }
    guard configuration.unroll[d, default: 1] > 1 else { return try emit(tileLength(d, start)) }
    try withLength(d, start, emit)
  }

  /// Emits `emit` for the tile of dimension `d` at `start`, with its length.
  ///
  /// A last tile of another length has code of its own: what remains is computed in one register tile too, not row after row.
  func withLength(_ d: Int, _ start: LaneIndex, _ emit: (Bound) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let whole = configuration.tile[d, default: 1]
    guard let size = sizes[d].asConstant, size > whole, size % whole != 0 else { return try emit(tileLength(d, start)) }
    let isLast = b.value(
      "arith.cmpi", [start.base(b), b.index(size - size % whole)], type: .i1(context), attributes: [("predicate", .i64(0, context))])
    var regions: [Region] = []
    for length in [size % whole, whole] {
      let side = try region([]) { _ throws(Diagnostic) in
        try emit(.constant(length))
        b.create("scf.yield")
      }
      regions.append(side)
    }
    b.create("scf.if", [isLast], regions: regions)
  }

  /// How many iterations of dimension `d` the tile at `start` has.
  private func tileLength(_ d: Int, _ start: LaneIndex) -> Bound {
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
