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
    var conditions: [PackingCondition]
    var packing: any EncodingResolver
  }

  private var rules: [Rule] = []

  /// Reads the text of a spec. Packings that it names must be in `packings`.
  public init(_ text: String, packings: PackingRegistry = .standard) throws(PackingError) {
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let code = line.prefix { $0 != "#" }.filter { $0 != "\r" }
      if code.allSatisfy(\.isWhitespace) { continue }
      do throws(PackingError) {
        rules.append(try Self.rule(code, packings))
      } catch {
        throw PackingError(error.text, line: i + 1)
      }
    }
  }

  private static func rule(_ text: String, _ packings: PackingRegistry) throws(PackingError) -> Rule {
    guard let arrow = text.firstRange(of: "=>") else { throw PackingError("a rule is written as 'CONDITION ... => PACKING'") }
    let before = words(text[..<arrow.lowerBound]), after = words(text[arrow.upperBound...])
    guard !before.isEmpty else { throw PackingError("there is no condition before '=>'; write '*' for all operands") }
    guard let name = after.first else { throw PackingError("there is no packing behind '=>'") }
    var conditions: [PackingCondition] = []
    if before != ["*"] { for word in before { conditions.append(try PackingCondition(word)) } }
    if name != "layout" {
      return Rule(conditions: conditions, packing: try packings.make(String(name), PackingParameters(Array(after.dropFirst()))))
    }
    let layout = after.dropFirst().joined(separator: " ")
    let rank = after.count > 1 ? after[1].split(separator: ",").count : 0
    guard let layout = TensorLayout(layout, rank: rank) else {
      throw PackingError("'\(layout)' is no layout; write the order of the dimensions, then tiles as dimension:size, such as '1,0 1:32'")
    }
    return Rule(conditions: conditions, packing: FixedLayout(layout: layout))
  }

  private static func words(_ text: Substring) -> [Substring] { text.split { $0 == " " || $0 == "\t" } }

  public func layout(of encoding: ContractionEncoding) -> TensorLayout? {
    for rule in rules {
      var fits = true
      for condition in rule.conditions { fits = fits && condition.holds(encoding) }
      if fits, let layout = rule.packing.layout(of: encoding) { return layout }
    }
    return nil
  }
}

/// One layout for all operands of its number of dimensions.
private struct FixedLayout: EncodingResolver {
  let layout: TensorLayout
  func layout(of encoding: ContractionEncoding) -> TensorLayout? { layout.rank == encoding.own.count ? layout : nil }
}
