import CommandLineOptions
import Compiler
import Diagnostics
import Glibc
import TargetCPU

/// `tessera compile`: a model in, one module file out.
enum CompileCommand {
  static let declaration = CommandDeclaration(
    name: "tessera compile", summary: "Compiles a model (ONNX, or MLIR in upstream tensor dialects) to one module file.",
    positionals: ["model"],
    options: [
      .value("output", "FILE", aliases: ["o"], "where the module goes (default: the model's name with .tsm)"),
      .value("target", "TARGET", "cpu=host (default), cpu=x86-64-v2|v3|v4, cpu=aarch64, or a processor by name as in cpu=znver4"),
      .value("dim", "NAME=SIZE", repeatable: true, "fix a symbolic dimension of the model"),
      .value("dump-after", "PHASE", repeatable: true, "print the IR after this phase to standard output (or 'all')"),
      .value("dump-phases-to", "FOLDER", "write the IR after every phase to FOLDER/<number>-<phase>.mlir"),
      .value("stop-after", "PHASE", "stop after this phase; with -o its IR is written there"),
      .value("dump-kernels", "FOLDER", "write every kernel's vector code and assembly to FOLDER"),
      .value("dump-dispatches", "FOLDER", "write every dispatch as an .mlir file that compiles and runs alone to FOLDER"),
      .value("configuration", "TEXT", "how a dumped dispatch's kernel is configured: 'lane=2 width=16 unroll=1:12,2:2 order=2,1'"),
      .value("try-configurations", "FOLDER", "compile a dumped dispatch with every configuration worth a try ('tessera bench' ranks them)"),
      .value("packing-spec", "FILE", "rules for how operands of contractions lie in memory (docs/HowTo/AddAPacking.md)"),
      .value("constant-growth", "N", "a constant is computed now if it is at most N (4) times as large as what it comes from, or 1 MiB"),
      .flag("strict-math", "compute floats exactly as the model says: no fused multiply-add, no sum in another order"),
      .value("cache-dir", "FOLDER", "where compiled kernels are kept (TESSERA_CACHE_DIR, else tessera in XDG_CACHE_HOME or ~/.cache)"),
      .flag("no-cache", "neither use nor keep compiled kernels"),
      .flag("statistics", "print figures of the compilation: dispatches, bytes, seconds per phase"),
      .flag("verbose", aliases: ["v"], "tell what each phase does and how long it takes"),
    ],
    examples: [
      "tessera compile model.onnx -o model.tsm", "tessera compile model.onnx --dim=batch=1 --statistics",
      "tessera compile matmul.mlir --dump-after=dispatch-creation --stop-after=dispatch-creation",
    ])

  static func run(_ options: ParsedOptions) throws -> Int32 {
    let input = options.positionals[0]
    var compileOptions = CompileOptions()
    compileOptions.target = try Main.target(options)
    compileOptions.dimensions = try dimensions(options.values("dim"))
    compileOptions.configuration = options.value("configuration")
    compileOptions.packingSpec = try options.value("packing-spec").map { try loadPackingSpec(path: $0) }
    compileOptions.constantGrowth = try options.integer("constant-growth", in: 1...1 << 20) ?? compileOptions.constantGrowth
    compileOptions.isStrictMath = options.has("strict-math")
    if !options.has("no-cache") {
      let folder = options.value("cache-dir") ?? KernelCache.defaultFolder { name in getenv(name).map { String(cString: $0) } }
      compileOptions.cache = folder.map(KernelCache.init)
    }
    compileOptions.kernelDumpFolder = options.value("dump-kernels")
    let names = Pipeline.phases.map(\.name)
    let dumps = options.values("dump-after")
    for name in dumps + (options.value("stop-after").map { [$0] } ?? []) where name != "all" && !names.contains(name) {
      throw UsageError("there is no phase '\(name)'; the phases are \(names.joined(separator: ", "))")
    }
    if let folder = options.value("dump-phases-to") { try makeFolder(folder) }
    let reporter = Reporter(
      dumpsAfter: Set(dumps.contains("all") ? names : dumps), folder: options.value("dump-phases-to"), isVerbose: options.has("verbose"))
    let compilation = try loadModel(path: input, options: compileOptions, observer: reporter)
    for note in compilation.notes { Terminal.note(note) }
    if let folder = options.value("try-configurations") {
      try compilation.tryConfigurations(in: folder)
      for note in compilation.notes { Terminal.note(note) }
      return 0
    }
    try compilation.run(through: options.value("stop-after"))
    if let failure = reporter.failure { throw failure }
    Terminal.clearLine()
    if let folder = options.value("dump-dispatches") { try compilation.writeDispatches(to: folder) }
    let output = options.value("output") ?? Self.defaultOutput(input)
    if options.value("stop-after") != nil {
      if let path = options.value("output") { try writeText(compilation.module.operation.description + "\n", to: path) }
      return 0
    }
    if let folder = compileOptions.kernelDumpFolder {
      try makeFolder(folder)
      try compilation.writeKernels(to: folder)
    }
    try compilation.writeModule(to: output)
    if options.has("statistics") || options.has("verbose") {
      for (name, value) in try compilation.allStatistics() { print("\(name): \(value)") }
    }
    return 0
  }

  /// `folder/model.onnx` becomes `folder/model.tsm`.
  private static func defaultOutput(_ input: String) -> String {
    let name = input.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? input
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return input + ".tsm" }
    return String(input.dropLast(name.distance(from: dot, to: name.endIndex))) + ".tsm"
  }

  /// Reads `NAME=SIZE` pairs.
  static func dimensions(_ texts: [String]) throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for text in texts.flatMap({ $0.split(separator: ",") }) {
      let parts = text.split(separator: "=")
      guard parts.count == 2, let size = Int(parts[1]), size >= 0 else {
        throw UsageError("--dim expects NAME=SIZE with a size of at least 0, not '\(text)'")
      }
      sizes[String(parts[0])] = size
    }
    return sizes
  }
}
