internal import TesseraDialects
internal import TesseraLoopNests
package import TesseraMLIR
package import TesseraModuleFormat

/// Checks that make a kernel fail instead of what it was about to do.
extension KernelBuilder {
  /// The 32-bit words of the memory behind the status: as many as the widest vector has, 64 lanes of eight bytes.
  private static let spareLength = 128

  /// Makes room for the status, and for what is read or written in place of something out of range; the status is 0.
  func emitStatus() {
    let slot = machine.temporary(2 * Self.spareLength, .i32(context), alignment: nil, b)
    machine.store(b.scalar(0, .i32(context)), at: slot, mask: nil, alignment: nil, b)
    status = slot
  }

  /// `true` iff the kernel checks something, and has a record at the beginning of its scratch memory.
  package var keepsRecord: Bool { status != nil }

  /// The number of the failure that happened, 0 if none did; `nil` where none can.
  package func loadStatus() -> Value? { status.map { machine.load(.i32(context), from: $0, mask: nil, alignment: nil, b) } }

  /// Where a vector may be read or written in place of one that is out of range.
  var spareMemory: Value { offset(status!, .constant(Self.spareLength), .i32(context)) }

  /// `true` iff a lane of the mask is set.
  package func anyLane(_ mask: Value) -> Value { anyLane(mask, b) }

  private func anyLane(_ mask: Value, _ b: Builder) -> Value {
    guard mask.type.isVector else { return mask }
    return b.value("vector.reduction", [mask], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<or>", context)!)])
  }

  func not(_ condition: Value, _ b: Builder) -> Value {
    let one = b.scalar(1, .i1(context))
    return b.binary("arith.xori", condition, condition.type.isVector ? b.value("vector.broadcast", [one], type: condition.type) : one)
  }

  package func less(_ x: Value, _ y: Value) -> Value {
    // Unsigned, so that negative indices are too large.
    b.compare(.unsignedLess, x, y)
  }

  /// Remembers that something was out of range if `bad` is true.
  package func report(_ bad: Value, _ failure: KernelFailure = .index) { report(bad, status: failure.rawValue) { _ in [] } }

  /// Remembers which index was out of range in a lane of `bad`: that of the first axis where one was.
  func report(_ bad: Value, of indices: [CheckedIndex]) {
    report(anyLane(bad), status: KernelFailure.index.rawValue | KernelFailure.withIndex) { inner in
      var found: (index: Value, size: Value)?
      for place in indices.reversed() {
        let outside = inner.binary("arith.andi", bad, not(place.isInside, inner))
        let isOutside = anyLane(outside, inner), index = least(of: place.index, in: outside, inner)
        let size = inner.value("arith.index_cast", [place.size], type: .i64(context))
        found = found.map { (inner.select(isOutside, index, $0.index), inner.select(isOutside, size, $0.size)) } ?? (index, size)
      }
      return found.map { [$0.index, $0.size] } ?? []
    }
  }

  /// Emits, where the number `bad` is true, a store of `status`, and of the words that `record` gives.
  func report(_ bad: Value, status number: Int32, record: (Builder) -> [Value]) {
    let region = Region.create()
    let inner = Builder(context, at: region.appendBlock([], b.location), location: b.location)
    machine.store(inner.scalar(Double(number), .i32(context)), at: status!, mask: nil, alignment: nil, inner)
    for (word, value) in record(inner).enumerated() {
      let address = machine.address(arguments.scratch, inner.constant64(word), of: .i64(context), inner)
      machine.store(value, at: address, mask: nil, alignment: nil, inner)
    }
    inner.create("scf.yield")
    b.create("scf.if", [bad], regions: [region, Region.create()])
  }

  /// The least of `numbers` in a lane of `mask`, unsigned, as an i64.
  func least(of numbers: Value, in mask: Value, _ b: Builder) -> Value {
    let i64 = Type.i64(context), isVector = numbers.type.isVector
    let wide = b.value("arith.index_cast", [numbers], type: isVector ? .vector(numbers.type.shape, i64) : i64)
    guard isVector else { return wide }
    let last = b.value("vector.broadcast", [b.scalar(-1, i64)], type: wide.type)
    let found = b.value("arith.select", [mask, wide, last], type: wide.type)
    return b.value("vector.reduction", [found], type: i64, attributes: [("kind", Attribute("#vector.kind<minui>", context)!)])
  }

  /// `true` iff something in the body may fail.
  func usesCheckedReads(_ op: StructuredOp) -> Bool {
    traits.checksAccesses
      || op.operation.descendants.contains { $0.name == "tensor.extract" && !CheckedRead.axes(of: $0).isEmpty || $0.name == "cf.assert" }
  }
}

/// An index that is read, one or one a lane, where it is inside of its dimension, and the size of that.
struct CheckedIndex {
  var index: Value
  var isInside: Value
  var size: Value
}
