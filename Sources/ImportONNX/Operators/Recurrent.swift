import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `LSTM`, `GRU`, `RNN`: for each direction the projections of all inputs as one contraction, then all steps in one kernel. Where the weights
/// of a step are so many that several threads should read them, the steps are a loop on the host.
func recurrent(_ cell: RecurrentCell) -> Lowering {
  { node throws(Diagnostic) in try RecurrentLayer(node, cell).results() }
}

/// The kinds of recurrent cells.
enum RecurrentCell {
  case plain, gru, lstm

  /// Gates, each a block of rows of the weights.
  var gates: Int { self == .plain ? 1 : self == .gru ? 3 : 4 }
  /// The activation functions of one direction.
  var activations: [String] { self == .plain ? ["Tanh"] : self == .gru ? ["Sigmoid", "Tanh"] : ["Sigmoid", "Tanh", "Tanh"] }
}

/// A recurrent node under import.
struct RecurrentLayer {
  let node: Node
  let cell: RecurrentCell
  /// [time, batch, input]
  let x: GraphTensor
  let lengths: GraphTensor?
  let hidden: IndexExpression
  let reversed: [Bool]
  let batchFirst: Bool
  /// The type in which it is computed.
  let type: ElementType
  let functions: [[RecurrentActivation]]
  let clip: Double?
  /// The weights of inputs and states, where those are bytes: states are rounded to bytes then before they are multiplied.
  let bytes: (inputs: RecurrentBytes, states: RecurrentBytes)?
  var graph: GraphBuilder { node.graph }
  var time: IndexExpression { x.shape[0] }
  var batch: IndexExpression { x.shape[1] }

  init(_ node: Node, _ cell: RecurrentCell, bytes: (inputs: RecurrentBytes, states: RecurrentBytes)? = nil) throws(Diagnostic) {
    (self.node, self.cell, self.bytes) = (node, cell, bytes)
    let given = try node.input(0, ranks: 3...3), w = try node.input(1, ranks: 3...3), r = try node.recurrenceWeights()
    guard given.elementType.isFloat else { throw .wrongType(node, given, expected: "a float") }
    try node.requireSameType([given, w, r] + [3, 5, 6, 7].compactMap { node.optionalInput($0) })
    type = given.elementType.accumulator
    batchFirst = node.integer("layout", default: 0) == 1
    x = node.graph.convert(batchFirst ? node.transpose(given, [1, 0, 2]) : given, to: type)
    hidden = r.shape[2]
    switch node.string("direction", default: "forward") {
    case "forward": reversed = [false]
    case "reverse": reversed = [true]
    case "bidirectional": reversed = [false, true]
    case let other:
      throw .invalidAttribute(node, "direction", "'\(other)'", expected: "forward, reverse or bidirectional")
    }
    let rows = hidden * cell.gates
    for weights in [w, r] {
      guard node.graph.unify(weights.shape[0], IndexExpression(reversed.count), "the directions of '\(weights.name)'") != nil,
        node.graph.unify(weights.shape[1], rows, "the gates of '\(node.label)'") != nil
      else {
        throw .wrongShape(node, weights, "\(reversed.count) directions and \(cell.gates) gates of the hidden size")
      }
    }
    guard node.graph.unify(x.shape[2], w.shape[2], "the input sizes of '\(node.label)'") != nil else {
      throw .shapesDisagree(node, given, w, "the input sizes differ")
    }
    if let wanted = node.integer("hidden_size"), let known = hidden.known, wanted != known {
      throw .invalidAttribute(node, "hidden_size", "\(wanted)", expected: "\(known), as in the weights")
    }
    clip = node.hasAttribute("clip") ? node.float("clip", default: 0) : nil
    if let given = node.optionalInput(4) {
      try node.requireShape(given, [x.shape[1]])
      lengths = try node.checked(given, .length, from: .zero, below: x.shape[0] + 1)
    } else {
      lengths = nil
    }
    functions = try RecurrentActivation.all(node, cell.activations, directions: reversed.count)
  }

