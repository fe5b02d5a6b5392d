import TesseraDiagnostics
import TesseraGraphs

extension Node {
  /// The windows that the attributes describe, over an input with the spatial sizes `sizes`.
  func windows(_ sizes: [IndexExpression], kernel: [IndexExpression], ceiling: Bool = false) throws(Diagnostic) -> Windows {
    let count = sizes.count
    guard kernel.count == count, kernel.allSatisfy({ (1...Windows.limit).contains($0.known ?? 1) }) else {
      throw .invalidAttribute(self, "kernel_shape", "\(kernel.map { $0.known ?? 0 })", expected: "\(count) sizes of at least 1")
    }
    let (strides, dilations, padding) = try windowSteps(count)
    return try Windows(self, sizes, kernel: kernel, strides: strides, dilations: dilations, padding, ceiling: ceiling)
  }

  /// What the attributes say of windows over `count` dimensions besides their sizes.
  private func windowSteps(_ count: Int) throws(Diagnostic) -> (strides: [Int], dilations: [Int], padding: WindowPadding) {
    let strides = try integers("strides", count: count, default: 1, in: 1...Windows.limit)
    let dilations = try integers("dilations", count: count, default: 1, in: 1...Windows.limit)
    let pads = try integers("pads", count: 2 * count, default: 0, in: 0...Windows.limit)
    let mode = string("auto_pad", default: "NOTSET")
    let padding: WindowPadding
    switch mode {
    case "SAME_UPPER", "SAME_LOWER": padding = .same(isUpper: mode == "SAME_UPPER")
    case "NOTSET", "": padding = .explicit(begins: Array(pads.prefix(count)), ends: Array(pads.suffix(count)))
    case "VALID": padding = .none(count)
    default: throw .invalidAttribute(self, "auto_pad", "'\(mode)'", expected: "NOTSET, SAME_UPPER, SAME_LOWER or VALID")
    }
    return (strides, dilations, padding)
  }

  /// The windows of a pooling of `x`.
  func poolingWindows(_ x: GraphTensor) throws(Diagnostic) -> Windows {
    guard let kernel = integers("kernel_shape") else {
      throw .invalidAttribute(self, "kernel_shape", "nothing", expected: "the sizes of the window")
    }
    return try windows(Array(x.shape.dropFirst(2)), kernel: kernel.map { IndexExpression($0) }, ceiling: flag("ceil_mode"))
  }

  /// The windows of a transposed convolution of `x` that the attributes describe.
  func transposedWindows(_ x: GraphTensor, kernel: [IndexExpression]) throws(Diagnostic) -> TransposedWindows {
    let count = kernel.count
    let (strides, dilations, padding) = try windowSteps(count)
    let extra = try integers("output_padding", count: count, default: 0, in: 0...Windows.limit)
    let wanted = integers("output_shape")
    if let wanted, wanted.count != count {
      throw .invalidAttribute(self, "output_shape", "\(wanted)", expected: "\(count) sizes")
    }
    return try TransposedWindows(
      self, Array(x.shape.dropFirst(2)), kernel: kernel, strides: strides, dilations: dilations, padding, extra: extra, outputs: wanted)
  }
}
