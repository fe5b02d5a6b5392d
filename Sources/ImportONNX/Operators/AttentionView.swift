import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Which keys a query may see by its place: those up to itself, those in a window around it, and those that are no padding.
struct AttentionView {
  private let isCausal: Bool
  /// How many keys to the left and right are seen; `nil` for all.
  private let left, right: Int?
  /// The keys before the first query, where all sequences have equally many.
  private let past: IndexExpression
  /// The numbers of keys of the sequences that are no padding.
  private let lengths: GraphTensor?
  private let queries: IndexExpression

  /// Each query sees the keys up to itself, after `past` ones.
  init(causalAfter past: IndexExpression) {
    (isCausal, left, right, lengths) = (true, nil, nil, nil)
    (self.past, queries) = (past, .zero)
  }

  /// What the attributes and the input 6 of `node` say.
  init(_ node: Node, _ attention: AttentionParts) throws(Diagnostic) {
    func window(_ name: String) throws(Diagnostic) -> Int? {
      let size = node.integer(name, default: -1)
      guard size >= -1, size <= Int(Int32.max) else { throw .invalidAttribute(node, name, "\(size)", expected: "-1, or a number of keys") }
      return size < 0 ? nil : size
    }
    isCausal = node.flag("is_causal")
    (left, right) = (try window("left_window_size"), try window("right_window_size"))
    past = attention.past
    queries = attention.query.shape[2]
    lengths = node.optionalInput(6)
    guard let lengths else { return }
    if node.optionalInput(4) != nil { throw .unsupportedForm(node, "has 'nonpad_kv_seqlen' beside a cache of its own") }
    guard lengths.elementType.isInteger, lengths.rank == 1,
      node.graph.unify(lengths.shape[0], attention.query.shape[0], "the batch size of '\(node.label)' and the size of '\(lengths.name)'")
        != nil
    else { throw .wrongShape(node, lengths, "an integer for each sequence") }
  }

  /// `scores` with -infinity for keys that a query does not see.
  func hiding(_ scores: GraphTensor, _ node: Node) -> GraphTensor {
    if !isCausal, left == nil, right == nil, lengths == nil { return scores }
    let type = scores.elementType
    let shift = node.graph.index(lengths == nil ? past : IndexExpression.zero - queries)
    let operands = [Operand(scores, scores.shape.indices.map { $0 })] + (lengths.map { [Operand($0, [0])] } ?? [])
    return node.graph.map(operands, shape: scores.shape, type) { b, e in
      let key = b.position(3), length = lengths == nil ? nil : b.asIndex(e[1])
      var own = b.plus(b.position(2), shift)
      var bounds: [Value] = []
      if let length {
        own = b.plus(own, length)
        bounds.append(b.compare(.less, key, length))
      }
      if isCausal { bounds.append(b.compare(.lessOrEqual, key, own)) }
      if let left { bounds.append(b.compare(.lessOrEqual, b.minus(own, b.index(left)), key)) }
      if let right { bounds.append(b.compare(.lessOrEqual, key, b.plus(own, b.index(right)))) }
      return b.select(bounds.dropFirst().reduce(bounds[0], b.and), e[0], Scalars(b, type).constant(-.infinity))
    }
  }
}
