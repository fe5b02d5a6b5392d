import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Pooling of regions of interest of feature maps.

/// The regions of a `RoiAlign`: rows of x1, y1, x2, y2.
private struct AlignedRegions {
  let node: Node
  let rois: GraphTensor
  let batches: GraphTensor
  let type: ElementType
  /// Height and width of the result.
  let outputs: [Int]
  let isHalfPixel: Bool
  let scale: Double
  /// Samples of a bin along each axis; 0: as many as pixels of the map.
  let ratio: Int

  init(_ node: Node, _ x: GraphTensor) throws(Diagnostic) {
    self.node = node
    rois = try node.input(1, ranks: 2...2)
    batches = try node.input(2, ranks: 1...1)
    try node.requireSameType([x, rois])
    guard x.elementType.isFloat, node.graph.unify(rois.shape[1], IndexExpression(4), "dimension 1 of '\(rois.name)' and 4") != nil,
      batches.elementType.isInteger,
      node.graph.unify(rois.shape[0], batches.shape[0], "the numbers of regions and batch indices of '\(node.label)'") != nil
    else { throw .shapesDisagree(node, rois, batches, "expected 4 numbers and a batch index for each region") }
    type = x.elementType.accumulator
    outputs = [node.integer("output_height", default: 1), node.integer("output_width", default: 1)]
    ratio = node.integer("sampling_ratio", default: 0)
    guard outputs.allSatisfy({ (1...Windows.limit).contains($0) }), (0...Windows.limit).contains(ratio) else {
      throw .invalidAttribute(node, "output_height and output_width", "\(outputs)", expected: "positive numbers")
    }
    let mode = node.string("coordinate_transformation_mode", default: node.opset < 16 ? "output_half_pixel" : "half_pixel")
    guard mode == "half_pixel" || mode == "output_half_pixel" else {
      throw .invalidAttribute(node, "coordinate_transformation_mode", "'\(mode)'", expected: "half_pixel or output_half_pixel")
    }
    isHalfPixel = mode == "half_pixel"
    scale = node.float("spatial_scale", default: 1)
  }

  /// Where region `region` starts along `axis` (0: height), and how long it is.
  func span(_ s: Scalars, _ region: Value, _ axis: Int) -> (start: Value, size: Value) {
    let source = node.graph.value(rois)
    func corner(_ i: Int) -> Value {
      let number = s.convert(s.builder.element(source, [region, s.builder.index(i)]), from: rois.elementType)
      let scaled = s.multiply(number, s.constant(scale))
      return isHalfPixel ? s.subtract(scaled, s.constant(0.5)) : scaled
    }
    let start = corner(1 - axis), size = s.subtract(corner(3 - axis), start)
    return (start, isHalfPixel ? size : s.maximum(size, s.constant(1)))
  }

  /// How many samples a bin of a region of length `size` has along `axis`.
  func samples(_ s: Scalars, _ size: Value, _ axis: Int) -> Value {
    ratio > 0 ? s.constant(Double(ratio)) : s.call("math.ceil", s.divide(size, s.constant(Double(outputs[axis]))))
  }

  /// A bin of more samples along an axis is of a region that is far larger than any map: its corners are infinite, or wrong.
  private static let mostSamples = 1 << 14

  /// The greatest number of samples of a bin along `axis`.
  func sampleLimit(_ axis: Int) throws(Diagnostic) -> IndexExpression {
    if ratio > 0 { return IndexExpression(ratio) }
    let counts = node.graph.generate([rois.shape[0]], .i64) { b, p in
      let s = Scalars(b, type)
      return Scalars(b, .i64).convert(samples(s, span(s, p[0], axis).size, axis), from: type)
    }
    let most = node.graph.reduceAxes(counts, [0], .i64, initial: 0, combine: { $0.maximum($1, $2) })
    let limit = node.indices.maximum(.zero, try node.hostElements(most)[0])
    node.graph.requireHere(
      node.graph.compare(.lessOrEqual, node.graph.index(limit), node.graph.index(IndexExpression(Self.mostSamples))),
      "a bin of a region must not have too many samples along an axis")
    return limit
  }
}

