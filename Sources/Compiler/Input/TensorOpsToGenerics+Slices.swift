import TesseraMLIR

/// Slices cut out of tensors, and put into them.
extension TensorOpsToGenerics {
  /// The range of a slice along one dimension.
  private struct Slice {
    let offset, size, stride: MixedNumber

    /// `true` iff the slice is known to lie inside of a dimension of `count` elements.
    func isInside(of count: Int) -> Bool {
      guard let first = offset.constant, let number = size.constant, let step = stride.constant, number >= 0 else { return false }
      let (distance, isTooFar) = step.multipliedReportingOverflow(by: number - 1)
      let (last, isTooLarge) = first.addingReportingOverflow(distance)
      return number == 0 || !isTooFar && !isTooLarge && (0..<count).contains(first) && (0..<count).contains(last)
    }

    /// `true` iff no product of the stride and a number of elements that memory has room for can wrap.
    var hasShortSteps: Bool { size.isOne || stride.constant.map { (-(1 << 16)...1 << 16).contains($0) } == true }
  }

  /// The slices of `op`, whose offsets are in operand segment `segment`, and sizes and strides in the next.
  private func slices(_ op: Operation, segment: Int) -> [Slice] {
    let offsets = MixedNumber.all(op, "offsets", segment: segment), sizes = MixedNumber.all(op, "sizes", segment: segment + 1)
    let strides = MixedNumber.all(op, "strides", segment: segment + 2)
    return offsets.indices.map { Slice(offset: offsets[$0], size: sizes[$0], stride: strides[$0]) }
  }

  /// The axes of a slice that its (possibly rank-reduced) result has.
  private func keptAxes(_ sizes: [Int?], _ shape: [Int]) -> [Int] {
    if sizes.count == shape.count { return Array(sizes.indices) }
    var kept: [Int] = []
    var excess = sizes.count - shape.count
    for (axis, size) in sizes.enumerated() {
      let next = kept.count < shape.count ? shape[kept.count] : nil
      if size == 1 && excess > 0 && next != 1 { excess -= 1 } else { kept.append(axis) }
    }
    while kept.count > shape.count, let i = kept.lastIndex(where: { sizes[$0] == 1 }) { kept.remove(at: i) }
    return kept
  }

  /// Makes the program check that a slice lies inside of `tensor`, where that is not known.
  private func requireSlice(_ op: Operation, of tensor: Value, _ slices: [Slice], _ b: Builder) {
    for (axis, slice) in slices.enumerated() {
      let whole = tensor.type.shape[axis], offset = slice.offset, size = slice.size, stride = slice.stride
      if whole != Type.dynamic, slice.isInside(of: whole) { continue }
      let limit = DimensionValues(context: context).size(of: tensor, axis, b)
      if offset.isZero, stride.isOne, size.value == limit { continue }
      let first = offset.value(b), count = size.value(b)
      let last = offset.added(to: stride.multiplied(by: b.minus(count, b.index(1)), b), b)
      // Unsigned, so that negative numbers are too large; all of them, so that the sum cannot have wrapped.
      var inside = b.compare(.unsignedLess, last, limit)
      if !offset.isZero { inside = b.and(inside, b.compare(.unsignedLess, first, limit)) }
      if !size.isOne { inside = b.and(inside, b.compare(.unsignedLessOrEqual, count, limit)) }
      if !slice.hasShortSteps {
        let isShort = b.compare(.unsignedLessOrEqual, b.plus(stride.value(b), limit), b.plus(limit, limit))
        inside = b.and(inside, b.binary("arith.ori", isShort, b.compare(.equal, count, b.index(1))))
      }
      // Nothing is read of an empty slice.
      if size.constant == nil || size.constant == 0 { inside = b.binary("arith.ori", inside, b.compare(.equal, count, b.index(0))) }
      b.require(inside, of: op, "the slice of dimension \(axis) must lie inside of the tensor")
    }
  }

