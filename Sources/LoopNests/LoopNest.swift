public import TesseraMLIR

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
    var classes = LoopClasses(ops)
    guard uniteWithProducers(&classes) else { return false }
    uniteReaders(&classes)
    // Two loops of one operation must not have become one (a diagonal).
    guard ops.indices.allSatisfy({ !classes.hasDiagonal($0) }) else { return false }
    numberDimensions(classes)
    markSharedDimensions()
    return true
  }

  /// Unites the loops by which a value of the nest is read with those that write it; `false` if it is read at another place.
  private func uniteWithProducers(_ classes: inout LoopClasses) -> Bool {
    for (i, op) in ops.enumerated() {
      if op.captures.contains(where: { producer[$0] != nil }) { return false }
      for (operand, map) in zip(op.operation.operands, op.maps) {
        guard let p = producer[operand] else { continue }
        for (read, write) in zip(map.results, ops[p].outputMaps[operand.number].results) {
          guard let loop = write.asDimension else { return false }
          let written = classes.root(p, loop)
          if let loop = read.asDimension {
            classes.unite(classes.root(i, loop), written)
          } else if classes.size(written) != 1 {
            return false
          }
        }
      }
    }
    return true
  }

  /// Unites the loops by which operations read the same tensor from outside, where no operation has both.
  private func uniteReaders(_ classes: inout LoopClasses) {
    var readers: [Value: [(op: Int, map: AffineMap)]] = [:]
    for (i, op) in ops.enumerated() {
      for (operand, map) in zip(op.inputs, op.maps) where operand.type.isTensor && producer[operand] == nil {
        for earlier in readers[operand] ?? [] {
          for (mine, theirs) in zip(map.results, earlier.map.results) {
            guard let m = mine.asDimension, let t = theirs.asDimension else { continue }
            let a = classes.root(i, m), b = classes.root(earlier.op, t)
            if a != b && classes.size(a) != 1 && !classes.haveCommonOperation(a, b) { classes.unite(a, b) }
          }
        }
        readers[operand, default: []].append((i, map))
      }
    }
  }

  /// Makes a dimension of each class of loops that is not of size 1.
  private mutating func numberDimensions(_ classes: LoopClasses) {
    var numbers: [Int: Int] = [:]
    for (i, op) in ops.enumerated() {
      let row = (0..<op.loopCount).map { loop -> Int? in
        let root = classes.root(i, loop)
        if classes.size(root) == 1 { return nil }
        if let number = numbers[root] { return number }
        numbers[root] = dimensions.count
        dimensions.append(Dimension(size: classes.size(root), isShared: true, representative: (i, loop)))
        return dimensions.count - 1
      }
      dimensionOfLoop.append(row)
    }
  }

  /// Finds the dimensions that are parallel in all operations. Operations that read no tensor (fills) are computed wherever they are needed, and
  /// do not count.
  private mutating func markSharedDimensions() {
    let reading = ops.indices.filter { !ops[$0].isFree }
    let counted = reading.isEmpty ? Array(ops.indices) : reading
    for d in dimensions.indices {
      dimensions[d].isShared = counted.allSatisfy { i in
        ops[i].iterators.indices.contains { dimensionOfLoop[i][$0] == d && ops[i].iterators[$0] == .parallel }
      }
    }
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
