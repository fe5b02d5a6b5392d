import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// A layer that goes through a sequence, one step after the other, with states that it hands on.
struct SequenceLayer {
  let node: Node
  /// The input [time, batch, size].
  let x: GraphTensor
  private var graph: GraphBuilder { node.graph }

  /// The sequence of input `i`: [time, batch, size], [batch, time, size], or one step [batch, size].
  init(_ node: Node, isTimeMajor: Bool, isOneStep: Bool = false) throws(Diagnostic) {
    self.node = node
    let given = try node.input(0, ranks: isOneStep ? 2...2 : 3...3), real = try node.realInput(0)
    try node.require(real, .float)
    if isOneStep {
      x = node.graph.reshape(real, to: [.one] + given.shape)
    } else {
      x = isTimeMajor ? real : node.transpose(real, [1, 0, 2])
    }
  }

  var batch: IndexExpression { x.shape[1] }

  /// `rows` [count, size] times weights [units, size].
  func product(_ rows: GraphTensor, _ weights: GraphTensor) throws(Diagnostic) -> GraphTensor {
    guard weights.rank == 2, rows.rank == 2,
      graph.unify(rows.shape[1], weights.shape[1], "the sizes of rows and weights of '\(node.label)'") != nil
    else { throw .shapesDisagree(node, rows, weights, "the rows differ") }
    return graph.contract(
      Operand(rows, [0, 2]), Operand(weights, [1, 2]), loops: 3, output: [0, 1], shape: [rows.shape[0], weights.shape[0]])
  }

  /// The products of all steps with weights, [time, batch, units].
  func projected(_ weights: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let flat = graph.reshape(x, to: [x.shape[0] * batch, x.shape[2]])
    return graph.reshape(try product(flat, weights), to: [x.shape[0], batch, weights.shape[0]])
  }

  /// Goes through the steps, backwards if `isReversed`, from `states` on: `body` gets the place in time and the states, the first of which is the result
  /// of the step. Returns all results [time, batch, units], in order of time, and the states at the end.
  func run(
    _ states: [GraphTensor], isReversed: Bool = false,
    _ body: @escaping (IndexExpression, [GraphTensor]) throws(Diagnostic) -> [GraphTensor]
  ) throws(Diagnostic) -> (all: GraphTensor, states: [GraphTensor]) {
    let time = x.shape[0]
    if time == .one {
      let next = try body(.zero, states)
      return (graph.reshape(next[0], to: [.one] + next[0].shape), next)
    }
    let loop = ModelLoop(node, count: time) { (step, carried) throws(Diagnostic) in
      let next = try body(isReversed ? time - 1 - step : step, carried)
      return (nil, next, [next[0]])
    }
    let results = try loop.run(states)
    let all = results[states.count]
    return (isReversed ? node.flipped(all, axis: 0) : all, Array(results.prefix(states.count)))
  }

  /// The sum of tensors [batch, units] and of one number for each unit, and a function of that.
  func sum(_ tensors: [GraphTensor], _ bias: GraphTensor?, _ function: (Scalars, Value) -> Value) throws(Diagnostic) -> GraphTensor {
    let shape = tensors[0].shape
    for tensor in tensors { try node.requireShape(tensor, shape) }
    if let bias { try node.requireShape(bias, [shape[1]]) }
    let operands = tensors.map { Operand($0, [0, 1]) } + (bias.map { [Operand($0, [1])] } ?? [])
    return graph.map(operands, shape: shape, tensors[0].elementType) { b, e in
      let s = Scalars(b, tensors[0].elementType)
      return function(s, e.dropFirst().reduce(e[0], s.add))
    }
  }

  /// The result in the order of the input, as output `i` of the node.
  func result(_ all: GraphTensor, isTimeMajor: Bool, isOneStep: Bool = false, _ i: Int = 0) throws(Diagnostic) -> GraphTensor {
    let ordered = isOneStep ? graph.reshape(all, to: Array(all.shape.dropFirst())) : isTimeMajor ? all : node.transpose(all, [1, 0, 2])
    return try node.quantizedResult(ordered, i)
  }
}

// MARK: states

extension Node {
  /// The value of the state that input `i` is, as floats.
  func state(_ i: Int, _ shape: [IndexExpression]) throws(Diagnostic) -> GraphTensor {
    let value = try realInput(i)
    try requireShape(value, shape)
    return graph.withShape(value, shape)
  }

  /// Sets the state that input `i` is, if it is one that is kept from call to call.
  func keep(_ value: GraphTensor, asState i: Int) throws(Diagnostic) {
    let record = inputRecord(i)
    guard record.isVariable else { return }
    try walker.assign(try quantized(value, record), toTensor: self.record.inputs[i], by: self)
  }

  /// Input `i` as floats, or `nil` if it is left out.
  func optionalReal(_ i: Int) throws(Diagnostic) -> GraphTensor? { optionalInput(i) == nil ? nil : try realInput(i) }
}

// MARK: plain cells

