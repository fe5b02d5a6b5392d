import TesseraGraphs

/// The element type that the file says of a tensor.
enum TensorType: Equatable {
  /// A type that is computed with as it is.
  case element(ElementType)
  /// Integers of so few bits that several stand in a byte; they are spread out, with their signs, to bytes of i8.
  case packed(bits: Int)
  /// Pairs of f32: tensors of them have one more dimension here, of size 2.
  case complex
  /// A variable or a table, which operators name.
  case resource
  /// Anything else, by its name.
  case other(String)

  /// The names of the schema, by their numbers.
  private static let names = [
    "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64", "INT8", "FLOAT64", "COMPLEX128", "UINT64",
    "RESOURCE", "VARIANT", "UINT32", "UINT16", "INT4", "BFLOAT16", "INT2",
  ]

  private static let elements: [String: ElementType] = [
    "FLOAT32": .f32, "FLOAT16": .f16, "INT32": .i32, "UINT8": .u8, "INT64": .i64, "BOOL": .bool, "INT16": .i16, "INT8": .i8,
    "FLOAT64": .f64,
    "UINT64": .u64, "UINT32": .u32, "UINT16": .u16, "BFLOAT16": .bf16,
  ]

  init(number: Int) {
    let name = Self.names.indices.contains(number) ? Self.names[number] : "of number \(number)"
    switch name {
    case "INT4": self = .packed(bits: 4)
    case "INT2": self = .packed(bits: 2)
    case "COMPLEX64": self = .complex
    case "RESOURCE": self = .resource
    default: self = Self.elements[name].map(TensorType.element) ?? .other(name)
    }
  }

  /// The type of the elements here; `nil` if there is none.
  var element: ElementType? {
    switch self {
    case .element(let type): type
    case .packed: .i8
    case .complex: .f32
    case .resource, .other: nil
    }
  }

  /// The name in messages.
  var name: String {
    switch self {
    case .element(let type): type.name
    case .packed(let bits): "i\(bits)"
    case .complex: "complex64"
    case .resource: "resource"
    case .other(let name): name.lowercased()
    }
  }
}
