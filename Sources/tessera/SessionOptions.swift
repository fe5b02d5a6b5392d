import CommandLineOptions
import DeviceCPU
import Glibc
import ModuleFormat
import Runtime

/// What `run` and `bench` share: module, function, device and inputs out of flags.
enum SessionOptions {
  /// The flags.
  static let options: [OptionDeclaration] = [
    .value("function", "NAME", "the function to call; may be left out where there is one"),
    .value(
      "input", "INPUT", repeatable: true,
      "an input, in order or as name=INPUT: 2x3xf32=1,2,3,4,5,6 2x3xf32=0 @a.npy 4xf32=@raw.bin 3.14 random:7; for a sequence or an optional [@a.npy; 2xf32=1,2] or []"
    ),
    .value("inputs", "DIR|FILE.npz", "a folder with in0.npy, in1.npy ..., or a file of numpy.savez with arrays by name or in order"),
    .value("outputs", "DIR", "write out0.npy, out1.npy ... to a folder"),
    .value("dims", "NAME=N,...", aliases: ["symbolic-dims"], "sizes of symbolic dimensions, for random inputs"),
    .value("threads", "N", aliases: ["t"], "threads to use; default: TESSERA_THREADS, or what affinity and container quota allow"),
    .value("device", "URI", "cpu (also local-task; local-sync is cpu with one thread)"),
  ]

  /// Returns the function that the flags name.
  static func function(_ module: Module, _ options: ParsedOptions) throws -> FunctionDescription {
    let functions = module.functions
    if let name = options.value("function") {
      // IREE's users write @main.
      let plain = name.hasPrefix("@") ? String(name.dropFirst()) : name
      if let function = functions.first(where: { $0.name == plain }) { return function }
      throw UsageError("the module has no function '\(plain)'; it has \(list(functions))")
    }
    guard functions.count == 1, let only = functions.first else {
      if let main = functions.first(where: { $0.name == "main" }) { return main }
      throw UsageError(
        functions.isEmpty
          ? "the module exports no function" : "the module has several functions; choose one with --function: \(list(functions))")
    }
    return only
  }

  /// Returns the names of functions as text.
  private static func list(_ functions: [FunctionDescription]) -> String { functions.map { "'\($0.name)'" }.joined(separator: ", ") }

  /// Returns the device that the flags name.
  static func device(_ options: ParsedOptions) throws -> CPUDevice {
    var threads = try options.integer("threads", in: 1...1024)
    if threads == nil, let text = getenv("TESSERA_THREADS").map({ String(cString: $0) }), !text.isEmpty {
      guard let count = Int(text), (1...1024).contains(count) else {
        throw UsageError("the environment variable TESSERA_THREADS needs a whole number from 1 to 1024, but it is '\(text)'")
      }
      threads = count
    }
    switch options.value("device") ?? "cpu" {
    case "cpu", "cpu://", "local-task": return CPUDevice(threads: threads)
    case "local-sync": return CPUDevice(threads: 1)
    case let other: throw UsageError("there is no device '\(other)'; this program has 'cpu'")
    }
  }

  /// Returns the sizes that `--dims` gives to symbols.
  static func dimensions(_ options: ParsedOptions) throws -> [String: Int] {
    var result: [String: Int] = [:]
    for pair in (options.value("dims") ?? "").split(separator: ",") {
      guard let equals = pair.firstIndex(of: "="), let size = Int(pair[pair.index(after: equals)...]), size >= 0 else {
        throw UsageError("flag '--dims' needs sizes like batch=1,seq=128, but '\(pair)' was given")
      }
      result[String(pair[..<equals])] = size
    }
    return result
  }

  /// Returns the given inputs at their places; `nil` where one is missing.
  static func inputs(_ function: FunctionDescription, _ options: ParsedOptions) throws -> [RuntimeValue?] {
    var inputs = [RuntimeValue?](repeating: nil, count: function.inputs.count)
    let dimensions = try dimensions(options)
    if let path = options.value("inputs"), path.hasSuffix(".npz") {
      try read(path, function, &inputs)
    } else if let folder = options.value("inputs") {
      for index in inputs.indices {
        let path = "\(folder)/in\(index).npy"
        if access(path, F_OK) != 0 && errno == ENOENT && access(folder, F_OK) == 0 { continue }
        let tensors = try NPYReader.read(path: path, expected: function.inputs[index].elementType)
        let containers = function.inputs[index].containers
        inputs[index] = containers.isEmpty ? tensors.first.map { .tensor($0) } : TensorLiteral.list(tensors, containers[...])
      }
    }
    var next = 0
    for text in options.values("input") {
      let (name, _) = TensorLiteral.name(of: text)
      if let name {
        guard let index = function.inputs.firstIndex(where: { $0.name == name || "%\($0.name)" == name }) else {
          throw UsageError("function '\(function.name)' has no input '\(name)'\n  signature: \(function.signature)")
        }
        guard let value = try TensorLiteral.values(text, expected: function.inputs[index], dimensions: dimensions).first else { continue }
        inputs[index] = value
        continue
      }
      let expected = next < function.inputs.count ? function.inputs[next] : nil
      for value in try TensorLiteral.values(text, expected: expected, dimensions: dimensions) {
        guard next < inputs.count else {
          throw UsageError("more inputs are given than function '\(function.name)' takes\n  signature: \(function.signature)")
        }
        inputs[next] = value
        next += 1
      }
    }
    return inputs
  }

  /// Fills `inputs` with the arrays of an `.npz` file: `x` by its name, `arr_0` or `in0` by its number.
  private static func read(_ path: String, _ function: FunctionDescription, _ inputs: inout [RuntimeValue?]) throws {
    func place(_ name: String) -> Int? {
      if let index = function.inputs.firstIndex(where: { $0.name == name }) { return index }
      for prefix in ["arr_", "in"] where name.hasPrefix(prefix) {
        if let index = Int(name.dropFirst(prefix.count)), function.inputs.indices.contains(index) { return index }
      }
      return nil
    }
    for (name, tensor) in try NPZReader.read(path: path, expected: { place($0).map { function.inputs[$0].elementType } }) {
      guard let index = place(name) else {
        throw UsageError(
          "function '\(function.name)' has no input '\(name)', which stands in '\(path)'\n  signature: \(function.signature)")
      }
      let containers = function.inputs[index].containers
      inputs[index] = containers.isEmpty ? .tensor(tensor) : TensorLiteral.list([tensor], containers[...])
    }
  }

  /// Writes the outputs to the folder of `--outputs`, where it is given.
  static func writeOutputs(_ outputs: [RuntimeValue], _ options: ParsedOptions) throws {
    guard let folder = options.value("outputs") else { return }
    try makeFolder(folder)
    for (index, output) in outputs.enumerated() { try writeFile(NPYWriter.bytes(output.tensors), to: "\(folder)/out\(index).npy") }
  }
}
