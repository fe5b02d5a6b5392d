import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

import enum TesseraModuleFormat.KernelFailure

/// The operands of a `GroupQueryAttention`, whose sequences have different numbers of keys before them.
private struct CachedSequences {
  let node: Node
  /// [batch, heads, sequence, size]
  var query: GraphTensor
  var key: GraphTensor
  var value: GraphTensor
  /// The i64 number of keys in the cache before each sequence, [batch].
  let starts: GraphTensor
  /// How many keys the cache has room for behind the call.
  let capacity: IndexExpression
  private var graph: GraphBuilder { node.graph }

  init(_ node: Node) throws(Diagnostic) {
    self.node = node
    let x = try node.input(0, ranks: 3...3)
    let heads = node.integer("num_heads", default: 0), shared = node.integer("kv_num_heads", default: 0)
    guard (1...Windows.limit).contains(heads), shared > 0, heads % shared == 0 else {
      throw .invalidAttribute(node, "num_heads", "\(heads)", expected: "a multiple of kv_num_heads, which is \(shared)")
    }
    if let k = node.optionalInput(1) {
      let v = try node.input(2, ranks: 3...3)
      try node.requireSameType([x, k, v])
      query = try node.splittingHeads(x, heads)
      (key, value) = (try node.splittingHeads(k, shared), try node.splittingHeads(v, shared))
    } else {
      // All three side by side.
      let all = try node.splittingHeads(x, heads + 2 * shared)
      func part(_ start: Int, _ count: Int) -> GraphTensor {
        let shape = [all.shape[0], IndexExpression(count), all.shape[2], all.shape[3]]
        return node.slice(all, [.zero, IndexExpression(start), .zero, .zero], [1, 1, 1, 1], shape)
      }
      (query, key, value) = (part(0, heads), part(heads, shared), part(heads + shared, shared))
    }
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    for other in [key, value] {
      for axis in [0, 2, 3]
      where node.graph.unify(other.shape[axis], query.shape[axis], "the sizes of the inputs of '\(node.label)'") == nil {
        throw .shapesDisagree(node, query, other, "batch, sequence and head size must agree")
      }
    }
    let last = try node.input(5), total = try node.hostInput(6)
    guard last.elementType.isInteger, total.count == 1,
      node.graph.unify(last.shape.product, query.shape[0], "the batch size of '\(node.label)' and the size of '\(last.name)'") != nil
    else { throw .wrongShape(node, last, "the place of the last key of each sequence") }
    // The first call has all keys in it; they begin at 0 even where a sequence is shorter than the others.
    let length = query.shape[2]
    let isLater = node.graph.index(.one - node.indices.equal(total[0], length)), size = node.graph.index(length)
    let past = node.optionalInput(3)
    capacity = past.map { node.indices.maximum(total[0], $0.shape.count == 4 ? $0.shape[2] : .zero) } ?? total[0]
    // What is in the cache already, and room for what is new.
    let held = node.graph.index(past.map { $0.shape.count == 4 ? $0.shape[2] : .zero } ?? .zero), room = node.graph.index(capacity)
    let flat = node.graph.reshape(last, to: [query.shape[0]])
    starts = node.graph.map([Operand(flat, [0])], shape: flat.shape, .i64) { b, e in
      let place = b.asIndex(Scalars(b, .i64).convert(e[0], from: last.elementType))
      let start = b.times(isLater, b.minus(b.plus(place, b.index(1)), size))
      let isPossible = b.and(
        b.and(b.compare(.greaterOrEqual, place, b.index(0)), b.compare(.lessOrEqual, b.plus(start, size), room)),
        b.and(b.compare(.greaterOrEqual, start, b.index(0)), b.compare(.lessOrEqual, start, held)))
      b.require(isPossible, KernelFailure.length.name)
      return b.select(isPossible, b.i64(start), b.constant64(0))
    }
  }

  /// Queries and keys rotated by their places, if the node says so.
  func rotated() throws(Diagnostic) -> CachedSequences {
    guard node.flag("do_rotary") else { return self }
    let shape = [query.shape[0], query.shape[2]]
    let places: GraphTensor
    if let given = node.optionalInput(9) {
      guard given.elementType.isInteger, given.rank == 2 else { throw .wrongShape(node, given, "[batch, sequence]") }
      places = given
    } else {
      places = graph.map([Operand(starts, [0])], shape: shape, .i64) { b, e in b.plus(e[0], b.i64(b.position(1))) }
    }
    let rotation = Rotation(
      cosines: try node.input(7, ranks: 2...2), sines: try node.input(8, ranks: 2...2), places: places,
      isInterleaved: node.flag("rotary_interleaved"))
    var result = self
    (result.query, result.key) = (try rotation.apply(node, query), try rotation.apply(node, key))
    return result
  }

