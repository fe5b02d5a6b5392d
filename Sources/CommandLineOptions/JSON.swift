/// A JSON value to print.
public indirect enum JSON: CustomStringConvertible, Sendable {
  /// A value that is not known.
  case null
  /// A truth value.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number; an infinity or NaN is printed as `null`, since JSON has neither.
  case number(Double)
  /// A text.
  case string(String)
  /// A text that is JSON already, such as a number with more digits than a `Double` has.
  case literal(String)
  /// Values in order.
  case array([JSON])
  /// Values by name, in order.
  case object([(String, JSON)])

  /// The text, on one line.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): JSON.quoted(value)
    case .literal(let text): text
    case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .object(let members): "{" + members.map { "\(JSON.quoted($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }
  }

  /// Returns `text` in quotes, with escapes where JSON wants them.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
