import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraModuleFormat

/// `tessera opt`: one phase, or several, on MLIR text.
enum OptCommand {
  static let declaration = CommandDeclaration(
    name: "tessera opt", summary: "Runs phases of the compiler, or steps of them, on MLIR text, and prints the IR after them.",
    positionals: ["file.mlir"], positionalCount: 0...1,
    options: [
      .value("phase", "PHASE", repeatable: true, "run this phase or step; several are run in the order of the pipeline"),
      .value("target", "TARGET", "as for 'tessera compile'"),
    ] + CompilerFlags.placement + [
      .value("dim", "NAME=SIZE", repeatable: true, "as for 'tessera compile'"),
      .value("packing-spec", "FILE", "as for 'tessera compile'"),
      .value("configuration", "TEXT", "as for 'tessera compile'"),
      CompilerFlags.rewrites,
      .flag("strict-math", "as for 'tessera compile'"),
      .flag("check-accesses", "as for 'tessera compile'"),
      .value("output", "FILE", aliases: ["o"], "where the text goes (default: standard output)"),
      .flag("dump-locations", "as for 'tessera compile'"),
      .flag("list", "list the phases and their steps"),
      .flag("json", "with --list: print one JSON object"),
    ], examples: ["tessera opt --phase=dispatch-creation model.mlir"])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    try options.require("json", goesWith: "list")
    if options.has("list") {
      for flag in ["phase", "output"] { try options.exclude("list", flag) }
      try list(asJSON: options.has("json"))
      return 0
    }
    let names = try places(options)
    let positions = names.map(CompilerFlags.positions)
    func runs(_ phase: String) -> Bool { positions.contains { $0.overlaps(CompilerFlags.positions(phase)) } }
    if runs("scheduling"), !runs("codegen") {
      throw UsageError("the phase 'scheduling' needs the kernels of 'codegen': run both, with --phase=codegen --phase=scheduling")
    }
    if options.has("configuration"), !runs("codegen") {
      throw UsageError("flag '--configuration' has no effect without --phase=codegen")
    }
    if options.has("packing-spec"), !runs("specialization") {
      throw UsageError("flag '--packing-spec' has no effect without --phase=specialization")
    }
    guard !options.positionals.isEmpty else { throw UsageError("missing argument <file.mlir>; see 'tessera opt --help'") }
    let path = options.positionals[0]
    var compileOptions = try CompilerFlags.compileOptions(options)
    compileOptions.dumpsKernels = runs("codegen") && !runs("scheduling")
    let report = BugReport(model: path, flags: CompilerFlags.changing(options)) { phase in
      let compilation = try loadModel(path: path, options: compileOptions, observer: nil)
      for name in names where CompilerFlags.positions(name).lowerBound < CompilerFlags.positions(phase).lowerBound {
        try compilation.run(from: name, through: name)
      }
      return compilation
    }
    try report.throwCrash()
    let reporter = Reporter()
    let compilation = try report.watch({ nil }) { () throws(Diagnostic) in
      try loadModel(path: path, options: compileOptions, observer: reporter)
    }
    for note in compilation.notes { Terminal.note(note) }
    if let output = options.value("output") { try compilation.plan.writes(output) }
    try report.watch({ compilation.currentPhase }) { () throws(Diagnostic) in
      for name in names { try compilation.run(from: name, through: name) }
    }
    Terminal.clearLine()
    for warning in compilation.warnings { Terminal.warning(warning) }
    CompilerFlags.printLastRewrite(compilation)
    let last = Pipeline.steps[(positions.last?.upperBound ?? 1) - 1]
    try compilation.writeText(
      try compilation.text(after: last, locations: options.has("dump-locations")), to: options.value("output") ?? "-")
    return 0
  }

  /// The phases and steps to run, in the order of the pipeline. Errors: there are none, or one is not there, given twice, or a part of another.
  private static func places(_ options: ParsedOptions) throws(UsageError) -> [String] {
    var wanted: [String] = []
    for name in options.values("phase") {
      if wanted.contains(name) { throw UsageError("flag '--phase=\(name)' is given twice") }
      let positions = CompilerFlags.positions(try CompilerFlags.place(name))
      if let other = wanted.first(where: { CompilerFlags.positions($0).overlaps(positions) }) {
        let (part, whole) = CompilerFlags.phases.contains(name) ? (other, name) : (name, other)
        throw UsageError("the step of '--phase=\(part)' is a part of '--phase=\(whole)'")
      }
      wanted.append(name)
    }
    if wanted.isEmpty {
      throw UsageError("say which phase to run with --phase=PHASE; the phases are \(CompilerFlags.phases.joined(separator: ", "))")
    }
    return wanted.sorted { CompilerFlags.positions($0).lowerBound < CompilerFlags.positions($1).lowerBound }
  }

  /// Prints the phases, each with its steps.
  private static func list(asJSON: Bool) throws {
    func object(_ name: String, _ summary: String, _ more: [(String, JSON)] = []) -> JSON {
      .object([("name", .string(name)), ("summary", .string(summary))] + more)
    }
    if asJSON {
      let phases = Pipeline.phases.map { object($0.name, $0.summary, [("steps", .array($0.steps.map { object($0.name, $0.summary) }))]) }
      try Terminal.result(JSON.object([("version", .string(tesseraVersion)), ("phases", .array(phases))]).description)
      return
    }
    for phase in Pipeline.phases {
      try Terminal.result("\(phase.name): \(phase.summary)")
      for step in phase.steps { try Terminal.result("  \(step.name): \(step.summary)") }
    }
  }
}
