import TesseraDiagnostics

/// A position in a text of MLIR, and the words that can stand there.
struct TextCursor {
  let bytes: UnsafeRawBufferPointer
  let path: String
  var position = 0

  /// The byte at the position; 0 at the end.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }
  var isAtEnd: Bool { position >= bytes.count }

  /// The number of the line at hand.
  var line: Int { 1 + bytes[..<min(position, bytes.count)].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } }

  func failure(_ expected: String) -> Diagnostic {
    let rest = bytes[min(position, bytes.count)...].prefix(40).prefix { $0 != UInt8(ascii: "\n") }
    let found = rest.isEmpty ? "the end" : "'\(String(decoding: rest, as: UTF8.self))'"
    return .unreadableText(path, line: line, "expected \(expected), found \(found)")
  }

  // MARK: characters

  /// Passes over spaces and comments.
  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"): skipLine()
      default: return
      }
    }
  }

  mutating func skipLine() { while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 } }

  /// `true` iff `text` stands next, behind spaces.
  mutating func sees(_ text: StaticString) -> Bool {
    skipSpace()
    let count = text.utf8CodeUnitCount
    guard count <= bytes.count - position else { return false }
    for i in 0..<count where bytes[position + i] != text.utf8Start[i] { return false }
    return true
  }

  /// `true` iff `byte` stands here, without spaces before it.
  func isHere(_ byte: Unicode.Scalar) -> Bool { current == UInt8(ascii: byte) }

  mutating func take(_ text: StaticString) -> Bool {
    guard sees(text) else { return false }
    position += text.utf8CodeUnitCount
    return true
  }

  mutating func need(_ text: StaticString) throws(Diagnostic) { if !take(text) { throw failure("'\(text)'") } }

  // MARK: words

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
  }

  /// Letters, digits and what names of MLIR have beside them.
  static func isWordByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "$") || byte == UInt8(ascii: ".")
  }

  mutating func seesWord() -> Bool {
    skipSpace()
    return Self.isLetter(current)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func word() throws(Diagnostic) -> String {
    skipSpace()
    let start = position
    while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
    if position == start { throw failure("a word") }
    return text(start..<position)
  }

  /// The word that stands next, which stays there; `nil` if there is none.
  mutating func nextWord() -> String? {
    guard seesWord() else { return nil }
    let start = position
    defer { position = start }
    return try? word()
  }

  /// A name behind a sign, as in `%arg0` and `@main`: the sign has been taken.
  mutating func suffixName() throws(Diagnostic) -> String {
    if isHere("\"") { return try string() }
    let start = position
    while position < bytes.count, Self.isWordByte(bytes[position]) || bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position == start { throw failure("a name") }
    return text(start..<position)
  }

  mutating func string() throws(Diagnostic) -> String {
    try need("\"")
    var out: [UInt8] = []
    while true {
      guard position < bytes.count else { throw failure("a quotation mark") }
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      let escaped = current
      position += 1
      switch escaped {
      case UInt8(ascii: "n"): out.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): out.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(escaped)
      default:
        guard let high = Self.hexDigit(escaped), let low = Self.hexDigit(current) else { throw failure("an escaped character") }
        out.append(high << 4 | low)
        position += 1
      }
    }
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte - UInt8(ascii: "0") }
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") ? lower - UInt8(ascii: "a") + 10 : nil
  }

  /// `true` iff a number stands next.
  mutating func seesNumber() -> Bool {
    skipSpace()
    if Self.isDigit(current) { return true }
    return isHere("-") && position + 1 < bytes.count && Self.isDigit(bytes[position + 1])
  }

  /// A decimal integer.
  mutating func integer() throws(Diagnostic) -> Int {
    skipSpace()
    let start = position
    if isHere("-") { position += 1 }
    while Self.isDigit(current) { position += 1 }
    guard let value = Int(text(start..<position)) else {
      position = start
      throw failure("an integer of 64 bits")
    }
    return value
  }

  /// The range up to the bracket that closes the one at hand, both included.
  mutating func balanced() throws(Diagnostic) -> Range<Int> {
    skipSpace()
    let start = position
    var open = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        _ = try string()
        continue
      case UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"): open += 1
      // The point of an arrow closes nothing.
      case UInt8(ascii: ">") where position > start && bytes[position - 1] == UInt8(ascii: "-"): break
      case UInt8(ascii: ">"), UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"): open -= 1
      default: break
      }
      position += 1
      if open == 0 { return start..<position }
    }
    throw failure("a closing bracket")
  }
}
