import LoopNests
import MLIR

extension KernelEmitter {
  /// Emits `tensor.extract`. Indices that come from data are checked: one that is out of range makes the kernel fail, and reads element 0.
  func extract(_ op: Operation, _ indices: [TensorIndex], mask: Value?) -> BodyValue {
    guard let reference = memory[op.operand(0)] else { return same(op.operand(0)) }
    var safe = indices
    for axis in indices.indices where Self.comesFromData(op.operand(axis + 1)) {
      let size = reference.shape[axis].value(b)
      switch indices[axis] {
      case .affine(let i) where i.isUniform:
        let value = i.base(b)
        let inside = less(value, size)
        var bad = b.binary("arith.xori", inside, b.scalar(1, .i1(context)))
        if let mask { bad = b.binary("arith.andi", bad, anyLane(combined(mask, laneMask) ?? mask)) }
        report(bad)
        safe[axis] = .affine(LaneIndex(dynamic: b.value("arith.select", [inside, value, b.index(0)], type: value.type)))
      case let index:
        let value: Value
        switch index {
        case .affine(let i): value = i.vector(width: width, b)
        case .scattered(let v): value = v
        }
        let inside = less(value, lanes(.uniform(size)))
        let ones = lanes(.uniform(b.scalar(1, .i1(context))))
        var bad = b.binary("arith.xori", inside, ones)
        if let executed = combined(mask, laneMask) { bad = b.binary("arith.andi", bad, executed) }
        report(anyLane(bad))
        safe[axis] = .scattered(b.value("arith.select", [inside, value, lanes(.uniform(b.index(0)))], type: value.type))
      }
    }
    return load(reference, at: safe, mask: mask)
  }

  /// The element of a tensor that is the same everywhere: a splat, or an empty tensor, whose elements are anything.
  func same(_ tensor: Value) -> BodyValue {
    .uniform(tensor.definingOperation?.attribute("value")?.splatValue.map { b.constant($0) } ?? b.scalar(0, tensor.type.element))
  }

  /// `true` iff a lane of the mask is set.
  private func anyLane(_ mask: Value) -> Value {
    guard mask.type.isVector else { return mask }
    return b.value("vector.reduction", [mask], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<or>", context)!)])
  }

  private func less(_ x: Value, _ y: Value) -> Value {
    // Unsigned, so that negative indices are too large.
    b.value("arith.cmpi", [x, y], type: withElement(x.type, .i1(context)), attributes: [("predicate", .i64(6, context))])
  }

  /// Remembers that something was out of range if `bad` is true.
  func report(_ bad: Value) {
    let region = Region.create()
    let block = region.appendBlock([], b.location)
    let inner = Builder(context, at: block, location: b.location)
    inner.create("llvm.store", [inner.scalar(1, .i32(context)), status!])
    inner.create("scf.yield")
    b.create("scf.if", [bad], regions: [region, Region.create()])
  }

  /// `true` iff some `tensor.extract` of the body has an index that comes from data.
  func usesCheckedReads(_ op: StructuredOp) -> Bool {
    op.operation.descendants.contains { $0.name == "tensor.extract" && $0.operands.dropFirst().contains(where: Self.comesFromData) }
  }

  /// `true` iff an index depends on elements of tensors, not only on loops, sizes and constants.
  static func comesFromData(_ index: Value) -> Bool {
    guard let op = index.definingOperation else {
      // Arguments of a body are elements; scalar arguments of the executable are sizes and the like.
      return index.owningBlock?.parent?.name == "linalg.generic"
    }
    if op.name == "tensor.extract" || op.name == "scf.if" { return true }
    return op.operands.contains(where: comesFromData)
  }
}
