import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `SLICE`: from `begin` on, `size` elements of each dimension; -1 is all that are left.
let lowerSlice: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), begin = try node.hostInput(1), size = try node.hostInput(2), graph = node.graph, indices = node.indices
  guard begin.count == x.rank, size.count == x.rank else {
    throw .shapesDisagree(node, x, try node.input(1), "expected a begin and a size for each dimension")
  }
  var shape: [IndexExpression] = []
  for axis in x.shape.indices {
    let rest = x.shape[axis] - begin[axis]
    let own =
      size[axis].known == -1
      ? rest : size[axis].known != nil ? size[axis] : indices.select(indices.equal(size[axis], IndexExpression(-1)), rest, size[axis])
    let spare = rest - own
    if let start = begin[axis].known, start < 0 { throw .invalidAttribute(node, "begin", "\(start)", expected: "numbers of at least 0") }
    if let known = own.known, known < 0 { throw .invalidAttribute(node, "size", "\(known)", expected: "-1, or numbers of at least 0") }
    if let known = spare.known {
      guard known >= 0 else { throw .wrongShape(node, x, "as many elements in dimension \(axis) as the slice takes") }
    } else {
      graph.requireHere(
        graph.compare(.greaterOrEqual, graph.index(spare), graph.builder.index(0)), "the slice of dimension \(axis) must be inside")
    }
    if begin[axis].known == nil {
      graph.requireHere(
        graph.compare(.greaterOrEqual, graph.index(begin[axis]), graph.builder.index(0)), "the slice must not begin before 0")
    }
    shape.append(own)
  }
  return [node.slice(x, begin, x.shape.map { _ in 1 }, shape)]
}

/// `STRIDED_SLICE`
let lowerStridedSlice: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let plan = try StridedSlice(node, x)
  return [node.graph.reshape(node.slice(x, plan.origins, plan.steps, plan.shape), to: plan.kept)]
}

/// What a strided slice takes of each dimension, by numpy's rules.
private struct StridedSlice {
  private(set) var origins: [IndexExpression] = []
  private(set) var steps: [IndexExpression] = []
  /// The sizes before dimensions are added and taken away.
  private(set) var shape: [IndexExpression] = []
  private(set) var kept: [IndexExpression] = []
  private let node: Node
  private var indices: IndexTable { node.indices }

  init(_ node: Node, _ x: GraphTensor) throws(Diagnostic) {
    self.node = node
    let begin = try node.hostInput(1), end = try node.hostInput(2)
    let strides = node.optionalInput(3) == nil ? begin.map { _ in IndexExpression.one } : try node.hostInput(3)
    guard begin.count == end.count, strides.count == begin.count else {
      throw .shapesDisagree(node, try node.input(1), try node.input(2), "expected bounds of equal number")
    }
    let masks = try ["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"].map { (name) throws(Diagnostic) in
      try node.integer(name)
    }
    func isSet(_ mask: Int, _ i: Int) -> Bool { i < 32 && masks[mask] >> i & 1 == 1 }
    let isOffset = try node.flag("offset")
    // What bounds name no dimension of the input: the ellipsis, and those that are new.
    let named = begin.indices.count { !isSet(2, $0) && !isSet(3, $0) }
    guard named <= x.rank, begin.indices.count(where: { isSet(2, $0) }) <= 1 else {
      throw .wrongShape(node, x, "a dimension for each of \(named) bounds")
    }
    var axis = 0
    for i in begin.indices {
      if isSet(2, i) {
        for _ in 0..<(x.rank - named) {
          keep(x.shape[axis])
          axis += 1
        }
      } else if isSet(3, i) {
        kept.append(.one)
      } else {
        let size = x.shape[axis]
        axis += 1
        if isSet(4, i) {
          try shrink(begin[i], size)
          continue
        }
        guard let step = strides[i].known, step != 0, abs(step) < 1 << 31 else {
          throw .unsupportedForm(node, "has a stride that is 0, or that only the run knows")
        }
        let last = isOffset && !isSet(1, i) ? begin[i] + end[i] : end[i]
        take(size, isSet(0, i) ? nil : begin[i], isSet(1, i) ? nil : last, step)
      }
    }
    while axis < x.rank {
      keep(x.shape[axis])
      axis += 1
    }
  }

  /// A dimension that stays whole.
  private mutating func keep(_ size: IndexExpression) {
    origins.append(.zero)
    steps.append(.one)
    shape.append(size)
    kept.append(size)
  }

  /// A dimension of which one element is taken.
  private mutating func shrink(_ place: IndexExpression, _ size: IndexExpression) throws(Diagnostic) {
    let origin = wrapped(place, size)
    if let known = origin.known, let size = size.known {
      guard known >= 0, known < size else { throw .invalidAttribute(node, "begin", "\(known)", expected: "a place below \(size)") }
    } else {
      let graph = node.graph
      let isInside = graph.builder.and(
        graph.compare(.greaterOrEqual, graph.index(origin), graph.builder.index(0)),
        graph.compare(.less, graph.index(origin), graph.index(size)))
      graph.requireHere(isInside, "the place of the slice must be inside")
    }
    origins.append(origin)
    steps.append(.one)
    shape.append(.one)
  }

