/// The nodes of a dependency graph in an order in which each stands after all that it reads, while nodes are added, joined and merged.
///
/// A dependency against the order moves only the nodes between its two ends that are connected to one of them (Pearce and Kelly, "A Dynamic
/// Topological Sort Algorithm for Directed Acyclic Graphs", 2006): the cost is that of the neighbourhood, not of the graph.
struct DependencyOrder {
  /// The nodes that each node reads, and those that read it.
  private var inputs: [[Int]] = []
  private var readers: [[Int]] = []
  /// The place of each node in the order.
  private var place: [Int] = []

  /// The largest neighbourhood that is searched before a question is answered with the safe answer; otherwise a graph in which every node
  /// asks about a distant one would take quadratic time.
  private static let searchLimit = 1 << 12

  /// Adds a node at the end, which reads `sources`.
  mutating func append(reading sources: [Int]) {
    let n = inputs.count
    inputs.append(sources)
    readers.append([])
    place.append(n)
    for source in sources { readers[source].append(n) }
  }

  /// All nodes in order.
  var sorted: [Int] {
    var nodes = [Int](repeating: 0, count: place.count)
    for (n, at) in place.enumerated() { nodes[at] = n }
    return nodes
  }

  /// `true` iff node `n` may read `sources` too: none of the others needs it. `false` also where the answer takes too long.
  func mayRead(_ n: Int, _ sources: [Int]) -> Bool {
    let later = sources.filter { place[$0] > place[n] }
    guard let last = later.map({ place[$0] }).max() else { return true }
    guard let after = search(from: [n], readers, Self.searchLimit, where: { place[$0] <= last }) else { return false }
    return !later.contains(where: after.contains)
      && search(from: later, inputs, Self.searchLimit, where: { place[$0] >= place[n] }) != nil
  }

  /// Lets node `n` read `sources` too. Requires: `mayRead`.
  mutating func add(_ sources: [Int], to n: Int) {
    let new = sources.filter { $0 != n }
    rearrange(new, before: [n])
    inputs[n] += new
    for source in new { readers[source].append(n) }
  }

  /// The nodes that need the earlier of two nodes and stand before the later one in the order; `nil` if one of the two needs the other, or where
  /// the answer takes too long.
  func between(_ a: Int, _ b: Int) -> Set<Int>? {
    let (first, last) = place[a] < place[b] ? (a, b) : (b, a)
    guard var found = search(from: [first], readers, Self.searchLimit, where: { place[$0] <= place[last] }), !found.contains(last) else {
      return nil
    }
    found.remove(first)
    return found
  }

  /// `true` iff a node that node `n` reads, other than `parts`, needs one of `parts`, or where the answer takes too long.
  func needsIndirectly(_ n: Int, _ parts: [Int]) -> Bool {
    let others = inputs[n].filter { !parts.contains($0) }
    guard let last = others.map({ place[$0] }).max() else { return false }
    guard let after = search(from: parts, readers, Self.searchLimit, where: { place[$0] <= last && $0 != n }) else { return true }
    return others.contains(where: after.contains)
  }

  /// Makes `parts` one node with `target`. Requires: none of them needs another by way of a further node.
  mutating func merge(_ parts: [Int], into target: Int) {
    let merged = Set(parts + [target])
    let sources = parts.flatMap { inputs[$0] }.filter { !merged.contains($0) }
    let users = parts.flatMap { readers[$0] }.filter { !merged.contains($0) }
    for n in merged {
      for source in inputs[n] { readers[source].removeAll(where: parts.contains) }
      for user in readers[n] { inputs[user].removeAll(where: parts.contains) }
    }
    for part in parts {
      inputs[part] = []
      readers[part] = []
    }
    add(sources, to: target)
    rearrange([target], before: users)
    readers[target] += users
    for user in users { inputs[user].append(target) }
  }

  /// Moves `sources` and what they need before `targets` and what needs them.
  private mutating func rearrange(_ sources: [Int], before targets: [Int]) {
    guard let first = targets.map({ place[$0] }).min() else { return }
    let later = sources.filter { place[$0] > first }
    guard let last = later.map({ place[$0] }).max() else { return }
    let before = search(from: later, inputs, .max, where: { place[$0] >= first })!
    let after = search(from: targets.filter { place[$0] < last }, readers, .max, where: { place[$0] <= last })!
    let nodes = before.sorted { place[$0] < place[$1] } + after.sorted { place[$0] < place[$1] }
    for (n, at) in zip(nodes, nodes.map({ place[$0] }).sorted()) { place[n] = at }
  }

  /// Returns `starts` and what is reached from them along `edges` through nodes that satisfy `isInside`; `nil` if that is more than `limit` nodes.
  private func search(from starts: [Int], _ edges: [[Int]], _ limit: Int, where isInside: (Int) -> Bool) -> Set<Int>? {
    var found = Set(starts)
    var stack = starts
    while let n = stack.popLast() {
      for next in edges[n] where isInside(next) && found.insert(next).inserted { stack.append(next) }
      if found.count > limit { return nil }
    }
    return found
  }
}
