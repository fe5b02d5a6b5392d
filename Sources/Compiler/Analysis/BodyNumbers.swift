import TesseraDiagnostics
import TesseraMLIR

/// Numbers of branches and loops around upstream's elimination of common subexpressions, which compares each of them with all before it that have equal
/// operands: time grows with the square of the branches of one condition. What computes the same has the same number, and only that is compared.
///
/// Before: %y = scf.if %c -> (tensor<?xf32>) {...}
/// After:  %y = scf.if %c -> (tensor<?xf32>) {...} {tessera.body = 4711}, until the passes are done
///
/// Ensures: what the passes do; takes time linear in the operations, and none where there is no control flow.
struct BodyNumbers {
  private static let attribute = "tessera.body"
  let module: Module
  private var numbers: [Value: Int] = [:]

  init(_ module: Module) { self.module = module }

  /// Runs `passes`, which see the numbers as attributes.
  mutating func around(_ passes: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    let functions = module.hostFunctions.filter { $0.descendants.contains(where: Self.isNumbered) }
    for function in functions { _ = number(function, depth: 0) }
    try passes()
    for function in functions {
      for op in function.descendants where Self.isNumbered(op) { op.removeAttribute(Self.attribute) }
    }
  }

  private static func isNumbered(_ op: Operation) -> Bool { op.hasRegions && op.name.hasPrefix("scf.") }

  /// Returns a number of what `op` computes, and numbers its results.
  private mutating func number(_ op: Operation, depth: Int) -> Int {
    var hasher = Hasher()
    hasher.combine(op.nameIdentity)
    for (name, value) in op.attributes {
      hasher.combine(name)
      hasher.combine(value)
    }
    for operand in op.operands { hasher.combine(numbers[operand]) }
    for result in op.results { hasher.combine(result.type) }
    for region in op.regions {
      for block in region.blocks {
        for argument in block.arguments { numbers[argument] = number([depth, argument.number], of: argument.type) }
        for inner in block.operations { hasher.combine(number(inner, depth: depth + 1)) }
      }
    }
    let made = hasher.finalize()
    for result in op.results { numbers[result] = number([made, result.number], of: result.type) }
    if Self.isNumbered(op) { op.setAttribute(Self.attribute, .i64(made, module.context)) }
    return made
  }

  private func number(_ parts: [Int], of type: Type) -> Int {
    var hasher = Hasher()
    hasher.combine(parts)
    hasher.combine(type)
    return hasher.finalize()
  }
}
