import MLIR

/// An index as a sum of terms with constant factors: what can be compared without knowing the terms.
///
///     %a = linalg.index 1;  %b = arith.subi %a, %c2      =>      1 * loop 1 - 2
struct IndexSum: Equatable {
  /// What is added up.
  enum Term: Hashable {
    /// The index of a loop of the operation in whose body the value stands.
    case loop(Int)
    case value(Value)
  }

  private(set) var factors: [Term: Int] = [:]
  private(set) var constant = 0

  init(_ constant: Int) { self.constant = constant }

  /// The index of a loop.
  init(loop: Int) { factors[.loop(loop)] = 1 }

  /// Numbers are known up to this: sums of some of them do not overflow.
  private static let limit = 1 << 40
  /// Values are taken apart up to this depth: two operands that are the same value are looked at twice.
  private static let depthLimit = 12

  /// Takes `value` apart: additions, subtractions, and multiplications by constants. Anything else is a term.
  init(_ value: Value) { self.init(value, depth: 0) }

  private init(_ value: Value, depth: Int) {
    guard depth < Self.depthLimit, let op = value.definingOperation else {
      factors[.value(value)] = 1
      return
    }
    switch op.name {
    case "arith.constant": constant = op.attribute("value")?.integerValue ?? 0
    case "linalg.index": factors[.loop(op.attribute("dim")?.integerValue ?? 0)] = 1
    case "arith.addi": self = IndexSum(op.operand(0), depth: depth + 1) + IndexSum(op.operand(1), depth: depth + 1)
    case "arith.subi": self = IndexSum(op.operand(0), depth: depth + 1) - IndexSum(op.operand(1), depth: depth + 1)
    case "arith.muli":
      let x = IndexSum(op.operand(0), depth: depth + 1), y = IndexSum(op.operand(1), depth: depth + 1)
      if let number = y.asConstant {
        self = x.multiplied(by: number)
      } else if let number = x.asConstant {
        self = y.multiplied(by: number)
      } else {
        factors[.value(value)] = 1
      }
    default: factors[.value(value)] = 1
    }
  }

  /// The number, if it is known.
  var asConstant: Int? { factors.isEmpty ? known : nil }

  private var known: Int? { constant.magnitude <= UInt(Self.limit) ? constant : nil }

  /// The number that is added to the loop `loop`, if nothing else is.
  func constant(besides loop: Int) -> Int? { factors == [.loop(loop): 1] ? known : nil }

  /// How often the loop `loop` is in the sum.
  func factor(of loop: Int) -> Int { factors[.loop(loop)] ?? 0 }

  static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.constant &+= b.constant
    for (term, factor) in b.factors {
      let total = (sum.factors[term] ?? 0) &+ factor
      sum.factors[term] = total == 0 ? nil : total
    }
    return sum
  }

  static func - (a: Self, b: Self) -> Self { a + b.multiplied(by: -1) }

  func multiplied(by number: Int) -> Self {
    var product = IndexSum(constant &* number)
    if number != 0 { product.factors = factors.mapValues { $0 &* number } }
    return product
  }
}