/// `RoiAlign`: the mean, or the greatest weighted corner, of samples of each bin.
let lowerRoiAlign: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4)
  let regions = try AlignedRegions(node, x)
  let mode = node.string("mode", default: "avg")
  guard mode == "avg" || mode == "max" else { throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "avg or max") }
  let graph = node.graph, type = regions.type
  let shape = [regions.rois.shape[0], x.shape[1]] + regions.outputs.map { IndexExpression($0) }
  let limits = [try regions.sampleLimit(0), try regions.sampleLimit(1)]
  let source = graph.value(x), sizes = x.shape.suffix(2).map(graph.index)
  let operands = [
    Operand(regions.batches, [0]), Operand(graph.extent(shape), [0, 1, 2, 3]), Operand(graph.extent(limits), [4, 5]),
  ]
  let neutral = mode == "avg" ? 0 : -Double.infinity
  let total = graph.reduce(operands, loops: 6, output: [0, 1, 2, 3], shape: shape, type, initial: neutral) { b, e, total in
    let s = Scalars(b, type)
    let one = s.constant(1), zero = s.constant(0)
    var counts = b.constant(.bool(true, b.context)), isInside = counts
    /// Both neighbours of the sample along an axis, with their weights.
    let neighbours = (0..<2).map { axis -> [(place: Value, weight: Value)] in
      let (start, size) = regions.span(s, b.position(0), axis)
      let bin = s.divide(size, s.constant(Double(regions.outputs[axis])))
      let samples = regions.samples(s, size, axis)
      let step = s.convert(b.i64(b.position(4 + axis)), from: .i64), place = s.convert(b.i64(b.position(2 + axis)), from: .i64)
      let offset = s.divide(s.multiply(s.add(step, s.constant(0.5)), bin), samples)
      let exact = s.add(s.add(start, s.multiply(place, bin)), offset)
      let length = s.convert(b.i64(sizes[axis]), from: .i64), last = s.subtract(length, one)
      counts = b.and(counts, s.compare(.less, step, samples))
      isInside = b.and(isInside, b.and(s.compare(.greaterOrEqual, exact, s.constant(-1)), s.compare(.lessOrEqual, exact, length)))
      let safe = s.minimum(s.maximumNumber(exact, zero), last)
      let low = s.call("math.floor", safe), high = s.minimum(s.add(low, one), last), weight = s.subtract(safe, low)
      func index(_ number: Value) -> Value { b.asIndex(b.value("arith.fptosi", [number], type: .i64(b.context))) }
      return [(index(low), s.subtract(one, weight)), (index(high), weight)]
    }
    let corners = neighbours[0].flatMap { row in
      neighbours[1].map { column -> Value in
        let value = b.element(source, [b.asIndex(e[0]), b.position(1), row.place, column.place])
        return s.multiply(s.multiply(row.weight, column.weight), s.convert(value, from: x.elementType))
      }
    }
    let sample = corners.dropFirst().reduce(corners[0]) { mode == "avg" ? s.add($0, $1) : s.maximum($0, $1) }
    let known = s.select(counts, s.select(isInside, sample, zero), s.constant(neutral))
    return mode == "avg" ? s.add(total, known) : s.maximum(total, known)
  }
  let result = graph.map([Operand(total, [0, 1, 2, 3])], shape: shape, type) { b, e in
    let s = Scalars(b, type)
    let counts = (0..<2).map { regions.samples(s, regions.span(s, b.position(0), $0).size, $0) }
    let area = s.multiply(counts[0], counts[1])
    if mode == "avg" { return s.divide(e[0], s.maximum(area, s.constant(1))) }
    return s.select(s.compare(.greater, e[0], s.constant(-.infinity)), e[0], s.constant(0))
  }
  return [graph.convert(result, to: x.elementType)]
}

/// `MaxRoiPool`: the greatest element of each bin of regions that are rounded to pixels; looks at the whole map for each bin.
let lowerMaxRoiPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), rois = try node.input(1, ranks: 2...2)
  try node.requireSameType([x, rois])
  guard x.elementType.isFloat, node.settled(rois, axis: 1, to: 5) != nil else { throw .wrongShape(node, rois, "5 numbers for each region") }
  let outputs = try node.integers("pooled_shape", count: 2, default: 1, in: 1...Windows.limit)
  let graph = node.graph, type = x.elementType.accumulator
  let scale = node.float("spatial_scale", default: 1)
  let shape = [rois.shape[0], x.shape[1]] + outputs.map { IndexExpression($0) }
  let source = graph.value(x), list = graph.value(rois)
  let operands = [Operand(graph.extent(shape), [0, 1, 2, 3]), Operand(graph.extent(Array(x.shape.suffix(2))), [4, 5])]
  let peak = graph.reduce(operands, loops: 6, output: [0, 1, 2, 3], shape: shape, type, initial: -.infinity) { b, _, peak in
    let s = Scalars(b, type)
    func number(_ i: Int) -> Value { s.convert(b.element(list, [b.position(0), b.index(i)]), from: rois.elementType) }
    /// The nearest whole number, away from 0 in the middle.
    func pixel(_ i: Int) -> Value {
      let exact = s.multiply(number(i), s.constant(scale))
      let rounded = s.call("math.floor", s.add(s.call("math.absf", exact), s.constant(0.5)))
      return s.select(s.compare(.less, exact, s.constant(0)), s.negate(rounded), rounded)
    }
    func float(_ loop: Int) -> Value { s.convert(b.i64(b.position(loop)), from: .i64) }
    var isInside = b.constant(.bool(true, b.context))
    for axis in 0..<2 {
      let start = pixel(2 - axis), one = s.constant(1)
      let size = s.maximum(s.add(s.subtract(pixel(4 - axis), start), one), one)
      let bin = s.divide(size, s.constant(Double(outputs[axis])))
      let first = s.call("math.floor", s.multiply(float(2 + axis), bin))
      let end = s.call("math.ceil", s.multiply(s.add(float(2 + axis), one), bin))
      let place = s.subtract(float(4 + axis), start)
      isInside = b.and(isInside, b.and(s.compare(.greaterOrEqual, place, first), s.compare(.less, place, end)))
    }
    let batch = b.asIndex(Scalars(b, .i64).convert(number(0), from: type))
    let value = s.convert(b.element(source, [batch, b.position(1), b.position(4), b.position(5)]), from: x.elementType)
    return s.maximum(peak, s.select(isInside, value, s.constant(-.infinity)))
  }
  let result = node.mapElements(peak, type) { s, value in
    s.select(s.compare(.equal, value, s.constant(-.infinity)), s.constant(0), value)
  }
  return [graph.convert(result, to: x.elementType)]
}
