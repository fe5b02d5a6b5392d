import TesseraDialects
import TesseraMLIR

/// Hides constants, and functions that have an inverse, from what upstream makes of TOSA's arithmetic on the way to linalg: its folds compute
/// otherwise than its lowering. What is constant is computed later, by the same kernels that would compute it at run time.
///
/// Before: %y = tosa.cast %constant : (tensor<2xi1>) -> tensor<2xf32>
/// After:  %h = "tessera.hidden"(%constant) : (tensor<2xi1>) -> tensor<2xi1>
///         %y = tosa.cast %h : (tensor<2xi1>) -> tensor<2xf32>
///
/// Ensures: after `HiddenOp.reveal`, no operation of its own is left.
struct HiddenFromFolds {
  let context: Context

  /// The number of data operands of each operation; the operands after them are parameters, which the lowering asks for.
  private static let dataOperands: [String: Int] = {
    var counts: [String: Int] = [:]
    for name in ["abs", "bitwise_not", "cast", "ceil", "clamp", "clz", "cos", "erf", "exp", "floor", "log", "logical_not", "negate"] {
      counts[name] = 1
    }
    for name in ["reciprocal", "rsqrt", "sigmoid", "sin", "tanh"] { counts[name] = 1 }
    for name in ["reduce_all", "reduce_any", "reduce_max", "reduce_min", "reduce_product", "reduce_sum"] { counts[name] = 1 }
    for name in ["add", "sub", "mul", "intdiv", "maximum", "minimum", "pow", "arithmetic_right_shift"] { counts[name] = 2 }
    for name in ["equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor"] { counts[name] = 2 }
    for name in ["bitwise_and", "bitwise_or", "bitwise_xor", "logical_left_shift", "logical_right_shift"] { counts[name] = 2 }
    counts["select"] = 3
    // What only moves elements makes another constant of a constant, which arithmetic would see.
    for name in ["reshape", "transpose", "reverse", "slice", "pad", "tile", "identity"] { counts[name] = 1 }
    counts["concat"] = .max
    return counts
  }()

  /// The hidden operations: constants, and functions that an inverse would cancel.
  private static let hidden: Set<String> = ["tosa.const", "arith.constant", "tosa.exp", "tosa.log"]

  func hide(in module: Module) {
    for op in module.operation.descendants where op.name.hasPrefix("tosa.") {
      guard let count = Self.dataOperands[String(op.name.dropFirst("tosa.".count))] else { continue }
      for i in 0..<min(count, op.operandCount) {
        let operand = op.operand(i)
        guard let source = operand.definingOperation, Self.hidden.contains(source.name) else { continue }
        HiddenOp.hide(operand: i, of: op, context)
      }
    }
    // Beside TOSA there may be complex numbers, which the phase `input` takes apart before anything folds.
    for op in module.operation.descendants where op.name.hasPrefix("complex.") {
      for (i, operand) in op.operands.enumerated() where operand.definingOperation?.name.hasPrefix("complex.") == true {
        HiddenOp.hide(operand: i, of: op, context)
      }
    }
  }
}
