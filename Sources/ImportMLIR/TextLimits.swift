import TesseraDiagnostics

/// Limits of MLIR text that are checked before upstream's parser sees it: the parser calls itself for every bracket, sign and operator of an
/// expression, and takes time that grows with the square of a word's length.
struct TextLimits {
  /// The most brackets that may be open at once.
  static let depth = 1_000
  /// The most operators of one expression.
  static let operators = 1_000
  /// The most bytes of one word outside of quotes.
  static let wordLength = 10_000
  /// The most parts that an alias may stand for, the parts of the aliases in it included.
  static let aliasParts = 1 << 22

  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var line = 1
  /// For each open bracket: the operators since the last separator.
  private var operators = [0]
  /// The deepest nesting and the number of parts of what stands since the alias definition began.
  private var extent = Extent()
  /// The definition of each alias, by its name with the sign before it.
  private var aliases: [String: Extent] = [:]
  /// The alias that is being defined.
  private var definition: String?
  /// The last byte that is neither a space nor part of a comment.
  private var last: UInt8 = 0

  /// The depth and size of an attribute or a type after its aliases are expanded.
  private struct Extent {
    var depth = 0
    var parts = 0
  }

  /// Throws where the text in `bytes` exceeds a limit.
  static func check(_ bytes: UnsafeRawBufferPointer, path: String) throws(Diagnostic) {
    var limits = TextLimits(bytes: bytes, path: path)
    try limits.scan()
  }

  private init(bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  private func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[at] : 0 }

  // MARK: scanning

  private mutating func scan() throws(Diagnostic) {
    var at = 0
    while at < bytes.count {
      let first = bytes[at]
      switch first {
      case UInt8(ascii: " "): at += 1
      case UInt8(ascii: "\n"):
        line += 1
        at += 1
        if definition != nil, isDefinitionOver(at) { endDefinition() }
      case UInt8(ascii: "/") where byte(at + 1) == UInt8(ascii: "/"): at = endOfLine(at)
      case UInt8(ascii: "\""): at = endOfString(at)
      // An arrow, and comparisons of integer sets, are no brackets.
      case UInt8(ascii: "-") where byte(at + 1) == UInt8(ascii: ">"): at += 2
      case UInt8(ascii: "<") where byte(at + 1) == UInt8(ascii: "="): at += 2
      case UInt8(ascii: ">") where byte(at + 1) == UInt8(ascii: "="): at += 2
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"):
        try open()
        at += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"):
        if operators.count > 1 { operators.removeLast() }
        at += 1
      case UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: ":"):
        operators[operators.count - 1] = 0
        extent.parts += 1
        at += 1
      case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"):
        try countOperator()
        at += 1
      case UInt8(ascii: "#"), UInt8(ascii: "!"): at = try word(at)
      case first where isWordByte(first): at = try word(at)
      default: at += 1
      }
      if first > UInt8(ascii: " "), first != UInt8(ascii: "/") { last = first }
    }
  }

  private mutating func open() throws(Diagnostic) {
    operators.append(0)
    extent.parts += 1
    try reach(operators.count - 1)
  }

  /// Notes that brackets are nested `depth` deep.
  private mutating func reach(_ depth: Int) throws(Diagnostic) {
    guard depth <= Self.depth else { throw .textLimit(path, line, "brackets are nested more than \(Self.depth) deep") }
    extent.depth = max(extent.depth, depth)
  }

  private mutating func countOperator() throws(Diagnostic) {
    operators[operators.count - 1] += 1
    guard operators[operators.count - 1] <= Self.operators else {
      throw .textLimit(path, line, "an expression has more than \(Self.operators) operators")
    }
  }

  /// The position after the text in quotes that begins at `start`.
  private mutating func endOfString(_ start: Int) -> Int {
    var at = start + 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\n") { line += 1 }
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return at + 1
  }

  private func endOfLine(_ start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    return at
  }

  // MARK: words

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "."), UInt8(ascii: "?"): true
    default: false
    }
  }

  /// Reads the word at `start`, and returns the position after it.
  private mutating func word(_ start: Int) throws(Diagnostic) -> Int {
    var at = start + 1
    while at < bytes.count, isWordByte(bytes[at]) { at += 1 }
    guard at - start <= Self.wordLength else { throw .textLimit(path, line, "a word has more than \(Self.wordLength) bytes") }
    extent.parts += 1
    let first = bytes[start]
    if first == UInt8(ascii: "#") || first == UInt8(ascii: "!") {
      try alias(String(decoding: bytes[start..<at], as: UTF8.self), at)
    } else if at - start >= 3, isOperatorWord(start, at) {
      try countOperator()
    }
    return at
  }

  private func isOperatorWord(_ start: Int, _ end: Int) -> Bool {
    func spells(_ word: StaticString) -> Bool {
      word.utf8CodeUnitCount == end - start && (0..<(end - start)).allSatisfy { bytes[start + $0] == word.utf8Start[$0] }
    }
    return spells("mod") || spells("floordiv") || spells("ceildiv")
  }

  /// Notes the use of an alias, or the beginning of its definition: a name outside of all brackets, with `=` after it.
  private mutating func alias(_ name: String, _ end: Int) throws(Diagnostic) {
    if operators.count == 1, byte(afterSpace(end)) == UInt8(ascii: "=") {
      endDefinition()
      definition = name
      return
    }
    guard let known = aliases[name] else { return }
    try reach(operators.count - 1 + known.depth)
    guard definition != nil else { return }
    extent.parts += known.parts
    guard extent.parts <= Self.aliasParts else {
      throw .textLimit(path, line, "the alias '\(name)' stands for more than \(Self.aliasParts) parts")
    }
  }

  private func afterSpace(_ start: Int) -> Int {
    var at = start
    while byte(at) == UInt8(ascii: " ") || byte(at) == UInt8(ascii: "\n") { at += 1 }
    return at
  }

  /// `true` iff a definition ends with the line before `start`: nothing is open, and neither line asks for the other.
  private func isDefinitionOver(_ start: Int) -> Bool {
    let separators = [UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ",")]
    return operators.count == 1 && !separators.contains(last) && !separators.contains(byte(afterSpace(start)))
  }

  private mutating func endDefinition() {
    if let definition { aliases[definition] = extent }
    extent = Extent()
    definition = nil
  }
}
