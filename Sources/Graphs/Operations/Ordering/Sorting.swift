import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

// Sorting, by keys: integers whose order is the order that is wanted. The least comes first, equal ones in order of position.

extension GraphBuilder {
  /// Rows of at most so many elements are sorted: to choose among them takes longer.
  private static let shortLimit = 64
  /// More elements than this are not selected at once: blocks compete for them, which compares fewer elements. A target may select fewer.
  private static let selectedLimit = 128
  /// Rows that several threads look at in pieces have pieces at least as long as this.
  private static let pieceLength = 1 << 15
  /// As many pieces are enough for the threads that a machine has, and few to choose among.
  private static let pieceLimit = 16
  /// Of a row of unknown length, so many elements at a time compete for a place among the first.
  private static let blockSize = 64
  /// More than so many of a row of unknown length are found by sorting it.
  private static let fewLimit = 1024

  /// The keys of elements, i32 or i64. NaN is greater than all numbers, and the zeros are equal.
  package func sortingKeys(_ x: GraphTensor, descending: Bool) -> GraphTensor {
    let source = x.elementType
    let type: ElementType = [.i64, .u64, .f64].contains(source) ? .i64 : .i32
    return map([Operand(x, x.shape.indices.map { $0 })], shape: x.shape, type) { b, e in
      let s = Scalars(b, type)
      func bits(_ number: Int) -> Value { b.constant(.integer(number, s.irType)) }
      let least = type == .i64 ? Int.min : Int(Int32.min), greatest = type == .i64 ? Int.max : Int(Int32.max)
      var key: Value
      if source.isFloat {
        let wide = Scalars(b, source == .f64 ? .f64 : .f32)
        let given = wide.convert(e[0], from: source)
        let number = b.select(wide.compare(.equal, given, wide.constant(0)), wide.constant(0), given)
        let pattern = b.value("arith.bitcast", [number], type: s.irType)
        // Negative numbers grow towards zero: all bits but the sign are turned over.
        let mask = b.binary("arith.andi", b.binary("arith.shrsi", pattern, bits(type.byteCount * 8 - 1)), bits(greatest))
        let isNumber = wide.compare(.equal, given, given)
        key = b.select(isNumber, b.binary("arith.xori", pattern, mask), bits(greatest))
      } else if source == .u32 || source == .u64 {
        key = b.binary("arith.xori", e[0], bits(least))
      } else {
        key = s.convert(e[0], from: source)
      }
      return descending ? b.binary("arith.xori", key, bits(-1)) : key
    }
  }

  /// The i64 positions of the first `count` elements of each row of `keys` [outer, n], in order.
  package func firstPositions(_ count: IndexExpression, ofKeys keys: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let n = keys.shape[1]
    if count == .zero { return expandZero([keys.shape[0], .zero], .i64) }
    if n.known.map({ $0 > Self.shortLimit }) ?? true {
      if let few = count.known, few <= Self.selectedLimit, n.known.map({ 3 * few <= $0 }) ?? true {
        return try selectedPositions(few, of: keys)
      }
      if let size = competitionSize(n, count) { return try firstOfBlocks(count, of: keys, size: size) }
    }
    let sorted = try sortedPositions(keys)
    return count == n ? sorted : slice(sorted, count)
  }

  /// The i64 positions of the first `count` elements of each row of `rows` [outer, n] in order, NaN and equal elements as in `sortingKeys`.
  package func firstPositions(_ count: IndexExpression, of rows: GraphTensor, descending: Bool) throws(Diagnostic) -> GraphTensor {
    guard let pieces = pieceCount(rows, count), let length = rows.shape[1].divided(by: IndexExpression(pieces)) else {
      return try firstPositions(count, ofKeys: sortingKeys(rows, descending: descending))
    }
    // The first of each piece, then the first among those: equal ones stay in order of position.
    let outer = rows.shape[0], number = IndexExpression(pieces)
    let split = reshape(rows, to: [outer * number, length])
    let best = try firstPositions(count, ofKeys: sortingKeys(split, descending: descending))
    let candidates = reshape(gatherColumns(split, best), to: [outer, number * count])
    let found = try firstPositions(count, ofKeys: sortingKeys(candidates, descending: descending))
    let places = value(reshape(best, to: candidates.shape)), size = index(count), step = index(length)
    return map([Operand(found, [0, 1])], shape: [outer, count], .i64) { b, e in
      let piece = b.binary("arith.divui", b.asIndex(e[0]), size)
      return b.plus(b.i64(b.times(piece, step)), b.element(places, [b.position(0), b.asIndex(e[0])]))
    }
  }

