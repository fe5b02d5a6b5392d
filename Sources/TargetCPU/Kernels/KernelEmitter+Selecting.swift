import Diagnostics
import Dialects
import MLIR

/// The least elements of a row are found in two passes over it. The first divides the row's columns into groups and finds the least of each: at
/// least as many elements as are wanted are not greater than that many of those. The second pass collects what is not greater than this bound,
/// which is little more than what is wanted; the candidates are sorted by counting.
///
/// Where many elements are candidates all the same, the best of those found so far tighten the bound. The operations that make the keys are
/// evaluated where keys are read, in both passes.
extension KernelEmitter {
  /// What is known of a selection, and the memory it works in.
  private struct Selection {
    /// The number of the operation in the nest.
    let op: Int
    /// The dimension of the elements of a row.
    let dimension: Int
    /// How many elements are wanted.
    let count: Int
    let key: Type
    let width: Int
    /// The least keys of the groups of columns.
    let minima: MemoryReference
    let groupCount: Int
    /// The candidates in order of position, with the best of those that were sorted before them.
    let candidates: (keys: MemoryReference, positions: MemoryReference)
    /// From so many candidates on they are sorted.
    let capacity: Int
    /// The places of the candidates, and what they are in order.
    let places: MemoryReference
    let sorted: (keys: MemoryReference, positions: MemoryReference)
    /// Keys of which some are candidates.
    let block: MemoryReference

    /// The elements that are looked at at a time.
    var blockSize: Int { KernelEmitter.vectorsAtOnce * width }
  }

  /// How many vectors are looked at at a time: in most blocks none has a candidate, and one comparison says so.
  private static let vectorsAtOnce = 4
  /// So many candidates are little work to sort.
  private static let usualCandidates = 64

  /// Describes operation `i` of the nest, and allocates its memory.
  private func selection(_ i: Int, _ select: SelectOp) throws(Diagnostic) -> Selection {
    guard let dimension = nest.dimensionOfLoop[i][1], configuration.lane == dimension, width > 1 else {
      throw .unusableConfiguration(configuration.text, "a selection has its lanes along the rows")
    }
    let key = select.keys.type.element, count = select.count, block = Self.vectorsAtOnce * width
    // Several groups for each wanted element make a narrow bound, and take longer to compare.
    func blocks(_ count: Int) -> Int { (count + block - 1) / block * block }
    let groups = blocks(max(min(4 * count, Self.usualCandidates), count + count / 4))
    let capacity = blocks(max(Self.usualCandidates, 2 * count))
    // A block, and the vectors of the rest of a row, may follow before the candidates are sorted, in whole vectors.
    let room = capacity + 2 * block
    func array(_ count: Int) -> MemoryReference { stackMemory(count, key) }
    return Selection(
      op: i, dimension: dimension, count: count, key: key, width: width, minima: array(groups), groupCount: groups,
      candidates: (array(room), array(room)), capacity: capacity, places: array(room), sorted: (array(room), array(room)),
      block: array(block))
  }

  /// Emits the loop over this workgroup's share of the rows, each by one thread. The selection is the last operation of the nest.
  func emitSelect(_ select: SelectOp, workgroup: Value) throws(Diagnostic) {
    let s = try selection(nest.ops.count - 1, select)
    let order = memory[select.order]!
    try emitShare(of: configuration.order, workgroup: workgroup) { starts throws(Diagnostic) in
      var row = RegisterTile()
      for (d, start) in starts {
        row.index[d] = start
        row.count[d] = 1
      }
      try collect(s, row, bound: try bound(s, row))
      let target = beginOfRow(order, starts), i64 = Type.i64(context)
      _ = try loop(.constant(0), .constant(s.count), step: 1) { i, _ throws(Diagnostic) in
        let position = resized(loadElement(s, s.candidates.positions, i.base(b)), 64)
        store(position, at: offset(target, .value(i.base(b)), i64), in: order)
        return []
      }
    }
  }

