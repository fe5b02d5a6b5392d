import TesseraGraphs
import TesseraMLIR

extension ElementOperation {
  /// Special functions of dialect chlo.
  static let special: [String: ElementOperation] = [
    "lgamma": special { GammaFunctions($0).logarithm($1) },
    "digamma": special { GammaFunctions($0).digamma($1) },
    "erf_inv": special { s, x in ErrorFunctions(s).inverse(x) },
    "bessel_i1e": special { s, x in BesselFunctions(s).scaledI1(x) },
    "zeta": ElementOperation(2, .float) { call in call.computed { ZetaFunctions($0).zeta($1[0], $1[1]) } },
    "polygamma": ElementOperation(2, .float) { call in call.computed { ZetaFunctions($0).polygamma($1[0], $1[1]) } },
    "next_after": ElementOperation(2, .float) { nextAfter($0) },
  ]

  private static func special(_ body: @escaping @Sendable (Scalars, Value) -> Value) -> ElementOperation {
    ElementOperation(1, .float) { call in call.computed { body($0, $1[0]) } }
  }

  /// The float beside the first operand in the direction of the second.
  private static func nextAfter(_ call: ElementCall) -> Value {
    let b = call.builder, type = b.integerType(call.type.byteCount * 8)
    func number(_ bits: Int) -> Value { b.constant(.integer(bits, type)) }
    let least = call.type.byteCount == 8 ? Int.min : -(1 << (call.type.byteCount * 8 - 1))
    let from = b.value("arith.bitcast", [call.a], type: type), to = b.value("arith.bitcast", [call.b], type: type)
    let zero = number(0), sign = number(least), rest = number(~least)
    let magnitude = b.binary("arith.andi", from, rest), target = b.binary("arith.andi", to, rest)
    let mySign = b.binary("arith.andi", from, sign), otherSign = b.binary("arith.andi", to, sign)
    // Away from zero the bits grow, towards it they become less.
    let isFarther = b.binary(
      "arith.ori", b.compare(.greater, magnitude, target), b.compare(.notEqual, mySign, otherSign))
    let stepped = b.plus(from, b.select(isFarther, number(-1), number(1)))
    let fromZero = b.select(b.compare(.equal, target, zero), to, b.binary("arith.ori", otherSign, number(1)))
    let moved = b.select(b.compare(.equal, magnitude, zero), fromZero, stepped)
    let next = b.value("arith.bitcast", [b.select(b.compare(.equal, from, to), to, moved)], type: call.a.type)
    let isNaN = b.binary("arith.ori", b.isNaN(call.a), b.isNaN(call.b))
    return b.select(isNaN, b.scalar(.nan, call.a.type), next)
  }
}

/// The logarithm of the gamma function and its derivative, by Lanczos' approximation with g = 7.
struct GammaFunctions {
  private let s: Scalars
  private var b: Builder { s.builder }
  init(_ s: Scalars) { self.s = s }

  private static let g = 7.0
  private static let base = 0.99999999999980993227684700473478
  private static let coefficients = [
    676.520368121885098567009190444019, -1259.13921672240287047156078755283, 771.3234287776530788486528258894,
    -176.61502916214059906584551354, 12.507343278686904814458936853, -0.13857109526572011689554707, 9.984369578019570859563e-6,
    1.50563273514931155834e-7,
  ]

  private func number(_ value: Double) -> Value { s.constant(value) }
  private func isReflected(_ x: Value) -> Value { s.compare(.less, x, number(0.5)) }
  /// What the approximation takes: x - 1, or -x of what is reflected.
  private func argument(_ x: Value) -> Value { s.select(isReflected(x), s.negate(x), s.subtract(x, number(1))) }

  /// log(z + g + 1/2)
  private func logarithmOfShifted(_ z: Value) -> Value {
    let shift = Self.g + 0.5
    return s.add(number(2.0149030205422647), s.call("math.log1p", s.divide(z, number(shift))))  // log(7.5)
  }

