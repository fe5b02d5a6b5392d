import TesseraDiagnostics

/// Which of the listed nodes has a number in a tree, where each node is listed with both.
struct TreeNodes {
  /// The nodes of a tree: a table from the least number on, or, where numbers are far apart, a dictionary.
  private struct Tree {
    var least = Int.max
    var greatest = Int.min
    var count = 0
    var start = 0
    var far: [Int: Int32]?

    /// How long a table is; `nil` if most of it would be empty.
    var length: Int? {
      let (span, isTooFar) = greatest.subtractingReportingOverflow(least)
      return isTooFar || span >= 4 * count + 64 ? nil : span + 1
    }
  }

  /// The trees in the order in which they are first listed.
  private var trees: [Tree] = []
  private var numbers: [Int: Int] = [:]
  private var table: [Int32] = []
  /// The first node of each tree, which is its root.
  private(set) var roots: [Int] = []

  /// Numbers the nodes that are listed with the trees `ids` and, in these, the numbers `nodes`; `nil` if two of them are the same.
  /// Requires: the lists have equal lengths.
  init?(trees ids: [Int], nodes: [Int]) {
    var owner = 0
    var owners: [Int32] = []
    owners.reserveCapacity(ids.count)
    for (i, id) in ids.enumerated() {
      if i == 0 || id != ids[i - 1] {
        owner = numbers[id] ?? trees.count
        if owner == trees.count {
          numbers[id] = owner
          trees.append(Tree())
          roots.append(i)
        }
      }
      owners.append(Int32(owner))
      trees[owner].least = min(trees[owner].least, nodes[i])
      trees[owner].greatest = max(trees[owner].greatest, nodes[i])
      trees[owner].count += 1
    }
    var size = 0
    for t in trees.indices {
      trees[t].start = size
      if let length = trees[t].length { size += length } else { trees[t].far = [:] }
    }
    table = Array(repeating: -1, count: size)
    for (i, node) in nodes.enumerated() {
      let t = Int(owners[i])
      if trees[t].far != nil {
        guard trees[t].far?.updateValue(Int32(i), forKey: node) == nil else { return nil }
      } else {
        let place = trees[t].start + node - trees[t].least
        guard table[place] < 0 else { return nil }
        table[place] = Int32(i)
      }
    }
  }

  /// The place in the lists of node `node` of tree `tree`; `nil` if it is not listed.
  func place(tree: Int, _ node: Int) -> Int32? { numbers[tree].flatMap { place(owner: $0, node) } }

  /// The places of nodes that are listed with their trees; `nil` for one that is not among them.
  func places(trees ids: [Int], nodes: [Int]) -> [Int32?] {
    var owner: Int?
    return ids.indices.map { i in
      if i == 0 || ids[i] != ids[i - 1] { owner = numbers[ids[i]] }
      return owner.flatMap { place(owner: $0, nodes[i]) }
    }
  }

  private func place(owner: Int, _ node: Int) -> Int32? {
    if let far = trees[owner].far { return far[node] }
    guard node >= trees[owner].least, node <= trees[owner].greatest else { return nil }
    let found = table[trees[owner].start + node - trees[owner].least]
    return found < 0 ? nil : found
  }
}
