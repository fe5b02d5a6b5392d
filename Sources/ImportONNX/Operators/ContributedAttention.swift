import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// The attention operators of com.microsoft, made of the same parts as ONNX's own.

extension Node {
  /// `x` [batch, sequence, heads * size] as [batch, heads, sequence, size].
  func splittingHeads(_ x: GraphTensor, _ heads: Int) throws(Diagnostic) -> GraphTensor {
    if x.rank == 4 { return x }
    guard x.rank == 3, (1...Windows.limit).contains(heads),
      let size = exactQuotient(x.shape[2], by: heads, "the last size of '\(x.name.isEmpty ? label : x.name)'")
    else {
      throw .wrongShape(self, x, "[batch, sequence, \(heads) heads * size]")
    }
    return transpose(graph.reshape(x, to: [x.shape[0], x.shape[1], IndexExpression(heads), size]), [0, 2, 1, 3])
  }

  /// Columns `start` ..< `start + count` of the last dimension of `x`.
  func columns(_ x: GraphTensor, _ start: IndexExpression, _ count: IndexExpression) -> GraphTensor {
    var origins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
    origins[x.rank - 1] = start
    shape[x.rank - 1] = count
    return slice(x, origins, x.shape.map { _ in 1 }, shape)
  }

  /// `x` after `past` along the sequence, if there is one.
  fileprivate func extended(_ past: GraphTensor?, _ x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    guard let past else { return x }
    guard past.rank == 4 else { throw .wrongRank(self, past, expected: 4...4) }
    try requireShape(past, [x.shape[0], x.shape[1], past.shape[2], x.shape[3]])
    return concatenate([past, x], 2, [x.shape[0], x.shape[1], past.shape[2] + x.shape[2], x.shape[3]])
  }

  /// What is added to scores for a mask: of keys that are there, [batch, keys] or more of 1 and 0; [batch], how many keys are there; [2 * batch], the
  /// ends and then the starts of what is there.
  fileprivate func keyMask(_ mask: GraphTensor, _ parts: AttentionParts) throws(Diagnostic) -> GraphTensor {
    guard mask.elementType.isInteger || mask.elementType == .bool, (1...4).contains(mask.rank) else {
      throw .unsupportedForm(self, "has a mask \(mask.description)")
    }
    // As ONNX Runtime has it: where no key is there, they all are equally little.
    let type = parts.query.elementType.accumulator, filter = float("mask_filter_value", default: -10000)
    func summand(_ b: Builder, _ isThere: Value) -> Value {
      b.select(isThere, b.scalar(0, type.type(context)), b.scalar(filter, type.type(context)))
    }
    if mask.rank == 1 {
      let batch = parts.key.shape[0]
      let source = graph.value(mask), own = graph.index(mask.shape[0]), count = graph.index(batch),
        both = graph.index(batch * 2)
      let hasStarts = graph.compare(.equal, own, both)
      if let known = mask.shape[0].known, let batch = batch.known, known != batch, known != 2 * batch {
        throw .wrongShape(self, mask, "[batch] or [2 * batch]")
      }
      graph.requireHere(
        graph.builder.binary("arith.ori", hasStarts, graph.compare(.equal, own, count)),
        "the size of '\(mask.name)' must be that of the batch, or twice that")
      return graph.generate([batch, .one, .one, parts.key.shape[2]], type) { b, p in
        func bound(_ b: Builder, _ place: Value) -> Value {
          b.asIndex(Scalars(b, .i64).convert(b.element(source, [place]), from: mask.elementType))
        }
        let start = b.conditional(hasStarts, type: .index(b.context)) {
          bound($0, $0.plus(p[0], count))
        } else: {
          $0.index(0)
        }
        return summand(b, b.and(b.compare(.less, p[3], bound(b, p[0])), b.compare(.lessOrEqual, start, p[3])))
      }
    }
    let bits = graph.convert(mask, to: .bool)
    let numbers = graph.map([Operand(bits, bits.shape.indices.map { $0 })], shape: bits.shape, type) { summand($0, $1[0]) }
    if mask.rank == 4 { return numbers }
    return graph.reshape(numbers, to: [mask.shape[0], .one, mask.rank == 3 ? mask.shape[1] : .one, mask.shape[mask.rank - 1]])
  }

