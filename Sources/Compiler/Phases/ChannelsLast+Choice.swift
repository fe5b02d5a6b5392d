import LoopNests
import MLIR

/// Which dimension of a convolution's result stands innermost, and so in the lanes of vectors: features, or positions along a row.
///
/// With few features the lanes of channels-last data stay empty (3 of 16 for three colours), and with few features in each of many groups those of each
/// group. Positions fill them however few features there are: neighbours in a row are then read next to each other, and weights broadcast.
struct WindowLayoutChoice {
  /// Elements of four bytes in a vector register.
  var lanes: Int
  var groups = 1
  /// Input channels of a group.
  var channels = 1
  /// Features of a group.
  var features: Int
  /// Elements of the window.
  var window: Int
  /// Positions of a row of the result; `nil` where they are known at run time only.
  var rowLength: Int?
  /// Positions of the input from one position of the result to the next, along a row.
  var stride = 1
  /// Positions of the input for each of the result, along all its dimensions.
  var density = 1

  /// `true` iff positions in the lanes are faster, with the transpositions from channels-last neighbours and to them.
  ///
  /// An estimate must be sure: it has to save a twentieth.
  var prefersPositions: Bool { cyclesOfPositions < 0.95 * cyclesOfFeatures }

  /// Cycles for one position of the result with features (or the groups of a depthwise convolution) in the lanes.
  var cyclesOfFeatures: Double {
    let steps = Double(channels * window)
    if features == 1, groups > 1 { return steps * vectors(groups) / 2 / 0.65 }
    let columns = Double(groups) * steps * vectors(features) / 2 / 0.95
    // Dot products along the channels; of one feature they would not be found.
    guard features > 1, features < lanes, channels >= lanes else { return columns }
    return min(columns, Double(groups * window * features) * vectors(channels) / 2 / 0.75)
  }

  /// Cycles for one position of the result with the positions of a row in the lanes.
  var cyclesOfPositions: Double {
    let length = rowLength ?? 4096
    let filled = Double(length) / (vectors(length) * Double(lanes))
    let rows = min(features, 12), columns = features == 1 ? 8 : max(1, min(4, 28 / (rows + 1)))
    // Rows that are not aligned cross a cache line with each load; every second to fourth element takes as many loads, and shuffles.
    let load = stride <= 4 ? 1.5 * Double(stride) - 0.5 : 1.5 * Double(lanes)
    let products = Double(rows * columns) / 2
    let step = max(products, Double(columns) * load + Double(rows) / 2, 4)
    let all = Double(groups * channels * window * features) / Double(lanes) / 2
    return all * step / products / filled / 0.95 + cyclesOfTranspositions
  }

  /// Cycles for one position to be brought into this layout, and back.
  private var cyclesOfTranspositions: Double {
    let read = groups * channels == 1 ? 0 : groups * channels * density
    let written = groups * features == 1 ? 0 : groups * features
    return 4 * Double(read + written) / Double(lanes)
  }

  private func vectors(_ count: Int) -> Double { Double((count + lanes - 1) / lanes) }
}

extension WindowLayoutChoice {
  /// Looks at a convolution of floats whose features, groups, channels and window are known; `nil` for anything else.
  init?(_ window: WindowOperation, lanes: Int) {
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
      lanes: element.bitWidth == 64 ? max(1, lanes / 2) : lanes, groups: groups, channels: channels, features: features, window: size,
      rowLength: sizes[row], stride: window.stride(of: row), density: window.spatial.reduce(1) { $0 * min(64, window.stride(of: $1)) })
  }
}
