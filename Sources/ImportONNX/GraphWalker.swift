import Diagnostics
import MLIR

/// Imports nodes in order, and keeps the values by name.
final class GraphWalker {
  /// ONNX has no bound; kernels have loops, and no model comes near it.
  static let rankLimit = 32
  /// Functions that call functions multiply; more nodes than this are an attack.
  private static let nodeLimit = 2_000_000

  let file: ModelFile
  let library: OperatorLibrary
  let importer: GraphImporter
  /// The values by their names in the graph (or function) under import.
  var scope: [String: Tensor] = [:]
  /// The operator sets of the graph or function under import.
  private(set) var opsets: [String: Int]
  private var nodeCount = 0
  private(set) var callDepth = 0
  /// What is found in the model, where it is only looked at.
  private let survey: Survey?
  /// How many regions the nodes at hand are in; what is wrong in one is noted for the node that has it.
  private var regionDepth = 0

  init(file: ModelFile, library: OperatorLibrary, importer: GraphImporter, survey: Survey? = nil) {
    self.file = file
    self.library = library
    self.importer = importer
    self.survey = survey
    opsets = library.opsets
  }

  /// Binds `name` to `tensor`, whose shape is checked.
  func bind(_ name: String, _ tensor: Tensor, by maker: String) throws(Diagnostic) {
    guard tensor.rank <= Self.rankLimit else { throw .rankTooHigh(name, tensor.rank) }
    guard Type.isPossible(tensor.shape.compactMap(\.known)) else { throw .impossibleValue(name, tensor.description, by: maker) }
    tensor.name = name
    scope[name] = tensor
  }

  /// Binds the weights of `graph`.
  func bindInitializers(_ graph: GraphProto) throws(Diagnostic) {
    for initializer in graph.initializers {
      try bind(initializer.name, try file.tensor(initializer, name: initializer.name), by: "the file")
    }
  }

  /// Imports `nodes`; `prefix` stands before the names of nodes of a function's body.
  func run(_ nodes: [NodeProto], prefix: String) throws(Diagnostic) {
    var ordinals: [String: Int] = [:]
    for proto in NodeOrder.sorted(nodes, isDefined: { scope[$0] != nil }) {
      nodeCount += 1
      guard nodeCount <= Self.nodeLimit else { throw .tooManyNodes(Self.nodeLimit) }
      let ordinal = ordinals[proto.operation, default: 0]
      ordinals[proto.operation] = ordinal + 1
      let label = prefix + (proto.name.isEmpty ? "\(proto.operation)_\(ordinal)" : proto.name)
      if let survey, regionDepth == 0 { look(at: proto, label, survey) } else { try importNode(proto, label) }
    }
  }

  /// Imports a node, and binds its results.
  func importNode(_ proto: NodeProto, _ label: String) throws(Diagnostic) {
    var inputs: [Tensor?] = []
    for name in proto.inputs {
      if name.isEmpty {
        inputs.append(nil)
        continue
      }
      guard let tensor = scope[name] else { throw .undefinedValue(name, node: label, operation: proto.operation) }
      inputs.append(tensor)
    }
    let results: [Tensor]
    if let function = library.function(proto) {
      results = try call(function, proto, inputs, label)
    } else {
      guard let version = opsets[proto.canonicalDomain], let row = OperatorTable.row(proto, version) else {
        throw .unknownOperators([
          UnknownOperator(
            operation: proto.operation, domain: proto.canonicalDomain, version: opsets[proto.canonicalDomain], nodes: [label])
        ])
      }
      importer.builder.location = .name(label, importer.context)
      let node = Node(importer: importer, walker: self, proto: proto, opset: version, label: label, inputs: inputs)
      if !row.takesSequences, let sequence = inputs.compactMap({ $0 }).first(where: \.isContainer) {
        throw .wrongType(node, sequence, expected: "a tensor")
      }
      for (i, input) in inputs.enumerated() {
        if let input, input.elementType.isSmall, !row.takesSmallType(i) { throw .smallType(node, input) }
        if let input, input.elementType == .string, !row.takesStrings(i) { throw .stringOperand(node, input) }
        if let input, input.mayBeScalar, !row.takesOpenRank(i) { throw .openRank(node, input) }
      }
      try OperatorSignature.check(node, row)
      if let operands = row.operands {
        for case let tensor? in inputs { try node.require(tensor, operands) }
      }
      if let moved = try QuantizedMovement.results(node, row) { results = moved } else { results = try row.lower(node) }
      // What is broadcast with a vector is one, whatever the rank of the other.
      let hasOpenRank = row.isBroadcasting && !inputs.contains { $0.map { !$0.mayBeScalar && $0.rank > 0 } ?? false }
      if hasOpenRank, inputs.contains(where: { $0?.mayBeScalar == true }) { for result in results { result.mayBeScalar = true } }
      if let survey, let remark = SlowOperators.remark(node, results) { survey.addSlow(remark, node) }
    }
    for (name, tensor) in zip(proto.outputs, results) where !name.isEmpty { try bind(name, tensor.renamed(), by: "the node '\(label)'") }
  }

