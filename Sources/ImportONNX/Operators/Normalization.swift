import Diagnostics
import MLIR

extension GraphImporter {
  /// Reduces `axes` of `x` away: `combine(accumulator, body(element))`, in the type `type`.
  func reduceAxes(
    _ x: Tensor, _ axes: [Int], _ type: ElementType, initial: Double, combine: (Scalars, Value, Value) -> Value,
    body: (Scalars, Value) -> Value = { $1 }
  ) -> Tensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return reduce(
      [Operand(x, x.shape.indices.map { $0 })], loops: x.rank, output: kept, shape: kept.map { x.shape[$0] }, type, initial: initial
    ) { builder, elements, accumulator in
      let scalars = Scalars(builder, type)
      return combine(scalars, accumulator, body(scalars, scalars.convert(elements[0], from: x.elementType)))
    }
  }

  /// An elementwise operation over the shape of `x`, with operands that run over all its dimensions (`true`), or over the kept ones only.
  func mapRows(_ x: Tensor, _ others: [Tensor], without axes: [Int], _ type: ElementType, body: (Scalars, [Value]) -> Value) -> Tensor {
    let all: [Int?] = x.shape.indices.map { $0 }
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let operands = [Operand(x, all)] + others.map { Operand($0, kept) }
    return map(operands, shape: x.shape, type) { builder, elements in
      let scalars = Scalars(builder, type)
      let types = [x.elementType] + others.map(\.elementType)
      return body(scalars, zip(elements, types).map { scalars.convert($0, from: $1) })
    }
  }

  /// The product of sizes as a float scalar: a constant, or computed on the host.
  func floatCount(_ sizes: [IndexExpression], _ type: ElementType) -> Tensor {
    let product = sizes.product
    if let known = product.known { return constantScalar(Double(known), type) }
    let number = builder.value("arith.index_cast", [index(product)], type: .i64(context))
    let float = builder.value("arith.sitofp", [number], type: type.type(context))
    let tensor = builder.value("tensor.from_elements", [float], type: .tensor([], type.type(context)))
    return Tensor(type, [], value: tensor)
  }

  /// A constant scalar tensor of a float type.
  func constantScalar(_ number: Double, _ type: ElementType) -> Tensor {
    let value = builder.constant(.splat(.tensor([], type.type(context)), .float(number, type.type(context))))
    return Tensor(type, [], value: value)
  }

  /// The mean over `axes`, in the type `type`.
  func mean(_ x: Tensor, _ axes: [Int], _ type: ElementType, body: (Scalars, Value) -> Value = { $1 }) -> Tensor {
    let sum = reduceAxes(x, axes, type, initial: 0, combine: { $0.add($1, $2) }, body: body)
    let sizes = axes.map { x.shape[$0] }
    let all: [Int?] = sum.shape.indices.map { $0 }
    if let known = sizes.product.known {
      return map([Operand(sum, all)], shape: sum.shape, type) {
        Scalars($0, type).divide($1[0], $0.scalar(Double(known), type.type($0.context)))
      }
    }
    return map([Operand(sum, all), Operand(floatCount(sizes, type), [])], shape: sum.shape, type) { Scalars($0, type).divide($1[0], $1[1]) }
  }

  /// (x - mean) / sqrt(variance + epsilon) over `axes`, with the mean and the inverse deviation, in f32 for narrow floats.
  func standardize(_ x: Tensor, _ axes: [Int], epsilon: Double) -> (result: Tensor, mean: Tensor, inverse: Tensor) {
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

/// `Softmax`, `LogSoftmax`: over one axis; before opset 13, over all axes from `axis` on.
func softmax(logarithm: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
    if x.rank == 0 { throw .wrongRank(node, x, expected: 1...GraphWalker.rankLimit) }
    let axis = try node.axis(node.integer("axis", default: node.opset < 13 ? 1 : -1), rank: x.rank)
    return [node.softmax(x, axes: node.opset < 13 ? Array(axis..<x.rank) : [axis], logarithm: logarithm)]
  }
}

