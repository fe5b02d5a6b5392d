import LoopNests
import MLIR
import TargetCPU

/// Packs the constant operand of contractions so that the columns of a register tile are neighbours.
///
/// Before: maps (m, n, k) -> (m, k), (k, n), (m, n), second operand a constant
/// After:  maps (m, n, k) -> (m, k), (n floordiv 32, k, n mod 32), (m, n), second operand a generic that packs the constant
///
/// The packing is a structured operation on a constant: `EvaluateConstants` does it at compile time.
///
/// Requires: structured operations are `linalg.generic`.
/// Ensures: the same values; padded columns are zero and never stored.
struct PackConstants {
  let module: Module
  let unit: VectorUnit
  private var context: Context { module.context }

  init(_ module: Module, unit: VectorUnit) {
    self.module = module
    self.unit = unit
  }

  func run() {
    for function in module.hostFunctions {
      var constants = ConstantValues()
      for operation in function.descendants {
        guard let op = StructuredOp(operation), op.reusesInputs, op.operation.resultCount == 1 else { continue }
        for k in 0..<op.inputCount where constants.contains(op.operation.operand(k)) && !isSplat(op.operation.operand(k)) {
          if let column = packableColumn(op, operand: k) {
            pack(op, operand: k, column: column)
            break
          }
        }
      }
    }
  }

  private func isSplat(_ value: Value) -> Bool { value.definingOperation?.attribute("value")?.isSplat == true }

  /// The loop that runs over the columns of operand `k`, if the operand is worth packing: the one parallel loop that only this operand has.
  private func packableColumn(_ op: StructuredOp, operand k: Int) -> Int? {
    guard let own = op.maps[k].asDimensions, Set(own).count == own.count else { return nil }
    let sizes = op.staticLoopSizes
    let others = op.maps.enumerated().filter { $0.offset != k && $0.offset < op.inputCount }.map(\.element)
    let columns = own.filter { loop in
      op.iterators[loop] == .parallel && sizes[loop] != 1 && !others.contains { $0.results.contains { $0.uses(dimension: loop) } }
    }
    guard columns.count == 1, let column = columns.first, sizes[column] != nil, op.operation.operand(k).type.hasStaticShape else {
      return nil
    }
    // The result must have the columns last: they become the lanes.
    let written = op.outputMaps[0].results
    guard written.last?.asDimension == column else { return nil }
    return column
  }

  private func pack(_ op: StructuredOp, operand k: Int, column: Int) {
    let sizes = op.staticLoopSizes
    let columns = sizes[column]!
    // Rows: what the result has and the packed operand has not; dynamic if any of them is.
    let own = op.maps[k].asDimensions!
    let rowLoops = (0..<op.loopCount).filter { op.iterators[$0] == .parallel && !own.contains($0) && sizes[$0] != 1 }
    // The innermost row loop is the one in the register tile.
    let rows = rowLoops.last.map { sizes[$0] } ?? 1
    guard let tile = ConstantPacking.columns(rows: rows, columns: columns, unit: unit) else { return }

    let source = op.operation.operand(k)
    let b = Builder(context, before: op.operation)
    // Batch loops first, then the tile, then the rest in the order of the loops, then the columns of a tile.
    let batch = own.filter { op.iterators[$0] == .parallel && $0 != column }
    let reduced = own.filter { op.iterators[$0] == .reduction }.sorted()
    let order = batch + [column] + reduced
    var shape = order.map { $0 == column ? (columns + tile - 1) / tile : sizes[$0]! }
    shape.append(tile)
    let empty = b.empty(.tensor(shape, source.type.element), [])
    let rank = shape.count
    let packed = b.generic(
      inputs: [], outputs: [empty], maps: [.identity(rank, context)], iterators: .init(repeating: .parallel, count: rank)
    ) { inner, _ in
      let index = (0..<rank).map { inner.value("linalg.index", type: .index(context), attributes: [("dim", .i64($0, context))]) }
      let place = order.firstIndex(of: column)!
      let first = inner.binary("arith.muli", index[place], inner.index(tile))
      let position = inner.binary("arith.addi", first, index[rank - 1])
      func read(_ b: Builder) -> Value {
        let indices = own.map { loop in loop == column ? position : index[order.firstIndex(of: loop)!] }
        return b.value("tensor.extract", [source] + indices, type: source.type.element)
      }
      if columns % tile == 0 { return [read(inner)] }
      let inside = inner.value(
        "arith.cmpi", [position, inner.index(columns)], type: .i1(context), attributes: [("predicate", .i64(2, context))])
      var regions: [Region] = []
      for side in 0..<2 {
        let region = Region.create()
        let sideBuilder = Builder(context, at: region.appendBlock([], inner.location), location: inner.location)
        sideBuilder.create("scf.yield", [side == 0 ? read(sideBuilder) : sideBuilder.scalar(0, source.type.element)])
        regions.append(region)
      }
      return [inner.create("scf.if", [inside], results: [source.type.element], regions: regions).result(0)]
    }

    var maps = op.maps
    let n = AffineExpression.dimension(column, context), size = AffineExpression.constant(tile, context)
    maps[k] = AffineMap(
      dimensions: op.loopCount,
      order.map { $0 == column ? n.floorDivided(by: size) : .dimension($0, context) } + [n.modulo(size)], context)
    op.operation.setOperand(k, packed.result(0))
    op.operation.setAttribute("indexing_maps", .array(maps.map(Attribute.affineMap), context))
  }
}
