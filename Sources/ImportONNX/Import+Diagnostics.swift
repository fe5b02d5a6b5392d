import TesseraDiagnostics
import TesseraGraphs

extension Diagnostic {
  static func unknownOperators(_ list: [UnknownOperator]) -> Diagnostic {
    let nodes = list.reduce(0) { $0 + $1.nodes.count }
    let notes = list.map { unknown in
      let domain = unknown.domain.isEmpty ? "ai.onnx" : unknown.domain
      let version = unknown.version.map { "opset \($0)" } ?? "whose opset the model does not import"
      let since = OperatorTable.oldestVersion(unknown.operation, unknown.domain).map { "; supported from opset \($0)" } ?? ""
      let shown = unknown.nodes.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let more = unknown.nodes.count > 3 ? " and \(unknown.nodes.count - 3) more" : ""
      return
        "\(unknown.operation) (\(domain), \(version)\(since)): \(unknown.nodes.count == 1 ? "node" : "\(unknown.nodes.count) nodes") \(shown)\(more)"
    }
    return Diagnostic(
      .unsupported,
      list.count == 1
        ? "the model uses an operator that is not supported, in \(nodes == 1 ? "one node" : "\(nodes) nodes")"
        : "the model uses \(list.count) operators that are not supported, in \(nodes) nodes",
      notes: notes)
  }

  static func untypedInput(_ name: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the input '\(name)' of the graph has no type")
  }

  static func notATensor(_ name: String, _ kind: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the input '\(name)' of the graph is a \(kind): only tensors, sequences and optionals of tensors are supported")
  }

  static func unrankedInput(_ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "the input '\(name)' of the graph has no shape: its rank must be known",
      help: "export the model with the shapes of its inputs")
  }

  static func impossibleInput(_ name: String, _ axis: Int, _ size: Int64) -> Diagnostic {
    Diagnostic(.invalidInput, "the input '\(name)' has the impossible size \(size) in dimension \(axis)")
  }

  static func rankTooHigh(_ name: String, _ rank: Int) -> Diagnostic {
    Diagnostic(.unsupported, "'\(name)' has \(rank) dimensions: at most \(GraphTensor.rankLimit) are supported")
  }

  static func undefinedValue(_ name: String, node: String, operation: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the \(operation) node '\(node)' uses '\(name)', which nothing before it defines", location: node)
  }

  static func listResult(_ name: String, _ declared: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the output '\(name)' is declared to be of the type \(declared), but the graph gives something else")
  }

  static func undefinedOutput(_ name: String) -> Diagnostic {
    Diagnostic(.invalidInput, "nothing defines the output '\(name)'")
  }

  static func impossibleValue(_ name: String, _ type: String, by maker: String) -> Diagnostic {
    Diagnostic(.invalidInput, "\(maker) gives '\(name)' the impossible type \(type)")
  }

  static func tooManyNodes(_ limit: Int) -> Diagnostic {
    Diagnostic(.unsupported, "the model has more than \(limit) nodes once its functions are expanded")
  }

  static func functionsTooDeep(_ name: String) -> Diagnostic {
    Diagnostic(
      .unsupported, "functions of the model call each other deeper than \(OperatorLibrary.callLimit), where '\(name)' is called")
  }

  static func recursiveFunctions(_ names: [String]) -> Diagnostic {
    Diagnostic(.invalidInput, "the functions of the model call themselves: \(names.map { "'\($0)'" }.joined(separator: " calls "))")
  }

  static func tooManyArguments(_ node: String, _ function: String, _ count: Int, _ limit: Int) -> Diagnostic {
    Diagnostic(
      .invalidInput, "the \(function) node '\(node)' has \(count) inputs, but the function takes \(limit)", location: node)
  }
}
