import Synchronization
import TesseraCVulkan
import TesseraModuleFormat
import TesseraRuntime

/// The submissions of a command list, on a timeline semaphore, with what became of them.
final class VulkanTimeline: Timeline {
  /// A submission that may still run.
  private struct Pending {
    let value: UInt64
    /// `nil` for one of no commands.
    let recording: VulkanRecording?
    let timing: DispatchTiming?
    /// The trace, and when the submission was handed over.
    let lane: TraceLane?
    var begin: UInt64 = 0
  }

  /// What the mutex guards.
  private struct State {
    var count: UInt64 = 0
    var pending: [Pending] = []
    /// Recordings that have run.
    var free: [VulkanRecording] = []
    /// Why submissions failed, by their values; the last ones.
    var failures: [UInt64: RuntimeError] = [:]
  }

  private let context: VulkanContext
  private let module: ModuleDescription
  private let interruption: Interruption
  private let semaphore: VkSemaphore
  private let state = Mutex(State())
  private static let failureLimit: UInt64 = 1024
  /// How long a wait takes before it looks whether the call is interrupted.
  private static let turn: UInt64 = 5_000_000
  /// The status that the host writes to end what is submitted.
  private static let interrupted = Int32.min

  init(_ context: VulkanContext, module: ModuleDescription, interruption: Interruption) throws(RuntimeError) {
    (self.context, self.module, self.interruption) = (context, module, interruption)
    semaphore = try context.makeSemaphore()
  }

  deinit {
    let last = state.withLock { $0.count }
    // The driver may not lose what it still runs.
    if (try? context.wait(semaphore, for: last, nanoseconds: .max)) == nil { _ = context.vk.waitIdle(context.device) }
    context.vk.destroySemaphore(context.device, semaphore, nil)
  }

  /// The number of submissions that have run.
  var value: UInt64 {
    var value: UInt64 = 0
    guard context.vk.semaphoreValue(context.device, semaphore, &value) == 0 else { return state.withLock { $0.count } }
    return value
  }

  /// Submits a recording, which is closed; returns the moment when it has run.
  func submit(_ recording: VulkanRecording, timing: DispatchTiming?, _ lane: TraceLane?) throws(RuntimeError) -> Timepoint {
    if interruption.isRequested {
      state.withLock { $0.free.append(recording) }
      throw .interrupted
    }
    let result = state.withLock { state in
      Result { () throws(RuntimeError) in
        let begin = lane == nil ? 0 : Trace.now
        try context.submit(recording.commands, signaling: semaphore, value: state.count + 1)
        state.count += 1
        state.pending.append(Pending(value: state.count, recording: recording, timing: timing, lane: lane, begin: begin))
        return state.count
      }
    }
    return Timepoint(self, try result.get())
  }

  /// A moment when all that was submitted has run, or failed.
  func last() throws(RuntimeError) -> Timepoint {
    let result = state.withLock { state in
      Result { () throws(RuntimeError) -> UInt64 in
        if state.pending.isEmpty { return 0 }
        try context.submit(nil, signaling: semaphore, value: state.count + 1)
        state.count += 1
        state.pending.append(Pending(value: state.count, recording: nil, timing: nil, lane: nil))
        return state.count
      }
    }
    return Timepoint(self, try result.get())
  }

  /// Takes a recording that has run and can be recorded anew; `nil` where there is none.
  func takeFree() -> VulkanRecording? {
    collect(value)
    return state.withLock { $0.free.popLast() }
  }

  /// Waits until so many submissions have run. Errors: why the last of them failed, or that the device is lost.
  func wait(for value: UInt64) throws(RuntimeError) {
    while try !context.wait(semaphore, for: value, nanoseconds: Self.turn) {
      if interruption.isRequested { endPending() }
    }
    collect(value)
    if let failure = state.withLock({ $0.failures[value] }) { throw failure }
  }

  /// Lets all kernels that have not begun end at once: they look at the record of a failure first.
  private func endPending() {
    state.withLock { state in
      for recording in state.pending.compactMap(\.recording) {
        let status = recording.failure.pointer!.assumingMemoryBound(to: Int32.self)
        if status.pointee == 0 { status.pointee = Self.interrupted }
      }
    }
  }

  /// Notes what became of the submissions up to `value`, which have run.
  private func collect(_ value: UInt64) {
    state.withLock { state in
      while let first = state.pending.first, first.value <= value {
        state.pending.removeFirst()
        guard let recording = first.recording else { continue }
        var failure = error(recording)
        if failure == nil { do throws(RuntimeError) { try addTimes(of: first, recording) } catch { failure = error } }
        state.failures[first.value] = failure
        if first.value > Self.failureLimit { state.failures[first.value - Self.failureLimit] = nil }
        recording.clear()
        state.free.append(recording)
      }
    }
  }

  /// Adds the times of the dispatches of a submission that has run to its timing and to its trace.
  private func addTimes(of submission: Pending, _ recording: VulkanRecording) throws(RuntimeError) {
    guard submission.timing != nil || submission.lane != nil else { return }
    let runs = try recording.times()
    if let timing = submission.timing { for run in runs { timing.add(site: run.site, nanoseconds: run.end - run.begin) } }
    guard let lane = submission.lane else { return }
    // The device's clock has a zero of its own: its last moment is the host's at the latest.
    let end = Trace.now, shift = end &- (runs.last?.end ?? 0)
    lane.trace.add { _ in .init(.submission, device: lane.device, call: lane.call, amount: runs.count, begin: submission.begin, end: end) }
    lane.trace.add(count: runs.count) { index in
      let run = runs[index]
      return .init(
        .dispatch, device: lane.device, call: lane.call, site: run.site, amount: 1, begin: run.begin &+ shift, end: run.end &+ shift)
    }
  }

  /// The error that a kernel of a recording reported; `nil` where none did.
  private func error(_ recording: VulkanRecording) -> RuntimeError? {
    let record = UnsafeRawPointer(recording.failure.pointer!)
    let status = record.load(as: Int32.self), number = Int(record.load(fromByteOffset: 4, as: UInt32.self))
    if status == 0 { return nil }
    if status == Self.interrupted { return .interrupted }
    guard module.dispatchSites.indices.contains(number) else {
      return RuntimeError(.internalError, "a kernel reported a failure of dispatch site \(number), which is none", id: "failureRecord")
    }
    let site = module.dispatchSites[number], entry = module.executables[site.executable].entries[site.entry]
    let words = (0..<2).map { Int(record.loadUnaligned(fromByteOffset: 8 + 8 * $0, as: Int64.self)) }
    if status >= KernelFailure.firstAccess {
      return .failedAccess(
        entry.name, operators: site.sourceOperators, operand: Int(status - KernelFailure.firstAccess), byte: words[0], byteCount: words[1])
    }
    if status > 0, status & KernelFailure.withIndex != 0 {
      return .failedIndex(entry.name, operators: site.sourceOperators, index: words[0], size: words[1])
    }
    return .failedKernel(entry.name, operators: site.sourceOperators, status: status)
  }
}
