import ModuleFormat

/// Values that come from outside and go there.
extension Interpreter {
  /// Returns a reference to a value from outside, which the host program must not write to.
  mutating func reference(to value: RuntimeValue) throws(RuntimeError) -> Reference {
    switch value {
    case .tensor(let tensor):
      let input = tensor.elementType == .string ? try numbered(tensor) : try tensor.aligned()
      return Reference(storage: input.storage, offset: input.byteOffset, byteCount: input.byteCount, type: input.type)
    case .list(let values):
      var elements: [Reference] = []
      for value in values { elements.append(try reference(to: value)) }
      return Reference(storage: nil, list: ReferenceList(elements))
    }
  }

  /// Returns a tensor of strings with the numbers that they have in the session.
  private mutating func numbered(_ tensor: Tensor) throws(RuntimeError) -> Tensor {
    var numbers: [Int64] = []
    for text in try tensor.texts() { numbers.append(try strings.number(of: text)) }
    return try Tensor(shape: tensor.shape, numbers: numbers, of: StringTable([[]]))
  }

  /// Returns the value with lists nested `depth` deep; `nil` if it is something else.
  mutating func value(of reference: Reference, depth: Int) throws(RuntimeError) -> RuntimeValue? {
    guard depth > 0 else {
      guard let storage = reference.storage, let type = reference.type else { return nil }
      let tensor = Tensor(storage: storage, byteOffset: reference.offset, byteCount: reference.byteCount, type: type)
      return .tensor(type.elementType == .string ? try named(tensor) : tensor)
    }
    guard let list = reference.list else { return nil }
    var values: [RuntimeValue] = []
    for element in list.elements {
      guard let value = try value(of: element, depth: depth - 1) else { return nil }
      values.append(value)
    }
    return .list(values)
  }

  /// Returns a tensor of strings that needs no session.
  private mutating func named(_ tensor: Tensor) throws(RuntimeError) -> Tensor {
    var texts: [[UInt8]] = [[]]
    var places: [Int64: Int64] = [:]
    var numbers: [Int64] = []
    for index in 0..<tensor.count {
      let number = tensor.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self) }
      if places[number] == nil {
        places[number] = Int64(texts.count)
        texts.append(try strings.text(number))
      }
      numbers.append(places[number] ?? 0)
    }
    return try Tensor(shape: tensor.shape, numbers: numbers, of: StringTable(texts))
  }
}
