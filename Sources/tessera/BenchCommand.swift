import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// `tessera bench`: calls functions again and again, and tells how long they take.
enum BenchCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera bench", summary: "measure a function of a module, or of a model that is compiled first; or the machine's roof",
    positionals: ["module.tsm|model"], positionalCount: 0...1,
    options: SessionOptions.options + ModuleSource.options + [
      .value("time-ms", "T", "how long to measure, in milliseconds (1000); at least 3 calls"),
      .value("warmup-ms", "T", "how long to warm up first (a quarter of --time-ms, at most 500)"),
      .value("calls", "N", "how many calls to measure, instead of --time-ms"),
      .value("repetitions", "N", "measure so many times one after the other (1)"),
      .value("filter", "REGEX", "measure all functions whose name has a match of this regular expression").rare,
      .flag("list-functions", "list the functions that would be measured, and measure nothing").rare,
      .flag("per-dispatch", "measure each dispatch by itself, one after the other"),
      Attribution.option,
      .flag("roof", "measure what the machine can do at most; with --per-dispatch, the share of it that each dispatch reaches"),
      .flag("try-configurations", "compile a dumped dispatch with every configuration worth a try, and rank them"),
      .value("dump-kernels", "FOLDER", "with --try-configurations: write the assembly of each"),
      .flag("json", "print one JSON object, with what google-benchmark's tools read"),
      .value("json-output", "FILE", "write the JSON object to a file too").rare,
      .value("context", "NAME=VALUE", repeatable: true, "a fact to keep in the JSON object's context").rare,
      .flag("aggregates-only", "in the JSON object's benchmarks: of several repetitions, only what they have in common").rare,
    ], foreign: BenchFlags.foreign + SessionOptions.foreign,
    examples: [
      "tessera bench model.tsm --threads 2", "tessera bench model.tsm --threads 1 --per-dispatch --roof",
      "tessera bench dispatch_3_contraction.mlir --target=cpu=x86-64-v3", "tessera bench --roof --threads 1",
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    if SessionOptions.asksForDevices(options) { return try DevicesCommand.print(json: options.has("json")) }
    try options.exclude("calls", "time-ms")
    try options.exclude("function", "filter")
    try options.require("dump-kernels", goesWith: "try-configurations")
    try options.require("attribute-to", goesWith: "per-dispatch")
    let attribution = try Attribution.wanted(options)
    let facts = try BenchFlags.facts(options.values("context"))
    for flag in ["context", "aggregates-only"] where options.has(flag) && !options.has("json-output") {
      try options.require(flag, goesWith: "json")
    }
    let time = try options.number("time-ms") ?? 1000
    let plan = MeasurementPlan(
      time: nanoseconds(time), calls: try options.integer("calls", in: 1...1 << 40),
      warmup: nanoseconds(try options.number("warmup-ms") ?? min(time / 4, 500)))
    let repetitions = try options.integer("repetitions", in: 1...1 << 20) ?? 1
    guard let path = options.positionals.first else {
      guard options.has("roof") else { throw UsageError("missing argument <module.tsm|model>; see 'tessera bench --help'") }
      let roof = try Roof(device: SessionOptions.processors(options))
      try Console.print(options.has("json") ? "\(roof.json)\n" : roof.text)
      return .done
    }
    if options.has("try-configurations") {
      for other in ["calls", "repetitions", "filter", "json-output", "list-functions", "variant"] {
        try options.exclude("try-configurations", other)
      }
      return try ConfigurationTrial.run(path, options, milliseconds: options.number("time-ms") ?? 50)
    }
    var files = FilePlan()
    let folder = try attribution.map { _ in try TemporaryFolder() }
    let module = try ModuleSource.load(path, options, describingOperatorsIn: folder, plan: &files)
    let functions: [FunctionDescription]
    if let pattern = options.value("filter") {
      functions = try BenchFlags.functions(matching: pattern, module)
    } else {
      functions = options.has("list-functions") ? module.functions : [try SessionOptions.function(module, options)]
    }
    if options.has("list-functions") {
      for function in functions { try Console.print(function.name + "\n") }
      return .done
    }
    let session = try Session(module, devices: SessionOptions.devices(module, options), variant: VariantName.number(options, module))
    if let path = options.value("json-output") { try files.writes(path) }
    var measurements: [Measurement] = []
    for function in functions {
      let inputs = try MissingInputs().inputs(module, function, options, among: functions, plan: &files)
      let targets = try OutputTargets(function, options, plan: files)
      try targets.write(session.call(function.name, values: inputs)) { _ in }
      for repetition in 0..<repetitions {
        measurements.append(
          try Measurement(
            session, function, inputs, plan, threads: SessionOptions.threadCount(session.device), repetition: repetition,
            perDispatch: options.has("per-dispatch")))
      }
    }
    let roof = options.has("roof") ? try Roof(device: SessionOptions.processors(options)) : nil
    let operators = folder.map { OperatorFacts(from: $0) } ?? OperatorFacts()
    let reports = measurements.map {
      BenchReport(measurement: $0, turnCount: repetitions, roof: roof, attribution: attribution ?? .dispatch, facts: operators)
    }
    try report(reports, facts, options, files)
    return .done
  }

  /// Prints what was measured, and warns where the figures are doubtful.
  private static func report(
    _ reports: [BenchReport], _ facts: [(String, String)], _ options: ParsedOptions, _ files: FilePlan
  ) throws {
    let measurements = reports.map(\.measurement)
    var json = ""
    if options.has("json") || options.has("json-output") {
      let benchmark = BenchmarkJSON(
        measurements: measurements, facts: facts, aggregatesOnly: options.has("aggregates-only"))
      var members: [(String, JSON)] = [("version", .string(tesseraVersion))]
      if reports.count == 1 {
        members += reports[0].members
      } else {
        members.append(("reports", .array(reports.map { .object($0.members) })))
      }
      members += [("context", benchmark.context), ("benchmarks", benchmark.benchmarks)]
      json = "\(JSON.object(members))\n"
    }
    // What was measured is shown even where the file cannot be written.
    try Console.print(options.has("json") ? json : reports.map(\.text).joined(separator: "\n"))
    for warning in measurements.flatMap(\.warnings) { Console.warning(warning) }
    if let path = options.value("json-output") { try writeFile(Array(json.utf8), to: path, plan: files) }
  }

  /// Returns milliseconds in nanoseconds, at most a year: any number may be typed.
  private static func nanoseconds(_ milliseconds: Double) -> Int { Int(min(milliseconds, 3.2e10) * 1e6) }
}
