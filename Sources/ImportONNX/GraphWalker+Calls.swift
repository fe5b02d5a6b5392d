import Diagnostics

/// Functions of the model, and subgraphs of its nodes.
extension GraphWalker {
  /// Imports the body of `function` with the inputs and attributes of a call; inputs that the call leaves out, its nodes leave out too.
  func call(_ function: FunctionProto, _ proto: NodeProto, _ inputs: [Tensor?], _ label: String) throws(Diagnostic) -> [Tensor] {
    guard callDepth < OperatorLibrary.callLimit else { throw .functionsTooDeep(function.name) }
    guard inputs.count <= function.inputs.count else {
      throw .tooManyArguments(label, proto.operation, inputs.count, function.inputs.count)
    }
    let outerUnknown = survey?.unknown
    survey?.unknown = []
    var nodes = function.nodes
    for i in nodes.indices { nodes[i].resolveAttributes(of: proto, defaults: function.attributeDefaults) }
    var results: [Tensor] = []
    try inside(Frame(OperatorLibrary.versions(function.opsets).merging(opsets) { own, _ in own })) { () throws(Diagnostic) in
      for (i, name) in function.inputs.enumerated() {
        if i < inputs.count, let tensor = inputs[i] { set(name, tensor) } else { frame.absent.insert(name) }
      }
      try run(nodes, prefix: label + "/")
      for name in function.outputs {
        if survey?.unknown.contains(name) == true { throw .partOfSurvey }
        guard let tensor = value(name) else { throw .undefinedOutput(name) }
        results.append(tensor)
      }
    }
    if let outerUnknown { survey?.unknown = outerUnknown }
    return results
  }

  /// Imports `graph`, a subgraph that sees the values around it, with its inputs bound to `inputs`, and returns its outputs.
  func inline(_ graph: GraphProto, inputs: [Tensor] = [], label: String) throws(Diagnostic) -> [Tensor] {
    let location = importer.builder.location
    regionDepth += 1
    defer { regionDepth -= 1 }
    return try binding { () throws(Diagnostic) in
      for (input, tensor) in zip(graph.inputs, inputs) { try bind(input.name, tensor.renamed(), by: "the node '\(label)'") }
      try bindInitializers(graph, except: Set(graph.inputs.prefix(inputs.count).map(\.name)))
      try run(graph.nodes, prefix: label + "/")
      var results: [Tensor] = []
      for output in graph.outputs {
        guard let tensor = value(output.name) else { throw .undefinedOutput(output.name) }
        results.append(tensor)
      }
      importer.builder.location = location
      return results
    }
  }
}

extension NodeProto {
  /// The domain, with the alias of the default domain resolved.
  var canonicalDomain: String { domain == "ai.onnx" ? "" : domain }

  /// Replaces references to attributes of the enclosing function, those in subgraphs too, by their values in the call `node`.
  fileprivate mutating func resolveAttributes(of node: NodeProto, defaults: [AttributeProto]) {
    attributes = attributes.compactMap { attribute in
      guard !attribute.referencedName.isEmpty else {
        var own = attribute
        for graph in own.graph.indices {
          for i in own.graph[graph].nodes.indices { own.graph[graph].nodes[i].resolveAttributes(of: node, defaults: defaults) }
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

extension Tensor {
  /// A tensor that may get a name of its own: this one, or a copy if it is known under another.
  func renamed() -> Tensor {
    if name.isEmpty { return self }
    let copy = Tensor(name: name, elementType, shape, host: host, constant: constant, value: value)
    copy.origin = origin
    copy.sequence = sequence
    copy.quantized = quantized
    copy.list = list
    copy.isOptional = isOptional
    copy.mayBeScalar = mayBeScalar
    return copy
  }
}
