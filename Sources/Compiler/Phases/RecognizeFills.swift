import Dialects
import LoopNests
import MLIR

/// Gives generics that only write one scalar everywhere the name that they have upstream, by which the layout phases know them.
///
/// Before: %f = linalg.generic {maps = [(d0, d1) -> (), (d0, d1) -> (d0, d1)]} ins(%zero : f32) outs(%e) { linalg.yield %in }
/// After:  %f = linalg.fill ins(%zero : f32) outs(%e)
func recognizeFills(_ module: Module) {
  for function in module.hostFunctions {
    for operation in function.descendants {
      guard let op = StructuredOp(operation), op.isFree, op.inputCount == 1, op.operation.resultCount == 1, op.maps[1].isIdentity,
        op.body.operations.count == 1, op.body.terminator?.operand(0) == op.body.arguments[0], module.context.rewrites.allows(operation)
      else { continue }
      let fill = Builder(module.context, before: operation).fill(operation.operand(0), operation.operand(1))
      operation.result(0).replaceAllUses(with: fill)
      operation.erase()
    }
  }
}
