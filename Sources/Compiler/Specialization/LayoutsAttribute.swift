import TesseraEncodings
import TesseraMLIR

/// The attribute by which users choose the layouts of a contraction's operands, the result last: `tessera.layouts = ["", "1,0 1:32"]`.
enum LayoutsAttribute {
  static let name = "tessera.layouts"

  /// The text for operand `k` of `op`; `nil` if the user wrote nothing for it.
  static func text(_ op: Operation, operand k: Int) -> String? {
    guard let texts = op.attribute(name)?.arrayValue, k < texts.count, let text = texts[k].stringValue, !text.isEmpty else { return nil }
    return text
  }

  /// The attribute for operands whose dimensions have another order: dimension `permutations[k][j]` of operand k is its dimension j now. A layout says
  /// how a tensor lies in memory, which does not change. Text that is no layout stays for the error message.
  static func permuted(_ attribute: Attribute, _ permutations: [[Int]?], _ context: Context) -> Attribute {
    guard let texts = attribute.arrayValue else { return attribute }
    let changed = texts.enumerated().map { k, text -> Attribute in
      guard k < permutations.count, let permutation = permutations[k],
        let layout = text.stringValue.flatMap({ TensorLayout($0, rank: permutation.count) })
      else { return text }
      let position = permutation.inverted
      let moved = TensorLayout(
        outer: layout.outer.map { position[$0] }, inner: layout.inner.map { .init(axis: position[$0.axis], size: $0.size) })
      return .string(moved.text, context)
    }
    return .array(changed, context)
  }
}
