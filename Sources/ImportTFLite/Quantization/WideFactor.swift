import TesseraGraphs
import TesseraMLIR

/// What a sum of products of 16 and 8 bits is multiplied by: a number of 15 bits, and a shift, as the runtime has them.
///
/// A factor f * 2^e, with f from 1/2 to 1, is a number of 31 bits first, and of that the upper 15 are taken, rounded.
struct WideFactor {
  let number: Int
  let shift: Int

  /// `nil` if the factor is not above 0, or so far from 1 that nothing is left of a sum.
  init?(_ factor: Double) {
    guard factor > 0, factor.isFinite else { return nil }
    var bits = Int((factor.significand * 0x1p30).rounded(.toNearestOrAwayFromZero)), exponent = Int(factor.exponent) + 1
    if bits == 1 << 31 {
      bits = 1 << 30
      exponent += 1
    }
    number = bits < 0x7FFF_0000 ? (bits + 1 << 15) >> 16 : 0x7FFF
    shift = 15 - exponent
    guard (1...62).contains(shift) else { return nil }
  }
}

extension GraphBuilder {
  /// The sum of products in 64 bits.
  func contractInIntegers(_ a: Operand, _ b: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> GraphTensor {
    let types = [a, b].map(\.tensor.elementType)
    return reduce([a, b], loops: loops, output: output, shape: shape, .i64, initial: 0) { builder, x, sum in
      let narrow = Scalars(builder, .i32), wide = Scalars(builder, .i64)
      let product = narrow.multiply(narrow.convert(x[0], from: types[0]), narrow.convert(x[1], from: types[1]))
      return wide.add(sum, wide.convert(product, from: .i32))
    }
  }
}

extension Node {
  /// `sums` of 64 bits, whose channels are the last dimension, times their factors, rounded halves up, within bounds, as elements of i16.
  func scaled(_ sums: GraphTensor, _ bias: Operand?, _ factors: [WideFactor], bounds: ClosedRange<Int>) -> GraphTensor {
    let isOne = factors.count == 1, loops: [Int?] = isOne ? [] : [sums.rank - 1]
    func list(_ numbers: [Int]) -> Operand {
      let table = table(numbers)
      return Operand(isOne ? graph.reshape(table, to: []) : table, loops)
    }
    let operands =
      [
        Operand(sums, sums.shape.indices.map { $0 }), list(factors.map(\.number)), list(factors.map { 1 << ($0.shift - 1) }),
        list(factors.map(\.shift)),
      ]
      + (bias.map { [$0] } ?? [])
    return graph.map(operands, shape: sums.shape, .i16) { builder, e in
      let s = Scalars(builder, .i64)
      let total = bias.map { s.add(e[0], s.convert(e[4], from: $0.tensor.elementType)) } ?? e[0]
      let rounded = builder.binary("arith.shrsi", s.add(s.multiply(total, e[1]), e[2]), e[3])
      let clamped = s.minimum(s.maximum(rounded, builder.constant64(bounds.lowerBound)), builder.constant64(bounds.upperBound))
      return Scalars(builder, .i16).convert(clamped, from: .i64)
    }
  }
}
