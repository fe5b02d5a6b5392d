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
  let bindingScratch: UnsafeMutablePointer<UnsafeRawPointer?>
  let constantScratch: UnsafeMutablePointer<Int64>
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
  func enter(_ function: ProgramFunction, depth: Int) throws(RuntimeError) -> Frame {
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
  func leave(_ function: ProgramFunction, _ frame: Frame) {
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
}
