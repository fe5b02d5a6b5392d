import TesseraConstants
import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// The numeric operators of the domain ai.onnx.ml: linear models and scalers.

extension Node {
  /// Input 0 as rows of f32 features.
  func features() throws(Diagnostic) -> GraphTensor {
    let x = try input(0, ranks: 1...2)
    guard x.elementType != .bool else { throw .wrongType(self, x, expected: "numbers") }
    return graph.convert(x.rank == 1 ? graph.reshape(x, to: [.one] + x.shape) : x, to: .f32)
  }

  /// Scores [rows, classes] after the transformation that the node asks for.
  func transformed(_ scores: GraphTensor) throws(Diagnostic) -> GraphTensor {
    try transformed(scores, string("post_transform", default: "NONE"))
  }

  /// Scores [rows, classes] after the transformation `kind`.
  func transformed(_ scores: GraphTensor, _ kind: String) throws(Diagnostic) -> GraphTensor {
    switch kind {
    case "NONE": return scores
    case "LOGISTIC": return mapElements(scores, scores.elementType) { $0.sigmoid($1) }
    case "SOFTMAX": return softmax(scores, axes: [1])
    case "SOFTMAX_ZERO": return softmaxOfOthers(scores)
    default: throw .unsupportedAttribute(self, "post_transform", "'\(kind)'", supported: "NONE, LOGISTIC, SOFTMAX, SOFTMAX_ZERO")
    }
  }

  /// The softmax of the scores that are not 0; those that are stay so. Where 0 begins is ONNX Runtime's, as the standard does not say it.
  private func softmaxOfOthers(_ scores: GraphTensor) -> GraphTensor {
    let type = scores.elementType, s = { Scalars($0, type) }
    func isZero(_ b: Builder, _ x: Value) -> Value {
      b.and(s(b).compare(.lessOrEqual, x, s(b).constant(1e-7)), s(b).compare(.greaterOrEqual, x, s(b).constant(-1e-7)))
    }
    let peak = graph.reduceAxes(scores, [1], type, initial: -.infinity, combine: { $0.maximum($1, $2) })
    let powers = graph.map([Operand(scores, [0, 1]), Operand(peak, [0])], shape: scores.shape, type) { b, e in
      let power = s(b).call("math.exp", s(b).subtract(e[0], e[1])), rest = s(b).multiply(e[0], s(b).call("math.exp", s(b).negate(e[1])))
      return b.select(isZero(b, e[0]), rest, power)
    }
    let sum = graph.reduce(
      [Operand(scores, [0, 1]), Operand(powers, [0, 1])], loops: 2, output: [0], shape: [scores.shape[0]], type, initial: 0
    ) { b, e, sum in s(b).add(sum, b.select(isZero(b, e[0]), s(b).constant(0), e[1])) }
    return graph.map([Operand(powers, [0, 1]), Operand(sum, [0])], shape: scores.shape, type) { b, e in s(b).divide(e[0], e[1]) }
  }

  /// The first column of the greatest f32 number of each row: the first one where that is no number, as no other is known to be greater.
  func peaks(_ scores: GraphTensor) -> GraphTensor {
    let peak = graph.reduceAxes(scores, [1], .f32, initial: -.infinity, combine: { $0.maximumNumber($1, $2) })
    return graph.reduce(
      [Operand(scores, [0, 1]), Operand(peak, [0])], loops: 2, output: [0], shape: [scores.shape[0]], .i64, initial: .infinity
    ) { b, e, least in
      let isFirst = b.and(b.isNaN(e[0]), b.compare(.equal, b.position(1), b.index(0)))
      let isPeak = b.binary("arith.ori", Scalars(b, .f32).compare(.equal, e[0], e[1]), isFirst)
      return b.binary("arith.minsi", least, b.select(isPeak, b.i64(b.position(1)), b.constant64(Int.max)))
    }
  }

  /// The labels of the greatest scores of each row.
  func labels(_ scores: GraphTensor, _ names: GraphTensor) -> GraphTensor {
    let list = graph.value(names)
    return graph.map([Operand(peaks(scores), [0])], shape: [scores.shape[0]], names.elementType) { b, e in
      b.element(list, [b.asIndex(e[0])])
    }
  }

  /// The labels of a classifier, a list of integers or strings, and how many there are.
  func classLabels() throws(Diagnostic) -> (names: GraphTensor, count: Int) {
    if let names = integers("classlabels_ints") ?? integers("classlabels_int64s"), !names.isEmpty { return (table(names), names.count) }
    if let names = try texts("classlabels_strings"), !names.isEmpty { return (table(names), names.count) }
    throw .unsupportedForm(self, "has no labels")
  }

