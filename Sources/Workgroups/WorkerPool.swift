import Synchronization
import TesseraLibC
import TesseraRuntime

/// Threads that help callers with their jobs. The hot path is atomics only: no allocation, no lock, no reference counts.
///
/// Every caller works on its own job, and no job waits for another one. The workers join jobs while fewer threads compute than the pool
/// has, and leave at the next ticket once there are more: as many callers as threads have a processor each, and a caller who is alone has
/// all of them.
package final class WorkerPool: @unchecked Sendable {
  /// The threads that compute at most, unless there are more callers.
  package let threadCount: Int
  /// The state that the threads share and keep alive.
  private let shared: WorkerState
  /// The threads that help.
  private var threads: [pthread_t] = []

  /// Starts the threads; fewer, where the system refuses.
  package init(threadCount wanted: Int) {
    shared = WorkerState(slotCount: max(wanted, 8))
    for index in 1..<max(wanted, 1) {
      let start = Unmanaged.passRetained(WorkerStart(shared: shared, index: index))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
          start.shared.live(index: start.index)
          return nil
        }, start.toOpaque())
      guard status == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    threadCount = threads.count + 1
    shared.threadCount.store(threadCount, ordering: .sequentiallyConsistent)
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs a job on the calling thread and on those that are free, and returns when it is done.
  func run(_ job: Job) { shared.run(job) }

  /// Runs a job that leaves nothing to share on the calling thread, which counts as one that computes meanwhile.
  @inline(__always) func runAlone(_ job: Job) {
    if threadCount > 1 { shared.computing.wrappingAdd(1, ordering: .relaxed) }
    job.runAlone()
    if threadCount > 1 { shared.computing.wrappingSubtract(1, ordering: .relaxed) }
  }
}

/// The argument of a new thread.
private final class WorkerStart {
  /// The state of the pool.
  let shared: WorkerState
  /// The thread's number; every caller's is 0.
  let index: Int

  /// Creates it.
  init(shared: WorkerState, index: Int) {
    self.shared = shared
    self.index = index
  }
}
