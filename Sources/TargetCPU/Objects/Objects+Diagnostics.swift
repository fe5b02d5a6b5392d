import TesseraDiagnostics
import TesseraFiles
import TesseraLibC

extension Diagnostic {
  /// `cpu=` names a processor that is not in the table.
  static func unknownCPU(_ name: String) -> Diagnostic {
    let names = NamedCPU.all.map(\.name).joined(separator: ", ")
    return Diagnostic(.invalidInput, "unknown processor '\(name)' in target 'cpu=\(name)'", notes: ["known: host, \(names)"])
  }

  /// LLVM refused what code generation made.
  static func objectEmissionFailed(_ stage: String, _ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "LLVM failed at \(stage): \(reason)")
  }

  /// The linker could not be started.
  static func linkerNotStarted(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.unavailable, "cannot start the linker '\(path)': \(reason)", help: "install it with 'apt-get install lld-22'")
  }

  /// The linker ended with an error.
  static func linkerFailed(_ path: String, _ end: ChildProcess.End, output: String) -> Diagnostic {
    let lines = output.split(separator: "\n").prefix(12).map(String.init)
    switch end {
    // It says so where there is no room for its output.
    case .exited where output.contains("cannot open output file") || output.contains("failed to write"):
      return Diagnostic(
        .unavailable, "the linker '\(path)' cannot write its temporary file", notes: lines,
        help: "set TMPDIR to a folder on a disk with free space")
    // Where the system bounds files, it ends who writes more, and LLVM's programs call that a crash.
    case .exited where output.contains("Stack dump") && hasFileSizeLimit:
      return Diagnostic(
        .unavailable, "the linker '\(path)' cannot write its temporary file", notes: ["the size of files is limited (ulimit -f)"],
        help: "raise the limit")
    case .exited(let code): return Diagnostic(.compilerBug, "the linker '\(path)' failed with exit code \(code)", notes: lines)
    case .killed(let signal): return Diagnostic(.unavailable, "the linker '\(path)' was ended by signal \(signal)", notes: lines)
    }
  }

  /// `true` iff the system bounds the size of files that this process and its children write.
  private static var hasFileSizeLimit: Bool {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 && limit.rlim_cur != UInt.max
  }

  /// A temporary file or folder could not be made, written or read.
  static func temporaryFileFailed(_ error: FileError) -> Diagnostic {
    Diagnostic(.unavailable, error.message, help: "set TMPDIR to a folder on a disk with free space")
  }

  /// Kernels call something that the runtime does not offer.
  static func undefinedSymbols(_ names: [String]) -> Diagnostic {
    if names.allSatisfy({ $0.hasSuffix("hf2") || $0.hasPrefix("__extendhf") }) {
      return Diagnostic(
        .unsupported, "elements of f16 need a processor that converts them, and the target has no instruction for it",
        help: "choose --target cpu=x86-64-v3 or a later one")
    }
    return Diagnostic(
      .compilerBug, "the kernels need symbols that no runtime offers: \(names.map { "'\($0)'" }.joined(separator: ", "))",
      notes: ["allowed: \(RuntimeSymbols.allowed.sorted().joined(separator: ", "))"])
  }

  /// The linked image is not what the compiler expects.
  static func malformedImage(_ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "the linker wrote an image that cannot be read back: \(reason)")
  }
}
