import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `CenterCropPad`: the middle of a larger tensor, or a smaller one with zeros around it.
let lowerCenterCropPad: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let given = node.integers("axes") ?? Array(0..<x.rank)
  let targets = try node.hostInput(1, count: given.count)
  _ = try node.axes(given, rank: x.rank)
  guard targets.count == given.count, targets.allSatisfy({ ($0.known ?? 0) >= 0 }) else {
    throw .invalidAttribute(node, "shape", "a list of \(targets.count)", expected: "a list of \(given.count) sizes")
  }
  var begins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
  let two = IndexExpression(2), indices = node.indices
  for (target, number) in zip(targets, given) where target != shape[try node.axis(number, rank: x.rank)] {
    let axis = try node.axis(number, rank: x.rank)
    let size = x.shape[axis]
    // Both halves are rounded down, so a plain quotient of the difference will not do.
    begins[axis] = indices.select(
      indices.less(target, size), -indices.floorDivide(size - target, two), indices.floorDivide(target - size, two))
    shape[axis] = target
  }
  return [node.graph.pad(x, begins: begins, shape: shape) { Scalars($0, x.elementType).constant(0) }]
}

/// `Col2Im`: each pixel is the sum of what the blocks that hold it have for it.
let lowerCol2Im: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...3)
  // Each list tells the length of the other, and the rank of the result both.
  let lists = [try node.input(1), try node.input(2)]
  let length = lists.lazy.compactMap(\.knownCount).first ?? node.proto.outputs.first.flatMap(node.walker.declaredRank).map { $0 - 2 }
  guard let count = length else { throw .openList(node, lists[0]) }
  let image = try node.hostInput(1, count: count), block = try node.hostInput(2, count: count)
  guard count >= 1, image.count == count, block.count == count, (image + block).allSatisfy({ ($0.known ?? 1) >= 1 }) else {
    throw .invalidAttribute(node, "block_shape", "a list of \(block.count)", expected: "a list of \(count) positive sizes")
  }
  let strides = try node.integers("strides", count: count, default: 1, in: 1...Windows.limit)
  let dilations = try node.integers("dilations", count: count, default: 1, in: 1...Windows.limit)
  let pads = try node.integers("pads", count: 2 * count, default: 0, in: 0...Windows.limit)
  let graph = node.graph, indices = node.indices
  let places = (0..<count).map { axis -> IndexExpression in
    let room = image[axis] + (pads[axis] + pads[axis + count]) - (block[axis] - 1) * dilations[axis] - 1
    return indices.floorDivide(room, IndexExpression(strides[axis])) + 1
  }
  let channels = indices.floorDivide(x.shape[1], block.product)
  guard graph.unify(places.product, x.shape[2], "the number of blocks of '\(node.label)'") != nil,
    graph.unify(channels * block.product, x.shape[1], "the sizes of blocks of '\(node.label)'") != nil
  else {
    throw .wrongShape(node, x, "[batch, channels * block, blocks]")
  }
  let shape = [x.shape[0], channels] + image
  let source = graph.value(graph.reshape(x, to: [x.shape[0], channels] + block + places))
  let limits = places.map(graph.index)
  let type = x.elementType.accumulator
  let operands = [
    Operand(graph.extent(shape), shape.indices.map { $0 }), Operand(graph.extent(block), (0..<count).map { shape.count + $0 }),
  ]
  let total = graph.reduce(
    operands, loops: shape.count + count, output: Array(shape.indices), shape: shape, type, initial: 0
  ) { b, _, sum in
    let s = Scalars(b, type)
    var isInside = b.constant(.bool(true, b.context))
    let taps = (0..<count).map { b.position(shape.count + $0) }
    let outer = [b.position(0), b.position(1)]
    let starts = (0..<count).map { axis -> Value in
      let shifted = b.plus(b.position(2 + axis), b.index(pads[axis]))
      let start = b.minus(shifted, b.times(taps[axis], b.index(dilations[axis])))
      let stride = b.index(strides[axis])
      let place = strides[axis] == 1 ? start : b.binary("arith.floordivsi", start, stride)
      let isWhole = b.compare(.equal, b.times(place, stride), start)
      let isHere = b.and(b.compare(.greaterOrEqual, place, b.index(0)), b.compare(.less, place, limits[axis]))
      isInside = b.and(isInside, b.and(isWhole, isHere))
      return place
    }
    let value = b.conditional(isInside, type: source.type.element) {
      $0.element(source, outer + taps + starts)
    } else: {
      $0.scalar(0, source.type.element)
    }
    return s.add(sum, s.convert(value, from: x.elementType))
  }
  return [graph.convert(total, to: x.elementType)]
}

/// `AffineGrid`: the places of a regular grid in -1 ... 1 under affine maps.
let lowerAffineGrid: Lowering = { node throws(Diagnostic) in
  let theta = try node.input(0, ranks: 3...3)
  let told = theta.shape[1].known ?? theta.shape[2].known.map { $0 - 1 }
  let size: [IndexExpression]
  if let told { size = try node.hostInput(1, count: told + 2) } else { size = try node.shapeInput(1) }
  let spatial = size.count - 2
  guard theta.elementType.isFloat, spatial >= 1, node.settled(theta, axis: 1, to: spatial) != nil,
    node.settled(theta, axis: 2, to: spatial + 1) != nil,
    let batch = node.graph.unify(theta.shape[0], size[0], "the batch sizes of '\(node.label)'"),
    size.allSatisfy({ ($0.known ?? 0) >= 0 })
  else {
    throw .wrongShape(node, theta, "[batch, n, n + 1] for a size of n + 2 numbers")
  }
  let graph = node.graph, type = theta.elementType.accumulator
  let aligns = node.flag("align_corners")
  let sizes = size.dropFirst(2).map(graph.index)
  let source = graph.value(theta)
  return [
    graph.generate([batch] + size.dropFirst(2) + [IndexExpression(spatial)], theta.elementType) { b, p in
      let s = Scalars(b, type)
      let one = s.constant(1), row = p[spatial + 1]
      func factor(_ column: Int) -> Value { s.convert(b.element(source, [p[0], row, b.index(column)]), from: theta.elementType) }
      var sum = factor(spatial)
      for axis in 0..<spatial {
        let place = s.convert(b.i64(p[axis + 1]), from: .i64), count = s.convert(b.i64(sizes[axis]), from: .i64)
        let steps = aligns ? s.maximum(s.subtract(count, one), one) : count
        let double = s.multiply(place, s.constant(2))
        let unit = s.subtract(s.divide(aligns ? double : s.add(double, one), steps), one)
        // The first column belongs to the last spatial dimension.
        sum = s.add(sum, s.multiply(factor(spatial - 1 - axis), unit))
      }
      return Scalars(b, theta.elementType).convert(sum, from: type)
    }
  ]
}
