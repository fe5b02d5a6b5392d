import Diagnostics
import Graphs
import MLIR

/// A tensor with the dimensions that are reduced away, and the shape of the result.
struct ReducedTensor {
  let tensor: GraphTensor
  let axes: [Int]
  let shape: [IndexExpression]

  /// What the node reduces: the axes of input 1 or of the attribute; all if none are given. `nil`: nothing is reduced.
  init?(_ given: Node) throws(Diagnostic) {
    let x = try given.input(0)
    let keeps = given.integer("keepdims", default: 1) != 0
    // Kept dimensions do not tell how many there are.
    let node = keeps ? given : try given.settlingAxes(of: x)
    if node.isComputed(1) {
      var axes = try RunTimeAxes(node, 1, rank: node.input(0, ranks: 0...GraphTensor.rankLimit / 2).rank)
      guard keeps || !axes.isOpen else { throw .openNumberOfAxes(node) }
      axes.fill(whenEmpty: !node.flag("noop_with_empty_axes"), node.indices)
      tensor = axes.split(x, node)
      self.axes = Array(x.rank..<2 * x.rank)
      shape = keeps ? axes.kept(x.shape, node.indices) : axes.removed(from: x.shape, node.indices)
      return
    }
    let given = try node.axesArgument(1) ?? []
    if given.isEmpty, node.flag("noop_with_empty_axes") { return nil }
    let axes = given.isEmpty ? Array(0..<x.rank) : try node.axes(given, rank: x.rank)
    (tensor, self.axes) = (x, axes)
    shape = x.shape.indices.filter { keeps || !axes.contains($0) }.map { axes.contains($0) ? .one : x.shape[$0] }
  }
}

/// A row for `ReduceSum` and its like.
func reduction(_ kind: ReductionKind) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0)
    if kind.needsFloat, !x.elementType.isFloat { throw .wrongType(node, x, expected: "a float") }
    let type = x.elementType.accumulator
    guard let reduced = try ReducedTensor(node) else { return [node.reducingNothing(x, kind, type)] }
    let axes = reduced.axes
    if let host = x.host, let total = kind.onHost, reduced.tensor === x, axes.count == x.rank {
      return [GraphTensor(x.elementType, reduced.shape, host: [total(host)])]
    }
    if type == .bool {  // the maximum and minimum of booleans
      let any = kind.initial < 0
      let total = node.graph.reduceAxes(
        reduced.tensor, axes, .bool, initial: any ? 0 : 1, combine: { $0.builder.binary(any ? "arith.ori" : "arith.andi", $1, $2) })
      return [node.graph.reshape(total, to: reduced.shape)]
    }
    var total = node.graph.reduceAxes(reduced.tensor, axes, type, initial: kind.initial, combine: kind.combine, body: kind.element)
    let all: [Int?] = total.shape.indices.map { $0 }
    if kind.isMean {
      let count = axes.map { reduced.tensor.shape[$0] }.product
      if type.isFloat {
        let divisor = node.graph.floatCount([count], type)
        if let known = count.known {
          total = node.graph.map([Operand(total, all)], shape: total.shape, type) {
            Scalars($0, type).divide($1[0], $0.scalar(Double(known), type.type($0.context)))
          }
        } else {
          total = node.graph.map([Operand(total, all), Operand(divisor, [])], shape: total.shape, type) {
            Scalars($0, type).divide($1[0], $1[1])
          }
        }
      } else {
        let divisor = GraphTensor(type, [], host: [count])
        total = node.graph.map([Operand(total, all), Operand(divisor, [])], shape: total.shape, type) {
          Scalars($0, type).divide($1[0], $1[1])
        }
      }
    }
    if let finish = kind.finish {
      total = node.graph.map([Operand(total, all)], shape: total.shape, type) { finish(Scalars($0, type), $1[0]) }
    }
    return [node.graph.reshape(node.graph.convert(total, to: x.elementType), to: reduced.shape)]
  }
}

