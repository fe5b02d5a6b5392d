import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// Batcher's merging network on rows of any length: sorts by any comparison in log² n steps, each of which compares all pairs of a distance at once.
///
/// In round r runs of p = 2^r elements are merged in steps of the distances k = p, p / 2, ..., 1.
struct SortingNetwork {
  let graph: GraphBuilder
  /// The rows [outer, n] that a comparison is of.
  let rows: [GraphTensor]
  /// Whether the elements of the first list stand before those of the second.
  let isLess: (Builder, [Value], [Value]) -> Value

  private var shape: [IndexExpression] { rows[0].shape }

  /// The i64 positions of the elements of each row in order; equal ones keep theirs.
  func positions() throws(Diagnostic) -> GraphTensor {
    let numbers = graph.generate(shape, .i64) { b, position in b.i64(position[1]) }
    let rounds = (0..<31).reduce(IndexExpression.zero) { $0 + graph.indices.less(IndexExpression(1 << $1), shape[1]) }
    return try graph.loop(rounds, carrying: [numbers]) { (round, state) throws(Diagnostic) in
      try graph.loop(round + 1, carrying: state) { (step, state) throws(Diagnostic) in
        [exchanged(state[0], graph.index(round), graph.index(step))]
      }
    }[0]
  }

  /// One step: of each pair, the element that comes first goes to the lower place.
  private func exchanged(_ places: GraphTensor, _ round: Value, _ step: Value) -> GraphTensor {
    let source = graph.value(places), elements = rows.map(graph.value), length = graph.index(shape[1])
    return graph.map([Operand(places, [0, 1])], shape: shape, .i64) { b, e in
      let (row, own) = (b.position(0), b.position(1)), one = b.index(1)
      let run = b.binary("arith.shli", one, round), distance = b.binary("arith.shrui", run, step), two = b.plus(distance, distance)
      // Whether a place is the lower one of a pair.
      func isLower(_ place: Value) -> Value {
        let begin = b.binary("arith.remui", distance, run), upper = b.plus(place, distance)
        let within = b.binary("arith.remui", b.minus(place, begin), two), merged = b.plus(run, run)
        let isSameMerge = b.compare(.equal, b.binary("arith.divui", place, merged), b.binary("arith.divui", upper, merged))
        let isPlace = b.and(b.compare(.unsignedLess, place, length), b.compare(.lessOrEqual, begin, place))
        return b.and(b.and(b.and(isPlace, b.compare(.less, upper, length)), b.compare(.less, within, distance)), isSameMerge)
      }
      let below = b.minus(own, distance), isLow = isLower(own), isHigh = isLower(below)
      let other = b.select(isLow, b.plus(own, distance), b.select(isHigh, below, own))
      let mine = e[0], theirs = b.element(source, [row, other])
      let values = [mine, theirs].map { place in elements.map { b.element($0, [row, b.asIndex(place)]) } }
      // Equal elements stand in the order that they came in, and those of which both stand before the other.
      let (less, greater) = (isLess(b, values[0], values[1]), isLess(b, values[1], values[0]))
      let isBefore = b.select(b.compare(.equal, less, greater), b.compare(.less, mine, theirs), less)
      let takesOther = b.select(isLow, b.binary("arith.xori", isBefore, b.constant(.bool(true, b.context))), b.and(isHigh, isBefore))
      return b.select(takesOther, theirs, mine)
    }
  }
}
