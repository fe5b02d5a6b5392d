import ModuleFormat
import Synchronization

/// Runs the host program of one session.
///
/// Requires: the module is verified, so register, function, site and string indices are in range. What depends on values
/// (bounds of views, shapes, divisors, depth) is checked here.
final class Interpreter {
  /// The module.
  let module: Module
  /// The commands that are recorded.
  let commands: any CommandList
  /// References to the constants, made once.
  let constants: [Reference]
  /// Set to end the running call.
  let interruption: Atomic<Bool>
  /// The frames by depth.
  private var frames: [Frame] = []
  /// The last result of each `plan` and `tensor` instruction.
  var slots: [Slot]
  /// Buffers for `allocate`.
  private var pool = StoragePool()
  /// The strings, once there are any.
  private var stringPool: StringPool?
  /// The last patterns that strings were matched with.
  var patterns: [[UInt8]: Pattern] = [:]
  /// What recorded commands refer to, beyond what registers hold.
  private var retained: [Storage] = []
  /// The bindings and constants of the dispatch that is being recorded.
  private let bindingScratch: UnsafeMutablePointer<UnsafeRawPointer?>
  private let constantScratch: UnsafeMutablePointer<Int64>
  /// Calls nested deeper than this are an error.
  static let depthLimit = 200
  /// All running frames together have at most so many registers.
  static let registerLimit = 4 << 20
  /// After so many allocations the pending commands are completed, so that buffers can be used again.
  static let retainedLimit = 512
  /// The registers of all running frames.
  private var liveRegisters = 0
  /// Who sees the dispatches.
  var observer: (any DispatchObserver)?

  /// What an instruction computed last time.
  struct Slot {
    /// The sizes of a plan.
    var sizes: [Int] = []
    /// The offsets of a plan.
    var offsets: [Int] = []
    /// The total of a plan.
    var total = 0
    /// The type of a tensor.
    var type: TensorType?
  }

  /// Creates an interpreter that records into `commands`.
  init(module: Module, commands: any CommandList) {
    self.module = module
    self.commands = commands
    interruption = Atomic(false)
    slots = Array(repeating: Slot(), count: module.program.slotCount)
    constants = (0..<module.file.constantCount).map { index in
      let bytes = module.file.constant(index) ?? UnsafeRawBufferPointer(start: nil, count: 0)
      return Reference(storage: Storage(borrowing: bytes, owner: module.file), offset: 0, byteCount: bytes.count, type: nil)
    }
    bindingScratch = .allocate(capacity: max(module.program.bindingLimit, 1))
    bindingScratch.initialize(repeating: nil, count: max(module.program.bindingLimit, 1))
    constantScratch = .allocate(capacity: max(module.program.constantLimit, 1))
    constantScratch.initialize(repeating: 0, count: max(module.program.constantLimit, 1))
  }

  deinit {
    bindingScratch.deallocate()
    constantScratch.deallocate()
  }

  /// Calls an exported function with inputs that were checked.
  func call(_ index: Int, _ inputs: [RuntimeValue]) throws(RuntimeError) -> [RuntimeValue] {
    interruption.store(false, ordering: .relaxed)
    let function = module.program.functions[index]
    let frame = try enter(function, depth: 0)
    defer {
      leave(function, frame)
      retained.removeAll(keepingCapacity: true)
      commands.endCall()
      pool.endCall()
      stringPool?.endCall()
    }
    for (register, value) in inputs.enumerated() { frame.references[register] = try reference(to: value) }
    let result = try run(function, frame, depth: 0)
    try complete()
    let description = module.description.functions[index]
    var outputs: [RuntimeValue] = []
    outputs.reserveCapacity(description.outputs.count)
    for position in 0..<description.outputs.count {
      let info = description.outputs[position]
      let reference = frame.references[Int(function.code[result.references + position])]
      guard let value = try value(of: reference, depth: info.containers.count) else {
        throw fail(function, "output \(position) is not \(info.containers.isEmpty ? "a tensor" : "such a list")")
      }
      outputs.append(value)
    }
    return outputs
  }

  /// Returns a prepared frame.
  private func enter(_ function: ProgramFunction, depth: Int) throws(RuntimeError) -> Frame {
    guard depth < Interpreter.depthLimit else {
      throw .failedInstruction(.resourceExhausted, "function '\(function.name)' is called more than \(Interpreter.depthLimit) levels deep")
    }
    let registers = function.integerCount + function.poolCount + function.referenceCount
    guard liveRegisters + registers <= Interpreter.registerLimit else {
      throw .failedInstruction(.resourceExhausted, "function '\(function.name)' needs more registers than are left for nested calls")
    }
    liveRegisters += registers
    while frames.count <= depth { frames.append(Frame()) }
    frames[depth].enter(function)
    return frames[depth]
  }

  /// Lets go of a frame.
  private func leave(_ function: ProgramFunction, _ frame: Frame) {
    liveRegisters -= function.integerCount + function.poolCount + function.referenceCount
    frame.leave(function)
  }

