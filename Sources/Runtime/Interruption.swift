import Synchronization

/// Ends a running call from another thread.
public final class Interruption: Sendable {
  /// Set to end the call.
  private let flag = Atomic(false)

  /// Creates an interruption that was not asked for.
  public init() {}

  /// `true` iff the running call shall end.
  @inline(__always) public var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Asks the running call to end.
  public func request() { flag.store(true, ordering: .relaxed) }

  /// Forgets what was asked: a new call begins.
  func clear() { flag.store(false, ordering: .relaxed) }
}
