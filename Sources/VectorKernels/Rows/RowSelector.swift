internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraKernels
internal import TesseraMLIR

/// The least elements of a row are found in two passes over it. The first divides the row's columns into groups and finds the least of each: at
/// least as many elements as are wanted are not greater than that many of those. The second pass collects what is not greater than this bound,
/// which is little more than what is wanted; the candidates are sorted by counting.
///
/// Where many elements are candidates all the same, the best of those found so far tighten the bound. The operations that make the keys are
/// evaluated where keys are read, in both passes.
package struct RowSelector: TileEmitter {
  let loops: TileLoops
  /// What evaluates the keys.
  let nestEmitter: NestEmitter
  let select: SelectOp
  /// The number of the operation in the nest.
  let op: Int
  /// The dimension of the elements of a row.
  let dimension: Int
  /// How many elements are wanted.
  let wantedCount: Int
  let key: Type
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
  var blockSize: Int { vectorsAtOnce * width }

  /// More elements than this are not selected: each row's best ones are compared with each other, and stand on the stack.
  package static let countLimit = 128
  /// How many vectors are looked at at a time: in most blocks none has a candidate, and one comparison says so. Their lanes are the bits of an i64.
  var vectorsAtOnce: Int { Self.vectorsAtOnce(width: width) }
  private static func vectorsAtOnce(width: Int) -> Int { max(1, min(4, 64 / width)) }
  /// So many candidates are little work to sort.
  private static let usualCandidates = 64

  /// Describes the selection, which is the last operation of the nest, and allocates its memory.
  init(_ loops: TileLoops, _ select: SelectOp) throws(Diagnostic) {
    self.loops = loops
    nestEmitter = NestEmitter(loops)
    op = loops.nest.ops.count - 1
    let width = loops.kernel.width
    guard let dimension = loops.nest.dimensionOfLoop[op][1], loops.configuration.lane == dimension, width > 1 else {
      throw .unusableConfiguration(loops.configuration.text, "a selection has its lanes along the rows")
    }
    guard select.count <= Self.countLimit else {
      throw loops.kernel.unfit("a kernel selects at most \(Self.countLimit) elements of a row, and here are \(select.count) wanted")
    }
    self.dimension = dimension
    (self.select, wantedCount) = (select, select.count)
    let key = select.keys.type.element, count = select.count, block = Self.vectorsAtOnce(width: loops.width) * loops.width
    self.key = key
    // Several groups for each wanted element make a narrow bound, and take longer to compare.
    func blocks(_ count: Int) -> Int { (count + block - 1) / block * block }
    groupCount = blocks(max(min(4 * count, Self.usualCandidates), count + count / 4))
    capacity = blocks(max(Self.usualCandidates, 2 * count))
    // A block, and the vectors of the rest of a row, may follow before the candidates are sorted, in whole vectors.
    let room = capacity + 2 * block
    func array(_ count: Int) -> MemoryReference { loops.kernel.temporaryRow(count, key) }
    minima = array(groupCount)
    candidates = (array(room), array(room))
    places = array(room)
    sorted = (array(room), array(room))
    self.block = array(block)
  }

  /// Emits the loop over this workgroup's share of the rows, each by one thread.
  func emit() throws(Diagnostic) {
    let order = kernel.memory[select.order]!
    try loops.emitShare(of: configuration.order) { starts, _ throws(Diagnostic) in
      var row = RegisterTile()
      for (d, start) in starts {
        row.index[d] = start
        row.count[d] = 1
      }
      try collect(row, bound: try bound(row))
      let target = loops.beginOfRow(order, starts), i64 = Type.i64(context)
      _ = try kernel.loop(.constant(0), .constant(wantedCount), step: 1) { i, _ throws(Diagnostic) in
        let position = b.resized(loadElement(candidates.positions, i.base(b)), 64)
        kernel.store(position, at: kernel.offset(target, .value(i.base(b)), i64), in: order)
        return []
      }
    }
  }

  /// The keys of `count` vectors of a row from `position` on.
  func keys(_ row: RegisterTile, at position: LaneIndex, count: Int) throws(Diagnostic) -> [Value] {
    var tile = row
    tile.index[dimension] = position
    tile.index[dimension]!.stride = 1
    tile.count[dimension] = count
    var list: [Value] = []
    for v in 0..<count {
      var place = [Int](repeating: 0, count: nest.dimensions.count)
      place[dimension] = v
      list.append(kernel.lanes(try nestEmitter.evaluateOperand(op, 0, tile, place)))
    }
    return list
  }

  // MARK: vectors of keys

  var vectorType: Type { .vector([width], key) }

  func broadcast(_ key: Value) -> Value { b.value("vector.broadcast", [key], type: vectorType) }

  func loadVector(_ array: MemoryReference, _ index: Bound) -> Value {
    kernel.load(vectorType, from: kernel.offset(array.pointer, index, key), in: array, alignment: 1)
  }

  func storeVector(_ value: Value, _ array: MemoryReference, _ index: Bound) {
    kernel.store(value, at: kernel.offset(array.pointer, index, key), in: array, alignment: 1)
  }

  func loadElement(_ array: MemoryReference, _ index: Value) -> Value {
    kernel.loadElement(array.pointer, index, key, in: array)
  }

  func storeElement(_ value: Value, _ array: MemoryReference, _ index: Value) {
    kernel.store(value, at: kernel.offset(array.pointer, .value(index), key), in: array)
  }

  func number(_ value: Int) -> Value { b.constant(.integer(value, key)) }
  var least: Int { key.bitWidth == 64 ? Int.min : Int(Int32.min) }

  // MARK: the bound

  /// A key that at least as many elements of the row as are wanted do not exceed: the greatest of all where the row is short.
  func bound(_ row: RegisterTile) throws(Diagnostic) -> Value {
    let greatest = broadcast(number(~least))
    _ = try kernel.loop(.constant(0), .constant(groupCount), step: width) { i, _ throws(Diagnostic) in
      storeVector(greatest, minima, .value(i.base(b)))
      return []
    }
    _ = try kernel.loop(.constant(0), rounded(sizes[dimension], groupCount), step: groupCount) { start, _ throws(Diagnostic) in
      try kernel.loop(.constant(0), .constant(groupCount), step: blockSize) { group, _ throws(Diagnostic) in
        for (v, own) in try keys(row, at: start.adding(group, b), count: vectorsAtOnce).enumerated() {
          let index = Bound.value(group.adding(v * width).base(b))
          storeVector(b.binary("arith.minsi", loadVector(minima, index), own), minima, index)
        }
        return []
      }
    }
    // The wanted one of the minima in order: the greatest of those that fewer are less than.
    let none = broadcast(number(0)), wanted = broadcast(number(wantedCount))
    let lowest = broadcast(number(least))
    let found = try kernel.loop(.constant(0), .constant(groupCount), step: blockSize, carrying: [lowest]) {
      group, best throws(Diagnostic) in
      let own = (0..<vectorsAtOnce).map { loadVector(minima, .value(group.adding($0 * width).base(b))) }
      let counts = try kernel.loop(
        .constant(0), .constant(groupCount), step: 1, carrying: own.map { _ in none }
      ) { j, carried throws(Diagnostic) in
        let other = broadcast(loadElement(minima, j.base(b)))
        return zip(own, carried).map { mine, sum in increment(sum, where: b.compare(.less, other, mine)) }
      }
      return [
        zip(own, counts).reduce(best[0]) { best, group in
          b.binary("arith.maxsi", best, b.value("arith.select", [b.compare(.less, group.1, wanted), group.0, lowest], type: vectorType))
        }
      ]
    }
    return reduced("maxsi", found[0])
  }

  func reduced(_ kind: String, _ vector: Value) -> Value {
    b.value("vector.reduction", [vector], type: key, attributes: [("kind", Attribute("#vector.kind<\(kind)>", context)!)])
  }

  func increment(_ counts: Value, where condition: Value) -> Value {
    b.binary("arith.addi", counts, b.value("arith.extui", [condition], type: counts.type))
  }

  /// The greatest multiple of `step` that is not greater than `size`.
  func rounded(_ size: Bound, _ step: Int) -> Bound {
    switch size {
    case .constant(let size): .constant(size / step * step)
    case .value(let size): .value(b.binary("arith.subi", size, b.binary("arith.remui", size, b.index(step))))
    }
  }
}
