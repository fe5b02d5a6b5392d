import TesseraModuleFormat

/// Values that come from outside and go there.
extension Interpreter {
  /// Returns a reference to a value from outside, which the host program must not write to.
  mutating func reference(to value: consuming RuntimeValue) throws(RuntimeError) -> Reference {
    switch value {
    case .tensor(let tensor):
      let tensor = tensor.elementType == .string ? try numbered(tensor) : tensor.isAligned ? tensor : try tensor.copy()
      return Reference(to: tensor, in: try streams[0].device.place(tensor.storage))
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

  /// Returns the value of a register, with lists nested `depth` deep; `nil` if it is something else.
  mutating func value(of register: UnsafeMutablePointer<Reference>, depth: Int) throws(RuntimeError) -> RuntimeValue? {
    if depth > 0 {
      guard let list = register.pointee.list else { return nil }
      return try value(of: list, depth: depth)
    }
    guard let type = register.pointee.type, let storage = register.pointee.storage else { return nil }
    let tensor: Tensor
    if storage.hostPointer != nil {
      tensor = Tensor(storage: storage, byteOffset: register.pointee.offset, byteCount: register.pointee.byteCount, type: type)
    } else {
      let copy = try register.pointee.onHost(streams)
      guard let storage = copy.storage else { return nil }
      tensor = Tensor(storage: storage, byteOffset: 0, byteCount: copy.byteCount, type: type)
    }
    if type.elementType == .string { return .tensor(try named(tensor)) }
    // What the caller takes back is not what it may keep.
    return .tensor(storage.isScoped ? try tensor.copy() : tensor)
  }

  /// Returns the value of a list, with lists nested `depth` deep; `nil` if it is something else.
  private mutating func value(of list: ReferenceList, depth: Int) throws(RuntimeError) -> RuntimeValue? {
    var values: [RuntimeValue] = []
    for element in list.elements {
      var element = element
      guard let value = try value(of: &element, depth: depth - 1) else { return nil }
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
