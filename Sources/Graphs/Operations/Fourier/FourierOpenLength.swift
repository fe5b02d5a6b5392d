import TesseraDiagnostics
import TesseraMLIR

// Fourier transforms of a length that only the run knows: Bluestein's convolution, by transforms of a power of two in a loop on the host whose steps
// are those of Stockham with the factor 2. They are computed in f64: a convolution loses digits, and angles are computed in place.

extension ComplexSignal {
  /// The discrete Fourier transform, or its inverse, where the length is not known at import.
  package func transformedAtRunTime(inverse: Bool) throws(Diagnostic) -> ComplexSignal {
    if type != .f64 {
      return try mapParts { graph.convert($0, to: .f64) }.transformedAtRunTime(inverse: inverse).mapParts {
        graph.convert($0, to: type)
      }
    }
    let count = length
    let (size, steps) = powerOfTwo(above: count)
    let sign: Double = inverse ? 1 : -1
    let factor = chirp(count, count, sign: sign)
    // exp(-sign * pi i * d * d / n) at the distances d from 0, which stand at both ends.
    let filter = try chirp(count, size, sign: -sign).radixTwo(steps, sign: -1)
    let spectrum = try times(factor).resized(size).radixTwo(steps, sign: -1)
    let folded = try spectrum.times(filter).radixTwo(steps, sign: 1).resized(count).times(factor)
    let area = graph.floatCount([inverse ? size * count : size], type)
    return folded.mapParts { part in
      graph.map([Operand(part, [0, 1, 2]), Operand(area, [])], shape: part.shape, type) { Scalars($0, type).divide($1[0], $1[1]) }
    }
  }

  /// The least power of two that holds twice the length, and its logarithm.
  private func powerOfTwo(above count: IndexExpression) -> (size: IndexExpression, steps: IndexExpression) {
    let builder = graph.builder, wanted = graph.index(count * 2 - 1)
    var steps = builder.index(0)
    for bit in 0..<40 {
      let isLess = builder.compare(.less, builder.index(1 << bit), wanted)
      steps = builder.plus(steps, builder.value("arith.index_castui", [isLess], type: .index(graph.context)))
    }
    let size = graph.indices.opaque(builder.binary("arith.shli", builder.index(1), steps), least: 1)
    return (size, graph.indices.opaque(steps, least: 0))
  }

  /// exp(sign * pi i * d * d / count) for each of `size` places at the distance d from either end; 0 beyond `count`.
  private func chirp(_ count: IndexExpression, _ size: IndexExpression, sign: Double) -> ComplexSignal {
    let bound = graph.index(count), end = graph.index(size)
    func part(_ function: String) -> GraphTensor {
      graph.generate([.one, size, .one], type) { b, p in
        let s = Scalars(b, type)
        let distance = size == count ? p[1] : b.binary("arith.minsi", p[1], b.minus(end, p[1]))
        let square = b.binary("arith.remui", b.times(distance, distance), b.plus(bound, bound))
        let ratio = s.divide(s.convert(b.i64(square), from: .i64), s.convert(b.i64(bound), from: .i64))
        let value = s.call(function, s.multiply(ratio, s.constant(sign * .pi)))
        return s.select(b.compare(.less, distance, bound), value, s.constant(0))
      }
    }
    return ComplexSignal(site, part("math.cos"), part("math.sin"))
  }

  /// Each element times that of `factors`, which has one outer and one inner element.
  private func times(_ factors: ComplexSignal) -> ComplexSignal {
    let flat = factors.reshaped(to: [factors.length])
    return times(flat.real, flat.imaginary ?? flat.real)
  }

  /// The transform of a length that is two to the `steps`, without a scale.
  private func radixTwo(_ steps: IndexExpression, sign: Double) throws(Diagnostic) -> ComplexSignal {
    guard let imaginary else { return self }
    let size = graph.index(length), shape = real.shape
    let result = try graph.loop(steps, carrying: [real, imaginary]) { (step, carried) throws(Diagnostic) in
      let sources = carried.map(graph.value), shift = graph.index(step)
      return [0, 1].map { part in
        graph.generate(shape, type) { b, p in
          let s = Scalars(b, type)
          let span = b.binary("arith.shli", b.index(1), shift)
          let within = b.binary("arith.andi", p[1], b.minus(span, b.index(1)))
          let outside = b.binary("arith.shrui", p[1], shift)
          let isOdd = b.compare(.equal, b.binary("arith.andi", outside, b.index(1)), b.index(1))
          let block = b.times(b.binary("arith.shrui", outside, b.index(1)), span)
          let place = b.plus(block, within)
          let partner = b.plus(place, b.binary("arith.shrui", size, b.index(1)))
          func element(_ part: Int, _ at: Value) -> Value { b.element(sources[part], [p[0], at, p[2]]) }
          let a = element(part, place), c = element(part, partner)
          let cross = s.subtract(element(1 - part, place), element(1 - part, partner))
          let ratio = s.divide(s.convert(b.i64(block), from: .i64), s.convert(b.i64(size), from: .i64))
          let angle = s.multiply(ratio, s.constant(sign * 2 * .pi))
          let own = s.multiply(s.subtract(a, c), s.call("math.cos", angle)), other = s.multiply(cross, s.call("math.sin", angle))
          return s.select(isOdd, part == 0 ? s.subtract(own, other) : s.add(own, other), s.add(a, c))
        }
      }
    }
    return ComplexSignal(site, result[0], result[1])
  }
}
