import TesseraDiagnostics
import TesseraFlatBuffers
import TesseraGraphs
import TesseraMLIR

// The custom operators of MediaPipe's models, in their second version.

extension Node {
  /// The options of a custom operator, as a map.
  func customOptions() throws(Diagnostic) -> [String: FlexMap.Item] { try FlexMap(walker.file.buffer, record.customOptions).items }

  /// The integer `name` among options, within bounds.
  func integer(_ name: String, in options: [String: FlexMap.Item], _ bounds: ClosedRange<Int>, default value: Int? = nil) throws(Diagnostic)
    -> Int
  {
    guard case .integer(let number) = options[name] ?? value.map({ .integer($0) }), bounds.contains(number) else {
      throw .invalidAttribute(self, name, "no such number", expected: "\(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return number
  }

  /// The number `name` among options.
  func number(_ name: String, in options: [String: FlexMap.Item]) throws(Diagnostic) -> Double {
    switch options[name] {
    case .integer(let number): return Double(number)
    case .float(let number) where number.isFinite: return number
    default: throw .invalidAttribute(self, name, "no number", expected: "a number")
    }
  }

  /// Throws unless the operator has the form that is known.
  fileprivate func requireSecondVersion() throws(Diagnostic) {
    guard version == 2 else { throw .unsupportedForm(self, "has version \(version)") }
  }
}

/// `Convolution2DTransposeBias`: a transposed convolution, whose options are padding and strides as three integers.
let lowerTransposeConvBias: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 4...4), weights = try node.input(1, ranks: 4...4), range = node.record.customOptions
  guard range.count >= 12 else { throw .invalidAttribute(node, "options", "\(range.count) bytes", expected: "three integers") }
  let bytes = node.walker.file.buffer.bytes
  let fields = (0..<3).map { Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 4 * $0, as: Int32.self))) }
  let strides = [fields[2], fields[1]]
  guard [1, 2].contains(fields[0]), strides.allSatisfy({ $0 >= 1 && $0 <= Windows.limit }) else {
    throw .invalidAttribute(node, "options", "\(fields)", expected: "1 or 2, and positive strides")
  }
  let sizes = [1, 2].map { axis in
    let whole = x.shape[axis] * strides[axis - 1]
    return fields[0] == 1 ? whole : whole + node.indices.maximum(.zero, weights.shape[axis] - strides[axis - 1])
  }
  return [
    try node.transposedConvolution(
      sizes: sizes, x: 0, weights: 1, bias: 2, strides: strides, fields[0] == 1 ? .same(isUpper: true) : .none(2), .none)
  ]
}

/// `TransformLandmarks`: points [1, count, 2 or 3] moved by the first two rows of a matrix [1, 4, 4]; a third coordinate stays.
let lowerTransformLandmarks: Lowering = { node throws(Diagnostic) in
  try node.requireSecondVersion()
  let x = try node.input(0, ranks: 3...3), matrix = try node.matrix(1), source = node.graph.value(x)
  guard let size = x.shape[2].known, (2...3).contains(size) else { throw .wrongShape(node, x, "2 or 3 coordinates") }
  try node.require(x, .float)
  return [
    node.graph.generate(x.shape, x.elementType) { b, position in
      let s = Scalars(b, x.elementType)
      func coordinate(_ i: Int) -> Value { b.element(source, [position[0], position[1], b.index(i)]) }
      func moved(_ row: Int) -> Value {
        let sum = s.add(s.multiply(matrix(b, row, 0), coordinate(0)), s.multiply(matrix(b, row, 1), coordinate(1)))
        return s.add(sum, matrix(b, row, 3))
      }
      let isFirst = b.compare(.equal, position[2], b.index(0)), flat = b.select(isFirst, moved(0), moved(1))
      return size == 2 ? flat : b.select(b.compare(.equal, position[2], b.index(2)), coordinate(2), flat)
    }
  ]
}

