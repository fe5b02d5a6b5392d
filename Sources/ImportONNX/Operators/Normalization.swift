import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Softmax`, `LogSoftmax`: over one axis; before opset 13, over all axes from `axis` on.
func softmax(logarithm: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    if x.rank == 0 { throw .wrongRank(node, x, expected: 1...GraphTensor.rankLimit) }
    let axis = try node.axis(node.integer("axis", default: node.opset < 13 ? 1 : -1), rank: x.rank)
    return [node.softmax(x, axes: node.opset < 13 ? Array(axis..<x.rank) : [axis], logarithm: logarithm)]
  }
}

/// `LayerNormalization`
let lowerLayerNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), scale = try node.input(1)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let axes = Array(axis..<x.rank)
  let (standard, mean, inverse) = node.graph.standardize(x, axes, epsilon: node.float("epsilon", default: 1e-5))
  standard.name = x.name
  let type = standard.elementType
  var tensors = [standard, scale]
  if let bias = node.optionalInput(2) { tensors.append(bias) }
  let result = node.graph.elementwise(tensors, onto: x.shape, x.elementType) { builder, e in
    let scalars = Scalars(builder, type)
    let product = scalars.multiply(e[0], scalars.convert(e[1], from: scale.elementType))
    let sum = e.count == 2 ? product : scalars.add(product, scalars.convert(e[2], from: tensors[2].elementType))
    return Scalars(builder, x.elementType).convert(sum, from: type)
  }
  guard let result else { throw .shapesDisagree(node, x, scale, "scale and bias must broadcast to the input") }
  if node.outputCount == 1 { return [result] }
  let kept = x.shape.indices.map { axes.contains($0) ? IndexExpression.one : x.shape[$0] }
  return [result, node.graph.reshape(mean, to: kept), node.graph.reshape(inverse, to: kept)]
}

/// `RMSNormalization`
let lowerRMSNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), scale = try node.input(1)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let axes = Array(axis..<x.rank)
  let type = x.elementType.accumulator
  let epsilon = node.float("epsilon", default: 1e-5)
  let square = node.graph.mean(x, axes, type) { $0.multiply($1, $1) }
  let standard = node.graph.mapRows(x, [square], without: axes, type) {
    $0.divide($1[0], $0.call("math.sqrt", $0.add($1[1], $0.constant(epsilon))))
  }
  let result = node.graph.elementwise([standard, scale], onto: x.shape, x.elementType) { builder, e in
    let scalars = Scalars(builder, type)
    return Scalars(builder, x.elementType).convert(scalars.multiply(e[0], scalars.convert(e[1], from: scale.elementType)), from: type)
  }
  guard let result else { throw .shapesDisagree(node, x, scale, "scale must broadcast to the input") }
  return [result]
}

/// `BatchNormalization`: one factor and one summand a channel, in inference from constants (so they fold at compile time), in training (from
/// operator set 14 on) from the mean and variance of what comes in.
let lowerBatchNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  if node.integer("spatial", default: 1) == 0 { throw .unsupportedForm(node, "normalizes each element by itself (spatial = 0)") }
  var parameters: [GraphTensor] = []
  for i in 1...4 {
    parameters.append(try node.input(i))
    try node.requireChannels(parameters[i - 1], of: x)
    try node.requireShape(parameters[i - 1], parameters[0].shape)
  }
  let type = x.elementType.accumulator
  let channels = [x.shape[1]]
  let epsilon = node.float("epsilon", default: 1e-5)
  let (scale, bias) = (parameters[0], parameters[1])
  var (mean, variance) = (parameters[2], parameters[3])
  var running: [GraphTensor] = []
  if node.flag("training_mode") {
    let axes = x.shape.indices.filter { $0 != 1 }
    let average = node.graph.mean(x, axes, type)
    let centred = node.graph.mapRows(x, [average], without: axes, type) { $0.subtract($1[0], $1[1]) }
    let spread = node.graph.mean(centred, axes, type) { $0.multiply($1, $1) }
    running = [node.running(mean, average), node.running(variance, spread)]
    (mean, variance) = (average, spread)
  }
  let factor = node.graph.map([Operand(scale, [0]), Operand(variance, [0])], shape: channels, type) { builder, e in
    let s = Scalars(builder, type)
    let deviation = s.call("math.sqrt", s.add(s.convert(e[1], from: variance.elementType), s.constant(epsilon)))
    return s.divide(s.convert(e[0], from: scale.elementType), deviation)
  }
  let summand = node.graph.map([Operand(bias, [0]), Operand(mean, [0]), Operand(factor, [0])], shape: channels, type) { builder, e in
    let s = Scalars(builder, type)
    return s.subtract(s.convert(e[0], from: bias.elementType), s.multiply(s.convert(e[1], from: mean.elementType), e[2]))
  }
  return [node.scaleChannels(x, factor, summand, to: x.elementType)] + running
}

extension Node {
  /// The running statistic `old` with a part of the `current` one.
  fileprivate func running(_ old: GraphTensor, _ current: GraphTensor) -> GraphTensor {
    let momentum = float("momentum", default: 0.9)
    return graph.map([Operand(old, [0]), Operand(current, [0])], shape: current.shape, old.elementType) { builder, e in
      let s = Scalars(builder, current.elementType)
      let kept = s.multiply(s.convert(e[0], from: old.elementType), s.constant(momentum))
      return Scalars(builder, old.elementType).convert(s.add(kept, s.multiply(e[1], s.constant(1 - momentum))), from: current.elementType)
    }
  }
}

/// `InstanceNormalization`
let lowerInstanceNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit), scale = try node.input(1), bias = try node.input(2)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  try node.requireChannels(scale, of: x)
  try node.requireChannels(bias, of: x)
  try node.requireShape(bias, scale.shape)
  let (standard, _, _) = node.graph.standardize(x, Array(2..<x.rank), epsilon: node.float("epsilon", default: 1e-5))
  return [node.scaleChannels(standard, scale, bias, to: x.elementType)]
}

/// `GroupNormalization` (scale and bias are one a channel from opset 21, one a group before).
let lowerGroupNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit), scale = try node.input(1), bias = try node.input(2)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let groups = node.integer("num_groups", default: 1)
  // The parameters say how many channels there are where the input does not.
  let isOfChannels = node.opset >= 21 && scale.rank == 1
  let channels = isOfChannels ? node.graph.unify(scale.shape[0], x.shape[1], "the channels of '\(x.name)'") ?? x.shape[1] : x.shape[1]
  guard groups > 0, groups <= Windows.limit, let size = node.exactQuotient(channels, by: groups, "the channels of '\(x.name)'") else {
    throw .invalidAttribute(node, "num_groups", "\(groups)", expected: "a divisor of the number of channels")
  }
  let split = [x.shape[0], IndexExpression(groups), size] + x.shape.dropFirst(2)
  let grouped = node.graph.reshape(x, to: split)
  let (standard, _, _) = node.graph.standardize(grouped, Array(2..<split.count), epsilon: node.float("epsilon", default: 1e-5))
  if node.opset < 21 {
    try node.requireChannels(scale, of: grouped)
    try node.requireChannels(bias, of: grouped)
    return [node.graph.reshape(node.scaleChannels(standard, scale, bias, to: x.elementType), to: x.shape)]
  }
  try node.requireChannels(scale, of: x)
  try node.requireChannels(bias, of: x)
  return [node.scaleChannels(node.graph.reshape(standard, to: x.shape), scale, bias, to: x.elementType)]
}

/// `LpNormalization`
let lowerLpNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let p = node.integer("p", default: 2)
  guard p == 1 || p == 2 else { throw .invalidAttribute(node, "p", "\(p)", expected: "1 or 2") }
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType.accumulator
  let norm = node.graph.reduceAxes(
    x, [axis], type, initial: 0, combine: { $0.add($1, $2) }, body: { p == 1 ? $0.call("math.absf", $1) : $0.multiply($1, $1) })
  let result = node.graph.mapRows(x, [norm], without: [axis], type) { s, e in
    let length = p == 1 ? e[1] : s.call("math.sqrt", e[1])
    return s.select(s.compare(.equal, length, s.constant(0)), s.constant(0), s.divide(e[0], length))
  }
  return [node.graph.convert(result, to: x.elementType)]
}
