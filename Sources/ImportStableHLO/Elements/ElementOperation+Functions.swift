import TesseraGraphs
import TesseraMLIR

extension ElementOperation {
  /// Functions of floats and complex numbers.
  static let functions: [String: ElementOperation] = [
    "exponential": function("exp", complex: "exp"),
    "exponential_minus_one": function("expm1", complex: "expm1"),
    "log": function("log", complex: "log"),
    "log_plus_one": function("log1p", complex: "log1p"),
    "sqrt": function("sqrt", complex: "sqrt"),
    "rsqrt": function("rsqrt", complex: "rsqrt"),
    "cbrt": function("cbrt"),
    "sine": function("sin", complex: "sin"),
    "cosine": function("cos", complex: "cos"),
    "tan": function("tan", complex: "tan"),
    "tanh": function("tanh", complex: "tanh"),
    "ceil": function("ceil"),
    "floor": function("floor"),
    "round_nearest_afz": function("round"),
    "round_nearest_even": function("roundeven"),
    "erf": function("erf"),
    "erfc": function("erfc"),
    "asin": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).arcSine($0.a) : $0.math("asin") },
    "acos": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).arcCosine($0.a) : $0.math("acos") },
    "atan": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).arcTangent($0.a) : $0.math("atan") },
    "sinh": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).hyperbolicSine($0.a) : $0.math("sinh") },
    "cosh": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).hyperbolicCosine($0.a) : $0.math("cosh") },
    "asinh": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).areaSine($0.a) : $0.math("asinh") },
    "acosh": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).areaCosine($0.a) : $0.math("acosh") },
    "atanh": ElementOperation(1, .analytic) { $0.type.isComplex ? ComplexFunctions($0).areaTangent($0.a) : $0.math("atanh") },
    "logistic": ElementOperation(1, .analytic) { call in
      guard call.type.isComplex else { return call.computed { $0.sigmoid($1[0]) } }
      let b = call.builder, type = call.a.type, part = type.complexElement
      let one = call.makeComplex(b.scalar(1, part), b.scalar(0, part))
      let power = b.value("complex.exp", [b.value("complex.neg", [call.a], type: type)], type: type)
      return b.value("complex.div", [one, b.value("complex.add", [one, power], type: type)], type: type)
    },
    "square": ElementOperation(1, .number) { call in
      call.type.isComplex
        ? call.builder.value("complex.mul", [call.a, call.a], type: call.a.type) : call.computed { $0.multiply($1[0], $1[0]) }
    },
    "conj": ElementOperation(1, .any) { $0.type.isComplex ? $0.complex("conj") : $0.a },
    "real": ElementOperation(1, .analytic, .part) { $0.type.isComplex ? $0.parts($0.a).real : $0.a },
    "imag": ElementOperation(1, .analytic, .part) { call in
      call.type.isComplex ? call.parts(call.a).imaginary : call.builder.scalar(0, call.a.type)
    },
    "complex": ElementOperation(2, .float, .pair) { $0.makeComplex($0.a, $0.b) },
  ]
}

/// Functions of complex numbers that dialect complex does not have, by those that it has.
struct ComplexFunctions {
  private let call: ElementCall
  private let type: Type
  private var b: Builder { call.builder }

  init(_ call: ElementCall) {
    self.call = call
    type = call.a.type
  }

  private func one(_ name: String, _ x: Value) -> Value { b.value("complex.\(name)", [x], type: type) }
  private func two(_ name: String, _ x: Value, _ y: Value) -> Value { b.value("complex.\(name)", [x, y], type: type) }
  private func number(_ real: Double, _ imaginary: Double = 0) -> Value {
    call.makeComplex(b.scalar(real, type.complexElement), b.scalar(imaginary, type.complexElement))
  }
  private func half(_ x: Value) -> Value { two("mul", x, number(0.5)) }

  /// i * x
  private func turned(_ x: Value) -> Value {
    let (real, imaginary) = call.parts(x)
    return call.makeComplex(b.value("arith.negf", [imaginary], type: imaginary.type), real)
  }
  /// -i * x
  private func turnedBack(_ x: Value) -> Value {
    let (real, imaginary) = call.parts(x)
    return call.makeComplex(imaginary, b.value("arith.negf", [real], type: real.type))
  }

  func hyperbolicSine(_ x: Value) -> Value { turnedBack(one("sin", turned(x))) }
  func hyperbolicCosine(_ x: Value) -> Value { one("cos", turned(x)) }
  /// log(x + sqrt(x + i) * sqrt(x - i)), from the side on which nothing cancels
  func areaSine(_ x: Value) -> Value {
    let i = number(0, 1)
    let isNegative = b.compareFloats(.less, call.parts(x).real, b.scalar(0, type.complexElement))
    let right = b.select(isNegative, one("neg", x), x)
    let root = two("mul", one("sqrt", two("add", right, i)), one("sqrt", two("sub", right, i)))
    let value = one("log", two("add", right, root))
    return b.select(isNegative, one("neg", value), value)
  }
  func arcSine(_ x: Value) -> Value { turnedBack(areaSine(turned(x))) }
  func arcCosine(_ x: Value) -> Value { two("sub", number(.pi / 2), arcSine(x)) }
  /// log(x + sqrt(x + 1) * sqrt(x - 1))
  func areaCosine(_ x: Value) -> Value {
    let unit = number(1)
    let root = two("mul", one("sqrt", two("add", x, unit)), one("sqrt", two("sub", x, unit)))
    return one("log", two("add", x, root))
  }
  /// (log(1 + x) - log(1 - x)) / 2
  func areaTangent(_ x: Value) -> Value { half(two("sub", one("log1p", x), one("log1p", one("neg", x)))) }
  func arcTangent(_ x: Value) -> Value { turnedBack(areaTangent(turned(x))) }
}
