internal import TesseraLoopNests
package import TesseraMLIR

/// Whether indices of 32 bits are enough for a kernel: those of 64 take a GPU several instructions each.
///
/// All sizes must be known, and so must be the bounds of every index that a body computes. What comes from data may be anything.
package struct IndexBounds {
  /// The most elements of a tensor, and the largest index: sums of two still have a sign.
  private static let limit = 1 << 29

  private var known: [Value: ClosedRange<Int>] = [:]

  package init() {}

  /// `true` iff 32 bits are enough for the executable function `function`.
  package mutating func sufficeFor32Bits(_ function: Operation) -> Bool {
    guard let body = function.body(), body.arguments.allSatisfy({ $0.type.isTensor && Self.isSmall($0.type) }) else { return false }
    return body.operations.allSatisfy { op in
      op.results.allSatisfy { !$0.type.isTensor || Self.isSmall($0.type) } && (!op.isStructured || isBounded(op))
    }
  }

  private static func isSmall(_ type: Type) -> Bool {
    type.hasStaticShape && type.shape.reduce(1) { min(limit + 1, $0 * min($1, limit + 1)) } <= limit
  }

  /// `true` iff every index in the bodies of `operation` has small bounds.
  private mutating func isBounded(_ operation: Operation) -> Bool {
    guard let op = StructuredOp(operation) else { return false }
    let sizes = op.staticLoopSizes
    for inner in operation.descendants {
      if inner.regions.contains(where: { $0.blocks.contains { $0.arguments.contains { $0.type.isIndex } } }) { return false }
      for result in inner.results where result.type.isIndex {
        guard let range = bounds(inner, sizes), range.lowerBound >= -Self.limit, range.upperBound <= Self.limit else { return false }
        known[result] = range
      }
    }
    return true
  }

  /// The bounds of an index that an operation of a body computes; `nil` where they are not known.
  private func bounds(_ op: Operation, _ sizes: [Int?]) -> ClosedRange<Int>? {
    func operand(_ i: Int) -> ClosedRange<Int>? {
      if let constant = op.operand(i).definingOperation, constant.name == "arith.constant" {
        return constant.attribute("value")?.integerValue.map { $0...$0 }
      }
      return known[op.operand(i)]
    }
    switch op.name {
    case "linalg.index":
      guard let loop = op.attribute("dim")?.integerValue, sizes.indices.contains(loop), let size = sizes[loop] else { return nil }
      return 0...max(0, size - 1)
    case "arith.constant": return op.attribute("value")?.integerValue.map { $0...$0 }
    case "tensor.dim": return 0...Self.limit
    case "arith.addi", "arith.subi", "arith.muli":
      guard let x = operand(0), let y = operand(1), Self.areSmall(x, y) else { return nil }
      let ends = [x.lowerBound, x.upperBound].flatMap { a in
        [y.lowerBound, y.upperBound].map { b in op.name == "arith.addi" ? a + b : op.name == "arith.subi" ? a - b : a * b }
      }
      return ends.min()!...ends.max()!
    case "arith.select", "arith.maxsi", "arith.minsi":
      let first = op.name == "arith.select" ? 1 : 0
      guard let x = operand(first), let y = operand(first + 1) else { return nil }
      return min(x.lowerBound, y.lowerBound)...max(x.upperBound, y.upperBound)
    case "arith.divui", "arith.remui", "arith.divsi", "arith.remsi", "arith.floordivsi":
      // By a positive number, and of one that is not negative: never larger.
      guard let x = operand(0), let y = operand(1), x.lowerBound >= 0, y.lowerBound > 0 else { return nil }
      return 0...x.upperBound
    default: return nil
    }
  }

  private static func areSmall(_ ranges: ClosedRange<Int>...) -> Bool {
    ranges.allSatisfy { $0.lowerBound >= -limit && $0.upperBound <= limit }
  }
}
