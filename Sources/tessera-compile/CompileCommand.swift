import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles
import TesseraKernels
import TesseraLibC
import TesseraModuleFormat

/// `tessera compile`: a model in, one module file out.
enum CompileCommand {
  static let declaration = CommandDeclaration(
    name: "tessera compile", summary: "Compiles a model (ONNX, or MLIR in upstream tensor dialects) to one module file.",
    positionals: ["model"],
    options: [
      .value("output", "FILE", aliases: ["o"], "where the module goes (default: the model's name with .tsm)"), Emission.option,
      .value(
        "target", "TARGET[,...]",
        "cpu=host (default), cpu=x86-64-v2|v3|v4, cpu=aarch64, a processor by name as in cpu=znver4, or portable; cpu=x86-64-v2,x86-64-v4 makes a variant for each, of which the best that fits is run, and cpu=any all levels of this architecture"
      ),
      .flag(
        "share-layouts",
        "with several targets: lay weights out for the best of them alone, so that the module has them once; what others lose is in docs/Performance.md"
      ),
    ] + CompilerFlags.placement + [
      .value("dim", "NAME=SIZE", repeatable: true, "fix a symbolic dimension of the model"),
      CompilerFlags.overridable,
      CompilerFlags.constantInput,
      .value("given-input", "NAME", repeatable: true, "an input that the call at hand gives: where it has an initializer, as --overridable")
        .rare,
      .value("given-inputs", "N", "how many inputs the call at hand gives in order: where it are more than have no initializer, likewise")
        .rare,
      .value(
        "dump-after", "STEP", repeatable: true, "print the IR after this phase or step, if it changed any ('tessera opt --list'; or 'all')"),
      .value("dump-phases-to", "FOLDER", "write the IR after every phase to FOLDER/<number>-<phase>.mlir"),
      .flag("dump-locations", "print IR with the operators of the model that operations come from"),
      .value("stop-after", "STEP", "stop after this phase or step, and print its IR, or write it to the file of -o"),
      .value("start-after", "STEP", "the model is IR as it stands after this phase or step, which --stop-after prints: go on from there"),
      CompilerFlags.rewrites,
      .value("dump-kernels", "FOLDER", "write every kernel's vector code and assembly to FOLDER"),
      .value("dump-dispatches", "FOLDER", "write every dispatch as an .mlir file that compiles and runs alone to FOLDER"),
      .value("configuration", "TEXT", "how a dumped dispatch's kernel is configured: 'lane=2 width=16 unroll=1:12,2:2 order=2,1'"),
      .value("try-configurations", "FOLDER", "compile a dumped dispatch with every configuration worth a try ('tessera bench' ranks them)"),
      .value("add-output", "VALUE", repeatable: true, "let the function return this inner value of the model too, behind its own outputs"),
      .value("list-work", "FILE", "write the operators of each kernel with the estimated work of each").rare,
      .value("list-operators", "FILE", "write the operators of the model with the names of the values that they read and give").rare,
      .value("list-inputs", "FILE", "write the paths of all files that the model is read from, one a line"),
      .value("packing-spec", "FILE", "rules for how operands of contractions lie in memory (docs/HowTo/AddAPacking.md)"),
      .value("constant-growth", "N", "a constant is computed now if it is at most N (4) times as large as what it comes from, or 1 MiB"),
      CompilerFlags.quantizeWeights,
      .value(
        "explain", "placement|quantization",
        "print where each operation runs and why, and what is transferred; or which weights have fewer bits, and how far off they are"),
      .flag("strict-math", "compute floats exactly as the model says: no fused multiply-add, no sum in another order"),
      .flag("plain", "nothing fused, laid out or computed early, --strict-math, for the target portable: what 'tessera verify' believes"),
      .flag("check-accesses", "make kernels check each access to memory, which finds bugs of the compiler and makes them slow"),
      .value("cache-dir", "FOLDER", "where compiled kernels are kept (TESSERA_CACHE_DIR, else tessera in XDG_CACHE_HOME or ~/.cache)"),
      .flag("no-cache", "neither use nor keep compiled kernels"),
      .flag("statistics", "print figures of the compilation: dispatches, bytes, seconds per phase"),
      .flag("json", "print one JSON object: the module's file and the figures"),
      .flag("verbose", aliases: ["v"], "tell what each phase does and how long it takes"),
    ], foreign: CompilerFlags.foreign,
    examples: [
      "tessera compile model.onnx -o model.tsm", "tessera compile model.onnx --dim=batch=1 --statistics",
      "tessera compile matmul.mlir --stop-after=dispatch-creation",
    ])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    guard let emission = try Emission(options) else { return try compile(options) }
    return try emission.run { path in try compile(options, to: path) }
  }

  /// Compiles a model to the file that the flags name, or to `path`.
  private static func compile(_ options: ParsedOptions, to path: String? = nil) throws -> Int32 {
    let input = options.positionals[0]
    let targets = try Main.targets(options)
    try check(options, variants: targets.count)
    var compileOptions = try CompilerFlags.compileOptions(options, target: targets[0])
    let dumps = options.values("dump-after")
    for name in dumps where name != "all" { _ = try CompilerFlags.place(name) }
    let last = try options.value("stop-after").map { name throws(UsageError) in try CompilerFlags.place(name) }
    let first = try options.value("start-after").map { name throws(UsageError) in try CompilerFlags.place(name) }
    // The text of kernels takes its time, and is kept only where somebody reads it.
    compileOptions.dumpsKernels =
      options.has("dump-phases-to") || (dumps + [last].compactMap { $0 }).contains { ["all", "codegen", Pipeline.kernelStep].contains($0) }
    try check(options, dumps, after: first, through: last)
    let report = bugReport(input, options, compileOptions, target: targets.count > 1 ? targets[0] : nil, after: first)
    try throwCrash(input, options, compileOptions, targets, report)
    let reporter = Reporter(
      dumpsAfter: Set(dumps.contains("all") ? Pipeline.steps.map(\.name) : dumps), hasLocations: options.has("dump-locations"),
      folder: options.value("dump-phases-to"), isVerbose: options.has("verbose"))
    let compilation = try report.watch({ nil }) { () throws(Diagnostic) in
      try loadModel(path: input, options: compileOptions, observer: reporter)
    }
    for note in compilation.notes { Terminal.note(note) }
    if let folder = options.value("try-configurations") {
      let noteCount = compilation.notes.count
      try compilation.tryConfigurations(in: folder)
      for note in compilation.notes[noteCount...] { Terminal.note(note) }
      return 0
    }
    if compilation.exportedFunctions.isEmpty {
      throw UsageError("'\(input)' exports no function, so that nothing of it could be called: make one public")
    }
    let output = try plannedOutput(input, options, compilation, after: first, through: last, module: path)
    if let folder = options.value("dump-phases-to") { try makeFolder(folder) }
    if let list = options.value("list-inputs") {
      try compilation.writeText(compilation.plan.inputPaths.map { $0 + "\n" }.joined(), to: list)
    }
    if let list = options.value("list-operators") { try compilation.writeText(SourceOperator.text(of: compilation.operators), to: list) }
    let noteCount = compilation.notes.count
    if targets.count > 1 { return try compileVariants(input, options, compilation, targets, reporter, to: output) }
    try report.watch({ compilation.currentPhase }) { () throws(Diagnostic) in
      try compilation.run(after: first, through: last)
    }
    if let failure = reporter.failure { throw failure }
    Terminal.clearLine()
    for note in compilation.notes[noteCount...] { Terminal.note(note) }
    for warning in compilation.warnings { Terminal.warning(warning) }
    CompilerFlags.printLastRewrite(compilation)
    switch options.value("explain") {
    case "placement": try Terminal.result(compilation.placementReasons.joined(separator: "\n"))
    case "quantization": try Terminal.result(compilation.quantizationReasons.joined(separator: "\n"))
    default: break
    }
    if let folder = options.value("dump-dispatches"), try compilation.writeDispatches(to: folder).isEmpty {
      Terminal.warning("the model has no dispatches: '\(folder)' stays empty")
    }
    if let folder = compileOptions.kernelDumpFolder { try compilation.writeKernels(to: folder) }
    if let last {
      // What is printed already need not be printed again.
      let isPrinted = dumps.contains("all") || dumps.contains(last) || options.has("json")
      if output != "-" || !isPrinted {
        let step = Pipeline.steps[CompilerFlags.positions(last).upperBound - 1]
        try compilation.writeText(try compilation.text(after: step, locations: options.has("dump-locations")), to: output)
      }
      if options.has("statistics") || options.has("json") { try printFigures(compilation.statisticsSoFar, nil, compilation, options) }
      return 0
    }
    if let list = options.value("list-work") { try compilation.writeText(KernelOperators.text(of: compilation.kernelOperators), to: list) }
    try compilation.writeModule(to: output)
    if options.has("statistics") || options.has("verbose") || options.has("json") {
      try printFigures(try compilation.allStatistics(), output, compilation, options)
    }
    return 0
  }

  /// Returns where the module goes, or the IR of `--stop-after`, with all outputs whose names are known checked before any is written.
  private static func plannedOutput(
    _ input: String, _ options: ParsedOptions, _ compilation: Compilation, after first: String?, through last: String?, module: String?
  ) throws -> String {
    if let spec = options.value("packing-spec") { try compilation.plan.reads(spec) }
    if input == "-", last == nil, module == nil, options.value("output") == nil {
      throw UsageError("a model from standard input has no name: say where the module goes, with -o FILE (or -o -)")
    }
    let output = module ?? options.value("output") ?? (last == nil ? defaultOutput(input) : "-")
    if output == "-", last == nil, options.has("json") || !options.values("dump-after").isEmpty {
      throw UsageError(
        "standard output cannot have the module and other text: leave out \(options.has("json") ? "--json" : "--dump-after")")
    }
    try compilation.plan.writes(output)
    for flag in ["list-inputs", "list-operators", "list-work"] { if let list = options.value(flag) { try compilation.plan.writes(list) } }
    // In a folder that is not there yet nothing can be lost.
    if let folder = options.value("dump-phases-to"), isFolder(folder) {
      for (number, stage) in try compilation.stages(after: first, through: last).enumerated() where stage.endsPhase {
        try compilation.plan.writes("\(folder)/\(number + 1)-\(stage.phase.name).mlir")
      }
    }
    return output
  }

  /// Throws where flags ask for what cannot be: dumps of phases that do not run, or outputs that there are none of.
  private static func check(_ options: ParsedOptions, _ dumps: [String], after first: String?, through last: String?) throws(UsageError) {
    let kernels = CompilerFlags.positions(Pipeline.kernelStep)
    let begin = first.map { CompilerFlags.positions($0).upperBound } ?? 0
    let end = last.map { CompilerFlags.positions($0).upperBound } ?? Pipeline.steps.count
    if begin == Pipeline.steps.count { throw UsageError("flag '--start-after=\(first ?? "")' leaves nothing to do: it is the last phase") }
    if begin >= kernels.upperBound {
      throw UsageError(
        "flag '--start-after=\(first ?? "")' cannot be: 'scheduling' needs the kernels, which no text has; use --start-after=dispatch-creation"
      )
    }
    if let first, let last, end <= begin {
      throw UsageError("flag '--stop-after=\(last)' cannot be with --start-after=\(first): that comes earlier")
    }
    if let name = dumps.first(where: { $0 != "all" && !(begin + 1...end).contains(CompilerFlags.positions($0).upperBound) }) {
      throw UsageError(
        "flag '--dump-after=\(name)' has no effect: the steps that run are \(Pipeline.steps[begin..<end].map(\.name).joined(separator: ", "))"
      )
    }
    for (flag, phase) in [
      ("dump-kernels", "codegen"), ("list-work", "codegen"), ("dump-dispatches", "dispatch-creation"), ("configuration", "codegen"),
    ] {
      if options.has(flag), let last, end < CompilerFlags.positions(phase).upperBound {
        throw UsageError("flag '--\(flag)' has no effect with --stop-after=\(last): it needs the phase '\(phase)'")
      }
    }
    if let wanted = options.value("explain"), !["placement", "quantization"].contains(wanted) {
      throw UsageError("flag '--explain' knows 'placement' and 'quantization', but '\(wanted)' was given")
    }
    if options.value("explain") == "quantization", !options.has("quantize-weights") {
      throw UsageError("flag '--explain=quantization' has no effect without --quantize-weights")
    }
    if options.value("explain") == "placement", !options.has("device") {
      throw UsageError("flag '--explain=placement' has no effect without --device: the program has one device")
    }
    if options.has("dump-locations"), dumps.isEmpty, last == nil, !options.has("dump-phases-to") {
      throw UsageError("flag '--dump-locations' has no effect without IR that is printed: --dump-after, --dump-phases-to or --stop-after")
    }
    if options.has("try-configurations") {
      for other in ["output", "stop-after", "start-after", "dump-after", "dump-phases-to", "dump-dispatches", "statistics", "json"] {
        try options.exclude("try-configurations", other)
      }
    }
  }

  /// Reports a bug of a compilation, for `target` if that is one of several: the compilation is done once more up to the phase before.
  static func bugReport(
    _ input: String, _ options: ParsedOptions, _ compileOptions: CompileOptions, target: (any Target)? = nil, after first: String? = nil
  ) -> BugReport {
    var flags = CompilerFlags.changing(options)
    if let target { flags = flags.filter { !$0.hasPrefix("--target=") } + ["--target=\(target.description)"] }
    return BugReport(model: input, flags: flags, after: first) { phase in
      let compilation = try loadModel(path: input, options: compileOptions, observer: nil)
      let position = CompilerFlags.positions(phase).lowerBound
      if let target, let variant = try variant(of: compilation, target, options, before: phase) { return variant }
      if position > first.map({ CompilerFlags.positions($0).upperBound }) ?? 0 {
        try compilation.run(after: first, through: Pipeline.steps[position - 1].name)
      }
      return compilation
    }
  }

  /// Prints the figures of a compilation, and those of its variants where there are several.
  static func printFigures(
    _ figures: [(name: String, value: String)], _ output: String?, _ compilation: Compilation, _ options: ParsedOptions,
    variants: [(target: any Target, figures: [(name: String, value: String)])] = []
  ) throws {
    guard options.has("json") else {
      let lines =
        variants.flatMap { [("variant", $0.target.description)] + $0.figures } + (variants.isEmpty ? [] : [("module", output ?? "-")])
      let text = (lines + figures).map { "\($0.0): \($0.1)" }.joined(separator: "\n")
      // A module on standard output stands there alone.
      if output == "-" { Terminal.line(text) } else { try Terminal.result(text) }
      return
    }
    func object(_ figures: [(name: String, value: String)]) -> JSON {
      .object(
        figures.map { figure in
          let text = figure.value
          return (figure.name, Int(text).map { .integer($0) } ?? (Double(text) == nil ? .string(text) : .literal(text)))
        })
    }
    let members: [(String, JSON)] = [
      ("version", .string(tesseraVersion)), ("model", .string(options.positionals[0])),
      ("output", output.map { .string($0) } ?? .null),
      ("target", .string(variants.isEmpty ? compilation.options.target.description : options.value("target") ?? "")),
      (
        "devices",
        .array(compilation.options.devices.map { .object([("name", .string($0.name)), ("target", .string($0.target.description))]) })
      ), ("notes", .array(compilation.notes.map { .string($0) })),
      ("warnings", .array(compilation.warnings.map { .string($0) })), ("statistics", object(figures)),
    ]
    let list = variants.map { JSON.object([("target", .string($0.target.description)), ("statistics", object($0.figures))]) }
    try Terminal.result(JSON.object(members + (variants.isEmpty ? [] : [("variants", .array(list))])).description)
  }

  /// `folder/model.onnx` becomes `folder/model.tsm`.
  private static func defaultOutput(_ input: String) -> String { withoutEnding(input) + ".tsm" }

  /// `folder/model.onnx` becomes `folder/model`.
  static func withoutEnding(_ path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
    return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
  }
}
