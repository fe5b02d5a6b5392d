import TesseraDiagnostics
import TesseraDialects
import TesseraMLIR

/// The operations of an input program: those that a lowering of ours or of upstream's knows, on types that programs on tensors have.
///
/// Everything else is an error here, all of it at once, by the user's names: later phases and upstream's passes do not meet it.
struct InputOperations {
  /// Which operations of a dialect there are.
  private enum Names {
    case all
    case only(Set<String>)
    case allBut(Set<String>)
  }

  /// The dialects of programs, with their operations.
  private static let dialects: [String: Names] = [
    "arith": .all, "math": .all, "complex": .all, "tensor": .all, "linalg": .all, "scf": .all, "cf": .all, "tosa": .all,
    "index": .all, "shape": .all,
    "func": .only(["func", "call", "return"]),
    "ml_program": .allBut(["func", "subgraph", "output", "return", "token"]),
    "affine": .only(["apply", "min", "max", "for", "if", "yield", "delinearize_index", "linearize_index"]),
    "bufferization": .only(["alloc_tensor", "dealloc_tensor", "materialize_in_destination"]),
    "ub": .only(["poison"]),
    "builtin": .only([]),
    // Ours, in dumps of phases.
    "flow": .all, "encoding": .all, "list": .all, "strings": .all,
    "rows": .only(Set((Array(RowOps.names) + [ScatterOp.yield]).map { String($0.dropFirst("rows.".count)) })),
  ]

  /// The supported dialects, for messages.
  static let supported =
    "supported are programs on tensors, in the dialects func, linalg, tensor, arith, math, scf, cf, complex, shape, index, ml_program and tosa"

  /// Throws the operations of `module` that cannot be compiled, whatever the rest of it is.
  static func checkNames(in module: Module) throws(Diagnostic) {
    var findings = Findings()
    // Many operations have one name.
    var known = Set<UnsafeRawPointer?>()
    for op in module.operation.descendants where !known.contains(op.nameIdentity) {
      if isKnown(op.name) { known.insert(op.nameIdentity) } else { findings.add(op.name, op) }
    }
    if !findings.isEmpty { throw .unsupportedOperations(findings) }
  }

  /// Throws the types of values that cannot be compiled: those of arguments of functions, or of all values.
  static func checkTypes(in module: Module, onlyArguments: Bool) throws(Diagnostic) {
    var findings = Findings()
    var known = Set<Type>()
    for op in onlyArguments ? module.functions : module.operation.descendants {
      for value in op.results + op.regions.flatMap({ $0.blocks.flatMap(\.arguments) }) where !known.contains(value.type) {
        if isKnown(value.type) { known.insert(value.type) } else { findings.add("\(value.type)", op) }
      }
    }
    if !findings.isEmpty { throw .unsupportedTypes(findings) }
  }

  private static func isKnown(_ name: String) -> Bool {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, let names = dialects[parts[0]] else { return false }
    return switch names {
    case .all: true
    case .only(let names): names.contains(parts[1])
    case .allBut(let names): !names.contains(parts[1])
    }
  }

  /// `true` iff values of programs on tensors may have the type.
  private static func isKnown(_ type: Type) -> Bool {
    if type.isTensor {
      // Ours are dictionaries, in dumps of phases.
      let isOwn = type.encoding.map { "\($0)".hasPrefix("{") } ?? true
      return isOwn && isElement(type.element)
    }
    return isElement(type) || type.isList || shapes.contains { "\(type)".hasPrefix($0) }
  }

  /// The prefixes of shape types, which lowerings remove.
  private static let shapes = ["!tosa.shape<", "!shape."]

  /// `true` iff kernels and the host program compute with numbers of the type: integers that fit 64 bits, the floats of models, pairs of two of them.
  private static func isElement(_ type: Type) -> Bool {
    if type.isComplex { return type.complexElement.isFloat && [32, 64].contains(type.complexElement.bitWidth) }
    if type.isFloat { return [4, 6, 8, 16, 32, 64].contains(type.bitWidth) }
    return type.isIndex || type.isInteger && (1...64).contains(type.bitWidth ?? 0)
  }
}
