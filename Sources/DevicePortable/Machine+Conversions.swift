import TesseraModuleFormat

extension Machine {
  /// Converts elements.
  @inline(never) func convert(_ step: UnsafePointer<Step>) {
    let source = unsafeBitCast(step.pointee.variant, to: PortableType.self)
    switch step.pointee.opcode {
    case .extendSigned:
      switch source {
      // The bit 1 is -1.
      case .i1: extend(step) { (x: Int8) in 0 &- x }
      case .i8: extend(step) { (x: Int8) in x }
      case .i16: extend(step) { (x: Int16) in x }
      default: extend(step) { (x: Int32) in x }
      }
    case .extendUnsigned:
      switch source {
      case .i1, .i8: extend(step) { (x: UInt8) in x }
      case .i16: extend(step) { (x: UInt16) in x }
      default: extend(step) { (x: UInt32) in x }
      }
    case .narrow:
      switch source {
      case .i8: narrow(step, Int8.self)
      case .i16: narrow(step, Int16.self)
      case .i32: narrow(step, Int32.self)
      default: narrow(step, Int64.self)
      }
    case .signedToFloat:
      switch source {
      case .i1: toFloat(step) { (x: Int8) in 0 &- x }
      case .i8: toFloat(step) { (x: Int8) in x }
      case .i16: toFloat(step) { (x: Int16) in x }
      case .i32: toFloat(step) { (x: Int32) in x }
      default: toFloat(step) { (x: Int64) in x }
      }
    case .unsignedToFloat:
      switch source {
      case .i1, .i8: toFloat(step) { (x: UInt8) in x }
      case .i16: toFloat(step) { (x: UInt16) in x }
      case .i32: toFloat(step) { (x: UInt32) in x }
      default: toFloat(step) { (x: UInt64) in x }
      }
    case .floatToSigned, .floatToUnsigned:
      if source == .f32 { toInteger(step, Float.self) } else { toInteger(step, Double.self) }
    case .convertFloat: convertFloat(step, from: source)
    default: break
    }
  }

  /// Widens what `read` makes of an element.
  @inline(__always) private func extend<A: FixedWidthInteger & SIMDScalar>(_ step: UnsafePointer<Step>, _ read: (A) -> A) {
    switch step.pointee.type {
    case .i8: map(step) { (x: A) in Int8(truncatingIfNeeded: read(x)) }
    case .i16: map(step) { (x: A) in Int16(truncatingIfNeeded: read(x)) }
    case .i32: map(step) { (x: A) in Int32(truncatingIfNeeded: read(x)) }
    default: map(step) { (x: A) in Int64(truncatingIfNeeded: read(x)) }
    }
  }

  @inline(__always) private func narrow<A: FixedWidthInteger & SIMDScalar>(_ step: UnsafePointer<Step>, _: A.Type) {
    switch step.pointee.type {
    case .i1: map(step) { (x: A) in UInt8(truncatingIfNeeded: x & 1) }
    case .i8: map(step) { (x: A) in Int8(truncatingIfNeeded: x) }
    case .i16: map(step) { (x: A) in Int16(truncatingIfNeeded: x) }
    default: map(step) { (x: A) in Int32(truncatingIfNeeded: x) }
    }
  }

  @inline(__always) private func toFloat<A: FixedWidthInteger & SIMDScalar>(_ step: UnsafePointer<Step>, _ read: (A) -> A) {
    if step.pointee.size == 4 {
      map(step) { (x: A) in Float(read(x)) }
    } else {
      map(step) { (x: A) in Double(read(x)) }
    }
  }

  @inline(__always) private func toInteger<A: LaneFloat>(_ step: UnsafePointer<Step>, _: A.Type) {
    let isSigned = step.pointee.opcode == .floatToSigned
    switch (step.pointee.type, isSigned) {
    case (.i8, true): map(step) { (x: A) in Int8(truncatingIfNeeded: Int64.small(x, from: -128, to: 127)) }
    case (.i16, true): map(step) { (x: A) in Int16(truncatingIfNeeded: Int64.small(x, from: -32768, to: 32767)) }
    case (.i32, true): map(step) { (x: A) in Int32(truncatingIfNeeded: Int64.small(x, from: -2_147_483_648, to: 2_147_483_647)) }
    case (.i8, false): map(step) { (x: A) in Int8(truncatingIfNeeded: Int64.small(x, from: 0, to: 255)) }
    case (.i16, false): map(step) { (x: A) in Int16(truncatingIfNeeded: Int64.small(x, from: 0, to: 65535)) }
    case (.i32, false): map(step) { (x: A) in Int32(truncatingIfNeeded: Int64.small(x, from: 0, to: 4_294_967_295)) }
    case (_, true): map(step) { (x: A) in x >= 0x1p63 ? Int64.max : x >= -0x1p63 ? Int64(x.double) : x == x ? Int64.min : 0 }
    case (_, false): map(step) { (x: A) in Int64(bitPattern: x >= 0x1p64 ? UInt64.max : x >= 1 ? UInt64(x.double) : 0) }
    }
  }

