import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Convolutions of tensors whose last dimension are the channels.

extension Node {
  /// The windows of a convolution of `x`, whose spatial dimensions are in the order of `axes` of the options.
  fileprivate func windows(_ x: GraphTensor, kernel: [IndexExpression], axes: [String] = ["h", "w"]) throws(Diagnostic) -> Windows {
    var strides: [Int] = [], dilations: [Int] = []
    for axis in axes {
      strides.append(try windowOption("stride_\(axis)"))
      dilations.append(try windowOption("dilation_\(axis)_factor"))
    }
    return try Windows(
      self, Array(x.shape[1...axes.count]), kernel: kernel, strides: strides, dilations: dilations, try padding(axes.count))
  }

  /// `x` with the borders that the windows read.
  fileprivate func bordered(_ x: GraphTensor, _ windows: Windows, _ rule: ProductRule) -> GraphTensor {
    graph.pad(
      x, begins: [.zero] + windows.begins + [.zero], shape: [x.shape[0]] + windows.padded + [x.shape[x.rank - 1]],
      filler: rule.filler)
  }
}

extension Windows {
  /// `tensor` [n, spatial..., more] as an operand whose spatial dimensions slide: over the loops from `first` on, with windows from `window` on.
  fileprivate func sliding(_ tensor: GraphTensor, first: Int, window: Int, more: [Int]) -> Operand {
    var slides: [Int: Operand.Window] = [:]
    for axis in kernel.indices { slides[1 + axis] = Operand.Window(stride: strides[axis], loop: window + axis, dilation: dilations[axis]) }
    return Operand(tensor, [0] + kernel.indices.map { first + $0 } + more, windows: slides)
  }
}

/// `CONV_2D`: weights [filters, height, width, channels of a group].
let lowerConv2D: Lowering = { node throws(Diagnostic) in
  _ = try node.input(0, ranks: 4...4)
  _ = try node.input(1, ranks: 4...4)
  return [try node.convolution(ProductRule(node, x: 0, weights: 1, bias: 2, activation: node.activation()), axes: ["h", "w"])]
}

extension Node {
  /// A convolution with weights [filters, spatial..., channels of a group].
  fileprivate func convolution(_ rule: ProductRule, axes: [String]) throws(Diagnostic) -> GraphTensor {
    let (x, weights, spatial) = (rule.x, rule.weights, axes.count)
    let filters = weights.shape[0], channels = weights.shape[1 + spatial]
    let windows = try windows(x, kernel: Array(weights.shape[1...spatial]), axes: axes)
    let padded = bordered(x, windows, rule)
    let batch = x.shape[0], all = x.shape[1 + spatial]
    guard let size = channels.known, size >= 1, let groupCount = exactQuotient(all, by: size, "the channels of '\(x.name)'")?.known,
      groupCount >= 1, let perGroup = exactQuotient(filters, by: groupCount, "the filters of '\(weights.name)'")
    else {
      throw .shapesDisagree(self, x, weights, "the channels do not fit those of the filters")
    }
    if groupCount == 1 {  // n, o..., f, k..., c
      let f = 1 + spatial, k = f + 1, c = k + spatial
      let window = (0..<spatial).map { k + $0 }
      let sums = rule.contract(
        windows.sliding(padded, first: 1, window: k, more: [c]), Operand(weights, [f] + window + [c]), loops: c + 1,
        output: Array(0...f), shape: [batch] + windows.outputs + [filters])
      return try rule.finish(sums)
    }
    // n, o..., g, f, k..., c
    let g = 1 + spatial, f = g + 1, k = f + 1, c = k + spatial, groups = IndexExpression(groupCount)
    let split = graph.reshape(padded, to: padded.shape.dropLast() + [groups, channels])
    let filter = graph.reshape(weights, to: [groups, perGroup] + weights.shape.dropFirst())
    let sums = rule.contract(
      windows.sliding(split, first: 1, window: k, more: [g, c]), Operand(filter, [g, f] + (0..<spatial).map { k + $0 } + [c]),
      loops: c + 1, output: Array(0...f), shape: [batch] + windows.outputs + [groups, perGroup])
    return try rule.finish(graph.reshape(sums, to: [batch] + windows.outputs + [filters]))
  }
}

