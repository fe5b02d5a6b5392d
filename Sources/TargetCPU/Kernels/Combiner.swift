import LoopNests
import MLIR

/// The operation by which a reduction combines its elements, where it is one that has a neutral element and any order.
struct Combiner {
  /// The name of the scalar operation.
  let name: String
  /// The name of the kind in `vector.reduction`.
  let kind: String

  private static let kinds: [String: String] = [
    "arith.addf": "add", "arith.addi": "add", "arith.mulf": "mul", "arith.muli": "mul",
    "arith.maximumf": "maximumf", "arith.minimumf": "minimumf", "arith.maxnumf": "maxnumf", "arith.minnumf": "minnumf",
    "arith.maxsi": "maxsi", "arith.minsi": "minsi", "arith.maxui": "maxui", "arith.minui": "minui",
    "arith.andi": "and", "arith.ori": "or", "arith.xori": "xor",
  ]

  /// Recognizes the combiner of `op`: one result, yielded by an operation that combines the accumulator with something that does not use it.
  init?(_ op: StructuredOp) {
    guard op.operation.resultCount == 1, let yielded = op.body.terminator?.operand(0), let combine = yielded.definingOperation,
      let kind = Self.kinds[combine.name]
    else { return nil }
    let accumulator = op.body.arguments[op.inputCount]
    guard accumulator.uses.count == 1, combine.operands.contains(accumulator), combine.operand(0) != combine.operand(1) else { return nil }
    name = combine.name
    self.kind = kind
  }

  func combine(_ x: Value, _ y: Value, _ b: Builder) -> Value { b.binary(name, x, y) }

  /// The value that changes nothing, of scalar type `type`.
  func neutral(_ type: Type, _ b: Builder) -> Value {
    let bits = type.bitWidth ?? 64
    switch name {
    case "arith.addf": return b.scalar(-0.0, type)
    case "arith.mulf", "arith.muli": return b.scalar(1, type)
    case "arith.maximumf": return b.scalar(-Double.infinity, type)
    case "arith.minimumf": return b.scalar(Double.infinity, type)
    case "arith.maxnumf", "arith.minnumf": return b.scalar(.nan, type)
    case "arith.maxsi": return b.constant(.integer(bits == 64 ? Int.min : bits == 1 ? -1 : -(1 << (bits - 1)), type))
    case "arith.minsi": return b.constant(.integer(bits == 64 ? Int.max : bits == 1 ? 0 : (1 << (bits - 1)) - 1, type))
    case "arith.minui", "arith.andi": return b.constant(.integer(-1, type))
    default: return b.scalar(0, type)
    }
  }
}
