import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Conv` in any number of spatial dimensions: grouped, depthwise, strided, dilated.
let lowerConv: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit), weights = try node.weights(of: x)
  try node.requireSameType([x, weights] + [node.optionalInput(2)].compactMap { $0 })
  let windows = try node.windows(Array(x.shape.dropFirst(2)), kernel: Array(weights.shape.dropFirst(2)))
  let pair = QuantizedPair(node.graph, x, weights, columns: 0)
  let zero = { (builder: Builder) in pair?.filler(builder) ?? builder.scalar(0, x.elementType.type(builder.context)) }
  let padded = node.graph.pad(
    pair?.a ?? x, begins: [.zero, .zero] + windows.begins, shape: Array(x.shape.prefix(2)) + windows.padded, filler: zero)
  let result = try node.convolve(
    padded, pair?.b ?? weights, windows.outputs, strides: windows.strides, dilations: windows.dilations,
    groups: node.integer("group", default: 1), by: pair?.contract)
  return [try node.addChannelBias(result, node.optionalInput(2))]
}

extension Node {
  /// The weights of a convolution of `x`, input 1. Sizes that the attribute `kernel_shape` tells and the type does not, the run checks.
  func weights(of x: GraphTensor) throws(Diagnostic) -> GraphTensor { try withKernelShape(input(1, ranks: x.rank...x.rank), of: x) }

  /// `weights` with the sizes of the windows that `kernel_shape` tells.
  func withKernelShape(_ weights: GraphTensor, of x: GraphTensor) throws(Diagnostic) -> GraphTensor {
    guard let kernel = integers("kernel_shape"), !kernel.isEmpty else { return weights }
    var shape = weights.shape
    guard kernel.count == x.rank - 2, kernel.allSatisfy({ $0 > 0 }) else {
      throw .invalidAttribute(self, "kernel_shape", "\(kernel)", expected: "\(x.rank - 2) sizes of at least 1")
    }
    for (axis, size) in kernel.enumerated() {
      guard let common = graph.unify(shape[axis + 2], IndexExpression(size), "kernel_shape and the windows of '\(weights.name)'") else {
        let sizes = shape.dropFirst(2).map { $0.known.map(String.init) ?? "?" }.joined(separator: ", ")
        throw .invalidAttribute(self, "kernel_shape", "\(kernel)", expected: "[\(sizes)], as the weights '\(weights.name)' have it")
      }
      shape[axis + 2] = common
    }
    return graph.withShape(weights, shape)
  }
}

/// `ConvTranspose`. A window as large as its stride writes every output once, so it is a matrix product; others convolve the input with zeros put between.
let lowerConvTranspose: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphTensor.rankLimit), weights = try node.weights(of: x)
  try node.requireSameType([x, weights] + [node.optionalInput(2)].compactMap { $0 })
  guard weights.shape.allSatisfy({ ($0.known ?? 0) <= Windows.limit }) else {
    throw .wrongShape(node, weights, "windows of possible sizes")
  }
  let geometry = try node.transposedWindows(x, kernel: Array(weights.shape.dropFirst(2)))
  let groups = node.integer("group", default: 1)
  guard groups >= 1, groups <= Windows.limit,
    node.graph.unify(x.shape[1], weights.shape[0], "the channels of '\(x.name)' and '\(weights.name)'") != nil,
    let channels = node.exactQuotient(weights.shape[0], by: groups, "the channels of '\(weights.name)'")
  else {
    throw .shapesDisagree(node, x, weights, "the channels do not fit \(groups) groups")
  }
  let result =
    geometry.isInterleaving
    ? node.interleavedTranspose(x, weights, groups, channels, geometry)
    : try node.upsampledTranspose(x, weights, groups, channels, geometry)
  return [try node.addChannelBias(result, node.optionalInput(2))]
}
