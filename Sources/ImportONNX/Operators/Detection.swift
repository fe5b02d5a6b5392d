import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `NonMaxSuppression`: as many rounds on the host as boxes may be chosen; each takes the best box left of every batch and class at once.
let lowerNonMaxSuppression: Lowering = { node throws(Diagnostic) in
  let boxes = try node.input(0, ranks: 3...3), scores = try node.input(1, ranks: 3...3)
  try node.requireSameType([boxes, scores])
  let graph = node.graph
  let type = boxes.elementType
  func number(_ i: Int) throws(Diagnostic) -> GraphTensor? {
    guard let given = node.optionalInput(i) else { return nil }
    let tensor = given.rank == 1 && given.knownCount == nil ? node.settled(given, axis: 0, to: 1) ?? given : given
    guard tensor.knownCount == 1 else { throw .wrongShape(node, tensor, "one number") }
    try node.requireSameType([boxes, tensor])
    return graph.reshape(tensor, to: [])
  }
  let (batches, classes, count) = (scores.shape[0], scores.shape[1], scores.shape[2])
  guard graph.unify(count, boxes.shape[1], "the numbers of boxes and scores of '\(node.label)'") != nil else {
    throw .shapesDisagree(node, boxes, scores, "the numbers of boxes differ")
  }
  try node.requireShape(boxes, [batches, count, IndexExpression(4)])
  let limit = node.optionalInput(2) == nil ? IndexExpression.zero : try node.hostNumber(2) ?? .zero
  let rounds = node.indices.maximum(.zero, node.indices.minimum(limit, count))
  let overlapLimit = try number(3) ?? graph.constantScalar(0, type), scoreLimit = try number(4)
  let shape = [batches, classes, count]
  let all: [Int?] = [0, 1, 2]

  // What is not a candidate has the score -infinity.
  let candidates = graph.map(
    [Operand(scores, all)] + (scoreLimit.map { [Operand($0, [])] } ?? []), shape: shape, type
  ) { b, e in
    let s = Scalars(b, type)
    return e.count == 1 ? e[0] : s.select(s.compare(.greater, e[0], e[1]), e[0], s.constant(-.infinity))
  }
  let geometry = BoxGeometry(boxes, isCentred: node.flag("center_point_box"), graph)
  let chosen = graph.generate([batches, classes, rounds], .i64) { b, _ in b.constant64(-1) }
  let final = try graph.loop(rounds, carrying: [candidates, chosen]) { (round, state) throws(Diagnostic) in
    let left = state[0]
    let best = graph.reduceAxes(left, [2], type, initial: -.infinity, combine: { $0.maximum($1, $2) })
    let pair = graph.reduce(
      [Operand(left, all), Operand(best, [0, 1])], loops: 3, output: [0, 1], shape: [batches, classes], .i64, initial: .infinity
    ) { b, e, least in
      let s = Scalars(b, type)
      let isBest = b.and(s.compare(.equal, e[0], e[1]), s.compare(.greater, e[1], s.constant(-.infinity)))
      return b.binary("arith.minsi", least, b.select(isBest, b.i64(b.position(2)), b.constant64(Int.max)))
    }
    let winner = graph.map([Operand(pair, [0, 1])], shape: [batches, classes], .i64) { b, e in
      b.select(b.compare(.equal, e[0], b.constant64(Int.max)), b.constant64(-1), e[0])
    }
    let next = graph.map([Operand(left, all), Operand(winner, [0, 1]), Operand(overlapLimit, [])], shape: shape, type) { b, e in
      let s = Scalars(b, type)
      let hasWinner = b.compare(.greaterOrEqual, e[1], b.constant64(0))
      let other = b.asIndex(b.binary("arith.maxsi", e[1], b.constant64(0)))
      let overlap = geometry.overlap(s, batch: b.position(0), b.position(2), other)
      let isItself = b.compare(.equal, b.position(2), other)
      let isOut = b.and(hasWinner, b.binary("arith.ori", isItself, s.compare(.greater, overlap, e[2])))
      return s.select(isOut, s.constant(-.infinity), e[0])
    }
    let place = graph.index(round)
    let record = graph.map([Operand(state[1], all), Operand(winner, [0, 1])], shape: state[1].shape, .i64) { b, e in
      b.select(b.compare(.equal, b.position(2), place), e[1], e[0])
    }
    return [next, record]
  }
  let flat = graph.reshape(final[1], to: [batches * classes * rounds])
  let mask = graph.map([Operand(flat, [0])], shape: flat.shape, .bool) { b, e in b.compare(.greaterOrEqual, e[0], b.constant64(0)) }
  let places = try graph.truePositions(mask)
  let (list, source) = (graph.value(places), graph.value(flat))
  let (classCount, roundCount) = (graph.index(classes), graph.index(rounds))
  return [
    graph.generate([places.shape[0], IndexExpression(3)], .i64) { b, p in
      let place = b.asIndex(b.element(list, [p[0]]))
      let line = b.binary("arith.divsi", place, roundCount)
      let batch = b.binary("arith.divsi", line, classCount), group = b.binary("arith.remsi", line, classCount)
      let pair = b.select(b.compare(.equal, p[1], b.index(0)), b.i64(batch), b.i64(group))
      return b.select(b.compare(.equal, p[1], b.index(2)), b.element(source, [place]), pair)
    }
  ]
}

/// Boxes as two corners in any order, or as a centre and sizes.
private struct BoxGeometry {
  let boxes: Value
  let isCentred: Bool

  init(_ boxes: GraphTensor, isCentred: Bool, _ graph: GraphBuilder) {
    self.boxes = graph.value(boxes)
    self.isCentred = isCentred
  }

  /// The least and greatest coordinate along both axes.
  private func edges(_ s: Scalars, _ batch: Value, _ box: Value) -> [(low: Value, high: Value)] {
    let c = (0..<4).map { s.builder.element(boxes, [batch, box, s.builder.index($0)]) }
    return (0..<2).map { axis in
      if isCentred {
        let half = s.divide(c[axis + 2], s.constant(2))
        return (s.subtract(c[axis], half), s.add(c[axis], half))
      }
      return (s.minimum(c[axis], c[axis + 2]), s.maximum(c[axis], c[axis + 2]))
    }
  }

  /// The quotient of intersection and union of two boxes; 0 if either is empty.
  func overlap(_ s: Scalars, batch: Value, _ first: Value, _ second: Value) -> Value {
    let a = edges(s, batch, first), b = edges(s, batch, second)
    func area(_ e: [(low: Value, high: Value)]) -> Value { s.multiply(s.subtract(e[0].high, e[0].low), s.subtract(e[1].high, e[1].low)) }
    let common = (0..<2).map { axis in
      s.maximum(s.subtract(s.minimum(a[axis].high, b[axis].high), s.maximum(a[axis].low, b[axis].low)), s.constant(0))
    }
    let intersection = s.multiply(common[0], common[1])
    let union = s.subtract(s.add(area(a), area(b)), intersection)
    return s.select(s.compare(.greater, union, s.constant(0)), s.divide(intersection, union), s.constant(0))
  }
}
