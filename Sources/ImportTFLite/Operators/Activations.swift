import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `GELU`
let lowerGelu = floatFunction { node throws(Diagnostic) in
  let isApproximate = try node.flag("approximate")
  return { s, x in s.gelu(x, tanh: isApproximate) }
}

/// `LEAKY_RELU`
let lowerLeakyRelu = floatFunction { node throws(Diagnostic) in
  let alpha = try node.float("alpha")
  return { s, x in s.positive(x, else: s.multiply(s.constant(alpha), x)) }
}

/// `PRELU`: one slope for each channel, or for each element of a row.
let lowerPRelu: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), slope = try node.input(1)
  try node.requireSameType([x, slope])
  return [
    try node.graph.elementwise([x, slope], x.elementType) { builder, e in
      let s = Scalars(builder, x.elementType)
      return s.select(s.compare(.less, e[0], s.constant(0)), s.multiply(e[0], e[1]), e[0])
    }
  ]
}

/// `SOFTMAX`: along the last dimension, of the elements times `beta`.
let lowerSoftmax: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), beta = try node.float("beta")
  try node.require(x, .float)
  let scaled = beta == 1 ? x : node.mapElements(x, x.elementType) { $0.multiply($1, $0.constant(beta)) }
  return [node.softmax(scaled, axes: [x.rank - 1])]
}

/// `LOG_SOFTMAX`
let lowerLogSoftmax: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  try node.require(x, .float)
  return [node.softmax(x, axes: [x.rank - 1], logarithm: true)]
}

/// `L2_NORMALIZATION`: rows divided by their length, or by 1e-6 where they are shorter.
let lowerL2Normalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), axis = x.rank - 1
  try node.require(x, .float)
  let squares = node.graph.reduce(x, [axis], .sumOfSquares)
  let result = node.graph.mapRows(x, [squares], without: [axis], x.elementType) { s, e in
    s.divide(e[0], s.maximum(s.call("math.sqrt", e[1]), s.constant(1e-6)))
  }
  return [try node.activated(result)]
}

/// `LOCAL_RESPONSE_NORMALIZATION`: x * (bias + alpha * the sum of squares of the channels within the radius) ^ -beta
let lowerLocalResponseNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), graph = node.graph, axis = 3
  try node.require(x, .float)
  let radius = try node.integer("radius")
  guard radius >= 0, radius <= Windows.limit else {
    throw .invalidAttribute(node, "radius", "\(radius)", expected: "0 to \(Windows.limit)")
  }
  let bias = try node.float("bias"), alpha = try node.float("alpha"), beta = try node.float("beta")
  var begins = x.shape.map { _ in IndexExpression.zero }, padded = x.shape
  begins[axis] = IndexExpression(radius)
  padded[axis] = x.shape[axis] + 2 * radius
  let wide = graph.pad(x, begins: begins, shape: padded) { Scalars($0, x.elementType).constant(0) }
  let window = graph.extent([IndexExpression(2 * radius + 1)])
  let slides = [axis: Operand.Window(stride: 1, loop: 4, dilation: 1)]
  let sums = graph.reduce(
    [Operand(wide, [0, 1, 2, 3], windows: slides), Operand(window, [4])], loops: 5, output: [0, 1, 2, 3], shape: x.shape, x.elementType,
    initial: 0
  ) { builder, e, sum in
    let s = Scalars(builder, x.elementType)
    return s.add(sum, s.multiply(e[0], e[0]))
  }
  let all: [Int?] = [0, 1, 2, 3]
  return [
    graph.map([Operand(x, all), Operand(sums, all)], shape: x.shape, x.elementType) { builder, e in
      let s = Scalars(builder, x.elementType)
      let base = s.add(s.constant(bias), s.multiply(s.constant(alpha), e[1]))
      return s.multiply(e[0], s.power(base, s.constant(-beta)))
    }
  ]
}
