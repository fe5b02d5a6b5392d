import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraFrontEnds
import TesseraImportONNX
import TesseraKernels
import TesseraLibC

/// The common part of the compiler's commands: phases by name, the options of a compilation, and the flags of IREE's compiler.
enum CompilerFlags {
  /// The names of the phases, in order.
  static let phases = Pipeline.phases.map(\.name)

  /// Returns `name`. Errors: no phase and no step is called so.
  static func place(_ name: String) throws(UsageError) -> String {
    let names = phases + Pipeline.steps.map(\.name)
    guard names.contains(name) else {
      throw UsageError(
        "there is no phase or step '\(name)'\(suggestion(for: name, in: names)); the phases are \(phases.joined(separator: ", ")), and 'tessera opt --list' lists their steps",
        status: "NOT_FOUND")
    }
    return name
  }

  /// The positions of a phase's steps in the pipeline, or of one step, whose name `place` has checked.
  static func positions(_ name: String) -> Range<Int> { (try? Pipeline.positions(of: name)) ?? 0..<0 }

  /// The options of a compilation that the flags say, for the target that they name unless `target` is one of several.
  static func compileOptions(_ options: ParsedOptions, target: (any Target)? = nil) throws -> CompileOptions {
    var result = CompileOptions()
    result.trialReader = "/proc/self/exe"
    result.devices = try devices(options, target)
    try place(options.values("place"), &result)
    if let rule = options.values("place").first, !options.has("device") {
      throw UsageError("flag '--place=\(rule)' needs devices: name them with --device, as in --device a=cpu --device b=cpu")
    }
    result.dimensions = try options.sizes("dim")
    result.addedOutputs = options.values("add-output")
    result.formats = try formats(options)
    result.configuration = options.value("configuration")
    result.packingSpec = try options.value("packing-spec").map { try loadPackingSpec(path: $0) }
    result.constantGrowth = try options.integer("constant-growth", in: 1...1 << 20) ?? result.constantGrowth
    result.weightFormat = try options.value("quantize-weights").map { text in
      try usage { () throws(Diagnostic) in try WeightFormat(parsing: text) }
    }
    result.isStrictMath = options.has("strict-math")
    result.checksAccesses = options.has("check-accesses")
    try options.exclude("no-cache", "cache-dir")
    if !options.has("no-cache") {
      let folder = options.value("cache-dir") ?? KernelCache.defaultFolder { name in getenv(name).map { String(cString: $0) } }
      result.cache = folder.map(KernelCache.init)
    }
    result.rewriteLimit = try options.integer("rewrites", in: 0...Int.max)
    result.kernelDumpFolder = options.value("dump-kernels")
    if options.has("plain") {
      for other in ["rewrites", "device", "place", "packing-spec", "configuration"] { try options.exclude("plain", other) }
      if !options.has("target") { result.target = Targets.plain }
      result.makePlain()
    }
    return result
  }

  /// The flags that make a program of several devices.
  static let placement: [OptionDeclaration] = [
    .value(
      "device", "NAME=KIND[,level=MACHINE]", repeatable: true,
      "a device of the program, the first for what no rule places: a=cpu, b=cpu,level=x86-64-v3 (docs/HowTo/UseSeveralDevices.md)"),
    .value(
      "place", "RULE=DEVICE", repeatable: true,
      "what runs where: '/encoder/layer.3/*=b' by the names of operators, 'kind:convolution=b', 'elements:4096..&kind:elementwise=b'; 'auto' places the rest where estimates say, 'random:N' at random, for tests"
    ),
  ]

  /// Reads the rules of `--place`.
  private static func place(_ texts: [String], _ result: inout CompileOptions) throws {
    for text in texts {
      if text != "auto", !text.hasPrefix("random:") {
        result.placement.append(try usage { () throws(Diagnostic) in try PlacementRule(parsing: text) })
        continue
      }
      guard result.defaultPlacement == .first else { throw UsageError("flag '--place=\(text)' says a second time where the rest runs") }
      guard text != "auto" else {
        result.defaultPlacement = .automatic
        continue
      }
      guard let seed = UInt64(text.dropFirst("random:".count)) else {
        throw UsageError("flag '--place=\(text)' needs a whole number behind 'random:'")
      }
      result.defaultPlacement = .random(seed: seed)
    }
  }

