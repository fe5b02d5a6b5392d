import Diagnostics
import MLIR

extension Node {
  /// The number of parts of the complex numbers in the last dimension of `x`: 1 or 2.
  fileprivate func partCount(_ x: Tensor) throws(Diagnostic) -> Int {
    guard x.elementType.isFloat else { throw .wrongType(self, x, expected: "a float") }
    guard x.rank >= 2, let parts = x.shape[x.rank - 1].known, parts == 1 || parts == 2 else {
      throw .wrongShape(self, x, "1 or 2 numbers in the last dimension")
    }
    return parts
  }

  /// The one size in input `i`.
  fileprivate func lengthInput(_ i: Int) throws(Diagnostic) -> IndexExpression {
    let elements = try hostInput(i)
    guard elements.count == 1, (elements[0].known ?? 1) >= 1 else { throw .notAShape(self, try input(i)) }
    return elements[0]
  }

  /// The transform of `x` [..., n, ..., parts] along `axis`.
  fileprivate func fourierTransform(_ x: Tensor, axis: Int, inverse: Bool, onesided: Bool) throws(Diagnostic) -> Tensor {
    let parts = try partCount(x)
    guard axis < x.rank - 1 else { throw .axisOutOfRange(self, axis, rank: x.rank - 1) }
    let type = x.elementType.accumulator
    let before = Array(x.shape[..<axis]), after = Array(x.shape[(axis + 1)..<(x.rank - 1)])
    let own = x.shape[axis]
    let returnsReal = inverse && onesided
    let count = optionalInput(1) == nil ? (returnsReal ? (own - 1) * 2 : own) : try lengthInput(1)
    guard (count.known ?? 1) >= 1 else { throw .wrongShape(self, x, "a positive length to transform") }
    let bins = indices.floorDivide(count, IndexExpression(2)) + 1
    let flat = importer.reshape(x, to: [before.product, own, after.product, IndexExpression(parts)])
    let planar = importer.convert(transpose(flat, [3, 0, 1, 2]), to: type)
    var signal = ComplexSignal(self, planar).resized(returnsReal ? bins : count)
    if returnsReal { signal = signal.completed(to: count) }
    signal = try transformed(signal, inverse: inverse, realOnly: returnsReal)
    if onesided && !inverse { signal = signal.resized(bins) }
    let result = transpose(signal.tensor, [1, 2, 3, 0])
    return importer.convert(importer.reshape(result, to: before + [signal.length] + after + [signal.tensor.shape[0]]), to: x.elementType)
  }

  /// The transform of `signal` over its dimension 2.
  fileprivate func transformed(_ signal: ComplexSignal, inverse: Bool, realOnly: Bool = false) throws(Diagnostic) -> ComplexSignal {
    if let count = signal.length.known, count <= Windows.limit {
      return signal.transformed(count, inverse: inverse, realOnly: realOnly)
    }
    let result = try signal.transformedAtRunTime(inverse: inverse)
    return realOnly ? result.realPart : result
  }
}

extension ComplexSignal {
  /// The spectrum of a real signal of length `count`, of whose `count` / 2 + 1 first elements this has the real and imaginary parts.
  fileprivate func completed(to count: IndexExpression) -> ComplexSignal {
    let source = importer.value(tensor), half = importer.index(length), end = importer.index(count)
    let shape = [tensor.shape[0], outer, count, inner]
    let whole = importer.generate(shape, type) { b, p in
      let s = Scalars(b, type)
      let isGiven = b.compare(.less, p[2], half)
      let value = b.element(source, [p[0], p[1], b.select(isGiven, p[2], b.minus(end, p[2])), p[3]])
      let keepsSign = b.binary("arith.ori", isGiven, b.compare(.equal, p[0], b.index(0)))
      return s.select(keepsSign, value, s.negate(value))
    }
    return ComplexSignal(node, whole)
  }
}

/// `DFT`: the axis is an input from operator set 20, an attribute before.
let lowerDFT: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphWalker.rankLimit)
  let inverse = node.flag("inverse"), onesided = node.flag("onesided")
  if node.opset >= 20, node.optionalInput(2) != nil {
    let given = try node.hostInput(2)
    if let known = given.first?.known {
      return [try node.fourierTransform(x, axis: try node.axis(known, rank: x.rank), inverse: inverse, onesided: onesided)]
    }
    // A real signal comes out of more than one element, if its length is not given.
    let isOpen = inverse && onesided && node.optionalInput(1) == nil
    let axes = (0..<x.rank - 1).filter { !isOpen || x.shape[$0].known != 1 }
    return [
      try node.alongAxis(input: 2, rank: x.rank, among: axes) { (axis) throws(Diagnostic) in
        try node.fourierTransform(x, axis: axis, inverse: inverse, onesided: onesided)
      }
    ]
  }
  let axis = try node.axis(node.opset >= 20 ? -2 : node.integer("axis", default: 1), rank: x.rank)
  return [try node.fourierTransform(x, axis: axis, inverse: inverse, onesided: onesided)]
}

/// `STFT`: transforms of the frames of a signal, each times a window.
let lowerSTFT: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...3)
  let signal = x.rank == 2 ? node.importer.reshape(x, to: x.shape + [.one]) : x
  signal.name = x.name
  let parts = try node.partCount(signal)
  let importer = node.importer
  let step = try node.lengthInput(1)
  let window = node.optionalInput(2)
  if let window { try node.requireSameType([x, window]) }
  let given = node.optionalInput(3) == nil ? nil : try node.lengthInput(3)
  let size = given ?? window?.shape[0] ?? signal.shape[1]
  if let window {
    guard window.rank == 1, importer.unify(window.shape[0], size, "the lengths of the window and the frames of '\(node.label)'") != nil
    else {
      throw .wrongShape(node, window, "a list of the length of a frame")
    }
  }
  let frames = node.indices.floorDivide(signal.shape[1] - size, step) + 1
  if let known = frames.known, known < 1 { throw .wrongShape(node, x, "a signal as long as a frame") }
  let type = x.elementType.accumulator
  let source = importer.value(signal), stride = importer.index(step)
  let (batch, last) = (signal.shape[0], [Int?](arrayLiteral: 3))
  let operands = window.map { [Operand($0, last)] } ?? []
  let extent = [IndexExpression(parts), batch, frames, size]
  let framed = importer.map(operands, shape: extent, type) { b, e in
    let s = Scalars(b, type)
    let p = (0..<4).map(b.position)
    let value = s.convert(b.element(source, [p[1], b.plus(b.times(p[2], stride), p[3]), p[0]]), from: x.elementType)
    return e.isEmpty ? value : s.multiply(value, s.convert(e[0], from: x.elementType))
  }
  let flat = ComplexSignal(node, importer.reshape(framed, to: [extent[0], batch * frames, size, .one]))
  var result = try node.transformed(flat, inverse: false)
  if node.integer("onesided", default: 1) != 0 {
    result = result.resized(node.indices.floorDivide(size, IndexExpression(2)) + 1)
  }
  let ordered = node.transpose(result.tensor, [1, 2, 3, 0])
  return [importer.convert(importer.reshape(ordered, to: [batch, frames, result.length, IndexExpression(2)]), to: x.elementType)]
}