  func rewriteExtractSlice(_ op: Operation) {
    let source = op.operand(0)
    let slices = slices(op, segment: 1)
    let kept = keptAxes(slices.map(\.size.constant), op.result(0).type.shape)
    requireSlice(op, of: source, slices, Builder(context, before: op))
    replace(op) { b in
      kept.filter { slices[$0].size.constant == nil }.map { slices[$0].size.value(b) }
    } _: { b, loops in
      let indices = slices.enumerated().map { axis, slice in
        guard let position = kept.firstIndex(of: axis) else { return slice.offset.value(b) }
        return slice.offset.added(to: slice.stride.multiplied(by: loops[position], b), b)
      }
      return extract(source, indices, b)
    }
  }

  func rewriteInsertSlice(_ op: Operation) {
    let source = op.operand(0), destination = op.operand(1)
    let slices = slices(op, segment: 2)
    let kept = keptAxes(slices.map(\.size.constant), source.type.shape)
    let type = op.result(0).type
    let before = Builder(context, before: op)
    requireSlice(op, of: destination, slices, before)
    for (axis, slice) in slices.enumerated() where slice.stride.isZero || slice.stride.constant == nil {
      let isStep = before.compare(.notEqual, slice.stride.value(before), before.index(0))
      before.require(isStep, of: op, "the stride of dimension \(axis) must not be 0")
    }
    for (position, axis) in kept.enumerated() where slices[axis].size.constant == nil || source.type.shape[position] == Type.dynamic {
      let own = DimensionValues(context: context).size(of: source, position, before)
      let what = "dimension \(position) of the source must be as large as the slice"
      requireEqual(own, slices[axis].size.value(before), op, what, before)
    }
    if isCarried(destination), scatter(op, source, into: destination, slices, before) { return }
    replace(op) { b in
      type.shape.indices.filter { type.shape[$0] == Type.dynamic }.map { b.dimension(destination, $0) }
    } _: { b, loops in
      var isInside: Value?
      var positions: [Value] = []
      for (axis, slice) in slices.enumerated() {
        var relative = loops[axis]
        if !slice.offset.isZero { relative = b.minus(relative, slice.offset.value(b)) }
        if !slice.stride.isOne {
          let step = slice.stride.value(b)
          isInside = b.and(isInside, b.compare(.equal, b.binary("arith.remsi", relative, step), b.index(0)))
          relative = b.binary("arith.divsi", relative, step)
        }
        // A stride may be negative.
        if !slice.offset.isZero || !slice.stride.isOne { isInside = b.and(isInside, b.compare(.greaterOrEqual, relative, b.index(0))) }
        if !(slice.offset.isZero && slice.size.constant != nil && slice.size.constant == type.shape[axis]) {
          isInside = b.and(isInside, b.compare(.less, relative, slice.size.value(b)))
        }
        positions.append(relative)
      }
      return b.conditional(isInside, type: type.element) {
        extract(source, kept.map { positions[$0] }, $0)
      } else: {
        extract(destination, loops, $0)
      }
    }
  }

  /// Replaces an insertion by a scatter of rows, if its slice is not known to be all of `destination`.
  private func scatter(_ op: Operation, _ source: Value, into destination: Value, _ slices: [Slice], _ b: Builder) -> Bool {
    let dimensions = DimensionValues(context: context), type = destination.type
    func isWhole(_ axis: Int) -> Bool {
      let slice = slices[axis], whole = dimensions.size(of: destination, axis, b)
      return slice.offset.isZero && slice.stride.isOne && slice.size.constant.map { $0 == type.shape[axis] } ?? (slice.size.value == whole)
    }
    // Dimensions behind the last one that is cut are columns.
    guard let cut = type.shape.indices.last(where: { !isWhole($0) }) else { return false }
    let rows = slices[...cut], sizes = rows.map { $0.size.value(b) }, whole = (0...cut).map { dimensions.size(of: destination, $0, b) }
    let numbers = rowNumbers(rows.map { $0.size.constant ?? Type.dynamic }, sizes, b) { inner, loops in
      let indices = zip(rows, loops).map { $0.offset.added(to: $0.stride.multiplied(by: $1, inner), inner) }
      return inner.i64(zip(indices, whole).dropFirst().reduce(indices[0]) { inner.plus(inner.times($0, $1.1), $1.0) })
    }
    replace(op, byScattering: source, into: destination, numbers, depth: cut + 1, b)
    return true
  }
}
