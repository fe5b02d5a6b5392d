import TesseraLibC
import TesseraModuleFormat
import Testing

// The description of a module: how it is packed, and what is wrong with its content.
extension FormatTests {
  /// The dictionary of descriptions is a part of the format: modules of this version cannot be read with another.
  @Test func dictionary() {
    #expect(ModuleLayout.version == 8)
    #expect(SectionPacking.words.count == 992)
    #expect(SectionPacking.words.withUnsafeBytes { Checksum.of($0) } == 0xD45A_8E31_C296_5D20)
  }

  /// No more is unpacked than a description may have, whatever a block says of itself.
  @Test func boundedDescriptions() {
    let block = [UInt8](repeating: 0xFF, count: 1 << 20)
    let content: [UInt8] = [0x80, 0x80, 0x80, 0x40] + block
    #expect(throws: FormatError.self) {
      try content.withUnsafeBytes { _ = try SectionPacking.bytes($0, section: "description", limit: 1 << 26) }
    }
  }

  /// Descriptions with wrong content that nothing compresses, so that all of it is reached: an error or a module, never a trap.
  @Test func hostileDescriptions() throws {
    let bytes = try ModuleWriter(richModule()).bytes(constants: Self.constants)
    let section = number(bytes, 40, 8)..<number(bytes, 40, 8) + number(bytes, 48, 8)
    let description = try bytes[section].withUnsafeBytes {
      try SectionPacking.bytes($0, section: "description", after: SectionPacking.words)
    }
    #expect(description.count > section.count && description.count < 0x4000)
    /// The module with `content` as its description, not compressed.
    func module(_ content: [UInt8]) -> [UInt8] {
      let packed = [UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)] + content
      let room = (packed.count + 63) / 64 * 64
      let growth = section.lowerBound + room - number(bytes, 72, 8)
      var result = bytes
      result.replaceSubrange(section.lowerBound..<number(bytes, 72, 8), with: packed + [UInt8](repeating: 0, count: room - packed.count))
      put(UInt64(result.count), 16, in: &result)
      put(UInt64(packed.count), 48, in: &result)
      for row in 1..<number(bytes, 12, 4) { put(UInt64(number(bytes, 40 + 32 * row, 8) + growth), 40 + 32 * row, in: &result) }
      seal(&result)
      return result
    }
    #expect(try ModuleFile(bytes: module(description)).description == richModule())
    var refused = 0
    for position in description.indices {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        var mutated = description
        mutated[position] = value
        do { _ = try ModuleFile(bytes: module(mutated)) } catch { refused += 1 }
      }
    }
    #expect(refused > description.count)
  }

  private func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  private func put(_ value: UInt64, _ offset: Int, in bytes: inout [UInt8]) {
    for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  /// Puts right checksums into a mutated module, where its section table allows it.
  func seal(_ bytes: inout [UInt8]) {
    func number(_ offset: Int, _ count: Int) -> UInt64 { (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) } }
    let count = Int(number(12, 4))
    for row in 0..<count {
      let base = 32 + row * 32
      let (offset, length) = (number(base + 8, 8), number(base + 16, 8))
      guard offset <= UInt64(bytes.count), length <= UInt64(bytes.count) - offset else { continue }
      let section = Array(bytes[Int(offset)..<Int(offset + length)])
      put(section.withUnsafeBytes { Checksum.of($0) }, base + 24, in: &bytes)
    }
    put(0, 24, in: &bytes)
    let header = Array(bytes[0..<32 + count * 32])
    put(header.withUnsafeBytes { Checksum.of($0) }, 24, in: &bytes)
  }
}
