import TesseraDiagnostics

/// The dynamic symbols of a 64-bit little-endian ELF image: what it offers, and what it asks of others.
struct ELFSymbols {
  var defined: [String] = []
  var undefined: [String] = []

  /// Reads the section table of `image`, which the linker wrote.
  init(reading image: [UInt8]) throws(Diagnostic) {
    guard image.count >= 64, image[0..<4].elementsEqual([0x7f, 0x45, 0x4c, 0x46]) else { throw .malformedImage("no ELF header") }
    func number(_ offset: Int, _ byteCount: Int) throws(Diagnostic) -> Int {
      guard offset >= 0, offset + byteCount <= image.count else { throw .malformedImage("an offset out of range") }
      return image[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
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
        guard first < image.count, let end = image[first...].firstIndex(of: 0) else { throw .malformedImage("a symbol without a name") }
        let name = String(decoding: image[first..<end], as: UTF8.self)
        if try number(symbol + 6, 2) == 0 { undefined.append(name) } else { defined.append(name) }
      }
    }
  }
}
