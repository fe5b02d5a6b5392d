import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraTargetCPU

/// `--emit`: the module within an object or a library of C, beside a header of typed functions that call it by libtessera.
struct Emission {
  /// What is written beside the header.
  enum Kind: String, CaseIterable {
    case object = "object+header"
    case staticLibrary = "static-library"
    case sharedLibrary = "shared-library"

    /// The ending of the file.
    var suffix: String {
      switch self {
      case .object: ".o"
      case .staticLibrary: ".a"
      case .sharedLibrary: ".so"
      }
    }
  }

  /// The flag.
  static let option = OptionDeclaration.value(
    "emit", "FORM", "object+header, static-library or shared-library, with the module in it and a C header beside it (docs/Languages.md)")

  let kind: Kind
  let model: String
  /// The paths of the object or library, and of the header.
  let output: String
  let header: String
  /// What names in C begin with: the file's name without folder, `lib` and ending.
  let prefix: String

  /// Reads the flags; `nil` where a module is asked for. Errors: a form that there is not, flags that do not go with it, no name.
  init?(_ options: ParsedOptions) throws {
    guard let form = options.value("emit") else { return nil }
    guard let kind = Kind(rawValue: form) else {
      let known = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw UsageError("flag '--emit' knows \(known), but '\(form)' was given")
    }
    for other in ["json", "stop-after", "start-after", "try-configurations"] { try options.exclude("emit", other) }
    self.kind = kind
    model = options.positionals[0]
    guard let output = options.value("output") ?? (model == "-" ? nil : CompileCommand.withoutEnding(model) + kind.suffix), output != "-"
    else { throw UsageError("'--emit=\(form)' writes two files: name the first with -o FILE\(kind.suffix)") }
    self.output = output
    header = CompileCommand.withoutEnding(output) + ".h"
    let name = CompileCommand.withoutEnding(output).split(separator: "/").last.map(String.init) ?? ""
    prefix = CNames.identifier(name.hasPrefix("lib") ? String(name.dropFirst(3)) : name)
    var plan = FilePlan()
    if model != "-" { try plan.reads(model) }
    for path in [output, header] { try plan.writes(path) }
  }

  /// Compiles to a module in a temporary folder, and writes what is asked for.
  func run(_ compile: (String) throws -> Int32) throws -> Int32 {
    let folder = try TemporaryFolder()
    let path = folder.file("module.tsm")
    let code = try compile(path)
    guard code == 0 else { return code }
    let module = try ModuleFile(path: path)
    let bytes = try FileBytes(path: path)
    let object = ModuleObject(prefix: prefix, module: bytes.bytes, machine: machine(module.description))
    switch kind {
    case .object: try write(object.write, to: output)
    case .staticLibrary: try write(object.writeArchive, to: output)
    case .sharedLibrary:
      let input = folder.file("module.o"), library = folder.file("library.so")
      try write(object.write, to: input)
      try linkSharedLibrary(of: input, name: output.split(separator: "/").last.map(String.init) ?? output, to: library)
      let linked = try FileBytes(path: library)
      try write({ file throws(FileError) in try file.write(linked.bytes) }, to: output)
    }
    let text = CHeader(prefix: prefix, module: module.description, model: model).text
    try write({ file throws(FileError) in try file.write(Array(text.utf8)) }, to: header)
    return 0
  }

  /// Writes a file, all of it or nothing.
  private func write(_ body: (OutputFile) throws(FileError) -> Void, to path: String) throws(FileError) {
    let file = try OutputFile(path: path, content: .binary)
    try body(file)
    try file.commit()
  }

  /// The number that ELF has for the processor of the module's kernels; for this one where they are for others than processors.
  private func machine(_ module: ModuleDescription) -> UInt16 {
    let numbers: [String: UInt16] = ["x86_64": 62, "aarch64": 183]
    let own = module.executables.flatMap(\.variants).compactMap { numbers[$0.target] }.first
    #if arch(arm64)
      return own ?? 183
    #else
      return own ?? 62
    #endif
  }
}
