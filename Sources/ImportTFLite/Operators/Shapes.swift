import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The integers of input `i` of any rank, on the host.
  func flatHostInput(_ i: Int) throws(Diagnostic) -> [IndexExpression] {
    let tensor = try input(i)
    return try hostElements(graph.reshape(tensor, to: [tensor.shape.product]))
  }

  /// Sizes that a shape-like operand gives, checked as far as they are known.
  func sizes(_ list: [IndexExpression]) throws(Diagnostic) -> [IndexExpression] {
    guard list.count <= GraphTensor.rankLimit, list.allSatisfy({ ($0.known ?? 0) >= 0 }) else {
      throw .impossibleShape(self, "\(list.map { $0.known ?? -1 })")
    }
    return list
  }
}

/// `RESHAPE`: to the sizes of input 1, or of the options; -1 takes what is left.
let lowerReshape: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), indices = node.indices
  let wanted: [IndexExpression]
  if let sizes = node.optionalInput(1), sizes.rank <= 1, sizes.elementType.isInteger, !node.isOpenList(sizes) {
    wanted = try node.flatHostInput(1)
  } else if let list = try node.integers("new_shape") {
    // Files of old writers have a list of one 0 for a scalar.
    wanted = list == [0] && x.knownCount == 1 ? [] : list.map { IndexExpression($0) }
  } else {
    throw .missingInput(node, 1)
  }
  var shape = wanted
  let total = x.shape.product
  let open = wanted.indices.filter {
    wanted[$0].known == -1 || (wanted[$0].known == nil && !indices.isOrdered(.zero, notAbove: wanted[$0]))
  }
  guard open.count(where: { wanted[$0].known == -1 }) <= 1, wanted.allSatisfy({ ($0.known ?? 0) >= -1 }) else {
    throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })")
  }
  if let place = open.first, wanted[place].known == -1 {
    shape[place] = .one
    let rest = shape.product
    if rest.known == 0 { throw .impossibleShape(node, "\(wanted.map { $0.known ?? -2 })") }
    shape[place] = node.quotient(x.shape, shape, place)
  } else if !open.isEmpty {
    // Only the run knows which size is -1.
    let rest = indices.truncatingDivide(total, -wanted.product)
    for place in open { shape[place] = indices.select(indices.equal(wanted[place], IndexExpression(-1)), rest, wanted[place]) }
  }
  shape = try node.sizes(shape)
  let product = shape.product
  if product.known != nil && total.known != nil && product != total || product.differsByFactor(from: total) {
    let text = shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", ")
    throw .wrongShape(node, x, "as many elements as [\(text)] has")
  }
  if product != total, x.host == nil {
    node.graph.require(
      node.graph.compare(.equal, node.graph.index(product), node.graph.index(total)), "'\(node.label)' must keep the number of elements")
  }
  return [node.graph.reshape(x, to: shape)]
}

extension Node {
  /// What is left of the elements of `own` for dimension `open` of `shape`. Sizes that both have cancel first, so that it is static where it can.
  fileprivate func quotient(_ own: [IndexExpression], _ shape: [IndexExpression], _ open: Int) -> IndexExpression {
    var mine = own, others = shape
    others.remove(at: open)
    for size in others where size != .zero {
      if let i = mine.firstIndex(of: size), let j = others.firstIndex(of: size) {
        mine.remove(at: i)
        others.remove(at: j)
      }
    }
    return indices.floorDivide(mine.product, others.product)
  }
}

/// `SQUEEZE`: without the dimensions that the options name, or without all of size 1.
let lowerSqueeze: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), given = try node.integers("squeeze_dims") ?? [], rank = node.isComplex(0) ? x.rank - 1 : x.rank
  let axes = given.isEmpty ? (0..<rank).filter { x.shape[$0].known == 1 } : try node.axes(given, rank: rank)
  for axis in axes where node.graph.unify(x.shape[axis], .one, "the size of the squeezed axis \(axis) of '\(x.name)' and 1") == nil {
    throw .wrongShape(node, x, "size 1 in the squeezed axis \(axis)")
  }
  return [node.graph.reshape(x, to: x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })]
}

/// `EXPAND_DIMS`
let lowerExpandDims: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), axis = try node.axis(node.knownInteger(1), rank: x.rank + 1)
  var shape = x.shape
  shape.insert(.one, at: axis)
  return [node.graph.reshape(x, to: shape)]
}

/// `SHAPE`
let lowerShape: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  return [GraphTensor(try node.integerType(0), [IndexExpression(x.rank)], host: x.shape)]
}

/// `RANK`
let lowerRank: Lowering = { node throws(Diagnostic) in [GraphTensor(.i32, [], host: [IndexExpression(try node.input(0).rank)])] }

