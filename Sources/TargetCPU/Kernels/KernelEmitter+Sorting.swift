import Diagnostics
import Dialects
import MLIR

/// Rows are sorted by the bytes of their keys, the lowest byte first: each pass distributes the elements to 256 buckets and leaves those of one
/// bucket in order. So the time is that of a few passes over the row, whatever its keys are, and equal keys stay in order of position.
///
/// What is moved is one word of a key, in the upper half, and its position. Passes by a byte that is the same in all keys are left out.
extension KernelEmitter {
  private static let bucketCount = 256

  /// The memory in which one row is sorted.
  private struct SortedRow {
    /// The words before a pass and after it, both in `memory`.
    var from: Value
    var to: Value
    let memory: MemoryReference
    /// How many elements the row has.
    let count: Bound
    let keyBits: Int
    /// How many elements have each value of each byte, and then where the next one of them goes: i32.
    let buckets: MemoryReference
  }

  /// Emits the loop over this workgroup's share of the rows, each sorted by one thread.
  func emitSort(_ sort: SortOp, workgroup: Value) throws(Diagnostic) {
    let keys = memory[sort.keys]!, order = memory[sort.order]!, words = memory[sort.memory]!
    if let counted = CountedRows(keys, unit) { return try emitCounting(counted, keys, order, workgroup: workgroup) }
    let keyBits = keys.element.bitWidth!, count = keys.shape[1]
    let buckets = stackMemory(keyBits / 8 * Self.bucketCount, .i32(context))
    try emitShare(of: configuration.order, workgroup: workgroup) { starts throws(Diagnostic) in
      let first = beginOfRow(words, starts)
      var sorted = SortedRow(
        from: first, to: offset(first, count, .integer(2 * keyBits, context)), memory: words, count: count, keyBits: keyBits,
        buckets: buckets)
      try makeWords(sorted, keys: beginOfRow(keys, starts), in: keys)
      for byte in 0..<keyBits / 8 { sorted = try sortWords(sorted, byte) }
      let positions = beginOfRow(order, starts)
      try eachElement(sorted) { i throws(Diagnostic) in
        let position = resized(loadElement(sorted.from, i, .integer(2 * keyBits, context), in: words), keyBits)
        store(resized(position, 64), at: offset(positions, .value(i), .i64(context)), in: order)
      }
    }
  }

  /// The address of the row that a tile is.
  func beginOfRow(_ rows: MemoryReference, _ starts: [Int: LaneIndex]) -> Value {
    guard let row = configuration.order.first.flatMap({ starts[$0] }) else { return rows.pointer }
    return offset(rows.pointer, .value(b.binary("arith.muli", row.base(b), rows.shape[1].value(b))), rows.element)
  }

  private func eachElement(_ row: SortedRow, _ body: (Value) throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try loop(.constant(0), row.count, step: 1) { i, _ throws(Diagnostic) in
      try body(i.base(b))
      return []
    }
  }

  /// The element `index` behind `base`, in the memory of `reference`.
  func loadElement(_ base: Value, _ index: Value, _ type: Type, in reference: MemoryReference) -> Value {
    load(type, from: offset(base, .value(index), type), in: reference)
  }

  /// An integer, or an index, as one of `bits` bits: cut off, or filled with zeros.
  func resized(_ number: Value, _ bits: Int) -> Value {
    let type = Type.integer(bits, context)
    if number.type.isIndex { return b.value("arith.index_castui", [number], type: type) }
    let own = number.type.bitWidth!
    return own == bits ? number : b.value(own > bits ? "arith.trunci" : "arith.extui", [number], type: type)
  }

  /// The place in the buckets of the byte `byte` of a key, which is the lowest of `shifted`.
  private func bucket(_ row: SortedRow, _ byte: Int, _ shifted: Value) -> Value {
    let value = b.binary("arith.andi", shifted, b.constant(.integer(Self.bucketCount - 1, shifted.type)))
    let index = b.value("arith.index_castui", [resized(value, 64)], type: .index(context))
    let first = offset(row.buckets.pointer, .constant(byte * Self.bucketCount), .i32(context))
    return offset(first, .value(index), .i32(context))
  }

