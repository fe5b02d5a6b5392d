import CommandLineOptions
import Compiler
import Diagnostics
import Glibc

// `tessera compile` and `tessera opt`: the runtime program hands them here, so that it needs neither MLIR nor LLVM.

/// The program.
@main
enum Main {
  /// The commands: a name, the declaration, and what it does. The result is the exit code.
  static let commands: [(name: String, declaration: CommandDeclaration, run: @Sendable (ParsedOptions) throws -> Int32)] = [
    ("compile", CompileCommand.declaration, CompileCommand.run),
    ("opt", OptCommand.declaration, OptCommand.run),
  ]

  /// Runs the command that the arguments name.
  static func runCommand(_ arguments: [String]) -> Int32 {
    do {
      guard let name = arguments.first, let command = commands.first(where: { $0.name == name }) else {
        if arguments.first == "--version" {
          print("tessera-compile \(Compilation.version)")
          return 0
        }
        throw UsageError("this program is the compiler behind 'tessera compile' and 'tessera opt'; see 'tessera compile --help'")
      }
      let options = try ParsedOptions(Array(arguments.dropFirst()), for: command.declaration)
      if options.has("help") {
        print(command.declaration.helpText)
        return 0
      }
      if options.has("version") {
        print("tessera \(Compilation.version)")
        return 0
      }
      return try command.run(options)
    } catch let error as UsageError {
      Terminal.error("error: \(error.description)")
      return 2
    } catch let diagnostic as Diagnostic {
      Terminal.error(diagnostic.description)
      return diagnostic.exitCode
    } catch {
      Terminal.error("error: \(error)")
      return 1
    }
  }

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    exit(runCommand(Array(CommandLine.arguments.dropFirst())))
  }
}
