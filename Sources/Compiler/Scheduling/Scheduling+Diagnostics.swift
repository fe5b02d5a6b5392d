import TesseraDiagnostics
import TesseraMLIR

extension Diagnostic {
  /// The user's names for where `operation` came from.
  private static func place(_ operation: Operation) -> String? {
    let names = operation.location.sourceNames
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  /// An operation that scheduling does not know stands in a host function.
  static func unsupportedHostOperation(_ operation: Operation, _ reason: String? = nil) -> Diagnostic {
    Diagnostic(
      .unsupported, "'\(operation.name)' is not supported in the host program" + (reason.map { ": \($0)" } ?? ""),
      location: place(operation))
  }

  /// The IR breaks the contract of the phases before.
  static func schedulingBug(_ operation: Operation, _ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "scheduling: '\(operation.name)' \(reason)", location: place(operation), notes: [operation.text()])
  }

  /// A host function breaks the contract of the phases before.
  static func schedulingBug(function: String, _ reason: String) -> Diagnostic {
    Diagnostic(.compilerBug, "scheduling: function '\(function)' \(reason)")
  }

  /// A type has no form in module files.
  static func unsupportedType(_ type: Type, in function: String) -> Diagnostic {
    Diagnostic(.unsupported, "tensors of type '\(type)' in function '\(function)' are not supported at run time")
  }
}
