import MLIR

/// Conversions of small types. In the IR their elements are bytes, and the conversions integer arithmetic, which runs in vectors on any processor.
///
/// A number of less than 8 bits stands in the low bits of its byte. The high bits are written as 0 and never read.
extension Scalars {
  private func bits(_ number: Int, _ type: Type) -> Value { builder.constant(.integer(number, type)) }
  private var byte: Type { .i8(builder.context) }
  private var word: Type { .i32(builder.context) }

  // MARK: from small types

  /// Converts `value` of the small type `source` to this type.
  func widened(_ value: Value, from source: ElementType, _ narrowing: Narrowing) -> Value {
    if let float = source.smallFloat { return convert(decoded(value, float), from: .f32, narrowing: narrowing) }
    let width = 8 / source.packing
    if source.isUnsignedSmall {
      return convert(builder.binary("arith.andi", value, bits(1 << width - 1, byte)), from: .u8, narrowing: narrowing)
    }
    let left = builder.binary("arith.shli", value, bits(8 - width, byte))
    return convert(builder.binary("arith.shrsi", left, bits(8 - width, byte)), from: .i8, narrowing: narrowing)
  }

  /// The f32 that a code of `float` stands for.
  private func decoded(_ value: Value, _ float: SmallFloat) -> Value {
    let s = Scalars(builder, .f32), i = Scalars(builder, .i32)
    let code = builder.value("arith.extui", [value], type: word)
    guard let signBit = float.signBit else {
      // A power of two: the exponent as f32 has it, but for the first one, which is subnormal there.
      let shifted = builder.binary("arith.shli", code, bits(23, word))
      let number = builder.select(i.compare(.equal, code, bits(0, word)), bits(0x0040_0000, word), shifted)
      return cast(builder.select(i.compare(.equal, code, bits(float.nan ?? 0xFF, word)), bits(0x7FC0_0000, word), number))
    }
    let magnitude = builder.binary("arith.andi", code, bits(1 << signBit - 1, word))
    let normal = builder.plus(
      builder.binary("arith.shli", magnitude, bits(23 - float.fractionBits, word)), bits((127 - float.bias) << 23, word))
    let unit = Double(sign: .plus, exponent: 1 - float.bias - float.fractionBits, significand: 1)
    let subnormal = s.multiply(s.convert(magnitude, from: .i32), s.constant(unit))
    let isNormal = i.compare(.greaterOrEqual, magnitude, bits(1 << float.fractionBits, word))
    var number = builder.select(isNormal, normal, builder.value("arith.bitcast", [subnormal], type: word))
    let nan = bits(0x7FC0_0000, word)
    if float.isUnsignedZero {
      number = builder.select(i.compare(.equal, code, bits(float.nan ?? 0x80, word)), nan, number)
    } else if float.nan != nil {
      let isInfinity = float.infinity.map { i.compare(.equal, magnitude, bits($0, word)) }
      let special = isInfinity.map { builder.select($0, bits(0x7F80_0000, word), nan) } ?? nan
      number = builder.select(i.compare(.greater, magnitude, bits(float.largest, word)), special, number)
    }
    // What stands above the sign falls off to the left.
    let sign = builder.binary("arith.shli", builder.binary("arith.shrui", code, bits(signBit, word)), bits(31, word))
    return cast(builder.binary("arith.ori", number, sign))
  }

  /// The f32 of these bits.
  private func cast(_ bits: Value) -> Value { builder.value("arith.bitcast", [bits], type: .f32(builder.context)) }

  // MARK: to small types

  /// Converts `value` to this small type.
  func narrowed(_ value: Value, from source: ElementType, _ narrowing: Narrowing) -> Value {
    if let float = type.smallFloat {
      let single = source == .f32 ? value : forRounding(value, from: source)
      let code = float.signBit == nil ? powerCode(single, float, narrowing) : encoded(single, float, narrowing)
      return builder.value("arith.trunci", [code], type: byte)
    }
    // Rounded towards zero; then the high bits are dropped.
    let wide = source.isFloat ? Scalars(builder, .i32).convert(value, from: source) : value
    let whole = Scalars(builder, .u8).convert(wide, from: source.isFloat ? .i32 : source)
    return builder.binary("arith.andi", whole, bits(1 << (8 / type.packing) - 1, byte))
  }

  /// `value` as an f32 that rounds to the same small float: what does not fit exactly gets an odd last bit, so that it is never a tie.
  private func forRounding(_ value: Value, from source: ElementType) -> Value {
    let single = Scalars(builder, .f32)
    guard source == .f64 || (source.isInteger && source.byteCount >= 4) else { return single.convert(value, from: source) }
    let double = Scalars(builder, .f64)
    let exact = double.convert(value, from: source)
    let near = single.convert(exact, from: .f64)
    let back = double.convert(near, from: .f32)
    let pattern = builder.value("arith.bitcast", [near], type: word)
    let isAbove = double.compare(.greater, double.call("math.absf", back), double.call("math.absf", exact))
    let truncated = builder.minus(pattern, builder.value("arith.extui", [isAbove], type: word))
    // NaN is equal to nothing, and stays NaN with its last bit set.
    let odd = builder.binary("arith.ori", truncated, bits(1, word))
    return cast(builder.select(double.compare(.equal, back, exact), pattern, odd))
  }

