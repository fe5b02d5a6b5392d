internal import TesseraDiagnostics
internal import TesseraKernels
internal import TesseraLoopNests
internal import TesseraMLIR

extension NestEmitter {
  /// Emits everything that is computed for one register tile of the shared dimensions, in program order.
  func emitStages(_ tile: RegisterTile) throws(Diagnostic) {
    stored = []
    for i in stackMemory.keys { kept[i] = stackReference(i, tile) }
    try kernel.scope { () throws(Diagnostic) in try emitStagesInScope(tile) }
  }

  private func emitStagesInScope(_ tile: RegisterTile) throws(Diagnostic) {
    for i in nest.ops.indices where isStage(i) {
      let op = nest.ops[i]
      if op.hasReduction {
        try emitReduction(i, tile)
        for place in places(tile, over: nest.sharedDimensions) { try store(i, tile, place) }
      } else if nest.innerDimensions(of: i).isEmpty {
        for place in places(tile, over: nest.sharedDimensions) {
          _ = try evaluate(i, tile, place)
          try store(i, tile, place)
        }
      } else if !stored.contains(i) {
        try emitInnerLoops(i, nest.innerDimensions(of: i)[...], tile)
      }
      stored.formUnion(pendingStores)
      pendingStores = []
    }
  }

  /// Emits the inner loops of the elementwise operation `i`, and stores its results.
  private func emitInnerLoops(_ i: Int, _ inner: ArraySlice<Int>, _ tile: RegisterTile) throws(Diagnostic) {
    try innerLoops(inner, tile) { (tile) throws(Diagnostic) in
      for place in places(tile, over: nest.dimensionOfLoop[i].compactMap { $0 }) {
        _ = try evaluate(i, tile, place)
        if kept[i] == nil { try store(i, tile, place) }
      }
    }
  }

  /// Emits loops over `remaining` dimensions, which stand inside of the tile, around `body`.
  func innerLoops(_ remaining: ArraySlice<Int>, _ tile: RegisterTile, _ body: (RegisterTile) throws(Diagnostic) -> Void) throws(Diagnostic)
  {
    guard let d = remaining.first else { return try body(tile) }
    try loops.split(d, sizes[d]) { position, count throws(Diagnostic) in
      var inner = tile
      inner.index[d] = position
      if d == configuration.lane { inner.index[d]!.stride = 1 }
      inner.count[d] = count
      try innerLoops(remaining.dropFirst(), inner, body)
    }
  }

  /// Stores the results of operation `i` that leave the kernel.
  private func store(_ i: Int, _ tile: RegisterTile, _ place: [Int]) throws(Diagnostic) {
    let op = nest.ops[i]
    let values = try evaluate(i, tile, place)
    for (r, result) in op.operation.results.enumerated() {
      guard let reference = kernel.memory[result] else { continue }
      let place = indices(of: op.outputMaps[r], op: i, tile, place)
      for target in [reference] + (kernel.copies[result] ?? []) { kernel.store(values[r], to: target, at: place) }
    }
  }

  // MARK: reductions

  /// Emits the reduction `i` for all places of the register tile, and remembers the results.
  private func emitReduction(_ i: Int, _ tile: RegisterTile) throws(Diagnostic) {
    let op = nest.ops[i]
    var inner = nest.innerDimensions(of: i)
    let shared = places(tile, over: nest.sharedDimensions)
    if let product = byteProduct(i) { return try emitByteProducts(i, product, tile, inner, shared) }
    if let lane = configuration.lane, let position = inner.firstIndex(of: lane) {
      inner.append(inner.remove(at: position))
      if let operand = unpacked?.operand, operand.op == i, operand.isFlat { inner = [lane] }
      try emitLaneReduction(i, tile, inner, shared)
      return
    }
    let resultCount = op.operation.resultCount
    // A reduction whose loops do not use the lanes' dimension would be uniform; all our results have all the shared dimensions.
    let inLanes = configuration.lane != nil
    var accumulators: [Value] = []
    for place in shared {
      for r in 0..<resultCount {
        let initial = try evaluateOperand(i, op.inputCount + r, tile, place)
        accumulators.append(kernel.bits(inLanes ? kernel.lanes(initial) : kernel.scalar(initial)))
      }
    }
    let results = try reduce(i, inner[...], tile, accumulators) { tile, values throws(Diagnostic) in
      var updated: [Value] = []
      for (p, place) in shared.enumerated() {
        let previous = (0..<resultCount).map { r -> BodyValue in
          let previous = kernel.value(values[p * resultCount + r], op.operation.result(r).type.element)
          return inLanes ? BodyValue.lanes(previous) : .uniform(previous)
        }
        let next = try evaluateBody(i, tile, place, accumulators: previous)
        updated += next.map { kernel.bits(inLanes ? kernel.lanes($0) : kernel.scalar($0)) }
      }
      return updated
    }
    for (p, place) in shared.enumerated() {
      let values = (0..<resultCount).map { r -> BodyValue in
        let result = kernel.value(results[p * resultCount + r], op.operation.result(r).type.element)
        return inLanes ? .lanes(result) : .uniform(result)
      }
      remember(values, key(i, place))
    }
  }

