import TesseraCommandLineOptions
import TesseraFiles
import TesseraLibC

/// The output of the program: results on standard output, all else on standard error.
enum Console {
  /// Prints a result. Errors: the reader has gone, or the disk is full.
  static func print(_ text: String) throws {
    do throws(FileError) { try StandardOutput.print(text) } catch {
      // Who pipes into `head` knows that it reads no further.
      throw error.kind == .noReader ? ReportedFailure(code: .failed) : error
    }
  }

  /// Prints an error, with the word for its kind.
  static func error(_ text: String, status: String, id: String? = nil) { message(Message(.error, status: status, id: id, text)) }

  /// Prints a warning: something that was asked for has no effect, or figures are doubtful.
  static func warning(_ text: String) { message(Message(.warning, text)) }

  /// Prints a note.
  static func note(_ text: String) { message(Message(.note, text)) }

  /// `true` iff standard error is a terminal: progress is only shown there.
  private static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Shows what goes on, in place of what was shown before; nothing in a pipe. An empty text removes it.
  static func progress(_ text: String) { if isInteractive { write("\r\u{1B}[K\(text)") } }

  /// `true` iff standard error is a terminal, and the user did not ask for no colours (no-color.org).
  private static let hasColour = isInteractive && (getenv("NO_COLOR").map { $0[0] == 0 } ?? true)

  /// Prints a message to standard error.
  static func message(_ message: Message) {
    write(message.line(hasColour: hasColour))
  }

  /// Writes text to standard error as it is.
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { TesseraLibC.write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}
