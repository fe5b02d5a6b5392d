import Dispatch
import Foundation
import Synchronization
import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime

/// A CPU that is used as a machine of its own: the host reaches none of its memory, its addresses are no pointers, and submissions run
/// later, on another thread. What works here relies on nothing but the contract of devices.
final class RemoteDevice: Device {
  let name = "cpu"
  var callThreads: CallThreads { base.callThreads }
  fileprivate let base: CPUDevice
  /// The sizes of the buffers that are there, by their addresses.
  private let buffers = Mutex<[UInt64: Int]>([:])
  /// Addresses are those of the CPU plus this: no program has memory there.
  private static let shift: UInt64 = 1 << 62
  /// `true` once the machine does not answer any more.
  private let isLost = Atomic(false)
  /// How many buffers are there.
  var bufferCount: Int { buffers.withLock { $0.count } }

  /// Creates a device that computes with so many threads.
  init(threads: Int) { base = CPUDevice(threads: threads) }

  /// Lets the machine go: all that is asked of it from now on fails, and what runs does.
  func lose() { isLost.store(true, ordering: .relaxed) }

  /// Errors: the machine is gone.
  fileprivate func requirePresent() throws(RuntimeError) {
    if isLost.load(ordering: .relaxed) { throw RuntimeError(.unavailable, "the remote device is lost", id: "deviceLost") }
  }

  func allocate(byteCount: Int) throws(RuntimeError) -> Storage {
    try requirePresent()
    let storage = try base.allocate(byteCount: byteCount)
    let address = storage.address + Self.shift
    buffers.withLock { $0[address] = byteCount }
    return Storage(address: address, byteCount: byteCount) { [self] in
      _ = buffers.withLock { $0.removeValue(forKey: address) }
      withExtendedLifetime(storage) {}
    }
  }

  func read(_ address: UInt64, into bytes: UnsafeMutableRawBufferPointer) throws(RuntimeError) {
    try requirePresent()
    try base.read(local(address, bytes.count), into: bytes)
  }

  func write(_ bytes: UnsafeRawBufferPointer, to address: UInt64) throws(RuntimeError) {
    try requirePresent()
    try base.write(bytes, to: local(address, bytes.count))
  }

  func load(_ executable: ExecutableDescription) throws(RuntimeError) -> any Executable { try base.load(executable) }

  func makeCommandList(
    module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) -> any CommandList {
    let list = try base.makeCommandList(module: module, executables: executables, interruption: interruption, isConcurrent: isConcurrent)
    return RemoteCommandList(device: self, base: list)
  }

  /// Returns the CPU's address of bytes. Errors: they lie in no buffer.
  fileprivate func local(_ address: UInt64, _ byteCount: Int = 0) throws(RuntimeError) -> UInt64 {
    let isInside = buffers.withLock {
      $0.contains { start, size in
        address >= start && address - start <= UInt64(size) && UInt64(byteCount) <= UInt64(size) - (address - start)
      }
    }
    guard isInside else { throw RuntimeError(.internalError, "\(byteCount) bytes at \(address) are not in a buffer") }
    return address - Self.shift
  }
}

/// Commands that are kept until they are submitted, and then run on a queue.
private final class RemoteCommandList: CommandList {
  private enum Recorded: Sendable {
    case timing(DispatchTiming?)
    case trace(TraceLane?)
    case dispatch(site: Int, workgroups: Int, constants: [Int64], bindings: [UInt64], byteCounts: [Int])
    case copy(from: UInt64, to: UInt64, byteCount: Int)
    case fill(to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int)
    case barrier
  }

  private let base: RemoteQueue
  private var recorded: [Recorded] = []

  init(device: RemoteDevice, base: any CommandList) { self.base = RemoteQueue(device: device, base: base) }

  func setTiming(_ timing: DispatchTiming?) { recorded.append(.timing(timing)) }

  func setTrace(_ lane: TraceLane?) { recorded.append(.trace(lane)) }

