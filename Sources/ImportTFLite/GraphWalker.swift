import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR
import TesseraModuleFormat

/// Imports the operators of a subgraph in order, and keeps its tensors by their numbers.
final class GraphWalker {
  let file: ModelFile
  let graph: GraphBuilder
  /// The name of the function that the graph becomes.
  private let functionName: String
  /// What is done about nodes that cannot be imported; `nil`: they end the import.
  private let survey: Survey?
  /// The subgraph under import.
  private(set) var subgraph: SubgraphRecord
  /// The tensors that there are so far, by their numbers.
  private var values: [GraphTensor?]
  /// The tensors that no node could give, in a survey.
  private var unknown: Set<Int> = []
  /// The nodes that were imported, in order.
  private(set) var operators: [SourceOperator] = []

  init(_ file: ModelFile, _ subgraph: SubgraphRecord, _ graph: GraphBuilder, functionName: String, survey: Survey? = nil) {
    (self.file, self.subgraph, self.graph, self.functionName, self.survey) = (file, subgraph, graph, functionName, survey)
    values = Array(repeating: nil, count: subgraph.tensors.count)
  }

  var tensors: [TensorRecord] { subgraph.tensors }

  /// Tensor `i`, if there is one yet: given, computed, or a constant of the file.
  func value(_ i: Int) throws(Diagnostic) -> GraphTensor? {
    if let value = values[i] { return value }
    values[i] = try file.constant(tensors[i])
    return values[i]
  }

  /// Lets tensor `i` be `tensor`, whose shape is checked.
  func bind(_ i: Int, _ tensor: GraphTensor, by maker: String) throws(Diagnostic) {
    let name = tensors[i].name
    guard tensor.rank <= GraphTensor.rankLimit else { throw .rankTooHigh(name, tensor.rank) }
    guard Type.isPossible(tensor.shape.compactMap(\.known)) else { throw .impossibleValue(name, tensor.description, by: maker) }
    tensor.name = name
    values[i] = tensor
  }

  /// Imports all operators.
  func run() throws(Diagnostic) {
    for number in subgraph.operators.indices {
      let record = subgraph.operators[number], label = subgraph.label(number)
      if record.inputs.contains(where: unknown.contains) {
        survey?.skip()
        unknown.formUnion(record.outputs)
        continue
      }
      do throws(Diagnostic) {
        try importNode(record, label)
        operators.append(sourceOperator(record, label))
      } catch {
        guard let survey else { throw error }
        survey.failed(record, label, error)
        for i in record.outputs {
          if let tensor = declaredTensor(tensors[i]) { values[i] = tensor } else { unknown.insert(i) }
        }
      }
    }
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
      guard i >= 0 else {
        inputs.append(nil)
        continue
      }
      guard let tensor = try value(i) else { throw .undefinedTensor(tensors[i].name, node: label, operation: row.name) }
      inputs.append(tensor)
    }
    let node = Node(
      graph: graph, walker: self, record: record, row: row, label: label, inputs: inputs,
      options: OperatorOptions(record.options?.table, row.options))
    if !row.isCustom, let options = record.options, let found = options.schema, let expected = row.options, found.name != expected.name {
      throw .wrongOptions(node, found.name, expected.name)
    }
    let results = try node.lowered()
    guard results.count >= record.outputs.count else { throw .wrongOutputCount(node, expected: results.count) }
    for (i, tensor) in zip(record.outputs, results) {
      if let declared = tensors[i].type.element, declared != tensor.elementType {
        throw .wrongResultType(node, tensors[i], tensor.elementType)
      }
      try bind(i, tensor.renamed(), by: "the node '\(label)'")
    }
  }

  /// A node that was imported, as those know it who look at values between operators.
  private func sourceOperator(_ record: OperatorRecord, _ label: String) -> SourceOperator {
    let results = record.outputs.map { tensors[$0].name }.filter { !$0.isEmpty }
    let byteCount = record.outputs.reduce(0) { sum, i in
      guard let value = values[i], let count = value.knownCount else { return sum }
      return sum.addingSaturated(count.multipliedSaturated(by: value.elementType.byteCount))
    }
    return SourceOperator(
      function: functionName, name: label, operation: record.code.name, operands: record.inputs.filter { $0 >= 0 }.map { tensors[$0].name },
      results: results, returnable: results, byteCount: byteCount)
  }
}
