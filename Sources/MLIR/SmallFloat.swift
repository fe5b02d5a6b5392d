/// A floating-point type of at most 8 bits, by its numbers.
///
/// The names say the bits of exponent and fraction. `FN` types have no infinities; `UZ` types have one zero, and NaN in place of the other.
/// See "OCP 8-bit Floating Point Specification", "OCP Microscaling Formats" and ONNX's "Float stored in 8 bits".
public struct SmallFloat: Sendable {
  /// The bits of the fraction.
  public let fractionBits: Int
  /// The bias of exponents.
  public let bias: Int
  /// The code of the largest number, without sign.
  public let largest: Int
  /// The code of infinity, without sign; `nil` if there is none.
  public var infinity: Int?
  /// The code of NaN, without sign if there are two zeros; `nil` if there is none.
  public var nan: Int?
  /// The place of the sign; `nil` if all numbers are positive powers of two.
  public var signBit: Int? = 7
  /// `true` iff the negative zero is NaN.
  public var isUnsignedZero = false

  /// The type that MLIR calls `name`; `nil` for other types.
  public init?(name: String) {
    guard let known = Self.all[name] else { return nil }
    self = known
  }

  private init(
    fractionBits: Int, bias: Int, largest: Int, infinity: Int? = nil, nan: Int? = nil, signBit: Int? = 7, isUnsignedZero: Bool = false
  ) {
    (self.fractionBits, self.bias, self.largest, self.infinity, self.nan) = (fractionBits, bias, largest, infinity, nan)
    (self.signBit, self.isUnsignedZero) = (signBit, isUnsignedZero)
  }

  private static let all: [String: SmallFloat] = [
    "f8E4M3FN": SmallFloat(fractionBits: 3, bias: 7, largest: 0x7E, nan: 0x7F),
    "f8E5M2": SmallFloat(fractionBits: 2, bias: 15, largest: 0x7B, infinity: 0x7C, nan: 0x7E),
    "f8E4M3FNUZ": SmallFloat(fractionBits: 3, bias: 8, largest: 0x7F, nan: 0x80, isUnsignedZero: true),
    "f8E5M2FNUZ": SmallFloat(fractionBits: 2, bias: 16, largest: 0x7F, nan: 0x80, isUnsignedZero: true),
    "f8E4M3B11FNUZ": SmallFloat(fractionBits: 3, bias: 11, largest: 0x7F, nan: 0x80, isUnsignedZero: true),
    "f8E4M3": SmallFloat(fractionBits: 3, bias: 7, largest: 0x77, infinity: 0x78, nan: 0x7C),
    "f8E3M4": SmallFloat(fractionBits: 4, bias: 3, largest: 0x6F, infinity: 0x70, nan: 0x78),
    "f8E8M0FNU": SmallFloat(fractionBits: 0, bias: 127, largest: 0xFE, nan: 0xFF, signBit: nil),
    "f6E2M3FN": SmallFloat(fractionBits: 3, bias: 1, largest: 0x1F, signBit: 5),
    "f6E3M2FN": SmallFloat(fractionBits: 2, bias: 3, largest: 0x1F, signBit: 5),
    "f4E2M1FN": SmallFloat(fractionBits: 1, bias: 1, largest: 7, signBit: 3),
  ]

  /// The rounding of a power of two that lies between two of the type.
  public enum Rounding: String, Sendable { case up, down, nearest }
}

/// Conversions of small floats by integer arithmetic, which runs in vectors on any processor. Codes are bytes.
extension Builder {
  private var word: Type { .i32(context) }
  private func bits(_ number: Int) -> Value { constant(.integer(number, word)) }
  private func asFloat(_ bits: Value) -> Value { value("arith.bitcast", [bits], type: .f32(context)) }
  private func asBits(_ number: Value) -> Value { value("arith.bitcast", [number], type: word) }

  /// The f32 that the byte `code` of `float` stands for.
  public func decoded(_ code: Value, _ float: SmallFloat) -> Value {
    let code = value("arith.extui", [code], type: word)
    guard let signBit = float.signBit else {
      // A power of two: the exponent as f32 has it, but for the first one, which is subnormal there.
      let shifted = binary("arith.shli", code, bits(23))
      let number = select(compare(.equal, code, bits(0)), bits(0x0040_0000), shifted)
      return asFloat(select(compare(.equal, code, bits(float.nan ?? 0xFF)), bits(0x7FC0_0000), number))
    }
    let magnitude = binary("arith.andi", code, bits(1 << signBit - 1))
    let normal = plus(binary("arith.shli", magnitude, bits(23 - float.fractionBits)), bits((127 - float.bias) << 23))
    let unit = Double(sign: .plus, exponent: 1 - float.bias - float.fractionBits, significand: 1)
    let units = value("arith.sitofp", [magnitude], type: .f32(context))
    let subnormal = binary("arith.mulf", units, scalar(unit, .f32(context)))
    let isNormal = compare(.greaterOrEqual, magnitude, bits(1 << float.fractionBits))
    var number = select(isNormal, normal, asBits(subnormal))
    let nan = bits(0x7FC0_0000)
    if float.isUnsignedZero {
      number = select(compare(.equal, code, bits(float.nan ?? 0x80)), nan, number)
    } else if float.nan != nil {
      let isInfinity = float.infinity.map { compare(.equal, magnitude, bits($0)) }
      let special = isInfinity.map { select($0, bits(0x7F80_0000), nan) } ?? nan
      number = select(compare(.greater, magnitude, bits(float.largest)), special, number)
    }
    // What stands above the sign falls off to the left.
    let sign = binary("arith.shli", binary("arith.shrui", code, bits(signBit)), bits(31))
    return asFloat(binary("arith.ori", number, sign))
  }

