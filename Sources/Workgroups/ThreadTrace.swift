import TesseraRuntime

/// What one thread ran of a job, and when. No other thread looks at it until the job has ended.
///
/// Trivial, in memory that the list has: the hot path counts no references. One look at the clock ends a span and begins the next one.
struct ThreadTrace {
  /// A part of a command that the thread ran without pause.
  struct Span {
    var command: Int
    var ticketCount: Int
    var begin: UInt64
    var end: UInt64
  }

  private(set) var spans: UnsafeMutablePointer<Span>
  private(set) var count = 0
  /// Spans for which there was no room.
  private(set) var lostCount = 0
  private let capacity: Int
  private var isRunning = false

  /// Makes room for so many spans.
  init(capacity: Int) {
    spans = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  func deallocate() { spans.deallocate() }

  /// Notes that a ticket of a command begins.
  @inline(__always) mutating func run(_ command: Int) {
    if isRunning, spans[count - 1].command == command {
      spans[count - 1].ticketCount += 1
    } else {
      begin(command)
    }
  }

  @inline(never) private mutating func begin(_ command: Int) {
    let now = monotonicNanoseconds()
    if isRunning { spans[count - 1].end = now }
    isRunning = count < capacity
    guard isRunning else {
      lostCount += 1
      return
    }
    (spans + count).initialize(to: Span(command: command, ticketCount: 1, begin: now, end: now))
    count += 1
  }

  /// Notes that the thread waits, or leaves.
  @inline(__always) mutating func pause() {
    guard isRunning else { return }
    isRunning = false
    spans[count - 1].end = monotonicNanoseconds()
  }

  /// Forgets the spans.
  mutating func clear() { (count, lostCount) = (0, 0) }
}

/// The traces of all threads of a job.
struct ThreadTraces: ~Copyable {
  /// The traces by the thread's number.
  let base: UnsafeMutablePointer<ThreadTrace>
  private let threadCount: Int
  /// The commands for which there is room.
  let commandCount: Int

  /// Makes room for jobs of so many commands. A thread that helps others comes back to a command, so that a few spans a command are needed.
  init(threadCount: Int, commandCount: Int) {
    (self.threadCount, self.commandCount) = (threadCount, commandCount)
    base = .allocate(capacity: threadCount)
    for thread in 0..<threadCount { (base + thread).initialize(to: ThreadTrace(capacity: 4 * commandCount + 64)) }
  }

  deinit {
    for thread in 0..<threadCount { base[thread].deallocate() }
    base.deallocate()
  }

  /// Hands over what the threads ran of the commands of a list, and forgets it.
  func move(to lane: TraceLane, _ commands: UnsafeMutablePointer<Command>) {
    for thread in 0..<threadCount {
      let spans = base[thread].spans
      lane.trace.add(count: base[thread].count) { index in
        let span = spans[index], command = commands[span.command]
        return Trace.Event(
          command.kind, device: lane.device, thread: thread, call: lane.call, site: command.site,
          amount: command.site >= 0 ? span.ticketCount : command.byteCount, begin: span.begin, end: span.end)
      }
      lane.trace.lose(base[thread].lostCount)
      base[thread].clear()
    }
  }
}

extension Command {
  /// The kind of event that the command is in a trace.
  fileprivate var kind: Trace.Event.Kind {
    if kernel != nil { return .dispatch }
    return constants?[2] == 0 ? .copy : .fill
  }

  /// The bytes of a copy or a fill.
  fileprivate var byteCount: Int { constants.map { Int($0[0]) } ?? 0 }
}
