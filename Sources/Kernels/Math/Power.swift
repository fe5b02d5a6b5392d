internal import TesseraMLIR

extension Lane {
  /// log2 of a finite positive f64 that was an f32 (so never denormal), with a relative error of 2^-44: log2(m) is odd in s = (m - 1) / (m + 1).
  private func log2Double() -> Lane {
    let rootHalf = 0x3FE6_A09E_667F_3BCD
    // Biased by 1024 exponents, so that a logical shift does (AVX2 has no arithmetic one), and turned to a float by a rounding bias.
    let d = bits.plus((1024 << 52) - rootHalf)
    let exponent = d.shiftedRight(52).plus(0x4338_0000_0000_0000).float - (roundingBias + 1024)
    let mantissa = d.masked((1 << 52) - 1).plus(rootHalf).float
    let s = (mantissa - 1) / (mantissa + 1)
    let p = (s * s).polynomial([
      2.88539008177784981, 0.961796694113712230, 0.577077942247930310, 0.412209265083013609, 0.319905141686560060, 0.282908550340604390,
    ])
    return s.times(p, plus: exponent)
  }

  /// 2^x in f64 for |x| <= 1000, with a relative error of 2^-34.
  private func exp2Double() -> Lane {
    let biased = self + roundingBias
    let r = self - (biased - roundingBias)
    let p = r.polynomial([
      0.999999999961625157, 0.693147180728874459, 0.240226511987275066, 0.0555041035231647497, 0.00961802717566397054,
      0.00133339232729220913, 0.000154693165340887502, 0.0000152018049906981912,
    ])
    return p * biased.bits.shiftedLeft(52).plus(0x3FF0_0000_0000_0000).float
  }

  /// |x|^y in f64 for a base that was an f32: 0, infinity and NaN included, but for NaN^0 and 1^NaN.
  private static func magnitudePower(_ base: Lane, _ exponent: Lane) -> Lane {
    let a = base.magnitude
    let logarithm = (a < .infinity).select((a == 0).select(-Double.infinity, a.log2Double()), a)
    // A finite exponent, so that 0 * infinity never happens; 2^±200 is 0 or infinity in f32.
    let finite = exponent.atLeast(-1e38).atMost(1e38)
    let product = (finite == 0).select(0, finite * logarithm)
    return product.atLeast(-200).atMost(200).exp2Double()
  }

  /// x^y with C's results for every special case: at most 0.51 ulp. The work is done in f64 lanes and rounded once.
  ///
  /// Exponents that are constants of a few simple values (squares in normalizations, cubes in GELU, roots) become products and roots:
  /// at most 2 ulp, with the same special cases.
  static func power(_ base: Lane, _ exponent: Lane) -> Lane {
    if let number = exponent.constantFloat, let y = base.simplePower(number) { return y }
    let y = magnitudePower(base.extended, exponent.extended).narrowed
    let isInteger = exponent.compare(.equal, exponent.floor)
    let half = exponent * 0.5
    let isOdd = isInteger & half.compare(.unorderedOrNotEqual, half.floor)
    let signed = isOdd.select(y.withSign(of: base), y)
    // Negative finite bases have powers at integers only (NaN exponents gave NaN already).
    let isUndefined = (base < 0) & (base > -.infinity) & exponent.compare(.unorderedOrNotEqual, exponent.floor)
    let isOne = (base == 1) | (exponent == 0)
    return isOne.select(1, isUndefined.select(Double.nan, signed))
  }

  /// x^n for integer lanes `n` (`math.fpowi`): by multiplication for a small constant, else as `power`, with n exact in f64.
  static func power(_ base: Lane, integer n: Lane) -> Lane? {
    if let constant = n.constantInteger, abs(constant) <= 16 {
      let y = base.multipliedOut(abs(constant))
      return constant < 0 ? 1 / y : y
    }
    guard let width = n.element.bitWidth, width <= 32 else { return nil }
    let y = magnitudePower(base.extended, n.apply("arith.sitofp", type: n.type(.f64(n.emitter.builder.context)))).narrowed
    let isOdd = n.masked(1).isNonzero
    return (base == 1).select(1, isOdd.select(y.withSign(of: base), y))
  }

