import ModuleFormat

/// The tensors of a list as one.
extension Interpreter {
  /// Makes a tensor of a list's elements, one after the other along an axis.
  mutating func joined(_ function: ProgramFunction, _ frame: Frame, _ pc: Int) throws(RuntimeError) -> Reference {
    try complete()
    let code = function.code
    let list = try list(function, frame.references[Int(code[pc + 2])])
    let axis = Int(code[pc + 3]), isNew = code[pc + 4] != 0
    let elementType = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 5]), to: ElementType.self)
    var shape = (0..<Int(code[pc + 6])).map { frame.integers[Int(code[pc + 7 + $0])] }
    var extent = 0
    for (i, element) in list.elements.enumerated() {
      guard let type = element.type else { throw function.fail(.invalidArgument, "an element of a list is no tensor") }
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
    let storage = try buffer(byteCount) { [device] (start) throws(RuntimeError) in
      var place = start
      for element in list.elements where element.byteCount > 0 {
        let element = try element.onHost(device)
        guard let source = element.hostBytes.baseAddress else { continue }
        let length = element.byteCount / rows
        for row in 0..<rows { (place + row * (byteCount / rows)).copyMemory(from: source + row * length, byteCount: length) }
        place += length
      }
    }
    return Reference(storage: storage, offset: 0, byteCount: byteCount, type: TensorType(elementType, whole), isWritable: true)
  }
}
