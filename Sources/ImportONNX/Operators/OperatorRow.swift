import Diagnostics
import Graphs

/// What a table row holds: turns a node into its results.
typealias Lowering = @Sendable (Node) throws(Diagnostic) -> [GraphTensor]

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
  private static let mixers: Set<String> = [
    "CastLike", "Concat", "DequantizeLinear", "GatherBlockQuantized", "Pad", "QuantizeLinear", "Scatter", "ScatterElements", "ScatterND",
    "Where",
  ]

  /// `true` iff operand `i` may be of strings: the lowering moves elements, compares their numbers, or is about strings.
  func takesStrings(_ i: Int) -> Bool {
    takesSequences || Self.stringOperators.contains(name) || (i == 0 && Self.movers.contains(name)) || (i != 1 && name == "Pad")
  }

  /// What takes strings in any place.
  private static let stringOperators: Set<String> = [
    "ArrayFeatureExtractor", "CastLike", "CategoryMapper", "Concat", "Equal", "LabelEncoder", "OneHotEncoder", "RegexFullMatch", "Scatter",
    "ScatterElements", "ScatterND", "StringConcat", "StringNormalizer", "StringSplit", "TfIdfVectorizer", "Unique", "Where",
  ]

  /// `true` iff operand `i` may be a scalar or a vector of one element: it does not matter, or passes to the result.
  func takesOpenRank(_ i: Int) -> Bool { isBroadcasting || name == "Identity" || (i == 1 && name == "CastLike") }

  /// `true` iff the operands are broadcast to the shape of the result.
  var isBroadcasting: Bool { Self.broadcastingOperators.contains(name) }
  private static let broadcastingOperators: Set<String> = [
    "Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max",
    "Mean", "Min", "Mod", "Mul", "Or", "Pow", "Sub", "Sum", "Where", "Xor",
  ]

  init(_ name: String, since: Int = 7, domain: String = "", of operands: OperandClass? = nil, _ lower: @escaping Lowering) {
    self.name = name
    self.domain = domain
    self.since = since
    self.operands = operands
    self.lower = lower
  }
}
