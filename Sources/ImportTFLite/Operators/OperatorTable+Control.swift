/// Control flow, variables, and complex numbers.
extension OperatorTable {
  static let control: [OperatorRow] = [
    .init("IF", options: "IfOptions", quantized: .own, lowerIf),
    .init("WHILE", options: "WhileOptions", quantized: .own, lowerWhile),
    .init("CALL", options: "CallOptions", quantized: .own, call("subgraph")),
    .init("STABLEHLO_COMPOSITE", options: "StableHLOCompositeOptions", quantized: .own, call("decomposition_subgraph_index")),
    .init("CALL_ONCE", options: "CallOnceOptions", quantized: .own, lowerCallOnce),
    .init("VAR_HANDLE", options: "VarHandleOptions", quantized: .own, lowerVarHandle),
    .init("READ_VARIABLE", options: "ReadVariableOptions", quantized: .own, lowerReadVariable),
    .init("ASSIGN_VARIABLE", options: "AssignVariableOptions", quantized: .own, lowerAssignVariable),
    .init("RFFT2D", options: "Rfft2dOptions", lowerRFFT2D),
    .init("REAL", complex: true, complexPart(0)),
    .init("IMAG", complex: true, complexPart(1)),
    .init("COMPLEX_ABS", complex: true, lowerComplexAbs),
  ]

  static let recurrent: [OperatorRow] = [
    .init("RNN", upTo: 3, options: "RNNOptions", quantized: .own, lowerRNN),
    .init("UNIDIRECTIONAL_SEQUENCE_RNN", upTo: 3, options: "SequenceRNNOptions", quantized: .own, lowerSequenceRNN),
    .init("BIDIRECTIONAL_SEQUENCE_RNN", upTo: 3, options: "BidirectionalSequenceRNNOptions", quantized: .own, lowerBidirectionalRNN),
    .init("LSTM", upTo: 4, options: "LSTMOptions", quantized: .own, lowerLSTM),
    .init("UNIDIRECTIONAL_SEQUENCE_LSTM", upTo: 4, options: "UnidirectionalSequenceLSTMOptions", quantized: .own, lowerSequenceLSTM),
    .init("BIDIRECTIONAL_SEQUENCE_LSTM", upTo: 3, options: "BidirectionalSequenceLSTMOptions", quantized: .own, lowerBidirectionalLSTM),
    .init("SVDF", upTo: 4, options: "SVDFOptions", quantized: .own, lowerSVDF),
  ]

  static let detection: [OperatorRow] = [
    .init("NON_MAX_SUPPRESSION_V4", options: "NonMaxSuppressionV4Options", nonMaxSuppression(givesScores: false)),
    .init("NON_MAX_SUPPRESSION_V5", options: "NonMaxSuppressionV5Options", nonMaxSuppression(givesScores: true)),
    .init("TFLite_Detection_PostProcess", quantized: .own, custom: true, lowerDetectionPostProcess),
    .init("Convolution2DTransposeBias", quantized: .own, custom: true, lowerTransposeConvBias),
    .init("TransformLandmarks", custom: true, lowerTransformLandmarks),
    .init("TransformTensorBilinear", custom: true, lowerTransformTensor),
    .init("Landmarks2TransformMatrix", custom: true, lowerLandmarksToMatrix),
  ]
}
