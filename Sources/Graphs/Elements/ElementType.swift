import TesseraMLIR

/// The element types of tensors under import. The IR knows less: its integers have no sign, and small types are bytes in it.
package enum ElementType: Sendable, CaseIterable {
  case f32, f64, f16, bf16, i8, i16, i32, i64, u8, u16, u32, u64, bool, string
  /// Small types: bytes without a meaning in the IR, which are moved and converted and nothing else (`Scalars+SmallTypes.swift`).
  case f8E4M3FN, f8E4M3FNUZ, f8E5M2, f8E5M2FNUZ, f8E8M0FNU, f4E2M1FN, u4, i4, u2, i2
  case f8E4M3, f8E3M4, f8E4M3B11FNUZ, f6E2M3FN, f6E3M2FN
  /// Complex numbers: of two f32, and of two f64.
  case complex64, complex128

  /// The name in diagnostics: "f32", "i64", "bool".
  package var name: String { "\(self)" }
  /// Bytes of an element in memory; a boolean takes one, and so does a number of less than 8 bits.
  package var byteCount: Int {
    switch self {
    case .u16, .i16, .f16, .bf16: 2
    case .f32, .i32, .u32: 4
    case .i64, .u64, .f64, .string, .complex64: 8
    case .complex128: 16
    default: 1
    }
  }
  /// How many elements a byte of a file holds, the first in the low bits.
  package var packing: Int {
    switch self {
    case .u2, .i2: 4
    case .u4, .i4, .f4E2M1FN: 2
    default: 1
    }
  }
  /// `true` iff the IR has no arithmetic on the type: integers of less than, and floats of at most 8 bits.
  package var isSmall: Bool { smallFloat != nil || packing > 1 }
  package var isFloat: Bool { self == .f32 || self == .f64 || self == .f16 || self == .bf16 }
  /// `true` iff this is a float that is computed in f32 and rounded.
  package var isNarrowFloat: Bool { self == .f16 || self == .bf16 }
  package var isUnsigned: Bool { self == .u8 || self == .u16 || self == .u32 || self == .u64 }
  /// `true` iff elements are integers of 8 to 64 bits.
  package var isInteger: Bool { !isFloat && !isComplex && self != .bool && self != .string && !isSmall }
  package var isComplex: Bool { complexPart != nil }
  /// The type of the real part of a complex number; `nil` for other types.
  package var complexPart: ElementType? { self == .complex64 ? .f32 : self == .complex128 ? .f64 : nil }
  /// The type in which sums and products of many elements are formed.
  package var accumulator: ElementType { isNarrowFloat ? .f32 : self }

  /// The smallest and largest value of an integer type that fits into `Int`.
  package var integerBounds: (least: Int, greatest: Int) {
    switch self {
    case .i8: (-128, 127)
    case .u8: (0, 255)
    case .i16: (-32768, 32767)
    case .u16: (0, 65535)
    case .i32: (Int(Int32.min), Int(Int32.max))
    case .u32: (0, Int(UInt32.max))
    case .bool: (0, 1)
    case .i4: (-8, 7)
    case .u4: (0, 15)
    case .i2: (-2, 1)
    case .u2: (0, 3)
    default: (Int.min, Int.max)
    }
  }

  /// The signless element type of the IR; that of strings is the one of their numbers.
  package func type(_ context: Context) -> Type {
    switch self {
    case .f32: .f32(context)
    case .f64: .f64(context)
    case .f16: .f16(context)
    case .bf16: .bf16(context)
    case .bool: .i1(context)
    case .complex64: .complex(.f32(context))
    case .complex128: .complex(.f64(context))
    default: .integer(byteCount * 8, context)
    }
  }
}
