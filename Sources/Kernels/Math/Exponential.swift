internal import TesseraMLIR

extension Lane {
  /// log2(e).
  private static let log2e = 1.44269504088896341
  /// ln(2) in two pieces; the first has 10 bits, so that its products with exponents are exact without a fused multiply-add too.
  static let ln2High = 0.693359375
  static let ln2Low = -2.12194440054690583e-4

  /// The remainder of `self` after whole multiples of ln 2, and the biased sum whose low bits are their number.
  private func reducedByLn2() -> (remainder: Lane, biased: Lane, count: Lane) {
    let biased = times(Self.log2e, plus: roundingBias)
    let count = biased - roundingBias
    return (count.times(-Self.ln2Low, plus: count.times(-Self.ln2High, plus: self)), biased, count)
  }

  /// `self * 2^n`, n the low bits of `biased`, rounded once even where the result is denormal or infinite; 0 where `vanishes`.
  ///
  /// Two factors, since 2^128 and 2^-150 are no normal floats. A zero factor makes a plain zero, where the product of tiny factors
  /// would cost a microcode assist: masked scores of attention come this way.
  private func scaled(_ biased: Lane, bias: Int = 0, vanishes: @autoclosure () -> Lane) -> Lane {
    if let direct = scaledDirectly(biased - (roundingBias - Double(bias))) { return direct }
    let n = biased.bits
    let half = n.shiftedRight(1)
    let first = half.shiftedLeft(23).plus(0x3F80_0000 + bias << 23).float
    let second = n.minus(half).shiftedLeft(23).plus(0x3F80_0000).float
    return self * vanishes().select(0, first) * second
  }

  /// `self * 2^floor(n)` by an instruction of the target; `nil` where it has none for the type.
  private func scaledDirectly(_ n: Lane) -> Lane? {
    guard let exponents = emitter.exponents, exponents.apply(to: value.type) else { return nil }
    return Lane(value: exponents.scale(value, by: n.value, emitter.builder), emitter: emitter)
  }

  /// e^x: at most 0.86 ulp, denormal results included. Six multiply-adds for the polynomial, four for the reduction.
  func exp() -> Lane { exponential(bias: 0, high: 89, low: -104) }

  /// e^x with a relative error of at most (4 + 1.3 |x|) 2^-24, and an absolute one of at most 3 * 2^-24 where x is not above 0.
  ///
  /// If the last step is one instruction, so is the remainder of x, both by `floor`, and no bounds are needed: 9 instructions, not 16.
  func approximateExp() -> Lane {
    let exponent = self * Self.log2e
    if let remainder = exponent.lessFloor {
      return remainder.polynomial(Self.exp2FloorCoefficients).scaledDirectly(exponent)!
    }
    let (high, low) = (129.0, -150.0)
    let bounded = exponent.atLeast(low - 1).atMost(high)
    let biased = bounded + roundingBias
    let p = (bounded - (biased - roundingBias)).polynomial(Self.exp2ShortCoefficients)
    return p.scaled(biased, vanishes: exponent < low)
  }

  /// This less its `floor`, in one instruction, 0 for infinities; `nil` where the target has none for the type.
  private var lessFloor: Lane? {
    guard let exponents = emitter.exponents, exponents.apply(to: value.type) else { return nil }
    return Lane(value: exponents.lessFloor(value, emitter.builder), emitter: emitter)
  }

  /// e^x / 2, which is finite wherever sinh and cosh are. At most 0.86 ulp.
  func halfExp() -> Lane { exponential(bias: -1, high: 90, low: -103) }

  private func exponential(bias: Int, high: Double, low: Double) -> Lane {
    let x = atLeast(low - 1).atMost(high)
    let (r, biased, _) = x.reducedByLn2()
    let p = r.polynomial([1, 1, 0.4999999404, 0.1666652113, 0.04166826606, 0.008368676528, 0.001382071525])
    return p.scaled(biased, bias: bias, vanishes: self < low)
  }

  /// 2^x: at most 0.82 ulp; exact for integers.
  func exp2() -> Lane {
    let x = atLeast(-151).atMost(129)
    let biased = x + roundingBias
    let r = x - (biased - roundingBias)
    let p = r.polynomial(Self.exp2Coefficients)
    return p.scaled(biased, vanishes: self < -150)
  }

  /// e^x - 1 = 2^n (e^r - 1) + (2^n - 1), computed at half size so that 2^128 does not overflow. At most 1.41 ulp.
  func expm1() -> Lane {
    let x = atLeast(-25).atMost(89)
    let (r, biased, _) = x.reducedByLn2()
    let p = r.polynomial([0.5, 0.1666666716, 0.04166648537, 0.008333193138, 0.001393301296, 0.0001995769853])
    let q = (r * r).times(p, plus: r)
    let half = biased.bits.shiftedLeft(23).plus(0x3F00_0000).float
    let y = half.times(q, plus: half - 0.5)
    return (magnitude < 0x1p-30).select(self, y + y)
  }

  /// 2^x for -100 <= x <= 100, NaN elsewhere only for NaN: the plain form for functions that bound their argument themselves.
  /// `remainderOf` gives x less a whole number, for callers with a more exact x than this rounded one.
  func exp2Bounded(remainderOf remainder: (_ count: Lane) -> Lane, coefficients: [Double] = exp2Coefficients) -> Lane {
    let biased = self + roundingBias
    let p = remainder(biased - roundingBias).polynomial(coefficients)
    return p * biased.bits.shiftedLeft(23).plus(0x3F80_0000).float
  }

  /// 2^r on -1/2...1/2 to 2^-28.
  static let exp2Coefficients = [1, 0.6931471825, 0.2402264774, 0.05550359562, 0.009618500248, 0.001339097624, 0.0001532890747]
  /// 2^r on 0...1 to 2^-23.5, exact for 0.
  private static let exp2FloorCoefficients = [1, 0.6931512952, 0.2401644439, 0.05579991266, 0.009017029777, 0.001867130282]
  /// 2^r on -1/2...1/2 to 2^-23.
  static let exp2ShortCoefficients = [1, 0.6931470037, 0.2402224243, 0.05550701916, 0.009671501815, 0.001327348757]
}