  /// The cache with `new` behind what is there of each sequence; zeros behind that.
  func cached(_ input: Int, _ new: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let past = node.optionalInput(input)
    let shape = [new.shape[0], new.shape[1], capacity, new.shape[3]]
    if let past {
      try node.requireSameType([new, past])
      guard past.rank == 4 else { throw .wrongRank(node, past, expected: 4...4) }
      for axis in [0, 1, 3] where graph.unify(past.shape[axis], shape[axis], "the sizes of the cache of '\(node.label)'") == nil {
        throw .shapesDisagree(node, past, new, "the sizes of the cache do not fit")
      }
    }
    let old = past.map(graph.value), source = graph.value(new), count = graph.index(new.shape[2])
    return graph.map([Operand(starts, [0])], shape: shape, new.elementType) { b, e in
      let p = (0..<4).map(b.position)
      let start = b.asIndex(e[0]), place = b.minus(p[2], start)
      let isNew = b.and(b.compare(.greaterOrEqual, place, b.index(0)), b.compare(.less, place, count))
      func added(_ b: Builder) -> Value {
        b.conditional(isNew, type: source.type.element) {
          $0.element(source, [p[0], p[1], place, p[3]])
        } else: {
          $0.scalar(0, source.type.element)
        }
      }
      guard let old else { return added(b) }
      return b.conditional(b.compare(.less, p[2], start), type: source.type.element, then: { $0.element(old, p) }, else: added)
    }
  }

  /// `scores` with -infinity for the keys behind a query, and those too far before it.
  func hiding(_ scores: GraphTensor) -> GraphTensor {
    let window = node.integer("local_window_size", default: -1)
    return graph.map([Operand(scores, [0, 1, 2, 3]), Operand(starts, [0])], shape: scores.shape, scores.elementType) { b, e in
      let own = b.plus(b.asIndex(e[1]), b.position(2)), key = b.position(3)
      var sees = b.compare(.lessOrEqual, key, own)
      if window >= 0 { sees = b.and(sees, b.compare(.greater, key, b.minus(own, b.index(window)))) }
      return b.select(sees, e[0], Scalars(b, scores.elementType).constant(-.infinity))
    }
  }
}

/// `GroupQueryAttention` of com.microsoft: causal, with a cache in which each sequence has a length of its own.
let lowerGroupQueryAttention: Lowering = { node throws(Diagnostic) in
  if node.flag("smooth_softmax") || node.optionalInput(11) != nil { throw .unsupportedForm(node, "has a sink beside its keys") }
  if (12...15).contains(where: { node.optionalInput($0) != nil }) { throw .unsupportedForm(node, "quantizes or normalizes its operands") }
  if node.flag("sliding_window_cache") { throw .unsupportedForm(node, "keeps a window of its keys only") }
  if node.integer("causal", default: 1) == 0 { throw .unsupportedForm(node, "lets queries see what is after them") }
  if node.hasOutput(3) { throw .unsupportedForm(node, "gives its scores") }
  for name in ["k_quant_type", "v_quant_type"] where !["NONE", ""].contains(node.string(name, default: "NONE")) {
    throw .unsupportedAttribute(node, name, "'\(node.string(name, default: ""))'", supported: "NONE")
  }
  let sequences = try CachedSequences(node).rotated()
  let key = try sequences.cached(3, sequences.key), value = try sequences.cached(4, sequences.value)
  let given = node.float("scale", default: 0)
  let parts = try AttentionParts(node, query: sequences.query, key: key, value: value, scale: given == 0 ? nil : given, past: .zero)
  let softcap = node.float("softcap", default: 0)
  let product = parts.scores(node)
  var scores = parts.scaled(product, node)
  if softcap != 0 {
    scores = node.mapElements(scores, product.elementType) { s, x in
      s.multiply(s.constant(softcap), s.call("math.tanh", s.divide(x, s.constant(softcap))))
    }
  }
  if let bias = node.optionalInput(10) {
    guard bias.rank == 4 else { throw .wrongRank(node, bias, expected: 4...4) }
    let wide = Array(bias.shape.dropLast()) + [sequences.capacity]
    let padded = node.graph.pad(bias, begins: wide.map { _ in .zero }, shape: wide) { Scalars($0, bias.elementType).constant(0) }
    scores = try parts.masked(scores, padded, node)
  }
  let weights = node.softmax(sequences.hiding(scores), axes: [3])
  return [node.graph.convert(parts.gather(weights, node), to: sequences.query.elementType), key, value]
}
