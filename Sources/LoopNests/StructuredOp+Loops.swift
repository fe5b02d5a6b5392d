public import TesseraMLIR

extension StructuredOp {
  /// The loop that an index of an operand is: alone, or in a sum with loops of one iteration, as the windows of 1 x 1 convolutions have it.
  public func onlyLoop(of expression: AffineExpression) -> Int? {
    if let loop = expression.asDimension { return loop }
    let sizes = staticLoopSizes
    func terms(_ e: AffineExpression) -> [Int]? {
      if let loop = e.asDimension { return sizes[loop] == 1 ? [] : [loop] }
      switch e.kind {
      case .constant(0): return []
      case .add(let x, let y):
        guard let p = terms(x), let q = terms(y) else { return nil }
        return p + q
      // Multiples of 0 are 0.
      case .multiply(let x, _): return terms(x)?.isEmpty == true ? [] : nil
      default: return nil
      }
    }
    guard let found = terms(expression), found.count == 1 else { return nil }
    return found[0]
  }
}
