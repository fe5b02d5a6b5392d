import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `TreeEnsembleRegressor`, `TreeEnsembleClassifier`
func treeEnsemble(classifier: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let prefix = classifier ? "class" : "target"
    let x = try node.treeFeatures(prefix)
    var base = try node.treeNumbers("base_values")
    /// The scores of the targets, as f32.
    func scores(_ count: Int, _ aggregate: ForestAggregate) throws(Diagnostic) -> GraphTensor {
      var forest = try Forest(node, x.elementType, prefix: prefix, targetCount: count, aggregate)
      return node.graph.convert(try forest.scores(x, count, aggregate, base: base), to: .f32)
    }
    if !classifier {
      let name = node.string("aggregate_function", default: "SUM")
      guard let aggregate = ForestAggregate(rawValue: name) else {
        throw .invalidAttribute(node, "aggregate_function", "'\(name)'", expected: "SUM, AVERAGE, MIN or MAX")
      }
      return [try node.transformed(try scores(node.integer("n_targets", default: 1), aggregate))]
    }
    let (names, count) = try node.classLabels()
    let targets = Set(node.integers("class_ids") ?? [])
    if count == 2, targets.count == 1, base.count == 1 { base = targets.first == 0 ? base + [0] : [0] + base }
    let sums = try scores(count, .sum)
    guard count == 2, targets.count == 1 else {
      return [node.labels(sums, names), try node.transformed(sums)]
    }
    // One score stands for two classes: a probability if no weight is negative, else a distance from 0.
    let isProbability = try node.treeNumbers("class_weights").allSatisfy { $0 >= 0 }
    let isLogistic = node.string("post_transform", default: "NONE") == "LOGISTIC"
    guard isLogistic || node.string("post_transform", default: "NONE") == "NONE" else {
      throw .unsupportedForm(node, "transforms a binary score")
    }
    let column = targets.first ?? 0
    let source = node.graph.value(sums)
    func pair(isProbability: Bool, _ finish: (Scalars, Value) -> Value = { $1 }) -> GraphTensor {
      node.graph.generate(sums.shape, .f32) { b, p in
        let s = Scalars(b, .f32)
        let score = b.element(source, [p[0], b.index(column)])
        let other = isProbability ? s.subtract(s.constant(1), score) : s.negate(score)
        return finish(s, s.select(b.compare(.equal, p[1], b.index(1)), score, other))
      }
    }
    let plain = pair(isProbability: isProbability)
    return [node.labels(plain, names), isLogistic ? pair(isProbability: false) { $0.sigmoid($1) } : plain]
  }
}

extension Forest {
  /// The ensemble whose nodes and leaves stand in lists that begin with `nodes_` and `prefix`.
  fileprivate init(
    _ node: Node, _ type: ElementType, prefix: String, targetCount: Int, _ aggregate: ForestAggregate
  ) throws(Diagnostic) {
    let trees = node.integers("nodes_treeids") ?? [], ids = node.integers("nodes_nodeids") ?? []
    let features = node.integers("nodes_featureids") ?? [], thresholds = try node.treeNumbers("nodes_values")
    let modes = node.strings("nodes_modes") ?? []
    let yes = node.integers("nodes_truenodeids") ?? [], no = node.integers("nodes_falsenodeids") ?? []
    let missing = node.integers("nodes_missing_value_tracks_true") ?? []
    let targets = node.integers("\(prefix)_ids") ?? [], weights = try node.treeNumbers("\(prefix)_weights")
    let targetTrees = node.integers("\(prefix)_treeids") ?? [], targetNodes = node.integers("\(prefix)_nodeids") ?? []
    let count = trees.count
    guard count > 0, count < 1 << 30, targets.count < 1 << 31,
      [ids.count, features.count, thresholds.count, modes.count, yes.count, no.count].allSatisfy({ $0 == count }),
      missing.isEmpty || missing.count == count, [targetTrees.count, targetNodes.count, weights.count].allSatisfy({ $0 == targets.count })
    else { throw .unsupportedForm(node, "does not list its nodes and leaves in lists of equal lengths") }
    guard let places = TreeNodes(trees: trees, nodes: ids) else { throw .unsupportedForm(node, "has two nodes of one number in a tree") }
    self.init(node, type) { "node \(ids[$0]) of tree \(trees[$0])" }
    roots = places.roots
    branches = Array(repeating: Branch(), count: count)
    let whenTrue = places.places(trees: trees, nodes: yes), whenFalse = places.places(trees: trees, nodes: no)
    for i in 0..<count where modes[i] != "LEAF" {
      guard let mode = Self.modeNames.firstIndex(of: modes[i]).flatMap({ Mode(rawValue: UInt8($0)) }) else {
        throw .unsupportedAttribute(node, "nodes_modes", "'\(modes[i])'", supported: "\(Self.modeNames.joined(separator: ", ")), LEAF")
      }
      guard let a = whenTrue[i], let b = whenFalse[i] else {
        throw .wrongBranch(self, i, "leads to node \(whenTrue[i] == nil ? yes[i] : no[i]): the tree has no such node")
      }
      branches[i] = Branch(
        feature: Int32(clamping: features[i]), mode: mode, isTrueForMissing: !missing.isEmpty && missing[i] != 0, threshold: thresholds[i],
        whenTrue: a, whenFalse: b)
    }
    var leaves: [Int32] = []
    leaves.reserveCapacity(targets.count)
    for (i, place) in places.places(trees: targetTrees, nodes: targetNodes).enumerated() {
      guard let place else {
        throw .invalidAttribute(
          node, "\(prefix)_nodeids", "\(targetNodes[i]) in tree \(targetTrees[i])", expected: "nodes of the trees")
      }
      leaves.append(place)
    }
    try setWeights(leaves, targets, weights, targetCount, aggregate)
  }

  /// Gives leaves their weights for targets.
  mutating func setWeights(
    _ leaves: [Int32], _ targets: [Int], _ weights: [Double], _ targetCount: Int, _ aggregate: ForestAggregate
  ) throws(Diagnostic) {
    guard targetCount > 0, targetCount <= 1 << 16 else {
      throw .invalidAttribute(node, "n_targets", "\(targetCount)", expected: "1 to \(1 << 16)")
    }
    if let wrong = targets.first(where: { !(0..<targetCount).contains($0) }) {
      throw .invalidAttribute(node, "target ids", "\(wrong)", expected: "0 to \(targetCount - 1)")
    }
    self.weights = LeafWeights(leaves, targets, weights, count: branches.count, aggregate)
  }
}

extension Node {
  /// Input 0 as rows of features, in the type that thresholds are compared in: f64 if they or the features are, else f32.
  fileprivate func treeFeatures(_ prefix: String) throws(Diagnostic) -> GraphTensor {
    let x = try input(0, ranks: 1...2)
    guard x.elementType != .bool, x.elementType != .string else { throw .wrongType(self, x, expected: "numbers") }
    let isDouble = x.elementType == .f64 || hasAttribute("nodes_values_as_tensor") || hasAttribute("\(prefix)_weights_as_tensor")
    return graph.convert(x.rank == 1 ? graph.reshape(x, to: [.one] + x.shape) : x, to: isDouble ? .f64 : .f32)
  }

  /// The floats of attribute `name`, or of the tensor that stands for it.
  fileprivate func treeNumbers(_ name: String) throws(Diagnostic) -> [Double] {
    if let floats = floats(name), !floats.isEmpty { return floats.map { Double($0) } }
    return try numbers("\(name)_as_tensor")
  }
}
