import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// How the state of a `LinearAttention` changes with each element of the sequence.
private struct UpdateRule {
  /// The state decays by exp(decay).
  let decays: Bool
  /// What the state gives for the key is taken from the value first.
  let corrects: Bool

  init(_ node: Node) throws(Diagnostic) {
    let name = node.string("update_rule", default: "gated_delta")
    guard ["linear", "gated", "delta", "gated_delta"].contains(name) else {
      throw .invalidAttribute(node, "update_rule", "'\(name)'", expected: "linear, gated, delta or gated_delta")
    }
    decays = name.hasPrefix("gated")
    corrects = name.hasSuffix("delta")
    for (i, isNeeded) in [(4, decays), (5, corrects)] where (node.optionalInput(i) != nil) != isNeeded {
      throw .unsupportedForm(node, "has \(isNeeded ? "no" : "an") input \(i) for the update rule '\(name)'")
    }
  }
}

/// The operands of a `LinearAttention`, with heads apart and time in dimension 1.
private struct LinearAttention {
  let node: Node
  let rule: UpdateRule
  /// The type that is computed in.
  let type: ElementType
  /// [batch, time, heads of keys, queries that share one, size]
  let query: GraphTensor
  /// [batch, time, heads, size]
  let key: GraphTensor
  let value: GraphTensor
  /// [batch, time, heads, size or 1]
  var decay: GraphTensor?
  /// [batch, time, heads or 1]
  var rate: GraphTensor?
  let scale: Double
  private var graph: GraphBuilder { node.graph }

  init(_ node: Node) throws(Diagnostic) {
    self.node = node
    rule = try UpdateRule(node)
    let q = try node.input(0, ranks: 3...3), k = try node.input(1, ranks: 3...3), v = try node.input(2, ranks: 3...3)
    let gates = [node.optionalInput(4), node.optionalInput(5)]
    try node.requireSameType([q, k, v] + gates.compactMap { $0 })
    for case let gate? in gates where gate.rank != 3 { throw .wrongRank(node, gate, expected: 3...3) }
    guard q.elementType.isFloat else { throw .wrongType(node, q, expected: "a float") }
    type = q.elementType.accumulator
    let heads = node.integer("kv_num_heads", default: 0), queries = node.integer("q_num_heads", default: 0)
    guard heads > 0, queries > 0, queries % heads == 0 else {
      throw .invalidAttribute(node, "q_num_heads", "\(queries)", expected: "a multiple of kv_num_heads, which is \(heads)")
    }
    let rows = Array(q.shape.prefix(2))
    func requireRows(_ x: GraphTensor) throws(Diagnostic) {
      for axis in 0..<2 where node.graph.unify(x.shape[axis], rows[axis], "the sizes of the inputs of '\(node.label)'") == nil {
        throw .shapesDisagree(node, q, x, "batch and time must agree")
      }
    }
    func split(_ x: GraphTensor, _ counts: [Int]) throws(Diagnostic) -> GraphTensor {
      let count = counts.reduce(1, &*)
      guard (1...Windows.limit).contains(count), let size = node.exactQuotient(x.shape[2], by: count, "the last size of '\(x.name)'") else {
        throw .wrongShape(node, x, "[batch, time, \(counts.reduce(1, *)) heads * size]")
      }
      try requireRows(x)
      return node.graph.reshape(x, to: rows + counts.map { IndexExpression($0) } + [size])
    }
    var rows4 = try split(q, [heads, queries / heads])
    key = try split(k, [heads])
    value = try split(v, [heads])
    let size = rows4.shape[4]
    guard node.graph.unify(key.shape[3], size, "the sizes of heads") != nil else {
      throw .shapesDisagree(node, q, k, "the sizes of their heads must agree")
    }
    decay = try gates[0].map { (x) throws(Diagnostic) in try split(x, [heads]) }
    if let own = decay, own.shape[3] != .one, own.shape[3] != size, let given = gates[0] {
      let shape = rows + [IndexExpression(heads), size]
      guard node.graph.canBroadcast(own, to: shape) else {
        throw .wrongShape(node, given, "\(heads) or \(heads * (size.known ?? 0)) in the last dimension")
      }
      decay = node.expand(own, to: shape)
    }
    rate = gates[1]
    if let given = gates[1] {
      try requireRows(given)
      let shape = rows + [IndexExpression(heads)]
      guard node.graph.canBroadcast(given, to: shape) else { throw .wrongShape(node, given, "1 or \(heads) in the last dimension") }
      if given.shape[2].known == nil { rate = node.expand(given, to: shape) }
    }
    let wanted = node.float("scale", default: 0), type = type
    if wanted == 0, size.known == nil {
      // Only the run knows the scale: the queries have it then.
      let count = node.graph.floatCount([size], type), wide = node.graph.convert(rows4, to: type)
      rows4 = node.graph.map([Operand(wide, wide.shape.indices.map { $0 }), Operand(count, [])], shape: wide.shape, type) {
        let s = Scalars($0, type)
        return s.divide($1[0], s.call("math.sqrt", s.maximum($1[1], s.constant(1))))
      }
    }
    query = rows4
    scale = wanted == 0 ? size.known.map { 1 / Double(max($0, 1)).squareRoot() } ?? 1 : wanted
  }

