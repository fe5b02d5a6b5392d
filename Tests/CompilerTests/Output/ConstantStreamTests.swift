import Synchronization
import TesseraConstants
import TesseraFiles
import TesseraModuleFormat
import Testing

@testable import TesseraCompiler

/// Constants that are computed while a module is written.
@Suite struct ConstantStreamTests {
  private struct Failure: Error {}

  /// Computes `byteCount` bytes of `value`, or fails; counts how many results there are at a time.
  private final class Computation: ConstantComputation {
    let byteCount = 100
    let identity = ConstantIdentity.computed(function: "test", inputs: [])
    let value: UInt8?
    let counts: Counts

    init(_ value: UInt8?, _ counts: Counts) {
      self.value = value
      self.counts = counts
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
      guard let value else { throw Failure() }
      counts.begin()
      defer { counts.end() }
      return try [UInt8](repeating: value, count: byteCount).withUnsafeBytes { try body($0) }
    }
  }

  /// How many computations there were, and how many results at a time.
  private final class Counts: Sendable {
    private let state = Mutex((total: 0, now: 0, most: 0))
    var total: Int { state.withLock { $0.total } }
    var most: Int { state.withLock { $0.most } }
    func begin() {
      state.withLock { state in
        state.total += 1
        state.now += 1
        state.most = max(state.most, state.now)
      }
    }
    func end() { state.withLock { $0.now -= 1 } }
  }

  private static func read(_ source: any ConstantSource) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try source.withBytes { bytes = Array($0) }
    return bytes
  }

  @Test func everyConstantArrivesInItsPlace() throws {
    let counts = Counts()
    let constants: [StoredConstant] = (0..<200).map { i in
      i % 3 == 0 ? .known(.owned([UInt8(i)])) : .computed(Computation(UInt8(i), counts))
    }
    let bytes = try ConstantStream(constants).feed { sources in
      #expect(sources.map(\.byteCount) == constants.map(\.byteCount))
      return try sources.map(Self.read)
    }
    for (i, bytes) in bytes.enumerated() { #expect(bytes == [UInt8](repeating: UInt8(i), count: i % 3 == 0 ? 1 : 100)) }
    #expect(counts.total == constants.count { if case .computed = $0 { true } else { false } })
    #expect(counts.most <= ProcessorCount.available)
  }

  /// The error of a computation reaches the writer, and nobody waits for ever.
  @Test func failuresPassThrough() {
    let counts = Counts()
    let constants: [StoredConstant] = (0..<50).map { .computed(Computation($0 == 20 ? nil : UInt8($0), counts)) }
    #expect(throws: Failure.self) { try ConstantStream(constants).feed { for source in $0 { _ = try Self.read(source) } } }
    #expect(counts.total >= 20)
  }

  /// A constant that is read twice gives nothing the second time, which the writer of modules takes for an error.
  @Test func eachIsReadOnce() throws {
    let counts = try ConstantStream([.computed(Computation(7, Counts()))]).feed { sources in
      try (0..<2).map { _ in try Self.read(sources[0]).count }
    }
    #expect(counts == [100, 0])
  }

  /// A writer that stops early leaves no worker behind.
  @Test func theWriterMayStop() throws {
    let counts = Counts()
    let constants: [StoredConstant] = (0..<50).map { .computed(Computation(UInt8($0), counts)) }
    #expect(throws: Failure.self) {
      try ConstantStream(constants).feed { sources in
        _ = try Self.read(sources[0])
        throw Failure()
      }
    }
    #expect(counts.total < 50)
    try ConstantStream(constants).feed { _ in }
    try ConstantStream([]).feed { #expect($0.isEmpty) }
  }
}