  /// softmax(scores) * values with masks applied.
  fileprivate func attend(_ parts: AttentionParts, mask: GraphTensor?, bias: GraphTensor?, causal: Bool) throws(Diagnostic) -> GraphTensor {
    var scores = parts.scores(self)
    scores = parts.scaled(scores, self)
    if let bias { scores = try parts.masked(scores, bias, self) }
    if let mask { scores = try parts.masked(scores, mask, self) }
    if causal { scores = AttentionView(causalAfter: parts.past).hiding(scores, self) }
    let weights = softmax(scores, axes: [3], zeroingEmptyRows: true)
    return graph.convert(parts.gather(weights, self), to: parts.query.elementType)
  }

  fileprivate func givenScale() -> Double? { hasAttribute("scale") && float("scale", default: 0) != 0 ? float("scale", default: 0) : nil }

  /// x * w + b
  fileprivate func projection(_ x: GraphTensor, _ w: GraphTensor, _ b: GraphTensor?) throws(Diagnostic) -> GraphTensor {
    let product = try matrixProduct(x, w)
    guard let b else { return product }
    return try graph.elementwise([product, b], product.elementType) { Scalars($0, x.elementType).add($1[0], $1[1]) }
  }
}

/// `Attention` of com.microsoft: with the projections.
let lowerContributedAttention: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...3), w = try node.input(1, ranks: 2...2)
  try node.requireSameType([x, w] + [2, 4, 5].compactMap { node.optionalInput($0) })
  if node.flag("do_rotary") { throw .unsupportedForm(node, "rotates the queries and keys") }
  return try node.attention(of: try node.projection(x, w, node.optionalInput(2)), mask: 3, past: 4, bias: node.optionalInput(5))
}

/// `QAttention` of com.microsoft: with projections in integers.
let lowerQAttention: Lowering = { node throws(Diagnostic) in
  if node.flag("do_rotary") { throw .unsupportedForm(node, "rotates the queries and keys") }
  let x = try node.input(0, ranks: 3...3), w = try node.input(1, ranks: 2...2)
  let operands = [x, w, try node.input(3), try node.input(4), node.optionalInput(6), node.optionalInput(7), try node.input(2)]
  let all = try lowerMatMulIntegerToFloat(node.with(inputs: operands))[0]
  return try node.attention(of: all, mask: 5, past: 8, bias: nil)
}

extension Node {
  /// Attention of queries, keys and values that stand side by side in `all`, with a mask and a cache in the inputs of these numbers.
  fileprivate func attention(of all: GraphTensor, mask maskInput: Int, past pastInput: Int, bias: GraphTensor?) throws(Diagnostic)
    -> [GraphTensor]
  {
    let heads = integer("num_heads", default: 0)
    let width = all.shape[2]
    var sizes = (integers("qkv_hidden_sizes") ?? []).map { IndexExpression($0) }
    if sizes.isEmpty { sizes = Array(repeating: indices.floorDivide(width, IndexExpression(3)), count: 3) }
    guard sizes.count == 3 else { throw .invalidAttribute(self, "qkv_hidden_sizes", "\(sizes.count) numbers", expected: "3") }
    let query = try splittingHeads(columns(all, .zero, sizes[0]), heads)
    var key = try splittingHeads(columns(all, sizes[0], sizes[1]), heads)
    var value = try splittingHeads(columns(all, sizes[0] + sizes[1], sizes[2]), heads)
    var past = IndexExpression.zero
    var present: [GraphTensor] = []
    if let cache = optionalInput(pastInput) {
      guard cache.rank == 5 else { throw .wrongShape(self, cache, "rank 5") }
      try requireShape(cache, [IndexExpression(2), key.shape[0], key.shape[1], cache.shape[3], key.shape[3]])
      past = cache.shape[3]
      key = try extended(element(.zero, of: cache, axis: 0), key)
      value = try extended(element(.one, of: cache, axis: 0), value)
    }
    if hasOutput(1) {
      let one = [key, value].map { graph.reshape($0, to: [.one] + $0.shape) }
      present = [concatenate(one, 0, [IndexExpression(2)] + key.shape)]
    }
    let parts = try AttentionParts(self, query: query, key: key, value: value, scale: givenScale(), past: past)
    let mask = try optionalInput(maskInput).map { (mask) throws(Diagnostic) in try keyMask(mask, parts) }
    return [try attend(parts, mask: mask, bias: bias, causal: flag("unidirectional"))] + present
  }
}

