internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// Rows are sorted by the bytes of their keys, the lowest byte first: each pass distributes the elements to 256 buckets and leaves those of one
/// bucket in order. So the time is that of a few passes over the row, whatever its keys are, and equal keys stay in order of position.
///
/// What is moved is one word of a key, in the upper half, and its position. Passes by a byte that is the same in all keys are left out.
package struct RowSorter: TileEmitter {
  let loops: TileLoops
  let sort: SortOp

  private static let bucketCount = 256

  /// The i64 that a row needs to work in for each of its elements: two words of a key and a position.
  package static func words(ofKeys bits: Int) -> Int { bits == 64 ? 4 : 2 }

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
  func emit() throws(Diagnostic) {
    let keys = kernel.memory[sort.keys]!, order = kernel.memory[sort.order]!
    if let counted = CountedRows(keys, loops.unit) { return try RowCounter(loops: loops, rows: counted, keys: keys, order: order).emit() }
    guard let words = sort.memory.flatMap({ kernel.memory[$0] }), isMemory(words, of: keys) else {
      throw kernel.unfit("a sort has not the memory that its kernel works in")
    }
    let keyBits = keys.element.bitWidth!, count = keys.shape[1]
    let buckets = kernel.temporaryRow(keyBits / 8 * Self.bucketCount, .i32(context))
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      let first = loops.beginOfRow(words, starts)
      var sorted = SortedRow(
        from: first, to: kernel.offset(first, count, .integer(2 * keyBits, context)), memory: words, count: count, keyBits: keyBits,
        buckets: buckets)
      try makeWords(sorted, keys: loops.beginOfRow(keys, starts), in: keys)
      for byte in 0..<keyBits / 8 { sorted = try sortWords(sorted, byte) }
      let positions = loops.beginOfRow(order, starts)
      try eachElement(sorted) { i throws(Diagnostic) in
        let position = b.resized(kernel.loadElement(sorted.from, i, .integer(2 * keyBits, context), in: words), keyBits)
        kernel.store(b.resized(position, 64), at: kernel.offset(positions, .value(i), .i64(context)), in: order)
      }
    }
  }

  /// `true` iff rows of `words` are as long as those of `keys` need, as far as sizes are known.
  private func isMemory(_ words: MemoryReference, of keys: MemoryReference) -> Bool {
    guard let length = words.shape[1].asConstant else { return keys.shape[1].asConstant == nil }
    return keys.shape[1].asConstant.map {
      $0.multipliedReportingOverflow(by: Self.words(ofKeys: keys.element.bitWidth!)) == (length, false)
    } ?? false
  }

  private func eachElement(_ row: SortedRow, _ body: (Value) throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try kernel.loop(.constant(0), row.count, step: 1) { i, _ throws(Diagnostic) in
      try body(i.base(b))
      return []
    }
  }

  /// The place in the buckets of the byte `byte` of a key, which is the lowest of `shifted`.
  private func bucket(_ row: SortedRow, _ byte: Int, _ shifted: Value) -> Value {
    let value = b.binary("arith.andi", shifted, b.constant(.integer(Self.bucketCount - 1, shifted.type)))
    let index = b.value("arith.index_castui", [b.resized(value, 64)], type: .index(context))
    let first = kernel.offset(row.buckets.pointer, .constant(byte * Self.bucketCount), .i32(context))
    return kernel.offset(first, .value(index), .i32(context))
  }

  /// Makes the words of a row in order of position, and counts the values of all bytes.
  private func makeWords(_ row: SortedRow, keys: Value, in all: MemoryReference) throws(Diagnostic) {
    let i32 = Type.i32(context), key = Type.integer(row.keyBits, context), word = Type.integer(2 * row.keyBits, context)
    let lanes = Type.vector([16], i32)
    let zeros = b.value("vector.broadcast", [b.scalar(0, i32)], type: lanes)
    _ = try kernel.loop(.constant(0), .constant(row.keyBits / 8 * Self.bucketCount), step: 16) { i, _ throws(Diagnostic) in
      kernel.store(zeros, at: kernel.offset(row.buckets.pointer, .value(i.base(b)), i32), in: row.buckets, alignment: 64)
      return []
    }
    try eachElement(row) { i throws(Diagnostic) in
      // As unsigned numbers, negative keys come first once their sign is turned over.
      let sign = b.constant(.integer(row.keyBits == 64 ? Int.min : 1 << (row.keyBits - 1), key))
      let number = b.binary("arith.xori", kernel.loadElement(keys, i, key, in: all), sign)
      for byte in 0..<row.keyBits / 8 {
        let slot = bucket(row, byte, b.shifted(number, 8 * byte))
        let more = b.binary("arith.addi", kernel.load(i32, from: slot, in: row.buckets), b.scalar(1, i32))
        kernel.store(more, at: slot, in: row.buckets)
      }
      let upper = b.binary("arith.shli", b.resized(number, 2 * row.keyBits), b.constant(.integer(row.keyBits, word)))
      let position = b.resized(b.resized(i, 64), row.keyBits)
      kernel.store(
        b.binary("arith.ori", upper, b.resized(position, 2 * row.keyBits)), at: kernel.offset(row.from, .value(i), word), in: row.memory)
    }
  }

  /// Sorts the words of a row by the byte `byte` of their keys; returns where they are then.
  private func sortWords(_ row: SortedRow, _ byte: Int) throws(Diagnostic) -> SortedRow {
    let i32 = Type.i32(context), word = Type.integer(2 * row.keyBits, context)
    let all = b.resized(b.resized(row.count.value(b), 64), 32)
    let start = [b.scalar(0, i32), b.constant(.bool(false, context))]
    let firstBucket = kernel.offset(row.buckets.pointer, .constant(byte * Self.bucketCount), i32)
    let found = try kernel.loop(.constant(0), .constant(Self.bucketCount), step: 1, carrying: start) { i, carried throws(Diagnostic) in
      let slot = kernel.offset(firstBucket, .value(i.base(b)), i32)
      let own = kernel.load(i32, from: slot, in: row.buckets)
      kernel.store(carried[0], at: slot, in: row.buckets)
      let hasAll = b.compare(.equal, own, all)
      return [b.binary("arith.addi", carried[0], own), b.binary("arith.ori", carried[1], hasAll)]
    }
    let pointer = kernel.machine.addressType
    let unchanged = try kernel.region([]) { _ throws(Diagnostic) in b.create("scf.yield", [row.from, row.to]) }
    let distributed = try kernel.region([]) { _ throws(Diagnostic) in
      try eachElement(row) { i throws(Diagnostic) in
        let moved = kernel.loadElement(row.from, i, word, in: row.memory)
        let slot = bucket(row, byte, b.resized(b.shifted(moved, row.keyBits + 8 * byte), 64))
        let place = kernel.load(i32, from: slot, in: row.buckets)
        kernel.store(b.binary("arith.addi", place, b.scalar(1, i32)), at: slot, in: row.buckets)
        let index = b.value("arith.index_castui", [place], type: .index(context))
        kernel.store(moved, at: kernel.offset(row.to, .value(index), word), in: row.memory)
      }
      b.create("scf.yield", [row.to, row.from])
    }
    let places = b.create("scf.if", [found[1]], results: [pointer, pointer], regions: [unchanged, distributed]).results
    var next = row
    (next.from, next.to) = (places[0], places[1])
    return next
  }
}
