import CommandLineOptions
import Compiler
import Diagnostics

/// `tessera opt`: one phase, or several, on MLIR text.
enum OptCommand {
  static let declaration = CommandDeclaration(
    name: "tessera opt", summary: "Runs phases of the compiler on MLIR text, and prints the IR after them.",
    positionals: ["file.mlir"], positionalCount: 0...1,
    options: [
      .value("phase", "PHASE", repeatable: true, "run this phase; several are run in the order of the pipeline"),
      .value("target", "TARGET", "as for 'tessera compile'"),
      .value("dim", "NAME=SIZE", repeatable: true, "as for 'tessera compile'"),
      .value("packing-spec", "FILE", "as for 'tessera compile'"),
      .value("configuration", "TEXT", "as for 'tessera compile'"),
      .flag("strict-math", "as for 'tessera compile'"),
      .flag("check-accesses", "as for 'tessera compile'"),
      .value("output", "FILE", aliases: ["o"], "where the text goes (default: standard output)"),
      .flag("list", "list the phases"),
      .flag("json", "with --list: print one JSON object"),
    ], examples: ["tessera opt --phase=dispatch-creation model.mlir"])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    try options.require("json", goesWith: "list")
    if options.has("list") {
      for flag in ["phase", "output"] { try options.exclude("list", flag) }
      let phases = Pipeline.phases.map { JSON.object([("name", .string($0.name)), ("summary", .string($0.summary))]) }
      if options.has("json") {
        try Terminal.result(JSON.object([("version", .string(Compilation.version)), ("phases", .array(phases))]).description)
      } else {
        for phase in Pipeline.phases { try Terminal.result("\(phase.name): \(phase.summary)") }
      }
      return 0
    }
    let names = CompilerFlags.phases
    var wanted: [String] = []
    for name in options.values("phase") {
      if wanted.contains(name) { throw UsageError("flag '--phase=\(name)' is given twice") }
      wanted.append(try CompilerFlags.phase(name))
    }
    if wanted.isEmpty { throw UsageError("say which phase to run with --phase=PHASE; the phases are \(names.joined(separator: ", "))") }
    if wanted.contains("scheduling"), !wanted.contains("codegen") {
      throw UsageError("the phase 'scheduling' needs the kernels of 'codegen': run both, with --phase=codegen --phase=scheduling")
    }
    if options.has("configuration"), !wanted.contains("codegen") {
      throw UsageError("flag '--configuration' has no effect without --phase=codegen")
    }
    if options.has("packing-spec"), !wanted.contains("specialization") {
      throw UsageError("flag '--packing-spec' has no effect without --phase=specialization")
    }
    guard !options.positionals.isEmpty else { throw UsageError("missing argument <file.mlir>; see 'tessera opt --help'") }
    let path = options.positionals[0]
    let compileOptions = try CompilerFlags.compileOptions(options)
    let report = BugReport(model: path, flags: options.value("target").map { ["--target=\($0)"] } ?? []) { phase in
      let compilation = try loadModel(path: path, options: compileOptions, observer: nil)
      for name in names.prefix(while: { $0 != phase }) where wanted.contains(name) { try compilation.run(from: name, through: name) }
      return compilation
    }
    try report.throwCrash()
    let reporter = Reporter(dumpsAfter: [], folder: nil, isVerbose: false)
    let compilation = try report.watch({ nil }) { () throws(Diagnostic) in
      try loadModel(path: path, options: compileOptions, observer: reporter)
    }
    for note in compilation.notes { Terminal.note(note) }
    if let output = options.value("output") { try compilation.plan.writes(output) }
    try report.watch({ compilation.currentPhase }) { () throws(Diagnostic) in
      for name in names where wanted.contains(name) { try compilation.run(from: name, through: name) }
    }
    Terminal.clearLine()
    for warning in compilation.warnings { Terminal.warning(warning) }
    if wanted == ["codegen"] || wanted == ["codegen", "scheduling"] {
      Terminal.note(
        "'codegen' and 'scheduling' leave the IR as it is: 'tessera compile --dump-kernels' shows kernels, 'tessera dump -d' the host program"
      )
    }
    try compilation.writeText(compilation.module.operation.description + "\n", to: options.value("output") ?? "-")
    return 0
  }
}
