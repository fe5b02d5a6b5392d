import Diagnostics
import MLIR

/// An index read from a tensor, as an index value: negative ones count from the end. Kernels check the range.
private func readIndex(_ builder: Builder, _ element: Value, _ type: ElementType, size: Value) -> Value {
  let index = builder.value(type.isUnsigned ? "arith.index_castui" : "arith.index_cast", [element], type: .index(builder.context))
  let isNegative = builder.compare(.less, index, builder.index(0))
  return builder.select(isNegative, builder.binary("arith.addi", index, size), index)
}

extension Node {
  /// Throws unless `places` are no larger than `x` in any dimension but `axis`; what cannot be told now, the run checks.
  func requireReach(_ places: Tensor, within x: Tensor, besides axis: Int) throws(Diagnostic) {
    for other in x.shape.indices where other != axis && places.shape[other] != x.shape[other] {
      if let own = places.shape[other].known, let size = x.shape[other].known {
        guard own <= size else { throw .shapesDisagree(self, x, places, "the indices have more elements in dimension \(other)") }
        continue
      }
      importer.requireHere(
        importer.compare(.lessOrEqual, importer.index(places.shape[other]), importer.index(x.shape[other])),
        "dimension \(other) of the indices must be no larger than that of '\(x.name)'")
    }
  }

  /// Element type checks of an index tensor.
  fileprivate func requireIndices(_ tensor: Tensor) throws(Diagnostic) {
    guard tensor.elementType.isInteger else { throw .wrongType(self, tensor, expected: "integers") }
  }
}

/// `Gather`
let lowerGather: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  return [try node.gather(x, try node.input(1), axis: try node.axis(node.integer("axis", default: 0), rank: x.rank))]
}

extension Node {
  /// The parts of `x` along `axis` that `places` names.
  func gather(_ x: Tensor, _ places: Tensor, axis: Int) throws(Diagnostic) -> Tensor {
    try requireIndices(places)
    let shape = Array(x.shape[..<axis]) + places.shape + x.shape[(axis + 1)...]
    let rank = places.rank
    if let known = places.host?.known, let size = x.shape[axis].known {
      guard known.allSatisfy({ $0 >= -size && $0 < size }) else {
        throw .shapesDisagree(self, x, places, "the indices \(known) reach outside of the size \(size)")
      }
      let placeSizes = places.sizes
      let host = moveOnHost(x, to: shape) { position in
        let place = known[HostIndex.linear(Array(position[axis..<axis + rank]), placeSizes)]
        return Array(position[..<axis]) + [place < 0 ? place + size : place] + position[(axis + rank)...]
      }
      if let host { return host }
    }
    if let host = places.host, host.count == 1 {  // one index: a slice
      let size = x.shape[axis]
      let index =
        host[0].known.map { $0 < 0 ? size + $0 : host[0] } ?? indices.select(indices.less(host[0], .zero), host[0] + size, host[0])
      var origins = [IndexExpression](repeating: .zero, count: x.rank), sizes = x.shape
      origins[axis] = index
      sizes[axis] = .one
      return importer.reshape(slice(x, origins, x.shape.map { _ in 1 }, sizes), to: shape)
    }
    let size = importer.index(x.shape[axis])
    let source = importer.value(x)
    let loops: [Int?] = (0..<rank).map { axis + $0 }
    return importer.map([Operand(places, loops)], shape: shape, x.elementType) { builder, e in
      let position = shape.indices.map { builder.position($0) }
      let place = readIndex(builder, e[0], places.elementType, size: size)
      return builder.element(source, position[..<axis] + [place] + position[(axis + rank)...])
    }
  }
}

/// `GatherElements`
let lowerGatherElements: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit), places = try node.input(1, ranks: x.rank...x.rank)
  try node.requireIndices(places)
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  try node.requireReach(places, within: x, besides: axis)
  let size = node.importer.index(x.shape[axis])
  let source = node.importer.value(x)
  return [
    node.importer.map([Operand(places, places.shape.indices.map { $0 })], shape: places.shape, x.elementType) { builder, e in
      var position = places.shape.indices.map { builder.position($0) }
      position[axis] = readIndex(builder, e[0], places.elementType, size: size)
      return builder.element(source, position)
    }
  ]
}

