internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// Rows of a few vectors, which are sorted by counting: the place of an element is the number of those that come before it.
struct CountedRows {
  /// The number of elements of a row.
  let count: Int
  /// Elements of a vector.
  let width: Int
  let key: Type

  /// More vectors than this are sorted faster by their bytes: the comparisons are quadratic.
  private static let vectorLimit = 16

  /// Takes rows of `keys`; `nil` if they are long, or of unknown length.
  init?(_ keys: MemoryReference, _ unit: VectorUnit) {
    guard let count = keys.shape[1].asConstant, let bits = keys.element.bitWidth else { return nil }
    width = unit.lanes(ofByteCount: bits / 8)
    guard count <= width * Self.vectorLimit else { return nil }
    self.count = count
    key = keys.element
  }
}

/// Sorts short rows by counting.
struct RowCounter: TileEmitter {
  let loops: TileLoops
  let rows: CountedRows
  let keys: MemoryReference
  let order: MemoryReference

  /// Emits the loop over this workgroup's share of the rows: the places of some vectors of elements are counted at a time, over all elements.
  func emit() throws(Diagnostic) {
    // A copy of the row, and the places, in whole vectors.
    let whole = (rows.count + rows.width - 1) / rows.width * rows.width
    let copy = kernel.temporaryRow(whole, rows.key), places = kernel.temporaryRow(whole, rows.key)
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      try copyRow(loops.beginOfRow(keys, starts), to: copy)
      let vectors = Array(0..<whole / rows.width), atOnce = loops.unit.registerCount / 4
      for first in stride(from: 0, to: vectors.count, by: atOnce) {
        let group = Array(vectors[first...].prefix(atOnce))
        for (v, counts) in zip(group, try countPredecessors(copy, of: group)) {
          kernel.store(counts, at: kernel.offset(places.pointer, .constant(v * rows.width), rows.key), in: places, alignment: 1)
        }
      }
      let positions = loops.beginOfRow(order, starts), i64 = Type.i64(context)
      _ = try kernel.loop(.constant(0), .constant(rows.count), step: 1) { i, _ throws(Diagnostic) in
        let place = b.resized(kernel.loadElement(places.pointer, i.base(b), rows.key, in: places), 64)
        let target = kernel.offset(positions, .value(b.value("arith.index_cast", [place], type: .index(context))), i64)
        kernel.store(b.resized(i.base(b), 64), at: target, in: order)
        return []
      }
    }
  }

  /// Copies a row to memory in which whole vectors can be read.
  private func copyRow(_ source: Value, to target: MemoryReference) throws(Diagnostic) {
    let vector = Type.vector([rows.width], rows.key), rest = rows.count % rows.width
    let full = rows.count - rest
    _ = try kernel.loop(.constant(0), .constant(full), step: rows.width) { i, _ throws(Diagnostic) in
      let values = kernel.load(vector, from: kernel.offset(source, .value(i.base(b)), rows.key), in: keys, alignment: 1)
      kernel.store(values, at: kernel.offset(target.pointer, .value(i.base(b)), rows.key), in: target, alignment: 1)
      return []
    }
    if rest == 0 { return }
    let mask = b.value("vector.create_mask", [b.index(rest)], type: .vector([rows.width], .i1(context)))
    let zeros = b.value("vector.broadcast", [b.scalar(0, rows.key)], type: vector)
    let address = kernel.checked(kernel.offset(source, .constant(full), rows.key), byteCount: rest * rows.key.storedByteCount, in: keys)
    let values = kernel.machine.load(vector, from: address, mask: (mask, zeros), alignment: 1, b)
    kernel.store(values, at: kernel.offset(target.pointer, .constant(full), rows.key), in: target, alignment: 1)
  }

  /// For each of the elements of the vectors `group`, neighbours, how many come before it: lesser ones, and equal ones at earlier positions.
  private func countPredecessors(_ row: MemoryReference, of group: [Int]) throws(Diagnostic) -> [Value] {
    let width = rows.width, vector = Type.vector([width], rows.key)
    let own = group.map { v in
      kernel.load(vector, from: kernel.offset(row.pointer, .constant(v * width), rows.key), in: row, alignment: 1)
    }
    let lanes = b.value("arith.index_cast", [b.value("vector.step", type: .vector([width], .index(context)))], type: vector)
    /// Whether the element at `position`, which stands in vector `home` and is in all lanes of `other`, comes before those of vector `v`.
    func comesBefore(_ position: Value, _ other: Value, home: Int, _ v: Int) -> Value {
      let mine = own[v - group[0]]
      if home != v { return b.compare(home < v ? .lessOrEqual : .less, other, mine) }
      let lane = b.value("arith.index_cast", [b.binary("arith.subi", position, b.index(v * width))], type: rows.key)
      let isEarlier = b.compare(.less, b.value("vector.broadcast", [lane], type: vector), lanes)
      return b.binary("arith.ori", b.compare(.less, other, mine), b.binary("arith.andi", isEarlier, b.compare(.lessOrEqual, other, mine)))
    }
    let zeros = b.value("vector.broadcast", [b.scalar(0, rows.key)], type: vector)
    var counts = group.map { _ in zeros }
    /// Counts the elements of the vectors `homes`, which all stand on the same side of each vector of the group.
    func count(_ homes: Range<Int>) throws(Diagnostic) {
      let end = min(homes.upperBound * width, rows.count)
      counts = try kernel.loop(.constant(homes.lowerBound * width), .constant(end), step: 1, carrying: counts) {
        j, carried throws(Diagnostic) in
        let other = b.value("vector.broadcast", [kernel.loadElement(row.pointer, j.base(b), rows.key, in: row)], type: vector)
        return zip(group, carried).map { v, sum in
          let isBefore = comesBefore(j.base(b), other, home: homes.lowerBound, v)
          return b.binary("arith.addi", sum, b.value("arith.extui", [isBefore], type: vector))
        }
      }
    }
    try count(0..<group[0])
    for v in group { try count(v..<v + 1) }
    let next = group[group.count - 1] + 1
    try count(next..<max(next, (rows.count + width - 1) / width))
    return counts
  }
}
