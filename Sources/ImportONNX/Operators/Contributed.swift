import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Operators of the domain com.microsoft that exporters and optimizers of transformers emit.

/// `BiasGelu`, `FastGelu`: Gelu of x + bias, with erf or tanh.
func biasedGelu(tanh: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    let tensors = [x] + [node.optionalInput(1)].compactMap { $0 }
    try node.requireSameType(tensors)
    return [
      try node.graph.elementwise(tensors, x.elementType) { builder, e in
        Scalars(builder, x.elementType).inWideFloat(e) { s, e in s.gelu(e.count == 2 ? s.add(e[0], e[1]) : e[0], tanh: tanh) }
      }
    ]
  }
}

/// `QuickGelu`: x * sigmoid(alpha * x)
let lowerQuickGelu = floatFunction { node in
  let alpha = node.float("alpha", default: 1.702)
  return { s, x in s.multiply(x, s.sigmoid(s.multiply(s.constant(alpha), x))) }
}

/// `FusedMatMul`, `TransposeMatMul`: alpha * A' * B', each with its first dimension moved behind the batches, and transposed in its last two, if asked.
let lowerFusedMatMul: Lowering = { node throws(Diagnostic) in
  func side(_ i: Int, _ letter: String) throws(Diagnostic) -> GraphTensor {
    let x = try node.input(i)
    var axes = Array(0..<x.rank)
    if node.flag("transBatch" + letter), x.rank >= 3 { axes.insert(axes.removeFirst(), at: x.rank - 2) }
    if node.flag("trans" + letter), x.rank >= 2 { axes.swapAt(x.rank - 2, x.rank - 1) }
    if axes == Array(0..<x.rank) { return x }
    let transposed = node.transpose(x, axes)
    transposed.name = x.name
    return transposed
  }
  let a = try side(0, "A"), b = try side(1, "B")
  try node.requireSameType([a, b])
  let product = try node.matrixProduct(a, b)
  let alpha = node.float("alpha", default: 1)
  if alpha == 1 { return [product] }
  let type = product.elementType
  return [
    node.graph.map([Operand(product, product.shape.indices.map { $0 })], shape: product.shape, type) {
      let s = Scalars($0, type)
      return s.multiply($1[0], s.constant(alpha))
    }
  ]
}

/// `SkipLayerNormalization`: the normalized sum of x, skip and bias; that sum is output 3.
let lowerSkipLayerNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...3), skip = try node.input(1), scale = try node.input(2)
  var tensors = [x, skip]
  if let bias = node.optionalInput(4) { tensors.append(bias) }
  try node.requireSameType(tensors + [scale] + [node.optionalInput(3)].compactMap { $0 })
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType
  let sum = try node.graph.elementwise(tensors, type) { builder, e in
    e.dropFirst().reduce(e[0]) { Scalars(builder, type).add($0, $1) }
  }
  sum.name = node.label
  let (standard, mean, inverse) = node.graph.standardize(sum, [sum.rank - 1], epsilon: node.float("epsilon", default: 1e-12))
  let beta = node.optionalInput(3)
  let wide = standard.elementType
  let result = try node.graph.elementwise([standard, scale] + [beta].compactMap { $0 }, type) { builder, e in
    let s = Scalars(builder, wide)
    let product = s.multiply(e[0], s.convert(e[1], from: type))
    return Scalars(builder, type).convert(e.count == 3 ? s.add(product, s.convert(e[2], from: type)) : product, from: wide)
  }
  return [result, mean, inverse, sum]
}

