import TesseraLoopNests
import TesseraMLIR

/// A sum of products of f32 with the elements of a constant matrix: one loop of the sum, one loop of the matrix's columns, and the rest, which are
/// those of the rows.
struct WeightProduct {
  let op: StructuredOp
  /// The symbol of the matrix.
  let symbol: String
  let rows: Value
  /// The loops of the dimensions of the rows and of the result.
  let rowLoops: [Int]
  let resultLoops: [Int]
  let depthLoop: Int
  let columnLoop: Int
  /// The dimension of the matrix that the sum runs along.
  let depthAxis: Int
  let depth: Int
  let columns: Int

  /// Reads `operation`; `nil` for all others.
  init?(_ operation: Operation) {
    guard let op = StructuredOp(operation), !op.worksOnRows, op.inputCount == 2, op.outputs.count == 1, Self.isSumOfProducts(op) else {
      return nil
    }
    let weights = (0..<2).filter { Self.symbol(operation.operand($0)) != nil && operation.operand($0).type.rank == 2 }
    guard let own = weights.first, let symbol = Self.symbol(operation.operand(own)) else { return nil }
    let rows = operation.operand(1 - own)
    guard let axes = op.maps[own].asDimensions, let rowLoops = op.maps[1 - own].asDimensions,
      let resultLoops = op.outputMaps[0].asDimensions, operation.operand(own).type.hasStaticShape, rows.type.isTensor
    else { return nil }
    let reductions = op.iterators.indices.filter { op.iterators[$0] == .reduction }
    guard reductions.count == 1, let depthAxis = axes.firstIndex(of: reductions[0]), axes[0] != axes[1],
      rowLoops.filter({ $0 == reductions[0] }).count == 1, !rowLoops.contains(axes[1 - depthAxis])
    else { return nil }
    self.op = op
    (self.symbol, self.rows, self.rowLoops, self.resultLoops, self.depthAxis) = (symbol, rows, rowLoops, resultLoops, depthAxis)
    (depthLoop, columnLoop) = (reductions[0], axes[1 - depthAxis])
    let shape = operation.operand(own).type.shape
    (depth, columns) = (shape[depthAxis], shape[1 - depthAxis])
    // What is made no longer says that the sizes agree, so they must be known to.
    guard let axis = rowLoops.firstIndex(of: depthLoop), rows.type.shape[axis] == depth else { return nil }
  }

  /// The symbol of the global that `value` is.
  private static func symbol(_ value: Value) -> String? {
    guard let load = value.definingOperation, load.name == "ml_program.global_load_const" else { return nil }
    return load.attribute("global")?.symbolName
  }

  /// `true` iff the body is `sum + a * b`, in f32.
  private static func isSumOfProducts(_ op: StructuredOp) -> Bool {
    let e = op.body.arguments
    guard e.count == 3, e.allSatisfy({ "\($0.type)" == "f32" }), let yield = op.body.operations.last,
      let sum = yield.operand(0).definingOperation, sum.name == "arith.addf", op.body.operations.count == 3
    else { return false }
    let terms = sum.operands
    guard let place = terms.firstIndex(of: e[2]), let product = terms[1 - place].definingOperation, product.name == "arith.mulf" else {
      return false
    }
    return Set(product.operands) == [e[0], e[1]]
  }
}
