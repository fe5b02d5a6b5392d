import Glibc

/// What the program prints for people, on standard error.
enum Terminal {
  /// `true` iff standard error is a terminal: progress is only shown there.
  static let isInteractive = isatty(STDERR_FILENO) == 1
  private static let hasColour = isInteractive && (getenv("NO_COLOR").map { $0[0] == 0 } ?? true)

  /// Prints a diagnostic: its first line starts with the kind of error.
  static func error(_ text: String) {
    clearLine()
    var text = text
    if hasColour, let colon = text.firstIndex(of: ":") { text = "\u{1B}[31m\(text[...colon])\u{1B}[0m\(text[text.index(after: colon)...])" }
    write("tessera: \(text)\n")
  }

  /// Prints a line.
  static func line(_ text: String) {
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
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}
