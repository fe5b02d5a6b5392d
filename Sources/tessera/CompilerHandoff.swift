import TesseraFiles
import TesseraLibC
import TesseraRuntime

/// Hands commands to the compiler, a program of its own, so that this one needs neither MLIR nor LLVM.
enum CompilerHandoff {
  /// Becomes `tessera-compile` with the same arguments; returns only where that fails.
  static func execute(_ arguments: [String]) -> ExitCode {
    guard let path = compilerPath else {
      Console.error("cannot find this program's own folder in /proc/self/exe", status: StatusCode.unavailable.rawValue)
      return .failed
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    ProcessSignals.restore()
    execv(path, &pointers)
    let reason = systemMessage(errno)
    for pointer in pointers { free(pointer) }
    Console.error("cannot start the compiler '\(path)': \(reason); it belongs beside this program", status: StatusCode.unavailable.rawValue)
    return .failed
  }

  /// Runs `tessera-compile` with arguments and waits for it; returns its exit code. What it prints goes where this program prints, or to a file.
  static func run(_ arguments: [String], messages: String? = nil) throws -> Int32 {
    guard let path = compilerPath else {
      throw RuntimeError(.unavailable, "cannot find this program's own folder in /proc/self/exe", id: "ownFolder")
    }
    let end: ChildProcess.End
    do throws(FileError) { end = try ChildProcess.run(path, arguments, output: messages.map { .file($0) } ?? .standardError) } catch {
      throw RuntimeError(
        .unavailable, "cannot start the compiler '\(path)': \(error.reason); it belongs beside this program", id: "compilerStart")
    }
    switch end {
    case .exited(let code): return code
    case .killed(let signal): throw RuntimeError(.internalError, "the compiler was ended by signal \(signal)", id: "compilerKilled")
    }
  }

  /// The path of the compiler: what TESSERA_COMPILE says, else beside this program.
  private static var compilerPath: String? {
    if let path = getenv("TESSERA_COMPILE"), path.pointee != 0 { return String(cString: path) }
    return executableFolder.map { $0 + "/tessera-compile" }
  }
}
