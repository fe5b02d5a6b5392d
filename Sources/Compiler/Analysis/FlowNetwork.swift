/// A directed graph with capacities, for minimum cuts by augmenting along shortest paths with blocking flows.
struct FlowNetwork {
  static let source = 0
  static let sink = 1
  static let unlimited = Int.max / 4

  private var targets: [Int] = []
  /// The residual capacity of each edge; edge e and e ^ 1 are a pair in opposite directions.
  private var rest: [Int] = []
  private var edges: [[Int]] = [[], []]

  /// Adds a node and returns its number.
  mutating func addNode() -> Int {
    edges.append([])
    return edges.count - 1
  }

  /// Adds an edge of this capacity.
  mutating func addEdge(_ from: Int, _ to: Int, _ capacity: Int) {
    if from == to { return }
    edges[from].append(targets.count)
    targets.append(to)
    rest.append(capacity)
    edges[to].append(targets.count)
    targets.append(from)
    rest.append(0)
  }

  /// The nodes on the sink's side of the minimum cut whose sink side is smallest: those that still reach the sink when no flow can be added.
  mutating func sinkSideOfMinimumCut() -> Set<Int> {
    while let levels = levels() {
      var next = Array(repeating: 0, count: edges.count)
      while augment(levels, &next) {}
    }
    var side: Set<Int> = [Self.sink], stack = [Self.sink]
    while let node = stack.popLast() {
      for e in edges[node] where rest[e ^ 1] > 0 && !side.contains(targets[e]) {
        side.insert(targets[e])
        stack.append(targets[e])
      }
    }
    return side
  }

  /// The distance of every node from the source, if the sink can be reached.
  private func levels() -> [Int]? {
    var levels = Array(repeating: -1, count: edges.count)
    levels[Self.source] = 0
    var queue = [Self.source], head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for e in edges[node] where rest[e] > 0 && levels[targets[e]] < 0 {
        levels[targets[e]] = levels[node] + 1
        queue.append(targets[e])
      }
    }
    return levels[Self.sink] < 0 ? nil : levels
  }

  /// Sends flow along one shortest path; `false` if there is none left. Iterative: networks are as deep as models.
  private mutating func augment(_ levels: [Int], _ next: inout [Int]) -> Bool {
    var path: [Int] = []
    var node = Self.source
    while node != Self.sink {
      if next[node] < edges[node].count {
        let e = edges[node][next[node]]
        if rest[e] > 0, levels[targets[e]] == levels[node] + 1 {
          path.append(e)
          node = targets[e]
        } else {
          next[node] += 1
        }
      } else {
        guard let last = path.popLast() else { return false }
        node = targets[last ^ 1]
        next[node] += 1
      }
    }
    let amount = path.map { rest[$0] }.min()!
    for e in path {
      rest[e] -= amount
      rest[e ^ 1] += amount
    }
    return true
  }
}
