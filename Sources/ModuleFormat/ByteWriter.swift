/// Collects the bytes of a section. Numbers are little-endian base 128 (LEB128), signed ones zigzag first.
struct ByteWriter {
  /// The bytes so far.
  private(set) var bytes: [UInt8] = []

  /// Appends a number that is not negative.
  mutating func write(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends a number of any sign.
  mutating func write(signed number: Int64) {
    write(UInt64(bitPattern: number &<< 1 ^ number &>> 63))
  }

  /// Appends a count or an index. Negative ones come back as an error of the reader's.
  mutating func write(_ number: Int) { write(UInt64(bitPattern: Int64(number))) }

  /// Appends a byte.
  mutating func write(byte: UInt8) { bytes.append(byte) }

  /// Appends bytes as they are.
  mutating func write(bytes more: [UInt8]) { bytes.append(contentsOf: more) }

  /// Appends a string: its length in UTF-8, and the bytes.
  mutating func write(_ string: String) {
    let utf8 = Array(string.utf8)
    write(utf8.count)
    bytes.append(contentsOf: utf8)
  }

  /// Appends a list: its count, and what `body` writes for each element.
  mutating func write<Element>(_ list: [Element], _ body: (inout ByteWriter, Element) -> Void) {
    write(list.count)
    for element in list { body(&self, element) }
  }
}
