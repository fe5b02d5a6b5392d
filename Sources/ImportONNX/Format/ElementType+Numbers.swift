import TesseraGraphs

extension ElementType {
  /// The data types by ONNX's numbers: ONNX's name, and the element type, of those that are supported.
  private static let byNumber: [(name: String, type: ElementType?)] = [
    ("undefined", nil), ("float", .f32), ("uint8", .u8), ("int8", .i8), ("uint16", .u16), ("int16", .i16), ("int32", .i32), ("int64", .i64),
    ("string", .string), ("bool", .bool), ("float16", .f16), ("double", .f64), ("uint32", .u32), ("uint64", .u64), ("complex64", nil),
    ("complex128", nil), ("bfloat16", .bf16), ("float8e4m3fn", .f8E4M3FN), ("float8e4m3fnuz", .f8E4M3FNUZ), ("float8e5m2", .f8E5M2),
    ("float8e5m2fnuz", .f8E5M2FNUZ), ("uint4", .u4), ("int4", .i4), ("float4e2m1", .f4E2M1FN), ("float8e8m0", .f8E8M0FNU), ("uint2", .u2),
    ("int2", .i2), ("float6e2m3", nil), ("float6e3m2", nil),
  ]

  /// The type with ONNX's number; `nil` if it is not supported.
  init?(onnx number: Int64) {
    guard Self.byNumber.indices.contains(Int(clamping: number)), let type = Self.byNumber[Int(number)].type else { return nil }
    self = type
  }

  /// The type of numbers or truth values with ONNX's number; `nil` if it is another.
  init?(numeric number: Int64) {
    guard let type = ElementType(onnx: number), type != .string else { return nil }
    self = type
  }

  /// ONNX's number of the type.
  var onnxNumber: Int64 { Int64(Self.byNumber.firstIndex { $0.type == self } ?? 0) }

  /// ONNX's name of the data type with this number.
  static func onnxName(_ number: Int64) -> String {
    Self.byNumber.indices.contains(Int(clamping: number)) ? Self.byNumber[Int(number)].name : "number \(number)"
  }
}
