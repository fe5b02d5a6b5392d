import TesseraLoopNests
import TesseraMLIR

/// The values of a function that are known at compile time.
///
/// Requires: the function does not change as long as this is asked.
struct ConstantValues {
  private var known: [Value: Bool] = [:]

  /// `true` iff `value` is computed from constants only: a weight, perhaps in another shape or layout.
  static func isConstant(_ value: Value) -> Bool {
    var values = ConstantValues()
    return values.contains(value)
  }

  /// `true` iff `value` is computed from constants only.
  mutating func contains(_ value: Value) -> Bool {
    if let answer = known[value] { return answer }
    guard let op = value.definingOperation else { return false }
    let answer = isConstant(op)
    known[value] = answer
    return answer
  }

  private mutating func isConstant(_ op: Operation) -> Bool {
    switch op.name {
    case "ml_program.global_load_const", "arith.constant": return true
    case "tensor.empty": return op.operandCount == 0
    case "tensor.expand_shape", "tensor.collapse_shape", "tensor.cast":
      return op.operandCount == 1 && op.result(0).type.hasStaticShape && contains(op.operand(0))
    case "linalg.generic":
      guard let structured = StructuredOp(op), op.results.allSatisfy({ $0.type.hasStaticShape }) else { return false }
      return (op.operands + structured.captures).allSatisfy { contains($0) }
    default: return false
    }
  }
}