  /// x^n for the n that products, quotients and roots give; `nil` for others.
  private func simplePower(_ number: Double) -> Lane? {
    // pow(-0, 1/2) is 0 and pow(-infinity, 1/2) infinity, other than the square root's.
    func root() -> Lane { compare(.equal, -.infinity).select(.infinity, (self + 0).squareRoot) }
    switch number {
    case 0, 1, 2, 3, 4: return multipliedOut(Int(number))
    case -1: return 1 / self
    case 0.5: return root()
    case -0.5: return 1 / root()
    default: return nil
    }
  }

  /// The number in every lane of a float constant, seen through broadcasts and conversions; `nil` for anything else.
  private var constantFloat: Double? {
    var defining = value.definingOperation
    while let operation = defining, ["vector.broadcast", "arith.extf"].contains(operation.name) {
      defining = operation.operand(0).definingOperation
    }
    guard let defining, defining.name == "arith.constant", let number = defining.attribute("value") else { return nil }
    return number.floatValue ?? number.splatValue?.floatValue
  }

  /// The number in every lane of an integer constant, or `nil`.
  private var constantInteger: Int? {
    guard let defining = value.definingOperation, defining.name == "arith.constant", let number = defining.attribute("value") else {
      return nil
    }
    return number.integerValue ?? number.splatValue?.integerValue
  }

  /// x^n by squaring, n >= 0: exact where all the products are.
  private func multipliedOut(_ n: Int) -> Lane {
    var result: Lane?
    var square = self
    var n = n
    while n > 0 {
      if n & 1 == 1 { result = result.map { $0 * square } ?? square }
      n >>= 1
      if n > 0 { square = square * square }
    }
    return result ?? constant(1)
  }

  /// Cube root, at most 0.51 ulp: |x|^(1/3) in f64, with the sign of x.
  func cubeRoot() -> Lane {
    let x = extended
    return Self.magnitudePower(x, x.constant(1.0 / 3.0)).narrowed.withSign(of: self)
  }

  /// `math.ipowi`: wrapping powers by squaring. Negative exponents give 1 and -1 for those bases, and 0 for others (MLIR leaves 0 undefined).
  static func integerPower(_ base: Lane, _ exponent: Lane) -> Lane? {
    guard base.element.isInteger, let width = base.element.bitWidth, width > 1 else { return nil }
    func product(_ a: Lane, _ b: Lane) -> Lane { a.apply("arith.muli", b) }
    if let n = exponent.constantInteger, n >= 0 {
      var result = base.integer(1), square = base, n = n
      while n > 0 {
        if n & 1 == 1 { result = product(result, square) }
        n >>= 1
        if n > 0 { square = product(square, square) }
      }
      return result
    }
    func compare(_ a: Lane, _ order: Builder.Order, _ b: Lane) -> Lane {
      Lane(value: a.emitter.builder.compare(order, a.value, b.value), emitter: a.emitter)
    }
    // A wrapped power beyond 2^width - 1 of an odd base still matters, so every bit of the exponent counts.
    var result = base.integer(1), square = base
    for bit in 0..<width - 1 {
      result = exponent.shiftedRight(bit).masked(1).isNonzero.select(product(result, square), result)
      if bit < width - 2 { square = product(square, square) }
    }
    let one = base.integer(1), minusOne = base.integer(-1), zero = base.integer(0)
    let alternating = exponent.masked(1).isNonzero.select(minusOne, one)
    let inverse = compare(base, .equal, one).select(one, compare(base, .equal, minusOne).select(alternating, zero))
    return compare(exponent, .less, zero).select(inverse, result)
  }
}
