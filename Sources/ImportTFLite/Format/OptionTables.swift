/// The fields of operators' options, by the tables of the TFLite schema. Written by Tests/TFLite/schema.py.
///
/// A field is written as its number, name and type, and its default where that is not 0.
enum OptionTables {
  /// The tables of the union `BuiltinOptions`, by their numbers.
  static let first: [(table: String, fields: String)] = [
    ("NONE", ""),
    (
      "Conv2DOptions",
      "0 padding i8, 1 stride_w i32, 2 stride_h i32, 3 fused_activation_function i8, "
        + "4 dilation_w_factor i32 1, 5 dilation_h_factor i32 1, 6 quantized_bias_type i8"
    ),
    (
      "DepthwiseConv2DOptions",
      "0 padding i8, 1 stride_w i32, 2 stride_h i32, 3 depth_multiplier i32, "
        + "4 fused_activation_function i8, 5 dilation_w_factor i32 1, 6 dilation_h_factor i32 1"
    ),
    ("ConcatEmbeddingsOptions", "0 num_channels i32, 1 num_columns_per_channel [i32], 2 embedding_dim_per_channel [i32]"),
    ("LSHProjectionOptions", "0 type i8"),
    (
      "Pool2DOptions",
      "0 padding i8, 1 stride_w i32, 2 stride_h i32, 3 filter_width i32, 4 filter_height i32, "
        + "5 fused_activation_function i8"
    ),
    ("SVDFOptions", "0 rank i32, 1 fused_activation_function i8, 2 asymmetric_quantize_inputs bool"),
    ("RNNOptions", "0 fused_activation_function i8, 1 asymmetric_quantize_inputs bool"),
    (
      "FullyConnectedOptions",
      "0 fused_activation_function i8, 1 weights_format i8, 2 keep_num_dims bool, "
        + "3 asymmetric_quantize_inputs bool, 4 quantized_bias_type i8"
    ),
    ("SoftmaxOptions", "0 beta f32"),
    ("ConcatenationOptions", "0 axis i32, 1 fused_activation_function i8"),
    ("AddOptions", "0 fused_activation_function i8, 1 pot_scale_int16 bool 1"),
    ("L2NormOptions", "0 fused_activation_function i8"),
    ("LocalResponseNormalizationOptions", "0 radius i32, 1 bias f32, 2 alpha f32, 3 beta f32"),
    (
      "LSTMOptions",
      "0 fused_activation_function i8, 1 cell_clip f32, 2 proj_clip f32, 3 kernel_type i8, "
        + "4 asymmetric_quantize_inputs bool"
    ),
    ("ResizeBilinearOptions", "2 align_corners bool, 3 half_pixel_centers bool"),
    ("CallOptions", "0 subgraph u32"),
    ("ReshapeOptions", "0 new_shape [i32]"),
    ("SkipGramOptions", "0 ngram_size i32, 1 max_skip_size i32, 2 include_all_ngrams bool"),
    ("SpaceToDepthOptions", "0 block_size i32"),
    ("EmbeddingLookupSparseOptions", "0 combiner i8"),
    ("MulOptions", "0 fused_activation_function i8"),
    ("PadOptions", ""),
    ("GatherOptions", "0 axis i32, 1 batch_dims i32"),
    ("BatchToSpaceNDOptions", ""),
    ("SpaceToBatchNDOptions", ""),
    ("TransposeOptions", ""),
    ("ReducerOptions", "0 keep_dims bool"),
    ("SubOptions", "0 fused_activation_function i8, 1 pot_scale_int16 bool 1"),
    ("DivOptions", "0 fused_activation_function i8"),
    ("SqueezeOptions", "0 squeeze_dims [i32]"),
    ("SequenceRNNOptions", "0 time_major bool, 1 fused_activation_function i8, 2 asymmetric_quantize_inputs bool"),
    (
      "StridedSliceOptions",
      "0 begin_mask i32, 1 end_mask i32, 2 ellipsis_mask i32, 3 new_axis_mask i32, 4 shrink_axis_mask i32, "
        + "5 offset bool"
    ),
    ("ExpOptions", ""),
    ("TopKV2Options", ""),
    ("SplitOptions", "0 num_splits i32"),
    ("LogSoftmaxOptions", ""),
    ("CastOptions", "0 in_data_type i8, 1 out_data_type i8"),
    ("DequantizeOptions", ""),
    ("MaximumMinimumOptions", ""),
    ("ArgMaxOptions", "0 output_type i8"),
    ("LessOptions", ""),
    ("NegOptions", ""),
    ("PadV2Options", ""),
    ("GreaterOptions", ""),
    ("GreaterEqualOptions", ""),
    ("LessEqualOptions", ""),
    ("SelectOptions", ""),
    ("SliceOptions", ""),
    ("TransposeConvOptions", "0 padding i8, 1 stride_w i32, 2 stride_h i32, 3 fused_activation_function i8, 4 quantized_bias_type i8"),
    ("SparseToDenseOptions", "0 validate_indices bool"),
    ("TileOptions", ""),
    ("ExpandDimsOptions", ""),
    ("EqualOptions", ""),
    ("NotEqualOptions", ""),
    ("ShapeOptions", "0 out_type i8"),
    ("PowOptions", ""),
    ("ArgMinOptions", "0 output_type i8"),
    ("FakeQuantOptions", "0 min f32, 1 max f32, 2 num_bits i32, 3 narrow_range bool"),
    ("PackOptions", "0 values_count i32, 1 axis i32"),
    ("LogicalOrOptions", ""),
    ("OneHotOptions", "0 axis i32"),
    ("LogicalAndOptions", ""),
    ("LogicalNotOptions", ""),
    ("UnpackOptions", "0 num i32, 1 axis i32"),
    ("FloorDivOptions", ""),
    ("SquareOptions", ""),
    ("ZerosLikeOptions", ""),
    ("FillOptions", ""),
    (
      "BidirectionalSequenceLSTMOptions",
      "0 fused_activation_function i8, 1 cell_clip f32, 2 proj_clip f32, 3 merge_outputs bool, "
        + "4 time_major bool 1, 5 asymmetric_quantize_inputs bool"
    ),
    (
      "BidirectionalSequenceRNNOptions",
      "0 time_major bool, 1 fused_activation_function i8, 2 merge_outputs bool, "
        + "3 asymmetric_quantize_inputs bool"
    ),
    (
      "UnidirectionalSequenceLSTMOptions",
      "0 fused_activation_function i8, 1 cell_clip f32, 2 proj_clip f32, 3 time_major bool, "
        + "4 asymmetric_quantize_inputs bool, 5 diagonal_recurrent_tensors bool"
    ),
    ("FloorModOptions", ""),
    ("RangeOptions", ""),
    ("ResizeNearestNeighborOptions", "0 align_corners bool, 1 half_pixel_centers bool"),
    ("LeakyReluOptions", "0 alpha f32"),
    ("SquaredDifferenceOptions", ""),
    ("MirrorPadOptions", "0 mode i8"),
    ("AbsOptions", ""),
    ("SplitVOptions", "0 num_splits i32"),
    ("UniqueOptions", "0 idx_out_type i8 2"),
    ("ReverseV2Options", ""),
    ("AddNOptions", ""),
    ("GatherNdOptions", ""),
    ("CosOptions", ""),
    ("WhereOptions", ""),
    ("RankOptions", ""),
    ("ReverseSequenceOptions", "0 seq_dim i32, 1 batch_dim i32"),
    ("MatrixDiagOptions", ""),
    ("QuantizeOptions", ""),
    ("MatrixSetDiagOptions", ""),
    ("HardSwishOptions", ""),
    ("IfOptions", "0 then_subgraph_index i32, 1 else_subgraph_index i32"),
    ("WhileOptions", "0 cond_subgraph_index i32, 1 body_subgraph_index i32"),
    ("DepthToSpaceOptions", "0 block_size i32"),
    ("NonMaxSuppressionV4Options", ""),
    ("NonMaxSuppressionV5Options", ""),
    ("ScatterNdOptions", ""),
    ("SelectV2Options", ""),
    ("DensifyOptions", ""),
    ("SegmentSumOptions", ""),
    ("BatchMatMulOptions", "0 adj_x bool, 1 adj_y bool, 2 asymmetric_quantize_inputs bool"),
    ("CumsumOptions", "0 exclusive bool, 1 reverse bool"),
    ("CallOnceOptions", "0 init_subgraph_index i32"),
    ("BroadcastToOptions", ""),
    ("Rfft2dOptions", ""),
    (
      "Conv3DOptions",
      "0 padding i8, 1 stride_d i32, 2 stride_w i32, 3 stride_h i32, 4 fused_activation_function i8, "
        + "5 dilation_d_factor i32 1, 6 dilation_w_factor i32 1, 7 dilation_h_factor i32 1"
    ),
    ("HashtableOptions", "0 table_id i32, 1 key_dtype i8, 2 value_dtype i8"),
    ("HashtableFindOptions", ""),
    ("HashtableImportOptions", ""),
    ("HashtableSizeOptions", ""),
    ("VarHandleOptions", "0 container text, 1 shared_name text"),
    ("ReadVariableOptions", ""),
    ("AssignVariableOptions", ""),
    ("RandomOptions", "0 seed i64, 1 seed2 i64"),
    ("BucketizeOptions", "0 boundaries [f32]"),
    ("GeluOptions", "0 approximate bool"),
    ("DynamicUpdateSliceOptions", ""),
    ("UnsortedSegmentProdOptions", ""),
    ("UnsortedSegmentMaxOptions", ""),
    ("UnsortedSegmentMinOptions", ""),
    ("UnsortedSegmentSumOptions", ""),
    ("ATan2Options", ""),
    ("SignOptions", ""),
    ("BitcastOptions", ""),
    ("BitwiseXorOptions", ""),
    ("RightShiftOptions", ""),
  ]
  /// The tables of the union `BuiltinOptions2`, by their numbers.
  static let second: [(table: String, fields: String)] = [
    ("NONE", ""),
    ("StablehloConcatenateOptions", "0 dimension i64"),
    ("StablehloBroadcastInDimOptions", "0 broadcast_dimensions [i64]"),
    ("StablehloSliceOptions", "0 start_indices [i64], 1 limit_indices [i64], 2 strides [i64]"),
    (
      "StablehloConvolutionOptions",
      "0 window_strides [i64], 1 padding [i64], 2 lhs_dilation [i64], 3 rhs_dilation [i64], "
        + "4 window_reversal [bool], 5 input_batch_dimension i64, 6 input_feature_dimension i64, "
        + "7 input_spatial_dimensions [i64], 8 kernel_input_feature_dimension i64, "
        + "9 kernel_output_feature_dimension i64, 10 kernel_spatial_dimensions [i64], 11 output_batch_dimension i64, "
        + "12 output_feature_dimension i64, 13 output_spatial_dimensions [i64], 14 feature_group_count i64, "
        + "15 batch_group_count i64, 16 precision_config [u32]"
    ),
    (
      "StablehloCustomCallOptions",
      "0 call_target_name text, 1 has_side_effect bool, 2 backend_config text, 3 api_version i32, "
        + "4 called_computations [i32], 5 custom_attributes [u8]"
    ),
    ("StablehloReduceOptions", "0 dimensions [i64], 1 body_subgraph_index i32"),
    (
      "StablehloScatterOptions",
      "0 indices_are_sorted bool, 1 update_window_dims [i64], 2 inserted_window_dims [i64], "
        + "3 scatter_dims_to_operand_dims [i64], 4 index_vector_dim i64, 5 unique_indices bool, "
        + "6 update_computation_subgraph_index i32"
    ),
    ("StablehloCompareOptions", "0 comparison_direction u32, 1 compare_type u32"),
    ("StablehloDynamicSliceOptions", "0 slice_sizes [i64]"),
    ("StablehloPadOptions", "0 edge_padding_low [i64], 1 edge_padding_high [i64], 2 interior_padding [i64]"),
    ("StablehloIotaOptions", "0 iota_dimension i64"),
    (
      "StablehloDotGeneralOptions",
      "0 lhs_batching_dimensions [i64], 1 rhs_batching_dimensions [i64], "
        + "2 lhs_contracting_dimensions [i64], 3 rhs_contracting_dimensions [i64], 4 precision_config [u32]"
    ),
    (
      "StablehloReduceWindowOptions",
      "0 window_dimensions [i64], 1 window_strides [i64], 2 base_dilations [i64], "
        + "3 window_dilations [i64], 4 padding [i64], 5 body_subgraph_index i32"
    ),
    ("StablehloSortOptions", "0 dimension i64, 1 is_stable bool, 2 comparator_subgraph_index i32"),
    ("StablehloWhileOptions", "0 cond_subgraph_index i32, 1 body_subgraph_index i32"),
    (
      "StablehloGatherOptions",
      "0 offset_dims [i64], 1 collapsed_slice_dims [i64], 2 start_index_map [i64], 3 index_vector_dim i64, "
        + "4 slice_sizes [i64], 5 indices_are_sorted bool"
    ),
    ("StablehloTransposeOptions", "0 permutation [i64]"),
    ("DilateOptions", ""),
    ("StablehloRngBitGeneratorOptions", "0 algorithm i8"),
    ("ReduceWindowOptions", "0 reduce_function i32"),
    (
      "StableHLOCompositeOptions",
      "0 name text, 1 decomposition_subgraph_index i32, 2 composite_attributes [u8], "
        + "3 composite_attributes_format i8, 4 version i32"
    ),
    ("StablehloShiftLeftOptions", ""),
  ]
}
