import Diagnostics
import MLIR
import ModuleFormat

extension Node {
  /// A reduction of `x`, padded already, over sliding windows of its spatial dimensions.
  func pool(
    _ x: Tensor, _ windows: Windows, _ type: ElementType, initial: Double, combine: (Scalars, Value, Value) -> Value
  ) -> Tensor {
    let spatial = windows.kernel.count
    let k = 2 + spatial
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<spatial {
      slides[axis + 2] = Operand.Window(stride: windows.strides[axis], loop: k + axis, dilation: windows.dilations[axis])
    }
    // The sizes of the window loops come from an operand that nobody reads.
    let shape = Tensor(x.elementType, windows.kernel)
    shape.value = importer.empty(shape.elementType, shape.shape)
    return importer.reduce(
      [Operand(x, (0..<k).map { $0 }, windows: slides), Operand(shape, (0..<spatial).map { k + $0 })], loops: k + spatial,
      output: Array(0..<k), shape: Array(x.shape.prefix(2)) + windows.outputs, type, initial: initial
    ) { builder, e, accumulator in
      let scalars = Scalars(builder, type)
      return combine(scalars, accumulator, scalars.convert(e[0], from: x.elementType))
    }
  }

  func poolingWindows(_ x: Tensor) throws(Diagnostic) -> Windows {
    guard let kernel = integers("kernel_shape") else {
      throw .invalidAttribute(self, "kernel_shape", "nothing", expected: "the sizes of the window")
    }
    return try Windows(self, Array(x.shape.dropFirst(2)), kernel: kernel.map { IndexExpression($0) }, ceiling: flag("ceil_mode"))
  }

  func padded(_ x: Tensor, _ windows: Windows, filler: Double) -> Tensor {
    importer.pad(x, begins: [.zero, .zero] + windows.begins, shape: Array(x.shape.prefix(2)) + windows.padded) {
      importer.limit($0, filler, x.elementType)
    }
  }
}

/// `MaxPool`; the indices of the maxima are those in the whole input.
let lowerMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit)
  let windows = try node.poolingWindows(x)
  let padded = node.padded(x, windows, filler: -.infinity)
  let peaks = node.pool(padded, windows, x.elementType, initial: -.infinity) { $0.maximum($1, $2) }
  let result = try node.requiringElements(peaks, x, windows)
  return node.hasOutput(1) ? [result, node.poolIndices(x, padded, result, windows)] : [result]
}

/// `AveragePool`: padding counts only if `count_include_pad` says so, and never what `ceil_mode` adds.
let lowerAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit)
  let windows = try node.poolingWindows(x)
  let type = x.elementType.accumulator
  let sum = node.pool(node.padded(x, windows, filler: 0), windows, type, initial: 0) { $0.add($1, $2) }
  let average = node.divideByWindow(sum, x, windows, includingPadding: node.flag("count_include_pad"))
  return [node.importer.convert(average, to: x.elementType)]
}

extension Node {
  /// `result`, of which each window of `x` must have an element that is no padding: of nothing there is no maximum.
  fileprivate func requiringElements(_ result: Tensor, _ x: Tensor, _ windows: Windows) throws(Diagnostic) -> Tensor {
    var unsure: [Int] = []
    for axis in windows.kernel.indices {
      let size = x.shape[axis + 2], begin = windows.begins[axis], stride = windows.strides[axis], dilation = windows.dilations[axis]
      let extent = (windows.taps[axis] - 1) * dilation + 1
      if windows.padded[axis] == size { continue }
      // The first window must reach the elements, and the last one start before their end; the taps between lie no farther apart than they reach.
      if let known = begin.known, known >= extent { throw .windowInPadding(self, axis: axis, window: extent) }
      let end = size + begin - (windows.outputs[axis] - 1) * stride
      if let known = end.known, known < 1 { throw .windowInPadding(self, axis: axis, window: extent) }
      if end.known == nil {
        importer.requireHere(
          importer.compare(.greaterOrEqual, importer.index(end), importer.index(.one)),
          "a window along spatial dimension \(axis) has padding only")
      }
      if dilation > 1, !indices.isAtLeast(dilation, size) { unsure.append(axis) }
    }
    if unsure.isEmpty { return result }
    let bounds = unsure.map { axis in
      (axis, importer.index(windows.begins[axis]), importer.index(windows.begins[axis] + x.shape[axis + 2]))
    }
    return importer.map([Operand(result, result.shape.indices.map { $0 })], shape: result.shape, result.elementType) { b, e in
      let count = windows.tapCount(between: bounds, whole: 1, b), isSome = b.compare(.less, b.index(0), count)
      b.require(isSome, KernelFailure.window.name)
      return b.select(isSome, e[0], Scalars(b, result.elementType).constant(0))
    }
  }

  /// `sum` divided by the number of elements that count in each window.
  fileprivate func divideByWindow(_ sum: Tensor, _ x: Tensor, _ windows: Windows, includingPadding: Bool) -> Tensor {
    let pads = integers("pads") ?? []
    let spatial = windows.kernel.count
    let type = sum.elementType
    // What counts lies in low ..< high of the padded input.
    var bounds: [(axis: Int, low: Value, high: Value)] = []
    for axis in 0..<spatial {
      let size = x.shape[axis + 2], begin = windows.begins[axis]
      let isExplicit = !string("auto_pad", default: "NOTSET").hasPrefix("SAME")
      let end = isExplicit ? IndexExpression(pads.count == 2 * spatial ? pads[axis + spatial] : 0) : windows.padded[axis] - size - begin
      let low = includingPadding ? IndexExpression.zero : begin
      let high = includingPadding ? size + begin + end : size + begin
      if low != .zero || high != windows.padded[axis] { bounds.append((axis, importer.index(low), importer.index(high))) }
    }
    let whole = (0..<spatial).filter { axis in !bounds.contains { $0.axis == axis } }.reduce(1) { $0 &* windows.taps[$1] }
    return importer.map([Operand(sum, sum.shape.indices.map { $0 })], shape: sum.shape, type) { builder, e in
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
      let start = b.times(b.position(bound.axis + 2), b.index(strides[bound.axis]))
      func taps(below limit: Value) -> Value {
        let distance = b.minus(limit, start), dilation = dilations[bound.axis]
        let taps = dilation == 1 ? distance : b.binary("arith.ceildivsi", distance, b.index(dilation))
        return b.binary("arith.minsi", b.binary("arith.maxsi", taps, b.index(0)), b.index(self.taps[bound.axis]))
      }
      return b.times(count, b.minus(taps(below: bound.high), taps(below: bound.low)))
    }
  }
}

/// `GlobalAveragePool`
let lowerGlobalAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  for axis in 2..<x.rank { node.importer.requireElements(x.shape[axis], "spatial dimension \(axis - 2) of '\(x.name)'") }
  let mean = node.importer.mean(x, Array(2..<x.rank), x.elementType.accumulator)
  let kept = Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one }
  return [node.importer.reshape(node.importer.convert(mean, to: x.elementType), to: kept)]
}

/// `GlobalMaxPool`
let lowerGlobalMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  for axis in 2..<x.rank { node.importer.requireElements(x.shape[axis], "spatial dimension \(axis - 2) of '\(x.name)'") }
  let peak = node.importer.reduceAxes(x, Array(2..<x.rank), x.elementType, initial: -.infinity, combine: { $0.maximum($1, $2) })
  return [node.importer.reshape(peak, to: Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one })]
}