  /// The part of input `i` for direction `d`, as `shape`.
  private func part(_ i: Int, _ d: Int, _ shape: [IndexExpression]) throws(Diagnostic) -> GraphTensor? {
    if let bytes, i == 1 || i == 2 { return (i == 1 ? bytes.inputs : bytes.states).weights(d, node) }
    guard let tensor = node.optionalInput(i) else { return nil }
    let isState = i == 5 || (i == 6 && cell == .lstm)
    let ordered = isState && batchFirst ? node.transpose(tensor, [1, 0, 2]) : tensor
    guard ordered.rank == shape.count + 1,
      graph.unify(ordered.shape[0], IndexExpression(reversed.count), "the directions of '\(tensor.name)'") != nil
    else {
      throw .wrongShape(node, tensor, "\(reversed.count) directions first")
    }
    for (own, wanted) in zip(ordered.shape.dropFirst(), shape) where graph.unify(own, wanted, "the sizes of '\(tensor.name)'") == nil {
      throw .wrongShape(node, tensor, "the sizes of the weights and inputs")
    }
    let all = [IndexExpression(1)] + shape
    let slice = node.slice(ordered, [IndexExpression(d)] + shape.map { _ in .zero }, all.map { _ in 1 }, all)
    return graph.convert(graph.reshape(slice, to: shape), to: type)
  }

  /// The outputs Y, Y_h and, of an LSTM, Y_c.
  func results() throws(Diagnostic) -> [GraphTensor] {
    var steps: [GraphTensor] = [], last: [GraphTensor] = [], cells: [GraphTensor] = []
    for d in reversed.indices {
      let final = try direction(d)
      if node.hasOutput(0) { steps.append(graph.reshape(final[final.count - 1], to: [time, .one, batch, hidden])) }
      last.append(graph.reshape(final[0], to: [.one, batch, hidden]))
      if cell == .lstm { cells.append(graph.reshape(final[1], to: [.one, batch, hidden])) }
    }
    let directions = IndexExpression(reversed.count), outer = try node.input(0).elementType
    func state(_ parts: [GraphTensor]) -> GraphTensor {
      let whole = graph.convert(node.concatenate(parts, 0, [directions, batch, hidden]), to: outer)
      return batchFirst ? node.transpose(whole, [1, 0, 2]) : whole
    }
    var all = GraphTensor(outer, [])
    if !steps.isEmpty {
      all = graph.convert(node.concatenate(steps, 1, [time, directions, batch, hidden]), to: outer)
      if batchFirst { all = node.transpose(all, [2, 0, 1, 3]) }
    } else {
      all.value = graph.empty(outer, [])
    }
    return [all, state(last)] + (cell == .lstm ? [state(cells)] : [])
  }

  /// One direction: the last hidden state, the last cell state of an LSTM, and the states of all steps if they are asked for.
  private func direction(_ d: Int) throws(Diagnostic) -> [GraphTensor] {
    let gates = hidden * cell.gates
    guard let w = try part(1, d, [gates, x.shape[2]]), let r = try part(2, d, [gates, hidden]) else { throw .missingInput(node, 1) }
    let projected = graph.contractQuantized(
      Operand(x, [0, 1, 3]), Operand(w, [2, 3]), columns: 0, loops: 4, output: [0, 1, 2], shape: [time, batch, gates])
    let bias = try part(3, d, [gates * 2])
    let zero = graph.expandZero([batch, hidden], type)
    var initial = [try part(5, d, [batch, hidden]) ?? zero]
    if cell == .lstm { initial.append(try part(6, d, [batch, hidden]) ?? zero) }
    // The weights of the gates that are multiplied together; those of the hidden gate of a GRU wait for the reset gate.
    let weights = resetsFirst ? [rows(0..<2, of: r), rows(2..<3, of: r)] : [r]
    let peepholes = cell == .lstm ? try part(7, d, [hidden * 3]) : nil
    /// The states after a step, and what is recorded of it.
    func advance(_ step: IndexExpression, _ carried: [GraphTensor]) -> (next: [GraphTensor], fresh: GraphTensor) {
      let input = StepInput(
        layer: self, direction: d, step: step, projected: projected, bias: bias, peepholes: peepholes, state: carried[0])
      var next: [GraphTensor]
      switch cell {
      case .plain: next = [plainStep(input, weights)]
      case .gru: next = [gruStep(input, weights)]
      case .lstm: next = lstmStep(input, weights, carried[1])
      }
      let fresh = next[0]
      if lengths != nil { next = zip(next, carried).map { input.keeping($1, unless: $0) } }
      return (next, fresh)
    }
    if time == .one, node.optionalInput(5) == nil {
      // A state of zeros has no products.
      let (next, fresh) = advance(.zero, initial)
      return next + [record(graph.reshape(fresh, to: [.one, batch, hidden]), d)]
    }
    if let known = hidden.known, known > 0, known <= Self.kernelLimit / known / (cell.gates * type.byteCount) {
      return recur(d, projected, weights, bias: bias, peepholes: peepholes, initial: initial)
    }
    let isRecorded = node.hasOutput(0)
    let loop = ModelLoop(node, count: time) { (step, carried) throws(Diagnostic) in
      let (next, fresh) = advance(step, carried)
      return (nil, next, isRecorded ? [fresh] : [])
    }
    var results = try loop.run(initial)
    if isRecorded { results.append(record(results.removeLast(), d)) }
    return results
  }

