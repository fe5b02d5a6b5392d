import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// A survey under way: notes what is wrong with nodes, and lets the import go on without them.
final class Survey {
  private(set) var result = ModelSurvey()

  /// The domain of builtin operators, and of custom ones.
  private static func domain(_ code: OperatorCode) -> String { code.isCustom ? "custom" : "tflite" }

  init(_ subgraph: SubgraphRecord, _ unknown: [(code: OperatorCode, nodes: [String])]) {
    result.operatorSets = [("tflite", 3)]
    result.versionWord = "version"
    result.nodeCount = subgraph.operators.count
    result.operatorCount = Set(subgraph.operators.map { "\(Self.domain($0.code)):\($0.code.name)" }).count
    for (code, nodes) in unknown {
      let known = OperatorTable.row(anyVersion: code).map { "; it is up to version \($0.version)" } ?? ""
      for node in nodes { add(.unsupported, code, node, "the operator is not supported" + known) }
    }
  }

  private func add(_ kind: ModelSurvey.Finding.Kind, _ code: OperatorCode, _ node: String, _ reason: String) {
    result.findings.append(
      .init(kind: kind, operation: code.name, domain: Self.domain(code), version: code.version, node: node, reason: reason))
  }

  /// Notes that a node could not be looked at.
  func skip() { result.skippedCount += 1 }

  /// Notes why a node cannot be imported. Operators that there are not have been listed before.
  func failed(_ record: OperatorRecord, _ label: String, _ diagnostic: Diagnostic) {
    if OperatorTable.row(record.code) == nil { return }
    let reason = ([diagnostic.message] + diagnostic.notes).joined(separator: "; ")
    add(diagnostic.category == .unsupported ? .unsupported : .invalid, record.code, diagnostic.location ?? label, reason)
  }

  /// Notes what is wrong with the model as a whole, and remarks of the import.
  func finish(_ diagnostic: Diagnostic?, notes: [String]) {
    if let diagnostic {
      result.findings.append(
        .init(
          kind: diagnostic.category == .unsupported ? .unsupported : .invalid, operation: "", domain: "", version: nil, node: "",
          reason: diagnostic.message))
    }
    result.notes += notes
  }
}

extension ModelImporter {
  /// Looks at every node, and keeps nothing.
  func survey() throws(Diagnostic) -> ModelSurvey {
    // Functions that are called share their operators: the first one's graph is looked at, and the inner subgraphs with it.
    let entry = entries[0]
    let survey = Survey(entry.subgraph, unknownOperators())
    let function = GraphFunction(context, functionOptions(entry), graphName: "graph")
    var importer = FunctionImporter(file, entry, function, survey: survey)
    var problem: Diagnostic?
    do throws(Diagnostic) {
      try importer.declareInputs()
      try importer.walker.run()
      if survey.result.findings.isEmpty { try importer.declareResults() }
      try function.requireChosenNames()
    } catch { problem = error }
    survey.finish(problem, notes: importer.notes + function.graph.notes)
    return withExtendedLifetime(function) { survey.result }
  }
}
