import TesseraLibC
import TesseraModuleFormat

extension IntegerOperation {
  /// Computes; `nil` for a division by zero or an overflowing signed division.
  @inline(__always) package func evaluate(_ a: Int64, _ b: Int64) -> Int64? {
    func unsigned(_ x: Int64) -> UInt64 { UInt64(bitPattern: x) }
    switch self {
    case .add: return a &+ b
    case .sub: return a &- b
    case .mul: return a &* b
    case .addSaturating: return saturated(a.addingReportingOverflow(b), isNegative: b < 0)
    case .subSaturating: return saturated(a.subtractingReportingOverflow(b), isNegative: b > 0)
    case .mulSaturating: return saturated(a.multipliedReportingOverflow(by: b), isNegative: (a < 0) != (b < 0))
    case .divS, .floorDivS, .ceilDivS:
      if b == 0 || (b == -1 && a == .min) { return nil }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      if remainder == 0 || self == .divS { return quotient }
      let isNegative = (a < 0) != (b < 0)
      return self == .floorDivS ? (isNegative ? quotient - 1 : quotient) : (isNegative ? quotient : quotient + 1)
    case .remS: return b == 0 || (b == -1 && a == .min) ? nil : a % b
    case .divU: return b == 0 ? nil : Int64(bitPattern: unsigned(a) / unsigned(b))
    case .remU: return b == 0 ? nil : Int64(bitPattern: unsigned(a) % unsigned(b))
    case .minS: return min(a, b)
    case .maxS: return max(a, b)
    case .minU: return unsigned(a) < unsigned(b) ? a : b
    case .maxU: return unsigned(a) > unsigned(b) ? a : b
    case .and: return a & b
    case .or: return a | b
    case .xor: return a ^ b
    // The shifts of the standard library are "smart": they take any amount, negative ones shift the other way.
    case .shl: return unsigned(b) > 63 ? 0 : a &<< b
    case .shrS: return unsigned(b) > 63 ? (a < 0 ? -1 : 0) : a &>> b
    case .shrU: return unsigned(b) > 63 ? 0 : Int64(bitPattern: unsigned(a) &>> unsigned(b))
    }
  }
}

/// Returns the result of an operation, or the end of the range beyond which it lies.
@inline(__always) private func saturated(_ result: (partialValue: Int64, overflow: Bool), isNegative: Bool) -> Int64 {
  result.overflow ? (isNegative ? .min : .max) : result.partialValue
}

extension IntegerPredicate {
  /// Compares.
  @inline(__always) package func evaluate(_ a: Int64, _ b: Int64) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .slt: a < b
    case .sle: a <= b
    case .sgt: a > b
    case .sge: a >= b
    case .ult: UInt64(bitPattern: a) < UInt64(bitPattern: b)
    case .ule: UInt64(bitPattern: a) <= UInt64(bitPattern: b)
    case .ugt: UInt64(bitPattern: a) > UInt64(bitPattern: b)
    case .uge: UInt64(bitPattern: a) >= UInt64(bitPattern: b)
    }
  }
}

extension FloatOperation {
  /// Computes.
  func evaluate(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    case .rem: fmod(a, b)
    // Of equal numbers, which may be zeros of two signs, -0 is the lesser.
    case .min: a.isNaN || b.isNaN ? .nan : a == b ? (a.sign == .minus ? a : b) : Swift.min(a, b)
    case .max: a.isNaN || b.isNaN ? .nan : a == b ? (a.sign == .plus ? a : b) : Swift.max(a, b)
    case .pow: TesseraLibC.pow(a, b)
    }
  }
}

extension FloatPredicate {
  /// Compares.
  func evaluate(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    }
  }
}

extension FloatUnaryOperation {
  /// Computes.
  func evaluate(_ a: Double) -> Double {
    switch self {
    case .neg: -a
    case .abs: a.magnitude
    case .floor: a.rounded(.down)
    case .ceil: a.rounded(.up)
    case .round: a.rounded(.toNearestOrEven)
    case .trunc: a.rounded(.towardZero)
    case .sqrt: a.squareRoot()
    case .exp: TesseraLibC.exp(a)
    case .log: TesseraLibC.log(a)
    case .tanh: TesseraLibC.tanh(a)
    case .sin: TesseraLibC.sin(a)
    case .cos: TesseraLibC.cos(a)
    case .roundToF32: Double(Float(a))
    }
  }
}

extension Conversion {
  /// Converts.
  func evaluate(_ a: Int64) -> Int64 {
    switch self {
    case .intToFloat: Int64(bitPattern: Double(a).bitPattern)
    case .unsignedToFloat: Int64(bitPattern: Double(UInt64(bitPattern: a)).bitPattern)
    case .floatToInt: saturatingSigned(Double(bitPattern: UInt64(bitPattern: a)))
    case .floatToUnsigned: Int64(bitPattern: saturatingUnsigned(Double(bitPattern: UInt64(bitPattern: a))))
    }
  }
}
