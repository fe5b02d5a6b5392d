import TesseraCommandLineOptions
import TesseraCompiler
import TesseraDiagnostics
import TesseraFiles
import TesseraKernels
import TesseraLibC
import TesseraModuleFormat

// `tessera compile`, `tessera check` and `tessera opt`: the runtime program hands them here, so that it needs neither MLIR nor LLVM.

/// The program.
@main
enum Main {
  /// The commands: a name, the declaration, and what it does. The result is the exit code.
  static let commands: [(name: String, declaration: CommandDeclaration, run: @Sendable (ParsedOptions) throws -> Int32)] = [
    ("compile", CompileCommand.declaration, CompileCommand.run),
    ("check", CheckCommand.declaration, CheckCommand.run),
    ("opt", OptCommand.declaration, OptCommand.run),
    ("roof", RoofCommand.declaration, RoofCommand.run),
  ]

  /// Runs the command that the arguments name.
  static func runCommand(_ arguments: [String]) -> Int32 {
    if arguments.count == 2, arguments[0] == readingTrial.command { return readingTrial.run(arguments[1]) }
    Message.chooseFormat(arguments)
    do {
      let arguments = try ParsedOptions.expandingFirst(arguments)
      guard let name = arguments.first, let command = commands.first(where: { $0.name == name }) else {
        if arguments.first == "--version" {
          try Terminal.result("tessera-compile \(tesseraVersion), module format \(ModuleLayout.version)")
          return 0
        }
        let names = commands.map(\.name)
        if let first = arguments.first, ["--help", "-h", "--help-all", "--help_all"].contains(first) {
          try Terminal.result(
            "the compiler behind 'tessera compile', 'tessera check' and 'tessera opt'\n\nusage: tessera-compile <command> [flags]\n\ncommands:"
          )
          for command in commands {
            try Terminal.result("  \(command.name)\(String(repeating: " ", count: 10 - command.name.count))\(command.declaration.summary)")
          }
          if first.hasSuffix("all") {
            for command in commands { try StandardOutput.print("\n# \(command.name)\n\n\(command.declaration.helpText(all: true))") }
          }
          return 0
        }
        let given = arguments.first.map { "unknown command '\($0)'\(suggestion(for: $0, in: names))" } ?? "no command is given"
        throw UsageError("\(given); the commands are \(names.map { "'\($0)'" }.joined(separator: ", "))")
      }
      let options = try ParsedOptions(Array(arguments.dropFirst()), for: command.declaration, among: commands.map(\.declaration))
      if options.has("help") || options.has("help-all") {
        try StandardOutput.print(command.declaration.helpText(all: options.has("help-all")))
        return 0
      }
      if options.has("version") { return runCommand(["--version"]) }
      return try command.run(options)
    } catch let error as UsageError {
      Terminal.print(error.message)
      return 2
    } catch let diagnostic as Diagnostic {
      Terminal.print(diagnostic.printed)
      return diagnostic.exitCode
    } catch let error as FileError {
      // Who pipes into `head` knows that it reads no further.
      if error.kind != .noReader { Terminal.print(Diagnostic(error).printed) }
      return Diagnostic(error).exitCode
    } catch {
      Terminal.print(Message(.error, status: "INTERNAL", "\(error)"))
      return 1
    }
  }

  /// The target that `--target` names; what is wrong with it is wrong with the command line.
  static func target(_ options: ParsedOptions) throws -> any Target {
    guard let text = options.value("target") else { return Targets.host }
    return try CompilerFlags.usage { () throws(Diagnostic) in try Targets.parse(text) }
  }

  /// The targets that `--target` names, those first that ask most of a machine.
  static func targets(_ options: ParsedOptions) throws -> [any Target] {
    guard let text = options.value("target") else { return [Targets.host] }
    return try CompilerFlags.usage { () throws(Diagnostic) in try Targets.parseList(text) }
  }

  static func main() {
    ProcessSignals.install { Terminal.print(Message(.error, status: "UNAVAILABLE", id: "file", $0)) }
    CrashHandler.install()
    exit(runCommand(Array(CommandLine.arguments.dropFirst())))
  }
}
