import Diagnostics
import MLIR

extension Node {
  /// The index in all of `x` of the first element of each window that is the window's maximum in `peaks`.
  func poolIndices(_ x: Tensor, _ padded: Tensor, _ peaks: Tensor, _ windows: Windows) -> Tensor {
    let spatial = windows.kernel.count
    let k = 2 + spatial
    var slides: [Int: Operand.Window] = [:]
    for axis in 0..<spatial {
      slides[axis + 2] = Operand.Window(stride: windows.strides[axis], loop: k + axis, dilation: windows.dilations[axis])
    }
    let all: [Int?] = (0..<k).map { $0 }
    let extent = importer.extent(windows.kernel)
    let operands = [
      Operand(padded, all, windows: slides), Operand(peaks, all), Operand(extent, (0..<spatial).map { k + $0 }),
    ]
    let begins = windows.begins.map(importer.index), sizes = x.shape.map(importer.index)
    let isColumnMajor = flag("storage_order")
    return importer.reduce(operands, loops: k + spatial, output: Array(0..<k), shape: peaks.shape, .i64, initial: .infinity) {
      b, e, least in
      let isInside0 = b.constant(.bool(true, b.context))
      var isInside = isInside0
      var place = (0..<2).map(b.position)
      for axis in 0..<spatial {
        let start = b.times(b.position(axis + 2), b.index(windows.strides[axis]))
        let at = b.minus(b.plus(start, b.times(b.position(k + axis), b.index(windows.dilations[axis]))), begins[axis])
        isInside = b.and(isInside, b.and(b.compare(.greaterOrEqual, at, b.index(0)), b.compare(.less, at, sizes[axis + 2])))
        place.append(at)
      }
      var number = b.plus(b.times(place[0], sizes[1]), place[1])
      let order = isColumnMajor ? Array((2..<k).reversed()) : Array(2..<k)
      for axis in order { number = b.plus(b.times(number, sizes[axis]), place[axis]) }
      let isPeak = b.and(isInside, Scalars(b, x.elementType).compare(.equal, e[0], e[1]))
      return b.binary("arith.minsi", least, b.select(isPeak, b.i64(number), b.constant64(Int.max)))
    }
  }
}

/// `MaxUnpool`: zeros, with each element at the index that goes with it.
let lowerMaxUnpool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit), places = try node.input(1, ranks: x.rank...x.rank)
  try node.require(places, .integer)
  try node.requireShape(places, x.shape)
  let importer = node.importer
  let spatial = x.rank - 2
  guard let kernel = node.integers("kernel_shape"), kernel.count == spatial, kernel.allSatisfy({ (1...Windows.limit).contains($0) }) else {
    throw .invalidAttribute(node, "kernel_shape", "nothing", expected: "the sizes of the window")
  }
  let strides = try node.integers("strides", count: spatial, default: 1, in: 1...Windows.limit)
  let pads = try node.integers("pads", count: 2 * spatial, default: 0, in: 0...Windows.limit)
  var plain = Array(x.shape.prefix(2))
  for axis in 0..<spatial { plain.append((x.shape[axis + 2] - 1) * strides[axis] + (kernel[axis] - pads[axis] - pads[axis + spatial])) }
  let shape = node.optionalInput(2) == nil ? plain : try node.hostInput(2)
  guard shape.count == x.rank else { throw .invalidAttribute(node, "output_shape", "\(shape.count) sizes", expected: "\(x.rank) sizes") }
  // Indices count in the tensor that was pooled.
  let count = plain.product, type = x.elementType
  let numbers = importer.map([Operand(importer.reshape(places, to: [x.shape.product]), [0])], shape: [x.shape.product], .i64) { b, e in
    importer.rowNumber(b, [(b.asIndex(e[0]), importer.index(count))])
  }
  let zeros = importer.expandZero([count], type)
  let result = importer.reshape(importer.scatter(zeros, numbers, x, batches: 0, columns: 1) { _, _, new in new }, to: plain)
  if shape == plain { return [result] }
  // Indices count in the shape of the windows, whatever shape is asked for; what that has more is 0.
  return [importer.pad(result, begins: shape.map { _ in .zero }, shape: shape) { Scalars($0, x.elementType).constant(0) }]
}

