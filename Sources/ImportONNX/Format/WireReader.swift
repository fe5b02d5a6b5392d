import TesseraDiagnostics

/// Reads the fields of one protobuf message out of a mapped file, without copying and never past its end.
///
/// Byte strings and nested messages are ranges of the file. Every length is checked against the message that it stands in,
/// and nesting is bounded, so a corrupt file gives a `Diagnostic` and nothing else.
struct WireReader {
  /// One field: its number and its value as it stands on the wire.
  struct Field {
    let number: Int
    let value: Payload
  }

  /// The value of a field by wire type.
  enum Payload {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
  }

  /// Messages nest at most this deep, as protobuf's own readers have it: a real model needs about 6, plus 3 for each level of subgraphs.
  static let depthLimit = 100

  /// The whole file.
  let bytes: UnsafeRawBufferPointer
  /// The name of the file, for diagnostics.
  let path: String
  /// The name of the message type, for diagnostics.
  let message: String
  private(set) var position: Int
  private let end: Int
  private let depth: Int

  /// Creates a reader of the message that the bytes as a whole are.
  init(_ bytes: UnsafeRawBufferPointer, path: String, message: String) {
    self.init(bytes, path: path, message: message, range: 0..<bytes.count, depth: 0)
  }

  private init(_ bytes: UnsafeRawBufferPointer, path: String, message: String, range: Range<Int>, depth: Int) {
    self.bytes = bytes
    self.path = path
    self.message = message
    self.position = range.lowerBound
    self.end = range.upperBound
    self.depth = depth
  }

  /// Returns the next field, or `nil` at the end of the message.
  mutating func next() throws(Diagnostic) -> Field? {
    guard position < end else { return nil }
    let start = position
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3)
    guard number > 0, number < 1 << 29 else { throw .corruptONNX(self, "a field has the number \(number)", at: start) }
    switch tag & 7 {
    case 0: return Field(number: number, value: .varint(try varint()))
    case 1: return Field(number: number, value: .fixed64(try fixed(UInt64.self)))
    case 5: return Field(number: number, value: .fixed32(try fixed(UInt32.self)))
    case 2:
      let count = try varint()
      guard count <= UInt64(end - position) else {
        throw .corruptONNX(self, "field \(number) claims \(count) bytes, but only \(end - position) are left", at: start)
      }
      defer { position += Int(count) }
      return Field(number: number, value: .bytes(position..<position + Int(count)))
    default: throw .corruptONNX(self, "field \(number) has the unknown wire type \(tag & 7)", at: start)
    }
  }

  private mutating func varint() throws(Diagnostic) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70 {
      guard position < end else { throw .corruptONNX(self, "a number is cut off", at: start) }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift  // shifts past 63 bits drop the rest, as protobuf does
      if byte < 0x80 { return value }
      shift += 7
    }
    throw .corruptONNX(self, "a number is longer than 10 bytes", at: start)
  }

  private mutating func fixed<T: FixedWidthInteger>(_ type: T.Type) throws(Diagnostic) -> T {
    let size = MemoryLayout<T>.size
    guard size <= end - position else { throw .corruptONNX(self, "a number of \(size) bytes is cut off", at: position) }
    defer { position += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }
}

// MARK: typed values of fields

extension WireReader {
  /// The integer in `field`.
  func integer(_ field: Field) throws(Diagnostic) -> Int64 {
    guard case .varint(let bits) = field.value else { throw mismatch(field, "an integer") }
    return Int64(bitPattern: bits)
  }

  /// The 32-bit float in `field`.
  func float(_ field: Field) throws(Diagnostic) -> Float {
    guard case .fixed32(let bits) = field.value else { throw mismatch(field, "a float") }
    return Float(bitPattern: bits)
  }

  /// The range of the file that the bytes of `field` take.
  func range(_ field: Field) throws(Diagnostic) -> Range<Int> {
    guard case .bytes(let range) = field.value else { throw mismatch(field, "bytes") }
    return range
  }

  /// The text in `field`.
  func string(_ field: Field) throws(Diagnostic) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[try range(field)]), as: UTF8.self)
  }

  /// A reader of the message in `field`.
  func nested(_ field: Field, _ message: String) throws(Diagnostic) -> WireReader {
    let range = try range(field)
    guard depth < Self.depthLimit else { throw .nestedTooDeep(self, at: range.lowerBound) }
    return WireReader(bytes, path: path, message: message, range: range, depth: depth + 1)
  }

  /// Appends the integers of `field`, packed or single.
  func appendIntegers(_ field: Field, to list: inout [Int64]) throws(Diagnostic) {
    guard case .bytes(let range) = field.value else { return list.append(try integer(field)) }
    var packed = WireReader(bytes, path: path, message: message, range: range, depth: depth)
    while packed.position < range.upperBound { list.append(Int64(bitPattern: try packed.varint())) }
  }

  /// Appends the fixed-width numbers of `field`, packed or single, as bit patterns.
  func appendFixed<T: FixedWidthInteger>(_ field: Field, to list: inout [T]) throws(Diagnostic) {
    switch field.value {
    case .fixed32(let bits) where T.bitWidth == 32: list.append(T(truncatingIfNeeded: bits))
    case .fixed64(let bits) where T.bitWidth == 64: list.append(T(truncatingIfNeeded: bits))
    case .bytes(let range):
      var packed = WireReader(bytes, path: path, message: message, range: range, depth: depth)
      list.reserveCapacity(list.count + range.count / MemoryLayout<T>.size)
      while packed.position < range.upperBound { list.append(try packed.fixed(T.self)) }
    default: throw mismatch(field, "numbers of \(T.bitWidth) bits")
    }
  }

  private func mismatch(_ field: Field, _ expected: String) -> Diagnostic {
    .corruptONNX(self, "field \(field.number) is not \(expected)", at: position)
  }
}
