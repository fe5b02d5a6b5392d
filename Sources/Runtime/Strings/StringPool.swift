/// The strings of a session, each with a number of its own, so that equal strings have equal numbers: what the elements of tensors of strings are.
///
/// Number 0 is the empty string. Those of the module come next and stay; what a call brings and makes is forgotten at its end.
final class StringPool {
  private var texts: [[UInt8]]
  private var numbers: [[UInt8]: Int64] = [:]
  /// The number of strings of the module.
  private let moduleCount: Int
  /// The bytes of the strings that are not the module's.
  private var byteCount = 0
  /// A call has at most so many strings that differ, with so many bytes: a module must not take all memory with an endless loop.
  static let countLimit = 1 << 22
  static let byteLimit = 1 << 28

  /// Creates a pool with the strings of a module.
  init(_ strings: [String]) {
    texts = [[]] + strings.map { Array($0.utf8) }
    moduleCount = texts.count
    // Messages may say what a string of the model says: the first one counts, and the model's come first.
    for (number, text) in texts.enumerated() where numbers[text] == nil { numbers[text] = Int64(number) }
  }

  /// Returns the number of a string, which it gets now if it has none.
  func number(of text: [UInt8]) throws(RuntimeError) -> Int64 {
    if let number = numbers[text] { return number }
    guard texts.count - moduleCount < Self.countLimit, text.count <= Self.byteLimit - byteCount else {
      throw .failedInstruction(
        .resourceExhausted, "a call takes and makes more than \(Self.countLimit) strings, or \(Self.byteLimit) bytes of them")
    }
    byteCount += text.count
    let number = Int64(texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  /// Returns the string with a number. Errors: there is none.
  func text(_ number: Int64) throws(RuntimeError) -> [UInt8] {
    guard let index = Int(exactly: number), texts.indices.contains(index) else { throw .unknownString(number) }
    return texts[index]
  }

  /// Returns for each of `numbers` how many different strings with these come before its own, by their bytes. Errors: there is no such string.
  func ranks(of numbers: Set<Int64>) throws(RuntimeError) -> [Int64: Int64] {
    var known: [(number: Int64, text: [UInt8])] = []
    for number in numbers { known.append((number, try text(number))) }
    known.sort { $0.text.lexicographicallyPrecedes($1.text) }
    var ranks: [Int64: Int64] = [:]
    var rank: Int64 = 0
    for (i, own) in known.enumerated() {
      if i > 0, own.text != known[i - 1].text { rank += 1 }
      ranks[own.number] = rank
    }
    return ranks
  }

  /// Forgets what is not the module's.
  func endCall() {
    guard texts.count > moduleCount else { return }
    for text in texts[moduleCount...] { numbers[text] = nil }
    texts.removeSubrange(moduleCount...)
    byteCount = 0
  }
}
