import TesseraDiagnostics
import TesseraMLIR

// Fourier transforms of a known length n, as matrix products. With n = r * m, element j = j1 * m + j2 and frequency k = k1 + r * k2 it is
//
//   X[k] = sum over j2 of w(m, j2 * k2) * w(n, j2 * k1) * (sum over j1 of w(r, j1 * k1) * x[j])     w(n, i) = exp(-2 pi i / n)
//
// so each factor r of n is a product with a matrix of r * r complex numbers, and between two factors stands a product with a table. The
// result of a factor is put in the order [j2, k1, ...]: what is left is a transform over j2 alone, at the end of which all is in order (Stockham).
// Lengths with a large prime factor are a convolution of a length that is a power of two (Bluestein).

/// Complex numbers as tensors [outer, n, inner] of their parts.
package struct ComplexSignal {
  package let site: any Site
  package let real: GraphTensor
  /// `nil` if the numbers are real.
  package let imaginary: GraphTensor?
  package var graph: GraphBuilder { site.graph }
  package var type: ElementType { real.elementType }
  package var outer: IndexExpression { real.shape[0] }
  package var length: IndexExpression { real.shape[1] }
  package var inner: IndexExpression { real.shape[2] }

  package init(_ site: any Site, _ real: GraphTensor, _ imaginary: GraphTensor?) {
    (self.site, self.real, self.imaginary) = (site, real, imaginary)
  }

  /// Each part changed by `body`.
  package func mapParts(_ body: (GraphTensor) -> GraphTensor) -> ComplexSignal { ComplexSignal(site, body(real), imaginary.map(body)) }

  /// The real part alone.
  package var realPart: ComplexSignal { ComplexSignal(site, real, nil) }

  /// Both parts with the sizes `shape`.
  package func reshaped(to shape: [IndexExpression]) -> ComplexSignal { mapParts { graph.reshape($0, to: shape) } }

  /// The first `count` elements; zeros behind the end.
  package func resized(_ count: IndexExpression) -> ComplexSignal {
    if count == length { return self }
    let shape = [outer, count, inner]
    return mapParts { part in
      if let known = count.known, let own = length.known, known < own {
        return site.slice(part, [.zero, .zero, .zero], [1, 1, 1], shape)
      }
      return graph.pad(part, begins: [.zero, .zero, .zero], shape: shape) { Scalars($0, type).constant(0) }
    }
  }

  /// Each element times that of `factors` at its place along dimension 1.
  package func times(_ factors: ComplexList) -> ComplexSignal {
    let count = factors.real.count
    return times(site.table(factors.real, [count], type), site.table(factors.imaginary, [count], type))
  }

  /// Each element times the complex number of the lists `a` and `b` at its place along dimension 1.
  package func times(_ a: GraphTensor, _ b: GraphTensor) -> ComplexSignal {
    let lists = [Operand(a, [1]), Operand(b, [1])], all: [Int?] = [0, 1, 2]
    func part(_ body: (Scalars, [Value]) -> Value) -> GraphTensor {
      let operands = [Operand(real, all)] + (imaginary.map { [Operand($0, all)] } ?? []) + lists
      return graph.map(operands, shape: real.shape, type) { body(Scalars($0, type), $1) }
    }
    guard imaginary != nil else { return ComplexSignal(site, part { $0.multiply($1[0], $1[1]) }, part { $0.multiply($1[0], $1[2]) }) }
    return ComplexSignal(
      site, part { s, e in s.subtract(s.multiply(e[0], e[2]), s.multiply(e[1], e[3])) },
      part { s, e in s.add(s.multiply(e[0], e[3]), s.multiply(e[1], e[2])) })
  }

  /// The discrete Fourier transform, or its inverse; of a known length. `realOnly`: without the imaginary part.
  package func transformed(_ count: Int, inverse: Bool, realOnly: Bool = false) -> ComplexSignal {
    switch FourierPlan(length: count) {
    case .factors(let factors): return transformed(factors, inverse: inverse, realOnly: realOnly)
    case .convolution(let size): return convolved(count, size, inverse: inverse, realOnly: realOnly)
    }
  }

  private func transformed(_ factors: [Int], inverse: Bool, realOnly: Bool) -> ComplexSignal {
    let sign: Double = inverse ? 1 : -1
    let whole = factors.reduce(1, *), shape = [outer, IndexExpression(whole), inner]
    var rest = whole
    var signal = self
    for (i, radix) in factors.enumerated() {
      let isLast = i == factors.count - 1
      signal = signal.contracted(radix, rest, sign: sign, scale: isLast && inverse ? 1 / Double(whole) : 1, realOnly: isLast && realOnly)
      if isLast { break }
      let span = Double(rest)
      rest /= radix
      let turns = ComplexList(turns: (0..<rest).flatMap { j in (0..<radix).map { k in sign * Double(j * k) / span } })
      let apart = signal.reshaped(to: [outer, IndexExpression(rest * radix), signal.real.shape[3]]).times(turns)
      signal = apart.reshaped(to: [outer, IndexExpression(rest), IndexExpression(radix) * apart.inner])
    }
    return signal.reshaped(to: shape)
  }

  /// The sums over j1, as [outer, j2, k1, inner]. `count` is the length, of which `radix` is a factor.
  private func contracted(_ radix: Int, _ count: Int, sign: Double, scale: Double, realOnly: Bool) -> ComplexSignal {
    let turns = ComplexList(turns: (0..<radix).flatMap { j in (0..<radix).map { k in sign * Double(j * k % radix) / Double(radix) } })
    let cosines = site.table(turns.real.map { $0 * scale }, [radix, radix], type)
    let sines = site.table(turns.imaginary.map { $0 * scale }, [radix, radix], type)
    let split = reshaped(to: [outer, IndexExpression(radix), IndexExpression(count / radix), inner])
    // Loops: outer, j2, k1, inner; then j1.
    func sum(_ a: GraphTensor, _ b: GraphTensor, _ isDifference: Bool) -> GraphTensor {
      var operands = [Operand(split.real, [0, 4, 1, 3]), Operand(a, [4, 2])]
      if let imaginary = split.imaginary { operands += [Operand(imaginary, [0, 4, 1, 3]), Operand(b, [4, 2])] }
      let shape = [outer, IndexExpression(count / radix), IndexExpression(radix), inner]
      return graph.reduce(operands, loops: 5, output: [0, 1, 2, 3], shape: shape, type, initial: 0) { builder, e, sum in
        let s = Scalars(builder, type)
        let first = s.add(sum, s.multiply(e[0], e[1]))
        if e.count == 2 { return first }
        return isDifference ? s.subtract(first, s.multiply(e[2], e[3])) : s.add(first, s.multiply(e[2], e[3]))
      }
    }
    return ComplexSignal(site, sum(cosines, sines, true), realOnly ? nil : sum(sines, cosines, false))
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
    let result = folded.times(chirp.scaled(by: inverse ? 1 / Double(count) : 1))
    return realOnly ? result.realPart : result
  }
}
