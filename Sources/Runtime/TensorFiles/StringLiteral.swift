import TesseraModuleFormat

/// Strings as users write them on a command line: `2xstring=yes,no`, or in quotes where they have spaces, commas or brackets: `2xstring=["a b", 'c,d']`.
enum StringLiteral {
  /// Returns the strings in `text`; `nil` where a quote has no end.
  static func elements(_ text: Substring) -> [[UInt8]]? {
    var result: [[UInt8]] = []
    var rest = text.unicodeScalars[...]
    func isSeparator(_ scalar: Unicode.Scalar) -> Bool { " ,[]\t\n".unicodeScalars.contains(scalar) }
    while true {
      rest = rest.drop(while: isSeparator)
      guard let first = rest.first else { return result }
      if first == "'" || first == "\"" {
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: first) else { return nil }
        result.append(Array(String(rest[..<end]).utf8))
        rest = rest[end...].dropFirst()
      } else {
        let word = rest.prefix { !isSeparator($0) }
        result.append(Array(String(word).utf8))
        rest = rest[word.endIndex...]
      }
    }
  }
}
