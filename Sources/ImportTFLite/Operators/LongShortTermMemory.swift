import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The places of what one direction of an LSTM has among a node's inputs.
struct MemoryPlaces {
  /// Of the input gate, forget gate, cell and output gate.
  let weights: [Int], recurrent: [Int], biases: [Int]
  /// Of the input gate, forget gate and output gate: weights of the cell's own state.
  let peepholes: [Int]
  let projection: Int, projectionBias: Int
  let output: Int, cell: Int
  /// Of the four: factors of normalized sums.
  let normalization: [Int]

  /// Those of a direction whose weights begin at `first`.
  init(first: Int, output: Int, cell: Int, normalization: [Int] = []) {
    weights = (0..<4).map { first + $0 }
    recurrent = (0..<4).map { first + 4 + $0 }
    peepholes = (0..<3).map { first + 8 + $0 }
    biases = (0..<4).map { first + 11 + $0 }
    (projection, projectionBias) = (first + 15, first + 16)
    (self.output, self.cell, self.normalization) = (output, cell, normalization)
  }
}

/// One direction of an LSTM.
struct MemoryCell {
  /// A gate, or what goes into the cell.
  private struct Gate {
    /// The inputs' part [time, batch, units].
    let projected: GraphTensor
    let recurrent: GraphTensor
    let bias: GraphTensor?
    let peephole: GraphTensor?
    let factors: GraphTensor?
  }

  private let layer: SequenceLayer
  private let places: MemoryPlaces
  /// `nil` if the input gate is what the forget gate leaves.
  private let input: Gate?
  private let forget: Gate, content: Gate, output: Gate
  private let projection: GraphTensor?, projectionBias: GraphTensor?
  private let activation: Activation
  private let cellLimit: Double, projectionLimit: Double
  private var node: Node { layer.node }
  private var graph: GraphBuilder { layer.node.graph }

  init(_ layer: SequenceLayer, _ places: MemoryPlaces) throws(Diagnostic) {
    (self.layer, self.places) = (layer, places)
    let node = layer.node
    func gate(_ i: Int, peephole: Int?) throws(Diagnostic) -> Gate {
      Gate(
        projected: try layer.projected(try node.realInput(places.weights[i])), recurrent: try node.realInput(places.recurrent[i]),
        bias: try node.optionalReal(places.biases[i]),
        peephole: try peephole.flatMap { (i) throws(Diagnostic) in try node.optionalReal(places.peepholes[i]) },
        factors: places.normalization.isEmpty ? nil : try node.optionalReal(places.normalization[i]))
    }
    input = node.optionalInput(places.weights[0]) == nil ? nil : try gate(0, peephole: 0)
    (forget, content, output) = (try gate(1, peephole: 1), try gate(2, peephole: nil), try gate(3, peephole: 2))
    projection = try node.optionalReal(places.projection)
    projectionBias = try node.optionalReal(places.projectionBias)
    activation = try node.activation()
    (cellLimit, projectionLimit) = (try node.float("cell_clip"), try node.float("proj_clip"))
  }

  /// All results [time, batch, units].
  func run(isReversed: Bool = false) throws(Diagnostic) -> GraphTensor {
    let units = forget.recurrent.shape[0]
    let first = [
      try node.state(places.output, [layer.batch, projection?.shape[0] ?? units]), try node.state(places.cell, [layer.batch, units]),
    ]
    let (all, states) = try layer.run(first, isReversed: isReversed) { (time, states) throws(Diagnostic) in try step(time, states) }
    try node.keep(states[0], asState: places.output)
    try node.keep(states[1], asState: places.cell)
    return all
  }

  /// One step: the next output and the next cell.
  private func step(_ time: IndexExpression, _ states: [GraphTensor]) throws(Diagnostic) -> [GraphTensor] {
    let (old, cell) = (states[0], states[1])
    let forgets = try value(forget, time, old, cell) { $0.sigmoid($1) }
    let inputs = try input.map { (gate) throws(Diagnostic) in try value(gate, time, old, cell) { $0.sigmoid($1) } }
    let contents = try value(content, time, old, cell, activation.apply)
    let next = combine([forgets, cell, contents] + (inputs.map { [$0] } ?? [])) { s, e in
      let gate = e.count == 4 ? e[3] : s.subtract(s.constant(1), e[0])
      return clipped(s, s.add(s.multiply(e[0], e[1]), s.multiply(gate, e[2])), cellLimit)
    }
    let outputs = try value(output, time, old, next) { $0.sigmoid($1) }
    let hidden = combine([outputs, next]) { s, e in s.multiply(e[0], activation.apply(s, e[1])) }
    guard let projection else { return [hidden, next] }
    let narrow = try layer.sum([try layer.product(hidden, projection)], projectionBias) { clipped($0, $1, projectionLimit) }
    return [narrow, next]
  }

