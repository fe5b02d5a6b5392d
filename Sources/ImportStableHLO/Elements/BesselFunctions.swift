import TesseraGraphs
import TesseraLibC
import TesseraMLIR

/// The modified Bessel function I1, times exp(-|x|), by two Chebyshev series whose coefficients are computed from its integral.
struct BesselFunctions {
  private let s: Scalars
  init(_ s: Scalars) { self.s = s }

  /// Where the second series begins.
  private static let limit = 8.0
  private static let termCount = 30

  /// exp(-x) * I1(x) = 1 / pi * the integral of exp(x * (cos(t) - 1)) * cos(t) from 0 to pi. The rule of trapezoids converges fast: the
  /// integrand is periodic.
  private static func exact(_ x: Double) -> Double {
    let count = 64 + Int(16 * x.squareRoot())
    var sum = 0.5 * (1 - exp(-2 * x))
    for i in 1..<count {
      let angle = Double.pi * Double(i) / Double(count), half = sin(angle / 2)
      sum += exp(-2 * x * half * half) * cos(angle)
    }
    return sum / Double(count)
  }

  /// The Chebyshev coefficients of `function` on -1 ... 1.
  private static func coefficients(_ function: (Double) -> Double) -> [Double] {
    let nodes = 2 * termCount
    let angles = (0..<nodes).map { Double.pi * (Double($0) + 0.5) / Double(nodes) }
    let values = angles.map { function(cos($0)) }
    return (0..<termCount).map { k in
      let sum = zip(angles, values).reduce(0) { $0 + $1.1 * cos(Double(k) * $1.0) }
      return sum * (k == 0 ? 1 : 2) / Double(nodes)
    }
  }

  /// Of exp(-x) * I1(x) / x, where x = 4 * (t + 1).
  private static let near = coefficients { t in
    let x = limit / 2 * (t + 1)
    return x < 1e-9 ? 0.5 : exact(x) / x
  }
  /// Of exp(-x) * I1(x) * sqrt(x), where x = 16 / (t + 1).
  private static let far = coefficients { t in
    let x = 2 * limit / (t + 1)
    return exact(x) * x.squareRoot()
  }

  /// Clenshaw's sum of a series at `t`.
  private func series(_ coefficients: [Double], _ t: Value) -> Value {
    let twice = s.add(t, t)
    var (current, before) = (s.constant(0), s.constant(0))
    for coefficient in coefficients.dropFirst().reversed() {
      (current, before) = (s.add(s.subtract(s.multiply(twice, current), before), s.constant(coefficient)), current)
    }
    return s.add(s.subtract(s.multiply(t, current), before), s.constant(coefficients[0]))
  }

  func scaledI1(_ x: Value) -> Value {
    let magnitude = s.call("math.absf", x), one = s.constant(1)
    let small = s.multiply(series(Self.near, s.subtract(s.divide(magnitude, s.constant(Self.limit / 2)), one)), magnitude)
    let ratio = s.subtract(s.divide(s.constant(2 * Self.limit), magnitude), one)
    let large = s.divide(series(Self.far, ratio), s.call("math.sqrt", magnitude))
    let value = s.select(s.compare(.lessOrEqual, magnitude, s.constant(Self.limit)), small, large)
    return s.builder.binary("math.copysign", value, x)
  }
}
