import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Layers of com.microsoft that graph optimizers fuse with what follows them: the layer, what is added, an activation function.

extension Node {
  /// The function that the attribute `activation` names, with its parameters in the order of ONNX's attributes.
  fileprivate func fusedActivation(_ parameters: [Double]) throws(Diagnostic) -> (Scalars, Value) -> Value {
    let name = string("activation", default: "")
    func parameter(_ i: Int, _ value: Double) -> Double { i < parameters.count ? parameters[i] : value }
    switch name {
    case "": return { $1 }
    case "Relu": return { $0.maximum($1, $0.constant(0)) }
    case "Sigmoid": return { $0.sigmoid($1) }
    case "Tanh": return { $0.call("math.tanh", $1) }
    case "Softplus": return { $0.softplus($1) }
    case "Softsign": return { $0.divide($1, $0.add($0.constant(1), $0.call("math.absf", $1))) }
    case "LeakyRelu":
      let alpha = parameter(0, 0.01)
      return { s, x in s.select(s.compare(.less, x, s.constant(0)), s.multiply(s.constant(alpha), x), x) }
    case "Elu":
      let alpha = parameter(0, 1)
      return { s, x in s.select(s.compare(.greater, x, s.constant(0)), x, s.multiply(s.constant(alpha), s.call("math.expm1", x))) }
    case "Clip":
      let low = parameter(0, -.infinity), high = parameter(1, .infinity)
      return { s, x in s.minimum(s.maximum(x, s.constant(low)), s.constant(high)) }
    case "HardSigmoid":
      let alpha = parameter(0, 0.2), beta = parameter(1, 0.5)
      return { s, x in s.maximum(s.constant(0), s.minimum(s.constant(1), s.add(s.multiply(s.constant(alpha), x), s.constant(beta)))) }
    default:
      throw .unsupportedAttribute(
        self, "activation", "'\(name)'", supported: "Relu, Sigmoid, Tanh, Softplus, Softsign, LeakyRelu, Elu, Clip, HardSigmoid")
    }
  }

  /// The activation of the sum of `x` and `other`, in the type of `x`.
  fileprivate func activated(_ x: GraphTensor, plus other: GraphTensor? = nil, _ function: (Scalars, Value) -> Value) throws(Diagnostic)
    -> GraphTensor
  {
    let tensors = [x] + [other].compactMap { $0 }
    try requireSameType(tensors)
    let result = graph.elementwise(tensors, onto: x.shape, x.elementType) { builder, e in
      Scalars(builder, x.elementType).inWideFloat(e) { s, e in function(s, e.count == 2 ? s.add(e[0], e[1]) : e[0]) }
    }
    guard let result else { throw .shapesDisagree(self, x, other ?? x, "what is added must broadcast to the result") }
    return result
  }

  /// `x` with its channels moved from the last dimension to dimension 1, or back.
  fileprivate func movingChannels(_ x: GraphTensor, toFirst: Bool) -> GraphTensor {
    let spatial = Array(1..<x.rank - 1)
    let moved = transpose(x, toFirst ? [0, x.rank - 1] + spatial : [0] + spatial.map { $0 + 1 } + [1])
    moved.name = x.name
    return moved
  }
}

/// `FusedConv`, `NhwcFusedConv`: activation(Conv(X, W, B) + Z), of images with channels first, or last.
func fusedConvolution(channelsLast: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let function = try node.fusedActivation((node.floats("activation_params") ?? []).map(Double.init))
    let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
    let image = channelsLast ? node.movingChannels(x, toFirst: true) : x
    let result = try lowerConv(node.with(inputs: [image, node.optionalInput(1), node.optionalInput(2)]))[0]
    result.name = node.label
    return [try node.activated(channelsLast ? node.movingChannels(result, toFirst: false) : result, plus: node.optionalInput(3), function)]
  }
}

/// `NhwcMaxPool`: of images with their channels last.
let lowerNhwcMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  return [node.movingChannels(try lowerMaxPool(node.with(inputs: [node.movingChannels(x, toFirst: true)]))[0], toFirst: false)]
}

/// `QLinearConv` of com.microsoft: of images with their channels first, or last.
let lowerContributedQLinearConv: Lowering = { node throws(Diagnostic) in
  guard node.flag("channels_last") else { return try lowerQLinearConv(node) }
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
  let result = try lowerQLinearConv(node.with(inputs: [node.movingChannels(x, toFirst: true)] + node.inputs.dropFirst()))[0]
  return [node.movingChannels(result, toFirst: false)]
}

/// `FusedGemm`: activation(alpha * A' * B' + beta * C)
let lowerFusedGemm: Lowering = { node throws(Diagnostic) in
  let parameters = [("activation_alpha", 0), ("activation_beta", 1)].filter { node.hasAttribute($0.0) }
  // The first may stand alone, the second not.
  guard parameters.enumerated().allSatisfy({ $0.offset == $0.element.1 }) else { throw .unsupportedForm(node, "has activation_beta alone") }
  let function = try node.fusedActivation(parameters.map { node.float($0.0, default: 0) })
  return [try node.activated(try lowerGemm(node)[0], function)]
}

