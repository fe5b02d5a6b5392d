import TesseraDialects
import TesseraLoopNests
import TesseraMLIR

/// Operations that become one dispatch, or one operation of the host: a node of the dependency graph.
struct FusionGroup {
  /// What a group consists of.
  enum Kind {
    /// One operation of the host.
    case host
    /// One operation that costs nothing to repeat: whoever reads it computes it again, where that is possible.
    case free
    /// One operation that works on rows as wholes, in a kernel of its own; a selection with what makes its keys.
    case rows
    /// Operations that form one loop nest, or several that run one after the other, and the borders of what they compute.
    case nests
  }

  private(set) var kind: Kind
  /// The structured operations, in program order.
  private(set) var ops: [StructuredOp] = []
  /// Results of `ops` that are written into larger tensors.
  var paddings: [Padding] = []
  /// The operation of the host.
  private var host: Operation?
  /// `true` iff the group is a contraction, a convolution or a pooling with what follows it.
  private(set) var isHeavy = false

  /// The group of `operation` alone.
  init(_ operation: Operation) {
    if let op = StructuredOp(operation) {
      kind = op.worksOnRows ? .rows : op.isFree ? .free : .nests
      ops = [op]
      isHeavy = op.isHeavy
    } else {
      kind = .host
      host = operation
    }
  }

  /// Lets `op` follow the others.
  mutating func append(_ op: StructuredOp) {
    ops.append(op)
    isHeavy = isHeavy || op.isHeavy
    if op.worksOnRows { kind = .rows }
  }

  /// Takes the operations of `earlier`, to be done first.
  mutating func prepend(_ earlier: FusionGroup) {
    ops = earlier.ops + ops
    isHeavy = isHeavy || earlier.isHeavy
  }

  /// Leaves nothing, when another group has taken the operations.
  mutating func clear() {
    ops = []
    isHeavy = false
  }

  /// The group of `others`, which compute the same as its operations.
  func replacing(_ others: [StructuredOp]) -> FusionGroup {
    var copy = self
    copy.ops = others
    return copy
  }

  /// All operations, in an order in which they can stand.
  var operations: [Operation] { host.map { [$0] } ?? ops.map(\.operation) + paddings.flatMap(\.operations) }

  /// `true` iff others may join.
  var isOpen: Bool { kind == .nests }

  /// `true` iff the group, one operation yet, may join another.
  var isFollower: Bool { kind == .nests && !isHeavy || kind == .rows && ops[0].operation.name == SelectOp.name }

  /// `true` iff a result has readers. Upstream's passes have removed all other operations but those on rows, which they do not know.
  var isNeeded: Bool {
    let last = kind == .rows ? ops.suffix(1).map(\.operation) : operations
    return last.contains { $0.results.contains(where: \.hasUses) }
  }

  /// `true` iff free operations that the group reads can be repeated in it. What works on rows reads from memory, but for a selection its keys.
  var repeatsProducers: Bool { !ops.contains { $0.worksOnRows && $0.operation.name != SelectOp.name } }

  /// `true` iff the group with all free operations that it reads is one kernel. Most groups are one nest, which is seen sooner than a sequence.
  var canRepeatProducers: Bool {
    let whole = withFreeProducers.ops
    return LoopNest(whole) != nil || NestSequence(whole) != nil
  }

  /// `true` iff `op` reads a tensor with a border that the group writes: it must wait for all of it.
  func writesBorder(readBy op: StructuredOp) -> Bool {
    paddings.contains { (op.inputs + op.captures).contains($0.result) }
  }

  /// The values that the group reads, its own among them.
  var reads: [Value] { ops.flatMap { $0.operation.operands + $0.captures } + paddings.map(\.filler) }

  /// The values that the dispatch has as results. What works on rows writes all its own: some are memory that it needs.
  var results: [Value] {
    let members = Set(operations)
    let plain = ops.flatMap { op in
      op.operation.results.filter { op.worksOnRows || $0.isUsed { !$0.operation.isInside(members) } }
    }
    return plain + paddings.map(\.result)
  }

  /// The operators that the group computes. A border is a part of one; where others compute the rest of it, and are `named` after it, as they
  /// are for a convolution that pads its input, it does not count.
  func location(besides named: Set<String>, _ context: Context) -> Location {
    let borders = paddings.flatMap(\.operations).filter { !named.isSuperset(of: $0.location.sourceNames) }
    return .fused((ops.map(\.operation) + borders).map(\.location), context)
  }

  /// The group, with the free operations that it reads before it.
  var withFreeProducers: FusionGroup {
    guard repeatsProducers else { return self }
    let members = Set(ops.map(\.operation))
    var free: [StructuredOp] = []
    for source in ops.flatMap(\.operation.operands).compactMap(\.definingOperation) where !members.contains(source) {
      guard let producer = StructuredOp(source), producer.isFree, !free.contains(producer) else { continue }
      free.append(producer)
    }
    var copy = self
    copy.ops = free + ops
    return copy
  }

  /// Copies the operations, with their operands mapped. A border becomes a `tensor.pad` of what an operation computes.
  func copy(_ b: Builder, _ map: inout [Value: Value]) {
    for op in ops { b.copy(op.operation, &map) }
    for padding in paddings {
      map[padding.result] = b.pad(
        map[padding.source]!, low: padding.low, high: padding.high, with: map[padding.filler]!, type: padding.result.type)
    }
  }
}

extension StructuredOp {
  /// `true` iff the operation is a contraction, a convolution or a pooling.
  fileprivate var isHeavy: Bool { reusesInputs || readsWindows }
}
