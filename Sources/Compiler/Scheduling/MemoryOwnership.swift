import TesseraDialects
import TesseraMLIR

/// Which arguments of blocks are the only way to their memory, so that a dispatch that changes a part of one may do so in place: a loop that changes some
/// elements of a tensor each turn then touches these alone.
///
/// Before: ^loop(%i: index, %t: tensor<?xf32>): ... %u = "flow.dispatch"(%t, ...) ... cf.br ^loop(%j, %u)
/// After:  the memory of %u is that of %t; what comes in from outside of the loop is copied, if the function does not own it.
///
/// A *root* is a value with memory of its own: an argument of a block, or what a dispatch makes. Its views are other names of it. An edge *hands it over*
/// if no name of it is used on any way from there to where it is made again.
struct MemoryOwnership {
  /// A way from one block to another.
  struct Edge: Hashable {
    let terminator: Operation
    let successor: Int
  }
  /// An operand of an edge, by the argument that it becomes.
  struct Pass: Hashable {
    let edge: Edge
    let argument: Value
  }

  /// Where a root is used, under any of its names.
  private struct Uses {
    var blocks: Set<Block> = []
    var passes: [Pass] = []
    /// `true` iff something else may get to the memory: a list, a choice, a function that is called.
    var leaks = false
    /// `true` iff a dispatch reads it that writes only a part of its result, where that has the same memory.
    var isChangedInPart = false
  }
  /// What becomes an argument of a block.
  private struct Source {
    let pass: Pass
    /// The root; `nil` for what has no memory of its own, or is not known.
    let root: Value?
    let isBackward: Bool
  }

  private let isPartial: (Operation, Int) -> Bool
  private var uses: [Value: Uses] = [:]
  private var sources: [Value: [Source]] = [:]
  /// The arguments that are the only way to their memory, among those for which it matters.
  private var exclusive: Set<Value> = []
  /// The operands that get memory of their own on their way into a loop.
  private(set) var copied: Set<Pass> = []

  /// Looks at a function whose blocks are given each after those that dominate it; `isPartial` says which dispatches change a part of
  /// the operand of a number.
  init(_ blocks: [Block], isPartial: @escaping (Operation, Int) -> Bool) {
    self.isPartial = isPartial
    let arguments = blocks.dropFirst().flatMap(\.arguments).filter(\.type.isTensor)
    for argument in arguments { uses[argument] = uses(of: argument) }
    guard uses.values.contains(where: \.isChangedInPart) else { return }
    let numbers = Dictionary(uniqueKeysWithValues: blocks.enumerated().map { ($1, $0) })
    for (number, block) in blocks.enumerated() {
      guard let terminator = block.terminator else { continue }
      for (operand, pass) in Self.passes(of: terminator) where pass.argument.type.isTensor {
        let root = root(of: operand), target = pass.argument.owningBlock
        if let root, uses[root] == nil { uses[root] = uses(of: root) }
        let isBackward = target.flatMap { numbers[$0] }.map { $0 <= number } ?? true
        sources[pass.argument, default: []].append(Source(pass: pass, root: root, isBackward: isBackward))
      }
    }
    decide()
  }

  /// `true` iff `value` is a name of an argument that is the only way to its memory, and no name of it is used behind `block`.
  func dies(_ value: Value, in block: Block) -> Bool {
    guard !exclusive.isEmpty, let argument = root(of: value), exclusive.contains(argument), let uses = uses[argument] else { return false }
    return !uses.passes.contains { $0.edge.terminator.block == block } && !block.successors.contains { isLive(argument, at: $0) }
  }

  // MARK: deciding

