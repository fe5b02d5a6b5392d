import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// The sizes that operand `i` holds.
  private func sizes(_ i: Int) throws(Diagnostic) -> [IndexExpression] {
    let elements = try hostElements(try operand(i))
    for element in elements {
      if let known = element.known, known < 0 { throw .impossibleShape(self, "\(elements.map { $0.known ?? -1 })") }
    }
    return elements
  }

  /// As many numbers of operand `i` as `count`.
  private func numbers(_ i: Int, count: Int) throws(Diagnostic) -> [IndexExpression] {
    let list = try hostElements(try operand(i))
    guard list.count == count else { throw .wrongShape(self, try operand(i), "\(count) numbers") }
    return list
  }

  func dimensionSize() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    return GraphTensor(.i32, [], host: [x.shape[try dimension("dimension", rank: x.rank)]])
  }

  func dynamicReshape() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), shape = try sizes(1)
    let counts = (x.shape.product, shape.product)
    if counts.0 != counts.1 {
      if counts.0.known != nil, counts.1.known != nil { throw .wrongShape(self, x, "as many elements as the new shape has") }
      graph.requireHere(graph.compare(.equal, graph.index(counts.0), graph.index(counts.1)), "the new shape must have as many elements")
    }
    return graph.reshape(x, to: shape)
  }

  func dynamicBroadcast() throws(Diagnostic) -> GraphTensor { try broadcast(try operand(0), "broadcast_dimensions", to: try sizes(1)) }

  func dynamicIota() throws(Diagnostic) -> GraphTensor { try iota(try sizes(0)) }

  func dynamicGather() throws(Diagnostic) -> GraphTensor { try gather(try numbers(2, count: try operand(0).rank)) }

  /// A slice whose starts, limits and strides are operands.
  func dynamicStridedSlice() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0)
    let starts = try numbers(1, count: x.rank), limits = try numbers(2, count: x.rank), strides = try numbers(3, count: x.rank)
    var shape: [IndexExpression] = []
    for axis in 0..<x.rank {
      if let stride = strides[axis].known, stride < 1 { throw .impossibleShape(self, "of stride \(stride)") }
      graph.requireHere(graph.compare(.greaterOrEqual, graph.index(strides[axis]), graph.builder.index(1)), "strides must be positive")
      for (low, high) in [(IndexExpression.zero, starts[axis]), (starts[axis], limits[axis]), (limits[axis], x.shape[axis])]
      where !indices.isAtLeast(0, high - low) {
        graph.requireHere(graph.compare(.lessOrEqual, graph.index(low), graph.index(high)), "the slice must lie within its operand")
      }
      shape.append(indices.floorDivide(limits[axis] - starts[axis] + strides[axis] - 1, strides[axis]))
    }
    return slice(x, starts, strides, shape)
  }

  /// Padding whose amounts are operands.
  func dynamicPad() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), filler = try operand(1)
    guard filler.rank == 0, filler.elementType == x.elementType else {
      throw .operandTypes(self, expected: "a tensor and a scalar of its type")
    }
    let low = try amounts(try numbers(2, count: x.rank)), high = try amounts(try numbers(3, count: x.rank))
    guard let interior = try amounts(try numbers(4, count: x.rank)).known else {
      throw .unsupportedForm(self, "puts padding between elements as the run says")
    }
    guard interior.allSatisfy({ $0 >= 0 }) else { throw .impossibleShape(self, "with padding of \(interior) between elements") }
    return try pad(x, x.shape.indices.map { PaddedDimension(low: low[$0], high: high[$0], interior: interior[$0]) }, filler)
  }

  /// A convolution whose padding is an operand.
  func dynamicConvolution() throws(Diagnostic) -> GraphTensor {
    let padding = try operand(2), count = try operand(0).rank - 2
    guard padding.rank == 2, padding.knownCount == 2 * count else {
      throw .wrongShape(self, padding, "two numbers for each dimension of space")
    }
    let flat = try amounts(try hostElements(graph.reshape(padding, to: [IndexExpression(2 * count)])))
    return try convolution(padding: (0..<flat.count / 2).map { (flat[2 * $0], flat[2 * $0 + 1]) })
  }

  /// Amounts of padding, of which those that are known are possible.
  func amounts(_ list: [IndexExpression]) throws(Diagnostic) -> [IndexExpression] {
    if let wrong = list.lazy.compactMap(\.known).first(where: { $0 < -PaddedDimension.limit || $0 > PaddedDimension.limit }) {
      throw .impossibleShape(self, "with padding of \(wrong)")
    }
    return list
  }
}
