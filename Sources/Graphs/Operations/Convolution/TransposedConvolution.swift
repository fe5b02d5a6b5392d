import TesseraDiagnostics
import TesseraMLIR

extension Site {
  /// out[n, g, f, y * s + k] = sum over c of x[n, g, c, y] * w[g, c, f, k]
  package func interleavedTranspose(
    _ x: GraphTensor, _ weights: GraphTensor, _ groups: Int, _ channels: IndexExpression, _ geometry: TransposedWindows
  ) -> GraphTensor {
    let spatial = geometry.kernel.count
    let group = IndexExpression(groups), batch = x.shape[0], filters = weights.shape[1]
    let input = graph.reshape(x, to: [batch, group, channels] + x.shape.dropFirst(2))
    let filter = graph.reshape(weights, to: [group, channels, filters] + weights.shape.dropFirst(2))
    // n, g, f, then y and k in turn for each dimension, then c.
    let sum = 3 + 2 * spatial
    let rows = (0..<spatial).map { 3 + 2 * $0 }, taps = (0..<spatial).map { 4 + 2 * $0 }
    var shape = [batch, group, filters]
    for axis in 0..<spatial { shape += [x.shape[axis + 2], geometry.kernel[axis]] }
    let product = graph.contract(
      Operand(input, [0, 1, sum] + rows), Operand(filter, [1, sum, 2] + taps), loops: sum + 1, output: Array(0..<sum), shape: shape)
    return graph.reshape(product, to: [batch, group * filters] + geometry.outputs)
  }

  /// A convolution, with the window mirrored, over the input with zeros between its elements.
  package func upsampledTranspose(
    _ x: GraphTensor, _ weights: GraphTensor, _ groups: Int, _ channels: IndexExpression, _ geometry: TransposedWindows
  ) throws(Diagnostic) -> GraphTensor {
    let kernel = geometry.kernel
    // w[(g c), f, k] -> [(g f), c, K-1-k]
    let split = graph.reshape(weights, to: [IndexExpression(groups), channels] + weights.shape.dropFirst(1))
    let source = graph.value(split), last = kernel.map { graph.index($0 - 1) }
    let mirroredShape = [IndexExpression(groups), weights.shape[1], channels] + weights.shape.dropFirst(2)
    let mirrored = graph.generate(mirroredShape, weights.elementType) { inner, p in
      let taps = kernel.indices.map { inner.minus(last[$0], p[3 + $0]) }
      return inner.element(source, [p[0], p[2], p[1]] + taps)
    }
    let filters = graph.reshape(
      mirrored, to: [IndexExpression(groups) * weights.shape[1], channels] + weights.shape.dropFirst(2))

    var sizes: [IndexExpression] = [], starts: [IndexExpression] = []
    for axis in kernel.indices {
      let reach = (kernel[axis] - 1) * geometry.dilations[axis]
      sizes.append(geometry.outputs[axis] + reach)
      starts.append(reach - geometry.begins[axis])
    }
    let spread = spread(x, into: Array(x.shape.prefix(2)) + sizes, starts, geometry.strides)
    return try convolve(spread, filters, geometry.outputs, strides: kernel.map { _ in 1 }, dilations: geometry.dilations, groups: groups)
  }

  /// `x` with element i of a spatial dimension at `starts + i * strides`, and zeros elsewhere.
  private func spread(_ x: GraphTensor, into shape: [IndexExpression], _ starts: [IndexExpression], _ strides: [Int]) -> GraphTensor {
    let source = graph.value(x)
    let origins = starts.map(graph.index), sizes = x.shape.dropFirst(2).map(graph.index)
    return graph.generate(shape, x.elementType) { inner, position in
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
