import ModuleFormat

/// The instructions on lists.
extension Interpreter {
  /// Returns the list in a register.
  func list(_ function: ProgramFunction, _ reference: Reference) throws(RuntimeError) -> ReferenceList {
    guard let list = reference.list else { throw function.fail("a register holds no list") }
    return list
  }

  /// Makes a list of what registers hold.
  func makeList(_ function: ProgramFunction, _ elements: [Reference]) throws(RuntimeError) -> Reference {
    for element in elements where element.list == nil && (element.storage == nil || element.type == nil) {
      throw function.fail("an element of a list is neither a tensor nor a list")
    }
    let list = ReferenceList(elements)
    guard list.total <= ReferenceList.countLimit else {
      throw function.fail(.resourceExhausted, "a list of more than \(ReferenceList.countLimit) elements")
    }
    guard list.depth <= TensorInfo.containerLimit else {
      throw function.fail(.resourceExhausted, "lists that nest more than \(TensorInfo.containerLimit) deep")
    }
    return Reference(storage: nil, list: list)
  }

  /// Returns the elements of a list, and `position` as an index of one of them or, if `atEnd` is allowed, of the end.
  private func place(
    _ function: ProgramFunction, _ reference: Reference, _ position: Int64, atEnd: Bool
  ) throws(RuntimeError) -> (elements: [Reference], index: Int) {
    let elements = try list(function, reference).elements
    guard position >= 0, position < Int64(elements.count) + (atEnd ? 1 : 0) else {
      throw function.fail(.outOfRange, "position \(position) of a list of \(elements.count)")
    }
    return (elements, Int(position))
  }

  /// Returns an element of a list.
  func element(_ function: ProgramFunction, _ reference: Reference, _ position: Int64) throws(RuntimeError) -> Reference {
    let (elements, index) = try place(function, reference, position, atEnd: false)
    return elements[index]
  }

  /// Makes a list with one element more.
  func inserting(
    _ function: ProgramFunction, _ element: Reference, into reference: Reference, at position: Int64
  ) throws(RuntimeError) -> Reference {
    var (elements, index) = try place(function, reference, position, atEnd: true)
    elements.insert(element, at: index)
    return try makeList(function, elements)
  }

  /// Makes a list with one element less.
  func erasing(_ function: ProgramFunction, from reference: Reference, at position: Int64) throws(RuntimeError) -> Reference {
    var (elements, index) = try place(function, reference, position, atEnd: false)
    elements.remove(at: index)
    return try makeList(function, elements)
  }

  /// Checks the type of a tensor.
  func checkTensor(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) {
    let code = function.code
    guard let type = frame.references[Int(code[pc + 1])].type else {
      throw function.fail(.invalidArgument, "an element of a list is no tensor")
    }
    let elementType = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 2]), to: ElementType.self)
    let wanted = (0..<Int(code[pc + 3])).map { frame.integers[Int(code[pc + 4 + $0])] }
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
