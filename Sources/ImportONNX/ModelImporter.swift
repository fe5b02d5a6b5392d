import TesseraConstants
import TesseraDiagnostics
import TesseraDialects
import TesseraFrontEnds
import TesseraGraphs
import TesseraMLIR

/// Turns a parsed model into a module with one public function.
struct ModelImporter {
  let file: ModelFile
  private let context: Context
  let options: ImportOptions

  init(_ file: ModelFile, _ context: Context, _ options: ImportOptions) {
    self.file = file
    self.context = context
    self.options = options
  }

  /// Imports the model.
  func run() throws(Diagnostic) -> ImportedModel {
    let (proto, library) = try prepared()
    try library.check(proto)
    let (function, walker) = start(proto, library, CompleteImport())
    let inputs = try declareInputs(proto, function, walker)
    try walker.bindInitializers(proto, except: inputs)
    try walker.run(proto.nodes, prefix: "")
    try declareResults(proto, function, walker)
    try declareInnerValues(proto, function, walker)
    let strings = file.strings.texts
    if !strings.isEmpty { function.module.operation.setAttribute(StringOp.table, .array(strings.map { .string($0, context) }, context)) }
    var model = try function.finish(notes: library.notes, externalFiles: file.externalPaths)
    model.operators = walker.operators
    return model
  }

  /// The graph, and the operators that it may use.
  func prepared() throws(Diagnostic) -> (GraphProto, OperatorLibrary) {
    guard let proto = file.proto.graph else { throw .noGraph(file.path) }
    try GraphCheck.check(file.proto)
    return (proto, try OperatorLibrary(file.proto))
  }

  /// An empty function, and a walker that imports nodes into it.
  func start(_ proto: GraphProto, _ library: OperatorLibrary, _ policy: any WalkPolicy) -> (GraphFunction, GraphWalker) {
    let function = GraphFunction(context, options, graphName: proto.name.isEmpty ? "graph" : proto.name)
    let walker = GraphWalker(
      file: file, library: library, graph: function.graph, functionName: options.functionName, policy: policy)
    return (function, walker)
  }

  // MARK: inputs

  /// Declares the inputs, and returns their names.
  func declareInputs(_ proto: GraphProto, _ function: GraphFunction, _ walker: GraphWalker) throws(Diagnostic) -> Set<String> {
    let inputs = try functionInputs(proto, function.graph)
    let symbols = Set(proto.inputs.flatMap { $0.type?.shape ?? [] }.compactMap { if case .symbol(let name) = $0 { name } else { nil } })
    for (input, initializer) in inputs {
      guard let type = input.type else { throw .untypedInput(input.name) }
      if let kind = type.otherKind { throw .notATensor(input.name, kind) }
      guard let element = ElementType(onnx: type.elementType) else {
        throw .unsupportedElementType(input.name, ElementType.onnxName(type.elementType))
      }
      guard type.containers.count <= Self.containerLimit else { throw .notATensor(input.name, "list of lists of lists") }
      guard let declared = type.shape ?? (type.containers.isEmpty ? nil : []) else { throw .unrankedInput(input.name) }
      guard declared.count <= GraphTensor.rankLimit else { throw .rankTooHigh(input.name, declared.count) }
      var dimensions: [GraphFunction.Dimension] = []
      for (axis, dimension) in declared.enumerated() {
        // In lists each tensor has sizes of its own.
        switch type.containers.isEmpty ? Self.named(dimension, input.name, axis, among: symbols) : dimension {
        case .fixed(let size) where size >= 0:
          guard size <= Type.elementLimit else { throw .impossibleInput(input.name, axis, size) }
          dimensions.append(.fixed(Int(size)))
        case .symbol(let symbol): dimensions.append(.named(symbol))
        default: dimensions.append(.unknown)
        }
      }
      let defaults = try initializer.map { proto throws(Diagnostic) in try defaultAttributes(proto, function.graph) } ?? []
      let tensor =
        type.containers.isEmpty
        ? try function.input(input.name, element, dimensions, attributes: defaults)
        : function.listInput(
          input.name, element, type.shape == nil ? nil : dimensions, containers: type.containers.map(\.rawValue),
          isOptional: type.containers[0] == .optional, attributes: defaults)
      try walker.bind(input.name, tensor, by: "the input")
    }
    try function.requireChosenNames()
    return Set(inputs.map(\.input.name))
  }

