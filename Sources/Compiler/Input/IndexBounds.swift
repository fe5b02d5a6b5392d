import TesseraLoopNests
import TesseraMLIR

/// The least and greatest values that indices in the body of a structured operation take, as sums of values of the host program.
///
///     %i = linalg.index 0;  %a = arith.addi %i, %start      =>      at least %start, at most %start + %size - 1
///
/// A limit is *tight* if some step of the loops reaches it, as far as it depends on loops and not on choices: only then may a check on the host
/// refuse what lies beyond.
final class IndexBounds {
  /// A limit of an index: the least of several greatest values, or the greatest of several least ones.
  struct Limit {
    let sums: [IndexSum]
    let isTight: Bool

    init(_ sum: IndexSum) { self.init(sums: [sum], isTight: true) }
    init(sums: [IndexSum], isTight: Bool) { (self.sums, self.isTight) = (sums, isTight) }
  }

  /// The largest number of sums kept of a limit: bodies that need more are not known.
  private static let sumLimit = 6

  private let op: StructuredOp
  private let b: Builder
  private let sizes: DimensionValues
  private var loopSizes: [Int: IndexSum] = [:]
  private var known: [Key: Limit?] = [:]

  private struct Key: Hashable {
    let value: Value
    let isUpper: Bool
  }

  /// Creates the bounds of indices in `op`; what must be computed is put before it.
  init(_ op: StructuredOp, _ sizes: DimensionValues, _ b: Builder) {
    (self.op, self.sizes, self.b) = (op, sizes, b)
  }

  // MARK: sizes

  /// The size of axis `axis` of `tensor`.
  func size(of tensor: Value, _ axis: Int) -> IndexSum {
    let size = tensor.type.shape[axis]
    return size == Type.dynamic ? IndexSum(sizes.size(of: tensor, axis, b)) : IndexSum(size)
  }

  /// The number of steps of loop `loop`.
  func loopSize(_ loop: Int) -> IndexSum {
    if let size = loopSizes[loop] { return size }
    var found: IndexSum?
    for (k, map) in op.maps.enumerated() where op.operation.operand(k).type.isTensor {
      for (axis, expression) in map.results.enumerated() where expression.asDimension == loop {
        let size = size(of: op.operation.operand(k), axis)
        if found == nil || size.asConstant != nil { found = size }
      }
    }
    let size = found ?? IndexSum(term: .loop(loop)) + IndexSum(1)
    loopSizes[loop] = size
    return size
  }

  // MARK: limits

  /// The greatest value of a sum, if it has one that is known.
  func greatest(_ sum: IndexSum) -> Limit? { limit(sum, upper: true) }

  /// The least value of a sum, if it has one that is known.
  func least(_ sum: IndexSum) -> Limit? { limit(sum, upper: false) }

  /// Returns whether a sum is known to be at most 0, where the sums `facts` are.
  func isNeverPositive(_ sum: IndexSum, where facts: [IndexSum] = []) -> Bool {
    func isProven(_ sum: IndexSum) -> Bool { greatest(sum)?.sums.contains { ($0.asConstant ?? 1) <= 0 } ?? false }
    return isProven(sum) || facts.contains { isProven(sum - $0) }
  }

  private func limit(_ sum: IndexSum, upper: Bool) -> Limit? {
    var limit = Limit(IndexSum(sum.constantPart))
    for (term, factor) in sum.terms {
      // A factor below 0 turns the limits over.
      guard let part = self.limit(term, upper: upper == (factor > 0)) else { return nil }
      let sums = limit.sums.flatMap { sum in part.sums.map { sum + $0.multiplied(by: factor) } }
      limit = Limit(sums: Array(sums.prefix(Self.sumLimit)), isTight: limit.isTight && part.isTight)
    }
    return limit
  }

  private func limit(_ term: IndexSum.Term, upper: Bool) -> Limit? {
    switch term {
    case .loop(let loop): return Limit(upper ? loopSize(loop) + IndexSum(-1) : IndexSum(0))
    case .value(let value):
      guard let definition = value.definingOperation else {
        return isInside(value.owningBlock?.parent) ? nil : Limit(IndexSum(term: term))
      }
      if !isInside(definition) { return Limit(IndexSum(term: term)) }
      let key = Key(value: value, isUpper: upper)
      if let limit = known[key] { return limit }
      let limit = self.limit(definition, upper: upper)
      known[key] = .some(limit)
      return limit
    }
  }

  private func isInside(_ operation: Operation?) -> Bool { operation?.isInside([op.operation]) ?? false }

