import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// A survey under way: notes what is wrong with nodes, and lets the import go on without them.
final class Survey: WalkPolicy {
  private(set) var result = ModelSurvey()
  private let library: OperatorLibrary

  init(_ proto: GraphProto, _ library: OperatorLibrary) throws(Diagnostic) {
    self.library = library
    result.operatorSets = library.opsets.sorted { $0.key < $1.key }.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }
    result.nodeCount = proto.nodes.count
    result.operatorCount = Set(proto.nodes.map { "\($0.canonicalDomain):\($0.operation)" }).count
    result.notes = library.notes
    for unknown in try library.unknownOperators(proto) {
      let since = OperatorTable.oldestVersion(unknown.operation, unknown.domain).map { "; it is from operator set \($0) on" } ?? ""
      for node in unknown.nodes {
        add(.unsupported, unknown.operation, unknown.domain, unknown.version, node, "the operator is not supported" + since)
      }
    }
  }

  private func add(
    _ kind: ModelSurvey.Finding.Kind, _ operation: String, _ domain: String, _ version: Int?, _ node: String, _ reason: String
  ) {
    result.findings.append(
      .init(kind: kind, operation: operation, domain: domain.isEmpty ? "ai.onnx" : domain, version: version, node: node, reason: reason))
  }

  /// Notes why `node` cannot be imported. Operators that there are not have been listed before.
  func failed(_ node: NodeProto, _ label: String, _ version: Int?, _ diagnostic: Diagnostic) {
    let isListed = library.function(node) == nil && version.flatMap { OperatorTable.row(node, $0) } == nil
    if isListed || diagnostic.id == "unknownOperators" || diagnostic.id == "unknownResult" { return }
    if diagnostic.isConsequence { return result.skippedCount += 1 }
    let reason = ([diagnostic.message] + diagnostic.notes).joined(separator: "; ")
    add(
      diagnostic.category == .unsupported ? .unsupported : .invalid, node.operation, node.canonicalDomain, version,
      diagnostic.location ?? label, reason)
  }

  /// Notes what is wrong with the model as a whole.
  func add(_ diagnostic: Diagnostic) {
    if diagnostic.isConsequence { return }
    add(diagnostic.category == .unsupported ? .unsupported : .invalid, "", "", nil, "", diagnostic.message)
  }

  /// Adds remarks of the import.
  func add(notes: [String]) { result.notes += notes }

  /// Notes that a node would be slow.
  func imported(_ node: Node, _ row: OperatorRow) {
    guard let reason = row.slowness else { return }
    // Bodies of loops and branches are imported more than once.
    if result.findings.contains(where: { $0.kind == .slow && $0.node == node.label }) { return }
    add(.slow, node.proto.operation, node.proto.canonicalDomain, node.opset, node.label, reason)
  }
}

extension ModelImporter {
  /// Looks at every node, and keeps nothing.
  func survey() throws(Diagnostic) -> ModelSurvey {
    let (proto, library) = try prepared()
    let survey = try Survey(proto, library)
    let (function, walker) = start(proto, library, survey)
    do throws(Diagnostic) {
      let inputs = try declareInputs(proto, function, walker)
      try walker.bindInitializers(proto, except: inputs)
      try walker.run(proto.nodes, prefix: "")
      if survey.result.findings.allSatisfy({ $0.kind == .slow }) { try declareResults(proto, function, walker) }
    } catch {
      survey.add(error)
    }
    survey.add(notes: walker.graph.notes)
    return withExtendedLifetime(function) { survey.result }
  }
}