  /// The states of all steps by time: those of `steps` are by the number of the step. Behind the end of a sequence they are 0.
  private func record(_ steps: GraphTensor, _ d: Int) -> GraphTensor {
    guard let lengths else { return reversed[d] ? node.flipped(steps, axis: 0) : steps }
    let source = graph.value(steps)
    return graph.map([Operand(graph.convert(lengths, to: .i64), [1])], shape: steps.shape, type) { b, e in
      var position = [b.position(0), b.position(1), b.position(2)]
      let length = b.asIndex(e[0]), isInside = b.compare(.less, position[0], length)
      if reversed[d] { position[0] = b.minus(b.minus(length, position[0]), b.index(1)) }
      return b.conditional(isInside, type: source.type.element) {
        $0.element(source, position)
      } else: {
        Scalars($0, type).constant(0)
      }
    }
  }

  /// Weights of a step of at most so many bytes are one thread's: they stay in its second-level cache.
  private static let kernelLimit = 1 << 20

  /// `true` iff the hidden gate of a GRU multiplies the state that was reset, not the other way round.
  var resetsFirst: Bool { cell == .gru && !node.flag("linear_before_reset") }

  // MARK: steps on the host

  /// The rows of the gates `range` of recurrent weights.
  private func rows(_ range: Range<Int>, of r: GraphTensor) -> GraphTensor {
    node.slice(r, [hidden * range.lowerBound, .zero], [1, 1], [hidden * range.count, hidden])
  }

  /// state * R'
  private func recurrence(_ state: GraphTensor, _ r: GraphTensor) -> GraphTensor {
    let state = bytes == nil ? state : node.roundedToBytes(state)
    return graph.contractQuantized(
      Operand(state, [0, 2]), Operand(r, [1, 2]), columns: 0, loops: 3, output: [0, 1], shape: [batch, r.shape[0]])
  }

  private func plainStep(_ input: StepInput, _ r: [GraphTensor]) -> GraphTensor {
    let sum = recurrence(input.state, r[0])
    return input.map([], [(sum, 1)]) { element, _ in plainState(element, input.direction) }
  }

  private func gruStep(_ input: StepInput, _ r: [GraphTensor]) -> GraphTensor {
    let d = input.direction, sum = recurrence(input.state, r[0])
    guard resetsFirst else { return input.map([input.state], [(sum, 3)]) { gruState($0, d, $1[0]) } }
    let reset = input.map([input.state], [(sum, 2)]) { gruReset($0, d, $1[0]) }
    return input.map([input.state], [(sum, 2), (recurrence(reset, r[1]), 1)]) { gruState($0, d, $1[0]) }
  }

  private func lstmStep(_ input: StepInput, _ r: [GraphTensor], _ old: GraphTensor) -> [GraphTensor] {
    let d = input.direction, sum = recurrence(input.state, r[0])
    let fresh = input.map([old], [(sum, 4)]) { lstmCell($0, d, $1[0]) }
    return [input.map([fresh], [(sum, 4)]) { lstmState($0, d, $1[0]) }, fresh]
  }
}

extension Node {
  /// The recurrent weights, [directions, gates, hidden], of which the attribute `hidden_size` may tell the last size.
  fileprivate func recurrenceWeights() throws(Diagnostic) -> GraphTensor {
    let weights = try input(2, ranks: 3...3)
    guard let size = integer("hidden_size"), weights.shape[2].known == nil else { return weights }
    return settled(weights, axis: 2, to: size) ?? weights
  }
}
