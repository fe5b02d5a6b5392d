internal import TesseraMLIR

extension Lane {
  /// erf(x), at most 1.19 ulp: an odd polynomial to 1, and 1 - 2^P(a) beyond. No division; the tail needs few digits, since erfc(1) is 0.16.
  func erf() -> Lane {
    let a = magnitude
    let u = a * a
    let small = a.times(
      u.polynomial([
        0.1283791661, -0.3761262894, 0.1128361821, -0.02685512602, 0.005190733355, -0.0008030750905, 7.920309872e-5,
      ]), plus: a)
    // 1 in f32 from 3.92 on.
    let exponent = a.atMost(3.93).polynomial([
      -0.0005105927121, -1.625973940, -0.9207668304, -0.1486500204, 0.03145777807, -0.004240815993, 0.0002677151060,
    ])
    let tail = exponent.exp2Bounded(remainderOf: { exponent - $0 }, coefficients: Self.exp2ShortCoefficients)
    return (a < 1).select(small, 1 - tail).withSign(of: self)
  }

  /// erfc(x) = e^(-x^2) P((a - 2) / (a + 2)) / (1 + 2 a) for a = |x|, and 2 less that for negative x.
  ///
  /// The rounding error of the square is put back as a factor: otherwise the tail would lose 7 bits. At most 4.5 ulp.
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
