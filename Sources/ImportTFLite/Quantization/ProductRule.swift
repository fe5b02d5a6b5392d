import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// How a layer forms its sums of products, and what becomes of them: floats, or bytes whose sums are scaled as the default runtime does.
///
/// A sum of bytes is an i32; times `scale of x * scale of w / scale of the result`, in f32, it is rounded to the nearest, halves to even.
struct ProductRule {
  /// The bytes that are multiplied, and what their sums are scaled by.
  private struct Bytes {
    let zeroOfX: GraphTensor?
    let zeroOfWeights: GraphTensor?
    /// One factor, or one for each channel of the result.
    let factors: [Float]
    let zero: Int
    let type: ElementType
    let scale: Float
  }

  let node: Node
  let x: GraphTensor
  let weights: GraphTensor
  private let bias: GraphTensor?
  private let activation: Activation
  private let bytes: Bytes?
  /// The factors of sums of products of 16 and 8 bits, and the scale of the result.
  private let wide: (factors: [WideFactor], scale: Float)?
  private var graph: GraphBuilder { node.graph }

  /// The rule for the inputs `x` and `weights` of a node, and its bias, if it has one. `isReal`: the products are of floats in any case.
  init(_ node: Node, x: Int, weights: Int, bias: Int, activation: Activation, isReal: Bool = false) throws(Diagnostic) {
    self.node = node
    self.activation = activation
    let operands = [try node.input(x), try node.input(weights)]
    let given = node.optionalInput(bias)
    let rules = [node.rule(x), node.rule(weights)]
    if !isReal, let ruleOfX = rules[0], let ruleOfWeights = rules[1], let output = node.outputRecord(0), let rule = output.rule,
      let type = output.type.element, operands.allSatisfy({ OperandClass.byte.contains($0.elementType) }),
      OperandClass.byte.contains(type), ruleOfX.scales.count == 1, rule.scales.count == 1, given.map({ $0.elementType == .i32 }) ?? true,
      [Activation.none, .relu, .reluOfUnit, .relu6].contains(activation)
    {
      let factors = ruleOfWeights.scales.map { ruleOfX.scales[0] * $0 / rule.scales[0] }
      guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw node.diagnostic(.invalidInput, "has scales whose product is not above 0")
      }
      bytes = Bytes(
        zeroOfX: try node.zeroPoints(ruleOfX, operands[0].elementType),
        zeroOfWeights: try node.zeroPoints(ruleOfWeights, operands[1].elementType), factors: factors, zero: rule.zeros.first ?? 0,
        type: type, scale: rule.scales[0])
      (self.x, self.weights, self.bias, wide) = (operands[0], operands[1], given, nil)
      return
    }
    bytes = nil
    if !isReal, let factors = try Self.wideFactors(node, rules, operands), let rule = node.outputRecord(0)?.rule {
      (self.x, self.weights, self.bias, wide) = (operands[0], operands[1], given, (factors, rule.scales[0]))
      return
    }
    wide = nil
    self.x = try node.realInput(x)
    self.weights = try node.realInput(weights)
    self.bias = given == nil ? nil : try node.realInput(bias)
    try node.requireSameType([self.x, self.weights] + (self.bias.map { [$0] } ?? []))
    try node.require(self.x, .float)
  }

  /// The factors of sums, where the operands are of 16 and 8 bits, without zero points; `nil` if they are not.
  private static func wideFactors(_ node: Node, _ rules: [QuantizationRecord?], _ operands: [GraphTensor]) throws(Diagnostic)
    -> [WideFactor]?
  {
    guard let first = rules[0], let second = rules[1], let output = node.outputRecord(0), let rule = output.rule,
      output.type == .element(.i16),
      operands.map(\.elementType) == [.i16, .i8], first.scales.count == 1, rule.scales.count == 1,
      (first.zeros + second.zeros + rule.zeros).allSatisfy({ $0 == 0 })
    else { return nil }
    return try second.scales.map { (scale) throws(Diagnostic) in
      guard let factor = WideFactor(Double(first.scales[0]) * Double(scale) / Double(rule.scales[0])) else {
        throw node.diagnostic(.invalidInput, "has scales whose product is not above 0")
      }
      return factor
    }
  }

  /// What stands around the input.
  func filler(_ builder: Builder) -> Value { graph.filler(bytes?.zeroOfX, x.elementType, builder) }

  /// The sum of products of `a`, made of the input, and `b`, made of the weights.
  func contract(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> GraphTensor {
    if wide != nil { return graph.contractInIntegers(a, b, loops: loops, output: output, shape: shape) }
    guard let bytes else { return graph.contract(a, b, loops: loops, output: output, shape: shape) }
    let zeros = ZeroPoints(
      first: bytes.zeroOfX.flatMap { graph.channelOperand($0, a, besides: b, output) },
      second: bytes.zeroOfWeights.flatMap { graph.channelOperand($0, b, besides: a, output) })
    return graph.contractBytes(a, b, zeros, loops: loops, output: output, shape: shape)
  }

  /// The result of the layer, where `sums` has its channels in the last dimension.
  func finish(_ sums: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let channels = sums.rank - 1, all: [Int?] = sums.shape.indices.map { $0 }
    var operands = [Operand(sums, all)]
    if let bias {
      guard bias.rank == 1 || bias.knownCount == 1,
        graph.unify(bias.shape.product, sums.shape[channels], "the sizes of '\(bias.name)' and of the channels") != nil
      else { throw .shapesDisagree(node, weights, bias, "expected one element a channel") }
      operands.append(Operand(graph.reshape(bias, to: [bias.shape.product]), [channels]))
    }
    if let wide {
      guard wide.factors.count == 1 || sums.shape[channels].known == wide.factors.count else {
        throw .wrongShape(node, weights, "a scale for each of \(wide.factors.count) channels")
      }
      let (least, greatest) = bounds(wide.scale), all = -32768...32767
      let low = least.map { max(all.lowerBound, Int(max($0, -1e9))) } ?? all.lowerBound
      let high = greatest.map { min(all.upperBound, Int(min($0, 1e9))) } ?? all.upperBound
      return node.scaled(sums, operands.count == 2 ? operands[1] : nil, wide.factors, bounds: low...max(low, high))
    }
    guard let bytes else {
      if operands.count == 1, activation == .none { return try node.quantizedResult(sums) }
      let result = graph.map(operands, shape: sums.shape, sums.elementType) { builder, e in
        let s = Scalars(builder, sums.elementType)
        return activation.apply(s, e.count == 2 ? s.add(e[0], e[1]) : e[0])
      }
      return try node.quantizedResult(result)
    }
    guard bytes.factors.count == 1 || sums.shape[channels].known == bytes.factors.count else {
      throw .wrongShape(node, weights, "a scale for each of \(bytes.factors.count) channels")
    }
    let isOne = bytes.factors.count == 1
    operands.append(Operand(node.table(bytes.factors, isOne ? [] : [bytes.factors.count]), isOne ? [] : [channels]))
    let bounds = bounds(bytes.scale)
    return graph.map(operands, shape: sums.shape, bytes.type) { builder, e in
      let integers = Scalars(builder, .i32), s = Scalars(builder, .f32)
      let total = e.count == 3 ? integers.add(e[0], e[1]) : e[0]
      var value = s.multiply(s.convert(total, from: .i32), e[e.count - 1])
      if let least = bounds.least { value = s.maximumNumber(value, s.constant(least)) }
      if let greatest = bounds.greatest { value = s.minimum(value, s.constant(greatest)) }
      let zero = bytes.zero == 0 ? nil : Scalars(builder, bytes.type).constant(Double(bytes.zero))
      return s.quantized(value, zeroPoint: zero, bytes.type)
    }
  }

  /// The bounds that the activation sets, in steps of the result from its zero point.
  private func bounds(_ scale: Float) -> (least: Double?, greatest: Double?) {
    func steps(_ number: Float) -> Double { Double((number / scale).rounded(.toNearestOrEven)) }
    switch activation {
    case .relu: return (0, nil)
    case .relu6: return (0, steps(6))
    case .reluOfUnit: return (steps(-1), steps(1))
    default: return (nil, nil)
    }
  }
}
