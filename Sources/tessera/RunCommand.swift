import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// `tessera run`: calls a function once.
enum RunCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera run", summary: "run a function of a module, or of a model that is compiled first",
    positionals: ["module.tsm|model"],
    options: SessionOptions.options + ModuleSource.options + [
      .value(
        "output", "OUTPUT", repeatable: true,
        "where the next output goes: - (print), @f.npy (a list: its arrays one after the other), +f.npy (append), @f.bin; or name=OUTPUT"),
      .value(
        "expected-output", "INPUT", repeatable: true,
        "what the next output should be, as --input has it, or (ignored); exit code 4 where it differs"),
      .value("atol", "X", "absolute tolerance of --expected-output (f32: 1e-4)"),
      .value("rtol", "X", "relative tolerance of --expected-output (f32: 1e-5)"),
      .value("equality-mode", "approximate|exact", "exact: --atol=0 --rtol=0").rare,
      .flag("time", "print the time of the call"),
      .flag(
        "json", "print one JSON object: the outputs (without elements where a file gets them), the time, and whether they are as expected"),
      .value(
        "record-dispatches", "FOLDER",
        "write what each dispatch is given and gives, its first time, beside the files of 'compile --dump-dispatches'"),
    ],
    foreign: SessionOptions.foreign + [
      ForeignFlag("expected-f32-threshold", "X", "--atol, as IREE's programs have it") { ["--atol=\($0)"] },
      .refused("t", "N", use: "it is threads in some programs and seconds in others; use --threads=N"),
    ],
    examples: [
      "tessera run model.tsm --input=@ids.npy --output=@logits.npy",
      "tessera run dispatch_3_contraction.mlir --input=random:1 --input=random:2",
      "tessera run model.onnx --input=@ids.npy --record-dispatches=dispatches",
      "tessera run matmul.tsm --function=matmul --input=4x5xf32=1 --input=@b.npy",
    ])

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    if SessionOptions.asksForDevices(options) { return try DevicesCommand.print(json: options.has("json")) }
    for flag in ["atol", "rtol", "equality-mode"] { try options.require(flag, goesWith: "expected-output") }
    let isExact = try options.choice("equality-mode", of: ["approximate", "exact"]) == "exact"
    if options.has("json"), options.values("output").contains(where: { $0 == "-" || $0.hasSuffix("=-") }) {
      throw UsageError("flags '--json' and '--output=-' exclude each other: both print the output")
    }
    if isExact { for flag in ["atol", "rtol"] { try options.exclude("equality-mode", flag) } }
    let dispatches = options.value("record-dispatches")
    var plan = FilePlan()
    let module = try ModuleSource.load(options.positionals[0], options, dumpingDispatchesTo: dispatches, plan: &plan)
    let function = try SessionOptions.function(module, options)
    var given = try SessionOptions.inputs(function, options, plan: &plan)
    for index in given.indices where given[index] == nil {
      given[index] = try module.defaultInput(index, of: function).map { .tensor($0) }
    }
    let expected = try ExpectedOutputs(function, options, plan: &plan)
    let targets = try OutputTargets(function, options, plan: plan)
    let atol = isExact ? 0 : try options.number("atol")
    let rtol = isExact ? 0 : try options.number("rtol")
    if let index = given.firstIndex(where: { $0 == nil }) {
      let info = function.inputs[index]
      throw UsageError(
        "input \(index)\(info.name.isEmpty ? "" : " ('\(info.name)')") of function '\(function.name)' is missing: it is \(info.typeText)\n  signature: \(function.signature)"
      )
    }
    let session = try Session(module, devices: SessionOptions.devices(module, options), variant: VariantName.number(options, module))
    let recorder = try dispatches.map { try DispatchRecorder(session.description, folder: $0, plan: plan) }
    let start = Clock.nanoseconds
    let outputs = try session.call(function.name, values: given.compactMap { $0 }, options: CallOptions(observer: recorder))
    let time = Clock.nanoseconds - start
    try targets.write(outputs) { try print(outputs[$0], $0, function) }
    if targets.isEmpty, options.values("expected-output").isEmpty, !options.has("json") {
      for index in outputs.indices { try print(outputs[index], index, function) }
    }
    if let recorder { Console.note("recorded \(recorder.count) dispatches in '\(dispatches ?? "")'") }
    if options.has("time") { Console.note("the call took \(Clock.text(time))") }
    let code = expected?.compare(outputs, atol: atol, rtol: rtol) ?? .done
    if expected != nil, code == .done, !options.has("json") { try Console.print("outputs match\n") }
    if options.has("json") {
      let report = RunReport(
        function: function, outputs: outputs, nanoseconds: time, matches: options.has("expected-output") ? code == .done : nil,
        hasData: !options.has("output") && !options.has("outputs"))
      try Console.print("\(report.json)\n")
    }
    return code
  }

  /// Prints one output.
  private static func print(_ output: RuntimeValue, _ index: Int, _ function: FunctionDescription) throws {
    let info = function.outputs[index]
    try print(output, info.name.isEmpty ? "output \(index)" : info.name, info)
  }

  /// Prints a value, or the elements of a list.
  private static func print(_ value: RuntimeValue, _ name: String, _ info: TensorInfo) throws {
    switch value {
    case .tensor(let tensor): try Console.print("\(name): \(tensor.typeText)\n\(tensor.text())\n")
    case .list(let elements):
      try Console.print("\(name): \(info.typeText) of \(elements.count)\n")
      for (position, element) in elements.enumerated() { try print(element, "\(name)[\(position)]", info.element) }
    }
  }
}