  /// The code of `float` nearest to the f32 `value`, halves to even, in the low bits of an i32.
  private func encoded(_ value: Value, _ float: SmallFloat, _ narrowing: Narrowing) -> Value {
    let s = Scalars(builder, .f32), i = Scalars(builder, .i32)
    let pattern = builder.value("arith.bitcast", [value], type: word)
    let magnitude = builder.binary("arith.andi", pattern, bits(0x7FFF_FFFF, word))
    // Normal: half a unit less one, and one more if the last bit that stays is odd, carries where rounding goes up.
    let dropped = 23 - float.fractionBits
    let lastBit = builder.binary("arith.andi", builder.binary("arith.shrui", magnitude, bits(dropped, word)), bits(1, word))
    let raised = builder.plus(builder.plus(magnitude, bits(1 << (dropped - 1) - 1, word)), lastBit)
    let normal = builder.minus(
      builder.binary("arith.shrui", raised, bits(dropped, word)), bits((127 - float.bias) << float.fractionBits, word))
    // Subnormal: adding 2^23 units leaves the number of units in the last bits, rounded by the addition.
    let shift = Double(sign: .plus, exponent: 1 - float.bias - float.fractionBits + 23, significand: 1)
    let sum = builder.value("arith.bitcast", [s.add(cast(magnitude), s.constant(shift))], type: word)
    let subnormal = builder.minus(sum, bits(Int(Float(shift).bitPattern), word))
    let isSubnormal = i.compare(.less, magnitude, bits((128 - float.bias) << 23, word))
    var code = builder.select(isSubnormal, subnormal, normal)

    let overflow = narrowing.saturates ? float.largest : float.infinity ?? float.nan ?? float.largest
    code = builder.select(i.compare(.greater, code, bits(float.largest, word)), bits(overflow, word), code)
    let isNaN = i.compare(.greater, magnitude, bits(0x7F80_0000, word))
    let place = float.signBit ?? 7
    if let nan = float.nan, !float.isUnsignedZero { code = builder.select(isNaN, bits(nan, word), code) }
    let sign = builder.binary("arith.shli", builder.binary("arith.shrui", pattern, bits(31, word)), bits(place, word))
    let signed = builder.binary("arith.ori", code, sign)
    if float.isUnsignedZero {
      let number = builder.select(i.compare(.equal, code, bits(0, word)), bits(0, word), signed)
      return builder.select(isNaN, bits(float.nan ?? 0x80, word), number)
    }
    // Without a NaN it is the negative zero, as in ml_dtypes.
    return float.nan == nil ? builder.select(isNaN, bits(1 << place, word), signed) : signed
  }

  /// The code of the power of two for the f32 `value`, whose sign is ignored.
  private func powerCode(_ value: Value, _ float: SmallFloat, _ narrowing: Narrowing) -> Value {
    let i = Scalars(builder, .i32)
    let pattern = builder.value("arith.bitcast", [value], type: word)
    let magnitude = builder.binary("arith.andi", pattern, bits(0x7FFF_FFFF, word))
    let exponent = builder.binary("arith.shrui", magnitude, bits(23, word))
    var code = exponent
    if narrowing.rounding != .down {
      // The fractions from which the exponent goes up. A subnormal f32 lies above 2^-127, code 0, where its fraction is above one half.
      let isUp = narrowing.rounding == .up
      let isSubnormal = i.compare(.equal, exponent, bits(0, word))
      let least = builder.select(isSubnormal, bits(isUp ? 0x0040_0001 : 0x0060_0000, word), bits(isUp ? 1 : 0x0040_0000, word))
      let fraction = builder.binary("arith.andi", magnitude, bits(0x007F_FFFF, word))
      let goesUp = i.compare(.greaterOrEqual, fraction, least)
      code = builder.plus(exponent, builder.value("arith.extui", [goesUp], type: word))
    }
    let nan = bits(float.nan ?? 0xFF, word)
    let limit = narrowing.saturates ? bits(float.largest, word) : nan
    code = builder.select(i.compare(.greater, code, bits(float.largest, word)), limit, code)
    if !narrowing.saturates {
      code = builder.select(i.compare(.less, magnitude, bits(0x0040_0000, word)), nan, code)
    }
    return builder.select(i.compare(.greater, magnitude, bits(0x7F80_0000, word)), nan, code)
  }
}

extension ElementType {
  /// `true` iff this is an unsigned integer of less than 8 bits.
  fileprivate var isUnsignedSmall: Bool { self == .u4 || self == .u2 }
}
