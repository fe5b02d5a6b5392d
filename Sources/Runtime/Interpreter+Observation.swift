import ModuleFormat

extension Interpreter {
  /// Completes what was recorded, and shows the observer the dispatch at `start`, whose operands were checked.
  @inline(never) mutating func willDispatch(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError)
    -> ObservedDispatch
  {
    try complete()
    let code = function.code
    let constantCount = Int(code[start + 3])
    let constants = (0..<constantCount).map { frame.integers[Int(code[start + 4 + $0])] }
    let first = start + 5 + constantCount
    let bindings = (0..<Int(code[first - 1])).map { index in
      let reference = frame.references[Int(code[first + 3 * index])]
      let offset = Int(frame.integers[Int(code[first + 3 * index + 1])])
      let byteCount = Int(frame.integers[Int(code[first + 3 * index + 2])])
      return UnsafeRawBufferPointer(start: reference.storage.map { $0.base + reference.offset + offset }, count: byteCount)
    }
    let dispatch = ObservedDispatch(site: Int(code[start + 1]), constants: constants, bindings: bindings)
    try observer?.willRun(dispatch)
    return dispatch
  }

  /// Completes the dispatch, and shows the observer its results.
  @inline(never) mutating func didDispatch(_ dispatch: ObservedDispatch) throws(RuntimeError) {
    try complete()
    try observer?.didRun(dispatch)
  }
}
