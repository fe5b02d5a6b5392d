import Diagnostics
import Dialects
import MLIR

/// One step of the pipeline, with a contract of what stands in the IR after it.
public struct Phase: Sendable {
  /// The name by which users dump, stop after and run it.
  public let name: String
  /// One line for the help.
  public let summary: String
  /// Changes the compilation in place.
  let run: @Sendable (Compilation) throws(Diagnostic) -> Void
}

/// Checks that only known operations stand in a module: the context would let any name pass.
struct BoundaryVerifier {
  private static let dialects: Set<String> = [
    "builtin", "func", "ml_program", "tensor", "linalg", "arith", "math", "complex", "scf", "cf", "affine", "bufferization", "ub",
  ]

  /// Throws a compiler bug that names `phase` if the module is not valid after it.
  static func verify(_ module: Module, after phase: String) throws(Diagnostic) {
    guard module.operation.verify() else {
      throw Diagnostic(
        .compilerBug, id: "invalidIR",
        "the IR is not valid after phase '\(phase)': \(module.context.takeErrorText(fallback: "no reason given"))")
    }
    let executables = module.executables
    // Names of operations of which nothing more is to be checked.
    var plain = Set<UnsafeRawPointer?>()
    for op in module.operation.descendants where !plain.contains(op.nameIdentity) {
      if let dispatch = DispatchOp(op) {
        try dispatch.verify(executables)
      } else if let set = SetEncodingOp(op) {
        // Encodings are gone once the target is known.
        guard phase == "global-optimization" else { throw .unsupportedOperation(op, phase) }
        try set.verify()
      } else if let list = ListOp(op) {
        try list.verify()
      } else if let string = StringOp(op) {
        try string.verify()
      } else if RowOps.names.contains(op.name) {
        try RowOps.verify(op)
      } else if op.name == ScatterOp.yield {
        // Part of an operation on rows, which has been checked as a whole.
        guard let parent = op.parent, RowOps.names.contains(parent.name) else { throw .unsupportedOperation(op, phase) }
      } else if let unset = UnsetEncodingOp(op) {
        guard phase == "global-optimization" else { throw .unsupportedOperation(op, phase) }
        try unset.verify()
      } else if let dialect = op.name.split(separator: ".").first, !dialects.contains(String(dialect)) {
        throw .unsupportedOperation(op, phase)
      } else {
        plain.insert(op.nameIdentity)
      }
    }
  }
}

extension Diagnostic {
  /// An operation outside of the dialects that Tessera compiles.
  static func unsupportedOperation(_ op: Operation, _ phase: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "operation '\(op.name)' is not supported", location: op.location.sourceNames.joined(separator: ", "),
      notes: ["found after phase '\(phase)'"], help: "supported are the dialects func, linalg, tensor, arith, math, scf, complex and tosa")
  }
}
