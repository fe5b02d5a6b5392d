/// The type of one element of a tensor. The raw value is what module files hold.
public enum ElementType: UInt8, CaseIterable, Sendable {
  /// A truth value, one byte, 0 or 1.
  case bool = 0
  case i8 = 1
  case i16 = 2
  case i32 = 3
  case i64 = 4
  case u8 = 5
  case u16 = 6
  case u32 = 7
  case u64 = 8
  case f16 = 9
  case bf16 = 10
  case f32 = 11
  case f64 = 12
  case f8E4M3FN = 13
  case f8E5M2 = 14
  /// Two `f32`: the real and the imaginary part.
  case complex64 = 15
  /// Two `f64`: the real and the imaginary part.
  case complex128 = 16

  /// The bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .i8, .u8, .f8E4M3FN, .f8E5M2: 1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64, .complex64: 8
    case .complex128: 16
    }
  }

  /// The name that users read and write, such as `f32`.
  public var name: String {
    switch self {
    case .bool: "bool"
    case .i8: "i8"
    case .i16: "i16"
    case .i32: "i32"
    case .i64: "i64"
    case .u8: "u8"
    case .u16: "u16"
    case .u32: "u32"
    case .u64: "u64"
    case .f16: "f16"
    case .bf16: "bf16"
    case .f32: "f32"
    case .f64: "f64"
    case .f8E4M3FN: "f8E4M3FN"
    case .f8E5M2: "f8E5M2"
    case .complex64: "complex64"
    case .complex128: "complex128"
    }
  }

  /// Creates the type called `name`; the spellings of MLIR and IREE (`i1`, `ui8`, `si32`, `complex<f32>`) work too.
  public init?(name: String) {
    for type in ElementType.allCases where type.name == name {
      self = type
      return
    }
    switch name {
    case "i1": self = .bool
    case "si8": self = .i8
    case "si16": self = .i16
    case "si32": self = .i32
    case "si64": self = .i64
    case "ui8": self = .u8
    case "ui16": self = .u16
    case "ui32": self = .u32
    case "ui64": self = .u64
    case "f8e4m3fn": self = .f8E4M3FN
    case "f8e5m2": self = .f8E5M2
    case "complex<f32>": self = .complex64
    case "complex<f64>": self = .complex128
    default: return nil
    }
  }

  /// `true` iff values of the type are real floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64, .f8E4M3FN, .f8E5M2: true
    default: false
    }
  }

  /// `true` iff values of the type are integers or truth values.
  public var isInteger: Bool { rawValue <= ElementType.u64.rawValue }

  /// `true` iff values of the type have an imaginary part.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }
}
