import TesseraLibC

/// Questions about the bytes of a file.
package struct FormatBytes {
  package let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var count: Int { bytes.count }

  /// `true` iff `pattern` stands at `offset`.
  package func has(_ pattern: [UInt8], at offset: Int) -> Bool {
    offset + pattern.count <= bytes.count && bytes[offset..<offset + pattern.count].elementsEqual(pattern)
  }

  /// `true` iff the ASCII characters of `text` stand at `offset`.
  package func has(_ text: String, at offset: Int = 0) -> Bool { has(Array(text.utf8), at: offset) }

  package func starts(with pattern: [UInt8]) -> Bool { has(pattern, at: 0) }

  /// `true` iff `text` stands anywhere in the bytes `range`.
  package func contains(_ text: String, in range: Range<Int>? = nil) -> Bool {
    let range = (range ?? 0..<count).clamped(to: 0..<count)
    let pattern = Array(text.utf8)
    guard let first = pattern.first, let start = bytes.baseAddress else { return false }
    var position = range.lowerBound
    while position + pattern.count <= range.upperBound {
      guard let found = memchr(start + position, Int32(first), range.upperBound - position) else { return false }
      position = found - UnsafeMutableRawPointer(mutating: start)
      if position + pattern.count <= range.upperBound, has(pattern, at: position) { return true }
      position += 1
    }
    return false
  }

  /// The little-endian number of 8 bytes at the start.
  package var leadingNumber: UInt64? { count < 8 ? nil : UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) }

  /// The number of bytes of a protobuf varint at `offset`, and its value.
  package func varint(at offset: Int) -> (value: UInt64, length: Int)? {
    var value: UInt64 = 0
    for i in 0..<10 where offset + i < count {
      let byte = bytes[offset + i]
      value |= UInt64(byte & 0x7f) << UInt64(7 * i)
      if byte < 0x80 { return (value, i + 1) }
    }
    return nil
  }
}
