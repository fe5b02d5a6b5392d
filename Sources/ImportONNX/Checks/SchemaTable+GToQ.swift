extension NodeSchema {
  /// Written by Tests/Nodes/schemas.py.
  static let gToQ: [String: String] = [
    ":GRU":
      "1 3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i output_sequence:i; 3 "
      + "3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i linear_before_reset:i "
      + "output_sequence:i; 7 3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i "
      + "linear_before_reset:i; 14 3 6 2 activation_alpha:F activation_beta:F activations:S clip:f direction:s "
      + "hidden_size:i layout:i linear_before_reset:i",
    ":Gather": "1 2 2 1 axis:i",
    ":GatherElements": "11 2 2 1 axis:i",
    ":GatherND": "11 2 2 1; 12 2 2 1 batch_dims:i",
    ":Gelu": "20 1 1 1 approximate:s",
    ":Gemm":
      "1 3 3 1 alpha:f beta:f broadcast:i transA:i transB:i; 7 3 3 1 alpha:f beta:f transA:i transB:i; 11 2 3 1 alpha:f "
      + "beta:f transA:i transB:i",
    ":GlobalAveragePool": "1 1 1 1",
    ":GlobalLpPool": "1 1 1 1 p:f; 2 1 1 1 p:i",
    ":GlobalMaxPool": "1 1 1 1",
    ":Greater": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":GreaterOrEqual": "12 2 2 1",
    ":GridSample": "16 2 2 1 align_corners:i mode:s padding_mode:s",
    ":GroupNormalization": "18 3 3 1 epsilon:f num_groups:i!; 21 3 3 1 epsilon:f num_groups:i! stash_type:i",
    ":HammingWindow": "17 1 1 1 output_datatype:i periodic:i",
    ":HannWindow": "17 1 1 1 output_datatype:i periodic:i",
    ":HardSigmoid": "1 1 1 1 alpha:f beta:f consumed_inputs:I; 6 1 1 1 alpha:f beta:f",
    ":HardSwish": "14 1 1 1",
    ":Hardmax": "1 1 1 1 axis:i",
    ":Identity": "1 1 1 1",
    ":If": "1 1 1 * else_branch:g! then_branch:g!",
    ":InstanceNormalization": "1 3 3 1 consumed_inputs:I epsilon:f; 6 3 3 1 epsilon:f",
    ":IsInf": "10 1 1 1 detect_negative:i detect_positive:i",
    ":IsNaN": "9 1 1 1",
    ":LRN": "1 1 1 1 alpha:f beta:f bias:f size:i!",
    ":LSTM":
      "1 3 8 3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i input_forget:i "
      + "output_sequence:i; 7 3 8 3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i "
      + "input_forget:i; 14 3 8 3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i "
      + "input_forget:i layout:i",
    ":LayerNormalization": "1 2 3 3 axis:i epsilon:f stash_type:i",
    ":LeakyRelu": "1 1 1 1 alpha:f consumed_inputs:I; 6 1 1 1 alpha:f",
    ":Less": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":LessOrEqual": "12 2 2 1",
    ":LinearAttention": "27 3 6 2 chunk_size:i kv_num_heads:i! q_num_heads:i! scale:f update_rule:s",
    ":Log": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":LogSoftmax": "1 1 1 1 axis:i",
    ":Loop": "1 3 * * body:g!; 11 2 * * body:g!",
    ":LpNormalization": "1 1 1 1 axis:i p:i",
    ":LpPool":
      "1 1 1 1 auto_pad:s kernel_shape:I p:f pads:I strides:I; 2 1 1 1 auto_pad:s kernel_shape:I! p:i pads:I strides:I; "
      + "18 1 1 1 auto_pad:s ceil_mode:i dilations:I kernel_shape:I! p:i pads:I strides:I",
    ":MatMul": "1 2 2 1",
    ":MatMulInteger": "10 2 4 1",
    ":Max": "1 1 * 1 consumed_inputs:I; 6 1 * 1",
    ":MaxPool":
      "1 1 1 1 auto_pad:s kernel_shape:I! pads:I strides:I; 8 1 1 2 auto_pad:s kernel_shape:I! pads:I storage_order:i "
      + "strides:I; 10 1 1 2 auto_pad:s ceil_mode:i dilations:I kernel_shape:I! pads:I storage_order:i strides:I",
    ":MaxRoiPool": "1 2 2 1 pooled_shape:I! spatial_scale:f",
    ":MaxUnpool": "9 2 3 1 kernel_shape:I! pads:I strides:I",
    ":Mean": "1 1 * 1 consumed_inputs:I; 6 1 * 1",
    ":MeanVarianceNormalization": "1 1 1 1 across_channels:i normalize_variance:i; 9 1 1 1 axes:I",
    ":MelWeightMatrix": "17 5 5 1 output_datatype:i",
    ":Min": "1 1 * 1 consumed_inputs:I; 6 1 * 1",
    ":Mish": "18 1 1 1",
    ":Mod": "10 2 2 1 fmod:i",
    ":Mul": "1 2 2 1 axis:i broadcast:i consumed_inputs:I; 6 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":Multinomial": "7 1 1 1 dtype:i sample_size:i seed:f",
    ":Neg": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":NegativeLogLikelihoodLoss": "12 2 3 1 ignore_index:i reduction:s",
    ":NonMaxSuppression": "10 2 5 1 center_point_box:i",
    ":NonZero": "9 1 1 1",
    ":Not": "1 1 1 1",
    ":OneHot": "9 3 3 1 axis:i",
    ":Optional": "15 0 1 1 type:y",
    ":OptionalGetElement": "15 1 1 1",
    ":OptionalHasElement": "15 1 1 1; 18 0 1 1",
    ":Or": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":PRelu": "1 2 2 1 consumed_inputs:I; 6 2 2 1",
    ":Pad": "1 1 1 1 mode:s paddings:I! value:f; 2 1 1 1 mode:s pads:I! value:f; 11 2 3 1 mode:s; 18 2 4 1 mode:s",
    ":Pow": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":QLinearConv": "10 8 9 1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
    ":QLinearMatMul": "10 8 8 1",
    ":QuantizeLinear":
      "10 2 3 1; 13 2 3 1 axis:i; 19 2 3 1 axis:i saturate:i; 21 2 3 1 axis:i block_size:i output_dtype:i saturate:i; "
      + "23 2 3 1 axis:i block_size:i output_dtype:i precision:i saturate:i",
  ]
}
