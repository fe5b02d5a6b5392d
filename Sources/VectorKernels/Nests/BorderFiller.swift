internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraMLIR

/// Fills the border of a result.
///
/// The border is slabs: for each axis what is before and behind, at all indices of the axes after it and at those of the axes before it that
/// are inside. A slab is runs of neighbours, one for each index of the axes before.
struct BorderFiller: TileEmitter {
  let loops: TileLoops
  let bordered: BorderedMemory

  /// Fills this workgroup's share.
  func emit() throws(Diagnostic) {
    let filler = kernel.outside(bordered.border.filler)
    var strides = [Bound](repeating: .constant(1), count: bordered.inner.count)
    for axis in strides.indices.dropLast().reversed() { strides[axis] = kernel.multiply(strides[axis + 1], bordered.whole.shape[axis + 1]) }
    for axis in strides.indices {
      let (low, high) = (bordered.border.low[axis], bordered.border.high[axis])
      let behind = kernel.multiply(kernel.add(bordered.inner[axis], .constant(low)), strides[axis])
      let runs = bordered.inner[..<axis].reduce(Bound.constant(1), kernel.multiply)
      for (count, start) in [(low, Bound.constant(0)), (high, behind)] where count > 0 {
        let length = kernel.multiply(.constant(count), strides[axis])
        if runs.asConstant == 1 {
          // One run: it is cut up itself.
          let origin = kernel.add(position(nil, ..<axis, strides), start)
          let share = kernel.share(of: kernel.ceilDivide(length, Self.borderPiece))
          let first = kernel.multiply(share.first, .constant(Self.borderPiece))
          let end = b.binary("arith.minui", kernel.multiply(share.last, .constant(Self.borderPiece)).value(b), length.value(b))
          let rest = b.binary("arith.subi", end, b.binary("arith.minui", first.value(b), end))
          try fill(kernel.add(origin, first), .value(rest), filler)
        } else {
          let share = kernel.share(of: runs)
          _ = try kernel.loop(share.first, share.last, step: 1) { run, _ throws(Diagnostic) in
            try fill(kernel.add(position(run.base(b), ..<axis, strides), start), length, filler)
            return []
          }
        }
      }
    }
  }

  /// The elements of a long run that a workgroup fills at least.
  private static let borderPiece = 64

  /// The position in memory of the first element inside at index number `run` of `axes`.
  private func position(_ run: Value?, _ axes: PartialRangeUpTo<Int>, _ strides: [Bound]) -> Bound {
    var position = Bound.constant(0), rest = run
    for axis in bordered.inner[axes].indices.reversed() {
      position = kernel.add(position, kernel.multiply(.constant(bordered.border.low[axis]), strides[axis]))
      guard let number = rest, bordered.inner[axis].asConstant != 1 else { continue }
      let size = bordered.inner[axis].value(b)
      position = kernel.add(position, kernel.multiply(.value(b.binary("arith.remui", number, size)), strides[axis]))
      rest = b.binary("arith.divui", number, size)
    }
    return position
  }

  /// Writes `filler` to `length` elements from position `start` of the memory.
  private func fill(_ start: Bound, _ length: Bound, _ filler: BodyValue) throws(Diagnostic) {
    let whole = kernel.flat(bordered.whole)
    let first = start.asConstant.map(LaneIndex.constant) ?? LaneIndex(dynamic: start.value(b))
    try loops.split(configuration.lane ?? -1, length) { position, count in
      for k in 0..<count {
        var index = first.adding(position, b).adding(k * width)
        index.stride = configuration.lane == nil ? 0 : 1
        kernel.store(filler, to: whole, at: [.affine(index)])
      }
    }
  }
}
