import MLIR

extension Lane {
  /// erf(x) = x P(x^2) / Q(x^2), constant beyond 3.925, where it is 1 in f32. No exponential: GELU costs one division.
  func erf() -> Lane {
    let x = atLeast(-3.925).atMost(3.925)
    let u = x * x
    let p = u.polynomial([1.128383875, 0.1900707483, 0.05270035565, 0.003749863477, 0.0002842925605, 2.049682507e-6])
    let q = u.polynomial([1.000004172, 0.5017801523, 0.1139666066, 0.01493822969, 0.001158256782, 3.805647066e-5])
    return (x * p / q).atLeast(-1).atMost(1)
  }

  /// erfc(x) = e^(-x^2) P((a - 2) / (a + 2)) / (1 + 2 a) for a = |x|, and 2 less that for negative x.
  ///
  /// The rounding error of the square is put back as a factor: otherwise the tail would lose 7 bits.
  func erfc() -> Lane {
    let a = magnitude.atMost(10.1)
    let t = (a - 2) / (a + 2)
    let p = t.polynomial([
      1.276978374, -0.09276391566, -0.1660309583, 0.1640546024, -0.05420750380, -0.008057993837, 0.008640439250, 0.001314199646,
      -0.001238274039, -0.0004048014816,
    ])
    // 12 bits of a have an exact square; the rest is (a - h) (a + h).
    let head = a.bits.masked(-4096).float
    let rest = (a - head) * (a + head)
    let e = (-(head * head)).exp()
    let scaled = p / a.times(2, plus: 1) * (-rest).exp()
    let y = e * scaled
    return (self < 0).select(2 - y, y)
  }
}
