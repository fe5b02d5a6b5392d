/// What the layers of networks compute: products, windows, reductions, and their quantized and contributed forms.
extension OperatorTable {
  static let contractions: [OperatorRow] = [
    .init("MatMul", lowerMatMul),
    .init("Gemm", lowerGemm),
    .init("Einsum", since: 12, lowerEinsum),
    .init("Attention", since: 23, lowerAttention),
    .init("RotaryEmbedding", since: 23, rotaryEmbedding(contributed: false)),
    .init("Conv", lowerConv),
    .init("ConvTranspose", lowerConvTranspose),
    .init("MaxPool", lowerMaxPool),
    .init("AveragePool", of: .float, lowerAveragePool),
    .init("GlobalAveragePool", of: .float, lowerGlobalAveragePool),
    .init("GlobalMaxPool", lowerGlobalMaxPool),
  ]

  static let reductions: [OperatorRow] = [
    .init("ReduceSum", reduction(.sum)),
    .init("ReduceMean", reduction(.mean)),
    .init("ReduceProd", reduction(.product)),
    .init("ReduceMax", reduction(.maximum)),
    .init("ReduceMin", reduction(.minimum)),
    .init("ReduceSumSquare", reduction(.sumOfSquares)),
    .init("ReduceL1", reduction(.absoluteSum)),
    .init("ReduceL2", reduction(.length)),
    .init("ReduceLogSum", reduction(.logarithmOfSum)),
    .init("ReduceLogSumExp", lowerReduceLogSumExp),
    .init("ArgMax", extremeIndex(maximum: true)),
    .init("ArgMin", extremeIndex(maximum: false)),
    .init("CumSum", since: 11, cumulation(.sum)),
    .init("CumProd", since: 26, of: .number, cumulation(.product)),
  ]

  static let linearAttention: [OperatorRow] = [
    .init("LinearAttention", since: 27, lowerLinearAttention),
    .init("CausalConvWithState", since: 27, lowerCausalConvWithState),
    .init("TensorScatter", since: 24, lowerTensorScatter),
    .init("FlexAttention", since: 1, domain: "ai.onnx.preview", lowerFlexAttention),
  ]

  static let variants: [OperatorRow] = [
    .init("MaxUnpool", since: 9, lowerMaxUnpool),
    .init("LpPool", of: .float, lowerLpPool),
    .init("GlobalLpPool", of: .float, lowerGlobalLpPool),
    .init("LRN", of: .float, lowerLRN),
    .init("GridSample", since: 16, lowerGridSample),
    .init("MeanVarianceNormalization", since: 9, lowerMeanVarianceNormalization),
    .init("EyeLike", since: 9, lowerEyeLike),
    .init("Hardmax", lowerHardmax),
    .init("Det", since: 11, lowerDet),
    .init("RoiAlign", since: 10, lowerRoiAlign),
    .init("MaxRoiPool", lowerMaxRoiPool),
    .init("DeformConv", since: 19, lowerDeformConv),
    .init("CenterCropPad", since: 18, lowerCenterCropPad),
    .init("Col2Im", since: 18, lowerCol2Im),
    .init("AffineGrid", since: 20, lowerAffineGrid),
    .init("Bernoulli", since: 15, lowerBernoulli),
    .init("Multinomial", lowerMultinomial),
    .init("RandomNormal", randomNumbers(normal: true, like: false)),
    .init("RandomNormalLike", randomNumbers(normal: true, like: true)),
    .init("RandomUniform", randomNumbers(normal: false, like: false)),
    .init("RandomUniformLike", randomNumbers(normal: false, like: true)),
  ]

  static let signals: [OperatorRow] = [
    .init("HannWindow", since: 17, cosineWindow([0.5, -0.5])),
    .init("HammingWindow", since: 17, cosineWindow([25.0 / 46, -21.0 / 46])),
    .init("BlackmanWindow", since: 17, cosineWindow([0.42, -0.5, 0.08])),
    .init("MelWeightMatrix", since: 17, lowerMelWeightMatrix),
    .init("DFT", since: 17, lowerDFT),
    .init("STFT", since: 17, lowerSTFT),
  ]