/// What `RNN` and its like have of one direction: weights of inputs and of states, a bias, and the state.
private struct PlainCell {
  let weights: Int, recurrent: Int, bias: Int, state: Int

  init(first: Int) { (weights, recurrent, bias, state) = (first, first + 1, first + 2, first + 3) }

  /// All results of a direction.
  func run(_ layer: SequenceLayer, _ activation: Activation, isReversed: Bool = false) throws(Diagnostic) -> GraphTensor {
    let node = layer.node, recurrentWeights = try node.realInput(recurrent), offsets = try node.optionalReal(bias)
    let projected = try layer.projected(try node.realInput(weights))
    let first = try node.state(state, [layer.batch, recurrentWeights.shape[0]])
    let (all, states) = try layer.run([first], isReversed: isReversed) { (time, states) throws(Diagnostic) in
      let own = node.element(time, of: projected, axis: 0)
      return [try layer.sum([own, try layer.product(states[0], recurrentWeights)], offsets, activation.apply)]
    }
    try node.keep(states[0], asState: state)
    return all
  }
}

/// `RNN`
let lowerRNN: Lowering = { node throws(Diagnostic) in
  let layer = try SequenceLayer(node, isTimeMajor: true, isOneStep: true)
  return [try layer.result(try PlainCell(first: 1).run(layer, node.activation()), isTimeMajor: true, isOneStep: true)]
}

/// `UNIDIRECTIONAL_SEQUENCE_RNN`
let lowerSequenceRNN: Lowering = { node throws(Diagnostic) in
  let isTimeMajor = try node.flag("time_major"), layer = try SequenceLayer(node, isTimeMajor: isTimeMajor)
  return [try layer.result(try PlainCell(first: 1).run(layer, node.activation()), isTimeMajor: isTimeMajor)]
}

/// `BIDIRECTIONAL_SEQUENCE_RNN`
let lowerBidirectionalRNN: Lowering = { node throws(Diagnostic) in
  guard node.optionalInput(9) == nil else { throw .unsupportedForm(node, "takes a second input for each step") }
  let isTimeMajor = try node.flag("time_major"), layer = try SequenceLayer(node, isTimeMajor: isTimeMajor),
    activation = try node.activation()
  let ahead = try PlainCell(first: 1).run(layer, activation), back = try PlainCell(first: 5).run(layer, activation, isReversed: true)
  return try node.bothDirections(layer, ahead, back, isTimeMajor)
}

extension Node {
  /// The results of two directions, side by side or one after the other.
  func bothDirections(_ layer: SequenceLayer, _ ahead: GraphTensor, _ back: GraphTensor, _ isTimeMajor: Bool) throws(Diagnostic)
    -> [GraphTensor]
  {
    if try flag("merge_outputs") { return [try layer.result(try concatenation([ahead, back], 2), isTimeMajor: isTimeMajor)] }
    return [try layer.result(ahead, isTimeMajor: isTimeMajor), try layer.result(back, isTimeMajor: isTimeMajor, 1)]
  }
}

/// `SVDF`: each filter remembers what it gave for the last inputs, and weighs that by their age; `rank` filters make a unit.
let lowerSVDF: Lowering = { node throws(Diagnostic) in
  let x = try node.realInput(0), features = try node.realInput(1), times = try node.realInput(2), bias = try node.optionalReal(3)
  let graph = node.graph, rank = try node.windowOption("rank"), activation = try node.activation()
  guard x.rank == 2, features.rank == 2, times.rank == 2,
    let units = node.exactQuotient(features.shape[0], by: rank, "the filters of '\(features.name)'")
  else { throw .unsupportedForm(node, "takes operands of other ranks") }
  let batch = x.shape[0], filters = features.shape[0], memory = times.shape[1]
  try node.requireShape(times, [filters, memory])
  let given = try node.realInput(4)
  try node.requireShape(given, [batch, memory * filters])
  let old = graph.value(graph.reshape(given, to: [batch, filters, memory])), last = graph.index(memory - 1)
  let layer = try SequenceLayer(node, isTimeMajor: true, isOneStep: true)
  let newest = graph.value(try layer.product(x, features))
  let state = graph.generate([batch, filters, memory], .f32) { b, position in
    b.conditional(b.compare(.less, position[2], last), type: .f32(b.context)) {
      $0.element(old, [position[0], position[1], $0.plus(position[2], $0.index(1))])
    } else: {
      $0.element(newest, [position[0], position[1]])
    }
  }
  let weighed = graph.contract(
    Operand(state, [0, 1, 2]), Operand(times, [1, 2]), loops: 3, output: [0, 1], shape: [batch, filters])
  let split = graph.reshape(weighed, to: [batch, units, IndexExpression(rank)])
  let sums = graph.reduce(split, [2], .sum)
  try node.keep(graph.reshape(state, to: [batch, memory * filters]), asState: 4)
  return [try node.quantizedResult(layer.sum([sums], bias, activation.apply))]
}
