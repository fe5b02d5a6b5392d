public import Encodings

/// How CPUs want the operands of contractions.
///
/// A constant operand with one dimension of columns is packed so that the columns of a register tile are neighbours: the kernel reads it from
/// front to back, one vector after the other, and broadcasts elements of the other operand, which stays as it is. Everything else is
/// left alone: packing at run time costs more than it brings where the other operand is read through broadcasts.
public struct CPUEncodingResolver: EncodingResolver {
  let unit: VectorUnit

  public init(unit: VectorUnit) { self.unit = unit }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout {
    let identity = TensorLayout.identity(rank: encoding.own.count)
    let columnAxes = encoding.own.indices.filter { encoding.loops[encoding.own[$0]].kind == .column && encoding.loops[encoding.own[$0]].size != 1 }
    guard encoding.isConstant, columnAxes.count == 1, let axis = columnAxes.first, let columns = encoding.loops[encoding.own[axis]].size,
      // The columns become the lanes, so they must be the result's neighbours.
      encoding.result.last == encoding.own[axis],
      // The innermost rows are those of the register tile.
      let tile = tileColumns(columns, rows: encoding.loops.last { $0.kind == .row && $0.size != 1 })
    else { return identity }
    let axes = encoding.own.indices.filter { $0 != axis }
    let batch = axes.filter { encoding.loops[encoding.own[$0]].kind == .batch }
    // Reductions in the order of the kernel's loops.
    let rest = axes.filter { encoding.loops[encoding.own[$0]].kind != .batch }.sorted { encoding.own[$0] < encoding.own[$1] }
    return TensorLayout(outer: batch + [axis] + rest, inner: [.init(axis: axis, size: tile)])
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
