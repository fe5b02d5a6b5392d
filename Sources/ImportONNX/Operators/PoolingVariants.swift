import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `MaxUnpool`: zeros, with each element at the index that goes with it.
let lowerMaxUnpool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit), places = try node.input(1, ranks: x.rank...x.rank)
  try node.require(places, .integer)
  try node.requireShape(places, x.shape)
  let graph = node.graph
  let spatial = x.rank - 2
  guard let kernel = node.integers("kernel_shape"), kernel.count == spatial, kernel.allSatisfy({ (1...Windows.limit).contains($0) }) else {
    throw .invalidAttribute(node, "kernel_shape", "nothing", expected: "the sizes of the window")
  }
  let strides = try node.integers("strides", count: spatial, default: 1, in: 1...Windows.limit)
  let pads = try node.integers("pads", count: 2 * spatial, default: 0, in: 0...Windows.limit)
  var plain = Array(x.shape.prefix(2))
  for axis in 0..<spatial { plain.append((x.shape[axis + 2] - 1) * strides[axis] + (kernel[axis] - pads[axis] - pads[axis + spatial])) }
  let shape = node.optionalInput(2) == nil ? plain : try node.hostInput(2)
  guard shape.count == x.rank else { throw .invalidAttribute(node, "output_shape", "\(shape.count) sizes", expected: "\(x.rank) sizes") }
  // Indices count in the tensor that was pooled.
  let count = plain.product, type = x.elementType
  let numbers = graph.map([Operand(graph.reshape(places, to: [x.shape.product]), [0])], shape: [x.shape.product], .i64) { b, e in
    graph.rowNumber(b, [(b.asIndex(e[0]), graph.index(count))])
  }
  let zeros = graph.expandZero([count], type)
  let result = graph.reshape(graph.scatter(zeros, numbers, x, batches: 0, columns: 1) { _, _, new in new }, to: plain)
  if shape == plain { return [result] }
  // Indices count in the shape of the windows, whatever shape is asked for; what that has more is 0.
  return [graph.pad(result, begins: shape.map { _ in .zero }, shape: shape) { Scalars($0, x.elementType).constant(0) }]
}

extension Scalars {
  /// |x|^p
  fileprivate func power(_ x: Value, _ p: Double) -> Value {
    let magnitude = call("math.absf", x)
    return p == 1 ? magnitude : p == 2 ? multiply(x, x) : builder.binary("math.powf", magnitude, constant(p))
  }

  fileprivate func root(_ x: Value, _ p: Double) -> Value {
    p == 1 ? x : p == 2 ? call("math.sqrt", x) : builder.binary("math.powf", x, constant(1 / p))
  }
}

/// `LpPool`
let lowerLpPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let p = Double(node.integer("p", default: 2))
  let windows = try node.poolingWindows(x)
  let type = x.elementType.accumulator
  let powers = node.mapElements(x, type) { $0.power($1, p) }
  let sum = node.pool(node.padded(powers, windows, filler: 0), windows, type, initial: 0) { $0.add($1, $2) }
  return [node.graph.convert(node.mapElements(sum, type) { $0.root($1, p) }, to: x.elementType)]
}

/// `GlobalLpPool`
let lowerGlobalLpPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let p = Double(node.integer("p", default: 2))
  let type = x.elementType.accumulator
  let sum = node.graph.reduceAxes(x, Array(2..<x.rank), type, initial: 0, combine: { $0.add($1, $2) }, body: { $0.power($1, p) })
  let result = node.graph.convert(node.mapElements(sum, type) { $0.root($1, p) }, to: x.elementType)
  return [node.graph.reshape(result, to: Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one })]
}

/// `LRN`: x / (bias + alpha / size * sum of squares over neighbouring channels)^beta
let lowerLRN: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let size = node.integer("size", default: 0)
  guard size >= 1, size <= Windows.limit else { throw .invalidAttribute(node, "size", "\(size)", expected: "a number of at least 1") }
  let alpha = node.float("alpha", default: 1e-4), beta = node.float("beta", default: 0.75), bias = node.float("bias", default: 1)
  let type = x.elementType.accumulator
  let squares = node.mapElements(x, type) { $0.multiply($1, $1) }
  var begins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
  begins[1] = IndexExpression((size - 1) / 2)
  shape[1] = shape[1] + (size - 1)
  let padded = node.graph.pad(squares, begins: begins, shape: shape) { Scalars($0, type).constant(0) }
  let all: [Int?] = x.shape.indices.map { $0 }
  let window = Operand.Window(stride: 1, loop: x.rank, dilation: 1)
  let sum = node.graph.reduce(
    [Operand(padded, all, windows: [1: window]), Operand(node.graph.extent([IndexExpression(size)]), [x.rank])], loops: x.rank + 1,
    output: Array(0..<x.rank), shape: x.shape, type, initial: 0
  ) { Scalars($0, type).add($2, $1[0]) }
  return [
    node.graph.map([Operand(x, all), Operand(sum, all)], shape: x.shape, x.elementType) { builder, e in
      let s = Scalars(builder, type)
      let base = s.add(s.constant(bias), s.multiply(s.constant(alpha / Double(size)), e[1]))
      let factor = builder.binary("math.powf", base, s.constant(beta))
      return Scalars(builder, x.elementType).convert(s.divide(s.convert(e[0], from: x.elementType), factor), from: type)
    }
  ]
}

/// `MeanVarianceNormalization`
let lowerMeanVarianceNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let axes = try node.axes(node.integers("axes") ?? [0, 2, 3], rank: x.rank)
  // The function's definition adds this to the deviation, not to the variance, where it hardly differs.
  let (result, _, _) = node.graph.standardize(x, axes, epsilon: 1e-9)
  return [node.graph.convert(result, to: x.elementType)]
}
