import TesseraMLIR

/// Rewrites the dialect `index` in `arith`, which has the same operations on indices of 64 bits.
///
/// Before: %r = index.floordivs %x, %y
/// After:  %r = arith.floordivsi %x, %y : index
struct IndexToArith {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// The operations of the same operands and results, by their name in `index`.
  private static let names = [
    "add": "addi", "sub": "subi", "mul": "muli", "divs": "divsi", "divu": "divui", "ceildivs": "ceildivsi", "ceildivu": "ceildivui",
    "floordivs": "floordivsi", "rems": "remsi", "remu": "remui", "maxs": "maxsi", "maxu": "maxui", "mins": "minsi", "minu": "minui",
    "shl": "shli", "shrs": "shrsi", "shru": "shrui", "and": "andi", "or": "ori", "xor": "xori", "casts": "index_cast",
    "castu": "index_castui", "constant": "constant",
  ]
  /// The comparisons, in the order of `arith.cmpi`.
  private static let comparisons = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"]

  /// Rewrites all of them.
  func run() {
    for op in module.operation.descendants where op.name.hasPrefix("index.") {
      let b = Builder(context, before: op)
      guard let made = made(String(op.name.dropFirst("index.".count)), op, b) else { continue }
      op.result(0).replaceAllUses(with: made)
      op.erase()
    }
  }

  /// The replacement of the operation; `nil` if it has no counterpart.
  private func made(_ name: String, _ op: Operation, _ b: Builder) -> Value? {
    let type = op.result(0).type
    switch name {
    case "bool.constant": return op.attribute("value").map { b.constant($0) }
    case "sizeof": return b.index(64)
    case "cmp":
      // #index<cmp_predicate slt>
      guard let text = op.attribute("pred")?.description,
        let number = Self.comparisons.firstIndex(where: { text.contains(" \($0)>") || text.contains("(\($0))") })
      else { return nil }
      return b.value(
        "arith.cmpi", op.operands, type: type, attributes: [("predicate", .i64(number, context))])
    default:
      guard let known = Self.names[name] else { return nil }
      return b.value("arith.\(known)", op.operands, type: type, attributes: op.attributes)
    }
  }
}
