import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The feature dimension, and the others.
  private func featureAxes(_ x: GraphTensor) throws(Diagnostic) -> (feature: Int, others: [Int]) {
    let feature = try dimension("feature_index", rank: x.rank)
    guard x.elementType.isFloat else { throw .wrongType(self, x, expected: "floats") }
    for tensor in operands.dropFirst() where tensor.rank == 1 {
      guard tensor.elementType == x.elementType, graph.unify(tensor.shape[0], x.shape[feature], "the features") != nil else {
        throw .shapesDisagree(self, x, tensor, "expected a number of the same type for each feature")
      }
    }
    return (feature, x.shape.indices.filter { $0 != feature })
  }

  private var epsilon: Double {
    switch source.attributes["epsilon"] {
    case .number(let number)?: number
    case .integer(let number)?: Double(number)
    default: 0
    }
  }

  /// A map over `x`, other tensors of its shape, and numbers of each feature, in the accumulator of its type.
  private func normalized(
    _ x: GraphTensor, _ wide: [GraphTensor], _ narrow: [GraphTensor], _ feature: Int, _ body: (Scalars, [Value]) -> Value
  ) -> GraphTensor {
    let all: [Int?] = x.shape.indices.map { $0 }, type = x.elementType.accumulator
    let tensors = [x] + wide + narrow
    let operands = ([x] + wide).map { Operand($0, all) } + narrow.map { Operand($0, [feature]) }
    return graph.map(operands, shape: x.shape, x.elementType) { b, e in
      let s = Scalars(b, type)
      let value = body(s, zip(e, tensors).map { s.convert($0, from: $1.elementType) })
      return Scalars(b, x.elementType).convert(value, from: type)
    }
  }

  /// (x - mean) / sqrt(variance + epsilon) * scale + offset
  func batchNormInference() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let numbers = [try operand(1), try operand(2), try operand(3), try operand(4)]
    let (feature, _) = try featureAxes(x)
    return batchNorm(x, scale: numbers[0], offset: numbers[1], mean: numbers[2], variance: numbers[3], feature)
  }

  private func batchNorm(
    _ x: GraphTensor, scale: GraphTensor, offset: GraphTensor, mean: GraphTensor, variance: GraphTensor, _ feature: Int
  ) -> GraphTensor {
    let epsilon = epsilon
    return normalized(x, [], [scale, offset, mean, variance], feature) { s, e in
      let deviation = s.call("math.sqrt", s.add(e[4], s.constant(epsilon)))
      return s.add(s.multiply(s.divide(s.subtract(e[0], e[3]), deviation), e[1]), e[2])
    }
  }

  /// The normalized tensor, and the mean and the variance of each feature.
  func batchNormTraining() throws(Diagnostic) -> [GraphTensor] {
    let x = try operand(0), scale = try operand(1), offset = try operand(2)
    let (feature, others) = try featureAxes(x)
    let (mean, variance) = moments(x, feature, others)
    return [batchNorm(x, scale: scale, offset: offset, mean: mean, variance: variance, feature), mean, variance]
  }

  private func moments(_ x: GraphTensor, _ feature: Int, _ others: [Int]) -> (mean: GraphTensor, variance: GraphTensor) {
    let type = x.elementType.accumulator
    let mean = graph.mean(x, others, type)
    let deviations = normalized(graph.convert(x, to: type), [], [mean], feature) { s, e in
      let deviation = s.subtract(e[0], e[1])
      return s.multiply(deviation, deviation)
    }
    let variance = graph.mean(deviations, others, type)
    return (graph.convert(mean, to: x.elementType), graph.convert(variance, to: x.elementType))
  }

  /// The gradients of the operand, of the scale and of the offset.
  func batchNormGradient() throws(Diagnostic) -> [GraphTensor] {
    let x = try operand(0), scale = try operand(1), mean = try operand(2), variance = try operand(3), gradient = try operand(4)
    let (feature, others) = try featureAxes(x)
    _ = try commonShape([x, gradient])
    let epsilon = epsilon, type = x.elementType.accumulator
    func inverse(_ s: Scalars, _ variance: Value) -> Value { s.call("math.rsqrt", s.add(variance, s.constant(epsilon))) }
    // The sums of the gradient, and of the gradient times the centered operand.
    let products = normalized(x, [gradient], [mean], feature) { s, e in s.multiply(e[1], s.subtract(e[0], e[2])) }
    func sum(_ tensor: GraphTensor) -> GraphTensor {
      graph.reduceAxes(tensor, others, type, initial: 0, combine: { $0.add($1, $2) })
    }
    let total = sum(gradient), covariance = sum(products)
    let count = graph.floatCount(others.map { x.shape[$0] }, type)
    let all: [Int?] = x.shape.indices.map { $0 }
    let tensors = [x, gradient, scale, mean, variance, total, covariance]
    let reads = [Operand(x, all), Operand(gradient, all)] + tensors.dropFirst(2).map { Operand($0, [feature]) } + [Operand(count, [])]
    let own = graph.map(reads, shape: x.shape, x.elementType) { b, e in
      let s = Scalars(b, type)
      let wide = zip(e, tensors.map(\.elementType) + [type]).map { s.convert($0, from: $1) }
      let (n, factor) = (wide[7], inverse(s, wide[4]))
      let centered = s.subtract(wide[0], wide[3])
      let slope = s.divide(s.multiply(centered, wide[6]), s.add(wide[4], s.constant(epsilon)))
      let inner = s.subtract(s.subtract(s.multiply(n, wide[1]), wide[5]), slope)
      return Scalars(b, x.elementType).convert(s.multiply(s.divide(s.multiply(wide[2], factor), n), inner), from: type)
    }
    let ofScale = graph.map([Operand(covariance, [0]), Operand(variance, [0])], shape: covariance.shape, x.elementType) { b, e in
      let s = Scalars(b, type)
      return Scalars(b, x.elementType).convert(s.multiply(e[0], inverse(s, s.convert(e[1], from: x.elementType))), from: type)
    }
    return [own, ofScale, graph.convert(total, to: x.elementType)]
  }
}
