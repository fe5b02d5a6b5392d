import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `DynamicQuantizeLSTM`: an `LSTM` whose weights are bytes, and whose inputs and states are rounded to bytes, each tensor by its own range.
///
/// Products of rounded numbers are those of the bytes, scaled; so this is an LSTM on what the bytes stand for. Where the steps are a loop on the
/// host, and of all inputs, the bytes are multiplied; the kernel of all steps takes weights of a few states as what they stand for.
let lowerDynamicQuantizeLSTM: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...3)
  guard x.elementType == .f32 else { throw .wrongType(node, x, expected: "f32") }
  let inputs = try RecurrentBytes(node, 1, scale: 8), states = try RecurrentBytes(node, 2, scale: 10)
  let operands = [
    node.roundedToBytes(x), inputs.all(node), states.all(node), node.optionalInput(3), node.optionalInput(4), node.optionalInput(5),
    node.optionalInput(6), node.optionalInput(7),
  ]
  return try RecurrentLayer(node.with(inputs: operands), .lstm, bytes: (inputs, states)).results()
}

/// Weights of a recurrent layer as bytes, with the scale and the zero point of each direction, or of each gate of it.
struct RecurrentBytes {
  /// [directions, gates, inputs]
  private let source: GraphTensor
  /// [directions] or [directions, gates]
  private let scale: GraphTensor, zeroPoint: GraphTensor?

  /// The bytes [directions, inputs, gates] in input `i`; the scale is input `scale`, the zero point stands behind it.
  fileprivate init(_ node: Node, _ i: Int, scale: Int) throws(Diagnostic) {
    let bytes = try node.input(i, ranks: 3...3)
    guard bytes.elementType == .i8 || bytes.elementType == .u8 else { throw .wrongType(node, bytes, expected: "i8 or u8") }
    func checked(_ tensor: GraphTensor) throws(Diagnostic) -> GraphTensor {
      if tensor.rank == 1, let size = node.graph.unify(tensor.shape[0], bytes.shape[0], "the directions of '\(tensor.name)'") {
        return node.graph.reshape(tensor, to: [size])
      }
      try node.requireShape(tensor, [bytes.shape[0], bytes.shape[2]])
      return tensor
    }
    let factors = try node.input(scale), zero = node.optionalInput(scale + 1)
    try node.require(factors, .float)
    if let zero { try node.requireSameType([bytes, zero]) }
    self.scale = try checked(factors)
    zeroPoint = try zero.map { (zero) throws(Diagnostic) in try checked(zero) }
    source = node.transpose(bytes, [0, 2, 1])
    source.name = bytes.name
  }

  /// What all of them stand for.
  fileprivate func all(_ node: Node) -> GraphTensor {
    let operands = [scale, zeroPoint].compactMap { $0 }.map { Operand($0, $0.rank == 1 ? [0] : [0, 1]) }
    let whole = Quantized(source: source, scale: scale, zeroPoint: zeroPoint, axis: nil)
    let result = node.graph.dequantize(whole, operands, scale.elementType)
    (result.quantized, result.name) = (nil, source.name)
    return result
  }

  /// What those of direction `d` stand for, [gates, inputs].
  func weights(_ d: Int, _ node: Node) -> GraphTensor {
    func part(_ tensor: GraphTensor) -> GraphTensor {
      let sizes = [.one] + tensor.shape.dropFirst()
      let slice = node.slice(tensor, [IndexExpression(d)] + sizes.dropFirst().map { _ in .zero }, sizes.map { _ in 1 }, sizes)
      return node.graph.reshape(slice, to: Array(sizes.dropFirst()))
    }
    let bytes = part(source), factors = part(scale), zero = zeroPoint.map(part)
    bytes.name = source.name
    let operands = [factors, zero].compactMap { $0 }.map { Operand($0, $0.rank == 0 ? [] : [0]) }
    let rule = Quantized(source: bytes, scale: factors, zeroPoint: zero, axis: factors.rank == 0 ? nil : 0)
    return node.graph.dequantize(rule, operands, factors.elementType)
  }
}

extension Node {
  /// The f32 `x` rounded to 256 numbers between its least and its greatest, 0 among them.
  func roundedToBytes(_ x: GraphTensor) -> GraphTensor {
    let (bytes, scale, zero) = dynamicBytes(x)
    let rounded = graph.map(
      [Operand(bytes, x.shape.indices.map { $0 }), Operand(scale, []), Operand(zero, [])], shape: x.shape, .f32
    ) { builder, e in
      let s = Scalars(builder, .f32)
      return s.multiply(s.subtract(s.convert(e[0], from: .u8), s.convert(e[2], from: .u8)), e[1])
    }
    (rounded.name, rounded.quantized) = (x.name, Quantized(source: bytes, scale: scale, zeroPoint: zero, axis: nil))
    return rounded
  }
}
