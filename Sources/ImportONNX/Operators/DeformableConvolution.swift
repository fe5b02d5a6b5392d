import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `DeformConv`: a convolution that reads between the pixels, at places that are moved by offsets: samples of all windows, then a matrix product.
let lowerDeformConv: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...6), weights = try node.input(1, ranks: x.rank...x.rank)
  let offsets = try node.input(2, ranks: x.rank...x.rank), mask = node.optionalInput(4)
  try node.requireSameType([x, weights, offsets] + [node.optionalInput(3), mask].compactMap { $0 })
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  guard weights.shape.allSatisfy({ (1...Windows.limit).contains($0.known ?? 1) }) else {
    throw .wrongShape(node, weights, "weights of possible sizes")
  }
  let graph = node.graph
  let spatial = x.rank - 2, taps = Array(weights.shape.dropFirst(2)), (filters, channels) = (weights.shape[0], weights.shape[1])
  let groups = node.integer("group", default: 1), perGroup = try node.groupFilters(groups, x, weights)
  let parts = node.integer("offset_group", default: 1)
  guard (1...Windows.limit).contains(parts), let perPart = node.exactQuotient(channels * groups, by: parts, "the channels of '\(x.name)'")
  else {
    throw .invalidAttribute(node, "offset_group", "\(parts)", expected: "a divisor of the channels")
  }
  let windows = try node.windows(Array(x.shape.dropFirst(2)), kernel: taps)
  let batch = x.shape[0], partSize = graph.index(perPart)
  func split(_ tensor: GraphTensor, _ inner: [IndexExpression]) throws(Diagnostic) -> Value {
    guard tensor.rank == 2 + spatial else { throw .wrongRank(node, tensor, expected: 2 + spatial...2 + spatial) }
    guard graph.unify(tensor.shape[0], batch, "the batches of '\(tensor.name)' and '\(x.name)'") != nil else {
      throw .shapesDisagree(node, x, tensor, "the batches must agree")
    }
    let shape = [batch, IndexExpression(parts)] + taps + inner + windows.outputs
    guard graph.unify(tensor.shape[1], Array(shape[1..<2 + spatial + inner.count]).product, "the sizes of '\(tensor.name)'") != nil
    else {
      throw .wrongShape(node, tensor, "numbers for each of \(parts) groups and of the window")
    }
    for (axis, size) in zip(tensor.shape.indices.dropFirst(2), windows.outputs) {
      guard graph.unify(tensor.shape[axis], size, "the sizes of '\(tensor.name)' and the result") != nil else {
        throw .wrongShape(node, tensor, "the spatial sizes of the result")
      }
    }
    return graph.value(graph.reshape(tensor, to: shape))
  }
  let moves = try split(offsets, [IndexExpression(spatial)])
  let factors = try mask.map { (mask) throws(Diagnostic) in try split(mask, []) }
  let type = x.elementType.accumulator
  let sampler = GridSampler(
    source: graph.value(x), sizes: x.shape.dropFirst(2).map(graph.index), type: x.elementType, padding: "zeros", alignsCorners: true)
  let starts = windows.begins.map(graph.index)
  // [batch, channels, window..., outputs...]
  let samples = graph.generate([batch, x.shape[1]] + taps + windows.outputs, x.elementType) { b, p in
    let s = Scalars(b, type)
    let group = parts == 1 ? b.index(0) : b.binary("arith.divui", p[1], partSize)
    let tap = Array(p[2..<2 + spatial]), place = Array(p[(2 + spatial)...])
    let exact = (0..<spatial).map { axis -> Value in
      let start = b.minus(b.times(place[axis], b.index(windows.strides[axis])), starts[axis])
      let whole = b.plus(start, b.times(tap[axis], b.index(windows.dilations[axis])))
      let move = b.element(moves, [p[0], group] + tap + [b.index(axis)] + place)
      return sampler.near(s, s.add(s.convert(b.i64(whole), from: .i64), s.convert(move, from: x.elementType)), axis)
    }
    var value = sampler.interpolate(s, p, exact, [])
    if let factors { value = s.multiply(value, s.convert(b.element(factors, [p[0], group] + tap + place), from: x.elementType)) }
    return Scalars(b, x.elementType).convert(value, from: type)
  }
  let depth = channels * taps.product, area = windows.outputs.product, group = IndexExpression(groups)
  let columns = graph.reshape(samples, to: [batch, group, depth, area])
  let product = graph.contract(
    Operand(columns, [0, 1, 4, 3]), Operand(graph.reshape(weights, to: [group, perGroup, depth]), [1, 2, 4]), loops: 5,
    output: [0, 1, 2, 3], shape: [batch, group, perGroup, area])
  let result = graph.reshape(product, to: [batch, filters] + windows.outputs)
  return [try node.addChannelBias(result, node.optionalInput(3))]
}
