import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR

extension StableHLONode {
  /// Discrete Fourier transforms of the last dimensions.
  func fourier() throws(Diagnostic) -> GraphTensor {
    let x = try operand(0), kind = word("fft_type"), lengths = try integers("fft_length")
    guard (1...3).contains(lengths.count), lengths.count <= x.rank, lengths.allSatisfy({ $0 >= 1 && $0 <= Windows.limit }) else {
      throw .invalidAttribute(self, "fft_length", "\(lengths)", expected: "the sizes of 1 to 3 dimensions")
    }
    guard ["FFT", "IFFT", "RFFT", "IRFFT"].contains(kind), x.elementType.isComplex == (kind != "RFFT"),
      x.elementType.isComplex || [.f32, .f64].contains(x.elementType)
    else { throw .operandTypes(self, expected: "complex numbers, floats for RFFT") }
    let first = x.rank - lengths.count, last = x.rank - 1
    for (i, length) in lengths.enumerated() {
      let wanted = kind == "IRFFT" && i == lengths.count - 1 ? length / 2 + 1 : length
      guard graph.unify(x.shape[first + i], IndexExpression(wanted), "dimension \(first + i) of its operand and \(wanted)") != nil else {
        throw .invalidAttribute(self, "fft_length", "\(lengths)", expected: "lengths that fit \(x.description)")
      }
    }
    let inverse = kind == "IFFT" || kind == "IRFFT"
    var signal = split(x)
    var axes = Array(first...last)
    if kind == "RFFT" { axes = [last] + axes.dropLast() }
    for axis in axes {
      if kind == "IRFFT", axis == last { signal = try completed(signal, axis, lengths[axis - first]) }
      let isReal = kind == "IRFFT" && axis == last
      signal = transformed(signal, axis, signal.shape[axis].known ?? 1, inverse: inverse, realOnly: isReal)
      if kind == "RFFT", axis == last { signal = signal.cut(to: lengths[axis - first] / 2 + 1, axis, self) }
    }
    guard let imaginary = signal.imaginary else { return signal.real }
    let all: [Int?] = signal.shape.indices.map { $0 }, type: ElementType = signal.real.elementType == .f64 ? .complex128 : .complex64
    return graph.map([Operand(signal.real, all), Operand(imaginary, all)], shape: signal.shape, type) { b, e in
      b.value("complex.create", e, type: type.type(b.context))
    }
  }

  /// Complex numbers as two tensors.
  private struct Parts {
    var real: GraphTensor
    var imaginary: GraphTensor?
    var shape: [IndexExpression] { real.shape }

    /// The first `count` elements along `axis`.
    func cut(to count: Int, _ axis: Int, _ node: StableHLONode) -> Parts {
      var sizes = shape
      sizes[axis] = IndexExpression(count)
      let zeros = sizes.map { _ in IndexExpression.zero }, ones = sizes.map { _ in 1 }
      return Parts(real: node.slice(real, zeros, ones, sizes), imaginary: imaginary.map { node.slice($0, zeros, ones, sizes) })
    }
  }

  private func split(_ x: GraphTensor) -> Parts {
    guard let part = x.elementType.complexPart else { return Parts(real: x) }
    let all: [Int?] = x.shape.indices.map { $0 }
    func take(_ name: String) -> GraphTensor {
      graph.map([Operand(x, all)], shape: x.shape, part) { b, e in b.value("complex.\(name)", e, type: part.type(b.context)) }
    }
    return Parts(real: take("re"), imaginary: take("im"))
  }

  private func transformed(_ x: Parts, _ axis: Int, _ length: Int, inverse: Bool, realOnly: Bool) -> Parts {
    let outer = Array(x.shape[..<axis]).product, inner = Array(x.shape[(axis + 1)...]).product
    let rows = [outer, IndexExpression(length), inner]
    let signal = ComplexSignal(self, graph.reshape(x.real, to: rows), x.imaginary.map { graph.reshape($0, to: rows) })
    let result = signal.transformed(length, inverse: inverse, realOnly: realOnly)
    return Parts(real: graph.reshape(result.real, to: x.shape), imaginary: result.imaginary.map { graph.reshape($0, to: x.shape) })
  }

  /// The whole of a spectrum of real numbers, of which there is one half. The ends of the half are taken to be real, as they are.
  private func completed(_ x: Parts, _ axis: Int, _ length: Int) throws(Diagnostic) -> Parts {
    guard let imaginary = x.imaginary else { return x }
    var shape = x.shape
    shape[axis] = IndexExpression(length)
    func mirrored(_ part: GraphTensor, isImaginary: Bool) -> GraphTensor {
      let source = graph.value(part), half = length / 2
      return graph.generate(shape, part.elementType) { b, position in
        let isOwn = b.compare(.lessOrEqual, position[axis], b.index(half))
        var read = position
        read[axis] = b.select(isOwn, position[axis], b.minus(b.index(length), position[axis]))
        let value = b.element(source, read)
        guard isImaginary else { return value }
        let isEnd = b.compare(.equal, b.binary("arith.remui", b.times(position[axis], b.index(2)), b.index(length)), b.index(0))
        let signed = b.select(isOwn, value, b.value("arith.negf", [value], type: value.type))
        return b.select(isEnd, b.scalar(0, value.type), signed)
      }
    }
    return Parts(real: mirrored(x.real, isImaginary: false), imaginary: mirrored(imaginary, isImaginary: true))
  }
}
