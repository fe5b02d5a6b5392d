import TesseraFiles
import TesseraModuleFormat
import TesseraRuntime
import TesseraVerification

/// A model as it is compiled with certain flags, each time with the inner values as outputs that are asked for.
struct CompiledModel: ValueSource {
  /// The model, and the compiler's flags.
  let path: String
  let flags: [String]
  /// The function that is called, with what.
  let function: String
  let inputs: [RuntimeValue]
  /// The devices for a module.
  let devices: (Module) throws -> [any Device]

  func compute(adding values: [String]) throws -> ComputedValues {
    let module = try Self.module(path, flags + values.map { "--add-output=\($0)" }, isQuiet: true)
    guard let description = module.functions.first(where: { $0.name == function }) else {
      throw RuntimeError(.internalError, "the module has no function '\(function)'", id: "missingFunction")
    }
    let names = description.outputs.enumerated().map { $1.name.isEmpty ? "output\($0)" : $1.name }
    let outputs = try Session(module, devices: devices(module)).call(function, values: inputs)
    // Those that were asked for stand behind the model's own; one that is an output anyhow is there once.
    let wanted = Set(values)
    var result = ComputedValues(outputs: [])
    for (name, value) in zip(names, outputs) {
      if wanted.contains(name) { result.inner[name] = value } else { result.outputs.append((name, value)) }
    }
    return result
  }

  /// Compiles a model. What the compiler prints is not shown, unless it fails. Errors: the compiler's, which it has printed.
  static func module(_ path: String, _ flags: [String], isQuiet: Bool) throws -> Module {
    let folder = try TemporaryFolder()
    let module = folder.file("module.tsm")
    let messages = isQuiet ? folder.file("messages") : nil
    let code = try CompilerHandoff.run(["compile", path] + flags + ["-o", module], messages: messages)
    guard code == 0 else {
      Console.progress("")
      if let messages { Console.write(try FileBytes(path: messages).text) }
      throw ReportedFailure(code: ExitCode(rawValue: code) ?? .failed)
    }
    return try Module(path: module)
  }
}