  /// The state before the first element.
  func initialState(_ past: GraphTensor?) throws(Diagnostic) -> GraphTensor {
    let shape = [query.shape[0], query.shape[2], query.shape[4], value.shape[3]]
    guard let past else { return graph.expandZero(shape, type) }
    guard past.rank == 4, past.elementType.isFloat else { throw .wrongShape(node, past, "[batch, heads, key size, value size]") }
    for axis in 0..<4 where graph.unify(past.shape[axis], shape[axis], "the sizes of the state of '\(node.label)'") == nil {
      throw .wrongShape(node, past, "[batch, heads, key size, value size]")
    }
    return graph.convert(graph.reshape(past, to: shape), to: type)
  }

  /// What the element at `step` gives, [batch, heads, queries, value size], and the state behind it.
  func advance(_ state: GraphTensor, _ step: IndexExpression) -> (output: GraphTensor, state: GraphTensor) {
    let q = at(step, query), k = at(step, key), v = at(step, value)
    let gate = decay.map { at(step, $0) }, rate = rate.map { at(step, $0) }
    let all: [Int?] = [0, 1, 2, 3]
    var old = state
    if let gate {
      let last: Int? = gate.shape[2] == .one ? nil : 2
      old = graph.map([Operand(state, all), Operand(gate, [0, 1, last])], shape: state.shape, type) { b, e in
        let s = Scalars(b, type)
        return s.multiply(e[0], s.call("math.exp", e[1]))
      }
    }
    var new = v
    if let rate {
      let known = graph.contract(Operand(old, [0, 1, 3, 2]), Operand(k, [0, 1, 3]), loops: 4, output: [0, 1, 2], shape: v.shape)
      let heads: Int? = rate.shape[1] == .one ? nil : 1
      new = graph.map([Operand(v, [0, 1, 2]), Operand(known, [0, 1, 2]), Operand(rate, [0, heads])], shape: v.shape, type) { b, e in
        let s = Scalars(b, type)
        return s.multiply(e[2], s.subtract(e[0], e[1]))
      }
    }
    let next = graph.map([Operand(old, all), Operand(k, [0, 1, 2]), Operand(new, [0, 1, 3])], shape: state.shape, type) { b, e in
      let s = Scalars(b, type)
      return s.add(e[0], s.multiply(e[1], e[2]))
    }
    let shape = Array(q.shape.prefix(3)) + [value.shape[3]]
    let product = graph.contract(Operand(q, [0, 1, 2, 4]), Operand(next, [0, 1, 4, 3]), loops: 5, output: [0, 1, 2, 3], shape: shape)
    return (node.mapElements(product, type) { $0.multiply($1, $0.constant(scale)) }, next)
  }

