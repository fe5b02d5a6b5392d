import TesseraModuleFormat
import TesseraRuntime

/// Commands for a Vulkan device, recorded by the driver at once.
final class VulkanCommandList: CommandList {
  /// A kernel with what the list needs to know about its site.
  private struct Site {
    let kernel: VulkanExecutable.Kernel
    let scratch: ScratchSize
  }

  private let memory: VulkanMemories
  private let module: ModuleDescription
  /// The dispatch sites; `nil` for those of other devices.
  private let sites: [Site?]
  /// Keeps the pipelines.
  private let executables: [(any Executable)?]
  private let timeline: VulkanTimeline
  /// Where submissions wait for other devices; `nil` where this one is alone.
  private let queue: WorkQueue?
  private var recording: VulkanRecording
  private var timing: DispatchTiming?
  private var lane: TraceLane?
  /// `true` iff each dispatch has a time of its own: then one runs after the other.
  private var isTimed: Bool { timing != nil || lane != nil }
  /// What could not be recorded, told by `submit`: copies and fills report nothing.
  private var failure: RuntimeError?

  /// The most scratch memory of a dispatch: fewer invocations share it, each with more work.
  private static let scratchLimit = 256 << 20

  /// Creates an empty list for the sites of a module.
  init(
    _ memory: VulkanMemories, module: ModuleDescription, executables: [(any Executable)?], interruption: Interruption, isConcurrent: Bool
  ) throws(RuntimeError) {
    (self.memory, self.module, self.executables) = (memory, module, executables)
    var sites: [Site?] = []
    for site in module.dispatchSites {
      guard let given = executables[site.executable] else {
        sites.append(nil)
        continue
      }
      guard let executable = given as? VulkanExecutable else {
        throw RuntimeError(.internalError, "an executable of another device", id: "makeCommandList")
      }
      let entry = module.executables[site.executable].entries[site.entry]
      sites.append(Site(kernel: executable.kernels[site.entry], scratch: entry.scratch))
    }
    self.sites = sites
    timeline = try VulkanTimeline(memory.context, module: module, interruption: interruption)
    queue = isConcurrent ? WorkQueue() : nil
    recording = try VulkanRecording(memory)
  }

  deinit { queue?.stop() }

  func setTiming(_ timing: DispatchTiming?) { self.timing = timing }

  func setTrace(_ lane: TraceLane?) { self.lane = lane }

  func dispatch(
    site number: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UInt64>,
    byteCounts: UnsafeBufferPointer<Int>
  ) throws(RuntimeError) {
    precondition(workgroups > 0, "a dispatch of no workgroups")
    guard let site = sites[number] else {
      throw RuntimeError(.internalError, "a dispatch of another device's kernel", id: "foreignDispatch")
    }
    let description = module.dispatchSites[number]
    guard let needed = site.scratch.byteCount(constants: constants), needed <= 1 << 40 else {
      throw .outOfMemory(.max, for: description.sourceOperators)
    }
    let stride = (needed + 63) / 64 * 64
    var count = min(workgroups, memory.context.workgroupLimit * site.kernel.workgroupSize)
    if stride > 0 { count = min(count, max(1, Self.scratchLimit / stride)) }
    if let timing {
      timing.addWork(site: number, flops: description.flops(constants: constants), bytes: description.bytes(constants: constants))
    }
    do throws(RuntimeError) {
      try recording.dispatch(
        site.kernel, site: number, count: count, stride: stride, bindings: bindings, constants: constants, isTimed: isTimed)
    } catch {
      throw error.code == .resourceExhausted ? .outOfMemory(stride * count, for: description.sourceOperators) : error
    }
    if isTimed, recording.timedSites.count == VulkanRecording.timedLimit { _ = try submit(after: []) }
  }

  func copy(from: UInt64, to: UInt64, byteCount: Int) {
    record { () throws(RuntimeError) in
      try recording.copy(from: memory.find(from), to: memory.find(to), byteCount: byteCount)
    }
  }

  func fill(_ to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int) {
    record { () throws(RuntimeError) in
      try recording.fill(memory.find(to), pattern: pattern, patternByteCount: patternByteCount, byteCount: byteCount)
    }
  }

  /// Records what cannot throw; the error is kept for the submission.
  private func record(_ body: () throws(RuntimeError) -> Void) {
    if isTimed { recording.barrier() }
    do throws(RuntimeError) { try body() } catch { failure = failure ?? error }
  }

  func barrier() { recording.barrier() }

  func submit(after points: [Timepoint]) throws(RuntimeError) -> Timepoint {
    if let error = failure {
      failure = nil
      recording.clear()
      throw error
    }
    guard let queue else {
      do throws(RuntimeError) { for point in points { try point.wait() } } catch {
        recording.clear()
        throw error
      }
      guard recording.hasCommands else { return try timeline.last() }
      let submitted = try takeRecording()
      return try timeline.submit(submitted, timing: timing, lane)
    }
    guard recording.hasCommands else { return queue.run(after: points) { () throws(RuntimeError) in } }
    let submitted = try takeRecording()
    return queue.run(after: points) { [timeline, timing, lane] () throws(RuntimeError) in
      try timeline.submit(submitted, timing: timing, lane).wait()
    }
  }

  /// Closes what was recorded, and begins anew.
  private func takeRecording() throws(RuntimeError) -> VulkanRecording {
    let next = if let free = timeline.takeFree() { free } else { try VulkanRecording(memory) }
    let closed = recording
    recording = next
    try closed.close()
    return closed
  }

  func endCall() {
    recording.clear()
    failure = nil
  }
}