  /// Into how many pieces the rows are divided, if they are few and long: there is work for several threads then.
  private func pieceCount(_ rows: GraphTensor, _ count: IndexExpression) -> Int? {
    guard let outer = rows.shape[0].known, let n = rows.shape[1].known, let count = count.known, outer > 0, outer < Self.pieceLimit / 2,
      (1...Self.selectedLimit).contains(count)
    else { return nil }
    return (2...Self.pieceLimit / outer).last { n % $0 == 0 && n / $0 >= Self.pieceLength }
  }

  /// The positions of few elements of longer rows.
  private func selectedPositions(_ count: Int, of keys: GraphTensor) throws(Diagnostic) -> GraphTensor {
    try requireRowLimit(keys.shape[1])
    let shape = [keys.shape[0], IndexExpression(count)]
    return GraphTensor(.i64, shape, value: SelectOp.create(value(keys), order: empty(.i64, shape), builder))
  }

  /// The first `count` columns of `rows`.
  private func slice(_ rows: GraphTensor, _ count: IndexExpression) -> GraphTensor {
    let source = value(rows)
    return generate([rows.shape[0], count], rows.elementType) { b, p in b.element(source, p) }
  }

  // MARK: few of many

  /// How many elements shall compete at a time for one of `count` places among `n`; `nil` if sorting them all is better.
  private func competitionSize(_ n: IndexExpression, _ count: IndexExpression) -> Int? {
    guard let count = count.known else { return nil }
    guard let n = n.known else { return count <= Self.fewLimit ? Self.blockSize : nil }
    // As many blocks as there are elements in the blocks that are chosen; below 4, little is saved.
    let size = Int((Double(n) / Double(count)).squareRoot())
    return size >= 4 ? size : nil
  }

  /// The first `count` elements stand in the `count` blocks whose least elements come first, so only those blocks are looked at.
  private func firstOfBlocks(_ count: IndexExpression, of keys: GraphTensor, size: Int) throws(Diagnostic) -> GraphTensor {
    let outer = keys.shape[0], n = keys.shape[1], type = keys.elementType, length = IndexExpression(size)
    let blocks = indices.maximum(indices.ceilDivide(n, by: size), count)
    let padded = pad(keys, begins: [.zero, .zero], shape: [outer, blocks * length]) { self.limit($0, .infinity, type) }
    let split = reshape(padded, to: [outer, blocks, length])
    let least = reduceAxes(split, [2], type, initial: .infinity) { $0.minimum($1, $2) }
    let chosen = n.known == nil ? slice(try sortedPositions(least), count) : try firstPositions(count, ofKeys: least)
    // In order of position, so that equal elements stay so.
    let places = gatherColumns(chosen, try firstPositions(count, ofKeys: chosen))
    let source = value(split)
    let candidates = map([Operand(places, [0, 1])], shape: [outer, count, length], type) { b, e in
      b.element(source, [b.position(0), b.asIndex(e[0]), b.position(2)])
    }
    let found = try firstPositions(count, ofKeys: reshape(candidates, to: [outer, count * length]))
    let blockOf = value(places)
    return map([Operand(found, [0, 1])], shape: [outer, count], .i64) { b, e in
      let (width, place) = (b.constant64(size), e[0])
      let block = b.element(blockOf, [b.position(0), b.asIndex(b.binary("arith.divui", place, width))])
      return b.plus(b.times(block, width), b.binary("arith.remui", place, width))
    }
  }

  /// The elements of each row of `rows` [outer, n] at the i64 `places` [outer, count].
  package func gatherColumns(_ rows: GraphTensor, _ places: GraphTensor) -> GraphTensor {
    let source = value(rows)
    return map([Operand(places, [0, 1])], shape: places.shape, rows.elementType) { b, e in
      b.element(source, [b.position(0), b.asIndex(e[0])])
    }
  }

  // MARK: all of many

  /// The i64 positions of the elements of each row of `keys` [outer, n] in order.
  package func sortedPositions(_ keys: GraphTensor) throws(Diagnostic) -> GraphTensor {
    let n = keys.shape[1]
    if let known = n.known, known <= 1 { return expandZero(keys.shape, .i64) }
    try requireRowLimit(n)
    return GraphTensor(.i64, keys.shape, value: SortOp.create(value(keys), order: empty(.i64, keys.shape), builder))
  }

  /// Checks that rows of `n` elements are not too long for positions.
  private func requireRowLimit(_ n: IndexExpression) throws(Diagnostic) {
    if let known = n.known {
      guard known < SortOp.rowLimit else { throw .rowTooLong(known, location: builder.location) }
    } else {
      let limit = builder.index(SortOp.rowLimit)
      require(compare(.less, index(n), limit), "a row of \(SortOp.rowLimit) elements or more cannot be sorted")
    }
  }
}
