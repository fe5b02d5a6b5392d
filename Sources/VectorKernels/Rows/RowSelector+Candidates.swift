internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraMLIR

/// The second pass: the elements that the bound does not exclude, and their order.
extension RowSelector {
  /// Collects the candidates of a row, and leaves the wanted ones in order as the first of them.
  func collect(_ row: RegisterTile, bound: Value) throws(Diagnostic) {
    let index = Type.index(context), size = sizes[dimension], full = rounded(size, blockSize)
    // Position, number of candidates and bound. Each round ends with sorted candidates, the last one at the end of the row.
    let zero = b.index(0)
    try kernel.repeatWhile([zero, zero, bound]) { state throws(Diagnostic) in
      let limit = broadcast(state[2])
      let scanned = try kernel.loopWhile([state[0], state[1]]) { here in
        b.binary("arith.andi", b.compare(.unsignedLess, here[0], full.value(b)), b.compare(.unsignedLess, here[1], b.index(capacity)))
      } body: {
        here throws(Diagnostic) in
        let vectors = try keys(row, at: LaneIndex(dynamic: here[0], divisor: blockSize), count: vectorsAtOnce)
        let lowest = vectors.dropFirst().reduce(vectors[0]) { b.binary("arith.minsi", $0, $1) }
        let isAny = b.compare(.notEqual, laneBits([b.compare(.lessOrEqual, lowest, limit)]), b.scalar(0, .i64(context)))
        let count = try kernel.choose(isAny, index) { () throws(Diagnostic) in
          try append(vectors, masks: vectors.map { b.compare(.lessOrEqual, $0, limit) }, at: here[0], count: here[1])
        } else: { () throws(Diagnostic) in
          here[1]
        }
        return [b.binary("arith.addi", here[0], b.index(blockSize)), count]
      }
      let isEnd = b.compare(.unsignedGreaterOrEqual, scanned[0], full.value(b))
      let count = try kernel.choose(isEnd, index) { () throws(Diagnostic) in
        try kernel.loop(full, size, step: width, carrying: [scanned[1]]) { i, carried throws(Diagnostic) in
          let rest = b.binary("arith.subi", size.value(b), i.base(b))
          let mask = b.value("vector.create_mask", [rest], type: .vector([width], .i1(context)))
          let previous = kernel.laneMask
          kernel.laneMask = mask
          defer { kernel.laneMask = previous }
          let own = try keys(row, at: i, count: 1)
          return [
            try append(
              own, masks: [b.binary("arith.andi", mask, b.compare(.lessOrEqual, own[0], limit))], at: i.base(b), count: carried[0])
          ]
        }[0]
      } else: { () throws(Diagnostic) in
        scanned[1]
      }
      try sortCandidates(count)
      // What comes later loses against an equal key: it must be less than the last that is wanted.
      let last = loadElement(candidates.keys, b.index(wantedCount - 1))
      let next = b.binary("arith.subi", b.binary("arith.maxsi", last, number(least + 1)), number(1))
      let isMore = b.binary("arith.xori", isEnd, b.constant(.bool(true, context)))
      return (isMore, [scanned[0], b.index(wantedCount), next])
    }
  }

  /// The lanes of all masks as the bits of one i64.
  func laneBits(_ masks: [Value]) -> Value {
    let i64 = Type.i64(context)
    var all: Value?
    for (v, mask) in masks.enumerated() {
      let width = mask.type.shape[0]
      let packed = b.resized(kernel.machine.bits(of: mask, as: .integer(width, context), b), 64)
      let moved = v == 0 ? packed : b.binary("arith.shli", packed, b.constant(.integer(v * width, i64)))
      all = all.map { b.binary("arith.ori", $0, moved) } ?? moved
    }
    return all!
  }

  /// Appends the keys of `vectors` that the masks have to the `count` candidates; returns how many there are then. The first key is at `position`.
  func append(
    _ vectors: [Value], masks: [Value], at position: Value, count: Value
  ) throws(Diagnostic) -> Value {
    let i64 = Type.i64(context)
    for (v, vector) in vectors.enumerated() { storeVector(vector, block, .constant(v * width)) }
    return try kernel.loopWhile([laneBits(masks), count]) { here in
      b.compare(.notEqual, here[0], b.scalar(0, i64))
    } body: { here throws(Diagnostic) in
      let lane = b.value("arith.index_castui", [b.value("math.cttz", [here[0]], type: i64)], type: .index(context))
      let own = b.binary("arith.addi", position, lane)
      storeElement(loadElement(block, lane), candidates.keys, here[1])
      storeElement(b.resized(b.resized(own, 64), key.bitWidth!), candidates.positions, here[1])
      let less = b.binary("arith.subi", here[0], b.scalar(1, i64))
      return [b.binary("arith.andi", here[0], less), b.binary("arith.addi", here[1], b.index(1))]
    }[1]
  }

  /// Sorts the `count` candidates: the place of each is the number of those that come before it. The first of them, as many as are wanted, stay.
  func sortCandidates(_ count: Value) throws(Diagnostic) {
    let none = broadcast(number(0)), lanes = Type.vector([width], key)
    let steps = b.value("arith.index_cast", [b.value("vector.step", type: .vector([width], .index(context)))], type: lanes)
    _ = try kernel.loop(.constant(0), .value(count), step: width) { first, _ throws(Diagnostic) in
      let own = loadVector(candidates.keys, .value(first.base(b)))
      let end = b.binary("arith.minui", b.binary("arith.addi", first.base(b), b.index(width)), count)
      /// Adds to `sum` the candidates from `lower` to `upper` that come before those of the vector.
      func counted(_ lower: Bound, _ upper: Value, _ sum: Value, _ comesBefore: (Value, Value) -> Value) throws(Diagnostic) -> Value {
        try kernel.loop(lower, .value(upper), step: 1, carrying: [sum]) { j, carried throws(Diagnostic) in
          let other = broadcast(loadElement(candidates.keys, j.base(b)))
          return [increment(carried[0], where: comesBefore(j.base(b), other))]
        }[0]
      }
      var sum = try counted(.constant(0), first.base(b), none) { _, other in b.compare(.lessOrEqual, other, own) }
      sum = try counted(.value(first.base(b)), end, sum) { j, other in
        let lane = b.resized(b.resized(b.binary("arith.subi", j, first.base(b)), 64), key.bitWidth!)
        let isEarlier = b.compare(.less, broadcast(lane), steps)
        return b.binary("arith.ori", b.compare(.less, other, own), b.binary("arith.andi", isEarlier, b.compare(.equal, other, own)))
      }
      sum = try counted(.value(end), count, sum) { _, other in b.compare(.less, other, own) }
      storeVector(sum, places, .value(first.base(b)))
      return []
    }
    let pairs = [(candidates.keys, sorted.keys), (candidates.positions, sorted.positions)]
    _ = try kernel.loop(.constant(0), .value(count), step: 1) { j, _ throws(Diagnostic) in
      let place = b.value("arith.index_castui", [loadElement(places, j.base(b))], type: .index(context))
      for (from, to) in pairs { storeElement(loadElement(from, j.base(b)), to, place) }
      return []
    }
    _ = try kernel.loop(.constant(0), .constant(wantedCount), step: width) { i, _ throws(Diagnostic) in
      for (to, from) in pairs { storeVector(loadVector(from, .value(i.base(b))), to, .value(i.base(b))) }
      return []
    }
  }
}
