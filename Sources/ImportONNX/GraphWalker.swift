import TesseraDiagnostics
import TesseraGraphs
import TesseraMLIR
import TesseraModuleFormat

/// Imports nodes in order, and keeps the values by name.
final class GraphWalker {
  /// Functions that call functions multiply; more nodes than this are an attack.
  private static let nodeLimit = 2_000_000

  /// The names of a graph with its subgraphs, or of one call of a function, which sees none of its caller's.
  struct Frame {
    /// The operator sets.
    var opsets: [String: Int]
    /// The inputs of the function that its call leaves out.
    var absent: Set<String> = []
    /// The values that no node could give, and of which not even the type is known.
    fileprivate(set) var unknown: Set<String> = []
    /// The values by their names.
    fileprivate(set) var scope: [String: GraphTensor] = [:]
    /// The names that were bound, in order, with what they stood for before.
    fileprivate var bindings: [(name: String, before: GraphTensor?)] = []

    init(_ opsets: [String: Int]) { self.opsets = opsets }
  }

  let file: ModelFile
  let library: OperatorLibrary
  let graph: GraphBuilder
  /// The name of the function that the graph becomes.
  private let functionName: String
  /// The graph, and the calls of functions that are under import.
  private var frames: [Frame]
  private var nodeCount = 0
  /// What is done about nodes that cannot be imported.
  private let policy: any WalkPolicy
  /// How many regions the nodes at hand are in; what is wrong in one is wrong with the node that has it.
  var regionDepth = 0
  /// What the file tells of the values of its graphs.
  private lazy var declared = DeclaredTypes(file.proto.graph)
  /// The nodes of the graph itself that were imported, in order.
  private(set) var operators: [SourceOperator] = []
  /// The values of which it has been noted that their shapes are not as declared.
  private var noted: Set<String> = []

  init(
    file: ModelFile, library: OperatorLibrary, graph: GraphBuilder, functionName: String = "main", policy: any WalkPolicy = CompleteImport()
  ) {
    self.file = file
    self.functionName = functionName
    self.library = library
    self.graph = graph
    self.policy = policy
    frames = [Frame(library.opsets)]
  }

  /// The graph or call at hand.
  var frame: Frame {
    get { frames[frames.count - 1] }
    _modify { yield &frames[frames.count - 1] }
  }

  /// How many functions call each other to where the import is.
  var callDepth: Int { frames.count - 1 }
  /// The operator sets of the graph or function under import.
  var opsets: [String: Int] { frame.opsets }
  /// The value that `name` stands for.
  func value(_ name: String) -> GraphTensor? { frame.scope[name] }

  /// Runs `body` in a frame of its own.
  func inside<Result>(_ frame: Frame, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    frames.append(frame)
    let result = try body()
    frames.removeLast()
    return result
  }

