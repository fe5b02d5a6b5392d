import TesseraModuleFormat

extension Interpreter {
  /// Completes what was recorded, and shows the observer the dispatch with the operands, which were checked.
  @inline(never) mutating func willDispatch(_ operands: Operands) throws(RuntimeError) {
    try complete()
    try observer?.willRun(observed(operands))
  }

  /// Completes the dispatch with the operands, and shows the observer its results.
  @inline(never) mutating func didDispatch(_ operands: Operands) throws(RuntimeError) {
    try complete()
    try observer?.didRun(observed(operands))
  }

  /// Returns the dispatch with its memory as it is now.
  private func observed(_ operands: Operands) throws(RuntimeError) -> ObservedDispatch {
    var operands = operands
    let site = operands.number()
    _ = operands.value()
    let constants = operands.values().contents
    var bindings: [Reference] = []
    for _ in 0..<operands.number() {
      var reference = operands.reference().pointee
      reference.offset += Int(operands.value())
      reference.byteCount = Int(operands.value())
      bindings.append(try reference.onHost(streams))
    }
    return ObservedDispatch(site: site, constants: constants, memory: bindings)
  }
}
