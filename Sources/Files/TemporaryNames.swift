import Synchronization
import TesseraLibC

/// The things that this process removes before it ends: unfinished files, temporary folders, and programs that it waits for.
enum TemporaryNames {
  private struct State {
    var files: Set<String> = []
    var folders: Set<String> = []
    var children: Set<pid_t> = []
  }

  private static let state = Mutex(State())

  /// Returns a name for a file on its way to `path`, in the same folder; short enough wherever `path` is.
  static func partial(beside path: String) -> String {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    return "\(folder).tessera-\(String(UInt64.random(in: .min ... .max), radix: 16))\(partialSuffix)"
  }

  /// Adds a file that is about to be made.
  static func add(_ name: String) { state.withLock { _ = $0.files.insert(name) } }

  /// Makes a folder of a template that ends with `XXXXXX`, and adds it. Returns `nil` with the reason in `errno`.
  static func makeFolder(_ template: String) -> String? {
    state.withLock { state in
      var text = Array(template.utf8CString)
      guard text.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else { return nil }
      let path = String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      state.folders.insert(path)
      return path
    }
  }

  /// Starts a program with `start`, which returns its number, and adds it.
  static func startChild(_ start: () -> Result<pid_t, FileError>) -> Result<pid_t, FileError> {
    state.withLock { state in
      let result = start()
      if case .success(let child) = result { state.children.insert(child) }
      return result
    }
  }

  /// Waits for the end of a program; returns what `waitpid` says of it.
  static func endOfChild(_ child: pid_t) -> Int32 {
    // The number stays its own until it is taken from the set.
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    return state.withLock { state in
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0 && errno == EINTR {}
      state.children.remove(child)
      return status
    }
  }

  /// Forgets a file or folder that is gone, or in its place.
  static func forget(_ name: String) {
    state.withLock {
      $0.files.remove(name)
      $0.folders.remove(name)
    }
  }

  /// Removes everything.
  static func removeAll() { state.withLock { removeAll(&$0) } }

  /// Removes everything, and calls `end`, which does not return: what other threads would add now has to wait.
  static func removeAll(andThen end: () -> Never) -> Never {
    state.withLock { state -> Never in
      removeAll(&state)
      end()
    }
  }

  private static func removeAll(_ state: inout State) {
    for child in state.children { kill(child, SIGTERM) }
    for child in state.children {
      // A linker or a compiler that does not obey must not keep us.
      for _ in 0..<200 {
        var information = siginfo_t()
        if waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT | WNOHANG) != 0 || information.si_signo != 0 { break }
        usleep(10_000)
      }
      kill(child, SIGKILL)
      waitpid(child, nil, 0)
    }
    for file in state.files { unlink(file) }
    for folder in state.folders { removeFolder(folder) }
    state = State()
  }

  /// Removes a folder and the files in it.
  static func removeFolder(_ path: String) {
    for name in fileNames(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}

/// The suffix of the names of unfinished files.
public let partialSuffix = ".partial"
