extension ModuleDescription {
  /// The host program as text: `%0` is an integer register, `&0` a reference register, `@3` an instruction.
  public var disassembly: String {
    functions.map { function in
      var text = function.isExported ? "export " : ""
      text += "func \(function.signature) {  // \(function.integerRegisterCount) integers, \(function.referenceRegisterCount) references\n"
      for (index, instruction) in function.code.enumerated() { text += "  @\(index)\t\(instructionText(instruction))\n" }
      return text + "}\n"
    }.joined(separator: "\n")
  }

  /// Returns one instruction as text.
  public func instructionText(_ instruction: Instruction) -> String {
    let row = instruction.opcode.row
    // Where there is one device, it need not be named.
    let operands = zip(row.operands, instruction.fields).filter { $0.0.kind != .device || devices.count > 1 }.map { operand, field in
      "\(operand.name)=\(text(operand.kind, field))"
    }
    return ([row.name] + operands).joined(separator: " ")
  }

  /// Returns an operand as text.
  private func text(_ kind: OperandKind, _ field: InstructionField) -> String {
    func value(_ operand: IntegerOperand) -> String {
      switch operand {
      case .register(let register): "%\(register)"
      case .immediate(let number): "\(number)"
      }
    }
    func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
    switch (kind, field) {
    case (.integerResult, .number(let number)): return "%\(number)"
    case (.referenceResult, .number(let number)), (.reference, .number(let number)): return "&\(number)"
    case (.target, .number(let number)): return "@\(number)"
    case (.function, .number(let number)): return functions.indices.contains(number) ? functions[number].name : "\(number)"
    case (.message, .number(let number)): return strings.indices.contains(number) ? "\"\(strings[number])\"" : "\(number)"
    case (.site, .number(let number)):
      guard dispatchSites.indices.contains(number) else { return "\(number)" }
      let site = dispatchSites[number]
      guard executables.indices.contains(site.executable), executables[site.executable].entries.indices.contains(site.entry) else {
        return "\(number)"
      }
      return "\(number):\(executables[site.executable].entries[site.entry].name)"
    case (.device, .number(let number)): return devices.indices.contains(number) ? devices[number].name : "\(number)"
    case (let kind, .number(let number)) where kind.variant != nil: return kind.variant?.name(of: number) ?? "\(number)"
    case (.integerResults, .numbers(let numbers)): return list(numbers.map { "%\($0)" })
    case (.referenceResults, .numbers(let numbers)), (.references, .numbers(let numbers)): return list(numbers.map { "&\($0)" })
    case (_, .number(let number)): return "\(number)"
    case (_, .value(let operand)): return value(operand)
    case (_, .numbers(let numbers)): return list(numbers.map { "\($0)" })
    case (_, .values(let values)): return list(values.map(value))
    case (_, .bindings(let bindings)):
      return list(bindings.map { "&\($0.reference)[\(value($0.offset)) +\(value($0.byteCount))]" })
    }
  }
}
