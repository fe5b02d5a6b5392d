public import Encodings

/// How CPUs want the operands of contractions.
///
/// A constant operand with one dimension of columns is packed so that the columns of a register tile are neighbours: the kernel reads it from
/// front to back, one vector after the other, and broadcasts elements of the other operand, which stays as it is.
///
/// An operand that is computed is packed too where it is large and has many rows to serve: a panel of columns as they lie takes a cache
/// line from each row, at distances that are often a power of two, and falls out of the first-level cache. Measured on
/// 1024 x 1024 x 1024: 170 GFLOP/s as it lies, 246 packed. Small operands stay as they are: packing them costs more than it brings.
///
/// Bytes are packed by fours along the reduction besides: as many as the instructions for products of bytes take at a time (`ByteProduct`).
public struct CPUEncodingResolver: EncodingResolver {
  let unit: VectorUnit

  public init(unit: VectorUnit) { self.unit = unit }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout {
    let identity = TensorLayout.identity(rank: encoding.own.count)
    let columnAxes = encoding.own.indices.filter {
      encoding.loops[encoding.own[$0]].kind == .column && encoding.loops[encoding.own[$0]].size != 1
    }
    let isOfBytes = Self.isOfBytes(encoding)
    let isWorthIt = isOfBytes ? Self.isWorthPackingBytes(encoding) : isWorthPacking(encoding)
    guard encoding.isConstant || isWorthIt, columnAxes.count == 1, let axis = columnAxes.first,
      let columns = encoding.loops[encoding.own[axis]].size,
      // The columns become the lanes, so they must be the result's neighbours.
      encoding.result.last == encoding.own[axis],
      // The innermost rows are those of the register tile.
      let tile = tileColumns(columns, rows: encoding.loops.last { $0.kind == .row && $0.size != 1 })
    else { return identity }
    let axes = encoding.own.indices.filter { $0 != axis }
    let batch = axes.filter { encoding.loops[encoding.own[$0]].kind == .batch }
    // Reductions in the order of the kernel's loops.
    let rest = axes.filter { encoding.loops[encoding.own[$0]].kind != .batch }.sorted { encoding.own[$0] < encoding.own[$1] }
    let fours = isOfBytes ? Self.packedAxis(encoding).map { [TensorLayout.Tile(axis: $0, size: ByteProduct.depth)] } ?? [] : []
    return TensorLayout(outer: batch + [axis] + rest, inner: [.init(axis: axis, size: tile)] + fours)
  }

  /// `true` iff packing an operand at run time pays: it is larger than half of a second-level cache, and at least 64 rows read it.
  private func isWorthPacking(_ encoding: ContractionEncoding) -> Bool {
    var elements = 1, rows = 1
    for (i, loop) in encoding.loops.enumerated() {
      guard let size = loop.size else { return false }
      if encoding.own.contains(i) && loop.kind != .batch { elements *= size }
      if loop.kind == .row { rows *= size }
    }
    return elements * 4 >= 512 << 10 && rows >= 64
  }

  /// The columns of a register tile; `nil` where there are too few for vectors.
  private func tileColumns(_ columns: Int, rows: ContractionEncoding.Loop?) -> Int? {
    let width = unit.vectorByteCount / 4
    guard columns >= width else { return nil }
    let count = rows.map { $0.size ?? 4096 } ?? 1
    let tile = RegisterTileChoice(
      rows: count, isFixed: rows?.size != nil || rows == nil, vectors: (columns + width - 1) / width, registers: unit.registerCount)
    return tile.vectors * width
  }
}
