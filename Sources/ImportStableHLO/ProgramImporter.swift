import TesseraDiagnostics
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// Turns a program into a module with one public function.
struct ProgramImporter {
  let program: Program
  private let context: Context
  private let options: ImportOptions

  init(_ program: Program, _ context: Context, _ options: ImportOptions) {
    (self.program, self.context, self.options) = (program, context, options)
  }

  /// Imports the program.
  func run() throws(Diagnostic) -> ImportedModel {
    let main = try entry()
    let check = ProgramCheck(program)
    try check.requireOneDevice()
    try check.requireSupported(main)
    let function = GraphFunction(context, options, graphName: program.name.isEmpty ? "module" : program.name)
    let walker = ProgramWalker(program, function.graph, functionName: options.functionName)
    let (arguments, notes) = try declareArguments(main, function)
    try function.requireChosenNames()
    let results = try walker.call(main, arguments)
    function.graph.builder.location = function.location
    try declareResults(main, results, function)
    try walker.declareInner(options.addedOutputs, function)
    var model = try function.finish(notes: program.notes + notes + walker.notes)
    model.operators = walker.operators
    return model
  }

  /// The function that users call: `main`, or the only public one.
  func entry() throws(Diagnostic) -> ProgramFunction {
    let functions = program.functions.filter { $0.isPublic && $0.body != nil }
    if let main = functions.first(where: { $0.name == "main" }) { return main }
    guard functions.count == 1 else { throw .noEntry(program.file.path, functions.map(\.name)) }
    return functions[0]
  }

  // MARK: arguments and results

  private func declareArguments(_ main: ProgramFunction, _ function: GraphFunction) throws(Diagnostic) -> ([ProgramValue], [String]) {
    var values: [ProgramValue] = [], names = Set<String>(), donated = 0
    for (i, argument) in (main.body?.arguments ?? []).enumerated() {
      var name = argument.label ?? "arg\(i)"
      while !names.insert(name).inserted { name += "_\(i)" }
      guard case .tensor(let type) = argument.type, let element = type.element.storage else {
        throw .unsupportedArgument(name, argument.type.description)
      }
      let dimensions = type.sizes.map { $0.map(GraphFunction.Dimension.fixed) ?? .unknown }
      values.append(.tensor(function.input(name, element, dimensions)))
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
  static func noEntry(_ path: String, _ names: [String]) -> Diagnostic {
    let listed = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    return Diagnostic(
      .unsupported, "'\(path)' has no function 'main'",
      notes: [names.isEmpty ? "no function in it is public" : "public functions are \(listed)"],
      help: "call the function that shall be compiled 'main', or make the others private")
  }

  static func unsupportedArgument(_ name: String, _ type: String) -> Diagnostic {
    Diagnostic(.unsupported, "the argument or result '\(name)' has the type \(type), which is not supported")
  }
}
