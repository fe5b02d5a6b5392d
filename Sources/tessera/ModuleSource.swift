import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// The module that a command works on: a module file, or a model that is compiled first.
enum ModuleSource {
  /// The flags that are handed to the compiler where a model is given.
  static let options: [OptionDeclaration] = [
    .value("target", "TARGET", "of a model that is compiled first: as for 'tessera compile'"),
    .value("dim", "NAME=SIZE", repeatable: true, "of a model that is compiled first: fix a symbolic dimension"),
    .value(
      "overridable", "NAME|all", repeatable: true,
      "of a model that is compiled first: as for 'tessera compile'; inputs that are given need none"),
    .value("constant-input", "NAME=@FILE|@FILE", repeatable: true, "of a model that is compiled first: as for 'tessera compile'"),
    .value("configuration", "TEXT", "of a dispatch that is compiled first: how its kernel is configured"),
    .value("packing-spec", "FILE", "of a model that is compiled first: rules for how operands of contractions lie in memory"),
    .flag("strict-math", "of a model that is compiled first: compute floats exactly as the model says"),
    .flag("check-accesses", "of a model that is compiled first: make kernels check each access to memory"),
    .flag("no-cache", "of a model that is compiled first: neither use nor keep compiled kernels"),
  ]

  /// `true` iff the file is for the compiler, which knows the formats of models: it does not begin as a module does, and is not named as one.
  /// Errors: it cannot be read.
  static func isModel(_ path: String) throws -> Bool {
    if path.hasSuffix(".tsm") { return false }
    guard let file = fopen(path, "r") else {
      _ = try FileBytes(path: path)
      return false
    }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    var start = [UInt8](repeating: 0, count: ModuleLayout.magic.count)
    let count = fread(&start, 1, start.count, file)
    // Half a magic number is half a module.
    return count > 0 && !ModuleLayout.magic.starts(with: start.prefix(count))
  }

  /// Loads the module of `path`, `-` for standard input; where it is compiled first, its dispatches are written to a folder, and what is known of its
  /// operators to another one, on request.
  /// The files that it is read from are added to `plan`. Errors: the compiler's, which it has printed; a flag for the compiler stands with a module.
  static func load(
    _ path: String, _ options: ParsedOptions, dumpingDispatchesTo dispatches: String? = nil,
    describingOperatorsIn operators: TemporaryFolder? = nil,
    plan: inout FilePlan
  ) throws -> Module {
    let flags = compilerFlags(options)
    try plan.reads(path)
    let more =
      flags + target(options) + givenInputs(options) + (dispatches.map { ["--dump-dispatches=\($0)"] } ?? [])
      + (operators.map { ["--list-operators=\($0.file("operators"))", "--list-work=\($0.file("work"))"] } ?? [])
    if path == "-" {
      let bytes = try FileBytes(path: path).array
      if bytes.starts(with: ModuleLayout.magic.prefix(max(1, bytes.count))) { return try Module(bytes: bytes) }
      // The compiler tells models apart by their content.
      let folder = try TemporaryFolder()
      return try compiled(["compile", folder.write(bytes, to: "model")] + more, plan: &plan)
    }
    guard try isModel(path) else {
      if let flag = flags.first {
        throw UsageError("flag '\(flag.prefix { $0 != "=" })' is for models that are compiled first, but '\(path)' is a module")
      }
      return try Module(path: path)
    }
    return try compiled(["compile", path] + more, plan: &plan)
  }

  /// The target of a model that is compiled for the device that runs it, unless the flags say which.
  private static func target(_ options: ParsedOptions) -> [String] {
    let isPortable = options.value("device")?.hasPrefix("portable") == true || options.has("portable-only")
    return isPortable && options.value("target") == nil ? ["--target=portable"] : []
  }

  /// Runs the compiler with these arguments and a temporary output, and loads what it wrote; adds the files that it read to `plan`.
  static func compiled(_ arguments: [String], plan: inout FilePlan) throws -> Module {
    let folder = try TemporaryFolder()
    let inputs = folder.file("inputs")
    let isModel = arguments.first == "compile"
    let path = folder.file("module.tsm")
    let code = try CompilerHandoff.run(arguments + (isModel ? ["--list-inputs=\(inputs)"] : []) + ["-o", path])
    guard code == 0 else { throw ReportedFailure(code: ExitCode(rawValue: code) ?? .failed) }
    if isModel { for input in try FileBytes(path: inputs).text.split(separator: "\n") { try plan.reads(String(input)) } }
    // A mapped file stays when it has no name any more.
    return try Module(path: path)
  }

  /// The flags that tell the compiler which inputs are given, as those with an initializer are inputs only for who gives them.
  static func givenInputs(_ options: ParsedOptions) -> [String] {
    let names = options.values("input").map { TensorLiteral.name(of: $0).name }
    let count = names.count { $0 == nil }
    return names.compactMap { $0 }.map { "--given-input=\($0)" } + (count == 0 ? [] : ["--given-inputs=\(count)"])
  }

  /// The compiler's flags among the options.
  static func compilerFlags(_ options: ParsedOptions) -> [String] {
    self.options.flatMap { option -> [String] in
      if option.valueName != nil { return options.values(option.name).map { "--\(option.name)=\($0)" } }
      return options.has(option.name) ? ["--\(option.name)"] : []
    }
  }
}
