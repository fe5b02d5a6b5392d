import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `TRANSPOSE`
let lowerTranspose: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), given = try node.knownIntegers(1)
  let order = given.map { $0 < 0 ? $0 + x.rank : $0 }
  guard order.sorted() == Array(0..<x.rank) else {
    throw .invalidAttribute(node, "perm", "\(given)", expected: "each of \(x.rank) dimensions once")
  }
  return [node.transpose(x, order)]
}

extension Node {
  /// The rows before and after each dimension of `x` that input `i` names, [rank, 2].
  fileprivate func borders(_ i: Int, rank: Int) throws(Diagnostic) -> [(before: IndexExpression, after: IndexExpression)] {
    let list = try flatHostInput(i)
    guard list.count == 2 * rank else { throw .wrongShape(self, try input(i), "two numbers for each of \(rank) dimensions") }
    guard list.allSatisfy({ ($0.known ?? 0) >= 0 && ($0.known ?? 0) <= Type.elementLimit }) else {
      throw .invalidAttribute(self, "paddings", "\(list.map { $0.known ?? -1 })", expected: "numbers of at least 0")
    }
    return (0..<rank).map { (list[2 * $0], list[2 * $0 + 1]) }
  }
}

/// `PAD`, `PADV2`: with zeros, or with the element of input 2.
let lowerPad: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), borders = try node.borders(1, rank: x.rank)
  let shape = zip(x.shape, borders).map { $0 + $1.before + $1.after }
  let filler = node.optionalInput(2)
  if let filler {
    try node.requireSameType([x, filler])
    guard filler.knownCount == 1 else { throw .wrongShape(node, filler, "one element") }
  }
  let zero = try node.rule(0).flatMap { (rule) throws(Diagnostic) in try node.zeroPoints(rule, x.elementType) }
  let element = (filler ?? zero).flatMap { $0.knownScalar == nil ? node.graph.value(node.graph.reshape($0, to: [])) : nil }
  let number = (filler ?? zero)?.knownScalar ?? 0
  return [
    node.graph.pad(x, begins: borders.map(\.before), shape: shape) { b in
      element.map { b.element($0, []) } ?? Scalars(b, x.elementType).constant(number)
    }
  ]
}

/// `MIRROR_PAD`: with the elements in reverse, the border itself not repeated (REFLECT) or repeated (SYMMETRIC).
let lowerMirrorPad: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), borders = try node.borders(1, rank: x.rank), graph = node.graph
  let mode = try node.integer("mode")
  guard mode == 0 || mode == 1 else { throw .invalidAttribute(node, "mode", "\(mode)", expected: "0 (REFLECT) or 1 (SYMMETRIC)") }
  let offset = 1 - mode
  var starts: [Int: (begin: Value, last: Value)] = [:]
  for (axis, border) in borders.enumerated() where border.before != .zero || border.after != .zero {
    for width in [border.before, border.after] {
      let spare = x.shape[axis] - width - offset
      if let known = spare.known, known < 0 { throw .wrongShape(node, x, "enough elements in axis \(axis) to fill its border") }
      if spare.known == nil {
        graph.requireHere(
          graph.compare(.greaterOrEqual, graph.index(spare), graph.builder.index(0)), "the border of axis \(axis) is too wide")
      }
    }
    starts[axis] = (graph.index(border.before), graph.index(x.shape[axis] - 1))
  }
  return [
    node.move(x, to: zip(x.shape, borders).map { $0 + $1.before + $1.after }) { b, position in
      position.indices.map { axis in
        guard let (begin, last) = starts[axis] else { return position[axis] }
        let zero = b.index(0), place = b.minus(position[axis], begin)
        // Mirrored at the first element, or before it.
        let low = b.select(b.compare(.less, place, zero), b.minus(b.index(offset - 1), place), place)
        let high = b.minus(b.plus(b.plus(last, last), b.index(1 - offset)), low)
        let mirrored = b.select(b.compare(.less, last, low), high, low)
        return b.binary("arith.maxsi", b.binary("arith.minsi", mirrored, last), zero)
      }
    }
  ]
}

