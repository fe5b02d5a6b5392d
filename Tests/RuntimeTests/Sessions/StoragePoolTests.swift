import TesseraDeviceCPU
import TesseraModuleFormat
import TesseraRuntime
import Testing

/// Memory of pending commands is neither given out again nor freed, whoever has let go of it.
struct StoragePoolTests {
  /// Many more buffers than a pool keeps.
  private static let many = 70

  /// A buffer that was let go of in a round waits for the end of the round.
  @Test func waitsForTheEndOfTheRound() throws {
    var pool = StoragePool(CPUDevice(threads: 1))
    var held: Storage? = try pool.take(64)
    let first = try #require(held?.address)
    pool.endRound()
    // A command that reads it may be pending when the last register forgets it.
    held = nil
    let second = try pool.take(64)
    #expect(second.address != first)
    pool.endRound()
    let third = try pool.take(64)
    #expect(third.address == first)
    withExtendedLifetime(second) {}
  }

  /// The next call gets the buffers of the last one, whose registers let go of them behind the last round.
  @Test func callsShareBuffers() throws {
    var pool = StoragePool(CPUDevice(threads: 1))
    var addresses = Set<UInt64>()
    for _ in 0..<5 {
      var held: Storage? = try pool.take(64)
      addresses.insert(try #require(held?.address))
      pool.endRound()
      held = nil
      pool.endCall()
    }
    #expect(addresses.count == 1)
  }

  /// So does one that the pool had no room for: its memory is whole until then.
  @Test func keepsWhatItHasNoRoomFor() throws {
    let code: [Instruction] =
      (0..<Self.many).map { .allocate(to: $0, byteCount: 64) } + [
        .allocate(to: Self.many, byteCount: 64), .fill(buffer: Self.many, pattern: 7, patternByteCount: 8, byteCount: 64), .submit,
        .allocate(to: Self.many + 1, byteCount: 64), .copy(from: Self.many, to: Self.many + 1, byteCount: 64),
        // The copy is pending, and nobody holds any more what it reads.
        .allocate(to: Self.many, byteCount: 64),
        .tensor(to: 0, buffer: Self.many + 1, elementType: .i64, shape: [8]), .returnValues(integers: [], references: [0]),
      ]
    let module = ModuleDescription(
      functions: [
        FunctionDescription(
          name: "main", isExported: true, inputs: [], outputs: [TensorInfo(name: "", elementType: .i64, shape: [.fixed(8)])],
          integerRegisterCount: 0, referenceRegisterCount: Self.many + 2, code: code)
      ])
    let session = try Session(load(module), device: CPUDevice(threads: 1))
    for _ in 0..<3 { #expect(try session.call("main", [])[0].array(of: Int64.self) == [Int64](repeating: 7, count: 8)) }
  }
}
