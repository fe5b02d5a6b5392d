import TesseraLibC

/// The threads of asynchronous calls, which hold no thread of Swift's cooperative pool. They are made when calls wait and none is idle, up to
/// a limit; further calls wait their turn.
public final class CallThreads: Sendable {
  /// The largest number of calls that run at once.
  public let limit: Int
  /// The queue that the threads share and keep alive.
  private let queue: CallQueue

  /// Creates no thread yet; `limit` at least 1.
  public init(limit: Int) {
    self.limit = max(limit, 1)
    queue = CallQueue()
  }

  deinit { queue.stop() }

  /// Runs `body` on one of the threads, in the order of the calls to this function. Errors: there is no thread, and none can be made.
  func run(_ body: @escaping @Sendable () -> Void) throws(RuntimeError) {
    guard queue.add(body, limit: limit) else { throw RuntimeError(.resourceExhausted, "cannot make a thread for the call", id: "noThread") }
  }
}

/// Calls that wait for a thread.
///
/// Unchecked: the monitor guards the variables.
private final class CallQueue: @unchecked Sendable {
  /// The calls, those before `first` being gone.
  private var calls: [(@Sendable () -> Void)?] = []
  private var first = 0
  /// The threads, and those of them that wait.
  private var threadCount = 0
  private var idleCount = 0
  /// Set to end the threads.
  private var isStopping = false
  /// The monitor that guards all of it, in which threads wait.
  private let monitor = Monitor()

  /// The number of calls that wait.
  private var waitingCount: Int { calls.count - first }

  /// Adds a call; `false` if no thread will take it.
  func add(_ call: @escaping @Sendable () -> Void, limit: Int) -> Bool {
    monitor.withLock {
      if idleCount <= waitingCount, threadCount < limit, startThread() { threadCount += 1 }
      guard threadCount > 0 else { return false }
      calls.append(call)
      monitor.notifyOne()
      return true
    }
  }

  /// Ends the threads, once no call waits.
  func stop() {
    monitor.withLock {
      isStopping = true
      monitor.notifyAll()
    }
  }

  /// Starts a detached thread: the last reference to the owner may be released on one of them.
  private func startThread() -> Bool {
    let own = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<CallQueue>.fromOpaque(argument).takeRetainedValue().work() }
        return nil
      }, own.toOpaque())
    guard status == 0 else {
      own.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// The life of a thread.
  private func work() {
    while let call = next() { call() }
  }

  /// Waits for a call, and takes it; `nil` at the end.
  private func next() -> (@Sendable () -> Void)? {
    monitor.withLock {
      idleCount += 1
      while waitingCount == 0, !isStopping { monitor.wait() }
      idleCount -= 1
      guard waitingCount > 0 else { return nil }
      let call = calls[first]
      calls[first] = nil
      first += 1
      // Taken calls are dropped once they are the larger half.
      if 2 * first >= calls.count {
        calls.removeFirst(first)
        first = 0
      }
      return call
    }
  }
}
