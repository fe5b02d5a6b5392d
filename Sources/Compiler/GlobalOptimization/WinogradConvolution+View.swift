import TesseraKernels
import TesseraLoopNests
import TesseraMLIR

/// A 3 x 3 convolution of stride 1 on channels-last images, with static sizes.
struct Convolution3x3 {
  let op: StructuredOp
  let images, rows, columns, channels, features: Int
  var input: Value { op.operation.operand(0) }
  var weights: Value { op.operation.operand(1) }
  var element: Type { op.operation.result(0).type.element }
  /// Tiles of 2 x 2 results.
  var tileRows: Int { (rows + 1) / 2 }
  var tileColumns: Int { (columns + 1) / 2 }
  var tiles: Int { images * tileRows * tileColumns }

  init?(_ op: StructuredOp) {
    guard op.inputCount == 2, op.operation.resultCount == 1, op.loopCount == 7,
      op.operation.operands.allSatisfy({ $0.type.isTensor && $0.type.hasStaticShape && "\($0.type.element)" == "f32" }),
      let w = op.maps[1].asDimensions, w.count == 4, let out = op.maps[2].asDimensions, out.count == 4, out[3] == w[3],
      Set(out + w).count == 7, Self.reads(op.maps[0], [(out[0], nil), (out[1], w[0]), (out[2], w[1]), (w[2], nil)])
    else { return nil }
    let reductions = op.iterators.indices.filter { op.iterators[$0] == .reduction }
    guard Set(reductions) == Set(w[..<3]), Self.multipliesAndAdds(op.body), Self.isZero(op.operation.operand(2)) else { return nil }
    let shape = op.operation.result(0).type.shape, kernel = op.operation.operand(1).type.shape
    guard kernel[0] == 3, kernel[1] == 3, op.operation.operand(0).type.shape == [shape[0], shape[1] + 2, shape[2] + 2, kernel[2]] else {
      return nil
    }
    self.op = op
    (images, rows, columns, channels, features) = (shape[0], shape[1], shape[2], kernel[2], kernel[3])
  }

  /// `true` iff the results of `map` are the dimensions `terms.0`, with `terms.1` added where there is one.
  private static func reads(_ map: AffineMap, _ terms: [(Int, Int?)]) -> Bool {
    guard map.results.count == terms.count else { return false }
    return zip(map.results, terms).allSatisfy { expression, term in
      guard let window = term.1 else { return expression.asDimension == term.0 }
      guard case .add(let x, let y) = expression.kind else { return false }
      return [x.asDimension, y.asDimension] == [term.0, window] || [x.asDimension, y.asDimension] == [window, term.0]
    }
  }

  /// `true` iff the body is `out + in * weight`.
  private static func multipliesAndAdds(_ body: Block) -> Bool {
    let ops = body.operations
    guard ops.map(\.name) == ["arith.mulf", "arith.addf", "linalg.yield"] else { return false }
    return Set(ops[0].operands) == Set(body.arguments[..<2]) && Set(ops[1].operands) == [body.arguments[2], ops[0].result(0)]
      && ops[2].operand(0) == ops[1].result(0)
  }

  private static func isZero(_ value: Value) -> Bool {
    guard let scalar = value.definingOperation.flatMap(StructuredOp.init)?.filledScalar?.definingOperation, scalar.name == "arith.constant"
    else { return false }
    return scalar.attribute("value")?.floatValue == 0
  }

  /// The rewrite that a target is asked about.
  var minimalFiltering: GraphRewrite {
    .minimalFiltering(images: images, rows: rows, columns: columns, channels: channels, features: features)
  }
}
