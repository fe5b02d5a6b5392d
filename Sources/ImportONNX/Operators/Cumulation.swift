import Diagnostics
import Dialects
import MLIR

/// `CumSum`, `CumProd`: each element combines those before it, in one pass.
func cumulation(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
    return [try node.alongAxis(input: 1, rank: x.rank) { axis in node.cumulation(x, axis, kind) }]
  }
}

extension Node {
  fileprivate func cumulation(_ x: Tensor, _ axis: Int, _ kind: ReductionKind) -> Tensor {
    let form = ScanOp.Form(isExclusive: flag("exclusive"), isReversed: flag("reverse"), initial: Int(kind.initial))
    let type = x.elementType.accumulator
    let rows = [x.shape[..<axis], x.shape[axis...axis], x.shape[(axis + 1)...]].map { Array($0).product }
    let elements = importer.reshape(importer.convert(x, to: type), to: rows)
    let result = ScanOp.create(form, importer.value(elements), output: importer.empty(type, rows), importer.builder) {
      kind.combine(Scalars($0, type), $1, $2)
    }
    return importer.convert(importer.reshape(Tensor(type, rows, value: result), to: x.shape), to: x.elementType)
  }
}
