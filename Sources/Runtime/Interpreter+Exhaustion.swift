import TesseraModuleFormat

/// Memory that there is not: the error names the operators that ask for the most of it.
extension Interpreter {
  /// Makes a buffer; returns what follows the operands.
  @inline(__always) mutating func allocate(_ function: ProgramFunction, _ start: Operands) throws(RuntimeError) -> Operands {
    var operands = start
    let result = operands.reference()
    let byteCount = operands.value()
    let device = operands.number()
    do throws(RuntimeError) {
      guard byteCount >= 0, byteCount <= 1 << 46 else { throw .outOfMemory(Int(byteCount)) }
      let storage = try buffer(Int(byteCount), device: device)
      result.pointee = Reference(
        storage: storage, offset: 0, byteCount: Int(byteCount), type: nil, isWritable: true, device: UInt8(truncatingIfNeeded: device))
    } catch {
      throw exhausted(error, function, start) { $0.reference == start.register }
    }
    return operands
  }

  /// The error of too little memory with the operators of the first dispatch that reads or writes the largest part of it; `isPart` tells which
  /// bindings are parts.
  @inline(never) func exhausted(
    _ error: RuntimeError, _ function: ProgramFunction, _ operands: Operands, isPart: (Binding) -> Bool
  ) -> RuntimeError {
    guard error.code == .resourceExhausted, let index = module.program.functions.firstIndex(where: { $0 === function }) else {
      return error
    }
    var largest: (byteCount: Int64, operators: [String])?
    for case .dispatch(let site, _, _, let bindings) in module.description.functions[index].code {
      for binding in bindings where isPart(binding) {
        let byteCount =
          switch binding.byteCount {
          case .immediate(let number): number
          case .register(let register): operands.integer(register)
          }
        if byteCount > largest?.byteCount ?? 0 { largest = (byteCount, module.description.dispatchSites[site].sourceOperators) }
      }
    }
    guard let largest, !largest.operators.isEmpty else { return error }
    let operators = largest.operators.map { "'\($0)'" }.joined(separator: ", ") + (largest.operators.count == 1 ? " needs" : " need")
    return RuntimeError(error.code, "\(error.message); \(operators) \(largest.byteCount)", id: error.id)
  }
}
