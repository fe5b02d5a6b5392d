import Glibc
import Synchronization

/// Lets threads wait for a condition on atomics: spinning for a short while, then blocked until somebody notifies.
///
/// Whoever makes the condition true does so with a sequentially consistent operation before `notify`; then either the
/// waiter sees the condition, or the notifier sees the waiter.
struct Event: ~Copyable, @unchecked Sendable {
  /// How many threads are blocked, or about to be.
  private let sleepers = Atomic<Int>(0)
  /// Guards the blocking.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// Where threads block.
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates an event.
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
    pthread_mutex_lock(mutex)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while !isReady() { pthread_cond_wait(condition, mutex) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Wakes the blocked threads, so that they look at their condition again.
  @inline(__always) func notify() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

/// Returns the time of a clock that never jumps.
@inline(__always) func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}
