/// A moment in the work of a device: when a submission of a command list has run, or failed.
public struct Timepoint: Sendable {
  /// The timeline of the moment.
  public let timeline: any Timeline
  /// The value that the timeline has reached by then.
  public let value: UInt64

  /// Creates a moment of a timeline.
  public init(_ timeline: any Timeline, _ value: UInt64) {
    self.timeline = timeline
    self.value = value
  }

  /// `true` iff waiting returns at once.
  public var isReached: Bool { timeline.value >= value }

  /// Waits until the submission has run. Errors: why it failed, to everybody who waits.
  public func wait() throws(RuntimeError) { try timeline.wait(for: value) }
}

/// A number that a command list's submissions raise in order, one after the other. All of it may be used by any number of threads at once.
public protocol Timeline: AnyObject, Sendable {
  /// The number.
  var value: UInt64 { get }
  /// Waits until the number is at least `value`. Errors: why the submission that raised it to `value` failed.
  func wait(for value: UInt64) throws(RuntimeError)
}
