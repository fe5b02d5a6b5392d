import TesseraModuleFormat

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
    case .i64, .string: .signed(pointer.loadUnaligned(as: Int64.self))
    case .u8: .unsigned(UInt64(pointer.load(as: UInt8.self)))
    case .u16: .unsigned(UInt64(pointer.loadUnaligned(as: UInt16.self)))
    case .u32: .unsigned(UInt64(pointer.loadUnaligned(as: UInt32.self)))
    case .u64: .unsigned(pointer.loadUnaligned(as: UInt64.self))
    case .f16: .float(Double(pointer.loadUnaligned(as: Float16.self)))
    case .bf16: .float(Double(Float(bitPattern: UInt32(pointer.loadUnaligned(as: UInt16.self)) << 16)))
    case .f32: .float(Double(pointer.loadUnaligned(as: Float.self)))
    case .f64: .float(pointer.loadUnaligned(as: Double.self))
    case .f8E4M3FN, .f8E5M2, .f8E4M3FNUZ, .f8E5M2FNUZ, .f8E8M0FNU, .f4E2M1FN, .f8E4M3, .f8E3M4, .f8E4M3B11FNUZ, .f6E2M3FN,
      .f6E3M2FN:
      .float(SmallFloatFormat(self)?.decode(pointer.load(as: UInt8.self)) ?? .nan)
    case .i4: .signed(Int64((pointer.load(as: Int8.self) << 4) >> 4))
    case .i2: .signed(Int64((pointer.load(as: Int8.self) << 6) >> 6))
    case .u4: .unsigned(UInt64(pointer.load(as: UInt8.self) & 15))
    case .u2: .unsigned(UInt64(pointer.load(as: UInt8.self) & 3))
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
    case .i64, .u64, .string: store(value.bits)
    case .f16: store(Float16(value.double))
    case .bf16: store(ElementType.encodeBF16(value.double))
    case .f32: store(Float(value.double))
    case .f64: store(value.double)
    case .f8E4M3FN, .f8E5M2, .f8E4M3FNUZ, .f8E5M2FNUZ, .f8E8M0FNU, .f4E2M1FN, .f8E4M3, .f8E3M4, .f8E4M3B11FNUZ, .f6E2M3FN,
      .f6E3M2FN:
      store(SmallFloatFormat(self)?.encode(value.double) ?? 0)
    case .i4, .u4: store(UInt8(truncatingIfNeeded: value.bits) & 15)
    case .i2, .u2: store(UInt8(truncatingIfNeeded: value.bits) & 3)
    case .complex64:
      store(Float(value.double))
      store(Float(value.imaginary), 4)
    case .complex128:
      store(value.double)
      store(value.imaginary, 8)
    }
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
