extension NodeSchema {
  /// Written by Tests/Nodes/schemas.py.
  static let aToF: [String: String] = [
    ":Abs": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Acos": "7 1 1 1",
    ":Acosh": "9 1 1 1",
    ":Add": "1 2 2 1 axis:i broadcast:i consumed_inputs:I; 6 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":AffineGrid": "20 2 2 1 align_corners:i",
    ":And": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":ArgMax": "1 1 1 1 axis:i keepdims:i; 12 1 1 1 axis:i keepdims:i select_last_index:i",
    ":ArgMin": "1 1 1 1 axis:i keepdims:i; 12 1 1 1 axis:i keepdims:i select_last_index:i",
    ":Asin": "7 1 1 1",
    ":Asinh": "9 1 1 1",
    ":Atan": "7 1 1 1",
    ":Atanh": "9 1 1 1",
    ":Attention":
      "23 3 6 4 is_causal:i kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i scale:f softcap:f softmax_precision:i; "
      + "24 3 7 4 is_causal:i kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i scale:f softcap:f softmax_precision:i; "
      + "25 3 7 4 is_causal:i kv_num_heads:i left_window_size:i q_num_heads:i qk_matmul_output_mode:i right_window_size:i "
      + "scale:f softcap:f softmax_precision:i",
    ":AveragePool":
      "1 1 1 1 auto_pad:s kernel_shape:I! pads:I strides:I; 7 1 1 1 auto_pad:s count_include_pad:i kernel_shape:I! "
      + "pads:I strides:I; 10 1 1 1 auto_pad:s ceil_mode:i count_include_pad:i kernel_shape:I! pads:I strides:I; 19 1 1 1 "
      + "auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I! pads:I strides:I",
    ":BatchNormalization":
      "1 5 5 5 consumed_inputs:I! epsilon:f is_test:i momentum:f spatial:i; 6 5 5 5 epsilon:f is_test:i momentum:f "
      + "spatial:i; 7 5 5 5 epsilon:f momentum:f spatial:i; 9 5 5 5 epsilon:f momentum:f; 14 5 5 3 epsilon:f momentum:f "
      + "training_mode:i",
    ":Bernoulli": "15 1 1 1 dtype:i seed:f",
    ":BitCast": "26 1 1 1 to:i!",
    ":BitShift": "11 2 2 1 direction:s!",
    ":BitwiseAnd": "18 2 2 1",
    ":BitwiseNot": "18 1 1 1",
    ":BitwiseOr": "18 2 2 1",
    ":BitwiseXor": "18 2 2 1",
    ":BlackmanWindow": "17 1 1 1 output_datatype:i periodic:i",
    ":Cast": "1 1 1 1 to:s!; 6 1 1 1 to:i!; 19 1 1 1 saturate:i to:i!; 24 1 1 1 round_mode:s saturate:i to:i!",
    ":CastLike": "15 2 2 1; 19 2 2 1 saturate:i; 24 2 2 1 round_mode:s saturate:i",
    ":CausalConvWithState": "27 2 4 2 activation:s",
    ":Ceil": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Celu": "12 1 1 1 alpha:f",
    ":CenterCropPad": "18 2 2 1 axes:I",
    ":Clip": "1 1 1 1 consumed_inputs:I max:f min:f; 6 1 1 1 max:f min:f; 11 1 3 1",
    ":Col2Im": "18 3 3 1 dilations:I pads:I strides:I",
    ":Compress": "9 2 2 1 axis:i",
    ":Concat": "1 1 * 1 axis:i; 4 1 * 1 axis:i!",
    ":ConcatFromSequence": "11 1 1 1 axis:i! new_axis:i",
    ":Constant":
      "1 0 0 1 value:t!; 11 0 0 1 sparse_value:p value:t; 12 0 0 1 sparse_value:p value:t value_float:f value_floats:F "
      + "value_int:i value_ints:I value_string:s value_strings:S",
    ":ConstantOfShape": "9 1 1 1 value:t",
    ":Conv": "1 2 3 1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
    ":ConvInteger": "10 2 4 1 auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
    ":ConvTranspose": "1 2 3 1 auto_pad:s dilations:I group:i kernel_shape:I output_padding:I output_shape:I pads:I strides:I",
    ":Cos": "7 1 1 1",
    ":Cosh": "9 1 1 1",
    ":CumProd": "26 2 2 1 exclusive:i reverse:i",
    ":CumSum": "11 2 2 1 exclusive:i reverse:i",
    ":DFT": "17 1 2 1 axis:i inverse:i onesided:i; 20 1 3 1 inverse:i onesided:i",
    ":DeformConv": "19 3 5 1 dilations:I group:i kernel_shape:I offset_group:i pads:I strides:I",
    ":DepthToSpace": "1 1 1 1 blocksize:i!; 11 1 1 1 blocksize:i! mode:s",
    ":DequantizeLinear": "10 2 3 1; 13 2 3 1 axis:i; 21 2 3 1 axis:i block_size:i; 23 2 3 1 axis:i block_size:i output_dtype:i",
    ":Det": "11 1 1 1",
    ":Div": "1 2 2 1 axis:i broadcast:i consumed_inputs:I; 6 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":Dropout": "1 1 1 2 consumed_inputs:I is_test:i ratio:f; 6 1 1 2 is_test:i ratio:f; 7 1 1 2 ratio:f; 12 1 3 2 seed:i",
    ":DynamicQuantizeLinear": "11 1 1 3",
    ":Einsum": "12 1 * 1 equation:s!",
    ":Elu": "1 1 1 1 alpha:f consumed_inputs:I; 6 1 1 1 alpha:f",
    ":Equal": "1 2 2 1 axis:i broadcast:i; 7 2 2 1",
    ":Erf": "9 1 1 1",
    ":Exp": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
    ":Expand": "8 2 2 1",
    ":EyeLike": "9 1 1 1 dtype:i k:i",
    ":Flatten": "1 1 1 1 axis:i",
    ":Floor": "1 1 1 1 consumed_inputs:I; 6 1 1 1",
  ]
}
