import Diagnostics
import MLIR

/// `CumSum`, `CumProd`: each element combines those before it, by a loop over a triangle (quadratic in the axis).
func cumulation(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
    return [try node.alongAxis(input: 1, rank: x.rank) { axis in node.cumulation(x, axis, kind) }]
  }
}

extension Node {
  fileprivate func cumulation(_ x: Tensor, _ axis: Int, _ kind: ReductionKind) -> Tensor {
    let exclusive = flag("exclusive"), reverse = flag("reverse")
    let type = x.elementType.accumulator
    // Loops: those of x, and last the elements that are combined.
    var loops: [Int?] = x.shape.indices.map { $0 }
    loops[axis] = x.rank
    let total = importer.reduce(
      [Operand(x, loops), Operand(importer.extent([x.shape[axis]]), [axis])], loops: x.rank + 1, output: Array(0..<x.rank), shape: x.shape,
      type, initial: kind.initial
    ) { b, e, accumulator in
      let other = b.position(x.rank), own = b.position(axis)
      let order: Builder.Order = reverse ? (exclusive ? .greater : .greaterOrEqual) : exclusive ? .less : .lessOrEqual
      let s = Scalars(b, type)
      let element = s.select(b.compare(order, other, own), s.convert(e[0], from: x.elementType), s.constant(kind.initial))
      return kind.combine(s, accumulator, element)
    }
    return importer.convert(total, to: x.elementType)
  }
}