  /// Runs `body`, whose bindings end with it.
  func binding<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let count = frame.bindings.count
    let result = try body()
    unbind(to: count)
    return result
  }

  /// Binds `name` to `tensor`, whose shape is checked.
  func bind(_ name: String, _ tensor: GraphTensor, by maker: String) throws(Diagnostic) {
    guard tensor.rank <= GraphTensor.rankLimit else { throw .rankTooHigh(name, tensor.rank) }
    guard Type.isPossible(tensor.shape.compactMap(\.known)) else { throw .impossibleValue(name, tensor.description, by: maker) }
    tensor.name = name
    set(name, tensor)
  }

  /// Lets `name` stand for `tensor`.
  func set(_ name: String, _ tensor: GraphTensor) {
    let before = frame.scope.updateValue(tensor, forKey: name)
    frame.bindings.append((name, before))
  }

  /// Takes back all bindings but the first `count`.
  private func unbind(to count: Int) {
    while frame.bindings.count > count {
      let (name, before) = frame.bindings.removeLast()
      frame.scope[name] = before
    }
  }

  /// The rank that the model declares of the value `name` of a graph; `nil` if it does not say, as it never does of values in functions.
  func declaredRank(_ name: String) -> Int? { callDepth == 0 ? declared.rank(name) : nil }

  /// `true` iff the model declares that the value `name` of a graph has the sizes `shape`.
  func declares(_ name: String, _ shape: [IndexExpression]) -> Bool { callDepth == 0 && declared.hasShape(name, shape) }

  /// Binds the weights of `graph` but those whose names its inputs have, which are given.
  func bindInitializers(_ proto: GraphProto, except given: Set<String>) throws(Diagnostic) {
    for initializer in proto.initializers where !given.contains(initializer.name) {
      try bind(initializer.name, try file.tensor(initializer, name: initializer.name), by: "the file")
    }
    for initializer in proto.sparseInitializers where !given.contains(initializer.name) {
      try bind(initializer.name, try file.tensor(initializer, name: initializer.name), by: "the file")
    }
  }

  /// Imports `nodes`; `prefix` stands before the names of nodes of a function's body.
  func run(_ nodes: [NodeProto], prefix: String) throws(Diagnostic) {
    var ordinals: [String: Int] = [:]
    for proto in NodeOrder.sorted(nodes, isDefined: { frame.scope[$0] != nil || frame.absent.contains($0) }) {
      nodeCount += 1
      guard nodeCount <= Self.nodeLimit else { throw .tooManyNodes(Self.nodeLimit) }
      let ordinal = ordinals[proto.operation, default: 0]
      ordinals[proto.operation] = ordinal + 1
      let label = prefix + (proto.name.isEmpty ? "\(proto.operation)_\(ordinal)" : proto.name)
      let state = self.state
      do throws(Diagnostic) {
        if let name = unknownOperand(of: proto) { throw .unknownOperand(label, proto.operation, name) }
        try importNode(proto, label)
        if callDepth == 0, regionDepth == 0 { operators.append(sourceOperator(proto, label, in: functionName)) }
      } catch {
        guard regionDepth == 0 else { throw error }
        self.state = state
        try policy.failed(proto, label, opsets[proto.canonicalDomain], error)
        for name in proto.outputs where !name.isEmpty {
          if let tensor = declaredTensor(name) { set(name, tensor) } else { frame.unknown.insert(name) }
        }
      }
    }
  }

  /// What `proto`, or a subgraph of it, reads that is not known.
  private func unknownOperand(of proto: NodeProto) -> String? {
    frame.unknown.isEmpty ? nil : proto.allInputs.first(where: frame.unknown.contains)
  }

  /// A tensor of the type that the model declares for the value `name` of a graph, in place of what no node could give; `nil` if it does not say,
  /// as it never does of values in functions.
  private func declaredTensor(_ name: String) -> GraphTensor? {
    guard callDepth == 0, let (element, sizes) = declared.type(name) else { return nil }
    // The operation is known to nobody: this IR is only looked at.
    let value = graph.builder.value("survey.placeholder", type: .tensor(sizes, element.type(graph.context)))
    let shape = sizes.enumerated().map { axis, size in
      size == Type.dynamic ? graph.indices.opaque(graph.builder.dimension(value, axis), least: 0) : IndexExpression(size)
    }
    return GraphTensor(name: name, element, shape, value: value)
  }

  /// Imports a node, and binds its results.
  func importNode(_ proto: NodeProto, _ label: String) throws(Diagnostic) {
    var inputs: [GraphTensor?] = []
    for name in proto.inputs {
      let tensor = value(name)
      if name.isEmpty || (tensor == nil && frame.absent.contains(name)) {
        inputs.append(nil)
        continue
      }
      guard let tensor else { throw .undefinedValue(name, node: label, operation: proto.operation) }
      inputs.append(tensor)
    }
    let results: [GraphTensor]
    if let function = library.function(proto) {
      results = try call(function, proto, inputs, label)
    } else {
      guard let version = opsets[proto.canonicalDomain], let row = OperatorTable.row(proto, version) else {
        throw .unknownOperators([
          UnknownOperator(
            operation: proto.operation, domain: proto.canonicalDomain, version: opsets[proto.canonicalDomain], nodes: [label])
        ])
      }
      graph.builder.location = .name(label, graph.context)
      let node = Node(graph: graph, walker: self, proto: proto, opset: version, label: label, inputs: inputs)
      try row.check(node)
      if let moved = try QuantizedMovement.results(node, row) { results = moved } else { results = try row.lower(node) }
      // What is broadcast with a vector is one, whatever the rank of the other.
      let hasOpenRank = row.takes.contains(.broadcasts) && !inputs.contains { $0.map { !$0.mayBeScalar && $0.rank > 0 } ?? false }
      if hasOpenRank, inputs.contains(where: { $0?.mayBeScalar == true }) { for result in results { result.mayBeScalar = true } }
      policy.imported(node, row)
    }
    for (name, tensor) in zip(proto.outputs, results) where !name.isEmpty {
      try bind(name, tensor.renamed(), by: "the node '\(label)'")
      if callDepth == 0, let remark = try declared.check(name, tensor), noted.insert(name).inserted { graph.notes.append(remark) }
    }
  }

  /// What a node must leave as it was where its import fails.
  private struct State {
    fileprivate let frameCount: Int
    fileprivate let bindingCount: Int
    fileprivate let unknown: Set<String>
  }

  /// The state between nodes.
  private var state: State {
    get { State(frameCount: frames.count, bindingCount: frame.bindings.count, unknown: frame.unknown) }
    set {
      frames.removeLast(frames.count - newValue.frameCount)
      unbind(to: newValue.bindingCount)
      frame.unknown = newValue.unknown
    }
  }
}
