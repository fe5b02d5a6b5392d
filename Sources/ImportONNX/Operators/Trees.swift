import Diagnostics
import MLIR

/// `TreeEnsembleRegressor`, `TreeEnsembleClassifier`: all rows go down all trees at once, a level in each step of a loop on the host.
func treeEnsemble(classifier: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let forest = try Forest(node, prefix: classifier ? "class" : "target")
    let x = try node.features()
    if !classifier {
      let count = node.integer("n_targets", default: 1)
      return [try node.transformed(try forest.sums(x, count, mean: node.string("aggregate_function", default: "SUM")))]
    }
    let names = try node.classLabels()
    let sums = try forest.sums(x, names.count, mean: "SUM")
    guard names.count == 2, Set(forest.targets).count == 1 else {
      return [node.labels(sums, names), try node.transformed(sums)]
    }
    // One score stands for two classes: a probability if no weight is negative, else a distance from 0.
    let isProbability = forest.weights.allSatisfy { $0 >= 0 }
    let isLogistic = node.string("post_transform", default: "NONE") == "LOGISTIC"
    guard isLogistic || node.string("post_transform", default: "NONE") == "NONE" else {
      throw .unsupportedForm(node, "transforms a binary score")
    }
    let column = forest.targets.first ?? 0
    let source = node.importer.value(sums)
    func pair(isProbability: Bool, _ finish: (Scalars, Value) -> Value = { $1 }) -> Tensor {
      node.importer.generate(sums.shape, .f32) { b, p in
        let s = Scalars(b, .f32)
        let score = b.element(source, [p[0], b.index(column)])
        let other = isProbability ? s.subtract(s.constant(1), score) : s.negate(score)
        return finish(s, s.select(b.compare(.equal, p[1], b.index(1)), score, other))
      }
    }
    let plain = pair(isProbability: isProbability)
    return [node.labels(plain, names), isLogistic ? pair(isProbability: false, sigmoid) : plain]
  }
}

/// The tables of an ensemble of decision trees.
private struct Forest {
  let node: Node
  var features: [Int]
  var thresholds: [Float]
  /// 0 to 5: <=, <, >=, >, ==, !=; leaves lead to themselves.
  var modes: [Int] = []
  var whenTrue: [Int] = []
  var whenFalse: [Int] = []
  var missingIsTrue: [Int]
  var roots: [Int] = []
  var depth = 0
  let targets: [Int]
  let weights: [Float]
  /// The nodes with weights.
  var leaves: [Int] = []