extension Node {
  /// exp(x - max) / sum, or its logarithm, over `axes`. `zeroingEmptyRows`: a row of -infinity gives 0, not NaN.
  func softmax(_ x: Tensor, axes: [Int], logarithm: Bool = false, zeroingEmptyRows: Bool = false) -> Tensor {
    let type = x.elementType.accumulator
    var peak = importer.reduceAxes(x, axes, type, initial: -.infinity, combine: { $0.maximumNumber($1, $2) })
    if zeroingEmptyRows {
      peak = importer.map([Operand(peak, peak.shape.indices.map { $0 })], shape: peak.shape, type) { builder, e in
        let s = Scalars(builder, type)
        return s.select(s.compare(.equal, e[0], s.constant(-.infinity)), s.constant(0), e[0])
      }
    }
    if logarithm {
      let shifted = importer.mapRows(x, [peak], without: axes, type) { $0.subtract($1[0], $1[1]) }
      let sum = importer.reduceAxes(
        shifted, axes, type, initial: 0, combine: { $0.add($1, $2) }, body: { $0.builder.approximateExponential($1) })
      return importer.convert(
        importer.mapRows(shifted, [sum], without: axes, type) { $0.subtract($1[0], $0.call("math.log", $1[1])) }, to: x.elementType)
    }
    let powers = importer.mapRows(x, [peak], without: axes, type) { $0.builder.approximateExponential($0.subtract($1[0], $1[1])) }
    let sum = importer.reduceAxes(powers, axes, type, initial: 0, combine: { $0.add($1, $2) })
    let quotient = importer.mapRows(powers, [sum], without: axes, type) { s, e in
      let total = zeroingEmptyRows ? s.select(s.compare(.equal, e[1], s.constant(0)), s.constant(1), e[1]) : e[1]
      return s.divide(e[0], total)
    }
    return importer.convert(quotient, to: x.elementType)
  }

  /// scale * x + bias, where both are one number a channel (dimension 1).
  func scaleChannels(_ x: Tensor, _ scale: Tensor, _ bias: Tensor?, to type: ElementType) -> Tensor {
    let operands = [Operand(x, x.shape.indices.map { $0 }), Operand(scale, [1])] + (bias.map { [Operand($0, [1])] } ?? [])
    let wide = x.elementType.accumulator
    return importer.map(operands, shape: x.shape, type) { builder, e in
      let scalars = Scalars(builder, wide)
      let product = scalars.multiply(scalars.convert(e[0], from: x.elementType), scalars.convert(e[1], from: scale.elementType))
      let sum = bias.map { scalars.add(product, scalars.convert(e[2], from: $0.elementType)) } ?? product
      return Scalars(builder, type).convert(sum, from: wide)
    }
  }

  /// Throws unless `tensor` is a list with one element for each channel of `x`.
  func requireChannels(_ tensor: Tensor, of x: Tensor) throws(Diagnostic) {
    guard tensor.rank == 1,
      importer.unify(tensor.shape[0], x.shape[1], "the size of '\(tensor.name)' and the channels of '\(x.name)'") != nil
    else {
      throw .shapesDisagree(self, x, tensor, "expected one element a channel")
    }
  }
}

/// `LayerNormalization`
let lowerLayerNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit), scale = try node.input(1)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let axes = Array(axis..<x.rank)
  let (standard, mean, inverse) = node.importer.standardize(x, axes, epsilon: node.float("epsilon", default: 1e-5))
  standard.name = x.name
  let type = standard.elementType
  var tensors = [standard, scale]
  if let bias = node.optionalInput(2) { tensors.append(bias) }
  let result = node.importer.elementwise(tensors, onto: x.shape, x.elementType) { builder, e in
    let scalars = Scalars(builder, type)
    let product = scalars.multiply(e[0], scalars.convert(e[1], from: scale.elementType))
    let sum = e.count == 2 ? product : scalars.add(product, scalars.convert(e[2], from: tensors[2].elementType))
    return Scalars(builder, x.elementType).convert(sum, from: type)
  }
  guard let result else { throw .shapesDisagree(node, x, scale, "scale and bias must broadcast to the input") }
  if node.outputCount == 1 { return [result] }
  let kept = x.shape.indices.map { axes.contains($0) ? IndexExpression.one : x.shape[$0] }
  return [result, node.importer.reshape(mean, to: kept), node.importer.reshape(inverse, to: kept)]
}

/// `RMSNormalization`
let lowerRMSNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit), scale = try node.input(1)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let axes = Array(axis..<x.rank)
  let type = x.elementType.accumulator
  let epsilon = node.float("epsilon", default: 1e-5)
  let square = node.importer.mean(x, axes, type) { $0.multiply($1, $1) }
  let standard = node.importer.mapRows(x, [square], without: axes, type) {
    $0.divide($1[0], $0.call("math.sqrt", $0.add($1[1], $0.constant(epsilon))))
  }
  let result = node.importer.elementwise([standard, scale], onto: x.shape, x.elementType) { builder, e in
    let scalars = Scalars(builder, type)
    return Scalars(builder, x.elementType).convert(scalars.multiply(e[0], scalars.convert(e[1], from: scale.elementType)), from: type)
  }
  guard let result else { throw .shapesDisagree(node, x, scale, "scale must broadcast to the input") }
  return [result]
}

