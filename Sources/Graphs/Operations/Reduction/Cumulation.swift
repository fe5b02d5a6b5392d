import TesseraDialects
import TesseraMLIR

extension Site {
  /// What the elements of `x` along `axis` so far combine to: each with its own, or, if `isExclusive`, without; from the end if `isReversed`.
  package func cumulation(_ x: GraphTensor, _ axis: Int, _ kind: ReductionKind, isExclusive: Bool = false, isReversed: Bool = false)
    -> GraphTensor
  {
    let form = ScanOp.Form(isExclusive: isExclusive, isReversed: isReversed, initial: Int(kind.initial))
    let type = x.elementType.accumulator
    let rows = [x.shape[..<axis], x.shape[axis...axis], x.shape[(axis + 1)...]].map { Array($0).product }
    let elements = graph.reshape(graph.convert(x, to: type), to: rows)
    let result = ScanOp.create(form, graph.value(elements), output: graph.empty(type, rows), graph.builder) {
      kind.combine(Scalars($0, type), $1, $2)
    }
    return graph.convert(graph.reshape(GraphTensor(type, rows, value: result), to: x.shape), to: x.elementType)
  }
}