extension Node {
  /// What is left of a reduction over no axes: what becomes of each element, and of a total of one.
  fileprivate func reducingNothing(_ x: GraphTensor, _ kind: ReductionKind, _ type: ElementType) -> GraphTensor {
    if !kind.changesElements { return x }
    return graph.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, x.elementType) { builder, e in
      let s = Scalars(builder, type)
      let element = kind.element(s, s.convert(e[0], from: x.elementType))
      return Scalars(builder, x.elementType).convert(kind.finish.map { $0(s, element) } ?? element, from: type)
    }
  }
}

/// `ReduceLogSumExp`: max + log(sum(exp(x - max))), so that it does not overflow.
let lowerReduceLogSumExp: Lowering = { node throws(Diagnostic) in
  // The logarithm of the exponential of one element is the element.
  guard let reduced = try ReducedTensor(node) else { return [try node.input(0)] }
  let (x, axes) = (reduced.tensor, reduced.axes)
  guard x.elementType.isFloat else { throw .wrongType(node, x, expected: "a float") }
  let type = x.elementType.accumulator
  let raw = node.graph.reduceAxes(x, axes, type, initial: -.infinity, combine: { $0.maximum($1, $2) })
  let all: [Int?] = raw.shape.indices.map { $0 }
  // An infinite maximum must not be subtracted from itself.
  let peak = node.graph.map([Operand(raw, all)], shape: raw.shape, type) { builder, e in
    let s = Scalars(builder, type)
    return s.select(s.compare(.equal, s.call("math.absf", e[0]), s.constant(.infinity)), s.constant(0), e[0])
  }
  let powers = node.graph.mapRows(x, [peak], without: axes, type) { $0.builder.approximateExponential($0.subtract($1[0], $1[1])) }
  let sum = node.graph.reduceAxes(powers, axes, type, initial: 0, combine: { $0.add($1, $2) })
  let result = node.graph.map([Operand(sum, all), Operand(peak, all)], shape: sum.shape, type) { builder, e in
    let s = Scalars(builder, type)
    return s.add(s.call("math.log", e[0]), e[1])
  }
  return [node.graph.reshape(node.graph.convert(result, to: x.elementType), to: reduced.shape)]
}

/// `ArgMax`, `ArgMin`: the extreme value first, then the least (or greatest) index at which it stands.
func extremeIndex(maximum: Bool) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    let axis = try node.axis(node.integer("axis", default: 0), rank: x.rank)
    guard x.shape[axis] != .zero else { throw .wrongShape(node, x, "an element in axis \(axis), for the index of the extreme one") }
    node.graph.requireElements(x.shape[axis], "axis \(axis) of '\(x.name)'")
    let last = node.flag("select_last_index")
    let type = x.elementType
    let extreme = node.graph.reduceAxes(x, [axis], type, initial: maximum ? -.infinity : .infinity) {
      maximum ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
    let positions = node.graph.mapRows(x, [extreme], without: [axis], .i64, convertingTo: type) { builder, e in
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
    let result = node.graph.reduceAxes(positions, [axis], .i64, initial: last ? -1 : .infinity) {
      last ? $0.maximum($1, $2) : $0.minimum($1, $2)
    }
    var shape = x.shape
    if node.integer("keepdims", default: 1) != 0 { shape[axis] = .one } else { shape.remove(at: axis) }
    return [node.graph.reshape(result, to: shape)]
  }
}

extension GraphBuilder {
  /// As `mapRows`, with a body that computes elements of `type` from operands of the element type `source`.
  fileprivate func mapRows(
    _ x: GraphTensor, _ others: [GraphTensor], without axes: [Int], _ type: ElementType, convertingTo source: ElementType,
    body: (Builder, [Value]) -> Value
  ) -> GraphTensor {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return map([Operand(x, x.shape.indices.map { $0 })] + others.map { Operand($0, kept) }, shape: x.shape, type, body: body)
  }
}