  /// The devices of the program.
  private static func devices(_ options: ParsedOptions, _ target: (any Target)?) throws -> [ProgramDevice] {
    guard options.has("device") else { return [ProgramDevice(try target ?? Main.target(options))] }
    try options.exclude("device", "target")
    var devices: [ProgramDevice] = []
    for text in options.values("device") {
      let device = try usage { () throws(Diagnostic) in try ProgramDevice(parsing: text) }
      guard !devices.contains(where: { $0.name == device.name }) else { throw UsageError("two devices are called '\(device.name)'") }
      devices.append(device)
    }
    return devices
  }

  /// What is wrong with a flag's text is wrong with the command line.
  static func usage<R>(_ body: () throws(Diagnostic) -> R) throws(UsageError) -> R {
    do throws(Diagnostic) { return try body() } catch { throw UsageError(String(error.description.dropFirst("error: ".count))) }
  }

  /// The flags that change what the phases do, as they came: a bug needs them again.
  static func changing(_ options: ParsedOptions) -> [String] {
    let names = [
      "target", "device", "place", "dim", "rewrites", "overridable", "constant-input", "given-input", "given-inputs", "configuration",
      "packing-spec",
      "constant-growth", "add-output", "quantize-weights",
    ]
    return names.flatMap { name in options.values(name).map { "--\(name)=\($0)" } }
      + ["strict-math", "plain", "check-accesses"].filter(options.has).map { "--\($0)" }
  }

  /// The flag that gives weights fewer bits.
  static let quantizeWeights = OptionDeclaration.value(
    "quantize-weights", "int4|int8[,block=N]",
    "give constant f32 weights of products so few bits, with a scale for each block of N (32): less memory and time, and errors that '--explain quantization' lists"
  )

  /// The flag that lets only some rewrites happen.
  static let rewrites = OptionDeclaration.value(
    "rewrites", "N",
    "do only the first N of the rewrites that programs do as well without, and say which the last one was (docs/Debugging.md)")

  /// Says which rewrite was the last one within the limit.
  static func printLastRewrite(_ compilation: Compilation) {
    let rewrites = compilation.context.rewrites
    guard let limit = rewrites.limit, limit > 0 else { return }
    guard let last = rewrites.last else {
      return Terminal.warning("flag '--rewrites=\(limit)' has no effect: the number of rewrites is \(rewrites.count)")
    }
    let operators = last.operators.isEmpty ? "" : " of '\(last.operators.joined(separator: ", "))'"
    Terminal.note("rewrite \(last.number) of \(rewrites.count) is by '\(last.step)': \(last.operation)\(operators)")
  }

  /// The flag for what `overridable` reads.
  static let overridable = OptionDeclaration.value(
    "overridable", "NAME|all", repeatable: true, "an initializer that is an input of the graph too: a call may give it, or leave it out")

  /// The flag that puts tensors of files in the place of inputs.
  static let constantInput = OptionDeclaration.value(
    "constant-input", "NAME=@FILE|@FILE", repeatable: true,
    "make an input a constant: a tensor of a .npy, .npz or .safetensors file; without NAME, every input that the file has a tensor of")

  /// What single formats alone understand.
  static func formats(_ options: ParsedOptions) throws -> [any FormatOptions] {
    [try overridable(options), try usage { () throws(Diagnostic) in try ConstantInputs(reading: options.values("constant-input")) }]
  }

  /// The initializers that the flags let a caller replace.
  static func overridable(_ options: ParsedOptions) throws -> OverridableInitializers {
    var result = OverridableInitializers()
    let names = options.values("overridable")
    result.isAll = names.contains("all")
    result.names = names.filter { $0 != "all" }
    result.givenNames = Set(options.values("given-input"))
    result.givenCount = try options.integer("given-inputs", in: 0...1 << 20) ?? 0
    return result
  }

