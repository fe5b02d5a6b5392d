import TesseraLoopNests
import TesseraMLIR

/// Makes sure that a structured operation reads no element that an operand does not have.
///
/// Each index of a `tensor.extract`, and each sum of loops by which an operand is read, is one of these:
/// - proven: the limits of the loops, and the conditions that it stands under, keep it inside;
/// - checked on the host, before the operation: what reaches it in some step for certain;
/// - checked by the kernel, element by element: indices from data, and those under conditions that prove nothing.
struct ReadChecks {
  private let op: StructuredOp
  private let bounds: IndexBounds
  private let b: Builder

  init(_ op: StructuredOp, _ sizes: DimensionValues, _ b: Builder) {
    (self.op, self.b) = (op, b)
    bounds = IndexBounds(op, sizes, b)
  }

  func run() {
    if op.worksOnRows { return }
    for (k, map) in op.maps.enumerated() where op.operation.operand(k).type.isTensor {
      for (axis, expression) in map.results.enumerated() where expression.asDimension == nil {
        check(expression, of: op.operation.operand(k), axis)
      }
    }
    for read in op.operation.descendants where read.name == "tensor.extract" { check(read) }
  }

  // MARK: operands

  private func check(_ expression: AffineExpression, of tensor: Value, _ axis: Int) {
    guard let most = bounds.greatest(expression) else { return }
    let beyond = most - bounds.size(of: tensor, axis)
    if let number = beyond.asConstant, number < 0 { return }
    requireBelow(most, bounds.size(of: tensor, axis))
  }

  // MARK: reads of bodies

  private func check(_ read: Operation) {
    let tensor = read.operand(0)
    // The elements of a tensor that nobody has written to, or that are all alike, are in no memory.
    if tensor.definingOperation?.name == "tensor.empty" || tensor.definingOperation?.attribute("value")?.splatValue != nil { return }
    let isConditional = read.parent != op.operation
    var facts: [IndexSum]?
    var unproven: [Int] = []
    for axis in 0..<read.operandCount - 1 where !CheckedRead.comesFromData(read.operand(axis + 1), in: read) {
      let index = IndexSum(read.operand(axis + 1)), size = bounds.size(of: tensor, axis)
      let below = index.multiplied(by: -1), above = index - size + IndexSum(1)
      let excesses = [below, above].filter { excess in
        if bounds.isNeverPositive(excess) { return false }
        if !isConditional { return true }
        let known = facts ?? conditions(of: read)
        facts = known
        return !bounds.isNeverPositive(excess, where: known)
      }
      if excesses.isEmpty { continue }
      guard !isConditional, let low = bounds.least(index), let high = bounds.greatest(index), low.isTight, high.isTight else {
        unproven.append(axis)
        continue
      }
      if !bounds.isNeverPositive(below) {
        let given = unlessEmpty(bounds.value(bounds.sum(low, upper: false)), b.index(0))
        b.require(b.compare(.greaterOrEqual, given, b.index(0)), of: op.operation, "it reads before the first element of an operand")
      }
      if !bounds.isNeverPositive(above) { requireBelow(bounds.sum(high, upper: true), size) }
    }
    if !unproven.isEmpty { read.setAttribute(CheckedRead.axes, .denseI64(unproven, b.context)) }
  }

  /// Checks on the host that the index `most` is below `size`, if there is any step.
  private func requireBelow(_ most: IndexSum, _ size: IndexSum) {
    let given = unlessEmpty(bounds.value(most), b.index(-1))
    b.require(b.compare(.less, given, bounds.value(size)), of: op.operation, "it reads behind the last element of an operand")
  }

  /// `value`, or `other` where a loop has no step.
  private func unlessEmpty(_ value: Value, _ other: Value) -> Value {
    let open = (0..<op.loopCount).map(bounds.loopSize).filter { $0.asConstant.map { $0 <= 0 } ?? true }
    let isEmpty = open.reduce(nil as Value?) { total, size in
      let isNone = b.compare(.equal, bounds.value(size), b.index(0))
      return total.map { b.binary("arith.ori", $0, isNone) } ?? isNone
    }
    return isEmpty.map { b.select($0, other, value) } ?? value
  }

  // MARK: conditions

  /// Sums that are not positive where `read` is executed, by the conditions around it.
  private func conditions(of read: Operation) -> [IndexSum] {
    var facts: [IndexSum] = []
    var inner = read
    while let outer = inner.parent, outer != op.operation {
      if outer.name == "scf.if", let block = inner.block {
        facts += IndexSum.facts(of: outer.operand(0), holds: outer.body(0) == block)
      }
      inner = outer
    }
    return facts
  }
}
