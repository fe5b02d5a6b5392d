import Dispatch
import Synchronization
import TesseraConstants
import TesseraFiles
import TesseraModuleFormat

/// The constants of a module for a writer that takes them in order, while the next ones are computed on all processors.
///
/// Each worker keeps what it computed until the writer has taken it: so there are never more results in memory than processors.
final class ConstantStream: Sendable {
  private let constants: [StoredConstant]
  /// The computed ones among the constants, and where they are on their way.
  private let places: [Place]
  /// The number of `places` that the workers have begun; all once the writer is done.
  private let begun = Atomic(0)

  /// The result that a worker hands to the writer.
  private final class Place: Sendable {
    let index: Int
    /// Signalled by the worker when `result` is there.
    let offered = DispatchSemaphore(value: 0)
    /// Signalled by the writer when it does not need the bytes any more.
    let taken = DispatchSemaphore(value: 0)
    /// The bytes, from one signal to the other; `nil` before and after.
    let result = Mutex<Result<Bytes, any Error>?>(nil)

    init(_ index: Int) { self.index = index }
  }

  /// Bytes that a worker keeps.
  private struct Bytes: @unchecked Sendable {
    // Safe to share: nobody writes them before `taken` is signalled.
    let buffer: UnsafeRawBufferPointer
  }

  /// A constant that a worker computes.
  private struct Source: ConstantSource {
    let constant: StoredConstant
    let place: Place
    var byteCount: Int { constant.byteCount }

    func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
      place.offered.wait()
      defer { place.taken.signal() }
      guard let result = place.result.withLock({ $0 }) else { return }
      try body(result.get().buffer)
    }
  }

  init(_ constants: [StoredConstant]) {
    self.constants = constants
    places = constants.indices.compactMap { if case .computed = constants[$0] { Place($0) } else { nil } }
  }

  /// Calls `body` with the constants, each of which it may read once, in order. Errors: those of `body`, and of computations.
  func feed<R>(_ body: ([any ConstantSource]) throws -> R) throws -> R {
    let group = DispatchGroup()
    for _ in 0..<min(places.count, ProcessorCount.available) { DispatchQueue.global().async(group: group) { self.work() } }
    defer {
      begun.store(places.count, ordering: .relaxed)
      for place in places { place.taken.signal() }
      group.wait()
    }
    var sources: [any ConstantSource] = constants
    for place in places { sources[place.index] = Source(constant: constants[place.index], place: place) }
    return try body(sources)
  }

  /// Computes one constant after the other.
  private func work() {
    while true {
      let number = begun.add(1, ordering: .relaxed).oldValue
      guard number < places.count else { return }
      let place = places[number]
      do {
        try constants[place.index].withBytes { bytes in
          place.result.withLock { $0 = .success(Bytes(buffer: bytes)) }
          place.offered.signal()
          place.taken.wait()
          place.result.withLock { $0 = nil }
        }
      } catch {
        place.result.withLock { $0 = .failure(error) }
        place.offered.signal()
      }
      // Who reads it again gets nothing, or the error again, instead of waiting for ever.
      place.offered.signal()
    }
  }
}

extension StoredConstant: ConstantSource {}
