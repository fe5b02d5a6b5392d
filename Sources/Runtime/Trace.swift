import Synchronization
import TesseraLibC

/// A record of calls: what each thread, queue and transfer did, and when. Concurrent calls may share one.
///
/// Unlike `DispatchTiming`, it leaves dispatches to run as they do without it, at the same time where they are independent. On a GPU they run
/// one after the other while a trace is kept.
public final class Trace: Sendable {
  /// Something that took time.
  public struct Event: Hashable, Sendable, BitwiseCopyable {
    /// The kinds of events.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
      /// A call, on the thread that called.
      case call
      /// The part of a dispatch that one thread ran without pause, or all of it on a device that has no threads of the host.
      case dispatch
      /// The part of a copy or a fill within the memory of a device, likewise.
      case copy
      case fill
      /// A copy between the memories of two devices, by the host.
      case transfer
      /// Commands of a device: from when they are handed over until the host knows that they have run.
      case submission
    }

    /// The kind of event.
    public var kind: Kind
    /// The index of the device in the module's table; of a transfer that which gets the bytes. 0 for a call.
    public var device: UInt8
    /// The number of the thread: 0 is the one that submitted the commands, the others are the device's. -1 for what no thread of the device does.
    public var thread: Int16
    /// The number of the call, from 0.
    public var call: Int32
    /// The index in the module's `dispatchSites`; of a transfer the index of the device that the bytes come from; -1 for others.
    public var site: Int32
    /// The workgroups of a dispatch that ran; the bytes of a copy, a fill or a transfer, all of them; the commands of a submission; 0 for a call.
    public var amount: Int64
    /// The nanoseconds of the clock `Trace.now` at the beginning and at the end.
    public var begin: UInt64
    public var end: UInt64

    /// Creates an event.
    public init(
      _ kind: Kind, device: Int = 0, thread: Int = -1, call: Int, site: Int = -1, amount: Int = 0, begin: UInt64, end: UInt64
    ) {
      (self.kind, self.device, self.thread) = (kind, UInt8(truncatingIfNeeded: device), Int16(truncatingIfNeeded: thread))
      (self.call, self.site, self.amount) = (Int32(truncatingIfNeeded: call), Int32(truncatingIfNeeded: site), Int64(amount))
      (self.begin, self.end) = (begin, end)
    }
  }

  private struct State {
    var events: [Event] = []
    var callCount = 0
    var lostCount = 0
  }

  private let state = Mutex(State())
  /// The most events that are kept, 40 bytes each.
  private let limit: Int

  /// Creates a trace without events, which keeps `limit` of them at most: later ones are counted only.
  public init(limit: Int = 1 << 20) { self.limit = limit }

  /// The events of the calls so far, in no order.
  public var events: [Event] { state.withLock { $0.events } }
  /// The calls that began so far.
  public var callCount: Int { state.withLock { $0.callCount } }
  /// The events for which there was no room.
  public var lostCount: Int { state.withLock { $0.lostCount } }

  /// The time of a clock that never jumps, in nanoseconds.
  public static var now: UInt64 { monotonicNanoseconds() }

  /// Returns the number of a call that begins.
  func beginCall() -> Int {
    state.withLock {
      $0.callCount += 1
      return $0.callCount - 1
    }
  }

  /// Adds events.
  public func add(count: Int = 1, _ event: (Int) -> Event) {
    state.withLock { state in
      let room = min(count, limit - state.events.count)
      for index in 0..<room { state.events.append(event(index)) }
      state.lostCount += count - room
    }
  }

  /// Counts events that were lost elsewhere.
  public func lose(_ count: Int) { if count > 0 { state.withLock { $0.lostCount += count } } }
}

/// The place in a trace of what a device does for a call.
public struct TraceLane: Sendable {
  /// The trace.
  public let trace: Trace
  /// The number of the call, and the index of the device in the module's table.
  public let call: Int
  public let device: Int

  /// Creates a place.
  public init(_ trace: Trace, call: Int, device: Int) { (self.trace, self.call, self.device) = (trace, call, device) }
}

/// Returns the time of a clock that never jumps.
package func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}
