import LoopNests
import MLIR
import ModuleFormat

/// Checks that make a kernel fail instead of what it was about to do.
extension KernelEmitter {
  /// The 32-bit words of the memory behind the status: as many as the widest vector has, 64 lanes of eight bytes.
  private static let spareLength = 128

  /// Makes room for the status, and for what is read or written in place of something out of range; the status is 0.
  func emitStatus() {
    status = b.value(
      "llvm.alloca", [b.scalar(Double(2 * Self.spareLength), .i64(context))], type: .pointer(context),
      attributes: [("elem_type", .type(.i32(context)))])
    b.create("llvm.store", [b.scalar(0, .i32(context)), status!])
  }

  /// Where a vector may be read or written in place of one that is out of range.
  var spareMemory: Value { offset(status!, .constant(Self.spareLength), .i32(context)) }

  /// `true` iff a lane of the mask is set.
  func anyLane(_ mask: Value) -> Value {
    guard mask.type.isVector else { return mask }
    return b.value("vector.reduction", [mask], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<or>", context)!)])
  }

  func less(_ x: Value, _ y: Value) -> Value {
    // Unsigned, so that negative indices are too large.
    b.value("arith.cmpi", [x, y], type: withElement(x.type, .i1(context)), attributes: [("predicate", .i64(6, context))])
  }

  /// Emits `cf.assert`: where the condition does not hold, the kernel fails with the status that the message names.
  func check(_ op: Operation, _ condition: BodyValue, mask: Value?) {
    let failure = op.attribute("msg")?.stringValue.flatMap(KernelFailure.init(name:)) ?? .index
    if isUniform(condition) {
      var bad = b.binary("arith.xori", scalar(condition), b.scalar(1, .i1(context)))
      if let mask { bad = b.binary("arith.andi", bad, anyLane(combined(mask, laneMask) ?? mask)) }
      return report(bad, failure)
    }
    let value = lanes(condition)
    var bad = b.binary("arith.xori", value, lanes(.uniform(b.scalar(1, .i1(context)))))
    if let executed = combined(mask, laneMask) { bad = b.binary("arith.andi", bad, executed) }
    report(anyLane(bad), failure)
  }

  /// Remembers that something was out of range if `bad` is true.
  func report(_ bad: Value, _ failure: KernelFailure = .index) {
    let region = Region.create()
    let block = region.appendBlock([], b.location)
    let inner = Builder(context, at: block, location: b.location)
    inner.create("llvm.store", [inner.scalar(Double(failure.rawValue), .i32(context)), status!])
    inner.create("scf.yield")
    b.create("scf.if", [bad], regions: [region, Region.create()])
  }

  /// `true` iff something in the body may fail.
  func usesCheckedReads(_ op: StructuredOp) -> Bool {
    unit.checksAccesses
      || op.operation.descendants.contains { $0.name == "tensor.extract" && !CheckedRead.axes(of: $0).isEmpty || $0.name == "cf.assert" }
  }
}
