internal import TesseraMLIR

extension Lane {
  /// 1 / (2 pi) in pieces of 28 bits, so that a product with an f32 is exact in f64: 196 bits, enough for 2^128 and 40 bits beyond the point.
  private static let turns: [Double] = [
    0x1.45f3068p-3, 0x1.727220ap-29, 0x1.29fc274p-58, 0x1.7d1f534p-86, 0x1.bb81b68p-115, 0x1.14acc9ep-141, 0x1.0e41070p-172,
  ]

  /// x = quadrant * pi/2 + angle, |angle| <= pi/4, for every finite x.
  ///
  /// Payne and Hanek's reduction with f64 lanes: each piece's whole turns fall away exactly, so no product is too large. The same
  /// few instructions serve small and large arguments; the quadrant counts in the low bits of an i32.
  private func reducedByQuadrants() -> (angle: Lane, quadrant: Lane) {
    let x = extended
    var sum: Lane?
    for piece in Self.turns {
      let product = x * piece
      let part = product - product.apply("math.roundeven")
      sum = sum.map { $0 + part } ?? part
    }
    let quarters = sum! * 4
    let biased = quarters + quarters.roundingBias
    let fraction = quarters - (biased - quarters.roundingBias)
    let quadrant = biased.bits.apply("arith.trunci", type: type(.i32(emitter.builder.context)))
    return ((fraction * (Double.pi / 2)).narrowed, quadrant)
  }

  /// sin(r) for |r| <= pi/4.
  private func sineNearZero() -> Lane {
    let u = self * self
    return (self * u).times(u.polynomial([-0.1666666716, 0.008333380334, -0.0001985350827, 2.837458396e-6]), plus: self)
  }

  /// cos(r) for |r| <= pi/4.
  private func cosineNearZero() -> Lane {
    let u = self * self
    return (u * u).times(u.polynomial([0.04166664556, -0.001388730947, 2.443236735e-5]), plus: u.times(-0.5, plus: 1))
  }

  /// Of sine and cosine of the reduced angle the one that the quadrant asks for, with its sign.
  private static func wave(_ angle: Lane, _ quadrant: Lane) -> Lane {
    let y = quadrant.masked(1).isNonzero.select(angle.cosineNearZero(), angle.sineNearZero())
    return y.bits.flipped(quadrant.masked(2).shiftedLeft(30)).float
  }

  /// sin(x): at most 1.57 ulp, for every x.
  func sin() -> Lane {
    let (angle, quadrant) = reducedByQuadrants()
    return (magnitude < 0x1p-20).select(self, Self.wave(angle, quadrant))
  }

  /// cos(x): at most 1.57 ulp, for every x.
  func cos() -> Lane {
    let (angle, quadrant) = reducedByQuadrants()
    return Self.wave(angle, quadrant.plus(1))
  }

  /// tan(x): at most 3.7 ulp, for every x: sin / cos, or -cos / sin in odd quadrants.
  func tan() -> Lane {
    let (angle, quadrant) = reducedByQuadrants()
    let sine = angle.sineNearZero(), cosine = angle.cosineNearZero()
    let isOdd = quadrant.masked(1).isNonzero
    let y = isOdd.select(-cosine, sine) / isOdd.select(sine, cosine)
    return (magnitude < 0x1p-20).select(self, y)
  }
}

// MARK: inverse functions

extension Lane {
  /// asin(s) for 0 <= s <= 1/2, given s and s^2.
  private static func arcSineNearZero(_ s: Lane, _ square: Lane) -> Lane {
    let p = square.polynomial([0.1666675359, 0.07495253533, 0.04547577351, 0.02415362187, 0.04220900685])
    return (s * square).times(p, plus: s)
  }

  /// asin(min(a, sqrt((1 - a) / 2))), and whether a > 1/2: what asin and acos are made of.
  private func foldedArcSine() -> (angle: Lane, isFolded: Lane) {
    let isFolded = self > 0.5
    let square = isFolded.select(times(-0.5, plus: 0.5), self * self)
    return (Self.arcSineNearZero(isFolded.select(square.squareRoot, self), square), isFolded)
  }

  /// asin(x): at most 2.3 ulp; NaN outside [-1, 1].
  func asin() -> Lane {
    let (angle, isFolded) = magnitude.foldedArcSine()
    return isFolded.select(angle.times(-2, plus: .pi / 2), angle).withSign(of: self)
  }

  /// acos(x): at most 1.24 ulp; NaN outside [-1, 1].
  func acos() -> Lane {
    let (angle, isFolded) = magnitude.foldedArcSine()
    let twice = angle + angle
    let folded = (self < 0).select(.pi - twice, twice)
    return isFolded.select(folded, .pi / 2 - angle.withSign(of: self))
  }

  /// atan(s) for 0 <= s <= 1.
  private func arcTangentToOne() -> Lane {
    let u = self * self
    let p = u.polynomial([
      -0.3333330154, 0.1999862790, -0.1426512748, 0.1095694378, -0.08417569101, 0.05820151046, -0.03142214566, 0.01104611252,
      -0.001823051716,
    ])
    return (self * u).times(p, plus: self)
  }

  /// atan(x), at most 1.8 ulp: pi/2 - atan(1/a) beyond 1.
  func atan() -> Lane {
    let a = magnitude
    let isFolded = a > 1
    let angle = isFolded.select(1 / a, a).arcTangentToOne()
    return isFolded.select(.pi / 2 - angle, angle).withSign(of: self)
  }

  /// atan2(y, x), the angle of the point (x, y), by the quotient of the smaller and the larger coordinate: at most 3 ulp; C's results at zeros and infinities.
  static func atan2(_ y: Lane, _ x: Lane) -> Lane {
    let a = x.magnitude, b = y.magnitude
    let isSteep = b.compare(.greater, a)
    let small = isSteep.select(a, b), large = isSteep.select(b, a)
    // 0/0 is angle 0, infinity/infinity is 45 degrees.
    let quotient = (large == 0).select(0, (small == .infinity).select(1, small / large))
    var angle = quotient.arcTangentToOne()
    angle = isSteep.select(.pi / 2 - angle, angle)
    let isLeft = x.constant(1).withSign(of: x) < 0
    angle = isLeft.select(.pi - angle, angle).withSign(of: y)
    let sum = x + y
    return (x.compare(.unorderedOrNotEqual, x) | y.compare(.unorderedOrNotEqual, y)).select(sum, angle)
  }
}
