import TesseraLibC
import TesseraModuleFormat

/// A float that the machine computes with, by operations without branches, of which the compiler makes vector instructions on any processor.
protocol LaneFloat: BinaryFloatingPoint, SIMDScalar, Codable {
  /// An integer of its size.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & SIMDScalar
  var bits: Bits { get }
  init(bits: Bits)
  /// The number with 64 bits.
  var double: Double { get }
  /// The sign's bit.
  static var signMask: Bits { get }
  /// The least number from which on all are integers: what is added to it is rounded to an integer.
  static var wholeFrom: Self { get }

  static func remainder(_ x: Self, _ y: Self) -> Self
  static func power(_ x: Self, _ y: Self) -> Self
  static func arcTangent2(_ x: Self, _ y: Self) -> Self
  /// A function of the C library.
  func computed(_ function: PortableFunction) -> Self
}

extension LaneFloat {
  @inline(__always) var absolute: Self { Self(bits: bits & ~Self.signMask) }

  @inline(__always) func withSign(of other: Self) -> Self { Self(bits: bits & ~Self.signMask | other.bits & Self.signMask) }

  /// The nearest integer, halves to even.
  @inline(__always) var roundedToEven: Self {
    let magnitude = absolute
    let whole = (magnitude + Self.wholeFrom) - Self.wholeFrom
    let result = whole.withSign(of: self)
    return magnitude < Self.wholeFrom ? result : self
  }

  /// The next integer towards zero.
  @inline(__always) var truncated: Self {
    let magnitude = absolute
    let whole = (magnitude + Self.wholeFrom) - Self.wholeFrom
    let less = whole - 1
    let result = (whole > magnitude ? less : whole).withSign(of: self)
    return magnitude < Self.wholeFrom ? result : self
  }

  /// The next integer below.
  @inline(__always) var lowered: Self {
    let whole = roundedToEven
    let less = whole - 1
    return (whole > self ? less : whole).withSign(of: self)
  }

  /// The smaller number, NaN where one is, `equal` where they are equal.
  @inline(__always) static func minimum(_ x: Self, _ y: Self, or equal: Bits) -> Self {
    chosen(blend(mask(x < y), x.bits, y.bits), equal, x, y)
  }

  /// The larger number, NaN where one is, `equal` where they are equal.
  @inline(__always) static func maximum(_ x: Self, _ y: Self, or equal: Bits) -> Self {
    chosen(blend(mask(x > y), x.bits, y.bits), equal, x, y)
  }

  /// The better of two numbers, `equal` where they are equal, and the first where it is NaN. By masks, since the compiler makes branches of
  /// selections that stand one in the other.
  @inline(__always) private static func chosen(_ better: Bits, _ equal: Bits, _ x: Self, _ y: Self) -> Self {
    let isEqual: Bits = mask(x == y), isNumber: Bits = mask(x == x)
    let number = blend(isEqual, equal, better)
    return Self(bits: blend(isNumber, number, x.bits))
  }

  /// The smaller number, or the one that is none of NaN.
  @inline(__always) static func lesser(_ x: Self, _ y: Self) -> Self {
    let less = x < y ? x : y
    return y == y ? less : x
  }

  /// The larger number, or the one that is none of NaN.
  @inline(__always) static func greater(_ x: Self, _ y: Self) -> Self {
    let more = x > y ? x : y
    return y == y ? more : x
  }
}

/// All bits where a condition holds, else none. Without a selection, of which Swift makes a branch where another one follows.
@inline(__always) func mask<Bits: FixedWidthInteger>(_ condition: Bool) -> Bits {
  0 &- Bits(truncatingIfNeeded: unsafeBitCast(condition, to: UInt8.self))
}

/// The bits of `first` where the mask has them, else those of `second`.
@inline(__always) func blend<Bits: FixedWidthInteger>(_ mask: Bits, _ first: Bits, _ second: Bits) -> Bits { first & mask | second & ~mask }

extension Float: LaneFloat {
  @inline(__always) var bits: UInt32 { bitPattern }
  @inline(__always) var double: Double { Double(self) }
  @inline(__always) init(bits: UInt32) { self.init(bitPattern: bits) }
  @inline(__always) static var signMask: UInt32 { 1 << 31 }
  @inline(__always) static var wholeFrom: Float { 0x1p23 }
  static func remainder(_ x: Float, _ y: Float) -> Float { fmodf(x, y) }
  static func power(_ x: Float, _ y: Float) -> Float { powf(x, y) }
  static func arcTangent2(_ x: Float, _ y: Float) -> Float { atan2f(x, y) }

  @inline(never) func computed(_ function: PortableFunction) -> Float {
    switch function {
    case .exp: expf(self)
    case .exp2: exp2f(self)
    case .expm1: expm1f(self)
    case .log: logf(self)
    case .log2: log2f(self)
    case .log10: log10f(self)
    case .log1p: log1pf(self)
    case .sin: sinf(self)
    case .cos: cosf(self)
    case .tan: tanf(self)
    case .asin: asinf(self)
    case .acos: acosf(self)
    case .atan: atanf(self)
    case .sinh: sinhf(self)
    case .cosh: coshf(self)
    case .tanh: tanhf(self)
    case .asinh: asinhf(self)
    case .acosh: acoshf(self)
    case .atanh: atanhf(self)
    case .erf: erff(self)
    case .erfc: erfcf(self)
    case .cbrt: cbrtf(self)
    case .rsqrt: 1 / squareRoot()
    }
  }
}

extension Double: LaneFloat {
  @inline(__always) var bits: UInt64 { bitPattern }
  @inline(__always) var double: Double { self }
  @inline(__always) init(bits: UInt64) { self.init(bitPattern: bits) }
  @inline(__always) static var signMask: UInt64 { 1 << 63 }
  @inline(__always) static var wholeFrom: Double { 0x1p52 }
  static func remainder(_ x: Double, _ y: Double) -> Double { fmod(x, y) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
  static func arcTangent2(_ x: Double, _ y: Double) -> Double { atan2(x, y) }

  @inline(never) func computed(_ function: PortableFunction) -> Double {
    switch function {
    case .exp: TesseraLibC.exp(self)
    case .exp2: TesseraLibC.exp2(self)
    case .expm1: TesseraLibC.expm1(self)
    case .log: TesseraLibC.log(self)
    case .log2: TesseraLibC.log2(self)
    case .log10: TesseraLibC.log10(self)
    case .log1p: TesseraLibC.log1p(self)
    case .sin: TesseraLibC.sin(self)
    case .cos: TesseraLibC.cos(self)
    case .tan: TesseraLibC.tan(self)
    case .asin: TesseraLibC.asin(self)
    case .acos: TesseraLibC.acos(self)
    case .atan: TesseraLibC.atan(self)
    case .sinh: TesseraLibC.sinh(self)
    case .cosh: TesseraLibC.cosh(self)
    case .tanh: TesseraLibC.tanh(self)
    case .asinh: TesseraLibC.asinh(self)
    case .acosh: TesseraLibC.acosh(self)
    case .atanh: TesseraLibC.atanh(self)
    case .erf: TesseraLibC.erf(self)
    case .erfc: TesseraLibC.erfc(self)
    case .cbrt: TesseraLibC.cbrt(self)
    case .rsqrt: 1 / squareRoot()
    }
  }
}
