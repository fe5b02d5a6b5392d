public import TesseraMLIR

/// An operation that gives its only operand, unknown to upstream's folds: they do not look through it.
///
///     %h = "tessera.hidden"(%constant) : (tensor<2xi1>) -> tensor<2xi1>
public enum HiddenOp {
  public static let name = "tessera.hidden"

  /// Hides operand `i` of an operation from the folds of it.
  public static func hide(operand i: Int, of op: Operation, _ context: Context) {
    op.setOperand(i, Builder(context, before: op).value(name, [op.operand(i)], type: op.operand(i).type))
  }

  /// Ends all hiding in a module.
  public static func reveal(in module: Module) {
    for op in module.operation.descendants where op.name == name {
      op.result(0).replaceAllUses(with: op.operand(0))
      op.erase()
    }
  }
}
