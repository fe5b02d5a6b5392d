import TesseraLibC

/// Arguments that stand in a file.
enum ArgumentFile {
  /// The arguments of a response file, `@FILE`: words between spaces and line breaks; quotes and backslashes protect both, as a shell has it.
  static func words(path: String) throws(UsageError) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in try text(path) {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw UsageError("the file '\(path)' of arguments ends within quotes") }
    return words + (word.map { [$0] } ?? [])
  }

  /// The flags of `--flagfile=FILE`: one a line, as they stand; empty lines and those that begin with `#` count for nothing.
  static func flags(path: String) throws(UsageError) -> [String] {
    let lines = try text(path).split(whereSeparator: \.isNewline).map { line in
      String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
    let flags = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    if let other = flags.first(where: { !$0.hasPrefix("-") }) {
      throw UsageError("the file '\(path)' of flags has the line '\(other)', which is no flag")
    }
    return flags
  }

  /// The most bytes of a command line: a device that never ends is refused.
  private static let byteLimit = 1 << 20

  /// The text of a file; `-` is standard input.
  private static func text(_ path: String) throws(UsageError) -> String {
    let file = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    func failure() -> UsageError {
      UsageError("cannot read the file '\(path)' of arguments: \(String(cString: strerror(errno)).lowercased())", status: "NOT_FOUND")
    }
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      if count == 0 { break }
      bytes += buffer[..<count]
      guard bytes.count <= byteLimit else { throw UsageError("the file '\(path)' of arguments has more than \(byteLimit) bytes") }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
