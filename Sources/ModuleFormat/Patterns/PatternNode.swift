/// A pattern as a tree.
indirect enum PatternNode {
  /// Matches between characters.
  case empty
  /// One character of a set.
  case set(ScalarSet)
  /// One after the other.
  case sequence([PatternNode])
  /// One of them.
  case choice([PatternNode])
  /// A repetition, `least` to `most` times; `nil` is any number.
  case repetition(PatternNode, least: Int, most: Int?)
  /// A condition on the place in the text.
  case assertion(PatternAssertion)
}

/// A condition on a place in a text.
enum PatternAssertion: Hashable, Sendable {
  case textBegins, textEnds, lineBegins, lineEnds, wordBoundary, noWordBoundary

  /// `true` iff it holds between two characters, of which one is missing at each end of the text.
  func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
    func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      guard let scalar else { return false }
      switch scalar {
      case "0"..."9", "A"..."Z", "a"..."z", "_": return true
      default: return false
      }
    }
    switch self {
    case .textBegins: return before == nil
    case .textEnds: return after == nil
    case .lineBegins: return before == nil || before == "\n"
    case .lineEnds: return after == nil || after == "\n"
    case .wordBoundary: return isWord(before) != isWord(after)
    case .noWordBoundary: return isWord(before) == isWord(after)
    }
  }
}

/// Why a text is no pattern that is known here.
public struct PatternError: Error, Hashable, Sendable {
  /// A clause that names what is wrong or not supported.
  public let reason: String
}
