import TesseraDiagnostics
import TesseraGraphs

/// What the types of an operator's inputs must be, by the schemas of ONNX and ONNX Runtime.
///
/// A lowering relies on it: it need not check types that no valid model has. It may take less than this, and says so.
struct OperatorSignature: Sendable {
  /// What one input must be.
  private struct Word {
    /// `nil` if it may be of any type.
    var operands: OperandClass?
    /// Inputs with the same number have the same type; 0 is none.
    var group = 0
    /// `true` iff the inputs that follow are like this one.
    var isRepeated = false
  }

  private let words: [Word]

  /// Reads a signature: a word an input, of a class, a colon and a number, and "...".
  private init(_ text: String) {
    words = text.split(separator: " ").map { text in
      let isRepeated = text.hasSuffix("...")
      let parts = (isRepeated ? text.dropLast(3) : text).split(separator: ":").map(String.init)
      let group = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
      return Word(operands: parts.first.flatMap { Self.classes[$0] }, group: group, isRepeated: isRepeated)
    }
  }

  private static let classes: [String: OperandClass] = [
    "b": .boolean, "byte": .byte, "i32": .int32, "i": .integer, "f": .float, "n": .number,
  ]

  static let byOperator: [String: OperatorSignature] = texts.mapValues(OperatorSignature.init)

  /// What all inputs must be; `nil` if it is not the same for all.
  var operands: OperandClass? {
    guard let first = words.first?.operands, words.allSatisfy({ $0.operands == first }) else { return nil }
    return first
  }

  /// Throws unless the inputs of `node` have types that its operator takes.
  func check(_ node: Node) throws(Diagnostic) {
    guard let last = words.last else { return }
    var first: [Int: GraphTensor] = [:]
    for (i, input) in node.inputs.enumerated() {
      guard let input, i < words.count || last.isRepeated else { continue }
      let word = i < words.count ? words[i] : last
      if let operands = word.operands { try node.require(input, operands) }
      if word.group > 0 {
        let other = first[word.group, default: input]
        try node.requireSameType([other, input])
        first[word.group] = other
      }
    }
  }

