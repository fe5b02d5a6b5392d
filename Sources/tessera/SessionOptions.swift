import CommandLineOptions
import DeviceCPU
import Files
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
    .value("dims", "NAME=N,...", aliases: ["symbolic-dims"], repeatable: true, "sizes of symbolic dimensions, for random inputs"),
    .value("threads", "N", "threads to use; default: TESSERA_THREADS, or what affinity and container quota allow"),
    .value("device", "URI", "cpu (also local-task; local-sync is cpu with one thread)"),
    .flag("list-devices", "list the devices of this machine, and do nothing else").rare,
    .flag("dump-devices", "the same").rare,
  ]

  /// Flags of other programs.
  static let foreign: [ForeignFlag] = [
    ForeignFlag("f", "NAME:N", "--dims, as onnxruntime_perf_test has it") { text throws(UsageError) in
      guard let colon = text.lastIndex(of: ":") else { throw UsageError("flag '-f' needs a size like batch:1, but '\(text)' was given") }
      return ["--dims=\(text[..<colon])=\(text[text.index(after: colon)...])"]
    },
    ForeignFlag("x", "N", "--threads, as onnxruntime_perf_test has it") { ["--threads=\($0)"] },
    ForeignFlag("module", "FILE", "the module, as IREE's programs have it") { [$0] },
  ]

  /// `true` iff the devices are asked for instead of a call.
  static func asksForDevices(_ options: ParsedOptions) -> Bool { options.has("list-devices") || options.has("dump-devices") }

  /// Returns the function that the flags name.
  static func function(_ module: Module, _ options: ParsedOptions) throws -> FunctionDescription {
    let functions = module.functions
    if let name = options.value("function") {
      // IREE's users write @main.
      let plain = name.hasPrefix("@") ? String(name.dropFirst()) : name
      if let function = functions.first(where: { $0.name == plain }) { return function }
      throw UsageError(
        "the module has no function '\(plain)'\(suggestion(for: plain, in: functions.map(\.name))); it has \(list(functions))",
        status: "NOT_FOUND")
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
  static func list(_ functions: [FunctionDescription]) -> String {
    functions.isEmpty ? "none" : functions.map { "'\($0.name)'" }.joined(separator: ", ")
  }

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
    case "cpu", "cpu://", "cpu://0", "local-task", "local-task://": return CPUDevice(threads: threads)
    case "local-sync", "local-sync://":
      guard threads == nil || threads == 1 || !options.has("threads") else {
        throw UsageError("the device 'local-sync' has one thread, but --threads=\(threads ?? 1) was given")
      }
      return CPUDevice(threads: 1)
    case let other: throw UsageError("there is no device '\(other)'; this program has 'cpu'", status: "NOT_FOUND")
    }
  }

  /// Returns the sizes that `--dims` gives to symbols. Errors: none of the functions has an input with such a symbol.
  static func dimensions(_ options: ParsedOptions, _ functions: [FunctionDescription]) throws -> [String: Int] {
    let sizes = try options.sizes("dims")
    let known = Set(functions.flatMap(\.inputs).flatMap { $0.extents ?? [] }.compactMap(\.name)).sorted()
    if let unknown = sizes.keys.sorted().first(where: { !known.contains($0) }) {
      let names = functions.map { "'\($0.name)'" }.joined(separator: ", ")
      throw UsageError(
        "flag '--dims' names '\(unknown)', but no input of function \(names) has such a dimension"
          + (known.isEmpty
            ? ": all sizes are fixed"
            : suggestion(for: unknown, in: known) + "; they have \(known.map { "'\($0)'" }.joined(separator: ", "))"),
        status: "NOT_FOUND")
    }
    return sizes
  }

  /// Throws where `--dims` gives a symbol another size than a given input has.
  private static func check(_ inputs: [RuntimeValue?], _ function: FunctionDescription, _ dimensions: [String: Int]) throws {
    for (index, (input, info)) in zip(inputs, function.inputs).enumerated() {
      guard let shape = input?.tensor?.shape, let extents = info.extents, shape.count == extents.count else { continue }
      for (size, extent) in zip(shape, extents) {
        guard let name = extent.name, let wanted = dimensions[name], wanted != size else { continue }
        throw UsageError(
          "flag '--dims' says \(name)=\(wanted), but input \(index)\(info.name.isEmpty ? "" : " ('\(info.name)')") has the size \(size) there"
        )
      }
    }
  }

  /// Returns the given inputs at their places; `nil` where one is missing.
  static func inputs(_ function: FunctionDescription, _ options: ParsedOptions) throws -> [RuntimeValue?] {
    var inputs = [RuntimeValue?](repeating: nil, count: function.inputs.count)
    let dimensions = try dimensions(options, [function])
    var given = Set<Int>()
    /// Puts a value of `--input` at its place, once.
    func put(_ value: RuntimeValue, at index: Int) throws {
      guard given.insert(index).inserted else {
        let name = function.inputs[index].name
        throw UsageError("input \(index)\(name.isEmpty ? "" : " ('\(name)')") is given twice\n  signature: \(function.signature)")
      }
      inputs[index] = value
    }
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
          throw UsageError(
            "function '\(function.name)' has no input '\(name)'\(suggestion(for: name, in: function.inputs.map(\.name)))\n  signature: \(function.signature)",
            status: "NOT_FOUND")
        }
        guard let value = try TensorLiteral.values(text, expected: function.inputs[index], dimensions: dimensions).first else { continue }
        try put(value, at: index)
        continue
      }
      let expected = next < function.inputs.count ? function.inputs[next] : nil
      for value in try TensorLiteral.values(text, expected: expected, dimensions: dimensions) {
        guard next < inputs.count else {
          throw UsageError("more inputs are given than function '\(function.name)' takes\n  signature: \(function.signature)")
        }
        try put(value, at: next)
        next += 1
      }
    }
    try check(inputs, function, dimensions)
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
