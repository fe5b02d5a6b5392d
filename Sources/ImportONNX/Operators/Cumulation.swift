import Diagnostics
import MLIR

/// `CumSum`: each element sums those before it.
let lowerCumSum: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  if node.isComputed(1), x.rank > 1 { return [try node.cumulateAtRunTime(x)] }
  guard let given = x.rank == 1 && node.isComputed(1) ? 0 : try node.knownIntegers(1).first else {
    throw .notAShape(node, try node.input(1))
  }
  return [node.cumulate(x, try node.axis(given, rank: x.rank))]
}

extension Node {
  /// Sums along `axis`, by a loop over a triangle (quadratic in the axis).
  fileprivate func cumulate(_ x: Tensor, _ axis: Int) -> Tensor {
    let exclusive = flag("exclusive"), reverse = flag("reverse")
    let type = x.elementType.accumulator
    // Loops: those of x, and last the elements that are summed.
    let extra = Tensor(type, [x.shape[axis]])
    extra.value = importer.empty(type, extra.shape)
    var loops: [Int?] = x.shape.indices.map { $0 }
    loops[axis] = x.rank
    let sum = importer.reduce(
      [Operand(x, loops), Operand(extra, [axis])], loops: x.rank + 1, output: Array(0..<x.rank), shape: x.shape, type, initial: 0
    ) { builder, e, accumulator in
      let order: Builder.Order = reverse ? (exclusive ? .greater : .greaterOrEqual) : (exclusive ? .less : .lessOrEqual)
      let counts = builder.compare(order, builder.position(x.rank), builder.position(axis))
      let scalars = Scalars(builder, type)
      return scalars.add(accumulator, scalars.select(counts, scalars.convert(e[0], from: x.elementType), scalars.constant(0)))
    }
    return importer.convert(sum, to: x.elementType)
  }

  /// Sums along the axis that input 1 gives at run time: that dimension is moved behind the others, and back.
  fileprivate func cumulateAtRunTime(_ x: Tensor) throws(Diagnostic) -> Tensor {
    let axes = try RunTimeAxes(self, 1, rank: x.rank)
    guard axes.axes.count == 1 else { throw .notAShape(self, try input(1)) }
    let flags = axes.flags.map(importer.index), others = axes.flags.map { importer.index(.one - $0) }
    let size = zip(axes.flags, x.shape).map { indices.select($0, $1, .zero) }.reduce(.zero, +)
    let moved = move(x, to: axes.kept(x.shape, indices) + [size]) { builder, position in
      (0..<x.rank).map { builder.plus(position[$0], builder.times(flags[$0], position[x.rank])) }
    }
    let sums = cumulate(moved, x.rank)
    return move(sums, to: x.shape) { builder, position in
      let along = (0..<x.rank).map { builder.times(flags[$0], position[$0]) }.reduce(builder.index(0), builder.plus)
      return (0..<x.rank).map { builder.times(others[$0], position[$0]) } + [along]
    }
  }
}
