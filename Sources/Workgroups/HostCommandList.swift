import Synchronization
import TesseraModuleFormat
import TesseraRuntime

/// Commands recorded for threads of the host, of a device whose memory is the host's. Its arrays grow to what a call needs once, and are used
/// again.
package final class HostCommandList: CommandList {
  /// A kernel with what the list needs to know about its site.
  private struct Site {
    /// The function; `nil` for a site of another device.
    var kernel: HostKernel?
    /// The most workgroups that a dispatch is cut into.
    var ticketLimit: Int
    /// The scratch memory where it depends on sizes that come with the dispatch.
    var growingScratch: ScratchSize?
  }

  /// The module, for errors.
  private let module: ModuleDescription
  /// The dispatch sites.
  private let sites: [Site]
  /// Keeps what kernels need.
  private let owner: Any
  /// `true` iff kernels are given the byte counts of their bindings.
  private let recordsByteCounts: Bool
  /// The threads.
  private let pool: WorkerPool
  /// Asks to end what runs.
  private let interruption: Interruption
  /// The timing that dispatches are added to.
  private var timing: DispatchTiming?
  /// The trace of what runs, and what the threads note for it.
  private var lane: TraceLane?
  private var traces: ThreadTraces?

  /// The recorded commands, their buffers and their constants.
  private let commands = GrowingBuffer<Command>()
  private let bindings = GrowingBuffer<UInt64>()
  private let constants = GrowingBuffer<Int64>()
  /// The waves; the last one is still being recorded.
  private let waves = GrowingBuffer<Wave>()
  /// The counters of the waves, in use once submitted.
  private var counters: UnsafeMutablePointer<Atomic<Int>>
  private var counterCapacity = 0
  /// The first failure.
  private let failure: UnsafeMutablePointer<Atomic<Int>>
  /// Scratch memory of all threads.
  private var scratch: ScratchMemory
  /// A dispatch of fewer operations and bytes than this runs as one workgroup: sharing it costs a microsecond.
  private static let smallWork: Int64 = 20_000
  /// The work of a workgroup should be at least this: pulling one costs 50 ns where threads compete.
  private static let workgroupWork: Int64 = 50_000
  /// The workgroups for each thread that a dispatch is cut into at most: enough to even out threads of unequal speed.
  private static let workgroupsPerThread = 8
  /// The dispatch whose work is not known.
  private static let workgroupsPerThreadOfUnknownWork = 4
  /// Copies and fills are cut into parts of at least so many bytes.
  private static let copyPart = 128 << 10

  /// Creates an empty list, in which dispatches of site `i` of the module run `kernels[i]`, `nil` for those of other devices; `owner` keeps what those need.
  package init(
    module: ModuleDescription, kernels: [HostKernel?], owner: Any, recordsByteCounts: Bool, interruption: Interruption, pool: WorkerPool
  ) throws(RuntimeError) {
    self.module = module
    self.interruption = interruption
    self.owner = owner
    self.recordsByteCounts = recordsByteCounts
    self.pool = pool
    sites = zip(kernels, module.dispatchSites).map { kernel, site in
      Site(
        kernel: kernel, ticketLimit: Self.ticketLimit(site, threads: pool.threadCount),
        growingScratch: kernel.flatMap { $0.scratch.terms.isEmpty ? nil : $0.scratch })
    }
    scratch = try ScratchMemory(kernels.compactMap { $0?.scratch.byteCount }.max() ?? 0, threads: pool.threadCount)
    failure = .allocate(capacity: 2)
    for word in 0..<2 { (failure + word).initialize(to: Atomic(0)) }
    counters = .allocate(capacity: 1)
    waves.append(Wave(start: 0, end: 0, ticketCount: 0))
  }

  deinit {
    failure.deallocate()
    counters.deallocate()
  }

  /// Returns the most workgroups that a dispatch of `site` is cut into.
  private static func ticketLimit(_ site: DispatchSite, threads: Int) -> Int {
    let work = max(site.flops, site.bytes)
    if threads == 1 || (work > 0 && work < smallWork) { return 1 }
    if work <= 0 { return threads * workgroupsPerThreadOfUnknownWork }
    return max(threads, Int(min(work / workgroupWork, Int64(threads * workgroupsPerThread))))
  }

  /// Tells where the time goes.
  package func setTiming(_ timing: DispatchTiming?) { self.timing = timing }

  /// Tells what ran when.
  package func setTrace(_ lane: TraceLane?) { self.lane = lane }

  /// Records a dispatch.
  package func dispatch(
    site: Int, workgroups: Int, constants: UnsafeBufferPointer<Int64>, bindings: UnsafeBufferPointer<UInt64>,
    byteCounts: UnsafeBufferPointer<Int>
  ) throws(RuntimeError) {
    precondition(workgroups > 0, "a dispatch of no workgroups")
    guard let kernel = sites[site].kernel else {
      throw RuntimeError(.internalError, "a dispatch of another device's kernel", id: "foreignDispatch")
    }
    if let size = sites[site].growingScratch {
      let operators = module.dispatchSites[site].sourceOperators
      guard let needed = size.byteCount(constants: constants) else { throw .outOfMemory(.max, for: operators) }
      do throws(RuntimeError) { try scratch.reserve(needed) } catch { throw .outOfMemory(needed, for: operators) }
    }
    if let timing {
      let description = module.dispatchSites[site]
      timing.addWork(site: site, flops: description.flops(constants: constants), bytes: description.bytes(constants: constants))
    }
    record(kernel: kernel, site: site, tickets: min(workgroups, sites[site].ticketLimit))
    self.bindings.append(contentsOf: bindings)
    if recordsByteCounts { for byteCount in byteCounts { self.bindings.append(UInt64(byteCount)) } }
    self.constants.append(contentsOf: constants)
  }

  /// Records a copy.
  package func copy(from: UInt64, to: UInt64, byteCount: Int) {
    move(from: from, to: to, pattern: 0, patternByteCount: 0, byteCount: byteCount)
  }

  /// Records a fill.
  package func fill(_ to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int) {
    move(from: 0, to: to, pattern: pattern, patternByteCount: patternByteCount, byteCount: byteCount)
  }

  /// Records a copy or a fill.
  private func move(from: UInt64, to: UInt64, pattern: UInt64, patternByteCount: Int, byteCount: Int) {
    precondition(byteCount > 0, "a copy or fill of no bytes")
    let parts = max(1, min(byteCount / HostCommandList.copyPart, pool.threadCount))
    record(kernel: nil, site: -1, tickets: pool.threadCount == 1 ? 1 : parts)
    bindings.append(to)
    bindings.append(from)
    constants.append(Int64(byteCount))
    constants.append(Int64(bitPattern: pattern))
    constants.append(Int64(patternByteCount))
  }

  /// Appends a command to the last wave; its bindings and constants follow.
  @inline(__always) private func record(kernel: HostKernel?, site: Int, tickets: Int) {
    if timing != nil { barrier() }
    let wave = waves.base + (waves.count - 1)
    commands.append(
      Command(
        kernel: kernel?.function, context: kernel?.context, bindings: nil, constants: nil, bindingStart: bindings.count,
        constantStart: constants.count, site: site,
        firstTicket: wave.pointee.ticketCount, ticketCount: tickets))
    wave.pointee.ticketCount += tickets
    wave.pointee.end = commands.count
  }

  /// Begins a new wave, unless the last one is empty.
  package func barrier() {
    if waves.base[waves.count - 1].ticketCount > 0 {
      waves.append(Wave(start: commands.count, end: commands.count, ticketCount: 0))
    }
  }

  /// Ends a call.
  package func endCall() {
    clear()
    scratch.endCall()
  }

  /// Forgets what was recorded.
  private func clear() {
    commands.count = 0
    bindings.count = 0
    constants.count = 0
    waves.count = 0
    waves.append(Wave(start: 0, end: 0, ticketCount: 0))
  }

  /// Runs what was recorded, with the calling thread: all of it has run when this returns.
  package func submit(after points: [Timepoint]) throws(RuntimeError) -> Timepoint {
    if commands.count > 0 {
      defer { clear() }
      for point in points { try point.wait() }
      try run()
    } else {
      for point in points { try point.wait() }
    }
    return Timepoint(FinishedTimeline.shared, 0)
  }

  /// Runs what was recorded.
  private func run() throws(RuntimeError) {
    if waves.base[waves.count - 1].ticketCount == 0 { waves.count -= 1 }
    for index in 0..<commands.count {
      commands.base[index].bindings = bindings.base + commands.base[index].bindingStart
      commands.base[index].constants = constants.base + commands.base[index].constantStart
    }
    failure.pointee.store(0, ordering: .relaxed)
    let begin = lane == nil ? 0 : beginTrace()
    if let timing {
      for wave in 0..<waves.count {
        let start = monotonicNanoseconds()
        run(firstWave: wave, waveCount: 1)
        let site = commands.base[waves.base[wave].start].site
        if site >= 0 { timing.add(site: site, nanoseconds: monotonicNanoseconds() - start) }
      }
    } else {
      if pool.threadCount > 1 { joinSmallWaves() }
      run(firstWave: 0, waveCount: waves.count)
    }
    if let lane { endTrace(lane, begin) }
    let failed = failure.pointee.load(ordering: .relaxed)
    if failed != 0 { throw error(failed) }
  }

  /// Makes room for what the threads note; returns the time.
  @inline(never) private func beginTrace() -> UInt64 {
    if traces?.commandCount ?? 0 < commands.count {
      traces = ThreadTraces(threadCount: pool.threadCount, commandCount: commands.count)
    }
    return monotonicNanoseconds()
  }

  /// Hands over what ran since a time.
  @inline(never) private func endTrace(_ lane: TraceLane, _ begin: UInt64) {
    let end = monotonicNanoseconds(), count = commands.count
    lane.trace.add { _ in .init(.submission, device: lane.device, call: lane.call, amount: count, begin: begin, end: end) }
    traces?.move(to: lane, commands.base)
  }

  /// Joins waves of one ticket in a row into one, so that threads meet once rather than after each.
  private func joinSmallWaves() {
    var kept = 0
    for index in 0..<waves.count {
      let wave = waves.base[index]
      if kept > 0, wave.ticketCount == 1, waves.base[kept - 1].ticketCount == 1 {
        waves.base[kept - 1].end = wave.end
        waves.base[kept - 1].isSerial = true
      } else {
        waves.base[kept] = wave
        kept += 1
      }
    }
    waves.count = kept
  }

  /// Runs some of the waves.
  private func run(firstWave: Int, waveCount: Int) {
    // Waves of one ticket each leave nothing to share.
    let isSerial = pool.threadCount == 1 || (firstWave..<firstWave + waveCount).allSatisfy { waves.base[$0].ticketCount == 1 }
    if !isSerial { resetCounters(waveCount) }
    let job = Job(
      commands: commands.base, waves: waves.base + firstWave, waveCount: waveCount, counters: counters, shareCount: pool.threadCount,
      failure: failure, interruption: .passUnretained(interruption), scratch: scratch.base, scratchStride: scratch.stride,
      traces: lane == nil ? nil : traces?.base)
    if isSerial { pool.runAlone(job) } else { pool.run(job) }
  }

  /// Sets the counters of `waveCount` waves to zero.
  private func resetCounters(_ waveCount: Int) {
    let count = waveCount * (pool.threadCount + 1) * Job.counterStride
    if count > counterCapacity {
      counters.deallocate()
      counters = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Atomic<Int>>.stride, alignment: 128)
        .bindMemory(to: Atomic<Int>.self, capacity: count)
      for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
      counterCapacity = count
    }
    for index in stride(from: 0, to: count, by: Job.counterStride) { counters[index].store(0, ordering: .relaxed) }
  }

  /// Returns the error of a failed kernel.
  @inline(never) private func error(_ failed: Int) -> RuntimeError {
    if failed == Job.interrupted { return .interrupted }
    let site = module.dispatchSites[failed >> 32 - 1]
    let entry = module.executables[site.executable].entries[site.entry]
    let status = Int32(truncatingIfNeeded: failed)
    let hasRecord = status > 0 && (status >= KernelFailure.firstAccess || status & KernelFailure.withIndex != 0)
    guard hasRecord, sites[failed >> 32 - 1].kernel?.scratch.byteCount ?? 0 >= KernelFailure.recordByteCount else {
      return .failedKernel(entry.name, operators: site.sourceOperators, status: status)
    }
    let record = (scratch.base + failure[1].load(ordering: .relaxed) * scratch.stride).assumingMemoryBound(to: Int64.self)
    guard status >= KernelFailure.firstAccess else {
      return .failedIndex(entry.name, operators: site.sourceOperators, index: Int(record[0]), size: Int(record[1]))
    }
    return .failedAccess(
      entry.name, operators: site.sourceOperators, operand: Int(status - KernelFailure.firstAccess), byte: Int(record[0]),
      byteCount: Int(record[1]))
  }
}
