internal import TesseraMLIR

/// Numbers of 32 bits with a sign become numbers of 64 bits by their halves.
///
///     %w = arith.extsi %n : i32 to i64   ->   the word of all signs above the word of the number
///
/// Mesa 22.3 (lavapipe and others) takes a comparison of `OpSConvert` with a constant for one of 32 bits, with the wrong result. Where it is only added or
/// multiplied, as in addresses, it stays.
struct SignExtension {
  private let context: Context

  init(_ context: Context) { self.context = context }

  func run(on root: Operation) {
    let i32 = Type.i32(context), i64 = Type.i64(context)
    for op in root.descendants where op.name == "arith.extsi" && op.operand(0).type == i32 && op.result(0).type == i64 {
      if !op.result(0).isUsed(where: { !["arith.addi", "arith.muli"].contains($0.operation.name) }) { continue }
      let b = Builder(context, before: op), number = op.operand(0)
      let signs = b.binary("arith.shrsi", number, b.scalar(31, i32))
      let high = b.binary("arith.shli", b.value("arith.extui", [signs], type: i64), b.constant64(32))
      op.result(0).replaceAllUses(with: b.binary("arith.ori", high, b.value("arith.extui", [number], type: i64)))
      op.erase()
    }
  }
}
