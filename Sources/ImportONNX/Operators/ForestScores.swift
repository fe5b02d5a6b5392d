import TesseraDiagnostics
import TesseraDialects
import TesseraGraphs
import TesseraMLIR

/// What becomes of the weights that the trees of an ensemble give for a target.
enum ForestAggregate: String, CaseIterable {
  case average = "AVERAGE", sum = "SUM", minimum = "MIN", maximum = "MAX"

  /// What no tree changes.
  var neutral: Double { self == .minimum ? .infinity : self == .maximum ? -.infinity : 0 }

  func combine(_ s: Scalars, _ a: Value, _ b: Value) -> Value {
    self == .minimum ? s.minimum(a, b) : self == .maximum ? s.maximum(a, b) : s.add(a, b)
  }

  func combine(_ a: Double, _ b: Double) -> Double { self == .minimum ? min(a, b) : self == .maximum ? max(a, b) : a + b }
}

extension Forest {
  /// The steps of a row that are worth a thread of their own, some microseconds; and the most pieces that the trees are shared as.
  private static let stepsOfPiece = 4096.0
  private static let pieceLimit = 16
  /// The most partial results of a row.
  private static let partialLimit = 64

  /// For each row of `x`, of the forest's type, the weights of its leaves put together, for `count` targets, in the type of `x`.
  mutating func scores(_ x: GraphTensor, _ count: Int, _ aggregate: ForestAggregate, base: [Double]) throws(Diagnostic) -> GraphTensor {
    guard base.isEmpty || base.count == count else {
      throw .invalidAttribute(node, "base_values", "\(base.count) numbers", expected: "\(count)")
    }
    let graph = node.graph
    try measure(width: x.shape[1].known)
    if x.shape[1].known == nil {
      let most = graph.builder.index(greatestFeature)
      graph.requireHere(
        graph.compare(.greater, graph.index(x.shape[1]), most), "a row must have more than \(greatestFeature) features")
    }
    var records = ForestRecords(self, aggregate, targetCount: count)
    let type = records.type, leaves = roots.reduce(0) { $0 + leafCounts[$1] }
    // The steps of a row, if all leaves of a tree are alike; the pieces depend on the forest alone, and so do sums.
    let steps = depths / max(leaves, 1) * Double(roots.count)
    let share = steps.isFinite ? Int(min(steps / Self.stepsOfPiece, Double(Self.pieceLimit))) : Self.pieceLimit
    let pieces = max(1, min(share, Self.partialLimit / count, roots.count))
    let rows = x.shape[0], shape = [IndexExpression(pieces), rows, IndexExpression(count)]
    let operands = [graph.convert(x, to: type)] + records.operands()
    let partial = GraphTensor(
      type, shape,
      value: ForestOp.create(records.form, operands.map(graph.value), output: graph.empty(type, shape), graph.builder))
    let total =
      pieces == 1
      ? graph.reshape(partial, to: [rows, IndexExpression(count)])
      : graph.reduce(
        [Operand(partial, [2, 0, 1])], loops: 3, output: [0, 1], shape: [rows, IndexExpression(count)], type, initial: aggregate.neutral
      ) { b, e, total in aggregate.combine(Scalars(b, type), total, e[0]) }
    return graph.convert(finished(total, aggregate, base, type), to: x.elementType)
  }

  /// The results of all trees with what an aggregate does to them in the end.
  private func finished(_ total: GraphTensor, _ aggregate: ForestAggregate, _ base: [Double], _ type: ElementType) -> GraphTensor {
    if base.isEmpty, aggregate == .sum { return total }
    let count = total.shape[1].known ?? 1
    let start = node.table(base.isEmpty ? Array(repeating: 0, count: count) : base, [count], type)
    return node.graph.map([Operand(total, [0, 1]), Operand(start, [count == 1 ? nil : 1])], shape: total.shape, type) {
      let s = Scalars($0, type)
      switch aggregate {
      case .sum: return s.add($1[0], $1[1])
      case .average: return s.add(s.divide($1[0], s.constant(Double(roots.count))), $1[1])
      case .minimum, .maximum:
        // A target that no leaf has a weight for is 0.
        return s.add(s.select(s.compare(.equal, $1[0], s.constant(aggregate.neutral)), s.constant(0), $1[0]), $1[1])
      }
    }
  }
}
