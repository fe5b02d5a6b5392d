import TesseraDiagnostics
import TesseraGraphs

extension Diagnostic {
  /// All operators that are not supported, with the names of those who are of their kind.
  static func unknownOperators(_ list: [(code: OperatorCode, nodes: [String])]) -> Diagnostic {
    let nodes = list.reduce(0) { $0 + $1.nodes.count }
    let notes = list.map { code, nodes in
      let known = OperatorTable.row(anyVersion: code).map { "; supported up to version \($0.version)" } ?? ""
      let kind = code.isCustom ? "custom" : "version \(code.version)\(known)"
      let shown = nodes.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let more = nodes.count > 3 ? " and \(nodes.count - 3) more" : ""
      return "\(code.name) (\(kind)): \(nodes.count == 1 ? "node" : "\(nodes.count) nodes") \(shown)\(more)"
    }
    return Diagnostic(
      .unsupported,
      list.count == 1
        ? "the model uses an operator that is not supported, in \(nodes == 1 ? "one node" : "\(nodes) nodes")"
        : "the model uses \(list.count) operators that are not supported, in \(nodes) nodes",
      notes: notes)
  }

  static func missingOutput(_ node: Node, _ i: Int) -> Diagnostic { node.diagnostic(.invalidInput, "lacks its output \(i)") }

  static func undefinedTensor(_ name: String, node: String, operation: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the \(operation) node '\(node)' uses '\(name)', which nothing before it defines", location: node)
  }

  static func undefinedOutput(_ name: String) -> Diagnostic { Diagnostic(.invalidInput, "nothing defines the output '\(name)'") }

  static func wrongOptions(_ node: Node, _ found: String, _ expected: String) -> Diagnostic {
    node.diagnostic(.invalidInput, "has the options \(found): expected \(expected)")
  }

  static func wrongResultType(_ node: Node, _ record: TensorRecord, _ type: ElementType) -> Diagnostic {
    node.diagnostic(.invalidInput, "gives '\(record.name)' as \(type.name), but the file says that it is \(record.type.name)")
  }

  static func wrongOutputCount(_ node: Node, expected: Int) -> Diagnostic {
    node.diagnostic(.invalidInput, "has \(node.record.outputs.count) outputs: expected \(expected)")
  }

  static func tooManyNodes(_ limit: Int) -> Diagnostic {
    Diagnostic(.unsupported, "the model has more than \(limit) nodes once its subgraphs are expanded")
  }

  static func rankTooHigh(_ name: String, _ rank: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(name)' has \(rank) dimensions: at most \(GraphTensor.rankLimit) are supported")
  }

  static func impossibleValue(_ name: String, _ type: String, by maker: String) -> Diagnostic {
    Diagnostic(.invalidInput, "\(maker) gives '\(name)' the impossible type \(type)")
  }
}
