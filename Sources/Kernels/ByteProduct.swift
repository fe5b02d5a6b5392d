package import TesseraLoopNests
internal import TesseraMLIR

/// A contraction of bytes of which one operand is packed by fours along the reduction:
///
///     out[n, f] += ext(x[n, c]) * ext(w[f floordiv 32, c floordiv 4, f mod 32, c mod 4])
///
/// Four neighbours of `x` then fit one 32-bit lane of `w` after the other: the kernel reads them as one 32-bit number for all lanes.
package struct ByteProduct {
  /// The operand of which four neighbours are the same in all lanes.
  package let rows: Int
  /// The packed operand.
  package let columns: Int
  /// `true` iff the bytes of the operand are signed.
  package let hasSignedRows: Bool, hasSignedColumns: Bool
  /// The loop of the operation along which bytes are packed, and the one of the columns.
  package let reduction: Int, column: Int
  /// The columns that stand together.
  package let panel: Int

  /// Recognizes `op`; `nil` if it is anything else, whose ordinary code is right for it.
  package init?(_ op: StructuredOp) {
    guard op.inputCount == 2, op.operation.resultCount == 1, op.hasReduction, let signs = Self.signs(op) else { return nil }
    for columns in 0..<2 {
      guard let packed = Self.packedLoops(op, columns), op.iterators[packed.reduction] == .reduction else { continue }
      let rows = 1 - columns
      let reads = op.maps[rows].results
      // The rows must lie along the reduction, and be the same for all columns.
      guard reads.last?.asDimension == packed.reduction, !reads.dropLast().contains(where: { $0.uses(dimension: packed.reduction) }),
        !reads.contains(where: { $0.uses(dimension: packed.column) }), op.outputMaps[0].asDimensions?.contains(packed.column) == true
      else { continue }
      self.rows = rows
      self.columns = columns
      (hasSignedRows, hasSignedColumns) = (signs[rows], signs[columns])
      (reduction, column, panel) = packed
      return
    }
    return nil
  }

  /// Whether each input is signed, where the body adds the product of the widened bytes to the result.
  private static func signs(_ op: StructuredOp) -> [Bool]? {
    let arguments = op.body.arguments
    guard let sum = op.body.terminator?.operand(0).definingOperation, sum.name == "arith.addi", sum.result(0).type.bitWidth == 32,
      let product = sum.operands.compactMap(\.definingOperation).first, product.name == "arith.muli",
      sum.operands.contains(arguments[2]), op.body.operations.count == 5
    else { return nil }
    var signs = [Bool?](repeating: nil, count: 2)
    for factor in product.operands {
      guard let widening = factor.definingOperation, let k = arguments.prefix(2).firstIndex(of: widening.operand(0)),
        arguments[k].type.bitWidth == 8, ["arith.extsi", "arith.extui"].contains(widening.name)
      else { return nil }
      signs[k] = widening.name == "arith.extsi"
    }
    guard let first = signs[0], let second = signs[1] else { return nil }
    return [first, second]
  }

  /// The loops of an operand that is packed in panels of columns and by fours: `(..., k floordiv 4, ..., n mod panel, k mod 4)`.
  private static func packedLoops(_ op: StructuredOp, _ operand: Int) -> (reduction: Int, column: Int, panel: Int)? {
    let results = op.maps[operand].results
    guard results.count >= 3, let inner = modulus(results[results.count - 1]), inner.size == ByteProduct.depth,
      let panel = modulus(results[results.count - 2]), op.operation.operand(operand).type.hasStaticShape
    else { return nil }
    for other in results.dropLast(2) where other.uses(dimension: inner.loop) || other.uses(dimension: panel.loop) {
      guard case .floorDivide(let loop, let size) = other.kind, let loop = loop.asDimension else { return nil }
      guard loop == inner.loop && size.asConstant == inner.size || loop == panel.loop && size.asConstant == panel.size else { return nil }
    }
    return (inner.loop, panel.loop, panel.size)
  }

  private static func modulus(_ expression: AffineExpression) -> (loop: Int, size: Int)? {
    guard case .modulo(let loop, let size) = expression.kind, let loop = loop.asDimension, let size = size.asConstant else { return nil }
    return (loop, size)
  }

  /// How many bytes are packed along the reduction: those that fit a lane.
  package static let depth = 4
}
