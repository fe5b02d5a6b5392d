import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The loss of classes `target` [n, d...] under the scores `x` [n, classes, d...]: -x at the class, times the weight of the class; `reduction` says
  /// whether it stays so, is summed, or is averaged by weight. Elements whose class is `ignore_index` count nothing.
  fileprivate func negativeLogLikelihood(_ x: GraphTensor, _ target: GraphTensor, weight: GraphTensor?) throws(Diagnostic) -> GraphTensor {
    let reduction = string("reduction", default: "mean")
    guard ["none", "sum", "mean"].contains(reduction) else {
      throw .invalidAttribute(self, "reduction", "'\(reduction)'", expected: "none, sum or mean")
    }
    try requireClasses(target, of: x, weight: weight)
    let type = x.elementType.accumulator
    let weights = classWeights(target, weight, type)
    let scores = graph.value(x)
    let all: [Int?] = target.shape.indices.map { $0 }
    let loss = graph.map([Operand(target, all), Operand(weights, all)], shape: target.shape, type) { b, e in
      let s = Scalars(b, type)
      var at = target.shape.indices.map(b.position)
      at.insert(knownClass(b, e[0], target.elementType), at: 1)
      let score = s.convert(b.element(scores, at), from: x.elementType)
      return s.select(s.compare(.equal, e[1], s.constant(0)), s.constant(0), s.multiply(s.negate(score), e[1]))
    }
    if reduction == "none" { return graph.convert(loss, to: x.elementType) }
    func total(_ tensor: GraphTensor) -> GraphTensor {
      graph.reduceAxes(tensor, Array(tensor.shape.indices), type, initial: 0, combine: { $0.add($1, $2) })
    }
    let sum = total(loss)
    if reduction == "sum" { return graph.convert(sum, to: x.elementType) }
    let mean = graph.map([Operand(sum, []), Operand(total(weights), [])], shape: [], type) { Scalars($0, type).divide($1[0], $1[1]) }
    return graph.convert(mean, to: x.elementType)
  }

  /// Throws unless `target` has a class for each element of `x` without dimension 1, and `weight` is of the type of `x`.
  private func requireClasses(_ target: GraphTensor, of x: GraphTensor, weight: GraphTensor?) throws(Diagnostic) {
    guard x.elementType.isFloat else { throw .wrongType(self, x, expected: "a float") }
    guard target.elementType.isInteger else { throw .wrongType(self, target, expected: "integers") }
    guard target.rank == x.rank - 1 else { throw .wrongRank(self, target, expected: x.rank - 1...x.rank - 1) }
    for axis in target.shape.indices {
      guard graph.unify(target.shape[axis], x.shape[axis == 0 ? 0 : axis + 1], "the sizes of the inputs of '\(label)'") != nil else {
        throw .shapesDisagree(self, x, target, "there must be a class for each element without dimension 1")
      }
    }
    guard let weight else { return }
    try requireSameType([x, weight])
    try requireChannels(weight, of: x)
  }

  /// The class that `element` names, or 0 where it is to be ignored.
  private func knownClass(_ b: Builder, _ element: Value, _ type: ElementType) -> Value {
    let place = b.asIndex(element)
    guard let ignored = integer("ignore_index") else { return place }
    return b.select(b.compare(.equal, place, b.index(ignored)), b.index(0), place)
  }

  /// The weight of each element of `target`: that of its class or 1, and 0 where it is to be ignored.
  private func classWeights(_ target: GraphTensor, _ weight: GraphTensor?, _ type: ElementType) -> GraphTensor {
    let list = weight.map(graph.value)
    return graph.map([Operand(target, target.shape.indices.map { $0 })], shape: target.shape, type) { b, e in
      let s = Scalars(b, type)
      let place = knownClass(b, e[0], target.elementType)
      let own = list.map { s.convert(b.element($0, [place]), from: weight?.elementType ?? type) } ?? s.constant(1)
      guard let ignored = integer("ignore_index") else { return own }
      return s.select(b.compare(.equal, b.asIndex(e[0]), b.index(ignored)), s.constant(0), own)
    }
  }
}

/// `NegativeLogLikelihoodLoss`
let lowerNegativeLogLikelihoodLoss: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit), target = try node.input(1)
  return [try node.negativeLogLikelihood(x, target, weight: node.optionalInput(2))]
}

/// `SoftmaxCrossEntropyLoss`: the loss under log(softmax(x)), which is output 1.
let lowerSoftmaxCrossEntropyLoss: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit), target = try node.input(1)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let logarithms = node.softmax(x, axes: [1], logarithm: true)
  logarithms.name = x.name
  return [try node.negativeLogLikelihood(logarithms, target, weight: node.optionalInput(2)), logarithms]
}
