package import TesseraKernels

/// Which dimension of a convolution's result stands innermost, and so in the lanes of vectors: features, or positions along a row.
///
/// With few features the lanes of channels-last data stay empty (3 of 16 for three colours), and with few features in each of many groups those of each
/// group. Positions fill them however few features there are: neighbours in a row are then read next to each other, and weights broadcast.
package struct WindowLayoutChoice {
  let sizes: WindowSizes
  /// Elements in a vector register; halves are computed in lanes of four bytes.
  let lanes: Int

  package init(_ sizes: WindowSizes, vectorByteCount: Int) {
    self.sizes = sizes
    lanes = max(1, vectorByteCount / max(4, sizes.elementByteCount))
  }

  /// `true` iff positions in the lanes are faster, with the transpositions from channels-last neighbours and to them.
  ///
  /// An estimate must be sure: it has to save a twentieth.
  package var prefersPositions: Bool { cyclesOfPositions < 0.95 * cyclesOfFeatures }

  /// Cycles for one position of the result with features (or the groups of a depthwise convolution) in the lanes.
  var cyclesOfFeatures: Double {
    let steps = Double(sizes.channels * sizes.window)
    if sizes.features == 1, sizes.groups > 1 { return steps * vectors(sizes.groups) / 2 / 0.65 }
    let columns = Double(sizes.groups) * steps * vectors(sizes.features) / 2 / 0.95
    // Dot products along the channels; of one feature they would not be found.
    guard sizes.features > 1, sizes.features < lanes, sizes.channels >= lanes else { return columns }
    return min(columns, Double(sizes.groups * sizes.window * sizes.features) * vectors(sizes.channels) / 2 / 0.75)
  }

  /// Cycles for one position of the result with the positions of a row in the lanes.
  var cyclesOfPositions: Double {
    let length = sizes.rowLength ?? UnknownSize.dimension
    let filled = Double(length) / (vectors(length) * Double(lanes))
    let rows = min(sizes.features, 12), columns = sizes.features == 1 ? 8 : max(1, min(4, 28 / (rows + 1)))
    // Rows that are not aligned cross a cache line with each load; every second to fourth element takes as many loads, and shuffles.
    let load = sizes.stride <= 4 ? 1.5 * Double(sizes.stride) - 0.5 : 1.5 * Double(lanes)
    let products = Double(rows * columns) / 2
    let step = max(products, Double(columns) * load + Double(rows) / 2, 4)
    let all = Double(sizes.groups * sizes.channels * sizes.window * sizes.features) / Double(lanes) / 2
    return all * step / products / filled / 0.95 + cyclesOfTranspositions
  }

  /// Cycles for one position to be brought into this layout, and back.
  private var cyclesOfTranspositions: Double {
    let read = sizes.groups * sizes.channels == 1 ? 0 : sizes.groups * sizes.channels * sizes.density
    let written = sizes.groups * sizes.features == 1 ? 0 : sizes.groups * sizes.features
    return 4 * Double(read + written) / Double(lanes)
  }

  private func vectors(_ count: Int) -> Double { Double((count + lanes - 1) / lanes) }
}