  /// The keys of `count` vectors of a row from `position` on.
  private func keys(_ s: Selection, _ row: RegisterTile, at position: LaneIndex, count: Int) throws(Diagnostic) -> [Value] {
    var tile = row
    tile.index[s.dimension] = position
    tile.index[s.dimension]!.stride = 1
    tile.count[s.dimension] = count
    var list: [Value] = []
    for v in 0..<count {
      var place = [Int](repeating: 0, count: nest.dimensions.count)
      place[s.dimension] = v
      list.append(lanes(try evaluateOperand(s.op, 0, tile, place)))
    }
    return list
  }

  // MARK: vectors of keys

  private func vectorType(_ s: Selection) -> Type { .vector([s.width], s.key) }

  private func broadcast(_ s: Selection, _ key: Value) -> Value { b.value("vector.broadcast", [key], type: vectorType(s)) }

  private func loadVector(_ s: Selection, _ array: MemoryReference, _ index: Bound) -> Value {
    load(vectorType(s), from: offset(array.pointer, index, s.key), in: array, alignment: 1)
  }

  private func storeVector(_ s: Selection, _ value: Value, _ array: MemoryReference, _ index: Bound) {
    store(value, at: offset(array.pointer, index, s.key), in: array, alignment: 1)
  }

  private func loadElement(_ s: Selection, _ array: MemoryReference, _ index: Value) -> Value {
    loadElement(array.pointer, index, s.key, in: array)
  }

  private func storeElement(_ s: Selection, _ value: Value, _ array: MemoryReference, _ index: Value) {
    store(value, at: offset(array.pointer, .value(index), s.key), in: array)
  }

  private func number(_ s: Selection, _ value: Int) -> Value { b.constant(.integer(value, s.key)) }
  private func least(_ s: Selection) -> Int { s.key.bitWidth == 64 ? Int.min : Int(Int32.min) }

  private func compare(_ order: Builder.Order, _ x: Value, _ y: Value) -> Value {
    b.value("arith.cmpi", [x, y], type: withElement(x.type, .i1(context)), attributes: [("predicate", .i64(order.rawValue, context))])
  }

  // MARK: the bound

  /// A key that at least as many elements of the row as are wanted do not exceed: the greatest of all where the row is short.
  private func bound(_ s: Selection, _ row: RegisterTile) throws(Diagnostic) -> Value {
    let greatest = broadcast(s, number(s, ~least(s)))
    _ = try loop(.constant(0), .constant(s.groupCount), step: s.width) { i, _ throws(Diagnostic) in
      storeVector(s, greatest, s.minima, .value(i.base(b)))
      return []
    }
    _ = try loop(.constant(0), rounded(sizes[s.dimension], s.groupCount), step: s.groupCount) { start, _ throws(Diagnostic) in
      try loop(.constant(0), .constant(s.groupCount), step: s.blockSize) { group, _ throws(Diagnostic) in
        for (v, own) in try keys(s, row, at: start.adding(group, b), count: Self.vectorsAtOnce).enumerated() {
          let index = Bound.value(group.adding(v * s.width).base(b))
          storeVector(s, b.binary("arith.minsi", loadVector(s, s.minima, index), own), s.minima, index)
        }
        return []
      }
    }
    // The wanted one of the minima in order: the greatest of those that fewer are less than.
    let none = broadcast(s, number(s, 0)), wanted = broadcast(s, number(s, s.count))
    let lowest = broadcast(s, number(s, least(s)))
    let found = try loop(.constant(0), .constant(s.groupCount), step: s.blockSize, carrying: [lowest]) { group, best throws(Diagnostic) in
      let own = (0..<Self.vectorsAtOnce).map { loadVector(s, s.minima, .value(group.adding($0 * s.width).base(b))) }
      let counts = try loop(
        .constant(0), .constant(s.groupCount), step: 1, carrying: own.map { _ in none }
      ) { j, carried throws(Diagnostic) in
        let other = broadcast(s, loadElement(s, s.minima, j.base(b)))
        return zip(own, carried).map { mine, sum in increment(sum, where: compare(.less, other, mine)) }
      }
      return [
        zip(own, counts).reduce(best[0]) { best, group in
          b.binary("arith.maxsi", best, b.value("arith.select", [compare(.less, group.1, wanted), group.0, lowest], type: vectorType(s)))
        }
      ]
    }
    return reduced(s, "maxsi", found[0])
  }

