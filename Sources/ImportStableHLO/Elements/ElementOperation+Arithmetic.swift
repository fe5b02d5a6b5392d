import TesseraGraphs
import TesseraMLIR

extension ElementOperation {
  /// Arithmetic and comparisons.
  static let arithmetic: [String: ElementOperation] = [
    "add": binary(.any, boolean: "arith.ori", complex: "add") { $0.add($1, $2) },
    "subtract": binary(.number, complex: "sub") { $0.subtract($1, $2) },
    "multiply": binary(.any, boolean: "arith.andi", complex: "mul") { $0.multiply($1, $2) },
    "divide": binary(.number, complex: "div") { s, a, b in
      let quotient = s.divide(a, b)
      if s.type.isFloat { return quotient }
      // All bits are set where integers are divided by 0.
      return s.select(s.compare(.equal, b, s.constant(0)), s.builder.constant(.integer(-1, s.irType)), quotient)
    },
    "remainder": binary(.real) { s, a, b in
      let remainder = s.remainder(a, b)
      return s.type.isFloat ? remainder : s.select(s.compare(.equal, b, s.constant(0)), a, remainder)
    },
    "maximum": extreme(isMaximum: true),
    "minimum": extreme(isMaximum: false),
    "power": ElementOperation(2, .number) { call in
      if call.type.isComplex { return call.complex("pow") }
      return call.computed { s, e in
        s.type.isFloat ? s.builder.binary("math.powf", e[0], e[1]) : integerPower(s, e[0], e[1], bits: call.type.bitCount)
      }
    },
    "atan2": ElementOperation(2, .analytic) { call in
      call.type.isComplex ? call.complex("atan2") : call.computed { $0.builder.binary("math.atan2", $1[0], $1[1]) }
    },
    "negate": ElementOperation(1, .number) { call in call.type.isComplex ? call.complex("neg") : call.computed { $0.negate($1[0]) } },
    "abs": ElementOperation(1, .number, .part) { call in
      if call.type.isComplex { return call.builder.value("complex.abs", [call.a], type: call.a.type.complexElement) }
      return call.computed { s, e in
        s.type.isFloat ? s.call("math.absf", e[0]) : s.type.isUnsigned ? e[0] : s.call("math.absi", e[0])
      }
    },
    "sign": ElementOperation(1, .number) { call in
      if call.type.isComplex { return call.complex("sign") }
      return call.computed { s, e in
        let zero = s.constant(0), one = s.constant(1)
        if s.type.isUnsigned { return s.select(s.compare(.equal, e[0], zero), zero, one) }
        let signed = s.select(s.compare(.greater, e[0], zero), one, s.select(s.compare(.less, e[0], zero), s.constant(-1), e[0]))
        return signed
      }
    },
    "compare": ElementOperation(2, .any, .boolean, compare),
    "is_finite": predicate { s, x in s.compare(.less, s.call("math.absf", x), s.constant(.infinity)) },
    "is_inf": predicate { s, x in s.compare(.equal, s.call("math.absf", x), s.constant(.infinity)) },
    "is_pos_inf": predicate { s, x in s.compare(.equal, x, s.constant(.infinity)) },
    "is_neg_inf": predicate { s, x in s.compare(.equal, x, s.constant(-.infinity)) },
  ]

  private static func predicate(_ body: @escaping @Sendable (Scalars, Value) -> Value) -> ElementOperation {
    ElementOperation(1, .float, .boolean) { call in call.computed { body($0, $1[0]) } }
  }

  private static func extreme(isMaximum: Bool) -> ElementOperation {
    ElementOperation(2, .any) { call in
      if call.type == .bool { return call.builder.binary(isMaximum ? "arith.ori" : "arith.andi", call.a, call.b) }
      guard call.type.isComplex else { return call.computed { isMaximum ? $0.maximum($1[0], $1[1]) : $0.minimum($1[0], $1[1]) } }
      // Complex numbers are ordered by their real parts, and by their imaginary ones where those are equal.
      let b = call.builder, first = call.parts(call.a), second = call.parts(call.b)
      let isBefore = b.compareFloats(isMaximum ? .greater : .less, first.real, second.real)
      let isTied = b.and(
        b.compareFloats(.equal, first.real, second.real),
        b.compareFloats(isMaximum ? .greaterOrEqual : .lessOrEqual, first.imaginary, second.imaginary))
      return b.select(b.binary("arith.ori", isBefore, isTied), call.a, call.b)
    }
  }

