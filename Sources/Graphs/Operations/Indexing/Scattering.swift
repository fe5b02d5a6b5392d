import TesseraDialects
import TesseraMLIR

// Scattering: updates that go to rows of a tensor, by numbers that are computed from the indices first.

extension GraphBuilder {
  /// `x` with `updates` combined into it in their order, at the rows that `numbers` say.
  ///
  /// The dimensions of `x` before `batches` are batches, those from `columns` on are the columns of a row. `numbers` has the i64 row in its
  /// batch of each update, in the shape of the updates' dimensions before their columns. A number that is no row ends the call with an error.
  package func scatter(
    _ x: GraphTensor, _ numbers: GraphTensor, _ updates: GraphTensor, batches: Int, columns: Int, combine: (Builder, Value, Value) -> Value
  ) -> GraphTensor {
    let batch = Array(x.shape.prefix(batches)).product, width = Array(x.shape.dropFirst(columns)).product
    let rows = Array(x.shape[batches..<columns]).product, count = Array(numbers.shape.dropFirst(batches)).product
    let target = reshape(x, to: [batch, rows, width])
    let result = ScatterOp.create(
      value(target), places: value(reshape(numbers, to: [batch, count])), updates: value(reshape(updates, to: [batch, count, width])),
      output: empty(x.elementType, target.shape), builder, combine: combine)
    return reshape(GraphTensor(x.elementType, target.shape, value: result), to: x.shape)
  }

  /// The row-major number, as an i64, of a place given by an index and a size for each dimension; -1 if an index is out of range.
  package func rowNumber(_ b: Builder, _ indices: [(index: Value, size: Value)]) -> Value {
    var isInside: Value?
    var number: Value?
    for (index, size) in indices {
      isInside = b.and(isInside, b.compare(.unsignedLess, index, size))
      number = number.map { b.plus(b.times($0, size), index) } ?? index
    }
    guard let isInside, let number else { return b.constant64(0) }
    return b.select(isInside, b.i64(number), b.constant64(-1))
  }

  /// The tensor that `tensor` repeats, and the loop over `tensor` of each dimension of it; `nil` if it is not known to repeat one.
  ///
  ///     %t = linalg.generic {indexing_maps = [(d0, d1) -> (d0, 0), (d0, d1) -> (d0, d1)]} ins(%x: tensor<?x1xi64>) ... { yield %in }
  package func spread(_ tensor: GraphTensor) -> Operand? {
    guard tensor.host == nil, tensor.constant == nil, let generic = value(tensor).definingOperation, generic.name == "linalg.generic",
      generic.operandCount == 2, let body = generic.body(), body.terminator?.operands == [body.arguments[0]],
      let maps = generic.attribute("indexing_maps")?.arrayValue?.compactMap(\.affineMapValue), maps.count == 2, maps[1].isIdentity
    else { return nil }
    let source = generic.operand(0)
    guard source.type.isTensor, source.type.rank == maps[0].results.count else { return nil }
    var loops: [Int?] = []
    for expression in maps[0].results {
      if expression.asConstant == 0 {
        loops.append(nil)
      } else if let loop = expression.asDimension {
        loops.append(loop)
      } else {
        return nil
      }
    }
    let shape = zip(source.type.shape, loops).map { size, loop in
      loop.map { tensor.shape[$0] }
        ?? (size == Type.dynamic ? indices.opaque(builder.dimension(source, 0), least: 0) : IndexExpression(size))
    }
    return Operand(GraphTensor(tensor.elementType, shape, value: source), loops)
  }
}
