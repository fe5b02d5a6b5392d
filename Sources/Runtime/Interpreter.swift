import TesseraModuleFormat

/// Runs the host program for one call after the other.
///
/// Requires: the module is verified, so register, function, site and string indices are in range. What depends on values
/// (bounds of views, shapes, divisors, depth) is checked here.
///
/// A value, which a lock guards as a whole: accesses to its parts need no checks at run time, as those to an object's would.
struct Interpreter: ~Copyable {
  /// The program.
  let program: Program
  /// The commands and the buffers, by device.
  var streams: Streams
  /// The device of each dispatch site.
  let siteDevices: UnsafeMutablePointer<UInt8>
  /// References to the constants by device, made once; not set where a device does not read them.
  let constants: [[Reference]]
  /// Ends the running call.
  let interruption: Interruption
  /// The registers of the functions that run.
  var frames = FrameStack()
  /// The last result of each `plan` and `tensor` instruction.
  var slots: [Slot]
  /// The strings, once there are any.
  private var stringPool: StringPool?
  /// The last patterns that strings were matched with.
  var patterns: [[UInt8]: Pattern] = [:]
  /// The bindings, their lengths, and the constants of the dispatch that is being recorded.
  let bindingScratch: UnsafeMutablePointer<UInt64>
  let byteCountScratch: UnsafeMutablePointer<Int>
  let constantScratch: UnsafeMutablePointer<Int64>
  /// The number of allocations after which the pending commands are completed, so that buffers can be used again.
  private static let pendingLimit = 512
  /// The observer of the dispatches of the running call.
  private(set) var observer: (any DispatchObserver)?
  /// `true` iff the dispatches of the last call were timed.
  private(set) var isTimed = false
  /// `true` iff the last call was traced.
  private var isTraced = false

  /// The last result of an instruction.
  struct Slot {
    /// The sizes of a plan.
    var sizes: [Int] = []
    /// The offsets of a plan.
    var offsets: [Int] = []
    /// The total of a plan.
    var total = 0
    /// The type of a tensor.
    var type: TensorType?
    /// The bytes of that tensor.
    var byteCount = 0
  }

  /// Creates an interpreter of `program` that records into `streams`, has `constants` for each device, and ends calls where `interruption` asks for it.
  init(_ program: Program, streams: [Stream], constants: [[Storage?]], interruption: Interruption) {
    self.program = program
    self.streams = Streams(streams)
    self.interruption = interruption
    slots = Array(repeating: Slot(), count: program.slotCount)
    self.constants = constants.enumerated().map { device, constants in
      constants.map { storage in
        guard let storage else { return .unset }
        return Reference(
          storage: Storage(sharing: storage), offset: 0, byteCount: storage.byteCount, type: nil, device: UInt8(truncatingIfNeeded: device))
      }
    }
    let sites = program.description.dispatchSites
    siteDevices = .allocate(capacity: max(sites.count, 1))
    for (index, site) in sites.enumerated() {
      (siteDevices + index).initialize(to: UInt8(truncatingIfNeeded: program.description.executables[site.executable].device))
    }
    bindingScratch = .allocate(capacity: max(program.bindingLimit, 1))
    bindingScratch.initialize(repeating: 0, count: max(program.bindingLimit, 1))
    byteCountScratch = .allocate(capacity: max(program.bindingLimit, 1))
    byteCountScratch.initialize(repeating: 0, count: max(program.bindingLimit, 1))
    constantScratch = .allocate(capacity: max(program.constantLimit, 1))
    constantScratch.initialize(repeating: 0, count: max(program.constantLimit, 1))
  }

  deinit {
    bindingScratch.deallocate()
    byteCountScratch.deallocate()
    constantScratch.deallocate()
    siteDevices.deallocate()
  }

  /// Calls an exported function with inputs that were checked. Errors: what goes wrong in it, or an output that is no such value.
  mutating func call<Value: CallValue>(
    _ function: ProgramFunction, _ inputs: [Value], _ options: CallOptions
  ) throws(RuntimeError) -> [Value] {
    observer = options.observer
    if options.timing != nil || isTimed {
      for device in 0..<streams.count { streams[device].commands.setTiming(options.timing) }
      isTimed = options.timing != nil
    }
    let number = options.trace != nil || isTraced ? beginTrace(options.trace) : 0, begin = options.trace == nil ? 0 : Trace.now
    defer { if let trace = options.trace { trace.add { _ in .init(.call, thread: 0, call: number, begin: begin, end: Trace.now) } } }
    let frame = try frames.enter(function, depth: 0)
    defer {
      frames.leave(function, frame)
      streams.endCall()
      stringPool?.endCall()
    }
    for register in inputs.indices { frame.references[register] = try reference(to: inputs[register].value) }
    var result = try run(function, frame, depth: 0)
    try complete()
    _ = result.values()
    let returned = result.referenceList()
    let depths = function.signature.outputDepths
    var outputs: [Value] = []
    outputs.reserveCapacity(depths.count)
    for position in depths.indices {
      guard let value = try value(of: &returned[position], depth: depths[position]) else {
        throw function.fail("output \(position) is not \(depths[position] == 0 ? "a tensor" : "such a list")")
      }
      guard let output = Value(value) else { throw .listOutput(function.name) }
      outputs.append(output)
    }
    return outputs
  }

  /// Lets the devices add to a trace, or to none; returns the number of the call in it.
  @inline(never) private mutating func beginTrace(_ trace: Trace?) -> Int {
    isTraced = trace != nil
    let number = trace?.beginCall() ?? 0
    for device in 0..<streams.count {
      streams[device].commands.setTrace(trace.map { TraceLane($0, call: number, device: device) })
    }
    streams.trace = trace.map { TraceLane($0, call: number, device: 0) }
    return number
  }

  /// The strings of the call.
  var strings: StringPool {
    mutating get {
      if let stringPool { return stringPool }
      let made = StringPool(program.description.strings)
      stringPool = made
      return made
    }
  }

  /// Returns a buffer of a device with arbitrary content.
  mutating func buffer(_ byteCount: Int, device: Int = 0) throws(RuntimeError) -> Storage {
    // A loop that records without ever waiting must not pile up buffers.
    if streams[device].pool.pendingCount >= Interpreter.pendingLimit { try complete() }
    return try streams[device].pool.take(byteCount)
  }

  /// Runs the pending commands.
  @inline(__always) mutating func complete() throws(RuntimeError) { try streams.complete() }
}
