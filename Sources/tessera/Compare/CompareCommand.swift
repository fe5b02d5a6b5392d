import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// `tessera compare`: tells whether one program is faster than another, or whether that is noise.
enum CompareCommand {
  /// The flags that are about the calls, which reports of `bench` have behind them.
  private static let ofCalls = SessionOptions.options.filter { $0.name != "outputs" } + ModuleSource.options

  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera compare", summary: "tell whether one module is faster than another, or whether the difference is noise",
    explanation: [
      "a and b are two outputs of 'tessera bench --json' (better with --repetitions), or two modules or models: those are called with the same inputs,",
      "in turns, in one process. The ratio is the time of b over the time of a; its interval has the true ratio in 999 of 1000 cases, found by drawing",
      "turns, or blocks of calls, again and again. Where 1 lies in it, or the difference is at most 1% (6% of a dispatch), there is 'no difference beyond noise'.",
      "With --with=onnxruntime, a is an ONNX model, compiled or as a module of its own, and b is what ONNX Runtime makes of the model a.",
      "Of the dispatches none is called faster or slower by chance in 999 of 1000 comparisons.",
    ],
    positionals: ["a", "b"], positionalCount: 1...2,
    options: ofCalls + [
      .value("with", "onnxruntime", "instead of b: the same model, in another runtime"),
      .value("turns", "N", "of modules: how many turns (24); 11 at least, to say anything"),
      .value("time-ms", "T", "of modules: how long each is measured in a turn, in milliseconds (50); at least 3 calls"),
      .flag("per-dispatch", "of modules: compare their dispatches too, each measured by itself; reports have them or not"),
      .value("html", "FILE", "write the comparison as an HTML page too"),
      .flag("json", "print one JSON object"),
    ] + PeerWorker.options, foreign: SessionOptions.foreign,
    examples: [
      "tessera compare before.json after.json", "tessera compare before.tsm after.tsm --threads=1 --per-dispatch",
      "tessera compare model.onnx --with=onnxruntime --python=peers/bin/python --threads=2",
      "tessera compare model.onnx quantized.onnx --dims=batch=8 --html=comparison.html",
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    if SessionOptions.asksForDevices(options) { return try DevicesCommand.print(json: options.has("json")) }
    let paths = options.positionals
    let peer = try options.choice("with", of: ["onnxruntime"])
    guard paths.count == (peer == nil ? 2 : 1) else {
      throw UsageError(
        peer == nil ? "missing argument <b>; see 'tessera compare --help'" : "flag '--with' stands for b, but '\(paths[1])' is given too")
    }
    if peer == nil { try options.require("python", goesWith: "with") }
    let areReports = try paths.map(isReport)
    if peer != nil, areReports[0] { throw UsageError("flag '--with' needs a model, but '\(paths[0])' is a report") }
    guard peer != nil || areReports[0] == areReports[1] else {
      let report = areReports[0] ? 0 : 1
      throw UsageError(
        "'\(paths[report])' is a report and '\(paths[1 - report])' is none: give two outputs of 'tessera bench --json', or two modules or models"
      )
    }
    var files = FilePlan()
    let sides: [MeasuredSide]
    if areReports[0] {
      for option in ofCalls.map(\.name) + ["turns", "time-ms", "per-dispatch"] where options.has(option) {
        throw UsageError("flag '--\(option)' is for modules and models, but '\(paths[0])' is a report, whose calls have been made")
      }
      sides = try paths.map { try MeasuredSide(reading: $0, plan: &files) }
    } else {
      sides = try measured(options, peer: peer, &files)
    }
    if let path = options.value("html") { try files.writes(path) }
    let comparison = try Comparison(sides[0], sides[1], areInTurns: !areReports[0])
    try Console.print(options.has("json") ? "\(JSON.object(comparison.members))\n" : comparison.text)
    for warning in comparison.warnings { Console.warning(warning) }
    if let path = options.value("html") { try writeFile(Array(ComparisonPage.html(comparison).utf8), to: path, plan: files) }
    return .done
  }

  /// `true` iff a file is a JSON object. Errors: it cannot be read.
  private static func isReport(_ path: String) throws -> Bool {
    guard path != "-" else { throw UsageError("'tessera compare' reads both sides from files, not from standard input") }
    let file = try FileBytes(path: path)
    return file.withUnsafeBytes { bytes in bytes.first { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: "{") }
  }

  /// Measures both sides in turns: two modules, or one and a peer.
  private static func measured(_ options: ParsedOptions, peer: String?, _ files: inout FilePlan) throws -> [MeasuredSide] {
    let turns = try options.integer("turns", in: 1...1 << 16) ?? 24
    let time = Int(min(try options.number("time-ms") ?? 50, 3.2e10) * 1e6)
    let paths = options.positionals
    guard try peer == nil || ModuleSource.isModel(paths[0]) else {
      throw UsageError("flag '--with' needs the model, but '\(paths[0])' is a module: give the model that it was made of")
    }
    let modules = try paths.map { try ModuleSource.load($0, options, plan: &files) }
    let functions = try modules.map { try SessionOptions.function($0, options) }
    var devices = try SessionOptions.devices(modules[0], options)
    let threads = SessionOptions.threadCount(devices[0])
    let inputs = try MissingInputs().inputs(modules[0], functions[0], options, among: [functions[0]], plan: &files)
    var subjects: [MeasuredSubject] = []
    for (index, module) in modules.enumerated() {
      // Both have the same threads, where both are for the same devices.
      if module.description.devices.map(\.kind) != devices.map(\.name) { devices = try SessionOptions.devices(module, options) }
      let session = try Session(module, devices: devices, variant: VariantName.number(options, module))
      subjects.append(
        ModuleSubject(
          name: paths[index], session: session, function: functions[index], inputs: inputs, perDispatch: options.has("per-dispatch")))
    }
    if let peer {
      let worker = try PeerWorker(peer, options)
      try worker.load(paths[0], threads: threads, isPlain: false)
      try worker.give(zip(functions[0].inputs, inputs).map { ($0.name, $1) })
      subjects.append(PeerSubject(name: "\(paths[0]) in \(worker.name)", worker: worker, function: functions[0].name))
    }
    // What cannot be called fails before anything is measured.
    for subject in subjects { try subject.call() }
    var sides = subjects.map { MeasuredSide(name: $0.name) }
    for turn in 0..<turns {
      Console.progress("turn \(turn + 1) of \(turns)")
      // Who is first in a turn is second in the next.
      for side in turn % 2 == 0 ? [0, 1] : [1, 0] { try subjects[side].measure(nanoseconds: time, threads: threads, into: &sides[side]) }
    }
    Console.progress("")
    return sides
  }
}
