import Diagnostics
import MLIR

/// The operands of a product of floats that both come from bytes: they are multiplied as integers, and the sums are scaled.
struct QuantizedPair {
  let importer: GraphImporter
  let first: Quantized, second: Quantized

  /// Looks at `a` and `b`; `nil` unless both were dequantized to f32, `a` by one scale, `b` by one or by one for each element of `columns`.
  init?(_ importer: GraphImporter, _ a: Tensor, _ b: Tensor, columns: Int) {
    guard a.elementType == .f32, b.elementType == .f32, let first = a.quantized, let second = b.quantized, first.axis == nil,
      second.axis == nil || second.axis == columns
    else { return nil }
    (self.importer, self.first, self.second) = (importer, first, second)
  }

  var a: Tensor { first.source }
  var b: Tensor { second.source }

  /// The zero point of `a` as the element that stands for 0.
  func filler(_ builder: Builder) -> Value { Node.filler(first.zeroPoint, a.elementType, builder, importer) }

  /// The product of the sources as floats.
  func contract(_ x: Operand, _ y: Operand, loops: Int, output: [Int], shape: [IndexExpression]) -> Tensor {
    let zeros = ZeroPoints(
      first: first.zeroPoint.flatMap { importer.channelOperand($0, x, besides: y, output) },
      second: second.zeroPoint.flatMap { importer.channelOperand($0, y, besides: x, output) })
    let sums = importer.contractBytes(x, y, zeros, loops: loops, output: output, shape: shape)
    let scales = importer.map(
      [Operand(importer.reshape(first.scale, to: []), []), Operand(second.scale, second.scale.shape.indices.map { $0 })],
      shape: second.scale.shape, .f32
    ) { Scalars($0, .f32).multiply($1[0], $1[1]) }
    let factor: Operand
    if second.axis == nil {
      factor = Operand(importer.reshape(scales, to: []), [])
    } else {
      let channels = importer.perChannelOperand(scales, y, besides: x, output)
      factor = Operand(channels.tensor, channels.loops.map { $0.map { output.firstIndex(of: $0)! } })
    }
    return importer.map([Operand(sums, output.indices.map { $0 }), factor], shape: shape, .f32) { builder, e in
      let s = Scalars(builder, .f32)
      return s.multiply(s.convert(e[0], from: .i32), e[1])
    }
  }
}

extension GraphImporter {
  /// A zero point of `operand` of a contraction as an operand over the loops; `nil` if it is zero.
  func channelOperand(_ zero: Tensor, _ operand: Operand, besides other: Operand, _ output: [Int]) -> Operand? {
    if zero.isKnownZero { return nil }
    if zero.rank == 0 || zero.knownCount == 1 { return Operand(reshape(zero, to: []), []) }
    return perChannelOperand(zero, operand, besides: other, output)
  }

  /// One number for each channel of `operand`: its loops that are in the result, and not in the other operand; in a convolution of groups,
  /// those too.
  func perChannelOperand(_ numbers: Tensor, _ operand: Operand, besides other: Operand, _ output: [Int]) -> Operand {
    let kept = operand.loops.indices.filter { axis in operand.loops[axis].map { output.contains($0) } == true }
    let shared = kept.filter { axis in other.loops.contains(operand.loops[axis]) }
    var axes = kept.filter { !shared.contains($0) }
    // Batches have the channels in common, groups have their own.
    if axes.isEmpty || numbers.shape != axes.map({ operand.tensor.shape[$0] }) { axes = kept }
    return Operand(reshape(numbers, to: axes.map { operand.tensor.shape[$0] }), axes.map { operand.loops[$0] })
  }
}

extension Node {
  /// The element of type `type` that a zero point makes stand for 0.
  static func filler(_ zero: Tensor?, _ type: ElementType, _ builder: Builder, _ importer: GraphImporter) -> Value {
    guard let zero else { return builder.scalar(0, type.type(builder.context)) }
    if let known = zero.knownScalar { return builder.scalar(known, type.type(builder.context)) }
    let scalar = importer.value(importer.reshape(zero, to: []))
    return builder.element(scalar, [])
  }
}

/// Operators that only move elements of their first input, or choose among them by their order.
///
/// On a dequantized tensor they work on the bytes: `f(dequantize(x)) = dequantize(f(x))` for one positive scale. A quarter of the memory moves,
/// and products that follow find their operands quantized.
enum QuantizedMovement {
  private static let operators: Set<String> = [
    "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Slice", "Gather", "Expand", "Split", "MaxPool", "DepthToSpace",
    "SpaceToDepth", "Tile", "Identity",
  ]

  /// The results of `node` by way of the bytes; `nil` if it is to be lowered as it is.
  static func results(_ node: Node, _ row: OperatorRow) throws(Diagnostic) -> [Tensor]? {
    guard operators.contains(node.proto.operation), node.proto.canonicalDomain.isEmpty, let x = node.optionalInput(0),
      let quantized = x.quantized, quantized.axis == nil, let scale = quantized.scale.knownScalar, scale > 0,
      node.proto.operation != "MaxPool" || !node.hasOutput(1)
    else { return nil }
    let moved = Node(
      importer: node.importer, walker: node.walker, proto: node.proto, opset: node.opset, label: node.label,
      inputs: [quantized.source] + node.inputs.dropFirst())
    var results: [Tensor] = []
    for source in try row.lower(moved) {
      results.append(
        node.importer.dequantize(
          Quantized(source: source, scale: quantized.scale, zeroPoint: quantized.zeroPoint, axis: nil),
          [quantized.scale, quantized.zeroPoint].compactMap { $0 }.map { Operand(node.importer.reshape($0, to: []), []) }, x.elementType))
    }
    return results
  }
}

extension GraphImporter {
  /// `(source - zero point) * scale` in `type`; `operands` are the scale and the zero point, if there is one, over the loops of the source.
  func dequantize(_ quantized: Quantized, _ operands: [Operand], _ type: ElementType) -> Tensor {
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
