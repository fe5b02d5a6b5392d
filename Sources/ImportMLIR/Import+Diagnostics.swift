import TesseraDiagnostics
import TesseraMLIR

extension Operation {
  /// The user's names for where this came from.
  fileprivate var place: String? {
    let names = location.sourceNames
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}

extension Diagnostic {
  static func unreadableMLIR(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is not a valid MLIR module: \(reason)")
  }

  /// Text that upstream's parser would take too long for, or not survive.
  static func textLimit(_ path: String, _ line: Int, _ reason: String) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(path)' is not MLIR that can be read: \(reason)", location: "\(path):\(line)")
  }

  static func impossibleTensor(_ type: Type, _ operation: Operation) -> Diagnostic {
    Diagnostic(.invalidInput, "'\(operation.name)' has a tensor of the impossible type \(type)", location: operation.place)
  }

  /// Operations of unknown dialects, or of dialects that tensor programs do not have.
  static func unsupportedOperations(_ findings: Findings) -> Diagnostic {
    let count = findings.entries.count
    return Diagnostic(
      .unsupported, count == 1 ? "the operation '\(findings.entries[0].name)' is not supported" : "\(count) operations are not supported",
      location: count == 1 ? findings.entries[0].place : nil, notes: count == 1 ? [] : findings.lines, help: InputOperations.supported)
  }

  /// Types of values that programs on tensors do not have.
  static func unsupportedTypes(_ findings: Findings) -> Diagnostic {
    let count = findings.entries.count
    return Diagnostic(
      .unsupported,
      count == 1 ? "values of the type '\(findings.entries[0].name)' are not supported" : "values of \(count) types are not supported",
      location: count == 1 ? findings.entries[0].place : nil, notes: count == 1 ? [] : findings.lines,
      help: "supported are tensors of known rank, integers of up to 64 bits, floats of 4 to 64, complex numbers of f32 and f64, and indices"
    )
  }

  /// A function that is declared and never defined.
  static func functionWithoutBody(_ name: String, _ operation: Operation) -> Diagnostic {
    Diagnostic(
      .unsupported, "the function '\(name)' has no body", location: operation.place,
      help: "functions of other programs cannot be called: define it in this module, or remove it")
  }

  /// Functions that call each other in a circle.
  static func recursion(_ names: [String], _ call: Operation) -> Diagnostic {
    let circle = (names + names.prefix(1)).map { "'\($0)'" }.joined(separator: " calls ")
    return Diagnostic(
      .unsupported, "recursion is not supported: \(circle)", location: call.place, help: "write it as a loop, such as scf.while")
  }

  static func unsupportedTOSA(_ path: String, _ reason: String, _ operation: Operation? = nil) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(path)' has a TOSA operation that cannot be lowered to linalg: \(reason)", location: operation?.place)
  }
}
