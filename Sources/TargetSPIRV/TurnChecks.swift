internal import TesseraMLIR

/// Checks that loops end where they should: llvmpipe leaves all loops of an invocation after 65,535 turns, and what was summed until then is no result.
///
///     %r = scf.for %i = %a to %b step %c ...   ->  %r, %turns = scf.for %i = %a to %b step %c ...
///                                                  scf.if %turns != (%b - %a) / %c, rounded up { `fail` }
struct TurnChecks {
  let context: Context
  /// Emits what happens where a loop ended early.
  let fail: (Builder) -> Void

  /// Changes all loops below `root`.
  func run(on root: Operation) {
    for loop in root.descendants where loop.name == "scf.for" { count(loop) }
  }

  private func count(_ loop: Operation) {
    let b = Builder(context, before: loop)
    let (lower, upper, step) = (loop.operand(0), loop.operand(1), loop.operand(2))
    let type = lower.type, zero = b.constant(.integer(0, type)), one = b.constant(.integer(1, type))
    let distance = b.binary("arith.subi", upper, lower)
    let rounded = b.binary("arith.divui", b.plus(distance, b.binary("arith.subi", step, one)), step)
    let expected = b.select(b.compare(.less, lower, upper), rounded, zero)
    let region = Region.create()
    region.takeBody(of: loop.regions[0])
    let body = region.blocks[0], turns = body.addArgument(type, loop.location), end = body.terminator!
    let next = Builder(context, before: end)
    end.setOperands(end.operands + [next.plus(turns, one)])
    let counted = b.create("scf.for", loop.operands + [zero], results: loop.results.map(\.type) + [type], regions: [region])
    for (old, new) in zip(loop.results, counted.results) { old.replaceAllUses(with: new) }
    loop.erase()
    let behind = Builder(context, at: counted.block!, before: counted.next, location: counted.location)
    let inner = Region.create(), failing = Builder(context, at: inner.appendBlock([], counted.location), location: counted.location)
    fail(failing)
    failing.create("scf.yield")
    let isEarly = behind.compare(.notEqual, counted.results[counted.resultCount - 1], expected)
    behind.create("scf.if", [isEarly], regions: [inner, Region.create()])
  }
}
