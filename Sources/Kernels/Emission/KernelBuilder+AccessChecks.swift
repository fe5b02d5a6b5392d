package import TesseraMLIR
internal import TesseraModuleFormat

/// Checks of every access, where they are asked for: one beyond the elements of what is read or written makes the kernel fail, with a record of
/// where it was, and goes to spare memory.
extension KernelBuilder {
  /// The address `address` of an access to `reference` at `position`, checked if every access is.
  func checked(_ address: Value, _ reference: MemoryReference, _ position: LaneIndex, mask: Value?) -> Value {
    guard isChecked(reference) else { return address }
    let isOne = position.isUniform && mask == nil
    return redirected(address, at: isOne ? position.base(b) : position.vector(width: width, b), reference, mask: mask)
  }

  /// The address of an access to `count` elements of `reference` from `position` on, of which only those in `mask` are touched, checked likewise.
  package func checked(_ address: Value, _ reference: MemoryReference, from position: LaneIndex, count: Int, mask: Value?) -> Value {
    guard isChecked(reference) else { return address }
    let positions = LaneIndex(dynamic: position.base(b), stride: 1).vector(width: count, b)
    return redirected(address, at: positions, reference, mask: mask)
  }

  /// The lanes of `mask` of an access to elements `positions` of `reference`, checked likewise.
  func checkedLanes(_ mask: Value, _ reference: MemoryReference, _ positions: Value) -> Value {
    guard isChecked(reference) else { return mask }
    let bad = beyond(positions, reference, mask: mask)
    report(bad, at: positions, reference)
    return b.binary("arith.andi", mask, not(bad, b))
  }

  /// Loads a `type` from an address in the memory of `reference`, of which a masked access touches the first `count` elements, checked likewise.
  package func load(_ type: Type, from address: Value, in reference: MemoryReference, alignment: Int? = nil) -> Value {
    let address = checked(address, byteCount: byteCount(type), in: reference)
    return machine.load(type, from: address, mask: nil, alignment: alignment, b)
  }

  /// Stores at an address in the memory of `reference`, checked likewise.
  package func store(_ value: Value, at address: Value, in reference: MemoryReference, alignment: Int? = nil) {
    let address = checked(address, byteCount: byteCount(value.type), in: reference)
    machine.store(value, at: address, mask: nil, alignment: alignment, b)
  }

  /// The address of an access to `byteCount` bytes in the memory of `reference`, checked likewise.
  package func checked(_ address: Value, byteCount: Int, in reference: MemoryReference) -> Value {
    guard isChecked(reference) else { return address }
    let i64 = Type.i64(context)
    let places = [address, reference.pointer].map { machine.number(of: $0, b) }
    let first = b.binary("arith.subi", places[0], places[1]), size = self.byteCount(reference, b)
    let end = b.binary("arith.addi", first, b.scalar(Double(byteCount), i64))
    let bad = b.binary("arith.ori", b.compare(.unsignedGreaterOrEqual, first, size), b.compare(.unsignedGreater, end, size))
    report(bad, atByte: { _ in first }, reference)
    return machine.select(bad, spareMemory, address, b)
  }

  private func isChecked(_ reference: MemoryReference) -> Bool { traits.checksAccesses && !reference.isSpare }

  private func byteCount(_ type: Type) -> Int { type.isVector ? type.shape[0] * byteCount(type.element) : type.bitWidth! / 8 }

  /// The bytes of all elements of `reference`: i64.
  private func byteCount(_ reference: MemoryReference, _ b: Builder) -> Value {
    let i64 = Type.i64(context), count = b.value("arith.index_cast", [elementCount(of: reference)], type: i64)
    return b.binary("arith.muli", count, b.scalar(Double(reference.element.storedByteCount), i64))
  }

  private func elementCount(of reference: MemoryReference) -> Value {
    (reference.part?.sizes ?? reference.shape).reduce(Bound.constant(1), multiply).value(b)
  }

  /// The address, or spare memory if one of `positions`, in its lane of `mask`, is that of no element of `reference`.
  private func redirected(_ address: Value, at positions: Value, _ reference: MemoryReference, mask: Value?) -> Value {
    let bad = beyond(positions, reference, mask: mask)
    report(bad, at: positions, reference)
    return machine.select(anyLane(bad), spareMemory, address, b)
  }

  /// The lanes of `mask` in which a position is that of no element.
  private func beyond(_ positions: Value, _ reference: MemoryReference, mask: Value?) -> Value {
    let count = elementCount(of: reference)
    let limit = positions.type.isVector ? b.value("vector.broadcast", [count], type: positions.type) : count
    let bad = not(less(positions, limit), b)
    return mask.map { b.binary("arith.andi", bad, $0) } ?? bad
  }

  // MARK: the record

  /// Reports the element at the least of `positions` whose lane is bad.
  private func report(_ bad: Value, at positions: Value, _ reference: MemoryReference) {
    report(
      bad,
      atByte: { inner in
        let size = inner.scalar(Double(reference.element.storedByteCount), .i64(self.context))
        return inner.binary("arith.muli", self.least(of: positions, in: bad, inner), size)
      }, reference)
  }

  /// Makes the kernel fail, where a lane of `bad` is set and nothing failed before, with the operand that `reference` is. The record says at which
  /// byte, and how many there are.
  private func report(_ bad: Value, atByte: (Builder) -> Value, _ reference: MemoryReference) {
    let size = byteCount(reference, b)
    let isFirst = b.compare(.equal, loadStatus()!, b.scalar(0, .i32(context)))
    let number = Int32(addresses.firstIndex(of: reference.pointer) ?? KernelFailure.unnumberedOperand)
    report(b.binary("arith.andi", anyLane(bad), isFirst), status: KernelFailure.firstAccess + number) { [atByte($0), size] }
  }
}
