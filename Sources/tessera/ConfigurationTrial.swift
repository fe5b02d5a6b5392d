import TesseraCommandLineOptions
import TesseraDeviceCPU
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime

/// `tessera bench --try-configurations`: one dispatch, compiled in many ways that are measured side by side.
struct ConfigurationTrial {
  /// One way to compile it.
  private struct Entry {
    var number: Int
    var configuration: String
    var session: Session
    /// The median of each turn in nanoseconds.
    var turns: [Int] = []
    /// The largest difference of the outputs from those of the first entry.
    var difference: Double = 0

    /// The median of the turns.
    var time: Int { turns.sorted()[turns.count / 2] }
  }

  /// The time of each configuration's turn in a round, and the least number of rounds.
  private static let turnNanoseconds = 2_000_000
  private static let minimumRounds = 5

  /// Compiles and measures; prints the ranking. The number of each configuration is that of its assembly in the folder of `--dump-kernels`.
  static func run(_ path: String, _ options: ParsedOptions, milliseconds: Double) throws -> ExitCode {
    guard try ModuleSource.isModel(path) else {
      throw UsageError(
        "flag '--try-configurations' needs a dispatch as 'tessera compile --dump-dispatches' writes it, but '\(path)' is a module")
    }
    let folder = try TemporaryFolder()
    var arguments = ["compile", path, "--try-configurations=\(folder.path)"] + ModuleSource.compilerFlags(options)
    if let dump = options.value("dump-kernels") { arguments.append("--dump-kernels=\(dump)") }
    let code = try CompilerHandoff.run(arguments)
    guard code == 0 else { throw ReportedFailure(code: ExitCode(rawValue: code) ?? .failed) }
    let text = try FileBytes(path: folder.file("configurations")).text
    let device = try SessionOptions.processors(options)
    var entries: [Entry] = []
    for (number, line) in text.split(separator: "\n").enumerated() {
      let module = try Module(path: "\(folder.path)/\(number).tsm")
      entries.append(
        Entry(number: number, configuration: String(line), session: try Session(module, device: device)))
    }
    guard let first = entries.first else { return .failed }
    let function = try SessionOptions.function(first.session.module, options)
    // Dispatches take tensors only.
    var plan = FilePlan()
    let inputs = try MissingInputs().filled(
      SessionOptions.inputs(function, options, plan: &plan), function, SessionOptions.dimensions(options, [function])
    )
    .flatMap(\.tensors)
    let expected = try first.session.call(function.name, inputs)
    for index in entries.indices {
      let outputs = try entries[index].session.call(function.name, inputs)
      for (a, b) in zip(outputs, expected) {
        entries[index].difference = max(entries[index].difference, TensorComparison(actual: a, expected: b, atol: 0, rtol: 0).maximumError)
      }
    }
    let work = try work(first.session, function.name, inputs)
    let rounds = max(minimumRounds, Int(milliseconds * 1e6) / turnNanoseconds)
    for round in 0..<rounds {
      // Each is early in some rounds and late in others, so that drift falls on all alike.
      for place in entries.indices {
        let index = (place + round) % entries.count
        entries[index].turns.append(try turn(entries[index].session, function.name, inputs))
      }
    }
    let roof = options.has("roof") ? try Roof(device: device) : nil
    let ranked = entries.sorted { $0.time < $1.time }
    try Console.print(options.has("json") ? "\(json(ranked, work, roof, device))\n" : report(ranked, work, roof, device, rounds))
    return .done
  }

  /// Calls the function for the length of a turn, the first time to warm up; returns the median of the others.
  private static func turn(_ session: Session, _ name: String, _ inputs: [Tensor]) throws -> Int {
    _ = try session.call(name, inputs)
    var times: [Int] = []
    let start = Clock.nanoseconds
    var now = start
    repeat {
      _ = try session.call(name, inputs)
      let end = Clock.nanoseconds
      times.append(end - now)
      now = end
    } while now - start < turnNanoseconds
    return times.sorted()[times.count / 2]
  }

  /// The operations and bytes of a call, 0 where they are not known.
  private static func work(_ session: Session, _ name: String, _ inputs: [Tensor]) throws -> (flops: Double, bytes: Double) {
    let timing = DispatchTiming(siteCount: session.description.dispatchSites.count)
    _ = try session.call(name, inputs, options: CallOptions(timing: timing))
    let site = timing.sites.first
    return (site?.flops ?? 0, site?.bytes ?? 0)
  }

  /// The share of the roof that an entry reaches; `nil` where it is not known.
  private static func share(_ entry: Entry, _ work: (flops: Double, bytes: Double), _ roof: Roof?) -> Double? {
    guard let roof else { return nil }
    let least = roof.nanoseconds(flops: work.flops, bytes: work.bytes)
    return least > 0 ? least / Double(entry.time) : nil
  }

  /// The ranking for people.
  private static func report(_ ranked: [Entry], _ work: (flops: Double, bytes: Double), _ roof: Roof?, _ device: CPUDevice, _ rounds: Int)
    -> String
  {
    let chosen = ranked.first { $0.number == 0 }?.time ?? 1
    var table = Table([
      ("number", true), ("time", true), ("of chosen", true), ("GFLOP/s", true), ("of roof", true), ("difference", true),
      ("configuration", false),
    ])
    for entry in ranked {
      table.rows.append([
        "\(entry.number)", Clock.text(entry.time), Clock.decimal(Double(entry.time) / Double(max(chosen, 1))),
        work.flops > 0 ? Clock.decimal(work.flops / Double(max(entry.time, 1)), digits: 1) : "-",
        share(entry, work, roof).map { Clock.decimal(100 * $0, digits: 0) + "%" } ?? "-",
        entry.difference == 0 ? "0" : "\(Float(entry.difference))",
        entry.configuration,
      ])
    }
    return
      "\(ranked.count) configurations, \(rounds) rounds, \(device.threadCount) thread\(device.threadCount == 1 ? "" : "s"); 0 is the chosen one\n"
      + table.text + "\ngive one back with --configuration='...', or as attribute tessera.configuration = \"...\" of the executable\n"
  }

  /// The ranking for programs.
  private static func json(_ ranked: [Entry], _ work: (flops: Double, bytes: Double), _ roof: Roof?, _ device: CPUDevice) -> JSON {
    .object([
      ("version", .string(tesseraVersion)), ("threads", .integer(device.threadCount)), ("roof", roof?.json ?? .null),
      (
        "configurations",
        .array(
          ranked.map { entry in
            .object([
              ("number", .integer(entry.number)), ("ns", .integer(entry.time)), ("flops", work.flops > 0 ? .number(work.flops) : .null),
              ("roof_share", share(entry, work, roof).map { .number($0) } ?? .null), ("difference", .number(entry.difference)),
              ("configuration", .string(entry.configuration)),
            ])
          })
      ),
    ])
  }
}
