import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// Divides the structured operations of a block into groups that become one dispatch each.
///
/// In program order, an operation joins the group of a value that it reads if the whole is still one loop nest that is worth it:
/// elementwise operations follow a contraction, a convolution or a reduction while its results are in registers; the passes over a row
/// (softmax, normalizations) become one. At last attention becomes one group, and so do contractions that read the same tensor. Groups never
/// depend on each other in a circle.
struct DispatchGroups {
  var nodes: [FusionGroup] = []
  /// The node of each operation.
  var nodeOf: [Operation: Int] = [:]
  /// The dependencies of the nodes, and the order that follows.
  var order = DependencyOrder()
  /// The bounds of one dispatch, by device.
  private let limits: [FusionLimits]
  /// The devices of structured operations, where there are several.
  private let devices: [Operation: Int]
  let context: Context

  /// Divides `operations`, all of one block in program order; the terminator included.
  init(_ operations: [Operation], _ context: Context, limits: [FusionLimits], devices: [Operation: Int]) {
    self.limits = limits
    self.devices = devices
    self.context = context
    for operation in operations { add(operation) }
    mergeSequences()
    mergeSiblings()
  }

  /// The bounds of a dispatch that has `op`: all of it is on one device, since what crosses goes over a transfer.
  func limits(of op: StructuredOp) -> FusionLimits { limits[devices[op.operation] ?? 0] }

  /// The operations that `operation` reads from, its regions included.
  private func sources(_ operation: Operation) -> [Operation] {
    (operation.operands + operation.descendants.flatMap(\.operands)).compactMap(\.definingOperation)
  }

  /// The nodes that `operation` reads, without repetition.
  private func sourceNodes(_ operation: Operation) -> [Int] {
    var seen = Set<Int>()
    return sources(operation).compactMap { nodeOf[$0] }.filter { seen.insert($0).inserted }
  }

  /// Lets `operation` join a group, or makes one of it.
  private mutating func add(_ operation: Operation) {
    let read = sourceNodes(operation)
    let group = FusionGroup(operation)
    if let op = group.ops.first {
      if let padding = Padding(op, context), addPadding(padding, read) { return }
      if group.isFollower, let candidate = candidates(op).first(where: { joins(op, $0, read) }), context.rewrites.allows(operation) {
        nodes[candidate].append(op)
        join(operation, candidate, read)
        return
      }
    }
    nodeOf[operation] = nodes.count
    nodes.append(group)
    order.append(reading: read)
  }

  /// Makes `operation`, which reads the nodes `read`, a part of node `n`.
  mutating func join(_ operation: Operation, _ n: Int, _ read: [Int]) {
    nodeOf[operation] = n
    order.add(read, to: n)
  }

  /// The groups of what `op` reads: contractions first, then the latest.
  private func candidates(_ op: StructuredOp) -> [Int] {
    let groups = Set(op.operation.operands.compactMap { $0.definingOperation.flatMap { nodeOf[$0] } })
    return groups.filter { nodes[$0].isOpen && !nodes[$0].writesBorder(readBy: op) }.sorted { a, b in
      let x = nodes[a].isHeavy, y = nodes[b].isHeavy
      return x != y ? x : a > b
    }
  }

  /// `true` iff `op`, which reads the nodes `read`, may join the group `candidate` and should.
  private func joins(_ op: StructuredOp, _ candidate: Int, _ read: [Int]) -> Bool {
    if op.worksOnRows { return selects(op, candidate, read) }
    let group = nodes[candidate].ops, limits = limits(of: op)
    guard group.count < limits.operations, order.mayRead(candidate, read) else { return false }
    guard let old = LoopNest(group), let new = LoopNest(group + [op]) else { return false }
    guard tensorCount(group + [op]) <= limits.tensors else { return false }
    let oldShared = old.sharedDimensions.count, newShared = new.sharedDimensions.count
    if nodes[candidate].isHeavy {
      return !op.hasReduction && oldShared == newShared && new.innerDimensions(of: group.count).isEmpty && keepsLanes(new, group.count)
    }
    // Without a reduction there is nothing to keep of a row, and all lanes would go along the dimensions that both have, such as the batch.
    if !new.ops.contains(where: \.hasReduction), !new.innerDimensions(of: group.count).isEmpty { return isSmall(op) }
    if newShared == oldShared { return newShared > 0 || op.hasReduction || isSmall(op) }
    return worthSharing(new, limits)
  }

  /// `true` iff the selection `op`, which reads the nodes `read`, may read the keys where the group `candidate` makes them: it reads them twice, and
  /// nothing else may need them.
  private func selects(_ op: StructuredOp, _ candidate: Int, _ read: [Int]) -> Bool {
    let group = nodes[candidate].ops
    let members = Set((group + [op]).map(\.operation))
    let isPlain = group.allSatisfy { own in
      !own.hasReduction && own.captures.allSatisfy { !$0.type.isTensor } && !own.callsMath
        && !own.operation.results.contains { $0.isUsed { !members.contains($0.operation) } }
    }
    return isPlain && nodes[candidate].paddings.isEmpty && order.mayRead(candidate, read) && LoopNest(group + [op]) != nil
  }

  /// `true` iff one thread does the operation as fast as several.
  private func isSmall(_ op: StructuredOp) -> Bool {
    let many = limits(of: op).elements + 1
    return op.staticLoopSizes.reduce(1) { min(many, $0 * min(many, $1 ?? many)) } < many
  }

  /// `true` iff operation `i` writes neighbours along the dimension in which the first contraction of the nest does, which has its lanes.
  private func keepsLanes(_ nest: LoopNest, _ i: Int) -> Bool {
    func last(_ i: Int) -> Int? {
      nest.ops[i].outputMaps[0].results.compactMap { $0.asDimension.flatMap { nest.dimensionOfLoop[i][$0] } }.last
    }
    guard let root = nest.ops.indices.first(where: { nest.ops[$0].hasReduction }) else { return true }
    return last(root) == last(i)
  }

  /// `true` iff enough independent rows remain in a nest with reductions.
  private func worthSharing(_ nest: LoopNest, _ limits: FusionLimits) -> Bool {
    var rows = 1, elements = 1
    for dimension in nest.dimensions {
      guard let size = dimension.size else {
        if dimension.isShared { rows *= limits.rows }
        continue
      }
      elements *= size
      if dimension.isShared { rows *= size }
    }
    return rows >= limits.rows || elements <= limits.elements
  }

  /// Tensors that come into the group or could leave it.
  func tensorCount(_ ops: [StructuredOp]) -> Int {
    let own = Set(ops.map(\.operation))
    var tensors = Set<Value>()
    for op in ops {
      for value in op.inputs + op.captures where value.type.isTensor {
        if let source = value.definingOperation, own.contains(source) { continue }
        tensors.insert(value)
      }
      for result in op.operation.results where result.isUsed(where: { !own.contains($0.operation) }) { tensors.insert(result) }
    }
    return tensors.count
  }

  /// The groups in an order in which each comes after all that it depends on, close to the program's.
  var sorted: [FusionGroup] { order.sorted.map { nodes[$0] } }
}