extension Scalars {
  /// |x|^p
  fileprivate func power(_ x: Value, _ p: Double) -> Value {
    let magnitude = call("math.absf", x)
    return p == 1 ? magnitude : p == 2 ? multiply(x, x) : builder.binary("math.powf", magnitude, constant(p))
  }

  fileprivate func root(_ x: Value, _ p: Double) -> Value {
    p == 1 ? x : p == 2 ? call("math.sqrt", x) : builder.binary("math.powf", x, constant(1 / p))
  }
}

extension Node {
  /// `x` with `body` applied to each element, in the type `type`.
  func mapElements(_ x: Tensor, _ type: ElementType, _ body: (Scalars, Value) -> Value) -> Tensor {
    importer.map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { builder, e in
      let s = Scalars(builder, type)
      return body(s, s.convert(e[0], from: x.elementType))
    }
  }
}

/// `LpPool`
let lowerLpPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit)
  let p = Double(node.integer("p", default: 2))
  let windows = try node.poolingWindows(x)
  let type = x.elementType.accumulator
  let powers = node.mapElements(x, type) { $0.power($1, p) }
  let sum = node.pool(node.padded(powers, windows, filler: 0), windows, type, initial: 0) { $0.add($1, $2) }
  return [node.importer.convert(node.mapElements(sum, type) { $0.root($1, p) }, to: x.elementType)]
}

/// `GlobalLpPool`
let lowerGlobalLpPool: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit)
  let p = Double(node.integer("p", default: 2))
  let type = x.elementType.accumulator
  let sum = node.importer.reduceAxes(x, Array(2..<x.rank), type, initial: 0, combine: { $0.add($1, $2) }, body: { $0.power($1, p) })
  let result = node.importer.convert(node.mapElements(sum, type) { $0.root($1, p) }, to: x.elementType)
  return [node.importer.reshape(result, to: Array(x.shape.prefix(2)) + x.shape.dropFirst(2).map { _ in .one })]
}

/// `LRN`: x / (bias + alpha / size * sum of squares over neighbouring channels)^beta
let lowerLRN: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 3...GraphWalker.rankLimit)
  let size = node.integer("size", default: 0)
  guard size >= 1, size <= Windows.limit else { throw .invalidAttribute(node, "size", "\(size)", expected: "a number of at least 1") }
  let alpha = node.float("alpha", default: 1e-4), beta = node.float("beta", default: 0.75), bias = node.float("bias", default: 1)
  let type = x.elementType.accumulator
  let squares = node.mapElements(x, type) { $0.multiply($1, $1) }
  var begins = [IndexExpression](repeating: .zero, count: x.rank), shape = x.shape
  begins[1] = IndexExpression((size - 1) / 2)
  shape[1] = shape[1] + (size - 1)
  let padded = node.importer.pad(squares, begins: begins, shape: shape) { Scalars($0, type).constant(0) }
  let all: [Int?] = x.shape.indices.map { $0 }
  let window = Operand.Window(stride: 1, loop: x.rank, dilation: 1)
  let sum = node.importer.reduce(
    [Operand(padded, all, windows: [1: window]), Operand(node.importer.extent([IndexExpression(size)]), [x.rank])], loops: x.rank + 1,
    output: Array(0..<x.rank), shape: x.shape, type, initial: 0
  ) { Scalars($0, type).add($2, $1[0]) }
  return [
    node.importer.map([Operand(x, all), Operand(sum, all)], shape: x.shape, x.elementType) { builder, e in
      let s = Scalars(builder, type)
      let base = s.add(s.constant(bias), s.multiply(s.constant(alpha / Double(size)), e[1]))
      let factor = builder.binary("math.powf", base, s.constant(beta))
      return Scalars(builder, x.elementType).convert(s.divide(s.convert(e[0], from: x.elementType), factor), from: type)
    }
  ]
}

/// `MeanVarianceNormalization`
let lowerMeanVarianceNormalization: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphWalker.rankLimit)
  let axes = try node.axes(node.integers("axes") ?? [0, 2, 3], rank: x.rank)
  // The function's definition adds this to the deviation, not to the variance, where it hardly differs.
  let (result, _, _) = node.importer.standardize(x, axes, epsilon: 1e-9)
  return [node.importer.convert(result, to: x.elementType)]
}
