/// An operator of a model outside of bodies, as its importer met it, for who looks at the values between operators.
///
/// `tessera-compile --list-operators` writes them, and `tessera verify` reads them.
public struct SourceOperator: Hashable, Sendable {
  /// The function that it is in.
  public var function: String
  /// The name in the model, or its place there.
  public var name: String
  /// The kind of operation: `Conv`, `linalg.matmul`.
  public var operation: String
  /// The names of the values that it reads, those in its bodies included.
  public var operands: [String]
  /// The names of the values that it gives.
  public var results: [String]
  /// Those of its results that a function may return (`--add-output`).
  public var returnable: [String]
  /// The bytes of the returnable results as far as they are known before a call.
  public var byteCount: Int

  /// `true` iff it is what a function of MLIR ends with: it gives the outputs, and computes nothing.
  public var isReturn: Bool { operation == "func.return" }

  /// Creates an operator.
  public init(
    function: String, name: String, operation: String, operands: [String], results: [String], returnable: [String], byteCount: Int
  ) {
    (self.function, self.name, self.operation, self.operands) = (function, name, operation, operands)
    (self.results, self.returnable, self.byteCount) = (results, returnable, byteCount)
  }

  /// Returns operators as text, a fact a line; line breaks in names are escaped.
  public static func text(of operators: [SourceOperator]) -> String {
    var bytes: [UInt8] = []
    func add(_ key: String, _ name: String) {
      bytes += key.utf8
      bytes.append(UInt8(ascii: " "))
      for byte in name.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
        case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
        default: bytes.append(byte)
        }
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    for item in operators {
      add("operator", item.name)
      add("function", item.function)
      add("operation", item.operation)
      add("bytes", "\(item.byteCount)")
      for name in item.operands { add("operand", name) }
      for name in item.results { add(item.returnable.contains(name) ? "value" : "result", name) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns the operators of a text that `text(of:)` wrote.
  public static func parse(_ text: String) -> [SourceOperator] {
    var operators: [SourceOperator] = []
    // By bytes: a name may end with half of a line break.
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(decoding: parts[0], as: UTF8.self)
      let name = unescaped(parts.count == 2 ? Array(parts[1]) : [])
      if key == "operator" {
        operators.append(
          SourceOperator(function: "", name: name, operation: "", operands: [], results: [], returnable: [], byteCount: 0))
      }
      guard let last = operators.indices.last else { continue }
      switch key {
      case "function": operators[last].function = name
      case "operation": operators[last].operation = name
      case "bytes": operators[last].byteCount = Int(name) ?? 0
      case "operand": operators[last].operands.append(name)
      case "result": operators[last].results.append(name)
      case "value":
        operators[last].results.append(name)
        operators[last].returnable.append(name)
      default: break
      }
    }
    return operators
  }

  private static func unescaped(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      if isEscaped {
        result.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