  static let losses: [OperatorRow] = [
    .init("NegativeLogLikelihoodLoss", since: 12, lowerNegativeLogLikelihoodLoss),
    .init("SoftmaxCrossEntropyLoss", since: 12, lowerSoftmaxCrossEntropyLoss),
  ]

  static let quantized: [OperatorRow] = [
    .init("QuantizeLinear", since: 10, lowerQuantizeLinear),
    .init("DequantizeLinear", since: 10, lowerDequantizeLinear),
    .init("DynamicQuantizeLinear", since: 11, lowerDynamicQuantizeLinear),
    .init("MatMulInteger", since: 10, lowerMatMulInteger),
    .init("ConvInteger", since: 10, lowerConvInteger),
    .init("QLinearMatMul", since: 10, lowerQLinearMatMul),
    .init("QLinearConv", since: 10, lowerQLinearConv),
    .init("QuantizeLinear", since: 1, domain: "com.microsoft", lowerQuantizeLinear),
    .init("DequantizeLinear", since: 1, domain: "com.microsoft", lowerDequantizeLinear),
    .init("MatMulIntegerToFloat", since: 1, domain: "com.microsoft", lowerMatMulIntegerToFloat),
    .init("QLinearAdd", since: 1, domain: "com.microsoft", quantizedBinary { $0.add($1, $2) }),
    .init("QLinearMul", since: 1, domain: "com.microsoft", quantizedBinary { $0.multiply($1, $2) }),
    .init("QLinearSigmoid", since: 1, domain: "com.microsoft", lowerQLinearSigmoid),
    .init("QLinearLeakyRelu", since: 1, domain: "com.microsoft", lowerQLinearLeakyRelu),
    .init("QLinearSoftmax", since: 1, domain: "com.microsoft", lowerQLinearSoftmax),
    .init("QLinearGlobalAveragePool", since: 1, domain: "com.microsoft", lowerQLinearGlobalAveragePool),
    .init("QLinearAveragePool", since: 1, domain: "com.microsoft", lowerQLinearAveragePool),
    .init("QLinearConcat", since: 1, domain: "com.microsoft", lowerQLinearConcat),
    .init("DynamicQuantizeMatMul", since: 1, domain: "com.microsoft", lowerDynamicQuantizeMatMul),
    .init("DynamicQuantizeLSTM", since: 1, domain: "com.microsoft", lowerDynamicQuantizeLSTM),
    .init("QGemm", since: 1, domain: "com.microsoft", lowerQGemm),
  ]

  static let contributed: [OperatorRow] = [
    .init("Gelu", since: 1, domain: "com.microsoft", unaryFloat(gelu(tanh: false))),
    .init("BiasGelu", since: 1, domain: "com.microsoft", biasedGelu(tanh: false)),
    .init("FastGelu", since: 1, domain: "com.microsoft", biasedGelu(tanh: true)),
    .init("QuickGelu", since: 1, domain: "com.microsoft", lowerQuickGelu),
    .init("SkipLayerNormalization", since: 1, domain: "com.microsoft", lowerSkipLayerNormalization),
    .init("FusedMatMul", since: 1, domain: "com.microsoft", lowerFusedMatMul),
    .init("Attention", since: 1, domain: "com.microsoft", lowerContributedAttention),
    .init("MultiHeadAttention", since: 1, domain: "com.microsoft", lowerMultiHeadAttention),
    .init("GroupQueryAttention", since: 1, domain: "com.microsoft", lowerGroupQueryAttention),
    .init("RotaryEmbedding", since: 1, domain: "com.microsoft", rotaryEmbedding(contributed: true)),
    .init("EmbedLayerNormalization", since: 1, domain: "com.microsoft", lowerEmbedLayerNormalization),
    .init("SkipSimplifiedLayerNormalization", since: 1, domain: "com.microsoft", simplifiedNormalization(skip: true)),
    .init("SimplifiedLayerNormalization", since: 1, domain: "com.microsoft", simplifiedNormalization(skip: false)),
    // Exporters write it in the default domain too.
    .init("SimplifiedLayerNormalization", since: 1, simplifiedNormalization(skip: false)),
  ]
}
