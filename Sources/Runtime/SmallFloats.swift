import TesseraModuleFormat

/// The format of a floating-point type of at most 8 bits, as the host reads and writes it. The names say the bits of exponent and fraction.
///
/// `FN` types have no infinities; `UZ` types have one zero, without a sign, whose negative is their NaN.
struct SmallFloatFormat {
  /// The bits of the fraction.
  let fractionBits: Int
  /// The bias of exponents.
  let bias: Int
  /// The code of the largest number.
  let largest: UInt8
  /// The code of infinity, or of what stands for numbers that are too large.
  let overflow: UInt8
  /// The code of NaN; `nil` where there is none.
  let nan: UInt8?
  /// The sign's bit.
  let signBit: UInt8
  /// `true` iff NaN is where the negative zero would be.
  let isUnsignedZero: Bool

  /// The format of `type`; `nil` for other types.
  init?(_ type: ElementType) {
    switch type {
    case .f8E4M3FN: self.init(fractionBits: 3, bias: 7, largest: 0x7E, overflow: 0x7F, nan: 0x7F)
    case .f8E5M2: self.init(fractionBits: 2, bias: 15, largest: 0x7B, overflow: 0x7C, nan: 0x7E)
    case .f8E4M3FNUZ: self.init(fractionBits: 3, bias: 8, largest: 0x7F, overflow: 0x80, nan: 0x80, isUnsignedZero: true)
    case .f8E5M2FNUZ: self.init(fractionBits: 2, bias: 16, largest: 0x7F, overflow: 0x80, nan: 0x80, isUnsignedZero: true)
    case .f4E2M1FN: self.init(fractionBits: 1, bias: 1, largest: 7, overflow: 7, nan: nil, signBit: 8)
    case .f8E8M0FNU: self.init(fractionBits: 0, bias: 127, largest: 0xFE, overflow: 0xFF, nan: 0xFF, signBit: 0)
    case .f8E4M3: self.init(fractionBits: 3, bias: 7, largest: 0x77, overflow: 0x78, nan: 0x7C)
    case .f8E3M4: self.init(fractionBits: 4, bias: 3, largest: 0x6F, overflow: 0x70, nan: 0x78)
    case .f8E4M3B11FNUZ: self.init(fractionBits: 3, bias: 11, largest: 0x7F, overflow: 0x80, nan: 0x80, isUnsignedZero: true)
    case .f6E2M3FN: self.init(fractionBits: 3, bias: 1, largest: 0x1F, overflow: 0x1F, nan: nil, signBit: 0x20)
    case .f6E3M2FN: self.init(fractionBits: 2, bias: 3, largest: 0x1F, overflow: 0x1F, nan: nil, signBit: 0x20)
    default: return nil
    }
  }

  /// Creates a format.
  private init(
    fractionBits: Int, bias: Int, largest: UInt8, overflow: UInt8, nan: UInt8?, signBit: UInt8 = 0x80, isUnsignedZero: Bool = false
  ) {
    (self.fractionBits, self.bias, self.largest, self.overflow, self.nan) = (fractionBits, bias, largest, overflow, nan)
    (self.signBit, self.isUnsignedZero) = (signBit, isUnsignedZero)
  }

  /// Returns the number that `code` stands for.
  func decode(_ code: UInt8) -> Double {
    if isUnsignedZero, code == 0x80 { return .nan }
    let bits = signBit == 0 ? code : code & (signBit - 1)
    let isNegative = code & signBit != 0
    if bits > largest { return !isUnsignedZero && bits == overflow && overflow != nan ? (isNegative ? -.infinity : .infinity) : .nan }
    // Without a sign there are no subnormal numbers either: the exponent is all there is.
    let exponent = Int(bits >> fractionBits), fraction = Double(bits & (1 << fractionBits - 1))
    let unit = Double(sign: .plus, exponent: -fractionBits, significand: 1)
    let magnitude =
      exponent == 0 && signBit != 0
      ? Double(sign: .plus, exponent: 1 - bias, significand: 1) * (fraction * unit)
      : Double(sign: .plus, exponent: exponent - bias, significand: 1 + fraction * unit)
    return isNegative ? -magnitude : magnitude
  }

  /// Returns the code nearest to `value`, halves to even; what is too large becomes infinity, else NaN, else the largest number.
  func encode(_ value: Double) -> UInt8 {
    let sign = value.sign == .minus ? signBit : 0
    if value.isNaN || (signBit == 0 && value <= 0) { return nan.map { isUnsignedZero ? $0 : $0 | sign } ?? signBit }
    let magnitude = min(value.magnitude, 0x1p200)
    let least = signBit == 0 ? -bias : 1 - bias
    let exponent = max(magnitude == 0 ? least : Int(magnitude.exponent), least)
    let steps = (magnitude * Double(sign: .plus, exponent: fractionBits - exponent, significand: 1)).rounded(.toNearestOrEven)
    // A power of two has no even neighbour: its code is the exponent, and halves go to the even one of those.
    let code: Int
    if signBit == 0 {
      let isHalf = magnitude == Double(sign: .plus, exponent: exponent, significand: 1.5)
      code = exponent + bias + (steps > 1 && !(isHalf && (exponent + bias) % 2 == 0) ? 1 : 0)
    } else {
      code = (exponent - least) << fractionBits + Int(steps)
    }
    guard code <= largest else { return isUnsignedZero ? overflow : overflow | sign }
    return code == 0 && isUnsignedZero ? 0 : UInt8(truncatingIfNeeded: code) | sign
  }
}
