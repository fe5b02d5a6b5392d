import Diagnostics

/// One supported operator: its name, its domain, the oldest version of the operator set, and how it is lowered.
struct OperatorRow: Sendable {
  let name: String
  /// The default domain is "".
  let domain: String
  /// Operator sets from this one on; a lowering looks at the node's version where the operator changed.
  let since: Int
  /// What all operands must be; `nil` if the lowering checks.
  let operands: OperandClass?
  let lower: Lowering

  /// `true` iff operands may be sequences of tensors.
  var takesSequences: Bool {
    name.hasPrefix("Optional") || (name.contains("Sequence") && name != "ReverseSequence")
      || ["Identity", "If", "Loop", "Scan"].contains(name)
  }

  /// `true` iff operand `i` may be of a type without arithmetic: the lowering moves elements, or converts them first.
  func takesSmallType(_ i: Int) -> Bool { takesSequences || Self.mixers.contains(name) || (i == 0 && Self.movers.contains(name)) }

  /// What moves the elements of the first operand.
  private static let movers: Set<String> = [
    "Cast", "Compress", "ConstantOfShape", "DepthToSpace", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "Reshape",
    "ReverseSequence", "Shape", "Size", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze",
  ]
  /// What moves or converts the elements of several operands, and checks the types of the others.
  private static let mixers: Set<String> = ["CastLike", "Concat", "DequantizeLinear", "Pad", "QuantizeLinear", "Where"]

  /// `true` iff operand `i` may be of strings: the lowering moves elements, compares their numbers, or is about strings.
  func takesStrings(_ i: Int) -> Bool {
    takesSequences || Self.stringOperators.contains(name) || (i == 0 && Self.movers.contains(name)) || (i != 1 && name == "Pad")
  }

  /// What takes strings in any place.
  private static let stringOperators: Set<String> = [
    "ArrayFeatureExtractor", "CastLike", "CategoryMapper", "Concat", "Equal", "LabelEncoder", "OneHotEncoder", "RegexFullMatch",
    "StringConcat",
    "StringNormalizer", "StringSplit", "TfIdfVectorizer", "Unique", "Where",
  ]

  /// `true` iff operand `i` may be a scalar or a vector of one element: it does not matter, or passes to the result.
  func takesOpenRank(_ i: Int) -> Bool { isBroadcasting || name == "Identity" || (i == 1 && name == "CastLike") }

  /// `true` iff the operands are broadcast to the shape of the result.
  var isBroadcasting: Bool { Self.broadcastingOperators.contains(name) }
  private static let broadcastingOperators: Set<String> = [
    "Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max",
    "Mean",
    "Min", "Mod", "Mul", "Or", "Pow", "Sub", "Sum", "Where", "Xor",
  ]

  init(_ name: String, since: Int = 7, domain: String = "", of operands: OperandClass? = nil, _ lower: @escaping Lowering) {
    self.name = name
    self.domain = domain
    self.since = since
    self.operands = operands
    self.lower = lower
  }
}

/// A class of element types.
enum OperandClass: String, Sendable {
  case boolean = "bool", byte = "i8 or u8", int32 = "i32", integer = "an integer", float = "a float", number = "a number"

  /// `true` iff `type` is of this class.
  func contains(_ type: ElementType) -> Bool {
    switch self {
    case .boolean: type == .bool
    case .byte: type == .i8 || type == .u8
    case .int32: type == .i32
    case .integer: type.isInteger
    case .float: type.isFloat
    case .number: type != .bool && type != .string
    }
  }
}

