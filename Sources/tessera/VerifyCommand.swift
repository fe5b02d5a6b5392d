import TesseraCommandLineOptions
import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import TesseraVerification

/// `tessera verify`: a model compiled for use beside the same model compiled plainly, and the first operator in which they differ.
enum VerifyCommand {
  /// The flags of other commands that have no meaning here.
  private static let leftOut: Set<String> = ["outputs", "device", "portable-only", "list-devices", "dump-devices", "configuration"]

  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera verify",
    summary:
      "compare a model as it is compiled with the same model compiled plainly, or with another runtime; name the first operator that differs",
    explanation: [
      "The plain program is compiled with --plain: nothing fused, laid out or computed early, floats exactly as the model says, as portable",
      "code, which is interpreted. Both programs get the same inputs: those that are given, else random ones.",
      "With --reference=onnxruntime an ONNX model is computed by ONNX Runtime instead, in a Python that has it and onnx.",
      "The model's outputs are compared first. Where they agree, so must the values of all operators, which both programs then return too,",
      "many at a time. Where they differ, the operator is found by halving: one operator's value is returned at a time. A value that is",
      "returned is not fused away, so that a fault which needs that may hide; then the operator after it is named.",
      "Operators in the bodies of If, Loop, Scan and of functions are compared as part of the operator that has the body.",
      "An element agrees if |actual - plain| <= atol + rtol * |plain|. rtol is 1e-3 for f32, 1e-9 for f64, 2e-2 for f16, 5e-2 for bf16,",
      "0.25 for floats of 8 bits; atol is 1e-4, 1e-10, 1e-2, 5e-2 and 0.25 of the largest element of the tensor. Integers of up to 8 bits,",
      "to which models quantize, may be off by 1; all else must be equal. NaN equals NaN, an infinity itself.",
      "Exit codes: 0 all agree, 4 something differs, others as of 'tessera run'.",
    ],
    positionals: ["model"],
    options: SessionOptions.options.filter { !leftOut.contains($0.name) } + [
      .value("seed", "N", "the seed of random inputs (0): floats in -1...1, integers 0 or 1; symbolic dimensions without --dims are 2"),
      .value("atol", "X", "absolute tolerance, for all types"), .value("rtol", "X", "relative tolerance, for all types"),
      .value("reference", "plain|onnxruntime", "what the compiled model is compared with (plain)"),
      .value("plain-target", "TARGET", "what the plain program is compiled for, as --target (portable)"),
    ] + PeerWorker.options + ModuleSource.options.filter { !leftOut.contains($0.name) } + [.flag("json", "print one JSON object")],
    foreign: SessionOptions.foreign,
    examples: [
      "tessera verify model.onnx --dims=batch=2", "tessera verify model.onnx --inputs=test_data_set_0 --rtol=1e-2",
      "tessera verify model.onnx --target=cpu=x86-64-v4 --json",
      "tessera verify model.onnx --reference=onnxruntime --python=peers/bin/python",
    ])

  /// The compiler's flags that the plain program has its own answer to.
  private static let ofSubject = ["--target=", "--packing-spec=", "--strict-math"]

  /// Runs the command.
  static func run(_ options: ParsedOptions) throws -> ExitCode {
    let tolerance = Tolerance(atol: try options.number("atol"), rtol: try options.number("rtol"))
    let peer = try options.choice("reference", of: ["plain", "onnxruntime"]).flatMap { $0 == "plain" ? nil : $0 }
    if peer == nil { try options.require("python", goesWith: "reference") }
    if peer != nil { try options.exclude("reference", "plain-target") }
    let seed = UInt64(try options.integer("seed", in: 0...Int.max) ?? 0)
    let folder = try TemporaryFolder()
    let path = try model(options.positionals[0], folder)
    let flags = ModuleSource.compilerFlags(options) + ModuleSource.givenInputs(options)
    let plainFlags =
      flags.filter { flag in !ofSubject.contains { flag.hasPrefix($0) } } + ["--plain"]
      + options.values("plain-target").map { "--target=\($0)" }
    let list = folder.file("operators")
    // The first one shows what the compiler has to say of the model.
    let module = try CompiledModel.module(path, flags + ["--list-operators=\(list)"], isQuiet: false)
    let function = try SessionOptions.function(module, options)
    var plan = FilePlan()
    let inputs = try MissingInputs(unknownSize: 2, seed: seed, hasRandomIntegers: true)
      .inputs(module, function, options, among: [function], plan: &plan)
    let devices = { module in try SessionOptions.devices(module, options) }
    let worker = try peer.map { try PeerWorker($0, options) }
    func program(_ flags: [String]) -> CompiledModel {
      CompiledModel(path: path, flags: flags, function: function.name, inputs: inputs, devices: devices)
    }
    let operators = SourceOperator.parse(try FileBytes(path: list).text).filter { $0.function == function.name }
    let reference: any ValueSource
    if let worker {
      reference = PeerModel(
        worker: worker, path: path, inputs: zip(function.inputs, inputs).map { ($0.name, $1) },
        threads: SessionOptions.threadCount(try devices(module)[0]))
    } else {
      reference = program(plainFlags)
    }
    let verification = Verification(
      operators: operators, reference: reference, subject: program(flags), tolerance: tolerance, progress: Console.progress)
    let result = try verification.run()
    Console.progress("")
    let report = VerificationReport(
      model: options.positionals[0], function: function.name, reference: worker?.name, result: result)
    try Console.print(options.has("json") ? "\(report.json)\n" : report.text)
    return result.agrees ? .done : .differs
  }

  /// Returns the path of the model, which is read many times: one from standard input is kept in `folder`. Errors: it is a module.
  private static func model(_ path: String, _ folder: TemporaryFolder) throws -> String {
    let kept = path == "-" ? try folder.write(try FileBytes(path: path).array, to: "model") : path
    guard try ModuleSource.isModel(kept) else {
      throw UsageError("'tessera verify' compiles a model in two ways, but '\(path)' is a module: give the model that it was made of")
    }
    return kept
  }
}
