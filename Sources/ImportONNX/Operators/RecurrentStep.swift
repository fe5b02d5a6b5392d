import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// One time step of one direction of a recurrent layer: what all formulas of its cell read.
struct StepInput {
  let layer: RecurrentLayer
  let direction: Int
  /// Steps done so far.
  let step: IndexExpression
  /// The inputs' part of the gates, [time, batch, gates * hidden].
  let projected: GraphTensor
  /// The biases of inputs and of states, one after the other.
  let bias: GraphTensor?
  let peepholes: GraphTensor?
  let state: GraphTensor

  private var graph: GraphBuilder { layer.graph }
  private var shape: [IndexExpression] { [layer.batch, layer.hidden] }

  /// A tensor [batch, hidden], each element by `body` from the gates and the elements of `operands` there. `products` are the states' parts of
  /// the gates, as tensors with so many of them each.
  func map(_ operands: [GraphTensor], _ products: [(GraphTensor, gates: Int)], _ body: (StepElement, [Value]) -> Value) -> GraphTensor {
    let place = fixedPlace.map(graph.index)
    let stepValue = graph.index(step), last = graph.index(layer.time - 1)
    let hidden = graph.index(layer.hidden)
    let lengths = layer.lengths.map(graph.value)
    let sources = (graph.value(projected), bias.map(graph.value), peepholes.map(graph.value))
    let blocks = products.flatMap { product in (0..<product.gates).map { (graph.value(product.0), $0) } }
    let values = operands.map(graph.value)
    return graph.generate(shape, layer.type) { builder, position in
      let time: Value
      if let place {
        time = place
      } else {
        // Reversed sequences of lengths of their own are read backwards from their ends; what comes behind the end does not count.
        let length = Self.length(builder, lengths, position[0])
        let back = builder.binary("arith.subi", builder.binary("arith.subi", length, stepValue), builder.index(1))
        time = builder.binary("arith.minsi", builder.binary("arith.maxsi", back, builder.index(0)), last)
      }
      let element = StepElement(
        scalars: Scalars(builder, layer.type), position: position, time: time, hidden: hidden, gates: layer.cell.gates,
        projected: sources.0, bias: sources.1, peepholes: sources.2, products: blocks)
      let elements = values.map { builder.value("tensor.extract", [$0] + position, type: $0.type.element) }
      return body(element, elements)
    }
  }

  /// The time that all sequences are at; `nil` if each has its own.
  private var fixedPlace: IndexExpression? {
    if !layer.reversed[direction] { return step }
    return layer.lengths == nil ? layer.time - 1 - step : nil
  }

  private static func length(_ builder: Builder, _ lengths: Value?, _ batch: Value) -> Value {
    guard let lengths else { return builder.index(0) }
    let element = builder.element(lengths, [batch])
    return builder.value("arith.index_cast", [element], type: .index(builder.context))
  }

  /// `fresh` for sequences that have this step, `old` for those that are over.
  func keeping(_ old: GraphTensor, unless fresh: GraphTensor) -> GraphTensor {
    let lengths = layer.lengths.map(graph.value)
    let stepValue = graph.index(step)
    return graph.map([Operand(old, [0, 1]), Operand(fresh, [0, 1])], shape: shape, layer.type) { builder, e in
      let goesOn = builder.compare(.less, stepValue, Self.length(builder, lengths, builder.position(0)))
      return Scalars(builder, layer.type).select(goesOn, e[1], e[0])
    }
  }
}

/// The gates of one element of the state.
struct StepElement: CellElement {
  let scalars: Scalars
  /// Batch and hidden unit.
  let position: [Value]
  let time: Value
  let hidden: Value
  let gates: Int
  let projected: Value
  let bias: Value?
  let peepholes: Value?
  /// For each gate, the tensor [batch, blocks * hidden] that has the states' part of it, and the number of its block there.
  let products: [(tensor: Value, block: Int)]

  /// The row of this unit in block `number`.
  private func row(_ number: Int) -> Value {
    if number == 0 { return position[1] }
    let builder = scalars.builder
    return builder.binary("arith.addi", position[1], builder.binary("arith.muli", hidden, builder.index(number)))
  }

