import TesseraDiagnostics

/// A 64-bit little-endian ELF file.
struct ELFImage {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) throws(Diagnostic) {
    guard bytes.count >= 64, bytes[0..<4].elementsEqual([0x7f, 0x45, 0x4c, 0x46]) else { throw .malformedImage("no ELF header") }
    self.bytes = bytes
  }

  private func number(_ offset: Int, _ byteCount: Int) throws(Diagnostic) -> Int {
    guard offset >= 0, offset + byteCount <= bytes.count else { throw .malformedImage("an offset out of range") }
    return bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The dynamic symbols by the section table: what the file offers, and what it asks of others.
  func dynamicSymbols() throws(Diagnostic) -> (defined: [String], undefined: [String]) {
    var (defined, undefined): ([String], [String]) = ([], [])
    let sections = try number(0x28, 8)
    for i in 0..<(try number(0x3c, 2)) {
      let section = sections + i * 64
      // SHT_DYNSYM
      guard try number(section + 4, 4) == 11 else { continue }
      let start = try number(section + 0x18, 8)
      let count = try number(section + 0x20, 8) / 24
      let names = try number(sections + (try number(section + 0x28, 4)) * 64 + 0x18, 8)
      for j in 1..<max(count, 1) {
        let symbol = start + j * 24
        let first = names + (try number(symbol, 4))
        guard first < bytes.count, let end = bytes[first...].firstIndex(of: 0) else { throw .malformedImage("a symbol without a name") }
        let name = String(decoding: bytes[first..<end], as: UTF8.self)
        if try number(symbol + 6, 2) == 0 { undefined.append(name) } else { defined.append(name) }
      }
    }
    return (defined, undefined)
  }

  /// The bytes without the section table and what else is behind the last segment: loaders read segments only.
  func bytesOfSegments() throws(Diagnostic) -> [UInt8] {
    let segments = try number(0x20, 8)
    var end = 64
    for i in 0..<(try number(0x38, 2)) {
      let segment = segments + i * 56
      end = max(end, try number(segment + 8, 8) + (try number(segment + 0x20, 8)))
    }
    guard end <= bytes.count else { throw .malformedImage("a segment out of range") }
    var result = Array(bytes.prefix(end))
    // Where the table was; the bytes of a row, how many there were, and which had their names.
    for byte in Array(0x28..<0x30) + Array(0x3a..<0x40) { result[byte] = 0 }
    return result
  }
}
