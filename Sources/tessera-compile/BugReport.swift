import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles
import TesseraLibC
import TesseraMLIR
import TesseraModuleFormat

/// The report of a compiler bug: the IR before the phase that failed, in a file, and the command that goes on from there.
struct BugReport {
  /// The model on the command line.
  let model: String
  /// The flags that change what the phases do, as they came.
  let flags: [String]
  /// The phase or step that `model` is the IR after; `nil` for a model.
  var after: String?
  /// Returns the compilation as it stands before a phase.
  let before: (String) throws -> Compilation

  /// Adds phase, reproducer and command to what is known of a bug.
  func completed(_ bug: Diagnostic, phase: String?) -> Diagnostic {
    guard let phase else {
      var bug = bug
      bug.notes += ["phase: import", "reproducer: the model itself, with '\(command("compile", model, nil))'"]
      return bug
    }
    var bug = bug
    bug.notes.append("phase: \(phase)")
    do {
      let (path, command) = try write(phase, bug)
      bug.notes.append("reproducer: \(path)")
      bug.notes.append("command: \(command)")
    } catch {
      bug.notes.append(
        "the reproducer could not be written: \((error as? Diagnostic)?.message ?? (error as? FileError)?.message ?? "\(error)")")
      bug.notes.append("command: \(command("compile", model, nil))")
    }
    return bug
  }

  /// Does `body`, a part of a compilation; a bug that it throws gets phase, reproducer and command.
  func watch<Result>(_ phase: () -> String?, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    do throws(Diagnostic) { return try body() } catch {
      throw error.category == .compilerBug ? completed(error, phase: phase()) : error
    }
  }

  /// Throws the bug that a crash is, where this is the second start after one.
  func throwCrash() throws(Diagnostic) {
    guard let crash = CrashHandler.crash() else { return }
    if crash.phase == "import" { try checkReader(of: model, program: "/proc/self/exe") }
    throw completed(CrashHandler.bug(crash), phase: crash.phase == "import" ? nil : crash.phase)
  }

  /// The command that fails in the same way; `rewrites` have been done to what it reads, and do not count again.
  private func command(_ name: String, _ path: String, _ phase: String?, after rewrites: Int = 0) -> String {
    let limit = "--rewrites="
    let flags = flags.map { flag in
      flag.hasPrefix(limit) ? limit + "\(max(0, (Int(flag.dropFirst(limit.count)) ?? 0) - rewrites))" : flag
    }
    let words = ["tessera", name, path] + (phase.flatMap(startFlag).map { [$0] } ?? []) + flags + ["-o", "/dev/null"]
    return words.map { $0.allSatisfy { $0.isLetter || $0.isNumber || "-_=./,:+".contains($0) } ? $0 : "'\($0)'" }.joined(separator: " ")
  }

  /// The flag with which the compiler begins with a phase, or within it where the model does; `nil` for the whole pipeline. Code generation begins anew: no text has kernels.
  private func startFlag(_ phase: String) -> String? {
    let phases = CompilerFlags.phases
    let first = phase == "scheduling" ? "codegen" : phase
    if let after, CompilerFlags.positions(after).upperBound > CompilerFlags.positions(first).lowerBound { return "--start-after=\(after)" }
    guard let position = phases.firstIndex(of: first), position > 0 else { return nil }
    return "--start-after=\(phases[position - 1])"
  }

  /// Writes the IR before a phase to the folder of TESSERA_SAVE_TEMPS or a temporary one; returns the path, and the command that goes on from it.
  private func write(_ phase: String, _ bug: Diagnostic) throws -> (path: String, command: String) {
    let compilation = try before(phase == "scheduling" ? "codegen" : phase)
    let weights = compilation.module.body.operations.filter {
      $0.name == "ml_program.global" && $0.attribute("value")?.description.hasPrefix("#ml_program.extern") == true
    }
    for weight in weights { Self.clear(weight, compilation.context) }
    var lines =
      ["tessera \(tesseraVersion): compiler bug in the phase '\(phase)'"] + bug.description.split(separator: "\n").map(String.init)
    if !weights.isEmpty { lines.append("the weights are zeros here: their values are not those of the model") }
    let folder = try Self.folder()
    let path = "\(folder)/tessera-bug-\(phase)-\(getpid()).mlir"
    let command = command("compile", path, phase, after: compilation.context.rewrites.count)
    lines.append("to reproduce it: \(command)")
    try compilation.writeText(lines.map { "// \($0)\n" }.joined() + compilation.module.operation.description + "\n", to: path)
    return (path, command)
  }

  /// Gives a global zeros for its value.
  private static func clear(_ global: Operation, _ context: Context) {
    guard let type = global.attribute("type")?.typeValue, type.isTensor, type.hasStaticShape else { return }
    let element = type.element.description
    let zero =
      element.hasPrefix("complex")
      ? "(0.0, 0.0)" : element.hasPrefix("f") || element.hasPrefix("bf") ? "0.0" : element == "i1" ? "false" : "0"
    if let value = Attribute("dense<\(zero)> : \(type)", context) { global.setAttribute("value", value) }
  }

  /// The folder for reproducers, which is made if it is not there.
  private static func folder() throws -> String {
    if let folder = getenv("TESSERA_SAVE_TEMPS").map({ String(cString: $0) }), !folder.isEmpty {
      try makeFolder(folder)
      return folder
    }
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return base.isEmpty ? "/tmp" : base
  }
}
