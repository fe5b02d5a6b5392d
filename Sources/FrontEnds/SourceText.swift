/// The start of a file of text, as a reader that looks for a language sees it.
package struct SourceText {
  /// So much of a file is looked at.
  private static let limit = 1 << 20

  private let lines: [Substring]

  /// `nil` if the bytes are no text.
  package init?(_ file: FormatBytes) {
    let head = file.bytes.prefix(Self.limit)
    guard head.allSatisfy({ $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D || $0 == 0x0C }) else { return nil }
    var text = String(decoding: head, as: UTF8.self)
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty }
  }

  package func starts(with text: String) -> Bool {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: true)
    return zip(lines, parts).allSatisfy { $0.hasPrefix($1) } && lines.count >= parts.count
  }

  package func startsIgnoringCase(with texts: [String]) -> Bool {
    lines.first.map { line in texts.contains { line.lowercased().hasPrefix($0) } } ?? false
  }

  package func contains(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

  /// The lines of code: comments of MLIR are none.
  private var code: some Sequence<Substring> { lines.lazy.filter { !$0.hasPrefix("//") } }

  /// `true` iff the first line of code begins as a file of MLIR does.
  package var looksLikeMLIR: Bool {
    guard let first = code.first(where: { _ in true }) else { return false }
    return [
      "module", "func", "builtin.module", "\"builtin.module\"", "ml_program.", "#", "!", "{-#", "%", "\"func.func\"", "memref.global",
      "util.",
    ]
    .contains { first.hasPrefix($0) }
  }

  /// `true` iff an operation of `dialect` begins a line, or stands behind the results that it gives.
  package func usesDialect(_ dialect: String) -> Bool {
    let names = ["\(dialect).", "\"\(dialect)."]
    return code.contains { line in
      if names.contains(where: line.hasPrefix) { return true }
      guard line.hasPrefix("%"), let equals = line.firstIndex(of: "=") else { return false }
      let rest = line[line.index(after: equals)...].drop(while: \.isWhitespace)
      return names.contains(where: rest.hasPrefix)
    }
  }
}
