import Diagnostics
import MLIR

/// `Conv` in any number of spatial dimensions: grouped, depthwise, strided, dilated.
let lowerConv: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit), weights = try node.weights(of: x)
  try node.requireSameType([x, weights] + [node.optionalInput(2)].compactMap { $0 })
  let windows = try Windows(node, Array(x.shape.dropFirst(2)), kernel: Array(weights.shape.dropFirst(2)))
  let pair = QuantizedPair(node.importer, x, weights, columns: 0)
  let zero = { (builder: Builder) in pair?.filler(builder) ?? builder.scalar(0, x.elementType.type(builder.context)) }
  let padded = node.importer.pad(
    pair?.a ?? x, begins: [.zero, .zero] + windows.begins, shape: Array(x.shape.prefix(2)) + windows.padded, filler: zero)
  let result = try node.convolve(
    padded, pair?.b ?? weights, windows.outputs, strides: windows.strides, dilations: windows.dilations, by: pair?.contract)
  return [try node.addChannelBias(result, node.optionalInput(2))]
}

extension Node {
  /// The weights of a convolution of `x`, input 1. Sizes that the attribute `kernel_shape` tells and the type does not, the run checks.
  func weights(of x: Tensor) throws(Diagnostic) -> Tensor { try withKernelShape(input(1, ranks: x.rank...x.rank), of: x) }

  /// `weights` with the sizes of the windows that `kernel_shape` tells.
  func withKernelShape(_ weights: Tensor, of x: Tensor) throws(Diagnostic) -> Tensor {
    guard let kernel = integers("kernel_shape"), !kernel.isEmpty else { return weights }
    var shape = weights.shape
    guard kernel.count == x.rank - 2, kernel.allSatisfy({ $0 > 0 }) else {
      throw .invalidAttribute(self, "kernel_shape", "\(kernel)", expected: "\(x.rank - 2) sizes of at least 1")
    }
    for (axis, size) in kernel.enumerated() {
      guard let common = importer.unify(shape[axis + 2], IndexExpression(size), "kernel_shape and the windows of '\(weights.name)'") else {
        let sizes = shape.dropFirst(2).map { $0.known.map(String.init) ?? "?" }.joined(separator: ", ")
        throw .invalidAttribute(self, "kernel_shape", "\(kernel)", expected: "[\(sizes)], as the weights '\(weights.name)' have it")
      }
      shape[axis + 2] = common
    }
    return importer.withShape(weights, shape)
  }

  /// `x` plus one number a channel.
  func addChannelBias(_ x: Tensor, _ bias: Tensor?) throws(Diagnostic) -> Tensor {
    guard let bias else { return x }
    x.name = label
    try requireChannels(bias, of: x)
    return importer.map([Operand(x, x.shape.indices.map { $0 }), Operand(bias, [1])], shape: x.shape, x.elementType) {
      Scalars($0, x.elementType).add($1[0], $1[1])
    }
  }

  /// The number of groups and the filters of each, checked against the channels of `x` and the filters of `weights`.
  func groups(_ x: Tensor, _ weights: Tensor) throws(Diagnostic) -> (count: Int, filters: IndexExpression) {
    let groups = integer("group", default: 1), channels = weights.shape[1]
    guard groups >= 1, groups <= Windows.limit, weights.shape.allSatisfy({ ($0.known ?? 0) <= 1 << 32 }),
      let filters = exactQuotient(weights.shape[0], by: groups, "the filters of '\(weights.name)'"),
      importer.unify(x.shape[1], channels * groups, "the channels of '\(x.name)' and those of \(groups) groups of '\(weights.name)'") != nil
    else {
      throw .shapesDisagree(self, x, weights, "the channels do not fit \(groups) groups of \(channels.known.map(String.init) ?? "?")")
    }
    return (groups, filters)
  }

