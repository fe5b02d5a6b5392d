import Glibc
import Runtime
import Synchronization

/// Threads that run jobs together with the caller. The hot path is atomics only: no allocation, no lock, no reference counts.
final class WorkerPool: @unchecked Sendable {
  /// The threads, the caller included.
  let threadCount: Int
  /// What the threads share; they keep it alive.
  private let shared = WorkerState()
  /// The other threads.
  private var threads: [pthread_t] = []
  /// Held while a job runs: one job at a time.
  private let lock = Mutex(())

  /// Starts the threads; fewer, where the system refuses.
  init(threadCount wanted: Int) {
    for index in 1..<max(wanted, 1) {
      let start = Unmanaged.passRetained(WorkerStart(shared: shared, index: index))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
          start.shared.work(index: start.index)
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    threadCount = threads.count + 1
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs a job on all threads, and returns when it is done.
  func run(_ job: Job) {
    lock.withLock { _ in shared.run(job) }
  }
}

/// What a thread starts with.
private final class WorkerStart {
  /// The state of the pool.
  let shared: WorkerState
  /// The thread's number; the caller's is 0.
  let index: Int

  /// Creates it.
  init(shared: WorkerState, index: Int) {
    self.shared = shared
    self.index = index
  }
}

/// What the threads of a pool share.
private final class WorkerState: @unchecked Sendable {
  /// Counts jobs; a change tells the threads that there is one.
  private let epoch = Atomic<Int>(0)
  /// The threads inside the job, plus `open` while threads may enter.
  private let gate = Atomic<Int>(0)
  /// Set to end the threads.
  private let isStopping = Atomic<Bool>(false)
  /// Where threads wait for a job; for a wave's end; for the gate to be empty.
  private let newJob = Event()
  private let waveDone = Event()
  private let gateEmpty = Event()
  /// The job; written while the gate is closed and empty.
  private var job: Job?
  /// The flag of an open gate, above any count of threads.
  private static let open = 1 << 32
  /// How long an idle thread spins: longer than the pause between two calls in a loop, too short to cost anything.
  private static let idleSpin: UInt64 = 50_000
  /// How long a thread spins for the others of a wave: a wave ends within a ticket's time.
  private static let waveSpin: UInt64 = 100_000

  /// Runs a job with the caller as thread 0.
  func run(_ job: Job) {
    self.job = job
    gate.bitwiseXor(WorkerState.open, ordering: .sequentiallyConsistent)
    epoch.wrappingAdd(1, ordering: .sequentiallyConsistent)
    newJob.notify()
    work(on: job, index: 0)
    gate.bitwiseXor(WorkerState.open, ordering: .sequentiallyConsistent)
    gateEmpty.wait(spin: WorkerState.waveSpin) { gate.load(ordering: .sequentiallyConsistent) == 0 }
  }

  /// Ends the threads.
  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    newJob.notify()
  }

  /// The life of a thread.
  func work(index: Int) {
    var seen = 0
    while true {
      newJob.wait(spin: WorkerState.idleSpin) {
        epoch.load(ordering: .sequentiallyConsistent) != seen || isStopping.load(ordering: .sequentiallyConsistent)
      }
      if isStopping.load(ordering: .sequentiallyConsistent) { return }
      seen = epoch.load(ordering: .sequentiallyConsistent)
      // The job is only looked at by threads that entered while the gate was open; `run` waits for all who entered.
      if gate.wrappingAdd(1, ordering: .sequentiallyConsistent).oldValue & WorkerState.open != 0, let job {
        work(on: job, index: index)
      }
      if gate.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { gateEmpty.notify() }
    }
  }

  /// Pulls tickets of the job's waves, one wave after the other, until all are done.
  ///
  /// The tickets of a wave are shared out: a thread takes its own share first, then what is left of the others'. So a
  /// thread finds in its cache what it wrote in the wave before, and nobody waits for a thread that is late.
  private func work(on job: Job, index: Int) {
    let scratch = job.scratch + index * job.scratchStride
    for number in 0..<job.waveCount {
      let wave = job.waves[number]
      let counters = job.counters + number * (job.shareCount + 1) * Job.counterStride
      let done = counters + job.shareCount * Job.counterStride
      var finished = 0
      for turn in 0..<job.shareCount {
        let share = index &+ turn < job.shareCount ? index &+ turn : index &+ turn &- job.shareCount
        finished &+= pull(share: share, of: wave, in: job, next: counters + share * Job.counterStride, scratch: scratch)
      }
      if finished > 0, done.pointee.wrappingAdd(finished, ordering: .sequentiallyConsistent).newValue == wave.ticketCount {
        waveDone.notify()
      }
      waveDone.wait(spin: WorkerState.waveSpin) { done.pointee.load(ordering: .sequentiallyConsistent) >= wave.ticketCount }
    }
  }

  /// Pulls the tickets of one share of a wave that are left; returns how many it ran.
  @inline(__always) private func pull(
    share: Int, of wave: Wave, in job: Job, next: UnsafeMutablePointer<Atomic<Int>>, scratch: UnsafeMutableRawPointer
  ) -> Int {
    let start = job.firstTicket(of: wave, share: share)
    let count = job.firstTicket(of: wave, share: share &+ 1) &- start
    // A look first: an addition would take the cache line away from the share's owner.
    if next.pointee.load(ordering: .relaxed) >= count { return 0 }
    var command = wave.start
    var finished = 0
    while true {
      let place = next.pointee.wrappingAdd(1, ordering: .relaxed).oldValue
      if place >= count { return finished }
      finished &+= 1
      if wave.isSerial {
        runSerially(wave, of: job, scratch: scratch)
        continue
      }
      let ticket = start &+ place
      while ticket >= job.commands[command].firstTicket &+ job.commands[command].ticketCount { command &+= 1 }
      if job.failure.pointee.load(ordering: .relaxed) != 0 { continue }
      let status = job.commands[command].run(ticket: ticket &- job.commands[command].firstTicket, scratch: scratch)
      if status != 0 { note(failure: status, of: job.commands[command], in: job, scratch: scratch) }
    }
  }

  /// Runs the commands of a serial wave.
  private func runSerially(_ wave: Wave, of job: Job, scratch: UnsafeMutableRawPointer) {
    for command in wave.start..<wave.end {
      if job.failure.pointee.load(ordering: .relaxed) != 0 { return }
      let status = job.commands[command].run(ticket: 0, scratch: scratch)
      if status != 0 { note(failure: status, of: job.commands[command], in: job, scratch: scratch) }
    }
  }

  /// Remembers the first failure, and whose it is: that thread runs nothing more of the job, so that its scratch memory stays as the kernel left it.
  @inline(never) private func note(failure status: Int32, of command: Command, in job: Job, scratch: UnsafeMutableRawPointer) {
    let value = (command.site + 1) << 32 | Int(UInt32(bitPattern: status))
    if job.failure.pointee.compareExchange(expected: 0, desired: value, ordering: .relaxed).exchanged {
      job.failure[1].store((scratch - job.scratch) / job.scratchStride, ordering: .relaxed)
    }
  }
}
