import Diagnostics
import MLIR

/// A reduction: what each element becomes, how they combine, and what becomes of the total.
struct ReductionKind: Sendable {
  var initial: Double
  var combine: @Sendable (Scalars, Value, Value) -> Value
  var element: @Sendable (Scalars, Value) -> Value = { $1 }
  var finish: (@Sendable (Scalars, Value) -> Value)?
  var isMean = false
  var needsFloat = false

  static let sum = ReductionKind(initial: 0, combine: { $0.add($1, $2) })
  static let mean = ReductionKind(initial: 0, combine: { $0.add($1, $2) }, isMean: true)
  static let product = ReductionKind(initial: 1, combine: { $0.multiply($1, $2) })
  static let maximum = ReductionKind(initial: -.infinity, combine: { $0.maximum($1, $2) })
  static let minimum = ReductionKind(initial: .infinity, combine: { $0.minimum($1, $2) })
  static let sumOfSquares = ReductionKind(initial: 0, combine: { $0.add($1, $2) }, element: { $0.multiply($1, $1) })
  static let absoluteSum = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) },
    element: { $0.type.isFloat ? $0.call("math.absf", $1) : $0.type.isUnsigned ? $1 : $0.call("math.absi", $1) })
  static let length = ReductionKind(
    initial: 0, combine: { $0.add($1, $2) }, element: { $0.multiply($1, $1) },
    finish: { scalars, total in
      if scalars.type.isFloat { return scalars.call("math.sqrt", total) }
      let wide = Scalars(scalars.builder, .f64)
      return scalars.convert(wide.call("math.sqrt", wide.convert(total, from: scalars.type)), from: .f64)
    })
  static let logarithmOfSum = ReductionKind(initial: 0, combine: { $0.add($1, $2) }, finish: { $0.call("math.log", $1) }, needsFloat: true)
}

extension Node {
  /// The axes of a reduction, from input 1 or the attribute; all of them if none are given. `nil`: the operator does nothing.
  fileprivate func reductionAxes(_ x: Tensor) throws(Diagnostic) -> [Int]? {
    let given = try axesArgument(1) ?? []
    if given.isEmpty { return flag("noop_with_empty_axes") ? nil : Array(0..<x.rank) }
    return try axes(given, rank: x.rank)
  }

  /// `reduced`, with sizes of 1 where `axes` of `x` were if `keepdims` says so.
  fileprivate func keepingDimensions(_ reduced: Tensor, _ x: Tensor, _ axes: [Int]) -> Tensor {
    guard integer("keepdims", default: 1) != 0 else { return reduced }
    return importer.reshape(reduced, to: x.shape.indices.map { axes.contains($0) ? .one : x.shape[$0] })
  }
}

/// A row for `ReduceSum` and its like.
func reduction(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    if kind.needsFloat, !x.elementType.isFloat { throw .wrongType(node, x, expected: "a float") }
    guard let axes = try node.reductionAxes(x) else { return [x] }
    if let host = x.host, axes.count == x.rank, node.proto.operation == "ReduceProd" || node.proto.operation == "ReduceSum" {
      let total = node.proto.operation == "ReduceProd" ? host.product : host.reduce(.zero, +)
      return [node.keepingDimensions(Tensor(x.elementType, [], host: [total]), x, axes)]
    }
    let type = x.elementType.accumulator
    if type == .bool {  // the maximum and minimum of booleans
      let any = kind.initial < 0
      let reduced = node.importer.reduceAxes(
        x, axes, .bool, initial: any ? 0 : 1, combine: { $0.builder.binary(any ? "arith.ori" : "arith.andi", $1, $2) })
      return [node.keepingDimensions(reduced, x, axes)]
    }
    var total = node.importer.reduceAxes(x, axes, type, initial: kind.initial, combine: kind.combine, body: kind.element)
    let all: [Int?] = total.shape.indices.map { $0 }
    if kind.isMean {
      let count = axes.map { x.shape[$0] }.product
      if type.isFloat {
        let divisor = node.importer.floatCount([count], type)
        if let known = count.known {
          total = node.importer.map([Operand(total, all)], shape: total.shape, type) {
            Scalars($0, type).divide($1[0], $0.scalar(Double(known), type.type($0.context)))
          }
        } else {
          total = node.importer.map([Operand(total, all), Operand(divisor, [])], shape: total.shape, type) {
            Scalars($0, type).divide($1[0], $1[1])
          }
        }
      } else {
        let divisor = Tensor(type, [], host: [count])
        total = node.importer.map([Operand(total, all), Operand(divisor, [])], shape: total.shape, type) {
          Scalars($0, type).divide($1[0], $1[1])
        }
      }
    }
    if let finish = kind.finish {
      total = node.importer.map([Operand(total, all)], shape: total.shape, type) { finish(Scalars($0, type), $1[0]) }
    }
    return [node.keepingDimensions(node.importer.convert(total, to: x.elementType), x, axes)]
  }
}

