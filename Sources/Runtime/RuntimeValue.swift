/// What a function takes or gives: a tensor, or a list. An optional is a list of at most one.
public enum RuntimeValue: Sendable {
  case tensor(Tensor)
  case list([RuntimeValue])

  /// The tensor; `nil` for a list.
  public var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
  /// The type of the tensor; `nil` for a list.
  var tensorType: TensorType? { if case .tensor(let tensor) = self { tensor.type } else { nil } }
  /// The elements of a list; `nil` for a tensor.
  public var elements: [RuntimeValue]? { if case .list(let elements) = self { elements } else { nil } }
  /// All tensors in it, in order.
  public var tensors: [Tensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .list(let elements): elements.flatMap(\.tensors)
    }
  }

  /// The type as users read it: `2x3xf32`, or `list of 2`.
  public var typeText: String {
    switch self {
    case .tensor(let tensor): tensor.typeText
    case .list(let elements): "list of \(elements.count)"
    }
  }
}