  private func reduced(_ s: Selection, _ kind: String, _ vector: Value) -> Value {
    b.value("vector.reduction", [vector], type: s.key, attributes: [("kind", Attribute("#vector.kind<\(kind)>", context)!)])
  }

  private func increment(_ counts: Value, where condition: Value) -> Value {
    b.binary("arith.addi", counts, b.value("arith.extui", [condition], type: counts.type))
  }

  /// The greatest multiple of `step` that is not greater than `size`.
  private func rounded(_ size: Bound, _ step: Int) -> Bound {
    switch size {
    case .constant(let size): .constant(size / step * step)
    case .value(let size): .value(b.binary("arith.subi", size, b.binary("arith.remui", size, b.index(step))))
    }
  }

  // MARK: candidates

  /// Collects the candidates of a row, and leaves the wanted ones in order as the first of them.
  private func collect(_ s: Selection, _ row: RegisterTile, bound: Value) throws(Diagnostic) {
    let index = Type.index(context), size = sizes[s.dimension], full = rounded(size, s.blockSize)
    // Position, number of candidates and bound. Each round ends with sorted candidates, the last one at the end of the row.
    let zero = b.index(0)
    try repeatWhile([zero, zero, bound]) { state throws(Diagnostic) in
      let limit = broadcast(s, state[2])
      let scanned = try loopWhile([state[0], state[1]]) { here in
        b.binary("arith.andi", compare(.unsignedLess, here[0], full.value(b)), compare(.unsignedLess, here[1], b.index(s.capacity)))
      } body: {
        here throws(Diagnostic) in
        let vectors = try keys(s, row, at: LaneIndex(dynamic: here[0], divisor: s.blockSize), count: Self.vectorsAtOnce)
        let lowest = vectors.dropFirst().reduce(vectors[0]) { b.binary("arith.minsi", $0, $1) }
        let isAny = compare(.notEqual, laneBits([compare(.lessOrEqual, lowest, limit)]), b.scalar(0, .i64(context)))
        let count = try choose(isAny, index) { () throws(Diagnostic) in
          try append(s, vectors, masks: vectors.map { compare(.lessOrEqual, $0, limit) }, at: here[0], count: here[1])
        } else: { () throws(Diagnostic) in
          here[1]
        }
        return [b.binary("arith.addi", here[0], b.index(s.blockSize)), count]
      }
      let isEnd = compare(.unsignedGreaterOrEqual, scanned[0], full.value(b))
      let count = try choose(isEnd, index) { () throws(Diagnostic) in
        try loop(full, size, step: s.width, carrying: [scanned[1]]) { i, carried throws(Diagnostic) in
          let rest = b.binary("arith.subi", size.value(b), i.base(b))
          let mask = b.value("vector.create_mask", [rest], type: .vector([s.width], .i1(context)))
          let previous = laneMask
          laneMask = mask
          defer { laneMask = previous }
          let own = try keys(s, row, at: i, count: 1)
          return [
            try append(
              s, own, masks: [b.binary("arith.andi", mask, compare(.lessOrEqual, own[0], limit))], at: i.base(b), count: carried[0])
          ]
        }[0]
      } else: { () throws(Diagnostic) in
        scanned[1]
      }
      try sortCandidates(s, count)
      // What comes later loses against an equal key: it must be less than the last that is wanted.
      let last = loadElement(s, s.candidates.keys, b.index(s.count - 1))
      let next = b.binary("arith.subi", b.binary("arith.maxsi", last, number(s, least(s) + 1)), number(s, 1))
      let isMore = b.binary("arith.xori", isEnd, b.constant(.bool(true, context)))
      return (isMore, [scanned[0], b.index(s.count), next])
    }
  }

  /// The lanes of all masks as the bits of one i64.
  private func laneBits(_ masks: [Value]) -> Value {
    let i64 = Type.i64(context)
    var all: Value?
    for (v, mask) in masks.enumerated() {
      let width = mask.type.shape[0]
      let packed = resized(b.value("llvm.bitcast", [mask], type: .integer(width, context)), 64)
      let moved = v == 0 ? packed : b.binary("arith.shli", packed, b.constant(.integer(v * width, i64)))
      all = all.map { b.binary("arith.ori", $0, moved) } ?? moved
    }
    return all!
  }

