import TesseraGraphs
import TesseraMLIR

/// Operators that move elements, and reductions.
extension OperatorTable {
  static let movement: [OperatorRow] = [
    .init("RESHAPE", upTo: 2, options: "ReshapeOptions", quantized: .moved, lowerReshape),
    .init("SQUEEZE", upTo: 2, options: "SqueezeOptions", quantized: .moved, complex: true, lowerSqueeze),
    .init("EXPAND_DIMS", options: "ExpandDimsOptions", quantized: .moved, lowerExpandDims),
    .init("SHAPE", options: "ShapeOptions", quantized: .moved, lowerShape),
    .init("RANK", options: "RankOptions", quantized: .moved, lowerRank),
    .init("BROADCAST_TO", upTo: 3, options: "BroadcastToOptions", quantized: .moved, lowerBroadcastTo),
    .init("BROADCAST_ARGS", quantized: .moved, lowerBroadcastArgs),
    .init("FILL", upTo: 4, options: "FillOptions", quantized: .moved, lowerFill),
    .init("RANGE", upTo: 2, options: "RangeOptions", lowerRange),
    .init("SLICE", upTo: 6, options: "SliceOptions", quantized: .moved, lowerSlice),
    .init("STRIDED_SLICE", upTo: 8, options: "StridedSliceOptions", quantized: .moved, lowerStridedSlice),
    .init("SPLIT", upTo: 4, options: "SplitOptions", quantized: .moved, lowerSplit),
    .init("SPLIT_V", upTo: 2, options: "SplitVOptions", quantized: .moved, lowerSplitV),
    .init("UNPACK", upTo: 4, options: "UnpackOptions", quantized: .moved, lowerUnpack),
    .init("PACK", upTo: 4, options: "PackOptions", quantized: .moved, lowerPack),
    .init("CONCATENATION", upTo: 4, options: "ConcatenationOptions", quantized: .movedIfAlike, lowerConcatenation),
    .init("TRANSPOSE", upTo: 6, options: "TransposeOptions", quantized: .moved, lowerTranspose),
    .init("PAD", upTo: 5, options: "PadOptions", quantized: .moved, lowerPad),
    .init("PADV2", upTo: 5, options: "PadV2Options", quantized: .moved, lowerPad),
    .init("MIRROR_PAD", upTo: 3, options: "MirrorPadOptions", quantized: .moved, lowerMirrorPad),
    .init("TILE", upTo: 3, options: "TileOptions", quantized: .moved, lowerTile),
    .init("REVERSE_V2", upTo: 3, options: "ReverseV2Options", quantized: .moved, lowerReverse),
    .init("REVERSE_SEQUENCE", options: "ReverseSequenceOptions", quantized: .moved, lowerReverseSequence),
    .init("SPACE_TO_DEPTH", upTo: 2, options: "SpaceToDepthOptions", quantized: .moved, depthAndSpace(toSpace: false)),
    .init("DEPTH_TO_SPACE", upTo: 2, options: "DepthToSpaceOptions", quantized: .moved, depthAndSpace(toSpace: true)),
    .init("SPACE_TO_BATCH_ND", upTo: 4, options: "SpaceToBatchNDOptions", quantized: .moved, lowerSpaceToBatch),
    .init("BATCH_TO_SPACE_ND", upTo: 4, options: "BatchToSpaceNDOptions", quantized: .moved, lowerBatchToSpace),
    .init("DYNAMIC_UPDATE_SLICE", upTo: 4, options: "DynamicUpdateSliceOptions", quantized: .moved, lowerDynamicUpdateSlice),
    .init("GATHER", upTo: 7, options: "GatherOptions", quantized: .moved, lowerGather),
    .init("GATHER_ND", upTo: 5, options: "GatherNdOptions", quantized: .moved, lowerGatherND),
    .init("EMBEDDING_LOOKUP", upTo: 4, lowerEmbeddingLookup),
    .init("SCATTER_ND", options: "ScatterNdOptions", quantized: .moved, lowerScatterND),
    .init("SPARSE_TO_DENSE", upTo: 3, options: "SparseToDenseOptions", quantized: .moved, lowerSparseToDense),
    .init("ONE_HOT", options: "OneHotOptions", quantized: .moved, lowerOneHot),
    .init("WHERE", upTo: 2, options: "WhereOptions", quantized: .moved, lowerWhere),
    .init("SEGMENT_SUM", options: "SegmentSumOptions", lowerSegmentSum),
    .init("UNSORTED_SEGMENT_SUM", options: "UnsortedSegmentSumOptions", unsortedSegments(.sum) { $1.scalar(0, $2.type($1.context)) }),
    .init("UNSORTED_SEGMENT_PROD", options: "UnsortedSegmentProdOptions", unsortedSegments(.product) { $1.scalar(1, $2.type($1.context)) }),
    .init("UNSORTED_SEGMENT_MAX", options: "UnsortedSegmentMaxOptions", unsortedSegments(.maximum) { $0.lowest($1, $2, isLeast: true) }),
    .init("UNSORTED_SEGMENT_MIN", options: "UnsortedSegmentMinOptions", unsortedSegments(.minimum) { $0.lowest($1, $2, isLeast: false) }),
    .init("MATRIX_DIAG", options: "MatrixDiagOptions", quantized: .moved, lowerMatrixDiag),
    .init("MATRIX_SET_DIAG", options: "MatrixSetDiagOptions", quantized: .moved, lowerMatrixSetDiag),
    .init("UNIQUE", options: "UniqueOptions", quantized: .moved, lowerUnique),
    .init("BITCAST", options: "BitcastOptions", quantized: .moved, lowerBitcast),
    .init("BUCKETIZE", options: "BucketizeOptions", lowerBucketize),
  ]

  static let reductions: [OperatorRow] = [
    .init("MEAN", upTo: 3, options: "ReducerOptions", reduction(.mean)),
    .init("SUM", upTo: 2, options: "ReducerOptions", reduction(.sum)),
    .init("REDUCE_PROD", upTo: 2, options: "ReducerOptions", reduction(.product)),
    .init("REDUCE_MAX", upTo: 3, options: "ReducerOptions", quantized: .moved, reduction(.maximum)),
    .init("REDUCE_MIN", upTo: 3, options: "ReducerOptions", quantized: .moved, reduction(.minimum)),
    .init("REDUCE_ANY", options: "ReducerOptions", booleanReduction(.maximum)),
    .init("REDUCE_ALL", options: "ReducerOptions", booleanReduction(.minimum)),
    .init("ARG_MAX", upTo: 3, options: "ArgMaxOptions", quantized: .moved, extremeIndex(maximum: true)),
    .init("ARG_MIN", upTo: 3, options: "ArgMinOptions", quantized: .moved, extremeIndex(maximum: false)),
    .init("CUMSUM", options: "CumsumOptions", lowerCumsum),
    .init("TOPK_V2", upTo: 3, options: "TopKV2Options", quantized: .moved, lowerTopK),
  ]
}

extension GraphBuilder {
  /// The least or greatest finite number of `type`.
  fileprivate func lowest(_ builder: Builder, _ type: ElementType, isLeast: Bool) -> Value {
    let greatest = type == .f64 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
    return limit(builder, type.isFloat ? (isLeast ? -greatest : greatest) : (isLeast ? -.infinity : .infinity), type)
  }
}