/// `ReduceLogSumExp`: max + log(sum(exp(x - max))), so that it does not overflow.
let lowerReduceLogSumExp: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0)
  guard let axes = try node.reductionAxes(x) else { return [x] }
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType.accumulator
  let raw = node.importer.reduceAxes(x, axes, type, initial: -.infinity, combine: { $0.maximum($1, $2) })
  let all: [Int?] = raw.shape.indices.map { $0 }
  // An infinite maximum must not be subtracted from itself.
  let peak = node.importer.map([Operand(raw, all)], shape: raw.shape, type) { builder, e in
    let s = Scalars(builder, type)
    return s.select(s.compare(.equal, s.call("math.absf", e[0]), s.constant(.infinity)), s.constant(0), e[0])
  }
  let powers = node.importer.mapRows(x, [peak], without: axes, type) { $0.call("math.exp", $0.subtract($1[0], $1[1])) }
  let sum = node.importer.reduceAxes(powers, axes, type, initial: 0, combine: { $0.add($1, $2) })
  let result = node.importer.map([Operand(sum, all), Operand(peak, all)], shape: sum.shape, type) { builder, e in
    let s = Scalars(builder, type)
    return s.add(s.call("math.log", e[0]), e[1])
  }
  return [node.keepingDimensions(node.importer.convert(result, to: x.elementType), x, axes)]
}

/// `ArgMax`, `ArgMin`: the extreme value first, then the least (or greatest) index at which it stands.
func extremeIndex(maximum: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
    let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
    let last = node.flag("select_last_index")
    let type = x.elementType
    let extreme = node.importer.reduceAxes(x, [axis], type, initial: maximum ? -.infinity : .infinity) {
      maximum ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
    let positions = node.importer.mapRows(x, [extreme], without: [axis], .i64, convertingTo: type) { builder, e in
      let index = builder.value("linalg.index", type: .index(builder.context), attributes: [("dim", .i64(axis, builder.context))])
      let number = builder.value("arith.index_cast", [index], type: .i64(builder.context))
      // Not below and not above is also true of NaN, which is the extreme where there is one.
      let scalars = Scalars(builder, type)
      let other = scalars.compare(maximum ? .less : .greater, e[0], e[1])
      let isNumber = type.isFloat ? scalars.compare(.equal, e[0], e[0]) : builder.scalar(1, .i1(builder.context))
      let extremeIsNumber = type.isFloat ? scalars.compare(.equal, e[1], e[1]) : builder.scalar(1, .i1(builder.context))
      let mismatch = builder.binary(
        "arith.ori", other,
        builder.binary("arith.andi", isNumber, builder.binary("arith.xori", extremeIsNumber, builder.scalar(1, .i1(builder.context)))))
      return builder.value(
        "arith.select", [mismatch, builder.constant(.integer(last ? -1 : Int.max, .i64(builder.context))), number], type: number.type)
    }
    let result = node.importer.reduceAxes(positions, [axis], .i64, initial: last ? -1 : .infinity) {
      last ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
    return [node.keepingDimensions(result, x, [axis])]
  }
}

extension GraphImporter {
  /// As `mapRows`, with a body that computes elements of `type` from operands of the element type `source`.
  fileprivate func mapRows(
    _ x: Tensor, _ others: [Tensor], without axes: [Int], _ type: ElementType, convertingTo source: ElementType,
    body: (Builder, [Value]) -> Value
  ) -> Tensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return map([Operand(x, x.shape.indices.map { $0 })] + others.map { Operand($0, kept) }, shape: x.shape, type, body: body)
  }
}

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
