import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// The result's shape: the two sizes of input 1 in the middle.
  fileprivate func resizedShape(_ x: GraphTensor) throws(Diagnostic) -> [IndexExpression] {
    let sizes = try hostInput(1)
    guard sizes.count == 2, sizes.allSatisfy({ ($0.known ?? 1) >= 1 }) else { throw .wrongShape(self, try input(1), "two positive sizes") }
    for axis in 1...2 { graph.requireElements(x.shape[axis], "axis \(axis) of '\(x.name)'") }
    return [x.shape[0]] + sizes + [x.shape[3]]
  }

  /// Whether the first and last elements stand on those of the input, and whether positions are of the middles of elements.
  fileprivate func coordinates() throws(Diagnostic) -> (alignsCorners: Bool, isCentred: Bool) {
    let flags = (try flag("align_corners"), try flag("half_pixel_centers"))
    guard !(flags.0 && flags.1) else {
      throw .invalidAttribute(self, "align_corners and half_pixel_centers", "true", expected: "one of them")
    }
    return flags
  }
}

/// `RESIZE_BILINEAR`
let lowerResizeBilinear: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), shape = try node.resizedShape(x), flags = try node.coordinates()
  var plan = ResizePlan(shape: shape, flags.alignsCorners ? .alignCorners : flags.isCentred ? .halfPixel : .asymmetric, .floor)
  plan.axes = [1, 2].filter { x.shape[$0] != shape[$0] }.map { ResizePlan.Axis(number: $0, scale: nil) }
  if plan.axes.isEmpty { return [x] }
  return [ResizeSampling(node.graph, x, plan).linear()]
}

/// `RESIZE_NEAREST_NEIGHBOR`: positions are products with `input size / output size` in f32, as the runtime forms them.
let lowerResizeNearest: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), shape = try node.resizedShape(x), flags = try node.coordinates(), graph = node.graph
  let sizes = [1, 2].map { (input: graph.index(x.shape[$0]), output: graph.index(shape[$0])) }
  return [
    node.move(x, to: shape) { b, position in
      let s = Scalars(b, .f32), one = b.index(1)
      func float(_ index: Value) -> Value { s.convert(b.i64(index), from: .i64) }
      var read = position
      for (axis, size) in zip([1, 2], sizes) {
        var scale = s.divide(float(size.input), float(size.output))
        if flags.alignsCorners {
          let steps = s.maximum(float(b.minus(size.output, one)), s.constant(1))
          let corner = s.divide(float(b.minus(size.input, one)), steps)
          scale = b.select(b.compare(.less, one, size.output), corner, scale)
        }
        let place = float(position[axis])
        let exact = s.multiply(flags.isCentred ? s.add(place, s.constant(0.5)) : place, scale)
        let whole = s.call("math.floor", flags.alignsCorners ? s.add(exact, s.constant(0.5)) : exact)
        let index = b.asIndex(b.value("arith.fptosi", [whole], type: .i64(b.context)))
        read[axis] = b.binary("arith.maxsi", b.binary("arith.minsi", index, b.minus(size.input, one)), b.index(0))
      }
      return read
    }
  ]
}