  /// The length of the loop over inner dimension `d`: that of all of them together where shared values lie flat.
  private func length(of d: Int) -> Bound {
    guard d == configuration.lane, let operand = unpacked?.operand, operand.isFlat else { return sizes[d] }
    return .constant(operand.innerCount)
  }

  /// Emits the loops over `remaining` inner dimensions with the accumulators carried.
  func reduce(
    _ i: Int, _ remaining: ArraySlice<Int>, _ tile: RegisterTile, _ accumulators: [Value],
    _ body: (RegisterTile, [Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    guard let d = remaining.first else { return try body(tile, accumulators) }
    return try loops.split(d, length(of: d), carrying: accumulators) { position, count, carried throws(Diagnostic) in
      var inner = tile
      inner.index[d] = position
      if d == configuration.lane { inner.index[d]!.stride = 1 }
      inner.count[d] = count
      var values = carried
      // An unrolled reduction dimension is computed step after step.
      if d != configuration.lane, count > 1 {
        for k in 0..<count {
          var one = inner
          one.index[d] = position.adding(k)
          one.count[d] = 1
          values = try kernel.scope { () throws(Diagnostic) in try reduce(i, remaining.dropFirst(), one, values, body) }
        }
        return values
      }
      return try reduce(i, remaining.dropFirst(), inner, values, body)
    }
  }

  /// Emits a reduction along the lanes: partial results in vectors, combined at the end.
  private func emitLaneReduction(_ i: Int, _ tile: RegisterTile, _ inner: [Int], _ shared: [[Int]]) throws(Diagnostic) {
    let op = nest.ops[i]
    let lane = configuration.lane!
    guard let combiner = Combiner(op) else {
      throw kernel.malformed("a reduction along the lanes that is no known combiner")
    }
    let element = op.operation.result(0).type.element
    let unroll = configuration.unroll[lane, default: 1]
    let neutral = kernel.bits(kernel.lanes(.uniform(combiner.neutral(element, b))))
    let start = [Value](repeating: neutral, count: shared.count * unroll)
    // Fewer elements than lanes: the lanes without one are the same in each step, and become neutral once, behind all steps.
    let count = length(of: lane).asConstant.flatMap { $0 < width ? $0 : nil }
    partialCombiner = combiner
    defer { partialCombiner = nil }
    var partial = try reduce(i, inner[...], tile, start) { tile, values throws(Diagnostic) in
      var updated = values
      for (p, place) in shared.enumerated() {
        for u in 0..<tile.count[lane, default: 1] {
          var at = place
          at[lane] = u
          let old = values[p * unroll + u]
          let new = kernel.bits(kernel.lanes(try evaluateBody(i, tile, at, accumulators: [.lanes(kernel.value(old, element))])[0]))
          let mask = count == nil ? kernel.laneMask : nil
          updated[p * unroll + u] = mask.map { b.value("arith.select", [$0, new, old], type: new.type) } ?? new
        }
      }
      return updated
    }
    if let count {
      let mask = b.value("vector.create_mask", [b.index(count)], type: .vector([width], .i1(context)))
      partial = partial.map { b.value("arith.select", [mask, $0, neutral], type: $0.type) }
    }
    for (p, place) in shared.enumerated() {
      var sum = widened(kernel.value(partial[p * unroll], element))
      for u in 1..<max(unroll, 1) where u < unroll {
        sum = combiner.combinePartial(sum, widened(kernel.value(partial[p * unroll + u], element)), b)
      }
      let initial = kernel.scalar(try evaluateOperand(i, op.inputCount, tile, place))
      var total = combiner.combineLanes(sum, b)
      if total.type != element { total = b.value("arith.truncf", [total], type: element) }
      remember([.uniform(combiner.combine(total, initial, b))], key(i, place))
    }
  }

  /// A vector of 16-bit floats as f32, in which most processors alone can combine its lanes; any other vector as it is.
  private func widened(_ vector: Value) -> Value {
    let element = vector.type.element
    guard element.isFloat && element.bitWidth == 16 else { return vector }
    return b.value("arith.extf", [vector], type: kernel.withElement(vector.type, .f32(context)))
  }
}