  /// The strings of the session.
  var strings: StringPool {
    if let stringPool { return stringPool }
    let made = StringPool(module.description.strings)
    stringPool = made
    return made
  }

  /// Returns a buffer with arbitrary content.
  func buffer(_ byteCount: Int) throws(RuntimeError) -> Storage {
    // A loop that records without ever waiting must not pile up buffers.
    if retained.count >= Interpreter.retainedLimit { try complete() }
    let storage = try pool.take(byteCount)
    retained.append(storage)
    return storage
  }

  /// Runs the pending commands.
  func complete() throws(RuntimeError) {
    if !commands.isEmpty { try commands.submit() }
    retained.removeAll(keepingCapacity: true)
  }

  /// Returns an error that names the function.
  @inline(never) func fail(_ function: ProgramFunction, _ code: StatusCode, _ problem: String) -> RuntimeError {
    RuntimeError(code, "in function '\(function.name)': \(problem)", id: "failedInstruction")
  }

  /// Returns an error that only a wrong compiler causes.
  @inline(never) func fail(_ function: ProgramFunction, _ problem: String) -> RuntimeError {
    fail(function, .internalError, problem)
  }

  /// Runs `function` until it returns; the result tells where its return instruction lists what it gives.
  private func run(
    _ function: ProgramFunction, _ frame: Frame, depth: Int
  ) throws(RuntimeError) -> (integers: Int, references: Int) {
    let code = function.code
    let integers = frame.integers
    let references = frame.references
    var pc = 0
    /// Returns the operand word `index` words after the opcode.
    @inline(__always) func word(_ index: Int) -> Int { Int(code[pc + index]) }
    /// Returns the integer that an operand word names.
    @inline(__always) func value(_ index: Int) -> Int64 { integers[Int(code[pc + index])] }
    while true {
      switch unsafeBitCast(UInt8(truncatingIfNeeded: code[pc]), to: Opcode.self) {
      case .move:
        integers[word(1)] = value(2)
        pc += 3
      case .moveReference:
        references[word(1)] = references[word(2)]
        pc += 3
      case .integer:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: IntegerOperation.self)
        guard let result = operation.evaluate(value(3), value(4)) else {
          throw fail(function, .invalidArgument, "\(operation.name) of \(value(3)) by \(value(4))")
        }
        integers[word(2)] = result
        pc += 5
      case .compare:
        let predicate = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: IntegerPredicate.self)
        integers[word(2)] = predicate.evaluate(value(3), value(4)) ? 1 : 0
        pc += 5
      case .float:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatOperation.self)
        integers[word(2)] = bits(operation.evaluate(double(value(3)), double(value(4))))
        pc += 5
      case .compareFloat:
        let predicate = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatPredicate.self)
        integers[word(2)] = predicate.evaluate(double(value(3)), double(value(4))) ? 1 : 0
        pc += 5
      case .floatUnary:
        let operation = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: FloatUnaryOperation.self)
        integers[word(2)] = bits(operation.evaluate(double(value(3))))
        pc += 4
      case .convert:
        integers[word(2)] = unsafeBitCast(UInt8(truncatingIfNeeded: code[pc + 1]), to: Conversion.self).evaluate(value(3))
        pc += 4
      case .signExtend:
        let shift = Int64(64 - word(3))
        integers[word(1)] = (value(2) &<< shift) &>> shift
        pc += 4
      case .zeroExtend:
        let shift = UInt64(64 - word(3))
        integers[word(1)] = Int64(bitPattern: (UInt64(bitPattern: value(2)) &<< shift) &>> shift)
        pc += 4
      case .select:
        integers[word(1)] = value(2) != 0 ? value(3) : value(4)
        pc += 5
      case .branch:
        if interruption.load(ordering: .relaxed) { throw fail(function, .cancelled, "the call was interrupted") }
        pc = word(1)
      case .branchIf:
        if interruption.load(ordering: .relaxed) { throw fail(function, .cancelled, "the call was interrupted") }
        pc = value(1) != 0 ? word(2) : word(3)
      case .call:
        pc = try call(function, frame, pc, depth: depth)
      case .returnValues:
        return (pc + 2, pc + 3 + word(1))
      case .check:
        if value(1) == 0 { throw failedCheck(function, frame, pc) }
        pc += 4 + word(3)
      case .dimension:
        guard let type = references[word(2)].type, word(3) < type.shape.count else {
          throw fail(function, "a register is no tensor with \(word(3) + 1) dimensions")
        }
        integers[word(1)] = Int64(type.shape[word(3)])
        pc += 4
      case .byteCount:
        integers[word(1)] = Int64(references[word(2)].byteCount)
        pc += 3
      case .constant:
        references[word(1)] = constants[word(2)]
        pc += 3
      case .allocate:
        let byteCount = value(2)
        guard byteCount >= 0, byteCount <= 1 << 46 else { throw fail(function, .resourceExhausted, "a buffer of \(byteCount) bytes") }
        let storage = try buffer(Int(byteCount))
        references[word(1)] = Reference(storage: storage, offset: 0, byteCount: Int(byteCount), type: nil, isWritable: true)
        pc += 3
      case .slice:
        try slice(function, frame, pc)
        pc += 5
      case .plan:
        try plan(function, frame, pc)
        pc += 5 + 2 * word(4)
      case .tensor:
        try tensor(function, frame, pc)
        pc += 6 + word(5)
      case .load:
        try load(function, frame, pc)
        pc += 5
      case .store:
        try store(function, frame, pc)
        pc += 5
      case .copy:
        try copy(function, frame, pc)
        pc += 4
      case .fill:
        try fill(function, frame, pc)
        pc += 5
      case .dispatch:
        pc = try dispatch(function, frame, pc)
      case .barrier:
        commands.barrier()
        pc += 1
      case .submit:
        try complete()
        pc += 1
      case .list:
        references[word(1)] = try makeList(function, (0..<word(2)).map { references[word(3 + $0)] })
        pc += 3 + word(2)
      case .listCount:
        integers[word(1)] = Int64(try list(function, references[word(2)]).elements.count)
        pc += 3
      case .listElement:
        references[word(1)] = try element(function, references[word(2)], value(3))
        pc += 4
      case .listInsert:
        references[word(1)] = try inserting(function, references[word(4)], into: references[word(2)], at: value(3))
        pc += 5
      case .listErase:
        references[word(1)] = try erasing(function, from: references[word(2)], at: value(3))
        pc += 4
      case .checkTensor:
        try checkTensor(function, frame, pc)
        pc += 4 + word(3)
      case .strings:
        pc = try strings(function, frame, pc)
      }
    }
  }

  /// Records a dispatch; returns the next instruction.
  @inline(__always) private func dispatch(_ function: ProgramFunction, _ frame: Frame, _ start: Int) throws(RuntimeError) -> Int {
    let code = function.code
    let integers = frame.integers
    let workgroups = integers[Int(code[start + 2])]
    guard workgroups >= 0 else { throw fail(function, "a dispatch of \(workgroups) workgroups") }
    let constantCount = Int(code[start + 3])
    var pc = start + 4
    for index in 0..<constantCount { constantScratch[index] = integers[Int(code[pc + index])] }
    pc += constantCount
    let bindingCount = Int(code[pc])
    pc += 1
    for index in 0..<bindingCount {
      let register = Int(code[pc])
      let offset = integers[Int(code[pc + 1])]
      let byteCount = integers[Int(code[pc + 2])]
      let available = frame.references[register].byteCount
      guard let storage = frame.references[register].storage, offset >= 0, byteCount >= 0, offset <= available,
        byteCount <= Int64(available) - offset
      else {
        throw fail(
          function, .outOfRange,
          "binding \(index) of dispatch site \(code[start + 1]) is bytes \(offset)..<\(offset &+ byteCount) of a buffer of \(available)")
      }
      bindingScratch[index] = UnsafeRawPointer(storage.base + frame.references[register].offset + Int(offset))
      pc += 3
    }
    if workgroups > 0 {
      let observed = observer == nil ? nil : try willDispatch(function, frame, start)
      try commands.dispatch(
        site: Int(code[start + 1]), workgroups: Int(min(workgroups, Int64(Int32.max))),
        constants: UnsafeBufferPointer(start: constantScratch, count: constantCount),
        bindings: UnsafeBufferPointer(start: bindingScratch, count: bindingCount))
      if let observed { try didDispatch(observed) }
    }
    return pc
  }

  /// Calls another function; returns the next instruction.
  private func call(_ function: ProgramFunction, _ frame: Frame, _ start: Int, depth: Int) throws(RuntimeError) -> Int {
    let code = function.code
    let callee = module.program.functions[Int(code[start + 1])]
    let inner = try enter(callee, depth: depth + 1)
    defer { leave(callee, inner) }
    var pc = start + 2
    for index in 0..<Int(code[pc]) { inner.integers[index] = frame.integers[Int(code[pc + 1 + index])] }
    pc += 1 + Int(code[pc])
    for index in 0..<Int(code[pc]) { inner.references[index] = frame.references[Int(code[pc + 1 + index])] }
    pc += 1 + Int(code[pc])
    let result = try run(callee, inner, depth: depth + 1)
    for index in 0..<Int(code[pc]) {
      frame.integers[Int(code[pc + 1 + index])] = inner.integers[Int(callee.code[result.integers + index])]
    }
    pc += 1 + Int(code[pc])
    for index in 0..<Int(code[pc]) {
      frame.references[Int(code[pc + 1 + index])] = inner.references[Int(callee.code[result.references + index])]
    }
    return pc + 1 + Int(code[pc])
  }
}

/// Returns the number whose bits are in an integer register.
@inline(__always) private func double(_ bits: Int64) -> Double { Double(bitPattern: UInt64(bitPattern: bits)) }

/// Returns the bits of a number for an integer register.
@inline(__always) private func bits(_ number: Double) -> Int64 { Int64(bitPattern: number.bitPattern) }
