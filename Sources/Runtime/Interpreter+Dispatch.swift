import ModuleFormat

/// How dispatches are recorded.
extension Interpreter {
  /// Records a dispatch; returns the next instruction.
  @inline(__always) mutating func dispatch(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError) -> Int {
    let code = function.code
    let integers = frame.integers
    let workgroups = integers[Int(code[start + 2])]
    guard workgroups >= 0 else { throw function.fail("a dispatch of \(workgroups) workgroups") }
    let constantCount = Int(code[start + 3])
    var pc = start + 4
    for index in 0..<constantCount { constantScratch[index] = integers[Int(code[pc + index])] }
    pc += constantCount
    let bindingCount = Int(code[pc])
    pc += 1
    for index in 0..<bindingCount {
      let register = Int(code[pc])
      let offset = integers[Int(code[pc + 1])]
      let byteCount = integers[Int(code[pc + 2])]
      let available = frame.references[register].byteCount
      guard let storage = frame.references[register].storage, offset >= 0, byteCount >= 0, offset <= available,
        byteCount <= Int64(available) - offset
      else {
        throw function.fail(
          .outOfRange,
          "binding \(index) of dispatch site \(code[start + 1]) is bytes \(offset)..<\(offset &+ byteCount) of a buffer of \(available)")
      }
      bindingScratch[index] = storage.address &+ UInt64(frame.references[register].offset &+ Int(offset))
      pc += 3
    }
    if workgroups > 0 {
      if observer != nil { try willDispatch(function, frame, start) }
      try commands.dispatch(
        site: Int(code[start + 1]), workgroups: Int(min(workgroups, Int64(Int32.max))),
        constants: UnsafeBufferPointer(start: constantScratch, count: constantCount),
        bindings: UnsafeBufferPointer(start: bindingScratch, count: bindingCount))
      if observer != nil { try didDispatch(function, frame, start) }
    }
    return pc
  }
}
