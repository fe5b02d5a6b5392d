import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

/// `GridSample` in any number of spatial dimensions: nearest, linear and cubic, with zeros, the border or a reflection outside.
let lowerGridSample: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...6), given = try node.input(1, ranks: x.rank...x.rank)
  let spatial = x.rank - 2
  guard let grid = node.settled(given, axis: given.rank - 1, to: spatial), x.elementType.isFloat else {
    throw .wrongShape(node, given, "\(spatial) coordinates for each element")
  }
  let mode = node.string("mode", default: node.opset < 20 ? "bilinear" : "linear")
  let padding = node.string("padding_mode", default: "zeros")
  guard ["bilinear", "linear", "nearest", "bicubic", "cubic"].contains(mode) else {
    throw .invalidAttribute(node, "mode", "'\(mode)'", expected: "linear, nearest or cubic")
  }
  guard ["zeros", "border", "reflection"].contains(padding) else {
    throw .invalidAttribute(node, "padding_mode", "'\(padding)'", expected: "zeros, border or reflection")
  }
  try node.requireShape(grid, [x.shape[0]] + grid.shape.dropFirst())
  let sampler = GridSampler(
    source: node.graph.value(x), sizes: x.shape.dropFirst(2).map(node.graph.index), type: x.elementType, padding: padding,
    alignsCorners: node.flag("align_corners"))
  let places = node.graph.value(grid)
  let shape = Array(x.shape.prefix(2)) + grid.shape.dropFirst().dropLast()
  return [
    node.graph.generate(shape, x.elementType) { b, p in
      let s = Scalars(b, x.elementType.accumulator)
      // The last coordinate of the grid belongs to the first spatial dimension.
      let exact = (0..<spatial).map { axis -> Value in
        let at = [p[0]] + p.dropFirst(2) + [b.index(spatial - 1 - axis)]
        return sampler.position(s, s.convert(b.element(places, at), from: grid.elementType), axis)
      }
      let result: Value
      switch mode {
      case "nearest":
        result = sampler.read(s, p, exact.indices.map { s.call("math.roundeven", sampler.inside(s, exact[$0], $0)) })
      case "bicubic", "cubic": result = sampler.interpolateCubically(s, p, exact, [])
      default: result = sampler.interpolate(s, p, exact.indices.map { sampler.inside(s, exact[$0], $0) }, [])
      }
      return Scalars(b, x.elementType).convert(result, from: s.type)
    }
  ]
}

/// How positions of a grid are read from a tensor.
struct GridSampler {
  let source: Value
  let sizes: [Value]
  let type: ElementType
  let padding: String
  let alignsCorners: Bool

  private func size(_ s: Scalars, _ axis: Int) -> Value { s.convert(s.builder.i64(sizes[axis]), from: .i64) }

  /// The position along `axis` that a coordinate in -1 ... 1 stands for.
  func position(_ s: Scalars, _ coordinate: Value, _ axis: Int) -> Value {
    let size = size(s, axis), one = s.constant(1), half = s.constant(0.5)
    let unit = s.multiply(s.add(coordinate, one), half)
    return near(s, alignsCorners ? s.multiply(unit, s.subtract(size, one)) : s.subtract(s.multiply(unit, size), half), axis)
  }

  /// `position` along `axis`, no farther outside than changes anything: behind all elements that are interpolated there are only zeros or the
  /// border. What is no number is outside. (A reflection has something everywhere.)
  func near(_ s: Scalars, _ position: Value, _ axis: Int) -> Value {
    if padding == "reflection" { return position }
    let margin = s.constant(Self.margin)
    return s.minimum(s.maximumNumber(position, s.negate(margin)), s.add(size(s, axis), margin))
  }

  /// Cubic interpolation reads two elements beside the one before the position.
  private static let margin = 4.0

  /// `position` along `axis`, brought inside if the padding says so.
  func inside(_ s: Scalars, _ position: Value, _ axis: Int) -> Value {
    let size = size(s, axis), one = s.constant(1), half = s.constant(0.5)
    let last = s.subtract(size, one)
    switch padding {
    case "border": return s.minimum(s.maximum(position, s.constant(0)), last)
    case "reflection":
      // Folded at low and high by the distance from the nearest even multiple of the range.
      let low = alignsCorners ? s.constant(0) : s.constant(-0.5)
      let range = alignsCorners ? s.maximum(last, one) : size
      let distance = s.call("math.absf", s.subtract(position, low))
      let turns = s.call("math.floor", s.divide(distance, range))
      let rest = s.subtract(distance, s.multiply(turns, range))
      let isOdd = s.compare(.greater, s.subtract(turns, s.multiply(s.constant(2), s.call("math.floor", s.multiply(turns, half)))), half)
      let folded = s.add(s.select(isOdd, s.subtract(range, rest), rest), low)
      return s.minimum(s.maximum(folded, s.constant(0)), last)
    default: return position
    }
  }

  /// The element at whole positions; 0 outside.
  func read(_ s: Scalars, _ p: [Value], _ whole: [Value]) -> Value {
    let b = s.builder
    var isInside = b.constant(.bool(true, b.context))
    var at = Array(p.prefix(2))
    for (axis, position) in whole.enumerated() {
      let last = s.subtract(size(s, axis), s.constant(1))
      isInside = b.and(isInside, b.and(s.compare(.greaterOrEqual, position, s.constant(0)), s.compare(.lessOrEqual, position, last)))
      let safe = s.minimum(s.maximumNumber(position, s.constant(0)), last)
      at.append(b.asIndex(b.value("arith.fptosi", [safe], type: .i64(b.context))))
    }
    return s.select(isInside, s.convert(b.element(source, at), from: type), s.constant(0))
  }

  /// Linear interpolation between the whole positions around `exact`, those of the first dimensions chosen already.
  func interpolate(_ s: Scalars, _ p: [Value], _ exact: [Value], _ chosen: [Value]) -> Value {
    let axis = chosen.count
    if axis == exact.count { return read(s, p, chosen) }
    let low = s.call("math.floor", exact[axis])
    let weight = s.subtract(exact[axis], low)
    let a = interpolate(s, p, exact, chosen + [low]), b = interpolate(s, p, exact, chosen + [s.add(low, s.constant(1))])
    return s.add(s.multiply(a, s.subtract(s.constant(1), weight)), s.multiply(b, weight))
  }

  /// Cubic convolution of the four whole positions around each of `exact`, each brought inside by itself.
  func interpolateCubically(_ s: Scalars, _ p: [Value], _ exact: [Value], _ chosen: [Value]) -> Value {
    let axis = chosen.count
    if axis == exact.count { return read(s, p, chosen) }
    let low = s.call("math.floor", exact[axis])
    let terms = (-1...2).map { tap -> Value in
      let place = s.add(low, s.constant(Double(tap)))
      let weight = s.cubicWeight(s.subtract(place, exact[axis]), -0.75)
      return s.multiply(weight, interpolateCubically(s, p, exact, chosen + [inside(s, place, axis)]))
    }
    return terms.dropFirst().reduce(terms[0], s.add)
  }
}
