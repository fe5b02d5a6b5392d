import TesseraMLIR

/// An index as a sum of terms with constant factors: what can be compared without knowing the terms.
///
///     %a = linalg.index 1;  %b = arith.subi %a, %c2      =>      1 * loop 1 - 2
struct IndexSum: Equatable {
  /// A summand.
  enum Term: Hashable {
    /// The index of a loop of the operation in whose body the value stands.
    case loop(Int)
    case value(Value)
  }

  private(set) var factors: [Term: Int] = [:]
  private var constant = 0
  /// The terms in the order in which they were added, so that what is emitted from a sum does not depend on the hash seed.
  private var order: [Term] = []

  init(_ constant: Int) { self.constant = constant }

  /// The index of a loop.
  init(loop: Int) { self.init(term: .loop(loop)) }

  /// A term by itself.
  init(term: Term) {
    factors[term] = 1
    order = [term]
  }

  static func == (a: Self, b: Self) -> Bool { a.constant == b.constant && a.factors == b.factors }

  /// The terms with their factors.
  var terms: [(term: Term, factor: Int)] { order.compactMap { term in factors[term].map { (term, $0) } } }

  /// Numbers are known up to this: sums of some of them do not overflow.
  private static let limit = 1 << 40
  /// Values are taken apart up to this depth: two operands that are the same value are looked at twice.
  private static let depthLimit = 12

  /// Takes `value` apart: additions, subtractions, and multiplications by constants. Anything else is a term.
  init(_ value: Value) { self.init(value, depth: 0) }

  private init(_ value: Value, depth: Int) {
    guard depth < Self.depthLimit, let op = value.definingOperation else {
      self = IndexSum(term: .value(value))
      return
    }
    switch op.name {
    case "arith.constant": self = IndexSum(op.attribute("value")?.integerValue ?? 0)
    case "linalg.index": self = IndexSum(loop: op.attribute("dim")?.integerValue ?? 0)
    case "arith.addi": self = IndexSum(op.operand(0), depth: depth + 1) + IndexSum(op.operand(1), depth: depth + 1)
    case "arith.subi": self = IndexSum(op.operand(0), depth: depth + 1) - IndexSum(op.operand(1), depth: depth + 1)
    case "arith.muli":
      let x = IndexSum(op.operand(0), depth: depth + 1), y = IndexSum(op.operand(1), depth: depth + 1)
      if let number = y.asConstant {
        self = x.multiplied(by: number)
      } else if let number = x.asConstant {
        self = y.multiplied(by: number)
      } else {
        self = IndexSum(term: .value(value))
      }
    default: self = IndexSum(term: .value(value))
    }
  }

  /// The constant summand.
  var constantPart: Int { constant }

  /// The number, if it is known.
  var asConstant: Int? { factors.isEmpty ? known : nil }

  private var known: Int? { constant.magnitude <= UInt(Self.limit) ? constant : nil }

  /// The number that is added to the loop `loop`, if nothing else is.
  func constant(besides loop: Int) -> Int? { factors == [.loop(loop): 1] ? known : nil }

  /// The factor of the loop `loop`.
  func factor(of loop: Int) -> Int { factors[.loop(loop)] ?? 0 }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.constant &+= b.constant
    for (term, factor) in b.terms {
      if !sum.order.contains(term) { sum.order.append(term) }
      let total = (sum.factors[term] ?? 0) &+ factor
      sum.factors[term] = total == 0 ? nil : total
    }
    return sum
  }

  static func - (a: Self, b: Self) -> Self { a + b.multiplied(by: -1) }

  func multiplied(by number: Int) -> Self {
    var product = IndexSum(constant &* number)
    if number != 0 {
      product.factors = factors.mapValues { $0 &* number }
      product.order = order
    }
    return product
  }
}

extension IndexSum {
  /// Sums that are at most 0 where the i1 `condition` holds, or does not.
  static func facts(of condition: Value, holds: Bool) -> [IndexSum] {
    guard let definition = condition.definingOperation else { return [] }
    switch definition.name {
    case "arith.andi" where holds, "arith.ori" where !holds:
      return definition.operands.flatMap { facts(of: $0, holds: holds) }
    case "arith.cmpi" where definition.operand(0).type.isIndex:
      guard let order = definition.attribute("predicate")?.integerValue.flatMap(Builder.Order.init) else { return [] }
      let difference = IndexSum(definition.operand(0)) - IndexSum(definition.operand(1)), opposite = difference.multiplied(by: -1)
      switch (order, holds) {
      case (.less, true), (.greaterOrEqual, false): return [difference + IndexSum(1)]
      case (.lessOrEqual, true), (.greater, false): return [difference]
      case (.greater, true), (.lessOrEqual, false): return [opposite + IndexSum(1)]
      case (.greaterOrEqual, true), (.less, false): return [opposite]
      case (.equal, true), (.notEqual, false): return [difference, opposite]
      default: return []
      }
    default: return []
    }
  }
}
