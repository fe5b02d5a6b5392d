import Synchronization

/// Ends a running call from another thread.
final class Interruption: Sendable {
  /// Set to end the call.
  private let flag = Atomic(false)

  /// `true` iff the running call shall end.
  @inline(__always) var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Asks the running call to end.
  func request() { flag.store(true, ordering: .relaxed) }

  /// Forgets what was asked: a new call begins.
  func clear() { flag.store(false, ordering: .relaxed) }
}