/// `MultiHeadAttention` of com.microsoft: queries, keys and values apart, with a bias for all three.
let lowerMultiHeadAttention: Lowering = { node throws(Diagnostic) in
  let q = try node.input(0, ranks: 3...3)
  guard let k = node.optionalInput(1), let v = node.optionalInput(2), k.rank == 3 || k.rank == 4, v.rank == k.rank else {
    throw .unsupportedForm(node, "has packed queries, keys and values")
  }
  try node.requireSameType([q, k, v] + [3, 5, 6, 7].compactMap { node.optionalInput($0) })
  let heads = node.integer("num_heads", default: 0)
  var inputs = [q, k, v]
  if let bias = node.optionalInput(3) {
    guard bias.rank == 1 else { throw .wrongRank(node, bias, expected: 1...1) }
    var start = IndexExpression.zero
    for i in 0..<3 where inputs[i].rank == 3 {
      let width = inputs[i].shape[2]
      inputs[i] = try node.graph.elementwise([inputs[i], node.columns(bias, start, width)], q.elementType) {
        Scalars($0, q.elementType).add($1[0], $1[1])
      }
      start = start + width
    }
  }
  let query = try node.splittingHeads(inputs[0], heads)
  let past = node.optionalInput(6)
  let key = try node.extended(past, node.splittingHeads(inputs[1], heads))
  let value = try node.extended(node.optionalInput(7), node.splittingHeads(inputs[2], heads))
  let parts = try AttentionParts(node, query: query, key: key, value: value, scale: node.givenScale(), past: past?.shape[2] ?? .zero)
  let mask = try node.optionalInput(4).map { (mask) throws(Diagnostic) in try node.keyMask(mask, parts) }
  return [try node.attend(parts, mask: mask, bias: node.optionalInput(5), causal: node.flag("unidirectional")), key, value]
}

/// A rotation of pairs of features by angles that depend on the place in the sequence.
struct Rotation {
  /// [places, angles], or [batch, sequence, angles] if `places` is `nil`.
  let cosines: GraphTensor
  let sines: GraphTensor
  /// [batch, sequence]
  let places: GraphTensor?
  let isInterleaved: Bool

