/// A condition on an operand, as a word of a spec.
///
/// | word | holds for |
/// |---|---|
/// | `operand=0`, `operand=1`, `operand=result` | this operand |
/// | `constant`, `computed` | what is known at compile time, and what is not |
/// | `elements=f32,f32,f32` | element types of both inputs and the result; `_` is any |
/// | `rows=1..8`, `columns=`, `reduction=`, `batch=` | the product of the loops of the kind, as the operand sees them: `64`, `64..`, `..64`, or `?` for unknown |
/// | `rank=2` | tensors of so many dimensions |
/// | `tag=NAME` | operations with the tag in `tessera.tags` |
enum PackingCondition: Sendable {
  case operand(Int)
  case isConstant(Bool)
  case elements([String])
  case count(ContractionEncoding.LoopKind, ClosedRange<Int>)
  case isUnknown(ContractionEncoding.LoopKind)
  case rank(Int)
  case tag(String)

  private static let kinds: [String: ContractionEncoding.LoopKind] = [
    "rows": .row, "columns": .column, "reduction": .reduction, "batch": .batch,
  ]

  /// Reads a word.
  init(_ word: Substring) throws(PackingError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let value = parts.count == 2 ? parts[1] : nil
    switch (parts[0], value) {
    case ("constant", nil): self = .isConstant(true)
    case ("computed", nil): self = .isConstant(false)
    case ("tag", let name?) where !name.isEmpty: self = .tag(name)
    case ("operand", let text?):
      guard let number = ["0": 0, "1": 1, "result": 2][text] else { throw PackingError("'operand' must be 0, 1 or result, not '\(text)'") }
      self = .operand(number)
    case ("elements", let text?):
      let types = text.split(separator: ",").map(String.init)
      guard types.count == 3 else { throw PackingError("'elements' must have three types such as f32,f32,f32, not '\(text)'") }
      self = .elements(types)
    case ("rank", let text?):
      guard let rank = Int(text), rank >= 0 else { throw PackingError("'rank' must be a number, not '\(text)'") }
      self = .rank(rank)
    case (let name, let text?) where Self.kinds[name] != nil:
      let kind = Self.kinds[name]!
      if text == "?" {
        self = .isUnknown(kind)
      } else {
        self = .count(kind, try Self.range(text, name))
      }
    default:
      throw PackingError(
        "'\(word)' is no condition; the conditions are operand=, constant, computed, elements=, rows=, columns=, reduction=, batch=, rank=, tag="
      )
    }
  }

  /// Reads `64`, `64..`, `..64` or `8..64`.
  private static func range(_ text: String, _ name: String) throws(PackingError) -> ClosedRange<Int> {
    let ends = text.firstRange(of: "..").map { (text[..<$0.lowerBound], text[$0.upperBound...]) } ?? (text[...], text[...])
    let low = ends.0.isEmpty ? 0 : Int(ends.0), high = ends.1.isEmpty ? Int.max : Int(ends.1)
    guard let low, let high, low >= 0, low <= high, text != ".." else {
      throw PackingError("'\(name)' must be a size or a range such as 64, 64.., ..64 or 8..64, not '\(text)'")
    }
    return low...high
  }

  /// `true` iff the condition holds for the operand.
  func holds(_ encoding: ContractionEncoding) -> Bool {
    switch self {
    case .operand(let number): encoding.operand == number
    case .isConstant(let wanted): encoding.isConstant == wanted
    case .elements(let types):
      zip(types, encoding.elements).allSatisfy { $0 == "_" || $0 == "\($1)" }
    case .count(let kind, let range): encoding.count(kind).map(range.contains) ?? false
    case .isUnknown(let kind): encoding.count(kind) == nil
    case .rank(let rank): encoding.own.count == rank
    case .tag(let name): encoding.tags.contains(name)
    }
  }
}
