import CommandLineOptions
import Files
import Glibc
import ModuleFormat
import Runtime

/// `tessera run`: calls a function once.
enum RunCommand {
  /// The flags.
  static let declaration = CommandDeclaration(
    name: "tessera run", summary: "run a function of a module, or of a model that is compiled first",
    positionals: ["module.tsm|model"],
    options: SessionOptions.options + ModelFile.options + [
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
    let module = try ModelFile.load(options.positionals[0], options, dumpingDispatchesTo: dispatches)
    let function = try SessionOptions.function(module, options)
    let given = try SessionOptions.inputs(function, options)
    let atol = isExact ? 0 : try options.number("atol")
    let rtol = isExact ? 0 : try options.number("rtol")
    if let index = given.firstIndex(where: { $0 == nil }) {
      let info = function.inputs[index]
      throw UsageError(
        "input \(index)\(info.name.isEmpty ? "" : " ('\(info.name)')") of function '\(function.name)' is missing: it is \(info.typeText)\n  signature: \(function.signature)"
      )
    }
    let session = try Session(module, device: SessionOptions.device(options))
    let recorder = try dispatches.map { try DispatchRecorder(module, folder: $0) }
    session.setObserver(recorder)
    let start = Clock.nanoseconds
    let outputs = try session.call(function.name, values: given.compactMap { $0 })
    let time = Clock.nanoseconds - start
    try write(outputs, function, options)
    if let recorder { Console.note("recorded \(recorder.count) dispatches in '\(dispatches ?? "")'") }
    if options.has("time") { Console.note("the call took \(Clock.text(time))") }
    let code = try compare(outputs, function, options, atol: atol, rtol: rtol)
    if options.has("json") {
      let report = RunReport(
        function: function, outputs: outputs, nanoseconds: time, matches: options.has("expected-output") ? code == .done : nil,
        hasData: !options.has("output") && !options.has("outputs"))
      try Console.print("\(report.json)\n")
    }
    return code
  }

  /// Writes or prints the outputs.
  private static func write(_ outputs: [RuntimeValue], _ function: FunctionDescription, _ options: ParsedOptions) throws {
    try SessionOptions.writeOutputs(outputs, options)
    let targets = options.values("output")
    if targets.isEmpty {
      if options.value("outputs") == nil && options.values("expected-output").isEmpty && !options.has("json") {
        for index in outputs.indices { try print(outputs[index], index, function) }
      }
      return
    }
    var next = 0
    for target in targets {
      var (index, place) = (next, target)
      if let equals = target.firstIndex(of: "="), !"@+-".contains(target.first ?? "-") {
        let name = String(target[..<equals])
        guard let named = function.outputs.firstIndex(where: { $0.name == name }) else {
          throw UsageError(
            "function '\(function.name)' has no output '\(name)'\(suggestion(for: name, in: function.outputs.map(\.name)))\n  signature: \(function.signature)",
            status: "NOT_FOUND")
        }
        (index, place) = (named, String(target[target.index(after: equals)...]))
      } else {
        next += 1
      }
      guard outputs.indices.contains(index) else {
        throw UsageError("more outputs are asked for than function '\(function.name)' gives\n  signature: \(function.signature)")
      }
      try write(outputs[index], index, function, to: place)
    }
  }

  /// Writes or prints one output.
  private static func write(_ output: RuntimeValue, _ index: Int, _ function: FunctionDescription, to place: String) throws {
    /// The bytes of the file.
    func bytes() throws -> [UInt8] {
      guard path.hasSuffix(".bin") else { return try NPYWriter.bytes(output.tensors) }
      guard let tensor = output.tensor else { throw UsageError("output \(index) is a list, which goes to .npy files only") }
      guard tensor.elementType != .string else { throw UsageError("output \(index) has strings, which go to .npy files only") }
      return tensor.withUnsafeBytes { Array($0) }
    }
    let path = String(place.dropFirst())
    if place == "-" {
      try print(output, index, function)
    } else if place.hasPrefix("@") {
      try writeFile(bytes(), to: path)
    } else if place.hasPrefix("+") {
      let old: [UInt8]
      if access(path, F_OK) == 0 {
        old = try FileBytes(path: path).withUnsafeBytes { Array($0) }
      } else {
        old = []
      }
      try writeFile(old + bytes(), to: path)
    } else {
      throw UsageError("flag '--output' is -, @file.npy, +file.npy or @file.bin, but '\(place)' was given")
    }
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

  /// Compares the outputs with what was expected.
  private static func compare(
    _ outputs: [RuntimeValue], _ function: FunctionDescription, _ options: ParsedOptions, atol: Double?, rtol: Double?
  ) throws -> ExitCode {
    let expectations = options.values("expected-output")
    guard !expectations.isEmpty else { return .done }
    var result = ExitCode.done
    var index = 0
    for text in expectations {
      if text == "(ignored)" {
        index += 1
        continue
      }
      for expected in try TensorLiteral.values(text, expected: index < function.outputs.count ? function.outputs[index] : nil) {
        guard outputs.indices.contains(index) else {
          throw UsageError("more outputs are expected than function '\(function.name)' gives\n  signature: \(function.signature)")
        }
        let name = function.outputs[index].name.isEmpty ? "output \(index)" : "output \(index) ('\(function.outputs[index].name)')"
        if let difference = difference(outputs[index], expected, atol, rtol) {
          Console.error("\(name) differs\(difference)", status: StatusCode.outOfRange.rawValue, id: "mismatch")
          result = .differs
        }
        index += 1
      }
    }
    if expectations.allSatisfy({ $0 == "(ignored)" }) { Console.warning("all outputs are ignored: nothing was compared") }
    if index < outputs.count {
      let names = function.outputs[index...].enumerated().map { $1.name.isEmpty ? "output \(index + $0)" : "'\($1.name)'" }
      Console.warning("nothing is expected of \(names.joined(separator: ", ")): give one --expected-output more, or (ignored), for each")
    }
    if result == .done && !options.has("json") { try Console.print("outputs match\n") }
    return result
  }

  /// What is different about a value, as the end of a sentence; `nil` if nothing is.
  private static func difference(_ actual: RuntimeValue, _ expected: RuntimeValue, _ atol: Double?, _ rtol: Double?) -> String? {
    switch (actual, expected) {
    case (.tensor(let a), .tensor(let b)):
      let comparison = TensorComparison(actual: a, expected: b, atol: atol, rtol: rtol)
      if let problem = comparison.typeMismatch { return ": \(problem)" }
      let most = a.elementType == .string ? "" : ", by at most \(comparison.maximumError)"
      return comparison.firstMismatch.map { " in \(comparison.mismatchCount) of \(comparison.count) elements\(most); \($0)" }
    case (.list(let a), .list(let b)) where a.count == b.count:
      for (position, pair) in zip(a, b).enumerated() {
        if let difference = difference(pair.0, pair.1, atol, rtol) { return " in element \(position)\(difference)" }
      }
      return nil
    default: return ": expected \(expected.typeText), got \(actual.typeText)"
    }
  }
}
