/// How a CPU wants the constant operand of a contraction in memory.
public enum ConstantPacking {
  /// Returns the number of columns that stand together in the packed operand `[columns / n, ..., n]`, or `nil` for leaving it as it is.
  ///
  /// The columns of one register tile become neighbours, so that a kernel reads its operand from front to back, one vector after the other.
  /// `rows` is the number of rows of the other operand, `nil` if it is dynamic.
  public static func columns(rows: Int?, columns: Int, unit: VectorUnit) -> Int? {
    let width = unit.vectorByteCount / 4
    guard columns >= width else { return nil }
    let vectors = (columns + width - 1) / width
    let tile = RegisterTileChoice(rows: rows ?? 4096, isFixed: rows != nil, vectors: vectors, registers: unit.registerCount)
    return tile.vectors * width
  }
}