  /// Our phases by the names of IREE's, where they have the same place in the pipeline; `nil` for the last of all.
  private static let iree: [String: String] = [
    "input": "input", "preprocessing": "input", "global-optimization": "global-optimization", "dispatch-creation": "dispatch-creation",
    "flow": "dispatch-creation", "executable-targets": "codegen", "stream": "scheduling",
  ]

  /// Returns the phase that a user of IREE means.
  private static func ireePhase(_ name: String) throws(UsageError) -> String { try place(iree[name] ?? name) }

  /// Flags of `iree-compile` and `mlir-opt`.
  static let foreign: [ForeignFlag] = [
    ForeignFlag("compile-to", "PHASE", "--stop-after; 'end' and 'vm' are the whole") { name throws(UsageError) in
      ["end", "vm", "hal"].contains(name) ? [] : ["--stop-after=\(try ireePhase(name))"]
    },
    ForeignFlag("compile-from", "PHASE", "--start-after; 'start' is the whole") { name throws(UsageError) in
      name == "start" ? [] : ["--start-after=\(try ireePhase(name))"]
    },
    ForeignFlag("dump-compilation-phases-to", "FOLDER", "--dump-phases-to") { ["--dump-phases-to=\($0)"] },
    ForeignFlag("mlir-print-ir-after-all", nil, "--dump-after=all") { $0 == "true" ? ["--dump-after=all"] : [] },
    ForeignFlag("mlir-print-ir-after", "PHASE", "--dump-after") { ["--dump-after=\($0)"] },
    ForeignFlag("mlir-print-debuginfo", nil, "--dump-locations") { $0 == "true" ? ["--dump-locations"] : [] },
    .refused("mlir-print-ir-before", "PHASE", use: "use --dump-after with the phase before it"),
    .refused("mlir-print-ir-before-all", use: "use --dump-after=all"),
    ForeignFlag("iree-hal-target-backends", "llvm-cpu", "the target, which is the processor") { name throws(UsageError) in
      try only(["llvm-cpu"], name, "iree-hal-target-backends")
    },
    ForeignFlag("iree-hal-target-device", "local", "the target, which is the processor") { name throws(UsageError) in
      try only(["local", "llvm-cpu", "cpu"], name, "iree-hal-target-device")
    },
    ForeignFlag("iree-llvmcpu-target-cpu", "NAME", "--target=cpu=NAME") { ["--target=cpu=\($0)"] },
    .refused("iree-llvmcpu-target-triple", "TRIPLE", use: "use --target=cpu=x86-64-v3, cpu=aarch64 or a processor by name"),
    .refused("iree-llvmcpu-target-cpu-features", "LIST", use: "use --target=cpu=NAME with a processor that has them"),
    ForeignFlag("iree-input-type", "auto|none|tosa|onnx", "what the file is, which its content says") { name throws(UsageError) in
      try only(["auto", "none", "tosa", "onnx"], name, "iree-input-type")
    },
    .refused("iree-opt-level", "LEVEL", use: "no flag is needed for speed"),
    ForeignFlag("iree-hal-dump-executable-files-to", "FOLDER", "--dump-kernels") { ["--dump-kernels=\($0)"] },
    ForeignFlag("iree-hal-dump-executable-sources-to", "FOLDER", "--dump-dispatches") { ["--dump-dispatches=\($0)"] },
    ForeignFlag("iree-hal-dump-executable-benchmarks-to", "FOLDER", "--dump-dispatches") { ["--dump-dispatches=\($0)"] },
  ]

  /// Returns no arguments for a value that says what is so anyway.
  private static func only(_ values: [String], _ value: String, _ flag: String) throws(UsageError) -> [String] {
    guard values.contains(value) else {
      throw UsageError("flag '--\(flag)' is \(values.map { "'\($0)'" }.joined(separator: " or ")) only, but '\(value)' was given")
    }
    return []
  }
}
