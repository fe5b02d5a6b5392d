internal import TesseraDialects
internal import TesseraLoopNests
internal import TesseraMLIR
internal import TesseraModuleFormat

/// Reads that are checked, and conditions that must hold.
extension BodyEmitter {
  /// Emits `tensor.extract`. Indices that come from data, or that the host could not check, are checked: one that is out of range makes the
  /// kernel fail, and reads nothing of the tensor.
  func extract(_ op: Operation, _ indices: [TensorIndex], mask: Value?) -> BodyValue {
    guard let reference = kernel.memory[op.operand(0)] else { return kernel.same(op.operand(0)) }
    let checked = CheckedRead.axes(of: op)
    if checked.isEmpty { return kernel.load(reference, at: indices, mask: mask) }
    // A check of what is the same in all lanes is one comparison, and leaves the load one of neighbours.
    let isUniform = checked.allSatisfy { if case .affine(let i) = indices[$0] { i.isUniform } else { false } }
    var inside: Value?
    var places: [CheckedIndex] = []
    for axis in checked {
      let size = reference.shape[axis].value(b)
      let index =
        switch indices[axis] {
        case .affine(let i): isUniform ? i.base(b) : i.vector(width: kernel.width, b)
        case .scattered(let v): v
        }
      let isInside = kernel.less(index, isUniform ? size : kernel.lanes(.uniform(size)))
      places.append(CheckedIndex(index: index, isInside: isInside, size: size))
      inside = b.and(inside, isInside)
    }
    guard let inside else { return kernel.load(reference, at: indices, mask: mask) }
    if isUniform {
      var bad = b.binary("arith.xori", inside, b.scalar(1, .i1(context)))
      if let mask { bad = b.binary("arith.andi", bad, kernel.anyLane(kernel.combined(mask, kernel.laneMask) ?? mask)) }
      kernel.report(bad, of: places)
      return load(reference, at: indices, mask: mask, onlyIf: inside)
    }
    var bad = b.binary("arith.xori", inside, kernel.lanes(.uniform(b.scalar(1, .i1(context)))))
    if let executed = kernel.combined(mask, kernel.laneMask) { bad = b.binary("arith.andi", bad, executed) }
    kernel.report(bad, of: places)
    return kernel.load(reference, at: indices, mask: kernel.combined(mask, inside))
  }

  /// Loads the element (one for each lane) at `indices` where the scalar `condition` holds, else anything, and nothing of the tensor.
  private func load(_ reference: MemoryReference, at indices: [TensorIndex], mask: Value?, onlyIf condition: Value) -> BodyValue {
    guard case .affine(let i) = kernel.linearize(indices, in: reference), i.isUniform || i.stride == 1 && !reference.element.isComplex
    else {
      return kernel.load(reference, at: indices, mask: kernel.combined(mask, kernel.lanes(.uniform(condition))))
    }
    let spare = MemoryReference(
      pointer: kernel.machine.select(condition, reference.pointer, kernel.spareMemory, b), element: reference.element,
      shape: reference.shape, isSpare: true)
    let start = b.value("arith.select", [condition, i.base(b), b.index(0)], type: .index(context))
    return kernel.load(spare, position: .affine(LaneIndex(dynamic: start, stride: i.stride)), mask: mask)
  }

  /// Emits `cf.assert`: where the condition does not hold, the kernel fails with the status that the message names.
  func check(_ op: Operation, _ condition: BodyValue, mask: Value?) {
    let failure = op.attribute("msg")?.stringValue.flatMap(KernelFailure.init(name:)) ?? .index
    if kernel.isUniform(condition) {
      var bad = b.binary("arith.xori", kernel.scalar(condition), b.scalar(1, .i1(context)))
      if let mask { bad = b.binary("arith.andi", bad, kernel.anyLane(kernel.combined(mask, kernel.laneMask) ?? mask)) }
      return kernel.report(bad, failure)
    }
    let value = kernel.lanes(condition)
    var bad = b.binary("arith.xori", value, kernel.lanes(.uniform(b.scalar(1, .i1(context)))))
    if let executed = kernel.combined(mask, kernel.laneMask) { bad = b.binary("arith.andi", bad, executed) }
    kernel.report(kernel.anyLane(bad), failure)
  }
}
