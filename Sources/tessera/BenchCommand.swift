import CommandLineOptions
import DeviceCPU
import Glibc
import ModuleFormat
import Runtime

/// `tessera bench`: calls a function again and again, and tells how long it takes.
enum BenchCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera bench", summary: "measure a function of a module, or of a model that is compiled first; or the machine's roof",
    positionals: ["module.tsm|model"], positionalCount: 0...1,
    options: SessionOptions.options + ModelFile.options + [
      .value("time-ms", "T", "how long to measure, in milliseconds (1000); at least 3 calls"),
      .value("warmup-ms", "T", "how long to warm up first (a quarter of --time-ms, at most 500)"),
      .flag("per-dispatch", "measure each dispatch by itself, one after the other"),
      .flag("roof", "measure what the machine can do at most; with --per-dispatch, the share of it that each dispatch reaches"),
      .flag("try-configurations", "compile a dumped dispatch with every configuration worth a try, and rank them"),
      .value("dump-kernels", "FOLDER", "with --try-configurations: write the assembly of each"),
      .flag("json", "print one JSON object"),
    ],
    examples: [
      "tessera bench model.tsm --threads 2", "tessera bench model.tsm --threads 1 --per-dispatch --roof",
      "tessera bench dispatch_3_contraction.mlir --target=cpu=x86-64-v3", "tessera bench --roof --threads 1",
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    let time = nanoseconds(try options.number("time-ms") ?? 1000)
    let warmup = nanoseconds(try options.number("warmup-ms") ?? min(Double(time) / 4e6, 500))
    guard let path = options.positionals.first else {
      guard options.has("roof") else { throw UsageError("missing argument <module.tsm|model>; see 'tessera bench --help'") }
      let roof = try Roof(device: SessionOptions.device(options))
      try Console.print(options.has("json") ? "\(roof.json)\n" : roof.text)
      return .done
    }
    if options.has("try-configurations") {
      return try ConfigurationTrial.run(path, options, milliseconds: options.number("time-ms") ?? 50)
    }
    if options.value("dump-kernels") != nil { throw UsageError("flag '--dump-kernels' goes with --try-configurations") }
    let module = try ModelFile.load(path, options)
    let function = try SessionOptions.function(module, options)
    let inputs = try filled(SessionOptions.inputs(function, options), function, SessionOptions.dimensions(options))
    let device = try SessionOptions.device(options)
    let session = try Session(module, device: device)

    var outputs = try session.call(function.name, values: inputs)
    try SessionOptions.writeOutputs(outputs, options)
    let warmupEnd = Clock.nanoseconds + warmup
    while Clock.nanoseconds < warmupEnd { outputs = try session.call(function.name, values: inputs) }

    var timings = options.has("per-dispatch") ? DispatchTimes(siteCount: module.description.dispatchSites.count) : nil
    session.setTiming(timings?.timing)
    var times: [Int] = []
    times.reserveCapacity(1 << 16)
    let start = Clock.nanoseconds
    var now = start
    while times.count < 3 || now - start < time {
      outputs = try session.call(function.name, values: inputs)
      let end = Clock.nanoseconds
      times.append(end - now)
      timings?.endCall()
      now = end
    }
    let peakMemory = BenchReport.peakMemory
    let roof = options.has("roof") ? try Roof(device: device) : nil
    let report = BenchReport(
      module: module, function: function, threads: device.threadCount, times: times, timings: timings, roof: roof,
      peakMemory: peakMemory)
    try Console.print(options.has("json") ? "\(report.json)\n" : report.text)
    return .done
  }

  /// Returns milliseconds in nanoseconds, at most a year: any number may be typed.
  private static func nanoseconds(_ milliseconds: Double) -> Int { Int(min(milliseconds, 3.2e10) * 1e6) }

  /// Returns the inputs, with random numbers (zeros for integers) where none were given; says so.
  static func filled(
    _ inputs: [RuntimeValue?], _ function: FunctionDescription, _ dimensions: [String: Int]
  ) throws -> [RuntimeValue] {
    // Symbols take the sizes that given inputs have, then those of --dims, then 1.
    var sizes = dimensions
    for (input, info) in zip(inputs, function.inputs) {
      guard let input = input?.tensor, input.shape.count == info.shape.count else { continue }
      for case (.symbolic(let symbol), let size) in zip(info.shape, input.shape) where symbol != "?" { sizes[symbol] = size }
    }
    var result: [RuntimeValue] = []
    for (index, info) in function.inputs.enumerated() {
      if let input = inputs[index] {
        result.append(input)
        continue
      }
      guard info.containers.isEmpty else {
        throw UsageError("input \(index) ('\(info.name)') is a list, \(info.typeText): give one, such as [2x3xf32=1; 4x3xf32=2]")
      }
      for case .symbolic(let symbol) in info.shape where sizes[symbol] == nil { sizes[symbol] = 1 }
      let shape = try TensorLiteral.shape(info, sizes)
      let tensor =
        info.elementType.isInteger
        ? try Tensor(elementType: info.elementType, shape: shape) { _ in }
        : try TensorLiteral.random(info.elementType, shape, seed: UInt64(index))
      Console.note(
        "input \(index)\(info.name.isEmpty ? "" : " ('\(info.name)')") was not given: \(tensor.typeText) of \(info.elementType.isInteger ? "zeros" : "random \(info.elementType == .string ? "strings" : "numbers")")"
      )
      result.append(.tensor(tensor))
    }
    return result
  }
}
