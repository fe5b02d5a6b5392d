import Diagnostics
import Dialects
import LoopNests
import MLIR

/// The values of operations, on demand: what is remembered, what is loaded, and what bodies yield, conditions included.
extension KernelEmitter {
  /// The values of operation `i` at a place of the register tile: remembered, loaded, or computed now.
  func evaluate(_ i: Int, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) -> [BodyValue] {
    let key = key(i, place)
    for scope in scopes.reversed() { if let found = scope[key] { return found } }
    let op = nest.ops[i]
    if op.hasReduction { throw .malformedExecutable(source.function.symbolName ?? "?", "a reduction is read before it is computed") }
    let values: [BodyValue]
    if stored.contains(i), let reference = kept[i] {
      values = [load(reference, at: indices(of: op.outputMaps[0], op: i, tile, place), mask: nil)]
    } else {
      values = try evaluateBody(i, tile, place, accumulators: nil)
      if let reference = kept[i] {
        let place = indices(of: op.outputMaps[0], op: i, tile, place)
        for target in [reference] + (copies[op.operation.result(0)] ?? []) { store(values[0], to: target, at: place) }
        pendingStores.insert(i)
      }
    }
    scopes[scopes.count - 1][key] = values
    return values
  }

  /// The value of operand `operand` of operation `i` at a place of the register tile.
  func evaluateOperand(_ i: Int, _ operand: Int, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) -> BodyValue {
    let op = nest.ops[i]
    let value = op.operation.operand(operand)
    if let p = nest.producer[value] { return try evaluate(p, tile, place)[value.number] }
    if !value.type.isTensor { return outside(value) }
    if let definition = value.definingOperation {
      if definition.name == "tensor.empty" { return .uniform(b.scalar(0, value.type.element)) }
      if definition.name == "arith.constant" {
        guard let splat = definition.attribute("value")?.splatValue else {
          throw .malformedExecutable(source.function.symbolName ?? "?", "a constant that is not the same everywhere")
        }
        return .uniform(b.constant(splat))
      }
    }
    let key = key(i, restricted(place, to: op.maps[operand], op: i), operand: operand)
    for scope in scopes.reversed() { if let found = scope[key] { return found[0] } }
    if let square = loadTransposed(i, operand, tile, place) { return square }
    prefetch(i, operand, tile, place)
    let loaded = load(memory[value]!, at: indices(of: op.maps[operand], op: i, tile, place), mask: nil)
    scopes[scopes.count - 1][key] = [loaded]
    return loaded
  }

  /// A scalar from outside of the bodies: an argument or a constant.
  func outside(_ value: Value) -> BodyValue {
    if let known = scalarValues[value] { return value.type.isIndex ? .index(LaneIndex(dynamic: known)) : .uniform(known) }
    let constant = value.definingOperation!.attribute("value")!
    if value.type.isIndex { return .index(.constant(constant.integerValue!)) }
    return .uniform(b.constant(constant))
  }

  // MARK: bodies

  /// Emits the body of operation `i` at a place of the register tile. `accumulators` are the values of the outputs in a reduction.
  func evaluateBody(_ i: Int, _ tile: RegisterTile, _ place: [Int], accumulators: [BodyValue]?) throws(Diagnostic) -> [BodyValue] {
    let op = nest.ops[i]
    var environment: [Value: BodyValue] = [:]
    for (k, argument) in op.body.arguments.enumerated() where argument.hasUses {
      if k >= op.inputCount, let accumulators {
        environment[argument] = accumulators[k - op.inputCount]
      } else {
        environment[argument] = try evaluateOperand(i, k, tile, place)
      }
    }
    return try run(op.body, &environment, loopIndices(i, tile, place), mask: nil)
  }

  /// Emits the operations of `block` and returns what its terminator yields. `mask` has the lanes in which the block is executed.
  func run(_ block: Block, _ environment: inout [Value: BodyValue], _ loops: [LaneIndex], mask: Value?) throws(Diagnostic)
    -> [BodyValue]
  {
    func read(_ value: Value) -> BodyValue {
      if let known = environment[value] { return known }
      // A product that was left for a fused multiply-add, and is needed by itself.
      if let product = value.definingOperation, product.block == block, product.name == "arith.mulf" {
        let made = elementwise(product, product.operands.map(read))
        environment[value] = made
        return made
      }
      return outside(value)
    }
    for op in block.operations {
      switch op.name {
      case "linalg.yield", "scf.yield", "scf.condition", ScatterOp.yield:
        return op.operands.map(read)
      case "linalg.index":
        environment[op.result(0)] = .index(loops[op.attribute("dim")!.integerValue!])
      case "arith.constant":
        let value = op.attribute("value")!
        environment[op.result(0)] = op.result(0).type.isIndex ? .index(.constant(value.integerValue!)) : .uniform(b.constant(value))
      case "affine.apply":
        environment[op.result(0)] = bodyValue(try applyMap(of: op, op.operands.map { tensorIndex(read($0)) }))
      case "tensor.extract":
        environment[op.result(0)] = extract(op, op.operands.dropFirst().map { tensorIndex(read($0)) }, mask: mask)
      case "tensor.dim":
        let axis = scalarConstant(read(op.operand(1)))
        let size = memory[op.operand(0)]!.shape[axis]
        environment[op.result(0)] = .index(size.asConstant.map(LaneIndex.constant) ?? LaneIndex(dynamic: size.value(b)))
      case "cf.assert": check(op, read(op.operand(0)), mask: mask)
      case "scf.if":
        let values = try runIf(op, read(op.operand(0)), &environment, loops, mask: mask)
        for (result, value) in zip(op.results, values) { environment[result] = value }
      case "scf.for", "scf.while":
        let operands = op.operands.map(read)
        let values =
          op.name == "scf.for" ? try runFor(op, operands, environment, loops) : try runWhile(op, operands, environment, loops)
        for (result, value) in zip(op.results, values) { environment[result] = value }
      case "arith.mulf" where hasFMA && isFusable(op):
        continue
      case "arith.maxnumf", "arith.minnumf":
        let partial = op.operands.first(where: isAccumulator), next = op.operands.first { !isAccumulator($0) }
        if let partialCombiner, partialCombiner.name == op.name, let partial, let next {
          environment[op.result(0)] = .lanes(partialCombiner.combinePartial(lanes(read(partial)), lanes(read(next)), b))
        } else {
          environment[op.result(0)] = elementwise(op, op.operands.map(read))
        }
      case "arith.addf" where hasFMA:
        environment[op.result(0)] = fused(op, read) ?? elementwise(op, op.operands.map(read))
      default:
        let value = try ordinary(op, op.operands.map(read))
        environment[op.result(0)] = value
      }
    }
    return []
  }

