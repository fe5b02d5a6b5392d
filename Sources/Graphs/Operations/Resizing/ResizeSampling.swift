import TesseraMLIR

/// How the elements of a resized tensor are read.
package struct ResizeSampling {
  package let graph: GraphBuilder
  package let x: GraphTensor
  package let plan: ResizePlan
  /// The input and output sizes of the axes that change.
  private let sizes: [(input: Value, output: Value)]
  /// The type that positions and weights are computed in.
  package var wide: ElementType { x.elementType == .f64 ? .f64 : .f32 }

  package init(_ graph: GraphBuilder, _ x: GraphTensor, _ plan: ResizePlan) {
    (self.graph, self.x, self.plan) = (graph, x, plan)
    sizes = plan.axes.map { (graph.index(x.shape[$0.number]), graph.index(plan.shape[$0.number])) }
  }

  /// The size of the input along axis `i` of the plan.
  package func inputSize(_ i: Int) -> Value { sizes[i].input }

  private func float(_ s: Scalars, _ index: Value) -> Value { s.convert(s.builder.i64(index), from: .i64) }

  /// Output size / input size along axis `i` of the plan.
  package func scale(_ s: Scalars, _ i: Int) -> Value {
    plan.axes[i].scale.map { $0.value(s) } ?? s.divide(float(s, sizes[i].output), float(s, sizes[i].input))
  }

  /// The position in the input of output index `index` along axis `i` of the plan.
  package func coordinate(_ s: Scalars, _ index: Value, _ i: Int) -> Value {
    let axis = plan.axes[i]
    let x = float(s, index), input = float(s, sizes[i].input), output = float(s, sizes[i].output)
    let zero = s.constant(0), half = s.constant(0.5), one = s.constant(1)
    let scale = scale(s, i)
    let steps = s.subtract(output, one), last = s.subtract(input, one)
    let centred = s.subtract(s.divide(s.add(x, half), scale), half)
    switch plan.coordinates {
    case .asymmetric: return s.divide(x, scale)
    case .alignCorners:
      return s.divide(s.multiply(x, last), s.maximum(steps, one))
    case .halfPixelOfMany: return s.select(s.compare(.greater, output, one), centred, zero)
    case .halfPixelSymmetric:
      let centre = s.divide(input, s.constant(2))
      return s.add(s.multiply(centre, s.subtract(one, s.divide(output, s.multiply(scale, input)))), centred)
    case .cropping:
      guard let region = axis.region else { return x }
      let start = region.start.value(s), end = region.end.value(s)
      let step = s.divide(s.multiply(s.multiply(x, s.subtract(end, start)), last), s.maximum(steps, one))
      let middle = s.multiply(s.multiply(half, s.add(start, end)), last)
      return s.select(s.compare(.greater, steps, zero), s.add(s.multiply(start, last), step), middle)
    case .halfPixel: return centred
    }
  }

  /// A float position as an index within 0 ..< size.
  package func clamp(_ s: Scalars, _ position: Value, size: Value) -> Value {
    // What is no number, or does not fit into an integer, must not be converted.
    let finite = s.minimum(s.maximumNumber(position, s.constant(0)), s.constant(0x1p62))
    let index = s.builder.asIndex(s.builder.value("arith.fptosi", [finite], type: .i64(s.builder.context)))
    return clamp(s.builder, index, size: size)
  }

  /// `index` within 0 ..< size.
  package func clamp(_ b: Builder, _ index: Value, size: Value) -> Value {
    b.binary("arith.minsi", b.binary("arith.maxsi", index, b.index(0)), b.minus(size, b.index(1)))
  }

  /// `value`, or the number for what lies outside, where a position of a cropping resize lies outside of the input.
  package func extrapolated(_ s: Scalars, _ value: Value, _ position: [Value]) -> Value {
    guard plan.coordinates == .cropping else { return value }
    return s.select(isInside(s, position), value, s.constant(plan.extrapolation))
  }

  /// Whether a position lies inside of the input.
  private func isInside(_ s: Scalars, _ position: [Value]) -> Value {
    var isInside = s.builder.constant(.bool(true, s.builder.context))
    for (i, axis) in plan.axes.enumerated() {
      let exact = coordinate(s, position[axis.number], i), last = s.subtract(float(s, sizes[i].input), s.constant(1))
      isInside = s.builder.and(
        isInside, s.builder.and(s.compare(.greaterOrEqual, exact, s.constant(0)), s.compare(.lessOrEqual, exact, last)))
    }
    return isInside
  }

  /// The nearest element of each position.
  package func nearest() -> GraphTensor {
    let source = graph.value(x)
    return graph.generate(plan.shape, x.elementType) { builder, position in
      var read = position
      let s = Scalars(builder, .f32)
      for (i, axis) in plan.axes.enumerated() {
        if let scale = axis.scale?.known, scale > 1, scale == scale.rounded(), plan.coordinates == .asymmetric,
          plan.rounding == .floor || plan.rounding == .simple
        {
          read[axis.number] = builder.binary("arith.divui", position[axis.number], builder.index(Int(scale)))
          continue
        }
        read[axis.number] = clamp(s, rounded(s, coordinate(s, position[axis.number], i), i), size: sizes[i].input)
      }
      let element = builder.element(source, read)
      guard plan.coordinates == .cropping else { return element }
      let outside = Scalars(builder, x.elementType).convert(s.constant(plan.extrapolation), from: .f32)
      return builder.select(isInside(s, position), element, outside)
    }
  }

  /// The whole number that the position `exact` along axis `i` of the plan is rounded to.
  private func rounded(_ s: Scalars, _ exact: Value, _ i: Int) -> Value {
    switch plan.rounding {
    case .floor: return s.call("math.floor", exact)
    case .ceiling: return s.call("math.ceil", exact)
    case .simple:
      let shrinks = s.compare(.less, scale(s, i), s.constant(1))
      return s.select(shrinks, s.call("math.ceil", exact), s.call("math.floor", exact))
    case .preferCeiling: return s.call("math.floor", s.add(exact, s.constant(0.5)))
    case .preferFloor: return s.call("math.ceil", s.subtract(exact, s.constant(0.5)))
    }
  }

  /// Linear interpolation along all axes at once.
  package func linear() -> GraphTensor {
    let source = graph.value(x)
    return graph.generate(plan.shape, x.elementType) { builder, position in
      let s = Scalars(builder, wide)
      let places = plan.axes.indices.map { i -> (low: Value, high: Value, weight: Value) in
        let exact = coordinate(s, position[plan.axes[i].number], i)
        let floor = s.call("math.floor", exact)
        return (
          clamp(s, floor, size: sizes[i].input), clamp(s, s.add(floor, s.constant(1)), size: sizes[i].input), s.subtract(exact, floor)
        )
      }
      /// The value interpolated along the axes from number `i` on.
      func interpolate(_ i: Int, _ read: [Value]) -> Value {
        if i == places.count { return s.convert(builder.element(source, read), from: x.elementType) }
        var first = read, second = read
        first[plan.axes[i].number] = places[i].low
        second[plan.axes[i].number] = places[i].high
        let a = interpolate(i + 1, first), b = interpolate(i + 1, second)
        return s.add(s.multiply(a, s.subtract(s.constant(1), places[i].weight)), s.multiply(b, places[i].weight))
      }
      return Scalars(builder, x.elementType).convert(extrapolated(s, interpolate(0, position), position), from: wide)
    }
  }
}
