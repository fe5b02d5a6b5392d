import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Formulas of the activation functions, as the ONNX operator documentation has them.

/// `Elu`, `Selu`, `Celu`: gamma * (x > 0 ? x : alpha * (exp(x / scale) - 1))
func exponentialLinear(alpha defaultAlpha: Double, gamma defaultGamma: Double, dividing: Bool = false) -> Lowering {
  floatFunction { node in
    let alpha = node.float("alpha", default: defaultAlpha), gamma = node.float("gamma", default: defaultGamma)
    return { s, x in
      let argument = dividing ? s.divide(x, s.constant(alpha)) : x
      let other = s.multiply(s.constant(alpha), s.call("math.expm1", argument))
      let value = s.positive(x, else: other)
      return gamma == 1 ? value : s.multiply(s.constant(gamma), value)
    }
  }
}

let lowerLeakyRelu = floatFunction { node in
  let alpha = node.float("alpha", default: 0.01)
  return { s, x in s.select(s.compare(.less, x, s.constant(0)), s.multiply(s.constant(alpha), x), x) }
}

/// `PRelu`
let lowerPRelu: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), slope = try node.input(1)
  try node.requireSameType([x, slope])
  return [
    try node.graph.elementwise([x, slope], x.elementType) { builder, e in
      let scalars = Scalars(builder, x.elementType)
      return scalars.select(scalars.compare(.less, e[0], scalars.constant(0)), scalars.multiply(e[0], e[1]), e[0])
    }
  ]
}

let lowerThresholdedRelu = floatFunction { node in
  let alpha = node.float("alpha", default: 1)
  return { s, x in s.select(s.compare(.greater, x, s.constant(alpha)), x, s.constant(0)) }
}

let lowerHardSigmoid = floatFunction { node in
  let alpha = node.float("alpha", default: 0.2), beta = node.float("beta", default: 0.5)
  return { s, x in s.hardSigmoid(x, alpha, beta) }
}

let lowerHardSwish = unaryFloat { s, x in s.multiply(x, s.hardSigmoid(x, 1.0 / 6, 0.5)) }
let lowerMish = unaryFloat { s, x in s.multiply(x, s.call("math.tanh", s.softplus(x))) }
let lowerSoftsign = unaryFloat { s, x in s.divide(x, s.add(s.constant(1), s.call("math.absf", x))) }

let lowerSwish = floatFunction { node in
  let alpha = node.float("alpha", default: 1)
  return { s, x in s.multiply(x, s.sigmoid(alpha == 1 ? x : s.multiply(s.constant(alpha), x))) }
}

/// `SwiGLU`: Swish(a) * b, of tensors of one shape.
let lowerSwiGLU: Lowering = { node throws(Diagnostic) in
  let a = try node.input(0), b = try node.input(1)
  try node.requireSameType([a, b])
  guard a.elementType.isFloat else { throw .wrongType(node, a, expected: "a float") }
  guard a.rank == b.rank, zip(a.shape, b.shape).allSatisfy({ $0 == $1 || $0.known == nil || $1.known == nil }) else {
    throw .shapesDisagree(node, a, b, "expected one shape")
  }
  for axis in a.shape.indices { _ = node.graph.unify(a.shape[axis], b.shape[axis], "the sizes of the inputs of '\(node.label)'") }
  let alpha = node.float("alpha", default: 1)
  let all: [Int?] = a.shape.indices.map { $0 }
  return [
    node.graph.map([Operand(a, all), Operand(b, all)], shape: a.shape, a.elementType) { builder, e in
      Scalars(builder, a.elementType).inWideFloat(e) { s, e in
        s.multiply(s.multiply(e[0], s.sigmoid(alpha == 1 ? e[0] : s.multiply(s.constant(alpha), e[0]))), e[1])
      }
    }
  ]
}

let lowerShrink: Lowering = { node throws(Diagnostic) in
  let bias = node.float("bias", default: 0), lambda = node.float("lambd", default: 0.5)
  return try unary { s, x in
    guard s.type.isFloat else { return x }
    let high = s.select(s.compare(.greater, x, s.constant(lambda)), s.subtract(x, s.constant(bias)), s.constant(0))
    return s.select(s.compare(.less, x, s.constant(-lambda)), s.add(x, s.constant(bias)), high)
  }(node)
}

let lowerGelu = floatFunction { node throws(Diagnostic) in
  let kind = node.string("approximate", default: "none")
  guard kind == "none" || kind == "tanh" else { throw .invalidAttribute(node, "approximate", "'\(kind)'", expected: "'none' or 'tanh'") }
  return { s, x in s.gelu(x, tanh: kind == "tanh") }
}

/// The sign of x: -1, 0 or 1.
let lowerSign: Lowering = unary { s, x in
  let zero = s.constant(0)
  let notNegative = s.select(s.compare(.greater, x, zero), s.constant(1), s.type.isFloat ? x : zero)
  return s.type.isUnsigned ? notNegative : s.select(s.compare(.less, x, zero), s.constant(-1), notNegative)
}
