import TesseraMLIR

/// Gives the cases of a switch the numbers from 0: upstream's lowering looks at the lower 32 bits of the index only.
///
/// Before: scf.index_switch %i case 7 { ... } case -2 { ... } default { ... }
/// After:  %p = %i == 7 ? 0 : %i == -2 ? 1 : 2
///         scf.index_switch %p case 0 { ... } case 1 { ... } default { ... }
///
/// Ensures: the index of a switch with n cases is 0...n, where n is none of them.
struct NumberedSwitches {
  let context: Context

  func run(on module: Module) {
    for op in module.operation.descendants where op.name == "scf.index_switch" {
      guard let cases = op.attribute("cases")?.denseIntegers else { continue }
      let b = Builder(context, before: op)
      let index = op.operand(0)
      var position = b.index(cases.count)
      for (number, value) in cases.enumerated() {
        position = b.select(b.compare(.equal, index, b.index(value)), b.index(number), position)
      }
      op.setOperand(0, position)
      op.setAttribute("cases", .denseI64(Array(cases.indices), context))
    }
  }
}