/// `BiasAdd`: x + bias + skip
let lowerBiasAdd: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), bias = try node.input(1, ranks: 1...1), skip = try node.input(2)
  try node.require(x, .float)
  try node.requireShape(skip, x.shape)
  return [try node.activated(try node.activated(x, plus: bias) { $1 }, plus: skip) { $1 }]
}

/// `BiasSplitGelu`: of the halves of x + bias along the last dimension, the first times Gelu of the second.
let lowerBiasSplitGelu: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), bias = try node.input(1, ranks: 1...1)
  try node.require(x, .float)
  guard let half = node.exactQuotient(x.shape[x.rank - 1], by: 2, "the last size of '\(x.name)'") else {
    throw .wrongShape(node, x, "an even last size")
  }
  let sum = try node.activated(x, plus: bias) { $1 }
  let first = node.columns(sum, .zero, half), second = node.columns(sum, half, half)
  return [
    try node.graph.elementwise([first, second], x.elementType) { builder, e in
      Scalars(builder, x.elementType).inWideFloat(e) { s, e in s.multiply(e[0], s.gelu(e[1], tanh: false)) }
    }
  ]
}

/// `BiasDropout` in inference: x + bias + residual, and a mask of what is kept: all.
let lowerBiasDropout: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), bias = try node.input(1)
  try node.require(x, .float)
  if let training = node.optionalInput(4), training.host?.known?.first != 0 { throw .unsupportedForm(node, "drops out in training") }
  var result = try node.activated(x, plus: bias) { $1 }
  if let residual = node.optionalInput(2) {
    try node.requireShape(residual, x.shape)
    result = try node.activated(result, plus: residual) { $1 }
  }
  let kept = node.graph.generate(x.shape, .bool) { builder, _ in builder.scalar(1, .i1(builder.context)) }
  return [result, kept]
}

/// `BiasSoftmax`: over all dimensions from `axis` on.
let lowerBiasSoftmax: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), bias = try node.input(1)
  try node.require(x, .float)
  let axis = try node.axis(node.integer("axis", default: 1), rank: x.rank)
  return [node.softmax(try node.activated(x, plus: bias) { $1 }, axes: Array(axis..<x.rank))]
}

/// `GroupNorm`, `SkipGroupNorm`: normalization of groups of channels, of a sum with what is skipped, which is output 1 then.
func contributedGroupNormalization(skip: Bool) -> Lowering {
  { node throws(Diagnostic) in
    var x = try node.input(0, ranks: 3...GraphTensor.rankLimit)
    let gamma = try node.input(1, ranks: 1...1), beta = try node.input(2, ranks: 1...1)
    try node.require(x, .float)
    let isLast = node.integer("channels_last", default: 1) != 0
    if skip {
      let channels = x.shape[isLast ? x.rank - 1 : 1]
      let spread = [x.shape[0]] + (isLast ? x.shape.dropFirst().map { _ in .one } : [channels] + x.shape.dropFirst(2).map { _ in .one })
      for i in [3, 4] {
        guard var term = node.optionalInput(i) else { continue }
        // One number for each channel (of each image).
        let last = isLast ? x.rank - 1 : 1
        if term.rank == 1 || term.rank == 2 {
          var shape = spread
          if term.rank == 1 { shape[0] = .one }
          shape[last] = channels
          try node.requireShape(term, term.rank == 1 ? [channels] : [x.shape[0], channels])
          term = node.graph.reshape(term, to: shape)
        }
        let name = x.name
        x = try node.activated(x, plus: term) { $1 }
        x.name = name
      }
    }
    let image = isLast ? node.movingChannels(x, toFirst: true) : x
    let groups = node.integer("groups", default: 0)
    guard groups > 0, groups <= Windows.limit, let size = node.exactQuotient(image.shape[1], by: groups, "the channels of '\(x.name)'")
    else {
      throw .invalidAttribute(node, "groups", "\(groups)", expected: "a divisor of the number of channels")
    }
    let grouped = node.graph.reshape(image, to: [image.shape[0], IndexExpression(groups), size] + image.shape.dropFirst(2))
    let (standard, _, _) = node.graph.standardize(grouped, Array(2..<grouped.rank), epsilon: node.float("epsilon", default: 1e-5))
    for parameter in [gamma, beta] { try node.requireChannels(parameter, of: image) }
    let wide = standard.elementType
    let scaled = node.scaleChannels(node.graph.reshape(standard, to: image.shape), gamma, beta, to: wide)
    let isSwish: Bool
    switch node.integer("activation", default: 0) {
    case 0: isSwish = false
    case 1: isSwish = true
    case let other: throw .invalidAttribute(node, "activation", "\(other)", expected: "0 (none) or 1 (SiLU)")
    }
    let result = node.graph.convert(
      isSwish ? node.mapElements(scaled, wide) { s, x in s.multiply(x, s.sigmoid(x)) } : scaled, to: x.elementType)
    return [isLast ? node.movingChannels(result, toFirst: false) : result] + (skip ? [x] : [])
  }
}
