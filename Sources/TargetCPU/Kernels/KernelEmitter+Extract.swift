import LoopNests
import MLIR

extension KernelEmitter {
  /// Emits `tensor.extract`. Indices that come from data, or that the host could not check, are checked: one that is out of range makes the
  /// kernel fail, and reads nothing of the tensor.
  func extract(_ op: Operation, _ indices: [TensorIndex], mask: Value?) -> BodyValue {
    guard let reference = memory[op.operand(0)] else { return same(op.operand(0)) }
    let checked = CheckedRead.axes(of: op)
    if checked.isEmpty { return load(reference, at: indices, mask: mask) }
    // A check of what is the same in all lanes is one comparison, and leaves the load one of neighbours.
    let isUniform = checked.allSatisfy { if case .affine(let i) = indices[$0] { i.isUniform } else { false } }
    var inside: Value?
    for axis in checked {
      let size = reference.shape[axis].value(b)
      let isInside: Value
      switch indices[axis] {
      case .affine(let i) where isUniform: isInside = less(i.base(b), size)
      case .affine(let i): isInside = less(i.vector(width: width, b), lanes(.uniform(size)))
      case .scattered(let v): isInside = less(v, lanes(.uniform(size)))
      }
      inside = b.and(inside, isInside)
    }
    guard let inside else { return load(reference, at: indices, mask: mask) }
    if isUniform {
      var bad = b.binary("arith.xori", inside, b.scalar(1, .i1(context)))
      if let mask { bad = b.binary("arith.andi", bad, anyLane(combined(mask, laneMask) ?? mask)) }
      report(bad)
      return load(reference, at: indices, mask: mask, onlyIf: inside)
    }
    var bad = b.binary("arith.xori", inside, lanes(.uniform(b.scalar(1, .i1(context)))))
    if let executed = combined(mask, laneMask) { bad = b.binary("arith.andi", bad, executed) }
    report(anyLane(bad))
    return load(reference, at: indices, mask: combined(mask, inside))
  }

  /// Loads the element (one for each lane) at `indices` where the scalar `condition` holds, else anything, and nothing of the tensor.
  private func load(_ reference: MemoryReference, at indices: [TensorIndex], mask: Value?, onlyIf condition: Value) -> BodyValue {
    guard case .affine(let i) = linearize(indices, in: reference), i.isUniform || i.stride == 1 && !reference.element.isComplex else {
      return load(reference, at: indices, mask: combined(mask, lanes(.uniform(condition))))
    }
    let spare = MemoryReference(
      pointer: b.value("llvm.select", [condition, reference.pointer, spareMemory], type: .pointer(context)), element: reference.element,
      shape: reference.shape, isSpare: true)
    let start = b.value("arith.select", [condition, i.base(b), b.index(0)], type: .index(context))
    return load(spare, position: .affine(LaneIndex(dynamic: start, stride: i.stride)), mask: mask)
  }

  /// The element of a tensor that is the same everywhere: a splat, or an empty tensor, whose elements are anything.
  func same(_ tensor: Value) -> BodyValue {
    .uniform(tensor.definingOperation?.attribute("value")?.splatValue.map { b.constant($0) } ?? b.scalar(0, tensor.type.element))
  }
}
