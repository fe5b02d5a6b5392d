import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles
import TesseraFrontEnds
import TesseraImportONNX
import TesseraModuleFormat

/// `tessera check`: what of a model is not supported, and what would be slow, without compiling it.
enum CheckCommand {
  static let declaration = CommandDeclaration(
    name: "tessera check",
    summary: "Lists all that keeps a model from being compiled, and what would be slow; compiles nothing.",
    positionals: ["model"], positionalCount: 0...1,
    options: [
      .value("dim", "NAME=SIZE", repeatable: true, "fix a symbolic dimension of the model"),
      CompilerFlags.overridable,
      CompilerFlags.constantInput,
      .flag("operators", "list the operators that are supported instead: domain, name, oldest operator set, operands"),
      .flag("json", "print one JSON object"),
    ],
    examples: ["tessera check model.onnx", "tessera check --operators"])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    if options.has("operators") {
      for other in ["dim", "overridable", "constant-input"] { try options.exclude("operators", other) }
      if let path = options.positionals.first {
        throw UsageError("flag '--operators' lists what is supported, and does not look at '\(path)'")
      }
      let rows = supportedOperators()
      if options.has("json") {
        let operators = rows.map { row -> JSON in
          .object([
            ("domain", .string(row.domain)), ("name", .string(row.name)), ("since", .integer(row.since)),
            ("operands", .string(row.operands)),
          ])
        }
        try Terminal.result(JSON.object([("version", .string(tesseraVersion)), ("operators", .array(operators))]).description)
      } else {
        for row in rows { try Terminal.result("\(row.domain)\t\(row.name)\t\(row.since)\t\(row.operands)") }
      }
      return 0
    }
    guard let path = options.positionals.first else { throw UsageError("missing argument <model>; see 'tessera check --help'") }
    let (file, format) = try ModelFormat.read(path)
    let frontEnd = try format.frontEnd(path)
    let importOptions = ImportOptions(symbols: try options.sizes("dim"), formats: try CompilerFlags.formats(options))
    try frontEnd.requireOwnOptions(importOptions, for: path)
    guard let survey = try frontEnd.survey(file, options: importOptions) else {
      throw UsageError("'tessera check' does not look at \(frontEnd.name), which '\(path)' is: 'tessera compile' says what is wrong")
    }
    let problems = survey.findings.filter { $0.kind != .slow }
    if options.has("json") {
      try Terminal.result(json(survey, path, isSupported: problems.isEmpty).description)
    } else {
      try printText(survey, path, problems.count)
    }
    return problems.isEmpty ? 0 : problems.contains { $0.kind == .unsupported } ? 3 : 1
  }

  /// Prints what was found, for people.
  private static func printText(_ survey: ModelSurvey, _ path: String, _ problemCount: Int) throws(FileError) {
    let sets = survey.operatorSets.map { "\($0.domain) \($0.version)" }.joined(separator: ", ")
    let nodes = "\(path): \(counted(survey.nodeCount, "node")) of \(counted(survey.operatorCount, "operator"))"
    try Terminal.result(nodes + (sets.isEmpty ? "" : "; operator sets: \(sets)"))
    for note in survey.notes { try Terminal.result("note: \(note)") }
    for finding in survey.findings { try Terminal.result(line(finding, survey.versionWord)) }
    if survey.skippedCount > 0 {
      try Terminal.result("not checked, since the types of what they read are not known: \(counted(survey.skippedCount, "node"))")
    }
    try Terminal.result(problemCount == 0 ? "everything is supported" : "\(counted(problemCount, "problem")): the model does not compile")
  }

  /// The findings, for programs.
  private static func json(_ survey: ModelSurvey, _ path: String, isSupported: Bool) -> JSON {
    let findings = survey.findings.map { finding -> JSON in
      .object([
        ("kind", .string(finding.kind.rawValue)), ("operator", finding.operation.isEmpty ? .null : .string(finding.operation)),
        ("domain", .string(finding.domain)), ("opset", finding.version.map { .integer($0) } ?? .null), ("node", .string(finding.node)),
        ("reason", .string(finding.reason)),
      ])
    }
    return .object([
      ("version", .string(tesseraVersion)), ("model", .string(path)), ("supported", .bool(isSupported)),
      ("nodes", .integer(survey.nodeCount)), ("operators", .integer(survey.operatorCount)),
      ("operator_sets", .object(survey.operatorSets.map { ($0.domain, .integer($0.version)) })),
      ("notes", .array(survey.notes.map { .string($0) })), ("findings", .array(findings)),
      ("unchecked_nodes", .integer(survey.skippedCount)),
    ])
  }

  /// A finding as a line: kind, operator with its version, node, reason.
  private static func line(_ finding: ModelSurvey.Finding, _ versionWord: String?) -> String {
    if finding.operation.isEmpty { return "\(finding.kind.rawValue): \(finding.reason)" }
    let version = versionWord.map { word in finding.version.map { ", \(word) \($0)" } ?? ", whose \(word) the model does not import" } ?? ""
    return "\(finding.kind.rawValue): \(finding.operation) (\(finding.domain)\(version)), node '\(finding.node)': \(finding.reason)"
  }

  private static func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
}
