internal import TesseraDiagnostics
internal import TesseraDialects
internal import TesseraLoopNests
internal import TesseraMLIR

/// Conditions: a branch where all lanes go one way, else both sides under masks.
extension BodyEmitter {
  /// Emits `scf.if`: a branch where the condition is the same in all lanes, else both sides, each under its mask.
  func runIf(
    _ op: Operation, _ condition: BodyValue, _ environment: inout [Value: BodyValue], _ loops: [LaneIndex], mask: Value?
  ) throws(Diagnostic) -> [BodyValue] {
    guard op.regions.count == 2, let then = op.body(0), let otherwise = op.body(1) else {
      throw kernel.malformed("an scf.if without an else side")
    }
    if kernel.isUniform(condition) {
      let outer = b
      var regions: [Region] = []
      var sides: [(builder: Builder, values: [BodyValue])] = []
      for side in [then, otherwise] {
        let region = try kernel.region([]) { _ throws(Diagnostic) in
          var inner = environment
          sides.append((b, try run(side, &inner, loops, mask: mask)))
        }
        regions.append(region)
      }
      // What is the same in all lanes on both sides stays a scalar: what is stored once must not become a vector.
      let isScalar = !kernel.hasLanes || sides.allSatisfy { $0.values.allSatisfy(kernel.isUniform) }
      var types: [Type] = []
      for side in sides {
        kernel.b = side.builder
        let values = side.values.map(isScalar ? kernel.scalar : kernel.lanes).map(kernel.bits)
        b.create("scf.yield", values)
        types = values.map(\.type)
      }
      kernel.b = outer
      let made = b.create("scf.if", [kernel.scalar(condition)], results: types, regions: regions)
      return zip(made.results, op.results).map { bits, result in
        let value = kernel.value(bits, result.type)
        return isScalar ? .uniform(value) : .lanes(value)
      }
    }
    let chosen = kernel.lanes(condition)
    if mask == nil, !CheckedRead.comesFromData(op.operand(0), in: op), op.descendants.contains(where: { $0.name == "tensor.extract" }) {
      return try runBySide(op, chosen, then, otherwise, environment, loops)
    }
    return try runMasked(chosen, then, otherwise, environment, loops, mask: mask)
  }

  /// Emits both sides of a condition, each under its mask.
  private func runMasked(
    _ chosen: Value, _ then: Block, _ otherwise: Block, _ environment: [Value: BodyValue], _ loops: [LaneIndex], mask: Value?
  ) throws(Diagnostic) -> [BodyValue] {
    let ones = kernel.lanes(.uniform(b.scalar(1, .i1(context))))
    var thenEnvironment = environment, elseEnvironment = environment
    let thenValues = try run(then, &thenEnvironment, loops, mask: kernel.combined(mask, chosen))
    let elseValues = try run(otherwise, &elseEnvironment, loops, mask: kernel.combined(mask, b.binary("arith.xori", chosen, ones)))
    return zip(thenValues, elseValues).map { x, y in
      .lanes(kernel.select(chosen, kernel.lanes(x), kernel.lanes(y)))
    }
  }

  /// Emits a branch for vectors whose lanes all go one way, and both sides under masks for those in between.
  ///
  /// A condition on positions, as of what is concatenated or has a border, is the same for most vectors. The other side would read far outside of
  /// its tensor, where processors take long even for lanes that are masked.
  private func runBySide(
    _ op: Operation, _ chosen: Value, _ then: Block, _ otherwise: Block, _ environment: [Value: BodyValue], _ loops: [LaneIndex]
  ) throws(Diagnostic) -> [BodyValue] {
    var types: [Type] = []
    func yielding(_ values: () throws(Diagnostic) -> [BodyValue]) throws(Diagnostic) -> Region {
      try kernel.region([]) { _ throws(Diagnostic) in
        let made = try values().map(kernel.lanes).map(kernel.bits)
        types = made.map(\.type)
        b.create("scf.yield", made)
      }
    }
    func side(_ block: Block) throws(Diagnostic) -> Region {
      try yielding { () throws(Diagnostic) in
        var inner = environment
        return try run(block, &inner, loops, mask: nil)
      }
    }
    // Lanes that do not exist go with the others.
    let ones = kernel.lanes(.uniform(b.scalar(1, .i1(context))))
    let all = kernel.laneMask.map { b.binary("arith.ori", chosen, b.binary("arith.xori", $0, ones)) } ?? chosen
    let isAll = b.value("vector.reduction", [all], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<and>", context)!)])
    let isAny = kernel.anyLane(kernel.combined(chosen, kernel.laneMask) ?? chosen)
    let whole = try side(then)
    let rest = try kernel.region([]) { _ throws(Diagnostic) in
      let both = try yielding { () throws(Diagnostic) in
        try runMasked(chosen, then, otherwise, environment, loops, mask: nil)
      }
      let other = try side(otherwise)
      b.create("scf.yield", b.create("scf.if", [isAny], results: types, regions: [both, other]).results)
    }
    let made = b.create("scf.if", [isAll], results: types, regions: [whole, rest])
    return zip(made.results, op.results).map { .lanes(kernel.value($0, $1.type)) }
  }
}