extension Node {
  /// The elements of input `i`, a matrix [1, 4, 4].
  fileprivate func matrix(_ i: Int) throws(Diagnostic) -> (Builder, Int, Int) -> Value {
    let tensor = try input(i, ranks: 3...3)
    try requireShape(tensor, [.one, IndexExpression(4), IndexExpression(4)])
    let value = graph.value(tensor)
    return { b, row, column in b.element(value, [b.index(0), b.index(row), b.index(column)]) }
  }
}

/// `TransformTensorBilinear`: an image at the places that a matrix moves the middles of the result's elements to; 0 outside of it.
let lowerTransformTensor: Lowering = { node throws(Diagnostic) in
  try node.requireSecondVersion()
  let x = try node.input(0, ranks: 4...4), matrix = try node.matrix(1), options = try node.customOptions(), graph = node.graph
  try node.require(x, .float)
  let height = try node.integer("output_height", in: options, 1...Windows.limit)
  let width = try node.integer("output_width", in: options, 1...Windows.limit)
  let source = graph.value(x), sizes = [graph.index(x.shape[1]), graph.index(x.shape[2])]
  return [
    graph.generate([x.shape[0], IndexExpression(height), IndexExpression(width), x.shape[3]], x.elementType) { b, position in
      let s = Scalars(b, x.elementType), half = s.constant(0.5), zero = s.constant(0)
      func float(_ index: Value) -> Value { s.convert(b.i64(index), from: .i64) }
      let column = float(position[2]), row = float(position[1])
      // Row 1 of the matrix gives the place along the height, row 0 that along the width.
      let places = [1, 0].map { r -> Value in
        let shift = s.subtract(s.multiply(s.add(matrix(b, r, 0), matrix(b, r, 1)), half), half)
        let moved = s.add(s.multiply(matrix(b, r, 0), column), s.multiply(matrix(b, r, 1), row))
        return s.add(moved, s.add(matrix(b, r, 3), shift))
      }
      var isInside = b.constant(.bool(true, b.context))
      for (place, size) in zip(places, sizes) {
        let last = s.subtract(float(size), s.constant(1))
        isInside = b.and(isInside, b.and(s.compare(.greaterOrEqual, place, zero), s.compare(.lessOrEqual, place, last)))
      }
      let corners = zip(places, sizes).map { place, size -> (low: Value, high: Value, weight: Value) in
        let floor = s.call("math.floor", place), last = b.minus(size, b.index(1))
        // What is outside is read at the border, and not used.
        let bounded = s.minimum(s.maximumNumber(floor, zero), float(last))
        let low = b.asIndex(b.value("arith.fptosi", [bounded], type: .i64(b.context)))
        return (low, b.binary("arith.minsi", b.plus(low, b.index(1)), last), s.subtract(place, floor))
      }
      func mix(_ a: Value, _ c: Value, _ weight: Value) -> Value {
        s.add(s.multiply(a, s.subtract(s.constant(1), weight)), s.multiply(c, weight))
      }
      func read(_ y: Value, _ x: Value) -> Value { b.element(source, [position[0], y, x, position[3]]) }
      let rows = [corners[0].low, corners[0].high].map { mix(read($0, corners[1].low), read($0, corners[1].high), corners[1].weight) }
      return b.select(isInside, mix(rows[0], rows[1], corners[0].weight), zero)
    }
  ]
}

