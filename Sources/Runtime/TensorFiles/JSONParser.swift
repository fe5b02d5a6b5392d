/// A small parser of JSON, for the headers of `.safetensors` files and what this program writes itself.
package struct JSONParser {
  /// The parsed text.
  package indirect enum Value {
    case string(String)
    /// A whole number; one that is too large, or none, is a `number`.
    case integer(Int)
    case number(Double)
    case array([Value])
    case object([(name: String, value: Value)])
    case null
    case bool(Bool)
  }

  /// Why a text is not taken.
  package struct Problem: Error {
    /// The end of a sentence.
    package let reason: String
  }

  private var rest: Substring.UTF8View
  /// Headers nest three deep, a report six; a recursion must end before the stack does.
  private static let depthLimit = 16

  /// Creates a parser of `text`.
  package init(_ text: String) { rest = text[...].utf8 }

  /// Parses the whole text.
  package mutating func parse() throws(Problem) -> Value {
    let value = try value(0)
    skipSpace()
    guard rest.isEmpty else { throw Problem(reason: "has text behind its end") }
    return value
  }

  private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 } }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
    guard take(character) else { throw Problem(reason: "lacks a '\(character)'") }
  }

  private mutating func value(_ depth: Int) throws(Problem) -> Value {
    guard depth < JSONParser.depthLimit else { throw Problem(reason: "is nested too deep") }
    skipSpace()
    if take("{") {
      var members: [(name: String, value: Value)] = []
      if take("}") { return .object(members) }
      repeat {
        let name = try string()
        try expect(":")
        members.append((name, try value(depth + 1)))
      } while take(",")
      try expect("}")
      return .object(members)
    }
    if take("[") {
      var elements: [Value] = []
      if take("]") { return .array(elements) }
      repeat { elements.append(try value(depth + 1)) } while take(",")
      try expect("]")
      return .array(elements)
    }
    if rest.first == UInt8(ascii: "\"") { return .string(try string()) }
    for (word, value) in [("true", Value.bool(true)), ("false", .bool(false)), ("null", .null)] where rest.starts(with: word.utf8) {
      rest.removeFirst(word.utf8.count)
      return value
    }
    return try number()
  }

  private mutating func number() throws(Problem) -> Value {
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0) }
    let text = String(decoding: digits, as: UTF8.self)
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: ".") else {
      throw Problem(reason: "has something that is no value")
    }
    guard let value = Int(text).map({ Value.integer($0) }) ?? Double(text).map({ .number($0) }) else {
      throw Problem(reason: "has something that is no number")
    }
    rest.removeFirst(digits.count)
    return value
  }

  private mutating func string() throws(Problem) -> String {
    try expect("\"")
    var result: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") {
        guard let text = String(validating: result, as: UTF8.self) else { break }
        return text
      }
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard let escape = rest.popFirst() else { break }
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "u"): result += Array(String(try scalar()).utf8)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      default: throw Problem(reason: "has an unknown escape in a text")
      }
    }
    throw Problem(reason: "has a text without an end")
  }

  /// Reads the digits of `\uXXXX`, or of a pair of them.
  private mutating func scalar() throws(Problem) -> Unicode.Scalar {
    let first = try unit()
    if (0xD800..<0xDC00).contains(first), rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
      rest.removeFirst(2)
      let second = try unit()
      if (0xDC00..<0xE000).contains(second), let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + second - 0xDC00) {
        return scalar
      }
    } else if let scalar = Unicode.Scalar(first) {
      return scalar
    }
    throw Problem(reason: "has an escape that is no character")
  }

  private mutating func unit() throws(Problem) -> UInt32 {
    let digits = rest.prefix(4)
    guard digits.count == 4, let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
      throw Problem(reason: "has an escape that is no character")
    }
    rest.removeFirst(4)
    return number
  }
}

extension JSONParser.Value {
  /// The member of an object; `nil` where this is none, or has none of the name.
  package subscript(_ name: String) -> JSONParser.Value? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The elements of an array; `nil` where this is none.
  package var elements: [JSONParser.Value]? { if case .array(let elements) = self { elements } else { nil } }

  /// A text; `nil` where this is none.
  package var text: String? { if case .string(let text) = self { text } else { nil } }

  /// A number; `nil` where this is none.
  package var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
