/// The type of the elements that an instruction of portable code works on.
///
/// Types of fewer than 8 bits but `i1` are kept in bytes, and unsigned integers are the signed ones of their width: instructions say how they
/// read them.
public enum PortableType: UInt8, CaseIterable, Sendable {
  /// A truth value: a byte that is 0 or 1.
  case i1 = 0
  case i8, i16, i32, i64, f16, bf16, f32, f64

  /// The bytes of an element, in registers as in memory.
  public var byteCount: Int {
    switch self {
    case .i1, .i8: 1
    case .i16, .f16, .bf16: 2
    case .i32, .f32: 4
    case .i64, .f64: 8
    }
  }

  /// The name in the text form.
  public var name: String { "\(self)" }

  /// The integers of whole bytes.
  static let integers: [PortableType] = [.i8, .i16, .i32, .i64]
  /// The floats that are computed with; the others are converted.
  static let floats: [PortableType] = [.f32, .f64]
}

/// The type of an operand of `contract`: what memory holds, whether it has a sign included.
public enum ContractedType: UInt8, CaseIterable, Sendable {
  case f32 = 0
  case f64, f16, bf16, s8, u8, s16, s32

  /// The bytes of an element.
  public var byteCount: Int {
    switch self {
    case .s8, .u8: 1
    case .f16, .bf16, .s16: 2
    case .f32, .s32: 4
    case .f64: 8
    }
  }

  /// The type of the sums.
  public var sum: PortableType {
    switch self {
    case .f32, .f16, .bf16: .f32
    case .f64: .f64
    case .s8, .u8, .s16, .s32: .i32
    }
  }
}
