import MLIR

/// Two loop nests that compute the same, operation by operation, of other operands.
///
///     %q = linalg.generic ins(%x, %wq) ...        %k = linalg.generic ins(%x, %wk) ...
struct NestCorrespondence {
  /// For each value that the first nest reads or writes and the second does not, what stands for it in the second.
  private(set) var counterparts: [Value: Value] = [:]
  /// The same for all values seen yet, those in bodies too.
  private var known: [Value: Value] = [:]

  /// Compares the nests; `nil` if they do not correspond.
  init?(_ first: LoopNest, _ second: LoopNest) {
    guard first.ops.count == second.ops.count else { return nil }
    for (a, b) in zip(first.ops, second.ops) where !correspond(a.operation, b.operation) { return nil }
    for value in first.ops.flatMap({ $0.operation.operands + $0.captures + $0.operation.results }) {
      if let other = known[value], other != value { counterparts[value] = other }
    }
  }

  private mutating func correspond(_ a: Operation, _ b: Operation) -> Bool {
    if a == b { return a.results.allSatisfy { record($0, $0) } }
    guard a.name == b.name, a.results.map(\.type) == b.results.map(\.type), a.operandCount == b.operandCount,
      Dictionary(uniqueKeysWithValues: a.attributes) == Dictionary(uniqueKeysWithValues: b.attributes),
      zip(a.operands, b.operands).allSatisfy({ correspond($0, $1) }), a.regions.count == b.regions.count,
      zip(a.regions, b.regions).allSatisfy({ correspond($0.blocks, $1.blocks) })
    else { return false }
    return zip(a.results, b.results).allSatisfy { record($0, $1) }
  }

  private mutating func correspond(_ a: [Block], _ b: [Block]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { x, y in
        x.arguments.map(\.type) == y.arguments.map(\.type) && zip(x.arguments, y.arguments).allSatisfy { record($0, $1) }
          && x.operations.count == y.operations.count && zip(x.operations, y.operations).allSatisfy { correspond($0, $1) }
      }
  }

  /// `true` iff `b` can stand for `a`. What a kernel computes anew (constants, fills, tensors without content) must be the same.
  private mutating func correspond(_ a: Value, _ b: Value) -> Bool {
    if known[a] != nil || a == b { return record(a, b) }
    if let x = a.definingOperation, let y = b.definingOperation, StructuredOp(x)?.isFree == true || StructuredOp(y)?.isFree == true {
      return a.number == b.number && correspond(x, y)
    }
    guard a.type == b.type, !a.type.isTensor || a.type.hasStaticShape || a.definingOperation?.name == "tensor.empty" else { return false }
    for name in ["tensor.empty", "arith.constant"] where a.definingOperation?.name == name || b.definingOperation?.name == name {
      guard let x = a.definingOperation, let y = b.definingOperation, x.name == y.name, x.operands == y.operands,
        x.attribute("value") == y.attribute("value")
      else { return false }
    }
    return record(a, b)
  }

  /// Says that `b` stands for `a`; `false` if another does.
  private mutating func record(_ a: Value, _ b: Value) -> Bool {
    if let before = known[a] { return before == b }
    known[a] = b
    return true
  }
}
