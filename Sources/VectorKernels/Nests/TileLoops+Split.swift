internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// The loops inside of a tile, down to register tiles.
extension TileLoops {
  /// Emits the iterations 0 ..< `length` of dimension `d`: full register tiles in a loop, then what remains; the last lanes under a mask.
  ///
  /// `body` gets the position of the first iteration and how many iterations (vectors, for the lane dimension) it computes.
  func split(_ d: Int, _ length: Bound, _ body: (LaneIndex, Int) throws(Diagnostic) -> Void) throws(Diagnostic) {
    _ = try split(d, length, carrying: []) { position, count, _ throws(Diagnostic) in
      try body(position, count)
      return []
    }
  }

  /// The same with values carried from iteration to iteration.
  func split(
    _ d: Int, _ length: Bound, carrying initial: [Value], _ body: (LaneIndex, Int, [Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    let unit = d == configuration.lane ? configuration.width : 1
    let unroll = configuration.unroll[d, default: 1]
    let step = unit * unroll
    var carried = initial
    var done: Bound
    switch length {
    case .constant(let length):
      let full = length / step * step
      carried = try kernel.loop(.constant(0), .constant(full), step: step, carrying: carried) { i, c throws(Diagnostic) in
        try body(i, unroll, c)
      }
      let vectors = (length - full) / unit
      if vectors > 0 {
        carried = try kernel.loop(.constant(full), .constant(full + vectors * unit), step: vectors * unit, carrying: carried) {
          i, c throws(Diagnostic) in try body(i, vectors, c)
        }
      }
      done = .constant(full + vectors * unit)
      if full + vectors * unit == length { return carried }
    case .value(let length):
      func rounded(_ step: Int) -> Value {
        step == 1 ? length : b.binary("arith.subi", length, b.binary("arith.remui", length, b.index(step)))
      }
      done = .value(rounded(step))
      carried = try kernel.loop(.constant(0), done, step: step, carrying: carried) { i, c throws(Diagnostic) in try body(i, unroll, c) }
      if unroll > 1, unit == 1, d != configuration.transposed {
        return try splitRest(Bound.value(length), from: done, below: unroll, unit: 1, carrying: carried, body)
      }
      if unroll > 2, unit > 1, nest.ops.contains(where: \.reusesInputs) {
        let vectors = Bound.value(rounded(unit))
        carried = try splitRest(vectors, from: done, below: unroll, unit: unit, carrying: carried, body)
        done = vectors
      } else if unroll > 1 {
        let vectors = Bound.value(rounded(unit))
        carried = try kernel.loop(done, vectors, step: unit, carrying: carried) { i, c throws(Diagnostic) in
          // Without this the alignment that the loop's start has would be lost.
          var aligned = i
          aligned.divisor = unit
          return try body(aligned, 1, c)
        }
        done = vectors
      }
      if unit == 1 { return carried }
    }
    // At most one more vector, of which only some lanes exist.
    return try kernel.loop(done, length, step: unit, carrying: carried) { i, c throws(Diagnostic) in
      var aligned = i
      if aligned.dynamic != nil { aligned.divisor = unit }
      let rest = b.binary("arith.subi", length.value(b), aligned.base(b))
      let previous = kernel.laneMask
      kernel.laneMask = b.value("vector.create_mask", [rest], type: .vector([width], .i1(context)))
      defer { kernel.laneMask = previous }
      return try body(aligned, 1, c)
    }
  }

  /// Emits the iterations (vectors, for the lane dimension) `start` ..< `length`, fewer than `limit`: 8, 4, 2 and 1 of them at a time, as far as their
  /// number has these bits.
  ///
  /// One at a time would take as long for each as for many: a multiply-add has to wait for the one before.
  private func splitRest(
    _ length: Bound, from start: Bound, below limit: Int, unit: Int, carrying initial: [Value],
    _ body: (LaneIndex, Int, [Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    let rest = b.binary("arith.subi", length.value(b), start.value(b))
    var carried = initial
    var first = start.value(b)
    var count = 1
    while count * 2 < limit { count *= 2 }
    while count > 0 {
      let next = b.binary("arith.addi", first, b.binary("arith.andi", rest, b.index(count * unit)))
      carried = try kernel.loop(.value(first), .value(next), step: count * unit, carrying: carried) { i, c throws(Diagnostic) in
        // Without this the alignment that the loop's start has would be lost.
        var aligned = i
        aligned.divisor = unit
        return try body(aligned, count, c)
      }
      first = next
      count /= 2
    }
    return carried
  }
}

/// Where the register tile stands: for each dimension its first index and how many iterations (vectors) it has.
struct RegisterTile {
  var index: [Int: LaneIndex] = [:]
  var count: [Int: Int] = [:]

  /// The index of dimension `d` at place `place` of the tile; 0 outside of an inner dimension's loop, where nothing can use it.
  func index(_ d: Int, _ place: [Int], _ configuration: KernelConfiguration) -> LaneIndex {
    guard let first = index[d] else { return .constant(0) }
    return place[d] == 0 ? first : first.adding(place[d] * (d == configuration.lane ? configuration.width : 1))
  }
}
