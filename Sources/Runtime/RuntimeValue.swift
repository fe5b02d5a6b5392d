import ModuleFormat

/// What a function takes or gives: a tensor, or a list. An optional is a list of at most one.
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

extension FunctionDescription {
  /// Checks `inputs` against the signature.
  func check(_ inputs: [RuntimeValue]) throws(RuntimeError) {
    guard inputs.count == self.inputs.count else { throw .wrongInputCount(self, given: inputs.count) }
    var symbols = SymbolSizes()
    for index in inputs.indices { try check(inputs[index], self.inputs[index], index, &symbols) }
  }

  /// Checks a value, or an element of a list, of input `index`.
  private func check(_ value: RuntimeValue, _ info: TensorInfo, _ index: Int, _ symbols: inout SymbolSizes) throws(RuntimeError) {
    switch (value, info.containers.first) {
    case (.tensor(let tensor), nil): try check(tensor, info, index, &symbols)
    case (.tensor, _?), (.list, nil): throw .wrongInput(self, index, "expected \(info.typeText), but \(value.typeText) was given")
    case (.list(let elements), let container?):
      guard container == .sequence || elements.count <= 1 else {
        throw .wrongInput(self, index, "expected \(info.typeText), which holds at most one, but a list of \(elements.count) was given")
      }
      for element in elements {
        // A size of the elements of a list need not be the same in all of them.
        var own = SymbolSizes()
        try check(element, info.element, index, &own)
      }
    }
  }
}
