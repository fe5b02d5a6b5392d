/// Numbers and texts at places in bytes that may not be what they should be.
struct LittleEndianReader {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Returns `count` bytes at `offset` as a number; `nil` where they are not there, or the number is beyond `Int`.
  func number(_ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - count else { return nil }
    return Int(exactly: (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) })
  }

  /// Returns `count` bytes at `offset` as text; `nil` where they are not there, or are no UTF-8.
  func text(_ offset: Int, _ count: Int) -> String? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
    return String(validating: bytes[offset..<offset + count], as: UTF8.self)
  }
}
