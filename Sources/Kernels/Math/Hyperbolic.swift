internal import TesseraMLIR

extension Lane {
  /// tanh(x), at most 1.62 ulp: a polynomial to 0.55, and 1 - 2 / (e^2a + 1) beyond. A rational function would save five instructions of
  /// twenty-five and err by 4.6 ulp.
  func tanh() -> Lane {
    let a = magnitude
    let u = a * a
    let small = (a * u).times(u.polynomial([-0.3333331645, 0.1333255470, -0.05384935811, 0.02106035128, -0.006258931477]), plus: a)
    // 1 in f32 from 9.02 on. 2 log2(e) = 2.885...
    let bounded = a.atMost(9.1)
    let twice = 2.88539008177792681
    let e = (bounded * twice).exp2Bounded(remainderOf: { bounded.times(twice, plus: -$0) })
    return (a < 0.55).select(small, 1 - 2 / (e + 1)).withSign(of: self)
  }

  /// sinh(x), at most 1.58 ulp: a polynomial to 1, and e^x/2 - 1/(2 e^x) beyond.
  func sinh() -> Lane {
    let a = magnitude
    let u = a * a
    let small = (a * u).times(u.polynomial([0.1666666716, 0.008333311416, 0.0001984263508, 2.783925538e-6]), plus: a)
    let half = a.halfExp()
    return (a < 1).select(small, half - 0.25 / half).withSign(of: self)
  }

  /// cosh(x) = e^|x|/2 + 1/(2 e^|x|): at most 1.33 ulp.
  func cosh() -> Lane {
    let half = magnitude.halfExp()
    return half + 0.25 / half
  }

  private static let ln2 = 0.693147180559945309

  /// asinh(x), at most 1.82 ulp: log1p(a + a^2 / (1 + sqrt(1 + a^2))) with the sign of x; log(a) + ln 2 where the square would overflow.
  func asinh() -> Lane {
    let a = magnitude
    let isLarge = a > 0x1p30
    let square = a * a
    let argument = a + square / (a.times(a, plus: 1).squareRoot + 1)
    let y = isLarge.select(a, argument).log1p()
    return isLarge.select(y + Self.ln2, y).withSign(of: self)
  }

  /// acosh(x), at most 2.06 ulp: log1p(t + sqrt(2 t + t^2)), t = x - 1; log(x) + ln 2 where the square would overflow; NaN below 1.
  func acosh() -> Lane {
    let t = self - 1
    let isLarge = self > 0x1p30
    let y = isLarge.select(self, t + (t * (t + 2)).squareRoot).log1p()
    return (self < 1).select(Double.nan, isLarge.select(y + Self.ln2, y))
  }

  /// atanh(x), at most 2.01 ulp: log1p(2 a / (1 - a)) / 2 with the sign of x.
  func atanh() -> Lane {
    let a = magnitude
    let y = ((a + a) / (1 - a)).log1p() * 0.5
    return (a < 0x1p-20).select(self, y.withSign(of: self))
  }
}
