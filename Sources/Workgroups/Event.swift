import Synchronization
import TesseraRuntime

/// A wait for a condition on atomics: spinning for a short while, then blocked until a notification.
///
/// Whoever makes the condition true does so with a sequentially consistent operation before `notify`; then either the
/// waiter sees the condition, or the notifier sees the waiter.
struct Event: ~Copyable, Sendable {
  /// The number of threads that are blocked, or about to be.
  private let sleepers = Atomic<Int>(0)
  /// The monitor in which threads block.
  private let monitor = Monitor()

  /// `true` iff some thread is blocked, or about to be.
  @inline(__always) var hasSleepers: Bool { sleepers.load(ordering: .relaxed) > 0 }

  /// Waits until `isReady`, of which it spins at most `spin` nanoseconds, and only while `maySpin`.
  @inline(__always) func wait(spin: UInt64, while maySpin: () -> Bool = { true }, until isReady: () -> Bool) {
    if isReady() { return }
    let start = monotonicNanoseconds()
    repeat {
      // Some thousand cycles between looks at the clock, which costs tens.
      for _ in 0..<128 where isReady() { return }
    } while maySpin() && monotonicNanoseconds() &- start < spin
    monitor.withLock {
      sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
      while !isReady() { monitor.wait() }
      sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
  }

  /// Wakes the blocked threads, so that they look at their condition again.
  @inline(__always) func notify() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    monitor.withLock { monitor.notifyAll() }
  }
}