  /// Appends the keys of `vectors` that the masks have to the `count` candidates; returns how many there are then. The first key is at `position`.
  private func append(
    _ s: Selection, _ vectors: [Value], masks: [Value], at position: Value, count: Value
  ) throws(Diagnostic) -> Value {
    let i64 = Type.i64(context)
    for (v, vector) in vectors.enumerated() { storeVector(s, vector, s.block, .constant(v * s.width)) }
    return try loopWhile([laneBits(masks), count]) { here in
      compare(.notEqual, here[0], b.scalar(0, i64))
    } body: { here throws(Diagnostic) in
      let lane = b.value("arith.index_castui", [b.value("math.cttz", [here[0]], type: i64)], type: .index(context))
      let own = b.binary("arith.addi", position, lane)
      storeElement(s, loadElement(s, s.block, lane), s.candidates.keys, here[1])
      storeElement(s, resized(resized(own, 64), s.key.bitWidth!), s.candidates.positions, here[1])
      let less = b.binary("arith.subi", here[0], b.scalar(1, i64))
      return [b.binary("arith.andi", here[0], less), b.binary("arith.addi", here[1], b.index(1))]
    }[1]
  }

  /// Sorts the `count` candidates: the place of each is the number of those that come before it. The first of them, as many as are wanted, stay.
  private func sortCandidates(_ s: Selection, _ count: Value) throws(Diagnostic) {
    let none = broadcast(s, number(s, 0)), lanes = Type.vector([s.width], s.key)
    let steps = b.value("arith.index_cast", [b.value("vector.step", type: .vector([s.width], .index(context)))], type: lanes)
    _ = try loop(.constant(0), .value(count), step: s.width) { first, _ throws(Diagnostic) in
      let own = loadVector(s, s.candidates.keys, .value(first.base(b)))
      let end = b.binary("arith.minui", b.binary("arith.addi", first.base(b), b.index(s.width)), count)
      /// Adds to `sum` the candidates from `lower` to `upper` that come before those of the vector.
      func counted(_ lower: Bound, _ upper: Value, _ sum: Value, _ comesBefore: (Value, Value) -> Value) throws(Diagnostic) -> Value {
        try loop(lower, .value(upper), step: 1, carrying: [sum]) { j, carried throws(Diagnostic) in
          let other = broadcast(s, loadElement(s, s.candidates.keys, j.base(b)))
          return [increment(carried[0], where: comesBefore(j.base(b), other))]
        }[0]
      }
      var sum = try counted(.constant(0), first.base(b), none) { _, other in compare(.lessOrEqual, other, own) }
      sum = try counted(.value(first.base(b)), end, sum) { j, other in
        let lane = resized(resized(b.binary("arith.subi", j, first.base(b)), 64), s.key.bitWidth!)
        let isEarlier = compare(.less, broadcast(s, lane), steps)
        return b.binary("arith.ori", compare(.less, other, own), b.binary("arith.andi", isEarlier, compare(.equal, other, own)))
      }
      sum = try counted(.value(end), count, sum) { _, other in compare(.less, other, own) }
      storeVector(s, sum, s.places, .value(first.base(b)))
      return []
    }
    let pairs = [(s.candidates.keys, s.sorted.keys), (s.candidates.positions, s.sorted.positions)]
    _ = try loop(.constant(0), .value(count), step: 1) { j, _ throws(Diagnostic) in
      let place = b.value("arith.index_castui", [loadElement(s, s.places, j.base(b))], type: .index(context))
      for (from, to) in pairs { storeElement(s, loadElement(s, from, j.base(b)), to, place) }
      return []
    }
    _ = try loop(.constant(0), .constant(s.count), step: s.width) { i, _ throws(Diagnostic) in
      for (to, from) in pairs { storeVector(s, loadVector(s, from, .value(i.base(b))), to, .value(i.base(b))) }
      return []
    }
  }
}
