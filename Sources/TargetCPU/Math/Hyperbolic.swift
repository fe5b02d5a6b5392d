import MLIR

extension Lane {
  /// tanh(x) = x P(x^2) / Q(x^2), constant beyond 9.02, where it is 1 in f32.
  func tanh() -> Lane {
    let x = atLeast(-9.02).atMost(9.02)
    let u = x * x
    let p = u.polynomial([1, 0.1368152350, 0.003870316548, 2.804602263e-5, 3.067150445e-8, -1.226197789e-11])
    let q = u.polynomial([1, 0.4701485634, 0.02725318447, 0.0003942081821, 1.289977490e-6])
    return (x * p / q).atLeast(-1).atMost(1)
  }

  /// sinh(x): a polynomial to 1, and e^x/2 - 1/(2 e^x) beyond.
  func sinh() -> Lane {
    let a = magnitude
    let u = a * a
    let small = (a * u).times(u.polynomial([0.1666666716, 0.008333311416, 0.0001984263508, 2.783925538e-6]), plus: a)
    let half = a.halfExp()
    return (a < 1).select(small, half - 0.25 / half).withSign(of: self)
  }

  /// cosh(x) = e^|x|/2 + 1/(2 e^|x|).
  func cosh() -> Lane {
    let half = magnitude.halfExp()
    return half + 0.25 / half
  }

  private static let ln2 = 0.693147180559945309

  /// asinh(x) = log1p(a + a^2 / (1 + sqrt(1 + a^2))) with the sign of x; log(a) + ln 2 where the square would overflow.
  func asinh() -> Lane {
    let a = magnitude
    let isLarge = a > 0x1p30
    let square = a * a
    let argument = a + square / (a.times(a, plus: 1).squareRoot + 1)
    let y = isLarge.select(a, argument).log1p()
    return isLarge.select(y + Self.ln2, y).withSign(of: self)
  }

  /// acosh(x) = log1p(t + sqrt(2 t + t^2)), t = x - 1; log(x) + ln 2 where the square would overflow; NaN below 1.
  func acosh() -> Lane {
    let t = self - 1
    let isLarge = self > 0x1p30
    let y = isLarge.select(self, t + (t * (t + 2)).squareRoot).log1p()
    return (self < 1).select(Double.nan, isLarge.select(y + Self.ln2, y))
  }

  /// atanh(x) = log1p(2 a / (1 - a)) / 2 with the sign of x.
  func atanh() -> Lane {
    let a = magnitude
    let y = ((a + a) / (1 - a)).log1p() * 0.5
    return (a < 0x1p-20).select(self, y.withSign(of: self))
  }
}
