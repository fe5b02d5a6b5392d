import TesseraKernels
import TesseraMLIR

/// Conversions between f16 and wider floats, for processors without instructions for them.
enum HalfConversions {
  /// Replaces the conversions of `module` by integer operations.
  static func expand(in module: Module) {
    for op in module.operation.descendants where ["arith.extf", "arith.truncf"].contains(op.name) {
      let (from, to) = (op.operand(0).type, op.result(0).type)
      let b = Builder(module.context, before: op)
      if isHalf(from) {
        let number = b.widenedHalf(op.operand(0))
        op.result(0).replaceAllUses(with: number.type == to ? number : b.value("arith.extf", [number], type: to))
      } else if isHalf(to), element(from) == .f32(module.context) {
        op.result(0).replaceAllUses(with: b.narrowedToHalf(op.operand(0)))
      } else {
        continue
      }
      op.erase()
    }
  }

  private static func element(_ type: Type) -> Type { type.isVector ? type.element : type }
  private static func isHalf(_ type: Type) -> Bool { element(type).isFloat && "\(element(type))" == "f16" }
}