/// `SimplifiedLayerNormalization`, `SkipSimplifiedLayerNormalization`: x / sqrt(mean of squares), of a sum with what is skipped.
func simplifiedNormalization(skip: Bool) -> Lowering {
  { node throws(Diagnostic) in
    var x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    let scale = try node.input(skip ? 2 : 1)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    let type = x.elementType, wide = type.accumulator
    if skip {
      let terms = [x, try node.input(1)] + [node.optionalInput(3)].compactMap { $0 }
      try node.requireSameType(terms + [scale])
      x = try node.graph.elementwise(terms, type) { builder, e in e.dropFirst().reduce(e[0]) { Scalars(builder, type).add($0, $1) } }
    }
    let first = skip ? x.rank - 1 : try node.axis(node.integer("axis", default: -1), rank: x.rank)
    let axes = Array(first..<x.rank)
    let epsilon = node.float("epsilon", default: skip ? 1e-12 : 1e-5)
    let square = node.graph.mean(x, axes, wide) { $0.multiply($1, $1) }
    let inverse = node.graph.map([Operand(square, square.shape.indices.map { $0 })], shape: square.shape, wide) { builder, e in
      let s = Scalars(builder, wide)
      return s.divide(s.constant(1), s.call("math.sqrt", s.add(e[0], s.constant(epsilon))))
    }
    let standard = node.graph.mapRows(x, [inverse], without: axes, wide) { $0.multiply($1[0], $1[1]) }
    let result = try node.graph.elementwise([standard, scale], type) { builder, e in
      let s = Scalars(builder, wide)
      return Scalars(builder, type).convert(s.multiply(e[0], s.convert(e[1], from: scale.elementType)), from: wide)
    }
    return skip ? [result, inverse, inverse, x] : [result, inverse]
  }
}

/// `EmbedLayerNormalization`: the normalized sum of embeddings of words, positions and segments.
let lowerEmbedLayerNormalization: Lowering = { node throws(Diagnostic) in
  let words = try node.input(0, ranks: 2...2), table = try node.input(2, ranks: 2...2), positions = try node.input(3, ranks: 2...2)
  let gamma = try node.input(5), beta = try node.input(6)
  let type = table.elementType
  let graph = node.graph
  let shape = words.shape + [table.shape[1]]
  try node.require(table, .float)
  try node.requireSameType([table, positions, gamma, beta] + [node.optionalInput(4)].compactMap { $0 })
  for i in [0, 1, 7, 8] { if let list = node.optionalInput(i) { try node.require(list, .integer) } }
  for other in [positions, node.optionalInput(4)] {
    if let other { try node.requireShape(other, [other.shape.first ?? .zero, table.shape[1]]) }
  }
  for list in [node.optionalInput(1), node.optionalInput(7)] { if let list { try node.requireShape(list, words.shape) } }
  let sources = (graph.value(table), graph.value(positions))
  var operands = [Operand(words, [0, 1])]
  var segmentSource: Value?
  if let segments = node.optionalInput(1), let segmentTable = node.optionalInput(4) {
    operands.append(Operand(segments, [0, 1]))
    segmentSource = graph.value(segmentTable)
  }
  let given = node.optionalInput(8)
  if let given { operands.append(graph.broadcastOperand(given, to: words.shape)) }
  let sum = graph.map(operands, shape: shape, type) { b, e in
    let s = Scalars(b, type)
    let column = b.position(2)
    let place = given == nil ? b.position(1) : b.asIndex(e[e.count - 1])
    var sum = s.add(b.element(sources.0, [b.asIndex(e[0]), column]), b.element(sources.1, [place, column]))
    if let segmentSource { sum = s.add(sum, b.element(segmentSource, [b.asIndex(e[1]), column])) }
    return sum
  }
  let (standard, _, _) = graph.standardize(sum, [2], epsilon: node.float("epsilon", default: 1e-12))
  let wide = standard.elementType
  let result = try graph.elementwise([standard, gamma, beta], type) { b, e in
    let s = Scalars(b, wide)
    return Scalars(b, type).convert(s.add(s.multiply(e[0], s.convert(e[1], from: type)), s.convert(e[2], from: type)), from: wide)
  }
  var counts = graph.expandZero([words.shape[0]], .i32)
  if let mask = node.optionalInput(7) { counts = graph.reduceAxes(mask, [1], .i32, initial: 0, combine: { $0.add($1, $2) }) }
  return [result, counts, sum]
}
