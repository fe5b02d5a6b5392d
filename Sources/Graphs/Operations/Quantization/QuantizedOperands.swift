import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

/// The operands of a product of floats that both come from bytes: they are multiplied as integers, and the sums are scaled.
package struct QuantizedPair {
  package let graph: GraphBuilder
  package let first: Quantized, second: Quantized

  /// Looks at `a` and `b`; `nil` unless both were dequantized to f32, `a` by one scale, `b` by one or by one for each element of `columns`.
  package init?(_ graph: GraphBuilder, _ a: GraphTensor, _ b: GraphTensor, columns: Int) {
    guard a.elementType == .f32, b.elementType == .f32, let first = a.quantized, let second = b.quantized, first.axis == nil,
      second.axis == nil || second.axis == columns
    else { return nil }
    (self.graph, self.first, self.second) = (graph, first, second)
  }

  package var a: GraphTensor { first.source }
  package var b: GraphTensor { second.source }

  /// The zero point of `a` as the element that stands for 0.
  package func filler(_ builder: Builder) -> Value { graph.filler(first.zeroPoint, a.elementType, builder) }

  /// The product of the sources as floats.
  package func contract(_ x: Operand, _ y: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> GraphTensor {
    let zeros = ZeroPoints(
      first: first.zeroPoint.flatMap { graph.channelOperand($0, x, besides: y, output) },
      second: second.zeroPoint.flatMap { graph.channelOperand($0, y, besides: x, output) })
    let sums = graph.contractBytes(x, y, zeros, loops: loops, output: output, shape: shape)
    let scales = graph.map(
      [Operand(graph.reshape(first.scale, to: []), []), Operand(second.scale, second.scale.shape.indices.map { $0 })],
      shape: second.scale.shape, .f32
    ) { Scalars($0, .f32).multiply($1[0], $1[1]) }
    let factor: Operand
    if second.axis == nil {
      factor = Operand(graph.reshape(scales, to: []), [])
    } else {
      let channels = graph.perChannelOperand(scales, y, besides: x, output)
      factor = Operand(channels.tensor, channels.loops.map { $0.map { output.firstIndex(of: $0)! } })
    }
    return graph.map([Operand(sums, output.indices.map { $0 }), factor], shape: shape, .f32) { builder, e in
      let s = Scalars(builder, .f32)
      return s.multiply(s.convert(e[0], from: .i32), e[1])
    }
  }
}

extension GraphBuilder {
  /// `contract`, by the bytes where `x` and `y` come from bytes; `y` may have a scale for each element of dimension `columns`.
  package func contractQuantized(
    _ x: Operand, _ y: Operand, columns: Int, loops: Int, output: [Int], shape: [IndexExpression]
  ) -> GraphTensor {
    guard let pair = QuantizedPair(self, x.tensor, y.tensor, columns: columns) else {
      return contract(x, y, loops: loops, output: output, shape: shape)
    }
    return pair.contract(Operand(pair.a, x.loops), Operand(pair.b, y.loops), loops: loops, output: output, shape: shape)
  }

  /// A zero point of `operand` of a contraction as an operand over the loops; `nil` if it is zero.
  package func channelOperand(_ zero: GraphTensor, _ operand: Operand, besides other: Operand, _ output: [Int]) -> Operand? {
    if zero.isKnownZero { return nil }
    if zero.rank == 0 || zero.knownCount == 1 { return Operand(reshape(zero, to: []), []) }
    return perChannelOperand(zero, operand, besides: other, output)
  }

  /// One number for each channel of `operand`: its loops that are in the result, and not in the other operand; in a convolution of groups,
  /// those too.
  package func perChannelOperand(_ numbers: GraphTensor, _ operand: Operand, besides other: Operand, _ output: [Int]) -> Operand {
    let kept = operand.loops.indices.filter { axis in operand.loops[axis].map { output.contains($0) } == true }
    let own = kept.filter { axis in !other.loops.contains(operand.loops[axis]) }
    // Batches have the channels in common, groups have their own. Batches that `other` lacks have the channels of the last dimension in common.
    let count = numbers.shape.product
    let axes = [own, kept, kept.suffix(1)].first { !$0.isEmpty && $0.map { operand.tensor.shape[$0] }.product == count } ?? kept
    return Operand(reshape(numbers, to: axes.map { operand.tensor.shape[$0] }), axes.map { operand.loops[$0] })
  }
}

extension GraphBuilder {
  /// The element of type `type` that a zero point makes stand for 0.
  package func filler(_ zero: GraphTensor?, _ type: ElementType, _ builder: Builder) -> Value {
    guard let zero else { return builder.scalar(0, type.type(builder.context)) }
    if let known = zero.knownScalar { return builder.scalar(known, type.type(builder.context)) }
    let scalar = value(reshape(zero, to: []))
    return builder.element(scalar, [])
  }
}

extension GraphBuilder {
  /// `(source - zero point) * scale` in `type`; `operands` are the scale and the zero point, if there is one, over the loops of the source.
  package func dequantize(_ quantized: Quantized, _ operands: [Operand], _ type: ElementType) -> GraphTensor {
    let source = quantized.source, scale = quantized.scale.elementType, wide = scale.accumulator
    let result = map([Operand(source, source.shape.indices.map { $0 })] + operands, shape: source.shape, type) { builder, e in
      let s = Scalars(builder, wide)
      var value = s.convert(e[0], from: source.elementType)
      if e.count == 3 { value = s.subtract(value, s.convert(e[2], from: source.elementType)) }
      return Scalars(builder, type).convert(s.multiply(value, s.convert(e[1], from: scale)), from: wide)
    }
    if source.elementType == .i8 || source.elementType == .u8 { result.quantized = quantized }
    return result
  }
}

extension Scalars {
  /// `value` rounded to the nearest even, plus a zero point, within the bounds of the integer type `type` of at most 16 bits.
  package func quantized(_ value: Value, zeroPoint: Value?, _ integer: ElementType) -> Value {
    let bounds = integer.integerBounds
    var rounded = call("math.roundeven", value)
    if let zeroPoint { rounded = add(rounded, convert(zeroPoint, from: integer)) }
    // A NaN becomes the least number; what is within bounds fits i32.
    let least = constant(Double(bounds.least)), greatest = constant(Double(bounds.greatest))
    let raised = select(compare(.greater, rounded, least), rounded, least)
    let clamped = select(compare(.less, raised, greatest), raised, greatest)
    // Kernels that widen the result again take the number itself.
    let sign = Attribute.string(integer.isUnsigned ? "unsigned" : "signed", builder.context)
    let whole = builder.value("arith.fptosi", [clamped], type: .i32(builder.context), attributes: [(NumberAttribute.whole, sign)])
    return Scalars(builder, integer).convert(whole, from: .i32)
  }
}