  func logarithm(_ x: Value) -> Value {
    let z = argument(x)
    var sum = number(Self.base)
    for (i, coefficient) in Self.coefficients.enumerated() {
      sum = s.add(sum, s.divide(number(coefficient), s.add(z, number(Double(i + 1)))))
    }
    let t = s.add(z, number(Self.g + 0.5)), logT = logarithmOfShifted(z)
    let power = s.multiply(s.subtract(s.add(z, number(0.5)), s.divide(t, logT)), logT)
    let value = s.add(s.add(power, number(0.91893853320467274178)), s.call("math.log", sum))  // log(sqrt(2 pi))
    // gamma(x) * gamma(1 - x) = pi / sin(pi x)
    let magnitude = s.call("math.absf", x)
    let fraction = s.subtract(magnitude, s.call("math.floor", magnitude))
    let reduced = s.select(s.compare(.greater, fraction, number(0.5)), s.subtract(number(1), fraction), fraction)
    let sine = s.call("math.log", s.call("math.sin", s.multiply(number(.pi), reduced)))
    let isFinite = s.compare(.less, s.call("math.absf", sine), number(.infinity))
    let reflected = s.select(isFinite, s.subtract(s.subtract(number(1.14472988584940017414), sine), value), s.negate(sine))  // log(pi)
    let result = s.select(isReflected(x), reflected, value)
    return s.select(s.compare(.equal, magnitude, number(.infinity)), number(.infinity), result)
  }

  func digamma(_ x: Value) -> Value {
    let z = argument(x)
    var numerator = number(0), denominator = number(Self.base)
    for (i, coefficient) in Self.coefficients.enumerated() {
      let shifted = s.add(z, number(Double(i + 1)))
      numerator = s.subtract(numerator, s.divide(number(coefficient), s.multiply(shifted, shifted)))
      denominator = s.add(denominator, s.divide(number(coefficient), shifted))
    }
    let t = s.add(z, number(Self.g + 0.5))
    let value = s.subtract(s.add(logarithmOfShifted(z), s.divide(numerator, denominator)), s.divide(number(Self.g), t))
    let reduced = s.add(x, s.call("math.absf", s.call("math.floor", s.add(x, number(0.5)))))
    let angle = s.multiply(number(.pi), reduced)
    let cotangent = s.divide(s.multiply(number(.pi), s.call("math.cos", angle)), s.call("math.sin", angle))
    let result = s.select(isReflected(x), s.subtract(value, cotangent), value)
    let isPole = b.and(s.compare(.lessOrEqual, x, number(0)), s.compare(.equal, x, s.call("math.floor", x)))
    return s.select(isPole, number(.nan), result)
  }
}

/// The inverse of the error function.
private struct ErrorFunctions {
  private let s: Scalars
  init(_ s: Scalars) { self.s = s }

  // M. Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2011): single precision.
  private static let central = [
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727,
    1.50140941,
  ]
  private static let outer = [
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
  ]

  private func polynomial(_ coefficients: [Double], _ x: Value) -> Value {
    coefficients.dropFirst().reduce(s.constant(coefficients[0])) { s.add(s.multiply($0, x), s.constant($1)) }
  }

  func inverse(_ x: Value) -> Value {
    let w = s.negate(s.call("math.log1p", s.negate(s.multiply(x, x))))
    let near = polynomial(Self.central, s.subtract(w, s.constant(2.5)))
    let far = polynomial(Self.outer, s.subtract(s.call("math.sqrt", w), s.constant(3)))
    var result = s.multiply(s.select(s.compare(.less, w, s.constant(5)), near, far), x)
    if s.type == .f64 { for _ in 0..<2 { result = refined(result, x) } }
    let isEnd = s.compare(.equal, s.call("math.absf", x), s.constant(1))
    return s.select(isEnd, s.multiply(x, s.constant(.infinity)), result)
  }

  /// A step of Halley's method for erf(y) = x, by erfc where erf is close to 1.
  private func refined(_ y: Value, _ x: Value) -> Value {
    let b = s.builder
    let magnitude = s.call("math.absf", x), root = s.call("math.absf", y)
    let fromEnd = s.subtract(s.subtract(s.constant(1), magnitude), s.call("math.erfc", root))
    let fromZero = s.subtract(s.call("math.erf", root), magnitude)
    let difference = s.select(s.compare(.greater, magnitude, s.constant(0.5)), fromEnd, fromZero)
    let slope = s.multiply(s.constant(1.1283791670955126), s.call("math.exp", s.negate(s.multiply(root, root))))  // 2 / sqrt(pi)
    let step = s.divide(difference, slope)
    let next = s.subtract(root, s.divide(step, s.add(s.constant(1), s.multiply(root, step))))
    return b.binary("math.copysign", next, x)
  }
}
