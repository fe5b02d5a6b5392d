import TesseraModuleFormat

/// The recording of dispatches.
extension Interpreter {
  /// Records a dispatch; returns what follows the operands.
  @inline(__always) mutating func dispatch(_ function: ProgramFunction, _ start: Operands) throws(RuntimeError) -> Operands {
    var operands = start
    let site = operands.number()
    let workgroups = operands.value()
    guard workgroups >= 0 else { throw function.fail("a dispatch of \(workgroups) workgroups") }
    let constants = operands.values()
    for index in 0..<constants.count { constantScratch[index] = constants[index] }
    let bindingCount = operands.number(), firstResult = program.firstResults[site], device = siteDevices[site]
    for index in 0..<bindingCount {
      let reference = operands.reference()
      let offset = operands.value(), byteCount = operands.value()
      let available = reference.pointee.byteCount
      guard let storage = reference.pointee.storage, offset >= 0, byteCount >= 0, offset <= available,
        byteCount <= Int64(available) - offset
      else {
        throw function.fail(
          .outOfRange,
          "binding \(index) of dispatch site \(site) is bytes \(offset)..<\(offset &+ byteCount) of a buffer of \(available)")
      }
      guard reference.pointee.device == device else { throw misplaced(function, index, site, reference.pointee.device) }
      guard reference.pointee.isWritable || index < firstResult else {
        throw function.fail("dispatch site \(site) writes binding \(index), which is an input or a constant")
      }
      byteCountScratch[index] = Int(byteCount)
      bindingScratch[index] = storage.address &+ UInt64(reference.pointee.offset &+ Int(offset))
    }
    if workgroups > 0 {
      if observer != nil { try willDispatch(start) }
      streams[Int(device)].hasCommands = true
      try streams[Int(device)].commands.dispatch(
        site: site, workgroups: Int(min(workgroups, Int64(Int32.max))),
        constants: UnsafeBufferPointer(start: constantScratch, count: constants.count),
        bindings: UnsafeBufferPointer(start: bindingScratch, count: bindingCount),
        byteCounts: UnsafeBufferPointer(start: byteCountScratch, count: bindingCount))
      if observer != nil { try didDispatch(start) }
      // Dispatches that are timed run one after the other.
      if isTimed, streams.count > 1 { try complete() }
    }
    return operands
  }

  /// The error of a binding on another device than the kernel.
  @inline(never) private func misplaced(_ function: ProgramFunction, _ index: Int, _ site: Int, _ device: UInt8) -> RuntimeError {
    let devices = program.description.devices
    return function.fail(
      "binding \(index) of dispatch site \(site), which runs on '\(devices[Int(siteDevices[site])].name)', is on '\(devices[Int(device)].name)'"
    )
  }
}
