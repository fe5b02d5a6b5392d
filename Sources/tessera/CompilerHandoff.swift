import Glibc
import ModuleFormat

/// Hands commands to the compiler, a program of its own, so that this one needs neither MLIR nor LLVM.
enum CompilerHandoff {
  /// Becomes `tessera-compile` with the same arguments; returns only where that fails.
  static func execute(_ arguments: [String]) -> ExitCode {
    guard let folder = executableFolder else {
      Console.error("cannot find this program's own folder in /proc/self/exe")
      return .failed
    }
    let path = folder + "/tessera-compile"
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    signal(SIGPIPE, SIG_DFL)
    execv(path, &pointers)
    let reason = systemMessage(errno)
    for pointer in pointers { free(pointer) }
    Console.error("cannot start the compiler '\(path)': \(reason); it belongs beside this program")
    return .failed
  }

  /// The folder of this program's file, with links resolved.
  private static var executableFolder: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
