/// Operators about shapes, that move elements, and that run parts of the graph.
extension OperatorTable {
  static let shapes: [OperatorRow] = [
    .init("Constant", lowerConstant),
    .init("ConstantOfShape", since: 9, lowerConstantOfShape),
    .init("Range", since: 11, lowerRange),
    .init("Identity", lowerIdentity),
    .init("OneHot", since: 9, lowerOneHot),
    .init("Dropout", lowerDropout),
    .init("Shape", lowerShape),
    .init("Size", lowerSize),
    .init("Reshape", lowerReshape),
    .init("Flatten", lowerFlatten),
    .init("Squeeze", lowerSqueeze),
    .init("Unsqueeze", lowerUnsqueeze),
    .init("Expand", since: 8, lowerExpand),
  ]

  static let movement: [OperatorRow] = [
    .init("Transpose", lowerTranspose),
    .init("Slice", lowerSlice),
    .init("Split", lowerSplit),
    .init("Concat", lowerConcat),
    .init("Gather", lowerGather),
    .init("GatherElements", since: 11, lowerGatherElements),
    .init("GatherND", since: 11, lowerGatherND),
    .init("Pad", lowerPad),
    .init("Tile", lowerTile),
    .init("Trilu", since: 14, lowerTrilu),
    .init("DepthToSpace", depthAndSpace(toSpace: true)),
    .init("SpaceToDepth", depthAndSpace(toSpace: false)),
    .init("Resize", since: 10, lowerResize),
    .init("Upsample", lowerResize),
  ]

  static let ordering: [OperatorRow] = [
    .init("TopK", lowerTopK),
    .init("NonZero", since: 9, lowerNonZero),
    .init("Compress", since: 9, lowerCompress),
    .init("Unique", since: 11, lowerUnique),
    .init("Scatter", since: 9, lowerScatterElements),
    .init("ScatterElements", since: 11, lowerScatterElements),
    .init("ScatterND", since: 11, lowerScatterND),
    .init("ReverseSequence", since: 10, lowerReverseSequence),
    .init("NonMaxSuppression", since: 10, lowerNonMaxSuppression),
  ]

  static let sequential: [OperatorRow] = [
    .init("If", lowerIf),
    .init("Loop", lowerLoop),
    .init("Scan", since: 8, lowerScan),
    .init("RNN", recurrent(.plain)),
    .init("GRU", recurrent(.gru)),
    .init("LSTM", recurrent(.lstm)),
    .init("SequenceEmpty", since: 11, lowerSequenceEmpty),
    .init("SequenceConstruct", since: 11, lowerSequenceConstruct),
    .init("SequenceInsert", since: 11, lowerSequenceInsert),
    .init("SequenceErase", since: 11, lowerSequenceErase),
    .init("SequenceAt", since: 11, lowerSequenceAt),
    .init("SequenceLength", since: 11, lowerSequenceLength),
    .init("SequenceMap", since: 17, lowerSequenceMap),
    .init("ConcatFromSequence", since: 11, lowerConcatFromSequence),
    .init("SplitToSequence", since: 11, lowerSplitToSequence),
    .init("Optional", since: 15, lowerOptional),
    .init("OptionalHasElement", since: 15, lowerOptionalHasElement),
    .init("OptionalGetElement", since: 15, lowerOptionalGetElement),
  ]

  static let strings: [OperatorRow] = [
    .init("StringConcat", since: 20, lowerStringConcat),
    .init("StringSplit", since: 20, lowerStringSplit),
    .init("StringNormalizer", since: 10, lowerStringNormalizer),
    .init("RegexFullMatch", since: 20, lowerRegexFullMatch),
  ]
}
