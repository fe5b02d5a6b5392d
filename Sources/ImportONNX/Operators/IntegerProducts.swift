import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Products of quantized tensors, computed in i32.

extension Node {
  /// `x` minus its zero points, one for each element of `axis` or of all other dimensions, in i32.
  private func centred(_ x: GraphTensor, _ zero: GraphTensor?, axis: Int) throws(Diagnostic) -> GraphTensor {
    let all: [Int?] = x.shape.indices.map { $0 }
    var operands = [Operand(x, all)]
    if let zero { operands.append(try perChannel(zero, x, axis: axis)) }
    let result = graph.map(operands, shape: x.shape, .i32) { b, e in
      let s = Scalars(b, .i32)
      let value = s.convert(e[0], from: x.elementType)
      return e.count == 2 ? s.subtract(value, s.convert(e[1], from: zero?.elementType ?? x.elementType)) : value
    }
    result.name = x.name
    return result
  }

  /// Input `i`, which must be bytes.
  private func byteInput(_ i: Int, ranks: ClosedRange<Int>) throws(Diagnostic) -> GraphTensor {
    let x = try input(i, ranks: ranks)
    guard x.elementType == .i8 || x.elementType == .u8 else { throw .wrongType(self, x, expected: "i8 or u8") }
    return x
  }

  /// `tensor`, one number or one for each element of dimension `axis` of `x`, as an operand over the loops of `x`.
  func perChannel(_ tensor: GraphTensor, _ x: GraphTensor, axis: Int) throws(Diagnostic) -> Operand {
    if tensor.rank == 0 || tensor.knownCount == 1 { return Operand(graph.reshape(tensor, to: []), []) }
    if tensor.rank == 1, tensor.knownCount == nil, tensor.shape[0] != x.shape[axis] {
      // One number or one for each element of the axis: only the run knows.
      let column = graph.reshape(tensor, to: tensor.shape + Array(repeating: .one, count: x.rank - axis - 1))
      column.name = tensor.name
      return graph.broadcastOperand(column, to: x.shape)
    }
    if tensor.rank == 1, graph.unify(tensor.shape[0], x.shape[axis], "the size of '\(tensor.name)'") != nil {
      return Operand(tensor, [axis])
    }
    // Zero points of rows are written as columns, those of columns as rows.
    guard tensor.rank == x.rank, tensor.shape.indices.allSatisfy({ tensor.shape[$0].known == 1 || tensor.shape[$0] == x.shape[$0] }) else {
      throw .shapesDisagree(self, x, tensor, "expected one number, or one for each element of dimension \(axis)")
    }
    return graph.broadcastOperand(tensor, to: x.shape)
  }

  fileprivate func integerMatrixProduct(_ a: Int, _ aZero: Int, _ b: Int, _ bZero: Int) throws(Diagnostic) -> GraphTensor {
    let x = try byteInput(a, ranks: 1...GraphTensor.rankLimit), y = try byteInput(b, ranks: 1...GraphTensor.rankLimit)
    let p = optionalInput(aZero), q = optionalInput(bZero)
    try requireSameType([x, p].compactMap { $0 })
    try requireSameType([y, q].compactMap { $0 })
    let isRow = q.map { $0.rank == 1 && $0.shape[0] == y.shape[y.rank - 1] && y.rank == 2 } ?? false
    guard p.map({ $0.knownCount == 1 }) ?? true, q.map({ $0.knownCount == 1 }) ?? true || isRow else {
      // Zero points of rows, or others for each matrix.
      return try matrixProduct(centred(x, p, axis: max(x.rank - 2, 0)), centred(y, q, axis: y.rank - 1))
    }
    return try matrixProduct(x, y, by: integerContraction(p, q))
  }

  fileprivate func integerConvolution(_ x: Int, _ xZero: Int, _ w: Int, _ wZero: Int) throws(Diagnostic) -> GraphTensor {
    let image = try byteInput(x, ranks: 3...GraphTensor.rankLimit), given = try byteInput(w, ranks: image.rank...image.rank)
    let filters = try withKernelShape(given, of: image)
    let p = optionalInput(xZero), q = optionalInput(wZero)
    try requireSameType([image, p].compactMap { $0 })
    try requireSameType([filters, q].compactMap { $0 })
    if let p, p.knownCount != 1 { throw .wrongShape(self, p, "one element") }
    if let q, q.knownCount != 1 {
      guard q.rank == 1, graph.unify(q.shape[0], filters.shape[0], "the size of '\(q.name)' and the filters") != nil else {
        throw .wrongShape(self, q, "one element, or one for each filter")
      }
    }
    let windows = try windows(Array(image.shape.dropFirst(2)), kernel: Array(filters.shape.dropFirst(2)))
    let padded = graph.pad(
      image, begins: [.zero, .zero] + windows.begins, shape: Array(image.shape.prefix(2)) + windows.padded
    ) { graph.filler(p, image.elementType, $0) }
    return try convolve(
      padded, filters, windows.outputs, strides: windows.strides, dilations: windows.dilations,
      groups: integer("group", default: 1), by: integerContraction(p, q))
  }

