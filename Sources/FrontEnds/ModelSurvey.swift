/// The findings about a model without compiling it: unsupported operators, and slow ones.
public struct ModelSurvey: Sendable {
  /// Something about one node.
  public struct Finding: Sendable, Equatable {
    /// The consequence for the user.
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

    package init(kind: Kind, operation: String, domain: String, version: Int?, node: String, reason: String) {
      (self.kind, self.operation, self.domain, self.version, self.node, self.reason) = (kind, operation, domain, version, node, reason)
    }
  }

  /// The operator sets that the model uses, by domain.
  public package(set) var operatorSets: [(domain: String, version: Int)] = []
  /// What a version of an operator is called: ONNX has those of operator sets, `opset`; `nil` where operators have none.
  public package(set) var versionWord: String? = "opset"
  public package(set) var nodeCount = 0
  public package(set) var operatorCount = 0
  /// Nodes that could not be looked at, since what they read comes from one that is not supported and has no type in the file.
  public package(set) var skippedCount = 0
  public package(set) var findings: [Finding] = []
  /// Remarks about the model.
  public package(set) var notes: [String] = []

  package init() {}
}
