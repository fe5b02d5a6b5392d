import TesseraDialects
import TesseraMLIR

/// Rewrites arithmetic on whole tensors as structured operations.
///
/// Before: %r = arith.addf %x, %y : tensor<?x16xf32>
/// After:  %r = linalg.generic ins(%x, %y) outs(%empty) { ^bb0(%a, %b, %o): %s = arith.addf %a, %b : f32; linalg.yield %s }
///
/// Requires: nothing.
/// Ensures: operations of arith and math in host functions work on scalars; constants, and choices of tensors by a number, stay.
struct ElementwiseToGenerics {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them.
  func run() {
    for function in module.hostFunctions {
      for op in function.descendants where isElementwise(op) { rewrite(op) }
    }
  }

  private func isElementwise(_ op: Operation) -> Bool {
    guard op.name.hasPrefix("arith.") || op.name.hasPrefix("math."), op.resultCount > 0, op.operandCount > 0 else { return false }
    return (op.operands + op.results).allSatisfy(\.type.isTensor)
  }

  private func rewrite(_ op: Operation) {
    let b = Builder(context, before: op)
    let rank = op.operand(0).type.rank
    let identity = AffineMap.identity(rank, context)
    let outputs = op.results.map { result in
      let sizes = result.type.shape.enumerated().filter { $0.element == Type.dynamic }.map { b.dimension(op.operand(0), $0.offset) }
      return b.empty(.tensor(result.type.shape, result.type.element), sizes)
    }
    let generic = b.generic(
      inputs: op.operands, outputs: outputs, maps: .init(repeating: identity, count: op.operandCount + outputs.count),
      iterators: .init(repeating: .parallel, count: rank)
    ) { inner, arguments in
      inner.create(
        op.name, Array(arguments[..<op.operandCount]), results: op.results.map(\.type.element), attributes: op.attributes
      ).results
    }
    for (old, new) in zip(op.results, generic.results) { old.replaceAllUses(with: new) }
    op.erase()
  }
}
