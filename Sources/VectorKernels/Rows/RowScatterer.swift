internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// A scatter is a walk over the updates, in order: each is combined into the row that it names. A workgroup has a batch, a block of columns and
/// some of the rows, copies them, and passes over the updates of other rows; so threads never write the same element, and the order in
/// which updates are combined does not depend on their number.
struct RowScatterer: TileEmitter {
  let loops: TileLoops
  let scatter: ScatterOp

  /// The most parts that the rows of a batch are cut into. Each workgroup reads all places, so more would cost more than they share.
  static let pieces = 4

  /// The part of a scatter that one iteration does.
  private struct ScatterShare {
    /// The number of the batch's first row among all rows, and of its first update.
    let firstRow: Value
    let firstUpdate: Value
    /// The rows of the batch, from the first to the end.
    let rows: (first: Value, end: Value)
    /// The columns, the first and how many.
    let columns: (first: Value, count: Bound)
  }

  /// Emits the loop over this workgroup's share of the batches, columns and rows.
  func emit() throws(Diagnostic) {
    let result = kernel.memory[scatter.result]!, updates = updateCount
    let (batches, rows, columns) = (result.shape[0], result.shape[1], result.shape[2])
    let blocks = kernel.ceilDivide(columns, ScatterOp.columnBlock), pieces = b.index(Self.pieces)
    let share = kernel.share(of: kernel.multiply(kernel.multiply(batches, blocks), .constant(Self.pieces)))
    let (first, last) = (share.first.value(b), share.last.value(b))
    let end = b.binary("arith.ceildivui", last, pieces)
    _ = try kernel.loop(.value(b.binary("arith.divui", first, pieces)), .value(end), step: 1) { i, _ throws(Diagnostic) in
      let number = i.base(b), start = b.times(number, pieces), stop = b.plus(start, pieces)
      let batch = blocks.asConstant == 1 ? number : b.binary("arith.divui", number, blocks.value(b))
      let block = blocks.asConstant == 1 ? b.index(0) : b.binary("arith.remui", number, blocks.value(b))
      // Pieces of one batch that are this workgroup's are one range of rows.
      func row(_ piece: Value) -> Value { b.binary("arith.divui", b.times(b.minus(piece, start), rows.value(b)), pieces) }
      let firstColumn = b.times(block, b.index(ScatterOp.columnBlock))
      let rest =
        blocks.asConstant == 1
        ? columns : .value(b.binary("arith.minui", b.minus(columns.value(b), firstColumn), b.index(ScatterOp.columnBlock)))
      let own = ScatterShare(
        firstRow: b.times(batch, rows.value(b)), firstUpdate: b.times(batch, updates.value(b)),
        rows: (row(b.binary("arith.maxui", first, start)), row(b.binary("arith.minui", last, stop))), columns: (firstColumn, rest))
      try copyRows(own, areWhole: blocks.asConstant == 1)
      try combineUpdates(own)
      return []
    }
  }

  /// How many updates a batch has.
  private var updateCount: Bound { nest.dimensionOfLoop[0][2].map { sizes[$0] } ?? .constant(1) }

  /// The elements of `tensor` at `index` of all of its elements, which may be the same everywhere.
  private func element(_ tensor: Value, _ index: LaneIndex) -> BodyValue {
    kernel.memory[tensor].map { kernel.load(kernel.flat($0), at: [.affine(index)], mask: nil) } ?? kernel.same(tensor)
  }

  // MARK: rows

  /// Copies the rows of a share from the target to the result, unless these are the same memory; fills them where the target is the same
  /// everywhere.
  private func copyRows(_ share: ScatterShare, areWhole: Bool) throws(Diagnostic) {
    let to = kernel.memory[scatter.result]!, columns = to.shape[2].value(b)
    /// Emits `move` for the first element and the number of elements of each piece.
    func eachPiece(_ move: (Value, Value) throws(Diagnostic) -> Void) throws(Diagnostic) {
      let first = b.plus(share.firstRow, share.rows.first), end = b.plus(share.firstRow, share.rows.end)
      if areWhole { return try move(b.times(first, columns), b.times(b.minus(end, first), columns)) }
      _ = try kernel.loop(.value(first), .value(end), step: 1) { row, _ throws(Diagnostic) in
        try move(b.plus(b.times(row.base(b), columns), share.columns.first), share.columns.count.value(b))
        return []
      }
    }
    guard let from = kernel.memory[scatter.target] else {
      return try eachPiece { start, count throws(Diagnostic) in
        try eachVector(.value(count)) { i throws(Diagnostic) in
          kernel.store(kernel.same(scatter.target), to: kernel.flat(to), at: [.affine(LaneIndex(dynamic: start).adding(i, b))])
        }
      }
    }
    let places = [from, to].map { kernel.machine.number(of: $0.pointer, b) }
    let copying = try kernel.region([]) { _ throws(Diagnostic) in
      try eachPiece { start, count throws(Diagnostic) in try copyElements(from, to, at: start, count: count) }
      b.create("scf.yield")
    }
    b.create("scf.if", [b.compare(.notEqual, places[0], places[1])], regions: [copying, Region.create()])
  }