  /// The attributes of an argument that a call may leave out: the global that stands for it then, and its sizes.
  private func defaultAttributes(_ proto: TensorProto, _ graph: GraphBuilder) throws(Diagnostic) -> [(String, Attribute)] {
    let sizes = proto.dimensions.map { Attribute.i64(Int($0), context) }
    let symbol = graph.global(for: try file.tensor(proto, name: proto.name), try file.bytes(of: proto))
    return [(SignatureAttribute.defaultValue, .symbol(symbol, context)), (SignatureAttribute.defaultShape, .array(sizes, context))]
  }

  /// What exporters write for a dimension of which they know nothing: each is one of its own, though they read alike.
  private static func isNoName(_ symbol: String) -> Bool { ["", "?", "None", "none"].contains(symbol) || Int(symbol) != nil }

  /// The dimension of an input with a name: `input.1`, where the file has neither a size nor a name. No other has the same name.
  private static func named(_ dimension: TypeProto.Dimension, _ input: String, _ axis: Int, among symbols: Set<String>)
    -> TypeProto.Dimension
  {
    if case .symbol(let name) = dimension, !isNoName(name) { return dimension }
    if case .fixed(let size) = dimension, size >= 0 { return dimension }
    var name = "\(input).\(axis)"
    while symbols.contains(name) { name += "'" }
    return .symbol(name)
  }

  /// ONNX needs two: an optional sequence.
  private static let containerLimit = 4

  // MARK: results

  /// Declares the results.
  func declareResults(_ proto: GraphProto, _ function: GraphFunction, _ walker: GraphWalker) throws(Diagnostic) {
    function.graph.builder.location = function.location
    for output in proto.outputs {
      guard let tensor = walker.value(output.name) else { throw .undefinedOutput(output.name) }
      try declareResult(output.name, tensor, output.type, function)
    }
  }

  /// Declares a result, of which the graph says that it is of `type`.
  func declareResult(_ name: String, _ tensor: GraphTensor, _ type: TypeProto?, _ function: GraphFunction) throws(Diagnostic) {
    if tensor.mayBeScalar { throw .openRankResult(name) }
    // A tensor stands for a list of maps.
    let isList = type?.containers.isEmpty == false && type?.otherKind == nil
    if tensor.isContainer || isList { try declareList(name, tensor, type, function) } else { function.result(name, tensor) }
  }

  /// Declares a result that is a sequence or an optional, as the graph says.
  private func declareList(_ name: String, _ tensor: GraphTensor, _ type: TypeProto?, _ function: GraphFunction) throws(Diagnostic) {
    var declared = type?.containers ?? []
    if declared.isEmpty { declared = [tensor.isOptional ? .optional : .sequence] }
    // What is there may stand for an optional of it, and the other way around.
    var result: GraphTensor? = tensor
    if declared[0] == .optional, !tensor.isOptional { result = .sequence([tensor], isOptional: true) }
    if declared[0] == .sequence, tensor.isOptional {
      result = tensor.sequence?.isEmpty == true ? nil : function.graph.element(.zero, of: tensor)
    }
    guard let list = result, list.isContainer else { throw .listResult(name, declared[0].rawValue) }
    var form = list.elementForm
    while case .list(let inner) = form { form = inner }
    if form == .mixed { throw .listResult(name, declared[0].rawValue) }
    var element = ElementType(onnx: type?.elementType ?? 0) ?? .f32
    var labels: [String]?
    if case .tensor(let known, let sizes) = form {
      element = known
      labels = sizes?.map { $0.map(String.init) ?? "?" }
    }
    function.listResult(name, list, element, labels: labels, containers: declared.map(\.rawValue))
  }
}
