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
  /// element by halving. All places are found at the same time, so the time is n log^2 n, and parallel.
  func sortedPositions(_ keys: Tensor) throws(Diagnostic) -> Tensor {
    let n = keys.shape[1]
    let start = generate(keys.shape, .i64) { b, p in b.i64(p[1]) }
    if let known = n.known, known <= 1 { return start }
    return try loop(levels(n), carrying: [keys, start]) { (level, carried) throws(Diagnostic) in
      let source = try merged(carried[0], level: level)
      return [gatherColumns(carried[0], source), gatherColumns(carried[1], source)]
    }[1]
  }

  /// How often runs of one element are merged in pairs until they have `n` elements.
  private func levels(_ n: IndexExpression) -> IndexExpression {
    if let known = n.known { return IndexExpression(Int.bitWidth - (known - 1).leadingZeroBitCount) }
    let size = index(n)
    let passed = (0..<44).map { bit -> Value in
      builder.value("arith.select", [compare(4, size, builder.index(1 << bit)), builder.index(1), builder.index(0)], type: .index(context))
    }
    return indices.opaque(passed.reduce(builder.index(0)) { builder.plus($0, $1) }, least: 0)
  }

  /// A pair of sorted runs of a row, and a place in the run that they are merged to; all as index values in a body.
  private struct Pair {
    let builder: Builder
    /// The place in the merged run.
    let place: Value
    /// Where the runs begin in the row, and how many elements they have.
    let first: Value
    let firstCount: Value
    let second: Value
    let secondCount: Value

    /// The pair of runs of `run` elements, a power of two, at `column` of a row of `n` elements.
    init(_ b: Builder, column: Value, run: Value, n: Value) {
      builder = b
      place = b.and(column, b.minus(b.plus(run, run), b.index(1)))
      first = b.minus(column, place)
      second = b.plus(first, run)
      firstCount = b.binary("arith.minsi", run, b.minus(n, first))
      secondCount = b.binary("arith.minsi", run, b.binary("arith.maxsi", b.minus(n, second), b.index(0)))
    }

    /// `true` iff element `i` of the first run comes before element `j` of the second, given whether it may be read and whether that is there.
    func precedes(_ i: Value, _ j: Value, where isInside: Value, _ type: ElementType, _ read: (Value) -> Value) -> Value {
      let isThere = builder.compare(.less, j, secondCount)
      func element(_ place: Value) -> Value { read(builder.select(builder.and(isInside, isThere), place, builder.index(0))) }
      let isOrdered = Scalars(builder, type).compare(.lessOrEqual, element(builder.plus(first, i)), element(builder.plus(second, j)))
      let isOnly = builder.binary("arith.xori", isThere, builder.constant(.bool(true, builder.context)))
      return builder.and(isInside, builder.binary("arith.ori", isOnly, isOrdered))
    }
  }

  /// Halvings in one pass.
  private static let halvings = 4

  /// Where the elements of rows come from whose sorted runs of 2^`level` elements are merged in pairs.
  private func merged(_ keys: Tensor, level: IndexExpression) throws(Diagnostic) -> Tensor {
    let source = value(keys), n = index(keys.shape[1]), type = keys.elementType
    let run = builder.binary("arith.shli", builder.index(1), index(level))
    let rounds = indices.floorDivide(level, IndexExpression(Self.halvings)) + 1
    // How many elements of the first run come before each place.
    let counts = try loop(rounds, carrying: [expandZero(keys.shape, .i64)]) { (round, carried) throws(Diagnostic) in
      let unit = builder.binary("arith.shli", builder.index(1), index((rounds - 1 - round) * Self.halvings))
      return [
        map([Operand(carried[0], [0, 1])], shape: keys.shape, .i64) { b, e in
          let row = b.position(0)
          let pair = Pair(b, column: b.position(1), run: run, n: n)
          let most = b.binary("arith.minsi", pair.place, pair.firstCount)
          let count = (0..<Self.halvings).reversed().reduce(b.asIndex(e[0])) { count, bit in
            let next = b.plus(count, b.times(unit, b.index(1 << bit)))
            let isInside = b.compare(.lessOrEqual, next, most)
            let comesBefore = pair.precedes(b.minus(next, b.index(1)), b.minus(pair.place, next), where: isInside, type) {
              b.element(source, [row, $0])
            }
            return b.select(comesBefore, next, count)
          }
          return b.i64(count)
        }
      ]
    }[0]
    return map([Operand(counts, [0, 1])], shape: keys.shape, .i64) { b, e in
      let row = b.position(0), count = b.asIndex(e[0])
      let pair = Pair(b, column: b.position(1), run: run, n: n)
      let rest = b.minus(pair.place, count)
      let takesFirst = pair.precedes(count, rest, where: b.compare(.less, count, pair.firstCount), type) { b.element(source, [row, $0]) }
      return b.i64(b.select(takesFirst, b.plus(pair.first, count), b.plus(pair.second, rest)))
    }
  }
}
