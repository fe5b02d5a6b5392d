import ModuleFormat

/// The host program, decoded once into words that the interpreter reads in a row.
///
/// An instruction is its opcode, then its operands: a register number for each integer operand (immediates stand in a pool
/// behind the frame's registers, so that no operand needs a test), a count before each list, branch targets as word
/// offsets. Verified instructions need no checks of indices.
final class Program: Sendable {
  /// The functions, at the indices of the module.
  let functions: [ProgramFunction]
  /// How many `plan` and `tensor` instructions there are: each has a slot for its last result.
  let slotCount: Int
  /// The most bindings and constants of one dispatch.
  let bindingLimit: Int
  let constantLimit: Int

  /// Translates the functions of a verified module.
  init(_ module: ModuleDescription) {
    var slots = 0
    functions = module.functions.map { ProgramFunction($0, slots: &slots) }
    slotCount = slots
    let entries = module.executables.flatMap(\.entries)
    bindingLimit = entries.map(\.bindingCount).max() ?? 0
    constantLimit = entries.map(\.constantCount).max() ?? 0
  }
}

/// One function of the program.
final class ProgramFunction: @unchecked Sendable {
  /// The name, for errors.
  let name: String
  /// What it takes and gives, where it is exported.
  let signature: Signature
  /// The words.
  let code: UnsafeMutablePointer<Int32>
  /// The numbers behind the registers.
  let pool: UnsafeMutablePointer<Int64>
  /// How many there are.
  let poolCount: Int
  /// The integer registers.
  let integerCount: Int
  /// The reference registers.
  let referenceCount: Int
  /// All registers and immediates: what a frame takes.
  var registerCount: Int { integerCount + poolCount + referenceCount }
  /// The steps of `plan` instructions, which need more than 32 bits.
  let plans: [(first: [Int], last: [Int])]

  /// Translates a function; `slots` counts the slots of the program.
  init(_ function: FunctionDescription, slots: inout Int) {
    var words: [Int32] = []
    var pool: [Int64] = []
    var poolIndex: [Int64: Int] = [:]
    var starts: [Int] = []
    var targets: [(word: Int, instruction: Int)] = []
    var plans: [(first: [Int], last: [Int])] = []
    func operand(_ value: IntegerOperand) -> Int32 {
      switch value {
      case .register(let register): return Int32(register)
      case .immediate(let number):
        if let index = poolIndex[number] { return Int32(function.integerRegisterCount + index) }
        poolIndex[number] = pool.count
        pool.append(number)
        return Int32(function.integerRegisterCount + pool.count - 1)
      }
    }
    for instruction in function.code {
      starts.append(words.count)
      words.append(Int32(instruction.opcode.rawValue))
      if case .plan(let offsets, let total, let sizes, let first, let last) = instruction {
        words += [Int32(slots), Int32(plans.count), Int32(total), Int32(offsets.count)]
        words += offsets.map { Int32($0) } + sizes.map(operand)
        plans.append((first, last))
        slots += 1
        continue
      }
      if case .tensor = instruction {
        words.append(Int32(slots))
        slots += 1
      }
      for (description, field) in zip(instruction.opcode.row.operands, instruction.fields) {
        switch field {
        case .number(let number):
          if description.kind == .target { targets.append((words.count, number)) }
          words.append(Int32(truncatingIfNeeded: number))
        case .value(let value): words.append(operand(value))
        case .numbers(let numbers): words += [Int32(numbers.count)] + numbers.map { Int32($0) }
        case .values(let values): words += [Int32(values.count)] + values.map(operand)
        case .bindings(let bindings):
          words.append(Int32(bindings.count))
          for binding in bindings { words += [Int32(binding.reference), operand(binding.offset), operand(binding.byteCount)] }
        }
      }
    }
    for target in targets { words[target.word] = Int32(starts[target.instruction]) }
    name = function.name
    signature = Signature(function)
    code = .allocate(capacity: max(words.count, 1))
    code.initialize(from: words, count: words.count)
    self.pool = .allocate(capacity: max(pool.count, 1))
    self.pool.initialize(from: pool, count: pool.count)
    poolCount = pool.count
    integerCount = function.integerRegisterCount
    referenceCount = function.referenceRegisterCount
    self.plans = plans
  }

  deinit {
    code.deallocate()
    pool.deallocate()
  }

  /// Returns an error that names the function.
  @inline(never) func fail(_ code: StatusCode, _ problem: String) -> RuntimeError {
    RuntimeError(code, "in function '\(name)': \(problem)", id: "failedInstruction")
  }

  /// Returns an error that only a wrong compiler causes.
  @inline(never) func fail(_ problem: String) -> RuntimeError { fail(.internalError, problem) }
}