/// The table of all supported operators. A new operator is one row here and one function in the file of its family.
enum OperatorTable {
  private static let rowsByName: [String: OperatorRow] = Dictionary(
    rows.map { ("\($0.domain):\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })

  /// The row for `node` in version `version` of its domain.
  static func row(_ node: NodeProto, _ version: Int) -> OperatorRow? {
    guard let row = rowsByName["\(node.canonicalDomain):\(node.operation)"], version >= row.since else { return nil }
    return row
  }

  /// The oldest operator set in which the operator is supported; `nil` if it is in none.
  static func oldestVersion(_ name: String, _ domain: String) -> Int? { rowsByName["\(domain):\(name)"]?.since }

  static let rows: [OperatorRow] =
    elementwise + activations + contractions + shapes + movement + reductions + sequential + ordering + quantized + contributed + variants
    + machineLearning + strings + losses + training + signals + linearAttention

  private static let elementwise: [OperatorRow] = [
    .init("Add", of: .number, binary(host: { $0.add($1, $2) }) { $0.add($1, $2) }),
    .init("Sub", of: .number, binary(host: { $0.subtract($1, $2) }) { $0.subtract($1, $2) }),
    .init("Mul", of: .number, binary(host: { $0.multiply($1, $2) }) { $0.multiply($1, $2) }),
    .init("Div", of: .number, binary(host: { $0.truncatingDivide($1, $2) }) { $0.divide($1, $2) }),
    .init("Mod", since: 10, of: .number, lowerMod),
    .init("Pow", of: .number, lowerPow),
    .init("Max", of: .number, variadic(host: { $0.maximum($1, $2) }) { $0.maximum($1, $2) }),
    .init("Min", of: .number, variadic(host: { $0.minimum($1, $2) }) { $0.minimum($1, $2) }),
    .init("Sum", of: .number, variadic { $0.add($1, $2) }),
    .init("Mean", of: .number, variadic(mean: true) { $0.add($1, $2) }),
    .init("Equal", binary(host: { $0.equal($1, $2) }, result: .bool) { $0.compare(.equal, $1, $2) }),
    .init("Less", binary(host: { $0.less($1, $2) }, result: .bool) { $0.compare(.less, $1, $2) }),
    .init(
      "LessOrEqual", since: 12, binary(host: { $0.subtract(.one, $0.less($2, $1)) }, result: .bool) { $0.compare(.lessOrEqual, $1, $2) }),
    .init("Greater", binary(host: { $0.less($2, $1) }, result: .bool) { $0.compare(.greater, $1, $2) }),
    .init(
      "GreaterOrEqual", since: 12,
      binary(host: { $0.subtract(.one, $0.less($1, $2)) }, result: .bool) { $0.compare(.greaterOrEqual, $1, $2) }),
    .init("And", of: .boolean, binary(host: { $0.multiply($1, $2) }) { $0.builder.binary("arith.andi", $1, $2) }),
    .init("Or", of: .boolean, binary(host: { $0.maximum($1, $2) }) { $0.builder.binary("arith.ori", $1, $2) }),
    .init("Xor", of: .boolean, binary { $0.builder.binary("arith.xori", $1, $2) }),
    .init(
      "Not", since: 1, of: .boolean,
      unary(host: { $0.subtract(.one, $1) }) { $0.builder.binary("arith.xori", $1, $0.builder.constant(.bool(true, $0.builder.context))) }),
    .init("BitwiseAnd", since: 18, of: .integer, binary { $0.builder.binary("arith.andi", $1, $2) }),
    .init("BitwiseOr", since: 18, of: .integer, binary { $0.builder.binary("arith.ori", $1, $2) }),
    .init("BitwiseXor", since: 18, of: .integer, binary { $0.builder.binary("arith.xori", $1, $2) }),
    .init("BitwiseNot", since: 18, of: .integer, unary { $0.builder.binary("arith.xori", $1, $0.constant(-1)) }),
    .init("BitShift", since: 11, of: .integer, lowerBitShift),
    .init("Where", since: 9, lowerWhere),
    .init("Cast", lowerCast),
    .init("CastLike", since: 15, lowerCast),
    .init("BitCast", since: 26, lowerBitCast),
    .init("Clip", lowerClip),
    .init("IsNaN", since: 9, of: .float, lowerIsNaN),
    .init("IsInf", since: 10, of: .float, lowerIsInf),
    .init("Neg", of: .number, unary(host: { $0.subtract(.zero, $1) }) { $0.negate($1) }),
    .init(
      "Abs", of: .number,
      unary(host: { $0.maximum($1, -$1) }) {
        $0.type.isFloat ? $0.call("math.absf", $1) : $0.type.isUnsigned ? $1 : $0.call("math.absi", $1)
      }),
    .init("Sign", since: 9, of: .number, lowerSign),
    .init("Reciprocal", unaryFloat { $0.divide($0.constant(1), $1) }),
    .init("Ceil", unaryFloat("math.ceil")),
    .init("Floor", unaryFloat("math.floor")),
    .init("Round", since: 11, unaryFloat("math.roundeven")),
    .init("Sqrt", unaryFloat("math.sqrt")),
    .init("Exp", unaryFloat("math.exp")),
    .init("Log", unaryFloat("math.log")),
    .init("Erf", since: 9, unaryFloat("math.erf")),
    .init("Sin", unaryFloat("math.sin")),
    .init("Cos", unaryFloat("math.cos")),
    .init("Tan", unaryFloat("math.tan")),
    .init("Asin", unaryFloat("math.asin")),
    .init("Acos", unaryFloat("math.acos")),
    .init("Atan", unaryFloat("math.atan")),
    .init("Sinh", since: 9, unaryFloat("math.sinh")),
    .init("Cosh", since: 9, unaryFloat("math.cosh")),
    .init("Asinh", since: 9, unaryFloat("math.asinh")),
    .init("Acosh", since: 9, unaryFloat("math.acosh")),
    .init("Atanh", since: 9, unaryFloat("math.atanh")),
    .init("Tanh", unaryFloat("math.tanh")),
  ]

  private static let activations: [OperatorRow] = [
    .init("Relu", of: .number, unary(host: { $0.maximum($1, .zero) }) { $0.maximum($1, $0.constant(0)) }),
    .init("Sigmoid", unaryFloat(sigmoid)),
    .init("Softplus", unaryFloat(softplus)),
    .init("Softsign", lowerSoftsign),
    .init("LeakyRelu", lowerLeakyRelu),
    .init("PRelu", lowerPRelu),
    .init("ThresholdedRelu", since: 10, lowerThresholdedRelu),
    .init("Elu", exponentialLinear(alpha: 1, gamma: 1)),
    .init("Selu", exponentialLinear(alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875)),  // ONNX's defaults
    .init("Celu", since: 12, exponentialLinear(alpha: 1, gamma: 1, dividing: true)),
    .init("HardSigmoid", lowerHardSigmoid),
    .init("HardSwish", since: 14, lowerHardSwish),
    .init("Mish", since: 18, lowerMish),
    .init("Swish", since: 24, lowerSwish),
    .init("SwiGLU", since: 28, lowerSwiGLU),
    .init("Shrink", since: 9, lowerShrink),
    .init("Gelu", since: 20, lowerGelu),
    .init("Softmax", softmax(logarithm: false)),
    .init("LogSoftmax", softmax(logarithm: true)),
    .init("LayerNormalization", since: 17, lowerLayerNormalization),
    .init("RMSNormalization", since: 23, lowerRMSNormalization),
    .init("BatchNormalization", since: 9, lowerBatchNormalization),
    .init("InstanceNormalization", lowerInstanceNormalization),
    .init("GroupNormalization", since: 18, lowerGroupNormalization),
    .init("LpNormalization", since: 1, lowerLpNormalization),
  ]

  private static let contractions: [OperatorRow] = [
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

  private static let shapes: [OperatorRow] = [
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

  private static let movement: [OperatorRow] = [
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

  private static let reductions: [OperatorRow] = [
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

  private static let sequential: [OperatorRow] = [
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

  private static let ordering: [OperatorRow] = [
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

  private static let quantized: [OperatorRow] = [
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
    .init("QGemm", since: 1, domain: "com.microsoft", lowerQGemm),
  ]

  private static let contributed: [OperatorRow] = [
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

  private static let variants: [OperatorRow] = [
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

  private static let machineLearning: [OperatorRow] = [
    .init("LinearRegressor", since: 1, domain: "ai.onnx.ml", lowerLinearRegressor),
    .init("LinearClassifier", since: 1, domain: "ai.onnx.ml", lowerLinearClassifier),
    .init("Scaler", since: 1, domain: "ai.onnx.ml", lowerScaler),
    .init("Normalizer", since: 1, domain: "ai.onnx.ml", lowerNormalizer),
    .init("TfIdfVectorizer", since: 9, lowerTfIdfVectorizer),
    .init("Binarizer", since: 1, domain: "ai.onnx.ml", lowerBinarizer),
    .init("TreeEnsembleRegressor", since: 1, domain: "ai.onnx.ml", treeEnsemble(classifier: false)),
    .init("TreeEnsembleClassifier", since: 1, domain: "ai.onnx.ml", treeEnsemble(classifier: true)),
    .init("TreeEnsemble", since: 5, domain: "ai.onnx.ml", lowerTreeEnsemble),
    .init("ArrayFeatureExtractor", since: 1, domain: "ai.onnx.ml", lowerArrayFeatureExtractor),
    .init("FeatureVectorizer", since: 1, domain: "ai.onnx.ml", lowerFeatureVectorizer),
    .init("Imputer", since: 1, domain: "ai.onnx.ml", lowerImputer),
    .init("LabelEncoder", since: 1, domain: "ai.onnx.ml", lowerLabelEncoder),
    .init("CategoryMapper", since: 1, domain: "ai.onnx.ml", lowerCategoryMapper),
    .init("OneHotEncoder", since: 1, domain: "ai.onnx.ml", lowerOneHotEncoder),
    .init("SVMRegressor", since: 1, domain: "ai.onnx.ml", lowerSVMRegressor),
    .init("SVMClassifier", since: 1, domain: "ai.onnx.ml", lowerSVMClassifier),
    .init("ZipMap", since: 1, domain: "ai.onnx.ml", refuseZipMap),
  ]

  private static let strings: [OperatorRow] = [
    .init("StringConcat", since: 20, lowerStringConcat),
    .init("StringSplit", since: 20, lowerStringSplit),
    .init("StringNormalizer", since: 10, lowerStringNormalizer),
    .init("RegexFullMatch", since: 20, lowerRegexFullMatch),
  ]

  private static let losses: [OperatorRow] = [
    .init("NegativeLogLikelihoodLoss", since: 12, lowerNegativeLogLikelihoodLoss),
    .init("SoftmaxCrossEntropyLoss", since: 12, lowerSoftmaxCrossEntropyLoss),
  ]

  private static let training: [OperatorRow] = [
    .init("Adagrad", since: 1, domain: "ai.onnx.preview.training", lowerAdagrad),
    .init("Adam", since: 1, domain: "ai.onnx.preview.training", lowerAdam),
    .init("Momentum", since: 1, domain: "ai.onnx.preview.training", lowerMomentum),
  ]

  private static let signals: [OperatorRow] = [
    .init("HannWindow", since: 17, cosineWindow([0.5, -0.5])),
    .init("HammingWindow", since: 17, cosineWindow([25.0 / 46, -21.0 / 46])),
    .init("BlackmanWindow", since: 17, cosineWindow([0.42, -0.5, 0.08])),
    .init("MelWeightMatrix", since: 17, lowerMelWeightMatrix),
    .init("DFT", since: 17, lowerDFT),
    .init("STFT", since: 17, lowerSTFT),
  ]

  private static let linearAttention: [OperatorRow] = [
    .init("LinearAttention", since: 27, lowerLinearAttention),
    .init("CausalConvWithState", since: 27, lowerCausalConvWithState),
    .init("TensorScatter", since: 24, lowerTensorScatter),
    .init("FlexAttention", since: 1, domain: "ai.onnx.preview", lowerFlexAttention),
  ]
}
