import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

// Complex numbers stand as pairs along a last dimension of size 2.

/// `RFFT2D`: the transform of the last two dimensions, cut or filled with zeros to the lengths of input 1; of the last one, the half that is needed.
let lowerRFFT2D: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 2...GraphTensor.rankLimit - 2), lengths = try node.knownIntegers(1), graph = node.graph
  try node.require(x, .float)
  guard lengths.count == 2, lengths.allSatisfy({ $0 >= 1 && $0 <= Windows.limit }) else {
    throw .invalidAttribute(node, "fft_length", "\(lengths)", expected: "two positive numbers")
  }
  let rank = x.rank, outer = Array(x.shape.dropLast(2)).product, rows = x.shape[rank - 2], columns = x.shape[rank - 1]
  let half = IndexExpression(lengths[1] / 2 + 1), count = IndexExpression(lengths[0])
  // Along the last dimension, as [all before, columns, 1].
  let lines = ComplexSignal(node, graph.reshape(x, to: [outer * rows, columns, .one]), nil)
  var signal = lines.resized(IndexExpression(lengths[1])).transformed(lengths[1], inverse: false).resized(half)
  // Along the one before, as [outer, rows, half].
  signal = signal.reshaped(to: [outer, rows, half]).resized(count)
  if lengths[0] > 1 { signal = signal.transformed(lengths[0], inverse: false) }
  let shape = x.shape.dropLast(2) + [count, half]
  let parts = [signal.real, signal.imaginary ?? graph.expandZero(signal.real.shape, x.elementType)]
  return [node.concatenate(parts.map { graph.reshape($0, to: shape + [.one]) }, rank, shape + [IndexExpression(2)])]
}

/// `REAL`, `IMAG`
func complexPart(_ place: Int) -> Lowering {
  { node throws(Diagnostic) in
    let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
    return [node.element(of: x, at: place)]
  }
}

/// `COMPLEX_ABS`
let lowerComplexAbs: Lowering = { node throws(Diagnostic) in
  let x = try node.input(0, ranks: 1...GraphTensor.rankLimit)
  let parts = [0, 1].map { node.element(of: x, at: $0) }, all: [Int?] = parts[0].shape.indices.map { $0 }
  return [
    node.graph.map(parts.map { Operand($0, all) }, shape: parts[0].shape, x.elementType) { builder, e in
      let s = Scalars(builder, x.elementType)
      return s.call("math.sqrt", s.add(s.multiply(e[0], e[0]), s.multiply(e[1], e[1])))
    }
  ]
}

extension Node {
  /// Element `place` of the last dimension.
  fileprivate func element(of x: GraphTensor, at place: Int) -> GraphTensor { element(IndexExpression(place), of: x, axis: x.rank - 1) }
}