  @inline(__always) private func convertFloat(_ step: UnsafePointer<Step>, from source: PortableType) {
    switch (source, step.pointee.type) {
    case (.f32, .f64): map(step) { (x: Float) in Double(x) }
    case (.f64, .f32): map(step) { (x: Double) in Float(x) }
    case (.f16, .f32): map(step) { (x: UInt16) in HalfFloat.widened(x) }
    case (.f16, .f64): map(step) { (x: UInt16) in Double(HalfFloat.widened(x)) }
    case (.bf16, .f32): map(step) { (x: UInt16) in HalfFloat.widenedBrain(x) }
    case (.bf16, .f64): map(step) { (x: UInt16) in Double(HalfFloat.widenedBrain(x)) }
    case (.f32, .f16): map(step) { (x: Float) in HalfFloat.rounded(x) }
    case (.f32, .bf16): map(step) { (x: Float) in HalfFloat.roundedBrain(x) }
    // A first rounding to odd, which leaves the second one as it is.
    case (.f64, .f16): map(step) { (x: Double) in HalfFloat.rounded(HalfFloat.roundedToOdd(x)) }
    case (.f64, .bf16): map(step) { (x: Double) in HalfFloat.roundedBrain(HalfFloat.roundedToOdd(x)) }
    default: break
    }
  }
}

extension Int64 {
  /// The integer towards zero of a float, at most and at least what is given, which have fewer than 33 bits; 0 for NaN. In the low bits: those above
  /// mean nothing. Without branches.
  @inline(__always) static func small<T: LaneFloat>(_ x: T, from low: Double, to high: Double) -> Int64 {
    let number = x.double
    let known = number == number ? number : 0
    let least = known < low ? low : known
    let bounded = least > high ? high : least
    // Added to 1.5 * 2^52, an integer stands in the low bits of the sum.
    return Int64(truncatingIfNeeded: (bounded.truncated + 0x1.8p52).bitPattern)
  }
}

/// Floats of 16 bits, by integers: not every processor has instructions for them.
enum HalfFloat {
  /// Returns the number of an `f16`.
  @inline(__always) static func widened(_ half: UInt16) -> Float {
    let bits = UInt32(half)
    let sign = (bits & 0x8000) &<< 16, rest = (bits & 0x7FFF) &<< 13
    // As if the exponent were that of a float, then scaled: denormal numbers come out right.
    let scaled = Float(bitPattern: rest) * 0x1p112
    let special = rest | 0x7F80_0000
    let magnitude = rest >= 0x0F80_0000 ? special : scaled.bitPattern
    return Float(bitPattern: magnitude | sign)
  }

  /// Returns the number of a `bf16`.
  @inline(__always) static func widenedBrain(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) &<< 16) }

  /// Returns the nearest `f16`, halves to even.
  @inline(__always) static func rounded(_ x: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: (x.bitPattern & 0x8000_0000) &>> 16)
    let magnitude = x.bitPattern & 0x7FFF_FFFF
    // Numbers below 2^-14: the sum with a number whose last bit is the least one of f16 is rounded there.
    let small = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
    let normal = (magnitude &+ 0xFFF &+ (magnitude &>> 13 & 1) &- (112 &<< 23)) &>> 13
    let finite = magnitude < 0x3880_0000 ? small : normal
    let bounded = magnitude >= 0x477F_F000 ? 0x7C00 : finite
    let result: UInt32 = magnitude > 0x7F80_0000 ? 0x7E00 | (magnitude &>> 13 & 0x1FF) : bounded
    return UInt16(truncatingIfNeeded: result) | sign
  }

  /// Returns the nearest `bf16`, halves to even.
  @inline(__always) static func roundedBrain(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    let rounded = (bits &+ 0x7FFF &+ (bits &>> 16 & 1)) &>> 16
    let result: UInt32 = bits & 0x7FFF_FFFF > 0x7F80_0000 ? bits &>> 16 | 0x40 : rounded
    return UInt16(truncatingIfNeeded: result)
  }

  /// Returns an `f32` next to a number, whose last bit is set where it is not the number itself.
  @inline(__always) static func roundedToOdd(_ x: Double) -> Float {
    let nearest = Float(x)
    let error = x - Double(nearest)
    // The neighbour towards zero, if rounding went away from it.
    let isFurther = (error < 0) == (nearest > 0) && error != 0 && nearest != 0
    let truncated = isFurther ? nearest.bitPattern &- 1 : nearest.bitPattern
    let isExact = error == 0 || x != x || Double(nearest) == .infinity || Double(nearest) == -.infinity
    return Float(bitPattern: isExact ? nearest.bitPattern : truncated | 1)
  }
}
