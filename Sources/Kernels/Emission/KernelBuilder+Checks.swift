internal import Dialects
internal import LoopNests
package import MLIR
package import ModuleFormat

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

  /// The number of the failure that happened, 0 if none did; `nil` where none can.
  package func loadStatus() -> Value? { status.map { machine.load(.i32(context), from: $0, mask: nil, alignment: nil, b) } }

  /// Where a vector may be read or written in place of one that is out of range.
  var spareMemory: Value { offset(status!, .constant(Self.spareLength), .i32(context)) }

  /// `true` iff a lane of the mask is set.
  package func anyLane(_ mask: Value) -> Value {
    guard mask.type.isVector else { return mask }
    return b.value("vector.reduction", [mask], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<or>", context)!)])
  }

  package func less(_ x: Value, _ y: Value) -> Value {
    // Unsigned, so that negative indices are too large.
    b.compare(.unsignedLess, x, y)
  }

  /// Remembers that something was out of range if `bad` is true.
  package func report(_ bad: Value, _ failure: KernelFailure = .index) {
    let region = Region.create()
    let block = region.appendBlock([], b.location)
    let inner = Builder(context, at: block, location: b.location)
    machine.store(inner.scalar(Double(failure.rawValue), .i32(context)), at: status!, mask: nil, alignment: nil, inner)
    inner.create("scf.yield")
    b.create("scf.if", [bad], regions: [region, Region.create()])
  }

  /// `true` iff something in the body may fail.
  func usesCheckedReads(_ op: StructuredOp) -> Bool {
    traits.checksAccesses
      || op.operation.descendants.contains { $0.name == "tensor.extract" && !CheckedRead.axes(of: $0).isEmpty || $0.name == "cf.assert" }
  }
}