  /// `base` to the power of `exponent`, which wraps; a negative exponent gives what is left of the fraction without its digits.
  private static func integerPower(_ s: Scalars, _ base: Value, _ exponent: Value, bits: Int) -> Value {
    let b = s.builder, one = s.constant(1), zero = s.constant(0)
    var result = one, square = base
    for bit in 0..<bits {
      let mask = b.constant(.integer(bit == 63 ? Int.min : 1 << bit, s.irType))
      let isSet = b.compare(.notEqual, b.binary("arith.andi", exponent, mask), zero)
      result = b.select(isSet, s.multiply(result, square), result)
      square = s.multiply(square, square)
    }
    if s.type.isUnsigned { return result }
    let minusOne = b.constant(.integer(-1, s.irType))
    let isOdd = b.compare(.notEqual, b.binary("arith.andi", exponent, one), zero)
    let ofUnit = b.select(b.compare(.equal, base, minusOne), b.select(isOdd, minusOne, one), zero)
    let inverse = b.select(b.compare(.equal, base, one), one, ofUnit)
    return b.select(b.compare(.less, exponent, zero), inverse, result)
  }

  /// `compare` in a direction, of numbers or in the total order of floats.
  @Sendable private static func compare(_ call: ElementCall) -> Value {
    let direction = call.word("comparison_direction"), b = call.builder
    if call.type.isComplex { return b.value(direction == "NE" ? "complex.neq" : "complex.eq", call.operands, type: .i1(b.context)) }
    if call.type == .bool || call.type.isAnyInteger {
      return call.computed { s, e in b.compare(order(direction, isUnsigned: s.type.isUnsigned || s.type == .bool), e[0], e[1]) }
    }
    return call.computed { s, e in
      if call.word("compare_type") == "TOTALORDER" {
        return b.compare(order(direction, isUnsigned: false), s.totalOrder(e[0]), s.totalOrder(e[1]))
      }
      let orders: [String: Builder.FloatOrder] = [
        "EQ": .equal, "NE": .unorderedOrNotEqual, "LT": .less, "LE": .lessOrEqual, "GT": .greater, "GE": .greaterOrEqual,
      ]
      return b.compareFloats(orders[direction] ?? .equal, e[0], e[1])
    }
  }

  private static func order(_ direction: String, isUnsigned: Bool) -> Builder.Order {
    let orders: [String: Builder.Order] = [
      "EQ": .equal, "NE": .notEqual, "LT": .less, "LE": .lessOrEqual, "GT": .greater, "GE": .greaterOrEqual,
    ]
    let order = orders[direction] ?? .equal
    return isUnsigned ? order.unsigned : order
  }
}

extension Scalars {
  /// The integer, as wide as the float `value` of 32 or 64 bits, whose order is the total order of IEEE 754: -NaN, -1, -0, 0, 1, NaN.
  func totalOrder(_ value: Value) -> Value {
    let type = builder.integerType(type.byteCount * 8)
    let bits = builder.value("arith.bitcast", [value], type: type)
    let greatest = builder.constant(.integer(self.type == .f64 ? Int.max : Int(Int32.max), type))
    // Negative numbers grow towards zero: all bits but the sign are turned over.
    let sign = builder.binary("arith.shrsi", bits, builder.constant(.integer(self.type.byteCount * 8 - 1, type)))
    return builder.binary("arith.xori", bits, builder.binary("arith.andi", sign, greatest))
  }
}

extension Builder {
  func integerType(_ bits: Int) -> Type { .integer(bits, context) }
}
