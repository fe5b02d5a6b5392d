import TesseraModuleFormat

/// The host program, translated once into the words that the interpreter reads (`ProgramWords`): a register number for each integer
/// operand (immediates are a pool behind the frame's registers, so that no operand needs a test), branch targets as word offsets.
final class Program: @unchecked Sendable {
  /// What it was translated from.
  let description: ModuleDescription
  /// The functions, at the indices of the module.
  let functions: [ProgramFunction]
  /// The number of `plan` and `tensor` instructions: each has a slot for its last result.
  let slotCount: Int
  /// The most bindings and constants of one dispatch.
  let bindingLimit: Int
  let constantLimit: Int
  /// Of each dispatch site the first binding that its kernel writes.
  let firstResults: UnsafeMutablePointer<Int>
  /// The exported functions.
  private let exported: [String: ProgramFunction]
  /// The first of them, often the only one.
  private let first: ProgramFunction?

  /// Translates the functions of a verified module.
  init(_ module: ModuleDescription) {
    description = module
    var slots = 0
    functions = module.functions.map { ProgramFunction($0, slots: &slots) }
    slotCount = slots
    let entries = module.executables.flatMap(\.entries)
    bindingLimit = entries.map(\.bindingCount).max() ?? 0
    constantLimit = entries.map(\.constantCount).max() ?? 0
    firstResults = .allocate(capacity: max(module.dispatchSites.count, 1))
    for (index, site) in module.dispatchSites.enumerated() {
      let entry = module.executables[site.executable].entries[site.entry]
      (firstResults + index).initialize(to: entry.bindingCount - entry.resultCount)
    }
    var exported: [String: ProgramFunction] = [:]
    for function in functions where function.signature.function.isExported { exported[function.name] = function }
    self.exported = exported
    first = functions.first { $0.signature.function.isExported }
  }

  deinit { firstResults.deallocate() }

  /// Returns an exported function.
  func function(named name: String) throws(RuntimeError) -> ProgramFunction {
    if let first, first.name == name { return first }
    guard let function = exported[name] else {
      throw .unknownFunction(name, exported: description.functions.filter(\.isExported).map(\.name))
    }
    return function
  }
}

/// One function of the program.
final class ProgramFunction: @unchecked Sendable {
  /// The name, for errors.
  let name: String
  /// The inputs and outputs, if it is exported.
  let signature: Signature
  /// The words.
  let code: UnsafeMutablePointer<Int32>
  /// The immediates, which follow the integer registers.
  let pool: UnsafeMutablePointer<Int64>
  /// The number of immediates.
  let poolCount: Int
  /// The number of integer registers.
  let integerCount: Int
  /// The number of reference registers.
  let referenceCount: Int
  /// The size of a frame: all registers and immediates.
  var registerCount: Int { integerCount + poolCount + referenceCount }
  /// The steps of `plan` instructions, which need more than 32 bits.
  let plans: [PlanSteps]

  /// Translates a function; `slots` counts the slots of the program.
  init(_ function: FunctionDescription, slots: inout Int) {
    let program = ProgramWords(function, slots: &slots)
    let words = program.words, pool = program.pool
    name = function.name
    signature = Signature(function)
    code = .allocate(capacity: max(words.count, 1))
    code.initialize(from: words, count: words.count)
    self.pool = .allocate(capacity: max(pool.count, 1))
    self.pool.initialize(from: pool, count: pool.count)
    poolCount = pool.count
    integerCount = function.integerRegisterCount
    referenceCount = function.referenceRegisterCount
    plans = program.plans
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