/// `GatherND`
let lowerGatherND: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit), given = try node.input(1, ranks: 1...GraphWalker.rankLimit)
  try node.requireIndices(given)
  let batch = node.integer("batch_dims", default: 0)
  // The rank that the model declares of the result tells how many axes the indices are for.
  let rank = node.proto.outputs.first.flatMap(node.walker.declaredRank), last = given.rank - 1
  let places = rank.flatMap { node.settled(given, axis: last, to: last + x.rank - batch - $0) } ?? given
  if places.shape[last].known == nil { throw .openIndices(node, places) }
  guard let depth = places.shape[places.rank - 1].known, depth >= 1, batch >= 0, batch < places.rank, batch + depth <= x.rank else {
    throw .shapesDisagree(node, x, places, "the last dimension of the indices must be the number of axes that they index")
  }
  for axis in 0..<batch
  where node.importer.unify(places.shape[axis], x.shape[axis], "the batches of '\(x.name)' and '\(places.name)'") == nil {
    throw .shapesDisagree(node, x, places, "the sizes of batch dimension \(axis) differ")
  }
  let outer = places.rank - 1
  let shape = Array(places.shape.dropLast()) + x.shape[(batch + depth)...]
  let sizes = (0..<depth).map { node.importer.index(x.shape[batch + $0]) }
  let source = node.importer.value(x), places2 = node.importer.value(places)
  return [
    node.importer.generate(shape, x.elementType) { builder, position in
      let read = (0..<depth).map { i in
        let element = builder.element(places2, position[..<outer] + [builder.index(i)])
        return readIndex(builder, element, places.elementType, size: sizes[i])
      }
      return builder.element(source, position[..<batch] + read + position[outer...])
    }
  ]
}

/// `OneHot`
let lowerOneHot: Lowering = { node throws(Diagnostic) in
  func list(_ i: Int, _ count: Int) throws(Diagnostic) -> Tensor {
    let x = try node.input(i)
    return x.rank == 1 && x.knownCount == nil ? node.settled(x, axis: 0, to: count) ?? x : x
  }
  let places = node.importer.convert(try node.input(0), to: .i64), values = try list(2, 2)
  let depth = try node.hostElements(try node.asInteger(try list(1, 1)))
  guard depth.count == 1, values.rank == 1, values.knownCount == 2 else { throw .unsupportedForm(node, "has no one depth and two values") }
  let axis = try node.axis(node.integer("axis", default: -1), rank: places.rank + 1)
  var shape = places.shape
  shape.insert(depth[0], at: axis)
  let loops: [Int?] = shape.indices.filter { $0 != axis }.map { $0 }
  let size = node.importer.index(depth[0])
  let pair = node.importer.value(values)
  return [
    node.importer.map([Operand(places, loops)], shape: shape, values.elementType) { builder, e in
      let index = builder.value("arith.index_cast", [e[0]], type: .index(builder.context))
      let here = builder.position(axis)
      let isHere = builder.compare(.equal, index, here)
      let hit = builder.binary("arith.ori", isHere, builder.compare(.equal, builder.plus(index, size), here))
      func pick(_ i: Int) -> Value { builder.element(pair, [builder.index(i)]) }
      return builder.select(hit, pick(1), pick(0))
    }
  ]
}

extension Node {
  /// A number that may be a float, as an integer.
  fileprivate func asInteger(_ tensor: Tensor) throws(Diagnostic) -> Tensor {
    guard tensor.elementType.isFloat else { return tensor }
    guard let known = tensor.knownNumbers, tensor.knownCount == known.count, known.allSatisfy({ abs($0) < 0x1p53 }) else {
      return importer.convert(tensor, to: .i64)
    }
    return Tensor(.i64, tensor.shape, host: known.map { IndexExpression(Int($0)) })
  }
}

extension Diagnostic {
  fileprivate static func openIndices(_ node: Node, _ places: Tensor) -> Diagnostic {
    node.diagnostic(
      .unsupported,
      "takes indices from '\(places.name)', whose last size, the number of axes that they index, is not known: the rank of the result must be",
      help: "declare that size, or the shape of the result, with unnamed sizes where they are not known")
  }
}
