import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The kernel of a support vector machine, and its vectors.
private struct SupportVectors {
  let node: Node
  let kind: String
  /// gamma, coef0, degree
  let parameters: [Double]
  /// [vectors, features]
  let vectors: GraphTensor
  let count: Int

  /// The machine of `count` vectors that `node` describes.
  init(_ node: Node, count: Int) throws(Diagnostic) {
    self.node = node
    self.count = count
    kind = node.string("kernel_type", default: "LINEAR")
    guard ["LINEAR", "POLY", "RBF", "SIGMOID"].contains(kind) else {
      throw .invalidAttribute(node, "kernel_type", "'\(kind)'", expected: "LINEAR, POLY, RBF or SIGMOID")
    }
    let given = node.floats("kernel_params") ?? []
    guard given.isEmpty || given.count == 3, !given.isEmpty || kind == "LINEAR" else {
      throw .invalidAttribute(node, "kernel_params", "\(given)", expected: "gamma, coef0 and degree")
    }
    parameters = given.isEmpty ? [0, 0, 0] : given.map { Double($0) }
    let numbers = node.floats("support_vectors") ?? []
    guard count > 0, !numbers.isEmpty, numbers.count % count == 0 else {
      throw .invalidAttribute(node, "support_vectors", "\(numbers.count) numbers", expected: "\(count) vectors")
    }
    vectors = node.table(numbers, [count, numbers.count / count])
  }

  /// The kernel of each row of `x` with each vector, [rows, vectors].
  func kernels(_ x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let graph = node.graph
    guard graph.unify(x.shape[1], vectors.shape[1], "the features of '\(node.label)'") != nil else {
      throw .shapesDisagree(node, x, vectors, "the numbers of features differ")
    }
    let shape = [x.shape[0], IndexExpression(count)]
    let operands = [Operand(x, [0, 2]), Operand(vectors, [1, 2])]
    if kind == "RBF" {
      let distances = graph.reduce(operands, loops: 3, output: [0, 1], shape: shape, .f32, initial: 0) { b, e, sum in
        let s = Scalars(b, .f32)
        let difference = s.subtract(e[0], e[1])
        return s.add(sum, s.multiply(difference, difference))
      }
      return node.mapElements(distances, .f32) { s, distance in s.call("math.exp", s.multiply(s.constant(-parameters[0]), distance)) }
    }
    let products = graph.contract(operands[0], operands[1], loops: 3, output: [0, 1], shape: shape)
    if kind == "LINEAR" { return products }
    return node.mapElements(products, .f32) { s, product in
      let moved = s.add(s.multiply(product, s.constant(parameters[0])), s.constant(parameters[1]))
      return kind == "SIGMOID"
        ? s.call("math.tanh", moved) : s.builder.binary("math.powf", moved, s.constant(parameters[2].rounded(.towardZero)))
    }
  }
}

extension Node {
  /// `x` times the rows of `weights`, each of which has as many elements as `x` has columns, plus `summands`.
  fileprivate func weighted(_ x: GraphTensor, _ weights: GraphTensor, _ summands: [Float]) throws(Diagnostic) -> GraphTensor {
    guard graph.unify(x.shape[1], weights.shape[1], "the features of '\(label)'") != nil else {
      throw .shapesDisagree(self, x, weights, "the numbers of features differ")
    }
    let count = summands.count
    let shape = [x.shape[0], IndexExpression(count)]
    let product = graph.contract(Operand(x, [0, 2]), Operand(weights, [1, 2]), loops: 3, output: [0, 1], shape: shape)
    let offsets = Operand(table(summands, [count]), [count == 1 ? nil : 1])
    return graph.map([Operand(product, [0, 1]), offsets], shape: shape, .f32) { Scalars($0, .f32).add($1[0], $1[1]) }
  }
}

/// `SVMRegressor`
let lowerSVMRegressor: Lowering = { node throws(Diagnostic) in
  let x = try node.features()
  let supports = node.integer("n_supports", default: 0)
  let coefficients = node.floats("coefficients") ?? [], rho = node.floats("rho") ?? [0]
  guard rho.count == 1, !coefficients.isEmpty, supports == 0 || coefficients.count == supports else {
    throw .invalidAttribute(node, "coefficients", "\(coefficients.count) numbers", expected: "one for each vector, and one rho")
  }
  let source = supports == 0 ? x : try SupportVectors(node, count: supports).kernels(x)
  let result = try node.weighted(source, node.table(coefficients, [1, coefficients.count]), rho)
  if node.flag("one_class") {
    return [
      node.mapElements(result, .f32) { s, value in s.select(s.compare(.greater, value, s.constant(0)), s.constant(1), s.constant(-1)) }
    ]
  }
  return [try node.transformed(result)]
}

