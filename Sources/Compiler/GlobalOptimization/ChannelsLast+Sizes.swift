import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

extension WindowSizes {
  /// Looks at a convolution of floats whose features, groups, channels and window are known; `nil` for anything else.
  init?(_ window: WindowOperation) {
    let element = window.view.result.type.element
    guard element.isFloat, let op = StructuredOp(window.view.operation), !window.features.isEmpty || !window.groups.isEmpty,
      window.weightsPermutation != nil, window.taps.isEmpty, window.features.count <= 1, let row = window.positions.last
    else { return nil }
    let sizes = op.staticLoopSizes
    func product(_ dimensions: [Int]) -> Int? {
      dimensions.reduce(1) { product, d in
        guard let product, let size = sizes[d] else { return nil }
        let (value, isTooLarge) = product.multipliedReportingOverflow(by: size)
        return isTooLarge || value > 1 << 40 ? nil : value
      }
    }
    guard let groups = product(window.groups), let channels = product(window.channels), let features = product(window.features),
      let size = product(window.window), groups > 0, channels > 0, features > 0, size > 0, sizes[row] != 0
    else { return nil }
    self.init(
      groups: groups, channels: channels, features: features, window: size, rowLength: sizes[row], stride: window.stride(of: row),
      density: window.spatial.reduce(1) { $0 * min(64, window.stride(of: $1)) }, elementByteCount: (element.bitWidth ?? 32) / 8)
  }
}
