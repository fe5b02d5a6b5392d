import Diagnostics
import MLIR

// Fourier transforms of a known length n, as matrix products. With n = r * m, element j = j1 * m + j2 and frequency k = k1 + r * k2 it is
//
//   X[k] = sum over j2 of w(m, j2 * k2) * w(n, j2 * k1) * (sum over j1 of w(r, j1 * k1) * x[j])     w(n, i) = exp(-2 pi i / n)
//
// so each factor r of n is one contraction with a matrix of r * r complex numbers, and between two factors stands a product with a table. The
// result of a factor is put in the order [j2, k1, ...]: what is left is a transform over j2 alone, at the end of which all is in order (Stockham).
// Lengths with a large prime factor are a convolution of a length that is a power of two (Bluestein).

/// Complex numbers as a tensor [parts, outer, n, inner]; of one part if they are real.
struct ComplexSignal {
  let node: Node
  let tensor: Tensor
  var importer: GraphImporter { node.importer }
  var type: ElementType { tensor.elementType }
  var parts: Int { tensor.shape[0].known ?? 2 }
  var outer: IndexExpression { tensor.shape[1] }
  var length: IndexExpression { tensor.shape[2] }
  var inner: IndexExpression { tensor.shape[3] }

  init(_ node: Node, _ tensor: Tensor) { (self.node, self.tensor) = (node, tensor) }

  private func with(_ tensor: Tensor) -> ComplexSignal { ComplexSignal(node, tensor) }

  /// A constant of the type of the elements.
  private func table(_ numbers: [Double], _ shape: [Int]) -> Tensor { node.table(numbers, shape, type) }

  /// The first `count` elements; zeros behind the end.
  func resized(_ count: IndexExpression) -> ComplexSignal {
    if count == length { return self }
    let shape = [tensor.shape[0], outer, count, inner]
    if let known = count.known, let own = length.known, known < own {
      return with(node.slice(tensor, tensor.shape.map { _ in .zero }, [1, 1, 1, 1], shape))
    }
    return with(importer.pad(tensor, begins: shape.map { _ in .zero }, shape: shape) { Scalars($0, type).constant(0) })
  }

  /// Each element times that of `factors` at its place along dimension 2.
  func times(_ factors: ComplexList) -> ComplexSignal {
    let count = factors.real.count
    let real = table(factors.real, [count])
    let cross = table(factors.imaginary.map { -$0 } + factors.imaginary, [2, count])
    return product(Operand(real, [2]), Operand(cross, [0, 2]))
  }

  /// Each element times the complex numbers `real`, over the loops of a signal, and `cross`, which has minus the imaginary part for part 0.
  func product(_ real: Operand, _ cross: Operand) -> ComplexSignal {
    let source = importer.value(tensor)
    let shape = [IndexExpression(2)] + tensor.shape.dropFirst()
    if parts == 1 {
      return with(
        importer.map([Operand(tensor, [nil, 1, 2, 3]), real, cross], shape: shape, type) { b, e in
          let s = Scalars(b, type)
          return s.select(b.compare(.equal, b.position(0), b.index(0)), s.multiply(e[0], e[1]), s.multiply(e[0], e[2]))
        })
    }
    return with(
      importer.map([Operand(tensor, [0, 1, 2, 3]), real, cross], shape: shape, type) { b, e in
        let s = Scalars(b, type)
        let p = (0..<4).map(b.position)
        let other = b.element(source, [b.minus(b.index(1), p[0])] + p.dropFirst())
        return s.add(s.multiply(e[0], e[1]), s.multiply(other, e[2]))
      })
  }

  /// The discrete Fourier transform, or its inverse; of a known length. `realOnly`: without the imaginary part.
  func transformed(_ count: Int, inverse: Bool, realOnly: Bool = false) -> ComplexSignal {
    switch FourierPlan(length: count) {
    case .factors(let factors): return transformed(factors, inverse: inverse, realOnly: realOnly)
    case .convolution(let size): return convolved(count, size, inverse: inverse, realOnly: realOnly)
    }
  }

