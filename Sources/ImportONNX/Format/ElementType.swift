import MLIR

/// The element types of ONNX tensors that the importer knows, with ONNX's numbers.
enum ElementType: Int64, CaseIterable {
  case f32 = 1, u8 = 2, i8 = 3, u16 = 4, i16 = 5, i32 = 6, i64 = 7, string = 8, bool = 9, f16 = 10, f64 = 11, u32 = 12, u64 = 13, bf16 = 16
  /// Small types: bytes without a meaning in the IR, which are moved and converted and nothing else (`Scalars+SmallTypes.swift`).
  case f8E4M3FN = 17, f8E4M3FNUZ = 18, f8E5M2 = 19, f8E5M2FNUZ = 20, u4 = 21, i4 = 22, f4E2M1FN = 23, f8E8M0FNU = 24, u2 = 25, i2 = 26

  /// The name in diagnostics: "f32", "i64", "bool".
  var name: String { "\(self)" }
  /// Bytes of an element in memory; a boolean takes one, and so does a number of less than 8 bits.
  var byteCount: Int {
    switch self {
    case .u16, .i16, .f16, .bf16: 2
    case .f32, .i32, .u32: 4
    case .i64, .u64, .f64, .string: 8
    default: 1
    }
  }
  /// How many elements a byte of a file holds, the first in the low bits.
  var packing: Int {
    switch self {
    case .u2, .i2: 4
    case .u4, .i4, .f4E2M1FN: 2
    default: 1
    }
  }
  /// `true` iff the IR has no arithmetic on the type: integers of less than, and floats of at most 8 bits.
  var isSmall: Bool { smallFloat != nil || packing > 1 }
  var isFloat: Bool { self == .f32 || self == .f64 || self == .f16 || self == .bf16 }
  /// `true` iff this is a float that is computed in f32 and rounded.
  var isNarrowFloat: Bool { self == .f16 || self == .bf16 }
  var isUnsigned: Bool { self == .u8 || self == .u16 || self == .u32 || self == .u64 }
  /// `true` iff values may be kept on the host: integers and booleans.
  var isInteger: Bool { !isFloat && self != .bool && self != .string && !isSmall }
  /// The type in which sums and products of many elements are formed.
  var accumulator: ElementType { isNarrowFloat ? .f32 : self }

  /// The smallest and largest value of an integer type that fits into `Int`.
  var integerBounds: (least: Int, greatest: Int) {
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
  func type(_ context: Context) -> Type {
    switch self {
    case .f32: .f32(context)
    case .f64: .f64(context)
    case .f16: .f16(context)
    case .bf16: .bf16(context)
    case .bool: .i1(context)
    default: .integer(byteCount * 8, context)
    }
  }

  /// The type of numbers or truth values with ONNX's number; `nil` if it is another.
  init?(numeric number: Int64) {
    guard let type = ElementType(rawValue: number), type != .string else { return nil }
    self = type
  }

  /// ONNX's name of the data type with this number.
  static func onnxName(_ number: Int64) -> String {
    let names = [
      "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
      "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",
      "int4", "float4e2m1", "float8e8m0", "uint2", "int2", "float6e2m3", "float6e3m2",
    ]
    return number >= 0 && number < names.count ? names[Int(number)] : "number \(number)"
  }
}
