import TesseraDiagnostics

/// What is done about nodes that cannot be imported, and what is learned of those that are.
protocol WalkPolicy: AnyObject {
  /// Takes note of a node that was imported, by `row`.
  func imported(_ node: Node, _ row: OperatorRow)
  /// Ends the import with an error, or returns: then it goes on with what the model declares of the node's results. What reads a result of which
  /// nothing is declared fails as `unknownOperand`.
  func failed(_ node: NodeProto, _ label: String, _ version: Int?, _ error: Diagnostic) throws(Diagnostic)
}

/// An import of all nodes: what fails first ends it.
final class CompleteImport: WalkPolicy {
  func imported(_ node: Node, _ row: OperatorRow) {}
  func failed(_ node: NodeProto, _ label: String, _ version: Int?, _ error: Diagnostic) throws(Diagnostic) { throw error }
}

extension Diagnostic {
  /// A node that reads what another one could not give.
  static func unknownOperand(_ node: String, _ operation: String, _ name: String) -> Diagnostic {
    Diagnostic(.unsupported, "the \(operation) node '\(node)' needs '\(name)', of which nothing is known", location: node)
  }

  /// A call of a function in which a node could not give the result.
  static func unknownResult(_ node: String, _ operation: String, _ name: String) -> Diagnostic {
    Diagnostic(.unsupported, "the \(operation) node '\(node)' gives '\(name)', of which nothing is known", location: node)
  }

  /// `true` iff another node is to blame, about which there is a diagnostic.
  var isConsequence: Bool { id == "unknownOperand" || id == "unknownResult" }
}
