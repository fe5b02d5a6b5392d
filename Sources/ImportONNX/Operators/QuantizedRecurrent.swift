import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `DynamicQuantizeLSTM`: an `LSTM` whose weights are bytes, and whose inputs and states are rounded to bytes, each tensor by its own range.
///
/// Products of rounded numbers are those of the bytes, scaled; so this is an LSTM on what the bytes stand for.
let lowerDynamicQuantizeLSTM: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...3)
  guard x.elementType == .f32 else { throw .wrongType(node, x, expected: "f32") }
  let operands = [
    node.roundedToBytes(x), try node.recurrentWeights(1, scale: 8), try node.recurrentWeights(2, scale: 10), node.optionalInput(3),
    node.optionalInput(4), node.optionalInput(5), node.optionalInput(6), node.optionalInput(7),
  ]
  return try RecurrentLayer(node.with(inputs: operands), .lstm, roundsStates: true).results()
}

extension Node {
  /// The weights in input `i` as `LSTM` has them, [directions, gates, inputs], from bytes [directions, inputs, gates]. The scale in input `scale`
  /// and the zero point behind it are one number for each direction, or for each gate of it.
  fileprivate func recurrentWeights(_ i: Int, scale: Int) throws(Diagnostic) -> GraphTensor {
    let bytes = try input(i, ranks: 3...3)
    func operand(_ tensor: GraphTensor) throws(Diagnostic) -> Operand {
      if tensor.rank == 1, let size = graph.unify(tensor.shape[0], bytes.shape[0], "the directions of '\(tensor.name)'") {
        return Operand(graph.reshape(tensor, to: [size]), [0])
      }
      try requireShape(tensor, [bytes.shape[0], bytes.shape[2]])
      return Operand(tensor, [0, 1])
    }
    let factors = try input(scale), zero = optionalInput(scale + 1)
    try require(factors, .float)
    if let zero { try requireSameType([bytes, zero]) }
    var operands = [Operand(bytes, [0, 2, 1]), try operand(factors)]
    if let zero { operands.append(try operand(zero)) }
    let shape = [bytes.shape[0], bytes.shape[2], bytes.shape[1]]
    let weights = graph.map(operands, shape: shape, factors.elementType) { builder, e in
      let s = Scalars(builder, factors.elementType)
      var value = s.convert(e[0], from: bytes.elementType)
      if e.count == 3 { value = s.subtract(value, s.convert(e[2], from: bytes.elementType)) }
      return s.multiply(value, e[1])
    }
    weights.name = bytes.name
    return weights
  }

  /// The f32 `x` rounded to 256 numbers between its least and its greatest, 0 among them.
  func roundedToBytes(_ x: GraphTensor) -> GraphTensor {
    let (bytes, scale, zero) = dynamicBytes(x)
    let rounded = graph.map(
      [Operand(bytes, x.shape.indices.map { $0 }), Operand(scale, []), Operand(zero, [])], shape: x.shape, .f32
    ) { builder, e in
      let s = Scalars(builder, .f32)
      return s.multiply(s.subtract(s.convert(e[0], from: .u8), s.convert(e[2], from: .u8)), e[1])
    }
    rounded.name = x.name
    return rounded
  }
}
