public import MLIR

/// Several structured operations seen as one loop nest.
///
/// Loops of different operations are the same *dimension* where one operation reads what another writes at the same place, or where both read
/// the same tensor. Dimensions that are
/// parallel in every operation are *shared*: the nest has outer loops over them, and each operation runs its remaining, *inner* loops inside.
/// A softmax over rows shares the row; its maximum, its exponentials and its sum each loop over the columns.
public struct LoopNest {
  /// One dimension of the nest.
  public struct Dimension {
    /// The size, or `nil` if it is known at run time only.
    public var size: Int?
    /// `true` iff the dimension is a parallel loop of every operation.
    public var isShared: Bool
    /// One operation and one loop of it, from whose operands a dynamic size can be read.
    public var representative: (op: Int, loop: Int)
  }

  public let ops: [StructuredOp]
  public private(set) var dimensions: [Dimension] = []
  /// For each operation, the dimension of each loop; `nil` for loops of size 1, whose index is 0.
  public private(set) var dimensionOfLoop: [[Int?]] = []
  /// For each result of an operation in the nest, the operation's number.
  public let producer: [Value: Int]

  /// Creates the nest of `ops`, which stand in program order; `nil` if they do not form one.
  public init?(_ ops: [StructuredOp]) {
    self.ops = ops
    var producer: [Value: Int] = [:]
    for (i, op) in ops.enumerated() { for result in op.operation.results { producer[result] = i } }
    self.producer = producer
    guard unify() else { return nil }
    guard checkReductions() else { return nil }
  }

  /// Finds the dimensions; `false` if an operation reads another at a place that is not the same one.
  private mutating func unify() -> Bool {
    var firstLoop: [Int] = []
    var total = 0
    for op in ops {
      firstLoop.append(total)
      total += op.loopCount
    }
    var parents = Array(0..<total)
    func find(_ i: Int) -> Int { parents[i] == i ? i : find(parents[i]) }
    var sizes: [Int?] = []
    for op in ops { sizes += op.staticLoopSizes }

    for (i, op) in ops.enumerated() {
      if op.captures.contains(where: { producer[$0] != nil }) { return false }
      for (operand, map) in zip(op.operation.operands, op.maps) {
        guard let p = producer[operand] else { continue }
        let writer = ops[p]
        let written = writer.outputMaps[operand.number].results
        for (read, write) in zip(map.results, written) {
          guard let writeLoop = write.asDimension else { return false }
          let writeID = firstLoop[p] + writeLoop
          if let readLoop = read.asDimension {
            let a = find(firstLoop[i] + readLoop), b = find(writeID)
            // A size that only one of the two knows holds for both.
            let size = sizes[a] ?? sizes[b]
            parents[max(a, b)] = min(a, b)
            sizes[min(a, b)] = size
          } else if sizes[find(writeID)] != 1 {
            return false
          }
        }
      }
    }
    // Operations that read the same tensor from outside run over it together where nothing speaks against it.
    func conflict(_ a: Int, _ b: Int) -> Bool {
      ops.indices.contains { i in
        let roots = (0..<ops[i].loopCount).map { find(firstLoop[i] + $0) }
        return roots.contains(a) && roots.contains(b)
      }
    }
    var readers: [Value: [(op: Int, map: AffineMap)]] = [:]
    for (i, op) in ops.enumerated() {
      for (operand, map) in zip(op.inputs, op.maps) where operand.type.isTensor && producer[operand] == nil {
        for earlier in readers[operand] ?? [] {
          for (mine, theirs) in zip(map.results, earlier.map.results) {
            guard let m = mine.asDimension, let t = theirs.asDimension else { continue }
            let a = find(firstLoop[i] + m), b = find(firstLoop[earlier.op] + t)
            if a != b && sizes[a] != 1 && !conflict(a, b) { parents[max(a, b)] = min(a, b) }
          }
        }
        readers[operand, default: []].append((i, map))
      }
    }
    // Two loops of one operation must not have become one (a diagonal).
    for (i, op) in ops.enumerated() {
      let roots = (0..<op.loopCount).filter { sizes[find(firstLoop[i] + $0)] != 1 }.map { find(firstLoop[i] + $0) }
      if Set(roots).count != roots.count { return false }
    }

    var numbers: [Int: Int] = [:]
    for (i, op) in ops.enumerated() {
      var row: [Int?] = []
      for loop in 0..<op.loopCount {
        let root = find(firstLoop[i] + loop)
        if sizes[root] == 1 {
          row.append(nil)
          continue
        }
        if numbers[root] == nil {
          numbers[root] = dimensions.count
          dimensions.append(Dimension(size: sizes[root], isShared: true, representative: (i, loop)))
        }
        row.append(numbers[root]!)
      }
      dimensionOfLoop.append(row)
    }
    // Operations that read no tensor (fills) are computed wherever they are needed, and have no say.
    let counted = ops.indices.filter { !ops[$0].isFree }
    for d in dimensions.indices {
      dimensions[d].isShared = (counted.isEmpty ? Array(ops.indices) : counted).allSatisfy { i in
        ops[i].iterators.indices.contains { dimensionOfLoop[i][$0] == d && ops[i].iterators[$0] == .parallel }
      }
    }
    return true
  }

  /// `true` iff every reduction's result has exactly the shared dimensions, so that it is one number for each point of the outer loops.
  private func checkReductions() -> Bool {
    ops.indices.allSatisfy { i in
      !ops[i].hasReduction
        || ops[i].iterators.indices.allSatisfy { loop in
          guard let d = dimensionOfLoop[i][loop] else { return true }
          return (ops[i].iterators[loop] == .parallel) == dimensions[d].isShared
        }
    }
  }

  /// The shared dimensions, in the order of the loops of the last operation.
  public var sharedDimensions: [Int] {
    guard let last = dimensionOfLoop.last else { return [] }
    return last.compactMap { $0 }.filter { dimensions[$0].isShared }
  }

  /// The inner dimensions of operation `i`, in the order of its loops.
  public func innerDimensions(of i: Int) -> [Int] { dimensionOfLoop[i].compactMap { $0 }.filter { !dimensions[$0].isShared } }

  /// `true` iff some operation has inner loops.
  public var hasInnerLoops: Bool { dimensions.contains { !$0.isShared } }
}
