import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// `tessera profile`: records calls, and shows where their time goes.
enum ProfileCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera profile", summary: "record where the time of calls goes: a report to look at, and a trace for other programs",
    explanation: [
      "Calls are recorded as they run: dispatches that are independent run at the same time. Where several threads work at once, each has an equal",
      "part of the time; so the times of all rows make up a call. 'bench --per-dispatch' measures each dispatch alone instead.",
      "A GPU runs one dispatch after the other while it is recorded. After the recorded calls come one for the work of each dispatch,",
      "and one for the memory of the values between them.",
    ],
    positionals: ["module.tsm|model"],
    options: SessionOptions.options.filter { $0.name != "outputs" } + ModuleSource.options + [
      .value("report", "FILE", aliases: ["o"], "write the report, one HTML page that needs no network"),
      .value("trace", "FILE", "write a trace, Chrome's JSON, which Perfetto and Tracy's importer read"),
      .value("calls", "N", "how many calls to record (10, or as many as begin in 5 seconds)"),
      .value("warmup-ms", "T", "how long to warm up first, in milliseconds (250)"),
      .flag("roof", "measure what the machine can do at most, and show each dispatch beside it"),
      Attribution.option, .flag("json", "print one JSON object: the tables of the report"),
    ], foreign: SessionOptions.foreign,
    examples: [
      "tessera profile model.tsm -o report.html --threads=2",
      "tessera profile model.onnx --dims=batch=8 --roof -o report.html --trace=trace.json",
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    if SessionOptions.asksForDevices(options) { return try DevicesCommand.print(json: options.has("json")) }
    let count = try options.integer("calls", in: 1...1 << 20)
    let warmup = Int(min(try options.number("warmup-ms") ?? 250, 3.2e10) * 1e6)
    let path = options.positionals[0]
    var files = FilePlan()
    let folder = try TemporaryFolder()
    let attribution = try Attribution.wanted(options)
    let module = try ModuleSource.load(path, options, describingOperatorsIn: folder, plan: &files)
    let function = try SessionOptions.function(module, options)
    let session = try Session(module, devices: SessionOptions.devices(module, options), variant: VariantName.number(options, module))
    let inputs = try MissingInputs().inputs(module, function, options, among: [function], plan: &files)
    let outputs = [options.value("report"), options.value("trace")]
    for file in outputs.compactMap({ $0 }) { try files.writes(file) }
    var profile = try Profile(
      session, function, inputs, count: count, warmup: warmup,
      facts: OperatorFacts(from: folder))
    if options.has("roof") { profile.roof = try Roof(device: SessionOptions.processors(options)) }
    if profile.lostCount > 0 {
      Console.warning("\(profile.lostCount) events were not recorded, for want of room; record fewer calls with --calls")
    }
    let report = ProfileReport(profile: profile, modulePath: path, byteCount: module.file.byteCount)
    try Console.print(options.has("json") ? "\(JSON.object(report.members))\n" : report.text(attribution ?? .dispatch))
    if let file = options.value("trace") { try writeFile(Array("\(ChromeTrace(profile).json)\n".utf8), to: file, plan: files) }
    if let file = options.value("report") {
      try writeFile(Array(ReportPage.html(title: report.title, data: report.page).utf8), to: file, plan: files)
    }
    return .done
  }
}