/// `TILE`: each repeated dimension as (repeat, size): a broadcast and a reshape.
let lowerTile: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), repeats = try node.sizes(node.hostInput(1))
  guard repeats.count == x.rank else { throw .wrongShape(node, try node.input(1), "one number for each of \(x.rank) dimensions") }
  let shape = zip(x.shape, repeats).map { $0 * $1 }
  if let host = node.moveOnHost(x, to: shape, read: { position in position.indices.map { position[$0] % max(x.sizes[$0], 1) } }) {
    return [host]
  }
  var split: [IndexExpression] = [], loops: [Int?] = []
  for axis in x.shape.indices {
    if repeats[axis] != .one { split.append(repeats[axis]) }
    loops.append(split.count)
    split.append(x.shape[axis])
  }
  let repeated = node.graph.map([Operand(x, loops)], shape: split, x.elementType) { $1[0] }
  return [node.graph.reshape(repeated, to: shape)]
}

/// `REVERSE_V2`
let lowerReverse: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), axes = try node.axes(node.knownIntegers(1), rank: x.rank)
  return [axes.reduce(x) { node.flipped($0, axis: $1) }]
}

/// `REVERSE_SEQUENCE`: of each batch so many elements as input 1 says.
let lowerReverseSequence: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit), lengths = try node.input(1, ranks: 1...1)
  let time = try node.axis(node.integer("seq_dim"), rank: x.rank), batch = try node.axis(node.integer("batch_dim"), rank: x.rank)
  try node.requireShape(lengths, [x.shape[batch]])
  let source = node.graph.value(x), steps = node.graph.index(x.shape[time])
  let checked = try node.checked(lengths, .length, from: .zero, below: x.shape[time] + 1), type = checked.elementType
  return [
    node.graph.map([Operand(checked, [batch])], shape: x.shape, x.elementType) { b, e in
      var position = x.shape.indices.map(b.position)
      // A length beyond the sequence must not become a read beyond the tensor.
      let length = b.binary("arith.minsi", b.asIndex(Scalars(b, .i64).convert(e[0], from: type)), steps)
      let back = b.minus(b.minus(length, position[time]), b.index(1))
      position[time] = b.select(b.compare(.less, position[time], length), back, position[time])
      return b.element(source, position)
    }
  ]
}

/// `SPACE_TO_DEPTH`, `DEPTH_TO_SPACE`: a reshape, a transposition, a reshape.
func depthAndSpace(toSpace: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 4...4), block = try node.windowOption("block_size"), b = IndexExpression(block), graph = node.graph
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    if toSpace {
      guard let depth = node.exactQuotient(c, by: block * block, "the channels of '\(x.name)'") else {
        throw .wrongShape(node, x, "a multiple of \(block * block) channels")
      }
      let split = graph.reshape(x, to: [n, h, w, b, b, depth])
      return [graph.reshape(node.transpose(split, [0, 1, 3, 2, 4, 5]), to: [n, h * b, w * b, depth])]
    }
    guard let rows = node.exactQuotient(h, by: block, "the height of '\(x.name)'"),
      let columns = node.exactQuotient(w, by: block, "the width of '\(x.name)'")
    else { throw .wrongShape(node, x, "sizes that are multiples of \(block)") }
    let split = graph.reshape(x, to: [n, rows, b, columns, b, c])
    return [graph.reshape(node.transpose(split, [0, 1, 3, 2, 4, 5]), to: [n, rows, columns, c * (block * block)])]
  }
}

extension Node {
  /// The block sizes of input 1 and the numbers before and after each spatial dimension of input 2.
  fileprivate func blocks(_ x: GraphTensor) throws(Diagnostic) -> (
    sizes: [Int], borders: [(before: IndexExpression, after: IndexExpression)]
  ) {
    let sizes = try knownIntegers(1)
    guard sizes.count < x.rank, sizes.allSatisfy({ $0 >= 1 && $0 <= Windows.limit }) else {
      throw .invalidAttribute(self, "block_shape", "\(sizes)", expected: "a positive size for each spatial dimension")
    }
    return (sizes, try borders(2, rank: sizes.count))
  }
}

