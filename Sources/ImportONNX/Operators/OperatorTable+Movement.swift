/// Operators about shapes, that move elements, and that run parts of the graph.
extension OperatorTable {
  static let shapes: [OperatorRow] = [
    .init("Constant", lowerConstant),
    .init("ConstantOfShape", since: 9, takes: .movedFirst, lowerConstantOfShape),
    .init("Range", since: 11, lowerRange),
    .init("Identity", takes: [.sequences, .anyRank, .bytes], lowerIdentity),
    .init("OneHot", since: 9, lowerOneHot),
    .init("Dropout", lowerDropout),
    .init("Shape", takes: .movedFirst, lowerShape),
    .init("Size", takes: .movedFirst, lowerSize),
    .init("Reshape", takes: [.movedFirst, .bytes], lowerReshape),
    .init("Flatten", takes: [.movedFirst, .bytes], lowerFlatten),
    .init("Squeeze", takes: [.movedFirst, .bytes], lowerSqueeze),
    .init("Unsqueeze", takes: [.movedFirst, .bytes], lowerUnsqueeze),
    .init("Expand", since: 8, takes: [.movedFirst, .bytes], lowerExpand),
  ]

  static let movement: [OperatorRow] = [
    .init("Transpose", takes: [.movedFirst, .bytes], lowerTranspose),
    .init("Slice", takes: [.movedFirst, .bytes], lowerSlice),
    .init("Split", takes: [.movedFirst, .bytes], lowerSplit),
    .init("Concat", takes: [.smallTypes, .strings], lowerConcat),
    .init("Gather", takes: [.movedFirst, .bytes], lowerGather),
    .init("GatherElements", since: 11, takes: .movedFirst, lowerGatherElements),
    .init("GatherND", since: 11, takes: .movedFirst, lowerGatherND),
    .init("Pad", takes: [.smallTypes, .strings], lowerPad),
    .init("Tile", takes: [.movedFirst, .bytes], lowerTile),
    .init("Trilu", since: 14, lowerTrilu),
    .init("DepthToSpace", takes: [.movedFirst, .bytes], depthAndSpace(toSpace: true)),
    .init("SpaceToDepth", takes: [.movedFirst, .bytes], depthAndSpace(toSpace: false)),
    .init("Resize", since: 10, resize(isUpsample: false)),
    .init("Upsample", resize(isUpsample: true)),
  ]

  static let ordering: [OperatorRow] = [
    .init("TopK", lowerTopK),
    .init("NonZero", since: 9, lowerNonZero),
    .init("Compress", since: 9, takes: .movedFirst, lowerCompress),
    .init("Unique", since: 11, takes: .strings, lowerUnique),
    .init("Scatter", since: 9, takes: [.smallTypes, .strings], lowerScatterElements),
    .init("ScatterElements", since: 11, takes: [.smallTypes, .strings], lowerScatterElements),
    .init("ScatterND", since: 11, takes: [.smallTypes, .strings], lowerScatterND),
    .init("ReverseSequence", since: 10, takes: .movedFirst, lowerReverseSequence),
    .init("NonMaxSuppression", since: 10, slowness: "boxes are suppressed one after the other", lowerNonMaxSuppression),
  ]

  private static let iterations = "the iterations run one after the other on the host"

  static let sequential: [OperatorRow] = [
    .init("If", takes: .sequences, lowerIf),
    .init("Loop", takes: .sequences, slowness: iterations, lowerLoop),
    .init("Scan", since: 8, takes: .sequences, slowness: iterations, lowerScan),
    .init("RNN", recurrent(.plain)),
    .init("GRU", recurrent(.gru)),
    .init("LSTM", recurrent(.lstm)),
    .init("SequenceEmpty", since: 11, takes: .sequences, lowerSequenceEmpty),
    .init("SequenceConstruct", since: 11, takes: .sequences, lowerSequenceConstruct),
    .init("SequenceInsert", since: 11, takes: .sequences, lowerSequenceInsert),
    .init("SequenceErase", since: 11, takes: .sequences, lowerSequenceErase),
    .init("SequenceAt", since: 11, takes: .sequences, lowerSequenceAt),
    .init("SequenceLength", since: 11, takes: .sequences, lowerSequenceLength),
    .init("SequenceMap", since: 17, takes: .sequences, lowerSequenceMap),
    .init("ConcatFromSequence", since: 11, takes: .sequences, lowerConcatFromSequence),
    .init("SplitToSequence", since: 11, takes: .sequences, lowerSplitToSequence),
    .init("Optional", since: 15, takes: .sequences, lowerOptional),
    .init("OptionalHasElement", since: 15, takes: .sequences, lowerOptionalHasElement),
    .init("OptionalGetElement", since: 15, takes: .sequences, lowerOptionalGetElement),
  ]

  static let strings: [OperatorRow] = [
    .init("StringConcat", since: 20, takes: .strings, lowerStringConcat),
    .init("StringSplit", since: 20, takes: .strings, lowerStringSplit),
    .init("StringNormalizer", since: 10, takes: .strings, lowerStringNormalizer),
    .init("RegexFullMatch", since: 20, takes: .strings, lowerRegexFullMatch),
  ]
}
