import Constants
import MLIR

/// A value of the graph under import: its type, and whichever forms of its elements are at hand.
///
/// The elements of small integer tensors are kept on the host as index expressions, so that shape arithmetic folds or becomes index arithmetic;
/// weights are slices of the file until an operator needs them. `GraphBuilder.value(_:)` makes the tensor in the IR on first use.
package final class GraphTensor {
  /// More elements than this are never kept on the host: it is data then, not a shape.
  package static let hostElementLimit = 64
  /// No tensor has more dimensions: kernels have a loop for each, and no model comes near it.
  package static let rankLimit = 32

  /// The name of the value in the model, for diagnostics and for globals.
  package var name: String
  package let elementType: ElementType
  package let shape: [IndexExpression]
  /// The elements in row-major order, for small integer and boolean tensors (booleans are 0 and 1).
  package let host: [IndexExpression]?
  /// The bytes of a constant of the file.
  package let constant: ConstantBytes?
  /// The tensor in the IR, once it is made.
  package var value: Value?
  /// The tensor that this one is a reshape of, so that a reshape of a reshape is one.
  package var origin: GraphTensor?
  /// The elements, where this stands for a sequence of tensors that is known at import; one or none for an optional.
  package var sequence: [GraphTensor]?
  /// What this tensor of floats was dequantized from, if it was.
  package var quantized: Quantized?
  /// The list in the IR and what is known of its elements, where this stands for a sequence or optional of the running program.
  package var list: (value: Value, element: ElementForm)?
  /// `true` iff this stands for an optional.
  package var isOptional = false
  /// `true` iff this vector of one element is a scalar where an `If` that only the run decides goes one of its ways.
  package var mayBeScalar = false

  package init(
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
    guard let constant, !elementType.isSmall, elementType != .string, let count = knownCount, count <= Self.hostElementLimit else {
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