/// `BatchNormalization`: one factor and one summand a channel, in inference from constants (so they fold at compile time), in training (from
/// operator set 14 on) from the mean and variance of what comes in.
let lowerBatchNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  if node.integer("spatial", default: 1) == 0 { throw .unsupportedForm(node, "normalizes each element by itself (spatial = 0)") }
  var parameters: [Tensor] = []
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
  var running: [Tensor] = []
  if node.flag("training_mode") {
    let axes = x.shape.indices.filter { $0 != 1 }
    let average = node.importer.mean(x, axes, type)
    let centred = node.importer.mapRows(x, [average], without: axes, type) { $0.subtract($1[0], $1[1]) }
    let spread = node.importer.mean(centred, axes, type) { $0.multiply($1, $1) }
    running = [node.running(mean, average), node.running(variance, spread)]
    (mean, variance) = (average, spread)
  }
  let factor = node.importer.map([Operand(scale, [0]), Operand(variance, [0])], shape: channels, type) { builder, e in
    let s = Scalars(builder, type)
    let deviation = s.call("math.sqrt", s.add(s.convert(e[1], from: variance.elementType), s.constant(epsilon)))
    return s.divide(s.convert(e[0], from: scale.elementType), deviation)
  }
  let summand = node.importer.map([Operand(bias, [0]), Operand(mean, [0]), Operand(factor, [0])], shape: channels, type) { builder, e in
    let s = Scalars(builder, type)
    return s.subtract(s.convert(e[0], from: bias.elementType), s.multiply(s.convert(e[1], from: mean.elementType), e[2]))
  }
  return [node.scaleChannels(x, factor, summand, to: x.elementType)] + running
}

extension Node {
  /// The running statistic `old` with a part of the `current` one.
  fileprivate func running(_ old: Tensor, _ current: Tensor) -> Tensor {
    let momentum = float("momentum", default: 0.9)
    return importer.map([Operand(old, [0]), Operand(current, [0])], shape: current.shape, old.elementType) { builder, e in
      let s = Scalars(builder, current.elementType)
      let kept = s.multiply(s.convert(e[0], from: old.elementType), s.constant(momentum))
      return Scalars(builder, old.elementType).convert(s.add(kept, s.multiply(e[1], s.constant(1 - momentum))), from: current.elementType)
    }
  }
}

/// `InstanceNormalization`
let lowerInstanceNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit), scale = try node.input(1), bias = try node.input(2)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  try node.requireChannels(scale, of: x)
  try node.requireChannels(bias, of: x)
  try node.requireShape(bias, scale.shape)
  let (standard, _, _) = node.importer.standardize(x, Array(2..<x.rank), epsilon: node.float("epsilon", default: 1e-5))
  return [node.scaleChannels(standard, scale, bias, to: x.elementType)]
}

/// `GroupNormalization` (scale and bias are one a channel from opset 21, one a group before).
let lowerGroupNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit), scale = try node.input(1), bias = try node.input(2)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let groups = node.integer("num_groups", default: 1)
  // The parameters say how many channels there are where the input does not.
  let isOfChannels = node.opset >= 21 && scale.rank == 1
  let channels = isOfChannels ? node.importer.unify(scale.shape[0], x.shape[1], "the channels of '\(x.name)'") ?? x.shape[1] : x.shape[1]
  guard groups > 0, groups <= Windows.limit, let size = node.exactQuotient(channels, by: groups, "the channels of '\(x.name)'") else {
    throw .invalidAttribute(node, "num_groups", "\(groups)", expected: "a divisor of the number of channels")
  }
  let split = [x.shape[0], IndexExpression(groups), size] + x.shape.dropFirst(2)
  let grouped = node.importer.reshape(x, to: split)
  let (standard, _, _) = node.importer.standardize(grouped, Array(2..<split.count), epsilon: node.float("epsilon", default: 1e-5))
  if node.opset < 21 {
    try node.requireChannels(scale, of: grouped)
    try node.requireChannels(bias, of: grouped)
    return [node.importer.reshape(node.scaleChannels(standard, scale, bias, to: x.elementType), to: x.shape)]
  }
  try node.requireChannels(scale, of: x)
  try node.requireChannels(bias, of: x)
  return [node.scaleChannels(node.importer.reshape(standard, to: x.shape), scale, bias, to: x.elementType)]
}

/// `LpNormalization`
let lowerLpNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let p = node.integer("p", default: 2)
  guard p == 1 || p == 2 else { throw .invalidAttribute(node, "p", "\(p)", expected: "1 or 2") }
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType.accumulator
  let norm = node.importer.reduceAxes(
    x, [axis], type, initial: 0, combine: { $0.add($1, $2) }, body: { p == 1 ? $0.call("math.absf", $1) : $0.multiply($1, $1) })
  let result = node.importer.mapRows(x, [norm], without: [axis], type) { s, e in
    let length = p == 1 ? e[1] : s.call("math.sqrt", e[1])
    return s.select(s.compare(.equal, length, s.constant(0)), s.constant(0), s.divide(e[0], length))
  }
  return [node.importer.convert(result, to: x.elementType)]
}
