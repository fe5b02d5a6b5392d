import Glibc
import Synchronization

/// Threads on which asynchronous calls run, so that they hold no thread of Swift's cooperative pool: made when calls wait and none is idle,
/// up to a limit; what comes then waits its turn.
public final class CallThreads: Sendable {
  /// So many calls run at once at most.
  public let limit: Int
  /// What the threads share; they keep it alive.
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
private final class CallQueue: @unchecked Sendable {
  /// The calls, those before `first` being gone.
  private var calls: [(@Sendable () -> Void)?] = []
  private var first = 0
  /// The threads, and those of them that wait.
  private var threadCount = 0
  private var idleCount = 0
  /// Set to end the threads.
  private var isStopping = false
  /// Guards all of it, and where threads wait.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates an empty queue.
  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// How many calls wait.
  private var waitingCount: Int { calls.count - first }

  /// Adds a call; `false` if no thread will take it.
  func add(_ call: @escaping @Sendable () -> Void, limit: Int) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if idleCount <= waitingCount, threadCount < limit, startThread() { threadCount += 1 }
    guard threadCount > 0 else { return false }
    calls.append(call)
    pthread_cond_signal(condition)
    return true
  }

  /// Ends the threads, once no call waits.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopping = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Starts a thread that nobody waits for: the last reference to the owner may go on one of them.
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
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    idleCount += 1
    while waitingCount == 0, !isStopping { pthread_cond_wait(condition, mutex) }
    idleCount -= 1
    guard waitingCount > 0 else { return nil }
    let call = calls[first]
    calls[first] = nil
    first += 1
    // What is gone is dropped once it is the larger half.
    if 2 * first >= calls.count {
      calls.removeFirst(first)
      first = 0
    }
    return call
  }
}
