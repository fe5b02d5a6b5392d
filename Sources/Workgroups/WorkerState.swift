import Synchronization
import TesseraRuntime

/// A place where threads find a job that runs.
private struct JobSlot: ~Copyable {
  /// `true` while the place is a caller's.
  let isTaken = Atomic<Bool>(false)
  /// The threads inside the job, plus `open` while threads may enter.
  let gate = Atomic<Int>(0)
  /// The number of the job, of all that the place had.
  let number = Atomic<Int>(0)
  /// The events of a wave's end, and of an empty gate.
  let waveDone = Event()
  let gateEmpty = Event()

  /// The flag of an open gate, above any count of threads.
  static let open = 1 << 32
}

/// The state that the threads of a pool share.
final class WorkerState: @unchecked Sendable {
  /// The threads that compute: callers, and workers inside a job.
  let computing = Atomic<Int>(0)
  /// The most threads that compute; callers may exceed it.
  let threadCount = Atomic<Int>(1)
  /// The open gates.
  private let openCount = Atomic<Int>(0)
  /// Set to end the threads.
  private let isStopping = Atomic<Bool>(false)
  /// The event of work to help with.
  private let newJob = Event()
  /// The places for jobs, and the jobs, each written while its gate is closed and empty.
  private let slots: UnsafeMutablePointer<JobSlot>
  private let jobs: UnsafeMutablePointer<Job?>
  private let slotCount: Int
  /// The time in which an idle thread spins: longer than the pause between two calls in a loop, too short to cost anything.
  private static let idleSpin: UInt64 = 50_000
  /// The time in which a thread spins for the others of a wave: a wave ends within a ticket's time.
  private static let waveSpin: UInt64 = 100_000

  /// Makes places for so many jobs with helpers; what runs beside them has none.
  init(slotCount: Int) {
    self.slotCount = slotCount
    slots = .allocate(capacity: slotCount)
    jobs = .allocate(capacity: slotCount)
    for index in 0..<slotCount { (slots + index).initialize(to: JobSlot()) }
    jobs.initialize(repeating: nil, count: slotCount)
  }

  deinit {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
    jobs.deallocate()
  }

  /// Runs a job with the caller as thread 0.
  func run(_ job: Job) {
    let count = computing.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
    defer { computing.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    guard let index = takeSlot() else { return job.runAlone() }
    let slot = slots + index
    jobs[index] = job
    slot.pointee.number.wrappingAdd(1, ordering: .relaxed)
    slot.pointee.gate.bitwiseXor(JobSlot.open, ordering: .sequentiallyConsistent)
    openCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if count < threadCount.load(ordering: .relaxed) { newJob.notify() }
    _ = work(on: job, index: 0, slot)
    openCount.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    slot.pointee.gate.bitwiseXor(JobSlot.open, ordering: .sequentiallyConsistent)
    slot.pointee.gateEmpty.wait(spin: WorkerState.waveSpin) { slot.pointee.gate.load(ordering: .sequentiallyConsistent) == 0 }
    slot.pointee.isTaken.store(false, ordering: .releasing)
  }

  /// Takes a place for a job; `nil` where all are taken.
  private func takeSlot() -> Int? {
    for index in 0..<slotCount where !slots[index].isTaken.load(ordering: .relaxed) {
      if !slots[index].isTaken.exchange(true, ordering: .acquiring) { return index }
    }
    return nil
  }

  /// Ends the threads.
  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    newJob.notify()
  }

