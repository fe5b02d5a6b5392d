import Synchronization
import TesseraCInterface

/// The log of the C interface: lines for whoever asks for them.
enum Log {
  enum Level: Int32 {
    case debug = 0
    case error = 1
  }

  /// Who receives the log.
  private struct Receiver: @unchecked Sendable {
    var callback: tessera_log_callback
    var userData: UnsafeMutableRawPointer?
  }

  private static let receiver = Mutex<Receiver?>(nil)
  /// `true` iff there is a receiver: without one a line costs a load.
  private static let isOn = Atomic(false)

  /// Sets the receiver.
  static func set(_ callback: tessera_log_callback?, _ userData: UnsafeMutableRawPointer?) {
    let new = callback.map { Receiver(callback: $0, userData: userData) }
    receiver.withLock { $0 = new }
    isOn.store(new != nil, ordering: .relaxed)
  }

  /// Writes a line, which is made only where it is read.
  static func write(_ level: Level, _ line: () -> String) {
    guard isOn.load(ordering: .relaxed), let receiver = receiver.withLock({ $0 }) else { return }
    line().withCString { receiver.callback(receiver.userData, level.rawValue, $0) }
  }
}

@_cdecl("tessera_set_log") public func setLog(_ callback: tessera_log_callback?, _ userData: UnsafeMutableRawPointer?) {
  Log.set(callback, userData)
}
