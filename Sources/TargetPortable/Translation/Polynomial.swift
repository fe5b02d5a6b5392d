/// A sum of products of numbers that are not known, by their numbers, with whole coefficients; sums and products wrap around.
struct Polynomial: Hashable {
  /// The coefficient of each product, which is a sorted list of unknowns; none of them is 0.
  private(set) var terms: [[Int]: Int] = [:]

  static func constant(_ number: Int) -> Polynomial { Polynomial(terms: number == 0 ? [:] : [[]: number]) }
  static func unknown(_ number: Int) -> Polynomial { Polynomial(terms: [[number]: 1]) }

  /// The number that it is; `nil` where it has unknowns.
  var asConstant: Int? { terms.isEmpty ? 0 : terms.count == 1 ? terms[[]] : nil }

  static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    var sum = a
    for (product, coefficient) in b.terms {
      let total = sum.terms[product, default: 0] &+ coefficient
      sum.terms[product] = total == 0 ? nil : total
    }
    return sum
  }

  static func - (a: Polynomial, b: Polynomial) -> Polynomial { a + b * .constant(-1) }

  static func * (a: Polynomial, b: Polynomial) -> Polynomial {
    var product = Polynomial()
    for (p, x) in a.terms { for (q, y) in b.terms { product = product + Polynomial(terms: [(p + q).sorted(): x &* y].filter { $1 != 0 }) } }
    return product
  }

  /// What stands beside the unknown `number`, and the rest; `nil` where it occurs in a product with itself.
  func split(by number: Int) -> (coefficient: Polynomial, rest: Polynomial)? {
    var coefficient = Polynomial(), rest = Polynomial()
    for (product, factor) in terms {
      switch product.count(where: { $0 == number }) {
      case 0: rest.terms[product] = factor
      case 1: coefficient.terms[product.filter { $0 != number }] = factor
      default: return nil
      }
    }
    return (coefficient, rest)
  }
}
