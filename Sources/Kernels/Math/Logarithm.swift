internal import TesseraMLIR

/// A base of logarithms as the constants that the expansion needs.
private struct LogarithmBase {
  /// 1 / ln(base), rounded to f32, and the rest.
  let scaleHigh, scaleLow: Double
  /// log_base(2), of few bits, and the rest.
  let twoHigh, twoLow: Double

  static let e = LogarithmBase(scaleHigh: 1, scaleLow: 0, twoHigh: Lane.ln2High, twoLow: Lane.ln2Low)
  static let two = LogarithmBase(
    scaleHigh: 1.44269502162933349609, scaleLow: 1.92596299112661746887e-8, twoHigh: 1, twoLow: 0)
  static let ten = LogarithmBase(
    scaleHigh: 0.434294492006301879883, scaleLow: -1.01030488918762e-8, twoHigh: 0.301025390625, twoLow: 4.60503898119521e-6)
}

extension Lane {
  /// (log(1 + f) - f) / f^2 on sqrt(1/2) - 1 ... sqrt(2) - 1.
  private static let coefficients = [
    -0.5, 0.3333331645, -0.2500081062, 0.2000229508, -0.1662454456, 0.1418117285, -0.1312896907, 0.1288114488, -0.07857732475,
  ]
  /// The bits of sqrt(1/2): mantissas are taken from sqrt(1/2) to sqrt(2), so that the logarithm of a number near 1 has no exponent part.
  private static let rootHalf = 0x3F35_04F3

  /// The exponent and the mantissa less 1 of a positive float; denormals are scaled first.
  private func split() -> (exponent: Lane, fraction: Lane) {
    let isDenormal = self < 0x1p-126
    let normal = isDenormal.select(self * 0x1p23, self)
    let d = normal.bits.plus(-Self.rootHalf)
    let exponent = d.shiftedRightSigned(23).apply("arith.sitofp", type: value.type)
    let mantissa = d.masked(0x7F_FFFF).plus(Self.rootHalf).float
    return (exponent + isDenormal.select(constant(-23), 0), mantissa - 1)
  }

  /// log_base(2^exponent (1 + self)).
  private func logarithm(_ base: LogarithmBase, exponent: Lane) -> Lane {
    let scale = base.scaleHigh + base.scaleLow
    let p = polynomial(Self.coefficients.map { $0 * scale })
    let square = self * self
    var y: Lane
    if base.scaleLow == 0 {
      y = square.times(p, plus: self)
    } else {
      y = times(base.scaleHigh, plus: times(base.scaleLow, plus: square * p))
    }
    if base.twoLow != 0 { y = exponent.times(base.twoLow, plus: y) }
    return exponent.times(base.twoHigh, plus: y)
  }

  /// This result for 0 < x < infinity; -infinity at 0, NaN below, x for infinity and NaN.
  private func withLogarithmEdges(_ x: Lane) -> Lane {
    let outside = (x == 0).select(-Double.infinity, (x < 0).select(Double.nan, x))
    return ((x > 0) & (x < .infinity)).select(self, outside)
  }

  private func logarithm(_ base: LogarithmBase) -> Lane {
    let (exponent, fraction) = split()
    return fraction.logarithm(base, exponent: exponent).withLogarithmEdges(self)
  }

  /// ln(x): at most 0.9 ulp.
  func log() -> Lane { logarithm(.e) }
  /// log2(x): at most 1.01 ulp; exact for powers of two.
  func log2() -> Lane { logarithm(.two) }
  /// log10(x): at most 0.96 ulp.
  func log10() -> Lane { logarithm(.ten) }

  /// ln(1 + x): the exponent e comes from the rounded sum, the fraction is 2^-e x + (2^-e - 1), which loses nothing. At most 1.42 ulp.
  func log1p() -> Lane {
    let sum = self + 1
    let (exponent, rounded) = sum.split()
    let d = sum.bits.plus(-Self.rootHalf).shiftedRightSigned(23).shiftedLeft(23)
    let scale = integerOne(like: d).minus(d).float
    // Beyond 2^24 the sum is x itself, and 2^-e may be no normal float.
    let fraction = (sum > 0x1p24).select(rounded, times(scale, plus: scale - 1))
    let y = fraction.logarithm(.e, exponent: exponent).withLogarithmEdges(sum)
    return (magnitude < 0x1p-30).select(self, y)
  }

  /// The bits of 1.0.
  private func integerOne(like d: Lane) -> Lane { d.integer(0x3F80_0000) }
}
