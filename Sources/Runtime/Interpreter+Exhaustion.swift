import TesseraModuleFormat

/// Memory that there is not: the error names the operators that ask for the most of it.
extension Interpreter {
  /// The error of too little memory with the operators of the first dispatch that reads or writes the largest part of it; `isPart` tells which
  /// bindings are parts.
  @inline(never) func exhausted(
    _ error: RuntimeError, _ function: ProgramFunction, _ operands: Operands, isPart: (Binding) -> Bool
  ) -> RuntimeError {
    guard error.code == .resourceExhausted, let index = program.functions.firstIndex(where: { $0 === function }) else {
      return error
    }
    var largest: (byteCount: Int64, operators: [String])?
    for case .dispatch(let site, _, _, let bindings) in program.description.functions[index].code {
      for binding in bindings where isPart(binding) {
        let byteCount =
          switch binding.byteCount {
          case .immediate(let number): number
          case .register(let register): operands.integer(register)
          }
        if byteCount > largest?.byteCount ?? 0 { largest = (byteCount, program.description.dispatchSites[site].sourceOperators) }
      }
    }
    guard let largest, !largest.operators.isEmpty else { return error }
    let operators = largest.operators.map { "'\($0)'" }.joined(separator: ", ") + (largest.operators.count == 1 ? " needs" : " need")
    return RuntimeError(error.code, "\(error.message); \(operators) \(largest.byteCount)", id: error.id)
  }
}
