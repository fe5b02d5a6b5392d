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
    let (subgraph, signature) = entry
    let survey = Survey(subgraph, unknownOperators())
    let function = GraphFunction(context, options, graphName: "graph")
    let walker = GraphWalker(file, subgraph, function.graph, functionName: options.functionName, survey: survey)
    var problem: Diagnostic?
    do throws(Diagnostic) {
      try declareInputs(subgraph, signature, function, walker)
      try walker.run()
      if survey.result.findings.isEmpty { try declareResults(subgraph, signature, function, walker) }
    } catch { problem = error }
    survey.finish(problem, notes: walker.graph.notes)
    return withExtendedLifetime(function) { survey.result }
  }
}