  /// What a node must leave as it was where its import fails.
  struct State {
    fileprivate let scope: [String: Tensor]
    fileprivate let opsets: [String: Int]
    fileprivate let callDepth: Int
    fileprivate let unknown: Set<String>?
  }

  /// The state between nodes.
  var state: State {
    get { State(scope: scope, opsets: opsets, callDepth: callDepth, unknown: survey?.unknown) }
    set {
      (scope, opsets, callDepth) = (newValue.scope, newValue.opsets, newValue.callDepth)
      if let unknown = newValue.unknown { survey?.unknown = unknown }
    }
  }

  /// Imports the body of `function` with the inputs and attributes of a call.
  private func call(_ function: FunctionProto, _ proto: NodeProto, _ inputs: [Tensor?], _ label: String) throws(Diagnostic) -> [Tensor] {
    guard callDepth < OperatorLibrary.callLimit else { throw .recursiveFunction(function.name) }
    callDepth += 1
    let outer = (scope, opsets)
    scope = [:]
    for (name, tensor) in zip(function.inputs, inputs) { scope[name] = tensor }
    opsets = OperatorLibrary.versions(function.opsets).merging(opsets) { own, _ in own }
    let outerUnknown = survey?.unknown
    survey?.unknown = []
    var nodes = function.nodes
    for i in nodes.indices { nodes[i].resolveAttributes(of: proto, defaults: function.attributeDefaults) }
    try run(nodes, prefix: label + "/")
    var results: [Tensor] = []
    for name in function.outputs {
      if survey?.unknown.contains(name) == true { throw .partOfSurvey }
      guard let tensor = scope[name] else { throw .undefinedOutput(name) }
      results.append(tensor)
    }
    (scope, opsets) = outer
    if let outerUnknown { survey?.unknown = outerUnknown }
    callDepth -= 1
    return results
  }

  /// Imports `graph`, a subgraph that sees the values around it, with its inputs bound to `inputs`, and returns its outputs.
  func inline(_ graph: GraphProto, inputs: [Tensor] = [], label: String) throws(Diagnostic) -> [Tensor] {
    let outer = scope
    let location = importer.builder.location
    regionDepth += 1
    defer { regionDepth -= 1 }
    for (input, tensor) in zip(graph.inputs, inputs) { try bind(input.name, tensor.renamed(), by: "the node '\(label)'") }
    try bindInitializers(graph)
    try run(graph.nodes, prefix: label + "/")
    var results: [Tensor] = []
    for output in graph.outputs {
      guard let tensor = scope[output.name] else { throw .undefinedOutput(output.name) }
      results.append(tensor)
    }
    scope = outer
    importer.builder.location = location
    return results
  }
}

extension NodeProto {
  /// The domain, with the alias of the default domain resolved.
  var canonicalDomain: String { domain == "ai.onnx" ? "" : domain }

  /// Replaces references to attributes of the enclosing function by their values in the call `node`.
  fileprivate mutating func resolveAttributes(of node: NodeProto, defaults: [AttributeProto]) {
    attributes = attributes.compactMap { attribute in
      guard !attribute.referencedName.isEmpty else { return attribute }
      let source = node.attributes.first { $0.name == attribute.referencedName } ?? defaults.first { $0.name == attribute.referencedName }
      guard var value = source else { return nil }
      value.name = attribute.name
      return value
    }
  }
}

extension Tensor {
  /// A tensor that may get a name of its own: this one, or a copy if it is known under another.
  fileprivate func renamed() -> Tensor {
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
