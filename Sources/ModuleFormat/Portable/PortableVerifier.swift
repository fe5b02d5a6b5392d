extension PortableKernel {
  /// Checks the code against the table, in one pass.
  ///
  /// After this, a machine uses registers, words of the pool and targets of branches without checks, and the code does not run out of its end.
  /// Addresses are checked where they are used. Errors: a rule is broken, with the instruction.
  public func verify() throws(FormatError) {
    guard (0...Self.scalarLimit).contains(scalarCount), (0...Self.rowLimit).contains(rowCount),
      (0...Self.temporaryLimit).contains(temporaryByteCount), pool.count <= Self.poolLimit, code.count <= Self.codeLimit
    else { throw fail("it takes impossibly much") }
    switch code.last?.opcode {
    case .branch, .finish, .finishWith: break
    default: throw fail("its code does not end with a branch or an end")
    }
    for (index, instruction) in code.enumerated() {
      if let problem = problem(instruction) { throw fail("instruction \(index): \(instruction.opcode): \(problem)") }
    }
  }

  /// Returns an error about the kernel.
  @inline(never) private func fail(_ what: String) -> FormatError { .invalid("portable kernel '\(symbol)': \(what)") }

  /// Returns what is wrong with an instruction.
  private func problem(_ instruction: PortableInstruction) -> String? {
    let row = instruction.opcode.row
    guard row.types.contains(instruction.type) else { return "there is none for \(instruction.type.name)" }
    guard instruction.lanes <= PortableInstruction.laneLimit else { return "a row has at most \(PortableInstruction.laneLimit) lanes" }
    switch row.form {
    case .scalar where instruction.hasRows: return "it has no form for rows"
    case .row where !instruction.hasRows: return "it has no form for scalars"
    default: break
    }
    guard row.variant.contains(instruction.variant) else { return "it has no variant \(instruction.variant)" }
    for (operand, register) in zip(row.operands, [instruction.d, instruction.a, instruction.b, instruction.c]) {
      if let problem = problem(operand, Int(register), instruction) { return problem }
    }
    return problem(row.immediate, instruction) ?? relation(instruction)
  }

  /// Returns what is wrong with an operand.
  private func problem(_ operand: PortableOperand, _ register: Int, _ instruction: PortableInstruction) -> String? {
    guard operand.isUsed(by: instruction) else { return register == 0 ? nil : "it uses an operand that it does not have" }
    let isRow = operand.kind == .row || (operand.kind == .value && instruction.hasRows)
    if case .number(let limit) = operand.kind { return register < limit ? nil : "\(operand.name) is \(register), not below \(limit)" }
    let count = isRow ? rowCount : scalarCount
    let last = register + (instruction.opcode == .contract && operand.use == .updated ? Int(instruction.variant) : operand.count) - 1
    return last < count ? nil : "\(operand.name) is \(isRow ? "row" : "scalar") register \(last), but there are \(count)"
  }

  /// Returns what is wrong with the immediate.
  private func problem(_ kind: PortableImmediate, _ instruction: PortableInstruction) -> String? {
    let number = Int(instruction.immediate)
    switch kind {
    case .unused: return number == 0 ? nil : "it has no immediate"
    case .number: return nil
    case .target: return code.indices.contains(number) ? nil : "it goes to instruction \(number) of \(code.count)"
    case .poolWord: return pool.indices.contains(number) ? nil : "it reads word \(number) of \(pool.count)"
    case .poolLanes:
      return number >= 0 && number <= pool.count - 8 ? nil : "it reads words \(number)...\(number + 7) of \(pool.count)"
    case .contractedTypes: return instruction.contractedTypes == nil ? "its types do not go together" : nil
    }
  }

  /// Returns what is wrong with the parts together.
  private func relation(_ instruction: PortableInstruction) -> String? {
    let isMasked = instruction.variant & PortableAccess.masked != 0
    switch instruction.opcode {
    case .load, .store: return isMasked && !instruction.hasRows ? "a scalar has no mask" : nil
    case .extendSigned, .extendUnsigned:
      return source(instruction).order < instruction.type.order ? nil : "\(instruction.type.name) is not wider"
    case .narrow: return source(instruction).order > instruction.type.order ? nil : "\(instruction.type.name) is not narrower"
    case .convertFloat:
      let source = source(instruction)
      let isSmall = source == .f16 || source == .bf16
      guard source != instruction.type, !isSmall || PortableType.floats.contains(instruction.type) else { return "it converts nothing" }
      return nil
    case .reduce:
      let kind = PortableReduction.allCases[Int(instruction.variant)]
      return kind.types.contains(instruction.type) ? nil : "'\(kind)' does not apply to \(instruction.type.name)"
    default: return nil
    }
  }

  /// The type that a conversion begins with. Requires: the variant is one of the table's.
  private func source(_ instruction: PortableInstruction) -> PortableType { PortableType.allCases[Int(instruction.variant)] }
}

extension PortableType {
  /// The place of an integer among those that are wider or narrower.
  fileprivate var order: UInt8 { rawValue }
}
