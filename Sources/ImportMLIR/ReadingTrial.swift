import TesseraDiagnostics
import TesseraFiles
import TesseraLibC
import TesseraMLIR

/// Reads MLIR in a process of its own. Upstream's reader of bytecode trusts what it reads, and damaged bytes may end the process: they are read
/// twice. Its parser of text survives nearly everything: a text is read a second time once the compiler has crashed.
public struct ReadingTrial {
  /// The command of the program that reads a file and does nothing else.
  public static let command = "read-mlir"
  /// The exit codes of the program where the reader comes to its end: the file is read, or it is refused with a message.
  private static let read: Int32 = 0, refused: Int32 = 17
  /// The seconds of processor time that reading may take.
  private static let secondsLimit: UInt = 120

  /// A program that knows `command`.
  let program: String

  public init(program: String) { self.program = program }

  /// Throws where reading `path` ends the process; what the reader says of other files it says again when they are read here.
  public func run(_ path: String) throws(Diagnostic) {
    // A backtrace of the child is of no use.
    let environment = ["SWIFT_BACKTRACE": "enable=no"]
    let end: ChildProcess.End
    // Where the system starts no other process, the file is read here at once.
    do { end = try ChildProcess.run(program, [Self.command, path], output: .nowhere, environment: environment) } catch { return }
    let hasEnded = if case .exited(Self.read) = end { true } else if case .exited(Self.refused) = end { true } else { false }
    guard hasEnded else { throw .unreadableMLIR(path, "MLIR's own reader crashes on it") }
  }

  /// Runs `command`: reads the file, within limits. Returns the exit code.
  public static func read(_ path: String) -> Int32 {
    var time = rlimit(rlim_cur: secondsLimit, rlim_max: secondsLimit), core = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &time)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
    do {
      _ = try parse(FileBytes(path: path), context: Context())
      return read
    } catch {
      return refused
    }
  }
}
