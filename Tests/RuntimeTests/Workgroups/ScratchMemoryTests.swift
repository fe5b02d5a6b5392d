import TesseraWorkgroups
import Testing

/// Scratch memory follows what calls need.
@Suite struct ScratchMemoryTests {
  private static let huge = 64 << 20

  /// Ends a call that needs so many bytes, and returns how many there are afterwards.
  private func call(_ memory: inout ScratchMemory, _ byteCount: Int) throws -> Int {
    try memory.reserve(byteCount)
    memory.endCall()
    return memory.stride
  }

  /// What one call needed is given back after some calls in a row that need much less; what those need stays.
  @Test(arguments: [1, 2]) func shrinks(threads: Int) throws {
    var memory = try ScratchMemory(100, threads: threads)
    #expect(try call(&memory, Self.huge) == Self.huge)
    for needed in [1000, 5000, 200] { #expect(try call(&memory, needed) == Self.huge) }
    #expect(try call(&memory, 1) == 5120)
    #expect(try call(&memory, Self.huge) == Self.huge)
  }

  /// Calls that need it now and then keep it, and so do those that need a good part of it.
  @Test func stays() throws {
    var memory = try ScratchMemory(100, threads: 2)
    for _ in 0..<10 { for needed in [Self.huge, 10, 10, 10] { #expect(try call(&memory, needed) == Self.huge) } }
    for _ in 0..<10 { #expect(try call(&memory, Self.huge / 3) == Self.huge) }
  }

  /// Little memory is not worth it.
  @Test func staysSmall() throws {
    var memory = try ScratchMemory(100, threads: 2)
    #expect(try call(&memory, 1 << 20) == 1 << 20)
    for _ in 0..<10 { #expect(try call(&memory, 10) == 1 << 20) }
  }
}
