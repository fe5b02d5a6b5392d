import Constants
import Diagnostics
import MLIR

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

/// The tables of an ensemble of decision trees.
struct Forest {
  /// A comparison of a feature with a threshold, and the numbers of the nodes that follow it.
  struct Branch {
    let feature: Int
    /// 0 to 5: <=, <, >=, >, ==, !=
    let mode: Int
    let threshold: Double
    /// `true` iff NaN passes too.
    let isTrueForMissing: Bool
    var whenTrue: Int
    var whenFalse: Int
  }

  let node: Node
  /// The type of thresholds and weights.
  let type: ElementType
  /// Leaves lead to themselves.
  private(set) var branches: [Branch] = []
  var roots: [Int] = []
  private var depth = 0
  /// For each weight, the number of its leaf and its target.
  var leaves: [Int] = []
  var targets: [Int] = []
  var weights: [Double] = []

  static let modeNames = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]

  init(_ node: Node, _ type: ElementType) { (self.node, self.type) = (node, type) }

  mutating func add(_ branch: Branch) { branches.append(branch) }

  mutating func addLeaf() {
    let own = branches.count
    branches.append(Branch(feature: 0, mode: 0, threshold: 0, isTrueForMissing: false, whenTrue: own, whenFalse: own))
  }

  /// Branch `i` leads to `next` if it is not true.
  mutating func redirect(_ i: Int, whenFalse next: Int) { branches[i].whenFalse = next }

  /// Finds the longest way down from the roots; one with a cycle would never end. Several branches may lead to one.
  mutating func measure() throws(Diagnostic) {
    /// The longest way below each branch: `nil` before it is known, -1 on the way that is looked at.
    var heights = [Int?](repeating: nil, count: branches.count)
    var path = roots
    while let next = path.last {
      let children = [branches[next].whenTrue, branches[next].whenFalse].filter { $0 != next }
      if heights[next] == nil {
        heights[next] = -1
        for child in children {
          if heights[child] == -1 { throw .unsupportedForm(node, "has trees with cycles") }
          if heights[child] == nil { path.append(child) }
        }
        continue
      }
      path.removeLast()
      if heights[next] == -1 { heights[next] = (children.compactMap { heights[$0] }.max() ?? -1) + 1 }
    }
    depth = roots.compactMap { heights[$0] }.max() ?? 0
  }

  /// For each row of `x`, of the forest's type, the weights of its leaves put together, for `count` targets.
  func scores(_ x: Tensor, _ count: Int, _ aggregate: ForestAggregate) throws(Diagnostic) -> Tensor {
    guard count > 0, count <= 1 << 16 else {
      throw .invalidAttribute(node, "n_targets", "\(count)", expected: "1 to \(1 << 16)")
    }
    guard targets.allSatisfy({ (0..<count).contains($0) }) else {
      throw .invalidAttribute(node, "target ids", "\(targets.max() ?? 0)", expected: "at most \(count - 1)")
    }
    let importer = node.importer
    let places = try leavesReached(x)
    var dense = Array(repeating: aggregate.neutral, count: branches.count * count)
    for (i, leaf) in leaves.enumerated() {
      let place = leaf * count + targets[i]
      dense[place] = aggregate.combine(dense[place], weights[i])
    }
    let table = importer.value(node.table(dense, [branches.count, count], type))
    let total = importer.reduce(
      [Operand(places, [0, 2]), Operand(importer.extent([IndexExpression(count)]), [1])], loops: 3, output: [0, 1],
      shape: [x.shape[0], IndexExpression(count)], type, initial: aggregate.neutral
    ) { b, e, total in aggregate.combine(Scalars(b, type), total, b.element(table, [b.asIndex(e[0]), b.position(1)])) }
    let base = (node.floats("base_values") ?? []).map { Double($0) }
    guard base.isEmpty || base.count == count else {
      throw .invalidAttribute(node, "base_values", "\(base.count) numbers", expected: "\(count)")
    }
    if base.isEmpty, aggregate == .sum { return total }
    let start = node.table(base.isEmpty ? Array(repeating: 0, count: count) : base, [count], type)
    return importer.map([Operand(total, [0, 1]), Operand(start, [count == 1 ? nil : 1])], shape: total.shape, type) {
      let s = Scalars($0, type)
      switch aggregate {
      case .sum: return s.add($1[0], $1[1])
      case .average: return s.add(s.multiply($1[0], s.constant(1 / Double(roots.count))), $1[1])
      case .minimum, .maximum:
        // A target that no leaf has a weight for is 0.
        return s.add(s.select(s.compare(.equal, $1[0], s.constant(aggregate.neutral)), s.constant(0), $1[0]), $1[1])
      }
    }
  }

  /// The leaf of each row in each tree, [rows, trees].
  private func leavesReached(_ x: Tensor) throws(Diagnostic) -> Tensor {
    let importer = node.importer
    let shape = [x.shape[0], IndexExpression(roots.count)]
    func column(_ field: (Branch) -> Int) -> Value { importer.value(node.table(branches.map(field))) }
    let features = column(\.feature), modes = column(\.mode), whenTrue = column(\.whenTrue), whenFalse = column(\.whenFalse)
    let missing = column { $0.isTrueForMissing ? 1 : 0 }
    let limits = importer.value(node.table(branches.map(\.threshold), [branches.count], type))
    let used = Set(branches.indices.filter { branches[$0].whenTrue != $0 }.map { branches[$0].mode }).sorted()
    let first = importer.map([Operand(node.table(roots), [roots.count == 1 ? nil : 1])], shape: shape, .i64) { $1[0] }
    let source = importer.value(x)
    return try importer.loop(IndexExpression(depth), carrying: [first]) { (_, state) throws(Diagnostic) in
      [
        importer.map([Operand(state[0], [0, 1])], shape: shape, .i64) { b, e in
          let at = b.asIndex(e[0])
          let value = b.element(source, [b.position(0), b.asIndex(b.element(features, [at]))]), limit = b.element(limits, [at])
          let orders: [Builder.FloatOrder] = [.lessOrEqual, .less, .greaterOrEqual, .greater, .equal, .unorderedOrNotEqual]
          func test(_ mode: Int) -> Value { b.compareFloats(orders[mode], value, limit) }
          var goes = test(used.first ?? 0)
          for mode in used.dropFirst() {
            goes = b.select(b.compare(.equal, b.element(modes, [at]), b.constant64(mode)), test(mode), goes)
          }
          let isMissing = b.and(b.isNaN(value), b.compare(.notEqual, b.element(missing, [at]), b.constant64(0)))
          return b.select(b.binary("arith.ori", goes, isMissing), b.element(whenTrue, [at]), b.element(whenFalse, [at]))
        }
      ]
    }[0]
  }
}
