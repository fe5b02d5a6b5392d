public import TesseraEncodings
public import TesseraKernels
internal import TesseraModuleFormat
internal import TesseraVectorKernels

extension PortableTarget {
  public func pays(_ rewrite: GraphRewrite) -> Bool {
    switch rewrite {
    // Rows hold neighbouring channels.
    case .channelsLast, .foldedTranspositions: true
    case .positionsInnermost(let sizes):
      WindowLayoutChoice(sizes, vectorByteCount: PortableInstruction.laneLimit * sizes.elementByteCount).prefersPositions
    case .minimalFiltering: false
    }
  }

  public var fusionLimits: FusionLimits {
    // A row of the machine for short rows: fewer elements leave most of it empty.
    FusionLimits(
      operations: 32, tensors: 14, rows: 16, elements: 1 << 14, rowBytes: 64 << 10, rowSize: UnknownSize.row, collapsedRow: 256)
  }

  public var selectionLimit: Int { RowSelector.countLimit }
  public func sortingWords(ofKeys bits: Int) -> Int { RowSorter.words(ofKeys: bits) }

  public func encodingResolver(_ rules: KernelRules) -> any EncodingResolver { RowResolver() }
}
