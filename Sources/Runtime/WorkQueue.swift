import TesseraLibC

/// Work on a thread of its own, one piece after the other, each after moments that it waits for. The thread is made with the first piece, and sleeps
/// where there is none.
///
/// Unchecked: the monitor guards the variables.
package final class WorkQueue: Timeline, @unchecked Sendable {
  /// A piece of work, and what must be reached before it.
  private struct Piece {
    let points: [Timepoint]
    let work: () throws(RuntimeError) -> Void
  }

  /// The pieces that wait, the next one first.
  private var pieces: [Piece] = []
  /// The number of pieces so far, and of those that have run.
  private var count: UInt64 = 0
  private var done: UInt64 = 0
  /// Why pieces failed, by their numbers; the last ones, as whoever waits for a piece may do so when others have run.
  private var failures: [UInt64: RuntimeError] = [:]
  private static let failureLimit: UInt64 = 1024
  private var hasThread = false
  private var isStopping = false
  /// The monitor that guards all of it, in which the thread and those who wait for a piece wait.
  private let monitor = Monitor()

  /// Creates a queue without work.
  package init() {}

  /// The number of pieces that have run.
  package var value: UInt64 { monitor.withLock { done } }

  /// Waits until so many pieces have run. Errors: why the last of them failed.
  package func wait(for value: UInt64) throws(RuntimeError) {
    let failure = monitor.withLock { () -> RuntimeError? in
      while done < value { monitor.wait() }
      return failures[value]
    }
    if let failure { throw failure }
  }

  /// Adds a piece of work, which runs once `points` are reached, on the calling thread where there is no other to be had; it fails as the first of
  /// them does. Returns the moment when it has run.
  package func run(after points: [Timepoint], _ work: @escaping () throws(RuntimeError) -> Void) -> Timepoint {
    let (number, isAlone) = monitor.withLock { () -> (UInt64, Bool) in
      count += 1
      if !hasThread { hasThread = startThread() }
      pieces.append(Piece(points: points, work: work))
      monitor.notifyAll()
      return (count, !hasThread)
    }
    if isAlone, let piece = next() { run(piece) }
    return Timepoint(self, number)
  }

  /// Ends the thread once no piece waits.
  package func stop() {
    monitor.withLock {
      isStopping = true
      monitor.notifyAll()
    }
  }

  /// Starts a detached thread, which keeps the queue.
  private func startThread() -> Bool {
    let own = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<WorkQueue>.fromOpaque(argument).takeRetainedValue().live() }
        return nil
      }, own.toOpaque())
    guard status == 0 else {
      own.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// The life of the thread.
  private func live() {
    while let piece = next() { run(piece) }
  }

  /// Waits for a piece, and takes it; `nil` at the end.
  private func next() -> Piece? {
    monitor.withLock {
      while pieces.isEmpty, !isStopping { monitor.wait() }
      return pieces.isEmpty ? nil : pieces.removeFirst()
    }
  }

  /// Runs a piece, and tells those who wait for it.
  private func run(_ piece: Piece) {
    var failure: RuntimeError?
    do throws(RuntimeError) {
      for point in piece.points { try point.wait() }
      try piece.work()
    } catch {
      failure = error
    }
    monitor.withLock {
      done += 1
      failures[done] = failure
      if done > Self.failureLimit { failures[done - Self.failureLimit] = nil }
      monitor.notifyAll()
    }
  }
}
