/// The loops of several operations in classes, each of which runs over one dimension: a union-find. A class is known by its root.
struct LoopClasses {
  /// The number of the first loop of each operation; the loops of all operations are numbered in a row.
  private let firstLoop: [Int]
  /// The number of loops of each operation.
  private let loopCounts: [Int]
  /// The loop that is next on the way to the root, itself for a root.
  private var parents: [Int]
  /// The size of the class of each root, `nil` where it is dynamic.
  private var sizes: [Int?]

  /// Creates a class of each loop of `ops`.
  init(_ ops: [StructuredOp]) {
    loopCounts = ops.map(\.loopCount)
    var total = 0
    firstLoop = loopCounts.map { count in
      defer { total += count }
      return total
    }
    parents = Array(0..<total)
    sizes = ops.flatMap(\.staticLoopSizes)
  }

  /// Returns the root of the class of a loop of an operation.
  func root(_ op: Int, _ loop: Int) -> Int {
    var loop = firstLoop[op] + loop
    while parents[loop] != loop { loop = parents[loop] }
    return loop
  }

  /// Returns the size of a class, `nil` where it is dynamic.
  func size(_ root: Int) -> Int? { sizes[root] }

  /// Makes one class of two. A size that only one of them knows holds for both.
  mutating func unite(_ a: Int, _ b: Int) {
    let size = sizes[a] ?? sizes[b]
    parents[max(a, b)] = min(a, b)
    sizes[min(a, b)] = size
  }

  /// `true` iff some operation has loops of both classes.
  func haveCommonOperation(_ a: Int, _ b: Int) -> Bool {
    firstLoop.indices.contains { op in
      let roots = (0..<loopCounts[op]).map { root(op, $0) }
      return roots.contains(a) && roots.contains(b)
    }
  }

  /// `true` iff two loops of an operation are of one class; those of size 1 do not count.
  func hasDiagonal(_ op: Int) -> Bool {
    let roots = (0..<loopCounts[op]).map { root(op, $0) }.filter { sizes[$0] != 1 }
    return Set(roots).count != roots.count
  }
}
