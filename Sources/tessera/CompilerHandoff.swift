import Glibc
import ModuleFormat
import Runtime

/// Hands commands to the compiler, a program of its own, so that this one needs neither MLIR nor LLVM.
enum CompilerHandoff {
  /// Becomes `tessera-compile` with the same arguments; returns only where that fails.
  static func execute(_ arguments: [String]) -> ExitCode {
    guard let path = compilerPath else {
      Console.error("cannot find this program's own folder in /proc/self/exe", status: StatusCode.unavailable.rawValue)
      return .failed
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    signal(SIGPIPE, SIG_DFL)
    execv(path, &pointers)
    let reason = systemMessage(errno)
    for pointer in pointers { free(pointer) }
    Console.error("cannot start the compiler '\(path)': \(reason); it belongs beside this program", status: StatusCode.unavailable.rawValue)
    return .failed
  }

  /// Runs `tessera-compile` with arguments and waits for it; returns its exit code. What it prints goes where this program prints.
  static func run(_ arguments: [String]) throws -> Int32 {
    guard let path = compilerPath else {
      throw RuntimeError(.unavailable, "cannot find this program's own folder in /proc/self/exe", id: "ownFolder")
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    // What the compiler prints is for people here; the result of this program stands alone on standard output.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    var process = pid_t()
    let failure = posix_spawn(&process, path, &actions, nil, &pointers, environ)
    guard failure == 0 else {
      throw RuntimeError(
        .unavailable, "cannot start the compiler '\(path)': \(systemMessage(failure)); it belongs beside this program", id: "compilerStart")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 1
  }

  /// Where the compiler is: beside this program.
  private static var compilerPath: String? { executableFolder.map { $0 + "/tessera-compile" } }

  /// The folder of this program's file, with links resolved.
  private static var executableFolder: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
