package import TesseraDiagnostics
package import TesseraMLIR

/// Loops and choices.
extension KernelBuilder {
  /// Emits `scf.for` from `lower` to `upper`; one iteration, when that is known, becomes no loop.
  package func loop(
    _ lower: Bound, _ upper: Bound, step: Int, carrying initial: [Value] = [],
    _ body: (LaneIndex, [Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    if case .constant(let from) = lower, case .constant(let to) = upper {
      if from >= to { return initial }
      if to - from <= step {
        return try scope { () throws(Diagnostic) in try body(.constant(from), initial) }
      }
    }
    let multiple = lower.asConstant.map { $0 == 0 ? step : greatestCommonDivisor(abs($0), step) } ?? 1
    let region = try region([.index(context)] + initial.map(\.type)) { arguments throws(Diagnostic) in
      b.create("scf.yield", try body(LaneIndex(dynamic: arguments[0], divisor: multiple), Array(arguments[1...])))
    }
    let operation = b.create(
      "scf.for", [lower.value(b), upper.value(b), b.index(step)] + initial, results: initial.map(\.type), regions: [region])
    return operation.results
  }

  /// Emits `body` into a block of its own, with arguments of the types, and returns its region. What is computed there is known there only.
  package func region(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Void) throws(Diagnostic) -> Region {
    let region = Region.create(), outer = b
    let block = region.appendBlock(types, outer.location)
    b = Builder(context, at: block, location: outer.location)
    defer { b = outer }
    try scope { () throws(Diagnostic) in try body(block.arguments) }
    return region
  }

  /// Emits `scf.if`: the value, of type `type`, of one of two sides.
  package func choose(
    _ condition: Value, _ type: Type, _ then: () throws(Diagnostic) -> Value, else other: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    let first = try region([]) { _ throws(Diagnostic) in b.create("scf.yield", [try then()]) }
    let second = try region([]) { _ throws(Diagnostic) in b.create("scf.yield", [try other()]) }
    return b.create("scf.if", [condition], results: [type], regions: [first, second]).result(0)
  }

  /// Emits a loop that runs `body`, from values to their next ones, as long as the condition holds before it; returns the last values.
  package func loopWhile(
    _ initial: [Value], _ condition: ([Value]) -> Value, body: ([Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    let types = initial.map(\.type)
    let before = try region(types) { values throws(Diagnostic) in b.create("scf.condition", [condition(values)] + values) }
    let after = try region(types) { values throws(Diagnostic) in b.create("scf.yield", try body(values)) }
    return b.create("scf.while", initial, results: types, regions: [before, after]).results
  }

  /// Emits a loop that runs `body`, from values to whether it goes on with the next ones, at least once; returns the last values.
  @discardableResult
  package func repeatWhile(
    _ initial: [Value], _ body: ([Value]) throws(Diagnostic) -> (isMore: Value, values: [Value])
  ) throws(Diagnostic) -> [Value] {
    let types = initial.map(\.type)
    let before = try region(types) { values throws(Diagnostic) in
      let next = try body(values)
      b.create("scf.condition", [next.isMore] + next.values)
    }
    let after = try region(types) { values throws(Diagnostic) in b.create("scf.yield", values) }
    return b.create("scf.while", initial, results: types, regions: [before, after]).results
  }

  // MARK: work

  /// What this workgroup has to do of `total` pieces of work: those from `first` up to `last`.
  package func share(of total: Bound) -> (first: Bound, last: Bound) {
    let (id, count) = machine.workgroup(b)
    let all = total.value(b)
    if traits.indexBits < 64 {
      // No product that may be too large: the first of them have one more.
      let whole = b.binary("arith.divui", all, count), rest = b.binary("arith.remui", all, count)
      let first = b.plus(b.times(whole, id), b.binary("arith.minui", id, rest))
      return (.value(first), .value(b.plus(b.plus(first, whole), b.select(b.compare(.unsignedLess, id, rest), b.index(1), b.index(0)))))
    }
    let first = b.binary("arith.divui", b.binary("arith.muli", all, id), count)
    let next = b.binary("arith.addi", id, b.index(1))
    let last = b.binary("arith.divui", b.binary("arith.muli", all, next), count)
    return (.value(first), .value(last))
  }

  // MARK: sizes

  package func ceilDivide(_ bound: Bound, _ divisor: Int) -> Bound {
    switch bound {
    case .constant(let c): .constant((c + divisor - 1) / divisor)
    case .value(let v): divisor == 1 ? bound : .value(b.binary("arith.ceildivui", v, b.index(divisor)))
    }
  }

  package func add(_ x: Bound, _ y: Bound) -> Bound {
    switch (x, y) {
    case (.constant(let p), .constant(let q)): .constant(p + q)
    case (.constant(0), _): y
    case (_, .constant(0)): x
    default: .value(b.binary("arith.addi", x.value(b), y.value(b)))
    }
  }

  package func multiply(_ x: Bound, _ y: Bound) -> Bound {
    switch (x, y) {
    case (.constant(let p), .constant(let q)): .constant(p * q)
    case (.constant(1), _): y
    case (_, .constant(1)): x
    default: .value(b.binary("arith.muli", x.value(b), y.value(b)))
    }
  }
}
