import TesseraMLIR

/// The filter of a resizing that weighs more than the two nearest elements, or that stretches over what it skips.
package struct ResizeFilter {
  package let isCubic: Bool
  /// Stretched by 1 / scale where that is above 1.
  package let antialias: Bool
  /// What lies outside of the input has no weight; else the border is repeated.
  package let excludesOutside: Bool
  /// The coefficient a of Keys's cubic convolution.
  package let coefficient: Double

  package init(isCubic: Bool, antialias: Bool, excludesOutside: Bool, coefficient: Double) {
    (self.isCubic, self.antialias, self.excludesOutside, self.coefficient) = (isCubic, antialias, excludesOutside, coefficient)
  }

  /// The distance at which weights become 0.
  package var radius: Double { isCubic ? 2 : 1 }
  /// `true` iff the weights do not sum up to 1 by themselves.
  package var needsSum: Bool { antialias || excludesOutside }

  /// The weight at a distance.
  package func weight(_ s: Scalars, _ distance: Value) -> Value {
    isCubic
      ? s.cubicWeight(distance, coefficient) : s.maximum(s.constant(0), s.subtract(s.constant(1), s.call("math.absf", distance)))
  }
}

extension Scalars {
  /// The weight of Keys's cubic convolution with the coefficient `a` at a distance.
  package func cubicWeight(_ distance: Value, _ a: Double) -> Value {
    let x = call("math.absf", distance), one = constant(1)
    let square = multiply(x, x)
    let near = add(multiply(subtract(multiply(constant(a + 2), x), constant(a + 3)), square), one)
    let inner = add(multiply(subtract(x, constant(5)), x), constant(8))
    let outer = multiply(constant(a), subtract(multiply(inner, x), constant(4)))
    let far = select(compare(.less, x, constant(2)), outer, constant(0))
    return select(compare(.lessOrEqual, x, one), near, far)
  }
}

extension ResizeSampling {
  /// `x` filtered along one axis after the other.
  package func filtered(_ filter: ResizeFilter) -> GraphTensor {
    var result = graph.convert(x, to: wide)
    for i in plan.axes.indices { result = pass(result, filter, i) }
    guard plan.coordinates == .cropping else { return graph.convert(result, to: x.elementType) }
    return graph.map([Operand(result, plan.shape.indices.map { $0 })], shape: plan.shape, x.elementType) { b, e in
      let value = extrapolated(Scalars(b, wide), e[0], plan.shape.indices.map(b.position))
      return Scalars(b, x.elementType).convert(value, from: wide)
    }
  }

  /// `input` filtered along axis `i` of the plan: each element is a sum over the taps of its filter.
  private func pass(_ input: GraphTensor, _ filter: ResizeFilter, _ i: Int) -> GraphTensor {
    let axis = plan.axes[i].number, rank = input.rank
    let size = plan.shape[axis]
    let (taps, before) = footprint(filter, i)
    let factor = { (s: Scalars) in filter.antialias ? s.minimum(scale(s, i), s.constant(1)) : s.constant(1) }
    let first = graph.index(before)
    let weights = graph.generate([size, taps], wide) { b, p in
      let s = Scalars(b, wide)
      let exact = coordinate(s, p[0], i)
      let tap = s.convert(b.i64(b.minus(p[1], first)), from: .i64)
      let place = s.add(s.call("math.floor", exact), tap)
      let weight = filter.weight(s, s.multiply(s.subtract(place, exact), factor(s)))
      guard filter.excludesOutside else { return weight }
      let limit = s.convert(b.i64(inputSize(i)), from: .i64)
      return s.select(b.and(s.compare(.greaterOrEqual, place, s.constant(0)), s.compare(.less, place, limit)), weight, s.constant(0))
    }
    let starts = graph.generate([size], .i64) { b, p in
      let floor = Scalars(b, wide).call("math.floor", coordinate(Scalars(b, wide), p[0], i))
      return b.minus(Scalars(b, .i64).convert(floor, from: wide), b.i64(first))
    }
    let source = graph.value(input), limit = inputSize(i)
    var shape = input.shape
    shape[axis] = size
    let operands = [
      Operand(weights, [axis, rank]), Operand(starts, [axis]), Operand(graph.extent(shape), shape.indices.map { $0 }),
    ]
    let total = graph.reduce(operands, loops: rank + 1, output: Array(0..<rank), shape: shape, wide, initial: 0) { b, e, sum in
      let s = Scalars(b, wide)
      var read = shape.indices.map(b.position)
      read[axis] = clamp(b, b.plus(b.asIndex(e[1]), b.position(rank)), size: limit)
      return s.add(sum, s.multiply(e[0], b.element(source, read)))
    }
    guard filter.needsSum else { return total }
    let sum = graph.reduceAxes(weights, [1], wide, initial: 0, combine: { $0.add($1, $2) })
    return graph.map([Operand(total, shape.indices.map { $0 }), Operand(sum, [axis])], shape: shape, wide) { b, e in
      let s = Scalars(b, wide)
      return s.divide(e[0], s.select(s.compare(.equal, e[1], s.constant(0)), s.constant(1), e[1]))
    }
  }

  /// How many elements the filter reads along axis `i` of the plan, and how many of them before the position rounded down.
  private func footprint(_ filter: ResizeFilter, _ i: Int) -> (taps: IndexExpression, before: IndexExpression) {
    // -floor(-radius / scale) - 1 before, as many after, and two between.
    func plain(_ scale: Double) -> IndexExpression { IndexExpression(Int((filter.radius / scale).rounded(.up)) - 1) }
    var before = plain(1)
    if filter.antialias {
      if let scale = plan.axes[i].scale?.known {
        before = plain(max(min(scale, 1), 1e-6))
      } else {
        let s = Scalars(graph.builder, .f32)
        let reach = s.call("math.ceil", s.divide(s.constant(filter.radius), s.minimum(scale(s, i), s.constant(1))))
        let whole = graph.builder.value("arith.fptosi", [reach], type: .i64(graph.context))
        before = graph.indices.opaque(graph.builder.asIndex(graph.builder.minus(whole, graph.builder.constant64(1))), least: 0)
      }
    }
    return (before * 2 + 2, before)
  }
}
