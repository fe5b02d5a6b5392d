import TesseraMLIR

/// Two loop nests that compute the same, operation by operation, of other operands.
///
///     %q = linalg.generic ins(%x, %wq) ...        %k = linalg.generic ins(%x, %wk) ...
struct NestCorrespondence {
  /// For each value that the first nest reads or writes and the second does not, what stands for it in the second.
  private(set) var counterparts: [Value: Value] = [:]
  /// The counterpart in the second nest of each value of the first, values in bodies included.
  private var known: [Value: Value] = [:]
  /// The values that the second nest computes, as far as seen: no value from outside of the first corresponds to one of them.
  private var computed = Set<Value>()

  /// Compares the nests, of which neither reads what the other computes; `nil` if they do not correspond.
  init?(_ first: LoopNest, _ second: LoopNest) {
    guard first.ops.count == second.ops.count else { return nil }
    for (a, b) in zip(first.ops, second.ops) where !correspond(a.operation, b.operation) { return nil }
    for value in first.ops.flatMap({ $0.operation.operands + $0.captures + $0.operation.results }) {
      if let other = known[value], other != value { counterparts[value] = other }
    }
  }

  private mutating func correspond(_ a: Operation, _ b: Operation) -> Bool {
    guard a != b else {
      define(a.results, a.results)
      return true
    }
    guard a.name == b.name, a.results.map(\.type) == b.results.map(\.type), a.operandCount == b.operandCount,
      Dictionary(uniqueKeysWithValues: a.attributes) == Dictionary(uniqueKeysWithValues: b.attributes),
      zip(a.operands, b.operands).allSatisfy({ correspond($0, $1) }), a.regions.count == b.regions.count,
      zip(a.regions, b.regions).allSatisfy({ correspond($0.blocks, $1.blocks) })
    else { return false }
    define(a.results, b.results)
    return true
  }

  private mutating func correspond(_ a: [Block], _ b: [Block]) -> Bool {
    guard a.count == b.count else { return false }
    for (x, y) in zip(a, b) {
      let inner = (x.operations, y.operations)
      guard x.arguments.map(\.type) == y.arguments.map(\.type), inner.0.count == inner.1.count else { return false }
      define(x.arguments, y.arguments)
      for (p, q) in zip(inner.0, inner.1) where !correspond(p, q) { return false }
    }
    return true
  }

  /// `true` iff `b` can stand for `a`. What a kernel computes anew (constants, fills, tensors without content) must be the same.
  private mutating func correspond(_ a: Value, _ b: Value) -> Bool {
    if let other = known[a] { return other == b }
    guard a.type == b.type, !computed.contains(b), a == b || isFromOutside(a) && isFromOutside(b) || isSameConstant(a, b) else {
      return false
    }
    known[a] = b
    return true
  }

  /// `true` iff a kernel reads the value from memory: it is a number, or a tensor whose size is known.
  private func isFromOutside(_ value: Value) -> Bool {
    if value.type.isTensor && !value.type.hasStaticShape { return false }
    guard let operation = value.definingOperation else { return true }
    return !["tensor.empty", "arith.constant"].contains(operation.name) && StructuredOp(operation)?.isFree != true
  }

  private func isSameConstant(_ a: Value, _ b: Value) -> Bool {
    guard let x = a.definingOperation, let y = b.definingOperation else { return false }
    return ["tensor.empty", "arith.constant"].contains(x.name) && x.name == y.name && x.operands == y.operands
      && x.attribute("value") == y.attribute("value")
  }

  /// Says that the second nest's values `b` stand for the first's values `a`.
  private mutating func define(_ a: [Value], _ b: [Value]) {
    for (x, y) in zip(a, b) { known[x] = y }
    computed.formUnion(b)
  }
}
