import ModuleFormat

/// What the inputs of calls are checked against: a function's signature, prepared so that a check looks nothing up and allocates nothing.
final class Signature: Sendable {
  /// The function.
  let function: FunctionDescription
  /// How deep lists nest in each output: 0 for a tensor.
  let outputDepths: [Int]
  /// What each input must be.
  private let inputs: [Input]

  /// What an input must be.
  private final class Input: Sendable {
    let info: TensorInfo
    /// What the tensors of the input are wrapped in, the outermost first.
    let containers: [Container]
    let elementType: ElementType
    /// The extents; `nil` where any rank will do.
    let extents: [Extent]?

    /// The type of the tensors, as users read it.
    var tensorText: String { TensorInfo(name: info.name, elementType: elementType, shape: info.extents).typeText }

    /// Creates it.
    init(_ info: TensorInfo, _ extents: [Extent]?) {
      self.info = info
      containers = info.containers
      elementType = info.elementType
      self.extents = extents
    }
  }

  /// What an extent must be.
  private enum Extent {
    case any
    case fixed(Int)
    /// That of the dimension where the symbol stands first: of an input, or of the same tensor where `input` is `nil`.
    case same(input: Int?, axis: Int)
  }

  /// Prepares the signature of a function.
  init(_ function: FunctionDescription) {
    self.function = function
    outputDepths = function.outputs.map(\.containers.count)
    var first: [String: (input: Int, axis: Int)] = [:]
    var inputs: [Input] = []
    for (index, info) in function.inputs.enumerated() {
      // A size of the elements of a list need not be the same in all of them.
      var known = info.containers.isEmpty ? first : [:]
      let extents = info.extents?.enumerated().map { axis, dimension -> Extent in
        switch dimension {
        case .fixed(let size): return .fixed(Int(size))
        case .symbolic(let symbol):
          if symbol == "?" || symbol.isEmpty { return .any }
          if let place = known[symbol] { return .same(input: place.input == index ? nil : place.input, axis: place.axis) }
          known[symbol] = (index, axis)
          return .any
        }
      }
      if info.containers.isEmpty { first = known }
      inputs.append(Input(info, extents))
    }
    self.inputs = inputs
  }

  /// Checks the number of inputs, their types, ranks and extents, and that dimensions of the same name are equal.
  func check(_ values: [RuntimeValue]) throws(RuntimeError) {
    guard values.count == inputs.count else { throw .wrongInputCount(function, given: values.count) }
    for index in values.indices {
      let input = inputs[index]
      if case .tensor(let tensor) = values[index], input.containers.isEmpty {
        try check(tensor.type, input, index, values)
      } else {
        try check(values[index], input, index, input.containers[...], values)
      }
    }
  }

  /// Checks a value of input `index`, or an element of its lists, that must be wrapped in `containers`.
  private func check(
    _ value: RuntimeValue, _ input: Input, _ index: Int, _ containers: ArraySlice<Container>, _ values: [RuntimeValue]
  ) throws(RuntimeError) {
    var info: TensorInfo {
      TensorInfo(name: input.info.name, elementType: input.elementType, shape: input.info.extents, containers: Array(containers))
    }
    switch (value, containers.first) {
    case (.tensor(let tensor), nil): try check(tensor.type, input, index, values)
    case (.tensor, _?), (.list, nil): throw .wrongInput(function, index, "expected \(info.typeText), but \(value.typeText) was given")
    case (.list(let elements), let container?):
      guard container == .sequence || elements.count <= 1 else {
        throw .wrongInput(
          function, index, "expected \(info.typeText), which holds at most one, but a list of \(elements.count) was given")
      }
      for element in elements { try check(element, input, index, containers.dropFirst(), values) }
    }
  }

  /// Checks the type of a tensor of input `index`.
  private func check(_ type: TensorType, _ input: Input, _ index: Int, _ values: [RuntimeValue]) throws(RuntimeError) {
    guard type.elementType == input.elementType else {
      throw .wrongInput(function, index, "expected elements of \(input.elementType.name), but \(type.text) was given")
    }
    guard let extents = input.extents else { return }
    guard type.shape.count == extents.count else { throw wrongRank(type, input, index, extents.count) }
    for axis in extents.indices {
      let size = type.shape[axis]
      switch extents[axis] {
      case .any: continue
      case .fixed(let expected):
        if size != expected { throw wrongExtent(type, input, index, axis, expected) }
      case .same(let place, let placeAxis):
        let other = if let place { values[place].tensor?.type ?? type } else { type }
        let expected = other.shape[placeAxis]
        if size != expected { throw unequalExtents(index, axis, size, place ?? index, placeAxis, expected) }
      }
    }
  }
}

/// The errors, away from what runs in every call.
extension Signature {
  /// Returns the error of a tensor of another rank.
  @inline(never) private func wrongRank(_ type: TensorType, _ input: Input, _ index: Int, _ rank: Int) -> RuntimeError {
    .wrongInput(
      function, index,
      "expected \(rank) dimension\(rank == 1 ? "" : "s") (\(input.tensorText)), but \(type.text) has \(type.shape.count)")
  }

  /// Returns the error of a tensor of another extent.
  @inline(never) private func wrongExtent(
    _ type: TensorType, _ input: Input, _ index: Int, _ axis: Int, _ expected: Int
  ) -> RuntimeError {
    .wrongInput(function, index, "expected dimension \(axis) to be \(expected) (\(input.tensorText)), but \(type.text) was given")
  }

  /// Returns the error of two extents of the same name that differ.
  @inline(never) private func unequalExtents(
    _ index: Int, _ axis: Int, _ size: Int, _ place: Int, _ placeAxis: Int, _ expected: Int
  ) -> RuntimeError {
    let name = function.inputs[place].name
    let symbol = if case .symbolic(let symbol) = function.inputs[index].shape[axis] { symbol } else { "" }
    return .wrongInput(
      function, index,
      "dimension \(axis) ('\(symbol)') is \(size), but dimension \(placeAxis) of input \(place)\(name.isEmpty ? "" : " ('\(name)')") gave '\(symbol)' the size \(expected)"
    )
  }
}
