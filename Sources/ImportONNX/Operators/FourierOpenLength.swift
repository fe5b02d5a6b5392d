import Diagnostics
import MLIR

// Fourier transforms of a length that only the run knows: Bluestein's convolution, by transforms of a power of two in a loop on the host whose steps
// are those of Stockham with the factor 2. They are computed in f64: a convolution loses digits, and angles are computed in place.

extension ComplexSignal {
  /// The discrete Fourier transform over dimension 2, or its inverse, where its length is not known at import.
  func transformedAtRunTime(inverse: Bool) throws(Diagnostic) -> ComplexSignal {
    if type != .f64 {
      let result = try ComplexSignal(node, importer.convert(tensor, to: .f64)).transformedAtRunTime(inverse: inverse)
      return ComplexSignal(node, importer.convert(result.tensor, to: type))
    }
    let count = length
    let (size, steps) = powerOfTwo(above: count)
    let sign: Double = inverse ? 1 : -1
    let factor = chirp(count, count, sign: sign)
    // exp(-sign * pi i * d * d / n) at the distances d from 0, which stand at both ends.
    let filter = try chirp(count, size, sign: -sign).radixTwo(steps, sign: -1)
    let spectrum = try times(factor).resized(size).radixTwo(steps, sign: -1)
    let folded = try spectrum.times(filter).radixTwo(steps, sign: 1).resized(count).times(factor)
    let area = importer.floatCount([inverse ? size * count : size], type)
    let scaled = importer.map([Operand(folded.tensor, [0, 1, 2, 3]), Operand(area, [])], shape: folded.tensor.shape, type) {
      Scalars($0, type).divide($1[0], $1[1])
    }
    return ComplexSignal(node, scaled)
  }

  /// The least power of two that holds twice the length, and its logarithm.
  private func powerOfTwo(above count: IndexExpression) -> (size: IndexExpression, steps: IndexExpression) {
    let builder = importer.builder, wanted = importer.index(count * 2 - 1)
    var steps = builder.index(0)
    for bit in 0..<40 {
      let isLess = builder.compare(.less, builder.index(1 << bit), wanted)
      steps = builder.plus(steps, builder.value("arith.index_castui", [isLess], type: .index(importer.context)))
    }
    let size = importer.indices.opaque(builder.binary("arith.shli", builder.index(1), steps), least: 1)
    return (size, importer.indices.opaque(steps, least: 0))
  }

  /// exp(sign * pi i * d * d / count) for each of `size` places at the distance d from either end; 0 beyond `count`.
  private func chirp(_ count: IndexExpression, _ size: IndexExpression, sign: Double) -> ComplexSignal {
    let bound = importer.index(count), end = importer.index(size)
    let isMirrored = size != count
    let tensor = importer.generate([IndexExpression(2), .one, size, .one], type) { b, p in
      let s = Scalars(b, type)
      let distance = isMirrored ? b.binary("arith.minsi", p[2], b.minus(end, p[2])) : p[2]
      let turn = b.plus(bound, bound)
      let square = b.binary("arith.remui", b.times(distance, distance), turn)
      let ratio = s.divide(s.convert(b.i64(square), from: .i64), s.convert(b.i64(bound), from: .i64))
      let angle = s.multiply(ratio, s.constant(sign * .pi))
      let isReal = b.compare(.equal, p[0], b.index(0))
      let value = s.select(isReal, s.call("math.cos", angle), s.call("math.sin", angle))
      return s.select(b.compare(.less, distance, bound), value, s.constant(0))
    }
    return ComplexSignal(node, tensor)
  }

  /// Each element times that of `factors`, which has one outer and one inner element.
  private func times(_ factors: ComplexSignal) -> ComplexSignal {
    let list = importer.reshape(factors.tensor, to: [IndexExpression(2), factors.length])
    let real = node.element(.zero, of: list, axis: 0)
    let imaginary = importer.value(list)
    let cross = importer.generate([IndexExpression(2), factors.length], type) { b, p in
      let s = Scalars(b, type)
      let value = b.element(imaginary, [b.index(1), p[1]])
      return s.select(b.compare(.equal, p[0], b.index(0)), s.negate(value), value)
    }
    return product(Operand(real, [2]), Operand(cross, [0, 2]))
  }

  /// The transform of a length that is two to the `steps`, without a scale.
  private func radixTwo(_ steps: IndexExpression, sign: Double) throws(Diagnostic) -> ComplexSignal {
    let size = importer.index(length), shape = tensor.shape
    let result = try importer.loop(steps, carrying: [tensor]) { (step, carried) throws(Diagnostic) in
      let source = importer.value(carried[0]), shift = importer.index(step)
      return [
        importer.generate(shape, type) { b, p in
          let s = Scalars(b, type)
          let span = b.binary("arith.shli", b.index(1), shift)
          let within = b.binary("arith.andi", p[2], b.minus(span, b.index(1)))
          let outside = b.binary("arith.shrui", p[2], shift)
          let isOdd = b.compare(.equal, b.binary("arith.andi", outside, b.index(1)), b.index(1))
          let block = b.times(b.binary("arith.shrui", outside, b.index(1)), span)
          let place = b.plus(block, within)
          let partner = b.plus(place, b.binary("arith.shrui", size, b.index(1)))
          func element(_ part: Value, _ at: Value) -> Value { b.element(source, [part, p[1], at, p[3]]) }
          let other = b.minus(b.index(1), p[0])
          let a = element(p[0], place), c = element(p[0], partner)
          let difference = s.subtract(a, c), cross = s.subtract(element(other, place), element(other, partner))
          let ratio = s.divide(s.convert(b.i64(block), from: .i64), s.convert(b.i64(size), from: .i64))
          let angle = s.multiply(ratio, s.constant(sign * 2 * .pi))
          let sine = s.call("math.sin", angle)
          let turned = s.multiply(cross, s.select(b.compare(.equal, p[0], b.index(0)), s.negate(sine), sine))
          return s.select(isOdd, s.add(s.multiply(difference, s.call("math.cos", angle)), turned), s.add(a, c))
        }
      ]
    }
    return ComplexSignal(node, result[0])
  }
}