/// `BROADCAST_TO`
let lowerBroadcastTo: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), shape = try node.sizes(node.hostInput(1))
  guard node.graph.canBroadcast(x, to: shape) else {
    throw .wrongShape(
      node, x, "a shape that can be broadcast to [\(shape.map { $0.known.map(String.init) ?? "?" }.joined(separator: ", "))]")
  }
  return [node.expand(x, to: shape)]
}

/// `BROADCAST_ARGS`: the shape that both are broadcast to.
let lowerBroadcastArgs: Lowering = { node throws(Diagnostic) in
  let a = try node.hostInput(0), b = try node.hostInput(1), rank = max(a.count, b.count)
  var shape: [IndexExpression] = []
  for axis in 0..<rank {
    let sizes = [a, b].map { $0.count < rank - axis ? IndexExpression.one : $0[axis - rank + $0.count] }
    guard let size = node.graph.broadcastSize(sizes[0], sizes[1]) else {
      throw .shapesDisagree(node, try node.input(0), try node.input(1), "these shapes do not broadcast")
    }
    shape.append(size)
  }
  return [GraphTensor(try node.integerType(0), [IndexExpression(rank)], host: shape)]
}

/// `FILL`
let lowerFill: Lowering = { node throws(Diagnostic) in
  let shape = try node.sizes(node.hostInput(0)), value = try node.input(1)
  guard value.knownCount == 1 else { throw .wrongShape(node, value, "one element") }
  return [node.expand(node.graph.reshape(value, to: []), to: shape)]
}

/// `RANGE`: integers are counted on the host.
let lowerRange: Lowering = { node throws(Diagnostic) in
  let bounds = [try node.input(0), try node.input(1), try node.input(2)], graph = node.graph, indices = node.indices
  try node.requireSameType(bounds)
  for tensor in bounds where tensor.knownCount != 1 { throw .wrongShape(node, tensor, "one element") }
  let type = bounds[0].elementType
  if type.isFloat { return [try node.floatRange(bounds.map { graph.reshape($0, to: []) })] }
  let from = try node.flatHostInput(0)[0], to = try node.flatHostInput(1)[0], by = try node.flatHostInput(2)[0]
  guard by.known != 0, by.known != .min else {
    throw .invalidAttribute(node, "delta", "\(by.known ?? 0)", expected: "a number other than 0")
  }
  func count(_ distance: IndexExpression, _ step: IndexExpression) -> IndexExpression {
    indices.maximum(.zero, indices.floorDivide(distance + step - 1, step))
  }
  let length: IndexExpression
  if let step = by.known {
    length = step > 0 ? count(to - from, by) : count(from - to, -by)
  } else {
    graph.require(graph.compare(.notEqual, graph.index(by), graph.index(.zero)), "the step of '\(node.label)' must not be 0")
    length = indices.select(indices.less(by, .zero), count(from - to, -by), count(to - from, by))
  }
  let host = node.hostTensor(type, [length]) {
    by.known.flatMap { step in length.known.map { count in (0..<count).map { from + step &* $0 } } }
  }
  if let host { return [host] }
  let origin = graph.index(from), step = graph.index(by)
  return [
    graph.generate([length], type) { b, position in
      b.value("arith.index_cast", [b.plus(b.times(position[0], step), origin)], type: type.type(b.context))
    }
  ]
}

extension Node {
  /// `RANGE` of floats: their number is computed as a tensor and read back, where it is not known now.
  fileprivate func floatRange(_ bounds: [GraphTensor]) throws(Diagnostic) -> GraphTensor {
    let type = bounds[0].elementType, known = bounds.compactMap(\.knownScalar)
    let size: IndexExpression
    if known.count == 3 {
      let count = ((known[1] - known[0]) / known[2]).rounded(.up)
      guard count.isFinite, count < Double(Type.elementLimit) else { throw .impossibleShape(self, "[\(count)]") }
      size = IndexExpression(Int(max(count, 0)))
    } else {
      let count = graph.map(bounds.map { Operand($0, []) }, shape: [], .i64) { builder, e in
        let s = Scalars(builder, .f32)
        let wide = e.map { s.convert($0, from: type) }
        let steps = s.call("math.ceil", s.call("math.absf", s.divide(s.subtract(wide[1], wide[0]), wide[2])))
        return builder.binary("arith.maxsi", Scalars(builder, .i64).convert(steps, from: .f32), builder.constant64(0))
      }
      size = indices.opaque(graph.builder.asIndex(graph.builder.element(graph.value(count), [])), least: 0)
      graph.require(
        graph.compare(.lessOrEqual, graph.index(size), graph.index(IndexExpression(Type.elementLimit))),
        "the numbers of '\(label)' must be finitely many")
    }
    return graph.map([Operand(bounds[0], []), Operand(bounds[2], [])], shape: [size], type) { builder, e in
      Scalars(builder, type).inWideFloat(e) { s, e in s.add(e[0], s.multiply(s.convert(builder.i64(builder.position(0)), from: .i64), e[1]))
      }
    }
  }
}
