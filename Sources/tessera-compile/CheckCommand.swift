import CommandLineOptions
import Compiler
import Diagnostics
import ImportONNX

/// `tessera check`: what of a model is not supported, and what would be slow, without compiling it.
enum CheckCommand {
  static let declaration = CommandDeclaration(
    name: "tessera check", summary: "Lists all that keeps an ONNX model from being compiled, and what would be slow; compiles nothing.",
    positionals: ["model.onnx"], positionalCount: 0...1,
    options: [
      .value("dim", "NAME=SIZE", repeatable: true, "fix a symbolic dimension of the model"),
      .flag("operators", "list the operators that are supported instead: domain, name, oldest operator set, operands"),
    ],
    examples: ["tessera check model.onnx", "tessera check --operators"])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    if options.has("operators") {
      for row in supportedOperators() { print("\(row.domain)\t\(row.name)\t\(row.since)\t\(row.operands)") }
      return 0
    }
    guard let path = options.positionals.first else { throw UsageError("missing argument <model.onnx>; see 'tessera check --help'") }
    if path.hasSuffix(".mlir") || path.hasSuffix(".mlirbc") {
      throw UsageError("'tessera check' looks at ONNX models, and '\(path)' is MLIR")
    }
    let survey = try surveyONNX(path: path, options: ImportOptions(symbols: CompileCommand.dimensions(options.values("dim"))))
    let sets = survey.operatorSets.map { "\($0.domain) \($0.version)" }.joined(separator: ", ")
    print("\(path): \(counted(survey.nodeCount, "node")) of \(counted(survey.operatorCount, "operator")); operator sets: \(sets)")
    for note in survey.notes { print("note: \(note)") }
    for finding in survey.findings { print(line(finding)) }
    if survey.skippedCount > 0 {
      print("not checked, since the types of what they read are not known: \(counted(survey.skippedCount, "node"))")
    }
    let problems = survey.findings.filter { $0.kind != .slow }
    if problems.isEmpty {
      print("everything is supported")
      return 0
    }
    print("\(counted(problems.count, "problem")): the model does not compile")
    return problems.contains { $0.kind == .unsupported } ? 3 : 1
  }

  /// A finding as a line: kind, operator with its version, node, reason.
  private static func line(_ finding: ModelSurvey.Finding) -> String {
    if finding.operation.isEmpty { return "\(finding.kind.rawValue): \(finding.reason)" }
    let version = finding.version.map { "opset \($0)" } ?? "whose opset the model does not import"
    return "\(finding.kind.rawValue): \(finding.operation) (\(finding.domain), \(version)), node '\(finding.node)': \(finding.reason)"
  }

  private static func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
}
