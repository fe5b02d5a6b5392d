extension ModuleDescription {
  /// The most registers of a kind that a function may have: a frame stays below 32 MB.
  static let registerLimit = 1 << 20
  /// The most devices of a module.
  static let deviceLimit = 256
  /// The most operands that the instructions of a function may have: the VM counts words in 32 bits.
  static let operandLimit = 1 << 28

  /// Checks that no instruction refers to anything that is not there, and that operands fit what they are used for.
  ///
  /// After this, the VM indexes registers, instructions, functions, sites, strings and constants without checks.
  public func verify(constantCount: Int) throws(FormatError) {
    guard (1...Self.deviceLimit).contains(devices.count) else { throw .invalid("it is for \(devices.count) devices") }
    guard Set(devices.map(\.name)).count == devices.count else { throw .invalid("two devices have the same name") }
    for executable in executables {
      guard devices.indices.contains(executable.device) else { throw .invalid("an executable is for device \(executable.device)") }
      for entry in executable.entries {
        guard (0...1 << 12).contains(entry.bindingCount), (0...entry.bindingCount).contains(entry.resultCount),
          (0...1 << 12).contains(entry.constantCount), (0...1 << 30).contains(entry.scratch.byteCount),
          entry.scratch.terms.allSatisfy({ (0..<entry.constantCount).contains($0.constant) && (0...1 << 30).contains($0.byteCount) })
        else { throw .invalid("kernel '\(entry.name)' takes impossibly much") }
      }
    }
    for (index, site) in dispatchSites.enumerated() {
      guard executables.indices.contains(site.executable), executables[site.executable].entries.indices.contains(site.entry) else {
        throw .invalid("dispatch site \(index) refers to a kernel that is not there")
      }
      let constantCount = executables[site.executable].entries[site.entry].constantCount
      guard (site.work.flops + site.work.bytes.joined()).allSatisfy({ $0.constants.allSatisfy((0..<constantCount).contains) }) else {
        throw .invalid("the work of dispatch site \(index) refers to a constant that is not there")
      }
    }
    var names: Set<String> = []
    for function in functions {
      if function.isExported && !names.insert(function.name).inserted {
        throw .invalid("two exported functions are called '\(function.name)'")
      }
      try FunctionVerifier(module: self, function: function, constantCount: constantCount).verify()
    }
  }
}

/// Checks one function.
private struct FunctionVerifier {
  /// The module around it.
  let module: ModuleDescription
  /// The function.
  let function: FunctionDescription
  /// The number of constants of the module.
  let constantCount: Int

  /// Checks the function.
  func verify() throws(FormatError) {
    for count in [function.integerRegisterCount, function.referenceRegisterCount]
    where !(0...ModuleDescription.registerLimit).contains(count) {
      throw fail("it has \(count) registers; up to \(ModuleDescription.registerLimit) are possible")
    }
    guard (0...function.integerRegisterCount).contains(function.integerParameterCount),
      (0...function.referenceRegisterCount).contains(function.referenceParameterCount)
    else { throw fail("its parameters do not fit in its registers") }
    guard function.integerResultCount >= 0, function.referenceResultCount >= 0 else { throw fail("its results are fewer than none") }
    if function.isExported {
      guard function.integerParameterCount == 0, function.integerResultCount == 0,
        function.referenceParameterCount == function.inputs.count, function.referenceResultCount == function.outputs.count
      else { throw fail("it is exported, but its registers do not fit its signature") }
      for tensor in function.inputs + function.outputs {
        for case .fixed(let size) in tensor.shape where size < 0 { throw fail("tensor '\(tensor.name)' has a negative extent") }
        guard tensor.shape.count <= 64 else { throw fail("tensor '\(tensor.name)' has more than 64 dimensions") }
        guard tensor.containers.count <= TensorInfo.containerLimit else { throw fail("the lists of '\(tensor.name)' nest too deep") }
        guard tensor.extents != nil || !tensor.containers.isEmpty else { throw fail("tensor '\(tensor.name)' has no rank") }
        guard let value = tensor.defaultValue else { continue }
        guard tensor.containers.isEmpty, value.shape.count == tensor.shape.count, (0..<constantCount).contains(value.constant) else {
          throw fail("the default of '\(tensor.name)' is no constant of its rank")
        }
      }
      guard function.outputs.allSatisfy({ $0.defaultValue == nil }) else { throw fail("an output has a default") }
    }
    switch function.code.last {
    case .branch, .branchIf, .returnValues: break
    default: throw fail("it does not end with a branch or a return")
    }
    var operandCount = 0
    for (index, instruction) in function.code.enumerated() {
      operandCount += instruction.operandCount
      guard operandCount <= ModuleDescription.operandLimit else { throw fail("it is too long") }
      let row = instruction.opcode.row
      for (operand, field) in zip(row.operands, instruction.fields) {
        if let problem = problem(operand.kind, field) { throw fail(index, "\(row.name): \(operand.name) \(problem)") }
      }
      if let problem = relation(instruction) { throw fail(index, "\(row.name): \(problem)") }
    }
  }

  /// Returns an error about the function.
  @inline(never) private func fail(_ what: String) -> FormatError { .invalid("function '\(function.name)': \(what)") }

