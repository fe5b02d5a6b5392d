public import TesseraKernels
internal import TesseraVectorKernels

extension CPUTarget {
  /// By the width of the vectors: half of what their units could do at 2.5 GHz where inputs are used again, an eighth elsewhere, and 8 bytes a
  /// nanosecond; a microsecond to begin.
  public func nanoseconds(_ work: OperationWork) -> Double {
    let lanes = Double(vectorByteCount / 4)
    let rate = lanes * 2.5 * (hasFMA ? 2 : 1) * (work.reusesInputs ? 1 : 0.25)
    return 1000 + max(work.operations / rate, work.bytes / 8)
  }

  public func pays(_ rewrite: GraphRewrite) -> Bool {
    switch rewrite {
    // Vector registers hold neighbouring channels.
    case .channelsLast, .foldedTranspositions: true
    case .positionsInnermost(let sizes): WindowLayoutChoice(sizes, vectorByteCount: vectorByteCount).prefersPositions
    case .minimalFiltering(let images, let rows, let columns, let channels, let features):
      Self.minimalFilteringSaves(images, rows, columns, channels, features)
    }
  }

  public var fusionLimits: FusionLimits {
    // Four vectors of 16 floats a row: fewer are less than a turn of the unrolled loop.
    FusionLimits(
      operations: 32, tensors: 14, rows: 16, elements: 1 << 14, rowBytes: 64 << 10, rowSize: UnknownSize.row, collapsedRow: 64)
  }

  public var selectionLimit: Int { RowSelector.countLimit }
  public func sortingWords(ofKeys bits: Int) -> Int { RowSorter.words(ofKeys: bits) }

  /// `true` iff at least a fifth of the time goes away, in rough cycles of a core with two 64-byte vector units: the tiles' values must be worth
  /// their way through memory. Narrower vectors make all terms but those of memory larger alike.
  private static func minimalFilteringSaves(_ images: Int, _ rows: Int, _ columns: Int, _ channels: Int, _ features: Int) -> Bool {
    guard channels >= 32, features >= 32 else { return false }
    let tiles = images * ((rows + 1) / 2) * ((columns + 1) / 2)
    let direct = Double(images * rows * columns) * 9 * Double(channels * features) / 32
    let products = 16 * Double(tiles) * Double(channels * features) / 32
    // The values of the tiles are written and read once, and so are the products.
    let bytes = 2 * 16 * Double(tiles) * 4 * Double(channels + features)
    let moving = bytes / (bytes > 16e6 ? 6 : 20)
    let transforms = 16 * Double(tiles * channels) / 16 * 2.5 + Double(images * rows * columns * features) / 16 * 8
    let moreWeights = 7 * Double(channels * features) * 4 / 20
    return products + moving + transforms + moreWeights < 0.8 * direct
  }
}
