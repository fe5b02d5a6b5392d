import TesseraLibC

/// A program that is started, and waited for.
public enum ChildProcess {
  /// The end of a program.
  public enum End: Sendable {
    case exited(code: Int32)
    case killed(signal: Int32)
  }

  /// The target of a program's standard output.
  public enum Output: Sendable {
    /// To this program's standard error, so that results alone stand on standard output.
    case standardError
    /// To a file, with the standard error.
    case file(String)
    /// Nowhere, with the standard error.
    case nowhere
  }

  /// Starts `program`, by its path or by a name that is looked for in `PATH`, and waits for its end. A signal that ends this program ends it too.
  /// Its environment is this program's, with the variables of `environment` in it.
  public static func run(
    _ program: String, _ arguments: [String], output: Output, readsInput: Bool = false, environment: [String: String] = [:]
  ) throws(FileError) -> End {
    let child = try start(program, arguments, environment: environment) { actions in
      if !readsInput { posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) }
      switch output {
      case .nowhere:
        for stream in [STDOUT_FILENO, STDERR_FILENO] { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0) }
      case .standardError: posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
      case .file(let path):
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
      }
    }
    return end(of: child)
  }

  /// Waits for the end of a program.
  static func end(of child: pid_t) -> End {
    let status = TemporaryNames.endOfChild(child)
    return status & 0x7F == 0 ? .exited(code: (status >> 8) & 0xFF) : .killed(signal: status & 0x7F)
  }

  /// Starts a program, whose files `redirect` chooses.
  static func start(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    redirect: (inout posix_spawn_file_actions_t) -> Void
  ) throws(FileError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    redirect(&actions)
    // The signals that this program waits for reach that one in the usual way.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var variables = Self.environment(with: environment)
    defer { for variable in variables { free(variable) } }
    let started: Result<pid_t, FileError> = TemporaryNames.startChild {
      var process = pid_t()
      let failure = posix_spawnp(&process, program, &actions, &attributes, &words, &variables)
      return failure == 0 ? .success(process) : .failure(.system("start", program, failure))
    }
    return try started.get()
  }

  /// The environment of this program with other values of some variables, as a list that ends with `nil`.
  private static func environment(with changes: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
    var variables: [UnsafeMutablePointer<CChar>?] = changes.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
    var next = environ
    while let text = next.pointee {
      let name = String(cString: text).prefix { $0 != "=" }
      if changes[String(name)] == nil { variables.append(strdup(text)) }
      next += 1
    }
    return variables + [nil]
  }
}