  /// The limit of the result of an operation of the body.
  private func limit(_ operation: Operation, upper: Bool) -> Limit? {
    func operand(_ i: Int, upper: Bool) -> Limit? { limit(IndexSum(operation.operand(i)), upper: upper) }
    switch operation.name {
    case "arith.index_cast" where operation.operand(0).type.isIndex || operation.result(0).type.isIndex:
      return operand(0, upper: upper)
    case "arith.minsi", "arith.maxsi":
      let (x, y) = (operand(0, upper: upper), operand(1, upper: upper))
      guard let x, let y else { return upper == (operation.name == "arith.minsi") ? x ?? y : nil }
      // A minimum is at most either operand, and at least the lesser of both.
      if upper == (operation.name == "arith.minsi") {
        return Limit(sums: Array((x.sums + y.sums).prefix(Self.sumLimit)), isTight: x.isTight && y.isTight)
      }
      return farther(x, y, upper: upper)
    case "arith.select":
      func side(_ i: Int, holds: Bool) -> Limit? {
        let sum = IndexSum(operation.operand(i))
        let facts = IndexSum.facts(of: operation.operand(0), holds: holds)
        // What is at most 0 may be taken off an upper limit, and added to a lower one.
        let sums = [sum] + facts.map { upper ? sum - $0 : sum + $0 }
        let all = sums.compactMap { limit($0, upper: upper) }.flatMap(\.sums)
        return all.isEmpty ? nil : Limit(sums: Array(all.prefix(Self.sumLimit)), isTight: false)
      }
      guard let x = side(1, holds: true), let y = side(2, holds: false) else { return nil }
      return farther(x, y, upper: upper)
    case "arith.divui", "arith.divsi", "arith.floordivsi":
      guard let divisor = IndexSum(operation.operand(1)).asConstant, divisor > 0, let x = operand(0, upper: upper),
        operation.name == "arith.floordivsi" || isNeverNegative(operation.operand(0))
      else { return nil }
      return Limit(sums: x.sums.map { quotient($0, divisor) }, isTight: x.isTight)
    case "arith.remui", "arith.remsi":
      guard isNeverNegative(operation.operand(0)) else { return nil }
      if !upper { return Limit(sums: [IndexSum(0)], isTight: false) }
      return operand(1, upper: true).map { Limit(sums: $0.sums.map { $0 + IndexSum(-1) }, isTight: false) }
    case "arith.muli":
      for (index, factor) in [(0, 1), (1, 0)] {
        guard let value = outer(operation.operand(factor)), let low = operand(index, upper: false), let high = operand(index, upper: true)
        else { continue }
        func product(_ limit: Limit) -> Limit { Limit(sums: limit.sums.prefix(1).map { self.product($0, value) }, isTight: limit.isTight) }
        return farther(product(low), product(high), upper: upper)
      }
      return nil
    default: return nil
    }
  }

  /// The limit of what is within either of two.
  private func farther(_ x: Limit, _ y: Limit, upper: Bool) -> Limit {
    let sums = x.sums.flatMap { x in y.sums.map { extreme(upper ? "arith.maxsi" : "arith.minsi", x, $0) } }
    return Limit(sums: Array(sums.prefix(Self.sumLimit)), isTight: x.isTight && y.isTight)
  }

  private func isNeverNegative(_ value: Value) -> Bool {
    isNeverPositive(IndexSum(value).multiplied(by: -1))
  }

  /// `value`, if it is a value of the host program.
  private func outer(_ value: Value) -> Value? {
    isInside(value.definingOperation ?? value.owningBlock?.parent) ? nil : value
  }

  // MARK: arithmetic on the host

  /// The lesser or greater of two sums.
  private func extreme(_ name: String, _ x: IndexSum, _ y: IndexSum) -> IndexSum {
    if let difference = (x - y).asConstant { return (difference < 0) == (name == "arith.minsi") ? x : y }
    return IndexSum(term: .value(b.binary(name, value(x), value(y))))
  }

  private func quotient(_ x: IndexSum, _ divisor: Int) -> IndexSum {
    if divisor == 1 { return x }
    if let number = x.asConstant { return IndexSum((number >= 0 ? number : number - divisor + 1) / divisor) }
    return IndexSum(term: .value(b.binary("arith.floordivsi", value(x), b.index(divisor))))
  }

  private func product(_ x: IndexSum, _ factor: Value) -> IndexSum {
    if let number = x.asConstant { return IndexSum(factor).multiplied(by: number) }
    return IndexSum(term: .value(b.sizeArithmetic("arith.muli", value(x), factor)))
  }

  /// A limit as a sum before the operation.
  func sum(_ limit: Limit, upper: Bool) -> IndexSum {
    limit.sums.dropFirst().reduce(limit.sums[0]) { extreme(upper ? "arith.minsi" : "arith.maxsi", $0, $1) }
  }

  /// The sum as an index value before the operation; the greatest or least number where it does not fit, which no size is.
  func value(_ sum: IndexSum) -> Value {
    var total: Value?
    for (term, factor) in sum.terms {
      guard case .value(let value) = term else { continue }
      let part = factor == 1 ? value : b.sizeArithmetic("arith.muli", value, b.index(factor))
      total = total.map { b.sizeArithmetic("arith.addi", $0, part) } ?? part
    }
    guard let total else { return b.index(sum.constantPart) }
    return sum.constantPart == 0 ? total : b.sizeArithmetic("arith.addi", total, b.index(sum.constantPart))
  }

  /// The greatest value of an affine expression over the loops, none of whose factors is negative.
  func greatest(_ expression: AffineExpression) -> IndexSum? {
    switch expression.kind {
    case .dimension(let loop): return loopSize(loop) + IndexSum(-1)
    case .constant(let number): return IndexSum(number)
    case .symbol: return nil
    case .add(let x, let y):
      guard let x = greatest(x), let y = greatest(y) else { return nil }
      return x + y
    case .multiply(let x, let y):
      guard let factor = y.asConstant ?? x.asConstant, factor >= 0, let other = greatest(y.asConstant == nil ? y : x) else { return nil }
      return other.multiplied(by: factor)
    case .floorDivide(let x, let y):
      guard let divisor = y.asConstant, divisor > 0 else { return nil }
      return greatest(x).map { quotient($0, divisor) }
    case .ceilDivide(let x, let y):
      guard let divisor = y.asConstant, divisor > 0 else { return nil }
      return greatest(x).map { quotient($0 + IndexSum(divisor - 1), divisor) }
    case .modulo(let x, let y):
      guard let divisor = y.asConstant, divisor > 0 else { return nil }
      if let most = greatest(x)?.asConstant, most < divisor { return IndexSum(most) }
      return IndexSum(divisor - 1)
    }
  }
}
