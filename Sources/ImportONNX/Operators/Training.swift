import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// One step of the optimizers of ai.onnx.preview.training. Inputs are the rate, the number of steps so far, and n tensors of each kind.

/// What an optimizer makes of elements: new values and states, of (rate, step, [value, gradient, states...]).
private typealias Update = (Scalars, Value, Value, [Value]) -> [Value]

extension Node {
  /// The results of an optimizer with `states` states for each tensor.
  fileprivate func optimized(states: Int, _ update: Update) throws(Diagnostic) -> [GraphTensor] {
    let kinds = 2 + states
    let count = (inputs.count - 2) / kinds
    guard inputs.count > 2, (inputs.count - 2) % kinds == 0 else {
      throw .unsupportedForm(self, "does not have \(kinds) tensors for each one that is optimized")
    }
    var scalars: [GraphTensor] = []
    for i in 0..<2 {
      let tensor = try input(i)
      guard tensor.knownCount == 1 else { throw .wrongShape(self, tensor, "one number") }
      scalars.append(graph.reshape(tensor, to: []))
    }
    var results: [GraphTensor?] = Array(repeating: nil, count: count * (states + 1))
    for i in 0..<count {
      var operands: [GraphTensor] = []
      for kind in 0..<kinds { operands.append(try input(2 + kind * count + i)) }
      try requireSameType(operands)
      let x = operands[0], type = x.elementType
      guard type.isFloat else { throw .wrongType(self, x, expected: "a float") }
      for other in operands where other.shape != x.shape { try requireShape(other, x.shape) }
      for result in 0...states {
        results[result * count + i] = try graph.elementwise(operands + scalars, type) { b, e in
          let s = Scalars(b, type.accumulator)
          let numbers = zip(e, operands + scalars).map { s.convert($0, from: $1.elementType) }
          let updated = update(s, numbers[kinds], numbers[kinds + 1], Array(numbers.prefix(kinds)))
          return Scalars(b, type).convert(updated[result], from: s.type)
        }
      }
    }
    return results.compactMap { $0 }
  }

  /// The gradient with that of the norm added: norm_coefficient * x + g
  fileprivate func regularized(_ s: Scalars, _ e: [Value]) -> Value {
    s.add(s.multiply(s.constant(float("norm_coefficient", default: 0)), e[0]), e[1])
  }
}

/// `Adagrad`
let lowerAdagrad: Lowering = { node throws(Diagnostic) in
  let decay = node.float("decay_factor", default: 0), epsilon = node.float("epsilon", default: 1e-6)
  return try node.optimized(states: 1) { s, rate, step, e in
    let gradient = node.regularized(s, e)
    let sum = s.add(e[2], s.multiply(gradient, gradient))
    let adjusted = s.divide(rate, s.add(s.constant(1), s.multiply(step, s.constant(decay))))
    let length = s.add(s.call("math.sqrt", sum), s.constant(epsilon))
    return [s.subtract(e[0], s.divide(s.multiply(adjusted, gradient), length)), sum]
  }
}

/// `Momentum`, standard or Nesterov's.
let lowerMomentum: Lowering = { node throws(Diagnostic) in
  let alpha = node.float("alpha", default: 0), beta = node.float("beta", default: 0)
  let mode = node.string("mode", default: "standard")
  guard mode == "standard" || mode == "nesterov" else {
    throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "standard or nesterov")
  }
  return try node.optimized(states: 1) { s, rate, step, e in
    let gradient = node.regularized(s, e)
    let factor = s.select(s.compare(.greater, step, s.constant(0)), s.constant(beta), s.constant(1))
    let momentum = s.add(s.multiply(s.constant(alpha), e[2]), s.multiply(factor, gradient))
    let direction = mode == "standard" ? momentum : s.add(gradient, s.multiply(s.constant(alpha), momentum))
    return [s.subtract(e[0], s.multiply(rate, direction)), momentum]
  }
}

/// `Adam`
let lowerAdam: Lowering = { node throws(Diagnostic) in
  let alpha = node.float("alpha", default: 0.9), beta = node.float("beta", default: 0.999), epsilon = node.float("epsilon", default: 1e-6)
  let after = node.float("norm_coefficient_post", default: 0)
  return try node.optimized(states: 2) { s, rate, step, e in
    let gradient = node.regularized(s, e), one = s.constant(1)
    func blend(_ factor: Double, _ old: Value, _ new: Value) -> Value {
      s.add(s.multiply(s.constant(factor), old), s.multiply(s.constant(1 - factor), new))
    }
    let momentum = blend(alpha, e[2], gradient), square = blend(beta, e[3], s.multiply(gradient, gradient))
    func rest(_ factor: Double) -> Value { s.subtract(one, s.builder.binary("math.powf", s.constant(factor), step)) }
    let corrected = s.divide(s.multiply(rate, s.call("math.sqrt", rest(beta))), rest(alpha))
    let adjusted = s.select(s.compare(.greater, step, s.constant(0)), corrected, rate)
    let length = s.add(s.call("math.sqrt", square), s.constant(epsilon))
    let next = s.subtract(e[0], s.divide(s.multiply(adjusted, momentum), length))
    return [s.multiply(s.constant(1 - after), next), momentum, square]
  }
}
