import TesseraDiagnostics
import TesseraMLIR

/// The zero points of a contraction of bytes, as operands over its loops; `nil` is zero.
package struct ZeroPoints {
  package var first: Operand?
  package var second: Operand?

  package init(first: Operand?, second: Operand?) { (self.first, self.second) = (first, second) }
}

extension GraphBuilder {
  /// The contraction `out += (a - zero point) * (b - zero point)` of bytes, in i32.
  ///
  /// The bytes are multiplied as they are, which processors have instructions for; what the zero points add is the same for whole rows and
  /// columns of the result, and taken away after:
  ///
  ///     sum (a - p) * (b - q)  =  sum a * b  -  p * sum (b - q)  -  q * sum a
  ///
  /// Sums of weights are evaluated at compile time. Zero points run over loops of the result only.
  package func contractBytes(
    _ a: Operand, _ b: Operand, _ zeros: ZeroPoints, loops: Int, output: [Int], shape: [IndexExpression]
  ) -> GraphTensor {
    let products = reduce([a, b], loops: loops, output: output, shape: shape, .i32, initial: 0) { builder, x, accumulator in
      let s = Scalars(builder, .i32)
      return s.add(accumulator, s.multiply(s.convert(x[0], from: a.tensor.elementType), s.convert(x[1], from: b.tensor.elementType)))
    }
    var parts = [Operand(products, output.indices.map { $0 })]
    func overResult(_ operand: Operand) -> Operand {
      Operand(operand.tensor, operand.loops.map { $0.map { output.firstIndex(of: $0)! } })
    }
    if let p = zeros.first {
      let sums = byteSums(b, minus: zeros.second, loops: loops, output: output, shape: shape, window: a)
      // Known at compile time where both are.
      if p.loops.isEmpty, p.tensor.knownScalar != nil {
        parts.append(overResult(Operand(scaled(sums.tensor, by: p.tensor), sums.loops)))
      } else {
        parts += [overResult(sums), overResult(p)]
      }
    }
    let firstOfSecond = parts.count
    if let q = zeros.second {
      parts += [overResult(byteSums(a, minus: nil, loops: loops, output: output, shape: shape, window: b)), overResult(q)]
    }
    if parts.count == 1 { return products }
    let types = parts.map(\.tensor.elementType)
    return map(parts, shape: shape, .i32) { builder, e in
      let s = Scalars(builder, .i32)
      func product(_ range: Range<Int>) -> Value {
        let factors = range.map { s.convert(e[$0], from: types[$0]) }
        return factors.dropFirst().reduce(factors[0], s.multiply)
      }
      var sum = e[0]
      if firstOfSecond > 1 { sum = s.subtract(sum, product(1..<firstOfSecond)) }
      if parts.count > firstOfSecond { sum = s.subtract(sum, product(firstOfSecond..<parts.count)) }
      return sum
    }
  }

  /// `sums * factor`
  private func scaled(_ sums: GraphTensor, by factor: GraphTensor) -> GraphTensor {
    map([Operand(sums, sums.shape.indices.map { $0 }), Operand(reshape(factor, to: []), [])], shape: sums.shape, .i32) { builder, e in
      let s = Scalars(builder, .i32)
      return s.multiply(e[0], s.convert(e[1], from: factor.elementType))
    }
  }

  /// The sums of the elements of `operand`, less their zero points, over the loops that are not in `output`, as an operand over the loops.
  ///
  /// The sizes of the loops over a window come from `window`, the other operand.
  private func byteSums(
    _ operand: Operand, minus zero: Operand?, loops: Int, output: [Int], shape: [IndexExpression], window: Operand
  ) -> Operand {
    var used = Set(operand.loops.compactMap { $0 })
    for slide in operand.windows.values { used.insert(slide.loop) }
    let own = used.sorted()
    func renumbered(_ other: Operand) -> Operand {
      let slides = other.windows.mapValues { Operand.Window(stride: $0.stride, loop: own.firstIndex(of: $0.loop)!, dilation: $0.dilation) }
      return Operand(other.tensor, other.loops.map { $0.map { own.firstIndex(of: $0)! } }, windows: slides)
    }
    var operands = [renumbered(operand)]
    if !operand.windows.isEmpty {
      let axes = window.loops.indices.filter { window.loops[$0].map { used.contains($0) && !output.contains($0) } == true }
      let sizes = GraphTensor(.u8, axes.map { window.tensor.shape[$0] })
      // Ones that are multiplied: a contraction, as the importer's others are.
      let ones = generate(sizes.shape, .u8) { builder, _ in Scalars(builder, .u8).constant(1) }
      operands.append(renumbered(Operand(ones, axes.map { window.loops[$0] })))
    }
    if let zero { operands.append(renumbered(zero)) }
    let kept = own.filter(output.contains)
    let sizes = kept.map { shape[output.firstIndex(of: $0)!] }
    let types = operands.map(\.tensor.elementType)
    let hasWindow = !operand.windows.isEmpty
    let sums = reduce(
      operands, loops: own.count, output: kept.map { own.firstIndex(of: $0)! }, shape: sizes, .i32, initial: 0
    ) { builder, x, accumulator in
      let s = Scalars(builder, .i32)
      var value = s.convert(x[0], from: types[0])
      if hasWindow { value = s.multiply(value, s.convert(x[1], from: types[1])) }
      if zero != nil { value = s.subtract(value, s.convert(x[x.count - 1], from: types[x.count - 1])) }
      return s.add(accumulator, value)
    }
    return Operand(sums, kept)
  }
}
