/// The registers of a running function; they belong to the stack that made them.
struct Frame {
  /// The integer registers, then the immediates of the function.
  fileprivate(set) var integers: UnsafeMutablePointer<Int64>
  /// The reference registers.
  fileprivate(set) var references: UnsafeMutablePointer<Reference>
  /// The capacity in integers.
  fileprivate var integerCapacity: Int
  /// The capacity in references; all are initialized.
  fileprivate var referenceCapacity: Int

  /// Allocates registers.
  fileprivate init(integerCapacity: Int, referenceCapacity: Int) {
    self.integerCapacity = integerCapacity
    self.referenceCapacity = referenceCapacity
    integers = .allocate(capacity: integerCapacity)
    references = .allocate(capacity: referenceCapacity)
    references.initialize(repeating: .unset, count: referenceCapacity)
  }

  /// Frees the registers.
  fileprivate func deallocate() {
    integers.deallocate()
    references.deinitialize(count: referenceCapacity)
    references.deallocate()
  }
}

/// The frames of the functions that run, by depth. Those that ended are kept for the next call at the same depth.
struct FrameStack: ~Copyable {
  /// The frames.
  private var frames: [Frame] = []
  /// The registers of all running functions.
  private var liveRegisters = 0
  /// The deepest nesting of calls.
  private static let depthLimit = 200
  /// The most registers of all running functions together.
  private static let registerLimit = 4 << 20

  deinit {
    for frame in frames { frame.deallocate() }
  }

  /// Returns a frame for `function`: integers are zero, references unset. Errors: too many levels, too many registers.
  mutating func enter(_ function: ProgramFunction, depth: Int) throws(RuntimeError) -> Frame {
    guard depth < FrameStack.depthLimit, liveRegisters + function.registerCount <= FrameStack.registerLimit else {
      throw exhausted(function, depth: depth)
    }
    liveRegisters += function.registerCount
    while frames.count <= depth { frames.append(Frame(integerCapacity: 1, referenceCapacity: 1)) }
    let integerCount = function.integerCount + function.poolCount
    var frame = frames[depth]
    if integerCount > frame.integerCapacity || function.referenceCount > frame.referenceCapacity {
      frame.deallocate()
      frame = Frame(
        integerCapacity: max(integerCount, frame.integerCapacity),
        referenceCapacity: max(function.referenceCount, frame.referenceCapacity))
      frames[depth] = frame
    }
    frame.integers.update(repeating: 0, count: function.integerCount)
    (frame.integers + function.integerCount).update(from: function.pool, count: function.poolCount)
    return frame
  }

  /// Lets go of the references of `function`, whose frame this is.
  mutating func leave(_ function: ProgramFunction, _ frame: Frame) {
    liveRegisters -= function.registerCount
    for index in 0..<function.referenceCount where frame.references[index].isSet { frame.references[index] = .unset }
  }

  /// Returns the error of a call that cannot be entered.
  @inline(never) private func exhausted(_ function: ProgramFunction, depth: Int) -> RuntimeError {
    .failedInstruction(
      .resourceExhausted,
      depth < FrameStack.depthLimit
        ? "function '\(function.name)' needs more registers than are left for nested calls"
        : "function '\(function.name)' is called more than \(FrameStack.depthLimit) levels deep")
  }
}
