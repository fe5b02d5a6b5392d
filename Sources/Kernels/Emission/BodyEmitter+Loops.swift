internal import TesseraDiagnostics
internal import TesseraMLIR

/// Loops in bodies. Kernels with them have no lanes: elements may need different numbers of turns.
extension BodyEmitter {
  /// Emits `scf.for`; returns what it carries at its end.
  func runFor(
    _ op: Operation, _ operands: [BodyValue], _ environment: [Value: BodyValue], _ loops: [LaneIndex]
  ) throws(Diagnostic) -> [BodyValue] {
    guard let body = op.body() else { return [] }
    let bounds = operands[..<3].map(kernel.scalar), initial = operands[3...].map { kernel.bits(kernel.scalar($0)) }
    let types = [bounds[0].type] + initial.map(\.type)
    let region = try kernel.region(types) { arguments throws(Diagnostic) in
      var inner = environment
      for (argument, given) in zip(body.arguments, arguments) { inner[argument] = carried(given, argument.type) }
      let values = try run(body, &inner, loops, mask: nil)
      b.create("scf.yield", values.map { kernel.bits(kernel.scalar($0)) })
    }
    let made = b.create("scf.for", bounds + initial, results: initial.map(\.type), regions: [region])
    return zip(made.results, op.results).map { carried($0, $1.type) }
  }

  /// Emits `scf.while`; returns what its condition passes on at the end.
  func runWhile(
    _ op: Operation, _ operands: [BodyValue], _ environment: [Value: BodyValue], _ loops: [LaneIndex]
  ) throws(Diagnostic) -> [BodyValue] {
    guard let before = op.body(0), let after = op.body(1) else { return [] }
    let initial = operands.map { kernel.bits(kernel.scalar($0)) }
    func part(_ block: Block, _ types: [Type], _ terminator: String) throws(Diagnostic) -> Region {
      try kernel.region(types) { arguments throws(Diagnostic) in
        var inner = environment
        for (argument, given) in zip(block.arguments, arguments) { inner[argument] = carried(given, argument.type) }
        let values = try run(block, &inner, loops, mask: nil)
        b.create(terminator, values.map { kernel.bits(kernel.scalar($0)) })
      }
    }
    let passed = op.results.map { kernel.isBF16($0.type) ? Type.integer(16, context) : $0.type }
    let regions = [try part(before, initial.map(\.type), "scf.condition"), try part(after, passed, "scf.yield")]
    let made = b.create("scf.while", initial, results: passed, regions: regions)
    return zip(made.results, op.results).map { carried($0, $1.type) }
  }

  /// A value of type `type` that went around a loop.
  private func carried(_ value: Value, _ type: Type) -> BodyValue {
    type.isIndex ? .index(LaneIndex(dynamic: value)) : .uniform(kernel.value(value, type))
  }
}