  /// The contraction of bytes with these zero points: one number, for the second operand also one for each channel.
  private func integerContraction(_ first: GraphTensor?, _ second: GraphTensor?) -> Contraction {
    { [graph] x, y, loops, output, shape in
      let zeros = ZeroPoints(
        first: first.flatMap { graph.channelOperand($0, x, besides: y, output) },
        second: second.flatMap { graph.channelOperand($0, y, besides: x, output) })
      return graph.contractBytes(x, y, zeros, loops: loops, output: output, shape: shape)
    }
  }

  /// The sums `x` in i32 times the product of scales, rounded and moved by the zero point of the result.
  fileprivate func requantize(_ x: GraphTensor, scales: (Int, Int, Int), zeroPoint: Int, columnAxis: Int) throws(Diagnostic) -> GraphTensor
  {
    let first = try input(scales.0), second = try input(scales.1), result = try input(scales.2)
    let rowAxis = max(x.rank - 2, 0)
    var operands = [Operand(x, x.shape.indices.map { $0 })]
    operands.append(try perChannel(first, x, axis: rowAxis))
    operands.append(try perChannel(second, x, axis: columnAxis))
    operands.append(try perChannel(result, x, axis: rowAxis))
    let zero = optionalInput(zeroPoint)
    if let zero { operands.append(try perChannel(zero, x, axis: rowAxis)) }
    let type = zero?.elementType ?? .u8
    return graph.map(operands, shape: x.shape, type) { b, e in
      let s = Scalars(b, .f32)
      func wide(_ value: Value, _ type: ElementType) -> Value { s.convert(value, from: type) }
      let factor = s.divide(s.multiply(wide(e[1], first.elementType), wide(e[2], second.elementType)), wide(e[3], result.elementType))
      return s.quantized(s.multiply(wide(e[0], .i32), factor), zeroPoint: zero == nil ? nil : e[4], type)
    }
  }
}

/// `MatMulInteger`
let lowerMatMulInteger: Lowering = { node throws(Diagnostic) in [try node.integerMatrixProduct(0, 2, 1, 3)] }

/// `ConvInteger`
let lowerConvInteger: Lowering = { node throws(Diagnostic) in [try node.integerConvolution(0, 2, 1, 3)] }

/// `QLinearMatMul`
let lowerQLinearMatMul: Lowering = { node throws(Diagnostic) in
  let sums = try node.integerMatrixProduct(0, 2, 3, 5)
  return [try node.requantize(sums, scales: (1, 4, 6), zeroPoint: 7, columnAxis: max(sums.rank - 1, 0))]
}

/// `QLinearConv`; the bias is of the scale of the products.
let lowerQLinearConv: Lowering = { node throws(Diagnostic) in
  let sums = try node.addChannelBias(try node.integerConvolution(0, 2, 3, 5), node.optionalInput(8))
  return [try node.requantize(sums, scales: (1, 4, 6), zeroPoint: 7, columnAxis: 1)]
}

/// `MatMulIntegerToFloat` of com.microsoft: the product times both scales, plus a bias.
let lowerMatMulIntegerToFloat: Lowering = { node throws(Diagnostic) in
  let sums = try node.integerMatrixProduct(0, 4, 1, 5)
  let first = try node.input(2), second = try node.input(3)
  try node.require(first, .float)
  try node.requireSameType([first, second] + [node.optionalInput(6)].compactMap { $0 })
  let last = max(sums.rank - 1, 0)
  var operands = [Operand(sums, sums.shape.indices.map { $0 })]
  operands.append(try node.perChannel(first, sums, axis: max(sums.rank - 2, 0)))
  operands.append(try node.perChannel(second, sums, axis: last))
  if let bias = node.optionalInput(6) { operands.append(try node.perChannel(bias, sums, axis: last)) }
  return [
    node.graph.map(operands, shape: sums.shape, first.elementType) { b, e in
      let s = Scalars(b, first.elementType)
      let product = s.multiply(s.convert(e[0], from: .i32), s.multiply(e[1], e[2]))
      return e.count == 4 ? s.add(product, e[3]) : product
    }
  ]
}

