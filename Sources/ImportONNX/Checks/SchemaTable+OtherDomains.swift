extension NodeSchema {
  /// Written by Tests/Nodes/schemas.py.
  static let otherDomains: [String: String] = [
    "ai.onnx.ml:ArrayFeatureExtractor": "1 2 2 1",
    "ai.onnx.ml:Binarizer": "1 1 1 1 threshold:f",
    "ai.onnx.ml:CategoryMapper": "1 1 1 1 cats_int64s:I cats_strings:S default_int64:i default_string:s",
    "ai.onnx.ml:FeatureVectorizer": "1 1 * 1 inputdimensions:I",
    "ai.onnx.ml:Imputer": "1 1 1 1 imputed_value_floats:F imputed_value_int64s:I replaced_value_float:f replaced_value_int64:i",
    "ai.onnx.ml:LabelEncoder":
      "1 1 1 1 classes_strings:S default_int64:i default_string:s; 2 1 1 1 default_float:f default_int64:i "
      + "default_string:s keys_floats:F keys_int64s:I keys_strings:S values_floats:F values_int64s:I values_strings:S; 4 "
      + "1 1 1 default_float:f default_int64:i default_string:s default_tensor:t keys_floats:F keys_int64s:I "
      + "keys_strings:S keys_tensor:t values_floats:F values_int64s:I values_strings:S values_tensor:t",
    "ai.onnx.ml:LinearClassifier":
      "1 1 1 2 classlabels_ints:I classlabels_strings:S coefficients:F! intercepts:F multi_class:i post_transform:s",
    "ai.onnx.ml:LinearRegressor": "1 1 1 1 coefficients:F intercepts:F post_transform:s targets:i",
    "ai.onnx.ml:Normalizer": "1 1 1 1 norm:s",
    "ai.onnx.ml:OneHotEncoder": "1 1 1 1 cats_int64s:I cats_strings:S zeros:i",
    "ai.onnx.ml:SVMClassifier":
      "1 1 1 2 classlabels_ints:I classlabels_strings:S coefficients:F kernel_params:F kernel_type:s post_transform:s "
      + "prob_a:F prob_b:F rho:F support_vectors:F vectors_per_class:I",
    "ai.onnx.ml:SVMRegressor":
      "1 1 1 1 coefficients:F kernel_params:F kernel_type:s n_supports:i one_class:i post_transform:s rho:F "
      + "support_vectors:F",
    "ai.onnx.ml:Scaler": "1 1 1 1 offset:F scale:F",
    "ai.onnx.ml:TreeEnsemble":
      "5 1 1 1 aggregate_function:i leaf_targetids:I! leaf_weights:t! membership_values:t n_targets:i "
      + "nodes_falseleafs:I! nodes_falsenodeids:I! nodes_featureids:I! nodes_hitrates:t nodes_missing_value_tracks_true:I "
      + "nodes_modes:t! nodes_splits:t! nodes_trueleafs:I! nodes_truenodeids:I! post_transform:i tree_roots:I!",
    "ai.onnx.ml:TreeEnsembleClassifier":
      "1 1 1 2 base_values:F class_ids:I class_nodeids:I class_treeids:I class_weights:F classlabels_int64s:I "
      + "classlabels_strings:S nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F nodes_missing_value_tracks_true:I "
      + "nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I nodes_values:F post_transform:s; 3 1 1 2 "
      + "base_values:F base_values_as_tensor:t class_ids:I class_nodeids:I class_treeids:I class_weights:F "
      + "class_weights_as_tensor:t classlabels_int64s:I classlabels_strings:S nodes_falsenodeids:I nodes_featureids:I "
      + "nodes_hitrates:F nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I "
      + "nodes_treeids:I nodes_truenodeids:I nodes_values:F nodes_values_as_tensor:t post_transform:s",
    "ai.onnx.ml:TreeEnsembleRegressor":
      "1 1 1 1 aggregate_function:s base_values:F n_targets:i nodes_falsenodeids:I nodes_featureids:I nodes_hitrates:F "
      + "nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I nodes_treeids:I nodes_truenodeids:I "
      + "nodes_values:F post_transform:s target_ids:I target_nodeids:I target_treeids:I target_weights:F; 3 1 1 1 "
      + "aggregate_function:s base_values:F base_values_as_tensor:t n_targets:i nodes_falsenodeids:I nodes_featureids:I "
      + "nodes_hitrates:F nodes_hitrates_as_tensor:t nodes_missing_value_tracks_true:I nodes_modes:S nodes_nodeids:I "
      + "nodes_treeids:I nodes_truenodeids:I nodes_values:F nodes_values_as_tensor:t post_transform:s target_ids:I "
      + "target_nodeids:I target_treeids:I target_weights:F target_weights_as_tensor:t",
    "ai.onnx.ml:ZipMap": "1 1 1 1 classlabels_int64s:I classlabels_strings:S",
    "ai.onnx.preview:FlexAttention": "1 3 3 1 prob_mod:g scale:f score_mod:g softmax_precision:i",
    "ai.onnx.preview.training:Adagrad": "1 3 * * decay_factor:f epsilon:f norm_coefficient:f",
    "ai.onnx.preview.training:Adam": "1 3 * * alpha:f beta:f epsilon:f norm_coefficient:f norm_coefficient_post:f",
    "ai.onnx.preview.training:Momentum": "1 3 * * alpha:f! beta:f! mode:s! norm_coefficient:f!",
    "com.microsoft:Attention":
      "1 2 7 2 do_rotary:i mask_filter_value:f num_heads:i! past_present_share_buffer:i qkv_hidden_sizes:I "
      + "rotary_embedding_dim:i scale:f unidirectional:i",
    "com.microsoft:BiasAdd": "1 3 3 1",
    "com.microsoft:BiasDropout": "1 2 5 2 seed:i",
    "com.microsoft:BiasGelu": "1 2 2 1",
    "com.microsoft:BiasSoftmax": "1 2 2 1 axis:i is_inner_broadcast:i!",
    "com.microsoft:BiasSplitGelu": "1 2 2 1",
    "com.microsoft:DequantizeLinear": "1 2 3 1 axis:i",
    "com.microsoft:DynamicQuantizeLSTM":
      "1 12 12 3 activation_alpha:F activation_beta:F activations:S clip:f direction:s hidden_size:i input_forget:i",
    "com.microsoft:DynamicQuantizeMatMul": "1 3 5 1",
    "com.microsoft:EmbedLayerNormalization": "1 7 9 3 epsilon:f mask_index_type:i",
    "com.microsoft:FastGelu": "1 1 2 1",
    "com.microsoft:FusedConv": "1 2 4 1 activation:s activation_params:F auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
    "com.microsoft:FusedGemm":
      "1 2 3 1 activation:s activation_alpha:f activation_beta:f activation_gamma:f alpha:f beta:f transA:i transB:i",
    "com.microsoft:FusedMatMul": "1 2 2 1 alpha:f transA:i transB:i transBatchA:i transBatchB:i",
    "com.microsoft:GatherBlockQuantized": "1 3 4 1 bits:i block_size:i gather_axis:i quantize_axis:i",
    "com.microsoft:GatherND": "1 2 2 1",
    "com.microsoft:Gelu": "1 1 1 1",
    "com.microsoft:GridSample": "1 2 2 1 align_corners:i mode:s padding_mode:s",
    "com.microsoft:GroupNorm": "1 3 3 1 activation:i! channels_last:i epsilon:f groups:i!",
    "com.microsoft:GroupQueryAttention":
      "1 7 16 4 causal:i do_rotary:i k_quant_type:s kv_cache_bit_width:i kv_num_heads:i! local_window_size:i "
      + "num_heads:i! qk_norm_epsilon:f qk_output:i rotary_interleaved:i scale:f sliding_window_cache:i smooth_softmax:i "
      + "softcap:f v_quant_type:s",
    "com.microsoft:MatMulIntegerToFloat": "1 4 7 1",
    "com.microsoft:MatMulNBits": "1 3 6 1 K:i! N:i! accuracy_level:i bits:i block_size:i! weight_prepacked:i",
    "com.microsoft:MultiHeadAttention": "1 1 10 4 mask_filter_value:f num_heads:i! scale:f unidirectional:i",
    "com.microsoft:NhwcFusedConv":
      "1 2 4 1 activation:s activation_params:F auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I",
    "com.microsoft:NhwcMaxPool": "1 1 1 1 auto_pad:s ceil_mode:i dilations:I kernel_shape:I! pads:I strides:I",
    "com.microsoft:QAttention":
      "1 5 9 2 do_rotary:i mask_filter_value:f num_heads:i! past_present_share_buffer:i scale:f unidirectional:i",
    "com.microsoft:QEmbedLayerNormalization": "1 18 18 2 epsilon:f",
    "com.microsoft:QGemm": "1 6 9 1 alpha:f transA:i transB:i",
    "com.microsoft:QLinearAdd": "1 7 8 1",
    "com.microsoft:QLinearAveragePool":
      "1 4 5 1 auto_pad:s ceil_mode:i channels_last:i count_include_pad:i kernel_shape:I! pads:I strides:I",
    "com.microsoft:QLinearConcat": "1 3 * 1 axis:i!",
    "com.microsoft:QLinearConv": "1 8 9 1 auto_pad:s channels_last:i dilations:I group:i kernel_shape:I pads:I strides:I",
    "com.microsoft:QLinearGlobalAveragePool": "1 5 5 1 channels_last:i",
    "com.microsoft:QLinearLeakyRelu": "1 4 5 1 alpha:f",
    "com.microsoft:QLinearMul": "1 7 8 1",
    "com.microsoft:QLinearReduceMean": "1 4 5 1 axes:I! keepdims:i!",
    "com.microsoft:QLinearSigmoid": "1 4 5 1",
    "com.microsoft:QLinearSoftmax": "1 5 5 1 axis:i opset:i!",
    "com.microsoft:QLinearWhere": "1 9 9 1",
    "com.microsoft:QuantizeLinear": "1 2 3 1 axis:i",
    "com.microsoft:QuickGelu": "1 1 1 1 alpha:f",
    "com.microsoft:RotaryEmbedding": "1 4 4 1 interleaved:i is_packed_batching:i num_heads:i rotary_embedding_dim:i scale:f",
    "com.microsoft:SkipGroupNorm": "1 4 5 2 activation:i! channels_last:i epsilon:f groups:i!",
    "com.microsoft:SkipLayerNormalization": "1 3 5 4 epsilon:f",
    "com.microsoft:SkipSimplifiedLayerNormalization": "1 3 4 4 epsilon:f",
    "com.microsoft:TransposeMatMul": "1 2 2 1 alpha:f transA:i transB:i",
    "com.microsoft:Trilu": "1 1 2 1 upper:i",
  ]
}
