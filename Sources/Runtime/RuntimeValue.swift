/// An input or output of a call: a tensor, or a list. An optional is a list of at most one.
public enum RuntimeValue: Sendable {
  case tensor(Tensor)
  case list([RuntimeValue])

  /// The tensor; `nil` for a list.
  public var tensor: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
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

/// The inputs and outputs of calls: values of any kind, or unwrapped tensors for functions without lists.
protocol CallValue: Sendable {
  /// The type of the tensor; `nil` for a list.
  var tensorType: TensorType? { get }
  /// The value.
  var value: RuntimeValue { get }
  /// Creates what calls give of a value; `nil` where it cannot be.
  init?(_ value: RuntimeValue)
}

extension RuntimeValue: CallValue {
  var tensorType: TensorType? { if case .tensor(let tensor) = self { tensor.type } else { nil } }
  var value: RuntimeValue { self }
  init(_ value: RuntimeValue) { self = value }
}

extension Tensor: CallValue {
  var tensorType: TensorType? { type }
  var value: RuntimeValue { .tensor(self) }
  init?(_ value: RuntimeValue) {
    guard case .tensor(let tensor) = value else { return nil }
    self = tensor
  }
}
