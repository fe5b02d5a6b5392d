import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// Turns a model file into a module, with a public function for each signature.
struct ModelImporter {
  let file: ModelFile
  let context: Context
  let options: ImportOptions

  init(_ file: ModelFile, _ context: Context, _ options: ImportOptions) {
    (self.file, self.context, self.options) = (file, context, options)
  }

  /// A graph that users call.
  struct Entry {
    /// The number of the subgraph.
    let number: Int
    let subgraph: SubgraphRecord
    /// The names that users know its tensors by; `nil`: those of the tensors.
    let signature: SignatureRecord?
    /// The name of the function.
    let name: String
  }

  /// The graphs that users call: one is `main`, several have the names of their signatures.
  var entries: [Entry] {
    guard let first = file.signatures.first else {
      return [Entry(number: 0, subgraph: file.subgraphs[0], signature: nil, name: options.functionName)]
    }
    if file.signatures.count == 1 {
      return [Entry(number: first.subgraph, subgraph: file.subgraphs[first.subgraph], signature: first, name: options.functionName)]
    }
    return file.signatures.map {
      Entry(number: $0.subgraph, subgraph: file.subgraphs[$0.subgraph], signature: $0, name: $0.key.isEmpty ? options.functionName : $0.key)
    }
  }

  /// Imports the model.
  func run() throws(Diagnostic) -> ImportedModel {
    let unknown = unknownOperators()
    if !unknown.isEmpty { throw .unknownOperators(unknown) }
    var functions: [FunctionImporter] = []
    for entry in entries {
      let function =
        functions.first.map { GraphFunction(after: $0.function, name: entry.name) }
        ?? GraphFunction(context, functionOptions(entry), graphName: entry.subgraph.name.isEmpty ? "graph" : entry.subgraph.name)
      var importer = FunctionImporter(file, entry, function)
      try importer.declareInputs()
      try importer.walker.run()
      try importer.declareResults(adding: options.addedOutputs)
      try function.end()
      functions.append(importer)
    }
    try functions[0].function.requireChosenNames(with: functions.dropFirst().map(\.function))
    return ImportedModel(
      module: functions[0].function.module, constants: functions[0].function.graph.constants,
      notes: functions.flatMap { $0.notes + $0.function.graph.notes }, operators: functions.flatMap(\.walker.operators))
  }

  /// The options of the first function: it has the name of its entry.
  func functionOptions(_ entry: Entry) -> ImportOptions {
    var options = options
    options.functionName = entry.name
    return options
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
}

/// One function under import.
struct FunctionImporter {
  let file: ModelFile
  let entry: ModelImporter.Entry
  let function: GraphFunction
  let walker: GraphWalker
  /// Remarks for the user.
  private(set) var notes: [String] = []
  private var variables: [VariableRecord] = []

  init(_ file: ModelFile, _ entry: ModelImporter.Entry, _ function: GraphFunction, survey: Survey? = nil) {
    (self.file, self.entry, self.function) = (file, entry, function)
    walker = GraphWalker(file, entry.subgraph, function.graph, functionName: function.name, survey: survey)
  }

  // MARK: arguments

  /// Declares the inputs, and the variables behind them.
  mutating func declareInputs() throws(Diagnostic) {
    var names: Set<String> = []
    for i in entry.subgraph.inputs {
      let record = entry.subgraph.tensors[i]
      guard case .element(let type) = record.type else { throw .unsupportedTensor(record) }
      _ = try file.elementCount(record)
      let sizes = record.signature.flatMap { $0.count == record.shape.count ? $0 : nil } ?? record.shape
      let dimensions = sizes.map { $0 < 0 ? GraphFunction.Dimension.unknown : .fixed($0) }
      let name = Self.distinct(entry.signature?.inputs.first { $0.tensor == i }?.name ?? record.name, &names)
      try walker.bind(i, try function.input(name, type, dimensions), by: "the input")
    }
    variables = try file.variables(of: entry.number)
    for variable in variables { try declare(variable, &names) }
    if !variables.isEmpty {
      let shown = variables.map { "'\($0.name)'" }.joined(separator: ", ")
      notes.append(
        "the variables of the model are arguments and results of '\(function.name)', to be handed from call to call; a call that leaves one out "
          + "begins with the value that the model sets at first: \(shown)")
    }
  }

  private func declare(_ variable: VariableRecord, _ names: inout Set<String>) throws(Diagnostic) {
    let record = variable.initial ?? variable.tensor
    guard case .element(let type) = record.type else { throw .unsupportedTensor(record) }
    _ = try file.elementCount(record)
    var attributes: [(String, Attribute)] = []
    if let (tensor, bytes) = try variable.start(file) {
      let context = function.graph.context
      attributes = [
        (SignatureAttribute.defaultValue, .symbol(function.graph.global(for: tensor, bytes), context)),
        (SignatureAttribute.defaultShape, .array(record.shape.map { .i64($0, context) }, context)),
      ]
    }
    let name = Self.distinct(variable.name, &names)
    let tensor = try function.input(name, type, record.shape.map { .fixed($0) }, attributes: attributes)
    walker.variables[variable.key] = tensor
    if let number = variable.number { try walker.bind(number, tensor, by: "the variable") }
  }

  // MARK: results

  /// Declares the results, those of the variables that are set, and inner values that were asked for.
  func declareResults(adding added: [String] = []) throws(Diagnostic) {
    function.graph.builder.location = function.location
    var names: Set<String> = []
    for i in entry.subgraph.outputs {
      let record = entry.subgraph.tensors[i]
      guard record.type != .complex, record.type != .resource else { throw .unsupportedTensor(record) }
      guard let tensor = try walker.value(i) else { throw .undefinedOutput(record.name) }
      function.result(Self.distinct(entry.signature?.outputs.first { $0.tensor == i }?.name ?? record.name, &names), tensor)
    }
    for variable in variables where walker.assigned.contains(variable.key) {
      if let value = walker.variables[variable.key] { function.result(Self.distinct(variable.name, &names), value) }
    }
    let outputs = Set(entry.subgraph.outputs)
    for name in added {
      let place = entry.subgraph.operators.lazy.flatMap(\.outputs).first { entry.subgraph.tensors[$0].name == name }
      guard let place, entry.subgraph.tensors[place].type != .complex, let tensor = try walker.value(place) else {
        throw .unknownInnerValue(name)
      }
      if !outputs.contains(place) { function.result(name, tensor) }
    }
  }

  /// `name`, or one like it that is not among `names`; the result is added to them.
  private static func distinct(_ name: String, _ names: inout Set<String>) -> String {
    let base = name.isEmpty ? "tensor" : name
    var own = base, number = 1
    while !names.insert(own).inserted {
      own = "\(base)_\(number)"
      number += 1
    }
    return own
  }
}
