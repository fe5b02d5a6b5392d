import TesseraModuleFormat

/// A function's signature, prepared for checks of inputs that look nothing up and allocate nothing.
final class Signature: Sendable {
  /// The function.
  let function: FunctionDescription
  /// The nesting depth of each output: 0 for a tensor.
  let outputDepths: [Int]
  /// The requirements of the inputs.
  private let inputs: [Input]
  /// The extents of all inputs, one after the other.
  private let extents: [Extent]

  /// The requirement of an input. Trivial, as the extents are: a check counts no references.
  private struct Input {
    let elementType: ElementType
    /// The nesting depth of lists around the tensors of the input.
    let depth: Int
    /// The number of dimensions; `nil` where any will do.
    let rank: Int?
    /// The range of the extents.
    let start: Int
  }

  /// The requirement of an extent.
  private enum Extent {
    case any
    case fixed(Int)
    /// The extent at the first occurrence of the symbol: in an input, or in the same tensor if `input` is `nil`.
    case same(input: Int?, axis: Int)
  }

  /// Prepares the signature of a function.
  init(_ function: FunctionDescription) {
    self.function = function
    outputDepths = function.outputs.map(\.containers.count)
    var first: [String: (input: Int, axis: Int)] = [:]
    var inputs: [Input] = []
    var extents: [Extent] = []
    for (index, info) in function.inputs.enumerated() {
      // A size of the elements of a list need not be the same in all of them.
      var known = info.containers.isEmpty ? first : [:]
      inputs.append(
        Input(elementType: info.elementType, depth: info.containers.count, rank: info.extents?.count, start: extents.count))
      for (axis, dimension) in info.shape.enumerated() {
        switch dimension {
        case .fixed(let size): extents.append(.fixed(Int(size)))
        case .symbolic(let symbol):
          let place = symbol == "?" || symbol.isEmpty ? nil : known[symbol]
          if place == nil { known[symbol] = (index, axis) }
          extents.append(place.map { .same(input: $0.input == index ? nil : $0.input, axis: $0.axis) } ?? .any)
        }
      }
      if info.containers.isEmpty { first = known }
    }
    self.inputs = inputs
    self.extents = extents
  }

  /// Checks the number of inputs, their types, ranks and extents, and that dimensions of the same name are equal.
  func check<Value: CallValue>(_ values: [Value]) throws(RuntimeError) {
    guard values.count == inputs.count else { throw .wrongInputCount(function, given: values.count) }
    for index in values.indices {
      if inputs[index].depth == 0, let type = values[index].tensorType {
        try check(type, index, values)
      } else {
        try check(values[index].value, function.inputs[index].containers[...], index, values)
      }
    }
  }

  /// Checks a value of input `index`, or an element of its lists, that must be wrapped in `containers`.
  private func check<Value: CallValue>(
    _ value: RuntimeValue, _ containers: ArraySlice<Container>, _ index: Int, _ values: [Value]
  ) throws(RuntimeError) {
    switch (value, containers.first) {
    case (.tensor(let tensor), nil): try check(tensor.type, index, values)
    case (.tensor, _?), (.list, nil): throw wrongContainer(index, containers, "", value.typeText)
    case (.list(let elements), let container?):
      guard container == .sequence || elements.count <= 1 else {
        throw wrongContainer(index, containers, ", which holds at most one", "a list of \(elements.count)")
      }
      for element in elements { try check(element, containers.dropFirst(), index, values) }
    }
  }

  /// Checks the type of a tensor of input `index`.
  private func check<Value: CallValue>(_ type: TensorType, _ index: Int, _ values: [Value]) throws(RuntimeError) {
    let input = inputs[index]
    guard type.elementType == input.elementType else { throw wrongElements(index, type) }
    guard let rank = input.rank else { return }
    guard type.shape.count == rank else { throw wrongRank(index, type, rank) }
    for axis in 0..<rank {
      let size = type.shape[axis]
      switch extents[input.start + axis] {
      case .any: continue
      case .fixed(let expected): if size != expected { throw wrongExtent(index, type, axis, expected) }
      case .same(let other, let otherAxis):
        let expected = (other.flatMap { values[$0].tensorType } ?? type).shape[otherAxis]
        if size != expected { throw unequalExtents(index, axis, size, other ?? index, otherAxis, expected) }
      }
    }
  }
}

/// The errors, away from what runs in every call.
extension Signature {
  /// Returns the type of the tensors of an input as users read it, in those of its containers that are given.
  private func text(_ index: Int, _ containers: ArraySlice<Container> = []) -> String {
    var info = function.inputs[index]
    info.containers = Array(containers)
    return info.typeText
  }

  /// Returns the error of a value that is not wrapped as it must be.
  @inline(never) private func wrongContainer(
    _ index: Int, _ containers: ArraySlice<Container>, _ condition: String, _ given: String
  ) -> RuntimeError {
    .wrongInput(function, index, "expected \(text(index, containers))\(condition), but \(given) was given")
  }

  /// Returns the error of a tensor of other elements.
  @inline(never) private func wrongElements(_ index: Int, _ type: TensorType) -> RuntimeError {
    .wrongInput(function, index, "expected elements of \(function.inputs[index].elementType.name), but \(type.text) was given")
  }

  /// Returns the error of a tensor of another rank.
  @inline(never) private func wrongRank(_ index: Int, _ type: TensorType, _ rank: Int) -> RuntimeError {
    .wrongInput(
      function, index, "expected \(rank) dimension\(rank == 1 ? "" : "s") (\(text(index))), but \(type.text) has \(type.shape.count)")
  }

  /// Returns the error of a tensor of another extent.
  @inline(never) private func wrongExtent(_ index: Int, _ type: TensorType, _ axis: Int, _ expected: Int) -> RuntimeError {
    .wrongInput(function, index, "expected dimension \(axis) to be \(expected) (\(text(index))), but \(type.text) was given")
  }

  /// Returns the error of two extents of the same name that differ.
  @inline(never) private func unequalExtents(
    _ index: Int, _ axis: Int, _ size: Int, _ other: Int, _ otherAxis: Int, _ expected: Int
  ) -> RuntimeError {
    let name = function.inputs[other].name
    let symbol = if case .symbolic(let symbol) = function.inputs[index].shape[axis] { symbol } else { "" }
    return .wrongInput(
      function, index,
      "dimension \(axis) ('\(symbol)') is \(size), but dimension \(otherAxis) of input \(other)\(name.isEmpty ? "" : " ('\(name)')") gave '\(symbol)' the size \(expected)"
    )
  }
}
