/// Reads what `ByteWriter` wrote, checking every count against the bytes that are left.
struct ByteReader {
  /// The bytes of the section.
  private let bytes: UnsafeRawBufferPointer
  /// The position of the next byte.
  private var position = 0
  /// The section's name, for errors.
  private let section: String

  /// Creates a reader at the start of `bytes`, which must outlive it.
  init(_ bytes: UnsafeRawBufferPointer, section: String) {
    self.bytes = bytes
    self.section = section
  }

  /// The bytes that were not read yet.
  var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[position...]) }

  /// Returns an error about this section.
  @inline(never) func error(_ what: String) -> FormatError { .malformed("\(what) in the \(section) at byte \(position)") }

  /// Reads a byte.
  mutating func byte() throws(FormatError) -> UInt8 {
    guard position < bytes.count else { throw error("unexpected end") }
    defer { position += 1 }
    return bytes[position]
  }

  /// Reads so many bytes.
  mutating func bytes(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else { throw error("unexpected end") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// Reads a number that is not negative.
  mutating func number() throws(FormatError) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      if shift == 63 && next > 1 { throw error("a number of more than 64 bits") }
      result |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return result }
      shift += 7
      if shift > 63 { throw error("a number of more than 64 bits") }
    }
  }

  /// Reads a number of any sign.
  mutating func signed() throws(FormatError) -> Int64 {
    let raw = try number()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// Reads an index or a size.
  mutating func int() throws(FormatError) -> Int {
    guard let result = Int(exactly: try number()) else { throw error("a number out of range") }
    return result
  }

  /// Reads the count of a list, whose elements have at least one byte each.
  mutating func count() throws(FormatError) -> Int {
    let result = try int()
    guard result <= bytes.count - position else { throw error("a count that exceeds the section") }
    return result
  }

  /// Reads a string.
  mutating func string() throws(FormatError) -> String {
    let length = try count()
    guard let result = String(validating: bytes[position..<position + length], as: UTF8.self) else { throw error("text that is not UTF-8") }
    position += length
    return result
  }

  /// Reads a list with `body`.
  mutating func list<Element>(_ body: (inout ByteReader) throws(FormatError) -> Element) throws(FormatError) -> [Element] {
    var result: [Element] = []
    let total = try count()
    // A list of a damaged module may not be as long as it says.
    result.reserveCapacity(min(total, 4096))
    for _ in 0..<total { result.append(try body(&self)) }
    return result
  }

  /// Reads one of the cases of `Variant`.
  mutating func variant<Variant: RawRepresentable<UInt8>>(_ what: String) throws(FormatError) -> Variant {
    guard let result = Variant(rawValue: try byte()) else { throw error("an unknown \(what)") }
    return result
  }

  /// Checks that nothing is left.
  func finish() throws(FormatError) {
    guard position == bytes.count else { throw error("unexpected bytes") }
  }
}
