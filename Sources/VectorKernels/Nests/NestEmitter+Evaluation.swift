internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

/// The values of operations, on demand: what is remembered, what is loaded, and what bodies yield.
extension NestEmitter {
  /// The values of operation `i` at a place of the register tile: remembered, loaded, or computed now.
  func evaluate(_ i: Int, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) -> [BodyValue] {
    let key = key(i, place)
    if let found = remembered(key) { return found }
    let op = nest.ops[i]
    if op.hasReduction { throw kernel.malformed("a reduction is read before it is computed") }
    let values: [BodyValue]
    if stored.contains(i), let reference = kept[i] {
      values = [kernel.load(reference, at: indices(of: op.outputMaps[0], op: i, tile, place), mask: nil)]
    } else {
      values = try evaluateBody(i, tile, place, accumulators: nil)
      if let reference = kept[i] {
        let place = indices(of: op.outputMaps[0], op: i, tile, place)
        for target in [reference] + (kernel.copies[op.operation.result(0)] ?? []) { kernel.store(values[0], to: target, at: place) }
        pendingStores.insert(i)
      }
    }
    remember(values, key)
    return values
  }

  /// The value of operand `operand` of operation `i` at a place of the register tile.
  func evaluateOperand(_ i: Int, _ operand: Int, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) -> BodyValue {
    let op = nest.ops[i]
    let value = op.operation.operand(operand)
    if let p = nest.producer[value] { return try evaluate(p, tile, place)[value.number] }
    if !value.type.isTensor { return kernel.outside(value) }
    if let definition = value.definingOperation {
      if definition.name == "tensor.empty" { return .uniform(b.scalar(0, value.type.element)) }
      if definition.name == "arith.constant" {
        guard let splat = definition.attribute("value")?.splatValue else {
          throw kernel.malformed("a constant that is not the same everywhere")
        }
        return .uniform(b.constant(splat))
      }
    }
    let key = key(i, restricted(place, to: op.maps[operand], op: i), operand: operand)
    if let found = remembered(key) { return found[0] }
    if let square = loadTransposed(i, operand, tile, place) { return square }
    prefetch(i, operand, tile, place)
    let loaded = kernel.load(kernel.memory[value]!, at: indices(of: op.maps[operand], op: i, tile, place), mask: nil)
    remember([loaded], key)
    return loaded
  }

  /// Emits the body of operation `i` at a place of the register tile. `accumulators` are the values of the outputs in a reduction.
  func evaluateBody(_ i: Int, _ tile: RegisterTile, _ place: [Int], accumulators: [BodyValue]?) throws(Diagnostic) -> [BodyValue] {
    let op = nest.ops[i]
    let shared = unpacked.flatMap { $0.operand.op == i ? $0 : nil }
    var environment = shared.map { loadUnpacked($0.operand, $0.memory, tile, place) } ?? [:]
    let part = shared?.operand.multiplying
    for (k, argument) in op.body.arguments.enumerated() where part?.arguments.contains(argument) ?? argument.hasUses {
      if k >= op.inputCount, let accumulators {
        environment[argument] = accumulators[k - op.inputCount]
      } else {
        environment[argument] = try evaluateOperand(i, k, tile, place)
      }
    }
    let loops = loopIndices(i, tile, place)
    return try BodyEmitter(kernel, combiner: partialCombiner).run(op.body, &environment, loops, mask: nil, part: part)
  }

  // MARK: places

  /// The index of each loop of operation `i` at a place of the register tile.
  func loopIndices(_ i: Int, _ tile: RegisterTile, _ place: [Int]) -> [LaneIndex] {
    nest.dimensionOfLoop[i].map { d in d.map { tile.index($0, place, configuration) } ?? .constant(0) }
  }

  /// The indices that `map` gives at a place of the register tile.
  func indices(of map: AffineMap, op i: Int, _ tile: RegisterTile, _ place: [Int]) -> [TensorIndex] {
    let loops = loopIndices(i, tile, place).map(TensorIndex.affine)
    return map.results.map { kernel.apply($0, loops) }
  }

  /// `place` with 0 where the map does not use the dimension: loads at such places are the same.
  func restricted(_ place: [Int], to map: AffineMap, op i: Int) -> [Int] {
    var copy = [Int](repeating: 0, count: place.count)
    for (loop, dimension) in nest.dimensionOfLoop[i].enumerated() {
      if let dimension, map.results.contains(where: { $0.uses(dimension: loop) }) { copy[dimension] = place[dimension] }
    }
    return copy
  }

  /// All places of a register tile, in the order of the loops.
  func places(_ tile: RegisterTile, over dimensions: [Int]) -> [[Int]] {
    var list = [[Int](repeating: 0, count: nest.dimensions.count)]
    for d in dimensions {
      list = list.flatMap { place in
        (0..<tile.count[d, default: 1]).map { i in
          var copy = place
          copy[d] = i
          return copy
        }
      }
    }
    return list
  }

  /// The key under which the value of operation `i` (or of one of its operands) at `place` is remembered.
  ///
  /// Only the dimensions of its result count: all of an elementwise operation, the shared ones of a reduction.
  func key(_ i: Int, _ place: [Int], operand: Int? = nil) -> MemoKey {
    let isReduced = operand == nil && nest.ops[i].hasReduction
    var own = [Int](repeating: 0, count: place.count)
    for case let d? in nest.dimensionOfLoop[i] where !isReduced || nest.dimensions[d].isShared { own[d] = place[d] }
    return MemoKey(op: i, operand: operand ?? -1, place: own)
  }
}
