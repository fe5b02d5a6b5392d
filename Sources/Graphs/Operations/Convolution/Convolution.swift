import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// `x` plus one number a channel.
  package func addChannelBias(_ x: GraphTensor, _ bias: GraphTensor?) throws(Diagnostic) -> GraphTensor {
    guard let bias else { return x }
    x.name = label
    try requireChannels(bias, of: x)
    return graph.map([Operand(x, x.shape.indices.map { $0 }), Operand(bias, [1])], shape: x.shape, x.elementType) {
      Scalars($0, x.elementType).add($1[0], $1[1])
    }
  }

  /// The number of filters of each of `groups` groups, checked against the channels of `x` and the filters of `weights`.
  package func groupFilters(_ groups: Int, _ x: GraphTensor, _ weights: GraphTensor) throws(Diagnostic) -> IndexExpression {
    let channels = weights.shape[1]
    guard groups >= 1, groups <= Windows.limit, weights.shape.allSatisfy({ ($0.known ?? 0) <= 1 << 32 }),
      let filters = exactQuotient(weights.shape[0], by: groups, "the filters of '\(weights.name)'"),
      graph.unify(x.shape[1], channels * groups, "the channels of '\(x.name)' and those of \(groups) groups of '\(weights.name)'") != nil
    else {
      throw .shapesDisagree(self, x, weights, "the channels do not fit \(groups) groups of \(channels.known.map(String.init) ?? "?")")
    }
    return filters
  }

  /// The convolution of `x`, padded already, with `weights` [filters, channels of a group, window...]; the products are summed by `contract`,
  /// or in the accumulator of their type.
  package func convolve(
    _ x: GraphTensor, _ weights: GraphTensor, _ outputs: [IndexExpression], strides: [Int], dilations: [Int], groups: Int,
    by contract: Contraction? = nil
  ) throws(Diagnostic) -> GraphTensor {
    let contract = contract ?? graph.contract
    let filters = weights.shape[0], channels = weights.shape[1]
    let perGroup = try groupFilters(groups, x, weights)
    let spatial = outputs.count
    let batch = x.shape[0]

    func operand(_ tensor: GraphTensor, leading: [Int], first: Int, window: Int) -> Operand {
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
      let flat = graph.reshape(weights, to: [weights.shape[0]] + weights.shape.dropFirst(2))
      let filter = Operand(flat, [1] + (0..<spatial).map { k + $0 })
      return contract(input, filter, 2 + 2 * spatial, Array(0..<2 + spatial), [batch, filters] + outputs)
    }
    // n, g, f, o..., c, k...
    let c = 3 + spatial
    let split = graph.reshape(x, to: [batch, IndexExpression(groups), channels] + x.shape.dropFirst(2))
    let input = operand(split, leading: [0, 1, c], first: 3, window: c + 1)
    let filterShape = [IndexExpression(groups), perGroup, channels] + weights.shape.dropFirst(2)
    let filter = Operand(graph.reshape(weights, to: filterShape), [1, 2, c] + (0..<spatial).map { c + 1 + $0 })
    let result = contract(
      input, filter, 4 + 2 * spatial, Array(0..<3 + spatial), [batch, IndexExpression(groups), perGroup] + outputs)
    return graph.reshape(result, to: [batch, filters] + outputs)
  }
}
