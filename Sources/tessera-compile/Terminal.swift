import TesseraCommandLineOptions
import TesseraDiagnostics
import TesseraFiles
import TesseraLibC

/// The messages of the program for people, on standard error.
enum Terminal {
  /// `true` iff standard error is a terminal: progress is only shown there.
  static let isInteractive = isatty(STDERR_FILENO) == 1
  private static let hasColour = isInteractive && (getenv("NO_COLOR").map { $0[0] == 0 } ?? true)

  /// Prints a result and a line's end on standard output. Errors: the reader has gone, or the disk is full.
  static func result(_ text: String) throws(FileError) { try StandardOutput.print(text + "\n") }

  /// Prints a message.
  static func print(_ message: Message) {
    clearLine()
    write(message.line(hasColour: hasColour))
  }

  /// Prints a remark.
  static func note(_ text: String) { print(Message(.note, text)) }

  /// Prints a warning: something that was asked for has no effect.
  static func warning(_ text: String) { print(Message(.warning, text)) }

  /// Prints a line.
  static func line(_ text: String) {
    if Message.isJSON { return note(text) }
    clearLine()
    write(text + "\n")
  }

  /// Shows what goes on, in place of what was shown before; nothing in a pipe.
  static func progress(_ text: String) {
    guard isInteractive else { return }
    write("\r\u{1B}[K\(text)")
  }

  /// Removes the progress line.
  static func clearLine() { if isInteractive { write("\r\u{1B}[K") } }

  private static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { TesseraLibC.write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}

extension Diagnostic {
  /// The message to print.
  var printed: Message {
    Message(
      category == .compilerBug ? .compilerBug : .error, status: status, id: id, message, location: location, notes: notes, help: help)
  }
}
