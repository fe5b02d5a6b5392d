import TesseraDiagnostics

/// What must hold of the names in a model before any node is looked at: each value has one maker.
enum GraphCheck {
  /// Checks the graph, its subgraphs and the functions of `model`.
  static func check(_ model: ModelProto) throws(Diagnostic) {
    guard let graph = model.graph else { return }
    if graph.outputs.isEmpty { throw .noOutputs }
    var names = Names()
    try names.enter(graph)
    var functions: Set<[String]> = []
    for function in model.functions {
      let domain = function.domain == "ai.onnx" ? "" : function.domain
      guard functions.insert([domain, function.name, function.overload]).inserted else { throw .repeatedFunction(function.name) }
      var own = Names()
      for name in function.inputs { try own.define(name, "an input of the function '\(function.name)'") }
      try own.visit(function.nodes)
    }
  }

  /// The names that are defined where the walk is, each with its maker in words.
  ///
  /// The inputs and initializers of a subgraph may hide names around it. What its nodes give may not hide what is defined before the node that has it.
  private struct Names {
    private var makers: [String: (text: String, depth: Int)] = [:]
    /// The names in the order in which they were defined, with who made them before.
    private var order: [(name: String, before: (text: String, depth: Int)?)] = []
    private var depth = 0

    mutating func define(_ name: String, _ maker: @autoclosure () -> String, hides: Bool = false) throws(Diagnostic) {
      if name.isEmpty { return }
      let before = makers[name]
      if let before, !hides || before.depth == depth { throw .twoMakers(name, before.text, maker()) }
      makers[name] = (maker(), depth)
      order.append((name, before))
    }

    /// Defines the names of a graph and those of its nodes' graphs, which end with them.
    mutating func enter(_ graph: GraphProto) throws(Diagnostic) {
      for input in graph.inputs { try define(input.name, "an input of the graph", hides: true) }
      // An input may have an initializer, as what it is if it is not given.
      var defaults = Set(graph.inputs.map(\.name))
      for name in graph.initializers.map(\.name) + graph.sparseInitializers.map(\.name) where defaults.remove(name) == nil {
        try define(name, "an initializer", hides: true)
      }
      try visit(graph.nodes)
    }

    mutating func visit(_ nodes: [NodeProto]) throws(Diagnostic) {
      for node in nodes {
        // The graphs of a node do not see what it gives: a branch often calls its result as the whole is called.
        for attribute in node.attributes {
          for graph in attribute.graph {
            let count = order.count
            depth += 1
            try enter(graph)
            depth -= 1
            for (name, before) in order[count...].reversed() { makers[name] = before }
            order.removeSubrange(count...)
          }
        }
        let shown = node.name.isEmpty ? "a node of \(node.operation)" : "the \(node.operation) node '\(node.name)'"
        for name in node.outputs { try define(name, shown) }
      }
    }
  }
}

extension Diagnostic {
  fileprivate static var noOutputs: Diagnostic { Diagnostic(.invalidInput, "the graph has no outputs") }

  fileprivate static func repeatedFunction(_ name: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the model has the function '\(name)' twice")
  }

  fileprivate static func twoMakers(_ name: String, _ first: String, _ second: String) -> Diagnostic {
    Diagnostic(.invalidInput, "the value '\(name)' is defined twice: by \(first), and by \(second)")
  }
}