  /// A dimension of which every `step`-th element is taken, from `begin` to before `end`; `nil`: from or to the border.
  private mutating func take(_ size: IndexExpression, _ begin: IndexExpression?, _ end: IndexExpression?, _ step: Int) {
    func clamped(_ bound: IndexExpression, _ low: IndexExpression, _ high: IndexExpression) -> IndexExpression {
      if let known = bound.known, known > Int(Int32.max) / 2 { return high }
      return indices.minimum(indices.maximum(wrapped(bound, size), low), high)
    }
    let origin: IndexExpression, distance: IndexExpression
    if step > 0 {
      origin = begin.map { clamped($0, .zero, size) } ?? .zero
      distance = (end.map { clamped($0, .zero, size) } ?? size) - origin
    } else {
      origin = begin.map { clamped($0, IndexExpression(-1), size - 1) } ?? size - 1
      distance = origin - (end.map { clamped($0, IndexExpression(-1), size - 1) } ?? IndexExpression(-1))
    }
    let count = indices.maximum(.zero, indices.ceilDivide(distance, by: abs(step)))
    origins.append(origin)
    steps.append(IndexExpression(step))
    shape.append(count)
    kept.append(count)
  }

  /// A place that counts from the end if it is negative.
  private func wrapped(_ place: IndexExpression, _ size: IndexExpression) -> IndexExpression {
    if let known = place.known { return known < 0 ? size + known : place }
    return indices.select(indices.less(place, .zero), place + size, place)
  }
}

extension Node {
  /// Parts of `x` of the sizes `sizes` along `axis`, one after the other.
  fileprivate func parts(_ x: GraphTensor, _ axis: Int, _ sizes: [IndexExpression]) -> [GraphTensor] {
    var start = IndexExpression.zero
    return sizes.map { size in
      var origins = x.shape.map { _ in IndexExpression.zero }, shape = x.shape
      (origins[axis], shape[axis]) = (start, size)
      start = start + size
      return slice(x, origins, x.shape.map { _ in 1 }, shape)
    }
  }
}

/// `SPLIT`: input 1 in equal parts along the axis that input 0 names.
let lowerSplit: Lowering = { node throws(Diagnostic) in
  let x = try node.input(1, ranks: 1...GraphTensor.rankLimit), axis = try node.axis(node.knownInteger(0), rank: x.rank)
  let count = try node.integer("num_splits")
  guard count >= 1, count <= Windows.limit, count == node.record.outputs.count,
    let size = node.exactQuotient(x.shape[axis], by: count, "the size of axis \(axis) of '\(x.name)'")
  else { throw .wrongShape(node, x, "a size of axis \(axis) that can be split in \(count) outputs") }
  return node.parts(x, axis, Array(repeating: size, count: count))
}

/// `SPLIT_V`: parts of the sizes of input 1, of which one may be -1, along the axis that input 2 names.
let lowerSplitV: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), axis = try node.axis(node.knownInteger(2), rank: x.rank)
  var sizes = try node.knownIntegers(1).map { IndexExpression($0) }
  let open = sizes.indices.filter { sizes[$0].known == -1 }
  guard open.count <= 1, sizes.allSatisfy({ ($0.known ?? 0) >= -1 }), sizes.count == node.record.outputs.count else {
    throw .invalidAttribute(node, "size_splits", "\(sizes.map { $0.known ?? -1 })", expected: "a size for each output")
  }
  if let place = open.first {
    sizes[place] = .zero
    sizes[place] = x.shape[axis] - sizes.reduce(.zero, +)
  }
  guard node.graph.unify(x.shape[axis], sizes.reduce(.zero, +), "the size of axis \(axis) and the sum of the parts") != nil,
    sizes.allSatisfy({ ($0.known ?? 0) >= 0 })
  else { throw .wrongShape(node, x, "a size of axis \(axis) that is the sum of the parts") }
  return node.parts(x, axis, sizes)
}

/// `UNPACK`: the elements along an axis, without it.
let lowerUnpack: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit), axis = try node.axis(node.integer("axis"), rank: x.rank)
  let count = try node.integer("num")
  guard count == node.record.outputs.count, node.graph.unify(x.shape[axis], IndexExpression(count), "the size of axis \(axis)") != nil
  else {
    throw .wrongShape(node, x, "\(count) elements along axis \(axis), as there are outputs")
  }
  var rest = x.shape
  rest.remove(at: axis)
  return node.parts(x, axis, Array(repeating: .one, count: count)).map { node.graph.reshape($0, to: rest) }
}

/// `PACK`: tensors along a new axis.
let lowerPack: Lowering = { node throws(Diagnostic) in
  let tensors = node.inputs.compactMap { $0 }, first = try node.input(0), axis = try node.axis(node.integer("axis"), rank: first.rank + 1)
  for tensor in tensors where tensor.rank != first.rank { throw .shapesDisagree(node, first, tensor, "expected equal ranks") }
  let slices = tensors.map { tensor in
    var shape = tensor.shape
    shape.insert(.one, at: axis)
    let slice = node.graph.reshape(tensor, to: shape)
    return slice === tensor ? tensor : slice
  }
  return [try node.concatenation(slices, axis)]
}

/// `CONCATENATION`
let lowerConcatenation: Lowering = { node throws(Diagnostic) in
  let tensors = node.inputs.compactMap { $0 }, first = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let axis = try node.axis(node.integer("axis"), rank: first.rank)
  return [try node.activated(try node.concatenation(tensors, axis))]
}
