import Diagnostics
import Kernels
import MLIR

/// A result of the kernel whose memory has a border around what the nests write.
struct BorderedMemory {
  /// All of the memory.
  let whole: MemoryReference
  let border: KernelOutput.Border
  /// The sizes of what stands inside.
  let inner: [Bound]
}

extension KernelEmitter {
  /// Makes the memory of result `i` known to the nests, under the value that they compute.
  func bind(_ whole: MemoryReference, toOutput i: Int) {
    let output = source.outputs[i]
    var reference = whole
    if let border = output.border {
      let inner = whole.shape.indices.map { subtract(whole.shape[$0], border.low[$0] + border.high[$0]) }
      borders.append(BorderedMemory(whole: whole, border: border, inner: inner))
      reference = MemoryReference(
        pointer: whole.pointer, element: whole.element, shape: inner, part: (border.low.map { .constant(-$0) }, whole.shape))
    }
    if memory[output.value] == nil { memory[output.value] = reference } else { copies[output.value, default: []].append(reference) }
  }

  private func subtract(_ size: Bound, _ number: Int) -> Bound {
    switch size {
    case .constant(let size): .constant(size - number)
    case .value(let size): number == 0 ? .value(size) : .value(b.binary("arith.subi", size, b.index(number)))
    }
  }

  /// Fills this workgroup's share of a border.
  ///
  /// The border is slabs: for each axis what is before and behind, at all indices of the axes after it and at those of the axes before it that
  /// are inside. A slab is runs of neighbours, one for each index of the axes before.
  func emitBorder(_ bordered: BorderedMemory, workgroup: Value) throws(Diagnostic) {
    let filler = outside(bordered.border.filler)
    var strides = [Bound](repeating: .constant(1), count: bordered.inner.count)
    for axis in strides.indices.dropLast().reversed() { strides[axis] = multiply(strides[axis + 1], bordered.whole.shape[axis + 1]) }
    for axis in strides.indices {
      let (low, high) = (bordered.border.low[axis], bordered.border.high[axis])
      let behind = multiply(add(bordered.inner[axis], low), strides[axis])
      let runs = bordered.inner[..<axis].reduce(Bound.constant(1), multiply)
      for (count, start) in [(low, Bound.constant(0)), (high, behind)] where count > 0 {
        let length = multiply(.constant(count), strides[axis])
        if runs.asConstant == 1 {
          // One run: it is cut up itself.
          let origin = add(position(nil, bordered, ..<axis, strides), start)
          let share = share(of: ceilDivide(length, Self.borderPiece), workgroup)
          let first = multiply(share.first, .constant(Self.borderPiece))
          let end = b.binary("arith.minui", multiply(share.last, .constant(Self.borderPiece)).value(b), length.value(b))
          let rest = b.binary("arith.subi", end, b.binary("arith.minui", first.value(b), end))
          try fill(bordered.whole, add(origin, first), .value(rest), filler)
        } else {
          let share = share(of: runs, workgroup)
          _ = try loop(share.first, share.last, step: 1) { run, _ throws(Diagnostic) in
            try fill(bordered.whole, add(position(run.base(b), bordered, ..<axis, strides), start), length, filler)
            return []
          }
        }
      }
    }
  }

  /// The elements of a long run that a workgroup fills at least.
  private static let borderPiece = 64

  /// The position in memory of the first element inside at index number `run` of `axes`.
  private func position(_ run: Value?, _ bordered: BorderedMemory, _ axes: PartialRangeUpTo<Int>, _ strides: [Bound]) -> Bound {
    var position = Bound.constant(0), rest = run
    for axis in bordered.inner[axes].indices.reversed() {
      position = add(position, multiply(.constant(bordered.border.low[axis]), strides[axis]))
      guard let number = rest, bordered.inner[axis].asConstant != 1 else { continue }
      let size = bordered.inner[axis].value(b)
      position = add(position, multiply(.value(b.binary("arith.remui", number, size)), strides[axis]))
      rest = b.binary("arith.divui", number, size)
    }
    return position
  }

  /// Writes `filler` to `length` elements from position `start` of the memory.
  private func fill(_ whole: MemoryReference, _ start: Bound, _ length: Bound, _ filler: BodyValue) throws(Diagnostic) {
    let flat = flat(whole)
    let first = start.asConstant.map(LaneIndex.constant) ?? LaneIndex(dynamic: start.value(b))
    try split(configuration.lane ?? -1, length) { position, count in
      for k in 0..<count {
        var index = first.adding(position, b).adding(k * width)
        index.stride = configuration.lane == nil ? 0 : 1
        store(filler, to: flat, at: [.affine(index)])
      }
    }
  }

  private func add(_ x: Bound, _ number: Int) -> Bound { add(x, .constant(number)) }
}
