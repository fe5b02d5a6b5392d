import TesseraDiagnostics
import TesseraMLIR
import TesseraModuleFormat

extension Site {
  /// A reduction of `x`, padded already, over sliding windows of its spatial dimensions.
  package func pool(
    _ x: GraphTensor, _ windows: Windows, _ type: ElementType, initial: Double, combine: (Scalars, Value, Value) -> Value
  ) -> GraphTensor {
    let spatial = windows.kernel.count
    let k = x.rank
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<spatial {
      slides[axis + windows.first] = Operand.Window(stride: windows.strides[axis], loop: k + axis, dilation: windows.dilations[axis])
    }
    // The sizes of the window loops come from an operand that nobody reads.
    let shape = GraphTensor(x.elementType, windows.kernel)
    shape.value = graph.empty(shape.elementType, shape.shape)
    return graph.reduce(
      [Operand(x, (0..<k).map { $0 }, windows: slides), Operand(shape, (0..<spatial).map { k + $0 })], loops: k + spatial,
      output: Array(0..<k), shape: windows.replacing(windows.outputs, in: x.shape), type, initial: initial
    ) { builder, e, accumulator in
      let scalars = Scalars(builder, type)
      return combine(scalars, accumulator, scalars.convert(e[0], from: x.elementType))
    }
  }

  package func padded(_ x: GraphTensor, _ windows: Windows, filler: Double) -> GraphTensor {
    let none = x.shape.map { _ in IndexExpression.zero }
    return graph.pad(x, begins: windows.replacing(windows.begins, in: none), shape: windows.replacing(windows.padded, in: x.shape)) {
      graph.limit($0, filler, x.elementType)
    }
  }

  /// `result`, of which each window of `x` must have an element that is no padding: of nothing there is no maximum.
  package func requiringElements(_ result: GraphTensor, _ x: GraphTensor, _ windows: Windows) throws(Diagnostic) -> GraphTensor {
    var unsure: [Int] = []
    for axis in windows.kernel.indices {
      let size = x.shape[axis + windows.first], begin = windows.begins[axis], stride = windows.strides[axis],
        dilation = windows.dilations[axis]
      let extent = (windows.taps[axis] - 1) * dilation + 1
      if windows.padded[axis] == size { continue }
      // The first window must reach the elements, and the last one start before their end; the taps between lie no farther apart than they reach.
      if let known = begin.known, known >= extent { throw .windowInPadding(self, axis: axis, window: extent) }
      let end = size + begin - (windows.outputs[axis] - 1) * stride
      if let known = end.known, known < 1 { throw .windowInPadding(self, axis: axis, window: extent) }
      if end.known == nil {
        graph.requireHere(
          graph.compare(.greaterOrEqual, graph.index(end), graph.index(.one)),
          "a window along spatial dimension \(axis) has padding only")
      }
      if dilation > 1, !indices.isAtLeast(dilation, size) { unsure.append(axis) }
    }
    if unsure.isEmpty { return result }
    let bounds = unsure.map { axis in
      (axis, graph.index(windows.begins[axis]), graph.index(windows.begins[axis] + x.shape[axis + windows.first]))
    }
    return graph.map([Operand(result, result.shape.indices.map { $0 })], shape: result.shape, result.elementType) { b, e in
      let count = windows.tapCount(between: bounds, whole: 1, b), isSome = b.compare(.less, b.index(0), count)
      b.require(isSome, KernelFailure.window.name)
      return b.select(isSome, e[0], Scalars(b, result.elementType).constant(0))
    }
  }

  /// `sum` divided by the number of elements that count in each window.
  package func divideByWindow(_ sum: GraphTensor, _ x: GraphTensor, _ windows: Windows, includingPadding: Bool) -> GraphTensor {
    let spatial = windows.kernel.count
    let type = sum.elementType
    // What counts lies in low ..< high of the padded input.
    var bounds: [(axis: Int, low: Value, high: Value)] = []
    for axis in 0..<spatial {
      let size = x.shape[axis + windows.first], begin = windows.begins[axis]
      let end = windows.ends[axis]
      let low = includingPadding ? IndexExpression.zero : begin
      let high = includingPadding ? size + begin + end : size + begin
      if low != .zero || high != windows.padded[axis] { bounds.append((axis, graph.index(low), graph.index(high))) }
    }
    let whole = (0..<spatial).filter { axis in !bounds.contains { $0.axis == axis } }.reduce(1) { $0 &* windows.taps[$1] }
    return graph.map([Operand(sum, sum.shape.indices.map { $0 })], shape: sum.shape, type) { builder, e in
      let scalars = Scalars(builder, type)
      let count = windows.tapCount(between: bounds, whole: whole, builder)
      let number = builder.value("arith.index_cast", [count], type: .i64(builder.context))
      if !bounds.isEmpty { builder.require(builder.compare(.less, builder.index(0), count), KernelFailure.window.name) }
      return scalars.divide(e[0], bounds.isEmpty ? scalars.constant(Double(whole)) : scalars.convert(number, from: .i64))
    }
  }
}

extension Windows {
  /// How many taps of the window of an element of the result lie within `bounds` of the padded input, `whole` in the other dimensions.
  fileprivate func tapCount(between bounds: [(axis: Int, low: Value, high: Value)], whole: Int, _ b: Builder) -> Value {
    bounds.reduce(b.index(whole)) { count, bound in
      // Taps at start + k * dilation: those below a bound are ceil((bound - start) / dilation), within 0 ... kernel.
      let start = b.times(b.position(bound.axis + first), b.index(strides[bound.axis]))
      func taps(below limit: Value) -> Value {
        let distance = b.minus(limit, start), dilation = dilations[bound.axis]
        let taps = dilation == 1 ? distance : b.binary("arith.ceildivsi", distance, b.index(dilation))
        return b.binary("arith.minsi", b.binary("arith.maxsi", taps, b.index(0)), b.index(self.taps[bound.axis]))
      }
      return b.times(count, b.minus(taps(below: bound.high), taps(below: bound.low)))
    }
  }
}