  func dispatch(
    site: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UInt64>,
    byteCounts: UnsafeBufferPointer<Int>
  ) throws(RuntimeError) {
    recorded.append(
      .dispatch(
        site: site, workgroups: workgroups, constants: Array(constants), bindings: Array(bindings), byteCounts: Array(byteCounts)))
  }

  func copy(from: UInt64, to: UInt64, byteCount: Int) { recorded.append(.copy(from: from, to: to, byteCount: byteCount)) }

  func fill(_ to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int) {
    recorded.append(.fill(to: to, pattern: pattern, patternByteCount: patternByteCount, byteCount: byteCount))
  }

  func barrier() { recorded.append(.barrier) }

  func submit(after points: [Timepoint]) throws(RuntimeError) -> Timepoint {
    defer { recorded = [] }
    return base.run(recorded, after: points)
  }

  func endCall() {
    recorded = []
    base.endCall()
  }

  /// The list of the CPU, which only the queue uses.
  private final class RemoteQueue: @unchecked Sendable {
    private let device: RemoteDevice
    private let base: any CommandList
    private let timeline = RemoteTimeline()
    private let queue = DispatchQueue(label: "remote")
    private var submissionCount: UInt64 = 0

    init(device: RemoteDevice, base: any CommandList) {
      self.device = device
      self.base = base
    }

    func endCall() { queue.sync { base.endCall() } }

    func run(_ commands: [Recorded], after points: [Timepoint]) -> Timepoint {
      submissionCount += 1
      let number = submissionCount
      queue.async { [self] in
        do throws(RuntimeError) {
          for point in points { try point.wait() }
          try device.requirePresent()
          for command in commands { try record(command) }
          try base.submit(after: []).wait()
          timeline.reach(number, nil)
        } catch {
          base.endCall()
          timeline.reach(number, error)
        }
      }
      return Timepoint(timeline, number)
    }

    private func record(_ command: Recorded) throws(RuntimeError) {
      switch command {
      case .timing(let timing): base.setTiming(timing)
      case .trace(let lane): base.setTrace(lane)
      case .barrier: base.barrier()
      case .copy(let from, let to, let byteCount):
        base.copy(from: try device.local(from, byteCount), to: try device.local(to, byteCount), byteCount: byteCount)
      case .fill(let to, let pattern, let patternByteCount, let byteCount):
        base.fill(try device.local(to, byteCount), pattern: pattern, patternByteCount: patternByteCount, byteCount: byteCount)
      case .dispatch(let site, let workgroups, let constants, let bindings, let byteCounts):
        var addresses: [UInt64] = []
        for binding in bindings { addresses.append(try device.local(binding)) }
        let result = constants.withUnsafeBufferPointer { constants in
          addresses.withUnsafeBufferPointer { addresses -> Result<Void, RuntimeError> in
            do throws(RuntimeError) {
              try byteCounts.withUnsafeBufferPointer { (byteCounts) throws(RuntimeError) in
                try base.dispatch(site: site, workgroups: workgroups, constants: constants, bindings: addresses, byteCounts: byteCounts)
              }
              return .success(())
            } catch { return .failure(error) }
          }
        }
        try result.get()
      }
    }
  }
}

/// The submissions that have run.
private final class RemoteTimeline: Timeline, @unchecked Sendable {
  private let condition = NSCondition()
  private var reached: UInt64 = 0
  private var failures: [UInt64: RuntimeError] = [:]

  var value: UInt64 { condition.withLock { reached } }

  func reach(_ value: UInt64, _ failure: RuntimeError?) {
    condition.withLock {
      reached = value
      failures[value] = failure
      condition.broadcast()
    }
  }

  func wait(for value: UInt64) throws(RuntimeError) {
    let failure = condition.withLock {
      while reached < value { condition.wait() }
      return failures[value]
    }
    if let failure { throw failure }
  }
}
