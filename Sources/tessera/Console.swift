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

  /// Prints an error.
  static func error(_ text: String) { message("error", colour: "31", text) }

  /// Prints a note.
  static func note(_ text: String) { message("note", colour: "36", text) }

  /// `true` iff standard error is a terminal, and the user did not ask for no colours (no-color.org).
  private static let hasColour = isatty(STDERR_FILENO) == 1 && (getenv("NO_COLOR").map { $0[0] == 0 } ?? true)

  /// Prints a message to standard error.
  private static func message(_ kind: String, colour: String, _ text: String) {
    let line = hasColour ? "tessera: \u{1B}[\(colour)m\(kind):\u{1B}[0m \(text)\n" : "tessera: \(kind): \(text)\n"
    let bytes = Array(line.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}
