import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR
import TesseraModuleFormat

/// Imports the operators of a subgraph in order, and keeps its tensors by their numbers.
final class GraphWalker {
  /// Subgraphs that call each other multiply; more nodes than this are an attack.
  private static let nodeLimit = 2_000_000
  /// Subgraphs call each other no deeper than this.
  private static let depthLimit = 64

  /// One subgraph under import, or one call of it.
  private struct Frame {
    let subgraph: SubgraphRecord
    /// The tensors that there are so far, by their numbers.
    var values: [GraphTensor?]
    /// The variables that tensors name.
    var handles: [Int: String] = [:]
    /// The tensors that no node could give, in a survey.
    var unknown: Set<Int> = []

    init(_ subgraph: SubgraphRecord) {
      self.subgraph = subgraph
      values = Array(repeating: nil, count: subgraph.tensors.count)
    }
  }

  let file: ModelFile
  let graph: GraphBuilder
  /// The values of the model's variables, by their keys.
  var variables: [String: GraphTensor] = [:]
  /// The variables that got new values, by their keys.
  var assigned: Set<String> = []
  /// The name of the function that the graph becomes.
  private let functionName: String
  /// What is done about nodes that cannot be imported; `nil`: they end the import.
  private let survey: Survey?
  private var frames: [Frame]
  private var nodeCount = 0
  /// The nodes of the first subgraph that were imported, in order.
  private(set) var operators: [SourceOperator] = []

  init(_ file: ModelFile, _ subgraph: SubgraphRecord, _ graph: GraphBuilder, functionName: String, survey: Survey? = nil) {
    (self.file, self.graph, self.functionName, self.survey) = (file, graph, functionName, survey)
    frames = [Frame(subgraph)]
  }

  /// The subgraph at hand.
  private var frame: Frame {
    get { frames[frames.count - 1] }
    _modify { yield &frames[frames.count - 1] }
  }

  var subgraph: SubgraphRecord { frame.subgraph }
  var tensors: [TensorRecord] { frame.subgraph.tensors }

  /// Tensor `i`, if there is one yet: given, computed, or a constant of the file.
  func value(_ i: Int) throws(Diagnostic) -> GraphTensor? {
    if let value = frame.values[i] { return value }
    let constant = try file.constant(tensors[i])
    frame.values[i] = constant
    return constant
  }

  /// Lets tensor `i` be `tensor`, whose shape is checked.
  func bind(_ i: Int, _ tensor: GraphTensor, by maker: String) throws(Diagnostic) {
    let name = tensors[i].name
    guard tensor.rank <= GraphTensor.rankLimit else { throw .rankTooHigh(name, tensor.rank) }
    guard Type.isPossible(tensor.shape.compactMap(\.known)) else { throw .impossibleValue(name, tensor.description, by: maker) }
    tensor.name = name
    frame.values[i] = tensor
  }

  /// Sets the state that tensor `i` of the subgraph that users call is.
  func assign(_ value: GraphTensor, toTensor i: Int, by node: Node) throws(Diagnostic) {
    let key = VariableRecord.key(ofTensor: i)
    guard frames.count == 1, !graph.isInRegion, variables[key] != nil else {
      throw .unsupportedForm(node, "keeps a state in a branch, a loop or a subgraph")
    }
    variables[key] = value
    assigned.insert(key)
  }

  /// Lets tensor `i` name a variable.
  func name(_ i: Int, variable key: String) { frame.handles[i] = key }
  /// The variable that tensor `i` names.
  func variable(_ i: Int) -> String? { frame.handles[i] }

  /// Imports all operators.
  func run() throws(Diagnostic) {
    let subgraph = subgraph
    for number in subgraph.operators.indices {
      nodeCount += 1
      guard nodeCount <= Self.nodeLimit else { throw .tooManyNodes(Self.nodeLimit) }
      let record = subgraph.operators[number], label = subgraph.label(number), depth = frames.count
      if record.inputs.contains(where: frame.unknown.contains) {
        survey?.skip()
        frame.unknown.formUnion(record.outputs)
        continue
      }
      do throws(Diagnostic) {
        try importNode(record, label)
        if depth == 1 { operators.append(sourceOperator(record, label)) }
      } catch {
        guard let survey, depth == 1 else { throw error }
        frames.removeLast(frames.count - depth)
        survey.failed(record, label, error)
        for i in record.outputs {
          if let tensor = declaredTensor(tensors[i]) { frame.values[i] = tensor } else { frame.unknown.insert(i) }
        }
      }
    }
  }

