/// An integer that the importer knows as a polynomial over atoms: sizes of inputs, and results of operations on them.
///
/// `2*batch*seq + 1` has two terms. Two expressions with the same terms are equal at run time, which is how the importer knows that
/// two symbolic sizes are the same. Arithmetic ends at the greatest and least numbers, which no tensor has as a size: those are checked where a
/// tensor is made.
package struct IndexExpression: Hashable {
  /// A product of atoms, by their numbers in the `IndexTable`, sorted; empty for the constant term.
  package typealias Monomial = [Int]

  /// Coefficients, none of them 0.
  package private(set) var terms: [Monomial: Int]

  package init(_ value: Int) { terms = value == 0 ? [:] : [[]: value] }
  package init(atom: Int) { terms = [[atom]: 1] }

  package static let zero = IndexExpression(0)
  package static let one = IndexExpression(1)

  /// The value, if there is no atom in it.
  package var known: Int? { terms.isEmpty ? 0 : terms.count == 1 ? terms[[]] : nil }
  /// The atom that this is, with nothing added or multiplied.
  package var atom: Int? {
    guard terms.count == 1, let (monomial, coefficient) = terms.first, coefficient == 1, monomial.count == 1 else { return nil }
    return monomial[0]
  }
  /// The constant term.
  package var constant: Int { terms[[]] ?? 0 }

  private mutating func add(_ monomial: Monomial, _ coefficient: Int) {
    let sum = (terms[monomial] ?? 0).addingSaturated(coefficient)
    terms[monomial] = sum == 0 ? nil : sum
  }

  package static func + (a: Self, b: Self) -> Self {
    var sum = a
    for (monomial, coefficient) in b.terms { sum.add(monomial, coefficient) }
    return sum
  }

  package static prefix func - (a: Self) -> Self {
    var negated = a
    negated.terms = a.terms.mapValues { $0 == .min ? .max : -$0 }
    return negated
  }

  package static func - (a: Self, b: Self) -> Self { a + -b }

  package static func * (a: Self, b: Self) -> Self {
    var product = zero
    for (m, x) in a.terms { for (n, y) in b.terms { product.add((m + n).sorted(), x.multipliedSaturated(by: y)) } }
    return product
  }

  package static func + (a: Self, b: Int) -> Self { a + Self(b) }
  package static func - (a: Self, b: Int) -> Self { a - Self(b) }
  package static func * (a: Self, b: Int) -> Self { a * Self(b) }

  /// The term that comes first in the order of degree, then of atoms.
  private var leading: (monomial: Monomial, coefficient: Int)? {
    terms.max { a, b in
      a.key.count != b.key.count ? a.key.count < b.key.count : a.key.lexicographicallyPrecedes(b.key)
    }.map { ($0.key, $0.value) }
  }

  /// The quotient, if `divisor` divides this exactly as a polynomial.
  package func divided(by divisor: Self) -> Self? {
    guard let lead = divisor.leading else { return nil }
    var rest = self
    var quotient = Self.zero
    // Each step removes the leading term; a real size has a handful.
    for _ in 0..<16 {
      guard let first = rest.leading else { return quotient }
      guard let monomial = Self.removing(lead.monomial, from: first.monomial),
        !(first.coefficient == .min && lead.coefficient == -1), first.coefficient % lead.coefficient == 0
      else { return nil }
      var factor = Self.zero
      factor.add(monomial, first.coefficient / lead.coefficient)
      quotient = quotient + factor
      rest = rest - factor * divisor
    }
    return rest.terms.isEmpty ? quotient : nil
  }

  private static func removing(_ part: Monomial, from whole: Monomial) -> Monomial? {
    var rest = whole
    for atom in part {
      guard let position = rest.firstIndex(of: atom) else { return nil }
      rest.remove(at: position)
    }
    return rest
  }

  /// `true` iff this and `other` are different multiples of one product of atoms, so that they are equal only where that is 0.
  package func differsByFactor(from other: Self) -> Bool {
    guard terms.count == 1, other.terms.count == 1, let mine = terms.first, let theirs = other.terms.first else { return false }
    return mine.key == theirs.key && mine.value != theirs.value
  }

  /// Splits this into a part that `divisor` divides term by term (returned divided) and the rest.
  package func splitting(by divisor: Int) -> (quotient: Self, rest: Self) {
    var quotient = Self.zero
    var rest = Self.zero
    for (monomial, coefficient) in terms {
      var whole = coefficient / divisor
      if coefficient % divisor < 0 { whole -= 1 }
      let left = coefficient - whole * divisor
      // Only a constant may be split into multiple and remainder: `3*x` has no smaller rest than itself.
      if monomial.isEmpty || left == 0 {
        quotient.add(monomial, whole)
        if left != 0 { rest.add(monomial, left) }
      } else {
        rest.add(monomial, coefficient)
      }
    }
    return (quotient, rest)
  }
}

extension [IndexExpression] {
  /// The product of all elements.
  package var product: IndexExpression { reduce(.one) { $0 * $1 } }
  /// The values, if all are known.
  package var known: [Int]? {
    let values = compactMap(\.known)
    return values.count == count ? values : nil
  }
}

extension IndexExpression {
  /// The number as an element of `type`, whose arithmetic wraps; `nil` where the run may have to wrap it.
  package func wrapped(to type: ElementType) -> IndexExpression? {
    let bits = type.byteCount * 8
    if type == .bool || bits == 64 { return type == .u64 && (known ?? -1) < 0 ? nil : self }
    guard let known else { return bits == 32 ? self : nil }
    let shifted = known << (64 - bits)
    return IndexExpression(type.isUnsigned ? Int(bitPattern: UInt(bitPattern: shifted) >> UInt(64 - bits)) : shifted >> (64 - bits))
  }
}
