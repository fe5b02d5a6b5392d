import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// The dimensions of an operand of a convolution: batch and features, or input and output features; then space.
private struct ConvolutionDimensions {
  let first: Int
  let second: Int
  let spatial: [Int]

  /// The dimensions in the order first, second, space.
  var order: [Int] { [first, second] + spatial }

  init(_ node: StableHLONode, _ prefix: String, _ names: (String, String), rank: Int) throws(Diagnostic) {
    first = try node.dimension("\(prefix)_\(names.0)_dimension", rank: rank)
    second = try node.dimension("\(prefix)_\(names.1)_dimension", rank: rank)
    spatial = try node.dimensions("\(prefix)_spatial_dimensions", rank: rank)
    guard Set([first, second] + spatial).count == rank, spatial.count == rank - 2 else {
      throw .invalidAttribute(node, "\(prefix)_spatial_dimensions", "\(spatial)", expected: "each dimension once")
    }
  }
}

extension StableHLONode {
  /// A convolution in any order of dimensions, of which the input may be spread, the kernel spread or mirrored, and features or batches grouped.
  func convolution() throws(Diagnostic) -> GraphTensor {
    try convolution(padding: try windowPadding(count: try operand(0).rank - 2).map { (IndexExpression($0.low), IndexExpression($0.high)) })
  }

  /// Pairs of numbers, for each dimension of space.
  func windowPadding(count: Int) throws(Diagnostic) -> [(low: Int, high: Int)] {
    var flat = try source.attributes["padding"].map { (attribute) throws(Diagnostic) in try flatPadding(attribute) } ?? []
    if flat.isEmpty { flat = Array(repeating: 0, count: 2 * max(count, 0)) }
    guard flat.count == 2 * count, flat.allSatisfy({ abs($0) <= PaddedDimension.limit }) else {
      throw .invalidAttribute(self, "padding", "\(flat)", expected: "two numbers for each of \(count) dimensions")
    }
    return (0..<count).map { (flat[2 * $0], flat[2 * $0 + 1]) }
  }

  private func flatPadding(_ attribute: ProgramAttribute) throws(Diagnostic) -> [Int] {
    if let flat = attribute.integers { return flat }
    var flat: [Int] = []
    for pair in attribute.list ?? [] {
      guard let numbers = pair.integers, numbers.allSatisfy({ $0 > .min }) else {
        throw .invalidAttribute(self, "padding", "no list of pairs", expected: "two numbers for each dimension")
      }
      flat += numbers
    }
    return flat
  }

  func convolution(padding: [(low: IndexExpression, high: IndexExpression)]) throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), kernel = try operand(1)
    guard x.rank >= 2, kernel.rank == x.rank else { throw .shapesDisagree(self, x, kernel, "expected equal ranks of 2 or more") }
    let rank = x.rank, spatial = rank - 2, limit = 1...Windows.limit
    let inputs = try ConvolutionDimensions(self, "input", ("batch", "feature"), rank: rank)
    let kernels = try ConvolutionDimensions(self, "kernel", ("output_feature", "input_feature"), rank: rank)
    let outputs = try ConvolutionDimensions(self, "output", ("batch", "feature"), rank: rank)
    let strides = try integers("window_strides", count: spatial, default: 1, in: limit)
    let spread = try integers("lhs_dilation", count: spatial, default: 1, in: limit)
    let dilations = try integers("rhs_dilation", count: spatial, default: 1, in: limit)
    let reversal = try integers("window_reversal", count: spatial, default: 0, in: 0...1)
    var groups = integer("feature_group_count", default: 1)
    let batchGroups = integer("batch_group_count", default: 1)
    guard limit.contains(groups), limit.contains(batchGroups), groups == 1 || batchGroups == 1 else {
      throw .invalidAttribute(self, "batch_group_count", "\(batchGroups)", expected: "1 with \(groups) groups of features")
    }

    var input = transpose(x, inputs.order)
    let zero = GraphTensor(x.elementType, [], constant: .owned(Array(repeating: 0, count: x.elementType.byteCount)))
    let space = padding.indices.map { PaddedDimension(low: padding[$0].low, high: padding[$0].high, interior: spread[$0] - 1) }
    input = try pad(input, [.none, .none] + space, zero)
    if batchGroups > 1 {
      input = try batchesToFeatures(input, batchGroups)
      groups = batchGroups
    }
    var weights = transpose(kernel, kernels.order)
    for axis in 0..<spatial where reversal[axis] == 1 { weights = flipped(weights, axis: axis + 2) }

    var sizes: [IndexExpression] = []
    for axis in 0..<spatial {
      let extent = (weights.shape[axis + 2] - 1) * dilations[axis] + 1
      let count = indices.floorDivide(input.shape[axis + 2] - extent, IndexExpression(strides[axis])) + 1
      sizes.append(indices.maximum(count, .zero))
    }
    let type = try resultElement()
    var failure: Diagnostic?
    let result = try convolve(input, weights, sizes, strides: strides, dilations: dilations, groups: groups) { a, b, loops, output, shape in
      do throws(Diagnostic) { return try product(a, b, loops, output, shape) } catch {
        failure = error
        return GraphTensor(type, shape, value: graph.empty(type, shape))
      }
    }
    if let failure { throw failure }
    var back = outputs.order
    for (i, dimension) in outputs.order.enumerated() { back[dimension] = i }
    return transpose(result, back)
  }

  /// Groups of batches as groups of features: [groups * n, c, ...] becomes [n, groups * c, ...].
  private func batchesToFeatures(_ x: GraphTensor, _ groups: Int) throws(Diagnostic) -> GraphTensor {
    guard let batch = exactQuotient(x.shape[0], by: groups, "the batch of the input") else {
      throw .invalidAttribute(self, "batch_group_count", "\(groups)", expected: "a divisor of the batch")
    }
    let count = IndexExpression(groups), space = Array(x.shape.dropFirst(2))
    let split = graph.reshape(x, to: [count, batch, x.shape[1]] + space)
    let moved = transpose(split, [1, 0, 2] + space.indices.map { $0 + 3 })
    return graph.reshape(moved, to: [batch, count * x.shape[1]] + space)
  }
}