extension GraphBuilder {
  /// Tensors of at most so many elements are reduced in one go, by one thread.
  private static let smallCount = 1 << 14

  /// The f32 `x` and 0, reduced to one number; large tensors in two steps, of which the first is parallel.
  fileprivate func reduceAll(_ x: GraphTensor, _ combine: (Scalars, Value, Value) -> Value) -> GraphTensor {
    let isSmall = x.shape.product.known.map { $0 <= Self.smallCount } ?? false
    let rows = x.rank < 2 || isSmall ? x : reduceAxes(x, [x.rank - 1], .f32, initial: 0, combine: combine)
    return reduceAxes(rows, Array(0..<rows.rank), .f32, initial: 0, combine: combine)
  }
}

/// `DynamicQuantizeLinear`: to u8 by the range of the elements and 0.
let lowerDynamicQuantizeLinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  guard x.elementType == .f32 else { throw .wrongType(node, x, expected: "f32") }
  let (bytes, scale, zero) = node.dynamicBytes(x)
  return [bytes, scale, zero]
}

extension Node {
  /// The f32 `x` as u8 by the range of its elements and 0, with the scale and the zero point.
  func dynamicBytes(_ x: GraphTensor) -> (bytes: GraphTensor, scale: GraphTensor, zero: GraphTensor) {
    let high = graph.reduceAll(x) { $0.maximum($1, $2) }
    let low = graph.reduceAll(x) { $0.minimum($1, $2) }
    let scale = graph.map([Operand(low, []), Operand(high, [])], shape: [], .f32) { b, e in
      let s = Scalars(b, .f32)
      let range = s.divide(s.subtract(e[1], e[0]), s.constant(255))
      return s.select(s.compare(.equal, range, s.constant(0)), s.constant(1), range)
    }
    let zero = graph.map([Operand(low, []), Operand(scale, [])], shape: [], .u8) { b, e in
      let s = Scalars(b, .f32)
      return s.quantized(s.negate(s.divide(e[0], e[1])), zeroPoint: nil, .u8)
    }
    let bytes = graph.map([Operand(x, x.shape.indices.map { $0 }), Operand(scale, []), Operand(zero, [])], shape: x.shape, .u8) { b, e in
      let s = Scalars(b, .f32)
      return s.quantized(s.divide(e[0], e[1]), zeroPoint: e[2], .u8)
    }
    return (bytes, scale, zero)
  }
}

/// `QLinearAdd`, `QLinearMul` of com.microsoft.
func quantizedBinary(_ body: @escaping @Sendable (Scalars, Value, Value) -> Value) -> Lowering {
  { node throws(Diagnostic) in
    let a = try node.input(0), b = try node.input(3)
    try node.requireSameType([a, b] + [2, 5, 7].compactMap { node.optionalInput($0) })
    for i in [1, 4, 6] { try node.require(try node.input(i), .float) }
    let shape = try node.graph.broadcast([a, b])
    var operands = [a, b].map { node.graph.broadcastOperand($0, to: shape) }
    var kinds: [ElementType] = [a.elementType, b.elementType]
    var places: [Int: Int] = [:]
    for i in [1, 2, 4, 5, 6, 7] {
      guard let tensor = node.optionalInput(i) else { continue }
      guard tensor.knownCount == 1 else { throw .unsupportedForm(node, "quantizes by channel") }
      places[i] = operands.count
      kinds.append(tensor.elementType)
      operands.append(Operand(node.graph.reshape(tensor, to: []), []))
    }
    return [
      node.graph.map(operands, shape: shape, a.elementType) { builder, e in
        let s = Scalars(builder, .f32)
        func number(_ i: Int) -> Value { places[i].map { s.convert(e[$0], from: kinds[$0]) } ?? s.constant(i == 2 || i == 5 ? 0 : 1) }
        func real(_ i: Int, _ scale: Int, _ zero: Int) -> Value {
          s.multiply(s.subtract(s.convert(e[i], from: kinds[i]), number(zero)), number(scale))
        }
        let value = s.divide(body(s, real(0, 1, 2), real(1, 4, 5)), number(6))
        return s.quantized(value, zeroPoint: places[7].map { e[$0] }, a.elementType)
      }
    ]
  }
}
