import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// Turns a program into a module with a public function for each that users call.
struct ProgramImporter {
  let program: Program
  private let context: Context
  private let options: ImportOptions

  init(_ program: Program, _ context: Context, _ options: ImportOptions) {
    (self.program, self.context, self.options) = (program, context, options)
  }

  /// Imports the program.
  func run() throws(Diagnostic) -> ImportedModel {
    let entries = try entries(), check = ProgramCheck(program)
    try check.requireOneDevice()
    try check.requireSupported(entries)
    var functions: [GraphFunction] = [], walkers: [ProgramWalker] = [], notes: [String] = [], added = Set<String>()
    for entry in entries {
      let function =
        functions.first.map { GraphFunction(after: $0, name: entry.name) }
        ?? GraphFunction(context, functionOptions(entries), graphName: program.name.isEmpty ? "module" : program.name)
      let walker = ProgramWalker(program, function.graph, functionName: function.name)
      let declared = try declareArguments(entry, function)
      notes += declared.notes
      functions.append(function)
      walkers.append(walker)
      let results = try walker.call(entry, declared.values)
      function.graph.builder.location = function.location
      try declareResults(entry, results, function)
      added.formUnion(walker.declareInner(options.addedOutputs, function))
      try function.end()
    }
    if let name = options.addedOutputs.first(where: { !added.contains($0) }) { throw .unknownInnerValue(name) }
    try functions[0].requireChosenNames(with: Array(functions.dropFirst()))
    return ImportedModel(
      module: functions[0].module, constants: functions[0].graph.constants,
      notes: program.notes + notes + walkers.flatMap(\.notes) + functions.flatMap(\.graph.notes), operators: walkers.flatMap(\.operators))
  }

  /// The functions that users call: `main` alone if there is one, else all public ones.
  func entries() throws(Diagnostic) -> [ProgramFunction] {
    let functions = program.functions.filter { $0.isPublic && $0.body != nil }
    if let main = functions.first(where: { $0.name == "main" }) { return [main] }
    if functions.isEmpty { throw .noEntry(program.file.path) }
    return functions
  }

  /// The options of the first function: of several, each has its own name.
  private func functionOptions(_ entries: [ProgramFunction]) -> ImportOptions {
    var options = options
    if entries.count > 1 { options.functionName = entries[0].name }
    return options
  }

  // MARK: arguments and results

  private func declareArguments(_ main: ProgramFunction, _ function: GraphFunction) throws(Diagnostic)
    -> (values: [ProgramValue], notes: [String])
  {
    var values: [ProgramValue] = [], names = Set<String>(), donated = 0
    for (i, argument) in (main.body?.arguments ?? []).enumerated() {
      var name = argument.label ?? "arg\(i)"
      while !names.insert(name).inserted { name += "_\(i)" }
      guard case .tensor(let type) = argument.type, let element = type.element.storage else {
        throw .unsupportedArgument(name, argument.type.description)
      }
      let dimensions = type.sizes.map { $0.map(GraphFunction.Dimension.fixed) ?? .unknown }
      values.append(.tensor(try function.input(name, element, dimensions)))
      if argument.attributes["tf.aliasing_output"] != nil || argument.attributes["jax.buffer_donor"] != nil { donated += 1 }
    }
    return (values, donated == 0 ? [] : ["\(donated) donated arguments keep their memory: results are new tensors"])
  }

  private func declareResults(_ main: ProgramFunction, _ results: [ProgramValue], _ function: GraphFunction) throws(Diagnostic) {
    var names = Set<String>()
    for (i, result) in results.enumerated() {
      let attributes = i < main.resultAttributes.count ? main.resultAttributes[i] : [:]
      var name = attributes["jax.result_info"]?.text ?? ""
      if name.isEmpty { name = "result\(i)" }
      while !names.insert(name).inserted { name += "_\(i)" }
      guard let tensor = result.tensor else { throw .unsupportedArgument(name, "a tuple or token") }
      function.result(name, tensor)
    }
  }
}

extension Diagnostic {
  static func noEntry(_ path: String) -> Diagnostic {
    Diagnostic(.unsupported, "'\(path)' has no function to call", notes: ["none is public"], help: "call one 'main'")
  }

  static func unsupportedArgument(_ name: String, _ type: String) -> Diagnostic {
    Diagnostic(.unsupported, "the argument or result '\(name)' has the type \(type), which is not supported")
  }
}
