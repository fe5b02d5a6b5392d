package import TesseraEncodings
internal import TesseraKernels

/// The layouts of contractions' operands for processors with vector registers. Resolvers have the differences.
///
/// The lanes of a kernel run along the columns of the result. An operand that has the columns is packed in panels, `[columns / tile, k, tile]`:
/// the columns of a register tile are neighbours, and the kernel reads a panel from front to back, one vector after the other, while it
/// broadcasts elements of the other operand, which stays as it is. However long the reduction is, a piece of it is contiguous in a panel, so
/// that blocks for a cache are too. The tile is as wide as the kernel's register tile, which is low and wide for few rows: rows are never padded.
///
/// Bytes are packed by fours along the reduction besides: as many as the instructions for products of bytes take at a time (`ByteProduct`).
///
/// Where there are fewer columns than lanes, the lanes run along the reduction instead, so that it becomes the innermost axis.
///
/// A constant is packed at compile time, at no cost. A computed operand is packed at each run, which must pay.
package struct PanelPacking {
  let unit: VectorUnit
  /// A computed operand is packed from this many bytes on: smaller ones are in the second-level cache anyway.
  let runTimeByteCount: Int
  /// A computed operand is packed for at least this many rows, which share the cost.
  let runTimeRowCount: Int

  package init(unit: VectorUnit, runTimeByteCount: Int, runTimeRowCount: Int) {
    (self.unit, self.runTimeByteCount, self.runTimeRowCount) = (unit, runTimeByteCount, runTimeRowCount)
  }

  /// The layout of an operand.
  package func layout(of encoding: ContractionEncoding) -> TensorLayout {
    let identity = TensorLayout.identity(rank: encoding.own.count)
    guard !encoding.isResult, let lanes = encoding.innermostResultLoop, encoding.loops[lanes].kind == .column,
      let axis = encoding.axis(ofLoop: lanes), !encoding.own.contains(nil)
    else { return identity }
    let bits = encoding.elements.last?.bitWidth ?? 64
    // Narrow elements are computed in lanes of four bytes.
    let width = unit.lanes(ofByteCount: bits == 64 ? 8 : 4)
    // A size that is not known is taken for a large one.
    let columns = encoding.loops[lanes].size ?? UnknownSize.dimension
    if columns < width { return dots(encoding, width: width) ?? identity }
    let isOfBytes = encoding.elements.map(\.bitWidth) == [8, 8, 32]
    guard encoding.isConstant || (isOfBytes ? isWorthPackingBytes(encoding) : isWorthPacking(encoding)) else { return identity }
    let rows = encoding.innermostRows
    let tile = RegisterTileChoice(
      rows: rows.map { $0.size ?? UnknownSize.dimension } ?? 1, isFixed: rows?.size != nil || rows == nil,
      vectors: (columns + width - 1) / width,
      registers: unit.registerCount)
    let others = encoding.axes(.batch) + encoding.axes(.column).filter { $0 != axis }
    let outer = others + [axis] + reductions(encoding)
    let fours = isOfBytes ? reductions(encoding).suffix(1).map { TensorLayout.Tile(axis: $0, size: ByteProduct.depth) } : []
    return TensorLayout(outer: outer, inner: [.init(axis: axis, size: tile.vectors * width)] + fours)
  }

  /// `true` iff packing a computed operand of bytes pays: the instructions for products of bytes want it, and a few rows share the cost.
  private func isWorthPackingBytes(_ encoding: ContractionEncoding) -> Bool {
    let rows = encoding.loops.reduce(1) { $1.kind == .row ? $0 * ($1.size ?? 64) : $0 }
    return rows >= 4 && encoding.own.allSatisfy { $0.map { encoding.loops[$0].size != nil } ?? true }
  }

  /// The axes over which sums run, in the order of the kernel's loops.
  private func reductions(_ encoding: ContractionEncoding) -> [Int] {
    encoding.axes(.reduction).sorted { encoding.own[$0]! < encoding.own[$1]! }
  }

  /// The layout for dot products: the reduction innermost. `nil` where it is too short to fill vectors, and where sums must keep their order.
  ///
  /// Measured on 384 x 512 x N with 16 lanes: 28 us with lanes along the columns for any N; as dot products 7 us for 4, 15 for 8, 22 for 12.
  private func dots(_ encoding: ContractionEncoding, width: Int) -> TensorLayout? {
    guard !unit.isStrict, let reduction = encoding.count(.reduction), reduction >= 4 * width,
      encoding.isConstant || encoding.count(.row).map({ $0 >= runTimeRowCount }) == true
    else { return nil }
    return TensorLayout(outer: encoding.axes(.batch) + encoding.axes(.column) + reductions(encoding), inner: [])
  }

  /// `true` iff packing a computed operand pays: it is large, long enough that its rows fall out of the first-level cache (panels as they lie
  /// take cache lines at distances that are often a power of two), and many rows read it.
  ///
  /// Measured on 1024 x 1024 x 1024: 170 GFLOP/s as it lies, 246 packed. Sizes that are not known count as 1: packing must be known to pay.
  private func isWorthPacking(_ encoding: ContractionEncoding) -> Bool {
    func product(_ kinds: ContractionEncoding.LoopKind...) -> Int {
      ContractionEncoding.product(encoding.loops.filter { kinds.contains($0.kind) }.map { $0.size ?? 1 })
    }
    let elementBytes = max(8, encoding.elements[encoding.operand].bitWidth ?? 64) / 8
    return product(.column, .reduction) >= runTimeByteCount / elementBytes && product(.row) >= runTimeRowCount && product(.reduction) >= 16
  }
}
