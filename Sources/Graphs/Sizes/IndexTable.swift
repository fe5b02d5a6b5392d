import TesseraMLIR

/// The atoms of the index expressions of one function, and the index values that compute them.
///
/// Equal operations on equal expressions are one atom, so equality of expressions survives divisions and comparisons.
/// Values are created where they are first needed; those of a region are forgotten at its end.
package final class IndexTable {
  /// An operation that has no polynomial form. Comparisons give 0 or 1.
  package enum Operation: Hashable {
    case floorDivide, truncatingDivide, truncatingRemainder, floorRemainder, minimum, maximum, select
    case equal, less

    /// `true` iff this divides numbers of the model: those of sizes are known not to be divided by 0.
    package var isDivision: Bool { self == .truncatingDivide || self == .truncatingRemainder || self == .floorRemainder }
  }

  /// What an atom is; equal ones are one.
  package enum Key: Hashable {
    case symbol(String)
    case operation(Operation, [IndexExpression])
    case unique(Int)
  }

  /// A factor of monomials.
  package struct Atom {
    package let key: Key
    /// A number that the value is never below.
    package let leastValue: Int?
    /// The input dimension that the symbol is, for symbols.
    package let source: (tensor: Value, axis: Int)?
    package var value: Value?
  }

  package var atoms: [Atom] = []
  private var numbers: [Key: Int] = [:]
  /// The values that exist.
  package var values: [IndexExpression: Value] = [:]
  /// What got its value in the region at hand; `nil` outside of all regions.
  package var log: RegionLog?
  /// The sizes that were checked.
  package var checkedSizes: Set<IndexExpression> = []
  /// The symbols that are taken to be at least 1.
  package var assumedPositive: [Int] = []
  /// `true` while symbols may be 0.
  private var assumesNothing = false
  /// The expressions that are taken to be bounded.
  package var assumedBounds: [(expression: IndexExpression, most: Int)] = []

  /// More terms than this become an atom of their own, so that hostile graphs cannot blow polynomials up.
  private static let termLimit = 32

  // MARK: atoms

  /// The expression of the size `symbol`, which dimension `axis` of the argument `tensor` has.
  package func symbol(_ symbol: String, tensor: Value, axis: Int) -> IndexExpression {
    intern(.symbol(symbol), least: 1, source: (tensor, axis))
  }

  /// A new expression for an index value about which nothing is known (but its least value).
  package func opaque(_ value: Value, least: Int? = nil) -> IndexExpression {
    let key = Key.unique(atoms.count)
    let expression = intern(key, least: least)
    remember(value, ofAtom: atoms.count - 1)
    return expression
  }

  /// A size about which nothing is known and that nobody computes, for types.
  package var unknownSize: IndexExpression { operation(.select, []) }

  /// The name of the symbol that `expression` is.
  package func symbolName(_ expression: IndexExpression) -> String? {
    guard let atom = expression.atom, case .symbol(let name) = atoms[atom].key else { return nil }
    return name
  }

  private func intern(_ key: Key, least: Int?, source: (Value, Int)? = nil) -> IndexExpression {
    if let number = numbers[key] { return IndexExpression(atom: number) }
    numbers[key] = atoms.count
    atoms.append(Atom(key: key, leastValue: least, source: source, value: nil))
    return IndexExpression(atom: atoms.count - 1)
  }

  private func operation(_ operation: Operation, _ operands: [IndexExpression], least: Int? = nil) -> IndexExpression {
    intern(.operation(operation, operands), least: least)
  }

  // MARK: bounds

  /// `true` iff `expression` is known to be at least `wanted`. Symbols are taken to be at least 1 only if that helps to reach `wanted`.
  package func isAtLeast(_ wanted: Int, _ expression: IndexExpression) -> Bool {
    var least = 0
    var leastOfEmpty = 0  // with every symbol at 0
    var symbols: [Int] = []
    for (monomial, coefficient) in expression.terms {
      if monomial.isEmpty {
        least = least.addingSaturated(coefficient)
        leastOfEmpty = leastOfEmpty.addingSaturated(coefficient)
        continue
      }
      guard coefficient > 0 else { return false }
      var bound = coefficient
      for number in monomial {
        guard let atomLeast = atoms[number].leastValue, atomLeast >= 0 else { return false }
        bound = bound.multipliedSaturated(by: atomLeast)
        if case .symbol = atoms[number].key { symbols.append(number) }
      }
      least = least.addingSaturated(bound)
    }
    guard (assumesNothing ? leastOfEmpty : least) >= wanted else { return false }
    if leastOfEmpty < wanted {
      for symbol in symbols where !assumedPositive.contains(symbol) { assumedPositive.append(symbol) }
    }
    return true
  }

  /// Returns what `body` makes of expressions where no symbol is taken to be at least 1, so that it holds for dimensions of nothing too.
  package func withoutAssumptions<Result>(_ body: () -> Result) -> Result {
    assumesNothing = true
    defer { assumesNothing = false }
    return body()
  }

  /// `true` iff `expression` is never below 0, whatever the sizes of the inputs are.
  package func isNeverNegative(_ expression: IndexExpression) -> Bool {
    expression.terms.allSatisfy { monomial, coefficient in
      coefficient >= 0 && monomial.allSatisfy { (atoms[$0].leastValue ?? -1) >= 0 }
    }
  }

  /// `true` iff a value that is no size of a tensor takes part in `expression`: elements of tensors that the host reads.
  package func isGivenByData(_ expression: IndexExpression) -> Bool {
    expression.terms.keys.contains { monomial in
      monomial.contains { number in
        switch atoms[number].key {
        case .symbol: false
        case .unique: atoms[number].leastValue == nil
        case .operation(_, let operands): operands.contains(where: isGivenByData)
        }
      }
    }
  }

  /// Remembers that `size` is checked to be the size of a tensor; `true` iff it was not, here or around the region at hand.
  package func isNewSize(_ size: IndexExpression) -> Bool {
    guard checkedSizes.insert(size).inserted else { return false }
    rememberChecked(size)
    return true
  }

  /// `true` iff `a >= b` for certain.
  package func isOrdered(_ b: IndexExpression, notAbove a: IndexExpression) -> Bool { isAtLeast(0, a - b) }

  // MARK: arithmetic

  private func bounded(_ expression: IndexExpression) -> IndexExpression {
    guard expression.terms.count > Self.termLimit else { return expression }
    return operation(.maximum, [expression, expression])
  }

  // Of numbers that are known these are operations of the model, which wrap around as its integers do.

  package func add(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(x &+ y) }
    return bounded(a + b)
  }

  package func subtract(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(x &- y) }
    return bounded(a - b)
  }

  package func multiply(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(x &* y) }
    return bounded(a * b)
  }

  /// `a / b` rounded down; 0 where a known `b` is 0.
  package func floorDivide(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let quotient = a.divided(by: b) { return quotient }
    guard let divisor = b.known else { return operation(.floorDivide, [a, b], least: isAtLeast(0, a) && isAtLeast(1, b) ? 0 : nil) }
    if let value = a.known { return IndexExpression(value.dividedFloor(by: divisor)) }
    guard divisor > 0 else { return operation(.floorDivide, [a, b]) }
    let (quotient, rest) = a.splitting(by: divisor)
    return quotient + operation(.floorDivide, [rest, b], least: isAtLeast(0, rest) ? 0 : nil)
  }

  /// `a / b` rounded up, for a known positive `b`.
  package func ceilDivide(_ a: IndexExpression, by b: Int) -> IndexExpression { floorDivide(a + (b - 1), IndexExpression(b)) }

  /// `a / b` rounded towards zero, as ONNX divides integers.
  package func truncatingDivide(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(y == 0 ? 0 : y == -1 ? 0 &- x : x / y) }
    if isAtLeast(0, a), isAtLeast(1, b) { return floorDivide(a, b) }
    return a.divided(by: b) ?? operation(.truncatingDivide, [a, b])
  }

  /// The remainder with the sign of `b` (`Mod`), or that of `a` (`Mod` with fmod).
  package func remainder(_ a: IndexExpression, _ b: IndexExpression, truncating: Bool) -> IndexExpression {
    if let x = a.known, let y = b.known {
      if y == 0 || y == -1 { return .zero }
      return IndexExpression(truncating ? x % y : x - y &* x.dividedFloor(by: y))
    }
    if a.divided(by: b) != nil { return .zero }
    return operation(truncating ? .truncatingRemainder : .floorRemainder, [a, b], least: !truncating && isAtLeast(1, b) ? 0 : nil)
  }

  /// Sizes never reach this: exporters write it for "to the end".
  private static let infinity = Int(Int32.max)

  package func minimum(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(min(x, y)) }
    if let x = a.known, x >= Self.infinity { return b }
    if let y = b.known, y >= Self.infinity { return a }
    if isOrdered(a, notAbove: b) { return a }
    if isOrdered(b, notAbove: a) { return b }
    return operation(.minimum, [a, b], least: isAtLeast(0, a) && isAtLeast(0, b) ? 0 : nil)
  }

  package func maximum(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(max(x, y)) }
    if isOrdered(a, notAbove: b) { return b }
    if isOrdered(b, notAbove: a) { return a }
    return operation(.maximum, [a, b], least: isAtLeast(0, a) || isAtLeast(0, b) ? 0 : nil)
  }

  /// 1 if `a == b`, else 0.
  package func equal(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    let difference = a - b
    if let value = difference.known { return IndexExpression(value == 0 ? 1 : 0) }
    if isAtLeast(1, difference) || isAtLeast(1, -difference) { return .zero }
    return operation(.equal, [a, b], least: 0)
  }

  /// 1 if `a < b`, else 0.
  package func less(_ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let x = a.known, let y = b.known { return IndexExpression(x < y ? 1 : 0) }
    if isAtLeast(1, b - a) { return .one }
    if isAtLeast(0, a - b) { return .zero }
    return operation(.less, [a, b], least: 0)
  }

  /// `a` where `condition` is not 0, else `b`.
  package func select(_ condition: IndexExpression, _ a: IndexExpression, _ b: IndexExpression) -> IndexExpression {
    if let value = condition.known { return value != 0 ? a : b }
    if a == b { return a }
    return operation(.select, [condition, a, b], least: isAtLeast(0, a) && isAtLeast(0, b) ? 0 : nil)
  }
}

extension Int {
  /// The quotient rounded down; 0 for a divisor of 0.
  package func dividedFloor(by divisor: Int) -> Int {
    if divisor == 0 { return 0 }
    if divisor == -1 { return 0 &- self }
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }

  package func addingSaturated(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  package func multipliedSaturated(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}