  /// Finds the arguments, where loops that gain by it copy what they begin with.
  private mutating func decide() {
    // Those that are changed in part, and those that become such, or come of them by way of other blocks.
    var wanted = Set(sources.keys.filter { uses[$0]?.isChangedInPart == true })
    var pending = Array(wanted)
    while let argument = pending.popLast() {
      for source in sources[argument] ?? [] {
        if let root = source.root, sources[root] != nil, wanted.insert(root).inserted { pending.append(root) }
      }
    }
    let roots = wanted.flatMap { (sources[$0] ?? []).compactMap(\.root) }
    let clean = Set((Array(wanted) + roots).filter(isClean))
    exclusive = wanted.intersection(clean)
    func isOwned(_ source: Source) -> Bool {
      guard let root = source.root, clean.contains(root) else { return false }
      return !root.isBlockArgument || exclusive.contains(root)
    }
    func begins(_ source: Source, _ loop: [Source]) -> Bool { !source.isBackward && loop.contains(where: \.isBackward) }
    // Each that is not takes others along.
    while case let wrong = exclusive.filter({ argument in
      let all = sources[argument] ?? []
      return !all.allSatisfy { isOwned($0) || begins($0, all) }
    }), !wrong.isEmpty { exclusive.subtract(wrong) }
    for argument in exclusive { copied.formUnion((sources[argument] ?? []).filter { !isOwned($0) }.map(\.pass)) }
  }

  /// `true` iff only edges give the root's memory away, and each that does hands it over.
  private func isClean(_ root: Value) -> Bool {
    guard let uses = uses[root], !uses.leaks else { return false }
    return Set(uses.passes.map(\.edge)).count == uses.passes.count
      && uses.passes.allSatisfy { !isLive(root, at: $0.edge.terminator.successors[$0.edge.successor]) }
  }

  /// `true` iff a name of `root` is used on a way from the beginning of `start` to where it is made again.
  private func isLive(_ root: Value, at start: Block) -> Bool {
    guard let uses = uses[root] else { return true }
    let origin = root.block
    var seen: Set<Block> = [], pending = [start]
    while let block = pending.popLast() {
      guard block != origin, seen.insert(block).inserted else { continue }
      if uses.blocks.contains(block) { return true }
      pending += block.successors
    }
    return false
  }

  // MARK: looking

  private static let views: Set<String> = [
    "tensor.cast", "tensor.bitcast", "tensor.expand_shape", "tensor.collapse_shape", "tensor.reshape",
  ]

  /// The value with memory of its own that `value` is a name of.
  private func root(of value: Value) -> Value? {
    var value = value
    while let source = value.definingOperation {
      if source.name == DispatchOp.name { return value }
      guard Self.views.contains(source.name) else { return nil }
      value = source.operand(0)
    }
    // Arguments of the first block are the caller's.
    return uses[value] == nil ? nil : value
  }

  private func uses(of root: Value) -> Uses {
    var uses = Uses(), names = [root]
    while let name = names.popLast() {
      for use in name.uses {
        let op = use.operation
        if op.name == "tensor.dim" { continue }
        if Self.views.contains(op.name), use.operandNumber == 0 {
          names.append(op.result(0))
          continue
        }
        op.block.map { _ = uses.blocks.insert($0) }
        if op.name == DispatchOp.name {
          uses.isChangedInPart = uses.isChangedInPart || isPartial(op, use.operandNumber)
        } else if let pass = Self.pass(of: op, operandNumber: use.operandNumber) {
          uses.passes.append(pass)
        } else if op.name != "tensor.extract" && op.name != "func.return" {
          uses.leaks = true
        }
      }
    }
    return uses
  }

  /// The operands of the edges that leave by `terminator`.
  private static func passes(of terminator: Operation) -> [(operand: Value, pass: Pass)] {
    terminator.operands.enumerated().compactMap { number, operand in pass(of: terminator, operandNumber: number).map { (operand, $0) } }
  }

  /// What operand `number` of a terminator becomes; `nil` for a condition, and for other operations.
  private static func pass(of terminator: Operation, operandNumber number: Int) -> Pass? {
    let successors = terminator.successors
    // Conditions stand first, then the operands of one edge after the other.
    var first = terminator.operandCount - successors.map(\.arguments.count).reduce(0, +)
    for (successor, target) in successors.enumerated() {
      let arguments = target.arguments
      if number >= first, number < first + arguments.count {
        return Pass(edge: Edge(terminator: terminator, successor: successor), argument: arguments[number - first])
      }
      first += arguments.count
    }
    return nil
  }
}

extension Block {
  fileprivate var successors: [Block] { terminator?.successors ?? [] }
}