  func shifted(_ number: Value, _ bits: Int) -> Value {
    bits == 0 ? number : b.binary("arith.shrui", number, b.constant(.integer(bits, number.type)))
  }

  /// Makes the words of a row in order of position, and counts the values of all bytes.
  private func makeWords(_ row: SortedRow, keys: Value, in all: MemoryReference) throws(Diagnostic) {
    let i32 = Type.i32(context), key = Type.integer(row.keyBits, context), word = Type.integer(2 * row.keyBits, context)
    let lanes = Type.vector([16], i32)
    let zeros = b.value("vector.broadcast", [b.scalar(0, i32)], type: lanes)
    _ = try loop(.constant(0), .constant(row.keyBits / 8 * Self.bucketCount), step: 16) { i, _ throws(Diagnostic) in
      store(zeros, at: offset(row.buckets.pointer, .value(i.base(b)), i32), in: row.buckets, alignment: 64)
      return []
    }
    try eachElement(row) { i throws(Diagnostic) in
      // As unsigned numbers, negative keys come first once their sign is turned over.
      let sign = b.constant(.integer(row.keyBits == 64 ? Int.min : 1 << (row.keyBits - 1), key))
      let number = b.binary("arith.xori", loadElement(keys, i, key, in: all), sign)
      for byte in 0..<row.keyBits / 8 {
        let slot = bucket(row, byte, shifted(number, 8 * byte))
        let more = b.binary("arith.addi", load(i32, from: slot, in: row.buckets), b.scalar(1, i32))
        store(more, at: slot, in: row.buckets)
      }
      let upper = b.binary("arith.shli", resized(number, 2 * row.keyBits), b.constant(.integer(row.keyBits, word)))
      let position = resized(resized(i, 64), row.keyBits)
      store(b.binary("arith.ori", upper, resized(position, 2 * row.keyBits)), at: offset(row.from, .value(i), word), in: row.memory)
    }
  }

  /// Sorts the words of a row by the byte `byte` of their keys; returns where they are then.
  private func sortWords(_ row: SortedRow, _ byte: Int) throws(Diagnostic) -> SortedRow {
    let i32 = Type.i32(context), word = Type.integer(2 * row.keyBits, context)
    let all = resized(resized(row.count.value(b), 64), 32)
    let start = [b.scalar(0, i32), b.constant(.bool(false, context))]
    let firstBucket = offset(row.buckets.pointer, .constant(byte * Self.bucketCount), i32)
    let found = try loop(.constant(0), .constant(Self.bucketCount), step: 1, carrying: start) { i, carried throws(Diagnostic) in
      let slot = offset(firstBucket, .value(i.base(b)), i32)
      let own = load(i32, from: slot, in: row.buckets)
      store(carried[0], at: slot, in: row.buckets)
      let hasAll = b.value("arith.cmpi", [own, all], type: .i1(context), attributes: [("predicate", .i64(0, context))])
      return [b.binary("arith.addi", carried[0], own), b.binary("arith.ori", carried[1], hasAll)]
    }
    let pointer = Type.pointer(context)
    let unchanged = try region([]) { _ throws(Diagnostic) in b.create("scf.yield", [row.from, row.to]) }
    let distributed = try region([]) { _ throws(Diagnostic) in
      try eachElement(row) { i throws(Diagnostic) in
        let moved = loadElement(row.from, i, word, in: row.memory)
        let slot = bucket(row, byte, resized(shifted(moved, row.keyBits + 8 * byte), 64))
        let place = load(i32, from: slot, in: row.buckets)
        store(b.binary("arith.addi", place, b.scalar(1, i32)), at: slot, in: row.buckets)
        let index = b.value("arith.index_castui", [place], type: .index(context))
        store(moved, at: offset(row.to, .value(index), word), in: row.memory)
      }
      b.create("scf.yield", [row.to, row.from])
    }
    let places = b.create("scf.if", [found[1]], results: [pointer, pointer], regions: [unchanged, distributed]).results
    var next = row
    (next.from, next.to) = (places[0], places[1])
    return next
  }
}