  /// The convolution of `x`, padded already, with `weights` [filters, channels of a group, window...]; the products are summed by `contract`,
  /// or in the accumulator of their type.
  func convolve(
    _ x: Tensor, _ weights: Tensor, _ outputs: [IndexExpression], strides: [Int], dilations: [Int], by contract: Contraction? = nil
  ) throws(Diagnostic) -> Tensor {
    let contract = contract ?? importer.contract
    let filters = weights.shape[0], channels = weights.shape[1]
    let (groups, perGroup) = try groups(x, weights)
    let spatial = outputs.count
    let batch = x.shape[0]

    func operand(_ tensor: Tensor, leading: [Int], first: Int, window: Int) -> Operand {
      var windows: [Int: Operand.Window] = [:]
      for axis in 0..<spatial {
        windows[leading.count + axis] = Operand.Window(stride: strides[axis], loop: window + axis, dilation: dilations[axis])
      }
      return Operand(tensor, leading + (0..<spatial).map { first + $0 }, windows: windows)
    }

    if groups == 1 {  // n, f, o..., c, k...
      let c = 2 + spatial
      let input = operand(x, leading: [0, c], first: 2, window: c + 1)
      let filter = Operand(weights, [1, c] + (0..<spatial).map { c + 1 + $0 })
      return contract(input, filter, 3 + 2 * spatial, Array(0..<2 + spatial), [batch, filters] + outputs)
    }
    if channels == .one, perGroup == .one {  // n, c, o..., k...
      let k = 2 + spatial
      let input = operand(x, leading: [0, 1], first: 2, window: k)
      let flat = importer.reshape(weights, to: [weights.shape[0]] + weights.shape.dropFirst(2))
      let filter = Operand(flat, [1] + (0..<spatial).map { k + $0 })
      return contract(input, filter, 2 + 2 * spatial, Array(0..<2 + spatial), [batch, filters] + outputs)
    }
    // n, g, f, o..., c, k...
    let c = 3 + spatial
    let split = importer.reshape(x, to: [batch, IndexExpression(groups), channels] + x.shape.dropFirst(2))
    let input = operand(split, leading: [0, 1, c], first: 3, window: c + 1)
    let filterShape = [IndexExpression(groups), perGroup, channels] + weights.shape.dropFirst(2)
    let filter = Operand(importer.reshape(weights, to: filterShape), [1, 2, c] + (0..<spatial).map { c + 1 + $0 })
    let result = contract(
      input, filter, 4 + 2 * spatial, Array(0..<3 + spatial), [batch, IndexExpression(groups), perGroup] + outputs)
    return importer.reshape(result, to: [batch, filters] + outputs)
  }
}

/// `ConvTranspose`. A window as large as its stride writes every output once, so it is a matrix product; others convolve the input with zeros put between.
let lowerConvTranspose: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit), weights = try node.weights(of: x)
  try node.requireSameType([x, weights] + [node.optionalInput(2)].compactMap { $0 })
  guard weights.shape.allSatisfy({ ($0.known ?? 0) <= Windows.limit }) else {
    throw .wrongShape(node, weights, "windows of possible sizes")
  }
  let geometry = try TransposedWindows(node, x, kernel: Array(weights.shape.dropFirst(2)))
  let groups = node.integer("group", default: 1)
  guard groups >= 1, groups <= Windows.limit,
    node.importer.unify(x.shape[1], weights.shape[0], "the channels of '\(x.name)' and '\(weights.name)'") != nil,
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

/// The geometry of a transposed convolution.
struct TransposedWindows {
  let kernel: [IndexExpression]
  let strides: [Int]
  let dilations: [Int]
  let begins: [IndexExpression]
  let outputs: [IndexExpression]
  /// `true` iff windows neither overlap nor leave gaps, and nothing is cut off.
  let isInterleaving: Bool

  init(_ node: Node, _ x: Tensor, kernel: [IndexExpression]) throws(Diagnostic) {
    let count = kernel.count
    self.kernel = kernel
    strides = try node.integers("strides", count: count, default: 1, in: 1...Windows.limit)
    dilations = try node.integers("dilations", count: count, default: 1, in: 1...Windows.limit)
    let pads = try node.integers("pads", count: 2 * count, default: 0, in: 0...Windows.limit)
    let extra = try node.integers("output_padding", count: count, default: 0, in: 0...Windows.limit)
    let mode = node.string("auto_pad", default: "NOTSET")
    let wanted = node.integers("output_shape")
    if let wanted, wanted.count != count {
      throw .invalidAttribute(node, "output_shape", "\(wanted)", expected: "\(count) sizes")
    }
    var begins: [IndexExpression] = [], outputs: [IndexExpression] = []
    for axis in 0..<count {
      let size = x.shape[axis + 2]
      if kernel[axis].known == nil { node.importer.requireElements(kernel[axis], "the window of spatial dimension \(axis)") }
      let whole = (size - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + (extra[axis] + 1)
      if wanted != nil || mode.hasPrefix("SAME") {
        let output = wanted.map { IndexExpression($0[axis]) } ?? size * strides[axis]
        let total = node.indices.maximum(.zero, whole - output)
        begins.append(
          mode == "SAME_UPPER"
            ? node.indices.floorDivide(total, IndexExpression(2)) : total - node.indices.floorDivide(total, IndexExpression(2)))
        outputs.append(output)
      } else {
        let valid = mode == "VALID"
        begins.append(IndexExpression(valid ? 0 : pads[axis]))
        outputs.append(whole - (valid ? 0 : pads[axis] + pads[axis + count]))
      }
      if let known = outputs[axis].known, known < 0 {
        throw .windowTooLarge(
          node, axis: axis, size: size.known.map(String.init) ?? "?", window: kernel[axis].known.map(String.init) ?? "?")
      }
    }
    (self.begins, self.outputs) = (begins, outputs)
    isInterleaving =
      kernel == strides.map { IndexExpression($0) } && dilations.allSatisfy { $0 == 1 } && begins.allSatisfy { $0 == .zero }
      && (0..<count).allSatisfy { outputs[$0] == x.shape[$0 + 2] * kernel[$0] }
  }
}

extension Node {
  /// out[n, g, f, y * s + k] = sum over c of x[n, g, c, y] * w[g, c, f, k]
  fileprivate func interleavedTranspose(
    _ x: Tensor, _ weights: Tensor, _ groups: Int, _ channels: IndexExpression, _ geometry: TransposedWindows
  ) -> Tensor {
    let spatial = geometry.kernel.count
    let group = IndexExpression(groups), batch = x.shape[0], filters = weights.shape[1]
    let input = importer.reshape(x, to: [batch, group, channels] + x.shape.dropFirst(2))
    let filter = importer.reshape(weights, to: [group, channels, filters] + weights.shape.dropFirst(2))
    // n, g, f, then y and k in turn for each dimension, then c.
    let sum = 3 + 2 * spatial
    let rows = (0..<spatial).map { 3 + 2 * $0 }, taps = (0..<spatial).map { 4 + 2 * $0 }
    var shape = [batch, group, filters]
    for axis in 0..<spatial { shape += [x.shape[axis + 2], geometry.kernel[axis]] }
    let product = importer.contract(
      Operand(input, [0, 1, sum] + rows), Operand(filter, [1, sum, 2] + taps), loops: sum + 1, output: Array(0..<sum), shape: shape)
    return importer.reshape(product, to: [batch, group * filters] + geometry.outputs)
  }

