import TesseraGraphs

/// How a binary float of at most 16 bits is laid out.
struct FloatFormat {
  private let exponentBits: Int
  private let mantissaBits: Int
  private let bias: Int
  /// `true` iff the greatest exponent is that of infinity and NaN.
  private let isIEEE: Bool
  /// The bits of NaN where they are not those of IEEE 754.
  private let nan: UInt64?
  private let hasSign: Bool

  init?(_ name: String) {
    nan =
      switch name {
      case "f8E4M3FN": 0x7F
      case "f8E4M3FNUZ", "f8E5M2FNUZ", "f8E4M3B11FNUZ": 0x80
      case "f8E8M0FNU": 0xFF
      default: nil
      }
    hasSign = name != "f8E8M0FNU"
    isIEEE = ["f16", "bf16", "f8E5M2", "f8E4M3", "f8E3M4"].contains(name)
    switch name {
    case "f16": (exponentBits, mantissaBits, bias) = (5, 10, 15)
    case "bf16": (exponentBits, mantissaBits, bias) = (8, 7, 127)
    case "f8E4M3FN", "f8E4M3": (exponentBits, mantissaBits, bias) = (4, 3, 7)
    case "f8E4M3FNUZ": (exponentBits, mantissaBits, bias) = (4, 3, 8)
    case "f8E4M3B11FNUZ": (exponentBits, mantissaBits, bias) = (4, 3, 11)
    case "f8E5M2": (exponentBits, mantissaBits, bias) = (5, 2, 15)
    case "f8E5M2FNUZ": (exponentBits, mantissaBits, bias) = (5, 2, 16)
    case "f8E3M4": (exponentBits, mantissaBits, bias) = (3, 4, 3)
    case "f8E8M0FNU": (exponentBits, mantissaBits, bias) = (8, 0, 127)
    case "f6E2M3FN": (exponentBits, mantissaBits, bias) = (2, 3, 1)
    case "f6E3M2FN": (exponentBits, mantissaBits, bias) = (3, 2, 3)
    case "f4E2M1FN": (exponentBits, mantissaBits, bias) = (2, 1, 1)
    default: return nil
    }
  }

  private var signBit: UInt64 { hasSign ? 1 << UInt64(exponentBits + mantissaBits) : 0 }
  private var infinity: UInt64 { (1 << UInt64(exponentBits) - 1) << UInt64(mantissaBits) }

  /// The bits of the float that is nearest to `number`, halves to even.
  func bits(of number: Double) -> UInt64 {
    if number.isNaN { return nan ?? (infinity | 1 << UInt64(max(mantissaBits - 1, 0))) }
    let sign = number.sign == .minus ? signBit : 0
    let magnitude = abs(number)
    if magnitude == 0 { return nan == 0x80 ? 0 : sign }
    let overflow = isIEEE ? infinity : (nan ?? infinity | (1 << UInt64(mantissaBits) - 1))
    if magnitude.isInfinite { return nan == 0x80 ? 0x80 : sign | overflow }
    // Subnormal numbers have the spacing of the least normal ones.
    let least = hasSign ? 1 - bias : -bias
    let exponent = max(Int(magnitude.exponent), least)
    let scaled = (magnitude * Double(sign: .plus, exponent: mantissaBits - exponent, significand: 1)).rounded(.toNearestOrEven)
    let whole = UInt64(scaled)
    let leading: UInt64 = 1 << UInt64(mantissaBits)
    let code: UInt64
    if !hasSign {
      code = UInt64(exponent - least) &+ (whole >= 2 * leading ? 1 : 0)
    } else if whole < leading {
      code = whole
    } else {
      // A carry out of the mantissa goes into the exponent by itself.
      code = UInt64(exponent - least) << UInt64(mantissaBits) + whole
    }
    let limit = isIEEE ? infinity : (1 << UInt64(exponentBits + mantissaBits)) - (nan == 0x7F || nan == 0xFF ? 1 : 0)
    if code >= limit { return nan == 0x80 ? 0x80 : sign | overflow }
    return code == 0 && nan == 0x80 ? 0 : sign | code
  }

  /// The number with these bits, of the formats of IEEE 754.
  func value(_ bits: UInt64) -> Double {
    let exponent = Int(bits >> UInt64(mantissaBits)) & (1 << exponentBits - 1)
    let mantissa = Double(bits & (1 << UInt64(mantissaBits) - 1))
    let sign: Double = bits & signBit != 0 ? -1 : 1
    if isIEEE, exponent == 1 << exponentBits - 1 { return mantissa == 0 ? sign * .infinity : .nan }
    let significand = exponent == 0 ? mantissa : mantissa + Double(1 << mantissaBits)
    return sign * significand * Double(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: 1)
  }
}
