import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `Range`: integers are counted on the host; of floats the number is computed as a tensor and read back, where it is not known now.
let lowerRange: Lowering = { node throws(Diagnostic) in
  let start = try node.input(0), limit = try node.input(1), delta = try node.input(2)
  try node.requireSameType([start, limit, delta])
  for tensor in [start, limit, delta] where tensor.knownCount != 1 { throw .wrongShape(node, tensor, "one element") }
  if start.elementType.isFloat { return [try node.floatRange(start, limit, delta)] }
  let indices = node.indices
  let from = try node.hostElements(start)[0], to = try node.hostElements(limit)[0], by = try node.hostElements(delta)[0]
  if by.known == 0 || by.known == .min { throw .invalidAttribute(node, "delta", "\(by.known ?? 0)", expected: "a number other than 0") }
  let count = node.rangeCount(from, to, by)
  let host = node.hostTensor(start.elementType, [count]) {
    by.known.flatMap { step in count.known.map { count in (0..<max(count, 0)).map { from + step &* $0 } } }
  }
  if let host { return [host] }
  let origin = node.graph.index(from), step = node.graph.index(by)
  let type = start.elementType.type(node.context)
  return [
    node.graph.generate([count], start.elementType) { inner, position in
      let scaled = by == .one ? position[0] : inner.times(position[0], step)
      let number = from == .zero ? scaled : inner.plus(scaled, origin)
      return inner.value("arith.index_cast", [number], type: type)
    }
  ]
}

extension Node {
  /// How many of the numbers `from`, `from + by`, ... come before `to`.
  fileprivate func rangeCount(_ from: IndexExpression, _ to: IndexExpression, _ by: IndexExpression) -> IndexExpression {
    func count(_ distance: IndexExpression, _ step: IndexExpression) -> IndexExpression {
      indices.maximum(.zero, indices.floorDivide(distance + step - 1, step))
    }
    if let step = by.known { return step > 0 ? count(to - from, by) : count(from - to, -by) }
    graph.require(graph.compare(.notEqual, graph.index(by), graph.index(.zero)), "the step of '\(label)' must not be 0")
    return indices.select(indices.less(by, .zero), count(from - to, -by), count(to - from, by))
  }

  /// `Range` of floats.
  fileprivate func floatRange(_ start: GraphTensor, _ limit: GraphTensor, _ delta: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let type = start.elementType
    let bounds = [start, limit, delta].map { graph.reshape($0, to: []) }
    let operands = bounds.map { Operand($0, []) }
    return graph.map([operands[0], operands[2]], shape: [try floatRangeCount(bounds)], type) { inner, e in
      Scalars(inner, type).inWideFloat(e) { s, e in
        s.add(e[0], s.multiply(s.convert(inner.i64(inner.position(0)), from: .i64), e[1]))
      }
    }
  }

  /// How many numbers a range of floats has: the distance in steps, rounded up.
  private func floatRangeCount(_ bounds: [GraphTensor]) throws(Diagnostic) -> IndexExpression {
    let known = bounds.compactMap(\.knownScalar)
    if known.count == 3 {
      let count = ((known[1] - known[0]) / known[2]).rounded(.up)
      guard count.isFinite, count < Double(Type.elementLimit) else { throw .impossibleShape(self, "[\(count)]") }
      return IndexExpression(Int(max(count, 0)))
    }
    let count = graph.map(bounds.map { Operand($0, []) }, shape: [], .i64) { builder, e in
      let s = Scalars(builder, .f64)
      let wide = e.map { s.convert($0, from: bounds[0].elementType) }
      let steps = s.call("math.ceil", s.divide(s.subtract(wide[1], wide[0]), wide[2]))
      return builder.binary("arith.maxsi", Scalars(builder, .i64).convert(steps, from: .f64), builder.constant64(0))
    }
    let read = graph.builder.element(graph.value(count), [])
    let size = indices.opaque(graph.builder.asIndex(read), least: 0)
    graph.require(
      graph.compare(.lessOrEqual, graph.index(size), graph.index(IndexExpression(Type.elementLimit))),
      "the numbers of '\(label)' must be finitely many")
    return size
  }
}
