public import Diagnostics
public import Files
import MLIR

/// What was found out about a model without compiling it: what is not supported, and what would be slow.
public struct ModelSurvey: Sendable {
  /// Something about one node.
  public struct Finding: Sendable, Equatable {
    /// What it means for the user.
    public enum Kind: String, Sendable { case unsupported, invalid, slow }
    public var kind: Kind
    /// The operator; empty for what is about the model as a whole.
    public var operation: String
    public var domain: String
    /// The operator set; `nil` if the model does not import the domain.
    public var version: Int?
    /// The name of the node.
    public var node: String
    /// One clause.
    public var reason: String
  }

  /// The operator sets that the model uses, by domain.
  public internal(set) var operatorSets: [(domain: String, version: Int)] = []
  public internal(set) var nodeCount = 0
  public internal(set) var operatorCount = 0
  /// Nodes that could not be looked at, since what they read comes from one that is not supported and has no type in the file.
  public internal(set) var skippedCount = 0
  public internal(set) var findings: [Finding] = []
  /// Remarks about the model.
  public internal(set) var notes: [String] = []
}

/// Looks at every node of the ONNX model at `path`, and compiles nothing. Throws where the file itself cannot be read.
public func surveyONNX(path: String, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ModelSurvey {
  try ModelImporter(ModelFile(path: path), Context(), options).survey()
}

/// Looks at every node of an ONNX model that has been read.
public func surveyONNX(_ file: FileBytes, options: ImportOptions = ImportOptions()) throws(Diagnostic) -> ModelSurvey {
  try ModelImporter(ModelFile(file), Context(), options).survey()
}

/// The operators that there are, with the oldest operator set of each and what its operands must be (`any` where it depends on the operand).
public func supportedOperators() -> [(name: String, domain: String, since: Int, operands: String)] {
  OperatorTable.rows.map { ($0.name, $0.domain.isEmpty ? "ai.onnx" : $0.domain, $0.since, $0.operands?.rawValue ?? "any") }
}
