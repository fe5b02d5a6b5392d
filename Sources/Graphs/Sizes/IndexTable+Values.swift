import TesseraMLIR

/// The index values of expressions: each is created where it is first needed, and forgotten with the region that it stands in.
extension IndexTable {
  /// The expressions and atoms that first got values in a region.
  package struct RegionLog {
    fileprivate var expressions: [IndexExpression] = []
    fileprivate var atoms: [Int] = []
    fileprivate var checkedSizes: [IndexExpression] = []
  }

  /// The values of a region that was left.
  package struct RegionValues {
    fileprivate let expressions: [(IndexExpression, Value)]
    fileprivate let atoms: [(Int, Value)]
  }

  /// How many atoms there are: later ones may be values of a region only.
  package var atomCount: Int { atoms.count }

  /// `true` iff `expression` can be computed from the first `count` atoms.
  package func isMade(_ expression: IndexExpression, ofFirst count: Int) -> Bool {
    expression.terms.keys.allSatisfy { monomial in
      monomial.allSatisfy { number in
        if number < count { return true }
        guard case .operation(_, let operands) = atoms[number].key else { return atoms[number].source != nil }
        return operands.allSatisfy { isMade($0, ofFirst: count) }
      }
    }
  }

  /// Begins a region, in which all values so far can be used; returns the log of what is around it.
  package func enterRegion() -> RegionLog? {
    defer { log = RegionLog() }
    return log
  }

  /// Ends a region: the values made in it are forgotten here, and returned.
  package func leaveRegion(_ outer: RegionLog?) -> RegionValues {
    let inner = log ?? RegionLog()
    log = outer
    checkedSizes.subtract(inner.checkedSizes)
    return RegionValues(
      expressions: inner.expressions.compactMap { expression in values.removeValue(forKey: expression).map { (expression, $0) } },
      atoms: inner.atoms.compactMap { number in
        defer { atoms[number].value = nil }
        return atoms[number].value.map { (number, $0) }
      })
  }

  /// Makes the values of a region that was left usable in the one at hand.
  package func restore(_ region: RegionValues) {
    for (expression, value) in region.expressions { remember(value, of: expression) }
    for (number, value) in region.atoms { remember(value, ofAtom: number) }
  }

  private func remember(_ value: Value, of expression: IndexExpression) {
    values[expression] = value
    log?.expressions.append(expression)
  }

  /// Remembers where a size was checked: outside of the region it is not.
  package func rememberChecked(_ size: IndexExpression) { log?.checkedSizes.append(size) }

  /// Gives an atom a value.
  package func remember(_ value: Value, ofAtom number: Int) {
    atoms[number].value = value
    log?.atoms.append(number)
  }

  /// The index value of `expression`, created with `builder` (in the entry block) if it is new.
  package func value(_ expression: IndexExpression, _ builder: Builder) -> Value {
    if let value = values[expression] { return value }
    let value = create(expression, builder)
    remember(value, of: expression)
    return value
  }

  private func create(_ expression: IndexExpression, _ builder: Builder) -> Value {
    var sum: Value?
    // Sorted, so that the text of the IR does not depend on the hash seed; what is added first.
    let terms = expression.terms.sorted { x, y in
      (x.value < 0) != (y.value < 0) ? x.value > 0 : x.key.lexicographicallyPrecedes(y.key)
    }
    for (monomial, coefficient) in terms where !monomial.isEmpty {
      var product = atomValue(monomial[0], builder)
      for atom in monomial.dropFirst() { product = builder.sizeArithmetic("arith.muli", product, atomValue(atom, builder)) }
      // What is taken away is subtracted: a product with -1 would become a difference that wraps.
      let factor = coefficient == .min ? .max : abs(coefficient)
      if factor != 1 { product = builder.sizeArithmetic("arith.muli", product, builder.index(factor)) }
      if coefficient > 0 {
        sum = sum.map { builder.sizeArithmetic("arith.addi", $0, product) } ?? product
      } else {
        sum = builder.sizeArithmetic("arith.subi", sum ?? builder.index(0), product)
      }
    }
    guard let sum else { return builder.index(expression.constant) }
    return expression.constant == 0 ? sum : builder.sizeArithmetic("arith.addi", sum, builder.index(expression.constant))
  }

  private func atomValue(_ number: Int, _ builder: Builder) -> Value {
    if let value = atoms[number].value { return value }
    let value: Value
    if let (tensor, axis) = atoms[number].source {
      value = builder.dimension(tensor, axis)
    } else if case .operation(let operation, let expressions) = atoms[number].key {
      let operands = expressions.map { self.value($0, builder) }
      value =
        operation.isDivision && expressions[1].known.map({ $0 != 0 && $0 != -1 }) != true
        ? divide(operation, operands[0], operands[1], builder) : create(operation, operands, builder)
    } else {
      fatalError("compiler bug: an index without a value")
    }
    remember(value, ofAtom: number)
    return value
  }

  /// A quotient or remainder as the model means it, where the divisor may be 0 (the result is 0) or -1 (the quotient wraps).
  private func divide(_ operation: Operation, _ a: Value, _ b: Value, _ builder: Builder) -> Value {
    let zero = builder.index(0)
    let isZero = builder.compare(.equal, b, zero), isMinusOne = builder.compare(.equal, b, builder.index(-1))
    let result = create(operation, [a, builder.select(builder.binary("arith.ori", isZero, isMinusOne), builder.index(1), b)], builder)
    let other = operation == .truncatingDivide ? builder.select(isMinusOne, builder.binary("arith.subi", zero, a), result) : result
    return builder.select(isZero, zero, other)
  }

  private func create(_ operation: Operation, _ x: [Value], _ builder: Builder) -> Value {
    func compare(_ order: Builder.Order) -> Value {
      builder.value("arith.index_castui", [builder.compare(order, x[0], x[1])], type: .index(builder.context))
    }
    switch operation {
    case .floorDivide: return builder.binary("arith.floordivsi", x[0], x[1])
    case .truncatingDivide: return builder.binary("arith.divsi", x[0], x[1])
    case .truncatingRemainder: return builder.binary("arith.remsi", x[0], x[1])
    case .floorRemainder:
      let quotient = builder.binary("arith.floordivsi", x[0], x[1])
      return builder.binary("arith.subi", x[0], builder.binary("arith.muli", quotient, x[1]))
    case .minimum: return builder.binary("arith.minsi", x[0], x[1])
    case .maximum: return builder.binary("arith.maxsi", x[0], x[1])
    case .equal: return compare(.equal)
    case .less: return compare(.less)
    case .select: return builder.select(builder.compare(.notEqual, x[0], builder.index(0)), x[1], x[2])
    }
  }
}
