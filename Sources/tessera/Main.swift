import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC
import TesseraModuleFormat
import TesseraRuntime

/// The program's commands: a name, the declaration, and what it does.
let commands: [(name: String, declaration: CommandDeclaration, run: @Sendable (ParsedOptions) throws -> ExitCode)] = [
  ("run", RunCommand.declaration, RunCommand.run),
  ("bench", BenchCommand.declaration, BenchCommand.run),
  ("profile", ProfileCommand.declaration, ProfileCommand.run),
  ("compare", CompareCommand.declaration, CompareCommand.run),
  ("verify", VerifyCommand.declaration, VerifyCommand.run),
  ("dump", DumpCommand.declaration, DumpCommand.run),
  ("devices", DevicesCommand.declaration, DevicesCommand.run),
]

/// The commands of `tessera-compile`.
let compilerCommands = [
  ("compile", "compile a model to a module"),
  ("check", "list what of a model is not supported, without compiling it"),
  ("opt", "run one phase of the compiler on MLIR text"),
]

/// The program.
@main
enum Main {
  /// Runs the command that the arguments name, and ends the program.
  static func main() {
    ProcessSignals.install { Console.error($0, status: StatusCode.unavailable.rawValue, id: "file") }
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Runs a command; returns the exit code.
  static func run(_ arguments: [String]) -> ExitCode {
    Message.chooseFormat(arguments)
    do {
      let arguments = try ParsedOptions.expandingFirst(arguments)
      guard let name = arguments.first else { throw UsageError("no command is given; see 'tessera --help'") }
      if ["--help", "-h", "help"].contains(name) {
        try Console.print(helpText)
        return .done
      }
      if ["--help-all", "--help_all"].contains(name) {
        try Console.print(helpText + commands.map { "\n\n# \($0.name)\n\n" + $0.declaration.helpText(all: true) }.joined())
        return .done
      }
      if ["--version", "version"].contains(name) {
        try Console.print("tessera \(tesseraVersion), module format \(ModuleLayout.version)\n")
        return .done
      }
      if compilerCommands.contains(where: { $0.0 == name }) { return CompilerHandoff.execute(arguments) }
      guard let command = commands.first(where: { $0.name == name }) else {
        let names = commands.map(\.name) + compilerCommands.map(\.0)
        let known = names.map { "'\($0)'" }.joined(separator: ", ")
        throw UsageError("unknown command '\(name)'\(suggestion(for: name, in: names)); the commands are \(known)")
      }
      let options = try ParsedOptions(Array(arguments.dropFirst()), for: command.declaration, among: commands.map(\.declaration))
      if options.has("help") || options.has("help-all") {
        try Console.print(command.declaration.helpText(all: options.has("help-all")))
        return .done
      }
      if options.has("version") { return run(["--version"]) }
      return try command.run(options)
    } catch let error as UsageError {
      Console.message(error.message)
      return .usage
    } catch let error as RuntimeError {
      Console.error(error.message, status: error.code.rawValue, id: error.id)
      return ExitCode(error)
    } catch let error as FileError {
      Console.error(error.message, status: RuntimeError(error).code.rawValue, id: "file")
      return error.kind == .refused ? .usage : .failed
    } catch let error as ReportedFailure {
      return error.code
    } catch {
      Console.error("\(error)", status: StatusCode.internalError.rawValue)
      return .failed
    }
  }

  /// The help of the program.
  static var helpText: String {
    var text = "tessera compiles trained models to one file, and runs them\n\nusage: tessera <command> [flags]\n\ncommands:\n"
    let rows = compilerCommands.map { ($0.0, $0.1) } + commands.map { ($0.name, $0.declaration.summary) }
    for (name, summary) in rows { text += "  \(name)\(String(repeating: " ", count: 10 - name.count))\(summary)\n" }
    return text + "\n'tessera <command> --help' lists the flags of a command, '--help-all' those of other programs too\n"
  }
}
