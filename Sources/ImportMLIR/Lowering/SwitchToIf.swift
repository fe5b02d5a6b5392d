import TesseraMLIR

/// Rewrites `scf.index_switch` inside of structured operations as choices between two: kernels have no others.
///
/// Before: %r = scf.index_switch %x -> f32 case 2 { scf.yield %a } default { scf.yield %b }
/// After:  %c = arith.cmpi eq, %x, %c2; %r = scf.if %c -> f32 { scf.yield %a } else { scf.yield %b }
struct SwitchToIf {
  let module: Module
  private var context: Context { module.context }

  init(_ module: Module) { self.module = module }

  /// `true` iff the operation is to be rewritten.
  static func fits(_ op: Operation) -> Bool {
    guard op.name == "scf.index_switch" else { return false }
    var parent = op.parent
    while let outer = parent {
      if outer.name == "linalg.generic" { return true }
      parent = outer.parent
    }
    return false
  }

  /// Rewrites all of them, inner ones first.
  func run() {
    for op in module.operation.descendants.filter(Self.fits).reversed() {
      // Upstream puts the default in place of a switch without cases.
      guard let cases = op.attribute("cases")?.denseIntegers, !cases.isEmpty else { continue }
      let made = choice(op, cases, 0, Builder(context, before: op))
      for (result, value) in zip(op.results, made.results) { result.replaceAllUses(with: value) }
      op.erase()
    }
  }

  /// The choice between case `number` and those behind it. The first region of a switch is the default.
  private func choice(_ op: Operation, _ cases: [Int], _ number: Int, _ b: Builder) -> Operation {
    func taken(_ region: Int) -> Region {
      let own = Region.create()
      own.takeBody(of: op.regions[region])
      return own
    }
    let otherwise: Region
    if number + 1 < cases.count {
      otherwise = Region.create()
      let inner = Builder(context, at: otherwise.appendBlock([], op.location), location: op.location)
      inner.create("scf.yield", choice(op, cases, number + 1, inner).results)
    } else {
      otherwise = taken(0)
    }
    let isCase = b.compare(.equal, op.operand(0), b.index(cases[number]))
    return b.create("scf.if", [isCase], results: op.results.map(\.type), regions: [taken(number + 1), otherwise])
  }
}
