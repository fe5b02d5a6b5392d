import Diagnostics
import MLIR

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
    let shape = Tensor(x.elementType, windows.kernel.map { IndexExpression($0) })
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
    return try Windows(self, Array(x.shape.dropFirst(2)), kernel: kernel, ceiling: flag("ceil_mode"))
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
  let result = node.pool(padded, windows, x.elementType, initial: -.infinity) { $0.maximum($1, $2) }
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
    let whole = (0..<spatial).filter { axis in !bounds.contains { $0.axis == axis } }.reduce(1) { $0 &* windows.kernel[$1] }
    return importer.map([Operand(sum, sum.shape.indices.map { $0 })], shape: sum.shape, type) { builder, e in
      let scalars = Scalars(builder, type)
      var count = builder.index(whole)
      for (axis, low, high) in bounds {
        let position = builder.position(axis + 2)
        // Taps at start + k * dilation: those below a bound are ceil((bound - start) / dilation), within 0 ... kernel.
        let start = builder.binary("arith.muli", position, builder.index(windows.strides[axis]))
        func taps(below bound: Value) -> Value {
          let distance = builder.binary("arith.subi", bound, start)
          let dilation = builder.index(windows.dilations[axis])
          let taps = windows.dilations[axis] == 1 ? distance : builder.binary("arith.ceildivsi", distance, dilation)
          return builder.binary("arith.minsi", builder.binary("arith.maxsi", taps, builder.index(0)), builder.index(windows.kernel[axis]))
        }
        count = builder.binary("arith.muli", count, builder.binary("arith.subi", taps(below: high), taps(below: low)))
      }
      let number = builder.value("arith.index_cast", [count], type: .i64(builder.context))
      return scalars.divide(e[0], bounds.isEmpty ? scalars.constant(Double(whole)) : scalars.convert(number, from: .i64))
    }
  }
}

/// `GlobalAveragePool`
let lowerGlobalAveragePool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  let mean = node.importer.mean(x, Array(2..<x.rank), x.elementType.accumulator)
  let kept = Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one }
  return [node.importer.reshape(node.importer.convert(mean, to: x.elementType), to: kept)]
}

/// `GlobalMaxPool`
let lowerGlobalMaxPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  let peak = node.importer.reduceAxes(x, Array(2..<x.rank), x.elementType, initial: -.infinity, combine: { $0.maximum($1, $2) })
  return [node.importer.reshape(peak, to: Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one })]
}
