internal import TesseraMLIR

/// Indices become numbers of 64 bits, or of 32 where these are enough: what upstream makes of them has always 32, in which indices that come from
/// data would wrap into range.
///
///     %i = arith.index_cast %n : i32 to index        ->  %i = arith.extsi %n : i32 to i64
///     scf.for %k = %c0 to %size step %c1             ->  the same on i64
struct IndexLowering {
  private let context: Context
  private let number: Type

  init(_ context: Context, bits: Int) { (self.context, number) = (context, .integer(bits, context)) }

  /// Changes all operations below `root`.
  func run(on root: Operation) {
    let all = root.descendants
    for op in all {
      for region in op.regions { for block in region.blocks { block.arguments.forEach(change) } }
      if op.name == "arith.constant", op.result(0).type.isIndex, let value = op.attribute("value")?.integerValue {
        op.setAttribute("value", .integer(value, number))
      }
      op.results.forEach(change)
    }
    for op in all where op.name == "arith.index_cast" || op.name == "arith.index_castui" {
      let source = op.operand(0), wanted = op.result(0).type
      let from = source.type.bitWidth!, to = wanted.bitWidth!
      let name = from > to ? "arith.trunci" : op.name == "arith.index_cast" ? "arith.extsi" : "arith.extui"
      let cast = from == to ? source : Builder(context, before: op).value(name, [source], type: wanted)
      op.result(0).replaceAllUses(with: cast)
      op.erase()
    }
  }

  private func change(_ value: Value) { if value.type.isIndex { value.setType(number) } }
}
