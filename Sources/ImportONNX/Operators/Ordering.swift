import Diagnostics
import MLIR

// Sorting as counting: the place of an element is the number of those that come before it. Quadratic in the size of the axis, parallel in all.

extension GraphImporter {
  /// The i64 place of each element of `rows` [outer, n] in its row in order, the greatest first if `descending`; equal ones in order of position.
  func ranks(_ rows: Tensor, descending: Bool) -> Tensor {
    let type = rows.elementType
    return reduce([Operand(rows, [0, 1]), Operand(rows, [0, 2])], loops: 3, output: [0, 1], shape: rows.shape, .i64, initial: 0) {
      b, e, sum in
      let s = Scalars(b, type)
      let isBetter = s.compare(descending ? .greater : .less, e[1], e[0])
      let isTied = b.and(s.compare(.equal, e[1], e[0]), b.compare(.less, b.position(2), b.position(1)))
      let counts = b.binary("arith.ori", isBetter, isTied)
      return b.plus(sum, b.value("arith.extui", [counts], type: .i64(b.context)))
    }
  }

  /// For each row of `ranks` [outer, n], the positions of the elements of the first `count` ranks.
  func order(_ ranks: Tensor, count: IndexExpression) -> Tensor {
    reduce(
      [Operand(ranks, [0, 2]), Operand(extent([count]), [1])], loops: 3, output: [0, 1], shape: [ranks.shape[0], count], .i64, initial: 0
    ) { b, e, best in
      let isHere = b.compare(.equal, e[0], b.i64(b.position(1)))
      return b.binary("arith.maxsi", best, b.select(isHere, b.i64(b.position(2)), b.constant64(0)))
    }
  }
}

/// `TopK`: ranks by counting, then the elements of the first k.
let lowerTopK: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  let axis = try node.axis(node.integer("axis", default: -1), rank: x.rank)
  let k = node.opset < 10 ? IndexExpression(node.integer("k", default: 0)) : try node.hostInput(1).first ?? .zero
  let size = x.shape[axis]
  let importer = node.importer
  if let known = k.known, known < 0 || known > size.known ?? .max {
    throw .invalidAttribute(node, "k", "\(known)", expected: "at most the size of the axis")
  }
  if k.known == nil || size.known == nil {
    importer.require(importer.compare(3, importer.index(k), importer.index(size)), "'\(node.label)' takes more elements than there are")
  }
  // The axis last, all others as one.
  let others = x.shape.indices.filter { $0 != axis }
  let moved = node.transpose(x, others + [axis])
  let outer = others.map { x.shape[$0] }
  let rows = importer.reshape(moved, to: [outer.product, size])
  let order = importer.order(importer.ranks(rows, descending: node.integer("largest", default: 1) != 0), count: k)
  let source = importer.value(rows)
  let values = importer.map([Operand(order, [0, 1])], shape: order.shape, x.elementType) { b, e in
    b.element(source, [b.position(0), b.asIndex(e[0])])
  }
  return [values, order].map { result in
    var inverse = Array(others.indices)
    inverse.insert(others.count, at: axis)
    return node.transpose(importer.reshape(result, to: outer + [k]), inverse)
  }
}

/// `NonZero`: [rank, count]
let lowerNonZero: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  let importer = node.importer
  let mask = importer.convert(importer.reshape(x, to: [x.shape.product]), to: .bool)
  let places = try importer.truePositions(mask)
  if x.rank == 0 { return [importer.reshape(places, to: [.zero, places.shape[0]])] }
  let sizes = x.shape.map(importer.index), source = importer.value(places)
  // Row r of the result: the coordinate along dimension r.
  let rows = x.shape.indices.map { axis -> Tensor in
    let row = importer.generate(places.shape, .i64) { b, p in
      var place = b.asIndex(b.element(source, [p[0]]))
      for later in sizes.indices.reversed() where later > axis { place = b.binary("arith.divsi", place, sizes[later]) }
      if axis > 0 { place = b.binary("arith.remsi", place, sizes[axis]) }
      return b.i64(place)
    }
    return importer.reshape(row, to: [.one] + places.shape)
  }
  return [node.concatenate(rows, 0, [IndexExpression(x.rank), places.shape[0]])]
}

/// `Compress`: the slices for which the condition holds.
let lowerCompress: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0), condition = try node.input(1, ranks: 1...1)
  guard condition.elementType == .bool else { throw .wrongType(node, condition, expected: "bool") }
  let importer = node.importer
  let isFlat = node.integer("axis") == nil
  let x = isFlat ? importer.reshape(given, to: [given.shape.product]) : given
  let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
  return [importer.gather(x, try importer.truePositions(condition), axis: axis)]
}

extension GraphImporter {
  /// The slices of `x` at the positions in the i64 vector `places` of dimension `axis`.
  func gather(_ x: Tensor, _ places: Tensor, axis: Int) -> Tensor {
    var shape = x.shape
    shape[axis] = places.shape[0]
    let source = value(x)
    return map([Operand(places, [axis])], shape: shape, x.elementType) { b, e in
      var read = shape.indices.map(b.position)
      read[axis] = b.asIndex(e[0])
      return b.element(source, read)
    }
  }
}

