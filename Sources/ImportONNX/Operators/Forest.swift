import TesseraDiagnostics
import TesseraGraphs

/// The tables of an ensemble of decision trees: nodes and leaves by number, as a model lists them.
struct Forest {
  /// How a feature is compared with a threshold, in the order of the standard's numbers.
  enum Mode: UInt8 { case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual }

  /// A comparison of a feature with a threshold, and the numbers of the nodes that follow it; a leaf, if there are none.
  struct Branch {
    var feature: Int32 = 0
    var mode = Mode.lessOrEqual
    /// `true` iff NaN passes too.
    var isTrueForMissing = false
    var threshold = 0.0
    var whenTrue: Int32 = -1
    var whenFalse: Int32 = -1

    var isLeaf: Bool { whenTrue < 0 }
  }

  let node: Node
  /// The type of thresholds and weights.
  let type: ElementType
  var branches: [Branch] = []
  var roots: [Int] = []
  var weights = LeafWeights()
  /// What the model calls a branch, in messages.
  let name: (Int) -> String

  /// The branches of each tree that are no leaves; the leaves below each branch, and what is known of all trees together.
  private(set) var nodeCounts: [Int] = []
  private(set) var leafCounts: [Double] = []
  private(set) var greatestFeature = 0
  /// How often branches lead to leaves, and for each tree the target of its leaves' weights: -1 if they have none, -2 if they are not alike.
  private(set) var leafCount = 0
  private(set) var treeTargets: [Int32] = []
  /// Over all leaves, the nodes above them, and those of these that have the more leaves on the other side.
  private(set) var depths = 0.0
  private(set) var turns = 0.0

  static let modeNames = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]

  init(_ node: Node, _ type: ElementType, name: @escaping (Int) -> String) {
    self.node = node
    self.type = type
    self.name = name
  }

  /// Walks all trees from their roots. Several branches may lead to one, as where a set is tested by its members one after the other; a way that
  /// comes back to where it was would never end.
  /// Requires: children are numbers of branches, and there are weights. `width` is the number of features, if it is known.
  mutating func measure(width: Int?) throws(Diagnostic) {
    leafCounts = Array(repeating: 0, count: branches.count)
    // 0: not seen yet, -1: on the way that is looked at, else 1 more than the tree.
    var owners = [Int32](repeating: 0, count: branches.count)
    var path: [Int] = []
    for (tree, root) in roots.enumerated() {
      var count = 0
      treeTargets.append(-1)
      path.append(root)
      while let next = path.last {
        let branch = branches[next]
        if branch.isLeaf {
          leafCounts[next] = 1
          leafCount += 1
          let own = weights.range(next)
          if let first = own.first, treeTargets[tree] != weights.targets[first] || own.count > 1 {
            treeTargets[tree] = treeTargets[tree] == -1 && own.count == 1 ? weights.targets[first] : -2
          }
          path.removeLast()
          continue
        }
        let children = (Int(branch.whenTrue), Int(branch.whenFalse))
        if owners[next] == 0 {
          guard branch.feature >= 0, width.map({ branch.feature < $0 }) ?? true else {
            let features = width.map { "\($0)" } ?? "those that there are"
            throw .wrongBranch(self, next, "compares the feature \(branch.feature): expected one of \(features)")
          }
          owners[next] = -1
          greatestFeature = max(greatestFeature, Int(branch.feature))
          for child in [children.0, children.1] {
            if owners[child] == -1 { throw .wrongBranch(self, next, "leads back to \(name(child)): a walk would never end") }
            if owners[child] == 0 { path.append(child) }
          }
          continue
        }
        path.removeLast()
        if owners[next] != -1 {
          guard owners[next] == tree + 1 else { throw .unsupportedForm(node, "has \(name(next)) in two trees") }
          continue
        }
        owners[next] = Int32(tree + 1)
        count += 1
        let below = (leafCounts[children.0], leafCounts[children.1])
        leafCounts[next] = below.0 + below.1
        depths += below.0 + below.1
        turns += min(below.0, below.1)
      }
      nodeCounts.append(count)
    }
  }
}

/// The weights of leaves: some for each branch, ordered by target.
struct LeafWeights {
  /// The first weight of each branch, and their end.
  private(set) var starts: [Int32] = [0]
  private(set) var targets: [Int32] = []
  private(set) var weights: [Double] = []

  init() {}

  /// Sorts weights by the branch that they stand at; those for one target become one by `aggregate`.
  init(_ branches: [Int32], _ targets: [Int], _ weights: [Double], count: Int, _ aggregate: ForestAggregate) {
    starts = Array(repeating: 0, count: count + 1)
    for branch in branches { starts[Int(branch) + 1] += 1 }
    for i in 0..<count { starts[i + 1] += starts[i] }
    var places = starts
    self.targets = Array(repeating: 0, count: targets.count)
    self.weights = Array(repeating: 0, count: targets.count)
    for (i, branch) in branches.enumerated() {
      let place = Int(places[Int(branch)])
      self.targets[place] = Int32(targets[i])
      self.weights[place] = weights[i]
      places[Int(branch)] += 1
    }
    var kept = 0
    for branch in 0..<count {
      let own = Int(starts[branch])..<Int(starts[branch + 1])
      starts[branch] = Int32(kept)
      var entries = own.map { (target: self.targets[$0], weight: self.weights[$0]) }
      if entries.count > 1 { entries.sort { $0.target < $1.target } }
      for (i, entry) in entries.enumerated() {
        if i > 0, entries[i - 1].target == entry.target {
          self.weights[kept - 1] = aggregate.combine(self.weights[kept - 1], entry.weight)
        } else {
          (self.targets[kept], self.weights[kept]) = entry
          kept += 1
        }
      }
    }
    starts[count] = Int32(kept)
    self.targets.removeLast(self.targets.count - kept)
    self.weights.removeLast(self.weights.count - kept)
  }

  /// The places of the weights of branch `i`.
  func range(_ i: Int) -> Range<Int> { Int(starts[i])..<Int(starts[i + 1]) }
}

extension Diagnostic {
  static func wrongBranch(_ forest: Forest, _ branch: Int, _ what: String) -> Diagnostic {
    forest.node.diagnostic(.invalidInput, "has \(forest.name(branch)), which \(what)")
  }
}
