import Constants
import MLIR

/// A value of the ONNX graph during import: its type, and whichever forms of its elements are at hand.
///
/// The elements of small integer tensors are kept on the host as index expressions, so that shape arithmetic folds or becomes index arithmetic;
/// weights are slices of the file until an operator needs them. `GraphImporter.value(_:)` makes the tensor in the IR on first use.
final class Tensor {
  /// More elements than this are never kept on the host: it is data then, not a shape.
  static let hostElementLimit = 64

  /// The name of the value in the model, for diagnostics and for globals.
  var name: String
  let elementType: ElementType
  let shape: [IndexExpression]
  /// The elements in row-major order, for small integer and boolean tensors (booleans are 0 and 1).
  let host: [IndexExpression]?
  /// The bytes of a constant of the file.
  let constant: ConstantBytes?
  /// The tensor in the IR, once it is made.
  var value: Value?
  /// The tensor that this one is a reshape of, so that a reshape of a reshape is one.
  var origin: Tensor?
  /// The elements, where this stands for a sequence of tensors that is known at import; one or none for an optional.
  var sequence: [Tensor]?
  /// What this tensor of floats was dequantized from, if it was.
  var quantized: Quantized?
  /// The list in the IR and what is known of its elements, where this stands for a sequence or optional of the running program.
  var list: (value: Value, element: ElementForm)?
  /// `true` iff this stands for an optional.
  var isOptional = false
  /// `true` iff this vector of one element is a scalar where an `If` that only the run decides goes one of its ways.
  var mayBeScalar = false

  init(
    name: String = "", _ elementType: ElementType, _ shape: [IndexExpression], host: [IndexExpression]? = nil,
    constant: ConstantBytes? = nil,
    value: Value? = nil
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.host = host
    self.constant = constant
    self.value = value
  }

  var rank: Int { shape.count }
  /// The number of elements, if it is known.
  var knownCount: Int? { shape.product.known }
  /// The sizes for a tensor type.
  var sizes: [Int] { shape.map { $0.known ?? Type.dynamic } }
  func type(_ context: Context) -> Type { .tensor(sizes, elementType.type(context)) }
  /// The type as users write it: "f32[2, ?]".
  var description: String { "\(elementType.name)[\(shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", "))]" }

  /// The elements as numbers, if this is a constant of at most `hostElementLimit` elements.
  var knownNumbers: [Double]? {
    if let known = host?.known { return known.map(Double.init) }
    guard let constant, !elementType.isSmall, elementType != .string, let count = knownCount, count <= Self.hostElementLimit else {
      return nil
    }
    return constant.withBytes { bytes in (0..<count).map { elementType.number(in: bytes, at: $0) } }
  }

  /// The one element of a constant scalar (of any rank).
  var knownScalar: Double? {
    guard let numbers = knownNumbers, numbers.count == 1 else { return nil }
    // Past 2^53 a double does not hold every integer.
    return !elementType.isFloat && abs(numbers[0]) > 0x1p52 ? nil : numbers[0]
  }
}

extension ElementType {
  /// Element `index` of little-endian `bytes`, as a double (64-bit integers are rounded).
  func number(in bytes: UnsafeRawBufferPointer, at index: Int) -> Double {
    func load<T>(_ type: T.Type) -> T { bytes.loadUnaligned(fromByteOffset: index * byteCount, as: T.self) }
    switch self {
    case .f32: return Double(load(Float.self))
    case .f64: return load(Double.self)
    case .f16: return Self.half(load(UInt16.self))
    case .bf16: return Double(Float(bitPattern: UInt32(load(UInt16.self)) << 16))
    default: return Double(integer(in: bytes, at: index))
    }
  }

  /// Element `index` of little-endian `bytes` of an integer or boolean type.
  func integer(in bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    func load<T>(_ type: T.Type) -> T { bytes.loadUnaligned(fromByteOffset: index * byteCount, as: T.self) }
    switch self {
    case .i8: return Int(load(Int8.self))
    case .u8: return Int(load(UInt8.self))
    case .bool: return load(UInt8.self) != 0 ? 1 : 0
    case .i16: return Int(load(Int16.self))
    case .u16: return Int(load(UInt16.self))
    case .i32: return Int(load(Int32.self))
    case .u32: return Int(load(UInt32.self))
    default: return load(Int.self)
    }
  }

  /// The value of the IEEE 754 binary16 with these bits.
  private static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31), fraction = Double(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    return exponent == 0
      ? sign * fraction * 0x1p-24 : sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
