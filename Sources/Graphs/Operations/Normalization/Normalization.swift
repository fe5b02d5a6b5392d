import TesseraDiagnostics
import TesseraMLIR

extension GraphBuilder {
  /// (x - mean) / sqrt(variance + epsilon) over `axes`, with the mean and the inverse deviation, in f32 for narrow floats.
  package func standardize(_ x: GraphTensor, _ axes: [Int], epsilon: Double) -> (
    result: GraphTensor, mean: GraphTensor, inverse: GraphTensor
  ) {
    let type = x.elementType.accumulator
    let average = mean(x, axes, type)
    let centred = mapRows(x, [average], without: axes, type) { $0.subtract($1[0], $1[1]) }
    let variance = mean(centred, axes, type) { $0.multiply($1, $1) }
    let inverse = map([Operand(variance, variance.shape.indices.map { $0 })], shape: variance.shape, type) { builder, e in
      let scalars = Scalars(builder, type)
      return scalars.divide(scalars.constant(1), scalars.call("math.sqrt", scalars.add(e[0], scalars.constant(epsilon))))
    }
    return (mapRows(centred, [inverse], without: axes, type) { $0.multiply($1[0], $1[1]) }, average, inverse)
  }
}

extension Site {
  /// exp(x - max) / sum, or its logarithm, over `axes`. `zeroingEmptyRows`: a row of -infinity gives 0, not NaN.
  package func softmax(_ x: GraphTensor, axes: [Int], logarithm: Bool = false, zeroingEmptyRows: Bool = false) -> GraphTensor {
    let type = x.elementType.accumulator
    var peak = graph.reduceAxes(x, axes, type, initial: -.infinity, combine: { $0.maximumNumber($1, $2) })
    if zeroingEmptyRows {
      peak = graph.map([Operand(peak, peak.shape.indices.map { $0 })], shape: peak.shape, type) { builder, e in
        let s = Scalars(builder, type)
        return s.select(s.compare(.equal, e[0], s.constant(-.infinity)), s.constant(0), e[0])
      }
    }
    if logarithm {
      let shifted = graph.mapRows(x, [peak], without: axes, type) { $0.subtract($1[0], $1[1]) }
      let sum = graph.reduceAxes(
        shifted, axes, type, initial: 0, combine: { $0.add($1, $2) }, body: { $0.builder.approximateExponential($1) })
      return graph.convert(
        graph.mapRows(shifted, [sum], without: axes, type) { $0.subtract($1[0], $0.call("math.log", $1[1])) }, to: x.elementType)
    }
    let powers = graph.mapRows(x, [peak], without: axes, type) { $0.builder.approximateExponential($0.subtract($1[0], $1[1])) }
    let sum = graph.reduceAxes(powers, axes, type, initial: 0, combine: { $0.add($1, $2) })
    let quotient = graph.mapRows(powers, [sum], without: axes, type) { s, e in
      let total = zeroingEmptyRows ? s.select(s.compare(.equal, e[1], s.constant(0)), s.constant(1), e[1]) : e[1]
      return s.divide(e[0], total)
    }
    return graph.convert(quotient, to: x.elementType)
  }

  /// scale * x + bias, where both are one number a channel (dimension 1).
  package func scaleChannels(_ x: GraphTensor, _ scale: GraphTensor, _ bias: GraphTensor?, to type: ElementType) -> GraphTensor {
    let operands = [Operand(x, x.shape.indices.map { $0 }), Operand(scale, [1])] + (bias.map { [Operand($0, [1])] } ?? [])
    let wide = x.elementType.accumulator
    return graph.map(operands, shape: x.shape, type) { builder, e in
      let scalars = Scalars(builder, wide)
      let product = scalars.multiply(scalars.convert(e[0], from: x.elementType), scalars.convert(e[1], from: scale.elementType))
      let sum = bias.map { scalars.add(product, scalars.convert(e[2], from: $0.elementType)) } ?? product
      return Scalars(builder, type).convert(sum, from: wide)
    }
  }

  /// Throws unless `tensor` is a list with one element for each channel of `x`.
  package func requireChannels(_ tensor: GraphTensor, of x: GraphTensor) throws(Diagnostic) {
    guard tensor.rank == 1,
      graph.unify(tensor.shape[0], x.shape[1], "the size of '\(tensor.name)' and the channels of '\(x.name)'") != nil
    else {
      throw .shapesDisagree(self, x, tensor, "expected one element a channel")
    }
  }
}
