import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension Node {
  /// `x` and the number of parts of the complex numbers in its last dimension, 1 or 2. Where only the run knows it, there are 2, of which the
  /// second is 0.
  fileprivate func complexNumbers(_ x: GraphTensor) throws(Diagnostic) -> (x: GraphTensor, parts: Int) {
    guard x.elementType.isFloat else { throw .wrongType(self, x, expected: "a float") }
    if x.rank >= 2, let parts = x.shape.last, parts.known == nil {
      let least = graph.compare(.greaterOrEqual, graph.index(parts), graph.index(.one))
      let most = graph.compare(.lessOrEqual, graph.index(parts), graph.index(IndexExpression(2)))
      graph.requireHere(graph.builder.and(least, most), "the last dimension of '\(x.name)' must be 1 or 2")
      let shape = x.shape.dropLast() + [IndexExpression(2)]
      return (graph.pad(x, begins: shape.map { _ in .zero }, shape: Array(shape)) { Scalars($0, x.elementType).constant(0) }, 2)
    }
    guard x.rank >= 2, let parts = x.shape[x.rank - 1].known, parts == 1 || parts == 2 else {
      throw .wrongShape(self, x, "1 or 2 numbers in the last dimension")
    }
    return (x, parts)
  }

  /// The one size in input `i`.
  fileprivate func lengthInput(_ i: Int) throws(Diagnostic) -> IndexExpression {
    let elements = try hostInput(i, count: 1)
    guard elements.count == 1, (elements[0].known ?? 1) >= 1 else { throw .notAShape(self, try input(i)) }
    return elements[0]
  }

  /// The transform of `x` [..., n, ..., parts] along `axis`.
  fileprivate func fourierTransform(_ given: GraphTensor, axis: Int, inverse: Bool, onesided: Bool) throws(Diagnostic) -> GraphTensor {
    let (x, parts) = try complexNumbers(given)
    guard axis < x.rank - 1 else { throw .axisOutOfRange(self, axis, rank: x.rank - 1) }
    let type = x.elementType.accumulator
    let before = Array(x.shape[..<axis]), after = Array(x.shape[(axis + 1)..<(x.rank - 1)])
    let own = x.shape[axis]
    let returnsReal = inverse && onesided
    let count = optionalInput(1) == nil ? (returnsReal ? (own - 1) * 2 : own) : try lengthInput(1)
    guard (count.known ?? 1) >= 1 else { throw .wrongShape(self, x, "a positive length to transform") }
    let bins = indices.floorDivide(count, IndexExpression(2)) + 1
    let flat = graph.convert(graph.reshape(x, to: [before.product, own, after.product, IndexExpression(parts)]), to: type)
    let given = ComplexSignal(self, element(.zero, of: flat, axis: 3), parts == 1 ? nil : element(.one, of: flat, axis: 3))
    var signal = given.resized(returnsReal ? bins : count)
    if returnsReal { signal = signal.completed(to: count) }
    signal = try transformed(signal, inverse: inverse, realOnly: returnsReal)
    if onesided && !inverse { signal = signal.resized(bins) }
    return interleaved(signal, before + [signal.length] + after, x.elementType)
  }

  /// The transform of `signal` over its dimension 1.
  fileprivate func transformed(_ signal: ComplexSignal, inverse: Bool, realOnly: Bool = false) throws(Diagnostic) -> ComplexSignal {
    if let count = signal.length.known, count <= Windows.limit {
      return signal.transformed(count, inverse: inverse, realOnly: realOnly)
    }
    let result = try signal.transformedAtRunTime(inverse: inverse)
    return realOnly ? result.realPart : result
  }

  /// The parts of `signal` side by side in a last dimension behind `shape`.
  fileprivate func interleaved(_ signal: ComplexSignal, _ shape: [IndexExpression], _ type: ElementType) -> GraphTensor {
    let real = graph.convert(graph.reshape(signal.real, to: shape), to: type)
    guard let imaginary = signal.imaginary else { return graph.reshape(real, to: shape + [.one]) }
    let all: [Int?] = shape.indices.map { $0 }
    let operands = [Operand(real, all), Operand(graph.convert(graph.reshape(imaginary, to: shape), to: type), all)]
    return graph.map(operands, shape: shape + [IndexExpression(2)], type) { b, e in
      b.select(b.compare(.equal, b.position(shape.count), b.index(0)), e[0], e[1])
    }
  }
}

extension ComplexSignal {
  /// The spectrum of a real signal of length `count`, of whose `count` / 2 + 1 first elements this has the real and imaginary parts.
  fileprivate func completed(to count: IndexExpression) -> ComplexSignal {
    let half = graph.index(length), end = graph.index(count)
    func whole(_ part: GraphTensor, mirrored: (Scalars, Value) -> Value) -> GraphTensor {
      let source = graph.value(part)
      return graph.generate([outer, count, inner], type) { b, p in
        let isGiven = b.compare(.less, p[1], half)
        let value = b.element(source, [p[0], b.select(isGiven, p[1], b.minus(end, p[1])), p[2]])
        return b.select(isGiven, value, mirrored(Scalars(b, type), value))
      }
    }
    return ComplexSignal(site, whole(real) { $1 }, imaginary.map { whole($0) { $0.negate($1) } })
  }
}

/// `DFT`: the axis is an input from operator set 20, an attribute before.
let lowerDFT: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit)
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
  let numbers = x.rank == 2 ? node.graph.reshape(x, to: x.shape + [.one]) : x
  numbers.name = x.name
  let (signal, parts) = try node.complexNumbers(numbers)
  let graph = node.graph
  let step = try node.lengthInput(1)
  graph.requireHere(
    graph.compare(.greaterOrEqual, graph.index(step), graph.index(.one)), "the step between frames must be at least 1")
  let window = node.optionalInput(2)
  if let window {
    try node.requireSameType([x, window])
    guard window.rank == 1 else { throw .wrongRank(node, window, expected: 1...1) }
  }
  let given = node.optionalInput(3) == nil ? nil : try node.lengthInput(3)
  let size = given ?? window?.shape[0] ?? signal.shape[1]
  if let window, graph.unify(window.shape[0], size, "the lengths of the window and the frames of '\(node.label)'") == nil {
    throw .wrongShape(node, window, "a list of the length of a frame")
  }
  let frames = node.indices.floorDivide(signal.shape[1] - size, step) + 1
  if let known = frames.known, known < 1 { throw .wrongShape(node, x, "a signal as long as a frame") }
  let type = x.elementType.accumulator
  let source = graph.value(signal), stride = graph.index(step)
  let shape = [signal.shape[0], frames, size]
  func framed(_ part: Int) -> GraphTensor {
    let cut = graph.map(window.map { [Operand($0, [2])] } ?? [], shape: shape, type) { b, e in
      let s = Scalars(b, type)
      let place = b.plus(b.times(b.position(1), stride), b.position(2))
      let value = s.convert(b.element(source, [b.position(0), place, b.index(part)]), from: x.elementType)
      return e.isEmpty ? value : s.multiply(value, s.convert(e[0], from: x.elementType))
    }
    return graph.reshape(cut, to: [shape[0] * frames, size, .one])
  }
  var result = try node.transformed(ComplexSignal(node, framed(0), parts == 1 ? nil : framed(1)), inverse: false)
  if node.integer("onesided", default: 1) != 0 {
    result = result.resized(node.indices.floorDivide(size, IndexExpression(2)) + 1)
  }
  return [node.interleaved(result, [shape[0], frames, result.length], x.elementType)]
}
