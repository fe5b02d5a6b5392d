/// Reads the syntax of RE2. What it has and this has not is refused by name.
struct PatternParser {
  /// The flags that hold from a place on to the end of its group.
  struct Flags {
    var ignoresCase = false
    var linesBeginAndEnd = false
    var dotTakesNewline = false
  }

  /// The characters that are left, the next one last.
  private var rest: [Unicode.Scalar]
  var flags = Flags()
  /// The number of open groups.
  private var depth = 0
  /// Groups nest at most so deep.
  private static let depthLimit = 200
  /// A number of repetitions is at most this, as in RE2.
  private static let repetitionLimit = 1000

  /// Reads `text` as a pattern.
  static func parse(_ text: String) throws(PatternError) -> PatternNode {
    var parser = PatternParser(rest: text.unicodeScalars.reversed())
    let node = try parser.choice()
    guard parser.rest.isEmpty else { throw PatternError(reason: "it has a ')' that no '(' opens") }
    return node
  }

  private init(rest: [Unicode.Scalar]) { self.rest = rest }

  // MARK: characters

  /// The next character, which stays.
  var next: Unicode.Scalar? { rest.last }

  /// `true` iff the text goes on with `text`, which is skipped then.
  mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard rest.count >= wanted.count, rest.suffix(wanted.count).reversed().elementsEqual(wanted) else { return false }
    rest.removeLast(wanted.count)
    return true
  }

  /// The next character.
  mutating func take() -> Unicode.Scalar? { rest.popLast() }

  /// The characters up to `end`, which is skipped; `nil` if it does not come.
  mutating func take(upTo end: Unicode.Scalar) -> String? {
    guard let place = rest.lastIndex(of: end) else { return nil }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: rest[(place + 1)...].reversed())
    rest.removeSubrange(place...)
    return String(text)
  }

  // MARK: groups

  /// Alternatives, up to the end of the group.
  private mutating func choice() throws(PatternError) -> PatternNode {
    var branches = [try sequence()]
    while skip("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  /// Parses a sequence, up to the end of the alternative.
  private mutating func sequence() throws(PatternError) -> PatternNode {
    var parts: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if skip("\\Q") {
        while next != nil, !skip("\\E") { if let literal = take() { parts.append(try self.literal(literal)) } }
        continue
      }
      guard let part = try atom() else { continue }
      parts.append(try repeated(part))
    }
    return .sequence(parts)
  }

  /// Parses an atom, which a repetition may follow; `nil` for flags.
  private mutating func atom() throws(PatternError) -> PatternNode? {
    guard let scalar = take() else { return .empty }
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracketed())
    case ".": return .set(ScalarSet([.init(ranges: flags.dotTakesNewline ? [0...0x10FFFF] : [0...0x09, 0x0B...0x10FFFF])]))
    case "^": return .assertion(flags.linesBeginAndEnd ? .lineBegins : .textBegins)
    case "$": return .assertion(flags.linesBeginAndEnd ? .lineEnds : .textEnds)
    case "*", "+", "?": throw PatternError(reason: "'\(scalar)' follows nothing that it could repeat")
    case "\\": return try escape()
    default: return try literal(scalar)
    }
  }

  /// One character.
  func literal(_ scalar: Unicode.Scalar) throws(PatternError) -> PatternNode {
    try requireCase(scalar.value...scalar.value)
    return .set(ScalarSet(scalar.value, ignoresCase: flags.ignoresCase))
  }

  /// Throws where case does not count and characters beyond ASCII are named: their cases are not known here.
  func requireCase(_ range: ClosedRange<UInt32>) throws(PatternError) {
    guard flags.ignoresCase, range.upperBound > 0x7F else { return }
    throw PatternError(reason: "it has a character beyond ASCII under the flag 'i', which is not supported")
  }

  /// Parses a group, after the opening parenthesis; `nil` for flags alone.
  private mutating func group() throws(PatternError) -> PatternNode? {
    let outer = flags
    if skip("?") {
      for construct in ["=", "!", "<=", "<!"] where skip(construct) {
        throw PatternError(reason: "it looks ahead or behind, '(?\(construct)', which RE2 has not")
      }
      for construct in [">", "#", "(", "|", "R", "&", "P=", "P>"] where skip(construct) {
        throw PatternError(reason: "it has a group '(?\(construct)', which RE2 has not")
      }
      if skip("P<") || skip("<") {
        guard let name = take(upTo: ">"), !name.isEmpty else { throw PatternError(reason: "a group has no name") }
      } else if try readFlags() {
        return nil
      }
    }
    depth += 1
    guard depth <= Self.depthLimit else { throw PatternError(reason: "its groups nest more than \(Self.depthLimit) deep") }
    let node = try choice()
    guard skip(")") else { throw PatternError(reason: "it has a '(' that no ')' closes") }
    depth -= 1
    flags = outer
    return node
  }

  /// Reads the flags of a group; `true` iff they stand alone, for the rest of the group around.
  private mutating func readFlags() throws(PatternError) -> Bool {
    var sets = true
    while let scalar = take() {
      switch scalar {
      case "i": flags.ignoresCase = sets
      case "m": flags.linesBeginAndEnd = sets
      case "s": flags.dotTakesNewline = sets
      case "U": break  // which of several matches counts does not matter where all of the text must match
      case "-" where sets: sets = false
      case ":": return false
      case ")": return true
      default: throw PatternError(reason: "it has the flag '\(scalar)', which RE2 has not")
      }
    }
    throw PatternError(reason: "it has a '(' that no ')' closes")
  }

  // MARK: repetition

  /// `part` with what says how often it comes.
  private mutating func repeated(_ part: PatternNode) throws(PatternError) -> PatternNode {
    guard let (least, most) = try repetition() else { return part }
    // A longer or a shorter match: all of the text must match, so it does not matter.
    _ = skip("?")
    if let scalar = next, "*+?".unicodeScalars.contains(scalar) {
      throw PatternError(reason: "it repeats a repetition, or possessively: '\(scalar)'")
    }
    if try repetition() != nil { throw PatternError(reason: "it repeats a repetition: '{'") }
    return .repetition(part, least: least, most: most)
  }

  /// Parses the bounds of a repetition, if the text has them.
  private mutating func repetition() throws(PatternError) -> (least: Int, most: Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    let before = rest
    guard skip("{"), let inside = take(upTo: "}") else {
      rest = before
      return nil
    }
    let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
    // A number that is too large for an `Int` is too large in any case.
    let numbers = parts.map { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) ?? .max : nil }
    // A brace that says no number is a character as any other.
    guard parts.count <= 2, let least = numbers[0], parts.count == 1 || parts[1].isEmpty || numbers[1] != nil else {
      rest = before
      return nil
    }
    let most = parts.count == 1 ? least : numbers[1]
    guard max(least, most ?? 0) <= Self.repetitionLimit, least <= most ?? least else {
      throw PatternError(reason: "it repeats '{\(inside)}' times; up to \(Self.repetitionLimit) are possible")
    }
    return (least, most)
  }
}
