import ModuleFormat

/// The value of an element, wide enough for all of its type.
public enum ElementValue: Hashable, Sendable {
  case signed(Int64)
  case unsigned(UInt64)
  case float(Double)
  case complex(Double, Double)
}

extension ElementType {
  /// Reads the element at `pointer`, which need not be aligned.
  public func read(_ pointer: UnsafeRawPointer) -> ElementValue {
    switch self {
    case .bool: .unsigned(pointer.load(as: UInt8.self) != 0 ? 1 : 0)
    case .i8: .signed(Int64(pointer.load(as: Int8.self)))
    case .i16: .signed(Int64(pointer.loadUnaligned(as: Int16.self)))
    case .i32: .signed(Int64(pointer.loadUnaligned(as: Int32.self)))
    case .i64: .signed(pointer.loadUnaligned(as: Int64.self))
    case .u8: .unsigned(UInt64(pointer.load(as: UInt8.self)))
    case .u16: .unsigned(UInt64(pointer.loadUnaligned(as: UInt16.self)))
    case .u32: .unsigned(UInt64(pointer.loadUnaligned(as: UInt32.self)))
    case .u64: .unsigned(pointer.loadUnaligned(as: UInt64.self))
    case .f16: .float(Double(pointer.loadUnaligned(as: Float16.self)))
    case .bf16: .float(Double(Float(bitPattern: UInt32(pointer.loadUnaligned(as: UInt16.self)) << 16)))
    case .f32: .float(Double(pointer.loadUnaligned(as: Float.self)))
    case .f64: .float(pointer.loadUnaligned(as: Double.self))
    case .f8E4M3FN: .float(ElementType.decodeE4M3FN(pointer.load(as: UInt8.self)))
    // An E5M2 number is the upper byte of an f16.
    case .f8E5M2: .float(Double(Float16(bitPattern: UInt16(pointer.load(as: UInt8.self)) << 8)))
    case .complex64:
      .complex(Double(pointer.loadUnaligned(as: Float.self)), Double(pointer.loadUnaligned(fromByteOffset: 4, as: Float.self)))
    case .complex128: .complex(pointer.loadUnaligned(as: Double.self), pointer.loadUnaligned(fromByteOffset: 8, as: Double.self))
    }
  }

  /// Writes `value` at `pointer`, converted: integers wrap around, floats round to nearest even or become integers towards zero.
  public func write(_ value: ElementValue, to pointer: UnsafeMutableRawPointer) {
    func store<Value: BitwiseCopyable>(_ number: Value, _ offset: Int = 0) {
      pointer.storeBytes(of: number, toByteOffset: offset, as: Value.self)
    }
    switch self {
    case .bool: store(UInt8(value.isZero ? 0 : 1))
    case .i8, .u8: store(UInt8(truncatingIfNeeded: value.bits))
    case .i16, .u16: store(UInt16(truncatingIfNeeded: value.bits))
    case .i32, .u32: store(UInt32(truncatingIfNeeded: value.bits))
    case .i64, .u64: store(value.bits)
    case .f16: store(Float16(value.double))
    case .bf16: store(ElementType.encodeBF16(value.double))
    case .f32: store(Float(value.double))
    case .f64: store(value.double)
    case .f8E4M3FN: store(ElementType.encodeE4M3FN(value.double))
    case .f8E5M2: store(ElementType.encodeE5M2(value.double))
    case .complex64:
      store(Float(value.double))
      store(Float(value.imaginary), 4)
    case .complex128:
      store(value.double)
      store(value.imaginary, 8)
    }
  }

  /// Returns the number that an E4M3FN byte stands for: bias 7, no infinity, NaN where all bits but the sign are set.
  static func decodeE4M3FN(_ byte: UInt8) -> Double {
    let exponent = Int(byte >> 3 & 15)
    let mantissa = Double(byte & 7)
    if byte & 0x7F == 0x7F { return .nan }
    let magnitude =
      exponent == 0
      ? mantissa / 512 : Double(sign: .plus, exponent: exponent - 7, significand: 1 + mantissa / 8)
    return byte & 0x80 != 0 ? -magnitude : magnitude
  }

  /// Returns the E4M3FN byte nearest to `value`; what is too large becomes NaN, as there is no infinity.
  static func encodeE4M3FN(_ value: Double) -> UInt8 {
    let sign: UInt8 = value.sign == .minus ? 0x80 : 0
    guard value.isFinite else { return sign | 0x7F }
    let magnitude = value.magnitude
    // Below 2^-6 numbers are multiples of 2^-9; above, 8 steps an octave.
    let exponent = magnitude < 0x1p-6 ? -6 : Int(magnitude.exponent)
    let step = Double(sign: .plus, exponent: exponent - 3, significand: 1)
    let steps = (magnitude / step).rounded(.toNearestOrEven)
    guard steps * step <= 448 else { return sign | 0x7F }
    return sign | UInt8(truncatingIfNeeded: (exponent + 6) * 8 + Int(steps))
  }

  /// Returns the E5M2 byte nearest to `value`.
  static func encodeE5M2(_ value: Double) -> UInt8 {
    if value.isNaN { return value.sign == .minus ? 0xFE : 0x7E }
    let sign: UInt8 = value.sign == .minus ? 0x80 : 0
    guard value.isFinite else { return sign | 0x7C }
    let magnitude = value.magnitude
    let exponent = magnitude < 0x1p-14 ? -14 : Int(magnitude.exponent)
    let step = Double(sign: .plus, exponent: exponent - 2, significand: 1)
    let steps = (magnitude / step).rounded(.toNearestOrEven)
    guard steps * step <= 57344 else { return sign | 0x7C }
    return sign | UInt8(truncatingIfNeeded: (exponent + 14) * 4 + Int(steps))
  }

  /// Returns the bf16 bits nearest to `value`, halves to even.
  static func encodeBF16(_ value: Double) -> UInt16 {
    let single = Float(value)
    if single.isNaN { return UInt16(truncatingIfNeeded: single.bitPattern >> 16) | 0x40 }
    let bits = single.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}

extension ElementValue {
  /// The value as a real number.
  public var double: Double {
    switch self {
    case .signed(let number): Double(number)
    case .unsigned(let number): Double(number)
    case .float(let number), .complex(let number, _): number
    }
  }

  /// The imaginary part.
  public var imaginary: Double { if case .complex(_, let part) = self { part } else { 0 } }

  /// `true` iff the value is zero.
  public var isZero: Bool { double == 0 && imaginary == 0 }

  /// The value as 64 bits of an integer.
  public var bits: UInt64 {
    switch self {
    case .signed(let number): UInt64(bitPattern: number)
    case .unsigned(let number): number
    case .float(let number), .complex(let number, _):
      number >= 0x1p63 ? saturatingUnsigned(number) : UInt64(bitPattern: saturatingSigned(number))
    }
  }
}

/// Returns `number` as a signed integer, towards zero, saturating; NaN gives 0.
func saturatingSigned(_ number: Double) -> Int64 {
  if number.isNaN { return 0 }
  if number >= 0x1p63 { return .max }
  if number < -0x1p63 { return .min }
  return Int64(number)
}

/// Returns `number` as an unsigned integer, towards zero, saturating; NaN gives 0.
func saturatingUnsigned(_ number: Double) -> UInt64 {
  if number.isNaN || number <= 0 { return 0 }
  if number >= 0x1p64 { return .max }
  return UInt64(number)
}