  /// Written by Tests/Nodes/signatures.py, wide enough for all versions of an operator.
  private static let texts = [
    // begin
    ":Abs": "n",
    ":Acos": "f",
    ":Acosh": "f",
    ":Add": "n:1 n:1",
    ":AffineGrid": "f i",
    ":And": "b:1 b:1",
    ":ArgMax": "n",
    ":ArgMin": "n",
    ":Asin": "f",
    ":Asinh": "f",
    ":Atan": "f",
    ":Atanh": "f",
    ":Attention": "f:1 f:1 f:2 a f:1 f:2 i",
    ":AveragePool": "f",
    ":BatchNormalization": "f f:1 f:1 f:2 f:2",
    ":Bernoulli": "f",
    ":BitShift": "i:1 i:1",
    ":BitwiseAnd": "i:1 i:1",
    ":BitwiseNot": "i",
    ":BitwiseOr": "i:1 i:1",
    ":BitwiseXor": "i:1 i:1",
    ":BlackmanWindow": "i",
    ":CausalConvWithState": "f:1 f:1 f:1 f:1",
    ":Ceil": "f",
    ":Celu": "f",
    ":CenterCropPad": "a i",
    ":Clip": "n:1 n:1 n:1",
    ":Col2Im": "a i i",
    ":Compress": "a b",
    ":Concat": "a:1...",
    ":ConstantOfShape": "i",
    ":Conv": "f:1 f:1 f:1",
    ":ConvInteger": "byte:1 byte:2 byte:1 byte:2",
    ":ConvTranspose": "f:1 f:1 f:1",
    ":Cos": "f",
    ":Cosh": "f",
    ":CumProd": "n i",
    ":CumSum": "n i",
    ":DFT": "f i i",
    ":DeformConv": "f:1 f:1 f:1 f:1 f:1",
    ":DequantizeLinear": "a:1 f a:1",
    ":Det": "f",
    ":Div": "n:1 n:1",
    ":Dropout": "f f b",
    ":DynamicQuantizeLinear": "f",
    ":Einsum": "n:1...",
    ":Elu": "f",
    ":Equal": "a:1 a:1",
    ":Erf": "n",
    ":Exp": "f",
    ":Expand": "a i",
    ":Floor": "f",
    ":GRU": "f:1 f:1 f:1 f:1 i32 f:1",
    ":Gather": "a i",
    ":GatherElements": "a i",
    ":GatherND": "a i",
    ":Gelu": "f",
    ":Gemm": "n:1 n:1 n:1",
    ":GlobalAveragePool": "f",
    ":GlobalLpPool": "f",
    ":GlobalMaxPool": "f",
    ":Greater": "n:1 n:1",
    ":GreaterOrEqual": "n:1 n:1",
    ":GridSample": "a f",
    ":GroupNormalization": "f:1 f:1 f:1",
    ":HammingWindow": "i",
    ":HannWindow": "i",
    ":HardSigmoid": "f",
    ":HardSwish": "f",
    ":Hardmax": "f",
    ":If": "b",
    ":InstanceNormalization": "f:1 f:1 f:1",
    ":IsInf": "f",
    ":IsNaN": "f",
    ":LRN": "f",
    ":LSTM": "f:1 f:1 f:1 f:1 i32 f:1 f:1 f:1",
    ":LayerNormalization": "f:1 f:1 f:1",
    ":LeakyRelu": "f",
    ":Less": "n:1 n:1",
    ":LessOrEqual": "n:1 n:1",
    ":LinearAttention": "f:1 f:1 f:1 f f:1 f:1",
    ":Log": "f",
    ":LogSoftmax": "f",
    ":LpNormalization": "f",
    ":LpPool": "f",
    ":MatMul": "n:1 n:1",
    ":MatMulInteger": "byte:1 byte:2 byte:1 byte:2",
    ":Max": "n:1...",
    ":MaxPool": "n",
    ":MaxRoiPool": "f:1 f:1",
    ":MaxUnpool": "f i:1 i:1",
    ":Mean": "f:1...",
    ":MeanVarianceNormalization": "f",
    ":MelWeightMatrix": "i:1 i:1 i:1 f:2 f:2",
    ":Min": "n:1...",
    ":Mish": "f",
    ":Mod": "n:1 n:1",
    ":Mul": "n:1 n:1",
    ":Multinomial": "f",
    ":Neg": "n",
    ":NegativeLogLikelihoodLoss": "f:1 i f:1",
    ":NonMaxSuppression": "f f i f f",
    ":Not": "b",
    ":OneHot": "n n a",
    ":Or": "b:1 b:1",
    ":PRelu": "n:1 n:1",
    ":Pad": "a:1 i a:1 i",
    ":Pow": "n n",
    ":QLinearConv": "byte:1 f byte:1 byte:2 f byte:2 f byte i32",
    ":QLinearMatMul": "byte:1 f:2 byte:1 byte:3 f:2 byte:3 f:2 byte",
    ":QuantizeLinear": "n n a",
    ":RMSNormalization": "f f",
    ":RNN": "f:1 f:1 f:1 f:1 i32 f:1",
    ":Range": "n:1 n:1 n:1",
    ":Reciprocal": "f",
    ":ReduceL1": "n i",
    ":ReduceL2": "n i",
    ":ReduceLogSum": "n i",
    ":ReduceLogSumExp": "n i",
    ":ReduceMax": "a i",
    ":ReduceMean": "n i",
    ":ReduceMin": "a i",
    ":ReduceProd": "n i",
    ":ReduceSum": "n i",
    ":ReduceSumSquare": "n i",
    ":Relu": "n",
    ":Reshape": "a i",
    ":Resize": "a f f i",
    ":ReverseSequence": "a i",
    ":RoiAlign": "f:1 f:1 i",
    ":RotaryEmbedding": "f:1 f:1 f:1 i",
    ":Round": "f",
    ":STFT": "f:1 i:2 f:1 i:2",
    ":Scatter": "a:1 i a:1",
    ":ScatterElements": "a:1 i a:1",
    ":ScatterND": "a:1 i a:1",
    ":Selu": "f",
    ":SequenceConstruct": "a:1...",
    ":Shrink": "n",
    ":Sigmoid": "f",
    ":Sign": "n",
    ":SimplifiedLayerNormalization": "f f",
    ":Sin": "f",
    ":Sinh": "f",
    ":Slice": "a i:1 i:1 i:1 i:1",
    ":Softmax": "f",
    ":SoftmaxCrossEntropyLoss": "f:1 i f:1",
    ":Softplus": "f",
    ":Softsign": "f",
    ":Split": "a n",
    ":SplitToSequence": "a i",
    ":Sqrt": "f",
    ":Squeeze": "a i",
    ":StringConcat": "a:1 a:1",
    ":Sub": "n:1 n:1",
    ":Sum": "f:1...",
    ":SwiGLU": "f:1 f:1",
    ":Swish": "f",
    ":Tan": "f",
    ":Tanh": "f",
    ":TensorScatter": "a:1 a:1 i",
    ":ThresholdedRelu": "f",
    ":Tile": "a n",
    ":TopK": "n i",
    ":Trilu": "a i",
    ":Unsqueeze": "a i",
    ":Upsample": "a f",
    ":Where": "b a:1 a:1",
    ":Xor": "b:1 b:1",
    "ai.onnx.ml:ArrayFeatureExtractor": "a i",
    "ai.onnx.ml:Binarizer": "n",
    "ai.onnx.ml:FeatureVectorizer": "n:1...",
    "ai.onnx.ml:Imputer": "n",
    "ai.onnx.ml:LinearClassifier": "n",
    "ai.onnx.ml:LinearRegressor": "n",
    "ai.onnx.ml:Normalizer": "n",
    "ai.onnx.ml:SVMClassifier": "n",
    "ai.onnx.ml:SVMRegressor": "n",
    "ai.onnx.ml:Scaler": "n",
    "ai.onnx.ml:TreeEnsemble": "f",
    "ai.onnx.ml:TreeEnsembleClassifier": "n",
    "ai.onnx.ml:TreeEnsembleRegressor": "n",
    "ai.onnx.ml:ZipMap": "f",
    "ai.onnx.preview:FlexAttention": "f:1 f:1 f:1",
    "ai.onnx.preview.training:Adagrad": "f i f...",
    "ai.onnx.preview.training:Adam": "f i f...",
    "ai.onnx.preview.training:Momentum": "f i f...",
    "com.microsoft:Attention": "f:1 f:1 f:1 i32:2 f:1 f:1 i32:2",
    "com.microsoft:BiasAdd": "f:1 f:1 f:1",
    "com.microsoft:BiasDropout": "f:1 f:1 f:1 f b",
    "com.microsoft:BiasGelu": "f:1 f:1",
    "com.microsoft:BiasSoftmax": "f:1 f:1",
    "com.microsoft:BiasSplitGelu": "f:1 f:1",
    "com.microsoft:DequantizeLinear": "a:1 f a:1",
    "com.microsoft:DynamicQuantizeLSTM": "f:1 byte:2 byte:2 f:1 i32 f:1 f:1 f:1 f:1 byte:2 f:1 byte:2",
    "com.microsoft:DynamicQuantizeMatMul": "f:1 byte:2 f:1 byte:2 f:1",
    "com.microsoft:EmbedLayerNormalization": "i32:1 i32:1 f:2 f:2 f:2 f:2 f:2 i32:1 i32:1",
    "com.microsoft:FastGelu": "f:1 f:1",
    "com.microsoft:FusedConv": "f:1 f:1 f:1 f:1",
    "com.microsoft:FusedGemm": "n:1 n:1 n:1",
    "com.microsoft:FusedMatMul": "f:1 f:1",
    "com.microsoft:GatherBlockQuantized": "a:1 i f a:1",
    "com.microsoft:GatherND": "a i",
    "com.microsoft:Gelu": "f",
    "com.microsoft:GridSample": "a:1 a:1",
    "com.microsoft:GroupNorm": "f f:1 f:1",
    "com.microsoft:GroupQueryAttention": "f:1 f:1 f:1 n:2 n:2 i32:3 i32:3 f:1 f:1 i f:1 f:1 f:4 f:4 f:1 f:1",
    "com.microsoft:MatMulIntegerToFloat": "byte:1 byte:2 f:3 f:3 byte:1 byte:2 f:3",
    "com.microsoft:MatMulNBits": "f:1 byte f:1 n i32 f:1",
    "com.microsoft:MultiHeadAttention": "f:1 f:1 f:1 f:1 i32:2 f:1 f:1 f:1 i32:2 i32:2",
    "com.microsoft:NhwcFusedConv": "f:1 f:1 f:1 f:1",
    "com.microsoft:NhwcMaxPool": "byte",
    "com.microsoft:QAttention": "byte:1 byte:2 f:3 f:3 f:3 i32 byte:1 byte:2 f:3",
    "com.microsoft:QEmbedLayerNormalization":
      "i32:1 i32:1 byte:2 byte:2 byte:2 byte:2 byte:2 i32:1 f:3 f:3 f:3 f:3 f:3 byte:2 byte:2 byte:2 "
      + "byte:2 byte:2",
    "com.microsoft:QGemm": "byte:1 f:2 byte:1 byte:3 f:2 byte:3 i32 f:2 byte",
    "com.microsoft:QLinearAdd": "byte:1 f byte:1 byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearAveragePool": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearConcat": "f byte n...",
    "com.microsoft:QLinearConv": "byte:1 f byte:1 byte:2 f byte:2 f byte i32",
    "com.microsoft:QLinearGlobalAveragePool": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearLeakyRelu": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearMul": "byte:1 f byte:1 byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearReduceMean": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearSigmoid": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearSoftmax": "byte:1 f byte:1 f byte:1",
    "com.microsoft:QLinearWhere": "b byte:1 f:2 byte:1 byte:1 f:2 byte:1 f:2 byte:1",
    "com.microsoft:QuantizeLinear": "f:1 f:1 a",
    "com.microsoft:QuickGelu": "f",
    "com.microsoft:RotaryEmbedding": "f:1 i f:1 f:1",
    "com.microsoft:SkipGroupNorm": "f:1 f:2 f:2 f:1 f:1",
    "com.microsoft:SkipLayerNormalization": "f:1 f:1 f:1 f:1 f:1",
    "com.microsoft:SkipSimplifiedLayerNormalization": "f:1 f:1 f:1 f:1",
    "com.microsoft:TransposeMatMul": "f:1 f:1",
    "com.microsoft:Trilu": "a i",
  ]
}
