import Synchronization
import TesseraRuntime

/// The work of a submitted list for the threads. Trivial, and constant while threads look at it.
struct Job {
  /// The commands of all waves.
  var commands: UnsafeMutablePointer<Command>
  /// The waves.
  var waves: UnsafeMutablePointer<Wave>
  var waveCount: Int
  /// Counters of each wave, every one on a cache line of its own: the tickets pulled of each thread's share, then the tickets done.
  var counters: UnsafeMutablePointer<Atomic<Int>>
  /// The number of shares of a wave's tickets: one for each thread.
  var shareCount: Int
  /// 0; or the site and the status of the first kernel that failed, `(site + 1) << 32 | status`; or `interrupted`. Then the number of the
  /// thread that ran the kernel.
  var failure: UnsafeMutablePointer<Atomic<Int>>
  /// Asks to end the job; the list that submitted the job keeps it.
  var interruption: Unmanaged<Interruption>
  /// The scratch memory of the first thread, and the distance to the next one's.
  var scratch: UnsafeMutableRawPointer
  var scratchStride: Int
  /// What the threads note of their work, by their numbers; `nil` where nobody asks.
  var traces: UnsafeMutablePointer<ThreadTrace>?

  /// The distance of counters in words: a cache line.
  static let counterStride = 8
  /// The failure of a job that was asked to end.
  static let interrupted = -1

  /// Returns the first ticket of a share; a single ticket is the first thread's.
  @inline(__always) func firstTicket(of wave: Wave, share: Int) -> Int {
    (wave.ticketCount &* share &+ shareCount &- 1) / shareCount
  }

  /// `true` iff a kernel failed, or the job was asked to end: what is left is skipped.
  @inline(__always) var hasFailed: Bool { failure.pointee.load(ordering: .relaxed) != 0 }

  /// Notes a request to end the job, if there is one.
  @inline(__always) func noteInterruption() {
    if interruption._withUnsafeGuaranteedRef({ $0.isRequested }) { note(Job.interrupted) }
  }

  /// Remembers the first failure: that of a command's kernel, run with a thread's scratch memory. That thread runs nothing more of the job,
  /// so that its memory stays as the kernel left it.
  @inline(never) func note(failure status: Int32, of command: Command, scratch: UnsafeMutableRawPointer) {
    // A kernel that looks at the interruption itself ended for it.
    noteInterruption()
    if note((command.site + 1) << 32 | Int(UInt32(bitPattern: status))) {
      failure[1].store((scratch - self.scratch) / scratchStride, ordering: .relaxed)
    }
  }

  /// Remembers the first failure; `false` if there was one before.
  @discardableResult private func note(_ value: Int) -> Bool {
    failure.pointee.compareExchange(expected: 0, desired: value, ordering: .relaxed).exchanged
  }

  /// Runs all commands on the calling thread, in order.
  func runAlone() {
    defer { traces?.pointee.pause() }
    var command = waves[0].start
    let end = waves[waveCount - 1].end
    while command < end {
      noteInterruption()
      for ticket in 0..<commands[command].ticketCount {
        if hasFailed { return }
        traces?.pointee.run(command)
        let status = commands[command].run(ticket: ticket, scratch: scratch)
        if status != 0 { note(failure: status, of: commands[command], scratch: scratch) }
      }
      command += 1
    }
  }
}