/// `Unique`, of elements or of slices along an axis: the first of equals are counted, and ordered if that is asked. Quadratic in their number.
let lowerUnique: Lowering = { node throws(Diagnostic) in
  let given = try node.input(0)
  let importer = node.importer
  let axis = try node.integer("axis").map { (axis) throws(Diagnostic) in try node.axis(axis, rank: given.rank) }
  let x = axis == nil ? importer.reshape(given, to: [given.shape.product]) : given
  let along = axis ?? 0
  let count = x.shape[along]
  // [count, elements of a slice]
  let others = x.shape.indices.filter { $0 != along }
  let rows = importer.reshape(node.transpose(x, [along] + others), to: [count, others.map { x.shape[$0] }.product])
  let order = SliceOrder(importer, rows)

  let earlier = order.count { b, isLess, isEqual, _ in b.and(isEqual, b.compare(.less, b.position(1), b.position(0))) }
  let isFirst = importer.map([Operand(earlier, [0])], shape: [count], .bool) { b, e in b.compare(.equal, e[0], b.constant64(0)) }
  var firsts = try importer.truePositions(isFirst)
  let isSorted = node.integer("sorted", default: 1) != 0
  let mask = importer.convert(isFirst, to: .i64)
  // Which of the unique slices comes before one: the number of those that are less, or that occurred before.
  let less = order.count(mask) { b, isLess, _, isUnique in b.and(isLess, isUnique) }
  var inverse = less
  if isSorted {
    let numbers = importer.gather(less, firsts, axis: 0)
    let one = importer.reshape(numbers, to: [.one] + numbers.shape)
    let places = importer.reshape(importer.order(one, count: firsts.shape[0]), to: firsts.shape)
    firsts = importer.gather(firsts, places, axis: 0)
  } else {
    // The running number of the first equal one.
    let running = importer.value(importer.runningCounts(mask))
    let own = order.first()
    inverse = importer.map([Operand(own, [0])], shape: [count], .i64) { b, e in
      b.minus(b.element(running, [b.asIndex(e[0])]), b.constant64(1))
    }
  }
  let equals = order.count { _, _, isEqual, _ in isEqual }
  return [importer.gather(x, firsts, axis: along), firsts, inverse, importer.gather(equals, firsts, axis: 0)]
}

/// Comparisons of all pairs of rows of a matrix.
private struct SliceOrder {
  let importer: GraphImporter
  let rows: Tensor
  /// The first column in which two rows differ; `nil` for rows of one element.
  private var difference: Tensor?
  private var count: IndexExpression { rows.shape[0] }

  init(_ importer: GraphImporter, _ rows: Tensor) {
    (self.importer, self.rows) = (importer, rows)
    guard rows.shape[1].known != 1 else { return }
    let width = importer.index(rows.shape[1])
    let type = rows.elementType
    difference = importer.reduce(
      [Operand(rows, [0, 2]), Operand(rows, [1, 2])], loops: 3, output: [0, 1], shape: [count, count], .i64, initial: .infinity
    ) { b, e, least in
      let isEqual = Scalars(b, type).compare(.equal, e[0], e[1])
      return b.binary("arith.minsi", least, b.i64(b.select(isEqual, width, b.position(2))))
    }
  }

  /// For each row the number of rows that `body` picks, given whether those are less than it, equal to it, and marked.
  func count(_ marks: Tensor? = nil, _ body: (Builder, Value, Value, Value) -> Value) -> Tensor {
    reduce(marks, initial: 0) { b, sum, isLess, isEqual, isMarked in
      b.plus(sum, b.value("arith.extui", [body(b, isLess, isEqual, isMarked)], type: .i64(b.context)))
    }
  }

  /// For each row the first row that is equal to it.
  func first() -> Tensor {
    reduce(nil, initial: .infinity) { b, least, _, isEqual, _ in
      b.binary("arith.minsi", least, b.select(isEqual, b.i64(b.position(1)), b.constant64(Int.max)))
    }
  }

  private func reduce(_ marks: Tensor?, initial: Double, _ body: (Builder, Value, Value, Value, Value) -> Value) -> Tensor {
    let type = rows.elementType
    let column = importer.reshape(rows.shape[1].known == 1 ? rows : importer.extent([count, .one]), to: [count])
    var operands = [Operand(column, [0]), Operand(column, [1])]
    if let difference { operands.append(Operand(difference, [0, 1])) }
    if let marks { operands.append(Operand(marks, [1])) }
    let source = importer.value(rows), width = importer.index(rows.shape[1])
    return importer.reduce(operands, loops: 2, output: [0], shape: [count], .i64, initial: initial) { b, e, total in
      let s = Scalars(b, type)
      var isLess: Value, isEqual: Value
      if difference == nil {
        (isLess, isEqual) = (s.compare(.less, e[1], e[0]), s.compare(.equal, e[1], e[0]))
      } else {
        let place = b.asIndex(e[2])
        isEqual = b.compare(.equal, place, width)
        let at = b.binary("arith.minsi", place, b.minus(width, b.index(1)))
        isLess = s.compare(.less, b.element(source, [b.position(1), at]), b.element(source, [b.position(0), at]))
      }
      let isMarked = marks == nil ? isEqual : b.compare(.notEqual, e[e.count - 1], b.constant64(0))
      return body(b, total, isLess, isEqual, isMarked)
    }
  }
}