  /// x * coefficients' + intercepts, for `count` targets.
  fileprivate func linear(_ count: Int) throws(Diagnostic) -> GraphTensor {
    let x = try features()
    let coefficients = floats("coefficients") ?? [], intercepts = floats("intercepts") ?? []
    guard count > 0, coefficients.count % count == 0, intercepts.isEmpty || intercepts.count == count else {
      throw .invalidAttribute(self, "coefficients", "\(coefficients.count) numbers", expected: "a row of features for each of \(count)")
    }
    let width = coefficients.count / count
    guard graph.unify(x.shape[1], IndexExpression(width), "the features of '\(label)'") != nil else {
      throw .wrongShape(self, x, "\(width) features")
    }
    let weights = table(coefficients, [count, width])
    let product = graph.contract(
      Operand(x, [0, 2]), Operand(weights, [1, 2]), loops: 3, output: [0, 1], shape: [x.shape[0], IndexExpression(count)])
    if intercepts.isEmpty { return product }
    return graph.map(
      [Operand(product, [0, 1]), Operand(table(intercepts, [count]), [count == 1 ? nil : 1])], shape: product.shape, .f32
    ) {
      Scalars($0, .f32).add($1[0], $1[1])
    }
  }
}

/// `LinearRegressor`
let lowerLinearRegressor: Lowering = { node throws(Diagnostic) in
  [try node.transformed(node.linear(node.integer("targets", default: 1)))]
}

/// `LinearClassifier` with one row of coefficients a class.
let lowerLinearClassifier: Lowering = { node throws(Diagnostic) in
  let (names, count) = try node.classLabels()
  let scores = try node.linear(count)
  return [node.labels(scores, names), try node.transformed(scores)]
}

/// `Scaler`: (x - offset) * scale
let lowerScaler: Lowering = { node throws(Diagnostic) in
  let x = try node.features()
  func operand(_ name: String, _ value: Float) throws(Diagnostic) -> Operand {
    let numbers = node.floats(name) ?? [value]
    if numbers.count == 1 { return Operand(node.graph.reshape(node.table(numbers, [1]), to: []), []) }
    guard node.graph.unify(x.shape[1], IndexExpression(numbers.count), "the features of '\(node.label)'") != nil else {
      throw .invalidAttribute(node, name, "\(numbers.count) numbers", expected: "one for each feature")
    }
    return Operand(node.table(numbers, [numbers.count]), [1])
  }
  let operands = [Operand(x, [0, 1]), try operand("offset", 0), try operand("scale", 1)]
  let result = node.graph.map(operands, shape: x.shape, .f32) { builder, e in
    let s = Scalars(builder, .f32)
    return s.multiply(s.subtract(e[0], e[1]), e[2])
  }
  return [node.graph.reshape(result, to: try node.input(0).shape)]
}

/// `Normalizer`: each row divided by its greatest element, sum of magnitudes, or length.
let lowerNormalizer: Lowering = { node throws(Diagnostic) in
  let x = try node.features()
  let norm = node.string("norm", default: "MAX")
  let total: GraphTensor
  switch norm {
  case "MAX": total = node.graph.reduceAxes(x, [1], .f32, initial: -.infinity, combine: { $0.maximum($1, $2) })
  case "L1": total = node.graph.reduceAxes(x, [1], .f32, initial: 0, combine: { $0.add($1, $2) }, body: { $0.call("math.absf", $1) })
  case "L2": total = node.graph.reduceAxes(x, [1], .f32, initial: 0, combine: { $0.add($1, $2) }, body: { $0.multiply($1, $1) })
  default: throw .invalidAttribute(node, "norm", "'\(norm)'", expected: "MAX, L1 or L2")
  }
  let result = node.graph.mapRows(x, [total], without: [1], .f32) { s, e in
    let divisor = norm == "L2" ? s.call("math.sqrt", e[1]) : e[1]
    return s.select(s.compare(.equal, divisor, s.constant(0)), e[0], s.divide(e[0], divisor))
  }
  return [node.graph.reshape(result, to: try node.input(0).shape)]
}

/// `Binarizer`: 1 above the threshold, else 0.
let lowerBinarizer: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let threshold = node.float("threshold", default: 0)
  return [
    node.mapElements(x, x.elementType) { s, value in
      s.select(s.compare(.greater, value, s.constant(threshold)), s.constant(1), s.constant(0))
    }
  ]
}
