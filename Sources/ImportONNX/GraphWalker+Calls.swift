import TesseraDiagnostics
import TesseraGraphs

/// Functions of the model, and subgraphs of its nodes.
extension GraphWalker {
  /// Imports the body of `function` with the inputs and attributes of a call; inputs that the call leaves out, its nodes leave out too.
  func call(_ function: FunctionProto, _ proto: NodeProto, _ inputs: [GraphTensor?], _ label: String) throws(Diagnostic) -> [GraphTensor] {
    guard callDepth < OperatorLibrary.callLimit else { throw .functionsTooDeep(function.name) }
    guard inputs.count <= function.inputs.count else {
      throw .tooManyArguments(label, proto.operation, inputs.count, function.inputs.count)
    }
    var nodes = function.nodes
    for i in nodes.indices { nodes[i].resolveAttributes(of: proto, defaults: function.attributeDefaults) }
    var results: [GraphTensor] = []
    try inside(Frame(OperatorLibrary.versions(function.opsets).merging(opsets) { own, _ in own })) { () throws(Diagnostic) in
      for (i, name) in function.inputs.enumerated() {
        if i < inputs.count, let tensor = inputs[i] { set(name, tensor) } else { frame.absent.insert(name) }
      }
      try run(nodes, prefix: label + "/")
      for name in function.outputs {
        if frame.unknown.contains(name) { throw .unknownResult(label, proto.operation, name) }
        guard let tensor = value(name) else { throw .undefinedOutput(name) }
        results.append(tensor)
      }
    }
    return results
  }

  /// Imports `graph`, a subgraph that sees the values around it, with its inputs bound to `inputs`, and returns its outputs.
  func inline(_ proto: GraphProto, inputs: [GraphTensor] = [], label: String) throws(Diagnostic) -> [GraphTensor] {
    let location = graph.builder.location
    regionDepth += 1
    defer { regionDepth -= 1 }
    return try binding { () throws(Diagnostic) in
      for (input, tensor) in zip(proto.inputs, inputs) { try bind(input.name, tensor.renamed(), by: "the node '\(label)'") }
      try bindInitializers(proto, except: Set(proto.inputs.prefix(inputs.count).map(\.name)))
      try run(proto.nodes, prefix: label + "/")
      var results: [GraphTensor] = []
      for output in proto.outputs {
        guard let tensor = value(output.name) else { throw .undefinedOutput(output.name) }
        results.append(tensor)
      }
      graph.builder.location = location
      return results
    }
  }
}

extension NodeProto {
  /// The domain, with the alias of the default domain resolved.
  var canonicalDomain: String { domain == "ai.onnx" ? "" : domain }

  /// All names that the node and its subgraphs read.
  var allInputs: [String] {
    inputs + attributes.flatMap { $0.graph.flatMap { $0.nodes.flatMap(\.allInputs) + $0.outputs.map(\.name) } }
  }

  /// Replaces references to attributes of the enclosing function, those in subgraphs too, by their values in the call `node`.
  fileprivate mutating func resolveAttributes(of node: NodeProto, defaults: [AttributeProto]) {
    attributes = attributes.compactMap { attribute in
      guard !attribute.referencedName.isEmpty else {
        var own = attribute
        for proto in own.graph.indices {
          for i in own.graph[proto].nodes.indices { own.graph[proto].nodes[i].resolveAttributes(of: node, defaults: defaults) }
        }
        return own
      }
      let source = node.attributes.first { $0.name == attribute.referencedName } ?? defaults.first { $0.name == attribute.referencedName }
      guard var value = source else { return nil }
      value.name = attribute.name
      return value
    }
  }
}