/// `Landmarks2TransformMatrix`: the matrix that moves places of a crop to those of the picture. The crop is about some of the points, turned so that
/// two others lie at a given angle.
let lowerLandmarksToMatrix: Lowering = { node throws(Diagnostic) in
  try node.requireSecondVersion()
  let given = try node.input(0, ranks: 3...3), options = try node.customOptions(), graph = node.graph, type = given.elementType
  try node.require(given, .float)
  guard given.shape[0] == .one, let count = given.shape[1].known, count > 0, given.shape[2].known == 3 else {
    throw .wrongShape(node, given, "points [1, count, 3]")
  }
  let bounds = 0...count - 1
  let left = try node.integer("left_rotation_idx", in: options, bounds), right = try node.integer("right_rotation_idx", in: options, bounds)
  let sizes = [
    try node.integer("output_width", in: options, 1...Windows.limit), try node.integer("output_height", in: options, 1...Windows.limit),
  ]
  let scales = [try node.number("scale_x", in: options), try node.number("scale_y", in: options)]
  let target = try node.number("target_rotation_radians", in: options)
  guard case .list(let items) = options["subset_idxs"], !items.isEmpty else {
    throw .invalidAttribute(node, "subset_idxs", "no list", expected: "numbers of points")
  }
  var subset: [Int] = []
  for item in items {
    guard case .integer(let place) = item, bounds.contains(place) else {
      throw .invalidAttribute(node, "subset_idxs", "\(item)", expected: "numbers below \(count)")
    }
    subset.append(place)
  }
  let points = graph.reshape(given, to: [given.shape[1], IndexExpression(3)]), source = graph.value(points)
  // The cosine and the sine of the turn.
  let turn = graph.generate([IndexExpression(2)], type) { b, position in
    let s = Scalars(b, type)
    func distance(_ axis: Int) -> Value {
      s.subtract(b.element(source, [b.index(right), b.index(axis)]), b.element(source, [b.index(left), b.index(axis)]))
    }
    let angle = s.subtract(s.constant(target), b.binary("math.atan2", distance(1), distance(0)))
    return b.select(b.compare(.equal, position[0], b.index(0)), s.call("math.cos", angle), s.call("math.sin", angle))
  }
  let turned = graph.value(turn), chosen = graph.value(graph.gather(points, node.table(subset), axis: 0))
  let rotated = graph.generate([IndexExpression(2), IndexExpression(subset.count)], type) { b, position in
    let s = Scalars(b, type)
    let (cosine, sine) = (b.element(turned, [b.index(0)]), b.element(turned, [b.index(1)]))
    let (x, y) = (b.element(chosen, [position[1], b.index(0)]), b.element(chosen, [position[1], b.index(1)]))
    let first = s.subtract(s.multiply(x, cosine), s.multiply(y, sine)), second = s.add(s.multiply(x, sine), s.multiply(y, cosine))
    return b.select(b.compare(.equal, position[0], b.index(0)), first, second)
  }
  let least = graph.value(graph.reduceAxes(rotated, [1], type, initial: .infinity) { $0.minimum($1, $2) })
  let greatest = graph.value(graph.reduceAxes(rotated, [1], type, initial: -.infinity) { $0.maximum($1, $2) })
  return [
    graph.generate([.one, IndexExpression(4), IndexExpression(4)], type) { b, position in
      let s = Scalars(b, type)
      let (cosine, sine) = (b.element(turned, [b.index(0)]), b.element(turned, [b.index(1)]))
      let ends = (0..<2).map { (low: b.element(least, [b.index($0)]), high: b.element(greatest, [b.index($0)])) }
      let middle = ends.map { s.divide(s.add($0.low, $0.high), s.constant(2)) }
      let centre = [
        s.add(s.multiply(middle[0], cosine), s.multiply(middle[1], sine)),
        s.subtract(s.multiply(middle[1], cosine), s.multiply(middle[0], sine)),
      ]
      let steps = (0..<2).map { s.multiply(s.subtract(ends[$0].high, ends[$0].low), s.constant(scales[$0] / Double(sizes[$0]))) }
      let rows = [
        [s.multiply(cosine, steps[0]), s.multiply(sine, steps[1])], [s.negate(s.multiply(sine, steps[0])), s.multiply(cosine, steps[1])],
      ]
      var result = b.select(b.compare(.equal, position[1], position[2]), s.constant(1), s.constant(0))
      for row in 0..<2 {
        let shift = s.add(
          s.multiply(rows[row][0], s.constant(Double(-sizes[0]) / 2)), s.multiply(rows[row][1], s.constant(Double(-sizes[1]) / 2)))
        for (column, value) in [(0, rows[row][0]), (1, rows[row][1]), (3, s.add(centre[row], shift))] {
          let isHere = b.and(b.compare(.equal, position[1], b.index(row)), b.compare(.equal, position[2], b.index(column)))
          result = b.select(isHere, value, result)
        }
      }
      return result
    }
  ]
}