  /// A convolution, with the window mirrored, over the input with zeros between its elements.
  fileprivate func upsampledTranspose(
    _ x: Tensor, _ weights: Tensor, _ groups: Int, _ channels: IndexExpression, _ geometry: TransposedWindows
  ) throws(Diagnostic) -> Tensor {
    let kernel = geometry.kernel
    // w[(g c), f, k] -> [(g f), c, K-1-k]
    let split = importer.reshape(weights, to: [IndexExpression(groups), channels] + weights.shape.dropFirst(1))
    let source = importer.value(split), last = kernel.map { importer.index($0 - 1) }
    let mirroredShape = [IndexExpression(groups), weights.shape[1], channels] + weights.shape.dropFirst(2)
    let mirrored = importer.generate(mirroredShape, weights.elementType) { inner, p in
      let taps = kernel.indices.map { inner.minus(last[$0], p[3 + $0]) }
      return inner.element(source, [p[0], p[2], p[1]] + taps)
    }
    let filters = importer.reshape(
      mirrored, to: [IndexExpression(groups) * weights.shape[1], channels] + weights.shape.dropFirst(2))

    var sizes: [IndexExpression] = [], starts: [IndexExpression] = []
    for axis in kernel.indices {
      let reach = (kernel[axis] - 1) * geometry.dilations[axis]
      sizes.append(geometry.outputs[axis] + reach)
      starts.append(reach - geometry.begins[axis])
    }
    let spread = spread(x, into: Array(x.shape.prefix(2)) + sizes, starts, geometry.strides)
    return try convolve(spread, filters, geometry.outputs, strides: kernel.map { _ in 1 }, dilations: geometry.dilations)
  }

  /// `x` with element i of a spatial dimension at `starts + i * strides`, and zeros elsewhere.
  private func spread(_ x: Tensor, into shape: [IndexExpression], _ starts: [IndexExpression], _ strides: [Int]) -> Tensor {
    let source = importer.value(x)
    let origins = starts.map(importer.index), sizes = x.shape.dropFirst(2).map(importer.index)
    return importer.generate(shape, x.elementType) { inner, position in
      var read = Array(position.prefix(2))
      var inside = inner.scalar(1, .i1(inner.context))
      for axis in strides.indices {
        let shifted = inner.binary("arith.subi", position[axis + 2], origins[axis])
        let stride = inner.index(strides[axis])
        let at = strides[axis] == 1 ? shifted : inner.binary("arith.floordivsi", shifted, stride)
        for condition in [inner.compare(.greaterOrEqual, shifted, inner.index(0)), inner.compare(.less, at, sizes[axis])] {
          inside = inner.and(inside, condition)
        }
        if strides[axis] != 1 {
          inside = inner.and(inside, inner.compare(.equal, inner.times(at, stride), shifted))
        }
        read.append(at)
      }
      return inner.conditional(inside, type: source.type.element) {
        $0.element(source, read)
      } else: {
        $0.scalar(0, source.type.element)
      }
    }
  }
}
