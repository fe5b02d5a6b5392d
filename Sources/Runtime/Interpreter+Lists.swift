import TesseraModuleFormat

/// The instructions on lists.
extension Interpreter {
  /// Returns the list in a register.
  func list(_ function: ProgramFunction, _ reference: Reference) throws(RuntimeError) -> ReferenceList {
    guard let list = reference.list else { throw function.fail("a register holds no list") }
    return list
  }

  /// Makes a list of what registers hold.
  func makeList(_ function: ProgramFunction, _ elements: [Reference]) throws(RuntimeError) -> Reference {
    for element in elements { try checkElement(function, element) }
    return try checked(function, ReferenceList(elements))
  }

  /// Returns a reference to `list`, unless it has too many elements or nests too deep.
  private func checked(_ function: ProgramFunction, _ list: ReferenceList) throws(RuntimeError) -> Reference {
    guard list.total <= ReferenceList.countLimit else {
      throw function.fail(.resourceExhausted, "a list of more than \(ReferenceList.countLimit) elements")
    }
    guard list.depth <= TensorInfo.containerLimit else {
      throw function.fail(.resourceExhausted, "lists that nest more than \(TensorInfo.containerLimit) deep")
    }
    return Reference(storage: nil, list: list)
  }

  /// Throws unless `element` is a tensor or a list.
  private func checkElement(_ function: ProgramFunction, _ element: Reference) throws(RuntimeError) {
    guard element.list != nil || (element.storage != nil && element.type != nil) else {
      throw function.fail("an element of a list is neither a tensor nor a list")
    }
  }

  /// Returns a list, and `position` as an index of one of its elements or, if `atEnd` is allowed, of the end.
  private func place(
    _ function: ProgramFunction, _ reference: Reference, _ position: Int64, atEnd: Bool
  ) throws(RuntimeError) -> (list: ReferenceList, index: Int) {
    let list = try list(function, reference)
    guard position >= 0, position < Int64(list.count) + (atEnd ? 1 : 0) else {
      throw function.fail(.outOfRange, "position \(position) of a list of \(list.count)")
    }
    return (list, Int(position))
  }

  /// Returns an element of a list.
  func element(_ function: ProgramFunction, _ reference: Reference, _ position: Int64) throws(RuntimeError) -> Reference {
    let (list, index) = try place(function, reference, position, atEnd: false)
    return list[index]
  }

  /// Makes a list with one element more.
  func inserting(
    _ function: ProgramFunction, _ element: Reference, into reference: Reference, at position: Int64
  ) throws(RuntimeError) -> Reference {
    let (list, index) = try place(function, reference, position, atEnd: true)
    try checkElement(function, element)
    return try checked(function, list.inserting(element, at: index))
  }

  /// Makes a list with one element less.
  func erasing(_ function: ProgramFunction, from reference: Reference, at position: Int64) throws(RuntimeError) -> Reference {
    let (list, index) = try place(function, reference, position, atEnd: false)
    return try checked(function, list.erasing(at: index))
  }

  /// Checks the type of a tensor.
  func checkTensor(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    let tensor = operands.reference()
    let elementType: ElementType = operands.variant()
    let extents = operands.values()
    guard let type = tensor.pointee.type else { throw function.fail(.invalidArgument, "an element of the list is not a tensor") }
    try checkTensor(function, type, elementType, extents.contents)
    return operands
  }

  /// Throws unless `type` has the element type and the extents `wanted`, in which -1 stands for any.
  func checkTensor(
    _ function: ProgramFunction, _ type: TensorType, _ elementType: ElementType, _ wanted: [Int64]
  ) throws(RuntimeError) {
    let fits =
      type.elementType == elementType && type.shape.count == wanted.count
      && zip(type.shape, wanted).allSatisfy { $1 == -1 || Int64($0) == $1 }
    guard fits else {
      let expected = (wanted.map { $0 == -1 ? "?" : "\($0)" } + [elementType.name]).joined(separator: "x")
      let given = (type.shape.map { "\($0)" } + [type.elementType.name]).joined(separator: "x")
      throw function.fail(.invalidArgument, "an element of a list is \(given), but \(expected) is expected")
    }
  }
}
