package import TesseraLoopNests
package import TesseraMLIR

/// The operation by which a reduction combines its elements, where it is one that has a neutral element and any order.
package struct Combiner {
  /// The name of the scalar operation.
  package let name: String

  private static let known: Set<String> = [
    "arith.addf", "arith.addi", "arith.mulf", "arith.muli", "arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf",
    "arith.maxsi", "arith.minsi", "arith.maxui", "arith.minui", "arith.andi", "arith.ori", "arith.xori",
  ]

  /// Recognizes the combiner of `op`: one result, yielded by an operation that combines the accumulator with something that does not use it, or by
  /// several such sums, one upon the other.
  package init?(_ op: StructuredOp) {
    guard op.operation.resultCount == 1, let yielded = op.body.terminator?.operand(0), let combine = yielded.definingOperation,
      Self.known.contains(combine.name)
    else { return nil }
    let accumulator = op.body.arguments[op.inputCount]
    guard accumulator.hasOneUse else { return nil }
    var first = combine
    while first.name == "arith.addf", !first.operands.contains(accumulator), first.operand(0) != first.operand(1),
      let inner = first.operand(0).definingOperation, inner.name == first.name, inner.block == first.block, inner.result(0).hasOneUse
    { first = inner }
    guard first.operands.contains(accumulator), first.operand(0) != first.operand(1) else { return nil }
    name = combine.name
  }

  package func combine(_ x: Value, _ y: Value, _ b: Builder) -> Value { b.binary(name, x, y) }

  /// Combines partial results, of which none is NaN unless NaN is to be the result: `maxnumf` and `minnumf` are then one instruction.
  package func combinePartial(_ partial: Value, _ next: Value, _ b: Builder) -> Value {
    guard name == "arith.maxnumf" || name == "arith.minnumf" else { return combine(partial, next, b) }
    // Ordered: a NaN in `next` is not taken.
    return b.select(b.compareFloats(name == "arith.maxnumf" ? .greater : .less, next, partial), next, partial)
  }

  /// Combines the lanes of a vector of partial results to a scalar, by halves: the order of a sum is not that of the lanes.
  package func combineLanes(_ vector: Value, _ b: Builder) -> Value {
    var vector = vector
    var width = vector.type.shape[0]
    while width > 1 {
      let half = width / 2
      let type = Type.vector([half], vector.type.element)
      func part(_ lanes: Range<Int>) -> Value {
        b.value("vector.shuffle", [vector, vector], type: type, attributes: [("mask", .denseI64(Array(lanes), b.context))])
      }
      vector = combinePartial(part(0..<half), part(half..<width), b)
      width = half
    }
    return b.value(
      "vector.extract", [vector], type: vector.type.element, attributes: [("static_position", .denseI64([0], b.context))])
  }

  /// The value that changes nothing, of scalar type `type`.
  package func neutral(_ type: Type, _ b: Builder) -> Value {
    let bits = type.bitWidth ?? 64
    switch name {
    case "arith.addf": return b.scalar(-0.0, type)
    case "arith.mulf", "arith.muli": return b.scalar(1, type)
    case "arith.maximumf", "arith.maxnumf": return b.scalar(-Double.infinity, type)
    case "arith.minimumf", "arith.minnumf": return b.scalar(Double.infinity, type)
    case "arith.maxsi": return b.constant(.integer(bits == 64 ? Int.min : bits == 1 ? -1 : -(1 << (bits - 1)), type))
    case "arith.minsi": return b.constant(.integer(bits == 64 ? Int.max : bits == 1 ? 0 : (1 << (bits - 1)) - 1, type))
    case "arith.minui", "arith.andi": return b.constant(.integer(-1, type))
    default: return b.scalar(0, type)
    }
  }
}