/// `DEPTHWISE_CONV_2D`: weights [1, height, width, channels * multiplier].
let lowerDepthwiseConv2D: Lowering = { node throws(Diagnostic) in
  _ = try node.input(0, ranks: 4...4)
  _ = try node.input(1, ranks: 4...4)
  let rule = try ProductRule(node, x: 0, weights: 1, bias: 2, activation: node.activation())
  let (x, weights, graph) = (rule.x, rule.weights, node.graph)
  let windows = try node.windows(x, kernel: Array(weights.shape[1...2]))
  let padded = node.bordered(x, windows, rule)
  let batch = x.shape[0], channels = x.shape[3], filters = weights.shape[3]
  guard weights.shape[0] == .one, let size = channels.known, size >= 1,
    let multiplier = node.exactQuotient(filters, by: size, "the filters of '\(weights.name)'")
  else {
    throw .shapesDisagree(node, x, weights, "the filters must be a multiple of the channels")
  }
  let kernel = Array(weights.shape[1...2])
  if multiplier == .one {  // n, y, x, c, i, j
    let filter = graph.reshape(weights, to: kernel + [channels])
    let sums = rule.contract(
      windows.sliding(padded, first: 1, window: 4, more: [3]), Operand(filter, [4, 5, 3]), loops: 6, output: [0, 1, 2, 3],
      shape: [batch] + windows.outputs + [channels])
    return [try rule.finish(sums)]
  }
  // n, y, x, c, m, i, j
  let filter = graph.reshape(weights, to: kernel + [channels, multiplier])
  let sums = rule.contract(
    windows.sliding(padded, first: 1, window: 5, more: [3]), Operand(filter, [5, 6, 3, 4]), loops: 7, output: [0, 1, 2, 3, 4],
    shape: [batch] + windows.outputs + [channels, multiplier])
  return [try rule.finish(graph.reshape(sums, to: [batch] + windows.outputs + [filters]))]
}

/// `CONV_3D`: weights [depth, height, width, channels of a group, filters].
let lowerConv3D: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 5...5), given = try node.input(1, ranks: 5...5)
  var ordered = node
  ordered.inputs = [x, node.transpose(given, [4, 0, 1, 2, 3])] + node.inputs.dropFirst(2)
  return [try ordered.convolution(ProductRule(ordered, x: 0, weights: 1, bias: 2, activation: node.activation()), axes: ["d", "h", "w"])]
}

/// `TRANSPOSE_CONV`: inputs are the sizes of the result, weights [filters, height, width, channels], the input, and perhaps a bias.
let lowerTransposeConv: Lowering = { node throws(Diagnostic) in
  let sizes = try node.hostInput(0)
  guard sizes.count == 4 else { throw .notAShape(node, try node.input(0)) }
  let strides = [try node.windowOption("stride_h"), try node.windowOption("stride_w")]
  return [
    try node.transposedConvolution(
      sizes: Array(sizes[1...2]), x: 2, weights: 1, bias: 3, strides: strides, node.padding(2), node.activation())
  ]
}

/// `CONV_3D_TRANSPOSE`: the same in three dimensions, with weights [depth, height, width, filters, channels].
let lowerConv3DTranspose: Lowering = { node throws(Diagnostic) in
  let sizes = try node.hostInput(0), weights = try node.input(1, ranks: 5...5)
  guard sizes.count == 5 else { throw .notAShape(node, try node.input(0)) }
  var strides: [Int] = []
  for axis in ["d", "h", "w"] {
    strides.append(try node.windowOption("stride_\(axis)"))
    let dilation = try node.integer("dilation_\(axis)_factor")
    guard dilation == 1 else { throw .unsupportedAttribute(node, "dilation_\(axis)_factor", "\(dilation)", supported: "1") }
  }
  var ordered = node
  ordered.inputs[1] = node.transpose(weights, [3, 0, 1, 2, 4])
  return [
    try ordered.transposedConvolution(
      sizes: Array(sizes[1...3]), x: 2, weights: 1, bias: 3, strides: strides, node.padding(3), node.activation())
  ]
}

extension Node {
  /// A transposed convolution whose result has the spatial sizes `sizes`, as Graphs forms it: with the channels before the spatial dimensions.
  func transposedConvolution(
    sizes: [IndexExpression], x: Int, weights: Int, bias: Int, strides: [Int], _ padding: WindowPadding, _ activation: Activation
  ) throws(Diagnostic) -> GraphTensor {
    let count = sizes.count, spatial = Array(1...count)
    _ = try input(x, ranks: count + 2...count + 2)
    _ = try input(weights, ranks: count + 2...count + 2)
    let rule = try ProductRule(self, x: x, weights: weights, bias: bias, activation: activation, isReal: true)
    let input = transpose(rule.x, [0, count + 1] + spatial), filter = transpose(rule.weights, [count + 1, 0] + spatial)
    guard graph.unify(input.shape[1], filter.shape[0], "the channels of '\(rule.x.name)' and '\(rule.weights.name)'") != nil else {
      throw .shapesDisagree(self, rule.x, rule.weights, "the channels differ")
    }
    guard let outputs = sizes.known, outputs.allSatisfy({ $0 >= 0 && $0 <= Type.elementLimit }) else {
      throw .unsupportedForm(self, "has a result whose sizes only the run knows")
    }
    let geometry = try TransposedWindows(
      self, Array(input.shape.dropFirst(2)), kernel: Array(filter.shape.dropFirst(2)), strides: strides, dilations: sizes.map { _ in 1 },
      padding, extra: sizes.map { _ in 0 }, outputs: outputs)
    let result =
      geometry.isInterleaving
      ? interleavedTranspose(input, filter, 1, input.shape[1], geometry)
      : try upsampledTranspose(input, filter, 1, input.shape[1], geometry)
    return try rule.finish(transpose(result, [0] + spatial.map { $0 + 1 } + [1]))
  }
}
