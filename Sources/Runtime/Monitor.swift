import TesseraLibC

/// A mutex with a condition variable: threads that wait for a condition on what the mutex guards.
package struct Monitor: ~Copyable, @unchecked Sendable {
  /// The mutex. Both are on the heap, as POSIX forbids to move them.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// The condition variable.
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Creates a monitor that no thread is in.
  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Calls `body` with the mutex held.
  package func withLock<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Gives up the mutex until a thread notifies, then takes it again; may return without a notification. Requires: the mutex is held.
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// Wakes one waiting thread. Requires: the mutex is held.
  package func notifyOne() { pthread_cond_signal(condition) }

  /// Wakes all waiting threads. Requires: the mutex is held.
  package func notifyAll() { pthread_cond_broadcast(condition) }
}