  /// What subgraph `number` gives for `arguments`, imported in place.
  func inline(_ number: Int, _ arguments: [GraphTensor], for node: Node) throws(Diagnostic) -> [GraphTensor] {
    guard file.subgraphs.indices.contains(number) else {
      throw node.diagnostic(.invalidInput, "names the subgraph \(number) of \(file.subgraphs.count)")
    }
    guard frames.count < Self.depthLimit else { throw node.diagnostic(.invalidInput, "is in subgraphs that call each other too deep") }
    let subgraph = file.subgraphs[number]
    guard subgraph.inputs.count == arguments.count else {
      throw node.diagnostic(.invalidInput, "gives \(arguments.count) tensors to a subgraph that takes \(subgraph.inputs.count)")
    }
    frames.append(Frame(subgraph))
    for (i, tensor) in zip(subgraph.inputs, arguments) {
      guard tensors[i].type.element == tensor.elementType else { throw .wrongType(node, tensor, expected: tensors[i].type.name) }
      try bind(i, tensor.renamed(), by: "the node '\(node.label)'")
    }
    try run()
    var results: [GraphTensor] = []
    for i in subgraph.outputs {
      guard let value = try value(i) else { throw .undefinedOutput(tensors[i].name) }
      results.append(value)
    }
    frames.removeLast()
    graph.builder.location = .name(node.label, graph.context)
    return results
  }

  /// A tensor of the type that the file declares, in place of what no node could give; `nil` if it has none here.
  private func declaredTensor(_ record: TensorRecord) -> GraphTensor? {
    guard case .element(let element) = record.type, record.shape.count <= GraphTensor.rankLimit else { return nil }
    let sizes = (record.signature ?? record.shape).map { $0 < 0 ? Type.dynamic : $0 }
    guard Type.isPossible(sizes.filter { $0 != Type.dynamic }) else { return nil }
    // The operation is known to nobody: this IR is only looked at.
    let value = graph.builder.value("survey.placeholder", type: .tensor(sizes, element.type(graph.context)))
    let shape = sizes.enumerated().map { axis, size in
      size == Type.dynamic ? graph.indices.opaque(graph.builder.dimension(value, axis), least: 0) : IndexExpression(size)
    }
    return GraphTensor(name: record.name, element, shape, value: value)
  }

  private func importNode(_ record: OperatorRecord, _ label: String) throws(Diagnostic) {
    guard let row = OperatorTable.row(record.code) else { throw .unknownOperators([(record.code, [label])]) }
    graph.builder.location = .name(label, graph.context)
    var inputs: [GraphTensor?] = []
    for i in record.inputs {
      if i < 0 || tensors[i].type == .resource {
        inputs.append(nil)
        continue
      }
      guard let tensor = try value(i) else { throw .undefinedTensor(tensors[i].name, node: label, operation: row.name) }
      if tensors[i].type == .complex, !row.takesComplex { throw .unsupportedTensor(tensors[i]) }
      inputs.append(tensor)
    }
    let node = Node(
      graph: graph, walker: self, record: record, row: row, label: label, inputs: inputs,
      options: OperatorOptions(record.options?.table, row.options))
    if !row.isCustom, let options = record.options, let found = options.schema, let expected = row.options, found.name != expected.name {
      throw .wrongOptions(node, found.name, expected.name)
    }
    let results = try node.lowered(), outputs = record.outputs.filter { tensors[$0].type != .resource }
    guard results.count >= outputs.count else { throw .wrongOutputCount(node, expected: results.count) }
    for (i, tensor) in zip(outputs, results) {
      if let declared = tensors[i].type.element, declared != tensor.elementType {
        throw .wrongResultType(node, tensors[i], tensor.elementType)
      }
      try bind(i, tensor.renamed(), by: "the node '\(label)'")
    }
  }

  /// A node that was imported, as those know it who look at values between operators.
  private func sourceOperator(_ record: OperatorRecord, _ label: String) -> SourceOperator {
    let returnable = record.outputs.filter { !tensors[$0].name.isEmpty && tensors[$0].type != .complex && tensors[$0].type != .resource }
    let byteCount = returnable.reduce(0) { sum, i in
      guard let value = frame.values[i], let count = value.knownCount else { return sum }
      return sum.addingSaturated(count.multipliedSaturated(by: value.elementType.byteCount))
    }
    return SourceOperator(
      function: functionName, name: label, operation: record.code.name, operands: record.inputs.filter { $0 >= 0 }.map { tensors[$0].name },
      results: record.outputs.map { tensors[$0].name }.filter { !$0.isEmpty }, returnable: returnable.map { tensors[$0].name },
      byteCount: byteCount)
  }
}