  private static let modeNames = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]

  init(_ node: Node, prefix: String) throws(Diagnostic) {
    self.node = node
    let trees = node.integers("nodes_treeids") ?? [], ids = node.integers("nodes_nodeids") ?? []
    features = node.integers("nodes_featureids") ?? []
    thresholds = node.floats("nodes_values") ?? []
    let names = node.strings("nodes_modes") ?? []
    let yes = node.integers("nodes_truenodeids") ?? [], no = node.integers("nodes_falsenodeids") ?? []
    missingIsTrue = node.integers("nodes_missing_value_tracks_true") ?? Array(repeating: 0, count: trees.count)
    targets = node.integers("\(prefix)_ids") ?? []
    weights = node.floats("\(prefix)_weights") ?? []
    let targetTrees = node.integers("\(prefix)_treeids") ?? [], targetNodes = node.integers("\(prefix)_nodeids") ?? []
    let count = trees.count
    guard count > 0,
      [ids.count, features.count, thresholds.count, names.count, yes.count, no.count, missingIsTrue.count].allSatisfy({ $0 == count }),
      [targetTrees.count, targetNodes.count, weights.count].allSatisfy({ $0 == targets.count })
    else { throw .unsupportedForm(node, "does not list its nodes in 32-bit floats and lists of equal lengths") }
    var numbers: [[Int]: Int] = [:]
    for i in 0..<count {
      numbers[[trees[i], ids[i]]] = i
      if i == 0 || trees[i] != trees[i - 1] { roots.append(i) }
    }
    var depths = Array(repeating: 0, count: count)
    for i in 0..<count {
      if names[i] == "LEAF" {
        modes.append(0)
        whenTrue.append(i)
        whenFalse.append(i)
        features[i] = 0
        continue
      }
      guard let mode = Self.modeNames.firstIndex(of: names[i]), let a = numbers[[trees[i], yes[i]]], let b = numbers[[trees[i], no[i]]],
        a != i, b != i, features[i] >= 0
      else { throw .unsupportedAttribute(node, "nodes_modes", "'\(names[i])'", supported: Self.modeNames.joined(separator: ", ")) }
      modes.append(mode)
      whenTrue.append(a)
      whenFalse.append(b)
    }
    // The longest way down; a cycle would never end.
    var pending = roots
    var visited = 0
    while let next = pending.popLast() {
      visited += 1
      guard visited <= 2 * count else { throw .unsupportedForm(node, "has trees with cycles") }
      depth = max(depth, depths[next])
      for child in Set([whenTrue[next], whenFalse[next]]) where child != next {
        depths[child] = max(depths[child], depths[next] + 1)
        pending.append(child)
      }
    }
    for (tree, id) in zip(targetTrees, targetNodes) {
      guard let leaf = numbers[[tree, id]] else {
        throw .invalidAttribute(node, "\(prefix)_nodeids", "\(id)", expected: "nodes of the trees")
      }
      leaves.append(leaf)
    }
  }

  /// For each row of `x` the sums of the weights of its leaves, for `count` targets.
  func sums(_ x: Tensor, _ count: Int, mean: String) throws(Diagnostic) -> Tensor {
    guard mean == "SUM" || mean == "AVERAGE" else {
      throw .unsupportedAttribute(node, "aggregate_function", "'\(mean)'", supported: "SUM, AVERAGE")
    }
    guard count > 0, count <= 1 << 16, targets.allSatisfy({ (0..<count).contains($0) }) else {
      throw .invalidAttribute(node, "target_ids", "\(targets.max() ?? 0)", expected: "at most \(count - 1)")
    }
    let importer = node.importer
    let rows = x.shape[0]
    let places = try leavesReached(x)
    var dense = Array(repeating: Float(0), count: modes.count * count)
    for (i, leaf) in leaves.enumerated() { dense[leaf * count + targets[i]] += weights[i] }
    let table = importer.value(node.table(dense, [modes.count, count]))
    let total = importer.reduce(
      [Operand(places, [0, 2]), Operand(importer.extent([IndexExpression(count)]), [1])], loops: 3, output: [0, 1],
      shape: [rows, IndexExpression(count)], .f32, initial: 0
    ) { b, e, sum in Scalars(b, .f32).add(sum, b.element(table, [b.asIndex(e[0]), b.position(1)])) }
    let base = node.floats("base_values") ?? []
    let scale = mean == "AVERAGE" ? 1 / Double(roots.count) : 1
    if base.isEmpty, scale == 1 { return total }
    guard base.isEmpty || base.count == count else {
      throw .invalidAttribute(node, "base_values", "\(base.count) numbers", expected: "\(count)")
    }
    let start = node.table(base.isEmpty ? Array(repeating: 0, count: count) : base, [count])
    return importer.map([Operand(total, [0, 1]), Operand(start, [count == 1 ? nil : 1])], shape: total.shape, .f32) {
      let s = Scalars($0, .f32)
      return s.add(s.multiply($1[0], s.constant(scale)), $1[1])
    }
  }

  /// The leaf of each row in each tree, [rows, trees].
  private func leavesReached(_ x: Tensor) throws(Diagnostic) -> Tensor {
    let importer = node.importer
    let shape = [x.shape[0], IndexExpression(roots.count)]
    let columns = [features, modes, whenTrue, whenFalse, missingIsTrue].map { importer.value(node.table($0)) }
    let limits = importer.value(node.table(thresholds, [thresholds.count]))
    let used = Set(modes.indices.filter { whenTrue[$0] != $0 }.map { modes[$0] }).sorted()
    let first = importer.map([Operand(node.table(roots), [roots.count == 1 ? nil : 1])], shape: shape, .i64) { $1[0] }
    let source = importer.value(x)
    return try importer.loop(IndexExpression(depth), carrying: [first]) { (_, state) throws(Diagnostic) in
      [
        importer.map([Operand(state[0], [0, 1])], shape: shape, .i64) { b, e in
          let s = Scalars(b, .f32)
          let at = b.asIndex(e[0])
          let value = b.element(source, [b.position(0), b.asIndex(b.element(columns[0], [at]))]), limit = b.element(limits, [at])
          func test(_ mode: Int) -> Value {
            // MLIR's ordered comparisons; the last is "unordered or not equal".
            let predicate = [5, 4, 3, 2, 1, 13][mode]
            return b.value("arith.cmpf", [value, limit], type: .i1(b.context), attributes: [("predicate", .i64(predicate, b.context))])
          }
          var goes = test(used.first ?? 0)
          for mode in used.dropFirst() {
            goes = b.select(b.compare(.equal, b.element(columns[1], [at]), b.constant64(mode)), test(mode), goes)
          }
          let isMissing = b.value("arith.cmpf", [value, value], type: .i1(b.context), attributes: [("predicate", .i64(14, b.context))])
          goes = b.select(isMissing, b.compare(.notEqual, b.element(columns[4], [at]), b.constant64(0)), goes)
          return s.select(goes, b.element(columns[2], [at]), b.element(columns[3], [at]))
        }
      ]
    }[0]
  }
}