  private func extract(_ tensor: Value, _ position: [Value]) -> Value {
    scalars.builder.element(tensor, position)
  }

  func inputSum(_ gate: Int) -> Value {
    let value = extract(projected, [time, position[0], row(gate)])
    return bias.map { scalars.add(value, extract($0, [row(gate)])) } ?? value
  }

  func product(_ gate: Int) -> Value { extract(products[gate].tensor, [position[0], row(products[gate].block)]) }
  func recurrentBias(_ gate: Int) -> Value? { bias.map { extract($0, [row(gates + gate)]) } }
  func peephole(_ number: Int) -> Value? { peepholes.map { extract($0, [row(number)]) } }
}

/// An activation function of a recurrent cell.
struct RecurrentActivation {
  let name: String
  let alpha: Double
  let beta: Double

  /// ONNX's functions, with the defaults of alpha and beta.
  private static let defaults: [String: (Double, Double)] = [
    "Relu": (0, 0), "Tanh": (0, 0), "Sigmoid": (0, 0), "Affine": (1, 0), "LeakyRelu": (0.01, 0), "ThresholdedRelu": (1, 0),
    "ScaledTanh": (1, 1), "HardSigmoid": (0.2, 0.5), "Elu": (1, 0), "Softsign": (0, 0), "Softplus": (0, 0),
  ]
  /// Those that take a number from `activation_alpha`, and from `activation_beta`.
  private static let takingAlpha: Set<String> = ["Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu"]
  private static let takingBeta: Set<String> = ["Affine", "ScaledTanh", "HardSigmoid"]

  /// The functions of `node` by direction.
  static func all(_ node: Node, _ names: [String], directions: Int) throws(Diagnostic) -> [[RecurrentActivation]] {
    var given = node.strings("activations") ?? []
    if given.isEmpty { given = Array(repeating: names, count: directions).flatMap { $0 } }
    guard given.count == names.count * directions else {
      throw .invalidAttribute(node, "activations", "\(given)", expected: "\(names.count * directions) names")
    }
    var alphas = (node.floats("activation_alpha") ?? [])[...], betas = (node.floats("activation_beta") ?? [])[...]
    var list: [RecurrentActivation] = []
    for text in given {
      guard let (name, numbers) = defaults.first(where: { $0.key.lowercased() == text.lowercased() }) else {
        throw .unsupportedAttribute(node, "activations", "'\(text)'", supported: defaults.keys.sorted().joined(separator: ", "))
      }
      let alpha = takingAlpha.contains(name) ? alphas.popFirst().map(Double.init) : nil
      let beta = takingBeta.contains(name) ? betas.popFirst().map(Double.init) : nil
      list.append(RecurrentActivation(name: name, alpha: alpha ?? numbers.0, beta: beta ?? numbers.1))
    }
    return (0..<directions).map { Array(list[$0 * names.count..<($0 + 1) * names.count]) }
  }

  /// The function of `x`.
  func apply(_ s: Scalars, _ x: Value) -> Value {
    let zero = s.constant(0), one = s.constant(1)
    switch name {
    case "Relu": return s.maximum(x, zero)
    case "Tanh": return s.call("math.tanh", x)
    case "Affine": return s.add(s.multiply(s.constant(alpha), x), s.constant(beta))
    case "LeakyRelu": return s.select(s.compare(.less, x, zero), s.multiply(s.constant(alpha), x), x)
    case "ThresholdedRelu": return s.select(s.compare(.greaterOrEqual, x, s.constant(alpha)), x, zero)
    case "ScaledTanh": return s.multiply(s.constant(alpha), s.call("math.tanh", s.multiply(s.constant(beta), x)))
    case "HardSigmoid": return s.minimum(s.maximum(s.add(s.multiply(s.constant(alpha), x), s.constant(beta)), zero), one)
    case "Elu": return s.select(s.compare(.less, x, zero), s.multiply(s.constant(alpha), s.subtract(s.call("math.exp", x), one)), x)
    case "Softsign": return s.divide(x, s.add(one, s.call("math.absf", x)))
    case "Softplus": return s.softplus(x)
    default: return s.sigmoid(x)
    }
  }
}
