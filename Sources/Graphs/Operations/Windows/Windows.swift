import TesseraDiagnostics

/// How much is put around the spatial dimensions of an input before windows slide over it.
package enum WindowPadding {
  /// So many elements before and after each dimension.
  case explicit(begins: [Int], ends: [Int])
  /// As many as make a result of the size of the input, divided by the stride; an odd one stands at the end, or, unless `isUpper`, at the start.
  case same(isUpper: Bool)

  /// Nothing, around `count` dimensions.
  package static func none(_ count: Int) -> WindowPadding {
    .explicit(begins: Array(repeating: 0, count: count), ends: Array(repeating: 0, count: count))
  }
}

/// The geometry of a convolution or pooling: for each spatial dimension, window, stride, dilation, padding and output size.
package struct Windows {
  /// The first spatial dimension of tensors: those before it are a batch, and perhaps channels.
  package let first: Int
  package let kernel: [IndexExpression]
  /// The sizes of windows that an attribute tells, as those of pools; 0 where only the run knows it.
  package var taps: [Int] { kernel.map { $0.known ?? 0 } }
  package let strides: [Int]
  package let dilations: [Int]
  /// Padding before each dimension.
  package let begins: [IndexExpression]
  /// Padding after each dimension, without what the last window reads beyond it.
  package let ends: [IndexExpression]
  /// The size of the padded input: at least what the windows read.
  package let padded: [IndexExpression]
  package let outputs: [IndexExpression]

  /// Windows, strides and dilations larger than this are an attack: products of them must fit into 64 bits.
  package static let limit = 1 << 20

  /// Windows over an input with the spatial sizes `sizes`, from dimension `first` on. `ceiling`: a last window may begin in the input and end
  /// beyond it.
  package init(
    _ site: some Site, _ sizes: [IndexExpression], kernel: [IndexExpression], strides: [Int], dilations: [Int], _ padding: WindowPadding,
    ceiling: Bool = false, first: Int = 2
  ) throws(Diagnostic) {
    let graph = site.graph, indices = site.indices
    var begins: [IndexExpression] = [], ends = begins, padded = begins, outputs = begins
    for axis in sizes.indices {
      let size = sizes[axis], stride = strides[axis]
      let extent = (kernel[axis] - 1) * dilations[axis] + 1
      if kernel[axis].known == nil { graph.requireElements(kernel[axis], "the window of spatial dimension \(axis)") }
      switch padding {
      case .same(let isUpper):
        let output = indices.ceilDivide(size, by: stride)
        let total = indices.maximum(.zero, (output - 1) * stride + extent - size)
        let begin = isUpper ? indices.floorDivide(total, IndexExpression(2)) : indices.ceilDivide(total, by: 2)
        begins.append(begin)
        ends.append(total - begin)
        padded.append(size + total)
        outputs.append(output)
      case .explicit(let before, let after):
        let begin = before[axis], end = after[axis]
        let room = size + (begin + end) - extent
        var output = indices.floorDivide(room, IndexExpression(stride)) + 1
        if ceiling {
          // A last window that would start in the end padding is left out.
          let ceiled = indices.ceilDivide(room, by: stride) + 1
          let startsInside = indices.less((ceiled - 1) * stride, size + begin)
          output = indices.select(startsInside, ceiled, ceiled - 1)
        }
        begins.append(IndexExpression(begin))
        ends.append(IndexExpression(end))
        padded.append(ceiling ? indices.maximum(size + (begin + end), (output - 1) * stride + extent) : size + (begin + end))
        outputs.append(output)
      }
      if let known = outputs[axis].known {
        guard known >= 1 else {
          throw .windowTooLarge(site, axis: axis, size: size.known.map(String.init) ?? "?", window: extent.known.map(String.init) ?? "?")
        }
      } else if case .explicit = padding {
        graph.requireHere(
          graph.compare(.greaterOrEqual, graph.index(padded[axis]), graph.index(extent)),
          "the padded size of spatial dimension \(axis) must hold its window")
      } else {
        graph.requireElements(size, "spatial dimension \(axis) of its input")
      }
    }
    (self.first, self.kernel, self.strides, self.dilations) = (first, kernel, strides, dilations)
    (self.begins, self.ends, self.padded, self.outputs) = (begins, ends, padded, outputs)
  }
}

extension Windows {
  /// `shape` with `sizes` as its spatial dimensions.
  package func replacing(_ sizes: [IndexExpression], in shape: [IndexExpression]) -> [IndexExpression] {
    shape.prefix(first) + sizes + shape.dropFirst(first + kernel.count)
  }
}

extension Diagnostic {
  package static func windowTooLarge(_ site: some Site, axis: Int, size: String, window: String) -> Diagnostic {
    site.diagnostic(.invalidInput, "has a window of \(window) in spatial dimension \(axis), which does not fit into the size \(size)")
  }

  package static func windowInPadding(_ site: some Site, axis: Int, window: Int) -> Diagnostic {
    site.diagnostic(.invalidInput, "has a window of \(window) in spatial dimension \(axis) that lies in the padding as a whole")
  }
}