  /// Returns an error about an instruction.
  @inline(never) private func fail(_ index: Int, _ what: String) -> FormatError {
    .invalid("function '\(function.name)', instruction \(index): \(what)")
  }

  /// Returns what is wrong with an operand by itself.
  private func problem(_ kind: OperandKind, _ field: InstructionField) -> String? {
    func bounded(_ number: Int, _ count: Int, _ what: String) -> String? {
      number >= 0 && number < count ? nil : "is \(what) \(number), but there are \(count)"
    }
    func integer(_ register: Int) -> String? { bounded(register, function.integerRegisterCount, "integer register") }
    func reference(_ register: Int) -> String? { bounded(register, function.referenceRegisterCount, "reference register") }
    func value(_ operand: IntegerOperand) -> String? {
      if case .register(let register) = operand { integer(register) } else { nil }
    }
    switch (kind, field) {
    case (.integerResult, .number(let number)): return integer(number)
    case (.referenceResult, .number(let number)), (.reference, .number(let number)): return reference(number)
    case (.value, .value(let operand)): return value(operand)
    case (.target, .number(let number)): return bounded(number, function.code.count, "instruction")
    case (.function, .number(let number)): return bounded(number, module.functions.count, "function")
    case (.message, .number(let number)): return bounded(number, module.strings.count, "string")
    case (.constant, .number(let number)): return bounded(number, constantCount, "constant")
    case (.device, .number(let number)): return bounded(number, module.devices.count, "device")
    case (.site, .number(let number)): return bounded(number, module.dispatchSites.count, "dispatch site")
    case (.number(let range), .number(let number)):
      return range.contains(number) ? nil : "is \(number), not in \(range.lowerBound)...\(range.upperBound)"
    case (.integerResults, .numbers(let list)): return list.lazy.compactMap(integer).first
    case (.referenceResults, .numbers(let list)), (.references, .numbers(let list)): return list.lazy.compactMap(reference).first
    case (.values, .values(let list)): return list.lazy.compactMap(value).first
    case (.numbers, .numbers(let list)): return list.contains { $0 < 0 } ? "has a negative number" : nil
    case (.bindings, .bindings(let list)):
      return list.lazy.compactMap { reference($0.reference) ?? value($0.offset) ?? value($0.byteCount) }.first
    case (_, .number): return nil  // an operation or an element type: `Instruction` cannot hold an unknown one
    default: return "has the wrong form"
    }
  }

  /// Returns what is wrong with the operands together.
  private func relation(_ instruction: Instruction) -> String? {
    switch instruction {
    case .call(let callee, let integers, let references, let integerResults, let referenceResults):
      let callee = module.functions[callee]
      let wanted = [
        callee.integerParameterCount, callee.referenceParameterCount, callee.integerResultCount, callee.referenceResultCount,
      ]
      let given = [integers.count, references.count, integerResults.count, referenceResults.count]
      return wanted == given ? nil : "passes and takes \(given), but '\(callee.name)' has \(wanted)"
    case .returnValues(let integers, let references):
      let wanted = [function.integerResultCount, function.referenceResultCount]
      return wanted == [integers.count, references.count]
        ? nil : "returns \([integers.count, references.count]) values, but the function has \(wanted)"
    case .dispatch(let site, _, let constants, let bindings):
      let site = module.dispatchSites[site]
      let entry = module.executables[site.executable].entries[site.entry]
      return entry.bindingCount == bindings.count && entry.constantCount == constants.count
        ? nil
        : "gives \(bindings.count) bindings and \(constants.count) constants, but kernel '\(entry.name)' takes \(entry.bindingCount) and \(entry.constantCount)"
    case .plan(let offsets, _, let sizes, let first, let last):
      return Set([offsets.count, sizes.count, first.count, last.count]).count == 1 ? nil : "its lists differ in length"
    case .fill(_, _, let patternByteCount, _):
      return [1, 2, 4, 8].contains(patternByteCount) ? nil : "a pattern has 1, 2, 4 or 8 bytes, not \(patternByteCount)"
    case .strings(let operation, let results, let operands, let type, let values):
      let wanted = [operation.resultCount, operation.operandCount, operation.valueCount]
      let given = [results.count, operands.count, values.count]
      guard wanted == given else { return "gives, takes and has \(given), but '\(operation.name)' has \(wanted)" }
      let fits = operation.resultType.map { $0 == type } ?? (type.isInteger || type.isFloat)
      return fits ? nil : "'\(operation.name)' does not give \(type.name)"
    case .listJoin(_, _, let axis, let isNew, _, let shape):
      return axis < shape.count + isNew && shape.count < 64 ? nil : "axis \(axis) of a tensor of rank \(shape.count + isNew)"
    case .tensor(_, _, _, let shape), .checkTensor(_, _, let shape):
      return shape.count <= 64 ? nil : "a tensor has at most 64 dimensions, not \(shape.count)"
    default: return nil
    }
  }
}

extension Instruction {
  /// The number of numbers in the operands, those in lists included.
  fileprivate var operandCount: Int {
    fields.reduce(1) { count, field in
      switch field {
      case .number, .value: count + 1
      case .numbers(let list): count + 1 + list.count
      case .values(let list): count + 1 + list.count
      case .bindings(let list): count + 1 + 3 * list.count
      }
    }
  }
}
