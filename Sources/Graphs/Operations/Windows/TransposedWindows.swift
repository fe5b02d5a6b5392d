import TesseraDiagnostics

/// The geometry of a transposed convolution.
package struct TransposedWindows {
  package let kernel: [IndexExpression]
  package let strides: [Int]
  package let dilations: [Int]
  package let begins: [IndexExpression]
  package let outputs: [IndexExpression]
  /// `true` iff windows neither overlap nor leave gaps, and nothing is cut off.
  package let isInterleaving: Bool

  /// Windows that an input with the spatial sizes `sizes` is spread over. The result has so many elements `extra` at each end, and of it the
  /// padding is cut off; `.same` and given `outputs` tell how much that is.
  package init(
    _ site: some Site, _ sizes: [IndexExpression], kernel: [IndexExpression], strides: [Int], dilations: [Int], _ padding: WindowPadding,
    extra: [Int], outputs given: [Int]? = nil
  ) throws(Diagnostic) {
    var begins: [IndexExpression] = [], outputs: [IndexExpression] = []
    for axis in kernel.indices {
      let size = sizes[axis]
      if kernel[axis].known == nil { site.graph.requireElements(kernel[axis], "the window of spatial dimension \(axis)") }
      let whole = (size - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + (extra[axis] + 1)
      if case .explicit(let before, let after) = padding, given == nil {
        begins.append(IndexExpression(before[axis]))
        outputs.append(whole - (before[axis] + after[axis]))
      } else {
        let output = given.map { IndexExpression($0[axis]) } ?? size * strides[axis]
        let total = site.indices.maximum(.zero, whole - output), half = site.indices.floorDivide(total, IndexExpression(2))
        var isUpper = false
        if case .same(let upper) = padding { isUpper = upper }
        begins.append(isUpper ? half : total - half)
        outputs.append(output)
      }
      if let known = outputs[axis].known, known < 0 {
        throw .windowTooLarge(
          site, axis: axis, size: size.known.map(String.init) ?? "?", window: kernel[axis].known.map(String.init) ?? "?")
      }
    }
    (self.kernel, self.strides, self.dilations, self.begins, self.outputs) = (kernel, strides, dilations, begins, outputs)
    isInterleaving =
      kernel == strides.map { IndexExpression($0) } && dilations.allSatisfy { $0 == 1 } && begins.allSatisfy { $0 == .zero }
      && kernel.indices.allSatisfy { outputs[$0] == sizes[$0] * kernel[$0] }
  }
}
