import Diagnostics
import FrontEnds
import Graphs
import MLIR

/// A survey under way: what is found, and what is known of values that no node could give.
final class Survey {
  private(set) var result = ModelSurvey()
  /// The types that the file tells of its values.
  private var declared: [String: TypeProto] = [:]
  /// Values of the graph or function at hand of which not even the type is known.
  var unknown: Set<String> = []

  init(_ proto: GraphProto, _ library: OperatorLibrary) throws(Diagnostic) {
    result.operatorSets = library.opsets.sorted { $0.key < $1.key }.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }
    result.nodeCount = proto.nodes.count
    result.operatorCount = Set(proto.nodes.map { "\($0.canonicalDomain):\($0.operation)" }).count
    result.notes = library.notes
    for value in proto.values + proto.outputs { declared[value.name] = value.type }
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
  func add(_ diagnostic: Diagnostic, _ node: NodeProto, _ version: Int?, _ label: String) {
    if diagnostic.id == "unknownOperators" || diagnostic.id == "partOfSurvey" { return }
    let reason = ([diagnostic.message] + diagnostic.notes).joined(separator: "; ")
    add(
      diagnostic.category == .unsupported ? .unsupported : .invalid, node.operation, node.canonicalDomain, version,
      diagnostic.location ?? label, reason)
  }

  /// Notes what is wrong with the model as a whole.
  func add(_ diagnostic: Diagnostic) {
    if diagnostic.id == "partOfSurvey" { return }
    add(diagnostic.category == .unsupported ? .unsupported : .invalid, "", "", nil, "", diagnostic.message)
  }

  /// Adds remarks of the import.
  func add(notes: [String]) { result.notes += notes }

  /// Notes that a node would be slow.
  func addSlow(_ reason: String, _ node: Node) {
    // Bodies of loops and branches are imported more than once.
    if result.findings.contains(where: { $0.kind == .slow && $0.node == node.label }) { return }
    add(.slow, node.proto.operation, node.proto.canonicalDomain, node.opset, node.label, reason)
  }

  /// `true` iff all that `node` and its subgraphs read is known; else the node counts as skipped, unless its operator `isListed` as unknown.
  func canLookAt(_ node: NodeProto, isListed: Bool) -> Bool {
    if unknown.isEmpty || !node.allInputs.contains(where: unknown.contains) { return true }
    if !isListed { result.skippedCount += 1 }
    return false
  }

  /// A tensor of the type that the file gives for `name`, for what follows; `nil` if it does not say.
  func placeholder(_ name: String, _ graph: GraphBuilder) -> GraphTensor? {
    guard let type = declared[name], type.otherKind == nil, let element = ElementType(onnx: type.elementType) else { return nil }
    guard let dimensions = type.shape, dimensions.count <= GraphTensor.rankLimit else { return nil }
    let sizes = dimensions.map { dimension -> Int in
      if case .fixed(let size) = dimension, size >= 0, size <= Type.elementLimit { return Int(size) }
      return Type.dynamic
    }
    // The operation is known to nobody: this IR is only looked at.
    let value = graph.builder.value("survey.placeholder", type: .tensor(sizes, element.type(graph.context)))
    let shape = sizes.enumerated().map { axis, size in
      size == Type.dynamic ? graph.indices.opaque(graph.builder.dimension(value, axis), least: 0) : IndexExpression(size)
    }
    return GraphTensor(name: name, element, shape, value: value)
  }
}

extension Diagnostic {
  /// What is wrong has been noted.
  static var partOfSurvey: Diagnostic { Diagnostic(.unsupported, "this part of the model is not supported") }
}

extension GraphWalker {
  /// Imports a node; where that cannot be, notes why, and goes on with what the file says of its results.
  func look(at proto: NodeProto, _ label: String, _ survey: Survey) {
    let version = opsets[proto.canonicalDomain]
    let isListed = library.function(proto) == nil && version.flatMap { OperatorTable.row(proto, $0) } == nil
    if survey.canLookAt(proto, isListed: isListed) {
      let state = self.state
      do throws(Diagnostic) {
        try importNode(proto, label)
        return
      } catch {
        self.state = state
        survey.add(error, proto, version, label)
      }
    }
    for name in proto.outputs where !name.isEmpty {
      // The file tells nothing of values in functions.
      if callDepth == 0, let tensor = survey.placeholder(name, graph) { set(name, tensor) } else { survey.unknown.insert(name) }
    }
  }
}

extension NodeProto {
  /// All names that the node and its subgraphs read.
  fileprivate var allInputs: [String] {
    inputs + attributes.flatMap { $0.graph.flatMap { $0.nodes.flatMap(\.allInputs) + $0.outputs.map(\.name) } }
  }
}

extension ModelImporter {
  /// Looks at every node, and keeps nothing.
  func survey() throws(Diagnostic) -> ModelSurvey {
    let (proto, library) = try prepared()
    let survey = try Survey(proto, library)
    let (module, function, walker) = start(proto, library, survey)
    do throws(Diagnostic) {
      let inputs = try declareInputs(proto, function, walker)
      try walker.bindInitializers(proto, except: inputs.names)
      try walker.run(proto.nodes, prefix: "")
      if survey.result.findings.allSatisfy({ $0.kind == .slow }) { _ = try finish(proto, walker) }
    } catch {
      survey.add(error)
    }
    survey.add(notes: walker.graph.notes)
    return withExtendedLifetime(module) { survey.result }
  }
}