/// `SPACE_TO_BATCH_ND`: blocks of the padded input become more of the batch.
let lowerSpaceToBatch: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit / 2), (blocks, borders) = try node.blocks(x), count = blocks.count
  let zero = try node.rule(0).flatMap { (rule) throws(Diagnostic) in try node.zeroPoints(rule, x.elementType) }?.knownScalar ?? 0
  var begins = x.shape.map { _ in IndexExpression.zero }, padded = x.shape, split = [x.shape[0]], outputs: [IndexExpression] = []
  for (i, border) in borders.enumerated() {
    begins[i + 1] = border.before
    padded[i + 1] = x.shape[i + 1] + border.before + border.after
    guard let rows = node.exactQuotient(padded[i + 1], by: blocks[i], "the padded size of dimension \(i + 1)") else {
      throw .wrongShape(node, x, "a padded size of dimension \(i + 1) that is a multiple of \(blocks[i])")
    }
    split += [rows, IndexExpression(blocks[i])]
    outputs.append(rows)
  }
  let wide = node.graph.pad(x, begins: begins, shape: padded) { Scalars($0, x.elementType).constant(zero) }
  let rest = Array(x.shape.dropFirst(count + 1))
  let parts = node.graph.reshape(wide, to: split + rest)
  let order = (0..<count).map { 2 + 2 * $0 } + [0] + (0..<count).map { 1 + 2 * $0 } + rest.indices.map { 1 + 2 * count + $0 }
  let factor = blocks.reduce(1) { $0.multipliedSaturated(by: $1) }
  return [node.graph.reshape(node.transpose(parts, order), to: [x.shape[0] * factor] + outputs + rest)]
}

/// `BATCH_TO_SPACE_ND`: parts of the batch become blocks, of which the borders are cut off.
let lowerBatchToSpace: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit / 2), (blocks, crops) = try node.blocks(x), count = blocks.count
  let factor = blocks.reduce(1) { $0.multipliedSaturated(by: $1) }
  guard let batch = node.exactQuotient(x.shape[0], by: factor, "the batch of '\(x.name)'") else {
    throw .wrongShape(node, x, "a batch that is a multiple of \(factor)")
  }
  let rest = Array(x.shape.dropFirst(count + 1))
  let split = node.graph.reshape(x, to: blocks.map { IndexExpression($0) } + [batch] + x.shape.dropFirst())
  let order = [count] + (0..<count).flatMap { [count + 1 + $0, $0] } + rest.indices.map { 2 * count + 1 + $0 }
  let whole = blocks.indices.map { x.shape[$0 + 1] * blocks[$0] }
  let joined = node.graph.reshape(node.transpose(split, order), to: [batch] + whole + rest)
  let sizes = zip(whole, crops).map { $0 - $1.before - $1.after }
  guard sizes.allSatisfy({ ($0.known ?? 0) >= 0 }) else { throw .wrongShape(node, x, "blocks that are larger than what is cut off") }
  let origins = [.zero] + crops.map(\.before) + rest.map { _ in IndexExpression.zero }
  return [node.slice(joined, origins, joined.shape.map { _ in 1 }, [batch] + sizes + rest)]
}

/// `DYNAMIC_UPDATE_SLICE`: `x` with `update` in it, at a place that is moved so far that it fits.
let lowerDynamicUpdateSlice: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0), update = try node.input(1, ranks: x.rank...x.rank), graph = node.graph
  try node.requireSameType([x, update])
  let starts = try node.hostInput(2)
  guard starts.count == x.rank else { throw .wrongShape(node, try node.input(2), "one number for each of \(x.rank) dimensions") }
  var origins: [Value] = []
  for axis in x.shape.indices {
    let room = x.shape[axis] - update.shape[axis]
    if let known = room.known, known < 0 { throw .shapesDisagree(node, x, update, "the update is larger in dimension \(axis)") }
    if room.known == nil {
      graph.requireHere(graph.compare(.greaterOrEqual, graph.index(room), graph.builder.index(0)), "the update must not be larger")
    }
    origins.append(graph.index(node.indices.maximum(.zero, node.indices.minimum(starts[axis], room))))
  }
  let source = graph.value(update), sizes = update.shape.map(graph.index), all: [Int?] = x.shape.indices.map { $0 }
  return [
    graph.map([Operand(x, all)], shape: x.shape, x.elementType) { b, e in
      let position = x.shape.indices.map(b.position)
      return b.padded(at: position, type: source.type.element) {
        origins[$0]
      } size: {
        sizes[$0]
      } inside: {
        $0.element(source, $1)
      } border: { _ in
        e[0]
      }
    }
  ]
}
