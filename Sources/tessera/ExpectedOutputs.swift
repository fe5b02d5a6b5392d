import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// The expected outputs (`--expected-output`), read before the call.
struct ExpectedOutputs {
  private let function: FunctionDescription
  private var values: [(index: Int, value: RuntimeValue)] = []
  /// The outputs that something was said of, if only `(ignored)`.
  private var said: Set<Int> = []

  /// Reads the flags; `nil` where nothing is expected.
  init?(_ function: FunctionDescription, _ options: ParsedOptions, plan: inout FilePlan) throws {
    let texts = options.values("expected-output")
    guard !texts.isEmpty else { return nil }
    self.function = function
    let files = TensorFiles(function: function, isOutput: true)
    var next = 0
    for text in texts {
      if text == "(ignored)" {
        said.insert(next)
        next += 1
      } else if let path = TensorLiteral.path(text), TensorFiles.hasNames(path), let named = try files.read(path, plan: &plan) {
        values += named
        next = (named.map(\.index).max() ?? -1) + 1
      } else {
        for path in TensorLiteral.paths(text) { try plan.reads(path) }
        for value in try TensorLiteral.values(text, expected: next < function.outputs.count ? function.outputs[next] : nil) {
          values.append((next, value))
          next += 1
        }
      }
      guard next <= function.outputs.count else {
        throw UsageError("more outputs are expected than function '\(function.name)' gives\n  signature: \(function.signature)")
      }
    }
    said.formUnion(values.map(\.index))
  }

  /// Compares the outputs with what was expected, and tells the differences.
  func compare(_ outputs: [RuntimeValue], atol: Double?, rtol: Double?) -> ExitCode {
    var result = ExitCode.done
    for (index, value) in values where outputs.indices.contains(index) {
      if let difference = ExpectedOutputs.difference(outputs[index], value, atol, rtol) {
        let name = function.outputs[index].name
        Console.error(
          "output \(index)\(name.isEmpty ? "" : " ('\(name)')") differs\(difference)", status: StatusCode.outOfRange.rawValue,
          id: "mismatch")
        result = .differs
      }
    }
    if values.isEmpty { Console.warning("all outputs are ignored: nothing was compared") }
    let unsaid = function.outputs.indices.filter { !said.contains($0) }
    if !unsaid.isEmpty {
      let names = unsaid.map { function.outputs[$0].name.isEmpty ? "output \($0)" : "'\(function.outputs[$0].name)'" }
      Console.warning("nothing is expected of \(names.joined(separator: ", ")): give one --expected-output more, or (ignored), for each")
    }
    return result
  }

  /// The difference of a value, as the end of a sentence; `nil` if there is none.
  private static func difference(_ actual: RuntimeValue, _ expected: RuntimeValue, _ atol: Double?, _ rtol: Double?) -> String? {
    switch (actual, expected) {
    case (.tensor(let a), .tensor(let b)):
      let comparison = TensorComparison(actual: a, expected: b, atol: atol, rtol: rtol)
      if let problem = comparison.typeMismatch { return ": \(problem)" }
      let most = a.elementType == .string ? "" : ", by at most \(comparison.maximumError)"
      return comparison.firstMismatch.map { " in \(comparison.mismatchCount) of \(comparison.count) elements\(most); \($0)" }
    case (.list(let a), .list(let b)) where a.count == b.count:
      for (position, pair) in zip(a, b).enumerated() {
        if let difference = difference(pair.0, pair.1, atol, rtol) { return " in element \(position)\(difference)" }
      }
      return nil
    default: return ": expected \(expected.typeText), got \(actual.typeText)"
    }
  }
}
