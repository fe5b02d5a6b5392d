import Diagnostics
import MLIR

/// Choices and loops by conditions that are known at run time only.
extension KernelEmitter {
  /// Emits `body` into a block of its own, with arguments of the types, and returns its region. What is computed there is known there only.
  func region(_ types: [Type], _ body: ([Value]) throws(Diagnostic) -> Void) throws(Diagnostic) -> Region {
    let region = Region.create(), outer = b
    let block = region.appendBlock(types, outer.location)
    b = Builder(context, at: block, location: outer.location)
    scopes.append([:])
    defer {
      scopes.removeLast()
      b = outer
    }
    try body(block.arguments)
    return region
  }

  /// Emits `scf.if`: the value, of type `type`, of one of two sides.
  func choose(
    _ condition: Value, _ type: Type, _ then: () throws(Diagnostic) -> Value, else other: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    let first = try region([]) { _ throws(Diagnostic) in b.create("scf.yield", [try then()]) }
    let second = try region([]) { _ throws(Diagnostic) in b.create("scf.yield", [try other()]) }
    return b.create("scf.if", [condition], results: [type], regions: [first, second]).result(0)
  }

  /// Emits a loop that runs `body`, from values to their next ones, as long as the condition holds before it; returns the last values.
  func loopWhile(
    _ initial: [Value], _ condition: ([Value]) -> Value, body: ([Value]) throws(Diagnostic) -> [Value]
  ) throws(Diagnostic) -> [Value] {
    let types = initial.map(\.type)
    let before = try region(types) { values throws(Diagnostic) in b.create("scf.condition", [condition(values)] + values) }
    let after = try region(types) { values throws(Diagnostic) in b.create("scf.yield", try body(values)) }
    return b.create("scf.while", initial, results: types, regions: [before, after]).results
  }

  /// Emits a loop that runs `body`, from values to whether it goes on with the next ones, at least once; returns the last values.
  @discardableResult func repeatWhile(
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
}
