import TesseraCommandLineOptions
import TesseraModuleFormat
import TesseraRuntime
import TesseraVerification

/// What `tessera verify` prints.
struct VerificationReport {
  /// The model as the user named it, and the function that was called.
  let model: String
  let function: String
  /// The runtime that it was compared with; `nil` for the plain program.
  let reference: String?
  let result: VerificationResult

  /// The report for people.
  var text: String {
    if let difference = result.difference { return text(difference) }
    if let failure = result.failure {
      return "\(model): the compiled model fails where \(reference ?? "the plain one") runs\n  \(failure)\n"
    }
    let count = result.comparedCount
    var lines = [
      count == 0
        ? "\(model): the outputs agree; it has no operators whose values could be compared"
        : "\(model): all \(count == 1 ? "values of 1 operator agree" : "\(count) operators agree")"
    ]
    let hidden = result.operatorCount - count
    if count > 0, hidden > 0 { lines.append("  \(hidden) more give nothing that a function returns: they agree in what reads them") }
    if let worst = result.outputs.max(by: { $0.size < $1.size }), worst.size > 0 { lines.append("  outputs: \(Self.error(worst))") }
    if let worst = result.largestInner { lines.append("  inner values: \(Self.error(worst))") }
    if count > 0, result.outputs.isEmpty { lines.append("  the model has no outputs") }
    if let reference { lines.append("  compared with \(reference)") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The largest error of a value that agrees.
  private static func error(_ value: ValueComparison) -> String {
    "the largest error is \(short(value.size)) in '\(value.name)' (\(value.typeText))"
  }

  /// An operator that differs.
  private func text(_ difference: VerificationResult.Difference) -> String {
    let value = difference.value
    var lines: [String] = []
    if let operation = difference.operation, let number = difference.number {
      lines.append(
        "\(model): \(operation.operation) '\(operation.name)' differs first, operator \(number + 1) of \(result.operatorCount)")
    } else {
      lines.append("\(model): the output '\(value.name)' differs, which no operator gives")
    }
    lines.append("  value '\(value.name)'\(value.typeText.isEmpty ? "" : ": \(value.typeText)")")
    if let problem = value.problem { lines.append("  \(problem)") }
    if value.mismatchCount > 0 {
      lines.append("  \(value.mismatchCount) of \(value.elementCount) elements differ; \(value.firstMismatch ?? "")")
    }
    if let error = value.largestError {
      lines.append("  largest error: \(Self.short(error.size)) at \(error.place), \(error.actual) instead of \(error.expected)")
    }
    if let error = value.largestRelativeError {
      lines.append("  largest relative error: \(Self.short(error.size)) at \(error.place), \(error.actual) instead of \(error.expected)")
    }
    if let tolerance = value.tolerance {
      lines.append("  tolerance: \(Self.short(tolerance.absolute)) + \(Self.short(tolerance.relative)) * |expected|")
    }
    let wrong = result.outputs.filter { !$0.agrees }
    if wrong.isEmpty {
      lines.append("  the model's outputs agree; this value differs where all operators return theirs")
    } else {
      lines.append("  outputs that differ: \(wrong.map { "'\($0.name)'" }.joined(separator: ", "))")
      if difference.searchCount > 0 {
        lines.append("  what it reads agrees; found by \(difference.searchCount) comparisons, each with one operator's values returned")
      }
    }
    if let reference {
      lines.append(
        "  compared with \(reference); where it is right, so may be the plain program: 'tessera verify' without --reference tells")
    }
    lines.append("  to find the rewrite that does it: Scripts/bisect-rewrites \(model) with the same flags (docs/Debugging.md)")
    return lines.map { $0 + "\n" }.joined()
  }

  /// The report for programs.
  var json: JSON {
    .object([
      ("version", .string(tesseraVersion)), ("model", .string(model)), ("function", .string(function)), ("agrees", .bool(result.agrees)),
      ("reference", .string(reference ?? "plain")),
      ("operators", .integer(result.operatorCount)), ("compared", .integer(result.comparedCount)),
      ("outputs", .array(result.outputs.map(Self.json))), ("largest_inner", result.largestInner.map(Self.json) ?? .null),
      ("difference", result.difference.map(Self.json) ?? .null), ("failure", result.failure.map { .string($0) } ?? .null),
    ])
  }

  private static func json(_ difference: VerificationResult.Difference) -> JSON {
    .object([
      ("operator", difference.operation.map { .string($0.name) } ?? .null),
      ("operation", difference.operation.map { .string($0.operation) } ?? .null),
      ("number", difference.number.map { .integer($0 + 1) } ?? .null), ("comparisons", .integer(difference.searchCount)),
      ("value", json(difference.value)),
    ])
  }

  private static func json(_ value: ValueComparison) -> JSON {
    .object([
      ("name", .string(value.name)), ("type", .string(value.typeText)), ("agrees", .bool(value.agrees)),
      ("elements", .integer(value.elementCount)), ("mismatches", .integer(value.mismatchCount)),
      ("largest_error", value.largestError.map(json) ?? .null), ("largest_relative_error", value.largestRelativeError.map(json) ?? .null),
      ("atol", value.tolerance.map { .number($0.absolute) } ?? .null), ("rtol", value.tolerance.map { .number($0.relative) } ?? .null),
      ("problem", value.problem.map { .string($0) } ?? .null),
    ])
  }

  private static func json(_ error: TensorComparison.ElementError) -> JSON {
    .object([
      ("size", .number(error.size)), ("at", .string(error.place)), ("actual", .string(error.actual)), ("expected", .string(error.expected)),
    ])
  }

  /// A number with three digits.
  private static func short(_ number: Double) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : "\(number)" }
    var scale = 1.0
    while number.magnitude * scale < 100 { scale *= 10 }
    while number.magnitude * scale >= 1000 { scale /= 10 }
    return "\((number * scale).rounded() / scale)"
  }
}

extension ValueComparison {
  /// The largest error; 0 where there is none.
  fileprivate var size: Double { largestError?.size ?? 0 }
}
