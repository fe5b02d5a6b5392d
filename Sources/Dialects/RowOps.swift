public import Diagnostics
public import MLIR

/// The dialect `rows`: operations that work on rows of tensors as wholes. They have the form of a `linalg.generic`, but no body.
public enum RowOps {
  /// The names of its operations.
  public static let names: Set<String> = [SortOp.name, SelectOp.name]

  /// Checks `operation` if it is one of them.
  public static func verify(_ operation: Operation) throws(Diagnostic) {
    try SortOp(operation)?.verify()
    try SelectOp(operation)?.verify()
  }
}

extension Operation {
  /// `true` iff this may be a structured operation, by its name.
  public var isStructured: Bool {
    let name = name
    return name == "linalg.generic" || RowOps.names.contains(name)
  }
}
