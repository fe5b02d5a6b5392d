/// A protobuf message under construction.
struct WireMessage {
  private(set) var bytes: [UInt8] = []

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// Adds a number.
  mutating func add(_ field: Int, _ value: Int) { bytes += Self.varint(UInt64(field) << 3) + Self.varint(UInt64(bitPattern: Int64(value))) }
  /// Adds a byte string.
  mutating func add(_ field: Int, _ content: [UInt8]) {
    bytes += Self.varint(UInt64(field) << 3 | 2) + Self.varint(UInt64(content.count)) + content
  }
  /// Adds a text.
  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }
  /// Adds a nested message.
  mutating func add(_ field: Int, _ body: (inout WireMessage) -> Void) {
    var message = WireMessage()
    body(&message)
    add(field, message.bytes)
  }
}