  /// The byte with the code of `float` nearest to the f32 `number`, halves to even. What is too large becomes the largest number if
  /// `saturates`, else infinity or NaN; powers of two are rounded as `rounding` says.
  public func encoded(_ number: Value, _ float: SmallFloat, saturates: Bool, rounding: SmallFloat.Rounding) -> Value {
    let code = float.signBit == nil ? powerCode(number, float, saturates, rounding) : code(number, float, saturates)
    return value("arith.trunci", [code], type: .i8(context))
  }

  /// The code of `float`, in the low bits of an i32.
  private func code(_ number: Value, _ float: SmallFloat, _ saturates: Bool) -> Value {
    let pattern = asBits(number)
    let magnitude = binary("arith.andi", pattern, bits(0x7FFF_FFFF))
    // Normal: half a unit less one, and one more if the last bit that stays is odd, carries where rounding goes up.
    let dropped = 23 - float.fractionBits
    let lastBit = binary("arith.andi", binary("arith.shrui", magnitude, bits(dropped)), bits(1))
    let raised = plus(plus(magnitude, bits(1 << (dropped - 1) - 1)), lastBit)
    let normal = minus(binary("arith.shrui", raised, bits(dropped)), bits((127 - float.bias) << float.fractionBits))
    // Subnormal: adding 2^23 units leaves the number of units in the last bits, rounded by the addition.
    let shift = Double(sign: .plus, exponent: 1 - float.bias - float.fractionBits + 23, significand: 1)
    let sum = asBits(binary("arith.addf", asFloat(magnitude), scalar(shift, .f32(context))))
    let subnormal = minus(sum, bits(Int(Float(shift).bitPattern)))
    let isSubnormal = compare(.less, magnitude, bits((128 - float.bias) << 23))
    var code = select(isSubnormal, subnormal, normal)

    let overflow = saturates ? float.largest : float.infinity ?? float.nan ?? float.largest
    code = select(compare(.greater, code, bits(float.largest)), bits(overflow), code)
    let isNaN = compare(.greater, magnitude, bits(0x7F80_0000))
    let place = float.signBit ?? 7
    if let nan = float.nan, !float.isUnsignedZero { code = select(isNaN, bits(nan), code) }
    let sign = binary("arith.shli", binary("arith.shrui", pattern, bits(31)), bits(place))
    let signed = binary("arith.ori", code, sign)
    if float.isUnsignedZero {
      let number = select(compare(.equal, code, bits(0)), bits(0), signed)
      return select(isNaN, bits(float.nan ?? 0x80), number)
    }
    // Without a NaN it is the negative zero, as in ml_dtypes.
    return float.nan == nil ? select(isNaN, bits(1 << place), signed) : signed
  }

  /// The code of the power of two for the f32 `number`, whose sign is ignored.
  private func powerCode(_ number: Value, _ float: SmallFloat, _ saturates: Bool, _ rounding: SmallFloat.Rounding) -> Value {
    let magnitude = binary("arith.andi", asBits(number), bits(0x7FFF_FFFF))
    let exponent = binary("arith.shrui", magnitude, bits(23))
    var code = exponent
    if rounding != .down {
      // The fractions from which the exponent goes up. A subnormal f32 lies above 2^-127, code 0, where its fraction is above one half.
      let isUp = rounding == .up
      let isSubnormal = compare(.equal, exponent, bits(0))
      let least = select(isSubnormal, bits(isUp ? 0x0040_0001 : 0x0060_0000), bits(isUp ? 1 : 0x0040_0000))
      let fraction = binary("arith.andi", magnitude, bits(0x007F_FFFF))
      let goesUp = compare(.greaterOrEqual, fraction, least)
      code = plus(exponent, value("arith.extui", [goesUp], type: word))
    }
    let nan = bits(float.nan ?? 0xFF)
    let limit = saturates ? bits(float.largest) : nan
    code = select(compare(.greater, code, bits(float.largest)), limit, code)
    if !saturates { code = select(compare(.less, magnitude, bits(0x0040_0000)), nan, code) }
    return select(compare(.greater, magnitude, bits(0x7F80_0000)), nan, code)
  }

  /// The f64 `exact` as an f32 that rounds to the same small float: what does not fit exactly gets an odd last bit, so that it is never a tie.
  public func oddRounded(_ exact: Value) -> Value {
    let near = value("arith.truncf", [exact], type: .f32(context))
    let back = value("arith.extf", [near], type: exact.type)
    let pattern = asBits(near)
    let isAbove = compareFloats(.greater, value("math.absf", [back], type: exact.type), value("math.absf", [exact], type: exact.type))
    let truncated = minus(pattern, value("arith.extui", [isAbove], type: word))
    // NaN is equal to nothing, and stays NaN with its last bit set.
    let odd = binary("arith.ori", truncated, bits(1))
    return asFloat(select(compareFloats(.equal, back, exact), pattern, odd))
  }
}
