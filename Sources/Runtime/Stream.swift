/// The commands and the buffers of a call on one device.
struct Stream {
  /// The device.
  let device: any Device
  /// The commands that are recorded.
  let commands: any CommandList
  /// Buffers for `allocate`.
  var pool: StoragePool
  /// `true` iff something was recorded that is not submitted.
  var hasCommands = false
  /// What must be reached before the recorded commands run.
  var waits: [Timepoint] = []
  /// The moment when all that was submitted since the last completion has run, if anything was.
  var last: Timepoint?

  /// Creates the stream of a device that records into `commands`.
  init(_ device: any Device, _ commands: any CommandList) {
    self.device = device
    self.commands = commands
    pool = StoragePool(device)
  }
}

/// The streams of a call, one for each device of the module, in the order of its table.
///
/// The host program records in its own order. What one device makes for another orders the two: the transfer submits what the first has recorded, and
/// what the second records afterwards waits for it. All else runs at the same time, and the host waits only where it reads.
struct Streams: ~Copyable {
  /// The streams.
  private let base: UnsafeMutablePointer<Stream>
  /// The number of devices.
  let count: Int
  /// The moments of all submissions since the last completion, where there are several devices.
  private var points: [Timepoint] = []
  /// Where copies between memories run that no device does by itself.
  private var copies: WorkQueue?
  /// The trace of the call, if there is one.
  var trace: TraceLane?

  /// Creates the streams; there is at least one.
  init(_ streams: [Stream]) {
    count = streams.count
    base = .allocate(capacity: streams.count)
    base.initialize(from: streams, count: streams.count)
  }

  deinit {
    copies?.stop()
    base.deinitialize(count: count)
    base.deallocate()
  }

  /// The stream of a device.
  subscript(_ device: Int) -> Stream {
    unsafeAddress { UnsafePointer(base + device) }
    nonmutating unsafeMutableAddress { base + device }
  }

  /// Runs the pending commands of all devices, and waits for them. Errors: that of the first submission that failed; all have ended then, too.
  mutating func complete() throws(RuntimeError) {
    if count == 1 {
      base.pointee.hasCommands = false
      try base.pointee.commands.submit(after: []).wait()
      base.pointee.pool.endRound()
    } else {
      try completeAll()
    }
  }

  @inline(never) private mutating func completeAll() throws(RuntimeError) {
    var failure: RuntimeError?
    for device in 0..<count { do throws(RuntimeError) { try submit(device) } catch { failure = failure ?? error } }
    if let error = wait() { failure = failure ?? error }
    if let failure { throw failure }
    for device in 0..<count { base[device].pool.endRound() }
  }

  /// Waits for all that was submitted; returns the error of the first submission that failed.
  private mutating func wait() -> RuntimeError? {
    var failure: RuntimeError?
    for point in points { do throws(RuntimeError) { try point.wait() } catch { failure = failure ?? error } }
    points.removeAll(keepingCapacity: true)
    for device in 0..<count {
      base[device].waits.removeAll(keepingCapacity: true)
      base[device].last = nil
    }
    return failure
  }

  /// Submits what a device has recorded, if anything.
  private mutating func submit(_ device: Int) throws(RuntimeError) {
    guard base[device].hasCommands else { return }
    base[device].hasCommands = false
    let point = try base[device].commands.submit(after: base[device].waits)
    points.append(point)
    base[device].last = point
    base[device].waits.removeAll(keepingCapacity: true)
  }

  /// Returns memory of the device `target` with the bytes of `source`, in use by commands of the device that it stands on: the same memory where both
  /// can use it, else a copy. What `target` records from now on finds them there.
  mutating func transfer(_ source: Reference, _ storage: Storage, to target: Int) throws(RuntimeError) -> Reference {
    let origin = Int(source.device)
    if origin == target { return source }
    // What is recorded need not wait.
    try submit(target)
    try submit(origin)
    var result = source
    result.device = UInt8(truncatingIfNeeded: target)
    result.isWritable = false
    if base[target].device.reaches(storage), (storage.address &+ UInt64(source.offset)) & 63 == 0 {
      // The source's device may have submitted what makes the bytes long before: its last moment, not the last of all.
      if let made = base[origin].last { base[target].waits.append(made) }
      // Nor has it anything to do with bytes that it only hands on: what it would wait for, the target waits for.
      base[target].waits += base[origin].waits
      return result
    }
    let copy = try base[target].pool.take(source.byteCount)
    (result.storage, result.offset) = (copy, 0)
    if source.byteCount > 0 {
      let work = HostCopy(of: source, storage, on: base[origin].device, to: copy, on: base[target].device)
      let moment = queue().run(after: points) { [trace] () throws(RuntimeError) in
        let begin = trace == nil ? 0 : Trace.now
        try work.run()
        guard let trace else { return }
        trace.trace.add { _ in
          .init(.transfer, device: target, call: trace.call, site: origin, amount: work.byteCount, begin: begin, end: Trace.now)
        }
      }
      points.append(moment)
      // The origin's buffer is read meanwhile.
      base[origin].waits.append(moment)
      base[target].waits.append(moment)
    }
    return result
  }

  private mutating func queue() -> WorkQueue {
    if let copies { return copies }
    let queue = WorkQueue()
    copies = queue
    return queue
  }

  /// Notes the end of a call, which may have failed with commands pending.
  mutating func endCall() {
    if count > 1 { _ = wait() }
    for device in 0..<count {
      base[device].hasCommands = false
      base[device].commands.endCall()
      base[device].pool.endCall()
    }
  }
}

/// A copy from the memory of one device to that of another, by the host.
private struct HostCopy: Sendable {
  private let source: Storage
  private let offset: Int
  let byteCount: Int
  private let target: Storage
  private let origin: any Device
  private let device: any Device

  init(of source: Reference, _ storage: Storage, on origin: any Device, to target: Storage, on device: any Device) {
    (self.source, offset, byteCount) = (storage, source.offset, source.byteCount)
    (self.target, self.origin, self.device) = (target, origin, device)
  }

  /// Copies the bytes, over memory of the host where neither device's is.
  func run() throws(RuntimeError) {
    let address = source.address &+ UInt64(offset)
    if let pointer = target.hostPointer {
      try origin.read(address, into: UnsafeMutableRawBufferPointer(start: pointer, count: byteCount))
    } else if let pointer = source.hostPointer {
      try device.write(UnsafeRawBufferPointer(start: pointer + offset, count: byteCount), to: target.address)
    } else {
      let staged = try Storage(byteCount: byteCount)
      let bytes = UnsafeMutableRawBufferPointer(start: staged.hostPointer, count: byteCount)
      try origin.read(address, into: bytes)
      try device.write(UnsafeRawBufferPointer(bytes), to: target.address)
    }
  }
}
