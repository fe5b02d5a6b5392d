import TesseraConstants
import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// Turns a model file into a module with a public function.
struct ModelImporter {
  let file: ModelFile
  let context: Context
  let options: ImportOptions

  init(_ file: ModelFile, _ context: Context, _ options: ImportOptions) {
    (self.file, self.context, self.options) = (file, context, options)
  }

  /// The graph that users call, and the names that they know its tensors by.
  var entry: (subgraph: SubgraphRecord, signature: SignatureRecord?) {
    let signature = file.signatures.first
    return (file.subgraphs[signature?.subgraph ?? 0], signature)
  }

  /// Imports the model.
  func run() throws(Diagnostic) -> ImportedModel {
    let unknown = unknownOperators()
    if !unknown.isEmpty { throw .unknownOperators(unknown) }
    let (subgraph, signature) = entry
    let function = GraphFunction(context, options, graphName: subgraph.name.isEmpty ? "graph" : subgraph.name)
    let walker = GraphWalker(file, subgraph, function.graph, functionName: options.functionName)
    try declareInputs(subgraph, signature, function, walker)
    try walker.run()
    try declareResults(subgraph, signature, function, walker)
    try declareInnerValues(function, walker)
    var model = try function.finish()
    model.operators = walker.operators
    return model
  }

  /// The operators that are not supported, of all subgraphs.
  func unknownOperators() -> [(code: OperatorCode, nodes: [String])] {
    var list: [(code: OperatorCode, nodes: [String])] = []
    for subgraph in file.subgraphs {
      for (number, record) in subgraph.operators.enumerated() where OperatorTable.row(record.code) == nil {
        let label = subgraph.label(number)
        if let i = list.firstIndex(where: { $0.code.name == record.code.name && $0.code.version == record.code.version }) {
          list[i].nodes.append(label)
        } else {
          list.append((record.code, [label]))
        }
      }
    }
    return list
  }

  // MARK: inputs and results

  func declareInputs(
    _ subgraph: SubgraphRecord, _ signature: SignatureRecord?, _ function: GraphFunction, _ walker: GraphWalker
  ) throws(Diagnostic) {
    var names: Set<String> = []
    for i in subgraph.inputs {
      let record = subgraph.tensors[i]
      guard case .element(let type) = record.type else { throw .unsupportedTensor(record) }
      _ = try file.elementCount(record)
      let signatureSizes = record.signature.flatMap { $0.count == record.shape.count ? $0 : nil } ?? record.shape
      let dimensions = signatureSizes.map { $0 < 0 ? GraphFunction.Dimension.unknown : .fixed($0) }
      let name = Self.distinct(signature?.inputs.first { $0.tensor == i }?.name ?? record.name, &names)
      try walker.bind(i, function.input(name, type, dimensions), by: "the input")
    }
    try function.requireChosenNames()
  }

  func declareResults(
    _ subgraph: SubgraphRecord, _ signature: SignatureRecord?, _ function: GraphFunction, _ walker: GraphWalker
  ) throws(Diagnostic) {
    function.graph.builder.location = function.location
    var names: Set<String> = []
    for i in subgraph.outputs {
      let record = subgraph.tensors[i]
      guard let tensor = try walker.value(i) else { throw .undefinedOutput(record.name) }
      guard record.type != .complex else { throw .unsupportedTensor(record) }
      function.result(Self.distinct(signature?.outputs.first { $0.tensor == i }?.name ?? record.name, &names), tensor)
    }
  }

  /// Adds results of the function for the inner values that were asked for and are none yet.
  private func declareInnerValues(_ function: GraphFunction, _ walker: GraphWalker) throws(Diagnostic) {
    let outputs = Set(walker.subgraph.outputs)
    for name in options.addedOutputs {
      let place = walker.subgraph.operators.lazy.flatMap(\.outputs).first { walker.tensors[$0].name == name }
      guard let place, walker.tensors[place].type != .complex, let tensor = try walker.value(place) else { throw .unknownInnerValue(name) }
      if !outputs.contains(place) { function.result(name, tensor) }
    }
  }

  /// `name`, or one like it that is not among `names`; the result is added to them.
  private static func distinct(_ name: String, _ names: inout Set<String>) -> String {
    var own = name.isEmpty ? "tensor" : name, number = 1
    while !names.insert(own).inserted {
      own = "\(name)_\(number)"
      number += 1
    }
    return own
  }
}
