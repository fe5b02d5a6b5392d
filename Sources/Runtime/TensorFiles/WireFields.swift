/// The fields of a message of protocol buffers, by number, in the order of the bytes.
struct WireFields {
  /// Why bytes are no message.
  struct Problem: Error {
    /// A clause for the user.
    let reason: String
  }

  /// The numbers of each field, each a varint.
  private(set) var numbers: [Int: [UInt64]] = [:]
  /// The texts, messages and packed lists of each field.
  private(set) var parts: [Int: [UnsafeRawBufferPointer]] = [:]
  /// The numbers of 4 and of 8 bytes of each field.
  private(set) var words: [Int: [UnsafeRawBufferPointer]] = [:]

  /// Reads the fields in `bytes`.
  init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    var position = 0
    while position < bytes.count {
      let tag = try WireFields.varint(bytes, &position)
      guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw Problem(reason: "it has a damaged field") }
      let number = Int(tag >> 3)
      func take(_ count: UInt64) throws(Problem) -> UnsafeRawBufferPointer {
        guard count <= UInt64(bytes.count - position) else { throw Problem(reason: "it ends within a field") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
      }
      switch tag & 7 {
      case 0: numbers[number, default: []].append(try WireFields.varint(bytes, &position))
      case 1: words[number, default: []].append(try take(8))
      case 2:
        let count = try WireFields.varint(bytes, &position)
        parts[number, default: []].append(try take(count))
      case 5: words[number, default: []].append(try take(4))
      default: throw Problem(reason: "it has a damaged field")
      }
    }
  }

  /// Returns the numbers of a repeated field, packed or one by one.
  func varints(_ number: Int) throws(Problem) -> [UInt64] {
    var result = numbers[number] ?? []
    for part in parts[number] ?? [] {
      var position = 0
      while position < part.count { result.append(try WireFields.varint(part, &position)) }
    }
    return result
  }

  /// Returns the bytes of a repeated field of numbers of a fixed size, packed or one by one.
  func fixed(_ number: Int) -> [UInt8] { (parts[number] ?? []).flatMap { Array($0) } + (words[number] ?? []).flatMap { Array($0) } }

  /// Returns the last text of a field; `nil` where there is none, or it is no UTF-8.
  func text(_ number: Int) -> String? { parts[number]?.last.flatMap { String(validating: $0, as: UTF8.self) } }

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(Problem) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw Problem(reason: "it ends within a number") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Problem(reason: "it has a number of more than 64 bits")
  }
}
