import Diagnostics
import MLIR

/// `TreeEnsembleRegressor`, `TreeEnsembleClassifier`: all rows go down all trees at once, a level in each step of a loop on the host.
func treeEnsemble(classifier: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let forest = try Forest(node, prefix: classifier ? "class" : "target")
    let x = try node.features()
    if !classifier {
      let count = node.integer("n_targets", default: 1)
      let name = node.string("aggregate_function", default: "SUM")
      guard let aggregate = ForestAggregate(rawValue: name) else {
        throw .invalidAttribute(node, "aggregate_function", "'\(name)'", expected: "SUM, AVERAGE, MIN or MAX")
      }
      return [try node.transformed(try forest.scores(x, count, aggregate))]
    }
    let (names, count) = try node.classLabels()
    let sums = try forest.scores(x, count, .sum)
    guard count == 2, Set(forest.targets).count == 1 else {
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

extension Forest {
  /// The ensemble whose nodes and leaves stand in lists that begin with `nodes_` and `prefix`.
  fileprivate init(_ node: Node, prefix: String) throws(Diagnostic) {
    let trees = node.integers("nodes_treeids") ?? [], ids = node.integers("nodes_nodeids") ?? []
    let features = node.integers("nodes_featureids") ?? [], thresholds = node.floats("nodes_values") ?? []
    let names = node.strings("nodes_modes") ?? []
    let yes = node.integers("nodes_truenodeids") ?? [], no = node.integers("nodes_falsenodeids") ?? []
    let missing = node.integers("nodes_missing_value_tracks_true") ?? Array(repeating: 0, count: trees.count)
    let targets = node.integers("\(prefix)_ids") ?? [], weights = node.floats("\(prefix)_weights") ?? []
    let targetTrees = node.integers("\(prefix)_treeids") ?? [], targetNodes = node.integers("\(prefix)_nodeids") ?? []
    let count = trees.count
    guard count > 0,
      [ids.count, features.count, thresholds.count, names.count, yes.count, no.count, missing.count].allSatisfy({ $0 == count }),
      [targetTrees.count, targetNodes.count, weights.count].allSatisfy({ $0 == targets.count })
    else { throw .unsupportedForm(node, "does not list its nodes in 32-bit floats and lists of equal lengths") }
    self.init(node, .f32)
    var numbers: [[Int]: Int] = [:]
    for i in 0..<count {
      numbers[[trees[i], ids[i]]] = i
      if i == 0 || trees[i] != trees[i - 1] { roots.append(i) }
    }
    for i in 0..<count {
      if names[i] == "LEAF" {
        addLeaf()
        continue
      }
      guard let mode = Self.modeNames.firstIndex(of: names[i]), let a = numbers[[trees[i], yes[i]]], let b = numbers[[trees[i], no[i]]],
        a != i, b != i, features[i] >= 0
      else { throw .unsupportedAttribute(node, "nodes_modes", "'\(names[i])'", supported: Self.modeNames.joined(separator: ", ")) }
      add(
        Branch(
          feature: features[i], mode: mode, threshold: Double(thresholds[i]), isTrueForMissing: missing[i] != 0, whenTrue: a, whenFalse: b))
    }
    try measure()
    for (tree, id) in zip(targetTrees, targetNodes) {
      guard let leaf = numbers[[tree, id]] else {
        throw .invalidAttribute(node, "\(prefix)_nodeids", "\(id)", expected: "nodes of the trees")
      }
      leaves.append(leaf)
    }
    self.targets = targets
    self.weights = weights.map { Double($0) }
  }
}
