import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraKernels
import TesseraModuleFormat

// A module of several programs, each for one of the machines of `--target`.
extension CompileCommand {
  /// Throws where flags do not go with the number of machines.
  static func check(_ options: ParsedOptions, variants count: Int) throws(UsageError) {
    guard count > 1 else {
      if options.has("share-layouts") { throw UsageError("flag '--share-layouts' has no effect without several machines in --target") }
      return
    }
    let single = [
      "dump-after", "dump-phases-to", "stop-after", "start-after", "dump-kernels", "dump-dispatches", "configuration", "try-configurations",
      "plain", "explain",
    ]
    if let flag = single.first(where: options.has) {
      throw UsageError(
        "flag '--\(flag)' is about one program, but '--target=\(options.value("target") ?? "")' makes \(count): name one machine")
    }
  }

  /// Compiles the programs, writes the module, and prints figures where they are asked for.
  static func compileVariants(
    _ input: String, _ options: ParsedOptions, _ compilation: Compilation, _ targets: [any Target], _ reporter: Reporter, to output: String
  ) throws -> Int32 {
    let report = bugReport(input, options, compilation.options, target: targets[0])
    let variants = try report.watch({ compilation.currentPhase }) { () throws(Diagnostic) in
      try ModuleVariants(compilation, targets: targets, sharesLayouts: options.has("share-layouts"))
    }
    for program in variants.programs {
      reporter.variant = program.options.target.description
      let report = bugReport(input, options, compilation.options, target: program.options.target)
      try report.watch({ program.currentPhase }) { () throws(Diagnostic) in try variants.run(program) }
    }
    Terminal.clearLine()
    var warnings = Set<String>()
    for warning in variants.programs.flatMap(\.warnings) where warnings.insert(warning).inserted { Terminal.warning(warning) }
    CompilerFlags.printLastRewrite(compilation)
    if let list = options.value("list-work") {
      try compilation.writeText(KernelOperators.text(of: variants.programs.flatMap(\.kernelOperators)), to: list)
    }
    try variants.writeModule(to: output)
    if options.has("statistics") || options.has("verbose") || options.has("json") {
      let figures = try variants.programs.map { ($0.options.target, try $0.programStatistics()) }
      try printFigures(try variants.statistics(), output, compilation, options, variants: figures)
    }
    return 0
  }

  /// Returns the program for one of several targets as it stands before a phase; `nil` where the phase is done for all of them together.
  static func variant(
    of compilation: Compilation, _ target: any Target, _ options: ParsedOptions, before phase: String
  ) throws -> Compilation? {
    let common = ModuleVariants.commonPhase(sharesLayouts: options.has("share-layouts"))
    guard CompilerFlags.positions(phase).lowerBound >= CompilerFlags.positions(common).upperBound else { return nil }
    let variants = try ModuleVariants(compilation, targets: [target], sharesLayouts: options.has("share-layouts"))
    try variants.run(variants.programs[0], before: phase)
    return variants.programs[0]
  }

  /// Throws the bug that a crash is, where this is the second start after one.
  static func throwCrash(
    _ input: String, _ options: ParsedOptions, _ compileOptions: CompileOptions, _ targets: [any Target], _ report: BugReport
  ) throws {
    guard let name = CrashHandler.crash()?.variant, let target = targets.first(where: { $0.description == name }) else {
      return try report.throwCrash()
    }
    try bugReport(input, options, compileOptions, target: target).throwCrash()
  }
}
