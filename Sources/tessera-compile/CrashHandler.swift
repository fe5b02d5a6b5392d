import TesseraCommandLineOptions
import TesseraDiagnostics
import TesseraFiles
import TesseraLibC

/// Turns a crash into a compiler bug that is reported like any other: the program starts itself again, to write the reproducer.
///
/// A signal handler may do very little. So the words that it needs, the arguments and the environment of the second start, are laid out before.
enum CrashHandler {
  /// The variable by which the second start knows the phase, the variant where there are several, and the signal, as in `codegen:cpu=x86-64-v3:11`.
  private static let variable = "TESSERA_CRASH"
  /// The arguments of the second start. Written before any other thread starts.
  nonisolated(unsafe) private static var arguments: [UnsafeMutablePointer<CChar>?] = []
  nonisolated(unsafe) private static var environment: [UnsafeMutablePointer<CChar>?] = []
  /// The text of `variable`, with room for the name of a phase and a signal.
  nonisolated(unsafe) private static var entry: UnsafeMutablePointer<CChar> = .allocate(capacity: entryCapacity)
  private static let entryCapacity = 128
  /// `true` iff this is the second start already: a crash in it is only told.
  nonisolated(unsafe) private static var isSecond = false
  /// The signals of a crash. (SIGBUS is that of a mapped file that became shorter: `ProcessSignals`.)
  private static let signals = [SIGSEGV, SIGILL, SIGTRAP, SIGFPE, SIGABRT]

  /// The phase in which the first start crashed, the variant that it was at work on if one of several, and the signal; `nil` in a first start.
  static func crash() -> (phase: String, variant: String?, signal: Int)? {
    guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let signal = Int(parts[2]) else { return nil }
    return (String(parts[0]), parts[1].isEmpty ? nil : String(parts[1]), signal)
  }

  /// Handles crashes from now on.
  static func install() {
    isSecond = crash() != nil
    arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    var next = environ
    while let text = next.pointee {
      if strncmp(text, variable, strlen(variable)) != 0 { environment.append(strdup(text)) }
      next += 1
    }
    environment += [entry, nil]
    enter("import")
    // A stack of its own: the usual one may be what ran over.
    let size = 1 << 16
    var stack = stack_t(ss_sp: .allocate(byteCount: size, alignment: 16), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { CrashHandler.handle($0) }
    action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_NODEFER)) | Int32(bitPattern: UInt32(SA_RESETHAND))
    for signal in signals { sigaction(signal, &action, nil) }
  }

  /// Tells which phase runs from now on, and for which variant where there are several.
  static func enter(_ phase: String, variant: String? = nil) {
    let text = "\(variable)=\(phase):\(variant ?? ""):00"
    guard text.utf8.count < entryCapacity else { return }
    _ = text.withCString { strcpy(entry, $0) }
  }

  /// Starts the program again, or says what happened where that is the second start or fails.
  private static func handle(_ signal: Int32) {
    ProcessSignals.removeTemporaries()
    if !isSecond {
      let end = entry + strlen(entry)
      (end - 2).pointee = CChar(48 + signal / 10)
      (end - 1).pointee = CChar(48 + signal % 10)
      arguments.withUnsafeMutableBufferPointer { words in
        environment.withUnsafeMutableBufferPointer { variables in
          if let path = words[0], let words = words.baseAddress, let variables = variables.baseAddress {
            execve("/proc/self/exe", words, variables)
            execve(path, words, variables)
          }
        }
      }
    }
    let text: StaticString = "tessera: compiler bug: INTERNAL; the compiler crashed, and no reproducer could be made\n"
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    _exit(1)
  }

  /// The bug, as the second start reports it.
  static func bug(_ crash: (phase: String, variant: String?, signal: Int)) -> Diagnostic {
    Diagnostic(.compilerBug, id: "crash", "the compiler crashed with signal \(crash.signal) in the phase '\(crash.phase)'")
  }
}