  /// `function` of the sum of a gate.
  private func value(
    _ gate: Gate, _ time: IndexExpression, _ old: GraphTensor, _ cell: GraphTensor, _ function: (Scalars, Value) -> Value
  ) throws(Diagnostic) -> GraphTensor {
    var tensors = [node.element(time, of: gate.projected, axis: 0), try layer.product(old, gate.recurrent)]
    if let peephole = gate.peephole {
      try node.requireShape(peephole, [cell.shape[1]])
      tensors.append(
        graph.map([Operand(cell, [0, 1]), Operand(peephole, [1])], shape: cell.shape, cell.elementType) {
          Scalars($0, cell.elementType).multiply($1[0], $1[1])
        })
    }
    guard let factors = gate.factors else { return try layer.sum(tensors, gate.bias, function) }
    // Normalized to mean 0 and deviation 1, before the bias.
    let (normal, _, _) = graph.standardize(try layer.sum(tensors, nil) { $1 }, [1], epsilon: 1e-8)
    try node.requireShape(factors, [normal.shape[1]])
    let scaled = graph.map([Operand(normal, [0, 1]), Operand(factors, [1])], shape: normal.shape, normal.elementType) {
      Scalars($0, normal.elementType).multiply($1[0], $1[1])
    }
    return try layer.sum([scaled], gate.bias, function)
  }

  private func combine(_ tensors: [GraphTensor], _ body: (Scalars, [Value]) -> Value) -> GraphTensor {
    graph.map(tensors.map { Operand($0, [0, 1]) }, shape: tensors[0].shape, tensors[0].elementType) {
      body(Scalars($0, tensors[0].elementType), $1)
    }
  }

  /// `x` between `-limit` and `limit`; 0 is no limit.
  private func clipped(_ s: Scalars, _ x: Value, _ limit: Double) -> Value {
    limit > 0 ? s.minimum(s.maximum(x, s.constant(-limit)), s.constant(limit)) : x
  }
}

/// `UNIDIRECTIONAL_SEQUENCE_LSTM`
let lowerSequenceLSTM: Lowering = { node throws(Diagnostic) in
  guard try !node.flag("diagonal_recurrent_tensors") else { throw .unsupportedForm(node, "has diagonal recurrent weights") }
  let isTimeMajor = try node.flag("time_major"), layer = try SequenceLayer(node, isTimeMajor: isTimeMajor)
  let cell = try MemoryCell(layer, MemoryPlaces(first: 1, output: 18, cell: 19, normalization: [20, 21, 22, 23]))
  return [try layer.result(try cell.run(), isTimeMajor: isTimeMajor)]
}

/// `BIDIRECTIONAL_SEQUENCE_LSTM`
let lowerBidirectionalLSTM: Lowering = { node throws(Diagnostic) in
  guard node.optionalInput(39) == nil else { throw .unsupportedForm(node, "takes a second input for each step") }
  let isTimeMajor = try node.flag("time_major"), layer = try SequenceLayer(node, isTimeMajor: isTimeMajor)
  let ahead = try MemoryCell(layer, MemoryPlaces(first: 1, output: 35, cell: 36)).run()
  let back = try MemoryCell(layer, MemoryPlaces(first: 18, output: 37, cell: 38)).run(isReversed: true)
  return try node.bothDirections(layer, ahead, back, isTimeMajor)
}

/// `LSTM`: one step, in the form of all weights apart.
let lowerLSTM: Lowering = { node throws(Diagnostic) in
  let kind = try node.integer("kernel_type")
  guard kind == 0 else { throw .unsupportedAttribute(node, "kernel_type", "\(kind)", supported: "0 (FULL)") }
  let layer = try SequenceLayer(node, isTimeMajor: true, isOneStep: true)
  let cell = try MemoryCell(layer, MemoryPlaces(first: 1, output: 18, cell: 19, normalization: [20, 21, 22, 23]))
  return [try layer.result(try cell.run(), isTimeMajor: true, isOneStep: true)]
}