  /// `true` iff `value` is the argument of a body that stands for what was combined so far.
  private func isAccumulator(_ value: Value) -> Bool {
    guard let generic = value.owningBlock?.parent, let op = StructuredOp(generic) else { return false }
    return value.number >= op.inputCount
  }

  /// The number that an index is known to be.
  private func scalarConstant(_ value: BodyValue) -> Int {
    if case .index(let i) = value, i.dynamic == nil { return i.constant }
    return 0
  }

  // MARK: conditions

  /// Emits `scf.if`: a branch where the condition is the same in all lanes, else both sides, each under its mask.
  private func runIf(
    _ op: Operation, _ condition: BodyValue, _ environment: inout [Value: BodyValue], _ loops: [LaneIndex], mask: Value?
  ) throws(Diagnostic) -> [BodyValue] {
    guard op.regions.count == 2, let then = op.body(0), let otherwise = op.body(1) else {
      throw .malformedExecutable(source.function.symbolName ?? "?", "an scf.if without an else side")
    }
    if isUniform(condition) {
      let outer = b
      var regions: [Region] = []
      var sides: [(builder: Builder, values: [BodyValue])] = []
      for side in [then, otherwise] {
        let region = try region([]) { _ throws(Diagnostic) in
          var inner = environment
          sides.append((b, try run(side, &inner, loops, mask: mask)))
        }
        regions.append(region)
      }
      // What is the same in all lanes on both sides stays a scalar: what is stored once must not become a vector.
      let isScalar = configuration.lane == nil || sides.allSatisfy { $0.values.allSatisfy(isUniform) }
      var types: [Type] = []
      for side in sides {
        b = side.builder
        let values = side.values.map(isScalar ? scalar : lanes)
        b.create("scf.yield", values)
        types = values.map(\.type)
      }
      b = outer
      let made = b.create("scf.if", [scalar(condition)], results: types, regions: regions)
      return made.results.map { isScalar ? .uniform($0) : .lanes($0) }
    }
    let chosen = lanes(condition)
    if mask == nil, !CheckedRead.comesFromData(op.operand(0), in: op), op.descendants.contains(where: { $0.name == "tensor.extract" }) {
      return try runBySide(chosen, then, otherwise, environment, loops)
    }
    return try runMasked(chosen, then, otherwise, environment, loops, mask: mask)
  }

  /// Emits both sides of a condition, each under its mask.
  private func runMasked(
    _ chosen: Value, _ then: Block, _ otherwise: Block, _ environment: [Value: BodyValue], _ loops: [LaneIndex], mask: Value?
  ) throws(Diagnostic) -> [BodyValue] {
    let ones = lanes(.uniform(b.scalar(1, .i1(context))))
    var thenEnvironment = environment, elseEnvironment = environment
    let thenValues = try run(then, &thenEnvironment, loops, mask: combined(mask, chosen))
    let elseValues = try run(otherwise, &elseEnvironment, loops, mask: combined(mask, b.binary("arith.xori", chosen, ones)))
    return zip(thenValues, elseValues).map { x, y in
      .lanes(select(chosen, lanes(x), lanes(y)))
    }
  }

  /// Emits a branch for vectors whose lanes all go one way, and both sides under masks for those in between.
  ///
  /// A condition on positions, as of what is concatenated or has a border, is the same for most vectors. The other side would read far outside of
  /// its tensor, where processors take long even for lanes that are masked.
  private func runBySide(
    _ chosen: Value, _ then: Block, _ otherwise: Block, _ environment: [Value: BodyValue], _ loops: [LaneIndex]
  ) throws(Diagnostic) -> [BodyValue] {
    var types: [Type] = []
    func yielding(_ values: () throws(Diagnostic) -> [BodyValue]) throws(Diagnostic) -> Region {
      try region([]) { _ throws(Diagnostic) in
        let made = try values().map(lanes)
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
    let ones = lanes(.uniform(b.scalar(1, .i1(context))))
    let all = laneMask.map { b.binary("arith.ori", chosen, b.binary("arith.xori", $0, ones)) } ?? chosen
    let isAll = b.value("vector.reduction", [all], type: .i1(context), attributes: [("kind", Attribute("#vector.kind<and>", context)!)])
    let isAny = anyLane(combined(chosen, laneMask) ?? chosen)
    let whole = try side(then)
    let rest = try region([]) { _ throws(Diagnostic) in
      let both = try yielding { () throws(Diagnostic) in
        try runMasked(chosen, then, otherwise, environment, loops, mask: nil)
      }
      let other = try side(otherwise)
      b.create("scf.yield", b.create("scf.if", [isAny], results: types, regions: [both, other]).results)
    }
    return b.create("scf.if", [isAll], results: types, regions: [whole, rest]).results.map { .lanes($0) }
  }
}
