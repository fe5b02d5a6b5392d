import TesseraModuleFormat
import Testing

/// The compression of sections of modules.
@Suite struct BlockCompressionTests {
  private func unpack(_ block: [UInt8], _ count: Int) throws -> [UInt8] {
    try block.withUnsafeBytes { try BlockCompression.bytes($0, count: count) }
  }

  /// Bytes that repeat at near and far distances, with noise between.
  private func mixed(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    var bytes: [UInt8] = []
    while bytes.count < count {
      if bytes.isEmpty || next() % 3 == 0 {
        for _ in 0..<next() % 40 { bytes.append(UInt8(next() & 0xFF)) }
      } else {
        let start = max(0, bytes.count - 1 - next() % 100_000)
        for i in 0..<next() % 700 { bytes.append(bytes[start + i % (bytes.count - start)]) }
      }
    }
    return Array(bytes.prefix(count))
  }

  /// What is packed comes out as it was, in no more bytes than the format's worst case.
  @Test(arguments: [0, 1, 4, 5, 12, 13, 14, 15, 16, 17, 254, 255, 256, 270, 271, 300, 65_535, 65_536, 65_540, 200_000])
  func roundTrip(count: Int) throws {
    var samples = [[UInt8](repeating: 7, count: count), (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 31) >> 3) }]
    for seed in 1...5 { samples.append(mixed(count, seed: UInt64(seed))) }
    for sample in samples {
      let block = BlockCompression.block(sample)
      #expect(try unpack(block, count) == sample)
      #expect(block.count <= count + count / 255 + 16)
      #expect(block == BlockCompression.block(sample))
      for wrong in [count - 1, count + 1, count * 2 + 1] where wrong >= 0 {
        #expect(throws: FormatError.self) { try unpack(block, wrong) }
      }
    }
    if count > 1000 { #expect(BlockCompression.block(samples[0]).count < count / 200) }
  }

  /// A block written by hand after the description of the format: others' blocks are read too.
  @Test func knownBlock() throws {
    // "abc", 18 bytes from 3 back, then "-end!" as literals.
    let block: [UInt8] = [0x3E, 0x61, 0x62, 0x63, 3, 0, 0x50] + Array("-end!".utf8)
    #expect(try unpack(block, 26) == Array("abcabcabcabcabcabcabc-end!".utf8))
    // 15 + 255 + 3 literals.
    let literals = [UInt8](repeating: 9, count: 273)
    #expect(try unpack([0xF0, 255, 3] + literals, 273) == literals)
  }

  /// What a dictionary has is not said again; a reader without it has an error, or other bytes.
  @Test(arguments: [0, 1, 12, 300, 70_000])
  func dictionary(count: Int) throws {
    let dictionary = mixed(3000, seed: 11)
    let sample = mixed(count, seed: 4) + dictionary[500..<1500] + mixed(40, seed: 5)
    let block = BlockCompression.block(sample, after: dictionary)
    let bytes = try block.withUnsafeBytes { try BlockCompression.bytes($0, count: sample.count, after: dictionary) }
    #expect(bytes == sample)
    #expect(count > 65_000 || block.count < count + count / 255 + 100)
    #expect((try? unpack(block, sample.count)) != sample || count > 65_000)
  }

  /// Damaged blocks are errors, never traps, and no size is believed that cannot be right.
  @Test func damagedBlocks() {
    let hostile: [[UInt8]] = [
      [], [0x10], [0xF0], [0xF0, 255], [0x3E, 1, 2, 3], [0x3E, 1, 2, 3, 4, 0, 0], [0x3E, 1, 2, 3, 0, 0, 0], [0x3F, 1, 2, 3, 1, 0, 255],
      [0x00, 1, 0, 0],
    ]
    for block in hostile {
      for count in [-1, 0, 1, 3, 21, 1000, .max] where !(block.isEmpty && count == 0) {
        #expect(throws: FormatError.self, "\(block) as \(count)") { try unpack(block, count) }
      }
    }
    let sample = mixed(5000, seed: 9)
    let block = BlockCompression.block(sample)
    for position in block.indices {
      for value: UInt8 in [0, 0x0F, 0xF0, 0xFF] {
        var mutated = block
        mutated[position] = value
        if let bytes = try? unpack(mutated, sample.count) { #expect(bytes.count == sample.count) }
      }
      #expect(throws: FormatError.self) { try unpack(Array(block.prefix(position)), sample.count) }
    }
  }
}
