import Synchronization

/// Packings that a user wrote in a file: a rule a line, the first one that fits counts.
///
///     # What it is for      =>  how it lies
///     constant columns=64.. =>  layout 1,0 1:64
///     tag=first             =>  generic-gemm m=8 n=16 k=1 order=mnk
///     *                     =>  identity
///
/// Before the arrow stand conditions on an operand, which must all hold; `*` is none. Behind it stands `layout` with the text of a `TensorLayout`,
/// which fits operands of its number of dimensions, or the name of a registered packing with its parameters.
public struct PackingSpec: EncodingResolver {
  private struct Rule: Sendable {
    /// The line of the rule, and its text.
    var line: Int
    var text: String
    var conditions: [PackingCondition]
    var packing: any EncodingResolver
  }

  private var rules: [Rule] = []
  private let uses = Uses()

  /// The rules that decided a layout, by number.
  private final class Uses: Sendable {
    let numbers = Mutex<Set<Int>>([])
  }

  /// The rules that have decided no layout so far: the line and the text of each.
  public var unusedRules: [(line: Int, text: String)] {
    let used = uses.numbers.withLock { $0 }
    return rules.enumerated().filter { !used.contains($0.offset) }.map { (line: $0.element.line, text: $0.element.text) }
  }

  /// Reads the text of a spec. Packings that it names must be in `packings`.
  public init(_ text: String, packings: PackingRegistry = .standard) throws(PackingError) {
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let code = line.prefix { $0 != "#" }.filter { $0 != "\r" }
      if code.allSatisfy(\.isWhitespace) { continue }
      do throws(PackingError) {
        rules.append(try Self.rule(code, packings, line: i + 1))
      } catch {
        throw PackingError(error.text, line: i + 1)
      }
    }
  }

  private static func rule(_ text: String, _ packings: PackingRegistry, line: Int) throws(PackingError) -> Rule {
    let all = words(text[...]).joined(separator: " ")
    guard let arrow = text.firstRange(of: "=>") else { throw PackingError("a rule is written as 'CONDITION ... => PACKING'") }
    let before = words(text[..<arrow.lowerBound]), after = words(text[arrow.upperBound...])
    guard !before.isEmpty else { throw PackingError("there is no condition before '=>'; write '*' for all operands") }
    guard let name = after.first else { throw PackingError("there is no packing behind '=>'") }
    var conditions: [PackingCondition] = []
    if before != ["*"] { for word in before { conditions.append(try PackingCondition(word)) } }
    if name != "layout" {
      let packing = try packings.make(String(name), PackingParameters(Array(after.dropFirst())))
      return Rule(line: line, text: all, conditions: conditions, packing: packing)
    }
    let layout = after.dropFirst().joined(separator: " ")
    let rank = after.count > 1 ? after[1].split(separator: ",").count : 0
    guard let layout = TensorLayout(layout, rank: rank) else {
      throw PackingError("'\(layout)' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'")
    }
    return Rule(line: line, text: all, conditions: conditions, packing: FixedLayout(layout: layout))
  }

  private static func words(_ text: Substring) -> [Substring] { text.split { $0 == " " || $0 == "\t" } }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? {
    for (number, rule) in rules.enumerated() {
      var fits = true
      for condition in rule.conditions { fits = fits && condition.holds(encoding) }
      if fits, let layout = rule.packing.layout(of: encoding) {
        uses.numbers.withLock { _ = $0.insert(number) }
        return layout
      }
    }
    return nil
  }
}

/// One layout for all operands of its number of dimensions.
private struct FixedLayout: EncodingResolver {
  let layout: TensorLayout
  func layout(of encoding: ContractionEncoding) -> TensorLayout? { layout.rank == encoding.own.count ? layout : nil }
}
