import ModuleFormat

extension Interpreter {
  /// Completes what was recorded, and shows the observer the dispatch at `start`, whose operands were checked.
  @inline(never) mutating func willDispatch(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError) {
    try complete()
    try observer?.willRun(observed(function, frame, start))
  }

  /// Completes the dispatch at `start`, and shows the observer its results.
  @inline(never) mutating func didDispatch(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError) {
    try complete()
    try observer?.didRun(observed(function, frame, start))
  }

  /// Returns the dispatch at `start` with its memory as it is now.
  private func observed(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError) -> ObservedDispatch {
    let code = function.code
    let constantCount = Int(code[start + 3])
    let constants = (0..<constantCount).map { frame.integers[Int(code[start + 4 + $0])] }
    let first = start + 5 + constantCount
    var bindings: [Reference] = []
    for index in 0..<Int(code[first - 1]) {
      var reference = frame.references[Int(code[first + 3 * index])]
      reference.offset += Int(frame.integers[Int(code[first + 3 * index + 1])])
      reference.byteCount = Int(frame.integers[Int(code[first + 3 * index + 2])])
      bindings.append(try reference.onHost(device))
    }
    return ObservedDispatch(site: Int(code[start + 1]), constants: constants, memory: bindings)
  }
}