  /// Copies `count` elements from the same place on, whole vectors and then the rest.
  private func copyElements(_ from: MemoryReference, _ to: MemoryReference, at start: Value, count: Value) throws(Diagnostic) {
    let size = from.element.storedByteCount
    let unit = Type.integer(8 * min(size, 8), context), width = loops.unit.lanes(ofByteCount: min(size, 8))
    let units = size / min(size, 8)
    let (first, all) = (b.times(start, b.index(units)), b.times(count, b.index(units)))
    let full = b.minus(all, b.binary("arith.remui", all, b.index(width)))
    func move(_ type: Type, _ i: Value) {
      let place = Bound.value(b.plus(first, i))
      let moved = kernel.load(type, from: kernel.offset(from.pointer, place, unit), in: from, alignment: min(size, 8))
      kernel.store(moved, at: kernel.offset(to.pointer, place, unit), in: to, alignment: min(size, 8))
    }
    _ = try kernel.loop(.constant(0), .value(full), step: width) { i, _ throws(Diagnostic) in
      move(.vector([width], unit), i.base(b))
      return []
    }
    _ = try kernel.loop(.value(full), .value(all), step: 1) { i, _ throws(Diagnostic) in
      move(unit, i.base(b))
      return []
    }
  }

  // MARK: updates

  /// Combines the updates of a share's batch that go to its rows, one after the other. A place that is no row is reported, unless it says so.
  private func combineUpdates(_ share: ScatterShare) throws(Diagnostic) {
    let result = kernel.memory[scatter.result]!, rows = result.shape[1].value(b), columns = result.shape[2].value(b)
    let extent = b.minus(share.rows.end, share.rows.first)
    _ = try kernel.loop(.constant(0), updateCount, step: 1) { i, _ throws(Diagnostic) in
      let update = b.plus(share.firstUpdate, i.base(b))
      let number = kernel.scalar(element(scatter.places, LaneIndex(dynamic: update)))
      let place = b.value("arith.index_cast", [number], type: .index(context))
      let isOwn = b.compare(.unsignedLess, b.minus(place, share.rows.first), extent)
      let combining = try kernel.region([]) { _ throws(Diagnostic) in
        let old = LaneIndex(dynamic: b.plus(b.times(b.plus(share.firstRow, place), columns), share.columns.first))
        let new = LaneIndex(dynamic: b.plus(b.times(update, columns), share.columns.first))
        if result.shape[2].asConstant == 1 {
          try combine(at: old, with: new)
        } else {
          try eachVector(share.columns.count) { column throws(Diagnostic) in
            try combine(at: old.adding(column, b), with: new.adding(column, b))
          }
        }
        b.create("scf.yield")
      }
      let passing = try kernel.region([]) { _ throws(Diagnostic) in
        let isNone = b.compare(.notEqual, place, b.index(ScatterOp.noRow))
        kernel.report(b.and(b.compare(.unsignedGreaterOrEqual, place, rows), isNone))
        b.create("scf.yield")
      }
      b.create("scf.if", [isOwn], regions: [combining, passing])
      return []
    }
  }

  /// Emits `body` for the vectors of `count` elements, the last one under a mask.
  private func eachVector(_ count: Bound, _ body: (LaneIndex) throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard let lane = configuration.lane else {
      _ = try kernel.loop(.constant(0), count, step: 1) { i, _ throws(Diagnostic) in
        try body(i)
        return []
      }
      return
    }
    try loops.split(lane, count) { i, _ throws(Diagnostic) in
      var vector = i
      vector.stride = 1
      try body(vector)
    }
  }

  /// Combines the updates' elements at `new` into the result's at `old`.
  private func combine(at old: LaneIndex, with new: LaneIndex) throws(Diagnostic) {
    guard let combiner = scatter.combiner else { return }
    let arguments = combiner.arguments
    var environment: [Value: BodyValue] = [:]
    if arguments[0].hasUses { environment[arguments[0]] = element(scatter.result, old) }
    if arguments[1].hasUses { environment[arguments[1]] = element(scatter.updates, new) }
    let values = try BodyEmitter(kernel).run(combiner, &environment, [], mask: nil)
    kernel.store(values[0], to: kernel.flat(kernel.memory[scatter.result]!), at: [.affine(old)])
  }
}
