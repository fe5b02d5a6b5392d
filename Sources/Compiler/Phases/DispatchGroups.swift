import LoopNests
import MLIR

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
  let limits: Limits
  let context: Context

  /// Bounds that keep kernels and their compile time in hand.
  struct Limits {
    var operations = 32
    var tensors = 14
    /// A reduction is not fused into what it reads if fewer independent rows than this would remain.
    var rows = 16
    /// What has no more elements than this is done by one thread.
    var elements = 1 << 14
    /// What nests that run one after the other may hand on for one row, in bytes.
    var rowBytes = 64 << 10
  }

  /// Divides `operations`, all of one block in program order; the terminator included.
  init(_ operations: [Operation], _ context: Context, limits: Limits = Limits()) {
    self.limits = limits
    self.context = context
    for (position, operation) in operations.enumerated() {
      add(operation, position)
    }
    mergeSequences()
    mergeSiblings()
  }

  /// The operations that `operation` reads from, its regions included.
  private func sources(_ operation: Operation) -> [Operation] {
    (operation.operands + operation.descendants.flatMap(\.operands)).compactMap(\.definingOperation)
  }

  func ancestors(_ operation: Operation) -> Bitset {
    var set = Bitset()
    for source in sources(operation) {
      guard let n = nodeOf[source] else { continue }
      set.insert(n)
      set.formUnion(nodes[n].ancestors)
    }
    return set
  }

  /// Lets `operation` join a group, or makes one of it.
  private mutating func add(_ operation: Operation, _ position: Int) {
    let set = ancestors(operation)
    let group = FusionGroup(operation, position: position, ancestors: set)
    if let op = group.ops.first {
      if let padding = Padding(op, context), addPadding(padding, set) { return }
      if group.isFollower, let candidate = candidates(op).first(where: { joins(op, $0, set) }) {
        nodes[candidate].append(op)
        join(operation, candidate, set)
        return
      }
    }
    nodeOf[operation] = nodes.count
    nodes.append(group)
  }

  /// Makes `operation`, which depends on `ancestors`, a part of node `n`.
  mutating func join(_ operation: Operation, _ n: Int, _ ancestors: Bitset) {
    var set = ancestors
    set.remove(n)
    nodeOf[operation] = n
    // Whatever depends on the group now depends on all that the new operation needs.
    nodes[n].ancestors.formUnion(set)
    for other in nodes.indices where nodes[other].ancestors.contains(n) { nodes[other].ancestors.formUnion(set) }
  }

  /// `true` iff something else that is needed by what depends on `ancestors` needs node `n`: it cannot become a part of that.
  func wouldBeCircular(_ n: Int, _ ancestors: Bitset) -> Bool {
    nodes.indices.contains { $0 != n && ancestors.contains($0) && nodes[$0].ancestors.contains(n) }
  }

  /// The groups of what `op` reads: contractions first, then the latest.
  private func candidates(_ op: StructuredOp) -> [Int] {
    let groups = Set(op.operation.operands.compactMap { $0.definingOperation.flatMap { nodeOf[$0] } })
    return groups.filter { nodes[$0].isOpen && !nodes[$0].writesBorder(readBy: op) }.sorted { a, b in
      let x = nodes[a].isHeavy, y = nodes[b].isHeavy
      return x != y ? x : a > b
    }
  }

  /// `true` iff `op`, which depends on `ancestors`, may join the group `candidate` and should.
  private func joins(_ op: StructuredOp, _ candidate: Int, _ ancestors: Bitset) -> Bool {
    if op.worksOnRows { return selects(op, candidate, ancestors) }
    let group = nodes[candidate].ops
    guard group.count < limits.operations, !wouldBeCircular(candidate, ancestors) else { return false }
    guard let old = LoopNest(group), let new = LoopNest(group + [op]) else { return false }
    guard tensorCount(group + [op]) <= limits.tensors else { return false }
    let oldShared = old.sharedDimensions.count, newShared = new.sharedDimensions.count
    if nodes[candidate].isHeavy {
      return !op.hasReduction && oldShared == newShared && new.innerDimensions(of: group.count).isEmpty && keepsLanes(new, group.count)
    }
    if newShared == oldShared { return newShared > 0 || op.hasReduction || isSmall(op) }
    return worthSharing(new)
  }

  /// `true` iff the selection `op`, which depends on `ancestors`, may read the keys where the group `candidate` makes them: it reads them twice, and
  /// nothing else may need them.
  private func selects(_ op: StructuredOp, _ candidate: Int, _ ancestors: Bitset) -> Bool {
    let group = nodes[candidate].ops
    let members = Set((group + [op]).map(\.operation))
    let isPlain = group.allSatisfy { own in
      !own.hasReduction && own.captures.allSatisfy { !$0.type.isTensor } && !own.callsMath
        && own.operation.results.allSatisfy { $0.uses.allSatisfy { members.contains($0.operation) } }
    }
    return isPlain && nodes[candidate].paddings.isEmpty && !wouldBeCircular(candidate, ancestors) && LoopNest(group + [op]) != nil
  }

  /// `true` iff one thread does the operation as fast as several.
  private func isSmall(_ op: StructuredOp) -> Bool {
    let many = limits.elements + 1
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
  private func worthSharing(_ nest: LoopNest) -> Bool {
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
      for result in op.operation.results where result.uses.contains(where: { !own.contains($0.operation) }) { tensors.insert(result) }
    }
    return tensors.count
  }

  /// The nodes in an order in which each comes after all that it depends on, close to the program's.
  var sorted: [FusionGroup] {
    var list: [FusionGroup] = []
    var done = [Bool](repeating: false, count: nodes.count)
    func visit(_ n: Int) {
      if done[n] { return }
      done[n] = true
      for a in nodes.indices where a != n && nodes[n].ancestors.contains(a) { visit(a) }
      list.append(nodes[n])
    }
    for n in nodes.indices.sorted(by: { nodes[$0].position < nodes[$1].position }) { visit(n) }
    return list
  }
}

/// A set of small numbers.
struct Bitset {
  private var words: [UInt64] = []

  func contains(_ i: Int) -> Bool { i >> 6 < words.count && words[i >> 6] >> UInt64(i & 63) & 1 == 1 }
  mutating func insert(_ i: Int) {
    while words.count <= i >> 6 { words.append(0) }
    words[i >> 6] |= 1 << UInt64(i & 63)
  }
  mutating func remove(_ i: Int) { if i >> 6 < words.count { words[i >> 6] &= ~(1 << UInt64(i & 63)) } }
  mutating func formUnion(_ other: Bitset) {
    while words.count < other.words.count { words.append(0) }
    for i in other.words.indices { words[i] |= other.words[i] }
  }
}
