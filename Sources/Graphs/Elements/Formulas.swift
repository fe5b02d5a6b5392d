import TesseraMLIR

/// Formulas of activation functions.
extension Scalars {
  /// 1 / (1 + exp(-x))
  package func sigmoid(_ x: Value) -> Value { divide(constant(1), add(constant(1), call("math.exp", negate(x)))) }

  /// log(1 + exp(x)), without overflow: max(x, 0) + log1p(exp(-|x|))
  package func softplus(_ x: Value) -> Value {
    let tail = call("math.log1p", call("math.exp", negate(call("math.absf", x))))
    return add(maximum(x, constant(0)), tail)
  }

  /// x * Phi(x), with erf or with the tanh approximation.
  package func gelu(_ x: Value, tanh: Bool) -> Value {
    let inner: Value
    if tanh {
      let cube = multiply(multiply(x, x), x)
      let argument = multiply(constant(0.7978845608028654), add(x, multiply(constant(0.044715), cube)))  // sqrt(2 / pi)
      inner = call("math.tanh", argument)
    } else {
      inner = call("math.erf", multiply(x, constant(0.7071067811865476)))  // 1 / sqrt(2)
    }
    return multiply(multiply(constant(0.5), x), add(constant(1), inner))
  }

  /// x where x > 0, else `other`.
  package func positive(_ x: Value, else other: Value) -> Value { select(compare(.greater, x, constant(0)), x, other) }

  /// max(0, min(1, alpha * x + beta))
  package func hardSigmoid(_ x: Value, _ alpha: Double, _ beta: Double) -> Value {
    maximum(constant(0), minimum(constant(1), add(multiply(constant(alpha), x), constant(beta))))
  }
}
