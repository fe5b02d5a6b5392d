import TesseraConstants
import TesseraMLIR

/// A value of the graph under import: its type, and the form in which its elements are at hand.
package final class GraphTensor {
  /// More elements than this are never kept on the host: it is data then, not a shape.
  package static let hostElementLimit = 64
  /// No tensor has more dimensions: kernels have a loop for each, and no model comes near it.
  package static let rankLimit = 32

  /// Where the elements are.
  package enum Form {
    /// On the host, as index expressions in row-major order, so that shape arithmetic folds or becomes index arithmetic: those of small integer and
    /// boolean tensors (booleans are 0 and 1).
    case host([IndexExpression])
    /// Bytes, mostly a slice of the file, until an operator needs them.
    case constant(ConstantBytes)
    /// In the IR alone.
    case computed
    /// It stands for a sequence of tensors that is known at import; for an optional, of one or none.
    case sequence([GraphTensor], isOptional: Bool)
    /// It stands for a sequence or optional of the running program, of whose elements something is known.
    case list(Value, of: ElementForm, isOptional: Bool)
  }

  /// The name of the value in the model, for diagnostics and for globals.
  package var name: String
  package let elementType: ElementType
  package let shape: [IndexExpression]
  package let form: Form
  /// The tensor in the IR, once it is made: `GraphBuilder.value(_:)` does so on first use.
  package var value: Value?
  /// The tensor that this one is a reshape of, so that a reshape of a reshape is one.
  package var origin: GraphTensor?
  /// What this tensor of floats was dequantized from, if it was.
  package var quantized: Quantized?
  /// What this constant matrix of floats was dequantized from by blocks, if it was.
  package var blockQuantized: BlockQuantized?
  /// `true` iff this vector of one element is a scalar where an `If` that only the run decides goes one of its ways.
  package var mayBeScalar = false

  package init(name: String = "", _ elementType: ElementType, _ shape: [IndexExpression], _ form: Form = .computed, value: Value? = nil) {
    (self.name, self.elementType, self.shape, self.form, self.value) = (name, elementType, shape, form, value)
  }

  /// A tensor of elements on the host, else of bytes; a computed one if neither is given.
  package convenience init(
    name: String = "", _ elementType: ElementType, _ shape: [IndexExpression], host: [IndexExpression]?, constant: ConstantBytes? = nil
  ) {
    self.init(name: name, elementType, shape, host.map(Form.host) ?? constant.map(Form.constant) ?? .computed)
  }

  /// A tensor of these bytes.
  package convenience init(name: String = "", _ elementType: ElementType, _ shape: [IndexExpression], constant: ConstantBytes) {
    self.init(name: name, elementType, shape, .constant(constant))
  }

  /// A tensor that may get a name of its own: this one, or a copy if it is known under another.
  package func renamed() -> GraphTensor {
    if name.isEmpty { return self }
    let copy = GraphTensor(name: name, elementType, shape, form, value: value)
    (copy.origin, copy.quantized, copy.mayBeScalar) = (origin, quantized, mayBeScalar)
    copy.blockQuantized = blockQuantized
    return copy
  }

  /// The elements, if they are on the host.
  package var host: [IndexExpression]? { if case .host(let elements) = form { elements } else { nil } }
  /// The bytes of a constant.
  package var constant: ConstantBytes? { if case .constant(let bytes) = form { bytes } else { nil } }

  package var rank: Int { shape.count }
  /// The number of elements, if it is known.
  package var knownCount: Int? { shape.product.known }
  /// The sizes for a tensor type.
  package var sizes: [Int] { shape.map { $0.known ?? Type.dynamic } }
  package func type(_ context: Context) -> Type { .tensor(sizes, elementType.type(context)) }
  /// The type as users write it: "f32[2, ?]".
  package var description: String { "\(elementType.name)[\(shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", "))]" }

  /// The elements as numbers, if this is a constant of at most `hostElementLimit` elements.
  package var knownNumbers: [Double]? {
    if let known = host?.known { return known.map(Double.init) }
    guard let constant, !elementType.isSmall, !elementType.isComplex, elementType != .string, let count = knownCount,
      count <= Self.hostElementLimit
    else {
      return nil
    }
    return constant.withBytes { bytes in (0..<count).map { elementType.number(in: bytes, at: $0) } }
  }

  /// The one element of a constant scalar (of any rank).
  package var knownScalar: Double? {
    guard let numbers = knownNumbers, numbers.count == 1 else { return nil }
    // Past 2^53 a double does not hold every integer.
    return !elementType.isFloat && abs(numbers[0]) > 0x1p52 ? nil : numbers[0]
  }
}
