import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime

/// The report of `tessera run`, for programs.
struct RunReport {
  /// The called function.
  let function: FunctionDescription
  /// The outputs.
  let outputs: [RuntimeValue]
  /// The time of the call.
  let nanoseconds: Int
  /// `true` iff the outputs are the expected ones; `nil` without expectations.
  let matches: Bool?
  /// `true` iff the report has the elements.
  let hasData: Bool

  /// The report.
  var json: JSON {
    get throws {
      .object([
        ("version", .string(tesseraVersion)), ("function", .string(function.name)), ("ns", .integer(nanoseconds)),
        ("matches", matches.map { .bool($0) } ?? .null),
        ("outputs", .array(try zip(outputs, function.outputs).map { .object([("name", .string($1.name))] + (try members($0))) })),
      ])
    }
  }

  /// A tensor: its type, its shape, and its elements in row-major order; or the elements of a list.
  private func members(_ value: RuntimeValue) throws -> [(String, JSON)] {
    switch value {
    case .list(let elements): return [("list", .array(try elements.map { .object(try members($0)) }))]
    case .tensor(let tensor):
      let type: [(String, JSON)] = [
        ("type", .string(tensor.elementType.name)), ("shape", .array(tensor.shape.map { .integer($0) })),
      ]
      guard hasData else { return type }
      let texts = try tensor.elementTexts()
      let isNumber = tensor.elementType.isInteger || tensor.elementType == .bool || Double(texts.first ?? "0") != nil
      let data = texts.map { text -> JSON in
        guard tensor.elementType != .string, isNumber else { return .string(text) }
        // JSON has no infinities and no NaN.
        return text.contains("n") && !["true", "false"].contains(text) ? .null : .literal(text)
      }
      return type + [("data", .array(data))]
    }
  }
}
