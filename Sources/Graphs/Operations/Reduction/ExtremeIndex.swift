import TesseraMLIR

extension GraphBuilder {
  /// The i64 index along `axis` at which the greatest (or least) element of `x` stands, the first one or the last; without that dimension.
  package func extremeIndex(_ x: GraphTensor, _ axis: Int, maximum: Bool, last: Bool = false) -> GraphTensor {
    let type = x.elementType
    let extreme = reduceAxes(x, [axis], type, initial: maximum ? -.infinity : .infinity) {
      maximum ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
    let positions = mapRows(x, [extreme], without: [axis], .i64) { builder, e in
      let index = builder.position(axis)
      let number = builder.value("arith.index_cast", [index], type: .i64(builder.context))
      // Not below and not above is also true of NaN, which is the extreme where there is one.
      let scalars = Scalars(builder, type)
      let other = scalars.compare(maximum ? .less : .greater, e[0], e[1])
      let isNumber = type.isFloat ? scalars.compare(.equal, e[0], e[0]) : builder.scalar(1, .i1(builder.context))
      let extremeIsNumber = type.isFloat ? scalars.compare(.equal, e[1], e[1]) : builder.scalar(1, .i1(builder.context))
      let mismatch = builder.binary(
        "arith.ori", other,
        builder.binary("arith.andi", isNumber, builder.binary("arith.xori", extremeIsNumber, builder.scalar(1, .i1(builder.context)))))
      return builder.select(mismatch, builder.constant(.integer(last ? -1 : Int.max, .i64(builder.context))), number)
    }
    return reduceAxes(positions, [axis], .i64, initial: last ? -1 : .infinity) {
      last ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
  }
}

extension GraphBuilder {
  /// As `mapRows`, with a body that computes elements of `type`.
  fileprivate func mapRows(
    _ x: GraphTensor, _ others: [GraphTensor], without axes: [Int], _ type: ElementType,
    body: (Builder, [Value]) -> Value
  ) -> GraphTensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return map([Operand(x, x.shape.indices.map { $0 })] + others.map { Operand($0, kept) }, shape: x.shape, type, body: body)
  }
}
