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
  case f8E4M3FNUZ = 17
  case f8E5M2FNUZ = 18
  /// A power of two: no sign and no fraction.
  case f8E8M0FNU = 19
  /// A number of 4 bits in a byte of its own, as all types of less than 8 bits: the high bits are 0 where we write, and ignored where we read.
  case f4E2M1FN = 20
  case i4 = 21
  case u4 = 22
  case i2 = 23
  case u2 = 24
  /// The number of a string: `0` is the empty one, the others mean something in one call of one session only.
  case string = 25
  /// As IEEE 754 would have it: with infinities, and several codes of NaN.
  case f8E4M3 = 26
  case f8E3M4 = 27
  case f8E4M3B11FNUZ = 28
  case f6E2M3FN = 29
  case f6E3M2FN = 30

  /// The bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .i8, .u8, .f8E4M3FN, .f8E5M2, .f8E4M3FNUZ, .f8E5M2FNUZ, .f8E8M0FNU, .f4E2M1FN, .i4, .u4, .i2, .u2, .f8E4M3,
      .f8E3M4, .f8E4M3B11FNUZ, .f6E2M3FN, .f6E3M2FN:
      1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .i64, .u64, .f64, .complex64, .string: 8
    case .complex128: 16
    }
  }

  /// The bits of an element that count.
  public var bitCount: Int {
    switch self {
    case .bool: 1
    case .i2, .u2: 2
    case .i4, .u4, .f4E2M1FN: 4
    case .f6E2M3FN, .f6E3M2FN: 6
    default: 8 * byteCount
    }
  }

  /// The name that users read and write, such as `f32`.
  public var name: String { "\(self)" }

  /// The types by their names: a compiler asks for those of all its values.
  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  /// Creates the type called `name`; the spellings of MLIR and IREE (`i1`, `ui8`, `si32`, `complex<f32>`) and of NumPy (`float32`, `uint8`,
  /// `bfloat16`, `float8_e4m3fn`) work too.
  public init?(name: String) {
    if let type = Self.byName[name] ?? ElementType(numpyName: name) {
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
    case "str": self = .string
    default: return nil
    }
  }

  /// Creates the type that NumPy and ml_dtypes call `name`.
  private init?(numpyName name: String) {
    switch name {
    case "int2": self = .i2
    case "int4": self = .i4
    case "int8": self = .i8
    case "int16": self = .i16
    case "int32": self = .i32
    case "int64": self = .i64
    case "uint2": self = .u2
    case "uint4": self = .u4
    case "uint8": self = .u8
    case "uint16": self = .u16
    case "uint32": self = .u32
    case "uint64": self = .u64
    case "float16": self = .f16
    case "float32": self = .f32
    case "float64": self = .f64
    case "bfloat16": self = .bf16
    case "float8_e4m3fn": self = .f8E4M3FN
    case "float8_e4m3fnuz": self = .f8E4M3FNUZ
    case "float8_e5m2": self = .f8E5M2
    case "float8_e5m2fnuz": self = .f8E5M2FNUZ
    case "float8_e8m0fnu": self = .f8E8M0FNU
    case "float4_e2m1fn": self = .f4E2M1FN
    case "float8_e4m3": self = .f8E4M3
    case "float8_e3m4": self = .f8E3M4
    case "float8_e4m3b11fnuz": self = .f8E4M3B11FNUZ
    case "float6_e2m3fn": self = .f6E2M3FN
    case "float6_e3m2fn": self = .f6E3M2FN
    default: return nil
    }
  }

  /// `true` iff values of the type are real floating-point numbers.
  public var isFloat: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64: true
    default: isSmallFloat
    }
  }

  /// `true` iff values of the type are floating-point numbers of at most 8 bits.
  public var isSmallFloat: Bool {
    switch self {
    case .f8E4M3FN, .f8E5M2, .f8E4M3FNUZ, .f8E5M2FNUZ, .f8E8M0FNU, .f4E2M1FN, .f8E4M3, .f8E3M4, .f8E4M3B11FNUZ, .f6E2M3FN, .f6E3M2FN: true
    default: false
    }
  }

  /// `true` iff values of the type are integers or truth values.
  public var isInteger: Bool { rawValue <= ElementType.u64.rawValue || isShortInteger }

  /// `true` iff values of the type are integers of less than 8 bits.
  public var isShortInteger: Bool { rawValue >= ElementType.i4.rawValue && rawValue <= ElementType.u2.rawValue }

  /// `true` iff NumPy has no such type: ml_dtypes adds it, and its files call it a number of bytes without a meaning.
  public var isForeignToNumPy: Bool { self == .bf16 || isSmallFloat || isShortInteger }

  /// `true` iff values of the type have an imaginary part.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }
}
