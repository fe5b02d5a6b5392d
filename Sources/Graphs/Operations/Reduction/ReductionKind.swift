import TesseraMLIR

/// A reduction: what each element becomes, how they combine, and what becomes of the total.
package struct ReductionKind: Sendable {
  package var initial: Double
  package var combine: @Sendable (Scalars, Value, Value) -> Value
  package var element: @Sendable (Scalars, Value) -> Value = { $1 }
  package var finish: (@Sendable (Scalars, Value) -> Value)?
  package var isMean = false
  /// `true` iff the reduction of one element is not that element.
  package var changesElements = false
  package var needsFloat = false
  /// `combine` on the host, from `initial`; `nil` where none is kept there.
  package var onHost: (@Sendable (IndexTable, IndexExpression, IndexExpression) -> IndexExpression)?

  package static let sum = ReductionKind(initial: 0, combine: { $0.add($1, $2) }, onHost: { $0.add($1, $2) })
  package static let mean = ReductionKind(initial: 0, combine: { $0.add($1, $2) }, isMean: true)
  package static let product = ReductionKind(initial: 1, combine: { $0.multiply($1, $2) }, onHost: { $0.multiply($1, $2) })
  package static let maximum = ReductionKind(initial: -.infinity, combine: { $0.maximum($1, $2) })
  package static let minimum = ReductionKind(initial: .infinity, combine: { $0.minimum($1, $2) })
  package static let sumOfSquares = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) }, element: { $0.multiply($1, $1) }, changesElements: true)
  package static let absoluteSum = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) },
    element: { $0.type.isFloat ? $0.call("math.absf", $1) : $0.type.isUnsigned ? $1 : $0.call("math.absi", $1) }, changesElements: true)
  package static let length = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) }, element: { $0.multiply($1, $1) },
    finish: { scalars, total in
      if scalars.type.isFloat { return scalars.call("math.sqrt", total) }
      let wide = Scalars(scalars.builder, .f64)
      return scalars.convert(wide.call("math.sqrt", wide.convert(total, from: scalars.type)), from: .f64)
    }, changesElements: true)
  package static let logarithmOfSum = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) }, finish: { $0.call("math.log", $1) }, changesElements: true, needsFloat: true)
}

extension GraphBuilder {
  /// Reduces `axes` of `x` away, in the accumulator of its type; the result has the type of `x`.
  package func reduce(_ x: GraphTensor, _ axes: [Int], _ kind: ReductionKind) -> GraphTensor {
    let type = x.elementType.accumulator
    if type == .bool {  // the maximum and minimum of booleans
      let any = kind.initial < 0
      let total = reduceAxes(
        x, axes, .bool, initial: any ? 0 : 1, combine: { $0.builder.binary(any ? "arith.ori" : "arith.andi", $1, $2) })
      return total
    }
    var total = reduceAxes(x, axes, type, initial: kind.initial, combine: kind.combine, body: kind.element)
    let all: [Int?] = total.shape.indices.map { $0 }
    if kind.isMean { total = divide(total, by: axes.map { x.shape[$0] }, type) }
    if let finish = kind.finish {
      total = map([Operand(total, all)], shape: total.shape, type) { finish(Scalars($0, type), $1[0]) }
    }
    return convert(total, to: x.elementType)
  }
}