  /// `x` [batch, heads, sequence, size] with its first features rotated, as many as there are angles, times 2.
  func apply(_ node: Node, _ x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let graph = node.graph
    let pairs = cosines.shape[cosines.rank - 1], size = x.shape[3]
    guard cosines.rank == (places == nil ? 3 : 2), (size - pairs * 2).known.map({ $0 >= 0 }) ?? true else {
      throw .shapesDisagree(node, x, cosines, "there must be an angle for each pair of features")
    }
    if (size - pairs * 2).known == nil {
      graph.requireHere(
        graph.compare(.lessOrEqual, graph.index(pairs * 2), graph.index(size)),
        "the angles of '\(node.label)' must be no more than there are pairs of features")
    }
    let half = graph.index(pairs), both = graph.index(pairs * 2)
    let source = graph.value(x), tables = [cosines, sines].map(graph.value), list = places.map(graph.value)
    let wide = x.elementType.accumulator
    return graph.generate(x.shape, x.elementType) { b, p in
      let s = Scalars(b, wide)
      let i = p[3]
      let own = b.element(source, p)
      let isRotated = b.compare(.less, i, both)
      let place = list.map { b.asIndex(b.element($0, [p[0], p[2]])) }
      func rotated(_ b: Builder) -> Value {
        let s = Scalars(b, wide)
        let isFirst: Value, pair: Value, angle: Value
        if isInterleaved {
          isFirst = b.compare(.equal, b.binary("arith.remui", i, b.index(2)), b.index(0))
          pair = b.select(isFirst, b.plus(i, b.index(1)), b.minus(i, b.index(1)))
          angle = b.binary("arith.divui", i, b.index(2))
        } else {
          isFirst = b.compare(.less, i, half)
          pair = b.select(isFirst, b.plus(i, half), b.minus(i, half))
          angle = b.select(isFirst, i, b.minus(i, half))
        }
        let at = place.map { [$0, angle] } ?? [p[0], p[2], angle]
        let numbers = tables.map { s.convert(b.element($0, at), from: cosines.elementType) }
        let other = s.multiply(s.convert(b.element(source, [p[0], p[1], p[2], pair]), from: x.elementType), numbers[1])
        return s.add(s.multiply(s.convert(own, from: x.elementType), numbers[0]), s.select(isFirst, s.negate(other), other))
      }
      let result =
        pairs * 2 == size
        ? rotated(b) : b.conditional(isRotated, type: s.irType, then: rotated) { Scalars($0, wide).convert(own, from: x.elementType) }
      return Scalars(b, x.elementType).convert(result, from: wide)
    }
  }
}

/// `RotaryEmbedding` of com.microsoft (positions second) and of ONNX (positions last).
func rotaryEmbedding(contributed: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 3...4)
    var places = node.optionalInput(contributed ? 1 : 3)
    let cosines = try node.input(contributed ? 2 : 1, ranks: 2...3), sines = try node.input(contributed ? 3 : 2)
    try node.require(x, .float)
    try node.requireSameType([x, cosines, sines])
    try node.requireShape(sines, cosines.shape)
    if let places { try node.require(places, .integer) }
    let rotated = node.integer("rotary_embedding_dim", default: 0)
    let heads = node.integer("num_heads", default: 0)
    let split: GraphTensor
    if heads == 0, x.rank == 3 {
      // A head has two features for each angle.
      let size = cosines.shape[cosines.rank - 1] * 2
      guard rotated == 0, size.known != 0 else { throw .invalidAttribute(node, "num_heads", "nothing", expected: "the number of heads") }
      if size.known == nil { node.graph.requireElements(size, "the angles of '\(node.label)'") }
      let count = x.shape[2].divided(by: size) ?? node.indices.floorDivide(x.shape[2], size)
      guard node.graph.unify(count * size, x.shape[2], "the last size of '\(x.name)' and that of all heads") != nil else {
        throw .wrongShape(node, x, "[batch, sequence, heads * \(size.known.map(String.init) ?? "size")]")
      }
      split = node.transpose(node.graph.reshape(x, to: [x.shape[0], x.shape[1], count, size]), [0, 2, 1, 3])
    } else {
      split = try node.splittingHeads(x, heads)
    }
    let shape = [split.shape[0], split.shape[2]]
    if let wanted = places, wanted.rank != 2 || wanted.shape != shape {
      let graph = node.graph
      let given = wanted.rank == 1 ? node.settled(wanted, axis: 0, to: 1) ?? wanted : wanted
      if given.knownCount == 1 {  // the place of the first
        let start = graph.reshape(given, to: [])
        places = graph.map([Operand(start, [])], shape: shape, .i64) { b, e in
          b.plus(Scalars(b, .i64).convert(e[0], from: given.elementType), b.i64(b.position(1)))
        }
      } else {
        try node.requireShape(given, [given.shape.first?.known == 1 ? .one : shape[0], shape[1]])
        places = node.expand(given, to: shape)
      }
    }
    let rotation = Rotation(cosines: cosines, sines: sines, places: places, isInterleaved: node.flag("interleaved"))
    let result = try rotation.apply(node, split)
    if x.rank == 4 { return [result] }
    return [node.graph.reshape(node.transpose(result, [0, 2, 1, 3]), to: x.shape)]
  }
}
