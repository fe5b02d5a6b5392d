import TesseraDiagnostics
import TesseraFlatBuffers
import TesseraGraphs
import TesseraMLIR

/// Boxes as corners [count, 4], of which those are chosen that score best and do not overlap much with better ones.
struct BoxSelection {
  let node: Node
  /// The corners: the first two coordinates, and the last two.
  let boxes: GraphTensor
  let rounds: IndexExpression
  let overlapLimit: HostNumber
  /// `true` iff boxes that overlap by exactly the limit are left out.
  let excludesLimit: Bool
  private var graph: GraphBuilder { node.graph }

  init(_ node: Node, _ boxes: GraphTensor, rounds: IndexExpression, overlapLimit: HostNumber, excludesLimit: Bool) {
    (self.node, self.boxes, self.rounds) = (node, boxes, rounds)
    (self.overlapLimit, self.excludesLimit) = (overlapLimit, excludesLimit)
  }

  /// The i64 numbers of the chosen boxes, the best first, for each row of `scores` [classes, count]; -1 where none is left. What has a score of
  /// -infinity is no candidate.
  func choose(_ scores: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let classes = scores.shape[0], type = scores.elementType, shape = scores.shape, all: [Int?] = [0, 1]
    let source = graph.value(boxes)
    let chosen = graph.generate([classes, rounds], .i64) { b, _ in b.constant64(-1) }
    return try graph.loop(rounds, carrying: [scores, chosen]) { (round, state) throws(Diagnostic) in
      let left = state[0]
      let best = graph.reduceAxes(left, [1], type, initial: -.infinity) { $0.maximum($1, $2) }
      let winner = graph.reduce(
        [Operand(left, all), Operand(best, [0])], loops: 2, output: [0], shape: [classes], .i64, initial: .infinity
      ) { b, e, least in
        let s = Scalars(b, type)
        let isBest = b.and(s.compare(.equal, e[0], e[1]), s.compare(.greater, e[1], s.constant(-.infinity)))
        return b.binary("arith.minsi", least, b.select(isBest, b.i64(b.position(1)), b.constant64(Int.max)))
      }
      let next = graph.map([Operand(left, all), Operand(winner, [0])], shape: shape, type) { b, e in
        let s = Scalars(b, type)
        let hasWinner = b.compare(.notEqual, e[1], b.constant64(Int.max))
        let other = b.asIndex(b.select(hasWinner, e[1], b.constant64(0)))
        let overlap = Self.overlap(s, source, b.position(1), other), limit = overlapLimit.value(s)
        let overlaps = s.compare(excludesLimit ? .greaterOrEqual : .greater, overlap, limit)
        let isOut = b.and(hasWinner, b.binary("arith.ori", b.compare(.equal, b.position(1), other), overlaps))
        return s.select(isOut, s.constant(-.infinity), e[0])
      }
      let place = graph.index(round)
      let record = graph.map([Operand(state[1], all), Operand(winner, [0])], shape: state[1].shape, .i64) { b, e in
        let found = b.select(b.compare(.equal, e[1], b.constant64(Int.max)), b.constant64(-1), e[1])
        return b.select(b.compare(.equal, b.position(1), place), found, e[0])
      }
      return [next, record]
    }[1]
  }

  /// The quotient of intersection and union of two boxes; 0 if either is empty.
  private static func overlap(_ s: Scalars, _ boxes: Value, _ first: Value, _ second: Value) -> Value {
    let edges = [first, second].map { box -> [(low: Value, high: Value)] in
      let c = (0..<4).map { s.builder.element(boxes, [box, s.builder.index($0)]) }
      return (0..<2).map { (s.minimum(c[$0], c[$0 + 2]), s.maximum(c[$0], c[$0 + 2])) }
    }
    let areas = edges.map { s.multiply(s.subtract($0[0].high, $0[0].low), s.subtract($0[1].high, $0[1].low)) }
    let common = (0..<2).map { axis in
      let width = s.subtract(s.minimum(edges[0][axis].high, edges[1][axis].high), s.maximum(edges[0][axis].low, edges[1][axis].low))
      return s.maximum(width, s.constant(0))
    }
    let intersection = s.multiply(common[0], common[1]), union = s.subtract(s.add(areas[0], areas[1]), intersection)
    let isSome = s.builder.and(s.compare(.greater, areas[0], s.constant(0)), s.compare(.greater, areas[1], s.constant(0)))
    return s.select(isSome, s.divide(intersection, union), s.constant(0))
  }
}

/// `NON_MAX_SUPPRESSION_V4`, `NON_MAX_SUPPRESSION_V5`: numbers of boxes, their scores, and how many there are; 0 behind those.
func nonMaxSuppression(givesScores: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let boxes = try node.input(0, ranks: 2...2), scores = try node.input(1, ranks: 1...1), graph = node.graph, type = scores.elementType
    try node.requireSameType([boxes, scores])
    try node.require(scores, .float)
    try node.requireShape(boxes, [scores.shape[0], IndexExpression(4)])
    let limit = try node.sizes(node.flatHostInput(2))
    guard limit.count == 1 else { throw .wrongShape(node, try node.input(2), "one number") }
    let overlap = try node.hostFloat(3), least = try node.hostFloat(4)
    if givesScores, try node.hostFloat(5).known != 0 {
      throw .unsupportedForm(node, "lowers scores by overlap (a soft_nms_sigma that is not 0)")
    }
    let count = scores.shape[0]
    let candidates = graph.map([Operand(graph.reshape(scores, to: [.one, count]), [0, 1])], shape: [.one, count], type) { b, e in
      let s = Scalars(b, type)
      return s.select(s.compare(.greater, e[0], least.value(s)), e[0], s.constant(-.infinity))
    }
    let selection = BoxSelection(node, boxes, rounds: limit[0], overlapLimit: overlap, excludesLimit: true)
    let chosen = graph.reshape(try selection.choose(candidates), to: [limit[0]])
    let numbers = graph.map([Operand(chosen, [0])], shape: [limit[0]], .i32) { b, e in
      Scalars(b, .i32).convert(b.binary("arith.maxsi", e[0], b.constant64(0)), from: .i64)
    }
    let total = graph.reduceAxes(chosen, [0], .i32, initial: 0, combine: { $0.add($1, $2) }) { s, number in
      s.convert(s.compare(.greaterOrEqual, number, s.constant(0)), from: .bool)
    }
    guard givesScores else { return [numbers, total] }
    let source = graph.value(scores)
    let best = graph.map([Operand(chosen, [0])], shape: [limit[0]], type) { b, e in
      let isThere = b.compare(.greaterOrEqual, e[0], b.constant64(0))
      return b.conditional(isThere, type: source.type.element) {
        $0.element(source, [$0.asIndex(e[0])])
      } else: {
        Scalars($0, type).constant(0)
      }
    }
    return [numbers, best, total]
  }
}

extension Node {
  /// The one element of float input `i`, known or read by the host.
  func hostFloat(_ i: Int) throws(Diagnostic) -> HostNumber {
    let tensor = try input(i)
    try require(tensor, .float)
    guard tensor.knownCount == 1 else { throw .wrongShape(self, tensor, "one number") }
    if let known = tensor.knownScalar { return .known(known) }
    let value = graph.value(graph.convert(graph.reshape(tensor, to: []), to: .f32))
    return .computed(graph.builder.element(value, []))
  }
}
