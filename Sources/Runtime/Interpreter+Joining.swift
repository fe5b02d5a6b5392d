import TesseraModuleFormat

/// The tensors of a list as one.
extension Interpreter {
  /// Makes a tensor of a list's elements, one after the other along an axis; returns what follows the operands.
  mutating func join(_ function: ProgramFunction, _ operands: Operands) throws(RuntimeError) -> Operands {
    var operands = operands
    try complete()
    let result = operands.reference()
    let list = try list(function, operands.reference().pointee)
    let axis = operands.number(), isNew = operands.number() != 0
    let elementType: ElementType = operands.variant()
    var shape = operands.values().contents
    var extent = 0
    for (i, element) in list.elements.enumerated() {
      guard let type = element.type else { throw function.fail(.invalidArgument, "an element of the list is not a tensor") }
      try checkTensor(function, type, elementType, shape)
      // What the first one has, the others must have too.
      if i == 0 { for other in shape.indices where isNew || other != axis { shape[other] = Int64(type.shape[other]) } }
      let (sum, isTooLarge) = extent.addingReportingOverflow(isNew ? 1 : type.shape[axis])
      if isTooLarge { throw .impossibleShape(type.shape) }
      extent = sum
    }
    var whole = shape.map { Int(max($0, 0)) }
    if isNew { whole.insert(extent, at: axis) } else { whole[axis] = extent }
    let byteCount = try Tensor.byteCount(elementType, whole)
    let rows = whole[..<axis].reduce(1, *)
    var elements: [Reference] = []
    for element in list.elements where element.byteCount > 0 { elements.append(try element.onHost(streams)) }
    let storage = try buffer(byteCount) { (start) throws(RuntimeError) in
      var place = start
      for element in elements {
        guard let source = element.hostBytes.baseAddress else { continue }
        let length = element.byteCount / rows
        for row in 0..<rows { (place + row * (byteCount / rows)).copyMemory(from: source + row * length, byteCount: length) }
        place += length
      }
    }
    result.pointee = Reference(
      storage: storage, offset: 0, byteCount: byteCount, type: TensorType(elementType, whole), isWritable: true)
    return operands
  }
}