  /// The element at `step` of dimension 1 of `x`.
  private func at(_ step: IndexExpression, _ x: GraphTensor) -> GraphTensor {
    graph.convert(node.element(step, of: x, axis: 1), to: type)
  }
}

extension LinearAttention {
  /// What all elements of the sequence give, [time, batch, heads, queries, value size], and the state behind them.
  func run(from start: GraphTensor) throws(Diagnostic) -> (outputs: GraphTensor, state: GraphTensor) {
    let time = query.shape[1]
    if time == .one {
      let result = advance(start, .zero)
      return (graph.reshape(result.output, to: [.one] + result.output.shape), result.state)
    }
    let loop = ModelLoop(node, count: time) { (step, carried) throws(Diagnostic) in
      let result = advance(carried[0], step)
      return (nil, [result.state], [result.output])
    }
    let results = try loop.run([start])
    return (results[1], results[0])
  }
}

/// `LinearAttention`: the elements of the sequence one after the other, in a loop on the host.
let lowerLinearAttention: Lowering = { node throws(Diagnostic) in
  let attention = try LinearAttention(node)
  let graph = node.graph
  let past = node.optionalInput(3), type = try node.input(0).elementType
  let (outputs, state) = try attention.run(from: attention.initialState(past))
  let ordered = node.transpose(outputs, [1, 0, 2, 3, 4])
  let flat = graph.reshape(ordered, to: [ordered.shape[0], ordered.shape[1], Array(ordered.shape.dropFirst(2)).product])
  return [graph.convert(flat, to: type), graph.convert(state, to: past?.elementType ?? type)]
}

/// `CausalConvWithState`: a convolution of each channel with what came before it, of which the end is the state for the next call.
let lowerCausalConvWithState: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...3), weights = try node.input(1, ranks: 3...3)
  let bias = node.optionalInput(2), past = node.optionalInput(3)
  try node.requireSameType([x, weights] + [bias, past].compactMap { $0 })
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let activation = node.string("activation", default: "none")
  guard ["none", "silu", "swish"].contains(activation) else {
    throw .invalidAttribute(node, "activation", "'\(activation)'", expected: "none, silu or swish")
  }
  let graph = node.graph
  let size = weights.shape[2]
  guard (1...Windows.limit).contains(size.known ?? 1),
    graph.unify(weights.shape[1], .one, "dimension 1 of '\(weights.name)' and 1") != nil,
    graph.unify(weights.shape[0], x.shape[1], "the channels of '\(node.label)'") != nil
  else { throw .shapesDisagree(node, x, weights, "expected weights [channels, 1, window]") }
  if size.known == nil { graph.requireElements(size, "the window of '\(weights.name)'") }
  let before = size - 1
  let shape = [x.shape[0], x.shape[1], x.shape[2] + before]
  var padded = x
  if let past {
    guard past.rank == 3, graph.unify(past.shape[2], before, "the length of the state of '\(node.label)'") != nil else {
      throw .wrongShape(node, past, "[batch, channels, \(before.known.map(String.init) ?? "window - 1")]")
    }
    padded = try node.concatenation([past, x], 2)
  } else {
    padded = graph.pad(x, begins: [.zero, .zero, before], shape: shape) { Scalars($0, x.elementType).constant(0) }
  }
  let window = Operand.Window(stride: 1, loop: 3, dilation: 1)
  let taps = graph.reshape(weights, to: [x.shape[1], weights.shape[2]])
  let product = graph.contract(
    Operand(padded, [0, 1, 2], windows: [2: window]), Operand(taps, [1, 3]), loops: 4, output: [0, 1, 2], shape: x.shape)
  var result = try node.addChannelBias(product, bias)
  if activation != "none" {
    let type = x.elementType.accumulator
    result = graph.convert(node.mapElements(result, type) { $0.multiply($1, $0.sigmoid($1)) }, to: x.elementType)
  }
  let state = node.slice(padded, [.zero, .zero, x.shape[2]], [1, 1, 1], [x.shape[0], x.shape[1], before])
  return [result, state]
}