/// `SVMClassifier`: each pair of classes votes, or one row of coefficients a class.
let lowerSVMClassifier: Lowering = { node throws(Diagnostic) in
  let x = try node.features()
  let (names, classes) = try node.classLabels()
  let counts = node.integers("vectors_per_class") ?? [], coefficients = node.floats("coefficients") ?? [], rho = node.floats("rho") ?? []
  guard counts.allSatisfy({ (0...Windows.limit).contains($0) }) else {
    throw .invalidAttribute(node, "vectors_per_class", "\(counts)", expected: "numbers of at least 0")
  }
  let vectors = counts.reduce(0, +)
  if vectors == 0 {
    guard !coefficients.isEmpty, coefficients.count % classes == 0, let offset = rho.first else {
      throw .invalidAttribute(
        node, "coefficients", "\(coefficients.count) numbers", expected: "a row for each of \(classes) classes, and a rho")
    }
    let table = node.table(coefficients, [classes, coefficients.count / classes])
    let scores = try node.weighted(x, table, Array(repeating: offset, count: classes))
    guard classes > 1 else { throw .unsupportedForm(node, "has one class") }
    return [node.labels(scores, names), try node.transformed(scores)]
  }
  guard classes >= 2, classes <= Windows.limit, counts.count == classes, coefficients.count == (classes - 1) * vectors,
    rho.count == classes * (classes - 1) / 2
  else {
    throw .invalidAttribute(
      node, "coefficients", "\(coefficients.count) numbers", expected: "one less than classes for each vector, and a rho for each pair")
  }
  let pairs = (0..<classes).flatMap { i in (i + 1..<max(classes, i + 1)).map { (i, $0) } }
  if coefficients.allSatisfy({ $0 >= 0 }) { throw .unsupportedForm(node, "has no negative coefficient") }
  let starts = counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  var rows: [Float] = []
  for (i, j) in pairs {
    var row = Array(repeating: Float(0), count: vectors)
    for k in starts[i]..<starts[i + 1] { row[k] = coefficients[(j - 1) * vectors + k] }
    for k in starts[j]..<starts[j + 1] { row[k] = coefficients[i * vectors + k] }
    rows += row
  }
  let kernels = try SupportVectors(node, count: vectors).kernels(x)
  let scores = try node.weighted(kernels, node.table(rows, [pairs.count, vectors]), rho)
  let graph = node.graph
  let sides = [node.table(pairs.map(\.0)), node.table(pairs.map(\.1))]
  let votes = graph.reduce(
    [Operand(scores, [0, 2]), Operand(sides[0], [2]), Operand(sides[1], [2]), Operand(graph.extent([IndexExpression(classes)]), [1])],
    loops: 3, output: [0, 1], shape: [x.shape[0], IndexExpression(classes)], .f32, initial: 0
  ) { b, e, sum in
    let s = Scalars(b, .f32)
    let winner = b.select(s.compare(.greater, e[0], s.constant(0)), e[1], e[2])
    return s.add(sum, s.select(b.compare(.equal, winner, b.i64(b.position(1))), s.constant(1), s.constant(0)))
  }
  let labels = node.labels(votes, names)
  let factors = node.floats("prob_a") ?? [], summands = node.floats("prob_b") ?? []
  if !factors.isEmpty {
    guard factors.count == pairs.count, summands.count == pairs.count else {
      throw .invalidAttribute(
        node, "prob_a and prob_b", "\(factors.count) and \(summands.count) numbers", expected: "one for each pair of classes")
    }
    let estimator = PairwiseProbabilities(node: node, classes: classes, factors: factors, summands: summands)
    return [labels, try node.transformed(estimator.estimate(scores))]
  }
  guard pairs.count == 1 else { return [labels, try node.transformed(scores)] }
  // One score stands for both classes.
  let source = graph.value(scores)
  let both = graph.generate([x.shape[0], IndexExpression(2)], .f32) { b, p in
    let s = Scalars(b, .f32)
    let score = b.element(source, [p[0], b.index(0)])
    return s.select(b.compare(.equal, p[1], b.index(1)), score, s.negate(score))
  }
  return [labels, try node.transformed(both)]
}
