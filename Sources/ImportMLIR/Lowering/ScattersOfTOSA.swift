import TesseraDialects
import TesseraMLIR

/// Rewrites `tosa.scatter` as scattered rows: upstream's loops would copy the whole tensor for each of them.
///
/// Before: %r = tosa.scatter %x, %indices, %updates : (tensor<2x5x3xf32>, tensor<2x4xi32>, tensor<2x4x3xf32>) -> tensor<2x5x3xf32>
/// After:  %places = arith.extsi %indices : tensor<2x4xi32> to tensor<2x4xi64>; %r = "rows.scatter"(%x, %places, %updates, %empty) ...
struct ScattersOfTOSA {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// Rewrites all of them.
  func run() {
    for op in module.operation.descendants where op.name == "tosa.scatter" && op.operands.allSatisfy(\.type.isTensor) {
      let b = Builder(context, before: op)
      let target = op.operand(0), indices = op.operand(1), type = target.type
      let sizes = type.shape.indices.filter { type.shape[$0] == Type.dynamic }.map { b.dimension(target, $0) }
      let places = b.value("arith.extsi", [indices], type: .tensor(indices.type.shape, .i64(context)))
      let result = ScatterOp.create(target, places: places, updates: op.operand(2), output: b.empty(type, sizes), b) { _, _, new in new }
      let wanted = op.result(0).type
      op.result(0).replaceAllUses(with: result.type == wanted ? result : b.value("tensor.cast", [result], type: wanted))
      op.erase()
    }
  }
}
