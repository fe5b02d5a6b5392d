import TesseraDiagnostics
import TesseraFrontEnds

extension ProgramImporter {
  /// Looks at every operation, and keeps nothing.
  func survey() throws(Diagnostic) -> ModelSurvey {
    let entries = try entries(), check = ProgramCheck(program)
    try check.requireOneDevice()
    let operations = check.reached(from: entries)
    var survey = ModelSurvey()
    survey.versionWord = nil
    survey.nodeCount = operations.count
    survey.operatorCount = Set(operations.map(\.name)).count
    let (unknown, _) = check.unsupported(entries)
    for (name, count) in unknown.sorted(by: { $0.key < $1.key }) {
      survey.findings.append(
        .init(
          kind: .unsupported, operation: name, domain: "stablehlo", version: nil, node: name,
          reason: "the operation is not supported (it is there \(count == 1 ? "once" : "\(count) times"))"))
    }
    if !unknown.isEmpty { return survey }
    do throws(Diagnostic) { survey.notes = try run().notes } catch {
      survey.findings.append(
        .init(
          kind: error.category == .unsupported ? .unsupported : .invalid, operation: "", domain: "stablehlo", version: nil,
          node: error.location ?? "", reason: ([error.message] + error.notes).joined(separator: "; ")))
    }
    return survey
  }
}