  private func transformed(_ factors: [Int], inverse: Bool, realOnly: Bool) -> ComplexSignal {
    let sign: Double = inverse ? 1 : -1
    let (outer, inner) = (outer, inner)
    var rest = factors.reduce(1, *)
    let whole = rest
    var signal = self
    for (i, radix) in factors.enumerated() {
      let isLast = i == factors.count - 1
      let scale = isLast && inverse ? 1 / Double(whole) : 1
      signal = signal.contracted(radix, rest, sign: sign, scale: scale, parts: isLast && realOnly ? 1 : 2)
      rest /= radix
      if rest == 1 { break }
      let span = Double(rest * radix)
      let turns = ComplexList(turns: (0..<rest).flatMap { j in (0..<radix).map { k in sign * Double(j * k) / span } })
      let flat = IndexExpression(rest * radix)
      let apart = signal.with(importer.reshape(signal.tensor, to: [IndexExpression(2), outer, flat, signal.tensor.shape[4]])).times(turns)
      signal = with(
        importer.reshape(
          apart.tensor, to: [IndexExpression(2), outer, IndexExpression(rest), IndexExpression(radix) * apart.inner]))
    }
    let parts = signal.tensor.shape[0]
    return with(importer.reshape(signal.tensor, to: [parts, outer, IndexExpression(whole), inner]))
  }

  /// The sums over j1, as [parts, outer, j2, k1, inner]. `count` is the length, of which `radix` is a factor.
  private func contracted(_ radix: Int, _ count: Int, sign: Double, scale: Double, parts results: Int) -> ComplexSignal {
    let turns = ComplexList(turns: (0..<radix).flatMap { j in (0..<radix).map { k in sign * Double(j * k % radix) / Double(radix) } })
    // [part of x, j1, part of the result, k1]
    var matrix: [Double] = []
    for part in 0..<parts {
      for j in 0..<radix {
        let row = j * radix..<(j + 1) * radix
        let real = turns.real[row].map { $0 * scale }, imaginary = turns.imaginary[row].map { $0 * scale }
        matrix += part == 0 ? real : imaginary.map { -$0 }
        if results == 2 { matrix += part == 0 ? imaginary : real }
      }
    }
    let r = IndexExpression(radix), rest = IndexExpression(count / radix)
    let split = importer.reshape(tensor, to: [IndexExpression(parts), outer, r, rest, inner])
    // Loops: part of the result, outer, j2, k1, inner; then part of x, j1.
    return with(
      importer.contract(
        Operand(split, [5, 1, 6, 2, 4]), Operand(table(matrix, [parts, radix, results, radix]), [5, 6, 0, 3]), loops: 7,
        output: Array(0..<5), shape: [IndexExpression(results), outer, rest, r, inner]))
  }

  /// Bluestein's transform: j * k = (j * j + k * k - (k - j) * (k - j)) / 2, so that it is a convolution, of length `size`.
  private func convolved(_ count: Int, _ size: Int, inverse: Bool, realOnly: Bool) -> ComplexSignal {
    let sign: Double = inverse ? 1 : -1
    // Squares are taken modulo 2 n, which keeps the angles exact.
    let squares = (0..<count).map { Double($0 * $0 % (2 * count)) / Double(2 * count) }
    let chirp = ComplexList(turns: squares.map { sign * $0 })
    let mirrored = (0..<size).map { $0 < count ? $0 : $0 > size - count ? size - $0 : nil }
    let filter = ComplexList(turns: squares.map { -sign * $0 }).moved(mirrored).transformed()
    let spectrum = times(chirp).resized(IndexExpression(size)).transformed(size, inverse: false)
    let folded = spectrum.times(filter).transformed(size, inverse: true).resized(IndexExpression(count))
    var last = chirp
    if inverse {
      last.real = last.real.map { $0 / Double(count) }
      last.imaginary = last.imaginary.map { $0 / Double(count) }
    }
    let result = folded.times(last)
    return realOnly ? result.realPart : result
  }

  /// Part 0.
  var realPart: ComplexSignal {
    with(node.slice(tensor, tensor.shape.map { _ in .zero }, [1, 1, 1, 1], [.one] + tensor.shape.dropFirst()))
  }
}
