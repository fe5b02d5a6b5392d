import CommandLineOptions
import Compiler
import Diagnostics
import Glibc
import ModuleFormat
import TargetCPU

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

  /// The processor that `--target` names; what is wrong with it is wrong with the command line.
  static func target(_ options: ParsedOptions) throws -> CPUTarget {
    guard let text = options.value("target") else { return .host }
    do throws(Diagnostic) {
      return try CPUTarget(parsing: text)
    } catch {
      throw UsageError(String(error.description.dropFirst("error: ".count)))
    }
  }

  static func main() {
    // A reader that goes away early, or a limit on the size of files, shall end us with an error, not a signal.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let code = runCommand(Array(CommandLine.arguments.dropFirst()))
    // What `print` wrote may still stand in the buffer.
    if fflush(nil) != 0 {
      Terminal.error("error: cannot write to standard output: \(systemMessage(errno))")
      exit(code == 0 ? 1 : code)
    }
    exit(code)
  }
}
