import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Attention`: softmax(scale * Q K' + mask) V, with grouped heads, a cache of keys and values, and queries that see some of the keys only.
let lowerAttention: Lowering = { node throws(Diagnostic) in
  let attention = try AttentionParts(node)
  let graph = node.graph
  let softcap = node.float("softcap", default: 0)
  let product = attention.scores(node)
  let type = product.elementType
  func mapped(_ x: GraphTensor, _ body: (Scalars, Value) -> Value) -> GraphTensor {
    graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { body(Scalars($0, type), $1[0]) }
  }
  let scaled = attention.scaled(product, node)
  let capped =
    softcap == 0 ? scaled : mapped(scaled) { $0.multiply($0.constant(softcap), $0.call("math.tanh", $0.divide($1, $0.constant(softcap)))) }
  var scores = capped
  if let mask = node.optionalInput(3) { scores = try attention.masked(scores, mask, node) }
  scores = try AttentionView(node, attention).hiding(scores, node)
  let precise = try graph.convert(scores, to: node.softmaxType(type))
  let weights = node.softmax(precise, axes: [scores.rank - 1], zeroingEmptyRows: true)
  let result = attention.gather(weights, node)
  let results = [graph.convert(result, to: attention.query.elementType), attention.key, attention.value]
  if !node.hasOutput(3) { return results }
  let stages = [scaled, capped, scores, weights]
  let mode = node.integer("qk_matmul_output_mode", default: 0)
  guard stages.indices.contains(mode) else { throw .invalidAttribute(node, "qk_matmul_output_mode", "\(mode)", expected: "0 to 3") }
  return results + [graph.convert(stages[mode], to: attention.query.elementType)]
}

extension Node {
  /// The type in which the softmax is computed, or `type` if the node does not say.
  fileprivate func softmaxType(_ type: ElementType) throws(Diagnostic) -> ElementType {
    guard let number = integer("softmax_precision"), number != 0 else { return type }
    guard let wanted = ElementType(numeric: Int64(number)), wanted.isFloat else {
      throw .invalidAttribute(self, "softmax_precision", ElementType.onnxName(Int64(number)), expected: "a float")
    }
    return wanted
  }
}

/// Queries, keys and values of an attention as [batch, heads, sequence, size].
struct AttentionParts {
  let query: GraphTensor
  /// With the cached ones before them.
  let key: GraphTensor
  let value: GraphTensor
  /// What scores are multiplied with; `nil` stands for 1 over the root of the size of a head, which only the run knows.
  let scale: Double?
  /// The length of the cache.
  let past: IndexExpression
  /// Query heads that share one head of keys and values.
  let groupSize: IndexExpression
  /// `true` iff the operands are [batch, sequence, heads * size], and so is the result.
  let isFlat: Bool

  /// Creates the parts of an attention whose result is [batch, sequence, heads * size].
  init(_ node: Node, query: GraphTensor, key: GraphTensor, value: GraphTensor, scale: Double?, past: IndexExpression) throws(Diagnostic) {
    (self.query, self.key, self.value, self.past, isFlat) = (query, key, value, past, true)
    guard let groups = Self.groups(node, query, key) else {
      throw .shapesDisagree(node, query, key, "the heads of the queries must be a multiple of those of the keys and values")
    }
    for own in [key, value] { try node.requireShape(own, [query.shape[0], key.shape[1], key.shape[2], own.shape[3]]) }
    guard node.graph.unify(query.shape[3], key.shape[3], "the sizes of the heads of '\(node.label)'") != nil else {
      throw .shapesDisagree(node, query, key, "the sizes of heads must be equal")
    }
    groupSize = groups
    self.scale = scale ?? query.shape[3].known.map { 1 / Double(max($0, 1)).squareRoot() }
  }

  /// How many heads of the queries share one of the keys; what cannot be told now, the run checks. `nil` if there is a rest.
  private static func groups(_ node: Node, _ query: GraphTensor, _ key: GraphTensor) -> IndexExpression? {
    let (heads, shared) = (query.shape[1], key.shape[1])
    if let quotient = heads.divided(by: shared) { return quotient }
    if heads.known != nil, shared.known != nil { return nil }
    let graph = node.graph
    graph.requireElements(shared, "the heads of the keys")
    let quotient = node.indices.floorDivide(heads, shared)
    graph.requireHere(
      graph.compare(.equal, graph.index(quotient * shared), graph.index(heads)),
      "the heads of the queries must be a multiple of those of the keys and values")
    return quotient
  }

  /// `scores` times the scale.
  func scaled(_ scores: GraphTensor, _ node: Node) -> GraphTensor {
    let type = scores.elementType, all: [Int?] = scores.shape.indices.map { $0 }
    if let scale { return node.mapElements(scores, type) { $0.multiply($1, $0.constant(scale)) } }
    let size = node.graph.floatCount([query.shape[3]], type)
    return node.graph.map([Operand(scores, all), Operand(size, [])], shape: scores.shape, type) {
      let s = Scalars($0, type)
      return s.divide($1[0], s.call("math.sqrt", s.maximum($1[1], s.constant(1))))
    }
  }

  init(_ node: Node) throws(Diagnostic) {
    let q = try node.input(0, ranks: 3...4), k = try node.input(1, ranks: q.rank...q.rank), v = try node.input(2, ranks: q.rank...q.rank)
    try node.requireSameType([q, k, v])
    guard q.elementType.isFloat else { throw .wrongType(node, q, expected: "a float") }
    isFlat = q.rank == 3
    func heads(_ x: GraphTensor, _ attribute: String) throws(Diagnostic) -> GraphTensor {
      if x.rank == 4 { return x }
      guard let count = node.integer(attribute), (1...Windows.limit).contains(count),
        let size = node.exactQuotient(x.shape[2], by: count, "the last size of '\(x.name)'")
      else {
        throw .invalidAttribute(node, attribute, "\(node.integer(attribute) ?? 0)", expected: "a divisor of the last size of '\(x.name)'")
      }
      return node.transpose(node.graph.reshape(x, to: [x.shape[0], x.shape[1], IndexExpression(count), size]), [0, 2, 1, 3])
    }
    query = try heads(q, "q_num_heads")
    let newKey = try heads(k, "kv_num_heads"), newValue = try heads(v, "kv_num_heads")
    if let pastKey = node.optionalInput(4), let pastValue = node.optionalInput(5), pastKey.rank == 4, pastValue.rank == 4 {
      try node.requireSameType([q, pastKey, pastValue])
      past = pastKey.shape[2]
      func joined(_ a: GraphTensor, _ b: GraphTensor) -> GraphTensor {
        node.concatenate([a, b], 2, [b.shape[0], b.shape[1], a.shape[2] + b.shape[2], b.shape[3]])
      }
      (key, value) = (joined(pastKey, newKey), joined(pastValue, newValue))
    } else {
      (key, value, past) = (newKey, newValue, .zero)
    }
    guard let groups = Self.groups(node, query, key),
      node.graph.unify(value.shape[1], key.shape[1], "the heads of the keys and values of '\(node.label)'") != nil
    else {
      throw .shapesDisagree(node, q, k, "the heads of the queries must be a multiple of those of the keys and values")
    }
    guard node.graph.unify(query.shape[3], key.shape[3], "the sizes of the heads of '\(node.label)'") != nil,
      node.graph.unify(key.shape[2], value.shape[2], "the lengths of the keys and values of '\(node.label)'") != nil
    else {
      throw .shapesDisagree(node, q, k, "the sizes of heads, and the lengths of keys and values, must be equal")
    }
    for other in [key, value] where node.graph.unify(query.shape[0], other.shape[0], "the batch sizes of '\(node.label)'") == nil {
      throw .shapesDisagree(node, q, other, "the batch sizes differ")
    }
    groupSize = groups
    scale = node.hasAttribute("scale") ? node.float("scale", default: 1) : query.shape[3].known.map { 1 / Double(max($0, 1)).squareRoot() }
  }

  /// Loops (batch, heads of keys, group, row, column, summed): where a group is 1, the group's loop has size 1.
  private func grouped(_ x: GraphTensor, _ node: Node) -> GraphTensor {
    node.graph.reshape(x, to: [x.shape[0], key.shape[1], groupSize] + x.shape.suffix(2))
  }

  /// Q K' in the accumulator's type, as [batch, heads, queries, keys].
  func scores(_ node: Node) -> GraphTensor {
    let rows = query.shape[2], columns = key.shape[2]
    if groupSize == .one {
      return node.graph.contractWide(
        Operand(query, [0, 1, 2, 4]), Operand(key, [0, 1, 3, 4]), loops: 5, output: [0, 1, 2, 3],
        shape: [query.shape[0], query.shape[1], rows, columns])
    }
    let product = node.graph.contractWide(
      Operand(grouped(query, node), [0, 1, 2, 3, 5]), Operand(key, [0, 1, 4, 5]), loops: 6, output: [0, 1, 2, 3, 4],
      shape: [query.shape[0], key.shape[1], groupSize, rows, columns])
    return node.graph.reshape(product, to: [query.shape[0], query.shape[1], rows, columns])
  }

  /// The weighted sums of the values, in the form of the queries.
  func gather(_ weights: GraphTensor, _ node: Node) -> GraphTensor {
    let size = value.shape[3], rows = query.shape[2]
    // Weights that `softmax_precision` does not make as narrow as the values are factors as wide as the sums: rounded first, they lose more than those do.
    let factors = weights.elementType == value.elementType ? weights : node.graph.convert(weights, to: value.elementType.accumulator)
    var result: GraphTensor
    if groupSize == .one {
      result = node.graph.contractWide(
        Operand(factors, [0, 1, 2, 4]), Operand(value, [0, 1, 4, 3]), loops: 5, output: [0, 1, 2, 3],
        shape: [query.shape[0], query.shape[1], rows, size])
    } else {
      let product = node.graph.contractWide(
        Operand(grouped(factors, node), [0, 1, 2, 3, 5]), Operand(value, [0, 1, 5, 4]), loops: 6, output: [0, 1, 2, 3, 4],
        shape: [query.shape[0], key.shape[1], groupSize, rows, size])
      result = node.graph.reshape(product, to: [query.shape[0], query.shape[1], rows, size])
    }
    result = node.graph.convert(result, to: value.elementType)
    if isFlat {
      result = node.graph.reshape(node.transpose(result, [0, 2, 1, 3]), to: [query.shape[0], rows, query.shape[1] * size])
    }
    return result
  }

  /// Scores with the mask applied: a summand, or booleans of which false shuts out.
  func masked(_ scores: GraphTensor, _ mask: GraphTensor, _ node: Node) throws(Diagnostic) -> GraphTensor {
    let type = scores.elementType
    let mask = widened(mask, to: scores.shape[3], node)
    let named = GraphTensor(name: "scores", type, scores.shape, value: scores.value)
    guard node.graph.canBroadcast(mask, to: scores.shape) else {
      throw .shapesDisagree(node, named, mask, "the mask must broadcast to the scores")
    }
    let operands = [named, mask].map { node.graph.broadcastOperand($0, to: scores.shape) }
    return node.graph.map(operands, shape: scores.shape, type) { builder, e in
      let s = Scalars(builder, type)
      return mask.elementType == .bool ? s.select(e[1], e[0], s.constant(-.infinity)) : s.add(e[0], s.convert(e[1], from: mask.elementType))
    }
  }

  /// `mask` with the keys that it does not reach shut out.
  private func widened(_ mask: GraphTensor, to keys: IndexExpression, _ node: Node) -> GraphTensor {
    guard let own = mask.shape.last?.known, let wanted = keys.known, own != 1, own < wanted else { return mask }
    let shape = mask.shape.dropLast() + [keys]
    let wide = node.graph.pad(mask, begins: shape.map { _ in .zero }, shape: Array(shape)) { builder in
      Scalars(builder, mask.elementType).constant(mask.elementType == .bool ? 0 : -.infinity)
    }
    wide.name = mask.name
    return wide
  }
}
