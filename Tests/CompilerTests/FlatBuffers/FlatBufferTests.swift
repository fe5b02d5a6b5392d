import TesseraDiagnostics
import Testing

@testable import TesseraFlatBuffers

/// Buffers that the Python package `flatbuffers` wrote are read, and damaged ones give an error: a trap would end the test program.
@Suite struct FlatBufferTests {
  /// A table of numbers, a text, vectors, tables, and a union of one of them.
  private static let buffer: [UInt8] = [
    32, 0, 0, 0, 84, 69, 83, 84, 24, 0, 44, 0, 43, 0, 36, 0, 32, 0, 28, 0, 24, 0, 20, 0, 19, 0, 12, 0, 11, 0, 4, 0, 24, 0,
    0, 0, 80, 0, 0, 0, 0, 0, 0, 2, 32, 0, 0, 0, 0, 0, 0, 1, 36, 0, 0, 0, 68, 0, 0, 0, 100, 0, 0, 0, 0, 0, 192, 63, 251, 255,
    255, 255, 0, 0, 0, 7, 2, 0, 0, 0, 72, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 24, 0, 0, 0, 8, 0, 0, 0, 4, 0, 6, 0, 4, 0, 0, 0,
    0, 0, 6, 0, 8, 0, 4, 0, 6, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255,
    255, 2, 0, 0, 0, 121, 122, 0, 0, 1, 0, 0, 0, 120, 0, 0, 0, 3, 0, 0, 0, 97, 98, 99, 0,
  ]

  /// A map of numbers of several widths, texts and lists.
  private static let map: [UInt8] = [
    109, 97, 120, 0, 108, 97, 114, 103, 101, 0, 117, 0, 115, 99, 97, 108, 101, 0, 112, 105, 0, 102, 108, 97, 103, 0, 110,
    97, 109, 101, 0, 5, 104, 101, 108, 108, 111, 0, 109, 105, 120, 101, 100, 0, 3, 116, 119, 111, 0, 0, 0, 0, 3, 0, 0, 0, 1,
    0, 0, 0, 15, 0, 0, 0, 0, 0, 96, 64, 6, 20, 14, 116, 121, 112, 101, 100, 0, 0, 5, 0, 4, 0, 5, 0, 212, 254, 7, 0, 8, 0,
    105, 110, 100, 0, 0, 0, 64, 226, 1, 0, 10, 80, 12, 99, 104, 67, 80, 89, 96, 38, 100, 0, 11, 0, 0, 0, 0, 0, 0, 0, 1, 0,
    0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 144, 238, 254, 255, 255,
    255, 255, 255, 10, 0, 0, 0, 0, 0, 0, 0, 112, 0, 0, 0, 0, 0, 0, 0, 144, 0, 0, 0, 0, 0, 0, 0, 24, 45, 68, 84, 251, 33, 9,
    64, 0, 0, 0, 0, 0, 0, 208, 63, 120, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 107, 26, 7, 7, 42, 20, 15, 15, 45,
    11, 90, 39, 1,
  ]

  private func read<R>(_ bytes: [UInt8], _ body: (FlatBuffer) throws -> R) throws -> R {
    try bytes.withUnsafeBytes { try body(FlatBuffer($0, path: "file", format: "a test")) }
  }

  /// Reads all that there is, whatever it is.
  private func readAll(_ bytes: [UInt8]) -> Bool {
    do {
      try read(bytes) { buffer in
        let root = try buffer.root()
        _ = (try root.number(0, default: UInt8(0)), try root.number(1, default: Int32(0)), try root.float(2), try root.string(3))
        _ = (try root.numbers(4, of: Int64.self), try root.flag(6), try root.strings(7), try root.union(9))
        for table in try root.tables(5) { _ = try table.number(0, default: Int32(0)) }
      }
      return true
    } catch { return false }
  }

  private func readMap(_ bytes: [UInt8]) throws -> [String: FlexMap.Item] {
    try read(bytes) { try FlexMap($0, 0..<bytes.count).items }
  }

  @Test func fields() throws {
    try read(Self.buffer) { buffer in
      #expect(buffer.identifier == "TEST")
      let root = try buffer.root()
      #expect(try root.number(0, default: UInt8(0)) == 7)
      #expect(try root.number(1, default: Int32(0)) == -5)
      #expect(try root.float(2) == 1.5)
      #expect(try root.string(3) == "abc")
      #expect(try root.numbers(4, of: Int64.self) == [1, -2])
      #expect(try root.tables(5).map { try $0.number(0, default: Int32(3)) } == [9, 3])
      #expect(try root.flag(6))
      #expect(try root.strings(7) == ["x", "yz"])
      let union = try root.union(9)
      #expect(union?.kind == 2)
      #expect(try union?.table.number(0, default: Int32(0)) == 9)
    }
  }

  @Test func missingFieldsHaveDefaults() throws {
    try read(Self.buffer) { buffer in
      let root = try buffer.root()
      #expect(try root.number(20, default: Int32(4)) == 4)
      #expect(try root.string(20) == nil)
      #expect(try root.numbers(20, of: Int8.self) == nil)
      #expect(try root.tables(20).isEmpty)
      #expect(try !root.has(20) && root.has(0))
    }
  }

  @Test func cutsGiveErrors() {
    for count in 0..<Self.buffer.count - 4 { #expect(!readAll(Array(Self.buffer.prefix(count)))) }
  }

  @Test func flipsGiveValuesOrErrors() {
    var generator = SeededGenerator(state: 11)
    var read = 0
    for _ in 0..<20_000 {
      var bytes = Self.buffer, options = Self.map
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        options[Int.random(in: 0..<options.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if readAll(bytes) { read += 1 }
      _ = try? readMap(options)
    }
    #expect(read > 0 && read < 20_000)
  }

  /// A vector of 2^16 offsets, all to one text of 2^16 bytes, is 4 GB of text in a file of 320 KB.
  @Test func sharedPartsAreCounted() {
    func little(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(number).littleEndian, Array.init) }
    let count = 1 << 16
    // The root's table at 12, its fields at 4: one, at 4 of the table.
    var bytes = little(12) + [6, 0, 8, 0, 4, 0, 0, 0] + little(8) + little(4) + little(count)
    for i in 0..<count { bytes += little(4 * (count - i)) }
    bytes += little(count) + [UInt8](repeating: 65, count: count)
    let error = #expect(throws: Diagnostic.self) { try read(bytes) { try $0.root().strings(0) } }
    #expect(error?.message.contains("named too often") == true)
  }

  @Test func options() throws {
    let items = try readMap(Self.map)
    #expect(items["max"] == .integer(10) && items["large"] == .integer(-70000) && items["u"] == .integer(200))
    #expect(items["scale"] == .float(0.25) && items["pi"] == .float(3.141592653589793) && items["flag"] == .integer(1))
    #expect(items["name"] == .text("hello") && items["ind"] == .integer(123456))
    #expect(items["mixed"] == .list([.integer(1), .text("two"), .float(3.5)]))
    #expect(items["typed"] == .list([.integer(4), .integer(5), .integer(-300), .integer(7), .integer(8)]))
    #expect(items.count == 10)
    #expect(try readMap([]).isEmpty)
  }

  @Test func cutOptionsGiveErrors() {
    for count in 1..<Self.map.count { #expect(throws: Diagnostic.self) { try readMap(Array(Self.map.dropFirst(count))) } }
  }
}
