extension NodeSchema {
  /// Written by Tests/Nodes/schemas.py.
  static let rToZ: [String: String] = [
    ":RMSNormalization": "23 2 2 1 axis:i epsilon:f stash_type:i",
    ":RNN":
      "1 3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i output_sequence:i; 7 "
      + "3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i; 14 3 6 2 "
      + "activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i layout:i",
    ":RandomNormal": "1 0 0 1 dtype:i mean:f scale:f seed:f shape:I!",
    ":RandomNormalLike": "1 1 1 1 dtype:i mean:f scale:f seed:f",
    ":RandomUniform": "1 0 0 1 dtype:i high:f low:f seed:f shape:I!",
    ":RandomUniformLike": "1 1 1 1 dtype:i high:f low:f seed:f",
    ":Range": "11 3 3 1; 27 3 3 1 stash_type:i",
    ":Reciprocal": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":ReduceL1": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceL2": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceLogSum": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceLogSumExp": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceMax": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceMean": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceMin": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceProd": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceSum": "1 1 1 1 axes:I keepdims:i; 13 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":ReduceSumSquare": "1 1 1 1 axes:I keepdims:i; 18 1 2 1 keepdims:i noop_with_empty_axes:i",
    ":RegexFullMatch": "20 1 1 1 pattern:s",
    ":Relu": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Reshape": "1 1 1 1 consumed_inputs:I shape:I; 5 2 2 1; 14 2 2 1 allowzero:i",
    ":Resize":
      "10 2 2 1 mode:s; 11 3 4 1 coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i "
      + "extrapolation_value:f mode:s nearest_mode:s; 13 1 4 1 coordinate_transformation_mode:s cubic_coeff_a:f "
      + "exclude_outside:i extrapolation_value:f mode:s nearest_mode:s; 18 1 4 1 antialias:i axes:I "
      + "coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f "
      + "keep_aspect_ratio_policy:s mode:s nearest_mode:s",
    ":ReverseSequence": "10 2 2 1 batch_axis:i time_axis:i",
    ":RoiAlign":
      "10 3 3 1 mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f; 16 3 3 1 "
      + "coordinate_transformation_mode:s mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f",
    ":RotaryEmbedding": "23 3 4 1 interleaved:i num_heads:i rotary_embedding_dim:i",
    ":Round": "11 1 1 1",
    ":STFT": "17 2 4 1 onesided:i",
    ":Scan":
      "8 2 * * body:g! directions:I num_scan_inputs:i!; 9 1 * * body:g! num_scan_inputs:i! scan_input_axes:I "
      + "scan_input_directions:I scan_output_axes:I scan_output_directions:I",
    ":Scatter": "9 3 3 1 axis:i",
    ":ScatterElements": "11 3 3 1 axis:i; 16 3 3 1 axis:i reduction:s",
    ":ScatterND": "11 3 3 1; 16 3 3 1 reduction:s",
    ":Selu": "1 1 1 1 alpha:f consumed_inputs:I gamma:f; 6 1 1 1 alpha:f gamma:f",
    ":SequenceAt": "11 2 2 1",
    ":SequenceConstruct": "11 1 * 1",
    ":SequenceEmpty": "11 0 0 1 dtype:i",
    ":SequenceErase": "11 1 2 1",
    ":SequenceInsert": "11 2 3 1",
    ":SequenceLength": "11 1 1 1",
    ":SequenceMap": "17 1 * * body:g!",
    ":Shape": "1 1 1 1; 15 1 1 1 end:i start:i",
    ":Shrink": "9 1 1 1 bias:f lambd:f",
    ":Sigmoid": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Sign": "9 1 1 1",
    ":SimplifiedLayerNormalization": "1 2 2 2 axis:i epsilon:f stash_type:i",
    ":Sin": "7 1 1 1",
    ":Sinh": "9 1 1 1",
    ":Size": "1 1 1 1",
    ":Slice": "1 1 1 1 axes:I ends:I! starts:I!; 10 3 5 1",
    ":Softmax": "1 1 1 1 axis:i",
    ":SoftmaxCrossEntropyLoss": "12 2 3 2 ignore_index:i reduction:s",
    ":Softplus": "1 1 1 1",
    ":Softsign": "1 1 1 1",
    ":SpaceToDepth": "1 1 1 1 blocksize:i!; 28 1 1 1 blocksize:i! mode:s",
    ":Split": "1 1 2 * axis:i split:I; 2 1 1 * axis:i split:I; 13 1 2 * axis:i; 18 1 2 * axis:i num_outputs:i",
    ":SplitToSequence": "11 1 2 1 axis:i keepdims:i",
    ":Sqrt": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Squeeze": "1 1 1 1 axes:I; 13 1 2 1",
    ":StringConcat": "20 2 2 1",
    ":StringNormalizer": "10 1 1 1 case_change_action:s is_case_sensitive:i locale:s stopwords:S",
    ":StringSplit": "20 1 1 2 delimiter:s maxsplit:i",
    ":Sub": "1 2 2 1 axis:i broadcast:i consumed_inputs:I; 6 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":Sum": "1 1 * 1 consumed_inputs:I; 6 1 * 1",
    ":SwiGLU": "28 2 2 1 alpha:f",
    ":Swish": "24 1 1 1 alpha:f",
    ":Tan": "7 1 1 1",
    ":Tanh": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":TensorScatter": "24 2 3 1 axis:i mode:s",
    ":TfIdfVectorizer":
      "9 1 1 1 max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:I! ngram_indexes:I! "
      + "pool_int64s:I pool_strings:S weights:F",
    ":ThresholdedRelu": "1 1 1 1 alpha:f",
    ":Tile": "1 3 3 1; 6 2 2 1",
    ":TopK": "1 1 1 2 axis:i k:i!; 10 2 2 2 axis:i; 11 2 2 2 axis:i largest:i sorted:i",
    ":Transpose": "1 1 1 1 perm:I",
    ":Trilu": "14 1 2 1 upper:i",
    ":Unique": "11 1 1 4 axis:i sorted:i",
    ":Unsqueeze": "1 1 1 1 axes:I!; 13 2 2 1",
    ":Upsample": "1 1 1 1 height_scale:f! mode:s width_scale:f!; 7 1 1 1 mode:s scales:F!; 9 2 2 1 mode:s",
    ":Where": "9 3 3 1",
    ":Xor": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
  ]
}
