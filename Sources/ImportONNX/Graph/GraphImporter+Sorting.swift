import Diagnostics
import MLIR

// Sorting, by keys: integers whose order is the order that is wanted. The least comes first, equal ones in order of position.

extension GraphImporter {
  /// Rows of at most so many elements are sorted by counting, which is quadratic but one pass of vectors.
  private static let countingLimit = 128
  /// Of a row of unknown length, so many elements at a time compete for a place among the first.
  private static let blockSize = 64
  /// More than so many of a row of unknown length are found by sorting it.
  private static let fewLimit = 1024

  /// The keys of elements, i32 or i64. NaN is greater than all numbers, and the zeros are equal.
  func sortingKeys(_ x: Tensor, descending: Bool) -> Tensor {
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
  func firstPositions(_ count: IndexExpression, of keys: Tensor) throws(Diagnostic) -> Tensor {
    let n = keys.shape[1]
    if count == .zero { return expandZero([keys.shape[0], .zero], .i64) }
    if let known = n.known, known <= Self.countingLimit { return order(ranks(keys), count: count) }
    if let size = competitionSize(n, count) { return try firstOfBlocks(count, of: keys, size: size) }
    let sorted = try sortedPositions(keys)
    return count == n ? sorted : map([Operand(slice(sorted, count), [0, 1])], shape: [keys.shape[0], count], .i64) { $1[0] }
  }

  /// The first `count` columns of `rows`.
  private func slice(_ rows: Tensor, _ count: IndexExpression) -> Tensor {
    let source = value(rows)
    return generate([rows.shape[0], count], rows.elementType) { b, p in b.element(source, p) }
  }

  // MARK: short rows

  /// The i64 place of each element of `rows` [outer, n] in its row in order.
  private func ranks(_ rows: Tensor) -> Tensor {
    let type = rows.elementType
    return reduce([Operand(rows, [0, 1]), Operand(rows, [0, 2])], loops: 3, output: [0, 1], shape: rows.shape, .i64, initial: 0) {
      b, e, sum in
      let s = Scalars(b, type)
      let isTied = b.and(s.compare(.equal, e[1], e[0]), b.compare(.less, b.position(2), b.position(1)))
      let counts = b.binary("arith.ori", s.compare(.less, e[1], e[0]), isTied)
      return b.plus(sum, b.value("arith.extui", [counts], type: .i64(b.context)))
    }
  }

  /// For each row of `ranks` [outer, n], the positions of the elements of the first `count` ranks.
  private func order(_ ranks: Tensor, count: IndexExpression) -> Tensor {
    reduce(
      [Operand(ranks, [0, 2]), Operand(extent([count]), [1])], loops: 3, output: [0, 1], shape: [ranks.shape[0], count], .i64, initial: 0
    ) { b, e, best in
      let isHere = b.compare(.equal, e[0], b.i64(b.position(1)))
      return b.binary("arith.maxsi", best, b.select(isHere, b.i64(b.position(2)), b.constant64(0)))
    }
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
  private func firstOfBlocks(_ count: IndexExpression, of keys: Tensor, size: Int) throws(Diagnostic) -> Tensor {
    let outer = keys.shape[0], n = keys.shape[1], type = keys.elementType, length = IndexExpression(size)
    let blocks = indices.maximum(indices.ceilDivide(n, by: size), count)
    let padded = pad(keys, begins: [.zero, .zero], shape: [outer, blocks * length]) { self.limit($0, .infinity, type) }
    let split = reshape(padded, to: [outer, blocks, length])
    let least = reduceAxes(split, [2], type, initial: .infinity) { $0.minimum($1, $2) }
    let chosen = n.known == nil ? slice(try sortedPositions(least), count) : try firstPositions(count, of: least)
    // In order of position, so that equal elements stay so.
    let places = gatherColumns(chosen, try firstPositions(count, of: chosen))
    let source = value(split)
    let candidates = map([Operand(places, [0, 1])], shape: [outer, count, length], type) { b, e in
      b.element(source, [b.position(0), b.asIndex(e[0]), b.position(2)])
    }
    let found = try firstPositions(count, of: reshape(candidates, to: [outer, count * length]))
    let blockOf = value(places)
    return map([Operand(found, [0, 1])], shape: [outer, count], .i64) { b, e in
      let (width, place) = (b.constant64(size), e[0])
      let block = b.element(blockOf, [b.position(0), b.asIndex(b.binary("arith.divui", place, width))])
      return b.plus(b.times(block, width), b.binary("arith.remui", place, width))
    }
  }

  /// The elements of each row of `rows` [outer, n] at the i64 `places` [outer, count].
  func gatherColumns(_ rows: Tensor, _ places: Tensor) -> Tensor {
    let source = value(rows)
    return map([Operand(places, [0, 1])], shape: places.shape, rows.elementType) { b, e in
      b.element(source, [b.position(0), b.asIndex(e[0])])
    }
  }

  // MARK: all of many

  /// The i64 positions of the elements of each row of `keys` [outer, n] in order: merge sort, in which each place of a merged run finds its
  /// element by halving. A level is one pass over all rows, so the time is n log^2 n, and parallel.
  func sortedPositions(_ keys: Tensor) throws(Diagnostic) -> Tensor {
    let n = keys.shape[1]
    let start = generate(keys.shape, .i64) { b, p in b.i64(p[1]) }
    if let known = n.known, known <= 1 { return start }
    let size = index(n)
    var levels = IndexExpression(n.known.map { Int.bitWidth - ($0 - 1).leadingZeroBitCount } ?? 0)
    if n.known == nil {
      require(compare(2, size, builder.index(1 << Self.bitLimit)), "a row is too long to be sorted")
      let passed = (0..<Self.bitLimit).map { bit -> Value in
        builder.value(
          "arith.select", [compare(4, size, builder.index(1 << bit)), builder.index(1), builder.index(0)], type: .index(context))
      }
      levels = indices.opaque(passed.reduce(builder.index(0)) { builder.plus($0, $1) }, least: 0)
    }
    let steps = n.known.map { Int.bitWidth - $0.leadingZeroBitCount } ?? Self.bitLimit
    return try loop(levels, carrying: [keys, start]) { (level, carried) throws(Diagnostic) in
      let source = merged(carried[0], run: builder.binary("arith.shli", builder.index(1), index(level)), steps: steps)
      return [gatherColumns(carried[0], source), gatherColumns(carried[1], source)]
    }[1]
  }

  /// Rows of unknown length have less than 2^32 elements.
  private static let bitLimit = 32

  /// Where the elements of rows come from whose sorted runs of `run` elements, a power of two, are merged in pairs.
  private func merged(_ keys: Tensor, run: Value, steps: Int) -> Tensor {
    let source = value(keys), n = index(keys.shape[1])
    let both = builder.plus(run, run)
    let last = builder.minus(both, builder.index(1))
    let order = Scalars(builder, keys.elementType)
    return generate(keys.shape, .i64) { b, p in
      func least(_ x: Value, _ y: Value) -> Value { b.binary("arith.minsi", x, y) }
      func atLeastZero(_ x: Value) -> Value { b.binary("arith.maxsi", x, b.index(0)) }
      /// `true` iff element `i` of the row does not come after element `j`; both are read at 0 where `isInside` does not hold.
      func precedes(_ i: Value, _ j: Value, where isInside: Value) -> Value {
        func read(_ place: Value) -> Value { b.element(source, [p[0], b.select(isInside, place, b.index(0))]) }
        return Scalars(b, order.type).compare(.lessOrEqual, read(i), read(j))
      }
      // The place in the merged run, and the first elements and lengths of its two parts.
      let place = b.and(p[1], last)
      let first = b.minus(p[1], place), second = b.plus(first, run)
      let firstCount = least(run, b.minus(n, first)), secondCount = least(run, atLeastZero(b.minus(n, second)))
      // How many elements of the first part come before the place: by halving.
      var low = atLeastZero(b.minus(place, secondCount)), high = least(place, firstCount)
      for _ in 0..<steps {
        let isOpen = b.compare(.less, low, high)
        let middle = b.binary("arith.shrui", b.plus(low, high), b.index(1))
        let other = b.minus(b.plus(second, place), b.plus(middle, b.index(1)))
        let goesUp = b.and(isOpen, precedes(b.plus(first, middle), other, where: isOpen))
        low = b.select(goesUp, b.plus(middle, b.index(1)), low)
        high = b.select(goesUp, high, middle)
      }
      let own = b.plus(first, low), rest = b.minus(place, low), other = b.plus(second, rest)
      let hasFirst = b.compare(.less, low, firstCount), hasSecond = b.compare(.less, rest, secondCount)
      let isFirst = precedes(own, other, where: b.and(hasFirst, hasSecond))
      let isOnly = b.binary("arith.xori", hasSecond, b.constant(.bool(true, b.context)))
      let takesFirst = b.and(hasFirst, b.binary("arith.ori", isOnly, isFirst))
      return b.i64(b.select(takesFirst, own, other))
    }
  }
}