  /// The life of a thread: helps with the job that has the fewest threads, while there is one and a processor is free.
  func live(index: Int) {
    // The last job of each place in which this thread found nothing left to do.
    let finished = UnsafeMutablePointer<Int>.allocate(capacity: slotCount)
    finished.initialize(repeating: 0, count: slotCount)
    defer { finished.deallocate() }
    while true {
      var found: Int?
      newJob.wait(spin: WorkerState.idleSpin, while: hasRoom) {
        found = hasRoom() && openCount.load(ordering: .sequentiallyConsistent) > 0 ? openSlot(finished) : nil
        return found != nil || isStopping.load(ordering: .sequentiallyConsistent)
      }
      guard let found else { return }
      guard enters() else { continue }
      let slot = slots + found
      // The job is only looked at by threads that entered while the gate was open; `run` waits for all who entered.
      var isInside = true
      if slot.pointee.gate.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue & JobSlot.open != 0, let job = jobs[found] {
        let number = slot.pointee.number.load(ordering: .relaxed)
        isInside = work(on: job, index: index, slot)
        if isInside { finished[found] = number }
      }
      if isInside { computing.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
      if slot.pointee.gate.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { slot.pointee.gateEmpty.notify() }
    }
  }

  /// Returns the open place with the fewest threads whose job is not one of `finished`.
  private func openSlot(_ finished: UnsafeMutablePointer<Int>) -> Int? {
    var best: Int?
    var least = Int.max
    for index in 0..<slotCount {
      let gate = slots[index].gate.load(ordering: .acquiring)
      if gate & JobSlot.open == 0 || gate >= least || slots[index].number.load(ordering: .relaxed) == finished[index] { continue }
      (best, least) = (index, gate)
    }
    return best
  }

  /// `true` iff another thread may compute.
  @inline(__always) private func hasRoom() -> Bool { computing.load(ordering: .relaxed) < threadCount.load(ordering: .relaxed) }

  /// `true` iff more threads compute than there are: a worker shall leave.
  @inline(__always) private func isCrowded() -> Bool { computing.load(ordering: .relaxed) > threadCount.load(ordering: .relaxed) }

  /// Counts a worker as one that computes; `false` where there is no room.
  private func enters() -> Bool {
    let limit = threadCount.load(ordering: .relaxed)
    var count = computing.load(ordering: .relaxed)
    while count < limit {
      let (isExchanged, original) = computing.compareExchange(expected: count, desired: count + 1, ordering: .sequentiallyConsistent)
      if isExchanged { return true }
      count = original
    }
    return false
  }

  /// Counts a worker as one that no longer computes, if there are too many; each leaves for itself, so that no more leave than must.
  @inline(never) private func leaves() -> Bool {
    let limit = threadCount.load(ordering: .relaxed)
    var count = computing.load(ordering: .relaxed)
    while count > limit {
      let (isExchanged, original) = computing.compareExchange(expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
      if isExchanged { return true }
      count = original
    }
    return false
  }

  /// Pulls tickets of the job's waves, one wave after the other, until all are done; `false` where a worker left before.
  ///
  /// The tickets of a wave are shared out: a thread takes its own share first, then what is left of the others'. So a
  /// thread finds in its cache what it wrote in the wave before, and nobody waits for a thread that is late.
  private func work(on job: Job, index: Int, _ slot: UnsafeMutablePointer<JobSlot>) -> Bool {
    let scratch = job.scratch + index * job.scratchStride
    let trace = job.traces.map { $0 + index }
    for number in 0..<job.waveCount {
      let wave = job.waves[number]
      let counters = job.counters + number * (job.shareCount + 1) * Job.counterStride
      let done = counters + job.shareCount * Job.counterStride
      if index == 0 {
        job.noteInterruption()
        // Workers that had to leave come back, or come late, when there is room.
        if newJob.hasSleepers, wave.ticketCount > 1, hasRoom() { newJob.notify() }
      } else if done.pointee.load(ordering: .sequentiallyConsistent) >= wave.ticketCount {
        continue
      }
      var finished = 0
      var isLeaving = false
      var turn = 0
      while turn < job.shareCount, !isLeaving {
        let share = index &+ turn < job.shareCount ? index &+ turn : index &+ turn &- job.shareCount
        finished &+= pull(
          share: share, of: wave, in: job, next: counters + share * Job.counterStride, scratch: scratch, trace: trace,
          isWorker: index != 0, isLeaving: &isLeaving)
        turn &+= 1
      }
      trace?.pointee.pause()
      if finished > 0, done.pointee.wrappingAdd(finished, ordering: .sequentiallyConsistent).newValue == wave.ticketCount {
        slot.pointee.waveDone.notify()
      }
      if isLeaving { return false }
      func isDone() -> Bool { done.pointee.load(ordering: .sequentiallyConsistent) >= wave.ticketCount }
      while true {
        slot.pointee.waveDone.wait(spin: WorkerState.waveSpin) { isDone() || (index != 0 && isCrowded()) }
        if isDone() { break }
        if leaves() { return false }
      }
    }
    return true
  }

  /// Pulls the tickets of one share of a wave that are left; returns how many it ran. A worker sets `isLeaving` once it has left.
  @inline(__always) private func pull(
    share: Int, of wave: Wave, in job: Job, next: UnsafeMutablePointer<Atomic<Int>>, scratch: UnsafeMutableRawPointer,
    trace: UnsafeMutablePointer<ThreadTrace>?, isWorker: Bool, isLeaving: inout Bool
  ) -> Int {
    let start = job.firstTicket(of: wave, share: share)
    let count = job.firstTicket(of: wave, share: share &+ 1) &- start
    // A look first: an addition would take the cache line away from the share's owner.
    if next.pointee.load(ordering: .relaxed) >= count { return 0 }
    var command = wave.start
    var finished = 0
    while true {
      if isWorker, isCrowded(), leaves() {
        isLeaving = true
        return finished
      }
      let place = next.pointee.wrappingAdd(1, ordering: .relaxed).oldValue
      if place >= count { return finished }
      finished &+= 1
      if wave.isSerial {
        runSerially(wave, of: job, scratch: scratch, trace: trace)
        continue
      }
      let ticket = start &+ place
      while ticket >= job.commands[command].firstTicket &+ job.commands[command].ticketCount { command &+= 1 }
      if job.hasFailed { continue }
      trace?.pointee.run(command)
      let status = job.commands[command].run(ticket: ticket &- job.commands[command].firstTicket, scratch: scratch)
      if status != 0 { job.note(failure: status, of: job.commands[command], scratch: scratch) }
    }
  }

  /// Runs the commands of a serial wave.
  private func runSerially(
    _ wave: Wave, of job: Job, scratch: UnsafeMutableRawPointer, trace: UnsafeMutablePointer<ThreadTrace>?
  ) {
    for command in wave.start..<wave.end {
      if job.hasFailed { return }
      trace?.pointee.run(command)
      let status = job.commands[command].run(ticket: 0, scratch: scratch)
      if status != 0 { job.note(failure: status, of: job.commands[command], scratch: scratch) }
    }
  }
}
