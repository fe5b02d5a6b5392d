import Diagnostics
import LoopNests
import MLIR

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

  /// `place` with 0 where the map does not use the dimension: loads at such places are the same.
  func restricted(_ place: [Int], to map: AffineMap, op i: Int) -> [Int] {
    var copy = [Int](repeating: 0, count: place.count)
    for (loop, dimension) in nest.dimensionOfLoop[i].enumerated() {
      if let dimension, map.results.contains(where: { $0.uses(dimension: loop) }) { copy[dimension] = place[dimension] }
    }
    return copy
  }

  /// A scalar from outside of the bodies: an argument or a constant.
  func outside(_ value: Value) -> BodyValue {
    if let known = scalarValues[value] { return value.type.isIndex ? .index(LaneIndex(dynamic: known)) : .uniform(known) }
    let constant = value.definingOperation!.attribute("value")!
    if value.type.isIndex { return .index(.constant(constant.integerValue!)) }
    return .uniform(b.constant(constant))
  }

  /// The indices that `map` gives at a place of the register tile.
  func indices(of map: AffineMap, op i: Int, _ tile: RegisterTile, _ place: [Int]) -> [TensorIndex] {
    let loops = nest.dimensionOfLoop[i].map { d -> LaneIndex in d.map { tile.index($0, place, configuration) } ?? .constant(0) }
    return map.results.map { apply($0, loops.map(TensorIndex.affine)) }
  }

  /// Evaluates an affine expression.
  func apply(_ expression: AffineExpression, _ loops: [TensorIndex]) -> TensorIndex {
    func vector(_ i: TensorIndex) -> Value {
      switch i {
      case .affine(let a): a.vector(width: width, b)
      case .scattered(let v): v
      }
    }
    func general(_ name: String, _ x: TensorIndex, _ y: TensorIndex) -> TensorIndex {
      if case .affine(let p) = x, case .affine(let q) = y, p.isUniform, q.isUniform {
        return .affine(LaneIndex(dynamic: b.binary(name, p.base(b), q.base(b))))
      }
      return .scattered(b.binary(name, vector(x), vector(y)))
    }
    switch expression.kind {
    case .dimension(let d): return loops[d]
    case .symbol(let s): return loops[s]
    case .constant(let c): return .affine(.constant(c))
    case .add(let x, let y):
      let p = apply(x, loops), q = apply(y, loops)
      if case .affine(let a) = p, case .affine(let c) = q { return .affine(a.adding(c, b)) }
      return general("arith.addi", p, q)
    case .multiply(let x, let y):
      let p = apply(x, loops), q = apply(y, loops)
      if case .affine(let a) = p, case .affine(let c) = q {
        if c.dynamic == nil && c.isUniform { return .affine(a.multiplied(by: c.constant, b)) }
        if a.dynamic == nil && a.isUniform { return .affine(c.multiplied(by: a.constant, b)) }
      }
      return general("arith.muli", p, q)
    case .floorDivide(let x, let y): return divide(apply(x, loops), apply(y, loops), remainder: false, general)
    case .modulo(let x, let y): return divide(apply(x, loops), apply(y, loops), remainder: true, general)
    case .ceilDivide(let x, let y): return general("arith.ceildivsi", apply(x, loops), apply(y, loops))
    }
  }

  /// Division of an index (never negative here) by a constant: all lanes stay in one tile where the vector is aligned and narrow enough.
  private func divide(
    _ x: TensorIndex, _ y: TensorIndex, remainder: Bool, _ general: (String, TensorIndex, TensorIndex) -> TensorIndex
  ) -> TensorIndex {
    if case .affine(let a) = x, case .affine(let c) = y, c.dynamic == nil, c.isUniform, c.constant > 0 {
      let by = c.constant
      if a.dynamic == nil, a.isUniform { return .affine(.constant(remainder ? a.constant % by : a.constant / by)) }
      if a.isUniform || (a.stride == 1 && by % width == 0 && a.isMultiple(of: width)) {
        if a.dynamic == nil || a.divisor % by == 0 {
          let quotient = a.dynamic.map { b.binary("arith.divui", $0, b.index(by)) }
          if remainder { return .affine(LaneIndex(dynamic: nil, constant: a.constant % by, stride: a.stride)) }
          return .affine(LaneIndex(dynamic: quotient, constant: a.constant / by, divisor: max(1, a.divisor / by)))
        }
        let base = a.base(b)
        if remainder {
          let alignment = a.stride == 1 ? width : 1
          return .affine(LaneIndex(dynamic: b.binary("arith.remui", base, b.index(by)), stride: a.stride, divisor: alignment))
        }
        return .affine(LaneIndex(dynamic: b.binary("arith.divui", base, b.index(by))))
      }
    }
    return general(remainder ? "arith.remui" : "arith.divui", x, y)
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
    let loops = nest.dimensionOfLoop[i].map { d -> LaneIndex in d.map { tile.index($0, place, configuration) } ?? .constant(0) }
    return try run(op.body, &environment, loops, mask: nil)
  }

  /// Emits the operations of `block` and returns what its terminator yields. `mask` has the lanes in which the block is executed.
  private func run(_ block: Block, _ environment: inout [Value: BodyValue], _ loops: [LaneIndex], mask: Value?) throws(Diagnostic)
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
      case "linalg.yield", "scf.yield":
        return op.operands.map(read)
      case "linalg.index":
        environment[op.result(0)] = .index(loops[op.attribute("dim")!.integerValue!])
      case "arith.constant":
        let value = op.attribute("value")!
        environment[op.result(0)] = op.result(0).type.isIndex ? .index(.constant(value.integerValue!)) : .uniform(b.constant(value))
      case "affine.apply":
        let map = op.attribute("map")!.affineMapValue!
        // Symbols follow the dimensions among the operands.
        let operands = op.operands.map { tensorIndex(read($0)) }
        var dimensions = operands
        if map.symbolCount > 0 { dimensions = Array(operands[map.dimensionCount...]) }
        let expression = map.results[0]
        environment[op.result(0)] = bodyValue(
          map.symbolCount == 0 ? apply(expression, operands) : map.dimensionCount == 0 ? apply(expression, dimensions) : try mixed(op))
      case "tensor.extract":
        environment[op.result(0)] = extract(op, op.operands.dropFirst().map { tensorIndex(read($0)) }, mask: mask)
      case "tensor.dim":
        let axis = scalarConstant(read(op.operand(1)))
        let size = memory[op.operand(0)]!.shape[axis]
        environment[op.result(0)] = .index(size.asConstant.map(LaneIndex.constant) ?? LaneIndex(dynamic: size.value(b)))
      case "scf.if":
        let values = try runIf(op, read(op.operand(0)), &environment, loops, mask: mask)
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
        environment[op.result(0)] = try fused(op, read) ?? elementwise(op, op.operands.map(read))
      default:
        for (result, value) in zip(op.results, [try ordinary(op, op.operands.map(read))]) { environment[result] = value }
      }
    }
    return []
  }

  /// `true` iff `value` is the argument of a body that stands for what was combined so far.
  private func isAccumulator(_ value: Value) -> Bool {
    guard let generic = value.owningBlock?.parent, let op = StructuredOp(generic) else { return false }
    return value.number >= op.inputCount
  }

  private func mixed(_ op: Operation) throws(Diagnostic) -> TensorIndex {
    throw .malformedExecutable(source.function.symbolName ?? "?", "an affine.apply with both dimensions and symbols")
  }

  private func scalarConstant(_ value: BodyValue) -> Int {
    if case .index(let i) = value, i.dynamic == nil { return i.constant }
    return 0
  }

  /// `true` iff the product is only used by one addition in the same block, which then becomes a fused multiply-add.
  private func isFusable(_ op: Operation) -> Bool {
    let uses = op.result(0).uses
    return uses.count == 1 && uses[0].operation.name == "arith.addf" && uses[0].operation.block == op.block
      && (op.result(0).type.bitWidth ?? 0) >= 32
  }

  /// The fused multiply-add for an addition of which an operand is a product that was left for it.
  private func fused(_ op: Operation, _ read: (Value) -> BodyValue) throws(Diagnostic) -> BodyValue? {
    for (k, operand) in op.operands.enumerated() {
      guard let product = operand.definingOperation, product.name == "arith.mulf", product.block == op.block, isFusable(product) else {
        continue
      }
      let parts = [read(product.operand(0)), read(product.operand(1)), read(op.operand(1 - k))]
      if parts.allSatisfy(isUniform) { return .uniform(b.value("math.fma", parts.map(scalar), type: op.result(0).type)) }
      let values = parts.map(lanes)
      return .lanes(b.value("math.fma", values, type: values[0].type))
    }
    return nil
  }

  /// Emits any other operation: index arithmetic, mathematical functions, and whatever works element by element.
  private func ordinary(_ op: Operation, _ operands: [BodyValue]) throws(Diagnostic) -> BodyValue {
    if op.resultCount != 1 || !op.regions.isEmpty {
      throw .malformedExecutable(source.function.symbolName ?? "?", "'\(op.name)' cannot stand in the body of a structured operation")
    }
    if op.result(0).type.isIndex, let index = indexArithmetic(op, operands) { return .index(index) }
    if let number = numberBeforeNarrowing(op, operands) { return number }
    if op.name == "arith.index_cast" || op.name == "arith.index_castui", op.result(0).type.isIndex, case .uniform(let v) = operands[0] {
      return .index(LaneIndex(dynamic: b.value(op.name, [v], type: .index(context))))
    }
    if op.name.hasPrefix("math.") {
      let uniform = operands.allSatisfy(isUniform)
      let values = operands.map(uniform ? scalar : lanes)
      if let expanded = emitMath(
        op.name, values, b, hasFusedMultiplyAdd: unit.hasFMA, scalesExponents: unit.scalesExponents,
        mayApproximate: op.mayApproximate && !unit.isStrict)
      {
        return uniform ? .uniform(expanded) : .lanes(expanded)
      }
    }
    if op.name == "arith.divf", !isRounded(op), let product = multiplyByReciprocal(operands) { return product }
    return elementwise(op, operands)
  }

  /// A division of all lanes by one number becomes a multiplication by its reciprocal, which is computed once: at most 1 ulp more error.
  private func multiplyByReciprocal(_ operands: [BodyValue]) -> BodyValue? {
    guard case .lanes(let dividend) = operands[0], case .uniform(let divisor) = operands[1],
      divisor.definingOperation?.name != "arith.constant"
    else { return nil }
    let reciprocal = b.binary("arith.divf", b.scalar(1, divisor.type), divisor)
    return .lanes(b.binary("arith.mulf", dividend, lanes(.uniform(reciprocal))))
  }

  /// `true` iff the result of `op` is rounded to an integer (a quantized value): there an error of 1 ulp may become one of 1.
  private func isRounded(_ op: Operation) -> Bool {
    op.result(0).uses.contains { use in
      ["math.roundeven", "math.round", "math.floor", "math.ceil", "math.trunc", "arith.fptosi", "arith.fptoui"].contains(use.operation.name)
    }
  }

  /// Copies an operation that works element by element, on scalars where all operands are uniform, else on vectors.
  private func elementwise(_ op: Operation, _ operands: [BodyValue]) -> BodyValue {
    let uniform = operands.allSatisfy(isUniform)
    var values = operands.map(uniform ? scalar : lanes)
    let type = uniform || configuration.lane == nil ? op.result(0).type : .vector([width], op.result(0).type)
    if Self.integerDivisions.contains(op.name) { values[1] = divisor(of: op, values) }
    if op.name == "arith.truncf", op.operand(0).type.bitWidth == 64, op.result(0).type.bitWidth == 16 {
      values[0] = roundedToOdd(values[0])
    }
    let made =
      op.name == "arith.select" ? select(values[0], values[1], values[2]) : b.value(op.name, values, type: type, attributes: op.attributes)
    return uniform ? .uniform(made) : .lanes(made)
  }

  /// Sums, differences and products of indices that stay affine in the lane.
  private func indexArithmetic(_ op: Operation, _ operands: [BodyValue]) -> LaneIndex? {
    guard operands.count == 2, case .affine(let x) = tensorIndex(operands[0]), case .affine(let y) = tensorIndex(operands[1]) else {
      return nil
    }
    switch op.name {
    case "arith.addi": return x.adding(y, b)
    case "arith.subi":
      if y.dynamic == nil && y.isUniform { return x.adding(-y.constant) }
      return x.adding(y.multiplied(by: -1, b), b)
    case "arith.muli":
      if y.dynamic == nil && y.isUniform { return x.multiplied(by: y.constant, b) }
      if x.dynamic == nil && x.isUniform { return y.multiplied(by: x.constant, b) }
      return nil
    default: return nil
    }
  }

  func tensorIndex(_ value: BodyValue) -> TensorIndex {
    switch value {
    case .index(let i): .affine(i)
    case .uniform(let v): .affine(LaneIndex(dynamic: v))
    case .lanes(let v): .scattered(v)
    }
  }

  private func bodyValue(_ index: TensorIndex) -> BodyValue {
    switch index {
    case .affine(let i): .index(i)
    case .scattered(let v): .lanes(v)
    }
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
        let region = Region.create()
        b = Builder(context, at: region.appendBlock([], outer.location), location: outer.location)
        scopes.append([:])
        var inner = environment
        sides.append((b, try run(side, &inner, loops, mask: mask)))
        scopes.removeLast()
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
    let ones = lanes(.uniform(b.scalar(1, .i1(context))))
    var thenEnvironment = environment, elseEnvironment = environment
    let thenValues = try run(then, &thenEnvironment, loops, mask: combined(mask, chosen))
    let elseValues = try run(otherwise, &elseEnvironment, loops, mask: combined(mask, b.binary("arith.xori", chosen, ones)))
    return zip(thenValues, elseValues).map { x, y in
      .lanes(select(chosen, lanes(x), lanes(y)))
    }
  }
}
