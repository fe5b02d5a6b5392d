import TesseraMLIR

/// What is taken to hold of the sizes of inputs, and checked when the function is called.
extension IndexTable {
  /// Takes `expression` to be at most `most`, if it is made of sizes of inputs only, and returns whether it is; the call is checked.
  ///
  /// Models slice tables (of positions, of masks) to a size of an input. Were the result known only as the lesser of the two sizes,
  /// nothing behind it would be known to be equal.
  package func assume(_ expression: IndexExpression, atMost most: Int) -> Bool {
    guard expression.known == nil, isMadeOfSymbols(expression) else { return false }
    if !assumedBounds.contains(where: { $0.expression == expression && $0.most == most }) { assumedBounds.append((expression, most)) }
    return true
  }

  private func isMadeOfSymbols(_ expression: IndexExpression) -> Bool {
    expression.terms.keys.allSatisfy { $0.allSatisfy { atoms[$0].source != nil } }
  }

  /// Checks the assumptions with operations made by `builder`, at the start of the function.
  package func checkAssumptions(_ builder: Builder) {
    func check(_ order: Builder.Order, _ value: Value, _ bound: Int, _ message: String) {
      builder.require(builder.compare(order, value, builder.index(bound)), message)
    }
    func size(_ number: Int) -> Value? { atoms[number].source.map { builder.dimension($0.tensor, $0.axis) } }
    for number in assumedPositive {
      if let value = size(number) { check(.greaterOrEqual, value, 1, "the size \(name(number)) must be at least 1") }
    }
    for (expression, most) in assumedBounds {
      var sum = builder.index(expression.constant)
      for (monomial, coefficient) in expression.terms.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where !monomial.isEmpty {
        let product = monomial.compactMap(size).reduce(builder.index(coefficient)) { builder.binary("arith.muli", $0, $1) }
        sum = builder.binary("arith.addi", sum, product)
      }
      check(.lessOrEqual, sum, most, "\(text(expression)) must be at most \(most)")
    }
  }

  /// The name of a symbol in messages.
  private func name(_ number: Int) -> String {
    if case .symbol(let name) = atoms[number].key, !name.hasPrefix("?") { return "'\(name)'" }
    return "of dimension \(atoms[number].source?.axis ?? 0) of an input"
  }

  /// The expression in messages: a symbol, or what it is made of.
  private func text(_ expression: IndexExpression) -> String {
    if let atom = expression.atom { return "the size \(name(atom))" }
    let symbols = Set(expression.terms.keys.flatMap { $0 }).sorted().map(name)
    return "a size computed from \(symbols.joined(separator: " and "))"
  }
}
