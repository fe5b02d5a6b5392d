import Diagnostics
import MLIR

/// `CumSum`, `CumProd`: each element combines those before it.
func cumulation(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
    if node.isComputed(1), x.rank > 1 { return [try node.cumulateAtRunTime(x, kind)] }
    guard let given = x.rank == 1 && node.isComputed(1) ? 0 : try node.knownIntegers(1).first else {
      throw .notAShape(node, try node.input(1))
    }
    return [node.cumulate(x, try node.axis(given, rank: x.rank), kind)]
  }
}

extension Node {
  /// Combines along `axis`, by a loop over a triangle (quadratic in the axis).
  fileprivate func cumulate(_ x: Tensor, _ axis: Int, _ kind: ReductionKind) -> Tensor {
    let exclusive = flag("exclusive"), reverse = flag("reverse")
    let type = x.elementType.accumulator
    // Loops: those of x, and last the elements that are combined.
    var loops: [Int?] = x.shape.indices.map { $0 }
    loops[axis] = x.rank
    let total = importer.reduce(
      [Operand(x, loops), Operand(importer.extent([x.shape[axis]]), [axis])], loops: x.rank + 1, output: Array(0..<x.rank), shape: x.shape,
      type, initial: kind.initial
    ) { b, e, accumulator in
      let order: Builder.Order = reverse ? (exclusive ? .greater : .greaterOrEqual) : exclusive ? .less : .lessOrEqual
      let s = Scalars(b, type)
      let element = s.convert(e[0], from: x.elementType)
      let counts = b.compare(order, b.position(x.rank), b.position(axis))
      return kind.combine(s, accumulator, s.select(counts, element, s.constant(kind.initial)))
    }
    return importer.convert(total, to: x.elementType)
  }

  /// Combines along the axis that input 1 gives at run time: that dimension is moved behind the others, and back.
  fileprivate func cumulateAtRunTime(_ x: Tensor, _ kind: ReductionKind) throws(Diagnostic) -> Tensor {
    let axes = try RunTimeAxes(self, 1, rank: x.rank)
    guard axes.axes.count == 1 else { throw .notAShape(self, try input(1)) }
    let flags = axes.flags.map(importer.index), others = axes.flags.map { importer.index(.one - $0) }
    let size = zip(axes.flags, x.shape).map { indices.select($0, $1, .zero) }.reduce(.zero, +)
    let moved = move(x, to: axes.kept(x.shape, indices) + [size]) { builder, position in
      (0..<x.rank).map { builder.plus(position[$0], builder.times(flags[$0], position[x.rank])) }
    }
    let totals = cumulate(moved, x.rank, kind)
    return move(totals, to: x.shape) { builder, position in
      let along = (0..<x.rank).map { builder.times(flags[$0], position[$0]) }.reduce(builder.index(0), builder.plus)
      return (0..<x.rank).map { builder.times(others[$0], position[$0]) } + [along]
    }
  }
}
