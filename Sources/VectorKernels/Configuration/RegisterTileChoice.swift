/// The register tile of a contraction: rows times vectors of accumulators.
///
/// It is chosen twice: for the panels of a packed operand, with the usual limit of rows, and for the kernel, whose limit may be lower where rows
/// are at distances that are not known. With the same limit both get the same tile. With a lower one the kernel may take more vectors than a panel
/// has (of 96 columns on AVX-512: 3 with 8 rows, not 2 with 12): it then reads parts of two panels side by side, which is right, and slower.
struct RegisterTileChoice: Equatable {
  var rows: Int
  var vectors: Int

  /// Chooses the tile for `rows` rows (an exact number iff `isFixed`) and `vectors` vectors of columns, with at most `rowLimit` rows.
  ///
  /// A step of the reduction loads the vectors of columns once, and broadcasts one element a row: with 2 vectors, 12 to 14 rows keep both
  /// multiply-add units busy and the loads below them. What remains of the registers holds the columns and a broadcast.
  init(rows: Int, isFixed: Bool, vectors: Int, registers: Int, rowLimit: Int = 16) {
    let budget = registers - (registers >= 32 ? 4 : 3)
    var best = (rows: 1, vectors: 1, score: -1.0)
    for v in 1...4 where v <= max(1, vectors) {
      for r in 1...rowLimit where r <= rows && r * v + v <= budget + 1 {
        // All tiles of the result, those at its lower and right edges included.
        var work = 0.0, cycles = 0.0
        for (tileRows, rowTiles) in isFixed ? [(r, rows / r), (rows % r, 1)] : [(r, 1)] {
          for (tileVectors, columnTiles) in [(v, vectors / v), (vectors % v, 1)] where tileRows * tileVectors > 0 {
            let count = Double(rowTiles * columnTiles)
            work += count * Double(tileRows * tileVectors)
            cycles += count * Self.cycles(rows: tileRows, vectors: tileVectors)
          }
        }
        let score = work / max(cycles, 1) - 0.01 * abs(Double(r) - 12) / 12
        if score > best.score + 1e-9 { best = (r, v, score) }
      }
    }
    if rows == 1 {
      // A matrix-vector product: many columns at a time, for loads in flight.
      best = (1, min(8, max(1, vectors)), 0)
    }
    self.rows = best.rows
    self.vectors = best.vectors
  }

  /// Cycles of a step of the reduction: multiply-adds at two a cycle, loads and broadcasts at two a cycle, and not less than a multiply-add takes.
  private static func cycles(rows: Int, vectors: Int) -> Double {
    max(Double(rows * vectors) / 2, Double(rows + vectors) / 2, 4)
  }
}
