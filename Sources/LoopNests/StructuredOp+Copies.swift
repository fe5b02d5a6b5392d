public import TesseraMLIR

extension StructuredOp {
  /// `true` iff each element of the only result is an element of the only input, unchanged: fills, broadcasts, transpositions.
  public var isCopy: Bool {
    !worksOnRows && inputCount == 1 && operation.resultCount == 1 && !hasReduction && body.operations.count == 1
      && body.terminator?.operand(0) == body.arguments[0]
  }

  /// The scalar of a fill, which writes it to every element; `nil` for any other operation.
  public var filledScalar: Value? { isCopy && !operation.operand(0).type.isTensor ? operation.operand(0) : nil }

  /// The permutation p of a transposition, whose result's dimension j is the operand's dimension p[j]; `nil` for any other operation.
  public var transposition: [Int]? {
    guard isCopy, operation.operand(0).type.isTensor, maps[0].isPermutation, maps[1].isPermutation, let source = maps[0].asDimensions,
      let target = maps[1].asDimensions
    else { return nil }
    return target.compactMap { source.firstIndex(of: $0) }
  }
}
