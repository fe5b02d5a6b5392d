import CommandLineOptions
import Glibc
import ModuleFormat
import Runtime

/// What the program prints: results on standard output, all else on standard error.
enum Console {
  /// Prints a result. Errors: nobody reads, or the disk is full.
  static func print(_ text: String) throws {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if count < 0 && errno == EINTR { continue }
      // Who pipes into `head` knows that it reads no further.
      if count < 0 && errno == EPIPE { throw ReportedFailure(code: .failed) }
      guard count > 0 else {
        throw RuntimeError(.unavailable, "cannot write to standard output: \(systemMessage(errno))", id: "standardOutput")
      }
      done += count
    }
  }

  /// Prints an error, with the word for its kind.
  static func error(_ text: String, status: String, id: String? = nil) { message(Message(.error, status: status, id: id, text)) }

  /// Prints a warning: something that was asked for has no effect, or figures are doubtful.
  static func warning(_ text: String) { message(Message(.warning, text)) }

  /// Prints a note.
  static func note(_ text: String) { message(Message(.note, text)) }

  /// `true` iff standard error is a terminal, and the user did not ask for no colours (no-color.org).
  private static let hasColour = isatty(STDERR_FILENO) == 1 && (getenv("NO_COLOR").map { $0[0] == 0 } ?? true)

  /// Prints a message to standard error.
  static func message(_ message: Message) {
    let bytes = Array(message.line(hasColour: hasColour).utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}
