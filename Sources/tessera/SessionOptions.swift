import Tessera
import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC

/// The common options of `run` and `bench`: module, function, device and inputs out of flags.
enum SessionOptions {
  /// The flags.
  static let options: [OptionDeclaration] = [
    .value("function", "NAME", "the function to call; may be left out where there is one"),
    .value(
      "input", "INPUT", repeatable: true,
      "an input, in order or as name=INPUT: 2x3xf32=1,2,3,4,5,6 2x3xf32=0 @a.npy 4xf32=@raw.bin 3.14 random:7 - (standard input); @a.npz, @a.safetensors, @input_0.pb and @test_data_set_0 by their names; for a sequence or an optional [@a.npy; 2xf32=1,2] or []"
    ),
    .value(
      "inputs", "DIR|FILE",
      "a folder with in0.npy ... or ONNX's input_0.pb ..., or an .npz or .safetensors file with arrays by name or number"),
    .value("outputs", "DIR|FILE", "write out0.npy, out1.npy ... to a folder, or all to an .npz or .safetensors file"),
    .value("dims", "NAME=N,...", aliases: ["symbolic-dims"], repeatable: true, "sizes of symbolic dimensions, for random inputs"),
    .value("threads", "N", "threads to use; default: TESSERA_THREADS, or what affinity and container quota allow"),
    .value(
      "device", "URI",
      "cpu (also local-task; local-sync is cpu with one thread), portable, vulkan or vulkan://N; default: what the module is for"),
    .flag("portable-only", "refuse modules with native code: those without are safe, whoever made them"),
    VariantName.option("run"),
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

  /// Returns the devices of the module, in the order of its table: where there are several, or the flags name none, one for each, of its kind.
  /// Errors: the module is for a device that this program lacks, or has native code where the flags refuse it.
  static func devices(_ module: Module, _ options: ParsedOptions) throws -> [any Device] {
    if options.has("portable-only"), let native = module.variants.lazy.compactMap({ $0.nativeCode }).first {
      throw RuntimeError(
        .failedPrecondition,
        "kernel '\(native.kernel)' has native code for \(native.target), which '--portable-only' refuses; compile the model with '--target=portable'",
        id: "portableOnly")
    }
    let wanted = module.description.devices
    if let named = options.value("device") {
      if wanted.count == 1 { return [try device(named, options)] }
      throw UsageError(
        "flag '--device=\(named)' names one device, but the module is for \(wanted.map { "'\($0.text)'" }.joined(separator: ", ")): leave it out",
        status: "FAILED_PRECONDITION")
    }
    return try wanted.map { description in
      guard Devices.drivers.contains(where: { $0.kind == description.kind }) else {
        throw UsageError("the module is for the device '\(description.text)'; this program has \(kinds)", status: "FAILED_PRECONDITION")
      }
      return try device(description.kind, options)
    }
  }

  /// The kinds of devices, as messages have them.
  private static var kinds: String {
    let names = Devices.drivers.map { "'\($0.kind)'" }
    return "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
  }

  /// Returns the number of threads that the flags or the environment ask for; `nil` where neither does.
  private static func threads(_ options: ParsedOptions) throws -> Int? {
    if let count = try options.integer("threads", in: 1...1024) { return count }
    guard let text = getenv("TESSERA_THREADS").map({ String(cString: $0) }), !text.isEmpty else { return nil }
    guard let count = Int(text), (1...1024).contains(count) else {
      throw UsageError("the environment variable TESSERA_THREADS needs a whole number from 1 to 1024, but it is '\(text)'")
    }
    return count
  }

  /// Returns the device with a name.
  private static func device(_ name: String, _ options: ParsedOptions) throws -> any Device {
    let threads = try threads(options)
    switch name {
    case "local-task", "local-task://": return CPUDevice(threads: threads)
    case "local-sync", "local-sync://":
      guard threads == nil || threads == 1 || !options.has("threads") else {
        throw UsageError("the device 'local-sync' has one thread, but --threads=\(threads ?? 1) was given")
      }
      return CPUDevice(threads: 1)
    default: break
    }
    let kind = String(name.prefix { $0 != ":" }), number = name.dropFirst(kind.count)
    guard Devices.drivers.contains(where: { $0.kind == kind }) else {
      throw UsageError("there is no device '\(name)'; this program has \(kinds)", status: "NOT_FOUND")
    }
    guard number.isEmpty || number == "://" || number.hasPrefix("://") && Int(number.dropFirst(3)).map({ $0 >= 0 }) == true else {
      throw UsageError("the device '\(name)' needs a number behind '\(kind)://'; 'tessera devices' lists them", status: "NOT_FOUND")
    }
    return try Devices.make(name, threads: threads)
  }

  /// Returns the threads of a device that this program made.
  static func threadCount(_ device: any Device) -> Int {
    (device as? CPUDevice)?.threadCount ?? (device as? PortableDevice)?.threadCount ?? 1
  }

  /// Returns the processors of this machine as the flags name them. Errors: they name another device.
  static func processors(_ options: ParsedOptions) throws -> CPUDevice {
    guard let device = try device(options.value("device") ?? "cpu", options) as? CPUDevice else {
      throw UsageError("this measures processors: it needs the device 'cpu', not '\(options.value("device") ?? "")'")
    }
    return device
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
  static func inputs(_ function: FunctionDescription, _ options: ParsedOptions, plan: inout FilePlan) throws -> [RuntimeValue?] {
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
    let files = TensorFiles(function: function, isOutput: false)
    if let path = options.value("inputs") {
      guard let values = try files.read(path, plan: &plan) else {
        throw UsageError(
          "flag '--inputs' needs a folder or a file with names, and '\(path)' has none: use --input=\(path == "-" ? "-" : "@" + path)")
      }
      for (index, value) in values { inputs[index] = value }
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
        for path in TensorLiteral.paths(text) { try plan.reads(path) }
        guard let value = try TensorLiteral.values(text, expected: function.inputs[index], dimensions: dimensions).first else { continue }
        try put(value, at: index)
        continue
      }
      if let path = TensorLiteral.path(text), TensorFiles.hasNames(path), let values = try files.read(path, plan: &plan) {
        for (index, value) in values { try put(value, at: index) }
        next = (values.map(\.index).max() ?? -1) + 1
        continue
      }
      for path in TensorLiteral.paths(text) { try plan.reads(path) }
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
}
